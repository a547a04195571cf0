//! Reservations in the authority's order (mode `online`; U2, U3): may something be kept for a receipt, and did the sale
//! that came have it kept.
//!
//! Who was first gets it. A sale that asked nobody counts all the same (L15); the owner sees it, and what is kept for
//! another till is not taken from it where a voucher can be used up.

use super::work::Work;
use super::{Author, Book, Standing, Stop, coupons};
use crate::codes::Code;
use crate::ids::{InstrumentId, VoucherId};
use crate::ledger::EntryKind;
use crate::moment::Date;
use crate::money::{Money, Overflow, Points};
use crate::op::{Claim, Op};
use crate::programme::OfflinePolicy;
use crate::reservation::{Asset, ITEMS_MAX, Item, Receipt};
use crate::voucher::Voucher;

/// Whether everything of `items` may be kept for the receipt of `op`, an op without facts that says who asks, under
/// which rules and for which request; all of it or nothing. What the same receipt keeps already does not stand in the
/// way: the new items replace it.
///
/// # Errors
/// Only the book's own; the inner error says why not.
pub fn reserve<B: Book>(
    book: &B,
    op: &Op,
    items: &[Item],
    date: Date,
) -> Result<Result<(), Code>, B::Error> {
    match may_keep(book, op, items, date) {
        Ok(said) => Ok(said),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => Ok(Err(Code::MalformedFact)),
    }
}

fn may_keep<B: Book>(
    book: &B,
    op: &Op,
    items: &[Item],
    date: Date,
) -> Result<Result<(), Code>, Stop<B::Error>> {
    let once = |(at, item): (usize, &Item)| items[..at].iter().all(|one| one.asset != item.asset);
    if items.len() > ITEMS_MAX || !items.iter().enumerate().all(once) {
        return Ok(Err(Code::MalformedFact));
    }
    if book.requested(op.request).map_err(Stop::Book)?.is_some() {
        return Ok(Err(Code::DuplicateRequest));
    }
    let mut work = Work::new(book, op, Standing::Pending, None);
    for item in items {
        let said = match item.asset {
            Asset::Points { .. } => may_spend(&mut work, item, date)?,
            Asset::Voucher(id) => may_use(&work, id, item.amount, date)?,
            Asset::Coupon(id) => may_take(&work, id, item.amount)?,
        };
        if said.is_err() {
            return Ok(said);
        }
    }
    Ok(Ok(()))
}

fn may_spend<B: Book>(
    work: &mut Work<'_, B>,
    item: &Item,
    date: Date,
) -> Result<Result<(), Code>, Stop<B::Error>> {
    let Asset::Points {
        customer,
        instrument,
    } = item.asset
    else {
        return Ok(Err(Code::MalformedFact));
    };
    if work.customer(customer)?.is_none() || work.is_erased(customer)? {
        return Ok(Err(Code::UnknownTarget));
    }
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    let of = programme.as_ref().and_then(|p| p.instrument(instrument));
    let Some(card) = of.and_then(|of| of.bonus()).filter(|_| item.amount > 0) else {
        return Ok(Err(Code::MalformedFact));
    };
    let position = work.positions_of(customer)?.combined()?;
    let mut left = position.spendable(instrument, card, date)?;
    for member in work.group(customer)? {
        let of = Asset::Points {
            customer: member,
            instrument,
        };
        left = left.minus(Points(kept_by_others(work, of)?))?;
    }
    if left.0 >= item.amount {
        return Ok(Ok(()));
    }
    Ok(Err(Code::NotEnoughPoints {
        balance: left.0.max(0),
        required: item.amount,
    }))
}

fn may_use<B: Book>(
    work: &Work<'_, B>,
    id: VoucherId,
    amount: i64,
    date: Date,
) -> Result<Result<(), Code>, Stop<B::Error>> {
    let Some(voucher) = work.voucher(id)? else {
        return Ok(Err(Code::UnknownVoucher));
    };
    if let Err(code) = voucher.usable(date) {
        return Ok(Err(code));
    }
    let instrument = voucher.instrument.0.into();
    let left = open_part(work, &voucher)?;
    Ok(match left {
        None => Err(Code::KeptElsewhere { instrument }),
        Some(left) if amount < 0 || left.0 < amount => Err(Code::VoucherShort {
            instrument,
            missing: amount.saturating_sub(left.0),
        }),
        Some(_) => Ok(()),
    })
}

/// One more use of a code with a total limit.
fn may_take<B: Book>(
    work: &Work<'_, B>,
    id: InstrumentId,
    amount: i64,
) -> Result<Result<(), Code>, Stop<B::Error>> {
    let Some(coupon) = coupons::limited(work, work.op.programme, id)?.filter(|_| amount == 1)
    else {
        return Ok(Err(Code::MalformedFact));
    };
    let total = coupon.total.map_or(i64::MAX, i64::from);
    let used = work.coupon_uses(id)?;
    let taken = used.saturating_add(kept_by_others(work, Asset::Coupon(id))?);
    let instrument = id.0.into();
    Ok(match taken < total {
        true => Ok(()),
        false => Err(Code::CouponsGone { instrument, total }),
    })
}

/// Whether a use of a code is kept for this receipt, and how many for others.
pub(super) fn coupons_kept<B: Book>(
    work: &Work<'_, B>,
    id: InstrumentId,
) -> Result<(bool, i64), Stop<B::Error>> {
    let asset = Asset::Coupon(id);
    Ok((
        kept_here(work, asset)?.is_some(),
        kept_by_others(work, asset)?,
    ))
}

/// What of a voucher no other receipt keeps; none where nothing of it is free.
pub(super) fn open_part<B: Book>(
    work: &Work<'_, B>,
    voucher: &Voucher,
) -> Result<Option<Money>, Stop<B::Error>> {
    let own = own_receipt(work);
    let asset = Asset::Voucher(voucher.id);
    let kept = work.book.reserved(asset).map_err(Stop::Book)?;
    let others: Vec<i64> = kept
        .iter()
        .filter(|one| one.receipt != own)
        .map(|one| one.amount)
        .collect();
    if others.is_empty() {
        return Ok(Some(voucher.left()));
    }
    // A coupon is kept as a whole.
    let left = others
        .iter()
        .try_fold(voucher.left(), |left, kept| left.minus(Money(*kept)))?;
    Ok(left.is_positive().then_some(left))
}

fn own_receipt<B: Book>(work: &Work<'_, B>) -> Receipt {
    Receipt {
        device: work.op.id.0.device(),
        request: work.op.request,
    }
}

/// How much of an asset is kept for other receipts.
fn kept_by_others<B: Book>(work: &Work<'_, B>, asset: Asset) -> Result<i64, Stop<B::Error>> {
    let own = own_receipt(work);
    let kept = work.book.reserved(asset).map_err(Stop::Book)?;
    let others = kept.iter().filter(|one| one.receipt != own);
    let sum = others.map(|one| one.amount);
    Ok(sum
        .into_iter()
        .try_fold(0_i64, i64::checked_add)
        .ok_or(Overflow)?)
}

/// How much of an asset is kept for this very receipt.
fn kept_here<B: Book>(work: &Work<'_, B>, asset: Asset) -> Result<Option<i64>, Stop<B::Error>> {
    let own = own_receipt(work);
    let kept = work.book.reserved(asset).map_err(Stop::Book)?;
    Ok(kept.iter().find(|one| one.receipt == own).map(|k| k.amount))
}

/// Whether the order asks this op for what was kept: the authority's own needs nothing kept, and a phone's view of its
/// own op does not know.
const fn is_asked(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Ordered {
            author: Author::Device,
            ..
        }
    )
}

/// What a sale spent of a card whose points are spent `online` only, without having had them kept (U2).
pub(super) fn points_unasked<B: Book>(
    work: &Work<'_, B>,
    claims: &[Claim],
) -> Result<Option<Code>, Stop<B::Error>> {
    if !is_asked(work.standing) || work.refused.is_some() {
        return Ok(None);
    }
    let redeems = |claim: &&Claim| claim.kind == EntryKind::Redeem;
    let mut unasked = Points::ZERO;
    for claim in claims.iter().filter(redeems) {
        let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
        let of = programme
            .as_ref()
            .and_then(|p| p.instrument(claim.instrument));
        let online = of
            .and_then(|of| of.bonus())
            .is_some_and(|card| card.redeem.offline == OfflinePolicy::Online);
        let asset = Asset::Points {
            customer: claim.customer,
            instrument: claim.instrument,
        };
        let spent = claim.effect.points.negated()?;
        if online && kept_here(work, asset)?.is_none_or(|kept| kept < spent.0) {
            unasked = unasked.plus(spent)?;
        }
    }
    let points = unasked.0;
    Ok(unasked
        .is_positive()
        .then_some(Code::RedeemedUnasked { points }))
}

/// A use of so much of a voucher above what may be taken unasked, without having had it kept (U3).
pub(super) fn voucher_unasked<B: Book>(
    work: &Work<'_, B>,
    voucher: &Voucher,
    (of, value): (&crate::programme::Instrument, Money),
) -> Result<Option<Code>, Stop<B::Error>> {
    if !is_asked(work.standing) || of.voucher_offline().accepts(value) {
        return Ok(None);
    }
    let kept = kept_here(work, Asset::Voucher(voucher.id))?;
    let of_coupon = of.certificate().is_none();
    let enough = kept.is_some_and(|kept| of_coupon || kept >= value.0);
    Ok((!enough).then_some(Code::VoucherUnasked {
        instrument: of.id.0.into(),
        value: value.0,
    }))
}
