//! A new epoch over data that was put back, and which earlier states of it phones may have seen (sync §1, §12).

use std::sync::Arc;

use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, Seq};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::head::Reign;
use kartka_protocol::limits;

use super::identity::Identity;
use super::{Authority, hold, memory, numbers};
use crate::platform::{Clock, Random, draw};
use crate::store::sqlite::SqliteStore;
use crate::store::{DeviceState, Fact, KeyFolder, Place, Rights, StoreError, Writes, read, write};

impl Authority {
    /// Opens a business whose file was put back from a copy, in the next epoch: under a new number for its own ops, with
    /// device numbers and slots that the lost server can't have given out, and with expiry waiting for the phones.
    ///
    /// # Errors
    /// As [`open`](Self::open); then the file is as it was put back.
    pub fn begin_reign(
        place: impl Into<Place>,
        business: BusinessId,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let place = place.into();
        let keys = KeyFolder::of(&place);
        let store = SqliteStore::open(&place, &keys, business)?;
        let found = read(&store, |db| memory::epoch(db))?;
        let kept = keys.highest_epoch(business)?;
        let highest = kept.map_or(found, |kept| kept.max(found));
        let now_ms = clock.now_ms();
        let epoch = write(&store, |db| {
            enter(db, business, highest, now_ms, random.as_ref())
        })?;
        keys.keep_epoch(business, epoch)?;
        let authority = Self::over(Box::new(store), clock, random)?.beside(keys)?;
        authority.apply_erasures()?;
        Ok(authority)
    }
}

/// Begins the epoch after `highest`, here and now; says which.
pub(super) fn enter(
    db: &dyn Writes,
    business: BusinessId,
    highest: Epoch,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Epoch, StoreError> {
    let epoch = Epoch {
        number: highest.number.saturating_add(1),
        random: u64::from_be_bytes(draw(random)),
    };
    let order = memory::read_order(db)?;
    let mut lineage = memory::lineage(db)?;
    if lineage.len() >= limits::LINEAGE {
        return Err(StoreError::Malformed("the lineage is full"));
    }
    lineage.push(Reign {
        epoch,
        first_seq: Seq(order.seq.0 + 1),
    });
    let lineage: Vec<u8> = lineage.into_iter().flat_map(memory::reign_bytes).collect();
    db.put_fact(Fact::Epoch, &memory::epoch_bytes(epoch))?;
    db.put_fact(Fact::Lineage, &lineage)?;
    numbers::draw_anew(db, random)?;
    let author = new_author(db, business, random)?;
    hold::begin(db, author, now_ms)?;
    Ok(epoch)
}

/// A number for the authority's own ops. Nobody signs as it, so nobody has its key.
pub(super) fn new_author(
    db: &dyn Writes,
    business: BusinessId,
    random: &dyn Random,
) -> Result<DeviceNo, StoreError> {
    let no = numbers::next_device(db, random)?;
    let unknown = Identity::from_bytes(&Identity::generate(random))?.public();
    db.put_device(&DeviceState {
        no,
        key: unknown,
        rights: Rights::History,
        acked: 0,
        chain: ChainValue::birth(business, no).0,
        earlier_ms: 0,
        forked: 0,
    })?;
    db.put_fact(Fact::Author, &no.get().to_be_bytes())?;
    Ok(no)
}
