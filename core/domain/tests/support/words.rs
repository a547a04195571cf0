//! How cases write amounts, programmes and positions.

use kartka_domain::codes::Code;
use kartka_domain::ids::InstrumentId;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Membership, Position};
use kartka_domain::programme::{BonusCard, StampCard, StampFor};
use kartka_domain::purchase::{GoodsId, GroupId, Line, Quantity, TaxRate};
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

/// `60.00*3@7/g2%20` is three pieces of goods 7 in group 2 that cost 60.00 together, 20 % tax included;
/// `100.00!3:GIFT-1` is a certificate of instrument 3 with the number GIFT-1.
pub(crate) fn lines(words: &[&str]) -> Vec<Line> {
    words.iter().map(|word| line(word)).collect()
}

fn line(word: &str) -> Line {
    if let Some((nominal, of)) = word.split_once('!') {
        let (of, _) = of.split_once(':').unwrap_or((of, ""));
        return Line::certificate(InstrumentId(of.parse().unwrap()), amount(nominal));
    }
    let (rest, tax) = word
        .split_once('%')
        .map_or((word, None), |(r, t)| (r, Some(t)));
    let (rest, named) = rest
        .split_once('@')
        .map_or((rest, None), |(r, n)| (r, Some(n)));
    let (total, quantity) = rest.split_once('*').unwrap_or((rest, "1"));
    let mut line = Line {
        quantity: pieces(quantity),
        tax: tax.map(|rate| TaxRate(rate.parse::<u16>().unwrap() * 100)),
        ..Line::amount(amount(total))
    };
    for word in named.into_iter().flat_map(|named| named.split('/')) {
        match word.strip_prefix('g') {
            Some(group) => line.group = Some(GroupId(group.parse().unwrap())),
            None => line.goods = Some(GoodsId(word.parse().unwrap())),
        }
    }
    line
}

/// 5 % in points of one minor unit, for ever, the whole receipt payable with them.
pub(crate) fn plain_bonus() -> BonusCard {
    BonusCard::plain(500, Money(1))
}

/// One stamp per visit, five for a reward worth 3.00.
pub(crate) fn plain_stamps() -> StampCard {
    StampCard::plain(StampFor::Visit, Stamps(5), Money(300))
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
        kept: value("kept").map(Points),
    }
}

/// `MaxShare 50`: a code with its arguments.
pub(crate) fn code(code: Code) -> String {
    let args = code.args().into_iter().map(|(_, v)| format!(" {v}"));
    format!("{}{}", code.name(), args.collect::<String>())
}

/// 10⁻⁸ minor units as minor units: `0.95`.
fn fine(carry: i64) -> String {
    let sign = if carry < 0 { "-" } else { "" };
    let (whole, part) = (carry.abs() / 100_000_000, carry.abs() % 100_000_000);
    format!("{sign}{whole}.{part:08}")
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
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
        if wallet.carry != 0 {
            parts.push(format!("carries {}", fine(wallet.carry)));
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
    for (club, membership) in &position.memberships {
        said.push(match membership {
            Membership::Until(last) => format!("member of {} until {last}", club.0),
            Membership::Lasting => format!("member of {}", club.0),
        });
    }
    for (tiers, level) in &position.levels {
        said.push(format!("level {level} of {}", tiers.0));
    }
    for (used, uses) in &position.uses {
        said.push(format!("used {} {} times", used.0, uses.count));
    }
    if position.held {
        said.push("held".to_owned());
    }
    if said.is_empty() {
        said.push("nothing".to_owned());
    }
    said.join("; ")
}
