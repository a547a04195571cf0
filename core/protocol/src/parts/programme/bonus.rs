//! The terms of a bonus card: numbers 4–16 and 23–33 of an instrument.

use kartka_domain::ids::{InstrumentId, OutletId};
use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::{Money, Points, Rounding};
use kartka_domain::programme::{
    BonusCard, CertificateEarns, EarnBase, Expiry, Late, Multiplier, Multiply, OfflinePolicy,
    Owing, RedeemPolicy, Remainder, TaxEarns, When,
};

use super::rules::{put_goods, put_ints, read_goods, read_ints};
use super::{BONUS, GOODS, KIND};
use crate::WireError;
use crate::fields::Record;
use crate::parts::one_of;

const RATE: u16 = 4;
const POINT_VALUE: u16 = 5;
const ROUNDING: u16 = 6;
const BASE: u16 = 7;
const PENDING_DAYS: u16 = 8;
/// Absent = never.
const EXPIRY_MONTHS: u16 = 9;
const MINIMUM: u16 = 10;
const STEP: u16 = 11;
const MAX_SHARE: u16 = 12;
const OFFLINE: u16 = 13;
/// Absent = no limit.
const PER_CUSTOMER: u16 = 14;
const DEVICE_BUDGET: u16 = 15;
const SNAPSHOT_AGE: u16 = 16;
const PER_RECEIPT: u16 = 23;
const PER_ITEM: u16 = 24;
const REMAINDER: u16 = 26;
const TAX: u16 = 27;
const CERTIFICATES: u16 = 28;
const MULTIPLIERS: u16 = 29;
const MULTIPLY: u16 = 30;
/// Months after the last purchase; never beside 9.
const INACTIVE_MONTHS: u16 = 31;
const ENDS: u16 = 32;
const NOT_PAYABLE: u16 = 33;
/// Absent = 30 days, none, the next earns repay it.
const GRACE_DAYS: u16 = 170;
const RETURNED_DAYS: u16 = 171;
const OWING: u16 = 172;

/// When a multiplier works, and how much.
mod multiplier {
    pub(super) const FACTOR: u16 = 1;
    pub(super) const KIND: u16 = 2;
    /// What the kind needs.
    pub(super) const NUMBERS: u16 = 3;
}

/// Kinds of multipliers.
mod when {
    pub(super) const TIER: i64 = 1;
    pub(super) const WEEKDAYS: i64 = 2;
    pub(super) const HOURS: i64 = 3;
    pub(super) const OUTLETS: i64 = 4;
    pub(super) const BIRTHDAY: i64 = 5;
    pub(super) const FIRST: i64 = 6;
}

const OFFLINE_NONE: i64 = 0;
const OFFLINE_CAPPED: i64 = 1;
const OFFLINE_ONLINE: i64 = 2;
const ROUNDINGS: [(i64, Rounding); 3] = [
    (1, Rounding::Down),
    (2, Rounding::HalfUp),
    (3, Rounding::Up),
];
const BASES: [(i64, EarnBase); 2] = [
    (EarnBase::AfterDiscounts as i64, EarnBase::AfterDiscounts),
    (EarnBase::BeforeDiscounts as i64, EarnBase::BeforeDiscounts),
];
const REMAINDERS: [(i64, Remainder); 2] = [
    (Remainder::Dropped as i64, Remainder::Dropped),
    (Remainder::Carried as i64, Remainder::Carried),
];
const TAXES: [(i64, TaxEarns); 2] = [
    (TaxEarns::Yes as i64, TaxEarns::Yes),
    (TaxEarns::No as i64, TaxEarns::No),
];
const CERTIFICATE_EARNS: [(i64, CertificateEarns); 2] = [
    (CertificateEarns::No as i64, CertificateEarns::No),
    (CertificateEarns::AtUse as i64, CertificateEarns::AtUse),
];
const MULTIPLIES: [(i64, Multiply); 2] = [
    (Multiply::Best as i64, Multiply::Best),
    (Multiply::Product as i64, Multiply::Product),
];
const OWINGS: [(i64, Owing); 3] = [
    (Owing::Owed as i64, Owing::Owed),
    (Owing::Cleared as i64, Owing::Cleared),
    (Owing::Deducted as i64, Owing::Deducted),
];
pub(super) const PERIOD_ENDS: [(i64, PeriodEnd); 3] = [
    (PeriodEnd::Month as i64, PeriodEnd::Month),
    (PeriodEnd::Quarter as i64, PeriodEnd::Quarter),
    (PeriodEnd::Year as i64, PeriodEnd::Year),
];

pub(super) fn put_bonus(record: &mut Record, card: &BonusCard) {
    record.put(KIND, BONUS);
    record.put(RATE, card.rate);
    record.put(POINT_VALUE, card.point_value.0);
    let rounding = ROUNDINGS.iter().find(|(_, r)| *r == card.rounding);
    record.put_opt(ROUNDING, rounding.map(|(number, _)| *number));
    record.put(BASE, card.base as i64);
    record.put_unless(PENDING_DAYS, i64::from(card.pending_days), 0);
    match card.expiry {
        Expiry::Never => {}
        Expiry::Months(n) => record.put(EXPIRY_MONTHS, n),
        Expiry::Inactive(n) => record.put(INACTIVE_MONTHS, n),
    }
    record.put_unless(ENDS, card.ends as i64, PeriodEnd::Month as i64);
    record.put_unless(PER_RECEIPT, card.per_receipt.0, 0);
    record.put_unless(PER_ITEM, card.per_item.0, 0);
    put_goods(record, GOODS, &card.goods);
    put_goods(record, NOT_PAYABLE, &card.not_payable);
    record.put_unless(REMAINDER, card.remainder as i64, Remainder::Dropped as i64);
    record.put_unless(TAX, card.tax as i64, TaxEarns::Yes as i64);
    let no = CertificateEarns::No as i64;
    record.put_unless(CERTIFICATES, card.certificates as i64, no);
    record.put_unless(MULTIPLY, card.multiply as i64, Multiply::Best as i64);
    record.put_records(MULTIPLIERS, card.multipliers.iter().map(multiplier_record));
    let (late, usual) = (card.late, Late::default());
    record.put_unless(GRACE_DAYS, late.grace_days.into(), usual.grace_days.into());
    record.put_unless(RETURNED_DAYS, late.returned_days.into(), 0);
    record.put_unless(OWING, late.owing as i64, usual.owing as i64);
    record.put_unless(MINIMUM, card.redeem.minimum.0, 0);
    record.put(STEP, card.redeem.step.0);
    record.put(MAX_SHARE, card.redeem.max_share);
    match card.redeem.offline {
        OfflinePolicy::None => record.put(OFFLINE, OFFLINE_NONE),
        OfflinePolicy::Online => record.put(OFFLINE, OFFLINE_ONLINE),
        OfflinePolicy::Capped {
            per_customer,
            device_budget,
            snapshot_age_ms,
        } => {
            record.put(OFFLINE, OFFLINE_CAPPED);
            record.put_opt(PER_CUSTOMER, per_customer.map(|points| points.0));
            record.put_opt(DEVICE_BUDGET, device_budget.map(|points| points.0));
            record.put_opt(SNAPSHOT_AGE, snapshot_age_ms);
        }
    }
}

pub(super) fn read_bonus(record: &Record) -> Result<BonusCard, WireError> {
    Ok(BonusCard {
        rate: record.int(RATE)?,
        point_value: Money(record.int(POINT_VALUE)?),
        rounding: one_of(record, ROUNDING, &ROUNDINGS, None)?,
        base: one_of(record, BASE, &BASES, None)?,
        pending_days: record.int_or(PENDING_DAYS, 0)?,
        expiry: match (
            record.opt_int(EXPIRY_MONTHS)?,
            record.opt_int(INACTIVE_MONTHS)?,
        ) {
            (None, None) => Expiry::Never,
            (Some(n), None) => Expiry::Months(n),
            (None, Some(n)) => Expiry::Inactive(n),
            _ => return Err(WireError::OutOfRange(INACTIVE_MONTHS)),
        },
        ends: one_of(record, ENDS, &PERIOD_ENDS, Some(PeriodEnd::Month))?,
        per_receipt: Points(record.int_or(PER_RECEIPT, 0)?),
        per_item: Points(record.int_or(PER_ITEM, 0)?),
        goods: read_goods(record, GOODS)?,
        not_payable: read_goods(record, NOT_PAYABLE)?,
        late: Late {
            grace_days: record.int_or(GRACE_DAYS, Late::default().grace_days)?,
            returned_days: record.int_or(RETURNED_DAYS, 0)?,
            owing: one_of(record, OWING, &OWINGS, Some(Owing::Owed))?,
        },
        remainder: one_of(record, REMAINDER, &REMAINDERS, Some(Remainder::Dropped))?,
        tax: one_of(record, TAX, &TAXES, Some(TaxEarns::Yes))?,
        certificates: one_of(
            record,
            CERTIFICATES,
            &CERTIFICATE_EARNS,
            Some(CertificateEarns::No),
        )?,
        multiply: one_of(record, MULTIPLY, &MULTIPLIES, Some(Multiply::Best))?,
        multipliers: record
            .records(MULTIPLIERS)?
            .into_iter()
            .map(read_multiplier)
            .collect::<Result<_, _>>()?,
        redeem: RedeemPolicy {
            minimum: Points(record.int_or(MINIMUM, 0)?),
            step: Points(record.int(STEP)?),
            max_share: record.int(MAX_SHARE)?,
            offline: read_offline(record)?,
        },
    })
}

fn read_offline(record: &Record) -> Result<OfflinePolicy, WireError> {
    match record.int::<i64>(OFFLINE)? {
        OFFLINE_NONE => Ok(OfflinePolicy::None),
        OFFLINE_ONLINE => Ok(OfflinePolicy::Online),
        OFFLINE_CAPPED => Ok(OfflinePolicy::Capped {
            per_customer: record.opt_int(PER_CUSTOMER)?.map(Points),
            device_budget: record.opt_int(DEVICE_BUDGET)?.map(Points),
            snapshot_age_ms: record.opt_int(SNAPSHOT_AGE)?,
        }),
        _ => Err(WireError::OutOfRange(OFFLINE)),
    }
}

fn multiplier_record(of: &Multiplier) -> Record {
    let mut r = Record::new();
    r.put(multiplier::FACTOR, of.factor);
    put_when(&mut r, &of.when);
    r
}

/// Puts a condition under numbers 2 and 3.
pub(super) fn put_when(r: &mut Record, of: &When) {
    let (kind, numbers) = match of {
        When::Tier(tiers, level) => (when::TIER, vec![tiers.0.into(), i64::from(*level)]),
        When::Weekdays(days) => (when::WEEKDAYS, vec![i64::from(*days)]),
        When::Hours { from, to } => (when::HOURS, vec![i64::from(*from), i64::from(*to)]),
        When::Outlets(outlets) => {
            let outlets = outlets.iter().map(|outlet| outlet.0.into());
            (when::OUTLETS, outlets.collect())
        }
        When::Birthday { before, after } => {
            (when::BIRTHDAY, vec![i64::from(*before), i64::from(*after)])
        }
        When::FirstPurchase => (when::FIRST, Vec::new()),
    };
    r.put(multiplier::KIND, kind);
    put_ints(r, multiplier::NUMBERS, numbers.into_iter());
}

fn read_multiplier(r: &Record) -> Result<Multiplier, WireError> {
    Ok(Multiplier {
        when: read_when(r)?,
        factor: r.int(multiplier::FACTOR)?,
    })
}

pub(super) fn read_when(r: &Record) -> Result<When, WireError> {
    let wrong = || WireError::OutOfRange(multiplier::NUMBERS);
    let small = |number: i64| u16::try_from(number).map_err(|_| wrong());
    let numbers = r.ints(multiplier::NUMBERS)?;
    Ok(match (r.int::<i64>(multiplier::KIND)?, &numbers[..]) {
        (when::TIER, [tiers, level]) => When::Tier(
            InstrumentId(u32::try_from(*tiers).map_err(|_| wrong())?),
            u8::try_from(*level).map_err(|_| wrong())?,
        ),
        (when::WEEKDAYS, [days]) => When::Weekdays(u8::try_from(*days).map_err(|_| wrong())?),
        (when::HOURS, [from, to]) => When::Hours {
            from: small(*from)?,
            to: small(*to)?,
        },
        (when::OUTLETS, _) => When::Outlets(read_ints(r, multiplier::NUMBERS, OutletId)?),
        (when::BIRTHDAY, [before, after]) => When::Birthday {
            before: small(*before)?,
            after: small(*after)?,
        },
        (when::FIRST, []) => When::FirstPurchase,
        _ => return Err(wrong()),
    })
}
