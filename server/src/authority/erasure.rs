//! Erasures: the list beside the keys that no restored file can hide, and who has said "done" (sync §8).

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use kartka_domain::authority::Book as _;
use kartka_domain::ids::{CustomerId, DeviceNo, Seq};
use kartka_domain::incarnation::Former;
use kartka_domain::op::{ENTRIES_MAX, Fact as OpFact};
use kartka_domain::planted;
use kartka_domain::row::{EdgeState, Row, RowKind};
use kartka_protocol::message::Erased;

use super::push::Order;
use super::turn::Turn;
use super::{Authority, Job, marks, memory, own};
use crate::store::{Fact, Reads, StoreError, read};

impl Authority {
    /// Brings the list beside the keys and the data together: what an older file does not know of is erased again
    /// before anybody is answered.
    pub(super) fn apply_erasures(&self) -> Result<(), StoreError> {
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        let listed = keys.erased(self.memory.business)?;
        let known = read(self.store.as_ref(), erased)?;
        if !known.is_subset(&listed) {
            let all = listed.union(&known).copied().collect();
            keys.keep_erased(self.memory.business, &all)?;
        }
        let lost: Vec<CustomerId> = listed.difference(&known).copied().collect();
        if !lost.is_empty() && !planted!(ErasureListIgnored) {
            self.commit(&[Job::Erase(lost)])?;
        }
        self.wipe_traces();
        Ok(())
    }

    /// Wipes what the files may still hold of erased people, when somebody was erased since the last time. Takes as
    /// long as writing the file anew, so it is called after everybody was answered. Says where the order then stands,
    /// if it moved. What does not work now is tried again after the next commit and at the next start; until then
    /// the certificate waits.
    pub(crate) fn wipe_traces(&self) -> Option<Seq> {
        if !self.traces.load(Ordering::SeqCst) {
            return None;
        }
        self.try_to_wipe().unwrap_or_else(|error| {
            let business = self.memory.business_short();
            tracing::error!(%business, %error, "traces of erased people could not be wiped yet");
            None
        })
    }

    fn try_to_wipe(&self) -> Result<Option<Seq>, StoreError> {
        let traces = read(self.store.as_ref(), |db| db.fact(Fact::Traces))?;
        let there_are = traces.is_some_and(|set| !set.is_empty());
        if there_are && !self.store.wipe_traces()? {
            return Ok(None);
        }
        let moved = if there_are {
            Some(self.commit(&[Job::Wiped])?.head)
        } else {
            None
        };
        self.traces.store(false, Ordering::SeqCst);
        Ok(moved)
    }

    /// Adds people to the list, before the commit is durable: no file that is put back later can hide it.
    pub(super) fn note_erased(&self, erased: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        if erased.is_empty() {
            return Ok(());
        }
        self.traces.store(true, Ordering::SeqCst);
        match &self.keys {
            Some(keys) => keys.add_erased(self.memory.business, erased),
            None => Ok(()),
        }
    }

    /// Up to where the device's word reaches in the order of today, if it says more than it did.
    pub(super) fn news_of(
        &self,
        device: DeviceNo,
        said: Option<Erased>,
    ) -> Result<Option<Seq>, StoreError> {
        let Some(said) = said else {
            return Ok(None);
        };
        read(self.store.as_ref(), |db| {
            let lineage = memory::lineage(db)?;
            let Some(up_to) = memory::in_this_order(&lineage, said.epoch, said.seq) else {
                return Ok(None);
            };
            let last = db.last_of(RowKind::Erasure, up_to)?;
            let known = done_up_to(db, device)?;
            Ok(last.filter(|last| *last > known))
        })
    }
}

/// Everybody who was erased, by the rows.
fn erased(db: &dyn Reads) -> Result<BTreeSet<CustomerId>, StoreError> {
    let rows = db.rows_of(RowKind::Erasure)?;
    rows.into_iter()
        .map(|row| CustomerId::new(row.id).map_err(|_| StoreError::Malformed("row.id")))
        .collect()
}

/// Whether somebody was erased under a number of `device` above the counter `last`.
pub(super) fn is_any_above(
    db: &dyn Reads,
    device: DeviceNo,
    last: i64,
) -> Result<bool, StoreError> {
    let above = |person: &CustomerId| person.0.device() == device && person.0.counter() > last;
    Ok(erased(db)?.iter().any(above))
}

fn done_up_to(db: &(impl Reads + ?Sized), device: DeviceNo) -> Result<Seq, StoreError> {
    let row = db.row(RowKind::ErasureDone, i64::from(device.get()))?;
    Ok(match row.map(|wire| wire.read()).transpose()? {
        Some(Row::ErasureDone(done)) => done.up_to,
        _ => Seq(0),
    })
}

/// Erases people whom the list names, as ops of the authority's own. The list has every number that they had; with whom an
/// older file joins them still, they had been parted from by then, so those are parted first and keep what is theirs.
pub(super) fn erase(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    people: &[CustomerId],
) -> Result<(), StoreError> {
    let listed: BTreeSet<CustomerId> = people.iter().copied().collect();
    let (mut parted, mut erased) = (Vec::new(), Vec::new());
    for person in people {
        if turn.is_erased(*person)? {
            continue;
        }
        for edge in turn.edges(*person)? {
            let other = if edge.a == *person { edge.b } else { edge.a };
            let stays = !listed.contains(&other) && !turn.is_erased(other)?;
            if edge.state == EdgeState::On && stays {
                let (edge, of) = (edge.id, *person);
                parted.push(OpFact::Unmerge { edge, of });
            }
        }
        erased.push(OpFact::Erase(*person));
    }
    write(authority, turn, order, &[parted, erased].concat())
}

/// Writes as many ops of the authority's own as the facts need.
fn write(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    facts: &[OpFact],
) -> Result<(), StoreError> {
    for facts in facts.chunks(ENTRIES_MAX) {
        own::write(authority, turn, order, facts)?;
    }
    Ok(())
}

/// Erases under their new numbers whom another authority had erased under those that a phone brings from there: its list and
/// who asked for it know them by no other (sync §8, §12). `former` ends where that authority had said that it holds it: what
/// the phone made since is somebody else's, if another copy had told of those numbers.
pub(super) fn follow(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (former, no): (Former, DeviceNo),
) -> Result<(), StoreError> {
    let erased = erased(turn.db)?.into_iter();
    let moved = erased.filter_map(|person| marks::after(person.0, no, former));
    let facts: Vec<OpFact> = moved.map(|id| OpFact::Erase(CustomerId(id))).collect();
    write(authority, turn, order, &facts)
}

/// Notes that a device holds nothing any more of those erased up to `up_to`; what it said before stays.
pub(super) fn note_done(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    device: DeviceNo,
    up_to: Seq,
) -> Result<(), StoreError> {
    if up_to > done_up_to(turn.db, device)? {
        own::write(
            authority,
            turn,
            order,
            &[OpFact::ErasureDone { device, up_to }],
        )?;
    }
    Ok(())
}

/// Notes that this server has wiped its own files.
pub(super) fn note_wiped(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
) -> Result<(), StoreError> {
    turn.db.put_fact(Fact::Traces, &[])?;
    match turn.db.last_of(RowKind::Erasure, order.seq)? {
        Some(last) => {
            let server = own::author(turn.db)?;
            note_done(authority, turn, order, server, last)
        }
        None => Ok(()),
    }
}
