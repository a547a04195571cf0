//! Bringing another phone's batches: every field comes back, an answer is bound to its request and its signer.
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, Id, OpId};
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{
    AliasRun, Carried, CarryAnswer, CarryRequest, PROTO, SignedCarryAnswer,
};
use kartka_protocol::{WireError, limits, op};
use proptest::prelude::*;

const BUSINESS: BusinessId = BusinessId(*b"0123456789abcdef");

fn batch(device: u32) -> Batch {
    let no = DeviceNo::new(device).unwrap();
    let (_, sale) = samples::ops().swap_remove(3);
    let ops = [BatchOp {
        facts: op::encode(&sale).unwrap().facts,
        personal: Personal::None,
    }];
    let birth = ChainValue::birth(BUSINESS, no);
    let first = OpId(no.id(1).unwrap());
    Batch::seal(BUSINESS, first, &birth, &ops, |message| {
        Ok::<_, WireError>(Key::new(5).sign(message))
    })
    .unwrap()
}

fn request(batches: Vec<Batch>) -> CarryRequest {
    CarryRequest {
        proto: PROTO,
        nonce: [9; 16],
        batches,
    }
}

#[test]
fn a_request_and_its_answer_are_the_bytes_they_were() {
    let asked = request(vec![batch(2)]);
    let bytes = golden::stored("carry-request", &asked.encode());
    assert!(CarryRequest::decode(&bytes).unwrap() == asked);
    let carried = Carried {
        device: asked.batches[0].device(),
        last: asked.batches[0].last,
        chain: asked.batches[0].chain,
    };
    let answer = CarryAnswer {
        nonce: [9; 16],
        carried: vec![carried],
        epoch: None,
        aliases: Vec::new(),
    };
    let later = CarryAnswer {
        epoch: Some(Epoch {
            number: 3,
            random: 7,
        }),
        aliases: vec![AliasRun {
            first: OpId(samples::id(3, 4)),
            last: samples::id(3, 6),
            stands_for: OpId(samples::id(2, 8)),
        }],
        ..answer.clone()
    };
    let key = Key::new(8);
    let signed = SignedCarryAnswer::seal(&bytes, &answer, |message| key.sign(message));
    golden::check("carry-answer", &signed.encode());
    let said = SignedCarryAnswer::seal(&bytes, &later, |message| key.sign(message));
    let read = SignedCarryAnswer::decode(&said.encode()).unwrap();
    assert_eq!(read.open(&bytes, &key.public()).unwrap(), later);
    let read = SignedCarryAnswer::decode(&signed.encode()).unwrap();
    assert_eq!(read.open(&bytes, &key.public()).unwrap(), answer);
    assert!(read.open(b"another", &key.public()).is_err());
    assert!(read.open(&bytes, &Key::new(9).public()).is_err());
}

#[test]
fn ops_that_stand_for_others_are_told_in_runs() {
    let op = |device, n| OpId(samples::id(device, n));
    let run = |first, last, stands_for| AliasRun {
        first: op(3, first),
        last: samples::id(3, last),
        stands_for: op(2, stands_for),
    };
    let alias = |(of, last, to): (i64, i64, i64)| (op(3, of), samples::id(3, last), op(2, to));
    for (ops, runs) in [
        (&[][..], vec![]),
        (&[(4, 4, 8)], vec![run(4, 4, 8)]),
        (&[(4, 5, 8), (6, 8, 10), (9, 9, 13)], vec![run(4, 9, 8)]),
        // The one between them stands for itself; another distance; another place.
        (&[(4, 4, 8), (6, 6, 10)], vec![run(4, 4, 8), run(6, 6, 10)]),
        (&[(4, 4, 8), (5, 5, 10)], vec![run(4, 4, 8), run(5, 5, 10)]),
        (&[(4, 8, 8), (9, 9, 5)], vec![run(4, 8, 8), run(9, 9, 5)]),
    ] {
        let ops: Vec<(OpId, Id, OpId)> = ops.iter().copied().map(alias).collect();
        assert_eq!(AliasRun::of(&ops), runs);
        for (of, _, to) in ops {
            let mut all = runs.iter().filter(|run| run.has(of));
            assert_eq!(all.next().unwrap().meant_by(of), Some(to));
        }
    }
    let key = Key::new(8);
    let told = |count| {
        let answer = CarryAnswer {
            nonce: [9; 16],
            carried: Vec::new(),
            epoch: None,
            aliases: vec![run(4, 4, 8); count],
        };
        let signed = SignedCarryAnswer::seal(b"body", &answer, |message| key.sign(message));
        let read = SignedCarryAnswer::decode(&signed.encode()).unwrap();
        read.open(b"body", &key.public())
            .is_ok_and(|read| read == answer)
    };
    assert!(told(limits::ALIAS_RUNS));
    assert!(!told(limits::ALIAS_RUNS + 1));
}

#[test]
fn batches_of_two_phones_or_too_many_are_refused() {
    let of = |batches| CarryRequest::decode(&request(batches).encode()).is_ok();
    assert!(of(Vec::new()));
    assert!(of(vec![batch(2); limits::REQUEST_BATCHES]));
    assert!(!of(vec![batch(2); limits::REQUEST_BATCHES + 1]));
    assert!(!of(vec![batch(2), batch(3)]));
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = CarryRequest::decode(&bytes);
        let _ = SignedCarryAnswer::decode(&bytes);
    }
}
