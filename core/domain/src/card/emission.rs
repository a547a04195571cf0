//! Numbers without coordination: an emitter slot and a counter, shuffled by a permutation nobody without the key
//! can follow.
//!
//! The authority gives slots to devices with the emission right (0 is the founder's); the device counts. Two devices
//! never make the same number, because the permutation is one to one. Storing the counter before a number leaves the
//! device is the caller's business: a counter used twice is a card made twice. Source: cards §1, Numbers.

use thiserror::Error;

use super::{CardNumber, NumberLength, PermutationKey};

/// A device's share of the numbers of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmitterSlot {
    length: NumberLength,
    slot: u16,
}

/// One number before it is shuffled: the `counter`-th of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    slot: EmitterSlot,
    counter: u32,
}

/// Why a number can't be emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmissionError {
    /// There is no such slot for this length.
    #[error("emitter slot {slot} does not exist")]
    NoSuchSlot {
        /// The slot asked for.
        slot: u16,
    },
    /// The run does not fit into what is left of the slot: take another slot.
    #[error("emitter slot {slot} has only {left} numbers left")]
    Exhausted {
        /// The slot asked for.
        slot: u16,
        /// How many numbers it still holds.
        left: u32,
    },
}

impl EmitterSlot {
    /// The slot `slot` of the numbers of `length`: 10,000 of them for ten digits, 1,000 for eight.
    ///
    /// # Errors
    /// [`EmissionError::NoSuchSlot`].
    pub const fn new(length: NumberLength, slot: u16) -> Result<Self, EmissionError> {
        let slots = match length {
            NumberLength::Ten => 10_000,
            NumberLength::Eight => 1_000,
        };
        if slot < slots {
            Ok(Self { length, slot })
        } else {
            Err(EmissionError::NoSuchSlot { slot })
        }
    }

    /// The founder's slot.
    #[must_use]
    pub const fn founder(length: NumberLength) -> Self {
        Self { length, slot: 0 }
    }

    /// Whether the slot makes numbers of ten or of eight digits.
    #[must_use]
    pub const fn length(self) -> NumberLength {
        self.length
    }

    /// The slot as an integer.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.slot
    }

    /// How many numbers the slot holds in all.
    #[must_use]
    pub const fn capacity(self) -> u32 {
        match self.length {
            NumberLength::Ten => 1_000_000,
            NumberLength::Eight => 100_000,
        }
    }
}

impl Place {
    /// The place `counter` of `slot`, counted from 0.
    ///
    /// # Errors
    /// [`EmissionError::Exhausted`] at and beyond the slot's capacity.
    pub const fn new(slot: EmitterSlot, counter: u32) -> Result<Self, EmissionError> {
        if counter < slot.capacity() {
            Ok(Self { slot, counter })
        } else {
            Err(EmissionError::Exhausted {
                slot: slot.slot,
                left: 0,
            })
        }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(self) -> EmitterSlot {
        self.slot
    }

    /// Which number of the slot, counted from 0.
    #[must_use]
    pub const fn counter(self) -> u32 {
        self.counter
    }

    /// The card number made at this place under the business's permutation.
    #[must_use]
    pub fn number(self, key: &PermutationKey) -> CardNumber {
        let length = self.slot.length;
        let run = u64::from(self.slot.slot) * u64::from(self.slot.capacity());
        let shuffled = walk(length, run + u64::from(self.counter), |value| {
            encipher(key, length, value)
        });
        CardNumber::of_length(length, shuffled)
    }

    /// The place `number` was made at under the business's permutation. Every number has one, made or not.
    #[must_use]
    pub fn of(number: CardNumber, key: &PermutationKey) -> Self {
        let length = number.length();
        let position = walk(length, number.within_length(), |value| {
            decipher(key, length, value)
        });
        let capacity = u64::from(EmitterSlot { length, slot: 0 }.capacity());
        Self {
            slot: EmitterSlot {
                length,
                slot: narrow(position / capacity),
            },
            counter: narrow(position % capacity),
        }
    }
}

/// A slot and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emission {
    slot: EmitterSlot,
    used: u32,
}

impl Emission {
    /// The emission of `slot` after `used` numbers; more than the slot holds counts as all.
    #[must_use]
    pub fn resume(slot: EmitterSlot, used: u32) -> Self {
        Self {
            slot,
            used: used.min(slot.capacity()),
        }
    }

    /// The slot.
    #[must_use]
    pub const fn slot(&self) -> EmitterSlot {
        self.slot
    }

    /// How many numbers were taken.
    #[must_use]
    pub const fn used(&self) -> u32 {
        self.used
    }

    /// How many numbers are left.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.slot.capacity() - self.used
    }

    /// Takes the next `count` places, all or none.
    ///
    /// # Errors
    /// [`EmissionError::Exhausted`] when they do not fit.
    pub fn take(
        &mut self,
        count: u32,
    ) -> Result<impl Iterator<Item = Place> + use<>, EmissionError> {
        if count > self.left() {
            return Err(EmissionError::Exhausted {
                slot: self.slot.slot,
                left: self.left(),
            });
        }
        let (slot, first) = (self.slot, self.used);
        self.used += count;
        Ok((first..first + count).map(move |counter| Place { slot, counter }))
    }
}

/// Repeats `step` until the value lies in the set again: the permutation works on a power of four above it. Ends,
/// because a walk along a cycle comes back to where it started; 1.7 steps on average for ten digits, 2.7 for eight.
fn walk(length: NumberLength, start: u64, step: impl Fn(u64) -> u64) -> u64 {
    let mut value = step(start);
    while value >= length.size() {
        value = step(value);
    }
    value
}

/// Rounds of the Feistel network; as many as FF1 uses (NIST SP 800-38G).
const ROUNDS: u8 = 10;

/// Bits of one half: 2 × 17 hold 10¹⁰, 2 × 14 hold 10⁸.
const fn half_bits(length: NumberLength) -> u32 {
    match length {
        NumberLength::Ten => 17,
        NumberLength::Eight => 14,
    }
}

fn encipher(key: &PermutationKey, length: NumberLength, value: u64) -> u64 {
    let bits = half_bits(length);
    let mask = (1 << bits) - 1;
    let (mut left, mut right) = (value >> bits, value & mask);
    for round in 0..ROUNDS {
        (left, right) = (right, left ^ (mix(key, length, round, right) & mask));
    }
    left << bits | right
}

fn decipher(key: &PermutationKey, length: NumberLength, value: u64) -> u64 {
    let bits = half_bits(length);
    let mask = (1 << bits) - 1;
    let (mut left, mut right) = (value >> bits, value & mask);
    for round in (0..ROUNDS).rev() {
        (left, right) = (right ^ (mix(key, length, round, left) & mask), left);
    }
    left << bits | right
}

/// The round function: a keyed hash of the half, separate for each length and round.
fn mix(key: &PermutationKey, length: NumberLength, round: u8, half: u64) -> u64 {
    let digits = match length {
        NumberLength::Ten => 10,
        NumberLength::Eight => 8,
    };
    key.mac64(&[b"number", &[digits, round], &half.to_be_bytes()])
}

fn narrow<T: TryFrom<u64>>(value: u64) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(value).expect("a position lies inside its set, so slot and counter fit")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> PermutationKey {
        PermutationKey::from_bytes([byte; 32])
    }

    fn place(length: NumberLength, slot: u16, counter: u32) -> Place {
        Place::new(EmitterSlot::new(length, slot).unwrap(), counter).unwrap()
    }

    #[test]
    fn a_slot_ends_and_says_how_much_was_left() {
        let slot = EmitterSlot::new(NumberLength::Eight, 7).unwrap();
        let mut emission = Emission::resume(slot, 99_998);
        assert_eq!(
            emission.take(3).map(Iterator::count),
            Err(EmissionError::Exhausted { slot: 7, left: 2 })
        );
        let taken: Vec<u32> = emission.take(2).unwrap().map(Place::counter).collect();
        assert_eq!(taken, [99_998, 99_999]);
        assert_eq!((emission.used(), emission.left()), (100_000, 0));
        assert_eq!(
            emission.take(1).map(Iterator::count),
            Err(EmissionError::Exhausted { slot: 7, left: 0 })
        );
        assert_eq!(Emission::resume(slot, u32::MAX).left(), 0);
    }

    #[test]
    fn slots_and_places_beyond_the_sets_do_not_exist() {
        let refused = |length, slot| {
            assert_eq!(
                EmitterSlot::new(length, slot),
                Err(EmissionError::NoSuchSlot { slot })
            );
        };
        refused(NumberLength::Ten, 10_000);
        refused(NumberLength::Eight, 1_000);
        let last = EmitterSlot::new(NumberLength::Ten, 9_999).unwrap();
        assert!(Place::new(last, 999_999).is_ok());
        assert!(Place::new(last, 1_000_000).is_err());
    }

    #[test]
    fn a_run_is_shuffled_and_without_repeats() {
        for length in [NumberLength::Ten, NumberLength::Eight] {
            let mut emission = Emission::resume(EmitterSlot::founder(length), 0);
            let numbers: Vec<CardNumber> = emission
                .take(3_000)
                .unwrap()
                .map(|place| place.number(&key(9)))
                .collect();
            let distinct: BTreeSet<_> = numbers.iter().collect();
            assert_eq!(distinct.len(), numbers.len());
            // Neighbours in the run tell nothing: the spread of a run is that of the whole set.
            let high = numbers
                .iter()
                .filter(|n| n.within_length() >= length.size() / 2)
                .count();
            assert!((1_300..1_700).contains(&high), "{length:?}: {high} of 3000");
            let rising = numbers.windows(2).filter(|w| w[0] < w[1]).count();
            assert!((1_300..1_700).contains(&rising), "{length:?}: {rising}");
        }
    }

    fn any_place() -> impl Strategy<Value = Place> {
        prop_oneof![
            (0..10_000_u16, 0..1_000_000_u32).prop_map(|(s, c)| place(NumberLength::Ten, s, c)),
            (0..1_000_u16, 0..100_000_u32).prop_map(|(s, c)| place(NumberLength::Eight, s, c)),
        ]
    }

    proptest! {
        #[test]
        fn every_place_comes_back_from_its_number(place in any_place(), k in any::<u8>()) {
            let number = place.number(&key(k));
            prop_assert_eq!(number.length(), place.slot().length());
            prop_assert_eq!(Place::of(number, &key(k)), place);
        }

        #[test]
        fn every_number_comes_back_from_its_place(value in 0..10_100_000_000_u64, k in any::<u8>()) {
            let number = CardNumber::from_value(value).unwrap();
            prop_assert_eq!(Place::of(number, &key(k)).number(&key(k)), number);
        }

        #[test]
        fn another_key_is_another_shuffle(place in any_place()) {
            prop_assert_ne!(place.number(&key(1)), place.number(&key(2)));
        }
    }
}
