//! What seeded worlds leave out, so that hundreds of shops can be lived through in a minute: the cost of real ciphers.
//!
//! Compiled in only with the feature `simulation`, which no package but the tests' asks for (a test of the layering
//! sees to it), and even then off until a world calls [`paper`] on its own thread. Paper signatures prove that bytes
//! are unchanged and whose they are among honest programs; anybody can forge one. One world in four is lived through
//! with the real ciphers.
//!
//! And a program of the next version: what it writes while [`newer`] works bears a field that this one does not know.

use std::cell::Cell;

use crate::signature::Signature;

thread_local! {
    static PAPER: Cell<bool> = const { Cell::new(false) };
    static NEWER: Cell<bool> = const { Cell::new(false) };
}

/// The first byte of a paper public key: no point of the curve begins with it.
const TAG: u8 = 0x50;

/// What the worlds of this thread are made of, from now on: `true` = plain files and paper signatures.
pub fn paper(on: bool) {
    PAPER.set(on);
}

/// Whether keys made and files opened on this thread are of paper.
#[must_use]
pub fn is_paper() -> bool {
    PAPER.get()
}

/// The number of the field that a program of the next version adds to all it writes.
pub const UNKNOWN: u16 = 60_000;

/// Does `work` as a program of the next version would, if `on`, and as this one if not.
pub fn newer<T>(on: bool, work: impl FnOnce() -> T) -> T {
    let before = NEWER.replace(on);
    let done = work();
    NEWER.set(before);
    done
}

/// Whether this thread plays a program of the next version now.
pub(crate) fn is_newer() -> bool {
    NEWER.get()
}

/// The public half of a paper key.
#[must_use]
pub fn public(secret: &[u8; 32]) -> [u8; 33] {
    let mut key = [TAG; 33];
    key[1..].copy_from_slice(blake3::hash(secret).as_bytes());
    key
}

/// The paper signature of a secret's owner.
#[must_use]
pub fn sign(secret: &[u8; 32], message: &[u8]) -> Signature {
    seal(blake3::hash(secret).as_bytes(), message)
}

/// The inner part of a paper public key, if these bytes are one.
pub(crate) fn read(public: &[u8; 33]) -> Option<[u8; 32]> {
    match public {
        [TAG, inner @ ..] => Some(*inner),
        _ => None,
    }
}

/// What a signature over `message` under a key must be.
pub(crate) fn seal(inner: &[u8; 32], message: &[u8]) -> Signature {
    let mut hasher = blake3::Hasher::new_keyed(inner);
    hasher.update(message);
    let mut signature = [0; 64];
    hasher.finalize_xof().fill(&mut signature);
    Signature(signature)
}
