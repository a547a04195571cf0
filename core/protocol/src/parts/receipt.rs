//! What was sold and how it was paid, and what came back.
//!
//! The everyday receipt, one typed amount paid in one way, is two or three numbers; everything else is
//! spelled out. Numbers 2–19 of a sale's entry and of a purchase's row.

use kartka_domain::ids::InstrumentId;
use kartka_domain::limits::CardRead;
use kartka_domain::money::{Money, Points};
use kartka_domain::purchase::{
    Fiscal, GoodsId, GroupId, Line, ONE, Parts, Quantity, ReceiptNumber, ReturnKind, ReturnedLine,
    Share, ShareKind, TaxRate, VoidReason,
};

use super::one_of;
use crate::WireError;
use crate::fields::Record;

/// Gross of the only line, when it is one piece of nothing named.
const AMOUNT: u16 = 3;
/// Tax of that line, in hundredths of a percent.
const TAX: u16 = 4;
/// Shares of that line.
const SHARES: u16 = 5;
/// Lines, when they are anything else.
const LINES: u16 = 6;
/// In which way the money part was paid; absent = cash.
const WAY: u16 = 7;
/// Parts, in minor units; the first three only when [`WAY`] is [`MIXED`].
const CASH: u16 = 8;
const CARD: u16 = 9;
const OTHER: u16 = 10;
const CERTIFICATE: u16 = 11;
const POINTS: u16 = 12;
/// The till's receipt number.
const RECEIPT: u16 = 13;

/// How the card was read; absent = not said. Beside the numbers of an op's claim and of a purchase.
const READ: u16 = 70;
/// Register and number of the fiscal receipt.
const REGISTER: u16 = 71;
const FISCAL: u16 = 72;

/// Values of [`WAY`].
const MIXED: i64 = 0;
const BY_CASH: i64 = 1;
const BY_CARD: i64 = 2;
const BY_OTHER: i64 = 3;

/// Fields of a line.
mod line {
    pub(super) const GOODS: u16 = 1;
    /// Absent = one piece.
    pub(super) const QUANTITY: u16 = 2;
    pub(super) const GROSS: u16 = 3;
    pub(super) const TAX: u16 = 4;
    pub(super) const SHARES: u16 = 5;
    pub(super) const GROUP: u16 = 6;
    /// The instrument whose certificate is sold.
    pub(super) const CERTIFICATE: u16 = 60;
}

/// Fields of a share.
mod share {
    pub(super) const INSTRUMENT: u16 = 1;
    pub(super) const VALUE: u16 = 2;
    pub(super) const POINTS: u16 = 3;
    /// Absent = paid with points.
    pub(super) const KIND: u16 = 4;
}

const SHARE_KINDS: [(i64, ShareKind); 4] = [
    (ShareKind::Points as i64, ShareKind::Points),
    (ShareKind::Discount as i64, ShareKind::Discount),
    (ShareKind::Certificate as i64, ShareKind::Certificate),
    (ShareKind::PointsOff as i64, ShareKind::PointsOff),
];

const READS: [(i64, CardRead); 3] = [
    (CardRead::Scanned as i64, CardRead::Scanned),
    (CardRead::Typed as i64, CardRead::Typed),
    (CardRead::Found as i64, CardRead::Found),
];

/// How the customer's card was read and which fiscal receipt it was (T7, X8).
pub(crate) fn put_paper(record: &mut Record, read: Option<CardRead>, fiscal: Option<&Fiscal>) {
    record.put_opt(READ, read.map(|read| read as i64));
    record.put_opt(REGISTER, fiscal.map(|fiscal| fiscal.register.as_str()));
    record.put_opt(FISCAL, fiscal.map(|fiscal| fiscal.number.as_str()));
}

pub(crate) fn read_paper(record: &Record) -> Result<(Option<CardRead>, Option<Fiscal>), WireError> {
    let read = match record.opt_int::<i64>(READ)? {
        Some(_) => Some(one_of(record, READ, &READS, None)?),
        None => None,
    };
    let number = |tag| {
        let text = record.opt_text(tag)?.map(ReceiptNumber::new).transpose();
        text.map_err(|_| WireError::OutOfRange(tag))
    };
    let fiscal = match (number(REGISTER)?, number(FISCAL)?) {
        (Some(register), Some(number)) => Some(Fiscal { register, number }),
        (None, None) => None,
        _ => return Err(WireError::Missing(FISCAL)),
    };
    Ok((read, fiscal))
}

/// Fields of a returned line.
mod returned {
    /// Absent = the first.
    pub(super) const LINE: u16 = 1;
    /// Absent = one piece.
    pub(super) const QUANTITY: u16 = 2;
}

pub(crate) fn put_receipt(
    record: &mut Record,
    receipt: Option<&ReceiptNumber>,
    lines: &[Line],
    parts: &Parts,
) {
    match lines {
        [only] if is_plain(only) => {
            record.put(AMOUNT, only.gross.0);
            put_tax_and_shares(record, TAX, SHARES, only);
        }
        _ => record.put_records(LINES, lines.iter().map(line_record)),
    }
    put_parts(record, lines, parts);
    record.put_opt(RECEIPT, receipt.map(ReceiptNumber::as_str));
}

pub(crate) fn read_receipt(
    record: &Record,
) -> Result<(Option<ReceiptNumber>, Vec<Line>, Parts), WireError> {
    let lines = match record.opt_int(AMOUNT)? {
        Some(gross) => vec![Line {
            goods: None,
            group: None,
            quantity: ONE,
            gross: Money(gross),
            tax: record.opt_int(TAX)?.map(TaxRate),
            certificate: None,
            shares: read_shares(record, SHARES)?,
        }],
        None => record
            .records(LINES)?
            .into_iter()
            .map(read_line)
            .collect::<Result<_, _>>()?,
    };
    let parts = read_parts(record, &lines)?;
    let receipt = record
        .opt_text(RECEIPT)?
        .map(ReceiptNumber::new)
        .transpose();
    let receipt = receipt.map_err(|_| WireError::OutOfRange(RECEIPT))?;
    Ok((receipt, lines, parts))
}

/// One piece of nothing named.
fn is_plain(line: &Line) -> bool {
    let named = line.goods.is_some() || line.group.is_some() || line.certificate.is_some();
    !named && line.quantity == ONE
}

fn line_record(line: &Line) -> Record {
    let mut record = Record::new();
    record.put_opt(line::GOODS, line.goods.map(|goods| goods.0));
    record.put_opt(line::GROUP, line.group.map(|group| group.0));
    record.put_unless(line::QUANTITY, line.quantity.0, ONE.0);
    record.put(line::GROSS, line.gross.0);
    put_tax_and_shares(&mut record, line::TAX, line::SHARES, line);
    record.put_opt(line::CERTIFICATE, line.certificate.map(|of| of.0));
    record
}

fn read_line(record: &Record) -> Result<Line, WireError> {
    Ok(Line {
        goods: record.opt_int(line::GOODS)?.map(GoodsId),
        group: record.opt_int(line::GROUP)?.map(GroupId),
        quantity: Quantity(record.int_or(line::QUANTITY, ONE.0)?),
        gross: Money(record.int(line::GROSS)?),
        tax: record.opt_int(line::TAX)?.map(TaxRate),
        certificate: record.opt_int(line::CERTIFICATE)?.map(InstrumentId),
        shares: read_shares(record, line::SHARES)?,
    })
}

fn put_tax_and_shares(record: &mut Record, tax: u16, shares: u16, line: &Line) {
    record.put_opt(tax, line.tax.map(|rate| rate.0));
    record.put_records(
        shares,
        line.shares.iter().map(|s| {
            let mut record = Record::new();
            record.put(share::INSTRUMENT, s.instrument.0);
            record.put(share::VALUE, s.value.0);
            record.put_unless(share::POINTS, s.points.0, 0);
            record.put_unless(share::KIND, s.kind as i64, ShareKind::Points as i64);
            record
        }),
    );
}

fn read_shares(record: &Record, tag: u16) -> Result<Vec<Share>, WireError> {
    let share = |s: &Record| {
        Ok(Share {
            instrument: InstrumentId(s.int(share::INSTRUMENT)?),
            value: Money(s.int(share::VALUE)?),
            points: Points(s.int_or(share::POINTS, 0)?),
            kind: one_of(s, share::KIND, &SHARE_KINDS, Some(ShareKind::Points))?,
        })
    };
    record.records(tag)?.into_iter().map(share).collect()
}

/// What is left to pay with money, if that can be said at all.
fn money_part(lines: &[Line], parts: &Parts) -> Option<Money> {
    let price = lines
        .iter()
        .try_fold(Money::ZERO, |sum, line| sum.plus(line.price().ok()?).ok())?;
    price
        .minus(parts.certificate)
        .ok()?
        .minus(parts.points)
        .ok()
}

/// Cash, card and other when all of `rest` was paid in one way.
fn paid(way: i64, rest: Money) -> Option<(Money, Money, Money)> {
    match way {
        BY_CASH => Some((rest, Money::ZERO, Money::ZERO)),
        BY_CARD => Some((Money::ZERO, rest, Money::ZERO)),
        BY_OTHER => Some((Money::ZERO, Money::ZERO, rest)),
        _ => None,
    }
}

fn put_parts(record: &mut Record, lines: &[Line], parts: &Parts) {
    let claimed = Some((parts.cash, parts.card, parts.other));
    let rest = money_part(lines, parts);
    let ways = [BY_CASH, BY_CARD, BY_OTHER];
    let one_way = ways
        .into_iter()
        .find(|way| rest.and_then(|rest| paid(*way, rest)) == claimed);
    record.put_unless(WAY, one_way.unwrap_or(MIXED), BY_CASH);
    if one_way.is_none() {
        record.put_unless(CASH, parts.cash.0, 0);
        record.put_unless(CARD, parts.card.0, 0);
        record.put_unless(OTHER, parts.other.0, 0);
    }
    record.put_unless(CERTIFICATE, parts.certificate.0, 0);
    record.put_unless(POINTS, parts.points.0, 0);
}

fn read_parts(record: &Record, lines: &[Line]) -> Result<Parts, WireError> {
    let money = |tag| record.int_or(tag, 0).map(Money);
    let mut parts = Parts {
        certificate: money(CERTIFICATE)?,
        points: money(POINTS)?,
        ..Parts::default()
    };
    let way = record.int_or(WAY, BY_CASH)?;
    (parts.cash, parts.card, parts.other) = if way == MIXED {
        (money(CASH)?, money(CARD)?, money(OTHER)?)
    } else {
        let rest = money_part(lines, &parts).ok_or(WireError::OutOfRange(WAY))?;
        paid(way, rest).ok_or(WireError::OutOfRange(WAY))?
    };
    Ok(parts)
}

/// Why a receipt was undone, by number; goods that came back have none.
const RETURN_KINDS: [(i64, ReturnKind); 3] = [
    (VoidReason::Undo as i64, ReturnKind::Void(VoidReason::Undo)),
    (
        VoidReason::Mistake as i64,
        ReturnKind::Void(VoidReason::Mistake),
    ),
    (
        VoidReason::Customer as i64,
        ReturnKind::Void(VoidReason::Customer),
    ),
];

pub(crate) fn put_return_kind(record: &mut Record, tag: u16, kind: ReturnKind) {
    let number = RETURN_KINDS.iter().find(|(_, k)| *k == kind);
    record.put_opt(tag, number.map(|(number, _)| *number));
}

pub(crate) fn read_return_kind(record: &Record, tag: u16) -> Result<ReturnKind, WireError> {
    one_of(record, tag, &RETURN_KINDS, Some(ReturnKind::Goods))
}

pub(crate) fn put_returned(record: &mut Record, tag: u16, lines: &[ReturnedLine]) {
    record.put_records(
        tag,
        lines.iter().map(|line| {
            let mut record = Record::new();
            record.put_unless(returned::LINE, i64::from(line.line), 0);
            record.put_unless(returned::QUANTITY, line.quantity.0, ONE.0);
            record
        }),
    );
}

pub(crate) fn read_returned(record: &Record, tag: u16) -> Result<Vec<ReturnedLine>, WireError> {
    let line = |r: &Record| {
        let quantity = Quantity(r.int_or(returned::QUANTITY, ONE.0)?);
        Ok(ReturnedLine {
            line: r.int_or(returned::LINE, 0)?,
            quantity,
        })
    };
    record.records(tag)?.into_iter().map(line).collect()
}
