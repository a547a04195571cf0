//! Points that end together when nobody came for long (L6): the last day follows from the business date of the last
//! purchase, whenever its op arrives.
//!
//! A purchase after that day finds points that have ended already, whether or not a sweep has been here; one that
//! arrives late but was made in time prolongs them, and what was taken out meanwhile comes back.

use std::collections::BTreeMap;

use super::expiry::{expire, last_visit};
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, Entry, EntryKind, LotTerms};
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::op::Claim;
use crate::position::{Position, Wallet};
use crate::programme::{BonusCard, Expiry, Instrument, Programme};

/// Takes out what had ended before a purchase `on` a day: of what was there `then`, whatever is left `now`.
pub(super) fn ended_before(
    then: &[(CustomerId, Position)],
    now: &[(CustomerId, Position)],
    programme: &Programme,
    (on, today): (Date, Date),
) -> Result<Vec<Claim>, Overflow> {
    let Some(last_visit) = last_visit(then) else {
        return Ok(Vec::new());
    };
    let mut claims = Vec::new();
    for (instrument, card) in cards(programme) {
        let Some(last) = card.inactive_after(last_visit).filter(|last| *last < on) else {
            continue;
        };
        for (customer, position) in then {
            let after = now.iter().find(|(member, _)| member == customer);
            let after = after.and_then(|(_, position)| position.wallet(instrument));
            let were = lasting(position.wallet(instrument), on)?;
            let points = were.min(lasting(after, today)?);
            if points.is_positive() {
                let lot = LotTerms {
                    available_on: last,
                    expires_on: None,
                };
                claims.push(expire(
                    (*customer, instrument),
                    lot,
                    points,
                    card.point_value,
                )?);
            }
        }
    }
    Ok(claims)
}

/// Gives back what was taken out although a purchase `on` a day, known only now, had prolonged it: up to today, or up
/// to the next purchase that is known. Bounded by the owner's grace, as all that is late (L5).
pub(super) fn prolonged(
    now: &[(CustomerId, Position)],
    past: &[Entry],
    programme: &Programme,
    (on, today): (Date, Date),
) -> Result<Vec<Claim>, Overflow> {
    let mut claims = Vec::new();
    for (instrument, card) in cards(programme) {
        let Some(to) = card.inactive_after(on) else {
            continue;
        };
        for ((customer, last), left) in taken_out(past, instrument)? {
            let next = last_visit(now).filter(|next| *next > last);
            let lives_on = today <= to || next.is_some_and(|next| next <= to);
            let in_time = (today - last).num_days() <= card.grace();
            let here = now.iter().any(|(member, _)| *member == customer);
            if on <= last && last < to && lives_on && in_time && here && left.points.is_positive() {
                claims.push(Claim {
                    customer,
                    instrument,
                    kind: EntryKind::Revive,
                    effect: left,
                    lot: Some(LotTerms {
                        available_on: last,
                        expires_on: None,
                    }),
                    about: About::Nothing,
                });
            }
        }
    }
    Ok(claims)
}

/// The cards whose points end by inactivity.
fn cards(programme: &Programme) -> impl Iterator<Item = (InstrumentId, &BonusCard)> {
    let card = |of: &'_ Instrument| of.bonus().is_some_and(is_idle);
    let all = programme.instruments().iter().filter(move |of| card(of));
    all.filter_map(|of| Some((of.id, of.bonus()?)))
}

const fn is_idle(card: &BonusCard) -> bool {
    matches!(card.expiry, Expiry::Inactive(_))
}

/// Available points without a day of their own.
fn lasting(wallet: Option<&Wallet>, date: Date) -> Result<Points, Overflow> {
    let Some(wallet) = wallet else {
        return Ok(Points::ZERO);
    };
    let mut wallet = wallet.clone();
    wallet.ripen(date)?;
    let bucket = wallet.buckets.iter().find(|b| b.expires_on.is_none());
    Ok(bucket.map_or(Points::ZERO, |b| b.points))
}

/// What inactivity took of each member's points by the last day it gave, less what came back.
fn taken_out(
    past: &[Entry],
    instrument: InstrumentId,
) -> Result<BTreeMap<(CustomerId, Date), Effect>, Overflow> {
    let mut taken: BTreeMap<(CustomerId, Date), Effect> = BTreeMap::new();
    for entry in past.iter().filter(|entry| entry.instrument == instrument) {
        if let (EntryKind::Expire | EntryKind::Revive, Some(lot)) = (entry.kind, entry.lot)
            && lot.expires_on.is_none()
        {
            let sum = taken.entry((entry.customer, lot.available_on)).or_default();
            *sum = sum.plus(entry.effect().negated()?)?;
        }
    }
    Ok(taken)
}
