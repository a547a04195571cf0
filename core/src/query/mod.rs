//! What screens show: read models made from one consistent state, never written to.

pub mod customer;
pub mod history;
pub mod inbox;
pub mod programme;
pub mod recent;
pub mod status;
pub mod today;
