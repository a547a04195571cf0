//! What the receipt earns, last of all (D1; E1–E5).

use super::{Evaluation, QuoteError, raising};
use crate::codes::Code;
use crate::earn::{Earning, works_for_all};
use crate::ids::CustomerId;
use crate::ledger::{Effect, EntryKind, Resolved};
use crate::limits;
use crate::money::{Overflow, Points, Rounding, Stamps, scale};
use crate::op::Claim;
use crate::position::Position;
use crate::programme::{
    BonusCard, FACTOR_MAX, Instrument, Multiplier, Multiply, ONCE, Remainder, StampCard, Terms,
    When,
};
use crate::purchase::Quantity;

/// Adds the earn claims of every card, in id order, for what is left after `returned`.
pub(super) fn apply(
    on: &mut Evaluation<'_>,
    (customer, position): (CustomerId, &Position),
    returned: &[Quantity],
) -> Result<(), QuoteError> {
    for (code, _) in on.ask.limits {
        on.say(*code);
    }
    if limits::refused(on.ask.limits).is_some() {
        return Ok(());
    }
    for card in on.ask.programme.instruments() {
        if !matches!(card.terms, Terms::Bonus(_) | Terms::Stamps(_)) || !on.is_open(card) {
            continue;
        }
        let resolved = resolve(on, card, position)?;
        let best = raising::best(on, (card, position), returned, resolved)?;
        let (resolved, earning) = (best.resolved, best.earning);
        let mut lot = None;
        match &card.terms {
            Terms::Bonus(terms) => {
                lot = Some(terms.lot(on.ask.at.date));
                say_points(on, position, card, terms, earning);
                say_factor(on, card, resolved, earning);
                raising::say(on, &best);
            }
            Terms::Stamps(terms) => say_stamps(on, position, card, terms, earning.effect.stamps)?,
            _ => {}
        }
        if earning.effect != Effect::NONE {
            on.claims.push(Claim {
                customer,
                instrument: card.id,
                kind: EntryKind::Earn,
                effect: earning.effect,
                lot,
                about: resolved.about(),
            });
        }
    }
    Ok(())
}

/// Everything about this earn that the programme version does not say, as it is now (E5).
fn resolve(
    on: &Evaluation<'_>,
    card: &Instrument,
    position: &Position,
) -> Result<Resolved, Overflow> {
    let Terms::Bonus(terms) = &card.terms else {
        return Ok(Resolved::PLAIN);
    };
    let carried = match terms.remainder {
        Remainder::Dropped => 0,
        Remainder::Carried => position.wallet(card.id).map_or(0, |wallet| wallet.carry),
    };
    Ok(Resolved {
        factor: factor(on, terms, position)?,
        carried,
        raise: None,
    })
}

/// What the multipliers that work now come to: the best one, or each upon the other (E3).
fn factor(on: &Evaluation<'_>, card: &BonusCard, position: &Position) -> Result<u32, Overflow> {
    let mut factor = i64::from(ONCE);
    let mut found = false;
    let working = |m: &&Multiplier| works(on, &m.when, position);
    for multiplier in card.multipliers.iter().filter(working) {
        let next = i64::from(multiplier.factor);
        factor = match card.multiply {
            Multiply::Product => scale(factor, next, ONCE.into(), Rounding::Down)?,
            Multiply::Best if found => factor.max(next),
            Multiply::Best => next,
        };
        found = true;
    }
    u32::try_from(factor.min(FACTOR_MAX.into())).map_err(|_| Overflow)
}

/// Whether a condition holds here and now for this customer (E3, E5).
pub(super) fn works(on: &Evaluation<'_>, when: &When, position: &Position) -> bool {
    let at = on.ask.at;
    match when {
        When::Tier(tiers, level) => position.level(*tiers) >= *level,
        When::Birthday { before, after } => {
            let days = on.ask.birthday.map(|birthday| birthday.days_away(at.date));
            days.is_some_and(|days| (-i64::from(*before)..=i64::from(*after)).contains(&days))
        }
        When::FirstPurchase => position.visits == 0,
        anybody => works_for_all(anybody, at, on.ask.outlet) == Some(true),
    }
}

fn say_factor(on: &mut Evaluation<'_>, card: &Instrument, resolved: Resolved, earning: Earning) {
    if resolved.factor != ONCE && earning.effect.points.is_positive() {
        on.say(Code::Multiplied {
            instrument: card.id.0.into(),
            factor: resolved.factor.into(),
        });
    }
}

fn say_points(
    on: &mut Evaluation<'_>,
    position: &Position,
    card: &Instrument,
    terms: &BonusCard,
    earning: Earning,
) {
    let (points, base) = (earning.effect.points, earning.base.0);
    if !points.is_positive() {
        on.say(Code::EarnedNothing { base });
        return;
    }
    on.say(Code::Earned {
        points: points.0,
        base,
    });
    if terms.pending_days > 0 {
        on.say(Code::PointsPending {
            points: points.0,
            days: i64::from(terms.pending_days),
        });
    }
    let debt = position.wallet(card.id).map_or(Points::ZERO, |w| w.debt);
    if debt.is_positive() {
        on.say(Code::DebtRepaid {
            points: debt.min(points).0,
        });
    }
}

fn say_stamps(
    on: &mut Evaluation<'_>,
    position: &Position,
    card: &Instrument,
    terms: &StampCard,
    stamps: Stamps,
) -> Result<(), Overflow> {
    if stamps.is_positive() {
        on.say(Code::Stamped { stamps: stamps.0 });
    }
    let before = position.stamps.get(&card.id).copied().unwrap_or_default();
    let taken = on.claims.iter().filter(|c| c.instrument == card.id);
    let before = taken
        .map(|claim| claim.effect.stamps)
        .try_fold(before, Stamps::plus)?;
    let rewards = before.plus(stamps)?.0 / terms.size().0.max(1);
    if rewards > 0 {
        on.say(Code::RewardReady { rewards });
    }
    Ok(())
}
