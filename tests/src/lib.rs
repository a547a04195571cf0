//! Tests across crates: seeded worlds and the command that lives through them, bindings, benchmarks, fixtures.

pub mod bench;
#[cfg(feature = "plant")]
pub mod garden;
pub mod vfs;
pub mod world;
