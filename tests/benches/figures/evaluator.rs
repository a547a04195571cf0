//! The evaluator alone, on one core: a heavy receipt, and a million plain ones through evaluator, authority and fold.

use std::collections::BTreeMap;
use std::time::Instant;

use kartka_domain::chrono::Days;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, DeviceNo, InstrumentId, OutletId, ProgrammeVersion};
use kartka_domain::moment::{Date, DayOfYear, Moment, Month, day_number};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Bucket, MonthSum, Position, Wallet};
use kartka_domain::programme::{
    BonusCard, Expiry, Goods, Instrument, Multiplier, OfflinePolicy, PriceOf, Programme, Terms,
    Together, When,
};
use kartka_domain::purchase::{GoodsId, GroupId, Line, Quantity};
use kartka_domain::quote::{Question, quote};
use kartka_domain::redeem::CashStep;
use kartka_domain::whatif::{Guest, Habit, Past, Replay, WhatIfError};
use kartka_domain::wizard::{Draft, Ground, Kind, Trade};

const LINES: i64 = 30;
const BUCKETS: i64 = 64;
const ROUNDS: usize = 20_000;
const RECEIPTS: i64 = 1_000_000;
/// Receipts of one customer in the million.
const EACH: i64 = 50;

pub(crate) fn run() {
    heavy();
    million();
}

/// The median of one quote: 30 lines, 25 instruments, an account of 64 buckets.
fn heavy() {
    let (programme, position, lines) = (programme(), position(), lines(LINES));
    let customer = CustomerId::new((1 << 40) | 1).unwrap();
    let today = DayOfYear::of(day());
    let brought = programme
        .instruments()
        .iter()
        .find(|of| of.referral().is_some());
    assert!(brought.is_some(), "a friend's promise is asked about too");
    let ask = Question {
        brought,
        customer: Some((customer, &position)),
        birthday: Some(today),
        favourites: &[GoodsId(3), GoodsId(7)],
        codes: &["CODE-1", "CODE-2", "CODE-3"],
        spend: Points(500),
        ..Question::plain(&lines, &programme, noon(day()))
    };
    let said = quote(&ask).unwrap();
    assert!(said.due < said.total && said.claims.len() > 5);
    let told = |wanted: fn(&Code) -> bool| said.said.iter().any(wanted);
    assert!(told(|code| matches!(code, Code::CampaignRaised { .. })));
    let mut taken: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(quote(std::hint::black_box(&ask))).unwrap();
            start.elapsed().as_nanos()
        })
        .collect();
    taken.sort_unstable();
    let micros = |share: usize| taken[ROUNDS * share / 100] as f64 / 1_000.0;
    let name = format!(
        "quote: {LINES} lines, {} instruments, {BUCKETS} buckets, p50",
        25
    );
    super::line(
        &name,
        &format!("{:.1} µs", micros(50)),
        Some(micros(50) / 60.0),
    );
    super::line("  the same, p99", &format!("{:.1} µs", micros(99)), None);
}

/// A million receipts of 20,000 customers over two years, each quoted, decided and folded.
fn million() {
    let mut card = BonusCard {
        expiry: Expiry::Months(12),
        ..BonusCard::plain(500, Money(1))
    };
    card.redeem.max_share = 5_000;
    card.redeem.offline = OfflinePolicy::None;
    let bonus = Instrument::plain(InstrumentId(1), "Points", Terms::Bonus(card));
    let programme = Programme::publish(ProgrammeVersion(1), vec![bonus]).unwrap();
    let until = day() + Days::new(730);
    let start = Instant::now();
    let cash = CashStep(Money(100));
    let replay = Replay::new(&programme, Habit::default(), cash, until);
    let history = |replay: &mut Replay<'_>| {
        for n in 0..RECEIPTS {
            let (buyer, visit) = (n / EACH, n % EACH);
            let id = DeviceNo::FOUNDER.id(buyer + 1).unwrap();
            let date = day() + Days::new((visit * 730 / EACH).cast_unsigned());
            let lines = [Line::amount(Money(1_000 + n * 7_919 % 9_000))];
            replay.add(&Past {
                customer: Some(CustomerId(id)),
                at: noon(date),
                outlet: OutletId(1),
                lines: &lines,
                guest: Guest::default(),
            })?;
        }
        Ok::<(), WhatIfError>(())
    };
    let found = replay.all(history).unwrap();
    assert_eq!((found.purchases, found.unreadable), (RECEIPTS, 0));
    let seconds = start.elapsed().as_secs_f64();
    let name = "1,000,000 receipts: quoted, spent on, decided, folded";
    super::line(name, &format!("{seconds:.1} s"), Some(seconds / 30.0));
}

/// 25 instruments of every kind: what the wizard makes, several times over, and rules of every sort on them.
fn programme() -> Programme {
    let kinds = [
        (Kind::Club, 2),
        (Kind::Tiers, 1),
        (Kind::Stamps, 3),
        (Kind::Discount, 3),
        (Kind::Offer, 4),
        (Kind::Coupon, 3),
        (Kind::Greeting, 2),
        (Kind::Issue, 1),
        (Kind::Campaign, 2),
        (Kind::Referral, 1),
        (Kind::Certificate, 1),
        (Kind::Numbered, 1),
    ];
    let mut card = BonusCard::plain(500, Money(1));
    card.multipliers = vec![
        Multiplier {
            when: When::Weekdays(0b111_1111),
            factor: 20_000,
        },
        Multiplier {
            when: When::Hours { from: 600, to: 900 },
            factor: 15_000,
        },
    ];
    let bonus = Instrument::plain(InstrumentId(1), "Points", Terms::Bonus(card));
    let mut programme = Programme::publish(ProgrammeVersion(1), vec![bonus]).unwrap();
    let mut coupons = 0;
    for (kind, times) in kinds {
        for _ in 0..times {
            let mut draft = Draft::new(kind, Trade::Clothes, kind.key());
            if kind == Kind::Coupon {
                coupons += 1;
                let code = format!("CODE-{coupons}");
                draft.texts.insert("code".to_owned(), code);
            }
            let ground = Ground {
                exponent: 2,
                programme: &programme,
                edits: None,
            };
            programme = draft.publish(&ground).unwrap();
        }
    }
    let mut all = programme.instruments().to_vec();
    assert_eq!(all.len(), 25);
    let lowers = |of: &Instrument| {
        matches!(
            of.terms,
            Terms::Discount(_)
                | Terms::Club(_)
                | Terms::Coupon(_)
                | Terms::Greeting(_)
                | Terms::Offer(_)
                | Terms::Tiers(_)
                | Terms::Issue(_)
        )
    };
    for (n, one) in all.iter_mut().enumerate().filter(|(_, of)| lowers(of)) {
        let rules = &mut one.rules.stacking;
        rules.together = Together::Stackable;
        rules.floor = 2_000;
        rules.excluded = Goods {
            goods: vec![GoodsId(100), GoodsId(101)],
            groups: vec![GroupId(9)],
        };
        if n % 2 == 0 {
            rules.price = PriceOf::Original;
        }
    }
    Programme::publish(ProgrammeVersion(2), all).unwrap()
}

/// An account of many years: 64 last days, two years of months, stamps on every card.
fn position() -> Position {
    let bucket = |n: i64| Bucket {
        expires_on: Some(day() + Days::new((n * 30 + 1).cast_unsigned())),
        points: Points(100 + n),
    };
    let wallet = Wallet {
        buckets: (0..BUCKETS).map(bucket).collect(),
        ..Wallet::default()
    };
    let sum = MonthSum {
        spent: Money(50_000),
        visits: 4,
        status: Points(0),
    };
    let months = (0..24).map(|back| (Month::of(day()).back(back), sum));
    Position {
        wallets: BTreeMap::from([(InstrumentId(1), wallet)]),
        stamps: (5..10).map(|id| (InstrumentId(id), Stamps(3))).collect(),
        visits: 96,
        spent: Money(1_200_000),
        first_visit: Some(day() - Days::new(700)),
        last_visit: Some(day() - Days::new(7)),
        months: months.collect(),
        ..Position::default()
    }
}

fn lines(count: i64) -> Vec<Line> {
    (1..=count)
        .map(|n| Line {
            goods: Some(GoodsId(n)),
            group: Some(GroupId(n % 5)),
            quantity: Quantity(1_000 * (1 + n % 3)),
            ..Line::amount(Money(1_000 + 137 * n))
        })
        .collect()
}

fn day() -> Date {
    "2026-03-02".parse().unwrap()
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}
