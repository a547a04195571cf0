//! Coupons that were named and greetings whose day has come (D1, step 3; G2, K2). One without effect is not used
//! up (D2).

use std::iter::Peekable;
use std::vec::IntoIter;

use super::bill::{Bill, Cut, cut};
use super::certificates::refusal;
use super::{Asked, Evaluation, Presented, QuoteError};
use crate::allocate::Allocate;
use crate::codes::Code;
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, EntryKind};
use crate::moment::DayOfYear;
use crate::money::Money;
use crate::op::Claim;
use crate::position::Position;
use crate::programme::{
    Benefit, Counting, Coupon, Goods, Greeting, GreetingFor, Instrument, Stacking, Terms,
};
use crate::voucher::{Act, Move};

/// Who the receipt is for, if anybody known.
type Who<'a> = Option<(CustomerId, &'a Position)>;

/// Lowers the receipt by greetings and named coupons, less priority first (D4).
pub(super) fn apply(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    let who = on.ask.customer;
    let mut numbered = in_order(on);
    for of in on.by_priority() {
        while let Some(next) = numbered.next_if(|next| rank(next.of) < rank(of)) {
            lay_down(on, next)?;
        }
        match &of.terms {
            Terms::Coupon(coupon) if on.ask.codes.contains(&coupon.code.as_str()) => {
                let uses = who.map(|(_, position)| position.uses_of(of.id));
                let limited = coupon.per_customer.is_some() || coupon.per_day.is_some();
                let instrument = of.id.0.into();
                match uses {
                    None if limited => on.say(Code::NoCustomer),
                    Some(uses) if !coupon.is_left(uses, on.ask.at.date) => {
                        on.say(Code::CouponUsedUp { instrument });
                    }
                    _ => match total_refusal(on, of, coupon)? {
                        Some(code) => on.say(code),
                        None => give(on, of, &coupon.gives, who)?,
                    },
                }
            }
            Terms::Greeting(greeting)
                if who.is_some_and(|(_, position)| is_due(on, of, greeting, position)) =>
            {
                give(on, of, &greeting.gives, who)?;
            }
            _ => {}
        }
    }
    for next in numbered {
        lay_down(on, next)?;
    }
    for code in on.ask.codes {
        let known = |of: &&Instrument| matches!(&of.terms, Terms::Coupon(c) if c.code == *code);
        if !on.ask.programme.instruments().iter().any(|of| known(&of)) {
            on.say(Code::UnknownCoupon);
        }
    }
    Ok(())
}

/// Why the total limit of a code does not let it be used, if so (G2).
fn total_refusal(
    on: &Evaluation<'_>,
    of: &Instrument,
    coupon: &Coupon,
) -> Result<Option<Code>, QuoteError> {
    let (Some(total), instrument) = (coupon.total.map(i64::from), of.id.0.into()) else {
        return Ok(None);
    };
    let known = on.ask.used.iter().find(|used| used.instrument == of.id);
    if known.is_some_and(|used| used.count >= total) {
        return Ok(Some(Code::CouponsGone { instrument, total }));
    }
    let unasked = known.is_some_and(|used| used.asked == Asked::No);
    if unasked && coupon.counting == Counting::First {
        let value = cut_of(&on.bill, &of.rules.stacking, &coupon.gives)?.total.0;
        return Ok(Some(Code::AskServerFirst { instrument, value }));
    }
    Ok(None)
}

/// Whether one of the customer's days is near and its gift was not taken yet.
fn is_due(on: &Evaluation<'_>, of: &Instrument, greeting: &Greeting, position: &Position) -> bool {
    let (ask, today) = (on.ask, on.ask.at.date);
    let first_visit = position
        .first_visit
        .filter(|first| *first < today)
        .map(DayOfYear::of);
    let days: Vec<DayOfYear> = match greeting.on {
        GreetingFor::Birthday => ask.birthday.into_iter().collect(),
        GreetingFor::Relative => ask.relatives.to_vec(),
        GreetingFor::FirstVisit => first_visit.into_iter().collect(),
    };
    let open = |day: &DayOfYear| greeting.window(day.days_away(today), today);
    let last = position.uses_of(of.id).last;
    let mut windows = days.iter().filter_map(open);
    windows.any(|first| last.is_none_or(|last| last < first))
}

/// Less priority first, then less id (D4).
const fn rank(of: &Instrument) -> (u16, InstrumentId) {
    (of.rules.stacking.priority, of.id)
}

/// The coupons with numbers that were laid on the counter, in the order in which they work.
fn in_order<'a>(on: &Evaluation<'a>) -> Peekable<IntoIter<&'a Presented<'a>>> {
    let coupon = |one: &&Presented<'_>| matches!(one.of.terms, Terms::Numbered(_));
    let mut all: Vec<&Presented<'_>> = on.ask.presented.iter().filter(coupon).collect();
    all.sort_by_key(|one| (rank(one.of), one.voucher.id));
    all.into_iter().peekable()
}

/// Lowers the receipt by one coupon with a number, under the terms it was issued by (L9).
///
/// Its own number says that it was used; the customer's account need not.
fn lay_down(on: &mut Evaluation<'_>, one: &Presented<'_>) -> Result<(), QuoteError> {
    let Terms::Numbered(coupon) = &one.of.terms else {
        return Ok(());
    };
    if let Some(code) = refusal(on, one) {
        on.say(code);
        return Ok(());
    }
    if !on.is_open(one.of) || !on.reaches_minimum(one.of)? {
        return Ok(());
    }
    let value = cut_of(&on.bill, &one.of.rules.stacking, &coupon.gives)?.total;
    if one.asked == Asked::No && !coupon.offline.accepts(value) {
        let instrument = one.of.id.0.into();
        let value = value.0;
        on.say(Code::AskServerFirst { instrument, value });
        return Ok(());
    }
    if lower(on, one.of, &coupon.gives)? {
        on.moves.push(Move {
            voucher: one.voucher.id,
            act: Act::Use {
                paid: Money::ZERO,
                taken: Money::ZERO,
            },
        });
    }
    Ok(())
}

fn give(
    on: &mut Evaluation<'_>,
    of: &Instrument,
    benefit: &Benefit,
    who: Who<'_>,
) -> Result<(), QuoteError> {
    if !on.is_open(of) || !on.reaches_minimum(of)? {
        return Ok(());
    }
    let lowered = lower(on, of, benefit)?;
    if let Some((customer, position)) = who.filter(|_| lowered) {
        on.claims.push(Claim {
            customer,
            instrument: of.id,
            kind: EntryKind::Use,
            effect: Effect::NONE,
            lot: None,
            about: About::Used(position.uses_of(of.id).last),
        });
    }
    Ok(())
}

/// Lowers the receipt by a benefit; says whether it had an effect.
fn lower(on: &mut Evaluation<'_>, of: &Instrument, benefit: &Benefit) -> Result<bool, QuoteError> {
    let rate = match benefit {
        Benefit::Percent(rate) => *rate,
        Benefit::Gift(gift) => gift.rate,
        Benefit::Amount(_) => 0,
    };
    let cut = cut_of(&on.bill, &of.rules.stacking, benefit)?;
    on.lower(of, &cut, rate.into());
    Ok(cut.total.is_positive())
}

fn cut_of(bill: &Bill, rule: &Stacking, benefit: &Benefit) -> Result<Cut, Allocate> {
    match benefit {
        Benefit::Percent(rate) => bill.percent(rule, &Goods::default(), *rate),
        Benefit::Gift(gift) => bill.gift(rule, gift),
        Benefit::Amount(off) => {
            let room = bill.room(rule, &Goods::default())?;
            cut(rule, *off, &room, &room)
        }
    }
}
