//! Vouchers over the exchange: sold on one phone, used on another, used on two (U3, sync §3).

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{
    Certificate, Instrument, Life, Nominals, Spending, Terms, VoucherOffline,
};
use kartka_core::domain::row::{Inbox, Row, RowKind};
use kartka_core::domain::voucher::{Voucher, VoucherState};
use kartka_core::usecase::till::TillRequest;
use kartka_core::usecase::vouchers::{LaidDown, NewCertificate};
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Office, agree};

const GIFT: InstrumentId = InstrumentId(20);
const DAY_MS: i64 = 86_400_000;

/// An owner's phone that has published a certificate, and two tills.
struct Street {
    office: Office,
    owner: Counter,
    tills: [Counter; 2],
}

impl Street {
    fn open() -> Self {
        let office = Office::founded();
        let owner = Counter::paired(&office, 1);
        let terms = Terms::Certificate(Certificate {
            nominals: Nominals::Between(Money(100), Money(100_000)),
            spending: Spending::Many,
            life: Life {
                months: Some(1),
                ..Life::default()
            },
            offline: VoucherOffline::Accept,
        });
        let gift = Instrument::plain(GIFT, "Подарунок", terms);
        let request = owner.request();
        let mut all = owner.shop.programme().unwrap().instruments().to_vec();
        all.push(gift);
        owner.shop.publish_programme(request, &all).unwrap();
        let tills = [Counter::paired(&office, 2), Counter::paired(&office, 3)];
        let street = Self {
            office,
            owner,
            tills,
        };
        street.agree();
        street
    }

    fn agree(&self) {
        let [a, b] = &self.tills;
        agree(&self.office, &[&self.owner, a, b]);
    }

    fn advance(&self, ms: i64) {
        self.office.time.advance(ms);
        self.owner.time.advance(ms);
        self.tills.iter().for_each(|till| till.time.advance(ms));
    }

    fn inbox(&self) -> Vec<Inbox> {
        let rows = self
            .office
            .with(|a| read(a.store(), |db: &dyn Reads| db.rows_of(RowKind::Inbox)).unwrap());
        let item = |wire: &kartka_protocol::rows::WireRow| match wire.read().unwrap() {
            Row::Inbox(item) => item,
            _ => unreachable!(),
        };
        rows.iter().map(item).collect()
    }
}

fn sell(till: &Counter, nominal: i64) {
    let ask = TillRequest {
        lines: Vec::new(),
        certificates: vec![NewCertificate {
            instrument: GIFT,
            nominal: Money(nominal),
            number: "GIFT-1".into(),
            holder: None,
        }],
        ..TillRequest::amount(None, Money(1))
    };
    till.shop.sell(till.request(), &ask).unwrap();
}

fn seen(till: &Counter) -> Voucher {
    till.shop.voucher_by_number("GIFT-1").unwrap().voucher
}

/// Buys for so much, as far as the till knows with the certificate.
fn spend(till: &Counter, amount: i64) {
    let ask = TillRequest {
        vouchers: vec![LaidDown {
            voucher: seen(till).id,
            most: None,
            change: String::new(),
        }],
        ..TillRequest::amount(None, Money(amount))
    };
    till.shop.sell(till.request(), &ask).unwrap();
}

#[test]
fn a_certificate_sold_on_one_phone_pays_on_another() {
    let street = Street::open();
    let [a, b] = &street.tills;
    sell(a, 50_000);
    // Its own till takes it at once, before anybody has heard of it.
    spend(a, 10_000);
    assert_eq!(seen(a).balance, Money(40_000));
    street.agree();
    spend(b, 30_000);
    assert_eq!(seen(b).balance, Money(10_000));
    street.agree();
    for till in [&street.owner, a, b] {
        assert_eq!(seen(till).balance, Money(10_000));
    }
    assert!(street.inbox().is_empty());
}

#[test]
fn one_certificate_on_two_phones_that_are_offline_counts_once_and_is_seen() {
    let street = Street::open();
    let [a, b] = &street.tills;
    sell(a, 50_000);
    street.agree();
    spend(a, 40_000);
    spend(b, 30_000);
    assert_eq!(
        (seen(a).balance, seen(b).balance),
        (Money(10_000), Money(20_000))
    );
    street.agree();
    for till in [&street.owner, a, b] {
        let one = seen(till);
        assert_eq!((one.balance, one.state), (Money::ZERO, VoucherState::Used));
    }
    let codes: Vec<Code> = street.inbox().iter().map(|item| item.code).collect();
    let missing = 20_000;
    let instrument = 20;
    assert_eq!(
        codes,
        [Code::VoucherShort {
            instrument,
            missing
        }]
    );
}

#[test]
fn a_use_from_within_its_life_that_comes_late_still_counts() {
    let street = Street::open();
    let [a, b] = &street.tills;
    sell(a, 50_000);
    street.agree();
    // Sold on 22 November for a month, to the end of December; this till is offline from 20 December to 4 January.
    street.advance(28 * DAY_MS);
    street.agree();
    street.advance(10 * DAY_MS);
    spend(b, 30_000);
    street.advance(5 * DAY_MS);
    // The first op of a day brings the sweep.
    let request = a.request();
    a.shop
        .sell(request, &TillRequest::amount(None, Money(500)))
        .unwrap();
    agree(&street.office, &[&street.owner, a]);
    assert_eq!(
        (seen(a).state, seen(a).lapsed),
        (VoucherState::Expired, Money(50_000))
    );
    street.agree();
    for till in [&street.owner, a, b] {
        let one = seen(till);
        assert_eq!((one.balance, one.lapsed), (Money::ZERO, Money(20_000)));
    }
    assert!(street.inbox().is_empty());
}
