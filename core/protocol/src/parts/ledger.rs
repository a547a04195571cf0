//! What the ledger's entries and claims have in common.

use kartka_domain::ledger::{Effect, EntryKind, LotTerms};
use kartka_domain::moment::{Date, date_of, day_number};
use kartka_domain::money::{Money, Points, Stamps};

use super::opt_date;
use crate::WireError;
use crate::fields::Record;

/// Why a balance changed, by number.
pub(crate) const ENTRY_KINDS: [(i64, EntryKind); 7] = [
    (EntryKind::Earn as i64, EntryKind::Earn),
    (EntryKind::Redeem as i64, EntryKind::Redeem),
    (EntryKind::Reward as i64, EntryKind::Reward),
    (EntryKind::Reverse as i64, EntryKind::Reverse),
    (EntryKind::Restore as i64, EntryKind::Restore),
    (EntryKind::Expire as i64, EntryKind::Expire),
    (EntryKind::Revive as i64, EntryKind::Revive),
];

/// The numbers under which an effect stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectTags {
    pub(crate) points: u16,
    pub(crate) stamps: u16,
    pub(crate) value: u16,
}

pub(crate) fn put_effect(record: &mut Record, tags: EffectTags, effect: Effect) {
    record.put_unless(tags.points, effect.points.0, 0);
    record.put_unless(tags.stamps, effect.stamps.0, 0);
    record.put_unless(tags.value, effect.value.0, 0);
}

pub(crate) fn read_effect(record: &Record, tags: EffectTags) -> Result<Effect, WireError> {
    Ok(Effect {
        points: Points(record.int_or(tags.points, 0)?),
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
