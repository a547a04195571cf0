//! Taking a device's batches into the order, within a turn of the writer (sync §2, §4, §5).
//!
//! Signatures were checked and ops unpacked before (`intake`); here is only what needs the order
//! itself. Nobody's fact is rejected; what does not continue the device's chain is kept apart.

use kartka_domain::authority::{Anchor, Author, Book as _, Standing, effective_time};
use kartka_domain::business::Outlet;
use kartka_domain::ids::{DeviceNo, Id, OpId, Seq};
use kartka_domain::moment::{Moment, day_number};
use kartka_domain::op::{Claim, Fact, Op, Seen};
use kartka_domain::planted;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::batch::{Batch, Personal};
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::{civil, limits};

use super::turn::{Turn, Wording};
use super::{Authority, erasure, expiry, hold, incarnation, marks, memory, owed, quarantine};
use crate::store::{Anchored, Apart, DeviceState, Run, StoreError, StoredOp};

/// Batches of one device, ready to be ordered.
pub(crate) struct Push {
    /// Whose.
    pub(crate) device: DeviceNo,
    /// When they came, epoch ms.
    pub(crate) received_ms: i64,
    /// Pairs of clocks that the request brought.
    pub(crate) anchors: Vec<Anchor>,
    /// The batches in their order.
    pub(crate) batches: Vec<Ready>,
    /// Up to where the device says that it holds nothing of erased people, if that is news.
    pub(crate) erased: Option<Seq>,
    /// Whether the device has nothing left to tell that it knew before a restore.
    pub(crate) called: bool,
    /// Whether the device says that everything there is deleted.
    pub(crate) wiped: bool,
}

impl Push {
    /// How many ops it brings.
    pub(crate) fn ops(&self) -> usize {
        let opened = self.batches.iter().filter_map(|b| b.opened.as_ref());
        opened.map(|opened| opened.ops.len()).sum()
    }
}

/// A batch that its device signed.
pub(crate) struct Ready {
    /// Its first op.
    pub(crate) first: OpId,
    /// Its last number.
    pub(crate) last: Id,
    /// The chain's value that was signed.
    pub(crate) chain: ChainValue,
    /// What it continues and holds; nothing when its beginning is unknown here or another history.
    pub(crate) opened: Option<Opened>,
    /// As it came.
    pub(crate) batch: Batch,
}

/// What lies in a batch whose ops lead from `before` to the signed value.
pub(crate) struct Opened {
    /// The chain before the first op.
    pub(crate) before: ChainValue,
    /// The ops.
    pub(crate) ops: Vec<ReadyOp>,
}

/// An op with what it says.
pub(crate) struct ReadyOp {
    /// Its first number.
    pub(crate) id: OpId,
    /// Its last number.
    pub(crate) last: Id,
    /// The chain after it.
    pub(crate) chain: ChainValue,
    /// Its facts section.
    pub(crate) facts: Vec<u8>,
    /// Its personal section.
    pub(crate) personal: Personal,
    /// What it says; nothing when the bytes are no op of this version: kept without effect.
    pub(crate) op: Option<Op>,
}

/// The order's end while a turn goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    /// The last seq given.
    pub(crate) seq: Seq,
    /// The log's hash there.
    pub(crate) log: LogHash,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The device afterwards.
    pub(crate) device: DeviceState,
    /// Ops that got their places now.
    pub(crate) taken: usize,
    /// Entries of those ops.
    pub(crate) entries: usize,
    /// Whether a batch of another history was among them.
    pub(crate) history: History,
}

/// Whether a device's batches continue what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    /// They do.
    One,
    /// A validly signed batch diverges: a copy was rolled back or cloned (sync §12).
    Forked,
}

/// How a batch stands to what is known of its device.
enum Relation {
    /// It begins behind numbers that never came.
    Gap,
    /// All of it is known.
    Known,
    /// Ops from this place on are new.
    New(usize),
    /// Another history.
    Other,
}

/// Orders what is new in a push.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    push: &Push,
) -> Result<Outcome, StoreError> {
    let mut device = turn
        .db
        .device(push.device)?
        .ok_or(StoreError::Malformed("a push of an unknown device"))?;
    let mut intake = Intake {
        authority,
        anchors: anchors(turn, push)?,
        received_ms: push.received_ms,
        taken: 0,
        entries: 0,
    };
    let mut history = History::One;
    // A key that was revoked: what it sends is acked and waits for a person (sync §7).
    let revoked = turn.db.is_revoked(&device.key)?;
    let mut items = quarantine::Items::new();
    for batch in &push.batches {
        match relation(turn, &device, batch)? {
            Relation::Gap => break,
            Relation::Known => {}
            Relation::New(from) => {
                let ops = batch.opened.as_ref().map_or(&[][..], |opened| &opened.ops);
                let ops = ops.get(from..).unwrap_or_default();
                if revoked {
                    items.extend(intake.keep_in_quarantine(turn, &mut device, ops)?);
                } else {
                    intake.order(turn, order, &mut device, ops)?;
                }
            }
            Relation::Other => {
                keep_apart(authority, turn, order, (&mut device, push, batch))?;
                history = History::Forked;
                break;
            }
        }
    }
    turn.db.put_device(&device)?;
    if let Some(up_to) = push.erased {
        erasure::note_done(authority, turn, order, push.device, up_to)?;
    }
    quarantine::ask(authority, turn, order, &items)?;
    if revoked && push.wiped {
        quarantine::note_wiped(authority, turn, order, push.device)?;
    }
    if push.called {
        hold::called(turn.db, device.no)?;
    }
    Ok(Outcome {
        device,
        taken: intake.taken,
        entries: intake.entries,
        history,
    })
}

fn relation(turn: &Turn<'_>, device: &DeviceState, batch: &Ready) -> Result<Relation, StoreError> {
    let (first, last) = (batch.first.0.counter(), batch.last.counter());
    if first > device.acked + 1 {
        return Ok(Relation::Gap);
    }
    if last <= device.acked {
        let same = turn.db.chain_at(batch.last.get())? == Some(batch.chain.0);
        if planted!(LostAckReinserted) && same {
            return Ok(Relation::New(0));
        }
        let same = same || planted!(AckedHashIgnored);
        return Ok(if same {
            Relation::Known
        } else {
            Relation::Other
        });
    }
    let Some(opened) = &batch.opened else {
        return Ok(Relation::Other);
    };
    if first == device.acked + 1 {
        let continues = opened.before.0 == device.chain;
        return Ok(if continues {
            Relation::New(0)
        } else {
            Relation::Other
        });
    }
    let known = opened
        .ops
        .iter()
        .position(|op| op.last.counter() == device.acked && op.chain.0 == device.chain);
    Ok(known.map_or(Relation::Other, |at| Relation::New(at + 1)))
}

/// Pairs closer than this to one that is kept add nothing.
const ANCHOR_EVERY_MS: u64 = 60_000;

/// The device's measured pairs, with what the push brought; a few new ones are kept.
fn anchors(turn: &Turn<'_>, push: &Push) -> Result<Vec<Anchor>, StoreError> {
    let kept = turn.db.anchors(push.device)?;
    let mut all: Vec<Anchor> = kept.iter().map(|a| a.anchor).collect();
    for anchor in &push.anchors {
        let near = |a: &Anchor| {
            a.boot == anchor.boot && a.monotonic_ms.abs_diff(anchor.monotonic_ms) < ANCHOR_EVERY_MS
        };
        if !all.iter().any(near) {
            let anchored = Anchored {
                device: push.device,
                anchor: *anchor,
            };
            turn.db.put_anchor(&anchored, limits::ANCHORS)?;
        }
        all.push(*anchor);
    }
    Ok(all)
}

/// The personal section as it is kept: the erasure of a person beats what arrives later (sync §8).
pub(super) fn kept(turn: &Turn<'_>, ready: &ReadyOp) -> Result<Personal, StoreError> {
    let (Personal::Here { .. }, Some(op)) = (&ready.personal, &ready.op) else {
        return Ok(ready.personal.clone());
    };
    for person in marks::people_meant(turn, op)? {
        if turn.is_erased(person)? {
            return Ok(Personal::Erased(ready.personal.hash()));
        }
    }
    Ok(ready.personal.clone())
}

/// A batch kept apart, without what it holds of erased people: also by the numbers they got when its branch was made
/// anew, or had before.
fn without_erased(turn: &Turn<'_>, bytes: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let batch = Batch::decode(bytes)?;
    let mut failed = None;
    let left = batch.erased(|id, facts| {
        let people = kartka_protocol::op::decode(id, facts, None);
        let mut people = people.iter().flat_map(Op::people);
        people.any(|person| {
            marks::was_erased(turn, person).unwrap_or_else(|error| {
                failed = Some(error);
                false
            })
        })
    })?;
    failed.map_or(Ok(left.map(|batch| batch.encode())), Err)
}

/// Batches of one device that may lie apart: whoever makes more is not a phone that was rolled back.
const APART_MAX: usize = 64;

/// Keeps a batch that is another history, and tells the owner; nothing of it is acked, so its author keeps it too.
fn keep_apart(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (device, push, batch): (&mut DeviceState, &Push, &Ready),
) -> Result<(), StoreError> {
    if turn.db.left_apart(device.no)?.len() >= APART_MAX {
        return Ok(());
    }
    let bytes = batch.batch.encode();
    let left = without_erased(turn, &bytes)?;
    let new = turn.db.put_apart(&Apart {
        device: device.no,
        hash: blake3::hash(&bytes).into(),
        received_ms: push.received_ms,
        batch: left.as_deref().unwrap_or(&bytes),
        last: batch.last,
        chain: batch.chain.0,
    })?;
    if new {
        device.forked = device.forked.saturating_add(1);
        incarnation::tell_apart(authority, turn, order, device.no)?;
    }
    Ok(())
}

/// A push under way.
pub(super) struct Intake<'a> {
    authority: &'a Authority,
    anchors: Vec<Anchor>,
    pub(super) received_ms: i64,
    taken: usize,
    entries: usize,
}

impl Intake<'_> {
    /// Gives ops their places, one after the other, and keeps the runs of those that follow each other.
    fn order(
        &mut self,
        turn: &mut Turn<'_>,
        order: &mut Order,
        device: &mut DeviceState,
        ops: &[ReadyOp],
    ) -> Result<(), StoreError> {
        let mut run: Option<Run> = None;
        let waits = hold::waits(turn.db, self.received_ms)?;
        for ready in ops {
            if waits && misses(turn, ready)? {
                break;
            }
            let (seq, alias) = self.order_one(turn, order, device, ready)?;
            match &mut run {
                Some(run)
                    if run.last_seq.0 + 1 == seq.0 && run.alias.is_none() && alias.is_none() =>
                {
                    run.last_op = ready.id;
                    run.last_seq = seq;
                }
                _ => {
                    let begun = Run {
                        first_op: ready.id,
                        last_op: ready.id,
                        mark: ready.chain.birth_mark(),
                        alias,
                        first_seq: seq,
                        last_seq: seq,
                    };
                    if let Some(ended) = run.replace(begun) {
                        turn.db.put_run(&ended)?;
                    }
                }
            }
        }
        run.map_or(Ok(()), |run| turn.db.put_run(&run))
    }

    /// Gives an op its place; says the op it stands for if its birth mark had come before.
    fn order_one(
        &mut self,
        turn: &mut Turn<'_>,
        order: &mut Order,
        device: &mut DeviceState,
        ready: &ReadyOp,
    ) -> Result<(Seq, Option<OpId>), StoreError> {
        let seq = Seq(order.seq.0 + 1);
        let mut at_ms = device.earlier_ms;
        let (mut claims, mut alias) = (Vec::new(), None);
        if let Some(op) = &ready.op {
            let corrected = self.corrected(turn, device, op)?;
            at_ms = corrected.unwrap_or(op.time.wall).instant_ms;
            alias = marks::first_with_mark(turn, (ready.id, &ready.chain), op)?;
            match alias {
                Some(first) => turn.db.put_alias(ready.id, first)?,
                None => claims = decide(turn, op, corrected, seq)?,
            }
        }
        let personal = kept(turn, ready)?;
        enter(
            turn,
            order,
            device,
            Entered {
                ready,
                seq,
                at_ms,
                personal,
            },
        )?;
        self.taken += 1;
        self.entries += usize::try_from(ready.last.get() - ready.id.get() + 1).unwrap_or(0);
        expiry::answer(self.authority, turn, order, claims)?;
        if let Some(op) = &ready.op {
            owed::take(self.authority, turn, order, op)?;
            quarantine::settle(self.authority, turn, order, op)?;
        }
        Ok((seq, alias))
    }

    /// The moment that counts, where it is not the one the phone wrote (sync §5).
    pub(super) fn corrected(
        &self,
        turn: &Turn<'_>,
        device: &DeviceState,
        op: &Op,
    ) -> Result<Option<Moment>, StoreError> {
        if planted!(ClockUnchecked) {
            return Ok(None);
        }
        let found = effective_time(&op.time, &self.anchors, device.earlier_ms, self.received_ms);
        let wall = op.time.wall;
        if found.is_none() && date_is_plausible(wall) {
            return Ok(None);
        }
        let instant_ms = found.unwrap_or(wall.instant_ms);
        let outlet = turn.db.row(RowKind::Outlet, i64::from(op.outlet.0))?;
        let outlet = outlet.map(|wire| wire.read()).transpose()?;
        let (zone, day_start) = match &outlet {
            Some(Row::Outlet(Outlet {
                zone, day_start, ..
            })) => (zone.as_str(), *day_start),
            _ => ("UTC", 0),
        };
        Ok(civil::moment(instant_ms, zone, day_start).ok())
    }
}

/// An op with its place in the order.
pub(super) struct Entered<'o> {
    pub(super) ready: &'o ReadyOp,
    pub(super) seq: Seq,
    /// The moment that counts, epoch ms.
    pub(super) at_ms: i64,
    /// What is kept of its personal section.
    pub(super) personal: Personal,
}

/// Writes an op into the log: its bytes, the log's chain, and where its device stands after it (sync §1, §2).
pub(super) fn enter(
    turn: &Turn<'_>,
    order: &mut Order,
    device: &mut DeviceState,
    of: Entered<'_>,
) -> Result<(), StoreError> {
    let Entered {
        ready,
        seq,
        at_ms,
        personal,
    } = of;
    let request = ready.op.as_ref();
    turn.db.put_op(&StoredOp {
        id: ready.id,
        last: ready.last,
        seq,
        at_ms,
        request: request.map_or(Vec::new(), |op| op.request.0.to_vec()),
        chain: ready.chain.0,
        facts: ready.facts.clone(),
        personal,
    })?;
    *order = Order {
        seq,
        log: order.log.next(seq, ready.id, &ready.chain),
    };
    device.acked = ready.last.counter();
    device.chain = ready.chain.0;
    device.earlier_ms = device.earlier_ms.max(at_ms);
    Ok(())
}

/// Whether an op has to wait on its phone for what a restored authority was not told again yet.
fn misses(turn: &Turn<'_>, ready: &ReadyOp) -> Result<bool, StoreError> {
    let Some(op) = &ready.op else {
        return Ok(false);
    };
    let followed = marks::followed(turn, op)?;
    hold::misses(turn, Some(followed.as_ref().unwrap_or(op)))
}

/// Writes what a device's op comes to; says which of its debits came after a sweep.
pub(super) fn decide(
    turn: &mut Turn<'_>,
    op: &Op,
    corrected: Option<Moment>,
    seq: Seq,
) -> Result<Vec<Claim>, StoreError> {
    let standing = Standing::Ordered {
        seq,
        corrected,
        author: Author::Device,
    };
    let followed = match (marks::followed(turn, op)?, seen_here(turn, op)?) {
        (None, None) => None,
        (followed, seen) => {
            let followed = followed.unwrap_or_else(|| op.clone());
            let seen = seen.unwrap_or(op.seen);
            Some(Op { seen, ..followed })
        }
    };
    match followed {
        Some(followed) => turn.apply(&followed, standing, seq, Wording::Followed),
        None => turn.apply(op, standing, seq, Wording::Own),
    }
}

/// What the author of an op had seen, where that is less than it says: what a lost server ordered after its backup was
/// seen by nobody. Only edits and consents are judged by it (sync §3).
fn seen_here(turn: &Turn<'_>, op: &Op) -> Result<Option<Seen>, StoreError> {
    let judged = |fact: &Fact| matches!(fact, Fact::Edit(_) | Fact::Consent { .. });
    if planted!(LostOrderSeen) {
        return Ok(None);
    }
    if !op.facts.iter().any(judged) {
        return Ok(None);
    }
    let lineage = memory::lineage(turn.db)?;
    let Seen { epoch, seq } = op.seen;
    let here = memory::in_this_order(&lineage, epoch, seq).unwrap_or(Seq(0));
    Ok((here != seq).then_some(Seen { epoch, seq: here }))
}

/// A business date lies within two days of its instant wherever the outlet stands; another one is made up.
fn date_is_plausible(wall: Moment) -> bool {
    const DAY_MS: i64 = 86_400_000;
    day_number(wall.date).abs_diff(wall.instant_ms.div_euclid(DAY_MS)) <= 2
}
