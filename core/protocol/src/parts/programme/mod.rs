//! A version of the programme: instruments and their terms. What this version can't read of one is kept beside it.

mod bonus;
mod campaign;
mod certificate;
mod more;
mod newer;
mod referral;
mod rules;

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::money::{Money, Stamps};
use kartka_domain::programme::{
    DiscountCard, Instrument, Programme, Reward, StampCard, StampFor, Step, Terms,
};

use crate::WireError;
use crate::fields::Record;
use bonus::{put_bonus, read_bonus};
use more::{put_more, read_more};
use rules::{gift_record, put_goods, put_ints, put_rules, read_gift, read_goods, read_rules};

const ID: u16 = 1;
const NAME: u16 = 2;
const KIND: u16 = 3;
/// Stamp card; absent = one stamp per visit.
const PER_AMOUNT: u16 = 20;
const SIZE: u16 = 21;
const REWARD_VALUE: u16 = 22;
/// Goods that a bonus or a stamp card counts; absent = all.
const GOODS: u16 = 25;
/// 1 = a stamp per piece.
const PER_ITEM: u16 = 34;
/// What the first reward makes free; absent = it is handed out beside the receipt.
const GIFT: u16 = 35;
const MORE_REWARDS: u16 = 36;
/// Discount card: spent before, rate, spent before, rate, …
const SCALE: u16 = 40;

const BONUS: i64 = 1;
const STAMPS: i64 = 2;
const DISCOUNT: i64 = 3;

/// A reward after the first.
mod reward {
    pub(super) const STAMPS: u16 = 1;
    pub(super) const VALUE: u16 = 2;
    pub(super) const GIFT: u16 = 3;
}
/// Puts the instruments under `tag`; the version is the row's key or stands elsewhere.
pub(crate) fn put_programme(record: &mut Record, tag: u16, programme: &Programme) {
    record.put_records(tag, programme.instruments().iter().map(instrument_record));
}

/// Reads the instruments under `tag`; one that only a newer version can read, or that does not stand by this version's
/// rules, is kept as it came (L12).
pub(crate) fn read_programme(
    record: &Record,
    tag: u16,
    version: u32,
) -> Result<Programme, WireError> {
    let records = record.records(tag)?;
    let instruments = records.into_iter().map(newer::read);
    newer::publish(
        ProgrammeVersion(version),
        instruments.collect::<Result<_, _>>()?,
    )
    .ok_or(WireError::OutOfRange(tag))
}

fn instrument_record(instrument: &Instrument) -> Record {
    match &instrument.newer {
        None => known_record(instrument),
        Some(kept) => newer::record(instrument, kept),
    }
}

/// What this version writes of an instrument.
fn known_record(instrument: &Instrument) -> Record {
    let mut record = Record::new();
    record.put(ID, instrument.id.0);
    record.put(NAME, instrument.name.as_str());
    match &instrument.terms {
        Terms::Bonus(card) => put_bonus(&mut record, card),
        Terms::Stamps(card) => put_stamps(&mut record, card),
        Terms::Discount(card) => put_discount(&mut record, card),
        more => put_more(&mut record, more),
    }
    put_rules(&mut record, &instrument.rules);
    record
}

fn read_instrument(record: &Record) -> Result<Instrument, WireError> {
    let terms = match record.int::<i64>(KIND)? {
        BONUS => Terms::Bonus(read_bonus(record)?),
        STAMPS => Terms::Stamps(read_stamps(record)?),
        DISCOUNT => Terms::Discount(read_discount(record)?),
        number => read_more(record, number)?,
    };
    Ok(Instrument {
        id: InstrumentId(record.int(ID)?),
        name: record.text(NAME)?.to_owned(),
        terms,
        rules: read_rules(record)?,
        newer: None,
    })
}

fn put_stamps(record: &mut Record, card: &StampCard) {
    record.put(KIND, STAMPS);
    let amount = match card.per {
        StampFor::Amount(money) => Some(money.0),
        StampFor::Visit | StampFor::Item => None,
    };
    record.put_opt(PER_AMOUNT, amount);
    record.put_unless(PER_ITEM, (card.per == StampFor::Item).into(), 0);
    put_goods(record, GOODS, &card.goods);
    let Some((first, more)) = card.rewards.split_first() else {
        return;
    };
    record.put(SIZE, first.stamps.0);
    record.put_unless(REWARD_VALUE, first.value.0, 0);
    record.put_opt(GIFT, first.gift.as_ref().map(gift_record));
    record.put_records(MORE_REWARDS, more.iter().map(reward_record));
}

fn reward_record(of: &Reward) -> Record {
    let mut r = Record::new();
    r.put(reward::STAMPS, of.stamps.0);
    r.put_unless(reward::VALUE, of.value.0, 0);
    r.put_opt(reward::GIFT, of.gift.as_ref().map(gift_record));
    r
}

fn read_stamps(record: &Record) -> Result<StampCard, WireError> {
    let per = match (
        record.opt_int(PER_AMOUNT)?,
        record.int_or::<i64>(PER_ITEM, 0)?,
    ) {
        (Some(money), 0) => StampFor::Amount(Money(money)),
        (None, 0) => StampFor::Visit,
        (None, 1) => StampFor::Item,
        _ => return Err(WireError::OutOfRange(PER_ITEM)),
    };
    let gift = |r: &Record, tag| r.opt_record(tag)?.map(read_gift).transpose();
    let mut rewards = vec![Reward {
        stamps: Stamps(record.int(SIZE)?),
        value: Money(record.int_or(REWARD_VALUE, 0)?),
        gift: gift(record, GIFT)?,
    }];
    for r in record.records(MORE_REWARDS)? {
        rewards.push(Reward {
            stamps: Stamps(r.int(reward::STAMPS)?),
            value: Money(r.int_or(reward::VALUE, 0)?),
            gift: gift(r, reward::GIFT)?,
        });
    }
    Ok(StampCard {
        per,
        goods: read_goods(record, GOODS)?,
        rewards,
    })
}

fn put_discount(record: &mut Record, card: &DiscountCard) {
    record.put(KIND, DISCOUNT);
    let steps = card.scale.iter();
    put_ints(record, SCALE, steps.flat_map(|s| [s.from.0, s.rate.into()]));
}

fn read_discount(record: &Record) -> Result<DiscountCard, WireError> {
    let numbers = record.ints(SCALE)?;
    let (steps, rest) = numbers.as_chunks::<2>();
    let step = |[from, rate]: &[i64; 2]| {
        let rate = u16::try_from(*rate).map_err(|_| WireError::OutOfRange(SCALE))?;
        let from = Money(*from);
        Ok(Step { from, rate })
    };
    match rest {
        [] => Ok(DiscountCard {
            scale: steps.iter().map(step).collect::<Result<_, WireError>>()?,
        }),
        _ => Err(WireError::OutOfRange(SCALE)),
    }
}
