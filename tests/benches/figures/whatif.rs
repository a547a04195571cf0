//! A draft over a whole purchase history, on one core (P1): the file `KARTKA_PURCHASES` names, else the sample ten times
//! over, each time other customers.

use std::time::Instant;

use kartka_domain::founding::BONUS;
use kartka_domain::ids::{CustomerId, InstrumentId, OutletId, ProgrammeVersion};
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{
    BonusCard, Campaign, Expiry, Instrument, OfflinePolicy, Programme, Terms,
};
use kartka_domain::purchase::Line;
use kartka_domain::redeem::CashStep;
use kartka_domain::whatif::{Guest, Habit, Past, Replay, WhatIfError};

const SAMPLE: &str = include_str!("../../fixtures/cdnow/CDNOW_sample.txt");

pub(crate) fn run() {
    let bought = purchases();
    let plain = measured(&bought, &draft(None));
    let name = format!("what-if: {} purchases, one draft", bought.len());
    super::line(&name, &format!("{plain:.3} s"), Some(plain / 2.0));
    let twice = measured(&bought, &draft(Some(Points(100_000))));
    let name = "  the same with a campaign whose budget ends";
    super::line(name, &format!("{twice:.3} s"), Some(twice / 2.0));
}

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
