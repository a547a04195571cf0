//! Gift certificates and coupons with numbers of their own: number 60 of an instrument, by its kind.

use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::Money;
use kartka_domain::programme::{
    Certificate, Life, Nominals, NumberedCoupon, Spending, VoucherOffline,
};

use super::bonus::PERIOD_ENDS;
use super::more::{benefit_record, read_benefit};
use super::rules::put_ints;
use crate::WireError;
use crate::fields::{Record, Value};
use crate::parts::one_of;

/// Of a certificate: amounts, or the least and the most.
const FIXED: u16 = 1;
const LEAST: u16 = 2;
const MOST: u16 = 3;
/// Absent = many times.
const SPENDING: u16 = 4;
/// Of a coupon.
const GIVES: u16 = 1;
/// Of both; absent = for ever.
const MONTHS: u16 = 5;
const ENDS: u16 = 6;
/// Absent = taken; 0 = ask; else up to so much.
const OFFLINE: u16 = 7;

const SPENDINGS: [(i64, Spending); 3] = [
    (Spending::Many as i64, Spending::Many),
    (Spending::OnceLost as i64, Spending::OnceLost),
    (Spending::OnceKept as i64, Spending::OnceKept),
];

pub(super) fn certificate_record(of: &Certificate) -> Record {
    let mut r = Record::new();
    match &of.nominals {
        Nominals::Fixed(all) => put_ints(&mut r, FIXED, all.iter().map(|one| one.0)),
        Nominals::Between(least, most) => {
            r.put(LEAST, least.0);
            r.put(MOST, most.0);
        }
    }
    r.put_unless(SPENDING, of.spending as i64, Spending::Many as i64);
    put_promise(&mut r, of.life, of.offline);
    r
}

pub(super) fn read_certificate(r: &Record) -> Result<Certificate, WireError> {
    let fixed = r.ints(FIXED)?;
    let between = (r.opt_int(LEAST)?, r.opt_int(MOST)?);
    let nominals = match (fixed.is_empty(), between) {
        (false, (None, None)) => Nominals::Fixed(fixed.into_iter().map(Money).collect()),
        (true, (Some(least), Some(most))) => Nominals::Between(Money(least), Money(most)),
        _ => return Err(WireError::OutOfRange(FIXED)),
    };
    let (life, offline) = read_promise(r)?;
    Ok(Certificate {
        nominals,
        spending: one_of(r, SPENDING, &SPENDINGS, Some(Spending::Many))?,
        life,
        offline,
    })
}

pub(super) fn numbered_record(of: &NumberedCoupon) -> Record {
    let mut r = Record::new();
    r.put(GIVES, Value::Record(benefit_record(&of.gives)));
    put_promise(&mut r, of.life, of.offline);
    r
}

pub(super) fn read_numbered(r: &Record) -> Result<NumberedCoupon, WireError> {
    let (life, offline) = read_promise(r)?;
    Ok(NumberedCoupon {
        gives: read_benefit(r.record(GIVES)?)?,
        life,
        offline,
    })
}

fn put_promise(r: &mut Record, life: Life, offline: VoucherOffline) {
    r.put_opt(MONTHS, life.months);
    r.put_unless(ENDS, life.ends as i64, PeriodEnd::Month as i64);
    r.put_opt(
        OFFLINE,
        match offline {
            VoucherOffline::Accept => None,
            VoucherOffline::Ask => Some(0),
            VoucherOffline::UpTo(most) => Some(most.0),
        },
    );
}

fn read_promise(r: &Record) -> Result<(Life, VoucherOffline), WireError> {
    let life = Life {
        months: r.opt_int(MONTHS)?,
        ends: one_of(r, ENDS, &PERIOD_ENDS, Some(PeriodEnd::Month))?,
    };
    let offline = match r.opt_int(OFFLINE)? {
        None => VoucherOffline::Accept,
        Some(0) => VoucherOffline::Ask,
        Some(most) => VoucherOffline::UpTo(Money(most)),
    };
    Ok((life, offline))
}
