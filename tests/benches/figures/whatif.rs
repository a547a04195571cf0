//! A draft over a whole purchase history, on one core (P1): the file `KARTKA_PURCHASES` names, else the sample ten times
//! over, each time other customers.

use std::time::Instant;

use kartka_domain::founding::BONUS;
use kartka_domain::ids::{CustomerId, OutletId, ProgrammeVersion};
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::money::Money;
use kartka_domain::programme::{BonusCard, Expiry, Instrument, OfflinePolicy, Programme, Terms};
use kartka_domain::purchase::Line;
use kartka_domain::redeem::CashStep;
use kartka_domain::whatif::{Guest, Habit, Past, Replay};

const SAMPLE: &str = include_str!("../../fixtures/cdnow/CDNOW_sample.txt");

pub(crate) fn run() {
    let bought = purchases();
    let draft = draft();
    let until = bought.iter().map(|(_, date, _)| *date).max().unwrap();
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let cash = CashStep(Money(100));
        let mut replay = Replay::new(&draft, Habit::default(), cash, until);
        for (customer, date, amount) in &bought {
            let lines = [Line::amount(*amount)];
            let past = Past {
                customer: Some(*customer),
                at: noon(*date),
                outlet: OutletId(1),
                lines: &lines,
                guest: Guest::default(),
            };
            replay.add(&past).unwrap();
        }
        let found = replay.finish().unwrap();
        assert_eq!(usize::try_from(found.purchases).unwrap(), bought.len());
        seconds.push(start.elapsed().as_secs_f64());
    }
    let best = seconds.into_iter().fold(f64::MAX, f64::min);
    let name = format!("what-if: {} purchases, one draft", bought.len());
    super::line(&name, &format!("{best:.3} s"), Some(best / 2.0));
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}

/// 5 % back, all of it spent whenever it may be: two quotes and a redemption for almost every purchase.
fn draft() -> Programme {
    let mut card = BonusCard {
        expiry: Expiry::Months(12),
        ..BonusCard::plain(500, Money(1))
    };
    card.redeem.max_share = 5_000;
    card.redeem.offline = OfflinePolicy::None;
    let card = Instrument::plain(BONUS, "Draft", Terms::Bonus(card));
    Programme::publish(ProgrammeVersion(1), vec![card]).unwrap()
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
