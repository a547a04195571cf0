//! The two hash chains: of each device's ops, and of the authority's order (sync §1, §2).
//!
//! A device's chain covers every byte of every op up to here, the personal sections through their
//! hashes, so that an erased section leaves the chain checkable. An op's number follows from its place.

use kartka_domain::ids::{BirthMark, BusinessId, DeviceNo, OpId, Seq};

/// Separates these hashes from each other and from everybody else's.
const BIRTH: &str = "kartka 2026 device chain birth";
const LINK: &str = "kartka 2026 device chain link";
const PERSONAL: &str = "kartka 2026 personal section";
const LOG_BIRTH: &str = "kartka 2026 authority log birth";
const LOG_LINK: &str = "kartka 2026 authority log link";

/// A device's chain after one of its ops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainValue(pub [u8; 32]);

impl ChainValue {
    /// The chain of a device that has not written yet.
    #[must_use]
    pub fn birth(business: BusinessId, device: DeviceNo) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(BIRTH);
        hasher
            .update(&business.0)
            .update(&device.get().to_be_bytes());
        Self(hasher.finalize().into())
    }

    /// The chain after the next op.
    #[must_use]
    pub fn next(&self, facts: &[u8], personal: &PersonalHash) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(LINK);
        hasher
            .update(&self.0)
            .update(&(facts.len() as u64).to_be_bytes());
        hasher.update(facts).update(&personal.0);
        Self(hasher.finalize().into())
    }

    /// The birth mark of the op that ends here, when this is its first chain value (sync §2).
    #[must_use]
    pub fn birth_mark(&self) -> BirthMark {
        let mut mark = [0; 8];
        mark.copy_from_slice(&self.0[..8]);
        BirthMark(mark)
    }
}

/// Stands in the chain for a personal section, also after it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonalHash(pub [u8; 32]);

impl PersonalHash {
    /// An op without a personal section.
    pub const NONE: Self = Self([0; 32]);

    /// A section under its nonce; without the nonce nobody can try out names.
    #[must_use]
    pub fn of(nonce: &[u8; 16], personal: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(PERSONAL);
        hasher.update(nonce).update(personal);
        Self(hasher.finalize().into())
    }
}

/// The authority's log after one of its seqs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogHash(pub [u8; 32]);

impl LogHash {
    /// The log of a business in which nothing has been ordered.
    #[must_use]
    pub fn birth(business: BusinessId) -> Self {
        Self(
            blake3::Hasher::new_derive_key(LOG_BIRTH)
                .update(&business.0)
                .finalize()
                .into(),
        )
    }

    /// The log after an op has been given `seq`.
    #[must_use]
    pub fn next(&self, seq: Seq, op: OpId, chain: &ChainValue) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(LOG_LINK);
        hasher.update(&self.0).update(&seq.0.to_be_bytes());
        hasher.update(&op.get().to_be_bytes()).update(&chain.0);
        Self(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSINESS: BusinessId = BusinessId([7; 16]);

    #[test]
    fn every_part_of_an_op_moves_the_chain() {
        let birth = ChainValue::birth(BUSINESS, DeviceNo::FOUNDER);
        let personal = PersonalHash::of(&[1; 16], b"name");
        let value = birth.next(b"facts", &personal);
        for other in [
            birth.next(b"fact", &personal),
            birth.next(b"facts", &PersonalHash::NONE),
            birth.next(b"facts", &PersonalHash::of(&[2; 16], b"name")),
            birth.next(b"facts", &PersonalHash::of(&[1; 16], b"Name")),
            value.next(b"facts", &personal),
            ChainValue::birth(BusinessId([8; 16]), DeviceNo::FOUNDER).next(b"facts", &personal),
        ] {
            assert_ne!(value, other);
        }
        assert_eq!(value.birth_mark().0, value.0[..8]);
    }

    #[test]
    fn the_log_depends_on_order_and_contents() -> Result<(), kartka_domain::ids::IdError> {
        let birth = LogHash::birth(BUSINESS);
        let (a, b) = (ChainValue([1; 32]), ChainValue([2; 32]));
        let op = |n| DeviceNo::FOUNDER.id(n).map(OpId);
        let straight = birth.next(Seq(1), op(1)?, &a).next(Seq(2), op(2)?, &b);
        let swapped = birth.next(Seq(1), op(2)?, &b).next(Seq(2), op(1)?, &a);
        assert_ne!(straight, swapped);
        assert_ne!(
            birth.next(Seq(1), op(1)?, &a),
            birth.next(Seq(1), op(1)?, &b)
        );
        Ok(())
    }
}
