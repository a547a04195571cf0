//! Numbers that a lost authority gave after the backup, given back to the phone that had them (sync §12).
//!
//! A restored authority knows neither those numbers nor whose they are. The phone shows what was signed when it got each
//! of them, from the one that its certificate names to the one it has, so it is believed about no other phone's.

use kartka_domain::business::{Device, DeviceState as Standing};
use kartka_domain::card::EmitterSlot;
use kartka_domain::ids::{DeviceNo, Epoch, OperatorId};
use kartka_domain::incarnation::Former;
use kartka_domain::op::Fact as OpFact;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::Link;

use super::incarnation::{Stranger, earlier_ms, row_of};
use super::pair::Known;
use super::push::Order;
use super::turn::Turn;
use super::{Authority, erasure, hold, own};
use crate::store::{Descent, DeviceState, Rights, StoreError};

/// One number of a line that was shown and is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    no: DeviceNo,
    slot: Option<EmitterSlot>,
    /// What it was before and by which branch; none for the first.
    before: Option<(Former, [u8; 16])>,
    /// Whether an authority before this one gave it, so that no other phone can have it.
    of_this_line: bool,
}

/// The numbers from the one that a certificate names to `asking`; none where the links do not lead there, each from the one
/// before. `is_said` checks a link's signature, `is_ours` whether an epoch is of this authority's line.
pub(super) fn read(
    (known, epoch): (Known, Epoch),
    (links, asking): (&[Link], DeviceNo),
    is_said: impl Fn(&Link) -> bool,
    is_ours: impl Fn(Epoch) -> bool,
) -> Vec<Step> {
    let mut line = vec![Step {
        no: known.no,
        slot: known.slot,
        before: None,
        of_this_line: is_ours(epoch),
    }];
    let mut at = known.no;
    for link in links {
        if link.former != at || !is_said(link) {
            return Vec::new();
        }
        at = link.said.device;
        let former = Former {
            device: link.former,
            fork: link.said.fork,
            last: link.last,
        };
        line.push(Step {
            no: at,
            slot: link.said.slot,
            before: Some((former, link.said.branch)),
            of_this_line: is_ours(link.epoch),
        });
    }
    if at == asking { line } else { Vec::new() }
}

/// Gives a phone its numbers back; says whether it has the one again that it asks under. A number that an authority of
/// another line gave comes back only as a former one, under which nothing is made any more: this one may give it away.
/// `acked` is up to where what it made was known to others.
pub(super) fn give_back(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (who, rights): (&Stranger, Rights),
    acked: i64,
) -> Result<bool, StoreError> {
    let Some((last, formers)) = who.line.split_last() else {
        return Ok(false);
    };
    for step in formers {
        if !give(authority, turn, order, (who, rights), step)? {
            return Ok(false);
        }
    }
    // Another copy had told of somebody under a number that this one has for somebody else.
    let is_another = erasure::is_any_above(turn.db, last.no, acked)?;
    if !last.of_this_line || is_another {
        return Ok(false);
    }
    give(authority, turn, order, (who, rights), last)
}

/// Gives one number back, unless it is another phone's by now.
fn give(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (who, rights): (&Stranger, Rights),
    step: &Step,
) -> Result<bool, StoreError> {
    if let Some(there) = turn.db.device(step.no)? {
        return Ok(there.key == who.key);
    }
    let (name, holder, state) = standing(turn, who)?;
    let device = Device {
        no: step.no,
        name,
        public_key: who.key,
        slot: step.slot,
        former: step.before.map(|(former, _)| former),
        holder,
        state,
    };
    own::write(authority, turn, order, &[OpFact::Device(device)])?;
    let former = step.before.map(|(former, _)| former);
    turn.db.put_device(&DeviceState {
        no: step.no,
        key: who.key,
        rights,
        acked: 0,
        chain: ChainValue::birth(authority.memory.business, step.no).0,
        earlier_ms: former.map_or(Ok(0), |former| earlier_ms(turn, former))?,
        forked: 0,
    })?;
    if let Some((former, branch)) = step.before {
        let root = root(turn, who.known.no)?;
        turn.db.put_descent(&Descent {
            no: step.no,
            former,
            root,
            branch,
            // Another authority has counted it.
            at_ms: 0,
        })?;
        turn.forget_lines();
        hold::renumbered(turn.db, former.device, step.no)?;
    }
    Ok(true)
}

/// The first number of the line that a number is of.
pub(super) fn root(turn: &Turn<'_>, no: DeviceNo) -> Result<DeviceNo, StoreError> {
    let descents = turn.db.descents()?;
    let of = descents.iter().find(|descent| descent.no == no);
    Ok(of.map_or(no, |descent| descent.root))
}

/// What a phone is called, who holds it and whether it was revoked: that belongs to its key, so to every number it has
/// (sync §7).
pub(super) fn standing(
    turn: &Turn<'_>,
    who: &Stranger,
) -> Result<(String, OperatorId, Standing), StoreError> {
    let known = row_of(turn, who.known.no)?.filter(|row| row.public_key == who.key);
    Ok(match known {
        Some(row) => (row.name, row.holder, row.state),
        None => (who.name.clone(), who.known.holder, Standing::Active),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kartka_protocol::message::Incarnation;
    use kartka_protocol::signature::Signature;

    use super::*;

    fn no(no: u32) -> DeviceNo {
        DeviceNo::new(no).unwrap()
    }

    const fn epoch(number: u64) -> Epoch {
        Epoch { number, random: 7 }
    }

    /// A link from one number to another one, given in an epoch.
    fn link((former, device): (u32, u32), number: u64) -> Link {
        Link {
            former: no(former),
            last: 9,
            epoch: epoch(number),
            said: Incarnation {
                branch: [3; 16],
                device: no(device),
                fork: 5,
                slot: None,
                signature: Signature([0; 64]),
            },
        }
    }

    #[test]
    fn a_line_leads_from_the_certificate_to_who_asks_or_says_nothing() {
        let known = Known {
            no: no(2),
            slot: None,
            holder: OperatorId(1),
        };
        // Epochs 1 and 3 are of this line; number 66 is signed by nobody.
        for (links, asking, line) in [
            (vec![], 2, vec![(2, true)]),
            (vec![], 4, vec![]),
            (vec![link((2, 4), 1)], 4, vec![(2, true), (4, true)]),
            (vec![link((2, 4), 2)], 4, vec![(2, true), (4, false)]),
            (
                vec![link((2, 4), 2), link((4, 8), 3)],
                8,
                vec![(2, true), (4, false), (8, true)],
            ),
            (vec![link((2, 4), 1)], 8, vec![]),
            (vec![link((2, 4), 1)], 2, vec![]),
            (vec![link((3, 4), 1)], 4, vec![]),
            (vec![link((2, 4), 1), link((5, 8), 1)], 8, vec![]),
            (vec![link((2, 66), 1)], 66, vec![]),
        ] {
            let found = read(
                (known, epoch(1)),
                (&links, no(asking)),
                |link| link.said.device != no(66),
                |of| of != epoch(2),
            );
            let found: Vec<_> = found
                .iter()
                .map(|step| (step.no.get(), step.of_this_line))
                .collect();
            assert_eq!(found, line, "{links:?} {asking}");
        }
    }
}
