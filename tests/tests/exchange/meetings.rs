//! Two phones and a server on good days: what one does the other sees.

use std::cell::Cell;

use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::limits::{EarnLimits, Then};
use kartka_core::domain::money::Money;
use kartka_core::error::CoreError;
use kartka_core::sync::Cancel;
use kartka_core::usecase::attach::Attaching;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;
use kartka_server::Rights;

use super::shops::{Counter, Fault, Office, agree};

#[test]
fn what_one_phone_registers_the_other_sees() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let olena = a.register("Олена", "0671234567", NewCard::Issue);
    a.sell(olena, 20_000);
    let line = office.line();
    let report = a.sync(&line).unwrap();
    assert_eq!((report.ops_pushed, a.outbox()), (2, 0));
    b.sync(&line).unwrap();
    assert_eq!(b.balance(olena), a.balance(olena));
    assert_eq!(b.phones(olena)[0].digits(), "380671234567");
    assert_eq!(b.shop.find("4567", 10).unwrap().len(), 1);
    assert_eq!(b.shop.history(olena, None, 10).unwrap().0.len(), 1);
    agree(&office, &[&a, &b]);
}

#[test]
fn sales_made_offline_on_both_add_up() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    for n in 0..5 {
        a.sell(ira, 10_000 + n);
        b.sell(ira, 20_000 + n);
    }
    let purchase = b.sell(ira, 5_000);
    b.shop.give_back(b.request(), purchase, &[]).unwrap();
    let alone = a.balance(ira);
    assert!(alone > 0);
    agree(&office, &[&a, &b]);
    assert_eq!(a.balance(ira), b.balance(ira));
    assert!(a.balance(ira) > alone);
    assert_eq!(
        a.shop.customer(ira).unwrap().visits,
        b.shop.customer(ira).unwrap().visits
    );
    assert_eq!(a.shop.history(ira, None, 50).unwrap().0.len(), 11);
}

#[test]
fn a_pending_sale_stays_on_screen_while_others_rows_come() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    a.sell(ira, 10_000);
    let line = office.line();
    a.sync(&line).unwrap();
    b.sell(ira, 10_000);
    let pending = b.balance(ira);
    // The pull of B brings A's sale; B's own is shown over it before and after.
    b.sync(&line).unwrap();
    assert_eq!(b.balance(ira), 2 * pending);
    agree(&office, &[&a, &b]);
}

#[test]
fn one_card_given_out_on_two_offline_phones_makes_one_person() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let card = a.shop.emit(a.request(), 1).unwrap()[0];
    agree(&office, &[&a, &b]);
    let named = a.register("Олег", "0501112233", NewCard::Bind(card));
    let nobody = b.register("", "", NewCard::Bind(card));
    a.sell(named, 10_000);
    b.sell(nobody, 10_000);
    agree(&office, &[&a, &b]);
    for counter in [&a, &b] {
        assert_eq!(counter.balance(named), counter.balance(nobody));
        let sheet = counter.shop.customer(nobody).unwrap();
        assert_eq!(sheet.name.as_deref(), Some("Олег"));
        assert_eq!(sheet.visits, 2);
    }
}

#[test]
fn points_spent_twice_offline_make_an_overdraft_and_hold_the_customer() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    let spend = a.balance(ira) * 7 / 10;
    a.redeem(ira, 2 * spend, spend).unwrap();
    b.redeem(ira, 2 * spend, spend).unwrap();
    agree(&office, &[&a, &b]);
    for counter in [&a, &b] {
        assert!(
            counter
                .shop
                .customer(ira)
                .unwrap()
                .flags
                .contains(&Code::CustomerHeld)
        );
        assert!(matches!(
            counter.redeem(ira, 10_000, 1),
            Err(CoreError::RuleRejected { .. } | CoreError::InsufficientPoints { .. })
        ));
    }
    assert_eq!(a.balance(ira), b.balance(ira));
}

#[test]
fn a_founding_phone_has_nothing_to_exchange_and_an_empty_one_nothing_to_say() {
    let office = Office::founded();
    let line = office.line();
    let counter = Counter::new(9);
    assert!(matches!(counter.sync(&line), Err(CoreError::NotPaired)));
    let form = FoundRequest {
        name: "Кіоск".into(),
        country: "UA".into(),
        kind: ShopKind::Coffee,
        owner: "Петро".into(),
    };
    counter.shop.found(counter.request(), &form).unwrap();
    let report = counter.shop.sync(&line, &Cancel::default()).unwrap();
    assert_eq!(report.exchanges, 0);
    let text = office.pairing_text();
    assert!(matches!(
        counter.shop.pair(counter.request(), &text, "Каса", &line),
        Err(CoreError::AlreadyPaired)
    ));
}

#[test]
fn a_pairing_code_is_good_once_and_only_for_its_shop() {
    let (office, other) = (Office::founded(), Office::founded());
    let line = office.line();
    let text = office.pairing_text();
    let seeds = Cell::new(10);
    let pair = |text: &str, line| {
        seeds.set(seeds.get() + 1);
        let counter = Counter::new(seeds.get());
        let request = counter.request();
        counter
            .shop
            .pair(request, text, "Каса", line)
            .map(|_| counter)
    };
    let refused = |result: Result<Counter, CoreError>| result.err().unwrap().to_string();
    assert!(refused(pair("http://kartka.example", &line)).contains("PairingCode"));
    assert!(refused(pair(&text[..text.len() - 3], &line)).contains("PairingCode"));
    // Another shop's server answers at the address.
    let elsewhere = other.line();
    assert_eq!(
        refused(pair(&text, &elsewhere)),
        CoreError::PairingRefused.to_string()
    );
    line.next_fault(Fault::Down);
    assert_eq!(refused(pair(&text, &line)), CoreError::Offline.to_string());
    line.next_fault(Fault::Instead(b"<html>hotel</html>".to_vec()));
    assert_eq!(refused(pair(&text, &line)), CoreError::Offline.to_string());
    pair(&text, &line).unwrap();
    assert_eq!(
        refused(pair(&text, &line)),
        CoreError::PairingRefused.to_string()
    );
    let old = office.pairing_text();
    office.time.advance(11 * 60_000);
    assert_eq!(
        refused(pair(&old, &line)),
        CoreError::PairingRefused.to_string()
    );
}

#[test]
fn a_lost_pairing_answer_and_a_lost_first_pull_are_made_good_by_a_repeat() {
    let office = Office::founded();
    let counter = Counter::new(4);
    let (text, request, line) = (office.pairing_text(), counter.request(), office.line());
    line.next_fault(Fault::LostAnswer);
    assert!(counter.shop.pair(request, &text, "Каса", &line).is_err());
    assert!(!counter.shop.is_enrolled().unwrap());
    counter.shop.pair(request, &text, "Каса", &line).unwrap();
    counter.shop.pair(request, &text, "Каса", &line).unwrap();
    let ira = counter.register("Іра", "", NewCard::Issue);
    counter.sell(ira, 1_000);
    agree(&office, &[&counter]);
    assert_eq!(office.with(|a| a.phones()).unwrap(), 1);
}

#[test]
fn staff_keep_four_months_and_the_owner_keeps_all() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    let month = 30 * 86_400_000_i64;
    for _ in 0..8 {
        a.sell(ira, 10_000);
        a.sync(&office.line()).unwrap();
        a.time.advance(month);
        office.time.advance(month);
    }
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    a.sync(&office.line()).unwrap();
    let new = Counter::paired(&office, 2);
    let owner = Counter::paired_for(&office, 3, Rights::History);
    a.sync(&office.line()).unwrap();
    new.sync(&office.line()).unwrap();
    let sales = |counter: &Counter| counter.shop.history(ira, None, 50).unwrap().0.len();
    assert_eq!((sales(&a), sales(&new), sales(&owner)), (4, 4, 9));
    // A balance never needs the old ledger.
    assert_eq!(new.balance(ira), owner.balance(ira));
    assert_eq!(owner.digests(), office.digests());
    let kept = |counter: &Counter| counter.digests().len();
    assert_eq!((kept(&a), kept(&new)), (5, 5));
    for digest in a.digests().iter().chain(&new.digests()) {
        assert!(office.digests().contains(digest));
    }
}

#[test]
fn a_phone_whose_app_was_removed_is_paired_anew_with_any_shop() {
    let (office, other) = (Office::founded(), Office::founded());
    let mut counter = Counter::paired(&office, 1);
    for home in [&office, &other, &office] {
        // The keys of the platform stay, the data are gone.
        counter = counter.closed(|data| {
            std::fs::remove_dir_all(data).unwrap();
            std::fs::create_dir(data).unwrap();
        });
        let (text, line) = (home.pairing_text(), home.line());
        let request = counter.request();
        counter.shop.pair(request, &text, "Каса", &line).unwrap();
        let ira = counter.register("Іра", "", NewCard::Issue);
        counter.sell(ira, 1_000);
        agree(home, &[&counter]);
    }
    assert_eq!(office.with(|a| a.phones()).unwrap(), 3);
}

#[test]
fn a_return_by_a_phone_that_does_not_know_of_the_attached_customer_takes_their_points() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    let sale = TillRequest::amount(None, Money(20_000));
    let purchase = a.shop.sell(a.request(), &sale).unwrap();
    agree(&office, &[&a, &b]);
    let ask = Attaching {
        purchase,
        customer: ira,
        read: None,
    };
    a.shop.attach(a.request(), ask).unwrap();
    b.shop.give_back(b.request(), purchase, &[]).unwrap();
    assert!(a.balance(ira) > 0);
    a.sync(&office.line()).unwrap();
    agree(&office, &[&b, &a]);
    assert_eq!((a.balance(ira), b.balance(ira)), (0, 0));
    assert_eq!(a.shop.customer(ira).unwrap().visits, 0);
}

#[test]
fn limits_that_two_phones_could_not_know_of_are_decided_by_the_authority() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    let limits = EarnLimits {
        per_day: Some((1, Then::Refuse)),
        ..EarnLimits::READY
    };
    a.shop.set_earn_limits(a.request(), limits).unwrap();
    agree(&office, &[&a, &b]);
    a.sell(ira, 20_000);
    let promised = a.balance(ira);
    b.sell(ira, 20_000);
    assert_eq!(b.balance(ira), promised, "neither knows of the other");
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), b.balance(ira)), (promised, promised));
    for counter in [&a, &b] {
        let flagged = counter.shop.flagged_sales(None, None).unwrap();
        assert_eq!(flagged.len(), 1);
        assert_eq!(flagged[0].flags, [Code::EarnsPerDay { most: 1 }]);
    }
}
