//! What a return gives back: money, points and stamps, exact to the last one (X1–X6).
//!
//! Everything is a difference of cumulative amounts, recomputed in the authority's order, so many small
//! returns equal one big one (X2). Used by the phone for its claim and by the authority for its verdict.

pub mod deduct;
pub mod unlinked;
mod vouchers;

use crate::codes::Code;
use crate::earn::{earned, kept};
use crate::ids::InstrumentId;
use crate::ledger::{About, Effect, Entry, EntryKind, LotTerms, Use};
use crate::money::{Money, Overflow, Points, Rounding, Stamps, scale};
use crate::op::Claim;
use crate::planted;
use crate::programme::{Kept, Programme, Terms};
use crate::purchase::{
    Line, Purchase, Quantity, Return, ReturnKind, ReturnedLine, kept_back, returned_part,
    returned_so_far,
};
use crate::voucher::{Move, Moved, Voucher};
use vouchers::of_vouchers;

pub use vouchers::certificates_back;

/// What is known of the purchase when it comes back.
#[derive(Debug, Clone, Copy)]
pub struct Sold<'a> {
    /// The purchase.
    pub purchase: &'a Purchase,
    /// All its ledger entries so far, returns' entries included.
    pub entries: &'a [Entry],
    /// All its returns so far.
    pub returns: &'a [Return],
    /// The programme version it was made under (L9).
    pub programme: &'a Programme,
    /// All moves of vouchers that belong to it.
    pub moved: &'a [Moved],
    /// Those vouchers, as they are now.
    pub vouchers: &'a [Voucher],
}

/// What a return comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// What of it counts, per line (X1).
    pub lines: Vec<ReturnedLine>,
    /// Money that goes back, in minor units: only the money part (X4), less what is deducted.
    pub money: Money,
    /// What of the money part pays for points that were spent already (L10), in minor units.
    pub deducted: Money,
    /// What came back had cost, after discounts; certificates that were sold are no goods.
    pub price: Money,
    /// Whether nothing is left with the customer.
    pub kept: Kept,
    /// What the ledger is asked to do, with the buckets that points return to (X3).
    pub claims: Vec<(Claim, Vec<Use>)>,
    /// What happens to vouchers (X4, X5).
    pub moves: Vec<Move>,
}

/// Everything that has not come back yet: what a full return or a void names.
///
/// # Errors
/// [`Overflow`].
pub fn everything_left(
    purchase: &Purchase,
    returns: &[Return],
) -> Result<Vec<ReturnedLine>, Overflow> {
    let before = returned_so_far(purchase, returns)?;
    let mut lines = Vec::new();
    for (place, (line, back)) in purchase.lines.iter().zip(before).enumerate() {
        let left = Quantity(line.quantity.0.checked_sub(back.0).ok_or(Overflow)?);
        if left.0 > 0 {
            lines.push(ReturnedLine {
                line: u16::try_from(place).map_err(|_| Overflow)?,
                quantity: left,
            });
        }
    }
    Ok(lines)
}

/// Why a return does not count at all, if so (X6).
#[must_use]
pub fn refusal(kind: ReturnKind, purchase: &Purchase, returns: &[Return]) -> Option<Code> {
    let counts = |r: &&Return| !r.effective().is_empty();
    if let Some(code) = purchase.refused {
        return Some(code);
    }
    if planted!(VoidTwice) {
        return None;
    }
    if returns
        .iter()
        .filter(counts)
        .any(|r| matches!(r.kind, ReturnKind::Void(_)))
    {
        return Some(Code::AlreadyVoided);
    }
    let voids = matches!(kind, ReturnKind::Void(_));
    (voids && returns.iter().any(|r| counts(&r))).then_some(Code::VoidAfterReturn)
}

/// What returning `back` comes to; what is above what was sold does not count (X1).
///
/// # Errors
/// [`Overflow`].
pub fn refund(sold: Sold<'_>, back: &[ReturnedLine]) -> Result<Refund, Overflow> {
    let before = returned_so_far(sold.purchase, sold.returns)?;
    let lines = counted(sold.purchase, &before, back)?;
    let mut after = before.clone();
    for part in &lines {
        after[usize::from(part.line)].0 += part.quantity.0;
    }
    let sum =
        |part: fn(&crate::purchase::Line) -> Result<Money, Overflow>| -> Result<Money, Overflow> {
            let mut sum = Money::ZERO;
            for (place, line) in sold.purchase.lines.iter().enumerate() {
                let value = part(line)?.0;
                let now = returned_part(value, after[place], line.quantity)?;
                let then = returned_part(value, before[place], line.quantity)?;
                sum = sum.plus(Money(now - then))?;
            }
            Ok(sum)
        };
    let mut claims = take_back(sold, &after)?;
    claims.extend(give_back(sold, &after)?);
    if kept(&sold.purchase.lines, &after) == Kept::Nothing {
        claims.extend(undo_standing(sold.entries).map(|claim| (claim, Vec::new())));
    }
    let kept = kept(&sold.purchase.lines, &after);
    let vouchers = of_vouchers(sold, (&before, &after), kept)?;
    let mut paid = sum(crate::purchase::Line::paid)?;
    if kept == Kept::Nothing && !lines.is_empty() {
        paid = paid.plus(kept_back(sold.returns)?)?;
    }
    Ok(Refund {
        lines,
        money: paid.minus(vouchers.used_up)?,
        deducted: Money::ZERO,
        price: sum(crate::purchase::Line::spent)?,
        kept,
        claims,
        moves: vouchers.moves,
    })
}

/// The part of `back` that was sold and has not come back yet, one item per line.
fn counted(
    purchase: &Purchase,
    before: &[Quantity],
    back: &[ReturnedLine],
) -> Result<Vec<ReturnedLine>, Overflow> {
    let mut asked = vec![Quantity(0); purchase.lines.len()];
    for part in back {
        if let Some(sum) = asked.get_mut(usize::from(part.line)) {
            sum.0 = sum.0.checked_add(part.quantity.0.max(0)).ok_or(Overflow)?;
        }
    }
    let mut lines = Vec::new();
    for (place, asked) in asked.into_iter().enumerate() {
        let left = purchase.lines[place]
            .quantity
            .0
            .checked_sub(before[place].0)
            .ok_or(Overflow)?;
        // A certificate comes back whole.
        let whole = purchase.lines[place].certificate.is_none() || asked.0 >= left;
        let quantity = Quantity(if whole { asked.0.min(left) } else { 0 });
        if quantity.0 > 0 {
            lines.push(ReturnedLine {
                line: u16::try_from(place).map_err(|_| Overflow)?,
                quantity,
            });
        }
    }
    Ok(lines)
}

/// Σ effects of the purchase's entries of one kind and instrument.
fn so_far(
    entries: &[Entry],
    kind: EntryKind,
    instrument: InstrumentId,
) -> Result<Effect, Overflow> {
    let of_kind = entries
        .iter()
        .filter(|e| e.kind == kind && e.instrument == instrument);
    of_kind
        .map(Entry::effect)
        .try_fold(Effect::NONE, Effect::plus)
}

/// Earned points and stamps that the kept goods would not have earned under the original terms (X2);
/// never more than was granted (X4). A claim may be zero: it is the place where the authority, which may
/// know of another return, sets what it really comes to.
fn take_back(sold: Sold<'_>, after: &[Quantity]) -> Result<Vec<(Claim, Vec<Use>)>, Overflow> {
    let mut claims = Vec::new();
    for entry in sold.entries.iter().filter(|e| e.kind == EntryKind::Earn) {
        let Some(instrument) = sold.programme.instrument(entry.instrument) else {
            continue;
        };
        let granted = entry.effect();
        if granted == Effect::NONE {
            continue;
        }
        let resolved = entry.about.resolved();
        let lines = &sold.purchase.lines;
        let raise = resolved.raise.map(|raise| raise.campaign);
        let is_known =
            raise.is_none_or(|id| sold.programme.campaign(id, entry.instrument).is_some());
        let kept = match instrument.terms {
            // What it gives is not known here: the part of what was paid (L12). The authority sets it right.
            Terms::Newer => part_of_price(granted, lines, after)?,
            _ if !is_known => part_of_price(granted, lines, after)?,
            _ => {
                let earned = |back| earned((sold.programme, instrument), lines, back, resolved);
                let (whole, kept) = (earned(&[])?.effect, earned(after)?.effect);
                kept.plus(part_of_price(above(granted, whole), lines, after)?)?
            }
        };
        let reversed = so_far(sold.entries, EntryKind::Reverse, entry.instrument)?;
        let debit = |granted: i64, kept: i64, reversed: i64| -> Result<i64, Overflow> {
            let wanted = granted.checked_sub(kept.min(granted)).ok_or(Overflow)?;
            // `reversed` is negative: what was taken back before.
            Ok(wanted.checked_add(reversed).ok_or(Overflow)?.max(0))
        };
        let points = Points(debit(granted.points.0, kept.points.0, reversed.points.0)?);
        let value = Money(debit(granted.value.0, kept.value.0, reversed.value.0)?);
        let stamps = Stamps(debit(granted.stamps.0, kept.stamps.0, reversed.stamps.0)?);
        let status = Points(debit(granted.status.0, kept.status.0, reversed.status.0)?);
        let granted_left = granted.plus(reversed)?;
        let carry = kept.carry.checked_sub(granted_left.carry).ok_or(Overflow)?;
        if granted_left.points.is_positive()
            || granted_left.stamps.is_positive()
            || granted_left.carry != 0
        {
            let effect = Effect {
                points: points.negated()?,
                stamps: stamps.negated()?,
                value: value.negated()?,
                status: status.negated()?,
                carry,
            };
            claims.push((
                claim(entry, EntryKind::Reverse, effect, entry.lot),
                Vec::new(),
            ));
        }
    }
    Ok(claims)
}

/// What of an earn is more than its rules give: the authority took it as claimed, because another rule of the programme is
/// newer than its version (L12).
fn above(granted: Effect, rules: Effect) -> Effect {
    let more = |granted: i64, rules: i64| granted.saturating_sub(rules).max(0);
    Effect {
        points: Points(more(granted.points.0, rules.points.0)),
        status: Points(more(granted.status.0, rules.status.0)),
        stamps: Stamps(more(granted.stamps.0, rules.stamps.0)),
        value: Money(more(granted.value.0, rules.value.0)),
        carry: 0,
    }
}

/// The part of an effect that goes with the kept part of the price; all of it while nothing came back.
fn part_of_price(of: Effect, lines: &[Line], after: &[Quantity]) -> Result<Effect, Overflow> {
    let (mut whole, mut back) = (0_i64, 0_i64);
    for (place, line) in lines.iter().enumerate() {
        let price = line.spent()?.0;
        let returned = after.get(place).copied().unwrap_or(Quantity(0));
        let gone = returned_part(price, returned, line.quantity)?;
        whole = whole.checked_add(price).ok_or(Overflow)?;
        back = back.checked_add(gone).ok_or(Overflow)?;
    }
    if kept(lines, after) == Kept::Nothing {
        return Ok(Effect::NONE);
    }
    let left = whole.checked_sub(back).ok_or(Overflow)?;
    let part = |amount: i64| match whole {
        0 => Ok(amount),
        whole => scale(amount, left, whole, Rounding::Down),
    };
    Ok(Effect {
        points: Points(part(of.points.0)?),
        status: Points(part(of.status.0)?),
        stamps: Stamps(part(of.stamps.0)?),
        value: Money(part(of.value.0)?),
        carry: of.carry,
    })
}

/// Spent points by the share stored per line, into the buckets they were taken from, last taken first
/// (X3); a reward only when everything came back (X5). A claim may be zero, as in [`take_back`].
fn give_back(sold: Sold<'_>, after: &[Quantity]) -> Result<Vec<(Claim, Vec<Use>)>, Overflow> {
    let mut claims = Vec::new();
    for entry in sold
        .entries
        .iter()
        .filter(|e| matches!(e.kind, EntryKind::Redeem | EntryKind::Reward))
    {
        let before = so_far(sold.entries, EntryKind::Restore, entry.instrument)?;
        let taken_left = entry.effect().plus(before)?;
        if taken_left.points.0 >= 0 && taken_left.stamps.0 >= 0 {
            continue;
        }
        let effect = match entry.kind {
            EntryKind::Redeem => points_back(sold, entry, before, after)?,
            _ if kept(&sold.purchase.lines, after) == Kept::Something => Effect::NONE,
            _ => taken_left.negated()?,
        };
        let uses = buckets_back(entry, before.points, effect.points)?;
        let lot = Some(lot_of_the_rest(sold.programme, entry));
        claims.push((claim(entry, EntryKind::Restore, effect, lot), uses));
    }
    Ok(claims)
}

/// Uses and memberships that go with a receipt of which nothing was kept (X5); levels stay: what was handed out
/// because of them is not clawed back, and the next evaluation counts without this receipt.
fn undo_standing(entries: &[Entry]) -> impl Iterator<Item = Claim> {
    let undone = |entry: &Entry| {
        let kind = match entry.kind {
            EntryKind::Use => EntryKind::Unuse,
            EntryKind::Join => EntryKind::Leave,
            _ => return None,
        };
        let same = |e: &&Entry| e.kind == kind && e.instrument == entry.instrument;
        let before = entries.iter().filter(same).any(|e| e.verdict.is_none());
        (entry.verdict.is_none() && !before).then(|| Claim {
            about: entry.about,
            ..claim(entry, kind, Effect::NONE, None)
        })
    };
    entries.iter().filter_map(undone)
}

/// The life of what no bucket had given and no debt needs any more: as if earned at the purchase.
fn lot_of_the_rest(programme: &Programme, entry: &Entry) -> LotTerms {
    let expires_on = match programme.instrument(entry.instrument).map(|i| &i.terms) {
        Some(Terms::Bonus(card)) => card.lot(entry.date).expires_on,
        _ => None,
    };
    LotTerms {
        available_on: entry.date,
        expires_on,
    }
}

fn claim(entry: &Entry, kind: EntryKind, effect: Effect, lot: Option<LotTerms>) -> Claim {
    Claim {
        customer: entry.customer,
        instrument: entry.instrument,
        kind,
        effect,
        lot,
        about: About::Nothing,
    }
}

fn points_back(
    sold: Sold<'_>,
    entry: &Entry,
    before: Effect,
    after: &[Quantity],
) -> Result<Effect, Overflow> {
    let (mut points, mut value) = (0_i64, 0_i64);
    for (line, back) in sold.purchase.lines.iter().zip(after) {
        for share in line
            .shares
            .iter()
            .filter(|s| s.kind.is_points() && s.instrument == entry.instrument)
        {
            points = points
                .checked_add(returned_part(share.points.0, *back, line.quantity)?)
                .ok_or(Overflow)?;
            value = value
                .checked_add(returned_part(share.value.0, *back, line.quantity)?)
                .ok_or(Overflow)?;
        }
    }
    let spent = entry.effect().negated()?;
    let points = points.min(spent.points.0).checked_sub(before.points.0);
    let value = value.min(spent.value.0).checked_sub(before.value.0);
    Ok(Effect::points(
        Points(points.ok_or(Overflow)?.max(0)),
        Money(value.ok_or(Overflow)?.max(0)),
    ))
}

/// Which buckets the points return to: the redemption's uses from the last one on, without those that
/// were filled by earlier returns; points that no bucket had given repay the debt they made.
fn buckets_back(redeem: &Entry, already: Points, points: Points) -> Result<Vec<Use>, Overflow> {
    let taken = Points::total(redeem.uses.iter().map(|u| u.points))?;
    let overdrawn = redeem
        .effect()
        .points
        .negated()?
        .minus(taken)?
        .max(Points::ZERO);
    // The overdrawn part was taken last, so it comes back first.
    let mut skip = already.minus(overdrawn)?.max(Points::ZERO);
    let to_debt = overdrawn.minus(already)?.max(Points::ZERO).min(points);
    let mut left = points.minus(to_debt)?;
    let mut back = Vec::new();
    for used in redeem.uses.iter().rev() {
        let skipped = skip.min(used.points);
        skip = skip.minus(skipped)?;
        let filled = used.points.minus(skipped)?.min(left);
        left = left.minus(filled)?;
        if filled.is_positive() {
            back.push(Use {
                points: filled,
                ..*used
            });
        }
    }
    Ok(back)
}
