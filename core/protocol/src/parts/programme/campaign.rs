//! The terms of a campaign: number 60 of an instrument of kind 51.

use kartka_domain::ids::InstrumentId;
use kartka_domain::money::Points;
use kartka_domain::programme::{Campaign, ONCE, When};

use super::bonus::{put_when, read_when};
use super::rules::{put_goods, read_goods};
use crate::WireError;
use crate::fields::Record;

const CARD: u16 = 1;
/// Absent = once.
const FACTOR: u16 = 2;
const PER_RECEIPT: u16 = 3;
/// Absent = all that the card counts.
const GOODS: u16 = 4;
const WHEN: u16 = 5;
const BUDGET: u16 = 6;

pub(super) fn campaign_record(of: &Campaign) -> Record {
    let mut r = Record::new();
    r.put(CARD, of.card.0);
    r.put_unless(FACTOR, of.factor.into(), ONCE.into());
    r.put_unless(PER_RECEIPT, of.per_receipt.0, 0);
    put_goods(&mut r, GOODS, &of.goods);
    r.put_records(WHEN, of.when.iter().map(when_record));
    r.put(BUDGET, of.budget.0);
    r
}

pub(super) fn read_campaign(r: &Record) -> Result<Campaign, WireError> {
    let when = r.records(WHEN)?.into_iter().map(read_when);
    Ok(Campaign {
        card: InstrumentId(r.int(CARD)?),
        factor: r.int_or(FACTOR, ONCE)?,
        per_receipt: Points(r.int_or(PER_RECEIPT, 0)?),
        goods: read_goods(r, GOODS)?,
        when: when.collect::<Result<_, _>>()?,
        budget: Points(r.int(BUDGET)?),
    })
}

fn when_record(of: &When) -> Record {
    let mut r = Record::new();
    put_when(&mut r, of);
    r
}
