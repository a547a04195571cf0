//! The messages of a hand-over: every field comes back, answers are bound to their request, other bytes are refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::ids::{BusinessId, Epoch, OpId, Seq};
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::{ChainValue, LogHash, PersonalHash};
use kartka_protocol::digest::Digest;
use kartka_protocol::handover::{HandoverCode, HandoverToken};
use kartka_protocol::head::{Head, Reign};
use kartka_protocol::message::{
    HandoverAnswer, HandoverRequest, HandoverSaid, HandoverStep, PROTO, PairRequest, ScopeDigest,
    SignedHandoverAnswer,
};
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::request_digest;
use kartka_protocol::{WireError, limits, op};
use proptest::prelude::*;

const TOKEN: HandoverToken = HandoverToken([4; 16]);
const EPOCH: Epoch = Epoch {
    number: 1,
    random: 99,
};

fn batch() -> Batch {
    let business = BusinessId([7; 16]);
    let (_, sale) = samples::ops().swap_remove(3);
    let ops = [BatchOp {
        facts: op::encode(&sale).unwrap().facts,
        personal: Personal::Erased(PersonalHash([6; 32])),
    }];
    let birth = ChainValue::birth(business, samples::id(2, 1).device());
    Batch::seal(business, OpId(samples::id(2, 1)), &birth, &ops, |message| {
        Ok::<_, WireError>(Key::new(5).sign(message))
    })
    .unwrap()
}

fn request(step: HandoverStep) -> HandoverRequest {
    let pair = PairRequest {
        proto: PROTO,
        token: TOKEN.id(),
        public_key: Key::new(5).public_bytes(),
        nonce: [8; 16],
        name: "Марта".into(),
    };
    HandoverRequest::new(PROTO, [9; 16], pair.encode(), &TOKEN, step)
}

fn steps() -> Vec<(&'static str, HandoverStep)> {
    let keys = TOKEN.hide(&[9; 16], b"keys");
    let last = HandoverStep::Last {
        after: Seq(41),
        batches: vec![batch()],
        end: Head {
            epoch: EPOCH,
            seq: Seq(42),
            log: LogHash([3; 32]),
        },
        lineage: vec![Reign {
            epoch: EPOCH,
            first_seq: Seq(1),
        }],
        digests: vec![ScopeDigest {
            scope: Scope::Base,
            seq: Seq(0),
            digest: Digest::from_bytes([2; 16]),
        }],
    };
    let piece = HandoverStep::Piece {
        after: Seq(0),
        batches: vec![batch()],
    };
    let show = HandoverStep::Show {
        scope: Scope::Base,
        from: Seq(7),
    };
    vec![
        ("handover-ask", HandoverStep::Ask { keys }),
        ("handover-piece", piece),
        ("handover-last", last),
        ("handover-show", show),
        ("handover-withdraw", HandoverStep::Withdraw),
    ]
}

#[test]
fn requests_are_the_bytes_they_were() {
    for (name, step) in steps() {
        let request = request(step);
        let bytes = golden::stored(name, &request.encode());
        assert!(
            HandoverRequest::decode(&bytes).unwrap() == request,
            "{name}"
        );
        assert!(request.is_proved(&TOKEN) && !request.is_proved(&HandoverToken([5; 16])));
    }
}

#[test]
fn answers_are_the_bytes_they_were_and_bound_to_their_request() {
    let asked = request(HandoverStep::Withdraw).encode();
    let key = Key::new(8);
    for (name, said) in [
        (
            "handover-stands",
            HandoverSaid::Stands {
                seq: Seq(41),
                op: 77,
            },
        ),
        (
            "handover-accepted",
            HandoverSaid::Accepted { pair: vec![1; 40] },
        ),
        (
            "handover-differs",
            HandoverSaid::Differs { scope: Scope::Base },
        ),
        ("handover-shown", HandoverSaid::Shown { page: vec![2; 40] }),
        ("handover-withdrawn", HandoverSaid::Withdrawn),
    ] {
        let answer = HandoverAnswer {
            nonce: [9; 16],
            said,
        };
        let signed = SignedHandoverAnswer::seal(&asked, &answer, |message| key.sign(message));
        golden::check(name, &signed.encode());
        let read = SignedHandoverAnswer::decode(&signed.encode()).unwrap();
        let open = |digest, of: &Key| read.open_for(digest, &of.public());
        assert!(open(request_digest(&asked), &key).unwrap() == answer);
        assert!(open(request_digest(b"another"), &key).is_err());
        assert!(open(request_digest(&asked), &Key::new(9)).is_err());
    }
}

#[test]
fn more_batches_than_a_request_takes_are_refused() {
    let of = |batches| {
        let step = HandoverStep::Piece {
            after: Seq(0),
            batches: vec![batch(); batches],
        };
        HandoverRequest::decode(&request(step).encode())
    };
    assert!(of(limits::REQUEST_BATCHES).is_ok());
    assert!(of(limits::REQUEST_BATCHES + 1).is_err());
}

#[test]
fn the_code_fits_a_qr() {
    let code = HandoverCode {
        address: "h".repeat(80),
        identity: Key::new(8).public_bytes(),
        token: TOKEN,
        expires_ms: 1_795_334_400_000,
    };
    let text = code.to_text();
    assert!(text.len() <= limits::PAIRING_TEXT, "{}", text.len());
    golden::check("handover-code", text.as_bytes());
    assert!(HandoverCode::parse(&text).unwrap() == code);
}

proptest! {
    #[test]
    fn any_bytes_give_a_value_or_an_error(bytes: Vec<u8>, at in 0_usize..4_096, with: u8) {
        let _ = HandoverRequest::decode(&bytes);
        let _ = SignedHandoverAnswer::decode(&bytes);
        let _ = HandoverCode::parse(&String::from_utf8_lossy(&bytes));
        for (_, step) in steps() {
            let mut bent = request(step).encode();
            let at = at % bent.len();
            bent[at] = with;
            let _ = HandoverRequest::decode(&bent);
        }
    }
}
