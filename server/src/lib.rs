//! The sync server: businesses' data behind one address, with the owner's and the customers' pages.
//!
//! It puts ops in order and keeps them; what an op comes to is decided by `domain::authority`, what bytes
//! mean by `protocol`. Never depends on the phone's core.

pub mod authority;
pub mod backup;
mod holder;
mod http;
mod pace;
mod pages;
pub mod platform;
mod serve;
mod shops;
pub mod store;
mod writer;

pub use authority::{
    Audit, Authority, ExchangeError, FoundingInput, NotFounded, NotMoved, Received, Reception,
};
pub use kartka_domain as domain;
pub use serve::{RunningServer, Server, ServerConfig, StartError};
pub use store::{Place, Rights, StoreError};
