//! What a customer may spend on this receipt, and why not more.
//!
//! Pure: the caller supplies the position and the moment; connectivity is an argument. Laws: U1, U2, U4.
//! Money in minor units, points in the programme's smallest step.

use crate::codes::Code;
use crate::ids::InstrumentId;
use crate::moment::Moment;
use crate::money::{Money, Overflow, Points, Rounding, scale};
use crate::position::Position;
use crate::programme::{BonusCard, OfflinePolicy, RedeemPolicy};

/// How a redemption above the owner's threshold was confirmed (U5). The other way, a rotating code, comes with the cards
/// that show one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// The operator typed their PIN.
    Pin = 1,
}

/// How far the authority is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// This is the authority: everything is confirmed at once (sync §1).
    Authority,
    /// A phone: what it knows is a snapshot with its own pending ops folded over it (sync §6).
    Phone {
        /// Spendable by the authority's last word, before own pending ops.
        confirmed: Points,
        /// Own redemptions of this customer that the authority has not confirmed.
        pending: Points,
        /// Own redemptions of this customer in the last 24 h.
        recent: Points,
        /// Age of the snapshot; negative (a clock that went back) counts as too old.
        snapshot_age_ms: i64,
        /// Own redemptions since the last exchange, by all customers.
        spent_of_budget: Points,
        /// The authority holds this customer's offline redemption.
        held: bool,
        /// What the authority keeps for this receipt; none where it was not asked (mode `online`).
        kept: Option<Points>,
    },
}

/// What may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redeemable {
    /// Fewest points, if any may be spent.
    pub least: Points,
    /// Most points.
    pub most: Points,
    /// In multiples of this.
    pub step: Points,
    /// Suggestion "make the cash part round" (U1).
    pub round_cash: Option<Points>,
    /// What keeps it from being more.
    pub limit: Code,
}

/// What is to be paid when points come to their turn, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToPay {
    /// The whole receipt after discounts.
    pub total: Money,
    /// The part of it that is not excluded from points (U1).
    pub payable: Money,
}

impl ToPay {
    /// A receipt without excluded goods.
    #[must_use]
    pub const fn all(total: Money) -> Self {
        Self {
            total,
            payable: total,
        }
    }
}

/// The cash part is round in whole units of this many minor units (U1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashStep(pub Money);

/// The largest redemption of a card's points on a receipt, or the reason why there is none (U1, U2).
///
/// # Errors
/// [`Overflow`] when an amount leaves 64 bits.
pub fn redeemable(
    position: &Position,
    (instrument, card): (InstrumentId, &BonusCard),
    to_pay: ToPay,
    reach: Connectivity,
    at: Moment,
    cash: CashStep,
) -> Result<Result<Redeemable, Code>, Overflow> {
    let policy = &card.redeem;
    if !to_pay.total.is_positive() {
        return Ok(Err(Code::NothingToPay));
    }
    let limits = match limits(position, (instrument, card), to_pay, reach, at)? {
        Ok(limits) => limits,
        Err(refused) => return Ok(Err(refused)),
    };
    // The first of equal limits is the one that is named.
    let Some((allowed, limit)) = limits.into_iter().min_by_key(|(points, _)| *points) else {
        return Ok(Err(Code::NothingToPay));
    };
    let most = Points(allowed.0.max(0) / policy.step.0 * policy.step.0);
    let least = least(policy)?;
    if most < least {
        return Ok(Err(limit));
    }
    let round_cash = round_cash(to_pay.total, most, least, card, cash)?;
    Ok(Ok(Redeemable {
        least,
        most,
        step: policy.step,
        round_cash,
        limit,
    }))
}

/// The smallest redemption: the minimum, rounded up to a step.
fn least(policy: &RedeemPolicy) -> Result<Points, Overflow> {
    let steps = scale(policy.minimum.0.max(1), 1, policy.step.0, Rounding::Up)?;
    steps.checked_mul(policy.step.0).map(Points).ok_or(Overflow)
}

/// Each limit with the reason it stands for.
fn limits(
    position: &Position,
    (instrument, card): (InstrumentId, &BonusCard),
    to_pay: ToPay,
    reach: Connectivity,
    at: Moment,
) -> Result<Result<Vec<(Points, Code)>, Code>, Overflow> {
    let policy = &card.redeem;
    let share = i64::from(policy.max_share);
    let share = scale(to_pay.total.0, share, 10_000, Rounding::Down)?;
    let most = Points(share / card.point_value.0);
    let payable = Points(to_pay.payable.0 / card.point_value.0);
    let balance = position.balance(instrument)?;
    let required = least(policy)?.0;
    let short = |have: Points| Code::NotEnoughPoints {
        balance: have.0.min(balance.0).max(0),
        required,
    };
    let spendable = position.spendable(instrument, card, at.date)?;
    let mut limits = vec![
        (spendable, short(spendable)),
        (most, Code::MaxShare { most: most.0 }),
        (payable, Code::GoodsNotPayable { most: payable.0 }),
    ];
    let Connectivity::Phone {
        confirmed,
        pending,
        recent,
        snapshot_age_ms,
        spent_of_budget,
        held,
        kept,
    } = reach
    else {
        return Ok(Ok(limits));
    };
    // U4: own unconfirmed earns are not spendable; sync §6: confirmed balance − own pending redemptions.
    let sure = confirmed.minus(pending)?;
    limits.insert(0, (sure, short(sure)));
    match policy.offline {
        OfflinePolicy::Online => return Ok(online(kept, limits)),
        OfflinePolicy::None => return Ok(Err(Code::OfflineNotAllowed)),
        OfflinePolicy::Capped { .. } if held => return Ok(Err(Code::CustomerHeld)),
        OfflinePolicy::Capped {
            per_customer,
            device_budget,
            snapshot_age_ms: oldest,
        } => {
            if let Some(limit_ms) = oldest
                && !(0..=limit_ms).contains(&snapshot_age_ms)
            {
                return Ok(Err(Code::SnapshotTooOld {
                    age_ms: snapshot_age_ms,
                    limit_ms,
                }));
            }
            if let Some(cap) = per_customer {
                let left = cap.minus(recent)?;
                limits.push((left, Code::CustomerCap { left: left.0 }));
            }
            if let Some(budget) = device_budget {
                let left = budget.minus(spent_of_budget)?;
                limits.push((left, Code::DeviceBudget { left: left.0 }));
            }
        }
    }
    Ok(Ok(limits))
}

/// Mode `online`: what the authority keeps for the receipt, within what the receipt itself allows; its word replaces
/// what this phone knows of the balance.
fn online(
    kept: Option<Points>,
    mut limits: Vec<(Points, Code)>,
) -> Result<Vec<(Points, Code)>, Code> {
    let Some(kept) = kept else {
        let most = limits.iter().map(|(points, _)| points.0).min();
        let most = most.unwrap_or(0).max(0);
        return Err(Code::AskForPoints { most });
    };
    limits.retain(|(_, code)| !matches!(code, Code::NotEnoughPoints { .. }));
    limits.insert(0, (kept, Code::KeptPoints { points: kept.0 }));
    Ok(limits)
}

/// The largest allowed amount that leaves a round sum to pay (U1).
fn round_cash(
    total: Money,
    most: Points,
    least: Points,
    card: &BonusCard,
    cash: CashStep,
) -> Result<Option<Points>, Overflow> {
    let unit = cash.0.0.max(1);
    let due = total.minus(card.value_of(most)?)?.0;
    let round_due = due.checked_add(unit - 1).ok_or(Overflow)? / unit * unit;
    let value = total.0 - round_due;
    let points = Points(value / card.point_value.0);
    let exact = value % card.point_value.0 == 0 && points.0 % card.redeem.step.0 == 0;
    Ok((exact && points >= least && points < most).then_some(points))
}

/// Whether the cashier's amount may be spent (U1).
///
/// # Errors
/// The code that says why not.
pub fn check_amount(points: Points, allowed: &Redeemable) -> Result<(), Code> {
    if points < allowed.least {
        Err(Code::BelowMinimum {
            minimum: allowed.least.0,
        })
    } else if points > allowed.most {
        Err(allowed.limit)
    } else if points.0 % allowed.step.0 != 0 {
        Err(Code::NotAStep {
            step: allowed.step.0,
        })
    } else {
        Ok(())
    }
}
