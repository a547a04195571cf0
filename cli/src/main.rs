//! The one command `kartka`.

fn main() {}
