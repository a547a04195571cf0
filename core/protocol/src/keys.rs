//! The keys a staff phone holds: card numbers, K1 codes and digests (cards §1, sync §4).
//!
//! Made by the authority, sent inside the pairing answer, kept in the encrypted store; never to customers.

use kartka_domain::card::{CardKey, CardKeys, KeyId, PermutationKey, ShopTag};

use crate::WireError;
use crate::digest::DigestKey;
use crate::fields::{Record, Shape};

mod tag {
    pub(super) const SHOP: u16 = 1;
    pub(super) const PERMUTATION: u16 = 2;
    pub(super) const CURRENT: u16 = 3;
    /// All K1 keys, each with its id.
    pub(super) const CARD: u16 = 4;
    pub(super) const DIGEST: u16 = 5;
}

mod card {
    pub(super) const ID: u16 = 1;
    pub(super) const KEY: u16 = 2;
}

/// What makes and recognises this shop's codes, and compares its rows.
#[derive(Debug, Clone)]
pub struct ShopKeys {
    /// Card numbers and K1 codes.
    pub cards: CardKeys,
    /// Row digests.
    pub digest: DigestKey,
}

impl ShopKeys {
    /// As kept and sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut record = Record::new();
        record.put(tag::SHOP, self.cards.tag().bits());
        record.put(tag::PERMUTATION, *self.cards.permutation().expose());
        record.put(tag::CURRENT, i64::from(self.cards.current().value()));
        let ids = (0..KeyId::COUNT).filter_map(KeyId::new);
        let keys = ids.filter_map(|id| self.cards.key(id).map(|key| (id, key)));
        record.put_records(
            tag::CARD,
            keys.map(|(id, key)| {
                let mut one = Record::new();
                one.put(card::ID, i64::from(id.value()));
                one.put(card::KEY, *key.expose());
                one
            }),
        );
        record.put(tag::DIGEST, self.digest.0);
        record.encode()
    }

    /// From what was kept or received.
    ///
    /// # Errors
    /// [`WireError`] for a field that is missing or wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let record = Record::decode(bytes, Shape::ENTITY)?;
        let current = key_id(&record, tag::CURRENT)?;
        let mut keys = Vec::new();
        for one in record.records(tag::CARD)? {
            keys.push((key_id(one, card::ID)?, one.array(card::KEY)?));
        }
        let first = keys.iter().find(|(id, _)| *id == current);
        let (_, first) = first.ok_or(WireError::OutOfRange(tag::CURRENT))?;
        let mut cards = CardKeys::new(
            ShopTag::from_bits(record.int(tag::SHOP)?),
            PermutationKey::from_bytes(record.array(tag::PERMUTATION)?),
            current,
            CardKey::from_bytes(*first),
        );
        for (id, key) in keys.iter().filter(|(id, _)| *id != current) {
            cards = cards.with_key(*id, CardKey::from_bytes(*key));
        }
        let digest = DigestKey(record.array(tag::DIGEST)?);
        Ok(Self { cards, digest })
    }
}

fn key_id(record: &Record, tag: u16) -> Result<KeyId, WireError> {
    KeyId::new(record.int(tag)?).ok_or(WireError::OutOfRange(tag))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_come_back_as_they_were_kept() {
        let (id, next) = (KeyId::new(3).unwrap(), KeyId::new(7).unwrap());
        let cards = CardKeys::new(
            ShopTag::from_bits(0xABCDE),
            PermutationKey::from_bytes([1; 32]),
            id,
            CardKey::from_bytes([2; 32]),
        )
        .with_key(next, CardKey::from_bytes([3; 32]));
        let keys = ShopKeys {
            cards,
            digest: DigestKey([4; 32]),
        };
        let back = ShopKeys::decode(&keys.encode()).unwrap();
        assert_eq!(back.cards, keys.cards);
        assert_eq!(back.digest.0, keys.digest.0);
        assert!(ShopKeys::decode(&keys.encode()[1..]).is_err());
    }
}
