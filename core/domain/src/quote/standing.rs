//! What the customer becomes by this receipt: member, holder of a card, of a higher level (Q2, C6). It counts from
//! the next receipt on (E5).

use super::{Evaluation, QuoteError};
use crate::codes::Code;
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, EntryKind};
use crate::moment::Month;
use crate::money::{Money, Points};
use crate::op::Claim;
use crate::position::{Membership, MonthSum, Position};
use crate::programme::{Club, Instrument, Joining, Terms, Tiers};
use crate::purchase::Line;

/// Says which receipt earns a card, also where nobody is known yet (C6).
pub(super) fn threshold(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    for of in on.ask.programme.instruments() {
        let Terms::Issue(issue) = &of.terms else {
            continue;
        };
        let holds = on
            .ask
            .customer
            .is_some_and(|(_, position)| position.is_member(issue.card, on.ask.at.date));
        if holds || !on.is_open(of) {
            continue;
        }
        let (instrument, card) = (of.id.0.into(), issue.card.0.into());
        let missing = issue.receipt.minus(price(on)?)?;
        if missing.is_positive() {
            on.say(Code::CardMissing {
                instrument,
                card,
                missing: missing.0,
            });
            continue;
        }
        on.say(Code::CardEarned { instrument, card });
        if let Some((customer, position)) = on.ask.customer {
            let months = match on.ask.programme.instrument(issue.card).map(|of| &of.terms) {
                Some(Terms::Club(club)) => membership(on, club, position, issue.card),
                _ => Membership::Lasting,
            };
            join(on, customer, position, issue.card, months);
        }
    }
    Ok(())
}

/// Claims what the customer becomes.
pub(super) fn apply(
    on: &mut Evaluation<'_>,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    for of in on.ask.programme.instruments() {
        match &of.terms {
            Terms::Club(club) if on.is_open(of) && joins(on, of, club, position)? => {
                let until = membership(on, club, position, of.id);
                join(on, customer, position, of.id, until);
            }
            Terms::Tiers(tiers) => climb(on, of, tiers, (customer, position))?,
            _ => {}
        }
    }
    Ok(())
}

/// What the receipt's goods cost after discounts.
fn price(on: &Evaluation<'_>) -> Result<Money, QuoteError> {
    let lines = on.bill.lines.iter();
    Ok(lines
        .map(Line::spent)
        .try_fold(Money::ZERO, |sum, price| sum.plus(price?))?)
}

fn joins(
    on: &Evaluation<'_>,
    of: &Instrument,
    club: &Club,
    position: &Position,
) -> Result<bool, QuoteError> {
    let member = position.is_member(of.id, on.ask.at.date);
    Ok(match club.joining {
        Joining::Receipt(least) => !member && price(on)? >= least,
        Joining::Spent(least) => !member && position.spent.plus(price(on)?)? >= least,
        Joining::Fee(goods) => on.bill.lines.iter().any(|line| line.goods == Some(goods)),
        Joining::Invitation => on.ask.invited.contains(&of.id),
    })
}

fn membership(
    on: &Evaluation<'_>,
    club: &Club,
    position: &Position,
    id: InstrumentId,
) -> Membership {
    let running = match position.memberships.get(&id) {
        Some(Membership::Until(last)) => Some(*last),
        Some(Membership::Lasting) => return Membership::Lasting,
        None => None,
    };
    let last = club.last_day(running, on.ask.at.date);
    last.map_or(Membership::Lasting, Membership::Until)
}

fn join(
    on: &mut Evaluation<'_>,
    customer: CustomerId,
    position: &Position,
    club: InstrumentId,
    until: Membership,
) {
    on.claims.push(Claim {
        customer,
        instrument: club,
        kind: EntryKind::Join,
        effect: Effect::NONE,
        lot: None,
        about: About::Member {
            before: position.memberships.get(&club).copied(),
            until,
        },
    });
    on.say(Code::Joined {
        instrument: club.0.into(),
    });
}

/// Up at once (Q2): with this receipt counted, which level is reached?
fn climb(
    on: &mut Evaluation<'_>,
    of: &Instrument,
    tiers: &Tiers,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    let date = on.ask.at.date;
    let status = on.claims.iter().filter(|c| c.kind == EntryKind::Earn);
    let status = Points::total(status.map(|claim| claim.effect.status))?;
    let part = MonthSum {
        spent: price(on)?,
        visits: 1,
        status,
    };
    let mut after = Position {
        months: position.months.clone(),
        ..Position::default()
    };
    after.add_to_month(Month::of(date), part)?;
    let (held, reached) = (position.level(of.id), tiers.reached(&after, date)?);
    let instrument = of.id.0.into();
    if reached > held {
        on.claims.push(Claim {
            customer,
            instrument: of.id,
            kind: EntryKind::Level,
            effect: Effect::NONE,
            lot: None,
            about: About::Level(reached),
        });
        on.say(Code::LevelReached {
            instrument,
            level: reached.into(),
        });
    } else if let Some(missing) = tiers.missing(held, &after, date)? {
        on.say(Code::NextLevel {
            instrument,
            missing: missing.0,
        });
    }
    Ok(())
}
