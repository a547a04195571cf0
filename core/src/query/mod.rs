//! What screens show: read models made from one consistent state, never written to.

pub mod customer;
pub mod erasures;
pub mod history;
pub mod recent;
pub mod status;
pub mod today;
