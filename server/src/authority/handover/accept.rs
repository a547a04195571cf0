//! The end of a hand-over: what was folded here is compared with what the phone has, and then this server is the
//! authority, or never (sync §12).

use std::collections::BTreeMap;

use kartka_domain::card::NumberLength;
use kartka_domain::ids::{DeviceNo, Epoch, Seq};
use kartka_domain::planted;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::digest::Digest;
use kartka_protocol::head::{Head, Reign};
use kartka_protocol::message::{HandoverSaid, Refusal, ScopeDigest, SignedPairAnswer};
use kartka_protocol::scope::Scope;

use super::{Arrival, Asked, Received, Reception, Session, Stage, refused};
use crate::authority::intake::Turned;
use crate::authority::pair::FIRST_OUTLET;
use crate::authority::{Authority, memory, numbers, reign};
use crate::platform::{Random, draw};
use crate::store::{Fact, KeyFolder, Reads, Rights, StoreError, Writes, read, write};

/// A hand-over adds so much to the epoch's number, so that nothing the phone could do alone is above it.
const STEP: u64 = 65_536;
/// Longest lineage that leaves room for another epoch.
const LINEAGE: usize = kartka_protocol::limits::LINEAGE - 1;

/// What everything must come to.
pub(super) struct Last<'m> {
    /// Where the order ends.
    pub(super) end: Head,
    /// The epochs up to then.
    pub(super) lineage: &'m [Reign],
    /// The sum of every scope's rows.
    pub(super) digests: &'m [ScopeDigest],
}

/// Compares, and says yes or no: durably, and for ever.
pub(super) fn judge(
    reception: &Reception,
    arrival: &Arrival,
    asked: &Asked<'_>,
    last: &Last<'_>,
) -> Result<Stage, Turned> {
    let folder = KeyFolder::of(&reception.place);
    let kept = folder.highest_epoch(asked.business)?;
    let highest = kept.map_or(last.end.epoch, |kept| kept.max(last.end.epoch));
    let order = read(&arrival.store, |db| memory::read_order(db))?;
    let sound = last.lineage.last().map(|reign| reign.epoch) == Some(last.end.epoch);
    if order.log != last.end.log || !sound || last.lineage.len() > LINEAGE {
        // Not what the phone was asked for: it may ask where this server stands, and go on.
        return Err(Turned::Away(Refusal::Malformed));
    }
    let stage = write(&arrival.store, |db| {
        let differs = first_difference(db, last.digests)?;
        let stage = match differs.filter(|_| !planted!(HandoverMismatch)) {
            Some(scope) => Stage::Differs(scope),
            None => Stage::Accepted,
        };
        let session = Session {
            stage,
            ..arrival.session
        };
        if stage == Stage::Accepted {
            let random = reception.random.as_ref();
            let epoch = Epoch {
                number: highest.number.saturating_add(STEP),
                random: u64::from_be_bytes(draw(random)),
            };
            become_authority(db, asked, last, epoch, random)?;
        }
        db.put_fact(Fact::Arrival, &session.encode())?;
        Ok(stage)
    })?;
    Ok(stage)
}

/// The first scope whose sums differ, by code; a scope without rows has the sum 0.
fn first_difference(db: &dyn Reads, theirs: &[ScopeDigest]) -> Result<Option<Scope>, StoreError> {
    let mut sums: BTreeMap<i64, (Scope, Digest, Digest)> = BTreeMap::new();
    for sum in db.digests()? {
        let none = (sum.scope, Digest::default(), Digest::default());
        sums.entry(sum.scope.code()).or_insert(none).1 = sum.digest;
    }
    for sum in theirs {
        let none = (sum.scope, Digest::default(), Digest::default());
        sums.entry(sum.scope.code()).or_insert(none).2 = sum.digest;
    }
    let differs = sums.into_values().find(|(_, ours, theirs)| ours != theirs);
    Ok(differs.map(|(scope, _, _)| scope))
}

/// Everything that a founded business has beside its rows.
fn become_authority(
    db: &dyn Writes,
    asked: &Asked<'_>,
    last: &Last<'_>,
    epoch: Epoch,
    random: &dyn Random,
) -> Result<(), StoreError> {
    let reign = Reign {
        epoch,
        first_seq: Seq(last.end.seq.0 + 1),
    };
    let lineage = last.lineage.iter().copied().chain([reign]);
    let lineage: Vec<u8> = lineage.flat_map(memory::reign_bytes).collect();
    db.put_fact(Fact::Epoch, &memory::epoch_bytes(epoch))?;
    db.put_fact(Fact::Lineage, &lineage)?;
    db.put_fact(Fact::OwnerSecret, &draw::<16>(random))?;
    enter_devices(db, asked.device)?;
    give_numbers(db, random)?;
    reign::new_author(db, asked.business, random)?;
    // From now on the file is a business.
    db.put_fact(Fact::Business, &asked.business.0)
}

/// Each number has the key that its row names; only the phone that brings the business pulls everything.
fn enter_devices(db: &dyn Writes, bringer: DeviceNo) -> Result<(), StoreError> {
    for wire in db.rows_of(RowKind::Device)? {
        let Row::Device(row) = wire.read()? else {
            continue;
        };
        if let Some(mut state) = db.device(row.no)? {
            state.key = row.public_key;
            state.rights = match row.no == bringer {
                true => Rights::History,
                false => Rights::Recent,
            };
            db.put_device(&state)?;
        }
    }
    Ok(())
}

/// Numbers and slots are counted up from the founder's; those of a phone that was restored were drawn at random, so
/// from there on they are drawn here as well.
fn give_numbers(db: &dyn Writes, random: &dyn Random) -> Result<(), StoreError> {
    let mut highest = DeviceNo::FOUNDER;
    let mut slots = false;
    for wire in db.rows_of(RowKind::Device)? {
        if let Row::Device(row) = wire.read()? {
            highest = highest.max(row.no);
            let ten = row.slot.filter(|slot| slot.length() == NumberLength::Ten);
            slots |= ten.is_some_and(|slot| slot.value() > 0);
        }
    }
    db.put_fact(Fact::LastDevice, &highest.get().to_be_bytes())?;
    match highest > DeviceNo::FOUNDER || slots {
        true => numbers::draw_anew(db, random),
        false => Ok(()),
    }
}

/// The yes, said again to the phone that brought the business; a no that came too late is answered with it as well.
pub(super) fn again(authority: &Authority, asked: &Asked<'_>) -> Result<Received, Turned> {
    let session = read(authority.store.as_ref(), |db| Session::read(db))?;
    let session = session.filter(|session| {
        session.token.id() == asked.pair.token
            && session.key == asked.pair.public_key
            && asked.request.is_proved(&session.token)
    });
    let session = session.ok_or_else(refused)?;
    let welcome = read(authority.store.as_ref(), |db| {
        authority.welcome(db, &asked.pair, (session.device, FIRST_OUTLET))
    })?;
    let identity = &authority.memory.identity;
    let sign = |message: &[u8]| Ok::<_, Turned>(identity.sign(message));
    let pair = SignedPairAnswer::seal(&asked.request.pair, &welcome, sign)?.encode();
    Ok(Received {
        answer: asked.answer(identity, HandoverSaid::Accepted { pair }),
        arrived: None,
    })
}
