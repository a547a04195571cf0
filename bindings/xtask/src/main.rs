//! Builds, generates and tests everything.

fn main() {}
