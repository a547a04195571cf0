//! Asking for a reservation: every field comes back, an answer is bound to its request and its signer.
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, InstrumentId, ProgrammeVersion, RequestMark, VoucherId};
use kartka_domain::reservation::{Asset, ITEMS_MAX, Item};
use kartka_protocol::message::{
    PROTO, ReserveAnswer, ReserveRequest, Reserved, SignedReserveAnswer,
};
use proptest::prelude::*;

fn points(amount: i64) -> Item {
    Item {
        asset: Asset::Points {
            customer: CustomerId(samples::id(2, 7)),
            instrument: InstrumentId(1),
        },
        amount,
    }
}

fn voucher(n: i64, amount: i64) -> Item {
    Item {
        asset: Asset::Voucher(VoucherId(samples::id(2, n))),
        amount,
    }
}

fn request(items: Vec<Item>) -> ReserveRequest {
    ReserveRequest {
        proto: PROTO,
        nonce: [9; 16],
        request: RequestMark([3; 8]),
        programme: ProgrammeVersion(4),
        items,
    }
}

#[test]
fn requests_are_the_bytes_they_were() {
    let items = vec![points(300), voucher(8, 4_000), voucher(9, 0)];
    let coupon = Item {
        asset: Asset::Coupon(InstrumentId(6)),
        amount: 1,
    };
    for (name, items) in [
        ("reserve-ask", items),
        ("reserve-coupon", vec![coupon]),
        ("reserve-free", Vec::new()),
    ] {
        let asked = request(items);
        let bytes = golden::stored(name, &asked.encode());
        assert_eq!(ReserveRequest::decode(&bytes).unwrap(), asked, "{name}");
    }
}

#[test]
fn answers_are_the_bytes_they_were_and_bound_to_their_request() {
    let (asked, key) = (request(vec![points(300)]).encode(), Key::new(8));
    let short = Code::NotEnoughPoints {
        balance: 100,
        required: 300,
    };
    for (name, said) in [
        ("reserve-kept", Reserved::Kept { for_ms: 300_000 }),
        ("reserve-refused", Reserved::Refused(short)),
        ("reserve-freed", Reserved::Free),
    ] {
        let answer = ReserveAnswer {
            nonce: [9; 16],
            said,
        };
        let signed = SignedReserveAnswer::seal(&asked, &answer, |message| key.sign(message));
        golden::check(name, &signed.encode());
        let read = SignedReserveAnswer::decode(&signed.encode()).unwrap();
        assert_eq!(read.open(&asked, &key.public()).unwrap(), answer, "{name}");
        assert!(read.open(b"another", &key.public()).is_err());
        assert!(read.open(&asked, &Key::new(9).public()).is_err());
    }
}

#[test]
fn more_things_than_a_receipt_keeps_are_refused() {
    let of = |n: usize| {
        let items = (1..).take(n).map(|n| voucher(n, 1)).collect();
        ReserveRequest::decode(&request(items).encode())
    };
    assert!(of(ITEMS_MAX).is_ok());
    assert!(of(ITEMS_MAX + 1).is_err());
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ReserveRequest::decode(&bytes);
        let _ = SignedReserveAnswer::decode(&bytes);
    }
}
