//! A version of the programme: instruments and their terms. What the domain would not publish is refused.

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::money::{Money, Points, Rounding, Stamps};
use kartka_domain::programme::{
    BonusCard, EarnBase, Expiry, Instrument, OfflinePolicy, Programme, RedeemPolicy, StampCard,
    StampFor, Terms,
};

use super::one_of;
use crate::WireError;
use crate::fields::Record;

const ID: u16 = 1;
const NAME: u16 = 2;
const KIND: u16 = 3;
/// Bonus card.
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
/// Stamp card; absent = one stamp per visit.
const PER_AMOUNT: u16 = 20;
const SIZE: u16 = 21;
const REWARD_VALUE: u16 = 22;

const BONUS: i64 = 1;
const STAMPS: i64 = 2;
const OFFLINE_NONE: i64 = 0;
const OFFLINE_CAPPED: i64 = 1;
const ROUNDINGS: [(i64, Rounding); 3] = [
    (1, Rounding::Down),
    (2, Rounding::HalfUp),
    (3, Rounding::Up),
];
const BASES: [(i64, EarnBase); 2] = [
    (EarnBase::AfterDiscounts as i64, EarnBase::AfterDiscounts),
    (EarnBase::BeforeDiscounts as i64, EarnBase::BeforeDiscounts),
];

/// Puts the instruments under `tag`; the version is the row's key or stands elsewhere.
pub(crate) fn put_programme(record: &mut Record, tag: u16, programme: &Programme) {
    record.put_records(tag, programme.instruments().iter().map(instrument_record));
}

pub(crate) fn read_programme(
    record: &Record,
    tag: u16,
    version: u32,
) -> Result<Programme, WireError> {
    let instruments = record
        .records(tag)?
        .into_iter()
        .map(read_instrument)
        .collect::<Result<_, _>>()?;
    Programme::publish(ProgrammeVersion(version), instruments)
        .map_err(|_| WireError::OutOfRange(tag))
}

fn instrument_record(instrument: &Instrument) -> Record {
    let mut record = Record::new();
    record.put(ID, instrument.id.0);
    record.put(NAME, instrument.name.as_str());
    match &instrument.terms {
        Terms::Bonus(card) => put_bonus(&mut record, card),
        Terms::Stamps(card) => put_stamps(&mut record, card),
    }
    record
}

fn read_instrument(record: &Record) -> Result<Instrument, WireError> {
    let terms = match record.int::<i64>(KIND)? {
        BONUS => Terms::Bonus(read_bonus(record)?),
        STAMPS => Terms::Stamps(read_stamps(record)?),
        _ => return Err(WireError::OutOfRange(KIND)),
    };
    Ok(Instrument {
        id: InstrumentId(record.int(ID)?),
        name: record.text(NAME)?.to_owned(),
        terms,
    })
}

fn put_bonus(record: &mut Record, card: &BonusCard) {
    record.put(KIND, BONUS);
    record.put(RATE, card.rate);
    record.put(POINT_VALUE, card.point_value.0);
    let rounding = ROUNDINGS.iter().find(|(_, r)| *r == card.rounding);
    record.put_opt(ROUNDING, rounding.map(|(number, _)| *number));
    record.put(BASE, card.base as i64);
    record.put_unless(PENDING_DAYS, i64::from(card.pending_days), 0);
    record.put_opt(
        EXPIRY_MONTHS,
        match card.expiry {
            Expiry::Never => None,
            Expiry::Months(n) => Some(n),
        },
    );
    record.put_unless(MINIMUM, card.redeem.minimum.0, 0);
    record.put(STEP, card.redeem.step.0);
    record.put(MAX_SHARE, card.redeem.max_share);
    match card.redeem.offline {
        OfflinePolicy::None => record.put(OFFLINE, OFFLINE_NONE),
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

fn read_bonus(record: &Record) -> Result<BonusCard, WireError> {
    Ok(BonusCard {
        rate: record.int(RATE)?,
        point_value: Money(record.int(POINT_VALUE)?),
        rounding: one_of(record, ROUNDING, &ROUNDINGS, None)?,
        base: one_of(record, BASE, &BASES, None)?,
        pending_days: record.int_or(PENDING_DAYS, 0)?,
        expiry: record
            .opt_int(EXPIRY_MONTHS)?
            .map_or(Expiry::Never, Expiry::Months),
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
        OFFLINE_CAPPED => Ok(OfflinePolicy::Capped {
            per_customer: record.opt_int(PER_CUSTOMER)?.map(Points),
            device_budget: record.opt_int(DEVICE_BUDGET)?.map(Points),
            snapshot_age_ms: record.opt_int(SNAPSHOT_AGE)?,
        }),
        _ => Err(WireError::OutOfRange(OFFLINE)),
    }
}

fn put_stamps(record: &mut Record, card: &StampCard) {
    record.put(KIND, STAMPS);
    record.put_opt(
        PER_AMOUNT,
        match card.per {
            StampFor::Visit => None,
            StampFor::Amount(money) => Some(money.0),
        },
    );
    record.put(SIZE, card.size.0);
    record.put_unless(REWARD_VALUE, card.reward_value.0, 0);
}

fn read_stamps(record: &Record) -> Result<StampCard, WireError> {
    Ok(StampCard {
        per: record
            .opt_int(PER_AMOUNT)?
            .map_or(StampFor::Visit, |money| StampFor::Amount(Money(money))),
        size: Stamps(record.int(SIZE)?),
        reward_value: Money(record.int_or(REWARD_VALUE, 0)?),
    })
}
