//! Coupons that were named and greetings whose day has come (D1, step 3; G2, K2). One without effect is not used
//! up (D2).

use super::bill::{Bill, Cut, cut};
use super::{Evaluation, QuoteError};
use crate::allocate::Allocate;
use crate::codes::Code;
use crate::ids::CustomerId;
use crate::ledger::{About, Effect, EntryKind};
use crate::moment::DayOfYear;
use crate::op::Claim;
use crate::position::Position;
use crate::programme::{Benefit, Goods, Greeting, GreetingFor, Instrument, Stacking, Terms};

/// Who the receipt is for, if anybody known.
type Who<'a> = Option<(CustomerId, &'a Position)>;

/// Lowers the receipt by greetings and named coupons, less priority first (D4).
pub(super) fn apply(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    let who = on.ask.customer;
    for of in on.by_priority() {
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
                    _ => give(on, of, &coupon.gives, who)?,
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
    for code in on.ask.codes {
        let known = |of: &&Instrument| matches!(&of.terms, Terms::Coupon(c) if c.code == *code);
        if !on.ask.programme.instruments().iter().any(|of| known(&of)) {
            on.say(Code::UnknownCoupon);
        }
    }
    Ok(())
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

fn give(
    on: &mut Evaluation<'_>,
    of: &Instrument,
    benefit: &Benefit,
    who: Who<'_>,
) -> Result<(), QuoteError> {
    if !on.is_open(of) || !on.reaches_minimum(of)? {
        return Ok(());
    }
    let rate = match benefit {
        Benefit::Percent(rate) => *rate,
        Benefit::Gift(gift) => gift.rate,
        Benefit::Amount(_) => 0,
    };
    let cut = cut_of(&on.bill, &of.rules.stacking, benefit)?;
    on.lower(of, &cut, rate.into());
    if let Some((customer, position)) = who.filter(|_| cut.total.is_positive()) {
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
