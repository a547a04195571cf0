//! The sync server: businesses' data behind one address, with the owner's and the customers' pages.
//!
//! It puts ops in order and keeps them; what an op comes to is decided by `domain::authority`, what bytes
//! mean by `protocol`. Never depends on the phone's core.

pub mod authority;
pub mod platform;
pub mod store;
mod writer;
