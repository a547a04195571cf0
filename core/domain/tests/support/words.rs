//! How cases write amounts, programmes and positions.

use kartka_domain::codes::Code;
use kartka_domain::ids::InstrumentId;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points, Rounding, Stamps};
use kartka_domain::position::Position;
use kartka_domain::programme::{
    BonusCard, EarnBase, Expiry, Instrument, OfflinePolicy, RedeemPolicy, StampCard, StampFor,
    Terms,
};
use kartka_domain::purchase::{Line, Quantity};
use kartka_domain::redeem::Connectivity;

pub(crate) fn amount(text: &str) -> Money {
    let (whole, cents) = text.split_once('.').unwrap();
    assert_eq!(cents.len(), 2, "{text}");
    Money(format!("{whole}{cents}").parse().unwrap())
}

pub(crate) fn money(amount: Money) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    let minor = amount.0.unsigned_abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}

pub(crate) fn pieces(text: &str) -> Quantity {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    Quantity(format!("{whole}{part:0<3}").parse().unwrap())
}

/// `60.00*3` is three pieces that cost 60.00 together.
pub(crate) fn lines(words: &[&str]) -> Vec<Line> {
    let line = |text: &&str| {
        let (total, quantity) = text.split_once('*').unwrap_or((text, "1"));
        Line {
            quantity: pieces(quantity),
            ..Line::amount(amount(total))
        }
    };
    words.iter().map(line).collect()
}

/// `bonus key=value … stamps key=value …`: instruments 1 and 2.
pub(crate) fn instruments(words: &[&str]) -> Vec<Instrument> {
    let mut made = Vec::new();
    for word in words {
        match word.split_once('=') {
            None => made.push(Instrument {
                id: InstrumentId(if *word == "bonus" { 1 } else { 2 }),
                name: (*word).to_owned(),
                terms: if *word == "bonus" {
                    Terms::Bonus(plain_bonus())
                } else {
                    Terms::Stamps(plain_stamps())
                },
            }),
            Some((key, value)) => match &mut made.last_mut().unwrap().terms {
                Terms::Bonus(card) => bonus_term(card, key, value),
                Terms::Stamps(card) => stamp_term(card, key, value),
            },
        }
    }
    made
}

/// 5 % in points of one minor unit, for ever, the whole receipt payable with them.
pub(crate) fn plain_bonus() -> BonusCard {
    BonusCard {
        rate: 500,
        point_value: Money(1),
        rounding: Rounding::Down,
        base: EarnBase::AfterDiscounts,
        pending_days: 0,
        expiry: Expiry::Never,
        redeem: RedeemPolicy {
            minimum: Points(1),
            step: Points(1),
            max_share: 10_000,
            offline: OfflinePolicy::Capped {
                per_customer: None,
                device_budget: None,
                snapshot_age_ms: None,
            },
        },
    }
}

/// One stamp per visit, five for a reward worth 3.00.
pub(crate) fn plain_stamps() -> StampCard {
    StampCard {
        per: StampFor::Visit,
        size: Stamps(5),
        reward_value: Money(300),
    }
}

fn bonus_term(card: &mut BonusCard, key: &str, value: &str) {
    let number = || value.parse::<i64>().unwrap();
    let small = || value.parse::<u16>().unwrap();
    match key {
        "rate" => card.rate = small() * 100,
        "share" => card.redeem.max_share = small() * 100,
        "worth" => card.point_value = amount(value),
        "expires" => card.expiry = Expiry::Months(small()),
        "pending" => card.pending_days = small(),
        "minimum" => card.redeem.minimum = Points(number()),
        "step" => card.redeem.step = Points(number()),
        "base" if value == "before" => card.base = EarnBase::BeforeDiscounts,
        "round" if value == "up" => card.rounding = Rounding::Up,
        "round" if value == "half" => card.rounding = Rounding::HalfUp,
        "offline" if value == "none" => card.redeem.offline = OfflinePolicy::None,
        "cap" | "budget" | "hours" => offline_term(&mut card.redeem.offline, key, number()),
        _ => panic!("unknown term {key}={value}"),
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
        "size" => card.size = Stamps(value.parse().unwrap()),
        "per" => card.per = StampFor::Amount(amount(value)),
        "worth" => card.reward_value = amount(value),
        _ => panic!("unknown term {key}={value}"),
    }
}

/// `offline confirmed=300 pending=100 …`; nothing at all is the authority itself.
pub(crate) fn reach(words: &[&str], spendable: Points, is_held: bool) -> Connectivity {
    let Some((&"offline", words)) = words.split_first() else {
        return Connectivity::Authority;
    };
    let value = |key: &str| {
        let mut pairs = words.iter().filter_map(|w| w.split_once('='));
        pairs
            .find(|(k, _)| *k == key)
            .map(|(_, v)| v.parse::<i64>().unwrap())
    };
    Connectivity::Phone {
        confirmed: value("confirmed").map_or(spendable, Points),
        pending: Points(value("pending").unwrap_or(0)),
        recent: Points(value("recent").unwrap_or(0)),
        snapshot_age_ms: value("age").unwrap_or(0) * 3_600_000,
        spent_of_budget: Points(value("spent").unwrap_or(0)),
        held: is_held,
    }
}

/// `MaxShare 50`: a code with its arguments.
pub(crate) fn code(code: Code) -> String {
    let args = code.args().into_iter().map(|(_, v)| format!(" {v}"));
    format!("{}{}", code.name(), args.collect::<String>())
}

fn until(last: Option<Date>) -> String {
    last.map_or("for ever".to_owned(), |last| format!("until {last}"))
}

/// `270: 200 until 2026-03-31, 70 from 2026-04-01, owes 5; 3 stamps; 2 visits 180.00; held`.
pub(crate) fn position(position: &Position) -> String {
    let mut said = Vec::new();
    for wallet in position.wallets.values() {
        let mut parts = Vec::new();
        for bucket in &wallet.buckets {
            parts.push(format!("{} {}", bucket.points.0, until(bucket.expires_on)));
        }
        for pending in &wallet.pending {
            let from = pending.lot.available_on;
            parts.push(format!("{} from {from}", pending.points.0));
        }
        if wallet.debt.is_positive() {
            parts.push(format!("owes {}", wallet.debt.0));
        }
        let balance = wallet.balance().unwrap().0;
        if parts.is_empty() {
            said.push(balance.to_string());
        } else {
            said.push(format!("{balance}: {}", parts.join(", ")));
        }
    }
    for stamps in position.stamps.values() {
        said.push(format!("{} stamps", stamps.0));
    }
    if position.visits != 0 || position.spent != Money::ZERO {
        let spent = money(position.spent);
        said.push(format!("{} visits {spent}", position.visits));
    }
    if position.held {
        said.push("held".to_owned());
    }
    if said.is_empty() {
        said.push("nothing".to_owned());
    }
    said.join("; ")
}
