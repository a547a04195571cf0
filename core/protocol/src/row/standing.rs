//! What a customer has become: numbers 7–11 and 80 of a position.

use kartka_domain::ids::{EntryId, InstrumentId};
use kartka_domain::limits::Earns;
use kartka_domain::moment::{Month, date_of, day_number};
use kartka_domain::money::{Money, Points};
use kartka_domain::position::{Asked, MonthSum, Position, Uses};

use super::people::{position, put_numbers};
use crate::WireError;
use crate::fields::Record;
use crate::parts::{membership_numbers, membership_of, opt_date};

pub(super) fn put(r: &mut Record, of: &Position) {
    r.put_opt(position::FIRST_VISIT, of.first_visit.map(day_number));
    let clubs = of.memberships.iter().flat_map(|(club, membership)| {
        let [kind, day] = membership_numbers(Some(*membership));
        [i64::from(club.0), kind, day]
    });
    put_numbers(r, position::MEMBERSHIPS, clubs);
    let levels = of.levels.iter();
    let levels = levels.flat_map(|(tiers, level)| [i64::from(tiers.0), i64::from(*level)]);
    put_numbers(r, position::LEVELS, levels);
    let uses = of.uses.iter().filter_map(|(id, uses)| {
        let last = day_number(uses.last?);
        Some([i64::from(id.0), uses.count, last, uses.on_last])
    });
    put_numbers(r, position::USES, uses.flatten());
    let months = of
        .months
        .iter()
        .flat_map(|(month, sum)| [i64::from(month.0), sum.spent.0, sum.visits, sum.status.0]);
    put_numbers(r, position::MONTHS, months);
    let Earns {
        day,
        on_day,
        last_ms,
    } = of.earns;
    let earns = day.map(|day| [day_number(day), on_day, last_ms]);
    put_numbers(r, position::EARNS, earns.into_iter().flatten());
    let asked = of.asked.iter();
    let asked = asked
        .flat_map(|(tiers, Asked { on, item })| [i64::from(tiers.0), day_number(*on), item.get()]);
    put_numbers(r, position::ASKED, asked);
}

/// A position with these parts only.
pub(super) fn read(r: &Record) -> Result<Position, WireError> {
    let mut of = Position {
        first_visit: opt_date(r, position::FIRST_VISIT)?,
        ..Position::default()
    };
    for [club, kind, day] in chunks(r, position::MEMBERSHIPS)? {
        if let Some(membership) = membership_of([kind, day], position::MEMBERSHIPS)? {
            let club = instrument(club, position::MEMBERSHIPS)?;
            of.memberships.insert(club, membership);
        }
    }
    for [tiers, level] in chunks(r, position::LEVELS)? {
        let wrong = |_| WireError::OutOfRange(position::LEVELS);
        let level = u8::try_from(level).map_err(wrong)?;
        of.levels
            .insert(instrument(tiers, position::LEVELS)?, level);
    }
    for [id, count, last, on_last] in chunks(r, position::USES)? {
        let last = Some(date_of(last).ok_or(WireError::OutOfRange(position::USES))?);
        let uses = Uses {
            count,
            last,
            on_last,
        };
        of.uses.insert(instrument(id, position::USES)?, uses);
    }
    for [month, spent, visits, status] in chunks(r, position::MONTHS)? {
        let wrong = |_| WireError::OutOfRange(position::MONTHS);
        let sum = MonthSum {
            spent: Money(spent),
            visits,
            status: Points(status),
        };
        of.months
            .insert(Month(i32::try_from(month).map_err(wrong)?), sum);
    }
    for [day, on_day, last_ms] in chunks(r, position::EARNS)? {
        of.earns = Earns {
            day: Some(date_of(day).ok_or(WireError::OutOfRange(position::EARNS))?),
            on_day,
            last_ms,
        };
    }
    for [tiers, day, item] in chunks(r, position::ASKED)? {
        let wrong = || WireError::OutOfRange(position::ASKED);
        let asked = Asked {
            on: date_of(day).ok_or_else(wrong)?,
            item: EntryId::new(item).map_err(|_| wrong())?,
        };
        of.asked.insert(instrument(tiers, position::ASKED)?, asked);
    }
    Ok(of)
}

fn instrument(raw: i64, tag: u16) -> Result<InstrumentId, WireError> {
    let id = u32::try_from(raw).map_err(|_| WireError::OutOfRange(tag))?;
    Ok(InstrumentId(id))
}

fn chunks<const N: usize>(r: &Record, tag: u16) -> Result<Vec<[i64; N]>, WireError> {
    let numbers = r.ints(tag)?;
    let (chunks, rest) = numbers.as_chunks::<N>();
    match rest {
        [] => Ok(chunks.to_vec()),
        _ => Err(WireError::OutOfRange(tag)),
    }
}
