//! The secrets behind numbers and codes. They never print themselves.
//!
//! Made by the authority and sent to staff phones, never to customers (cards §1, Keys); drawing, storing and
//! rotating them is the caller's business.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{EanPrefix, ShopTag};

/// The permutation key: one for the life of a business. It hides the run behind a number and keys the two digits
/// on bars, which carry no key id and so must outlive every rotation.
#[derive(Clone, PartialEq, Eq)]
pub struct PermutationKey([u8; 32]);

/// A key of K1 codes; a business has up to eight of them, told apart by [`KeyId`].
#[derive(Clone, PartialEq, Eq)]
pub struct CardKey([u8; 32]);

/// Which of the eight K1 keys made a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u8);

impl KeyId {
    /// How many key ids there are: a code holds three bits of it.
    pub const COUNT: u8 = 8;

    /// The key id `id`, 0 to 7; nothing beyond.
    #[must_use]
    pub const fn new(id: u8) -> Option<Self> {
        if id < Self::COUNT {
            Some(Self(id))
        } else {
            None
        }
    }

    /// The key id in the low three bits.
    pub(super) const fn from_low_bits(bits: u8) -> Self {
        Self(bits & 7)
    }

    /// The id as an integer, 0 to 7.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

macro_rules! secret {
    ($name:ident) => {
        impl $name {
            /// The key from 32 random bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes, for the encrypted store and the pairing answer only.
            #[must_use]
            pub const fn expose(&self) -> &[u8; 32] {
                &self.0
            }

            /// First 64 bits of HMAC-SHA-256 over the parts, which must be told apart by their fixed lengths.
            pub(super) fn mac64(&self, parts: &[&[u8]]) -> u64 {
                mac64(&self.0, parts)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
secret!(PermutationKey);
secret!(CardKey);

fn mac64(key: &[u8; 32], parts: &[&[u8]]) -> u64 {
    #[expect(clippy::unwrap_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    bytes
        .iter()
        .take(8)
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Everything a phone needs to make and to recognise this shop's codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardKeys {
    tag: ShopTag,
    permutation: PermutationKey,
    current: KeyId,
    current_key: CardKey,
    others: [Option<CardKey>; KeyId::COUNT as usize],
    ean_prefix: Option<EanPrefix>,
}

impl CardKeys {
    /// A set with one K1 key, `current`, under the id codes are made with.
    #[must_use]
    pub fn new(
        tag: ShopTag,
        permutation: PermutationKey,
        current: KeyId,
        current_key: CardKey,
    ) -> Self {
        Self {
            tag,
            permutation,
            current,
            current_key,
            others: Default::default(),
            ean_prefix: None,
        }
    }

    /// The same set which also recognises codes of the key `id`, an earlier or a coming one. The current key stays
    /// what it is.
    #[must_use]
    pub fn with_key(mut self, id: KeyId, key: CardKey) -> Self {
        self.others[usize::from(id.0)] = Some(key);
        self
    }

    /// The same set for a shop whose till wants EAN-13 with this prefix.
    #[must_use]
    pub const fn with_ean_prefix(mut self, prefix: EanPrefix) -> Self {
        self.ean_prefix = Some(prefix);
        self
    }

    /// The first two digits of the shop's EAN-13, if it has any.
    #[must_use]
    pub const fn ean_prefix(&self) -> Option<EanPrefix> {
        self.ean_prefix
    }

    /// The four characters of the shop in an address, and its hint in a code.
    #[must_use]
    pub const fn tag(&self) -> ShopTag {
        self.tag
    }

    /// The permutation key of the business.
    #[must_use]
    pub const fn permutation(&self) -> &PermutationKey {
        &self.permutation
    }

    /// The key id new codes are made with.
    #[must_use]
    pub const fn current(&self) -> KeyId {
        self.current
    }

    /// The key `id`, if this set knows it.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<&CardKey> {
        if id == self.current {
            Some(&self.current_key)
        } else {
            self.others[usize::from(id.0)].as_ref()
        }
    }

    /// The key new codes are made with.
    pub(super) const fn current_key(&self) -> &CardKey {
        &self.current_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_print_themselves() {
        let keys = CardKeys::new(
            ShopTag::from_bits(0xABCDE),
            PermutationKey::from_bytes([0x41; 32]),
            KeyId(3),
            CardKey::from_bytes([0x42; 32]),
        );
        let shown = format!("{keys:?} {keys:#?}");
        assert!(shown.contains("CardKey(…)") && shown.contains("PermutationKey(…)"));
        for secret in ["41", "42", "65", "66", "AAAA", "BBBB"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
