//! Tests across crates: seeded world, bindings, benchmarks, fixtures.

pub mod leftovers;
pub mod vfs;
pub mod world;
