//! What is spent `online` only: kept by the authority for one receipt, then sold or let go (U2, U3, sync §4).

use std::sync::Mutex;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, InstrumentId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{
    Benefit, Certificate, Counting, Coupon, Instrument, Life, Nominals, OfflinePolicy, Spending,
    Terms, VoucherOffline,
};
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::error::CoreError;
use kartka_core::store::RequestId;
use kartka_core::sync::{Failure, Route, Transport};
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::reserve::Reservation;
use kartka_core::usecase::till::TillRequest;
use kartka_core::usecase::vouchers::{Gift, LaidDown};
use kartka_protocol::message::Refusal;
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Fault, Line, Office, agree};

const GIFT: InstrumentId = InstrumentId(20);
const MINUTE_MS: i64 = 60_000;

/// A shop whose points are spent online only, an owner's phone and two tills; Ann has 1,000 points.
struct Street {
    office: Office,
    owner: Counter,
    tills: [Counter; 2],
    ann: CustomerId,
}

impl Street {
    fn open() -> Self {
        let office = Office::founded();
        let owner = Counter::paired(&office, 1);
        let mut all = owner.shop.programme().unwrap().instruments().to_vec();
        for of in &mut all {
            if let Terms::Bonus(card) = &mut of.terms {
                card.redeem.offline = OfflinePolicy::Online;
            }
        }
        let terms = Terms::Certificate(Certificate {
            nominals: Nominals::Between(Money(100), Money(100_000)),
            spending: Spending::Many,
            life: Life::default(),
            offline: VoucherOffline::UpTo(Money(2_000)),
        });
        all.push(Instrument::plain(GIFT, "Подарунок", terms));
        for (id, code, counting) in [
            (21, "ASKED", Counting::First),
            (22, "SEEN", Counting::Afterwards),
        ] {
            let coupon = Terms::Coupon(Coupon {
                code: code.to_owned(),
                gives: Benefit::Percent(1_000),
                per_customer: None,
                per_day: None,
                total: Some(1),
                counting,
            });
            all.push(Instrument::plain(InstrumentId(id), code, coupon));
        }
        let request = owner.request();
        owner.shop.publish_programme(request, &all).unwrap();
        let gift = Gift {
            instrument: GIFT,
            nominal: Money(10_000),
            holder: None,
            numbers: vec!["GIFT-1".into()],
        };
        owner.shop.give_vouchers(owner.request(), &gift).unwrap();
        let tills = [Counter::paired(&office, 2), Counter::paired(&office, 3)];
        let ann = owner.register("Ганна", "", NewCard::None);
        let street = Self {
            office,
            owner,
            tills,
            ann,
        };
        // However the points are earned by the shop's first card: until there are at least 1,000.
        for _ in 0..100 {
            if street.owner.balance(ann) >= 1_000 {
                break;
            }
            street.owner.sell(ann, 10_000);
        }
        street.agree();
        street
    }

    fn agree(&self) {
        let [a, b] = &self.tills;
        agree(&self.office, &[&self.owner, a, b]);
    }

    fn balance(&self) -> i64 {
        self.owner.balance(self.ann)
    }

    fn advance(&self, ms: i64) {
        self.office.time.advance(ms);
        self.owner.time.advance(ms);
        self.tills.iter().for_each(|till| till.time.advance(ms));
    }

    /// What the owner sees on a receipt.
    fn flags(&self, id: PurchaseId) -> Vec<Code> {
        let row = self.office.with(|a| {
            read(a.store(), |db: &dyn Reads| {
                db.row(RowKind::Purchase, id.get())
            })
        });
        match row.unwrap().unwrap().read().unwrap() {
            Row::Purchase(purchase) => purchase.flags,
            _ => unreachable!(),
        }
    }

    /// A receipt of 100.00 on which so many points are spent.
    fn spending(&self, points: i64, request: RequestId) -> TillRequest {
        TillRequest {
            spend: Points(points),
            reserved: Some(request),
            ..TillRequest::amount(Some(self.ann), Money(10_000))
        }
    }
}

/// A receipt of so much, paid with the certificate as far as it goes.
fn paying(till: &Counter, amount: i64, request: RequestId) -> TillRequest {
    let voucher = till.shop.voucher_by_number("GIFT-1").unwrap().voucher;
    TillRequest {
        vouchers: vec![LaidDown {
            voucher: voucher.id,
            most: None,
            change: String::new(),
        }],
        reserved: Some(request),
        ..TillRequest::amount(None, Money(amount))
    }
}

fn ask_first(ended: &Result<PurchaseId, CoreError>) -> bool {
    let code = Code::AskForPoints { most: 0 };
    matches!(ended, Err(CoreError::RuleRejected { reason }) if reason.number() == code.number())
}

/// What the authority promises to a till.
fn kept(ended: &Result<Reservation, CoreError>) -> bool {
    let for_ms = 5 * MINUTE_MS;
    matches!(ended, Ok(reserved) if *reserved == Reservation::Kept { for_ms })
}

fn refused<T>(ended: Result<T, CoreError>, with: Code) -> bool {
    matches!(ended, Err(CoreError::RuleRejected { reason }) if reason == with)
}

fn short(ended: &Result<Reservation, CoreError>) -> bool {
    matches!(ended, Err(CoreError::InsufficientPoints { .. }))
}

/// A line on which nobody is at the address the authority has moved to; notes who was asked.
struct NobodyThere<'a> {
    line: Line<'a>,
    asked: Mutex<Vec<String>>,
}

impl Transport for NobodyThere<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.asked.lock().unwrap().push(address.to_owned());
        if address == NEW_PLACE {
            return Err(Failure::Offline);
        }
        self.line.post(address, route, message)
    }
}

const NEW_PLACE: &str = "http://new.example";

#[test]
fn a_till_asks_where_the_server_was_when_nobody_is_where_it_moved() {
    let street = Street::open();
    let moved = street.office.with(|a| a.move_to(NEW_PLACE));
    moved.unwrap();
    street.agree();
    let line = NobodyThere {
        line: street.office.line(),
        asked: Mutex::default(),
    };
    let asked = || std::mem::take(&mut *line.asked.lock().unwrap());
    let [a, _] = &street.tills;
    let request = a.request();
    let ask = street.spending(300, request);
    assert!(kept(&a.shop.reserve(request, &ask, &line)));
    let places = asked();
    assert_eq!((places.len(), places[0].as_str()), (2, NEW_PLACE));
    assert_ne!(places[1], NEW_PLACE);
    a.shop.release(request, &line).unwrap();
    assert_eq!(asked(), places);
    // Without a move there is nobody else to ask.
    let [_, b] = &Street::open().tills;
    let down = NobodyThere {
        line: street.office.line(),
        asked: Mutex::default(),
    };
    down.line.next_fault(Fault::Down);
    let ended = b.shop.release(b.request(), &down);
    assert!(matches!(ended, Err(CoreError::Offline)));
    assert_eq!(down.asked.lock().unwrap().len(), 1);
}

#[test]
fn of_two_tills_online_the_first_has_the_points() {
    let street = Street::open();
    let (line, [a, b], all) = (street.office.line(), &street.tills, street.balance());
    let (first, second) = (a.request(), b.request());
    let (mine, theirs) = (street.spending(all, first), street.spending(all, second));
    assert!(ask_first(&a.shop.sell(first, &mine)));
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    assert!(short(&b.shop.reserve(second, &theirs, &line)));
    assert!(ask_first(&b.shop.sell(second, &theirs)));
    let sold = a.shop.sell(first, &mine).unwrap();
    // Until the sale has come it is kept all the same.
    assert!(short(&b.shop.reserve(second, &theirs, &line)));
    street.agree();
    assert!(street.flags(sold).is_empty());
    assert!(street.balance() < all);
    let again = a.shop.sell(first, &mine).unwrap();
    assert_eq!(again, sold, "a repeat is answered");
}

#[test]
fn a_lost_answer_is_asked_for_again_and_keeps_nothing_twice() {
    let street = Street::open();
    let (line, [a, _], all) = (street.office.line(), &street.tills, street.balance());
    let request = a.request();
    let ask = street.spending(all, request);
    for fault in [
        Fault::Down,
        Fault::LostAnswer,
        Fault::Truncated(20),
        Fault::Flipped(40),
        Fault::Instead(b"<html>".to_vec()),
    ] {
        line.next_fault(fault.clone());
        let ended = a.shop.reserve(request, &ask, &line);
        assert!(matches!(ended, Err(CoreError::Offline)), "{fault:?}");
        assert!(ask_first(&a.shop.sell(request, &ask)), "{fault:?}");
    }
    line.next_fault(Fault::Twice);
    assert!(kept(&a.shop.reserve(request, &ask, &line)));
    let sold = a.shop.sell(request, &ask).unwrap();
    street.agree();
    assert!(street.flags(sold).is_empty());
}

#[test]
fn an_abandoned_receipt_lets_go_by_word_or_by_time() {
    let street = Street::open();
    let (line, [a, b], all) = (street.office.line(), &street.tills, street.balance());
    let (first, second) = (a.request(), b.request());
    let (mine, theirs) = (street.spending(all, first), street.spending(all, second));
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    a.shop.release(first, &line).unwrap();
    assert!(ask_first(&a.shop.sell(first, &mine)));
    assert!(kept(&b.shop.reserve(second, &theirs, &line)));
    // This till has lost its network and says nothing.
    line.next_fault(Fault::Down);
    let ended = b.shop.release(second, &line);
    assert!(matches!(ended, Err(CoreError::Offline)));
    assert!(short(&a.shop.reserve(first, &mine, &line)));
    street.advance(20 * MINUTE_MS);
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
}

#[test]
fn what_was_kept_too_long_is_not_sold_without_asking_again() {
    let street = Street::open();
    let (line, [a, _], all) = (street.office.line(), &street.tills, street.balance());
    let request = a.request();
    let ask = street.spending(all, request);
    assert!(kept(&a.shop.reserve(request, &ask, &line)));
    let (quote, _) = a.shop.quote(&ask).unwrap();
    street.advance(5 * MINUTE_MS);
    assert!(ask_first(&a.shop.commit(request, quote)));
    assert!(kept(&a.shop.reserve(request, &ask, &line)));
    let sold = a.shop.sell(request, &ask).unwrap();
    // The sale reaches the authority while it is kept there: longer than at the till.
    street.advance(15 * MINUTE_MS);
    street.agree();
    assert!(street.flags(sold).is_empty());
}

#[test]
fn a_sale_that_comes_when_others_have_it_counts_and_the_owner_sees_it() {
    let street = Street::open();
    let (line, [a, b], all) = (street.office.line(), &street.tills, street.balance());
    let (first, second) = (a.request(), b.request());
    let (mine, theirs) = (street.spending(all, first), street.spending(all, second));
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    let late = a.shop.sell(first, &mine).unwrap();
    street.advance(21 * MINUTE_MS);
    assert!(kept(&b.shop.reserve(second, &theirs, &line)));
    let sold = b.shop.sell(second, &theirs).unwrap();
    agree(&street.office, &[b]);
    street.agree();
    assert!(street.flags(sold).is_empty());
    assert_eq!(street.flags(late), [Code::RedeemedUnasked { points: all }]);
    assert!(street.balance() < 0);
}

#[test]
fn another_tills_reservation_is_no_use() {
    let street = Street::open();
    let (line, [a, b], all) = (street.office.line(), &street.tills, street.balance());
    let request = a.request();
    let ask = street.spending(all, request);
    assert!(kept(&a.shop.reserve(request, &ask, &line)));
    // The other till names it: it knows nothing of it, and its own question under the same id is another one.
    assert!(ask_first(&b.shop.sell(request, &ask)));
    assert!(short(&b.shop.reserve(request, &ask, &line)));
    // One quote can't be committed under another request than was asked for.
    let (quote, _) = a.shop.quote(&ask).unwrap();
    let ended = a.shop.commit(a.request(), quote);
    assert!(matches!(ended, Err(CoreError::Stale)));
    // After the sale the same id keeps nothing more.
    a.shop.sell(request, &ask).unwrap();
    street.agree();
    let more = street.spending(1, request);
    let ended = a.shop.reserve(request, &more, &line);
    assert!(refused(ended, Code::DuplicateRequest));
}

#[test]
fn what_is_kept_outlives_a_restart_of_the_server_and_a_till_asks_again_after_its_own() {
    let street = Street::open();
    let (line, all) = (street.office.line(), street.balance());
    let (first, second) = (street.tills[0].request(), street.tills[1].request());
    let (mine, theirs) = (street.spending(all, first), street.spending(all, second));
    let [a, b] = street.tills;
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    street.office.stopped(|_| {});
    assert!(short(&b.shop.reserve(second, &theirs, &line)));
    // Another run of the till's program: what it was granted is asked for again under the same id.
    let Counter { shop, home, .. } = a;
    drop(shop);
    let anew = Counter::left_in(home, 9);
    assert!(ask_first(&anew.shop.sell(first, &mine)));
    assert!(kept(&anew.shop.reserve(first, &mine, &line)));
    anew.shop.sell(first, &mine).unwrap();
}

#[test]
fn a_certificate_above_its_cap_is_kept_and_below_it_nobody_is_asked() {
    let street = Street::open();
    let (line, [a, b]) = (street.office.line(), &street.tills);
    let small = a.request();
    let ask = paying(a, 2_000, small);
    let nobody = Silent;
    let ended = a.shop.reserve(small, &ask, &nobody).unwrap();
    assert_eq!(ended, Reservation::NotNeeded);
    let (first, second) = (a.request(), b.request());
    let (mine, theirs) = (paying(a, 7_000, first), paying(b, 5_000, second));
    let unasked = a.shop.quote(&mine).unwrap().1;
    assert_eq!(unasked.due, Money(7_000));
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    let ended = b.shop.reserve(second, &theirs, &line);
    let (instrument, missing) = (20, 2_000);
    assert!(refused(
        ended,
        Code::VoucherShort {
            instrument,
            missing
        }
    ));
    let sold = a.shop.sell(first, &mine).unwrap();
    street.agree();
    assert!(street.flags(sold).is_empty());
    assert_eq!(
        a.shop.purchase(sold).unwrap().purchase.parts.certificate,
        Money(7_000)
    );
    let left = b.shop.voucher_by_number("GIFT-1").unwrap().voucher.balance;
    assert_eq!(left, Money(3_000));
}

/// A receipt of 100.00 of somebody's, for which a code is named.
fn naming(who: CustomerId, code: &str, request: RequestId) -> TillRequest {
    TillRequest {
        codes: vec![code.to_owned()],
        reserved: Some(request),
        ..TillRequest::amount(Some(who), Money(10_000))
    }
}

#[test]
fn a_code_that_is_asked_for_first_is_never_used_above_its_total() {
    let street = Street::open();
    let (line, [a, b]) = (street.office.line(), &street.tills);
    let (first, second) = (a.request(), b.request());
    let (mine, theirs) = (
        naming(street.ann, "ASKED", first),
        naming(street.ann, "ASKED", second),
    );
    assert_eq!(a.shop.quote(&mine).unwrap().1.due, Money(10_000));
    assert!(kept(&a.shop.reserve(first, &mine, &line)));
    let (instrument, total) = (21, 1);
    let gone = Code::CouponsGone { instrument, total };
    assert!(refused(b.shop.reserve(second, &theirs, &line), gone));
    let sold = a.shop.sell(first, &mine).unwrap();
    assert_eq!(
        a.shop.purchase(sold).unwrap().purchase.parts.cash,
        Money(9_000)
    );
    street.agree();
    assert!(street.flags(sold).is_empty());
    // Now every till knows it.
    let (_, quote) = b.shop.quote(&theirs).unwrap();
    assert!(quote.said.contains(&gone) && quote.due == Money(10_000));
}

#[test]
fn a_code_that_two_tills_took_offline_counts_twice_and_is_seen() {
    let street = Street::open();
    let [a, b] = &street.tills;
    let mut sold = Vec::new();
    for till in [a, b] {
        let request = till.request();
        let ask = naming(street.ann, "SEEN", request);
        sold.push(till.shop.sell(request, &ask).unwrap());
        // What it has sold itself it knows at once.
        let (_, quote) = till.shop.quote(&ask).unwrap();
        assert_eq!(quote.due, Money(10_000));
    }
    street.agree();
    let (instrument, total) = (22, 1);
    let flags: Vec<Vec<Code>> = sold.iter().map(|id| street.flags(*id)).collect();
    let above = vec![Code::CouponAboveTotal { instrument, total }];
    assert_eq!(flags, [Vec::new(), above]);
}

/// Nobody may be asked.
struct Silent;

impl kartka_core::sync::Transport for Silent {
    fn post(
        &self,
        _: &str,
        _: kartka_core::sync::Route,
        _: &[u8],
    ) -> Result<Vec<u8>, kartka_core::sync::Failure> {
        panic!("somebody was asked");
    }
}

#[test]
fn whoever_is_no_device_of_the_shop_is_told_nothing() {
    let (street, other) = (Street::open(), Office::founded_by(7_000));
    let [a, _] = &street.tills;
    let request = a.request();
    let ask = street.spending(10, request);
    let ended = a.shop.reserve(request, &ask, &Elsewhere(other.line()));
    assert!(matches!(ended, Err(CoreError::Unauthorised)));
    let forged = street.office.with(|authority| authority.reserve(b"forged"));
    assert!(matches!(
        forged,
        Err(kartka_server::ExchangeError::Refused(Refusal::Malformed))
    ));
}

/// The wire ends at another shop.
struct Elsewhere<'o>(Line<'o>);

impl kartka_core::sync::Transport for Elsewhere<'_> {
    fn post(
        &self,
        address: &str,
        route: kartka_core::sync::Route,
        message: &[u8],
    ) -> Result<Vec<u8>, kartka_core::sync::Failure> {
        self.0.post(address, route, message)
    }
}
