//! Ops of revoked devices: acked, in no order, until a person takes them in or refuses them, or
//! 90 days have passed (sync §7, §8).
//!
//! An inbox item per business day says what waits. Taking in gives the ops their order now, as if they came now;
//! refusing keeps them as facts with effect 0. Nothing here looks at what an op says beyond its sums.

use std::collections::BTreeMap;

use kartka_domain::authority::{Author, Standing, may_settle};
use kartka_domain::business::{Device, DeviceState as State};
use kartka_domain::codes::Code;
use kartka_domain::ids::{DeviceNo, EntryId, Id};
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::{Moment, date_of, day_number};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Decision, Fact as OpFact, Op, Quarantine};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::batch::Personal;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::civil;
use kartka_protocol::message::Word;

use super::push::{Intake, Order, ReadyOp};
use super::turn::Turn;
use super::{Authority, expiry, marks, owed, own, push};
use crate::store::{DeviceState, Quarantined, Reads, Run, StoreError, StoredOp};

/// Ops settled at a time.
const PIECE: usize = 500;
/// How long an op waits for somebody's decision (sync §8).
const KEPT_DAYS: i64 = 90;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// A sum of one op beyond this says nothing: so many ops can't overflow the sum of an item.
const SUM_MAX: i64 = 1_000_000_000_000;

/// Inbox items that changed, each with its day.
pub(super) type Items = BTreeMap<EntryId, (i64, Id)>;

impl Intake<'_> {
    /// Keeps ops of a revoked device: their numbers are used and the chain advances, but they get no order.
    pub(super) fn keep_in_quarantine(
        &self,
        turn: &Turn<'_>,
        device: &mut DeviceState,
        ops: &[ReadyOp],
    ) -> Result<Items, StoreError> {
        let mut items = Items::new();
        for ready in ops {
            let at = self.time_of(turn, device, ready.op.as_ref())?;
            let day = day_number(at.date);
            let item = turn.db.item_of(device.no, day)?;
            let item = item.unwrap_or(EntryId(ready.id.0));
            let personal = super::push::kept(turn, ready)?;
            let (sold, redeemed) = ready.op.as_ref().map_or_else(Default::default, sums);
            turn.db.put_quarantined(&Quarantined {
                id: ready.id,
                last: ready.last,
                at_ms: at.instant_ms,
                day,
                item,
                received_ms: self.received_ms,
                sold,
                redeemed,
                chain: ready.chain.0,
                facts: ready.facts.clone(),
                personal,
            })?;
            device.acked = ready.last.counter();
            device.chain = ready.chain.0;
            device.earlier_ms = device.earlier_ms.max(at.instant_ms);
            items.insert(item, (day, ready.last));
        }
        Ok(items)
    }

    fn time_of(
        &self,
        turn: &Turn<'_>,
        device: &DeviceState,
        op: Option<&Op>,
    ) -> Result<Moment, StoreError> {
        match op {
            Some(op) => Ok(self.corrected(turn, device, op)?.unwrap_or(op.time.wall)),
            None => own::moment(turn.db, self.received_ms),
        }
    }
}

/// What an op sold, and how many points it took out of balances.
fn sums(op: &Op) -> (Money, Points) {
    let (mut sold, mut redeemed) = (0_i64, 0_i64);
    for fact in &op.facts {
        match fact {
            OpFact::Sale(sale) => {
                let gross = sale.lines.iter().map(|line| line.gross.0);
                sold = gross.fold(sold, i64::saturating_add);
            }
            OpFact::Claim(claim) if claim.kind == EntryKind::Redeem => {
                redeemed = redeemed.saturating_sub(claim.effect.points.0);
            }
            _ => {}
        }
    }
    (
        Money(sold.clamp(0, SUM_MAX)),
        Points(redeemed.clamp(0, SUM_MAX)),
    )
}

/// Says in the inbox what waits now under each of these items.
pub(super) fn ask(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    items: &Items,
) -> Result<(), StoreError> {
    for (item, (day, last)) in items {
        // What the owner is asked about an op that was taken in stands where its quarantine was named.
        let item = match asks_something_else(turn, *item)? {
            true => turn.db.move_item(*item)?,
            false => Some(*item),
        };
        let Some(item) = item else { continue };
        let waiting = turn.db.waiting(item)?;
        let fact = OpFact::Quarantine(Quarantine {
            first: item,
            upto: Id::new(waiting.upto).unwrap_or(*last),
            ops: waiting.ops,
            sold: waiting.sold,
            redeemed: waiting.redeemed,
            date: date_of(*day).ok_or(StoreError::Malformed("quarantine.day"))?,
        });
        own::write(authority, turn, order, &[fact])?;
    }
    Ok(())
}

/// Whether an inbox item is of something else than what waits.
fn asks_something_else(turn: &Turn<'_>, item: EntryId) -> Result<bool, StoreError> {
    let wire = turn.db.row(RowKind::Inbox, item.get())?;
    let row = wire.map(|wire| wire.read()).transpose()?;
    Ok(match row {
        Some(Row::Inbox(item)) => !matches!(item.code, Code::Quarantined { .. }),
        _ => false,
    })
}

/// Does what an op decides about quarantines, if its author may.
pub(super) fn settle(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    op: &Op,
) -> Result<(), StoreError> {
    for fact in &op.facts {
        let OpFact::Settle {
            device,
            up_to,
            decision,
        } = fact
        else {
            continue;
        };
        if up_to.device() != *device || !may_settle(&*turn, op)? {
            continue;
        }
        let mut items = Items::new();
        loop {
            let piece = turn.db.quarantined(*device, up_to.get(), PIECE)?;
            if piece.is_empty() {
                break;
            }
            for waiting in piece {
                items.insert(waiting.item, (waiting.day, waiting.last));
                order_one(authority, turn, order, waiting, (*decision).into())?;
            }
        }
        ask(authority, turn, order, &items)?;
    }
    Ok(())
}

/// What becomes of an op that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// As if it came now.
    Accepted,
    /// Facts without effect, and why.
    Refused(Code),
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Accept => Self::Accepted,
            Decision::Refuse => Self::Refused(Code::RefusedByOwner),
        }
    }
}

/// Refuses what nobody decided about in [`KEPT_DAYS`], without what it says of people (sync §8).
pub(super) fn end_old(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
) -> Result<(), StoreError> {
    let before = authority.now_ms().saturating_sub(KEPT_DAYS * DAY_MS);
    let why = Code::NobodyDecided { days: KEPT_DAYS };
    let mut items = Items::new();
    loop {
        let piece = turn.db.quarantined_before(before, PIECE)?;
        if piece.is_empty() {
            return ask(authority, turn, order, &items);
        }
        for waiting in piece {
            items.insert(waiting.item, (waiting.day, waiting.last));
            let personal = match &waiting.personal {
                Personal::Here { .. } => Personal::Erased(waiting.personal.hash()),
                other => other.clone(),
            };
            let waiting = Quarantined {
                personal,
                ..waiting
            };
            order_one(authority, turn, order, waiting, Verdict::Refused(why))?;
        }
    }
}

/// An op gets its order now.
fn order_one(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    waiting: Quarantined,
    verdict: Verdict,
) -> Result<(), StoreError> {
    let decode = |personal| kartka_protocol::op::decode(waiting.id, &waiting.facts, personal);
    let section = match &waiting.personal {
        Personal::Here { bytes, .. } => Some(bytes.as_slice()),
        _ => None,
    };
    let op = decode(section).or_else(|_| decode(None));
    let seq = kartka_domain::ids::Seq(order.seq.0 + 1);
    let mut request = Vec::new();
    let mut claims = Vec::new();
    let mut alias = None;
    let chain = ChainValue(waiting.chain);
    if let Ok(op) = &op {
        let corrected = corrected(turn, op, &waiting)?;
        let standing = Standing::Ordered {
            seq,
            corrected,
            author: Author::Device,
        };
        request = op.request.0.to_vec();
        alias = marks::first_with_mark(turn, (waiting.id, &chain), op)?;
        match (alias, verdict) {
            // The same sale came under another number of this key: it counts once.
            (Some(first), _) => turn.db.put_alias(waiting.id, first)?,
            (None, Verdict::Accepted) => claims = push::decide(turn, op, corrected, seq)?,
            (None, Verdict::Refused(why)) => turn.apply_refused(op, (standing, why), seq)?,
        }
    }
    turn.db.drop_quarantined(waiting.id)?;
    turn.db.put_op(&StoredOp {
        id: waiting.id,
        last: waiting.last,
        seq,
        at_ms: waiting.at_ms,
        request,
        chain: waiting.chain,
        facts: waiting.facts,
        personal: waiting.personal,
    })?;
    turn.db.put_run(&Run {
        first_op: waiting.id,
        last_op: waiting.id,
        mark: chain.birth_mark(),
        alias,
        first_seq: seq,
        last_seq: seq,
    })?;
    *order = Order {
        seq,
        log: order.log.next(seq, waiting.id, &chain),
    };
    expiry::answer(authority, turn, order, claims)?;
    match op {
        Ok(op) if verdict == Verdict::Accepted => owed::take(authority, turn, order, &op),
        _ => Ok(()),
    }
}

/// The moment that was found when it came, where it is not the one the phone wrote.
fn corrected(
    turn: &Turn<'_>,
    op: &Op,
    waiting: &Quarantined,
) -> Result<Option<Moment>, StoreError> {
    let wall = op.time.wall;
    if waiting.at_ms == wall.instant_ms && waiting.day == day_number(wall.date) {
        return Ok(None);
    }
    let wire = turn.db.row(RowKind::Outlet, i64::from(op.outlet.0))?;
    let row = wire.map(|wire| wire.read()).transpose()?;
    let (zone, day_start) = match &row {
        Some(Row::Outlet(outlet)) => (outlet.zone.as_str(), outlet.day_start),
        _ => ("UTC", 0),
    };
    Ok(civil::moment(waiting.at_ms, zone, day_start).ok())
}

/// A revoked device said that everything there is deleted.
pub(super) fn note_wiped(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    no: DeviceNo,
) -> Result<(), StoreError> {
    let Some(device) = turn.find_device(no)? else {
        return Ok(());
    };
    if !matches!(device.state, State::WipeWhenEmpty | State::WipeNow) {
        return Ok(());
    }
    let wiped = Device {
        state: State::Wiped,
        ..device
    };
    own::write(authority, turn, order, &[OpFact::Device(wiped)])?;
    Ok(())
}

/// What a revoked device is told: to delete everything only once nothing of it is on its way, or when the owner insists.
pub(super) fn word_to(db: &dyn Reads, no: DeviceNo, brings: usize) -> Result<Word, StoreError> {
    let wire = db.row(RowKind::Device, i64::from(no.get()))?;
    Ok(match wire.map(|wire| wire.read()).transpose()? {
        Some(Row::Device(device)) => match device.state {
            State::WipeNow => Word::WipeNow,
            State::WipeWhenEmpty if brings == 0 => Word::Wipe,
            _ => Word::Revoked,
        },
        _ => Word::Revoked,
    })
}
