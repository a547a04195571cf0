//! Entries about vouchers: issued, used, given back, taken back, extended, expired.

use kartka_domain::ids::{CustomerId, InstrumentId, VoucherId};
use kartka_domain::moment::day_number;
use kartka_domain::money::Money;
use kartka_domain::op::Fact;
use kartka_domain::voucher::{Act, Issued, Move, MoveKind, VoucherReason};

use super::{CUSTOMER, INSTRUMENT, KIND, kind};
use crate::WireError;
use crate::fields::Record;
use crate::parts::{
    NumberTags, OriginTags, id, opt_date, opt_id, put_number, put_origin, read_move_kind,
    read_number, read_origin, read_why,
};

/// Of an issue.
const NOMINAL: u16 = 4;
const NUMBER: NumberTags = NumberTags { card: 5, code: 6 };
const ORIGIN: OriginTags = OriginTags { line: 7, change: 8 };
/// Of a move.
const VOUCHER: u16 = 2;
const MOVE: u16 = 3;
const AMOUNT: u16 = 4;
/// Of a use: absent = what was paid.
const TAKEN: u16 = 5;
const UNTIL: u16 = 6;
const WHY: u16 = 7;

pub(super) fn put_issue(r: &mut Record, issued: &Issued) {
    r.put(KIND, kind::ISSUE);
    r.put_opt(CUSTOMER, issued.holder.map(CustomerId::get));
    r.put(INSTRUMENT, issued.instrument.0);
    r.put_unless(NOMINAL, issued.nominal.0, 0);
    put_number(r, NUMBER, issued.number.as_ref());
    put_origin(r, ORIGIN, issued.origin);
}

pub(super) fn read_issue(r: &Record) -> Result<Fact, WireError> {
    Ok(Fact::Issue(Issued {
        instrument: InstrumentId(r.int(INSTRUMENT)?),
        number: read_number(r, NUMBER)?,
        holder: opt_id(r, CUSTOMER, CustomerId::new)?,
        nominal: Money(r.int_or(NOMINAL, 0)?),
        origin: read_origin(r, ORIGIN)?,
    }))
}

pub(super) fn put_move(r: &mut Record, of: &Move) {
    r.put(KIND, kind::MOVE);
    r.put(VOUCHER, of.voucher.get());
    r.put(MOVE, of.act.kind() as i64);
    match of.act {
        Act::Use { paid, taken } => {
            r.put_unless(AMOUNT, paid.0, 0);
            r.put_unless(TAKEN, taken.0, paid.0);
        }
        Act::Restore(value) | Act::Expire(value) | Act::Revive(value) => {
            r.put_unless(AMOUNT, value.0, 0);
        }
        Act::Cancel(value, why) => {
            r.put_unless(AMOUNT, value.0, 0);
            r.put(WHY, why as i64);
        }
        Act::Extend {
            until,
            revived,
            why,
        } => {
            r.put_unless(AMOUNT, revived.0, 0);
            r.put_opt(UNTIL, until.map(day_number));
            r.put(WHY, why as i64);
        }
    }
}

pub(super) fn read_move(r: &Record) -> Result<Fact, WireError> {
    let amount = Money(r.int_or(AMOUNT, 0)?);
    let why =
        || -> Result<VoucherReason, WireError> { read_why(r, WHY)?.ok_or(WireError::Missing(WHY)) };
    let act = match read_move_kind(r, MOVE)? {
        MoveKind::Use => Act::Use {
            paid: amount,
            taken: Money(r.int_or(TAKEN, amount.0)?),
        },
        MoveKind::Restore => Act::Restore(amount),
        MoveKind::Cancel => Act::Cancel(amount, why()?),
        MoveKind::Extend => Act::Extend {
            until: opt_date(r, UNTIL)?,
            revived: amount,
            why: why()?,
        },
        MoveKind::Expire => Act::Expire(amount),
        MoveKind::Revive => Act::Revive(amount),
        MoveKind::Issue => return Err(WireError::OutOfRange(MOVE)),
    };
    Ok(Fact::Move(Move {
        voucher: id(r, VOUCHER, VoucherId::new)?,
        act,
    }))
}
