//! Wire types and codecs of the sync protocol, shared by phone and server (sync §2–§5, §7, §9).
//!
//! Bytes in, values out, and back: nothing here touches a disk, a network, a clock or randomness, and
//! nothing decides what an op means. Every decoder is total: any bytes give a value or a
//! [`WireError`] within the bounds stated in [`limits`]. The numbers of every field are listed in
//! `docs/formats/wire.md`.

pub mod batch;
mod cbor;
pub mod chain;
pub mod civil;
mod columns;
pub mod digest;
mod error;
pub mod fields;
pub mod handover;
pub mod head;
pub mod holder;
pub mod keys;
pub mod limits;
pub mod message;
pub mod op;
mod packing;
pub mod page;
pub mod pairing;
mod parts;
pub mod row;
pub mod rows;
pub mod scope;
mod seal;
pub mod signature;
#[cfg(feature = "simulation")]
pub mod simulation;
mod varint;

pub use error::{Measure, WireError};
