//! What an answer does to the store: a rebase in one transaction (decision 4, sync §4).
//!
//! Pending ops are taken away, the authority's rows applied, ops whose order was reached settled, and the rest laid
//! over again. An own op is shown until both cursors have reached its seq, whatever was acked.

use kartka_domain::authority::as_claimed;
use kartka_domain::ids::{DeviceNo, OpId, Seq};
use kartka_domain::moment::Month;
use kartka_domain::planted;
use kartka_protocol::digest::Digest;
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::message::{Anchor, Flag, Run, SyncAnswer};
use kartka_protocol::page::Page;
use kartka_protocol::scope::Scope;

use super::anew::{lay_pending, lift_pending};
use super::exchange::{Finished, Standpoint};
use super::failure::Failure;
use super::heal::shared_end;
use super::state::{AckedOn, LeftOn, SyncState, lineage_bytes, read_lineage};
use super::wanted::cursors;
use crate::commit::read_own;
use crate::error::CoreError;
use crate::platform::Clock;
use crate::store::{DeviceRow, HeadRow, OwnOp, Settling, StoreError, Tx};

/// Own ops are kept for so many days after the authority had them, for one that is restored (sync §12).
const KEEP_DAYS: i64 = 30;
/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What an answer is applied to.
pub(super) struct Ground<'a> {
    pub(super) device: DeviceRow,
    pub(super) head: HeadRow,
    pub(super) state: SyncState,
    pub(super) asked: &'a Standpoint,
    pub(super) sent_monotonic_ms: i64,
    pub(super) clock: &'a dyn Clock,
}

/// Applies an answer whose sender and history were checked.
pub(super) fn apply(
    tx: &Tx<'_>,
    mut ground: Ground<'_>,
    answer: &SyncAnswer,
    pages: &[Page],
) -> Result<Finished, CoreError> {
    let mut acked = acked_id(ground.device.no, answer)?;
    if planted!(OutboxClearedByLaterAck) && ground.device.next_n > 1 {
        acked = ground.device.no.id(ground.device.next_n - 1)?.get();
    }
    let outbox_before = tx.outbox_len(ground.head.acked_op)?;
    let mut finished = Finished {
        ops_acked: outbox_before.saturating_sub(tx.outbox_len(acked)?),
        rows: pages.iter().map(|page| page.rows.len() as u64).sum(),
        ..Finished::default()
    };
    let waited = tx.months_wait()?;
    rebase(tx, &mut ground, answer, pages)?;
    ground.state.kept = false;
    ground.head.acked_op = acked;
    tx.drop_sealed(acked)?;
    if let Some(oldest) = answer.oldest_month
        && (waited || ground.state.oldest != Some(oldest) || holds_before(tx, oldest)?)
        && !planted!(MonthDroppedOnOneSide)
    {
        // Both sides let go of older months (sync §4); an own op that is settled late brings one back, and so does the
        // authority's row that lay under it.
        tx.drop_months_before(oldest)?;
    }
    ground.state.oldest = answer.oldest_month;
    let mismatched = compare(tx, &ground, answer)?;
    finished.mismatches = u32::try_from(mismatched.len()).unwrap_or(u32::MAX);
    ask_anew(&mut ground.state, &mismatched);
    ask_anew(&mut ground.state, &answer.reset);
    let outbox = tx.outbox_len(acked)?;
    let at_head = note_head(tx, &mut ground, answer)?;
    note_clocks(&mut ground, answer, outbox);
    forget(tx, &mut ground, answer.server_ms)?;
    tx.set_head(&ground.head)?;
    ground.state.write(tx)?;
    let wanted = cursors(tx, &ground.state, ground.device.outlet, ground.clock)?;
    let all_asked = wanted.iter().all(|(scope, _)| ground.asked.asks(*scope));
    // What the authority does not take now, since only another phone can tell what it names (decision 13), is offered
    // again later: not at once and for ever.
    let waits = ground.asked.pushed && finished.ops_acked == 0;
    finished.complete =
        at_head && all_asked && (outbox == 0 || waits) && !answer.flags.has(Flag::More);
    Ok(finished)
}

/// Whether a month before `oldest` is kept.
fn holds_before(tx: &Tx<'_>, oldest: Month) -> Result<bool, StoreError> {
    let older = |scope: &Scope| matches!(scope, Scope::Month(month) if *month < oldest);
    Ok(tx.scopes()?.iter().any(|(scope, _)| older(scope)))
}

/// All pages, read before anything is written; each must go on where this phone's cursor stands.
pub(super) fn read_pages(asked: &Standpoint, answer: &SyncAnswer) -> Result<Vec<Page>, CoreError> {
    let mut reached = asked.cursors.clone();
    let mut pages = Vec::with_capacity(answer.pages.len());
    for packed in &answer.pages {
        let page = Page::decode(packed).map_err(|_| Failure::NotTheAnswer)?;
        let cursor = reached.iter_mut().find(|(scope, _)| *scope == page.scope);
        match cursor {
            Some((_, seq)) if page.from <= *seq && page.to >= *seq => *seq = page.to,
            _ => return Err(Failure::NotTheAnswer.into()),
        }
        pages.push(page);
    }
    Ok(pages)
}

/// The last number the authority holds; before the first, the one with the counter 0.
pub(super) fn acked_id(device: DeviceNo, answer: &SyncAnswer) -> Result<i64, CoreError> {
    match answer.acked.last {
        0 => Ok(i64::from(device.get()) << 40),
        n => Ok(device.id(n)?.get()),
    }
}

fn rebase(
    tx: &Tx<'_>,
    ground: &mut Ground<'_>,
    answer: &SyncAnswer,
    pages: &[Page],
) -> Result<(), CoreError> {
    let mut pending = tx.own_ops(ground.head.settled_op, u32::MAX)?;
    note_order(tx, &answer.runs, &mut pending)?;
    note_second_thoughts(tx, &answer.runs, ground.head.settled_op)?;
    let renewed = std::mem::take(&mut ground.state.reset);
    let ordered = pending.iter().any(|own| own.seq.is_some());
    let renewing = !renewed.is_empty() || !ground.state.renewed.is_empty();
    let still = pages.is_empty() && !ordered && !renewing;
    if !still {
        lift_pending(tx, ground.head.settled_op)?;
    }
    for scope in renewed {
        tx.mark_unconfirmed(scope)?;
        ground.state.renewed.push(scope);
    }
    let keys = ShopKeys::decode(&ground.device.keys)?;
    let mut settling = Settling::new(tx, &keys.digest);
    for page in pages {
        for row in &page.rows {
            settling.bytes(row, page.scope).map_err(of_page)?;
        }
        settling.reach(page.scope, page.to)?;
    }
    for (scope, seq) in &answer.cursors {
        if ground.asked.asks(*scope) {
            settling.reach(*scope, *seq)?;
        }
    }
    let rest = settle(tx, &mut settling, &mut ground.head, pending)?;
    settling.finish()?;
    note_months(tx, answer)?;
    end_renewal(tx, ground, answer)?;
    if !still && !planted!(PullOverwritesPending) {
        lay_pending(tx, &rest)?;
    }
    Ok(())
}

/// Months that this phone may keep and has not asked for yet: the next request asks.
fn note_months(tx: &Tx<'_>, answer: &SyncAnswer) -> Result<(), StoreError> {
    for (scope, _) in &answer.cursors {
        if tx.scope(*scope)?.is_none() {
            tx.set_scope(*scope, Seq(0), Digest::default())?;
        }
    }
    Ok(())
}

/// What was not seen again while its scope was pulled anew is the authority's no more.
fn end_renewal(
    tx: &Tx<'_>,
    ground: &mut Ground<'_>,
    answer: &SyncAnswer,
) -> Result<(), StoreError> {
    let mut going_on = Vec::new();
    let renewed = std::mem::take(&mut ground.state.renewed);
    let renewing = !renewed.is_empty();
    // A month that both sides have let go of meanwhile comes no more.
    let is_gone =
        |scope: Scope| matches!(scope, Scope::Month(month) if Some(month) < answer.oldest_month);
    for scope in renewed.into_iter().filter(|scope| !is_gone(*scope)) {
        match tx.scope(scope)? {
            Some((cursor, _)) if cursor < answer.head.head.seq => going_on.push(scope),
            Some(_) => tx.remove_unconfirmed(scope)?,
            None => {}
        }
    }
    if renewing && going_on.is_empty() {
        tx.remove_unseen_facts()?;
    }
    ground.state.renewed = going_on;
    Ok(())
}

/// A row that is none is the sender's fault, not the store's.
fn of_page(error: StoreError) -> CoreError {
    match error {
        StoreError::Malformed("record") => Failure::NotTheAnswer.into(),
        error => error.into(),
    }
}

/// Settles own ops that both cursors have reached; gives back the others.
fn settle(
    tx: &Tx<'_>,
    settling: &mut Settling<'_, '_>,
    head: &mut HeadRow,
    mut pending: Vec<OwnOp>,
) -> Result<Vec<OwnOp>, CoreError> {
    let reached = settling
        .cursor(Scope::Base)?
        .min(settling.cursor(Scope::Own)?);
    let settled = pending
        .iter()
        .take_while(|own| {
            let acked = own.last.get() <= head.acked_op;
            own.seq.is_some_and(|seq| seq <= reached) || (acked && planted!(OwnValueDroppedAtAck))
        })
        .count();
    let rest = pending.split_off(settled);
    for own in pending {
        let seq = own.seq.unwrap_or(reached);
        match own.alias {
            Some(first) => stands_for(tx, &own, first)?,
            None => {
                for row in as_claimed(&read_own(&own)?) {
                    settling.row(&row, seq)?;
                }
            }
        }
        tx.set_touched(own.op, &[])?;
        head.settled_op = own.last.get();
    }
    Ok(rest)
}

/// Notes the seqs of own ops: the k-th op of a run has the run's first seq + k.
fn note_order(tx: &Tx<'_>, runs: &[Run], pending: &mut [OwnOp]) -> Result<(), StoreError> {
    let Some(earliest) = pending.first().map(|own| own.op) else {
        return Ok(());
    };
    for run in runs {
        let mut seq = run.first_seq.0;
        if run.first_op < earliest {
            // The run began with ops that are settled already.
            seq += tx.own_ops_between(run.first_op.get(), earliest.get())?;
        }
        let start = pending.partition_point(|own| own.op < run.first_op);
        let within = pending.iter_mut().skip(start);
        for own in within.take_while(|own| own.op <= run.last_op) {
            own.seq = Some(Seq(seq));
            own.alias = run.alias;
            tx.set_order(own.op, Seq(seq), run.alias)?;
            seq += 1;
        }
    }
    Ok(())
}

/// An authority that was put back may have had from a copy first what this phone had settled, and the other way round.
fn note_second_thoughts(tx: &Tx<'_>, runs: &[Run], settled: i64) -> Result<(), StoreError> {
    for run in runs.iter().filter(|run| run.first_op.get() <= settled) {
        let Some(first) = run.alias else {
            tx.forget_aliases(run.first_op, run.last_op)?;
            continue;
        };
        let own = tx.own_ops(run.first_op.get() - 1, 1)?.pop();
        if let Some(own) = own.filter(|own| own.op == run.first_op && own.alias != Some(first)) {
            stands_for(tx, &own, first)?;
        }
    }
    Ok(())
}

/// An own op has no effect of its own: the first one with its birth mark has.
pub(super) fn stands_for(tx: &Tx<'_>, own: &OwnOp, first: OpId) -> Result<(), StoreError> {
    tx.set_alias(own.op, first)?;
    tx.follow_alias(own, first)?;
    tx.wipe_if_erased(first, own.last.get() - own.op.get())
}

/// Scopes at the digest's seq whose sums differ from the authority's.
fn compare(tx: &Tx<'_>, ground: &Ground<'_>, answer: &SyncAnswer) -> Result<Vec<Scope>, CoreError> {
    let own = tx.scope(Scope::Own)?.unwrap_or_default().0;
    let base = tx.scope(Scope::Base)?.unwrap_or_default().0;
    let mut mismatched = Vec::new();
    for theirs in &answer.digests {
        if !ground.asked.asks(theirs.scope) {
            continue;
        }
        let (cursor, digest) = tx.scope(theirs.scope)?.unwrap_or_default();
        let reached = [cursor, base, own].iter().all(|seq| *seq == theirs.seq);
        if reached && digest != theirs.digest {
            mismatched.push(theirs.scope);
        }
    }
    Ok(mismatched)
}

pub(super) fn ask_anew(state: &mut SyncState, scopes: &[Scope]) {
    for scope in scopes {
        if !state.reset.contains(scope) {
            state.reset.push(*scope);
        }
    }
}

/// Notes where the authority's order stands; says whether every asked scope has reached it.
fn note_head(tx: &Tx<'_>, ground: &mut Ground<'_>, answer: &SyncAnswer) -> Result<bool, CoreError> {
    let signed = answer.head.head;
    let mut at_head = ground.state.reset.is_empty();
    for (scope, _) in &answer.cursors {
        at_head &= tx.scope(*scope)?.is_some_and(|(seq, _)| seq >= signed.seq);
    }
    if signed.epoch > ground.head.epoch {
        // What was lost is not seen, and what came in its place only when all of it was pulled: until then an op that is
        // written here has seen what both orders share.
        let ours = read_lineage(&ground.head.lineage)?;
        let shared = shared_end(&ours, &answer.lineage, ground.head.epoch);
        ground.head.seq = ground.head.seq.min(shared);
    }
    let reached = |scope| Ok::<_, StoreError>(tx.scope(scope)?.unwrap_or_default().0);
    if reached(Scope::Base)? >= signed.seq {
        ground.head.seq = signed.seq;
        ground.head.log = signed.log;
        if reached(Scope::Own)? >= signed.seq {
            ground.head.synced_ms = ground.clock.now_ms();
            tx.note_pulled()?;
        }
    }
    ground.head.epoch = signed.epoch;
    ground.head.lineage = lineage_bytes(&answer.lineage);
    ground.state.head = Some(answer.head);
    Ok(at_head)
}

/// Keeps the clock pair this exchange measured; those of other boots while ops of them may wait (sync §5).
pub(super) fn note_clocks(ground: &mut Ground<'_>, answer: &SyncAnswer, outbox: u64) {
    let boot = ground.clock.boot_id();
    let sent = ground.sent_monotonic_ms;
    let here = Anchor {
        boot,
        // The authority looked at its clock somewhere on the way.
        monotonic_ms: sent + ground.clock.monotonic_ms().saturating_sub(sent) / 2,
        server_ms: answer.server_ms,
    };
    ground.state.note_clock(here, outbox);
}

/// Lets go of settled ops that the authority has had for long enough by its own clock: this device's may be wrong. The
/// last of them stays, to compare chains with an authority that holds nothing later. What was made under a former number
/// goes as well, all of it when that number has been left for as long.
fn forget(tx: &Tx<'_>, ground: &mut Ground<'_>, server_ms: i64) -> Result<(), CoreError> {
    let today = server_ms.div_euclid(DAY_MS);
    for first in note_left(tx, ground, today)? {
        tx.remove_own_ops(first)?;
    }
    let (device, head) = (ground.device.no, &ground.head);
    note_day(&mut ground.state.acked, today, head.acked_op);
    // While an acked op waits for its order, the run it came in is counted from its first op.
    if head.settled_op != head.acked_op {
        return Ok(());
    }
    let none = i64::from(device.get()) << 40;
    let gone = |on: &AckedOn| on.day < today - KEEP_DAYS && (none..head.acked_op).contains(&on.op);
    let days = &mut ground.state.acked;
    if let Some(at) = days.iter().rposition(gone) {
        let op = days[at].op;
        days.drain(..=at);
        tx.forget_ops(op)?;
    }
    Ok(())
}

/// Notes what the authority has today. Days of an earlier number, or from before it went back, say nothing any more.
fn note_day(days: &mut Vec<AckedOn>, today: i64, op: i64) {
    days.retain(|on| on.op >> 40 == op >> 40 && on.op <= op);
    match days.last_mut() {
        Some(last) if last.op == op => {}
        Some(last) if last.day >= today => last.op = op,
        _ => days.push(AckedOn { day: today, op }),
    }
    // Of what is old enough the newest stands for all.
    let old = days.iter().filter(|on| on.day < today - KEEP_DAYS).count();
    days.drain(..old.saturating_sub(1));
}

/// Notes since when each former number has been left, as far as the authority has heard of it; says the first op that is kept
/// of each that was left long enough ago.
fn note_left(tx: &Tx<'_>, ground: &mut Ground<'_>, today: i64) -> Result<Vec<OpId>, CoreError> {
    let starts = tx.former_starts(ground.device.no)?;
    let numbers: Vec<i64> = starts.iter().map(|(op, _)| op.get() >> 40).collect();
    let left = &mut ground.state.left;
    left.retain(|on| numbers.contains(&on.number));
    for number in numbers {
        if left.iter().all(|on| on.number != number) {
            left.push(LeftOn { day: today, number });
        }
    }
    let long_ago = |number: i64| {
        let mut of = left.iter().filter(|on| on.number == number);
        of.any(|on| on.day < today - KEEP_DAYS)
    };
    let gone = starts.into_iter().map(|(op, _)| op);
    let gone = gone.filter(|op| long_ago(op.get() >> 40));
    Ok(gone.map(OpId).collect())
}
