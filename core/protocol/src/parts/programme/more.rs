//! Clubs, coupons, greetings, offers, cards earned by a receipt, tiers: number 60 of an instrument, by its kind.

use kartka_domain::ids::InstrumentId;
use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{
    Benefit, BundlePrice, Club, Counting, Coupon, Demotion, Greeting, GreetingFor, Issue, Joining,
    Level, Need, Offer, Part, Terms, Tiers, Window,
};
use kartka_domain::purchase::GoodsId;

use super::KIND;
use super::bonus::PERIOD_ENDS;
use super::campaign::{campaign_record, read_campaign};
use super::certificate::{certificate_record, numbered_record, read_certificate, read_numbered};
use super::referral::{read_referral, referral_record};
use super::rules::{gift_record, put_goods, read_gift, read_goods};
use crate::WireError;
use crate::fields::{Record, Value};
use crate::parts::one_of;

const MORE: u16 = 60;

/// Kinds of instruments whose terms stand here.
mod kind {
    pub(super) const CLUB: i64 = 4;
    pub(super) const COUPON: i64 = 6;
    pub(super) const GREETING: i64 = 8;
    pub(super) const OFFER: i64 = 9;
    pub(super) const ISSUE: i64 = 10;
    pub(super) const TIERS: i64 = 11;
    pub(super) const CERTIFICATE: i64 = 20;
    pub(super) const NUMBERED: i64 = 21;
    pub(super) const CAMPAIGN: i64 = 51;
    pub(super) const REFERRAL: i64 = 61;
}

mod club {
    /// 1 receipt of, 2 spent in all, 3 fee, 4 invitation.
    pub(super) const JOINING: u16 = 1;
    /// Amount or goods.
    pub(super) const NUMBER: u16 = 2;
    pub(super) const MONTHS: u16 = 3;
    pub(super) const RATE: u16 = 4;
}

mod coupon {
    pub(super) const CODE: u16 = 1;
    pub(super) const GIVES: u16 = 2;
    pub(super) const PER_CUSTOMER: u16 = 3;
    pub(super) const PER_DAY: u16 = 4;
    /// Absent = no limit.
    pub(super) const TOTAL: u16 = 100;
    /// Absent = afterwards.
    pub(super) const COUNTING: u16 = 101;
}

mod greeting {
    pub(super) const ON: u16 = 1;
    pub(super) const GIVES: u16 = 2;
    pub(super) const BEFORE: u16 = 3;
    pub(super) const AFTER: u16 = 4;
}

mod benefit {
    /// 1 percent, 2 amount, 3 gift.
    pub(super) const KIND: u16 = 1;
    pub(super) const NUMBER: u16 = 2;
    pub(super) const GIFT: u16 = 3;
}

mod offer {
    /// 1 bundle, 2 gift, 3 favourite.
    pub(super) const KIND: u16 = 1;
    pub(super) const PARTS: u16 = 2;
    /// 1 rate, 2 off, 3 for.
    pub(super) const PRICE: u16 = 3;
    pub(super) const NUMBER: u16 = 4;
    pub(super) const GIFT: u16 = 5;
}

mod part {
    pub(super) const GOODS: u16 = 1;
    pub(super) const PIECES: u16 = 2;
}

mod issue {
    pub(super) const CARD: u16 = 1;
    pub(super) const RECEIPT: u16 = 2;
}

mod tiers {
    /// Rolling months; never beside 2.
    pub(super) const ROLLING: u16 = 1;
    pub(super) const CALENDAR: u16 = 2;
    pub(super) const LEVELS: u16 = 3;
    pub(super) const GRACE: u16 = 4;
    pub(super) const DEMOTION: u16 = 5;
}

mod level {
    pub(super) const JOIN: u16 = 1;
    pub(super) const KEEP: u16 = 2;
    pub(super) const RATE: u16 = 3;
}

mod need {
    pub(super) const SPENT: u16 = 1;
    pub(super) const VISITS: u16 = 2;
    pub(super) const STATUS: u16 = 3;
}

const DAYS: [(i64, GreetingFor); 3] = [
    (GreetingFor::Birthday as i64, GreetingFor::Birthday),
    (GreetingFor::Relative as i64, GreetingFor::Relative),
    (GreetingFor::FirstVisit as i64, GreetingFor::FirstVisit),
];
const DEMOTIONS: [(i64, Demotion); 2] = [
    (Demotion::Automatic as i64, Demotion::Automatic),
    (Demotion::OwnerConfirms as i64, Demotion::OwnerConfirms),
];

/// Puts the terms of the kinds that stand here; those of others not at all.
pub(super) fn put_more(record: &mut Record, terms: &Terms) {
    let (number, inner) = match terms {
        Terms::Club(club) => (kind::CLUB, club_record(*club)),
        Terms::Coupon(coupon) => (kind::COUPON, coupon_record(coupon)),
        Terms::Greeting(greeting) => (kind::GREETING, greeting_record(greeting)),
        Terms::Offer(offer) => (kind::OFFER, offer_record(offer)),
        Terms::Issue(issue) => (kind::ISSUE, issue_record(*issue)),
        Terms::Tiers(tiers) => (kind::TIERS, tiers_record(tiers)),
        Terms::Certificate(of) => (kind::CERTIFICATE, certificate_record(of)),
        Terms::Numbered(of) => (kind::NUMBERED, numbered_record(of)),
        Terms::Campaign(of) => (kind::CAMPAIGN, campaign_record(of)),
        Terms::Referral(of) => (kind::REFERRAL, referral_record(of)),
        Terms::Bonus(_) | Terms::Stamps(_) | Terms::Discount(_) | Terms::Newer => return,
    };
    record.put(KIND, number);
    record.put(MORE, Value::Record(inner));
}

pub(super) fn read_more(record: &Record, number: i64) -> Result<Terms, WireError> {
    let r = || record.record(MORE);
    Ok(match number {
        kind::CLUB => Terms::Club(read_club(r()?)?),
        kind::COUPON => Terms::Coupon(read_coupon(r()?)?),
        kind::GREETING => Terms::Greeting(read_greeting(r()?)?),
        kind::OFFER => Terms::Offer(read_offer(r()?)?),
        kind::ISSUE => Terms::Issue(read_issue(r()?)?),
        kind::TIERS => Terms::Tiers(read_tiers(r()?)?),
        kind::CERTIFICATE => Terms::Certificate(read_certificate(r()?)?),
        kind::NUMBERED => Terms::Numbered(read_numbered(r()?)?),
        kind::CAMPAIGN => Terms::Campaign(read_campaign(r()?)?),
        kind::REFERRAL => Terms::Referral(read_referral(r()?)?),
        _ => return Err(WireError::OutOfRange(KIND)),
    })
}

fn club_record(of: Club) -> Record {
    let mut r = Record::new();
    let (joining, number) = match of.joining {
        Joining::Receipt(money) => (1_i64, Some(money.0)),
        Joining::Spent(money) => (2, Some(money.0)),
        Joining::Fee(goods) => (3, Some(goods.0)),
        Joining::Invitation => (4, None),
    };
    r.put(club::JOINING, joining);
    r.put_opt(club::NUMBER, number);
    r.put_opt(club::MONTHS, of.months);
    r.put_unless(club::RATE, of.rate.into(), 0);
    r
}

fn read_club(r: &Record) -> Result<Club, WireError> {
    let joining = match (r.int::<i64>(club::JOINING)?, r.opt_int(club::NUMBER)?) {
        (1, Some(money)) => Joining::Receipt(Money(money)),
        (2, Some(money)) => Joining::Spent(Money(money)),
        (3, Some(goods)) => Joining::Fee(GoodsId(goods)),
        (4, None) => Joining::Invitation,
        _ => return Err(WireError::OutOfRange(club::JOINING)),
    };
    Ok(Club {
        joining,
        months: r.opt_int(club::MONTHS)?,
        rate: r.int_or(club::RATE, 0)?,
    })
}

const COUNTINGS: [(i64, Counting); 2] = [
    (Counting::Afterwards as i64, Counting::Afterwards),
    (Counting::First as i64, Counting::First),
];

fn coupon_record(of: &Coupon) -> Record {
    let mut r = Record::new();
    r.put(coupon::CODE, of.code.as_str());
    r.put(coupon::GIVES, Value::Record(benefit_record(&of.gives)));
    r.put_opt(coupon::PER_CUSTOMER, of.per_customer);
    r.put_opt(coupon::PER_DAY, of.per_day);
    r.put_opt(coupon::TOTAL, of.total);
    let afterwards = Counting::Afterwards as i64;
    r.put_unless(coupon::COUNTING, of.counting as i64, afterwards);
    r
}

fn read_coupon(r: &Record) -> Result<Coupon, WireError> {
    Ok(Coupon {
        code: r.text(coupon::CODE)?.to_owned(),
        gives: read_benefit(r.record(coupon::GIVES)?)?,
        per_customer: r.opt_int(coupon::PER_CUSTOMER)?,
        per_day: r.opt_int(coupon::PER_DAY)?,
        total: r.opt_int(coupon::TOTAL)?,
        counting: one_of(r, coupon::COUNTING, &COUNTINGS, Some(Counting::Afterwards))?,
    })
}

fn greeting_record(of: &Greeting) -> Record {
    let mut r = Record::new();
    r.put(greeting::ON, of.on as i64);
    r.put(greeting::GIVES, Value::Record(benefit_record(&of.gives)));
    r.put_unless(greeting::BEFORE, of.before.into(), 0);
    r.put_unless(greeting::AFTER, of.after.into(), 0);
    r
}

fn read_greeting(r: &Record) -> Result<Greeting, WireError> {
    Ok(Greeting {
        on: one_of(r, greeting::ON, &DAYS, None)?,
        gives: read_benefit(r.record(greeting::GIVES)?)?,
        before: r.int_or(greeting::BEFORE, 0)?,
        after: r.int_or(greeting::AFTER, 0)?,
    })
}

pub(super) fn benefit_record(of: &Benefit) -> Record {
    let mut r = Record::new();
    match of {
        Benefit::Percent(rate) => {
            r.put(benefit::KIND, 1_i64);
            r.put(benefit::NUMBER, *rate);
        }
        Benefit::Amount(off) => {
            r.put(benefit::KIND, 2_i64);
            r.put(benefit::NUMBER, off.0);
        }
        Benefit::Gift(gift) => {
            r.put(benefit::KIND, 3_i64);
            r.put(benefit::GIFT, Value::Record(gift_record(gift)));
        }
    }
    r
}

pub(super) fn read_benefit(r: &Record) -> Result<Benefit, WireError> {
    Ok(match r.int::<i64>(benefit::KIND)? {
        1 => Benefit::Percent(r.int(benefit::NUMBER)?),
        2 => Benefit::Amount(Money(r.int(benefit::NUMBER)?)),
        3 => Benefit::Gift(read_gift(r.record(benefit::GIFT)?)?),
        _ => return Err(WireError::OutOfRange(benefit::KIND)),
    })
}

fn offer_record(of: &Offer) -> Record {
    let mut r = Record::new();
    match of {
        Offer::Bundle { parts, price } => {
            r.put(offer::KIND, 1_i64);
            r.put_records(offer::PARTS, parts.iter().map(part_record));
            let (price, number) = match price {
                BundlePrice::Rate(rate) => (1_i64, i64::from(*rate)),
                BundlePrice::Off(off) => (2, off.0),
                BundlePrice::For(price) => (3, price.0),
            };
            r.put(offer::PRICE, price);
            r.put(offer::NUMBER, number);
        }
        Offer::Gift { buy, gift } => {
            r.put(offer::KIND, 2_i64);
            r.put_records(offer::PARTS, [part_record(buy)]);
            r.put(offer::GIFT, Value::Record(gift_record(gift)));
        }
        Offer::Favourite { rate } => {
            r.put(offer::KIND, 3_i64);
            r.put(offer::NUMBER, *rate);
        }
    }
    r
}

fn read_offer(r: &Record) -> Result<Offer, WireError> {
    let parts = r.records(offer::PARTS)?.into_iter().map(read_part);
    let mut parts: Vec<Part> = parts.collect::<Result<_, WireError>>()?;
    Ok(match r.int::<i64>(offer::KIND)? {
        1 => Offer::Bundle {
            parts,
            price: match r.int::<i64>(offer::PRICE)? {
                1 => BundlePrice::Rate(r.int(offer::NUMBER)?),
                2 => BundlePrice::Off(Money(r.int(offer::NUMBER)?)),
                3 => BundlePrice::For(Money(r.int(offer::NUMBER)?)),
                _ => return Err(WireError::OutOfRange(offer::PRICE)),
            },
        },
        2 if parts.len() == 1 => Offer::Gift {
            buy: parts.remove(0),
            gift: read_gift(r.record(offer::GIFT)?)?,
        },
        3 if parts.is_empty() => Offer::Favourite {
            rate: r.int(offer::NUMBER)?,
        },
        _ => return Err(WireError::OutOfRange(offer::KIND)),
    })
}

fn part_record(of: &Part) -> Record {
    let mut r = Record::new();
    put_goods(&mut r, part::GOODS, &of.goods);
    r.put(part::PIECES, of.pieces);
    r
}

fn read_part(r: &Record) -> Result<Part, WireError> {
    Ok(Part {
        goods: read_goods(r, part::GOODS)?,
        pieces: r.int(part::PIECES)?,
    })
}

fn issue_record(of: Issue) -> Record {
    let mut r = Record::new();
    r.put(issue::CARD, of.card.0);
    r.put(issue::RECEIPT, of.receipt.0);
    r
}

fn read_issue(r: &Record) -> Result<Issue, WireError> {
    Ok(Issue {
        card: InstrumentId(r.int(issue::CARD)?),
        receipt: Money(r.int(issue::RECEIPT)?),
    })
}

fn tiers_record(of: &Tiers) -> Record {
    let mut r = Record::new();
    match of.window {
        Window::Rolling(months) => r.put(tiers::ROLLING, months),
        Window::Calendar(period) => r.put(tiers::CALENDAR, period as i64),
    }
    r.put_records(tiers::LEVELS, of.levels.iter().map(level_record));
    r.put_unless(tiers::GRACE, of.grace_days.into(), 0);
    let plain = Demotion::default() as i64;
    r.put_unless(tiers::DEMOTION, of.demotion as i64, plain);
    r
}

fn read_tiers(r: &Record) -> Result<Tiers, WireError> {
    let calendar = |r| one_of::<PeriodEnd>(r, tiers::CALENDAR, &PERIOD_ENDS, None);
    let levels = r.records(tiers::LEVELS)?.into_iter().map(read_level);
    Ok(Tiers {
        window: match (
            r.opt_int(tiers::ROLLING)?,
            r.opt_int::<i64>(tiers::CALENDAR)?,
        ) {
            (Some(months), None) => Window::Rolling(months),
            (None, Some(_)) => Window::Calendar(calendar(r)?),
            _ => return Err(WireError::OutOfRange(tiers::CALENDAR)),
        },
        levels: levels.collect::<Result<_, WireError>>()?,
        grace_days: r.int_or(tiers::GRACE, 0)?,
        demotion: one_of(r, tiers::DEMOTION, &DEMOTIONS, Some(Demotion::default()))?,
    })
}

fn level_record(of: &Level) -> Record {
    let mut r = Record::new();
    r.put_records(level::JOIN, of.join.iter().map(need_record));
    r.put_records(level::KEEP, of.keep.iter().map(need_record));
    r.put_unless(level::RATE, of.rate.into(), 0);
    r
}

fn read_level(r: &Record) -> Result<Level, WireError> {
    let needs = |tag| -> Result<Vec<Need>, WireError> {
        r.records(tag)?.into_iter().map(read_need).collect()
    };
    Ok(Level {
        join: needs(level::JOIN)?,
        keep: needs(level::KEEP)?,
        rate: r.int_or(level::RATE, 0)?,
    })
}

fn need_record(of: &Need) -> Record {
    let mut r = Record::new();
    r.put_opt(need::SPENT, of.spent.map(|money| money.0));
    r.put_opt(need::VISITS, of.visits);
    r.put_opt(need::STATUS, of.status.map(|points| points.0));
    r
}

fn read_need(r: &Record) -> Result<Need, WireError> {
    Ok(Need {
        spent: r.opt_int(need::SPENT)?.map(Money),
        visits: r.opt_int(need::VISITS)?,
        status: r.opt_int(need::STATUS)?.map(Points),
    })
}
