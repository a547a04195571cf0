//! What a draft would have cost, and the calculator: by hand-sized numbers (P1, P2).
#![allow(clippy::unwrap_used)]

mod budgets;

use kartka_domain::ids::{CustomerId, InstrumentId, OutletId, ProgrammeVersion};
use kartka_domain::moment::{Date, DayOfYear, Moment, day_number};
use kartka_domain::money::{Money, Stamps};
use kartka_domain::programme::{
    Benefit, BonusCard, Club, Counting, Coupon, DiscountCard, Expiry, Gift, Goods, Greeting,
    GreetingFor, Instrument, Joining, Offer, OfflinePolicy, Programme, StampCard, StampFor, Step,
    Terms,
};
use kartka_domain::purchase::{GoodsId, Line, PointsAs};
use kartka_domain::redeem::CashStep;
use kartka_domain::whatif::calculator::{Day, Typed, calculate};
use kartka_domain::whatif::{
    Assumptions, Guest, Habit, Past, Range, Replay, Replayed, Spread, WhatIfError, break_even,
    forecast,
};
use proptest::prelude::*;

/// The shop of the law: 100 visitors at 20.00, half of them return at 20 % off, margin 30 %, 600.00 paid once.
const LAW: Typed = Typed {
    visitors: 100,
    receipt: Money(2_000),
    returning: 5_000,
    discount: 2_000,
    margin: 3_000,
    once: Money(60_000),
    monthly: Money(0),
};

#[test]
fn the_calculator_shows_income_and_profit() {
    let answer = calculate(&LAW).unwrap();
    let day = |income, profit| Day {
        income: Money(income),
        profit: Money(profit),
    };
    assert_eq!(answer.without, day(200_000, 60_000));
    assert_eq!(answer.with, day(280_000, 70_000));
    // The same fifty, had they come at the full price anyway: 900.00, so the discount loses 200.00 a day.
    assert_eq!(answer.anyway, day(300_000, 90_000));
    assert_eq!(answer.break_even, Some(20_000));
    assert_eq!(answer.paid_back, Some(6), "600.00 at 100.00 a day");
}

#[test]
fn costs_of_every_month_put_the_day_off_or_away() {
    let of = |once: i64, monthly: i64| {
        let typed = Typed {
            once: Money(once),
            monthly: Money(monthly),
            ..LAW
        };
        calculate(&typed).unwrap().paid_back
    };
    for (once, monthly, day) in [
        (0, 0, Some(1)),
        (60_000, 10_000, Some(7)),
        // 3,000.00 gained a month, 2,900.00 of it for the month: 600.00 are back in the sixth month.
        (60_000, 290_000, Some(180)),
        (60_000, 300_000, None),
        (0, 300_000, Some(30)),
        (0, 300_001, None),
    ] {
        assert_eq!(of(once, monthly), day, "{once} once, {monthly} a month");
    }
    let dear = Typed {
        discount: 3_000,
        ..LAW
    };
    assert_eq!(calculate(&dear).unwrap().paid_back, None);
}

#[test]
fn typed_nonsense_is_named() {
    for (typed, field) in [
        (
            Typed {
                returning: 10_001,
                ..LAW
            },
            "returning",
        ),
        (
            Typed {
                discount: -1,
                ..LAW
            },
            "discount",
        ),
        (
            Typed {
                margin: 20_000,
                ..LAW
            },
            "margin",
        ),
        (
            Typed {
                receipt: Money(i64::MAX),
                ..LAW
            },
            "receipt",
        ),
        (
            Typed {
                visitors: i64::MAX,
                ..LAW
            },
            "visitors",
        ),
    ] {
        assert_eq!(calculate(&typed), Err(WhatIfError::Range(field)));
    }
}

#[test]
fn the_uplift_that_a_discount_needs() {
    for (discount, margin, uplift) in [
        (2_000, 3_000, Some(20_000)),
        (500, 3_000, Some(2_000)),
        (1_000, 4_000, Some(3_334)),
        (3_000, 3_000, None),
        (0, 3_000, Some(0)),
    ] {
        assert_eq!(
            break_even(discount, margin),
            Ok(uplift),
            "{discount} of {margin}"
        );
    }
}

const CARD: InstrumentId = InstrumentId(1);
const CASH: CashStep = CashStep(Money(100));

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}

fn somebody(n: i64) -> CustomerId {
    CustomerId::new((1 << 40) | n).unwrap()
}

fn draft(terms: Terms) -> Programme {
    let card = Instrument::plain(CARD, "Draft", terms);
    Programme::publish(ProgrammeVersion(7), vec![card]).unwrap()
}

/// A tenth back in points of one minor unit; the whole receipt may be paid with them.
fn tenth(expiry: Expiry) -> Programme {
    let mut card = BonusCard {
        expiry,
        ..BonusCard::plain(1_000, Money(1))
    };
    card.redeem.offline = OfflinePolicy::None;
    draft(Terms::Bonus(card))
}

fn replay(draft: &Programme, habit: Habit, until: &str, bought: &[(i64, &str, i64)]) -> Replayed {
    let replay = Replay::new(draft, habit, CASH, day(until));
    let history = |replay: &mut Replay<'_>| {
        for (who, date, amount) in bought {
            let lines = [Line::amount(Money(*amount))];
            replay.add(&Past {
                customer: (*who > 0).then(|| somebody(*who)),
                at: noon(day(date)),
                outlet: OutletId(1),
                lines: &lines,
                guest: Guest::default(),
            })?;
        }
        Ok::<(), WhatIfError>(())
    };
    replay.all(history).unwrap()
}

#[test]
fn a_bonus_card_replayed_by_hand() {
    let bought = [
        (0, "2026-01-05", 5_000),
        // 100.00 earns 1,000; 50.00 is paid with 1,000 of them and earns 400; 400 are left.
        (1, "2026-01-05", 10_000),
        (1, "2026-02-05", 5_000),
        // 30.00 earns 300 and nobody comes back for them.
        (2, "2026-01-06", 3_000),
    ];
    let found = replay(
        &tenth(Expiry::Never),
        Habit::default(),
        "2026-02-28",
        &bought,
    );
    assert_eq!(
        (found.purchases, found.nameless, found.customers),
        (4, 1, 2)
    );
    assert_eq!((found.sales, found.base), (Money(23_000), Money(18_000)));
    assert_eq!((found.spent, found.touched), (Money(1_000), 1));
    assert_eq!(found.issued, Money(1_000 + 400 + 300));
    assert_eq!((found.outstanding, found.peak), (Money(700), Money(1_300)));
    assert_eq!(
        (found.breakage(), found.liability()),
        (Ok(0), Ok(Money(700)))
    );
    assert_eq!(found.cost(), Ok(Money(1_700)));
    assert_eq!(found.gains.gainers, 1);
    assert_eq!(found.gains.top, [(somebody(1), Money(1_000))]);
    assert_eq!(found.gains.deciles[0], Money(1_000));
    // Customer 1 came back without any card.
    let anyway = found.gains.anyway;
    assert_eq!(
        (anyway.customers, anyway.gainers, anyway.given),
        (1, 1, Money(1_000))
    );
}

/// D5: points that are a discount lower what somebody has spent, so a scale is reached later than with points as payment.
#[test]
fn what_points_are_decides_when_a_scale_is_reached() {
    let step = |from, rate| Step {
        from: Money(from),
        rate,
    };
    let scale = DiscountCard {
        scale: vec![step(20_000, 1_000)],
    };
    let mut instruments = tenth(Expiry::Never).instruments().to_vec();
    let card = Instrument::plain(InstrumentId(2), "Scale", Terms::Discount(scale));
    instruments.push(card);
    let draft = Programme::publish(ProgrammeVersion(7), instruments).unwrap();
    // 100.00 earns 1,000, which pay 10.00 of the second 100.00: 200.00 are spent by then, or 190.00.
    for (points_as, discounts) in [
        (PointsAs::Payment, Money(1_000)),
        (PointsAs::Discount, Money::ZERO),
    ] {
        let replay = Replay::new(&draft, Habit::default(), CASH, day("2026-03-31"));
        let replay = replay.where_points_are(points_as);
        let lines = [Line::amount(Money(10_000))];
        let history = |replay: &mut Replay<'_>| {
            for date in ["2026-01-05", "2026-02-05", "2026-03-05"] {
                replay.add(&Past {
                    customer: Some(somebody(1)),
                    at: noon(day(date)),
                    outlet: OutletId(1),
                    lines: &lines,
                    guest: Guest::default(),
                })?;
            }
            Ok::<(), WhatIfError>(())
        };
        let found = replay.all(history).unwrap();
        assert_eq!(found.discounts, discounts, "{points_as:?}");
        assert_eq!(found.spent, Money(1_000 + 900), "{points_as:?}");
    }
}

#[test]
fn points_that_nobody_uses_lower_what_is_owed() {
    let bought = [
        (1, "2026-01-05", 10_000),
        (1, "2026-01-06", 10_000),
        (2, "2026-01-05", 10_000),
        (3, "2026-06-01", 10_000),
    ];
    let found = replay(
        &tenth(Expiry::Months(1)),
        Habit::default(),
        "2026-06-30",
        &bought,
    );
    // 1,000 were spent; 900 and 1,000 ended on 28 February; the 1,000 of June are left.
    assert_eq!((found.spent, found.expired), (Money(1_000), Money(1_900)));
    assert_eq!(found.outstanding, Money(1_000));
    assert_eq!(found.breakage(), Ok(6_551));
    assert_eq!(found.liability(), Ok(Money(345)));
}

#[test]
fn who_spends_every_other_time_costs_less() {
    let bought: Vec<(i64, String, i64)> = (1..=9)
        .map(|n| (1, format!("2026-01-{n:02}"), 10_000))
        .collect();
    let bought: Vec<(i64, &str, i64)> = bought
        .iter()
        .map(|(c, d, a)| (*c, d.as_str(), *a))
        .collect();
    let of = |spends| {
        let found = replay(
            &tenth(Expiry::Never),
            Habit { spends },
            "2026-01-31",
            &bought,
        );
        found.touched
    };
    assert_eq!([of(0), of(2_500), of(5_000), of(10_000)], [0, 2, 4, 8]);
}

#[test]
fn a_stamp_card_costs_what_its_rewards_are_worth() {
    let terms = Terms::Stamps(StampCard::plain(StampFor::Visit, Stamps(3), Money(400)));
    let bought: Vec<(i64, String, i64)> = (1..=8)
        .map(|n| (1, format!("2026-01-{n:02}"), 500))
        .collect();
    let bought: Vec<(i64, &str, i64)> = bought
        .iter()
        .map(|(c, d, a)| (*c, d.as_str(), *a))
        .collect();
    let found = replay(&draft(terms), Habit::default(), "2026-01-31", &bought);
    assert_eq!((found.rewards_taken, found.rewards), (2, Money(800)));
    assert_eq!(found.cost(), Ok(Money(800)));
}

#[test]
fn a_reward_whose_goods_are_not_bought_waits() {
    let cup = Goods {
        goods: vec![GoodsId(7)],
        ..Goods::default()
    };
    let mut card = StampCard::plain(StampFor::Visit, Stamps(2), Money(400));
    card.rewards[0].gift = Some(Gift {
        goods: cup,
        pieces: 1,
        rate: 10_000,
    });
    let bought: Vec<(i64, String, i64)> = (1..=5)
        .map(|n| (1, format!("2026-01-{n:02}"), 500))
        .collect();
    let bought: Vec<(i64, &str, i64)> = bought
        .iter()
        .map(|(c, d, a)| (*c, d.as_str(), *a))
        .collect();
    let programme = draft(Terms::Stamps(card));
    let found = replay(&programme, Habit::default(), "2026-01-31", &bought);
    let counted = (found.purchases, found.unreadable, found.rewards_taken);
    assert_eq!(counted, (5, 0, 0));
}

#[test]
fn coupons_greetings_favourites_and_invitations_are_not_silently_nothing() {
    let birthday = Greeting {
        on: GreetingFor::Birthday,
        before: 0,
        after: 3,
        gives: Benefit::Percent(2_000),
    };
    let coupon = Coupon {
        code: "HELLO".to_owned(),
        gives: Benefit::Amount(Money(300)),
        per_customer: Some(1),
        per_day: None,
        total: None,
        counting: Counting::Afterwards,
    };
    let club = Club {
        joining: Joining::Invitation,
        months: None,
        rate: 500,
    };
    let goods = GoodsId(7);
    for (terms, given) in [
        // The first receipt is on the second day after the birthday, the second one is not: 20 % of 100.00.
        (Terms::Greeting(birthday), 2_000),
        (Terms::Coupon(coupon), 300),
        // Invited with the first, so the second is 5 % cheaper.
        (Terms::Club(club), 500),
        // The favourite is known at the second.
        (Terms::Offer(Offer::Favourite { rate: 1_000 }), 1_000),
    ] {
        let programme = draft(terms);
        let replay = Replay::new(&programme, Habit::default(), CASH, day("2026-12-31"));
        let history = |replay: &mut Replay<'_>| {
            for (date, favourites) in [("2026-01-05", &[][..]), ("2026-02-05", &[goods][..])] {
                let lines = [Line {
                    goods: Some(goods),
                    ..Line::amount(Money(10_000))
                }];
                let guest = Guest {
                    birthday: DayOfYear::new(1, 3),
                    favourites,
                    ..Guest::default()
                };
                replay.add(&Past {
                    customer: Some(somebody(1)),
                    at: noon(day(date)),
                    outlet: OutletId(1),
                    lines: &lines,
                    guest,
                })?;
            }
            Ok::<(), WhatIfError>(())
        };
        let found = replay.all(history).unwrap();
        assert_eq!(found.discounts, Money(given), "{programme:?}");
    }
}

#[test]
fn purchases_out_of_order_are_refused() {
    let programme = tenth(Expiry::Never);
    let lines = [Line::amount(Money(100))];
    let past = |who: Option<i64>, date: &str| Past {
        customer: who.map(somebody),
        at: noon(day(date)),
        outlet: OutletId(1),
        lines: &lines,
        guest: Guest::default(),
    };
    let fresh = || Replay::new(&programme, Habit::default(), CASH, day("2026-12-31"));
    for (first, second) in [
        (past(Some(2), "2026-01-02"), past(Some(1), "2026-01-02")),
        (past(Some(1), "2026-01-02"), past(Some(1), "2026-01-01")),
        (past(Some(1), "2026-01-02"), past(None, "2026-01-03")),
    ] {
        let mut replay = fresh();
        replay.add(&first).unwrap();
        assert_eq!(replay.add(&second), Err(WhatIfError::OutOfOrder));
    }
}

/// 1,000.00 of known customers and 200.00 given: the 20 % of the law over a history.
fn twenty_of_a_hundred() -> Replayed {
    Replayed {
        base: Money(100_000),
        discounts: Money(20_000),
        customers: 100,
        ..Replayed::default()
    }
}

fn sure(margin: i64, response: i64, extra: i64) -> Assumptions {
    Assumptions {
        margin: Range::exactly(margin),
        response: Range::exactly(response),
        extra: Range::exactly(extra),
        card: Range::exactly(0),
        message: Range::exactly(0),
        messages: 0,
        once: Money(0),
    }
}

#[test]
fn a_forecast_breaks_even_where_it_says() {
    let replayed = twenty_of_a_hundred();
    for (margin, extra, profit) in [
        (3_000, 0, -20_000),
        (3_000, 20_000, 0),
        (3_000, 10_000, -10_000),
        (5_000, 10_000, 10_000),
    ] {
        let found = forecast(&replayed, &sure(margin, 10_000, extra)).unwrap();
        assert_eq!(
            found.profit.likely,
            Money(profit),
            "margin {margin}, extra {extra}"
        );
        assert_eq!(found.profit.low, found.profit.high);
    }
    let found = forecast(&replayed, &sure(3_000, 10_000, 0)).unwrap();
    assert_eq!(
        (found.break_even, found.new_visits),
        (Some(20_000), Some(6_667))
    );
    let found = forecast(&replayed, &sure(2_000, 10_000, 0)).unwrap();
    assert_eq!((found.break_even, found.new_visits), (None, Some(10_000)));
    let half = forecast(&replayed, &sure(3_000, 5_000, 0)).unwrap();
    assert_eq!(half.profit.likely, Money(-10_000));
}

#[test]
fn cards_and_messages_are_paid_for_each_who_takes_part() {
    let mut assumed = sure(3_000, 5_000, 0);
    assumed.card = Range {
        low: 50,
        likely: 100,
        high: 200,
    };
    assumed.message = Range::exactly(10);
    assumed.messages = 3;
    assumed.once = Money(1_000);
    let found = forecast(&twenty_of_a_hundred(), &assumed).unwrap();
    assert_eq!(found.outlay, Money(50 * 130 + 1_000));
    assert_eq!(found.profit.likely, Money(-10_000 - 7_500));
    assert_eq!(found.profit.low, Money(-10_000 - 12_500));
    assert_eq!(found.profit.high, Money(-10_000 - 5_000));
    // (200.00 · ½ + 75.00) / (½ · 100.00)
    assert_eq!(found.break_even, Some(35_000));
}

#[test]
fn what_is_no_range_is_named() {
    let mut assumed = sure(3_000, 5_000, 0);
    assumed.response = Range {
        low: 6_000,
        likely: 5_000,
        high: 7_000,
    };
    let refused = forecast(&twenty_of_a_hundred(), &assumed);
    assert_eq!(refused, Err(WhatIfError::Range("response")));
}

fn range(most: i64) -> impl Strategy<Value = Range> {
    (0..=most, 0..=most, 0..=most).prop_map(|(a, b, c)| {
        let mut ends = [a, b, c];
        ends.sort_unstable();
        Range {
            low: ends[0],
            likely: ends[1],
            high: ends[2],
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_likely_profit_lies_between_the_others(
        base in 0..=1_000_000_000_i64,
        share in 0..=10_000_i64,
        ranges in (range(10_000), range(10_000), range(100_000), range(1_000), range(1_000)),
        customers in 0..=100_000_i64,
    ) {
        let replayed = Replayed {
            base: Money(base),
            discounts: Money(base / 10_000 * share),
            customers,
            ..Replayed::default()
        };
        let (margin, response, extra, card, message) = ranges;
        let assumed = Assumptions { margin, response, extra, card, message, messages: 2, once: Money(5) };
        let Spread { low, likely, high } = forecast(&replayed, &assumed).unwrap().profit;
        prop_assert!(low <= likely && likely <= high);
    }

    /// What the replay adds up is what the fold holds: nothing is given twice or lost (V).
    #[test]
    fn issued_is_spent_expired_or_left(
        bought in proptest::collection::vec((0..40_u64, 1..50_000_i64), 1..30),
        months in 1..4_u16,
        spends in 0..=10_000_i64,
    ) {
        let mut date = day("2026-01-01");
        let bought: Vec<(i64, String, i64)> = bought.into_iter().map(|(wait, amount)| {
            date = date + kartka_domain::chrono::Days::new(wait);
            (1, date.to_string(), amount)
        }).collect();
        let bought: Vec<(i64, &str, i64)> = bought.iter().map(|(who, date, amount)| (*who, date.as_str(), *amount)).collect();
        let programme = tenth(Expiry::Months(months));
        let found = replay(&programme, Habit { spends }, "2030-01-01", &bought);
        prop_assert_eq!(found.outstanding, Money(0), "everything has ended by 2030");
        prop_assert_eq!(found.issued, found.spent.plus(found.expired).unwrap());
        prop_assert_eq!(Money::total(found.gains.deciles).unwrap(), found.spent);
    }
}
