//! Goods that come back to a phone which does not hold their purchase (X1): money at once, points settled by the authority.

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, PurchaseId, ReturnId};
use kartka_core::domain::money::Money;
use kartka_core::domain::op::Settlement;
use kartka_core::domain::row::{InboxState, UnlinkedState};
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::till::TillRequest;
use kartka_core::usecase::unlinked::ReceiptBack;

use super::shops::{Counter, Office, agree};

fn sell(counter: &Counter, customer: CustomerId, amount: i64, receipt: &str) -> PurchaseId {
    let ask = TillRequest {
        receipt: receipt.to_owned(),
        ..TillRequest::amount(Some(customer), Money(amount))
    };
    counter.shop.sell(counter.request(), &ask).unwrap()
}

fn today(counter: &Counter) -> kartka_core::domain::moment::Date {
    counter.shop.today(None).unwrap().day.date
}

fn back(counter: &Counter, customer: CustomerId, amount: i64, receipt: &str) -> ReceiptBack {
    ReceiptBack {
        receipt: receipt.to_owned(),
        outlet: None,
        date: today(counter),
        amount: Money(amount),
        customer: Some(customer),
    }
}

fn give_back(counter: &Counter, ask: &ReceiptBack) -> ReturnId {
    counter
        .shop
        .return_unlinked(counter.request(), ask)
        .unwrap()
}

fn state(counter: &Counter, of: ReturnId) -> UnlinkedState {
    let all = counter.shop.unlinked_returns().unwrap();
    all.into_iter().find(|row| row.id == of).unwrap().state
}

/// Points that the account of a customer shows as still to be settled.
fn open_points(counter: &Counter, customer: CustomerId) -> i64 {
    let view = counter.shop.account(customer).unwrap();
    let lots = view.accounts.iter().flat_map(|account| &account.lots);
    let moves = lots.flat_map(|lot| &lot.moves);
    let open = moves.filter(|one| one.by.is_some_and(|by| by.to_be_settled));
    open.map(|one| one.points.0).sum()
}

fn waiting(counter: &Counter) -> Vec<Code> {
    let items = counter.shop.inbox().unwrap();
    let open = items.iter().filter(|item| item.state == InboxState::Open);
    open.map(|item| item.code).collect()
}

#[test]
fn a_receipt_that_another_phone_sold_is_settled_by_that_purchase() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sell(ira, 100_000);
    agree(&office, &[&a, &b]);
    let before = a.balance(ira);
    let purchase = sell(&a, ira, 20_000, "A-17");
    let of = give_back(&b, &back(&b, ira, 20_000, "A-17"));
    assert_eq!(state(&b, of), UnlinkedState::Waits);
    let claimed = before - b.balance(ira);
    assert!(claimed > 0, "points are taken at once");
    assert_eq!(open_points(&b, ira), -claimed);
    // The return is there first: it waits, the owner is asked, and the purchase brings the answer.
    b.sync(&office.line()).unwrap();
    assert_eq!(waiting(&b), [Code::ReturnUnlinked { amount: 20_000 }]);
    agree(&office, &[&a, &b]);
    for counter in [&a, &b] {
        assert_eq!(state(counter, of), UnlinkedState::Linked(purchase));
        assert_eq!(counter.balance(ira), before);
        assert_eq!(open_points(counter, ira), 0);
        assert_eq!(waiting(counter), []);
        let view = counter.shop.purchase(purchase).unwrap();
        assert_eq!(view.returns.len(), 1);
        let day = counter.shop.today(None).unwrap().day;
        assert_eq!(day.total.given_back, Money(20_000), "counted once");
    }
}

#[test]
fn a_phone_that_holds_the_receipt_is_led_to_it() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    let purchase = sell(&a, ira, 20_000, "A-17");
    agree(&office, &[&a, &b]);
    let ask = back(&b, ira, 20_000, "A-17");
    assert!(matches!(
        b.shop.return_unlinked(b.request(), &ask),
        Err(CoreError::RuleRejected {
            reason: Code::ReceiptIsHere
        })
    ));
    assert_eq!(b.shop.receipts("A-17", today(&b)).unwrap(), [purchase]);
    let wrong = ReceiptBack {
        receipt: "a 17".to_owned(),
        ..ask.clone()
    };
    let nothing = ReceiptBack {
        amount: Money(0),
        receipt: "A-18".to_owned(),
        ..ask
    };
    for ask in [wrong, nothing] {
        let refused = b.shop.return_unlinked(b.request(), &ask);
        assert!(matches!(refused, Err(CoreError::Validation { .. })));
    }
}

#[test]
fn goods_that_two_phones_took_back_count_once_and_the_owner_decides_about_the_rest() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sell(ira, 100_000);
    agree(&office, &[&a, &b]);
    let before = a.balance(ira);
    let purchase = sell(&a, ira, 20_000, "A-17");
    a.shop.give_back(a.request(), purchase, &[]).unwrap();
    let of = give_back(&b, &back(&b, ira, 20_000, "A-17"));
    a.sync(&office.line()).unwrap();
    agree(&office, &[&b, &a]);
    let asked = Code::ReturnAboveKept {
        amount: 20_000,
        kept: 0,
    };
    for counter in [&a, &b] {
        assert_eq!(state(counter, of), UnlinkedState::Waits);
        assert_eq!(waiting(counter), [asked]);
        assert!(counter.balance(ira) < before, "the claim counts meanwhile");
    }
    a.shop
        .settle_return(a.request(), of, Settlement::Refuse)
        .unwrap();
    agree(&office, &[&a, &b]);
    for counter in [&a, &b] {
        let refused = UnlinkedState::Refused(Code::RefusedByOwner);
        assert_eq!(state(counter, of), refused);
        assert_eq!((counter.balance(ira), waiting(counter)), (before, vec![]));
    }
    // It was settled: another answer changes nothing.
    let again = b.shop.settle_return(b.request(), of, Settlement::Accept);
    assert!(again.is_ok());
    agree(&office, &[&a, &b]);
    assert_eq!(b.balance(ira), before);
}

#[test]
fn the_owner_links_what_nobody_could_find() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    let purchase = a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    let of = give_back(&b, &back(&b, ira, 5_000, "B-1"));
    agree(&office, &[&a, &b]);
    assert_eq!(waiting(&a), [Code::ReturnUnlinked { amount: 5_000 }]);
    let link = Settlement::Link(purchase);
    a.shop.settle_return(a.request(), of, link).unwrap();
    agree(&office, &[&a, &b]);
    for counter in [&a, &b] {
        assert_eq!(state(counter, of), UnlinkedState::Linked(purchase));
        assert_eq!(waiting(counter), []);
        let back = &counter.shop.purchase(purchase).unwrap().returns[0];
        assert_eq!(back.claimed[0].quantity.0, 250);
    }
    assert_eq!(a.balance(ira), b.balance(ira));
}
