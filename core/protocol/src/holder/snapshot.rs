//! What the holder of a card is told: how it stands, what it is worth, what was bought, and what became of their wishes.
//!
//! Of the person only the given name. Texts are the shop's own and shown as they are, never interpreted.

use kartka_domain::customer::Will;
use kartka_domain::ids::{Epoch, InstrumentId, Seq};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::{Currency, Money, Points, Stamps};
use kartka_domain::op::Seen;

use super::RequestKey;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape};
use crate::parts::{one_of, opt_date, read_date};
use crate::{WireError, limits};

mod tag {
    pub(super) const AT: u16 = 1;
    pub(super) const EPOCH: u16 = 2;
    pub(super) const RANDOM: u16 = 3;
    pub(super) const SEQ: u16 = 4;
    pub(super) const SHOP: u16 = 5;
    pub(super) const CURRENCY: u16 = 6;
    pub(super) const SCALE: u16 = 7;
    pub(super) const STANDING: u16 = 8;
    pub(super) const GIVEN: u16 = 9;
    pub(super) const POINTS: u16 = 10;
    pub(super) const STAMPS: u16 = 11;
    pub(super) const LEVELS: u16 = 12;
    pub(super) const VOUCHERS: u16 = 13;
    pub(super) const PURCHASES: u16 = 14;
    /// Absent = not given.
    pub(super) const MARKETING: u16 = 15;
    pub(super) const OUTCOMES: u16 = 16;
    /// Absent = where it was asked.
    pub(super) const ADDRESS: u16 = 17;
    pub(super) const TODAY: u16 = 18;
}

mod line {
    pub(super) const INSTRUMENT: u16 = 1;
    pub(super) const NAME: u16 = 2;
    pub(super) const AMOUNT: u16 = 3;
    pub(super) const SECOND: u16 = 4;
    pub(super) const THIRD: u16 = 5;
    pub(super) const WORTH: u16 = 6;
    pub(super) const DATE: u16 = 7;
    pub(super) const OF_DATE: u16 = 8;
    pub(super) const NUMBER: u16 = 9;
}

mod outcome {
    pub(super) const KEY: u16 = 1;
    /// Absent = done.
    pub(super) const REFUSED: u16 = 2;
}

/// How a card stands for its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardStanding {
    /// Genuine, and nobody's yet: the counter knows more than the authority, or it was never handed out.
    Blank = 1,
    /// In its holder's hands.
    Active = 2,
    /// Refused at every counter.
    Blocked = 3,
    /// Its holder was erased: there is nothing to show for ever.
    Erased = 4,
}

const STANDINGS: [(i64, CardStanding); 4] = [
    (CardStanding::Blank as i64, CardStanding::Blank),
    (CardStanding::Active as i64, CardStanding::Active),
    (CardStanding::Blocked as i64, CardStanding::Blocked),
    (CardStanding::Erased as i64, CardStanding::Erased),
];

/// The shop as its customers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopFace {
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: Currency,
    /// Digits of a point's smallest step.
    pub point_scale: u8,
}

/// Points of one bonus card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsLine {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// As the shop calls it.
    pub name: String,
    /// Everything, less the debt.
    pub balance: Points,
    /// What may be spent.
    pub spendable: Points,
    /// Not available yet.
    pub pending: Points,
    /// What the spendable points are worth, in minor units.
    pub worth: Money,
    /// The soonest last day and what ends on it.
    pub expiring: Option<(Date, Points)>,
}

/// Stamps of one stamp card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampsLine {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// As the shop calls it.
    pub name: String,
    /// Collected.
    pub stamps: Stamps,
    /// Of a full card.
    pub size: Stamps,
}

/// A level held in tiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelLine {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// As the shop calls the tiers.
    pub name: String,
    /// Counted from 1.
    pub level: u8,
}

/// A voucher that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherLine {
    /// As the shop calls it.
    pub name: String,
    /// Its number, if it has one.
    pub number: Option<String>,
    /// What is left of it, in minor units; 0 for a coupon.
    pub balance: Money,
    /// Its last day.
    pub last_day: Option<Date>,
}

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseLine {
    /// Its business date.
    pub date: Date,
    /// After discounts, in minor units.
    pub total: Money,
    /// What it changed in points: earned, spent, taken and given back.
    pub points: Points,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It can't be: there is nobody to do it for.
    Refused,
}

/// How a card stands at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The authority's time, epoch ms.
    pub at_ms: i64,
    /// Its business date.
    pub today: Date,
    /// Of which order it is, up to where.
    pub seen: Seen,
    /// The shop.
    pub shop: ShopFace,
    /// How the card stands; of any but an active one nothing is said below.
    pub standing: CardStanding,
    /// The holder's given name.
    pub given: Option<String>,
    /// Points per bonus card.
    pub points: Vec<PointsLine>,
    /// Stamps per stamp card.
    pub stamps: Vec<StampsLine>,
    /// Levels held.
    pub levels: Vec<LevelLine>,
    /// What may be used.
    pub vouchers: Vec<VoucherLine>,
    /// Newest first.
    pub purchases: Vec<PurchaseLine>,
    /// Whether news and offers may be sent.
    pub marketing: Will,
    /// What became of the question's requests; one that is not named waits.
    pub outcomes: Vec<(RequestKey, Outcome)>,
    /// Where the authority is reached from now on, if not where it was asked.
    pub address: Option<String>,
}

impl Snapshot {
    /// As kept, and as it is sealed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::AT, self.at_ms);
        r.put(tag::EPOCH, self.seen.epoch.number.cast_signed());
        r.put(tag::RANDOM, self.seen.epoch.random.cast_signed());
        r.put(tag::SEQ, self.seen.seq.0);
        r.put(tag::SHOP, self.shop.name.as_str());
        r.put(tag::CURRENCY, self.shop.currency.code());
        r.put_unless(tag::SCALE, i64::from(self.shop.point_scale), 0);
        r.put(tag::STANDING, self.standing as i64);
        r.put_opt(tag::GIVEN, self.given.as_deref());
        r.put_records(tag::POINTS, self.points.iter().map(PointsLine::to_record));
        r.put_records(tag::STAMPS, self.stamps.iter().map(StampsLine::to_record));
        r.put_records(tag::LEVELS, self.levels.iter().map(LevelLine::to_record));
        r.put_records(
            tag::VOUCHERS,
            self.vouchers.iter().map(VoucherLine::to_record),
        );
        r.put_records(
            tag::PURCHASES,
            self.purchases.iter().map(PurchaseLine::to_record),
        );
        let given = i64::from(self.marketing == Will::Given);
        r.put_unless(tag::MARKETING, given, 0);
        r.put_records(tag::OUTCOMES, self.outcomes.iter().map(put_outcome));
        r.put_opt(tag::ADDRESS, self.address.as_deref());
        r.put(tag::TODAY, day_number(self.today));
        r.encode_open()
    }

    /// From opened or kept bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::SEALED)?;
        let currency = Currency::new(r.text(tag::CURRENCY)?);
        let address = r.opt_text(tag::ADDRESS)?;
        within(Measure::Text, address.map_or(0, str::len), limits::ADDRESS)?;
        Ok(Self {
            at_ms: r.int(tag::AT)?,
            today: read_date(&r, tag::TODAY)?,
            seen: Seen {
                epoch: Epoch {
                    number: r.int::<i64>(tag::EPOCH)?.cast_unsigned(),
                    random: r.int::<i64>(tag::RANDOM)?.cast_unsigned(),
                },
                seq: Seq(r.int(tag::SEQ)?),
            },
            shop: ShopFace {
                name: r.text(tag::SHOP)?.to_owned(),
                currency: currency.ok_or(WireError::OutOfRange(tag::CURRENCY))?,
                point_scale: match r.int_or(tag::SCALE, 0)? {
                    scale @ 0..=2 => scale,
                    _ => return Err(WireError::OutOfRange(tag::SCALE)),
                },
            },
            standing: one_of(&r, tag::STANDING, &STANDINGS, None)?,
            given: r.opt_text(tag::GIVEN)?.map(str::to_owned),
            points: lines(&r, tag::POINTS, PointsLine::from_record)?,
            stamps: lines(&r, tag::STAMPS, StampsLine::from_record)?,
            levels: lines(&r, tag::LEVELS, LevelLine::from_record)?,
            vouchers: lines(&r, tag::VOUCHERS, VoucherLine::from_record)?,
            purchases: lines(&r, tag::PURCHASES, PurchaseLine::from_record)?,
            marketing: match r.int_or::<i64>(tag::MARKETING, 0)? {
                0 => Will::Withdrawn,
                1 => Will::Given,
                _ => return Err(WireError::OutOfRange(tag::MARKETING)),
            },
            outcomes: read_outcomes(&r)?,
            address: address.map(str::to_owned),
        })
    }
}

fn lines<T>(
    r: &Record,
    tag: u16,
    read: impl Fn(&Record) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    let records = r.records(tag)?;
    within(Measure::Items, records.len(), limits::HOLDER_LINES)?;
    records.into_iter().map(read).collect()
}

fn put_outcome((key, said): &(RequestKey, Outcome)) -> Record {
    let mut r = Record::new();
    r.put(outcome::KEY, *key);
    let refused = i64::from(*said == Outcome::Refused);
    r.put_unless(outcome::REFUSED, refused, 0);
    r
}

fn read_outcomes(r: &Record) -> Result<Vec<(RequestKey, Outcome)>, WireError> {
    let records = r.records(tag::OUTCOMES)?;
    within(Measure::Items, records.len(), limits::HOLDER_REQUESTS)?;
    let read = |one: &Record| {
        let said = match one.int_or::<i64>(outcome::REFUSED, 0)? {
            0 => Outcome::Done,
            1 => Outcome::Refused,
            _ => return Err(WireError::OutOfRange(outcome::REFUSED)),
        };
        Ok((one.array(outcome::KEY)?, said))
    };
    records.into_iter().map(read).collect()
}

impl PointsLine {
    fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(line::INSTRUMENT, self.instrument.0);
        r.put(line::NAME, self.name.as_str());
        r.put_unless(line::AMOUNT, self.balance.0, 0);
        r.put_unless(line::SECOND, self.spendable.0, 0);
        r.put_unless(line::THIRD, self.pending.0, 0);
        r.put_unless(line::WORTH, self.worth.0, 0);
        if let Some((last, points)) = self.expiring {
            r.put(line::DATE, day_number(last));
            r.put(line::OF_DATE, points.0);
        }
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        let last = opt_date(r, line::DATE)?;
        let of_date = last.map(|last| Ok((last, Points(r.int(line::OF_DATE)?))));
        Ok(Self {
            instrument: InstrumentId(r.int(line::INSTRUMENT)?),
            name: r.text(line::NAME)?.to_owned(),
            balance: Points(r.int_or(line::AMOUNT, 0)?),
            spendable: Points(r.int_or(line::SECOND, 0)?),
            pending: Points(r.int_or(line::THIRD, 0)?),
            worth: Money(r.int_or(line::WORTH, 0)?),
            expiring: of_date.transpose()?,
        })
    }
}

impl StampsLine {
    fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(line::INSTRUMENT, self.instrument.0);
        r.put(line::NAME, self.name.as_str());
        r.put_unless(line::AMOUNT, self.stamps.0, 0);
        r.put(line::SECOND, self.size.0);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            instrument: InstrumentId(r.int(line::INSTRUMENT)?),
            name: r.text(line::NAME)?.to_owned(),
            stamps: Stamps(r.int_or(line::AMOUNT, 0)?),
            size: Stamps(r.int(line::SECOND)?),
        })
    }
}

impl LevelLine {
    fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(line::INSTRUMENT, self.instrument.0);
        r.put(line::NAME, self.name.as_str());
        r.put(line::AMOUNT, self.level);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            instrument: InstrumentId(r.int(line::INSTRUMENT)?),
            name: r.text(line::NAME)?.to_owned(),
            level: r.int(line::AMOUNT)?,
        })
    }
}

impl VoucherLine {
    fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(line::NAME, self.name.as_str());
        r.put_unless(line::AMOUNT, self.balance.0, 0);
        if let Some(last) = self.last_day {
            r.put(line::DATE, day_number(last));
        }
        r.put_opt(line::NUMBER, self.number.as_deref());
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            name: r.text(line::NAME)?.to_owned(),
            number: r.opt_text(line::NUMBER)?.map(str::to_owned),
            balance: Money(r.int_or(line::AMOUNT, 0)?),
            last_day: opt_date(r, line::DATE)?,
        })
    }
}

impl PurchaseLine {
    fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put_unless(line::AMOUNT, self.total.0, 0);
        r.put_unless(line::SECOND, self.points.0, 0);
        r.put(line::DATE, day_number(self.date));
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            date: read_date(r, line::DATE)?,
            total: Money(r.int_or(line::AMOUNT, 0)?),
            points: Points(r.int_or(line::SECOND, 0)?),
        })
    }
}
