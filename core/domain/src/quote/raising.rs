//! Which campaign raises what a card earns with this receipt, and what is left of its budget (E3).
//!
//! Of several the one that adds most works, ties by priority, then by id (D4). One that has less left than its terms give
//! adds what is left; one that adds nothing is not named in the ledger (D2).

use super::earning::works;
use super::{Evaluation, QuoteError};
use crate::codes::Code;
use crate::earn::{Earning, earned};
use crate::ledger::{Bound, Raise, Resolved};
use crate::money::Points;
use crate::position::Position;
use crate::programme::{Campaign, Instrument, Terms};
use crate::purchase::Quantity;

/// What a card earns with this receipt.
pub(super) struct Best {
    /// How, the campaign included.
    pub(super) resolved: Resolved,
    /// What.
    pub(super) earning: Earning,
    /// Points that the campaign's budget was short of.
    missing: Points,
}

/// What a card earns with the best campaign there is for it, or with none.
pub(super) fn best(
    on: &mut Evaluation<'_>,
    (card, position): (&Instrument, &Position),
    returned: &[Quantity],
    plain: Resolved,
) -> Result<Best, QuoteError> {
    let with = |on: &Evaluation<'_>, resolved| {
        earned((on.ask.programme, card), &on.bill.lines, returned, resolved)
    };
    let without = with(on, plain)?;
    let mut best = Best {
        resolved: plain,
        earning: without,
        missing: Points::ZERO,
    };
    for of in on.by_priority() {
        let Some(campaign) = raises(of, card) else {
            continue;
        };
        let Some(left) = left(on, (of, campaign), position) else {
            continue;
        };
        let raised = |points, bound| Resolved {
            raise: Some(Raise {
                campaign: of.id,
                points,
                bound,
            }),
            ..plain
        };
        let whole = with(on, raised(Points::ZERO, Bound::Terms))?;
        if whole.effect == without.effect {
            say_nothing(on, (of, whole.base));
            continue;
        }
        let (resolved, earning) = if whole.raised > left {
            let resolved = raised(left, Bound::Budget);
            (resolved, with(on, resolved)?)
        } else {
            (raised(whole.raised, Bound::Terms), whole)
        };
        let gives = |earning: Earning| (earning.effect.points, earning.effect.carry);
        let other = best.resolved.raise.map(|raise| raise.campaign.0);
        let is_better = gives(earning) > gives(best.earning);
        match other {
            Some(other) if is_better => say_better(on, other, of.id.0),
            Some(other) => say_better(on, of.id.0, other),
            None => {}
        }
        if is_better {
            best = Best {
                resolved,
                earning,
                missing: whole.raised.minus(earning.raised)?,
            };
        }
    }
    Ok(best)
}

/// Says what a campaign has added to what was earned, and what its budget was short of.
pub(super) fn say(on: &mut Evaluation<'_>, best: &Best) {
    let Some(raise) = best.resolved.raise else {
        return;
    };
    let instrument = raise.campaign.0.into();
    on.say(Code::CampaignRaised {
        instrument,
        points: raise.points.0,
    });
    if best.missing.is_positive() {
        on.say(Code::CampaignBounded {
            instrument,
            missing: best.missing.0,
        });
    }
}

fn raises<'a>(of: &'a Instrument, card: &Instrument) -> Option<&'a Campaign> {
    match &of.terms {
        Terms::Campaign(campaign) if campaign.card == card.id => Some(campaign),
        _ => None,
    }
}

/// What is left of a campaign's budget where it works here and now for this customer; if it does not, the reason is said.
fn left(
    on: &mut Evaluation<'_>,
    (of, campaign): (&Instrument, &Campaign),
    position: &Position,
) -> Option<Points> {
    let instrument = of.id.0.into();
    if !on.is_open(of) {
        return None;
    }
    if !campaign.when.iter().all(|when| works(on, when, position)) {
        on.say(Code::CampaignNotNow { instrument });
        return None;
    }
    let spent = on.ask.spent.iter().find(|one| one.instrument == of.id);
    let left = campaign.left(spent.map_or(Points::ZERO, |one| one.points));
    if !left.is_positive() {
        let budget = campaign.budget.0;
        on.say(Code::CampaignGone { instrument, budget });
        return None;
    }
    Some(left)
}

fn say_better(on: &mut Evaluation<'_>, instrument: u32, other: u32) {
    on.say(Code::BetterApplied {
        instrument: instrument.into(),
        other: other.into(),
    });
}

/// Says why a campaign that works adds nothing: the receipt is too small for it, or has nothing that it raises (D6).
fn say_nothing(on: &mut Evaluation<'_>, (of, base): (&Instrument, crate::money::Money)) {
    let instrument = of.id.0.into();
    let missing = of.rules.stacking.minimum.0.saturating_sub(base.0);
    on.say(if missing > 0 {
        Code::BelowReceipt {
            instrument,
            missing,
        }
    } else {
        Code::NothingToRaise { instrument }
    });
}
