//! What every instrument says beside its terms, and the lists of goods that terms and rules share.

use kartka_domain::ids::{InstrumentId, OutletId};
use kartka_domain::moment::day_number;
use kartka_domain::money::Money;
use kartka_domain::programme::{
    Audience, Gift, Goods, PriceOf, Rules, Scope, Stacking, Times, Together,
};
use kartka_domain::purchase::{GoodsId, GroupId};

use crate::WireError;
use crate::fields::{Record, Value};
use crate::parts::{one_of, opt_date};

/// Numbers in an instrument.
const SCOPE: u16 = 50;
const STACKING: u16 = 51;

mod scope {
    pub(super) const OUTLETS: u16 = 1;
    pub(super) const FIRST: u16 = 2;
    pub(super) const LAST: u16 = 3;
    /// Absent = any customer.
    pub(super) const AUDIENCE: u16 = 4;
}

mod stacking {
    pub(super) const TOGETHER: u16 = 1;
    pub(super) const PRICE: u16 = 2;
    pub(super) const TIMES: u16 = 3;
    pub(super) const MINIMUM: u16 = 4;
    pub(super) const EXCLUDED: u16 = 5;
    pub(super) const MOST: u16 = 6;
    pub(super) const FLOOR: u16 = 7;
    pub(super) const PRIORITY: u16 = 8;
}

mod goods {
    pub(super) const GOODS: u16 = 1;
    pub(super) const GROUPS: u16 = 2;
}

mod gift {
    pub(super) const GOODS: u16 = 1;
    pub(super) const PIECES: u16 = 2;
    pub(super) const RATE: u16 = 3;
}

const TOGETHER: [(i64, Together); 2] = [
    (Together::Alone as i64, Together::Alone),
    (Together::Stackable as i64, Together::Stackable),
];
const PRICES: [(i64, PriceOf); 2] = [
    (PriceOf::Running as i64, PriceOf::Running),
    (PriceOf::Original as i64, PriceOf::Original),
];
const TIMES: [(i64, Times); 2] = [
    (Times::Many as i64, Times::Many),
    (Times::Once as i64, Times::Once),
];
const ANYBODY: i64 = 1;
const MEMBERS: i64 = 2;
const TIER: i64 = 3;

/// Sets a record, or takes the field away when it says nothing.
pub(super) fn put_some(record: &mut Record, tag: u16, inner: Record) {
    let says_something = inner != Record::new();
    record.put_opt(tag, says_something.then_some(Value::Record(inner)));
}

/// Sets a list of numbers, or takes the field away when it is empty.
pub(super) fn put_ints(record: &mut Record, tag: u16, ints: impl Iterator<Item = i64>) {
    let list: Vec<Value> = ints.map(Value::Int).collect();
    record.put_opt(tag, (!list.is_empty()).then_some(list));
}

/// A list of small numbers above zero.
pub(super) fn read_ints<T>(
    record: &Record,
    tag: u16,
    one: impl Fn(u32) -> T,
) -> Result<Vec<T>, WireError> {
    let small = |raw: i64| u32::try_from(raw).map_err(|_| WireError::OutOfRange(tag));
    record
        .ints(tag)?
        .into_iter()
        .map(|raw| small(raw).map(&one))
        .collect()
}

pub(super) fn put_rules(record: &mut Record, rules: &Rules) {
    put_some(record, SCOPE, scope_record(&rules.scope));
    put_some(record, STACKING, stacking_record(&rules.stacking));
}

pub(super) fn read_rules(record: &Record) -> Result<Rules, WireError> {
    let scope = record.opt_record(SCOPE)?.map(read_scope).transpose()?;
    let stacking = record.opt_record(STACKING)?;
    Ok(Rules {
        scope: scope.unwrap_or_default(),
        stacking: stacking.map(read_stacking).transpose()?.unwrap_or_default(),
    })
}

fn scope_record(of: &Scope) -> Record {
    let mut r = Record::new();
    put_ints(
        &mut r,
        scope::OUTLETS,
        of.outlets.iter().map(|o| o.0.into()),
    );
    r.put_opt(scope::FIRST, of.first_day.map(day_number));
    r.put_opt(scope::LAST, of.last_day.map(day_number));
    match of.audience {
        Audience::Customers => {}
        Audience::Anybody => put_ints(&mut r, scope::AUDIENCE, [ANYBODY].into_iter()),
        Audience::Members(club) => {
            put_ints(
                &mut r,
                scope::AUDIENCE,
                [MEMBERS, club.0.into()].into_iter(),
            );
        }
        Audience::Tier(tiers, level) => {
            let numbers = [TIER, tiers.0.into(), level.into()];
            put_ints(&mut r, scope::AUDIENCE, numbers.into_iter());
        }
    }
    r
}

fn read_scope(r: &Record) -> Result<Scope, WireError> {
    let small = |raw: i64| u32::try_from(raw).map_err(|_| WireError::OutOfRange(scope::AUDIENCE));
    Ok(Scope {
        outlets: read_ints(r, scope::OUTLETS, OutletId)?,
        first_day: opt_date(r, scope::FIRST)?,
        last_day: opt_date(r, scope::LAST)?,
        audience: match r.ints(scope::AUDIENCE)?[..] {
            [] => Audience::Customers,
            [ANYBODY] => Audience::Anybody,
            [MEMBERS, club] => Audience::Members(InstrumentId(small(club)?)),
            [TIER, tiers, level] => {
                let level =
                    u8::try_from(level).map_err(|_| WireError::OutOfRange(scope::AUDIENCE))?;
                Audience::Tier(InstrumentId(small(tiers)?), level)
            }
            _ => return Err(WireError::OutOfRange(scope::AUDIENCE)),
        },
    })
}

fn stacking_record(of: &Stacking) -> Record {
    let mut r = Record::new();
    let plain = Stacking::default();
    r.put_unless(
        stacking::TOGETHER,
        of.together as i64,
        plain.together as i64,
    );
    r.put_unless(stacking::PRICE, of.price as i64, plain.price as i64);
    r.put_unless(stacking::TIMES, of.times as i64, plain.times as i64);
    r.put_unless(stacking::MINIMUM, of.minimum.0, 0);
    put_goods(&mut r, stacking::EXCLUDED, &of.excluded);
    r.put_opt(stacking::MOST, of.most.map(|most| most.0));
    r.put_unless(stacking::FLOOR, of.floor.into(), 0);
    r.put_unless(stacking::PRIORITY, of.priority.into(), 0);
    r
}

fn read_stacking(r: &Record) -> Result<Stacking, WireError> {
    let plain = Stacking::default();
    Ok(Stacking {
        together: one_of(r, stacking::TOGETHER, &TOGETHER, Some(plain.together))?,
        price: one_of(r, stacking::PRICE, &PRICES, Some(plain.price))?,
        times: one_of(r, stacking::TIMES, &TIMES, Some(plain.times))?,
        minimum: Money(r.int_or(stacking::MINIMUM, 0)?),
        excluded: read_goods(r, stacking::EXCLUDED)?,
        most: r.opt_int(stacking::MOST)?.map(Money),
        floor: r.int_or(stacking::FLOOR, 0)?,
        priority: r.int_or(stacking::PRIORITY, 0)?,
    })
}

pub(super) fn put_goods(record: &mut Record, tag: u16, named: &Goods) {
    let mut r = Record::new();
    put_ints(&mut r, goods::GOODS, named.goods.iter().map(|g| g.0));
    put_ints(&mut r, goods::GROUPS, named.groups.iter().map(|g| g.0));
    put_some(record, tag, r);
}

pub(super) fn read_goods(record: &Record, tag: u16) -> Result<Goods, WireError> {
    let Some(r) = record.opt_record(tag)? else {
        return Ok(Goods::default());
    };
    Ok(Goods {
        goods: r.ints(goods::GOODS)?.into_iter().map(GoodsId).collect(),
        groups: r.ints(goods::GROUPS)?.into_iter().map(GroupId).collect(),
    })
}

pub(super) fn gift_record(of: &Gift) -> Record {
    let mut r = Record::new();
    put_goods(&mut r, gift::GOODS, &of.goods);
    r.put(gift::PIECES, of.pieces);
    r.put(gift::RATE, of.rate);
    r
}

pub(super) fn read_gift(r: &Record) -> Result<Gift, WireError> {
    Ok(Gift {
        goods: read_goods(r, gift::GOODS)?,
        pieces: r.int(gift::PIECES)?,
        rate: r.int(gift::RATE)?,
    })
}
