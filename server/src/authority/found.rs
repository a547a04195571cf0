//! Founding a business on a server, and opening one again (sync §7).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kartka_domain::card::{CardKey, CardKeys, KeyId, PermutationKey, ShopTag};
use kartka_domain::founding::{Founding, FoundingError, ShopKind};
use kartka_domain::ids::{BusinessId, Epoch, RequestMark, Seq};
use kartka_domain::moment::Moment;
use kartka_domain::op::{Fact as OpFact, Seen};
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::digest::DigestKey;
use kartka_protocol::head::Reign;
use kartka_protocol::keys::ShopKeys;

use super::identity::Identity;
use super::own::{SERVER, write_op};
use super::push::Order;
use super::turn::Turn;
use super::{Authority, Memory, memory};
use crate::platform::{Clock, Random, draw};
use crate::store::sqlite::SqliteStore;
use crate::store::{
    BusinessStore, DeviceState, Fact, KeyFolder, Place, Rights, StoreError, Writes, read, write,
};

/// Who founds what; everything else follows from country and kind.
#[derive(Debug, Clone)]
pub struct FoundingInput {
    /// As customers know it, 1 to 64 characters.
    pub name: String,
    /// Two capital letters (ISO 3166).
    pub country: String,
    /// What it sells.
    pub kind: ShopKind,
    /// The founder's name.
    pub owner: String,
}

/// Why a business was not founded.
#[derive(Debug, thiserror::Error)]
pub enum NotFounded {
    /// The input does not do.
    #[error(transparent)]
    Input(#[from] FoundingError),
    /// The data could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Authority {
    /// Founds a business in a data folder, with its key beside the folder.
    ///
    /// # Errors
    /// [`NotFounded`]; then no business is there.
    pub fn found(
        place: impl Into<Place>,
        input: &FoundingInput,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, NotFounded> {
        let business = BusinessId(draw(random.as_ref()));
        let tag = ShopTag::from_bits(u32::from_be_bytes(draw(random.as_ref())));
        let founding = Founding {
            id: business,
            letters: tag.to_string(),
            name: &input.name,
            country: &input.country,
            kind: input.kind,
            owner: &input.owner,
        };
        let facts = founding.facts()?;
        let place = place.into();
        let keys = KeyFolder::of(&place);
        let store = SqliteStore::create(&place, &keys, business, random.as_ref())?;
        let epoch = Epoch {
            number: 1,
            random: u64::from_be_bytes(draw(random.as_ref())),
        };
        let birth = Birth {
            business,
            tag,
            epoch,
            now_ms: clock.now_ms(),
        };
        write(&store, |db| birth.write(db, &facts, random.as_ref()))?;
        keys.keep_epoch(business, epoch)?;
        Ok(Self::over(Box::new(store), clock, random)?.beside(keys)?)
    }

    /// Opens a business of a data folder.
    ///
    /// # Errors
    /// [`StoreError::EpochBehind`] when a later state of it was served from here; anything else that keeps
    /// the file from being opened.
    pub fn open(
        place: impl Into<Place>,
        business: BusinessId,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let place = place.into();
        let keys = KeyFolder::of(&place);
        let store = SqliteStore::open(&place, &keys, business)?;
        let found = read(&store, |db| {
            // An empty file is told apart from a damaged one first.
            Memory::read(db)?;
            memory::epoch(db)
        })?;
        let known = keys.highest_epoch(business)?;
        match known {
            Some(known) if known > found => {
                return Err(StoreError::EpochBehind {
                    found: found.number,
                    known: known.number,
                });
            }
            Some(known) if known == found => {}
            _ => keys.keep_epoch(business, found)?,
        }
        let authority = Self::over(Box::new(store), clock, random)?.beside(keys)?;
        authority.apply_erasures()?;
        Ok(authority)
    }

    /// Gives the file of a business that no server has open another key, and destroys the former one (decision 83).
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a server has it open; what the disk reports. The former key then goes on, or the next
    /// start ends what was begun.
    pub fn change_key(
        place: impl Into<Place>,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<(), StoreError> {
        let place = place.into();
        SqliteStore::change_key(&place, &KeyFolder::of(&place), business, random)
    }

    /// An authority over a store that holds a business.
    pub(super) fn over(
        store: Box<dyn BusinessStore>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let memory = read(store.as_ref(), |db| Memory::read(db))?;
        Ok(Self {
            store,
            clock,
            random,
            address: None,
            memory,
            keys: None,
            // Looked at once: the last run may have ended before it wiped them.
            traces: AtomicBool::new(true),
            pages: super::pull::PAGES,
        })
    }

    /// The same beside its keys: who was revoked there stays revoked, whatever the data says (sync §7).
    pub(super) fn beside(mut self, keys: KeyFolder) -> Result<Self, StoreError> {
        let business = self.memory.business;
        let kept = keys.revoked(business)?;
        let known = read(self.store.as_ref(), |db| db.revoked_keys())?;
        if kept.iter().any(|key| !known.contains(key)) {
            write(self.store.as_ref(), |db| {
                kept.iter().try_for_each(|key| db.put_revoked(key))
            })?;
        }
        if known.iter().any(|key| !kept.contains(key)) {
            let all = read(self.store.as_ref(), |db| db.revoked_keys())?;
            keys.keep_revoked(business, &all)?;
        }
        self.keys = Some(keys);
        Ok(self)
    }
}

/// A business about to exist.
struct Birth {
    business: BusinessId,
    tag: ShopTag,
    epoch: Epoch,
    now_ms: i64,
}

impl Birth {
    /// Writes keys, epoch, the server's own device and the founding op.
    fn write(
        &self,
        db: &dyn Writes,
        facts: &[OpFact],
        random: &dyn Random,
    ) -> Result<(), StoreError> {
        let identity_bytes = Identity::generate(random);
        let identity = Identity::from_bytes(&identity_bytes)?;
        let keys = self.keys(random)?;
        let reign = Reign {
            epoch: self.epoch,
            first_seq: Seq(1),
        };
        db.put_fact(Fact::Business, &self.business.0)?;
        db.put_fact(Fact::Epoch, &memory::epoch_bytes(self.epoch))?;
        db.put_fact(Fact::Lineage, &memory::reign_bytes(reign))?;
        db.put_fact(Fact::IdentityKey, &identity_bytes)?;
        db.put_fact(Fact::ShopKeys, &keys.encode())?;
        db.put_fact(Fact::OwnerSecret, &draw::<16>(random))?;
        db.put_fact(Fact::LastDevice, &SERVER.get().to_be_bytes())?;
        db.put_device(&DeviceState {
            no: SERVER,
            key: identity.public(),
            rights: Rights::History,
            acked: 0,
            chain: ChainValue::birth(self.business, SERVER).0,
            earlier_ms: 0,
            forked: 0,
        })?;
        let mut order = Order {
            seq: Seq(0),
            log: LogHash::birth(self.business),
        };
        let at = self.at(facts)?;
        let mut turn = Turn::new(db, &keys.digest, at.date)?;
        let request = RequestMark(draw(random));
        let seen = Seen {
            epoch: self.epoch,
            seq: Seq(0),
        };
        write_op(&mut turn, &mut order, facts, (at, request, seen))?;
        turn.finish()?;
        memory::write_order(db, &order)
    }

    fn keys(&self, random: &dyn Random) -> Result<ShopKeys, StoreError> {
        let first = KeyId::new(0).ok_or(StoreError::Malformed("a card key id"))?;
        let permutation = PermutationKey::from_bytes(draw(random));
        let card = CardKey::from_bytes(draw(random));
        Ok(ShopKeys {
            cards: CardKeys::new(self.tag, permutation, first, card),
            digest: DigestKey(draw(random)),
        })
    }

    /// The moment of founding at the outlet that is being founded.
    fn at(&self, facts: &[OpFact]) -> Result<Moment, StoreError> {
        let outlet = facts.iter().find_map(|fact| match fact {
            OpFact::Outlet(outlet) => Some((outlet.zone.as_str(), outlet.day_start)),
            _ => None,
        });
        let (zone, day_start) = outlet.unwrap_or(("UTC", 0));
        memory::civil_moment(self.now_ms, zone, day_start)
    }
}
