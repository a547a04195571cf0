//! Expiry is a property of a lot's date; the entries for it are posted later, for reports (L5).
//!
//! Nobody can spend a point after its last day, whether or not the sweep has been here: a debit takes only
//! from buckets that are alive on its own date. So the sweep may wait 72 h for the phones that were
//! offline, and a debit that arrives later still gets what it was promised by a counter-entry. Both are
//! claims of an op of the authority's own, decided like any other; a writer calls
//! - [`sweep_person`] once per business day, and
//! - [`after`](super::after()), which asks [`revive`], after every op, within the same transaction.

use std::collections::BTreeMap;

use super::Decided;
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, Entry, EntryKind, LotTerms, Use};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Rounding, scale};
use crate::op::Claim;
use crate::planted;
use crate::position::{Bucket, Position, Wallet};
use crate::programme::{BonusCard, Expiry, Instrument, Late, Programme, Terms};
use crate::row::Row;

/// Days after a lot's last day that phones have to bring what they sold in it: 72 h.
pub const WAIT_DAYS: i64 = 3;

/// Whether the 72 h after `last` are over on `today`.
pub(super) fn is_over(last: Date, today: Date) -> bool {
    (today - last).num_days() > WAIT_DAYS
}

/// The claims that take out of `positions` what ended more than 72 h before `today`, for an op of the
/// authority's own (at most [`crate::op::ENTRIES_MAX`] of them each).
///
/// `programme` is the version in force: it says what a point is worth now.
///
/// # Errors
/// [`Overflow`].
pub fn sweep<'a>(
    positions: impl IntoIterator<Item = (CustomerId, &'a Position)>,
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Overflow> {
    let mut claims = Vec::new();
    for (customer, position) in positions {
        let last_visit = position.last_visit;
        claims.extend(sweep_member(
            (customer, position),
            last_visit,
            programme,
            today,
        )?);
    }
    Ok(claims)
}

/// The same for the members of one person: an account is inactive only when nobody came with any of its cards (L6, I2).
///
/// # Errors
/// [`Overflow`].
pub fn sweep_person(
    members: &[(CustomerId, Position)],
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Overflow> {
    let last_visit = last_visit(members);
    let mut claims = Vec::new();
    for (customer, position) in members {
        let member = (*customer, position);
        claims.extend(sweep_member(member, last_visit, programme, today)?);
    }
    Ok(claims)
}

/// The last purchase of a person with any of their cards.
pub(super) fn last_visit(members: &[(CustomerId, Position)]) -> Option<Date> {
    members.iter().filter_map(|(_, p)| p.last_visit).max()
}

/// Whether the points of a card of this version end by inactivity: then a day's end depends on every purchase.
#[must_use]
pub fn has_inactivity(programme: &Programme) -> bool {
    let mut cards = programme.instruments().iter().filter_map(Instrument::bonus);
    cards.any(|card| matches!(card.expiry, Expiry::Inactive(_)))
}

fn sweep_member(
    (customer, position): (CustomerId, &Position),
    last_visit: Option<Date>,
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Overflow> {
    let mut claims = Vec::new();
    for (&instrument, wallet) in &position.wallets {
        let terms = programme.instrument(instrument);
        let worth = terms.map_or(Money::ZERO, Instrument::point_value);
        let card = terms.and_then(Instrument::bonus);
        let idle = card
            .zip(last_visit)
            .and_then(|(card, last)| card.inactive_after(last));
        for (lot, points) in ended(wallet, idle, today)? {
            claims.push(expire((customer, instrument), lot, points, worth)?);
        }
    }
    Ok(claims)
}

/// The claim that takes `points` out of the bucket of `lot`.
pub(super) fn expire(
    (customer, instrument): (CustomerId, InstrumentId),
    lot: LotTerms,
    points: Points,
    worth: Money,
) -> Result<Claim, Overflow> {
    let value = points.0.checked_mul(worth.0).ok_or(Overflow)?;
    Ok(Claim {
        customer,
        instrument,
        kind: EntryKind::Expire,
        effect: Effect::points(points, Money(value)).negated()?,
        lot: Some(lot),
        about: About::Nothing,
    })
}

/// The buckets whose 72 h are over, those of lots that became available meanwhile included; `idle` is the
/// last day of those without a day of their own, if inactivity ends them.
fn ended(
    wallet: &Wallet,
    idle: Option<Date>,
    today: Date,
) -> Result<Vec<(LotTerms, Points)>, Overflow> {
    let mut wallet = wallet.clone();
    wallet.ripen(today)?;
    let life = |bucket: &Bucket| {
        let last = bucket
            .expires_on
            .or(idle)
            .filter(|last| is_over(*last, today))?;
        let lot = LotTerms {
            available_on: last,
            expires_on: bucket.expires_on,
        };
        Some((lot, bucket.points))
    };
    Ok(wallet.buckets.iter().filter_map(life).collect())
}

/// The debits among `rows` that a sweep may have been before: dated so long ago, or taking back points of a lot that
/// ended so long ago.
pub fn late_debits(rows: &[Decided], today: Date) -> impl Iterator<Item = &Entry> {
    rows.iter().filter_map(move |decided| match &decided.row {
        Row::Entry(entry) => {
            let last = match entry.kind {
                EntryKind::Redeem => entry.date,
                // Taken back from a lot that has ended meanwhile (decision 46): without a day of its own, at any time.
                EntryKind::Reverse | EntryKind::Unthank => match entry.lot {
                    Some(lot) => lot.expires_on.unwrap_or(lot.available_on).min(entry.date),
                    None => entry.date,
                },
                _ => return None,
            };
            (entry.effect().points.0 < 0 && is_over(last, today)).then_some(entry)
        }
        _ => None,
    })
}

/// The counter-entries for debits that arrived after the sweep, but are dated within the life of a lot it
/// took: the debit takes from that lot first, and what it took instead is given back (L5).
///
/// `debits` are those of [`late_debits`]; `past` holds every expiry and counter-entry of their customers'
/// groups; `programme` is the version in force. A counter-entry names the bucket that is filled again; its
/// `available_on` is the last day of the lot that came back, so that the entries alone say how much of it
/// may still come back.
///
/// A later return of such a debit gives points back to the buckets that its own entry names.
///
/// # Errors
/// [`Overflow`].
pub fn revive(
    debits: &[&Entry],
    past: &[Entry],
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Overflow> {
    let mut claims = Vec::new();
    if planted!(ExpiryBeatsDebit) {
        return Ok(claims);
    }
    for debit in debits {
        let mut gone = gone_for(debit, past, &claims, (programme, today))?;
        for mut refill in refills(debit, programme, today)? {
            for (&last, lot) in &mut gone {
                let later = refill.expires_on.is_none_or(|bucket| bucket > last);
                let points = lot.points.min(refill.points);
                if !later || !points.is_positive() {
                    continue;
                }
                let value = Money(scale(lot.value.0, points.0, lot.points.0, Rounding::Down)?);
                refill.points = refill.points.minus(points)?;
                *lot = lot.plus(Effect::points(points, value).negated()?)?;
                claims.push(Claim {
                    customer: refill.member,
                    instrument: debit.instrument,
                    kind: EntryKind::Revive,
                    effect: Effect::points(points, value),
                    lot: Some(LotTerms {
                        available_on: last,
                        expires_on: refill.expires_on,
                    }),
                    about: About::Nothing,
                });
            }
        }
    }
    Ok(claims)
}

/// What a debit took elsewhere: the debt it left, then its buckets, last taken first. What was repaid of
/// the debt meanwhile is given back as if earned today.
fn refills(debit: &Entry, programme: &Programme, today: Date) -> Result<Vec<Use>, Overflow> {
    let taken = Points::total(debit.uses.iter().map(|u| u.points))?;
    let debt = Use {
        member: debit.customer,
        expires_on: match programme.instrument(debit.instrument).map(|i| &i.terms) {
            Some(Terms::Bonus(card)) => card.lot(today).expires_on,
            _ => None,
        },
        points: debit.effect().points.negated()?.minus(taken)?,
    };
    Ok(std::iter::once(debt)
        .chain(debit.uses.iter().rev().copied())
        .collect())
}

/// Whether points had a last day of their own, or ended by inactivity.
#[derive(Clone, Copy)]
enum HasDay {
    Yes,
    No,
}

/// What is left of the expired lots that the debit should have found, by their last day.
fn gone_for(
    debit: &Entry,
    past: &[Entry],
    claims: &[Claim],
    (programme, today): (&Programme, Date),
) -> Result<BTreeMap<Date, Effect>, Overflow> {
    let card = programme
        .instrument(debit.instrument)
        .and_then(Instrument::bonus);
    let grace = card.map_or(Late::default().grace_days.into(), BonusCard::grace);
    let found = |last: Date, has_day: HasDay| match (debit.kind, debit.lot, has_day) {
        // Nothing is owed for points of the lot itself that ended unused, however late the goods come back.
        (kind, Some(own), HasDay::Yes) if kind.takes_back() => own.expires_on == Some(last),
        (kind, Some(own), HasDay::No) if kind.takes_back() => {
            own.expires_on.is_none() && own.available_on <= last
        }
        (_, _, HasDay::Yes) => last >= debit.date && (today - last).num_days() <= grace,
        // What inactivity ended comes back with the purchase that prolonged it.
        (_, _, HasDay::No) => false,
    };
    let posted = past
        .iter()
        .map(|e| (e.instrument, e.kind, e.lot, e.effect()));
    let new = claims
        .iter()
        .map(|c| (c.instrument, c.kind, c.lot, c.effect));
    let by_inactivity = card.is_some_and(|card| matches!(card.expiry, Expiry::Inactive(_)));
    let mut gone = BTreeMap::new();
    for (instrument, kind, lot, effect) in posted.chain(new) {
        let last = match (kind, lot) {
            (EntryKind::Expire, Some(lot)) => match lot.expires_on {
                Some(last) => (last, HasDay::Yes),
                None => (lot.available_on, HasDay::No),
            },
            (EntryKind::Revive, Some(lot)) if by_inactivity => (lot.available_on, HasDay::No),
            (EntryKind::Revive, Some(lot)) => (lot.available_on, HasDay::Yes),
            _ => continue,
        };
        let (last, has_day) = last;
        if instrument == debit.instrument && found(last, has_day) {
            let left: &mut Effect = gone.entry(last).or_default();
            *left = left.plus(effect.negated()?)?;
        }
    }
    Ok(gone)
}
