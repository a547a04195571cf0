//! How cases write programmes: `bonus rate=5 stamps size=10 card rate=10 stackable …`.
//!
//! A word without `=` that names a kind begins an instrument; what follows are its terms and rules. A bonus card
//! is instrument 1, a stamp card 2, all others count from 3.

use kartka_domain::ids::{InstrumentId, OutletId};
use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::{Money, Points, Rounding, Stamps};
use kartka_domain::programme::{
    Audience, Benefit, BonusCard, BundlePrice, Campaign, Certificate, CertificateEarns, Club,
    Counting, CountsWhen, Coupon, Demotion, DiscountCard, EarnBase, Expiry, Gift, Goods, Greeting,
    GreetingFor, Instrument, Issue, Joining, Level, Life, Multiplier, Multiply, Need, Newer,
    Nominals, NumberedCoupon, Offer, OfflinePolicy, Owing, Part, PriceOf, Referral, Remainder,
    Reward, Rules, Spending, StampCard, StampFor, Step, TaxEarns, Terms, Tiers, Times, Together,
    VoucherOffline, When, Window,
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
            let newer = (terms == Terms::Newer).then(|| Newer::new(key.as_bytes().to_vec()));
            let plain = Instrument::plain(InstrumentId(id), key, terms);
            made.push(Instrument { newer, ..plain });
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
        "club" => Terms::Club(Club {
            joining: Joining::Invitation,
            months: None,
            rate: 0,
        }),
        "coupon" => Terms::Coupon(Coupon {
            code: "CODE".to_owned(),
            gives: Benefit::Percent(1_000),
            per_customer: None,
            per_day: None,
            total: None,
            counting: Counting::Afterwards,
        }),
        "greeting" => Terms::Greeting(Greeting {
            on: GreetingFor::Birthday,
            before: 3,
            after: 3,
            gives: Benefit::Percent(1_000),
        }),
        "bundle" => Terms::Offer(Offer::Bundle {
            parts: Vec::new(),
            price: BundlePrice::Rate(1_000),
        }),
        "present" => Terms::Offer(Offer::Gift {
            buy: part("1:any"),
            gift: gift("1:100:any"),
        }),
        "favourite" => Terms::Offer(Offer::Favourite { rate: 1_000 }),
        "issue" => Terms::Issue(Issue {
            card: InstrumentId(3),
            receipt: Money(10_000),
        }),
        "tiers" => Terms::Tiers(Tiers {
            window: Window::Rolling(12),
            levels: Vec::new(),
            grace_days: 0,
            demotion: Demotion::Automatic,
        }),
        "certificate" => Terms::Certificate(Certificate {
            nominals: Nominals::Between(Money(1), Money(100_000)),
            spending: Spending::Many,
            life: Life::default(),
            offline: VoucherOffline::Accept,
        }),
        "numbered" => Terms::Numbered(NumberedCoupon {
            gives: Benefit::Percent(1_000),
            life: Life::default(),
            offline: VoucherOffline::Accept,
        }),
        "campaign" => Terms::Campaign(Campaign::plain(InstrumentId(1), 20_000, Points(1_000))),
        "referral" => Terms::Referral(Referral::plain(InstrumentId(1), Points(100))),
        "newer" => Terms::Newer,
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
        "anybody" => scope.audience = Audience::Anybody,
        "members" => scope.audience = Audience::Members(InstrumentId(value.parse().unwrap())),
        "level" => {
            let (tiers, level) = value.split_once(':').unwrap();
            let tiers = InstrumentId(tiers.parse().unwrap());
            scope.audience = Audience::Tier(tiers, level.parse().unwrap());
        }
        _ => return false,
    }
    true
}

fn term(one: &mut Instrument, key: &str, value: &str) {
    match &mut one.terms {
        Terms::Bonus(card) => bonus_term(card, key, value),
        Terms::Stamps(card) => stamp_term(card, key, value),
        Terms::Discount(card) => discount_term(card, key, value),
        Terms::Club(club) => club_term(club, key, value),
        Terms::Coupon(coupon) => coupon_term(coupon, key, value),
        Terms::Greeting(greeting) => greeting_term(greeting, key, value),
        Terms::Offer(offer) => offer_term(offer, key, value),
        Terms::Issue(issue) => match key {
            "gives" => issue.card = InstrumentId(value.parse().unwrap()),
            "receipt" => issue.receipt = amount(value),
            _ => panic!("unknown term {key}={value}"),
        },
        Terms::Tiers(tiers) => tiers_term(tiers, key, value),
        Terms::Certificate(of) => match (key, value) {
            ("for", _) => {
                of.nominals = Nominals::Fixed(value.split('+').map(amount).collect());
            }
            ("single", "lost") => of.spending = Spending::OnceLost,
            ("single", "kept") => of.spending = Spending::OnceKept,
            _ => voucher_term((&mut of.life, &mut of.offline), key, value),
        },
        Terms::Numbered(of) => match key {
            "rate" | "off" | "gift" => of.gives = benefit(key, value),
            _ => voucher_term((&mut of.life, &mut of.offline), key, value),
        },
        Terms::Campaign(campaign) => campaign_term(campaign, key, value),
        Terms::Referral(of) => referral_term(of, key, value),
        Terms::Newer => panic!("nothing is known of {key}={value}"),
    }
}

/// `times=2 receipt=5 budget=1000 raises=1 goods=5+g2`, and conditions like `on:sunday`, `on:14-16`.
fn campaign_term(campaign: &mut Campaign, key: &str, value: &str) {
    match key {
        "times" => campaign.factor = factor(value),
        "receipt" => campaign.per_receipt = Points(value.parse().unwrap()),
        "budget" => campaign.budget = Points(value.parse().unwrap()),
        "raises" => campaign.card = InstrumentId(value.parse().unwrap()),
        "goods" => campaign.goods = goods(value),
        _ => {
            let when = key.strip_prefix("on:").unwrap();
            let when = multiplier(&format!("x:{when}"), "1").when;
            campaign.when.push(when);
        }
    }
}

fn referral_term(of: &mut Referral, key: &str, value: &str) {
    let number = || value.parse::<u16>().unwrap();
    match key {
        "reward" => of.reward = Points(value.parse().unwrap()),
        "welcome" => of.welcome = Points(value.parse().unwrap()),
        "every" => of.every = number(),
        "joining" => of.counts = CountsWhen::Joining,
        "window" => of.window_days = number(),
        "month" => of.per_month = Some(number()),
        "within" => of.within_days = Some(number()),
        _ => panic!("unknown term {key}={value}"),
    }
}

fn voucher_term((life, offline): (&mut Life, &mut VoucherOffline), key: &str, value: &str) {
    match (key, value) {
        ("months", _) => life.months = Some(value.parse().unwrap()),
        ("ends", "year") => life.ends = PeriodEnd::Year,
        ("offline", "ask") => *offline = VoucherOffline::Ask,
        ("offline", _) => *offline = VoucherOffline::UpTo(amount(value)),
        _ => panic!("unknown term {key}={value}"),
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
        "grace" => card.late.grace_days = small(),
        "returned" => card.late.returned_days = small(),
        "clears" => card.late.owing = Owing::Cleared,
        "deducts" => card.late.owing = Owing::Deducted,
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
        "offline" if value == "ask" => card.redeem.offline = OfflinePolicy::Online,
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
        Some(("level", level)) => {
            let (tiers, level) = level.split_once('/').unwrap();
            When::Tier(InstrumentId(tiers.parse().unwrap()), level.parse().unwrap())
        }
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

fn club_term(club: &mut Club, key: &str, value: &str) {
    match key {
        "receipt" => club.joining = Joining::Receipt(amount(value)),
        "spent" => club.joining = Joining::Spent(amount(value)),
        "fee" => club.joining = Joining::Fee(GoodsId(value.parse().unwrap())),
        "months" => club.months = Some(value.parse().unwrap()),
        "rate" => club.rate = percent(value),
        _ => panic!("unknown term {key}={value}"),
    }
}

fn benefit(key: &str, value: &str) -> Benefit {
    match key {
        "rate" => Benefit::Percent(percent(value)),
        "off" => Benefit::Amount(amount(value)),
        "gift" => Benefit::Gift(gift(value)),
        _ => panic!("unknown term {key}={value}"),
    }
}

fn coupon_term(coupon: &mut Coupon, key: &str, value: &str) {
    match key {
        "code" => coupon.code = value.to_owned(),
        "customer" => coupon.per_customer = Some(value.parse().unwrap()),
        "day" => coupon.per_day = Some(value.parse().unwrap()),
        "total" => coupon.total = Some(value.parse().unwrap()),
        "counting" => coupon.counting = Counting::First,
        _ => coupon.gives = benefit(key, value),
    }
}

fn greeting_term(greeting: &mut Greeting, key: &str, value: &str) {
    match (key, value) {
        ("on", "relative") => greeting.on = GreetingFor::Relative,
        ("on", "first") => greeting.on = GreetingFor::FirstVisit,
        ("before", _) => greeting.before = value.parse().unwrap(),
        ("after", _) => greeting.after = value.parse().unwrap(),
        _ => greeting.gives = benefit(key, value),
    }
}

/// `2:7+g1`: two pieces of goods 7 or group 1.
fn part(value: &str) -> Part {
    let (pieces, named) = value.split_once(':').unwrap();
    Part {
        goods: if named == "any" {
            Goods::default()
        } else {
            goods(named)
        },
        pieces: pieces.parse().unwrap(),
    }
}

fn offer_term(offer: &mut Offer, key: &str, value: &str) {
    match (offer, key) {
        (Offer::Bundle { parts, .. }, "part") => parts.push(part(value)),
        (Offer::Bundle { price, .. }, "rate") => *price = BundlePrice::Rate(percent(value)),
        (Offer::Bundle { price, .. }, "off") => *price = BundlePrice::Off(amount(value)),
        (Offer::Bundle { price, .. }, "for") => *price = BundlePrice::For(amount(value)),
        (Offer::Gift { buy, .. }, "buy") => *buy = part(value),
        (Offer::Gift { gift: given, .. }, "give") => *given = gift(value),
        (Offer::Favourite { rate }, "rate") => *rate = percent(value),
        _ => panic!("unknown term {key}={value}"),
    }
}

/// `months=3`, `year`, `grace=14`, `asks`; a level begins with `at=100.00` and may go on with `or=5visits`,
/// `keep=50.00`, `off=5`.
fn tiers_term(tiers: &mut Tiers, key: &str, value: &str) {
    match key {
        "months" => tiers.window = Window::Rolling(value.parse().unwrap()),
        "quarter" => tiers.window = Window::Calendar(PeriodEnd::Quarter),
        "year" => tiers.window = Window::Calendar(PeriodEnd::Year),
        "grace" => tiers.grace_days = value.parse().unwrap(),
        "asks" => tiers.demotion = Demotion::OwnerConfirms,
        "at" => tiers.levels.push(Level {
            join: vec![need(value)],
            keep: Vec::new(),
            rate: 0,
        }),
        "or" => tiers.levels.last_mut().unwrap().join.push(need(value)),
        "keep" => tiers.levels.last_mut().unwrap().keep.push(need(value)),
        "off" => tiers.levels.last_mut().unwrap().rate = percent(value),
        _ => panic!("unknown term {key}={value}"),
    }
}

/// `100.00`, `5visits`, `300points`, or several with `&`.
fn need(value: &str) -> Need {
    let mut need = Need::default();
    for word in value.split('&') {
        if let Some(visits) = word.strip_suffix("visits") {
            need.visits = Some(visits.parse().unwrap());
        } else if let Some(points) = word.strip_suffix("points") {
            need.status = Some(Points(points.parse().unwrap()));
        } else {
            need.spent = Some(amount(word));
        }
    }
    need
}
