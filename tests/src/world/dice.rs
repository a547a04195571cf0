//! Everything that chance decides in a world, from one number.

use std::sync::{Mutex, PoisonError};

use kartka_core::platform::Rng;
use kartka_server::platform::Random;

/// SplitMix64: small, even, and the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a seed; `purpose` keeps two dice of one world apart.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xA076_1D64_78BD_642F));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`, which must be above 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A place in a list of `len` things; `None` in an empty one.
    pub(crate) fn place(&mut self, len: usize) -> Option<usize> {
        let len = u64::try_from(len).ok().filter(|len| *len > 0)?;
        usize::try_from(self.below(len)).ok()
    }

    /// One of a list.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        self.place(list.len()).and_then(|at| list.get(at))
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            part.copy_from_slice(&drawn[..part.len()]);
        }
    }
}

/// The random bytes of one machine.
pub(crate) struct SeededRng(Mutex<Dice>);

impl SeededRng {
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        Self(Mutex::new(Dice::new(seed, purpose)))
    }

    /// A number from the same dice.
    pub(crate) fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.draw(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn draw(&self, bytes: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dice.fill(bytes);
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.draw(bytes);
    }
}

impl Random for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        self.draw(bytes);
    }
}
