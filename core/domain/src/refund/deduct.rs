//! Points that a return needs and that were spent already are paid with a part of the refund (L10, the owner's option).
//!
//! The till computes it from what it knows and hands out so much less money; the authority bounds it by what the return
//! takes back and by the money it gives. Pure; integers only; money never goes below zero. Where the till knew too
//! little, the customer has paid for points that are there: they stay theirs.

use super::Refund;
use crate::ids::{CustomerId, EntryId};
use crate::ledger::{About, Effect, Entry, EntryKind, LotTerms};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points};
use crate::op::Claim;
use crate::position::{Group, Position};
use crate::programme::{BonusCard, Instrument, Owing, Programme};
use crate::purchase::Purchase;

/// The cards whose debts a return pays with money.
fn cards(programme: &Programme) -> impl Iterator<Item = (&Instrument, &BonusCard)> {
    let card = |of: &'_ Instrument| of.bonus().is_some_and(|c| c.late.owing == Owing::Deducted);
    let with = |of| Instrument::bonus(of).map(|card| (of, card));
    programme
        .instruments()
        .iter()
        .filter(move |of| card(of))
        .filter_map(with)
}

/// Lowers the money of a return by what its points would leave owing, and claims that they are paid. `programme` is the
/// one in force at the till, `members` are the positions of the customer's group.
///
/// # Errors
/// [`Overflow`].
pub fn deduct(
    refund: &mut Refund,
    (purchase, programme): (&Purchase, &Programme),
    members: Vec<(CustomerId, Position)>,
    date: Date,
) -> Result<(), Overflow> {
    let Some(customer) = purchase.earner() else {
        return Ok(());
    };
    let mut group = Group::new(members);
    let mut owed = Vec::new();
    for (of, card) in cards(programme) {
        group.settle(of.id, date)?;
        owed.push((of, card, debt(&group, of)?));
    }
    if owed.is_empty() {
        return Ok(());
    }
    for (claim, uses) in &refund.claims {
        group.fold(&Entry {
            id: EntryId(purchase.id.0),
            customer: claim.customer,
            instrument: claim.instrument,
            kind: claim.kind,
            purchase: Some(purchase.id),
            date,
            claim: claim.effect,
            lot: claim.lot,
            about: claim.about,
            verdict: None,
            uses: uses.clone(),
        })?;
    }
    for (of, card, before) in owed {
        let wanted = debt(&group, of)?.minus(before)?;
        let paid = payable(refund, (of, card), wanted, date)?;
        if paid.is_positive() {
            let claim = claim(purchase, customer, (of, card), paid)?;
            refund.money = refund.money.minus(claim.effect.value)?;
            refund.deducted = refund.deducted.plus(claim.effect.value)?;
            refund.claims.push((claim, Vec::new()));
        }
    }
    Ok(())
}

/// What counts of a till's claim that points are paid with the refund's money: as [`deduct`] bounds it, but not by the
/// balance, which the till may not have known. Lowers what `counted` gives back.
///
/// # Errors
/// [`Overflow`].
pub fn counts(
    claim: &Claim,
    counted: &mut Refund,
    (purchase, programme): (&Purchase, &Programme),
    date: Date,
) -> Result<Option<Claim>, Overflow> {
    let found = cards(programme).find(|(of, _)| of.id == claim.instrument);
    let Some(((of, card), customer)) = found.zip(purchase.earner()) else {
        return Ok(None);
    };
    let paid = payable(counted, (of, card), claim.effect.points, date)?;
    if customer != claim.customer || !paid.is_positive() {
        return Ok(None);
    }
    let claim = self::claim(purchase, customer, (of, card), paid)?;
    counted.money = counted.money.minus(claim.effect.value)?;
    counted.deducted = counted.deducted.plus(claim.effect.value)?;
    Ok(Some(claim))
}

/// Of `wanted` what this return takes back, and what its money is worth. Points that have ended may have ended unused:
/// nobody pays for them, and what of them is owed all the same is a debt (decision 46).
fn payable(
    refund: &Refund,
    (of, card): (&Instrument, &BonusCard),
    wanted: Points,
    date: Date,
) -> Result<Points, Overflow> {
    let lives = |claim: &&Claim| {
        let last = claim.lot.and_then(|lot| lot.expires_on);
        claim.instrument == of.id && last.is_none_or(|last| last >= date)
    };
    let own = refund.claims.iter().map(|(claim, _)| claim).filter(lives);
    let taken = own.filter(|claim| claim.kind == EntryKind::Reverse);
    let taken = Points::total(taken.map(|claim| claim.effect.points))?;
    let money = refund.money.max(Money::ZERO).0;
    let affordable = match card.point_value.0 {
        value if value > 0 => Points(money / value),
        _ => Points::ZERO,
    };
    Ok(wanted.min(taken.negated()?).min(affordable))
}

/// Points that are there after all live as if earned at the purchase.
fn claim(
    purchase: &Purchase,
    customer: CustomerId,
    (of, card): (&Instrument, &BonusCard),
    points: Points,
) -> Result<Claim, Overflow> {
    let date = purchase.at.date;
    Ok(Claim {
        customer,
        instrument: of.id,
        kind: EntryKind::Cleared,
        effect: Effect::points(points, card.value_of(points)?),
        lot: Some(LotTerms {
            available_on: date,
            expires_on: card.lot(date).expires_on,
        }),
        about: About::Nothing,
    })
}

fn debt(group: &Group, of: &Instrument) -> Result<Points, Overflow> {
    let position = group.combined()?;
    Ok(position
        .wallet(of.id)
        .map_or(Points::ZERO, |wallet| wallet.debt))
}
