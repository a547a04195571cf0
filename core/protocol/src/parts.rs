//! Pieces that rows and ops share: moments, effects, lots, codes, slots, receipts, profiles, programmes.
//!
//! Each piece has its numbers passed in or in its own module; all numbers are listed in
//! `docs/formats/wire.md`. Reading is total and uses the domain's own constructors: what they refuse is
//! [`WireError::OutOfRange`] here.

mod ledger;
mod profile;
mod programme;
mod receipt;
mod unlinked;
mod voucher;

pub(crate) use ledger::{
    EffectTags, LotTags, membership_numbers, membership_of, put_about, put_effect, put_lot,
    read_about, read_effect, read_kind, read_lot,
};
pub(crate) use profile::{CHANNELS, PURPOSES, put_group, read_group};
pub(crate) use programme::{put_programme, read_programme};
pub(crate) use receipt::{put_paper, put_receipt, put_return_kind, put_returned};
pub(crate) use receipt::{read_paper, read_receipt, read_return_kind, read_returned};
pub(crate) use unlinked::{put_unlinked, read_unlinked};
pub(crate) use voucher::{
    NumberTags, OriginTags, put_number, put_origin, read_move_kind, read_number, read_origin,
    read_why,
};

use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::codes::Code;
use kartka_domain::moment::{Date, Moment, date_of, day_number};

use crate::WireError;
use crate::fields::{Record, Value};

/// Minutes of a day.
const DAY: i64 = 1_440;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// A moment as two numbers: the instant in ms, and how many minutes the shop's clock (business date and
/// minute) is ahead of it. The second hardly ever changes, so columns of it cost nothing.
pub(crate) fn put_moment(record: &mut Record, instant: u16, ahead: u16, moment: Moment) {
    let shop = day_number(moment.date) * DAY + i64::from(moment.minute);
    record.put(instant, moment.instant_ms);
    record.put_unless(ahead, shop - moment.instant_ms.div_euclid(MINUTE), 0);
}

pub(crate) fn read_moment(record: &Record, instant: u16, ahead: u16) -> Result<Moment, WireError> {
    let instant_ms: i64 = record.int(instant)?;
    let minutes = record.int_or::<i64>(ahead, 0)?;
    let shop = instant_ms.div_euclid(MINUTE).checked_add(minutes);
    let shop = shop.ok_or(WireError::OutOfRange(ahead))?;
    let date = date_of(shop.div_euclid(DAY)).ok_or(WireError::OutOfRange(ahead))?;
    let minute = u16::try_from(shop.rem_euclid(DAY)).map_err(|_| WireError::OutOfRange(ahead))?;
    Ok(Moment {
        instant_ms,
        date,
        minute,
    })
}

/// The date with a day number that must be there.
pub(crate) fn read_date(record: &Record, tag: u16) -> Result<Date, WireError> {
    opt_date(record, tag)?.ok_or(WireError::Missing(tag))
}

/// The date with a day number, or nothing when the field is absent.
pub(crate) fn opt_date(record: &Record, tag: u16) -> Result<Option<Date>, WireError> {
    let day = record.opt_int::<i64>(tag)?;
    day.map(|day| date_of(day).ok_or(WireError::OutOfRange(tag)))
        .transpose()
}

/// A code of the catalogue as a list: its number, then its arguments.
pub(crate) fn put_code(record: &mut Record, tag: u16, code: Option<Code>) {
    let list = code.map(|code| {
        let args = code.args().into_iter().map(|(_, arg)| Value::Int(arg));
        std::iter::once(Value::from(code.number()))
            .chain(args)
            .collect::<Vec<_>>()
    });
    record.put_opt(tag, list);
}

/// A code of a newer version is [`Code::NewerWord`] here: what it stands beside is read all the same (L12).
pub(crate) fn read_code(record: &Record, tag: u16) -> Result<Option<Code>, WireError> {
    let numbers = record.ints(tag)?;
    let Some((number, args)) = numbers.split_first() else {
        return Ok(None);
    };
    let number = u16::try_from(*number).map_err(|_| WireError::OutOfRange(tag))?;
    let newer = Code::NewerWord {
        number: number.into(),
    };
    Ok(Some(Code::from_parts(number, args).unwrap_or(newer)))
}

/// An emitter slot of ten-digit numbers is its number; of eight-digit numbers 10,000 more.
pub(crate) fn slot_number(slot: EmitterSlot) -> i64 {
    i64::from(slot.value())
        + if slot.length() == NumberLength::Eight {
            EIGHT
        } else {
            0
        }
}

const EIGHT: i64 = 10_000;

pub(crate) fn read_slot(record: &Record, tag: u16) -> Result<Option<EmitterSlot>, WireError> {
    let Some(number) = record.opt_int::<u16>(tag)? else {
        return Ok(None);
    };
    let eight = i64::from(number) >= EIGHT;
    let (length, first) = if eight {
        (NumberLength::Eight, EIGHT)
    } else {
        (NumberLength::Ten, 0)
    };
    let slot = u16::try_from(i64::from(number) - first).map_err(|_| WireError::OutOfRange(tag))?;
    EmitterSlot::new(length, slot)
        .map(Some)
        .map_err(|_| WireError::OutOfRange(tag))
}

/// A checked id.
pub(crate) fn id<T, E>(
    record: &Record,
    tag: u16,
    new: impl Fn(i64) -> Result<T, E>,
) -> Result<T, WireError> {
    opt_id(record, tag, new)?.ok_or(WireError::Missing(tag))
}

/// A checked id, or nothing when the field is absent.
pub(crate) fn opt_id<T, E>(
    record: &Record,
    tag: u16,
    new: impl Fn(i64) -> Result<T, E>,
) -> Result<Option<T>, WireError> {
    let raw = record.opt_int::<i64>(tag)?;
    raw.map(|raw| new(raw).map_err(|_| WireError::OutOfRange(tag)))
        .transpose()
}

/// One of a closed set of values by its number; an absent field is `default`.
pub(crate) fn one_of<T: Copy>(
    record: &Record,
    tag: u16,
    all: &[(i64, T)],
    default: Option<T>,
) -> Result<T, WireError> {
    match record.opt_int::<i64>(tag)? {
        None => default.ok_or(WireError::Missing(tag)),
        Some(number) => {
            let found = all.iter().find(|(n, _)| *n == number);
            found
                .map(|(_, value)| *value)
                .ok_or(WireError::OutOfRange(tag))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_moment_is_its_instant_and_how_far_the_shop_is_ahead() {
        for (instant_ms, date, minute, ahead) in [
            (1_766_000_000_000, "2025-12-17", 21 * 60 + 33, Some(120)),
            (1_766_012_400_000, "2025-12-17", 60, Some(120 - DAY)),
            (0, "1970-01-01", 0, None),
            (-1, "1969-12-31", 1_439, None),
        ] {
            let moment = Moment {
                instant_ms,
                date: date.parse().unwrap(),
                minute,
            };
            let mut record = Record::new();
            put_moment(&mut record, 5, 6, moment);
            assert_eq!(record.opt_int(6), Ok(ahead), "{date} {minute}");
            assert_eq!(read_moment(&record, 5, 6), Ok(moment));
        }
        let mut record = Record::new();
        record.put(5, 0i64);
        record.put(6, i64::MAX);
        assert_eq!(read_moment(&record, 5, 6), Err(WireError::OutOfRange(6)));
    }

    #[test]
    fn slots_of_both_lengths_have_their_own_numbers() {
        for (length, value, number) in [
            (NumberLength::Ten, 0, 0),
            (NumberLength::Ten, 9_999, 9_999),
            (NumberLength::Eight, 7, 10_007),
        ] {
            let slot = EmitterSlot::new(length, value).unwrap();
            let mut record = Record::new();
            record.put(3, slot_number(slot));
            assert_eq!(
                (slot_number(slot), read_slot(&record, 3)),
                (number, Ok(Some(slot)))
            );
        }
        let mut record = Record::new();
        record.put(3, 11_000i64);
        assert_eq!(read_slot(&record, 3), Err(WireError::OutOfRange(3)));
    }
}
