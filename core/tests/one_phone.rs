//! A founding phone: everything the counter needs with no server and no network.
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::card::Carrier;
use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::{ShopKind, countries};
use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{Audience, Club, Instrument, Issue, Joining, Terms};
use kartka_core::domain::purchase::VoidReason;
use kartka_core::error::CoreError;
use kartka_core::usecase::cards::Recognised;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;
use support::{Counter, request};

#[test]
fn a_founded_phone_registers_scans_sells_redeems_and_returns() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let card = shop.emit(request(1), 10).unwrap()[0];
    let form = Registration {
        profile: ProfileForm {
            given: "Олена".into(),
            phones: vec!["067 123-45-67".into()],
            ..ProfileForm::default()
        },
        marketing_consent: Some(1),
        card: NewCard::Bind(card),
        referrer: None,
    };
    let customer = shop.register(request(2), &form).unwrap();

    let code = shop.card_code(card).unwrap();
    assert_eq!(
        shop.recognise(Carrier::Qr, &code).unwrap(),
        Recognised::Customer { customer, card }
    );

    let (quote, answer) = shop
        .quote(&TillRequest::amount(Some(customer), Money(20_000)))
        .unwrap();
    assert!(
        answer.said.contains(&Code::Earned {
            points: 1_000,
            base: 20_000
        }),
        "{:?}",
        answer.said
    );
    let purchase = shop.commit(request(3), quote).unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(1_000)
    );

    let ask = TillRequest {
        spend: Points(600),
        ..TillRequest::amount(Some(customer), Money(10_000))
    };
    let second = shop.sell(request(4), &ask).unwrap();
    let earned = (10_000 - 600) * 5 / 100;
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(400 + earned)
    );

    shop.give_back(request(5), second, &[]).unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(1_000)
    );
    assert!(matches!(
        shop.give_back(request(6), second, &[]),
        Err(CoreError::RuleRejected { .. } | CoreError::Validation { .. })
    ));
    shop.void(request(7), purchase, VoidReason::Mistake)
        .unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(0)
    );
    assert_eq!(shop.history(customer, None, 10).unwrap().0.len(), 2);
    assert_eq!(shop.sync_status().unwrap().outbox, 0);
}

#[test]
fn a_repeated_request_is_answered_and_not_done_again() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let customer = shop
        .register(
            request(1),
            &Registration {
                card: NewCard::Issue,
                ..Registration::default()
            },
        )
        .unwrap();
    let (quote, _) = shop
        .quote(&TillRequest::amount(Some(customer), Money(5_000)))
        .unwrap();
    let first = shop.commit(request(2), quote).unwrap();
    assert_eq!(shop.commit(request(2), quote).unwrap(), first);
    assert!(matches!(
        shop.commit(request(3), quote),
        Err(CoreError::Stale)
    ));
    assert_eq!(shop.customer(customer).unwrap().visits, 1);
}

#[test]
fn a_customer_is_found_by_phone_digits_and_by_the_start_of_a_name() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let form = |given: &str, family: &str, phone: &str| Registration {
        profile: ProfileForm {
            given: given.into(),
            family: family.into(),
            phones: vec![phone.into()],
            ..ProfileForm::default()
        },
        ..Registration::default()
    };
    let olena = shop
        .register(request(1), &form("Олена", "Коваль", "0671234567"))
        .unwrap();
    let oleh = shop
        .register(request(2), &form("Олег", "Ковальчук", "0509876543"))
        .unwrap();
    let ids = |text: &str| -> Vec<_> {
        shop.find(text, 10)
            .unwrap()
            .into_iter()
            .map(|s| s.id)
            .collect()
    };
    assert_eq!(ids("4567"), [olena]);
    assert_eq!(ids("+380 50 987 65 43"), [oleh]);
    assert_eq!(ids("0509876543"), [oleh]);
    assert_eq!(ids("коваль"), [olena, oleh]);
    assert_eq!(ids("ковал олег"), [oleh]);
    assert_eq!(ids("zz"), []);
    assert!(matches!(
        shop.register(request(3), &form("Інна", "", "+380671234567")),
        Err(CoreError::Duplicate { existing }) if existing == olena
    ));
}

#[test]
fn what_a_customer_may_not_spend_is_refused_with_the_reason() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let customer = shop
        .register(
            request(1),
            &Registration {
                card: NewCard::Issue,
                ..Registration::default()
            },
        )
        .unwrap();
    let ask = TillRequest {
        spend: Points(10),
        ..TillRequest::amount(Some(customer), Money(5_000))
    };
    assert!(matches!(
        shop.quote(&ask),
        Err(CoreError::InsufficientPoints { .. })
    ));
    shop.sell(
        request(2),
        &TillRequest::amount(Some(customer), Money(1_000_000)),
    )
    .unwrap();
    let ask = TillRequest {
        spend: Points(4_000),
        ..TillRequest::amount(Some(customer), Money(5_000))
    };
    assert!(matches!(
        shop.quote(&ask),
        Err(CoreError::RuleRejected {
            reason: Code::MaxShare { most: 2_500 }
        })
    ));
}

#[test]
fn expired_points_leave_the_account_in_an_idle_moment_of_a_founding_phone() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let customer = shop
        .register(
            request(1),
            &Registration {
                card: NewCard::Issue,
                ..Registration::default()
            },
        )
        .unwrap();
    shop.sell(
        request(2),
        &TillRequest::amount(Some(customer), Money(20_000)),
    )
    .unwrap();
    shop.idle().unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(1_000)
    );
    // Earned in November, for 12 months, to the end of the month.
    counter.clock.advance(380 * 24 * 60 * 60 * 1_000);
    assert_eq!(
        shop.customer(customer).unwrap().points[0].spendable,
        Points(0)
    );
    // Nobody measures this phone's clock: what ends by a day that it jumped to waits until it has shown three more.
    for _ in 0..3 {
        shop.idle().unwrap();
        let points = &shop.customer(customer).unwrap().points[0];
        assert_eq!(points.balance, Points(1_000));
        counter.clock.advance(24 * 60 * 60 * 1_000);
    }
    shop.idle().unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().points[0].balance,
        Points(0)
    );
    shop.idle().unwrap();
    assert_eq!(shop.sync_status().unwrap().outbox, 0);
}

/// A founding phone that has been quiet for a moment, and a customer with 1,000 points.
fn with_a_thousand_points() -> (Counter, CustomerId) {
    let counter = Counter::founded();
    let form = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customer = counter.shop.register(request(1), &form).unwrap();
    let ask = TillRequest::amount(Some(customer), Money(20_000));
    counter.shop.sell(request(2), &ask).unwrap();
    counter.shop.idle().unwrap();
    (counter, customer)
}

#[test]
fn a_clock_that_jumps_years_ahead_and_back_ends_nobodys_points() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let (counter, customer) = with_a_thousand_points();
    let shop = &counter.shop;
    let points = || {
        let found = shop.customer(customer).unwrap().points[0];
        (found.balance, found.spendable)
    };
    for days in [3_650, -3_650, 1, 8] {
        counter.clock.advance(days * DAY_MS);
        for _ in 0..3 {
            shop.idle().unwrap();
            assert_eq!(points().0, Points(1_000), "after {days} days");
        }
    }
    assert_eq!(points(), (Points(1_000), Points(1_000)));
}

#[test]
fn a_clock_that_jumped_is_asked_about_and_what_ends_by_it_waits_for_the_answer() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let (counter, customer) = with_a_thousand_points();
    let shop = &counter.shop;
    let asked = || shop.sync_status().unwrap().clock_jump;
    let balance = || shop.customer(customer).unwrap().points[0].balance;
    let before = shop.today(None).unwrap().day.date;
    assert_eq!(asked(), None);

    counter.clock.advance(3_650 * DAY_MS);
    let jump = asked().expect("asked before anything was noted");
    assert_eq!(
        (jump.before, (jump.now - before).num_days()),
        (before, 3_650)
    );
    let ask = TillRequest::amount(None, Money(500));
    shop.sell(request(3), &ask).unwrap();
    shop.idle().unwrap();
    shop.idle().unwrap();
    assert_eq!(asked(), Some(jump));
    assert_eq!(balance(), Points(1_000));

    shop.trust_clock().unwrap();
    assert_eq!(asked(), None);
    shop.idle().unwrap();
    assert_eq!(balance(), Points(0), "years have passed, the owner says");
}

#[test]
fn today_counts_sales_returns_new_and_returning_customers() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let (old, new) = (
        shop.register(request(1), &blank).unwrap(),
        shop.register(request(2), &blank).unwrap(),
    );
    shop.sell(request(3), &TillRequest::amount(Some(old), Money(10_000)))
        .unwrap();
    counter.clock.advance(7 * 24 * 60 * 60 * 1_000);
    shop.sell(request(4), &TillRequest::amount(Some(old), Money(20_000)))
        .unwrap();
    let back = shop
        .sell(request(5), &TillRequest::amount(Some(new), Money(5_000)))
        .unwrap();
    shop.sell(request(6), &TillRequest::amount(None, Money(1_000)))
        .unwrap();
    shop.give_back(request(7), back, &[]).unwrap();

    let report = shop.today(None).unwrap();
    assert_eq!(report.day.total.receipts, 3);
    assert_eq!(report.day.total.revenue().unwrap(), Money(21_000));
    assert_eq!(
        (report.day.registered, report.week_before.registered),
        (0, 2)
    );
    assert_eq!(report.day.returning, 1);
    assert_eq!(report.week_before.returning, 0);
    assert_eq!(report.liability, Money(500 + 1_000));
    assert_eq!(report.change.revenue, Some(11_000));
}

#[test]
fn a_phone_without_a_business_says_so_whatever_is_asked() {
    let counter = Counter::empty(1);
    let shop = &counter.shop;
    assert!(matches!(shop.find("4567", 10), Err(CoreError::NotPaired)));
    assert!(matches!(shop.today(None), Err(CoreError::NotPaired)));
    assert!(matches!(
        shop.register(
            request(1),
            &Registration {
                card: NewCard::Issue,
                ..Registration::default()
            }
        ),
        Err(CoreError::NotPaired)
    ));
    assert!(!shop.is_enrolled().unwrap());
    shop.idle().unwrap();
}

#[test]
fn a_shop_is_founded_in_every_country_of_the_list_and_in_no_other() {
    let found = |country: &str| {
        let form = FoundRequest {
            name: "Кав'ярня".into(),
            country: country.into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        Counter::empty(1).shop.found(request(1), &form)
    };
    for country in countries() {
        found(country).unwrap();
    }
    assert!(found("CZ").is_err());
}

/// C6: the till says that a receipt earns a card; who they are, what they agreed to and the card are one op, and the same
/// receipt makes them a member.
#[test]
fn a_receipt_that_earns_a_card_registers_its_customer_in_one_step() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let (club, gate) = (InstrumentId(40), InstrumentId(41));
    let terms = Club {
        joining: Joining::Invitation,
        months: None,
        rate: 1_000,
    };
    let issue = Issue {
        card: club,
        receipt: Money(50_000),
    };
    let mut all = shop.programme().unwrap().instruments().to_vec();
    all.push(Instrument::plain(club, "Свої", Terms::Club(terms)));
    let mut earns = Instrument::plain(gate, "Картка", Terms::Issue(issue));
    earns.rules.scope.audience = Audience::Anybody;
    all.push(earns);
    shop.publish_programme(request(1), &all).unwrap();

    let said = |customer, amount| {
        let ask = TillRequest::amount(customer, Money(amount));
        shop.quote(&ask).unwrap()
    };
    let earned = Code::CardEarned {
        instrument: 41,
        card: 40,
    };
    let missing = Code::CardMissing {
        instrument: 41,
        card: 40,
        missing: 20_000,
    };
    assert!(said(None, 30_000).1.said.contains(&missing));
    assert!(said(None, 60_000).1.said.contains(&earned));

    let card = shop.emit(request(2), 1).unwrap()[0];
    let form = Registration {
        profile: ProfileForm {
            given: "Ганна".into(),
            phones: vec!["067 555 44 33".into()],
            birthday: Some((2, 29, None)),
            note: "еспресо без цукру".into(),
            ..ProfileForm::default()
        },
        marketing_consent: Some(1),
        card: NewCard::Bind(card),
        referrer: None,
    };
    let ops = || shop.sync_status().unwrap().seq.0;
    let before = ops();
    let customer = shop.register(request(3), &form).unwrap();
    assert_eq!(ops(), before + 1, "one op");
    let (quote, answer) = said(Some(customer), 60_000);
    assert!(answer.said.contains(&earned));
    shop.commit(request(4), quote).unwrap();

    let sheet = shop.customer(customer).unwrap();
    assert!(sheet.cards == [card] && sheet.birthday.is_some());
    let (_, next) = said(Some(customer), 60_000);
    assert!(!next.said.contains(&earned), "they have it");
    assert_eq!(next.due, Money(54_000), "a member pays less");
}
