//! The phone: use cases, queries, local store, sync client, scanner.

pub mod platform;
pub mod scan;
pub mod store;
