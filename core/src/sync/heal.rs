//! What a phone does when the authority was put back from a backup (sync §12): it tells again what the backup did not
//! have, then pulls everything anew.
//!
//! Until then it pulls nothing: its rows stay as the lost server left them, so that nothing on a screen is hidden or
//! counted twice. Outbox and shadows stay through all of it. Decides nothing about effects; the authority does, anew.

use kartka_domain::ids::{Epoch, Seq};
use kartka_domain::planted;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::head::Reign;
use kartka_protocol::message::SyncAnswer;
use kartka_protocol::scope::Scope;

use super::exchange::Finished;
use super::history::{Known, Stop};
use super::rebase::{Ground, acked_id, ask_anew, note_clocks};
use super::retell;
use super::state::read_lineage;
use crate::error::CoreError;
use crate::store::{Reader, StoreError, Tx};

/// The last seq that this phone shares with an authority that lost what came after it; none if nothing that this phone
/// has seen was lost.
pub(super) fn lost_above(
    known: &Known<'_>,
    answer: &SyncAnswer,
) -> Result<Option<Seq>, StoreError> {
    let seen = known.state.head.map(|signed| signed.head);
    let (epoch, seq) = seen.map_or((known.head.epoch, known.head.seq), |seen| {
        (seen.epoch, seen.seq)
    });
    if answer.head.head.epoch <= epoch {
        return Ok(None);
    }
    let ours = read_lineage(&known.head.lineage)?;
    let shared = shared_end(&ours, &answer.lineage, known.head.epoch);
    Ok(match known.state.healing {
        // Another restore came before this one was healed.
        Some(begun) => Some(begun.min(shared)),
        None => (seq > shared).then_some(shared),
    })
}

/// Up to where two lines of epochs are one. A line that is not known here counts as `epoch` alone.
pub(super) fn shared_end(ours: &[Reign], theirs: &[Reign], epoch: Epoch) -> Seq {
    let alone: Vec<Reign> = theirs
        .iter()
        .take_while(|reign| reign.epoch <= epoch)
        .copied()
        .collect();
    let ours = if ours.is_empty() { &alone } else { ours };
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    if same == 0 {
        return Seq(0);
    }
    let next = [ours.get(same), theirs.get(same)].into_iter().flatten();
    // The number is somebody else's word: whatever it is, no order ends before its beginning.
    next.map(|reign| Seq(reign.first_seq.0.saturating_sub(1).max(0)))
        .min()
        .unwrap_or(Seq(i64::MAX))
}

/// Whether this phone's own ops follow from what the restored authority holds of them: an op that is needed and was let
/// go of after 30 days, or another history up to there, makes a new incarnation.
pub(super) fn judge(
    reader: &Reader<'_>,
    known: &Known<'_>,
    answer: &SyncAnswer,
) -> Result<Option<Stop>, CoreError> {
    let (device, acked) = (known.device, answer.acked);
    let here = match acked.last {
        0 => Some(ChainValue::birth(device.business, device.no)),
        last if last >= device.next_n => None,
        last => reader.chain_at(device.no.id(last)?.get())?,
    };
    let next = reader.own_ops(acked_id(device.no, answer)?, 1)?;
    let all_held = match next.first() {
        Some(next) => next.op.0.counter() == acked.last + 1,
        None => acked.last + 1 == device.next_n,
    };
    let follows = here == Some(acked.chain) && all_held;
    Ok((!follows).then_some(Stop::Forked))
}

/// Goes back to what the authority still holds of this phone's own ops: everything after it is sent again.
pub(super) fn begin(
    tx: &Tx<'_>,
    mut ground: Ground<'_>,
    answer: &SyncAnswer,
    shared: Seq,
) -> Result<Finished, CoreError> {
    tx.forget_order(ground.head.settled_op)?;
    tx.drop_all_sealed()?;
    if !planted!(RestoreKeepsOldAck) {
        ground.head.acked_op = acked_id(ground.device.no, answer)?;
    }
    // What the lost server had for long, this one has for no time yet.
    let acked = ground.head.acked_op;
    ground.state.acked.retain(|on| on.op <= acked);
    ground.state.left.clear();
    ground.state.healing = Some(shared);
    ground.state.tell_clocks_again();
    retell::note(tx, &mut ground.state, ground.device.no)?;
    ground.state.head = Some(answer.head);
    tx.set_head(&ground.head)?;
    ground.state.write(tx)?;
    Ok(Finished::default())
}

/// Uses an answer of the time in between: own ops that arrived are acked; when all did, everything is pulled anew.
pub(super) fn go_on(
    tx: &Tx<'_>,
    mut ground: Ground<'_>,
    answer: &SyncAnswer,
) -> Result<Finished, CoreError> {
    let acked = acked_id(ground.device.no, answer)?;
    let before = tx.outbox_len(ground.head.acked_op)?;
    let left = tx.outbox_len(acked)?;
    ground.head.acked_op = acked;
    tx.drop_sealed(acked)?;
    if left == 0 {
        ground.state.healing = None;
        let mut all = vec![Scope::Base, Scope::Own];
        all.extend(tx.scopes()?.into_iter().map(|(scope, _)| scope));
        ask_anew(&mut ground.state, &all);
    }
    ground.state.head = Some(answer.head);
    note_clocks(&mut ground, answer, left);
    tx.set_head(&ground.head)?;
    ground.state.write(tx)?;
    let ops_acked = before.saturating_sub(left);
    Ok(Finished {
        ops_acked,
        // What waits for another phone to call is tried again later.
        complete: left > 0 && ops_acked == 0,
        ..Finished::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Epochs as number and first seq.
    fn line(reigns: &[(u64, i64)]) -> Vec<Reign> {
        let reign = |(number, seq): &(u64, i64)| Reign {
            epoch: epoch(*number),
            first_seq: Seq(*seq),
        };
        reigns.iter().map(reign).collect()
    }

    const fn epoch(number: u64) -> Epoch {
        Epoch { number, random: 7 }
    }

    #[test]
    fn two_lines_of_epochs_are_one_up_to_the_first_that_differs() {
        let all = Seq(i64::MAX);
        for (ours, theirs, end) in [
            (&[(1, 1)][..], &[(1, 1)][..], all),
            (&[(1, 1)], &[(1, 1), (2, 41)], Seq(40)),
            (&[(1, 1), (2, 41)], &[(1, 1), (3, 31)], Seq(30)),
            (&[(1, 1), (2, 41)], &[(1, 1), (3, 51)], Seq(40)),
            (&[(1, 1), (2, 41)], &[(1, 1), (2, 41), (3, 90)], Seq(89)),
            (&[(4, 1)], &[(1, 1)], Seq(0)),
            (&[], &[(1, 1), (2, 41)], Seq(40)),
            (&[(1, 1)], &[(1, 1), (2, i64::MIN)], Seq(0)),
        ] {
            let found = shared_end(&line(ours), &line(theirs), epoch(1));
            assert_eq!(found, end, "{ours:?} {theirs:?}");
        }
    }
}
