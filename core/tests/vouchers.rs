//! Gift certificates and coupons with numbers at one counter: sold, shown, used, given back, expired (G1, G2, X4).
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{InstrumentId, PurchaseId, VoucherId};
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{
    Benefit, Certificate, Instrument, Life, Nominals, NumberedCoupon, Spending, Terms,
    VoucherOffline,
};
use kartka_core::domain::voucher::{VoucherReason, VoucherState};
use kartka_core::error::CoreError;
use kartka_core::usecase::till::TillRequest;
use kartka_core::usecase::vouchers::{Gift, LaidDown, NewCertificate};
use support::{Counter, request};

const GIFT: InstrumentId = InstrumentId(20);
const COUPON: InstrumentId = InstrumentId(21);
const DAY_MS: i64 = 86_400_000;

fn market() -> Counter {
    let counter = Counter::founded();
    let life = Life {
        months: Some(1),
        ..Life::default()
    };
    let gift = Terms::Certificate(Certificate {
        nominals: Nominals::Between(Money(100), Money(100_000)),
        spending: Spending::Many,
        life,
        offline: VoucherOffline::Accept,
    });
    let coupon = Terms::Numbered(NumberedCoupon {
        gives: Benefit::Percent(1_000),
        life,
        offline: VoucherOffline::Accept,
    });
    let mut all = counter.shop.programme().unwrap().instruments().to_vec();
    all.push(Instrument::plain(GIFT, "Подарунок", gift));
    all.push(Instrument::plain(COUPON, "Купон", coupon));
    counter.shop.publish_programme(request(200), &all).unwrap();
    counter
}

fn sell(counter: &Counter, n: u8, nominal: i64, number: &str) -> PurchaseId {
    let ask = TillRequest {
        lines: Vec::new(),
        certificates: vec![NewCertificate {
            instrument: GIFT,
            nominal: Money(nominal),
            number: number.into(),
            holder: None,
        }],
        ..TillRequest::amount(None, Money(1))
    };
    counter.shop.sell(request(n), &ask).unwrap()
}

fn using(amount: i64, voucher: VoucherId) -> TillRequest {
    TillRequest {
        vouchers: vec![LaidDown {
            voucher,
            most: None,
            change: String::new(),
        }],
        ..TillRequest::amount(None, Money(amount))
    }
}

fn refusal(answer: Result<impl Sized, CoreError>) -> Code {
    match answer {
        Err(CoreError::RuleRejected { reason }) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was allowed"),
    }
}

#[test]
fn a_certificate_is_sold_used_and_gets_back_what_it_paid() {
    let counter = market();
    let shop = &counter.shop;
    sell(&counter, 1, 50_000, "1234 567 890");
    let seen = shop.voucher_by_number("1234567890").unwrap();
    assert_eq!((seen.voucher.balance, seen.refusal), (Money(50_000), None));
    assert_eq!(seen.name, "Подарунок");
    let id = seen.voucher.id;
    let (quote, answer) = shop.quote(&using(30_000, id)).unwrap();
    assert_eq!(answer.due, Money::ZERO);
    let bought = shop.commit(request(2), quote).unwrap();
    // A repeat is answered, not done again.
    assert_eq!(shop.commit(request(2), quote).unwrap(), bought);
    let left = || shop.voucher_by_number("1234567890").unwrap().voucher;
    assert_eq!(left().balance, Money(20_000));
    shop.give_back(request(3), bought, &[]).unwrap();
    assert_eq!(left().balance, Money(50_000));
}

#[test]
fn a_quote_that_another_use_has_made_untrue_is_stale() {
    let counter = market();
    let shop = &counter.shop;
    sell(&counter, 1, 50_000, "GIFT-1");
    let id = shop.voucher_by_number("gift-1").unwrap().voucher.id;
    let (first, _) = shop.quote(&using(30_000, id)).unwrap();
    let (second, _) = shop.quote(&using(30_000, id)).unwrap();
    shop.commit(request(2), first).unwrap();
    assert!(matches!(
        shop.commit(request(3), second),
        Err(CoreError::Stale)
    ));
}

#[test]
fn a_number_is_given_once_and_drawn_numbers_are_free() {
    let counter = market();
    let shop = &counter.shop;
    sell(&counter, 1, 50_000, "GIFT-1");
    let again = TillRequest {
        lines: Vec::new(),
        certificates: vec![NewCertificate {
            instrument: GIFT,
            nominal: Money(500),
            number: "gift-1".into(),
            holder: None,
        }],
        ..TillRequest::amount(None, Money(1))
    };
    let taken = refusal(shop.quote(&again));
    assert_eq!(taken, Code::VoucherNumberTaken { instrument: 20 });
    let drawn = shop.fresh_voucher_number().unwrap();
    sell(&counter, 2, 700, &drawn);
    let found = shop.voucher_by_number(&drawn).unwrap();
    assert_eq!(found.voucher.nominal, Money(700));
    assert!(matches!(
        shop.voucher_by_number("NONE-1"),
        Err(CoreError::NotFound)
    ));
}

#[test]
fn what_nobody_used_expires_and_comes_back_with_an_extension() {
    let counter = market();
    let shop = &counter.shop;
    sell(&counter, 1, 50_000, "GIFT-1");
    let standing = || {
        let one = shop.voucher_by_number("GIFT-1").unwrap();
        (
            one.voucher.state,
            one.voucher.balance.0,
            one.refusal.is_some(),
        )
    };
    shop.idle().unwrap();
    assert_eq!(standing(), (VoucherState::Issued, 50_000, false));
    // Sold on 22 November for one month: to the end of December, and 72 h for phones that were offline.
    counter.clock.advance(41 * DAY_MS);
    assert_eq!(standing(), (VoucherState::Issued, 50_000, true));
    // After a pause as long as that a phone alone trusts its clock on the third day.
    for _ in 0..4 {
        assert_eq!(standing(), (VoucherState::Issued, 50_000, true));
        shop.idle().unwrap();
        counter.clock.advance(DAY_MS);
    }
    assert_eq!(standing(), (VoucherState::Expired, 0, true));
    let id = shop.voucher_by_number("GIFT-1").unwrap().voucher.id;
    let until = Some("2027-03-31".parse().unwrap());
    shop.extend_voucher(request(2), id, until, VoucherReason::Goodwill)
        .unwrap();
    assert_eq!(standing(), (VoucherState::Issued, 50_000, false));
    shop.cancel_voucher(request(3), id, VoucherReason::Lost)
        .unwrap();
    assert_eq!(standing(), (VoucherState::Cancelled, 0, true));
    let over = shop.extend_voucher(request(4), id, None, VoucherReason::Goodwill);
    assert_eq!(refusal(over), Code::VoucherCancelled { instrument: 20 });
}

#[test]
fn a_customers_own_coupons_are_found_without_a_number() {
    let counter = market();
    let shop = &counter.shop;
    let (ann, bob) = (counter.customer(1), counter.customer(2));
    let gift = Gift {
        instrument: COUPON,
        nominal: Money::ZERO,
        holder: Some(ann),
        numbers: vec![String::new(), "SAVE-2".into()],
    };
    let first = shop.give_vouchers(request(10), &gift).unwrap();
    assert_eq!(shop.vouchers_of(ann).unwrap().len(), 2);
    assert!(shop.vouchers_of(bob).unwrap().is_empty());
    let ask = |who| TillRequest {
        customer: Some(who),
        ..using(10_000, first)
    };
    let (_, answer) = shop.quote(&ask(bob)).unwrap();
    assert_eq!(answer.due, Money(10_000));
    assert!(
        answer
            .said
            .contains(&Code::NotForThisCustomer { instrument: 21 })
    );
    shop.sell(request(11), &ask(ann)).unwrap();
    let states: Vec<VoucherState> = shop
        .vouchers_of(ann)
        .unwrap()
        .iter()
        .map(|one| one.voucher.state)
        .collect();
    assert_eq!(states, [VoucherState::Issued, VoucherState::Used]);
    let nobody = Gift {
        holder: None,
        ..gift
    };
    let needed = refusal(shop.give_vouchers(request(12), &nobody));
    assert_eq!(needed, Code::VoucherNumberNeeded { instrument: 21 });
}

#[test]
fn a_returned_certificate_is_worth_nothing_and_pays_back_what_was_left() {
    let counter = market();
    let shop = &counter.shop;
    let sale = sell(&counter, 1, 50_000, "GIFT-1");
    let id = shop.voucher_by_number("GIFT-1").unwrap().voucher.id;
    shop.sell(request(2), &using(30_000, id)).unwrap();
    assert_eq!(shop.refund(sale, &[]).unwrap().money, Money(20_000));
    shop.give_back(request(3), sale, &[]).unwrap();
    let over = shop.voucher_by_number("GIFT-1").unwrap();
    assert_eq!(
        over.refusal,
        Some(Code::VoucherCancelled { instrument: 20 })
    );
    // The data come back as they are after a restart.
    let counter = counter.reopened();
    let again = counter.shop.voucher_by_number("GIFT-1").unwrap();
    assert_eq!(again, over);
}

#[test]
fn certificates_are_owed_until_they_are_used_and_count_once() {
    let counter = market();
    sell(&counter, 1, 50_000, "GIFT-1");
    let one = counter.shop.voucher_by_number("GIFT-1").unwrap().voucher;
    counter
        .shop
        .sell(request(2), &using(20_000, one.id))
        .unwrap();
    let today = counter.shop.today(None).unwrap();
    assert_eq!(today.certificates, Money(30_000));
    let total = today.day.total;
    assert_eq!((total.receipts, total.sales), (1, Money(20_000)));
    assert_eq!(
        (total.taken, total.certificates),
        (Money(50_000), Money(50_000))
    );
    let cancel = kartka_core::sync::Cancel::default();
    let mut silent = |_| {};
    let mut watch = kartka_core::task::Watch::new(&cancel, &mut silent);
    let owed = counter.shop.points_owed(&mut watch).unwrap().certificates;
    let told: Vec<_> = owed
        .iter()
        .map(|m| (m.issued, m.used, m.outstanding))
        .collect();
    assert_eq!(told, [(Money(50_000), Money(20_000), today.certificates)]);
}
