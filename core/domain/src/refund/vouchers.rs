//! What a return does to vouchers: value goes back to the certificates that paid, coupons come back with everything,
//! and what is left of a certificate whose own sale is returned is cancelled (X4, X5, G1).

use std::collections::BTreeMap;

use super::Sold;
use crate::ids::{InstrumentId, PurchaseId, VoucherId};
use crate::money::{Money, Overflow};
use crate::programme::Kept;
use crate::purchase::{Line, Quantity, ShareKind, returned_part};
use crate::voucher::{
    Act, Move, MoveKind, Moved, Origin, Voucher, VoucherReason, VoucherState, given_back,
};

/// The moves that follow from a return, and what of the price of certificates it brings back was used meanwhile: so
/// much less money goes back.
pub(super) struct OfVouchers {
    pub(super) moves: Vec<Move>,
    pub(super) used_up: Money,
}

/// A move may be zero, as in [`super::take_back`]: the authority may know of another return, or of another use.
pub(super) fn of_vouchers(
    sold: Sold<'_>,
    (before, after): (&[Quantity], &[Quantity]),
    kept: Kept,
) -> Result<OfVouchers, Overflow> {
    let mut moves = Vec::new();
    for instrument in used_instruments(sold) {
        let uses: Vec<Moved> = uses_of(sold, instrument).copied().collect();
        let parts = given_back(
            &uses,
            certificate_back(&sold.purchase.lines, instrument, after)?,
        )?;
        for (used, part) in uses.iter().zip(parts) {
            moves.extend(restored(sold, used, part, kept)?);
        }
    }
    let mut used_up = Money::ZERO;
    for (place, line) in sold.purchase.lines.iter().enumerate() {
        let is_back = after[place] >= line.quantity && before[place] < line.quantity;
        let Some(voucher) = sold_by(sold, place).filter(|_| is_back) else {
            continue;
        };
        let left = match voucher.state {
            VoucherState::Issued => voucher.balance.max(Money::ZERO),
            VoucherState::Used | VoucherState::Expired | VoucherState::Cancelled => Money::ZERO,
        };
        moves.push(Move {
            voucher: voucher.id,
            act: Act::Cancel(left, VoucherReason::Returned),
        });
        let paid = line.paid()?;
        used_up = used_up.plus(paid.minus(left.min(paid))?)?;
    }
    Ok(OfVouchers { moves, used_up })
}

/// Of the certificates that a purchase sold and that came back with it, by line from 0: what was left of each and went
/// back in money. `moved` are the purchase's moves, `vouchers` those that they are about.
///
/// # Errors
/// [`Overflow`].
pub fn certificates_back(
    purchase: PurchaseId,
    moved: &[Moved],
    vouchers: &[Voucher],
) -> Result<BTreeMap<u16, Money>, Overflow> {
    let mut back = BTreeMap::new();
    let returned = |m: &&Moved| m.why == Some(VoucherReason::Returned);
    for cancel in moved.iter().filter(returned) {
        let sold = vouchers.iter().find(|one| one.id == cancel.voucher);
        let sold = sold.filter(|one| one.purchase == Some(purchase));
        if let Some(Origin::Sold { line }) = sold.map(|one| one.origin) {
            let sum: &mut Money = back.entry(line).or_default();
            *sum = sum.minus(cancel.effect())?;
        }
    }
    Ok(back)
}

fn voucher<'a>(sold: Sold<'a>, id: VoucherId) -> Option<&'a Voucher> {
    sold.vouchers.iter().find(|voucher| voucher.id == id)
}

fn used_instruments(sold: Sold<'_>) -> Vec<InstrumentId> {
    let uses = sold.moved.iter().filter(|m| m.kind == MoveKind::Use);
    let of = uses.filter_map(|used| Some(voucher(sold, used.voucher)?.instrument));
    let mut all: Vec<InstrumentId> = of.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The uses of one instrument's vouchers that count, in their order.
fn uses_of(sold: Sold<'_>, instrument: InstrumentId) -> impl Iterator<Item = &Moved> {
    let of = move |used: &&Moved| {
        voucher(sold, used.voucher).is_some_and(|one| one.instrument == instrument)
    };
    let used = |m: &&Moved| m.kind == MoveKind::Use && m.counts();
    sold.moved.iter().filter(used).filter(of)
}

/// The cumulative value that came back of what an instrument's certificates paid.
fn certificate_back(
    lines: &[Line],
    instrument: InstrumentId,
    after: &[Quantity],
) -> Result<Money, Overflow> {
    let mut sum = Money::ZERO;
    for (line, back) in lines.iter().zip(after) {
        let of = |s: &&crate::purchase::Share| {
            s.kind == ShareKind::Certificate && s.instrument == instrument
        };
        for share in line.shares.iter().filter(of) {
            sum = sum.plus(Money(returned_part(share.value.0, *back, line.quantity)?))?;
        }
    }
    Ok(sum)
}

/// What goes back to one voucher: by the lines' shares, or everything that left it once nothing was kept.
fn restored(
    sold: Sold<'_>,
    used: &Moved,
    part: Money,
    kept: Kept,
) -> Result<Option<Move>, Overflow> {
    let of_this = |m: &&Moved| m.voucher == used.voucher && m.kind == MoveKind::Restore;
    let earlier: Vec<&Moved> = sold.moved.iter().filter(of_this).collect();
    let before = Money::total(earlier.iter().map(|m| m.effect()))?;
    let change = |one: &&Voucher| one.origin == Origin::Change(used.voucher);
    let change = Money::total(sold.vouchers.iter().filter(change).map(|one| one.nominal))?;
    let whole = used.effect().negated()?.minus(change)?.max(Money::ZERO);
    let value = if used.claim == Money::ZERO {
        // A coupon comes back with everything or not at all (X5).
        match kept {
            Kept::Nothing if !earlier.iter().any(|m| m.counts()) => Money::ZERO,
            _ => return Ok(None),
        }
    } else if before >= whole {
        return Ok(None);
    } else {
        let target = match kept {
            Kept::Nothing => whole,
            Kept::Something => part.min(whole),
        };
        target.minus(before)?.max(Money::ZERO)
    };
    Ok(Some(Move {
        voucher: used.voucher,
        act: Act::Restore(value),
    }))
}

/// The voucher that a line of this purchase sold.
fn sold_by<'a>(sold: Sold<'a>, place: usize) -> Option<&'a Voucher> {
    let line = u16::try_from(place).ok()?;
    let by_line = |one: &&Voucher| {
        one.origin == Origin::Sold { line } && one.purchase == Some(sold.purchase.id)
    };
    sold.vouchers.iter().find(by_line)
}
