//! Vouchers whose last day is over, as ops of the authority's own: what was left is taken out, and a use that comes
//! late but is dated within their life gets it back (L5, G1).
//!
//! A writer calls [`sweep_vouchers`] once per business day, and [`revive_vouchers`] after every op, within its
//! transaction.

use super::Decided;
use super::expiry::is_over;
use crate::moment::Date;
use crate::money::{Money, Overflow};
use crate::op::Fact;
use crate::row::Row;
use crate::voucher::{Act, Move, Voucher, VoucherState};

/// What takes out of `vouchers` what ended more than 72 h before `today`.
pub fn sweep_vouchers<'a>(
    vouchers: impl IntoIterator<Item = &'a Voucher>,
    today: Date,
) -> Vec<Fact> {
    let ended = |one: &&Voucher| {
        let over = one.last_day.is_some_and(|last| is_over(last, today));
        over && one.state == VoucherState::Issued
    };
    let expire = |one: &Voucher| {
        Fact::Move(Move {
            voucher: one.id,
            act: Act::Expire(one.balance.max(Money::ZERO)),
        })
    };
    vouchers.into_iter().filter(ended).map(expire).collect()
}

/// What gives back, of what had expired, as much as late uses among `rows` took.
///
/// # Errors
/// [`Overflow`].
pub fn revive_vouchers(rows: &[Decided]) -> Result<Vec<Fact>, Overflow> {
    let mut facts = Vec::new();
    for decided in rows {
        if let Row::Voucher(one) = &decided.row
            && one.balance < Money::ZERO
        {
            facts.push(Fact::Move(Move {
                voucher: one.id,
                act: Act::Revive(one.balance.negated()?),
            }));
        }
    }
    Ok(facts)
}
