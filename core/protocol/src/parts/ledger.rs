//! What the ledger's entries and claims have in common.

use kartka_domain::adjust::AdjustReason;
use kartka_domain::ids::{EntryId, InstrumentId};
use kartka_domain::ledger::{About, Bound, Effect, EntryKind, LotTerms, Raise, Resolved};
use kartka_domain::moment::{Date, date_of, day_number};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::Membership;

use super::opt_date;
use crate::WireError;
use crate::fields::{Record, Value};

/// Kinds of [`About`], the first number of its list.
const EARNED: i64 = 1;
const REWARD: i64 = 2;
const USED: i64 = 3;
const MEMBER: i64 = 4;
const LEVEL: i64 = 5;
const ADJUSTED: i64 = 70;
const BROUGHT: i64 = 80;

/// What a campaign adds to an earn: its id, points, what bounds them. It stands beside [`About`], so that a version that
/// knows no campaigns reads the rest.
const RAISE: u16 = 140;

/// A membership as two numbers: 0 and 0 = none, 1 and its last day, 2 and 0 = for ever.
pub(crate) fn membership_numbers(membership: Option<Membership>) -> [i64; 2] {
    match membership {
        None => [0, 0],
        Some(Membership::Until(last)) => [1, day_number(last)],
        Some(Membership::Lasting) => [2, 0],
    }
}

pub(crate) fn membership_of(numbers: [i64; 2], tag: u16) -> Result<Option<Membership>, WireError> {
    let wrong = WireError::OutOfRange(tag);
    Ok(match numbers {
        [0, 0] => None,
        [1, day] => Some(Membership::Until(date_of(day).ok_or(wrong)?)),
        [2, 0] => Some(Membership::Lasting),
        _ => return Err(wrong),
    })
}

/// Why a balance changed, by number; a newer version's number is kept (L12).
pub(crate) fn read_kind(record: &Record, tag: u16) -> Result<EntryKind, WireError> {
    let number: u8 = record.int(tag)?;
    Ok(EntryKind::of_number(number))
}

/// What else must be known of an entry: a list, its kind first.
pub(crate) fn put_about(record: &mut Record, tag: u16, about: About) {
    let numbers = match about {
        About::Nothing => Vec::new(),
        About::Earned(Resolved {
            factor, carried, ..
        }) => vec![EARNED, factor.into(), carried],
        About::Reward(number) => vec![REWARD, number.into()],
        About::Used(before) => std::iter::once(USED)
            .chain(before.map(day_number))
            .collect(),
        About::Member { before, until } => {
            let [a, b] = membership_numbers(before);
            let [c, d] = membership_numbers(Some(until));
            vec![MEMBER, a, b, c, d]
        }
        About::Level(level) => vec![LEVEL, level.into()],
        About::Adjusted(reason) => vec![ADJUSTED, reason as i64],
        About::Brought(id) => vec![BROUGHT, id.get()],
    };
    let list: Vec<Value> = numbers.into_iter().map(Value::Int).collect();
    record.put_opt(tag, (!list.is_empty()).then_some(list));
    if let Some(raise) = about.resolved().raise {
        let numbers = [raise.campaign.0.into(), raise.points.0, raise.bound as i64];
        record.put(RAISE, numbers.map(Value::Int).to_vec());
    }
}

fn read_raise(record: &Record) -> Result<Option<Raise>, WireError> {
    let [campaign, points, bound] = record.ints(RAISE)?[..] else {
        return Ok(None);
    };
    let bound = match bound {
        1 => Bound::Terms,
        2 => Bound::Budget,
        _ => return Ok(None),
    };
    let campaign = u32::try_from(campaign).map_err(|_| WireError::OutOfRange(RAISE))?;
    Ok(Some(Raise {
        campaign: InstrumentId(campaign),
        points: Points(points),
        bound,
    }))
}

/// What a newer version knows more of is nothing here: the effect counts all the same (L12).
pub(crate) fn read_about(record: &Record, tag: u16) -> Result<About, WireError> {
    let wrong = |_| WireError::OutOfRange(tag);
    Ok(match record.ints(tag)?[..] {
        [EARNED, factor, carried] => About::Earned(Resolved {
            factor: u32::try_from(factor).map_err(wrong)?,
            carried,
            raise: read_raise(record)?,
        }),
        [REWARD, number] => About::Reward(u8::try_from(number).map_err(wrong)?),
        [USED] => About::Used(None),
        [USED, day] => About::Used(Some(date_of(day).ok_or(WireError::OutOfRange(tag))?)),
        [MEMBER, a, b, c, d] => About::Member {
            before: membership_of([a, b], tag)?,
            until: membership_of([c, d], tag)?.ok_or(WireError::OutOfRange(tag))?,
        },
        [LEVEL, level] => About::Level(u8::try_from(level).map_err(wrong)?),
        [ADJUSTED, reason] => {
            AdjustReason::from_number(reason).map_or(About::Nothing, About::Adjusted)
        }
        [BROUGHT, id] => About::Brought(EntryId::new(id).map_err(|_| WireError::OutOfRange(tag))?),
        _ => About::Nothing,
    })
}

/// The numbers under which an effect stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectTags {
    pub(crate) points: u16,
    pub(crate) stamps: u16,
    pub(crate) value: u16,
    /// Absent = what is earned or taken back, its points; of other kinds none.
    pub(crate) status: u16,
    pub(crate) carry: u16,
}

/// The status points that an entry of this kind usually has.
fn usual_status(kind: EntryKind, points: i64) -> i64 {
    match kind {
        EntryKind::Earn | EntryKind::Reverse => points,
        _ => 0,
    }
}

pub(crate) fn put_effect(record: &mut Record, tags: EffectTags, kind: EntryKind, effect: Effect) {
    record.put_unless(tags.points, effect.points.0, 0);
    record.put_unless(tags.stamps, effect.stamps.0, 0);
    record.put_unless(tags.value, effect.value.0, 0);
    let usual = usual_status(kind, effect.points.0);
    record.put_unless(tags.status, effect.status.0, usual);
    record.put_unless(tags.carry, effect.carry, 0);
}

pub(crate) fn read_effect(
    record: &Record,
    tags: EffectTags,
    kind: EntryKind,
) -> Result<Effect, WireError> {
    let points = record.int_or(tags.points, 0)?;
    let status = record.int_or(tags.status, usual_status(kind, points))?;
    Ok(Effect {
        points: Points(points),
        status: Points(status),
        carry: record.int_or(tags.carry, 0)?,
        stamps: Stamps(record.int_or(tags.stamps, 0)?),
        value: Money(record.int_or(tags.value, 0)?),
    })
}

/// The numbers under which a lot's life stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LotTags {
    /// Days from the entry's date to the first day; there whenever a lot is.
    pub(crate) wait: u16,
    /// The last day's number; absent = never.
    pub(crate) expires: u16,
}

pub(crate) fn put_lot(record: &mut Record, tags: LotTags, lot: Option<LotTerms>, date: Date) {
    let Some(lot) = lot else { return };
    record.put(tags.wait, day_number(lot.available_on) - day_number(date));
    record.put_opt(tags.expires, lot.expires_on.map(day_number));
}

pub(crate) fn read_lot(
    record: &Record,
    tags: LotTags,
    date: Date,
) -> Result<Option<LotTerms>, WireError> {
    let Some(wait) = record.opt_int::<i64>(tags.wait)? else {
        return Ok(None);
    };
    let day = day_number(date).checked_add(wait);
    let available_on = day
        .and_then(date_of)
        .ok_or(WireError::OutOfRange(tags.wait))?;
    Ok(Some(LotTerms {
        available_on,
        expires_on: opt_date(record, tags.expires)?,
    }))
}
