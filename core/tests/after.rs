//! Limits on earning, attaching and corrections by hand at a founding phone (T4, T7, X7, X8).
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::adjust::{AdjustReason, Amount};
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::limits::{CardRead, EarnLimits, Then};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{Instrument, Referral, Terms};
use kartka_core::domain::purchase::{Fiscal, ReceiptNumber};
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::usecase::attach::Attaching;
use kartka_core::usecase::till::TillRequest;
use support::{Counter, request};

const BONUS: InstrumentId = InstrumentId(1);
const HOUR: i64 = 60 * 60 * 1_000;

fn refused<T: std::fmt::Debug>(result: Result<T, CoreError>) -> Code {
    match result {
        Err(CoreError::RuleRejected { reason }) => reason,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

fn points(shop: &Shop, customer: CustomerId) -> i64 {
    shop.customer(customer).unwrap().points[0].balance.0
}

#[test]
fn the_owner_sees_who_passed_a_limit_and_by_setting_nothing_is_earned() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let ann = counter.customer(1);
    let limits = |then| EarnLimits {
        per_day: Some((1, then)),
        typed: Some(Then::Flag),
        ..EarnLimits::READY
    };
    shop.set_earn_limits(request(2), limits(Then::Flag))
        .unwrap();
    let typed = TillRequest {
        read: Some(CardRead::Typed),
        ..TillRequest::amount(Some(ann), Money(10_000))
    };
    shop.sell(request(3), &TillRequest::amount(Some(ann), Money(10_000)))
        .unwrap();
    assert_eq!(shop.flagged_sales(None, None).unwrap(), []);
    let (_, quote) = shop.quote(&typed).unwrap();
    assert_eq!(
        quote.said[..2],
        [Code::EarnsPerDay { most: 1 }, Code::TypedNumber]
    );
    let second = shop.sell(request(4), &typed).unwrap();
    let flagged = shop.flagged_sales(None, None).unwrap();
    assert_eq!((flagged.len(), flagged[0].purchase), (1, second));
    assert_eq!(flagged[0].flags, quote.said[..2]);
    assert_eq!(points(shop, ann), 1_000);
    shop.set_earn_limits(request(5), limits(Then::Refuse))
        .unwrap();
    shop.sell(request(6), &typed).unwrap();
    assert_eq!(
        points(shop, ann),
        1_000,
        "the sale went on and earned nothing"
    );
    let wrong = EarnLimits {
        gap: Some((0, Then::Flag)),
        ..EarnLimits::READY
    };
    assert!(matches!(
        shop.set_earn_limits(request(7), wrong),
        Err(CoreError::Validation { .. })
    ));
}

#[test]
fn a_fiscal_receipt_is_taken_once() {
    let counter = Counter::founded();
    let (ann, bob) = (counter.customer(1), counter.customer(2));
    let number = |text: &str| ReceiptNumber::new(text).unwrap();
    let sale = |customer| TillRequest {
        fiscal: Some(Fiscal {
            register: number("R1"),
            number: number("17"),
        }),
        ..TillRequest::amount(Some(customer), Money(10_000))
    };
    counter.shop.sell(request(3), &sale(ann)).unwrap();
    assert_eq!(refused(counter.shop.quote(&sale(bob))), Code::FiscalEarned);
    let counter = counter.reopened();
    assert_eq!(refused(counter.shop.quote(&sale(bob))), Code::FiscalEarned);
}

/// T8: what the register printed is not typed again, and a receipt that has earned says so when it is scanned.
#[test]
fn the_sum_of_a_fiscal_receipt_comes_from_its_code() {
    let counter = Counter::founded();
    let code = "https://cabinet.tax.gov.ua/cashregs/check?id=1234567&sm=120.50&fn=4000512345&date=20261122";
    let slip = counter.shop.fiscal_slip(code).unwrap();
    assert_eq!(slip.amount, Money(12_050));
    let sale = TillRequest {
        fiscal: Some(slip.fiscal),
        ..TillRequest::amount(Some(counter.customer(1)), slip.amount)
    };
    counter.shop.sell(request(2), &sale).unwrap();
    assert_eq!(refused(counter.shop.fiscal_slip(code)), Code::FiscalEarned);
    let other = counter.shop.fiscal_slip("https://kartka.example/c/17");
    assert!(matches!(other, Err(CoreError::Validation { .. })));
}

#[test]
fn a_sale_without_a_card_is_attached_once_and_on_its_day() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let ann = counter.customer(1);
    let nobody = TillRequest::amount(None, Money(10_000));
    let first = shop.sell(request(2), &nobody).unwrap();
    let second = shop.sell(request(3), &nobody).unwrap();
    let ask = |purchase| Attaching {
        purchase,
        customer: ann,
        read: Some(CardRead::Scanned),
    };
    assert!(shop.recent_sales().unwrap()[1].customer.is_none());
    let quote = shop.attach_quote(ask(first)).unwrap();
    assert_eq!(quote.claims[0].effect.points, Points(500));
    shop.attach(request(4), ask(first)).unwrap();
    shop.attach(request(4), ask(first)).unwrap();
    assert_eq!(points(shop, ann), 500);
    assert_eq!(shop.purchase(first).unwrap().purchase.earner(), Some(ann));
    assert_eq!(
        refused(shop.attach(request(5), ask(first))),
        Code::AlreadyAttached
    );
    counter.clock.advance(20 * HOUR);
    assert_eq!(
        refused(shop.attach(request(6), ask(second))),
        Code::AttachTooLate { days: 0 }
    );
    shop.set_attach_days(request(7), 1).unwrap();
    shop.attach(request(8), ask(second)).unwrap();
    assert_eq!(points(shop, ann), 1_000);
}

#[test]
fn visits_are_counted_once_a_day_and_only_in_reports() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    assert_eq!(shop.today(None).unwrap().day.noted, None);
    shop.note_visits(request(2), 40).unwrap();
    shop.note_visits(request(3), 55).unwrap();
    let day = shop.today(None).unwrap().day;
    assert_eq!(
        (day.noted, day.visits, day.total.receipts),
        (Some(55), 0, 0)
    );
    counter.clock.advance(24 * HOUR);
    assert_eq!(shop.today(None).unwrap().day.noted, None);
    assert!(shop.note_visits(request(4), 100_001).is_err());
}

#[test]
fn a_balance_is_corrected_with_a_reason_and_the_account_says_so() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let ann = counter.customer(1);
    let correct = |n, points| {
        let amount = Amount::Points(Points(points));
        shop.adjust(request(n), (ann, BONUS), amount, AdjustReason::Complaint)
    };
    correct(2, 300).unwrap();
    correct(2, 300).unwrap();
    assert_eq!(points(shop, ann), 300);
    correct(3, -400).unwrap();
    assert_eq!(points(shop, ann), -100);
    assert_eq!(refused(correct(4, 0)), Code::NothingToAdjust);
    shop.sell(request(5), &TillRequest::amount(Some(ann), Money(10_000)))
        .unwrap();
    assert_eq!(points(shop, ann), 400, "the debt is repaid first");
    let day = shop.today(None).unwrap().day;
    assert_eq!(day.points[&BONUS].adjusted, Points(-100));
}

#[test]
fn a_friend_is_told_counted_and_taken_back_on_one_phone() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let programme = shop.programme().unwrap();
    let (card, _) = programme.bonus().unwrap();
    let promised = Referral {
        window_days: 3,
        ..Referral::plain(card, Points(100))
    };
    let mut all = programme.instruments().to_vec();
    let friends = Instrument::plain(InstrumentId(40), "Friends", Terms::Referral(promised));
    all.push(friends);
    shop.publish_programme(request(90), &all).unwrap();
    let (ann, bob) = (counter.customer(1), counter.customer(2));
    let promise = shop.referral_promise().unwrap().unwrap();
    assert_eq!((promise.reward, promise.window_days), (Points(100), 3));
    shop.refer(request(91), bob, ann).unwrap();
    // The same request is answered, not done again.
    shop.refer(request(91), bob, ann).unwrap();
    let ask = TillRequest::amount(Some(bob), Money(10_000));
    let purchase = shop.sell(request(92), &ask).unwrap();
    let pending = || {
        let points = shop.customer(ann).unwrap().points;
        let view = points.iter().find(|view| view.instrument == card);
        view.map_or(0, |view| view.pending.0)
    };
    assert_eq!(pending(), 100);
    let friends = shop.friends(ann).unwrap().brought;
    assert_eq!(friends.len(), 1);
    assert_eq!(friends[0].counted.unwrap().purchase, Some(purchase));
    assert_eq!(
        shop.friends(bob).unwrap().brought_by,
        Some(friends[0].clone())
    );
    shop.give_back(request(93), purchase, &[]).unwrap();
    assert_eq!(pending(), 0);
    assert_eq!(shop.friends(ann).unwrap().brought[0].counted, None);
}
