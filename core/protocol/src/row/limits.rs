//! The owner's limits on earning: numbers 70–73 of the business (T7).

use kartka_domain::limits::{EarnLimits, Then};

use crate::WireError;
use crate::fields::{Record, Value};
use crate::parts::one_of;

/// A number and what then happens; absent = no limit.
const PER_DAY: u16 = 70;
const GAP: u16 = 71;
/// Absent = it is shown.
const OWN_CARD: u16 = 72;
/// Absent = nothing.
const TYPED: u16 = 73;

/// What happens, by number; 0 = nothing.
const THENS: [(i64, Option<Then>); 3] = [
    (0, None),
    (Then::Flag as i64, Some(Then::Flag)),
    (Then::Refuse as i64, Some(Then::Refuse)),
];

fn number(then: Option<Then>) -> i64 {
    then.map_or(0, |then| then as i64)
}

pub(super) fn put(r: &mut Record, limits: EarnLimits) {
    let pair = |limit: Option<(u16, Then)>| {
        limit.map(|(most, then)| vec![Value::Int(most.into()), Value::Int(then as i64)])
    };
    r.put_opt(PER_DAY, pair(limits.per_day));
    r.put_opt(GAP, pair(limits.gap));
    let ready = number(EarnLimits::READY.own_card);
    r.put_unless(OWN_CARD, number(limits.own_card), ready);
    r.put_unless(TYPED, number(limits.typed), 0);
}

pub(super) fn read(r: &Record) -> Result<EarnLimits, WireError> {
    let limits = EarnLimits {
        per_day: pair(r, PER_DAY)?,
        gap: pair(r, GAP)?,
        own_card: one_of(r, OWN_CARD, &THENS, Some(EarnLimits::READY.own_card))?,
        typed: one_of(r, TYPED, &THENS, Some(None))?,
    };
    if limits.is_sound() {
        Ok(limits)
    } else {
        Err(WireError::OutOfRange(PER_DAY))
    }
}

fn pair(r: &Record, tag: u16) -> Result<Option<(u16, Then)>, WireError> {
    let wrong = WireError::OutOfRange(tag);
    let [most, then] = match r.ints(tag)?[..] {
        [] => return Ok(None),
        [most, then] => [most, then],
        _ => return Err(wrong),
    };
    let then = THENS.iter().find(|(number, _)| *number == then);
    let then = then.and_then(|(_, then)| *then).ok_or(wrong)?;
    Ok(Some((u16::try_from(most).map_err(|_| wrong)?, then)))
}
