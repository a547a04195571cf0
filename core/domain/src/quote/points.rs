//! Points of the bonus card, chosen by the cashier (D1, step 4; U1, U2).

use super::{Evaluation, QuoteError};
use crate::allocate::{allocate, allocate_points};
use crate::codes::Code;
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, EntryKind};
use crate::money::{Money, Overflow};
use crate::op::Claim;
use crate::position::Position;
use crate::programme::BonusCard;
use crate::purchase::{Line, Share};
use crate::redeem::{ToPay, check_amount, redeemable};

/// Says what may be spent and spends what was asked for.
pub(super) fn apply(
    on: &mut Evaluation<'_>,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    let ask = on.ask;
    let Some((instrument, card)) = ask.programme.bonus() else {
        return match ask.spend.is_positive() {
            true => Err(QuoteError::Refused(Code::NotEnoughPoints {
                balance: 0,
                required: ask.spend.0,
            })),
            false => Ok(()),
        };
    };
    let weights = payable(&on.bill.lines, card)?;
    let to_pay = ToPay {
        total: on.bill.due()?,
        payable: Money::total(weights.iter().copied())?,
    };
    let of = (instrument, card);
    on.redeemable = redeemable(position, of, to_pay, ask.reach, ask.at, ask.cash)?;
    if !ask.spend.is_positive() {
        return Ok(());
    }
    let allowed = on.redeemable.map_err(QuoteError::Refused)?;
    check_amount(ask.spend, &allowed).map_err(QuoteError::Refused)?;
    pay(on, (instrument, card), customer, &weights)
}

/// What of each line may be paid with points (U1).
fn payable(lines: &[Line], card: &BonusCard) -> Result<Vec<Money>, Overflow> {
    let part = |line: &Line| match line.certificate.is_some() || card.not_payable.names(line) {
        true => Ok(Money::ZERO),
        false => line.paid(),
    };
    lines.iter().map(part).collect()
}

fn pay(
    on: &mut Evaluation<'_>,
    (instrument, card): (InstrumentId, &BonusCard),
    customer: CustomerId,
    weights: &[Money],
) -> Result<(), QuoteError> {
    let spend = on.ask.spend;
    let value = card.value_of(spend)?;
    let values = allocate(value, weights)?;
    let points = allocate_points(spend, &values)?;
    for ((line, value), points) in on.bill.lines.iter_mut().zip(values).zip(points) {
        if value.is_positive() || points.is_positive() {
            line.shares.push(Share {
                instrument,
                kind: on.ask.points_as.share(),
                value,
                points,
            });
        }
    }
    on.claims.push(Claim {
        customer,
        instrument,
        kind: EntryKind::Redeem,
        effect: Effect::points(spend.negated()?, value.negated()?),
        lot: None,
        about: About::Nothing,
    });
    on.say(Code::Redeemed {
        points: spend.0,
        value: value.0,
    });
    Ok(())
}
