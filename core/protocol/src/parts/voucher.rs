//! What facts and rows of vouchers have in common: their numbers and where they come from.

use kartka_domain::card::CardNumber;
use kartka_domain::ids::VoucherId;
use kartka_domain::voucher::{MoveKind, Origin, VoucherCode, VoucherNumber, VoucherReason};

use super::{one_of, opt_id};
use crate::WireError;
use crate::fields::Record;

/// Under which numbers a voucher's own stands; at most one of them is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberTags {
    /// One of our own.
    pub(crate) card: u16,
    /// One that the shop chose.
    pub(crate) code: u16,
}

pub(crate) fn put_number(r: &mut Record, tags: NumberTags, number: Option<&VoucherNumber>) {
    match number {
        Some(VoucherNumber::Card(card)) => r.put(tags.card, card.value().cast_signed()),
        Some(VoucherNumber::Code(code)) => r.put(tags.code, code.as_str()),
        None => {}
    }
}

pub(crate) fn read_number(
    r: &Record,
    tags: NumberTags,
) -> Result<Option<VoucherNumber>, WireError> {
    Ok(match (r.opt_int(tags.card)?, r.opt_text(tags.code)?) {
        (None, None) => None,
        (Some(card), None) => Some(VoucherNumber::Card(
            CardNumber::from_value(card).map_err(|_| WireError::OutOfRange(tags.card))?,
        )),
        (None, Some(code)) => Some(VoucherNumber::Code(
            VoucherCode::new(code).ok_or(WireError::OutOfRange(tags.code))?,
        )),
        (Some(_), Some(_)) => return Err(WireError::OutOfRange(tags.code)),
    })
}

/// Under which numbers stands where a voucher comes from; neither = given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OriginTags {
    /// The line that sold it.
    pub(crate) line: u16,
    /// The voucher of which it is the rest.
    pub(crate) change: u16,
}

pub(crate) fn put_origin(r: &mut Record, tags: OriginTags, origin: Origin) {
    match origin {
        Origin::Sold { line } => r.put(tags.line, line),
        Origin::Change(before) => r.put(tags.change, before.get()),
        Origin::Given => {}
    }
}

pub(crate) fn read_origin(r: &Record, tags: OriginTags) -> Result<Origin, WireError> {
    let change = opt_id(r, tags.change, VoucherId::new)?;
    Ok(match (r.opt_int(tags.line)?, change) {
        (Some(line), None) => Origin::Sold { line },
        (None, Some(before)) => Origin::Change(before),
        (None, None) => Origin::Given,
        (Some(_), Some(_)) => return Err(WireError::OutOfRange(tags.line)),
    })
}

pub(crate) const REASONS: [(i64, VoucherReason); 5] = [
    (VoucherReason::Goodwill as i64, VoucherReason::Goodwill),
    (VoucherReason::Mistake as i64, VoucherReason::Mistake),
    (VoucherReason::Lost as i64, VoucherReason::Lost),
    (VoucherReason::Complaint as i64, VoucherReason::Complaint),
    (VoucherReason::Returned as i64, VoucherReason::Returned),
];

pub(crate) fn read_move_kind(r: &Record, tag: u16) -> Result<MoveKind, WireError> {
    one_of(r, tag, &MoveKind::ALL.map(|kind| (kind as i64, kind)), None)
}

/// Why somebody changed a voucher by hand; absent = nobody did.
pub(crate) fn read_why(r: &Record, tag: u16) -> Result<Option<VoucherReason>, WireError> {
    match r.get(tag) {
        None => Ok(None),
        Some(_) => one_of(r, tag, &REASONS, None).map(Some),
    }
}
