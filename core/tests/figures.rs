//! Long readings of a founding phone's own rows: accounts that explain themselves, points owed, what-if.
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::explain::Why;
use kartka_core::domain::ids::{CustomerId, InstrumentId, ProgrammeVersion};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{DiscountCard, Instrument, Programme, Step, Terms};
use kartka_core::domain::purchase::{PointsAs, Quantity, ReturnedLine};
use kartka_core::domain::whatif::{Assumptions, Habit, Range};
use kartka_core::error::CoreError;
use kartka_core::query::whatif::WhatIfRequest;
use kartka_core::sync::Cancel;
use kartka_core::task::Watch;
use kartka_core::usecase::till::TillRequest;
use support::{Counter, request};

/// Amount, what is left, and the moves of a lot.
type Told = (i64, i64, Vec<(Why, i64)>);

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn assumed() -> Assumptions {
    Assumptions {
        margin: Range {
            low: 2_500,
            likely: 3_000,
            high: 4_000,
        },
        response: Range {
            low: 3_000,
            likely: 5_000,
            high: 8_000,
        },
        extra: Range {
            low: 0,
            likely: 500,
            high: 1_500,
        },
        card: Range::exactly(0),
        message: Range::exactly(0),
        messages: 0,
        once: Money(0),
    }
}

/// 200.00 earn 1,000 points; 600 of them pay a part of 100.00, which earns 470; half of that comes back.
fn a_story(counter: &Counter) -> CustomerId {
    let shop = &counter.shop;
    let customer = counter.customer(1);
    shop.sell(
        request(2),
        &TillRequest::amount(Some(customer), Money(20_000)),
    )
    .unwrap();
    counter.clock.advance(DAY_MS);
    let ask = TillRequest {
        spend: Points(600),
        ..TillRequest::amount(Some(customer), Money(10_000))
    };
    let second = shop.sell(request(3), &ask).unwrap();
    counter.clock.advance(DAY_MS);
    let half = ReturnedLine {
        line: 0,
        quantity: Quantity(500),
    };
    shop.give_back(request(4), second, &[half]).unwrap();
    customer
}

#[test]
fn an_account_tells_every_lot() {
    let counter = Counter::founded();
    let customer = a_story(&counter);
    let view = counter.shop.account(customer).unwrap();
    assert!(view.whole);
    let told = &view.accounts[0];
    let lots: Vec<Told> = told
        .lots
        .iter()
        .map(|lot| {
            let moves = lot.moves.iter().map(|m| (m.why, m.points.0)).collect();
            (lot.amount.0, lot.left.0, moves)
        })
        .collect();
    assert_eq!(
        lots,
        [
            (1_000, 700, vec![(Why::Taken, -600), (Why::GivenBack, 300)]),
            (470, 235, vec![(Why::Taken, -235)]),
        ]
    );
    assert_eq!(told.balance, Points(935));
    assert_eq!(
        counter.shop.customer(customer).unwrap().points[0].balance,
        Points(935)
    );
    let nobody = CustomerId::new((1 << 40) | 999).unwrap();
    assert!(matches!(
        counter.shop.account(nobody),
        Err(CoreError::NotFound)
    ));
}

#[test]
fn points_owed_reconcile_with_today() {
    let counter = Counter::founded();
    a_story(&counter);
    let mut seen = Vec::new();
    let cancel = Cancel::default();
    let report = counter
        .shop
        .points_owed(&mut Watch::new(&cancel, &mut |percent| seen.push(percent)))
        .unwrap();
    assert!(report.whole);
    let months = report.instruments.values().next().unwrap();
    assert_eq!(months.len(), 1);
    let (row, today) = (months[0], counter.shop.today(None).unwrap());
    assert_eq!(
        (row.moves.given, row.moves.spent),
        (Points(1_470), Points(600))
    );
    assert_eq!(
        (row.moves.taken_back, row.moves.given_back),
        (Points(235), Points(300))
    );
    assert_eq!(
        (row.outstanding, row.in_hand, row.breakage),
        (Points(935), Points(935), 0)
    );
    assert_eq!(row.liability, today.liability);
    assert_eq!(seen, [0]);
}

#[test]
fn a_draft_is_replayed_over_what_was_kept() {
    let counter = Counter::founded();
    a_story(&counter);
    counter
        .shop
        .sell(request(5), &TillRequest::amount(None, Money(700)))
        .unwrap();
    let draft = counter.shop.programme().unwrap();
    let ask = WhatIfRequest {
        draft,
        habit: Habit::default(),
        assumed: assumed(),
        days: None,
    };
    let mut seen = Vec::new();
    let cancel = Cancel::default();
    let report = counter
        .shop
        .what_if(
            &ask,
            &mut Watch::new(&cancel, &mut |percent| seen.push(percent)),
        )
        .unwrap();
    let replayed = &report.replayed;
    assert_eq!(
        (replayed.purchases, replayed.nameless, replayed.customers),
        (3, 1, 1)
    );
    // Of the second receipt half was kept.
    assert_eq!(
        (replayed.sales, replayed.base),
        (Money(25_700), Money(25_000))
    );
    // 200.00 earn 1,000; all of them pay 10.00 of 50.00, whose 40.00 earn 200.
    assert_eq!(
        (replayed.spent, replayed.outstanding),
        (Money(1_000), Money(200))
    );
    assert_eq!(replayed.gains.anyway.customers, 1);
    assert!(report.forecast.profit.low <= report.forecast.profit.high);
    assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&100)));
    let of_days = |days| {
        let ask = WhatIfRequest {
            days: Some(days),
            ..ask.clone()
        };
        let report = counter
            .shop
            .what_if(&ask, &mut Watch::new(&cancel, &mut |_| {}));
        report.unwrap().replayed.purchases
    };
    assert_eq!([of_days(1), of_days(2), of_days(3)], [1, 2, 3]);
}

/// A draft is tried by what points are to this business (D5): a scale is reached by what was paid.
#[test]
fn a_draft_is_replayed_by_what_points_are_here() {
    let counter = Counter::founded();
    let customer = counter.customer(1);
    for n in 1..=3 {
        let ask = TillRequest::amount(Some(customer), Money(20_000));
        counter.shop.sell(request(10 + n), &ask).unwrap();
    }
    let step = Step {
        from: Money(40_000),
        rate: 1_000,
    };
    let scale = Terms::Discount(DiscountCard { scale: vec![step] });
    let mut instruments = counter.shop.programme().unwrap().instruments().to_vec();
    instruments.push(Instrument::plain(InstrumentId(9), "Scale", scale));
    let draft = Programme::publish(ProgrammeVersion(2), instruments).unwrap();
    let ask = WhatIfRequest {
        draft,
        habit: Habit::default(),
        assumed: assumed(),
        days: None,
    };
    let discounts = || {
        let cancel = Cancel::default();
        let mut silent = |_| {};
        let report = counter
            .shop
            .what_if(&ask, &mut Watch::new(&cancel, &mut silent));
        report.unwrap().replayed.discounts
    };
    // The second 200.00 is paid with 1,000 points in part: 400.00 are spent by then, or 390.00.
    assert_eq!(discounts(), Money(2_000));
    counter
        .shop
        .set_points_as(request(20), PointsAs::Discount)
        .unwrap();
    assert_eq!(discounts(), Money::ZERO);
}

#[test]
fn long_work_stops_when_asked() {
    let counter = Counter::founded();
    a_story(&counter);
    let cancel = Cancel::default();
    cancel.cancel();
    let refused = counter
        .shop
        .points_owed(&mut Watch::new(&cancel, &mut |_| {}));
    assert!(matches!(refused, Err(CoreError::Cancelled)));
    let draft = counter.shop.programme().unwrap();
    let ask = WhatIfRequest {
        draft,
        habit: Habit::default(),
        assumed: assumed(),
        days: None,
    };
    let refused = counter
        .shop
        .what_if(&ask, &mut Watch::new(&cancel, &mut |_| {}));
    assert!(matches!(refused, Err(CoreError::Cancelled)));
}
