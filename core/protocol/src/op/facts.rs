//! The entries of an op.
//!
//! A claim belongs to the sale before it, so its customer is written only where it is another one.

mod office;
mod voucher;

use kartka_domain::card::CardNumber;
use kartka_domain::customer::Will;
use kartka_domain::ids::{CustomerId, DeviceNo, EntryId, InstrumentId, PurchaseId, Seq};
use kartka_domain::ledger::LotTerms;
use kartka_domain::moment::Date;
use kartka_domain::op::{Claim, Fact, Notice, Sale};
use kartka_domain::redeem::Confirmation;

use crate::WireError;
use crate::fields::Record;
use crate::parts::{
    CHANNELS, EffectTags, LotTags, PURPOSES, id, one_of, opt_id, put_about, put_code, put_effect,
    put_lot, put_paper, put_receipt, put_return_kind, put_returned, put_unlinked, read_about,
    read_code, read_effect, read_kind, read_lot, read_paper, read_receipt, read_return_kind,
    read_returned, read_slot, read_unlinked, slot_number,
};
use crate::row;

/// What sort of entry it is.
pub(crate) const KIND: u16 = 1;
/// Beside the receipt's own numbers 3–13.
const CUSTOMER: u16 = 2;
const PURCHASE: u16 = 14;
const VOID: u16 = 15;
const RETURNED: u16 = 16;
const INSTRUMENT: u16 = 3;
const CLAIM: u16 = 4;
const EFFECT: EffectTags = EffectTags {
    points: 5,
    stamps: 6,
    value: 7,
    status: 10,
    carry: 11,
};
const ABOUT: u16 = 12;
const LOT: LotTags = LotTags {
    wait: 8,
    expires: 9,
};
const PURPOSE: u16 = 3;
const CHANNEL: u16 = 4;
const WORDING: u16 = 5;
const WITHDRAWN: u16 = 6;
const CARD: u16 = 3;
const SLOT: u16 = 3;
const FIRST: u16 = 4;
const COUNT: u16 = 5;
/// How the points that a sale spends were confirmed (1 PIN); absent = not said.
const CONFIRMED: u16 = 110;
const CONFIRMATIONS: [(i64, Confirmation); 1] = [(Confirmation::Pin as i64, Confirmation::Pin)];
/// The key and the record of a row that the op sets.
const KEY: u16 = 2;
const ROW: u16 = 3;
const UP_TO: u16 = 3;
/// The inbox item that a notice is about, or a new one; and its code.
const NOTICE_ABOUT: u16 = 2;
const CODE: u16 = 3;
/// Who brought the customer; and the referral that is settled.
const REFERRER: u16 = 150;
const REFERRAL: u16 = 151;
/// Absent = it has an effect.
const WHY: u16 = 152;

/// Kinds of entries, by number.
mod kind {
    pub(super) const REGISTER: i64 = 1;
    pub(super) const EDIT: i64 = 2;
    pub(super) const CONSENT: i64 = 3;
    pub(super) const BIND: i64 = 4;
    pub(super) const EMISSION: i64 = 5;
    pub(super) const SALE: i64 = 6;
    pub(super) const RETURN: i64 = 7;
    pub(super) const ATTACH: i64 = 8;
    pub(super) const CLAIM: i64 = 9;
    pub(super) const ERASE: i64 = 10;
    pub(super) const BUSINESS: i64 = 20;
    pub(super) const OUTLET: i64 = 21;
    pub(super) const OPERATOR: i64 = 22;
    pub(super) const PROGRAMME: i64 = 23;
    pub(super) const DEVICE: i64 = 24;
    pub(super) const NOTICE: i64 = 25;
    pub(super) const ROLE: i64 = 30;
    pub(super) const REVOKE: i64 = 31;
    pub(super) const SETTLE: i64 = 32;
    pub(super) const CLOSE: i64 = 33;
    pub(super) const QUARANTINE: i64 = 34;
    pub(super) const ERASURE_DONE: i64 = 36;
    pub(super) const ISSUE: i64 = 40;
    pub(super) const MOVE: i64 = 41;
    pub(super) const OWED: i64 = 50;
    pub(super) const VISITS: i64 = 51;
    pub(super) const LEVEL_NOT_KEPT: i64 = 60;
    pub(super) const AGREE: i64 = 61;
    pub(super) const RETURN_UNLINKED: i64 = 85;
    pub(super) const SETTLE_RETURN: i64 = 86;
    pub(super) const REFER: i64 = 105;
    pub(super) const SETTLE_REFERRAL: i64 = 106;
    pub(super) const MERGE: i64 = 115;
    pub(super) const UNMERGE: i64 = 116;
}

/// The record of one fact in an op of `date` whose last sale was to `sold_to`.
pub(super) fn entry_record(fact: &Fact, date: Date, sold_to: Option<CustomerId>) -> Record {
    let mut r = Record::new();
    let mut of = |kind: i64| r.put(KIND, kind);
    match fact {
        Fact::Register => of(kind::REGISTER),
        Fact::Edit(customer) => {
            of(kind::EDIT);
            r.put(CUSTOMER, customer.get());
        }
        Fact::Consent {
            customer,
            purpose,
            channel,
            wording,
            will,
        } => {
            of(kind::CONSENT);
            r.put(CUSTOMER, customer.get());
            r.put(PURPOSE, *purpose as i64);
            r.put(CHANNEL, *channel as i64);
            r.put(WORDING, *wording);
            r.put_unless(WITHDRAWN, i64::from(*will == Will::Withdrawn), 0);
        }
        Fact::Bind { card, customer } => {
            of(kind::BIND);
            r.put(CUSTOMER, customer.get());
            r.put(CARD, card.value().cast_signed());
        }
        Fact::Erase(customer) => {
            of(kind::ERASE);
            r.put(CUSTOMER, customer.get());
        }
        Fact::Emission { slot, first, count } => {
            of(kind::EMISSION);
            r.put(SLOT, slot_number(*slot));
            r.put(FIRST, *first);
            r.put(COUNT, *count);
        }
        Fact::Sale(sale) => {
            of(kind::SALE);
            r.put_opt(CUSTOMER, sale.customer.map(CustomerId::get));
            put_receipt(&mut r, sale.receipt.as_ref(), &sale.lines, &sale.parts);
            put_paper(&mut r, sale.read, sale.fiscal.as_ref());
            r.put_opt(CONFIRMED, sale.confirmed.map(|how| how as i64));
        }
        Fact::Return {
            purchase,
            kind,
            lines,
        } => {
            of(kind::RETURN);
            r.put(PURCHASE, purchase.get());
            put_return_kind(&mut r, VOID, *kind);
            put_returned(&mut r, RETURNED, lines);
        }
        Fact::ReturnUnlinked(back) => {
            of(kind::RETURN_UNLINKED);
            put_unlinked(&mut r, back);
        }
        Fact::Attach {
            purchase,
            customer,
            read,
        } => {
            of(kind::ATTACH);
            r.put(CUSTOMER, customer.get());
            r.put(PURCHASE, purchase.get());
            put_paper(&mut r, *read, None);
        }
        Fact::Claim(claim) => {
            of(kind::CLAIM);
            put_claim(&mut r, claim, date, sold_to);
        }
        Fact::Issue(issued) => voucher::put_issue(&mut r, issued),
        Fact::Move(of) => voucher::put_move(&mut r, of),
        Fact::Business(business) => {
            put_row(&mut r, kind::BUSINESS, 0, row::business_record(business))
        }
        Fact::Outlet(outlet) => put_row(
            &mut r,
            kind::OUTLET,
            outlet.id.0,
            row::outlet_record(outlet),
        ),
        Fact::Operator(operator) => put_row(
            &mut r,
            kind::OPERATOR,
            operator.id.0,
            row::operator_record(operator),
        ),
        Fact::Programme(programme) => {
            put_row(
                &mut r,
                kind::PROGRAMME,
                programme.version().0,
                row::programme_record(programme),
            );
        }
        Fact::Device(device) => put_row(
            &mut r,
            kind::DEVICE,
            device.no.get(),
            row::device_record(device),
        ),
        Fact::ErasureDone { device, up_to } => {
            of(kind::ERASURE_DONE);
            r.put(KEY, device.get());
            r.put(UP_TO, up_to.0);
        }
        Fact::Visits(count) => {
            of(kind::VISITS);
            r.put(COUNT, *count);
        }
        Fact::Owed(purchase) => {
            of(kind::OWED);
            r.put(PURCHASE, purchase.get());
        }
        Fact::Refer { friend, referrer } => {
            of(kind::REFER);
            r.put(CUSTOMER, friend.get());
            r.put(REFERRER, referrer.get());
        }
        Fact::SettleReferral { of: id, refused } => {
            of(kind::SETTLE_REFERRAL);
            r.put(REFERRAL, id.get());
            put_code(&mut r, WHY, *refused);
        }
        Fact::Notice(notice) => {
            of(kind::NOTICE);
            r.put_opt(NOTICE_ABOUT, notice.about.map(EntryId::get));
            put_code(&mut r, CODE, Some(notice.code));
        }
        _ => office::put(&mut r, fact),
    }
    r
}

fn put_row(r: &mut Record, kind: i64, key: u32, record: Record) {
    r.put(KIND, kind);
    r.put_unless(KEY, i64::from(key), 0);
    r.put(ROW, record.open());
}

fn put_claim(r: &mut Record, claim: &Claim, date: Date, sold_to: Option<CustomerId>) {
    r.put_opt(
        CUSTOMER,
        (sold_to != Some(claim.customer)).then(|| claim.customer.get()),
    );
    r.put(INSTRUMENT, claim.instrument.0);
    r.put(CLAIM, i64::from(claim.kind.number()));
    put_effect(r, EFFECT, claim.kind, claim.effect);
    put_lot(r, LOT, claim.lot, date);
    put_about(r, ABOUT, claim.about);
}

/// The fact of an entry in an op of `date` whose last sale was to `sold_to`.
pub(super) fn read_entry(
    r: &Record,
    date: Date,
    sold_to: Option<CustomerId>,
) -> Result<Fact, WireError> {
    let customer = || id(r, CUSTOMER, CustomerId::new);
    let purchase = || id(r, PURCHASE, PurchaseId::new);
    let row = || Ok((r.int_or::<i64>(KEY, 0)?, r.record(ROW)?));
    Ok(match r.int::<i64>(KIND)? {
        kind::REGISTER => Fact::Register,
        kind::EDIT => Fact::Edit(customer()?),
        kind::CONSENT => Fact::Consent {
            customer: customer()?,
            purpose: one_of(r, PURPOSE, &PURPOSES, None)?,
            channel: one_of(r, CHANNEL, &CHANNELS, None)?,
            wording: r.int(WORDING)?,
            will: one_of(r, WITHDRAWN, &[(1, Will::Withdrawn)], Some(Will::Given))?,
        },
        kind::BIND => Fact::Bind {
            card: CardNumber::from_value(r.int(CARD)?).map_err(|_| WireError::OutOfRange(CARD))?,
            customer: customer()?,
        },
        kind::ERASE => Fact::Erase(customer()?),
        kind::EMISSION => Fact::Emission {
            slot: read_slot(r, SLOT)?.ok_or(WireError::Missing(SLOT))?,
            first: r.int(FIRST)?,
            count: r.int(COUNT)?,
        },
        kind::SALE => {
            let (receipt, lines, parts) = read_receipt(r)?;
            let (read, fiscal) = read_paper(r)?;
            Fact::Sale(Sale {
                customer: opt_id(r, CUSTOMER, CustomerId::new)?,
                receipt,
                lines,
                parts,
                read,
                fiscal,
                confirmed: r
                    .opt_int(CONFIRMED)?
                    .map(|_: i64| one_of(r, CONFIRMED, &CONFIRMATIONS, None))
                    .transpose()?,
            })
        }
        kind::RETURN => Fact::Return {
            purchase: purchase()?,
            kind: read_return_kind(r, VOID)?,
            lines: read_returned(r, RETURNED)?,
        },
        kind::RETURN_UNLINKED => Fact::ReturnUnlinked(read_unlinked(r)?),
        kind::ATTACH => Fact::Attach {
            purchase: purchase()?,
            customer: customer()?,
            read: read_paper(r)?.0,
        },
        kind::CLAIM => Fact::Claim(read_claim(r, date, sold_to)?),
        kind::ISSUE => voucher::read_issue(r)?,
        kind::MOVE => voucher::read_move(r)?,
        kind::BUSINESS => Fact::Business(row::read_business(row()?.1)?),
        kind::OUTLET => row()
            .and_then(|(key, r)| row::read_outlet(key, r))
            .map(Fact::Outlet)?,
        kind::OPERATOR => row()
            .and_then(|(key, r)| row::read_operator(key, r))
            .map(Fact::Operator)?,
        kind::PROGRAMME => row()
            .and_then(|(key, r)| row::read_programme_row(key, r))
            .map(Fact::Programme)?,
        kind::DEVICE => row()
            .and_then(|(key, r)| row::read_device(key, r))
            .map(Fact::Device)?,
        kind::ERASURE_DONE => Fact::ErasureDone {
            device: DeviceNo::new(r.int(KEY)?).map_err(|_| WireError::OutOfRange(KEY))?,
            up_to: Seq(r.int(UP_TO)?),
        },
        kind::VISITS => Fact::Visits(r.int(COUNT)?),
        kind::OWED => Fact::Owed(purchase()?),
        kind::REFER => Fact::Refer {
            friend: customer()?,
            referrer: id(r, REFERRER, CustomerId::new)?,
        },
        kind::SETTLE_REFERRAL => Fact::SettleReferral {
            of: id(r, REFERRAL, EntryId::new)?,
            refused: read_code(r, WHY)?,
        },
        kind::NOTICE => Fact::Notice(Notice {
            about: opt_id(r, NOTICE_ABOUT, EntryId::new)?,
            code: read_code(r, CODE)?.ok_or(WireError::Missing(CODE))?,
        }),
        other => office::read(r, other)?,
    })
}

fn read_claim(r: &Record, date: Date, sold_to: Option<CustomerId>) -> Result<Claim, WireError> {
    let customer = opt_id(r, CUSTOMER, CustomerId::new)?.or(sold_to);
    let lot: Option<LotTerms> = read_lot(r, LOT, date)?;
    let kind = read_kind(r, CLAIM)?;
    Ok(Claim {
        customer: customer.ok_or(WireError::Missing(CUSTOMER))?,
        instrument: InstrumentId(r.int(INSTRUMENT)?),
        kind,
        effect: read_effect(r, EFFECT, kind)?,
        lot,
        about: read_about(r, ABOUT)?,
    })
}
