//! The exchange with the authority: pairing, pushing, pulling.

pub mod signer;
