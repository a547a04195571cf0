//! What screens show: read models made from one consistent state, never written to.

pub mod account;
pub mod customer;
pub mod erasures;
pub mod history;
pub mod inbox;
pub mod owed;
pub mod programme;
pub mod recent;
pub mod shift;
pub mod status;
pub mod today;
pub mod vouchers;
pub mod whatif;
