//! A draft over a whole purchase history, on one core (P1), by the evaluator alone and as the core's task over a store:
//! the file `KARTKA_PURCHASES` names, else the sample ten times over, each time other customers.

use std::collections::BTreeMap;
use std::time::Instant;

use kartka_core::query::whatif::WhatIfRequest;
use kartka_core::sync::Cancel;
use kartka_core::task::Watch;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;
use kartka_domain::founding::{BONUS, ShopKind};
use kartka_domain::ids::{CustomerId, InstrumentId, OutletId, ProgrammeVersion};
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{
    BonusCard, Campaign, Expiry, Instrument, OfflinePolicy, Programme, Terms,
};
use kartka_domain::purchase::Line;
use kartka_domain::redeem::CashStep;
use kartka_domain::whatif::{Assumptions, Guest, Habit, Past, Range, Replay, WhatIfError};

use crate::house::{self, request};

const SAMPLE: &str = include_str!("../../fixtures/cdnow/CDNOW_sample.txt");

pub(crate) fn run() {
    let bought = purchases();
    let plain = measured(&bought, &draft(None));
    let name = format!("what-if: {} purchases, one draft", bought.len());
    super::line(&name, &format!("{plain:.3} s"), Some(plain / 2.0));
    let twice = measured(&bought, &draft(Some(Points(100_000))));
    let name = "  the same with a campaign whose budget ends";
    super::line(name, &format!("{twice:.3} s"), Some(twice / 2.0));
    let (read, people) = from_the_store(&bought);
    let name = format!("  the task over an encrypted store, {people} customers");
    super::line(&name, &format!("{read:.3} s"), Some(read / 2.0));
}

/// The what-if of the core, with everything it reads: the best of three, in seconds, and how many customers it had. A founding
/// phone in memory sells the purchases today; what a replay reads and computes is the same as over years.
fn from_the_store(bought: &[(CustomerId, Date, Money)]) -> (f64, usize) {
    let home = tempfile::tempdir_in("/dev/shm").unwrap();
    let shop = house::shop(&home.path().join("shop"));
    let form = FoundRequest {
        name: "Bench".into(),
        country: "US".into(),
        kind: ShopKind::Shop,
        owner: "Owner".into(),
    };
    shop.found(request(0, 0), &form).unwrap();
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let mut people = BTreeMap::new();
    for (n, (who, _, amount)) in (0..).zip(bought) {
        let customer = match people.get(who) {
            Some(customer) => *customer,
            None => {
                let customer = shop.register(request(1, n), &blank).unwrap();
                people.insert(*who, customer);
                customer
            }
        };
        // A receipt of nothing is none at a till.
        let amount = Money(amount.0.max(1));
        let ask = TillRequest::amount(Some(customer), amount);
        shop.sell(request(2, n), &ask).unwrap();
    }
    let ask = WhatIfRequest {
        draft: draft(None),
        habit: Habit::default(),
        assumed: ASSUMED,
        days: None,
    };
    let cancel = Cancel::default();
    let mut best = f64::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let mut ignore = |_| {};
        let mut watch = Watch::new(&cancel, &mut ignore);
        let found = shop.what_if(&ask, &mut watch).unwrap().replayed;
        assert_eq!(usize::try_from(found.purchases).unwrap(), bought.len());
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, people.len())
}

/// What the owner believes; it has no part in the time.
const ASSUMED: Assumptions = Assumptions {
    margin: Range::exactly(3_000),
    response: Range::exactly(6_000),
    extra: Range::exactly(1_000),
    card: Range::exactly(10),
    message: Range::exactly(0),
    messages: 0,
    once: Money(0),
};

/// The best of three, in seconds.
fn measured(bought: &[(CustomerId, Date, Money)], draft: &Programme) -> f64 {
    let until = bought.iter().map(|(_, date, _)| *date).max().unwrap();
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let cash = CashStep(Money(100));
        let replay = Replay::new(draft, Habit::default(), cash, until);
        let history = |replay: &mut Replay<'_>| {
            for (customer, date, amount) in bought {
                let lines = [Line::amount(*amount)];
                replay.add(&Past {
                    customer: Some(*customer),
                    at: noon(*date),
                    outlet: OutletId(1),
                    lines: &lines,
                    guest: Guest::default(),
                })?;
            }
            Ok::<(), WhatIfError>(())
        };
        let found = replay.all(history).unwrap();
        assert_eq!(usize::try_from(found.purchases).unwrap(), bought.len());
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.into_iter().fold(f64::MAX, f64::min)
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}

/// 5 % back, all of it spent whenever it may be: two quotes and a redemption for almost every purchase; with a budget twice
/// as much, until that is given.
fn draft(budget: Option<Points>) -> Programme {
    let mut card = BonusCard {
        expiry: Expiry::Months(12),
        ..BonusCard::plain(500, Money(1))
    };
    card.redeem.max_share = 5_000;
    card.redeem.offline = OfflinePolicy::None;
    let mut all = vec![Instrument::plain(BONUS, "Draft", Terms::Bonus(card))];
    all.extend(budget.map(|budget| {
        let terms = Terms::Campaign(Campaign::plain(BONUS, 20_000, budget));
        Instrument::plain(InstrumentId(50), "Twice", terms)
    }));
    Programme::publish(ProgrammeVersion(1), all).unwrap()
}

fn purchases() -> Vec<(CustomerId, Date, Money)> {
    let (text, times) = match std::env::var_os("KARTKA_PURCHASES") {
        Some(file) => (std::fs::read_to_string(file).unwrap(), 1),
        None => (SAMPLE.to_owned(), 10),
    };
    let mut all = Vec::new();
    for time in 0..times {
        let lines = text.lines().filter_map(purchase);
        all.extend(lines.map(|(n, date, amount)| {
            let customer = CustomerId::new((1 << 40) | (n * times + time + 1)).unwrap();
            (customer, date, amount)
        }));
    }
    all.sort_unstable();
    all
}

/// Customer, day and cents; none for a heading.
fn purchase(line: &str) -> Option<(i64, Date, Money)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let (first, last) = (words.first()?.parse().ok()?, words.last()?);
    let date = Date::parse_from_str(words.get(words.len() - 3)?, "%Y%m%d").ok()?;
    let cents = last.replace('.', "").parse().ok()?;
    Some((first, date, Money(cents)))
}
