//! The total limit of a code that many know (G2): counted in the authority's order, over all devices.
//!
//! The count is a row that every phone has, so a till knows when nothing is left as of its last exchange. What is used
//! above the limit all the same counts, and the owner sees it; exact is only what was asked for first.

use super::work::Work;
use super::{Author, Book, Echo, Standing, Stop, reserve};
use crate::codes::Code;
use crate::ids::{InstrumentId, ProgrammeVersion};
use crate::money::Overflow;
use crate::programme::{Counting, Coupon, Terms};
use crate::purchase::{Purchase, ShareKind};
use crate::row::{CouponUses, Row, RowKind};

impl<B: Book> Work<'_, B> {
    /// How often a coupon was used, this op included.
    pub(super) fn coupon_uses(&self, instrument: InstrumentId) -> Result<i64, Stop<B::Error>> {
        match self.row(RowKind::CouponUses, i64::from(instrument.0)) {
            Some(Row::CouponUses(uses)) => Ok(uses.count),
            _ => self.book.coupon_uses(instrument).map_err(Stop::Book),
        }
    }
}

/// The coupons with a total limit that lowered a purchase, under the version it was made by.
fn used_on<B: Book>(
    work: &Work<'_, B>,
    purchase: &Purchase,
) -> Result<Vec<(InstrumentId, Coupon)>, Stop<B::Error>> {
    let shares = purchase.lines.iter().flat_map(|line| &line.shares);
    let lowered = shares.filter(|share| share.kind == ShareKind::Discount);
    let mut ids: Vec<InstrumentId> = lowered.map(|share| share.instrument).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut used = Vec::new();
    for id in ids {
        used.extend(limited(work, purchase.programme, id)?.map(|coupon| (id, coupon)));
    }
    Ok(used)
}

/// A coupon that has a total limit under a version.
pub(super) fn limited<B: Book>(
    work: &Work<'_, B>,
    version: ProgrammeVersion,
    id: InstrumentId,
) -> Result<Option<Coupon>, Stop<B::Error>> {
    let programme = work.book.programme(version).map_err(Stop::Book)?;
    let of = programme.as_ref().and_then(|p| p.instrument(id));
    Ok(match of.map(|of| &of.terms) {
        Some(Terms::Coupon(coupon)) if coupon.total.is_some() => Some(coupon.clone()),
        _ => None,
    })
}

/// Counts the coupons of a sale; says what the owner should see of them.
pub(super) fn count<B: Book>(
    work: &mut Work<'_, B>,
    purchase: &Purchase,
) -> Result<Vec<Code>, Stop<B::Error>> {
    let mut flags = Vec::new();
    if work.refused.is_some() {
        return Ok(flags);
    }
    let by_device = matches!(
        work.standing,
        Standing::Ordered {
            author: Author::Device,
            ..
        }
    );
    for (id, coupon) in used_on(work, purchase)? {
        let count = add(work, id, 1)?;
        if !by_device {
            continue;
        }
        let (instrument, total) = (i64::from(id.0), coupon.total.unwrap_or(u32::MAX));
        let (own, others) = reserve::coupons_kept(work, id)?;
        if own {
            continue;
        }
        if coupon.counting == Counting::First {
            flags.push(Code::VoucherUnasked {
                instrument,
                value: 0,
            });
        }
        if count.saturating_add(others) > i64::from(total) {
            let total = i64::from(total);
            flags.push(Code::CouponAboveTotal { instrument, total });
        }
    }
    Ok(flags)
}

/// A receipt of which nothing was kept did not use its coupons (X5).
pub(super) fn give_back<B: Book>(
    work: &mut Work<'_, B>,
    purchase: &Purchase,
) -> Result<(), Stop<B::Error>> {
    for (id, _) in used_on(work, purchase)? {
        add(work, id, -1)?;
    }
    Ok(())
}

fn add<B: Book>(
    work: &mut Work<'_, B>,
    instrument: InstrumentId,
    more: i64,
) -> Result<i64, Stop<B::Error>> {
    let before = work.coupon_uses(instrument)?;
    let count = before.checked_add(more).ok_or(Overflow)?.max(0);
    let uses = CouponUses { instrument, count };
    work.put(Row::CouponUses(uses), Echo::AsClaimed);
    Ok(count)
}
