//! Rewards of stamp cards, taken with this receipt (D1, step 3: a full card is a voucher).

use super::{Evaluation, QuoteError, RewardTaken};
use crate::codes::Code;
use crate::ids::CustomerId;
use crate::ledger::{About, Effect, EntryKind};
use crate::money::{Money, Points, Stamps};
use crate::op::Claim;
use crate::position::Position;
use crate::programme::{Reward, Terms};

/// Takes every reward that was asked for, or says why it may not be taken.
pub(super) fn apply(
    on: &mut Evaluation<'_>,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    for &taken in on.ask.rewards {
        let reward = reward_of(on, taken).ok_or(QuoteError::Refused(Code::StampCardNotFull {
            stamps: 0,
            size: 0,
        }))?;
        let left = left(on, position, taken)?;
        if left < reward.stamps {
            return Err(QuoteError::Refused(Code::StampCardNotFull {
                stamps: left.0,
                size: reward.stamps.0,
            }));
        }
        give(on, customer, taken, reward)?;
    }
    Ok(())
}

fn reward_of<'a>(on: &Evaluation<'a>, taken: RewardTaken) -> Option<&'a Reward> {
    match &on.ask.programme.instrument(taken.instrument)?.terms {
        Terms::Stamps(card) => card.rewards.get(usize::from(taken.reward)),
        _ => None,
    }
}

/// The stamps that earlier rewards of this receipt leave.
fn left(
    on: &Evaluation<'_>,
    position: &Position,
    taken: RewardTaken,
) -> Result<Stamps, QuoteError> {
    let stamps = position.stamps.get(&taken.instrument).copied();
    let mut before = on
        .claims
        .iter()
        .filter(|c| c.kind == EntryKind::Reward && c.instrument == taken.instrument);
    Ok(before.try_fold(stamps.unwrap_or_default(), |left, claim| {
        left.plus(claim.effect.stamps)
    })?)
}

fn give(
    on: &mut Evaluation<'_>,
    customer: CustomerId,
    taken: RewardTaken,
    reward: &Reward,
) -> Result<(), QuoteError> {
    let mut value = reward.value;
    if let (Some(gift), Some(card)) = (&reward.gift, on.ask.programme.instrument(taken.instrument))
    {
        let cut = on.bill.gift(&card.rules.stacking, gift)?;
        if !cut.total.is_positive() {
            let instrument = taken.instrument.0.into();
            return Err(QuoteError::Refused(Code::GiftMissing { instrument }));
        }
        on.lower(card, &cut, gift.rate.into());
        value = cut.total;
    }
    on.claims.push(Claim {
        customer,
        instrument: taken.instrument,
        kind: EntryKind::Reward,
        effect: Effect {
            points: Points::ZERO,
            stamps: reward.stamps.negated()?,
            value: Money::ZERO.minus(value)?,
            ..Effect::NONE
        },
        lot: None,
        about: match taken.reward {
            0 => About::Nothing,
            number => About::Reward(number),
        },
    });
    Ok(())
}
