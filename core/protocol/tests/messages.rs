//! Messages: every field comes back, signatures hold, other bytes are refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::ids::{BirthMark, BusinessId, DeviceNo, Epoch, OpId, OperatorId, Seq};
use kartka_domain::moment::Month;
use kartka_domain::money::Points;
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::digest::Digest;
use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::head::{Head, Reign, SignedHead};
use kartka_protocol::message::*;
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::SignatureError;
use kartka_protocol::{Measure, WireError, limits, op};
use proptest::prelude::*;

const BUSINESS: BusinessId = BusinessId(*b"0123456789abcdef");
const EPOCH: Epoch = Epoch {
    number: 3,
    random: u64::MAX - 9,
};
const MONTH: Scope = Scope::Month(Month(24_311));

fn device() -> DeviceNo {
    DeviceNo::new(2).unwrap()
}

fn head() -> SignedHead {
    let head = Head {
        epoch: EPOCH,
        seq: Seq(4_711),
        log: LogHash([7; 32]),
    };
    SignedHead {
        head,
        signature: Key::new(8).sign(&head.message(BUSINESS)),
    }
}

fn batch() -> Batch {
    let (_, sale) = samples::ops().swap_remove(3);
    let facts = op::encode(&sale).unwrap().facts;
    let ops = [BatchOp {
        facts,
        personal: Personal::None,
    }];
    let birth = ChainValue::birth(BUSINESS, device());
    let first = OpId(samples::id(2, 1));
    Batch::seal(BUSINESS, first, &birth, &ops, |message| {
        Ok::<_, WireError>(Key::new(5).sign(message))
    })
    .unwrap()
}

fn first_request() -> SyncRequest {
    SyncRequest {
        proto: PROTO,
        nonce: [1; 16],
        epoch: EPOCH,
        head: None,
        device: device(),
        boot: 1 << 63 | 5,
        monotonic_ms: 60_000,
        anchors: Vec::new(),
        batches: Vec::new(),
        cursors: Vec::new(),
        digests: Vec::new(),
        budget: 0,
        branch: None,
        wiped: false,
    }
}

fn full_request() -> SyncRequest {
    SyncRequest {
        head: Some(head()),
        anchors: vec![Anchor {
            boot: 5,
            monotonic_ms: -1,
            server_ms: 1_765_913_580_123,
        }],
        batches: vec![batch(), batch().without_personal().unwrap()],
        cursors: vec![(Scope::Base, Seq(9)), (Scope::Own, Seq(0)), (MONTH, Seq(5))],
        digests: vec![Scope::Base, MONTH],
        budget: 262_144,
        ..first_request()
    }
}

fn bare_answer() -> SyncAnswer {
    let acked = Acked {
        last: 0,
        chain: ChainValue::birth(BUSINESS, device()),
    };
    SyncAnswer::new([1; 16], device(), head(), 1_765_913_580_123, acked)
}

fn full_answer() -> SyncAnswer {
    let op = |n| OpId(samples::id(2, n));
    SyncAnswer {
        lineage: vec![
            Reign {
                epoch: Epoch {
                    number: 1,
                    random: 1,
                },
                first_seq: Seq(1),
            },
            Reign {
                epoch: EPOCH,
                first_seq: Seq(400),
            },
        ],
        acked: Acked {
            last: 40,
            chain: ChainValue([3; 32]),
        },
        runs: vec![Run {
            first_op: op(1),
            last_op: op(39),
            first_seq: Seq(12),
            mark: BirthMark([4; 8]),
            alias: None,
        }],
        pages: vec![vec![1, 2, 3], Vec::new()],
        cursors: vec![(Scope::Base, Seq(4_711))],
        oldest_month: Some(Month(24_308)),
        digests: vec![ScopeDigest {
            scope: MONTH,
            seq: Seq(9),
            digest: Digest::from_bytes([9; 16]),
        }],
        want_personal: vec![op(7)],
        carried: vec![Carried {
            device: device(),
            last: samples::id(2, 9),
            chain: ChainValue([5; 32]),
        }],
        reset: vec![MONTH],
        flags: Flags::default().with(Flag::More).with(Flag::Wipe),
        refusal: Some(Refusal::Fork { acked: 40 }),
        ..bare_answer()
    }
}

#[test]
fn requests_and_answers_come_back() {
    for (name, request) in [
        ("first-request", first_request()),
        ("request", full_request()),
    ] {
        let bytes = request.encode();
        assert_eq!(SyncRequest::decode(&bytes), Ok(request), "{name}");
        golden::check(name, &bytes);
    }
    for (name, answer) in [("bare-answer", bare_answer()), ("answer", full_answer())] {
        let bytes = answer.encode();
        assert_eq!(SyncAnswer::decode(&bytes), Ok(answer), "{name}");
        golden::check(name, &bytes);
    }
    let flags = full_answer().flags;
    assert_eq!(
        [Flag::More, Flag::Heal, Flag::Wipe].map(|flag| flags.has(flag)),
        [true, false, true]
    );
}

#[test]
fn a_request_is_bound_to_its_sender() {
    let body = full_request().encode();
    let key = Key::new(5);
    let sealed = Envelope::seal(BUSINESS, device(), body, |m| {
        Ok::<_, WireError>(key.sign(m))
    })
    .unwrap();
    let read = Envelope::decode(&sealed.encode()).unwrap();
    assert!(read == sealed && read.verify(&key.public()).is_ok());
    type Change = fn(&mut Envelope);
    let changes: [Change; 3] = [
        |e| e.business = BusinessId([0; 16]),
        |e| e.device = DeviceNo::FOUNDER,
        |e| e.body[9] ^= 1,
    ];
    for change in changes {
        let mut other = sealed.clone();
        change(&mut other);
        assert_eq!(other.verify(&key.public()), Err(SignatureError::Signature));
    }
    assert_eq!(
        sealed.verify(&Key::new(6).public()),
        Err(SignatureError::Signature)
    );
}

#[test]
fn a_head_is_the_authoritys_word_about_one_business() {
    let identity = Key::new(8).public();
    assert_eq!(head().verify(BUSINESS, &identity), Ok(()));
    assert!(head().verify(BusinessId([0; 16]), &identity).is_err());
    let mut higher = head();
    higher.head.seq = Seq(4_712);
    assert!(higher.verify(BUSINESS, &identity).is_err());
}

fn pair_request() -> PairRequest {
    PairRequest {
        proto: PROTO,
        token: [2; 16],
        public_key: Key::new(5).public_bytes(),
        nonce: [3; 16],
        name: "Каса 2".to_owned(),
    }
}

fn pair_answer() -> PairAnswer {
    let mut keys = Record::new();
    keys.put(1, [9u8; 32]);
    PairAnswer {
        nonce: [3; 16],
        device: device(),
        business: samples::business(),
        outlet: samples::outlet(),
        slot: Some(EmitterSlot::new(NumberLength::Ten, 4).unwrap()),
        holder: OperatorId(1),
        keys,
        head: head(),
        lineage: full_answer().lineage,
        limits: PairLimits {
            device_budget: Some(Points(500)),
            capability_ms: 86_400_000,
            grace_ms: 1 << 40,
        },
        server_ms: 1_765_913_580_123,
    }
}

#[test]
fn pairing_is_believed_only_from_the_key_in_the_qr_and_for_this_request() {
    let request = pair_request().encode();
    assert!(PairRequest::decode(&request) == Ok(pair_request()));
    let identity = Key::new(8);
    let sealed = SignedPairAnswer::seal(&request, &pair_answer(), |m| {
        Ok::<_, WireError>(identity.sign(m))
    })
    .unwrap();
    let read = SignedPairAnswer::decode(&sealed.encode()).unwrap();
    assert!(read.open(&request, &identity.public()) == Ok(pair_answer()));
    let forged = Some(PairError::Signature(SignatureError::Signature));
    assert_eq!(read.open(&request, &Key::new(9).public()).err(), forged);
    let another = PairRequest {
        nonce: [4; 16],
        ..pair_request()
    }
    .encode();
    assert_eq!(read.open(&another, &identity.public()).err(), forged);
    golden::check("pair-request", &request);
    golden::check("pair-answer", &sealed.encode());
}

#[test]
fn every_refusal_has_a_number_a_word_and_a_status() {
    for refusal in Refusal::ALL {
        assert_eq!(
            Refusal::from_word(refusal.word(), refusal.argument()),
            Some(refusal)
        );
        assert!((400..=500).contains(&refusal.status()), "{refusal:?}");
        let answer = SyncAnswer {
            refusal: Some(refusal),
            ..bare_answer()
        };
        assert_eq!(
            SyncAnswer::decode(&answer.encode()).unwrap().refusal,
            Some(refusal)
        );
        let same =
            |other: &Refusal| other.number() == refusal.number() || other.word() == refusal.word();
        assert_eq!(
            Refusal::ALL.iter().filter(|other| same(other)).count(),
            1,
            "{refusal:?}"
        );
    }
    assert_eq!(
        Refusal::from_word("busy", 5),
        Some(Refusal::Busy { retry_ms: 5 })
    );
    assert_eq!(
        Refusal::from_word("busy", -5),
        Some(Refusal::Busy { retry_ms: 0 })
    );
    assert_eq!(Refusal::from_word("sorry", 0), None);
}

#[test]
fn lists_of_a_message_hold_their_limits() {
    type Make = fn(usize) -> Result<(), WireError>;
    fn sent(request: &SyncRequest) -> Result<(), WireError> {
        SyncRequest::decode(&request.encode()).map(drop)
    }
    fn answered(answer: &SyncAnswer) -> Result<(), WireError> {
        SyncAnswer::decode(&answer.encode()).map(drop)
    }
    let cases: [(&str, usize, Make); 9] = [
        ("batches", limits::REQUEST_BATCHES, |n| {
            sent(&SyncRequest {
                batches: vec![batch(); n],
                ..first_request()
            })
        }),
        ("anchors", limits::ANCHORS, |n| {
            let anchor = Anchor {
                boot: 1,
                monotonic_ms: 2,
                server_ms: 3,
            };
            sent(&SyncRequest {
                anchors: vec![anchor; n],
                ..first_request()
            })
        }),
        ("scopes", limits::SCOPES, |n| {
            sent(&SyncRequest {
                digests: vec![Scope::Base; n],
                ..first_request()
            })
        }),
        ("pages", limits::ANSWER_PAGES, |n| {
            answered(&SyncAnswer {
                pages: vec![vec![1]; n],
                ..bare_answer()
            })
        }),
        ("runs", limits::RUNS, |n| {
            answered(&SyncAnswer {
                runs: vec![full_answer().runs[0]; n],
                ..bare_answer()
            })
        }),
        ("lineage", limits::LINEAGE, |n| {
            answered(&SyncAnswer {
                lineage: vec![full_answer().lineage[0]; n],
                ..bare_answer()
            })
        }),
        ("wanted", limits::WANTED, |n| {
            answered(&SyncAnswer {
                want_personal: vec![OpId(samples::id(2, 7)); n],
                ..bare_answer()
            })
        }),
        ("digests", limits::SCOPES, |n| {
            answered(&SyncAnswer {
                digests: vec![full_answer().digests[0]; n],
                ..bare_answer()
            })
        }),
        ("a page", limits::PAGE_PACKED, |n| {
            answered(&SyncAnswer {
                pages: vec![vec![0; n]],
                ..bare_answer()
            })
        }),
    ];
    for (name, limit, make) in cases {
        assert_eq!(make(limit), Ok(()), "{name}");
        let above = make(limit + 1);
        assert!(
            matches!(above, Err(WireError::TooLarge { .. })),
            "{name}: {above:?}"
        );
    }
    let odd = {
        let mut r = Record::decode(&first_request().encode(), Shape::REQUEST).unwrap();
        r.put(10, vec![Value::Int(1)]);
        r.encode()
    };
    assert_eq!(SyncRequest::decode(&odd), Err(WireError::OutOfRange(10)));
}

#[test]
fn whole_messages_hold_their_limits() {
    let pages = |pages: usize, rest: usize| {
        let mut pages = vec![vec![0; limits::PAGE_PACKED]; pages];
        pages.push(vec![0; rest]);
        SyncAnswer {
            pages,
            ..bare_answer()
        }
        .encode()
    };
    let most = pages(limits::ANSWER_PAGES - 1, limits::PAGE_PACKED);
    assert!(most.len() <= limits::ANSWER && SyncAnswer::decode(&most).is_ok());
    let limit = limits::ANSWER;
    let error = WireError::TooLarge {
        what: Measure::Record,
        size: limit + 1,
        limit,
    };
    assert_eq!(SyncAnswer::decode(&vec![0xa0; limit + 1]), Err(error));
    let error = WireError::TooLarge {
        what: Measure::Record,
        size: limits::REQUEST + 1,
        limit: limits::REQUEST,
    };
    assert_eq!(
        SyncRequest::decode(&vec![0xa0; limits::REQUEST + 1]),
        Err(error)
    );
    let body = vec![0; limits::REQUEST];
    let sealed = Envelope::seal(BUSINESS, device(), body, |m| {
        Ok::<_, WireError>(Key::new(5).sign(m))
    })
    .unwrap();
    assert!(Envelope::decode(&sealed.encode()).is_ok());
    let body = vec![0; limits::REQUEST + 1];
    let sealed = Envelope::seal(BUSINESS, device(), body, |m| {
        Ok::<_, WireError>(Key::new(5).sign(m))
    })
    .unwrap();
    assert!(matches!(
        Envelope::decode(&sealed.encode()),
        Err(WireError::TooLarge { .. })
    ));
    assert_eq!(first_request().check_size(), Ok(()));
}

/// An answer's bytes with a check over fields that somebody changed.
fn rechecked(mut r: Record) -> Vec<u8> {
    const CHECK: u16 = 65_535;
    r.remove(CHECK);
    let hash = blake3::Hasher::new_derive_key("kartka 2026 answer check")
        .update(&r.encode())
        .finalize();
    r.put(CHECK, &hash.as_bytes()[..16]);
    r.encode()
}

#[test]
fn no_flipped_bit_passes_for_an_answer() {
    let bytes = full_answer().encode();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(SyncAnswer::decode(&flipped).is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn any_bytes_give_a_message_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (SyncRequest::decode(&bytes), SyncAnswer::decode(&bytes));
        let _ = (Envelope::decode(&bytes), PairRequest::decode(&bytes), SignedPairAnswer::decode(&bytes));
    }

    #[test]
    fn a_spoiled_field_is_refused_or_is_another_message(at: usize, value in common::value()) {
        let spoil = |bytes: &[u8]| {
            let mut r = Record::decode(bytes, Shape::ANSWER).unwrap();
            let tags: Vec<u16> = r.fields().map(|(tag, _)| tag).collect();
            r.put(tags[at % tags.len()], value.clone());
            r
        };
        if let Ok(request) = SyncRequest::decode(&spoil(&full_request().encode()).encode()) {
            prop_assert_eq!(SyncRequest::decode(&request.encode()), Ok(request));
        }
        if let Ok(answer) = SyncAnswer::decode(&rechecked(spoil(&full_answer().encode()))) {
            prop_assert_eq!(SyncAnswer::decode(&answer.encode()), Ok(answer));
        }
    }

    #[test]
    fn unknown_fields_of_a_newer_version_do_not_disturb(value in common::value()) {
        let mut r = Record::decode(&full_answer().encode(), Shape::ANSWER).unwrap();
        r.put(900, value);
        prop_assert_eq!(SyncAnswer::decode(&rechecked(r)), Ok(full_answer()));
    }
}
