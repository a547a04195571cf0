//! How cases write programmes: `bonus rate=5 stamps size=10 card rate=10 stackable …`.
//!
//! A word without `=` that names a kind begins an instrument; what follows are its terms and rules. A bonus card
//! is instrument 1, a stamp card 2, all others count from 3.

use kartka_domain::ids::{InstrumentId, OutletId};
use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::{Money, Points, Rounding, Stamps};
use kartka_domain::programme::{
    BonusCard, CertificateEarns, DiscountCard, EarnBase, Expiry, Gift, Goods, Instrument,
    Multiplier, Multiply, OfflinePolicy, PriceOf, Remainder, Reward, Rules, StampCard, StampFor,
    Step, TaxEarns, Terms, Times, Together, When,
};
use kartka_domain::purchase::{GoodsId, GroupId};

use super::words::{amount, plain_bonus, plain_stamps};

/// The instruments that these words describe, in the order of the words.
pub(crate) fn instruments(words: &[&str]) -> Vec<Instrument> {
    let mut made: Vec<Instrument> = Vec::new();
    let mut next = 3;
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        if let Some(terms) = kind(key).filter(|_| value.is_empty()) {
            let id = match terms {
                Terms::Bonus(_) => 1,
                Terms::Stamps(_) => 2,
                _ => {
                    next += 1;
                    next - 1
                }
            };
            made.push(Instrument::plain(InstrumentId(id), key, terms));
            continue;
        }
        let one = made.last_mut().unwrap();
        if !rule(&mut one.rules, key, value) {
            term(one, key, value);
        }
    }
    made
}

fn kind(word: &str) -> Option<Terms> {
    Some(match word {
        "bonus" => Terms::Bonus(plain_bonus()),
        "stamps" => Terms::Stamps(plain_stamps()),
        "card" => Terms::Discount(DiscountCard { scale: Vec::new() }),
        _ => return None,
    })
}

/// Percent with up to two digits after the point, as hundredths of a percent.
fn percent(value: &str) -> u16 {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    format!("{whole}{part:0<2}").parse().unwrap()
}

/// `2` or `1.5` times, in ten-thousandths.
fn factor(value: &str) -> u32 {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    format!("{whole}{part:0<4}").parse().unwrap()
}

fn list<T>(value: &str, one: impl Fn(u32) -> T) -> Vec<T> {
    value.split('+').map(|n| one(n.parse().unwrap())).collect()
}

/// `1+2` are goods, `g3` a group.
pub(crate) fn goods(value: &str) -> Goods {
    let mut named = Goods::default();
    for word in value.split('+') {
        match word.strip_prefix('g') {
            Some(group) => named.groups.push(GroupId(group.parse().unwrap())),
            None => named.goods.push(GoodsId(word.parse().unwrap())),
        }
    }
    named
}

fn rule(rules: &mut Rules, key: &str, value: &str) -> bool {
    let (scope, stacking) = (&mut rules.scope, &mut rules.stacking);
    match key {
        "stackable" => stacking.together = Together::Stackable,
        "original" => stacking.price = PriceOf::Original,
        "once" => stacking.times = Times::Once,
        "from" => stacking.minimum = amount(value),
        "not" => stacking.excluded = goods(value),
        "most" => stacking.most = Some(amount(value)),
        "floor" => stacking.floor = percent(value),
        "priority" => stacking.priority = value.parse().unwrap(),
        "outlets" => scope.outlets = list(value, OutletId),
        "since" => scope.first_day = Some(value.parse().unwrap()),
        "until" => scope.last_day = Some(value.parse().unwrap()),
        _ => return false,
    }
    true
}

fn term(one: &mut Instrument, key: &str, value: &str) {
    match &mut one.terms {
        Terms::Bonus(card) => bonus_term(card, key, value),
        Terms::Stamps(card) => stamp_term(card, key, value),
        Terms::Discount(card) => discount_term(card, key, value),
    }
}

fn bonus_term(card: &mut BonusCard, key: &str, value: &str) {
    let number = || value.parse::<i64>().unwrap();
    let small = || value.parse::<u16>().unwrap();
    match key {
        "rate" => card.rate = percent(value),
        "receipt" => card.per_receipt = Points(number()),
        "item" => card.per_item = Points(number()),
        "goods" => card.goods = goods(value),
        "share" => card.redeem.max_share = percent(value),
        "unpayable" => card.not_payable = goods(value),
        "worth" => card.point_value = amount(value),
        "expires" => card.expiry = Expiry::Months(small()),
        "inactive" => card.expiry = Expiry::Inactive(small()),
        "ends" if value == "quarter" => card.ends = PeriodEnd::Quarter,
        "ends" if value == "year" => card.ends = PeriodEnd::Year,
        "pending" => card.pending_days = small(),
        "minimum" => card.redeem.minimum = Points(number()),
        "step" => card.redeem.step = Points(number()),
        "base" if value == "before" => card.base = EarnBase::BeforeDiscounts,
        "tax" if value == "no" => card.tax = TaxEarns::No,
        "certificates" if value == "earn" => card.certificates = CertificateEarns::AtUse,
        "round" if value == "up" => card.rounding = Rounding::Up,
        "round" if value == "half" => card.rounding = Rounding::HalfUp,
        "carry" => card.remainder = Remainder::Carried,
        "multiply" if value == "product" => card.multiply = Multiply::Product,
        "offline" if value == "none" => card.redeem.offline = OfflinePolicy::None,
        "cap" | "budget" | "hours" => offline_term(&mut card.redeem.offline, key, number()),
        _ => card.multipliers.push(multiplier(key, value)),
    }
}

/// `x:sunday=2`, `x:14-16=1.5`, `x:outlets:2=3`, `x:birthday:3-5=2`, `x:first=2`.
fn multiplier(key: &str, value: &str) -> Multiplier {
    let Some(when) = key.strip_prefix("x:") else {
        panic!("unknown term {key}={value}");
    };
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let range = |text: &str| -> (u16, u16) {
        let (from, to) = text.split_once('-').unwrap();
        (from.parse().unwrap(), to.parse().unwrap())
    };
    let when = match when.split_once(':') {
        Some(("outlets", outlets)) => When::Outlets(list(outlets, OutletId)),
        Some(("birthday", around)) => {
            let (before, after) = range(around);
            When::Birthday { before, after }
        }
        Some(_) => panic!("unknown multiplier {when}"),
        None if when == "first" => When::FirstPurchase,
        None if when.contains('-') => {
            let (from, to) = range(when);
            When::Hours {
                from: from * 60,
                to: to * 60,
            }
        }
        None => {
            let day = days.iter().position(|day| *day == when).unwrap();
            When::Weekdays(1 << day)
        }
    };
    Multiplier {
        when,
        factor: factor(value),
    }
}

fn offline_term(policy: &mut OfflinePolicy, key: &str, number: i64) {
    let OfflinePolicy::Capped {
        per_customer,
        device_budget,
        snapshot_age_ms,
    } = policy
    else {
        panic!("offline=none has no {key}");
    };
    match key {
        "cap" => *per_customer = Some(Points(number)),
        "budget" => *device_budget = Some(Points(number)),
        _ => *snapshot_age_ms = Some(number * 3_600_000),
    }
}

fn stamp_term(card: &mut StampCard, key: &str, value: &str) {
    match key {
        "size" => card.rewards[0].stamps = Stamps(value.parse().unwrap()),
        "per" if value == "item" => card.per = StampFor::Item,
        "per" => card.per = StampFor::Amount(amount(value)),
        "goods" => card.goods = goods(value),
        "worth" => card.rewards[0].value = amount(value),
        "gift" => card.rewards[0].gift = Some(gift(value)),
        "reward" => {
            let (stamps, worth) = value.split_once(':').unwrap();
            card.rewards.push(Reward {
                stamps: Stamps(stamps.parse().unwrap()),
                value: amount(worth),
                gift: None,
            });
        }
        _ => panic!("unknown term {key}={value}"),
    }
}

/// `2:50:7+g1`: two pieces of goods 7 or group 1 at half their price; `any` goods.
pub(crate) fn gift(value: &str) -> Gift {
    let parts: Vec<&str> = value.split(':').collect();
    let [pieces, rate, named] = parts[..] else {
        panic!("a gift is pieces:percent:goods, not {value}");
    };
    Gift {
        goods: if named == "any" {
            Goods::default()
        } else {
            goods(named)
        },
        pieces: pieces.parse().unwrap(),
        rate: percent(rate),
    }
}

/// `rate=10`, or a scale `0.00:3 500.00:5` as `step=0.00:3 step=500.00:5`.
fn discount_term(card: &mut DiscountCard, key: &str, value: &str) {
    let (from, rate) = match (key, value.split_once(':')) {
        ("rate", None) => (Money::ZERO, percent(value)),
        ("step", Some((from, rate))) => (amount(from), percent(rate)),
        _ => panic!("unknown term {key}={value}"),
    };
    card.scale.push(Step { from, rate });
}
