//! The customer's own discount: of several cards that stand alone the best one wins, those declared stackable
//! come on top of it (D1, step 2).

use super::{Evaluation, QuoteError};
use crate::codes::Code;
use crate::ids::CustomerId;
use crate::position::Position;
use crate::programme::{Goods, Instrument, Terms, Together};

/// Lowers the receipt by the customer's cards; each says what it did or why not (D6).
pub(super) fn apply(on: &mut Evaluation<'_>) -> Result<(), QuoteError> {
    let mut rated = Vec::new();
    for card in on.by_priority() {
        if let Some(rate) = rate_of(on, card)? {
            rated.push((card, rate));
        }
    }
    let is_alone = |card: &Instrument| card.rules.stacking.together == Together::Alone;
    let (alone, stackable): (Vec<_>, Vec<_>) = rated.into_iter().partition(|(c, _)| is_alone(c));
    let mut best = None;
    for (card, rate) in &alone {
        let cut = on
            .bill
            .percent(&card.rules.stacking, &Goods::default(), *rate)?;
        // Of equals the first wins: less priority, then less id (D4).
        if best.as_ref().is_none_or(|(_, _, most)| cut.total > *most) {
            best = Some((card.id, cut.clone(), cut.total));
        }
    }
    for (card, rate) in alone {
        match &best {
            Some((winner, cut, _)) if *winner == card.id => on.lower(card, cut, rate.into()),
            Some((winner, ..)) => on.say(Code::BetterApplied {
                instrument: card.id.0.into(),
                other: winner.0.into(),
            }),
            None => {}
        }
    }
    for (card, rate) in stackable {
        let cut = on
            .bill
            .percent(&card.rules.stacking, &Goods::default(), rate)?;
        on.lower(card, &cut, rate.into());
    }
    Ok(())
}

/// The rate a customer has with a card now, or nothing and the reason said.
fn rate_of(on: &mut Evaluation<'_>, card: &Instrument) -> Result<Option<u16>, QuoteError> {
    let Some((_, position)) = on.ask.customer else {
        return Ok(None);
    };
    let terms = match &card.terms {
        Terms::Discount(terms) => terms,
        Terms::Club(club) if club.rate > 0 => return member(on, card, club.rate),
        Terms::Tiers(tiers) => {
            let held = tiers.level(position.level(card.id));
            return match held.filter(|level| level.rate > 0 && on.is_open(card)) {
                Some(level) => Ok(on.reaches_minimum(card)?.then_some(level.rate)),
                None => Ok(None),
            };
        }
        _ => return Ok(None),
    };
    if !on.is_open(card) {
        return Ok(None);
    }
    if let Some(next) = terms.next(position.spent) {
        on.say(Code::NextRate {
            instrument: card.id.0.into(),
            missing: next.from.minus(position.spent)?.0,
            rate: next.rate.into(),
        });
    }
    let Some(rate) = terms.rate(position.spent) else {
        return Ok(None);
    };
    Ok(on.reaches_minimum(card)?.then_some(rate))
}

/// The rate of a club's member; somebody else is told so.
fn member(
    on: &mut Evaluation<'_>,
    club: &Instrument,
    rate: u16,
) -> Result<Option<u16>, QuoteError> {
    let today = on.ask.at.date;
    let is_member = |(_, position): (CustomerId, &Position)| position.is_member(club.id, today);
    if !on.ask.customer.is_some_and(is_member) {
        on.say(Code::NotForThisCustomer {
            instrument: club.id.0.into(),
        });
        return Ok(None);
    }
    Ok((on.is_open(club) && on.reaches_minimum(club)?).then_some(rate))
}
