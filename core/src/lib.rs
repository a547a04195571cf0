//! The phone: use cases, queries, local store, sync client, scanner.
//!
//! The root is [`shop::Shop`]. Use cases and queries are plain synchronous functions on the caller's thread; each
//! write is one transaction. Rules live in `kartka-domain`; screens and sockets live elsewhere.

pub use kartka_domain as domain;

mod commit;
pub mod error;
pub mod exchange;
mod fold;
pub mod pin;
pub mod platform;
pub mod query;
pub mod recovery;
pub mod scan;
pub mod shop;
pub mod store;
pub mod sync;
pub mod task;
pub mod usecase;
pub mod wallet;
