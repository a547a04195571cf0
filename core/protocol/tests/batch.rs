//! Batches: the exact ops come out, the chain is the judge, and no bytes hurt the reader.
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::ids::{BusinessId, DeviceNo, Id, OpId};
use kartka_domain::op::Op;
use kartka_protocol::batch::{Batch, BatchError, BatchOp, Personal};
use kartka_protocol::chain::{ChainValue, PersonalHash};
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::signature::{PublicKey, Signature, SignatureError};
use kartka_protocol::{Measure, WireError, limits, op};
use proptest::prelude::*;

const BUSINESS: BusinessId = BusinessId(*b"0123456789abcdef");

fn key() -> Key {
    Key::new(5)
}

fn birth() -> ChainValue {
    ChainValue::birth(BUSINESS, DeviceNo::new(2).unwrap())
}

fn batch_op(op: &Op) -> BatchOp {
    let bytes = op::encode(op).unwrap();
    let nonce = [9; 16];
    let personal = bytes
        .personal
        .map_or(Personal::None, |bytes| Personal::Here { nonce, bytes });
    BatchOp {
        facts: bytes.facts,
        personal,
    }
}

fn seal(first: i64, before: &ChainValue, ops: &[BatchOp]) -> Result<Batch, WireError> {
    Batch::seal(
        BUSINESS,
        OpId(samples::id(2, first)),
        before,
        ops,
        |message| Ok(key().sign(message)),
    )
}

/// One of each kind of op.
fn mixed() -> Vec<BatchOp> {
    samples::ops().iter().map(|(_, op)| batch_op(op)).collect()
}

#[test]
fn the_ops_come_back_with_their_numbers_and_the_chain() {
    let ops = mixed();
    let batch = seal(1, &birth(), &ops).unwrap();
    let read = Batch::decode(&batch.encode()).unwrap();
    assert!(read == batch);
    assert_eq!(read.verify(&key().public()), Ok(()));
    let opened = read.open(&birth()).map_err(|e| e.to_string()).unwrap();
    let mut number = 1;
    let mut chain = birth();
    for (out, (name, sample)) in opened.iter().zip(samples::ops()) {
        chain = chain.next(&out.op.facts, &out.op.personal.hash());
        assert_eq!(
            (out.id, out.chain),
            (OpId(samples::id(2, number)), chain),
            "{name}"
        );
        number += sample.facts.len() as i64;
        assert_eq!(out.last, samples::id(2, number - 1), "{name}");
        assert!(
            op::decode(sample.id, &out.op.facts, None).unwrap().facts == sample.facts,
            "{name}"
        );
    }
    assert!(opened.into_iter().map(|out| out.op).collect::<Vec<_>>() == ops);
    assert_eq!(
        (batch.last, batch.chain),
        (samples::id(2, number - 1), chain)
    );
}

#[test]
fn a_batch_goes_on_where_the_last_one_ended() {
    let ops = mixed();
    let first = seal(1, &birth(), &ops[..3]).unwrap();
    let second = seal(first.last.counter() + 1, &first.chain, &ops[3..]).unwrap();
    let whole = seal(1, &birth(), &ops).unwrap();
    assert_eq!((second.last, second.chain), (whole.last, whole.chain));
    assert!(second.open(&first.chain).is_ok());
}

#[test]
fn another_history_or_another_hand_is_recognised() {
    let ops = mixed();
    let batch = seal(1, &birth(), &ops).unwrap();
    let elsewhere = ChainValue::birth(BusinessId([0; 16]), DeviceNo::new(2).unwrap());
    assert_eq!(
        batch.open(&elsewhere).err(),
        Some(BatchError::Chain(DeviceNo::new(2).unwrap()))
    );
    assert_eq!(
        batch.verify(&Key::new(6).public()),
        Err(SignatureError::Signature)
    );
    assert_eq!(PublicKey::new(&[7; 33]).err(), Some(SignatureError::Key));
    type Change = fn(&mut Batch);
    let changes: [Change; 4] = [
        |b| b.business = BusinessId([0; 16]),
        |b| b.chain.0[0] ^= 1,
        |b| b.last = b.last.entry(1).unwrap(),
        |b| b.first = OpId(samples::id(3, 1)),
    ];
    for change in changes {
        let mut other = batch.clone();
        change(&mut other);
        assert_eq!(
            other.verify(&key().public()),
            Err(SignatureError::Signature)
        );
    }
    let mut shifted = batch.clone();
    shifted.first = OpId(samples::id(2, 2));
    let numbers = BatchError::Numbers {
        first: samples::id(2, 2).get(),
        last: batch.last.get(),
    };
    assert_eq!(shifted.open(&birth()).err(), Some(numbers));
}

#[test]
fn hashes_stand_in_for_personal_sections() {
    let ops = mixed();
    let batch = seal(1, &birth(), &ops).unwrap();
    let carried = batch.without_personal().unwrap();
    let bytes = carried.encode();
    for word in ["Ївга", "380441234567"] {
        assert!(
            !bytes.windows(word.len()).any(|w| w == word.as_bytes()),
            "{word}"
        );
    }
    assert_eq!(carried.verify(&key().public()), Ok(()));
    let opened = carried.open(&birth()).map_err(|e| e.to_string()).unwrap();
    for (out, sent) in opened.iter().zip(&ops) {
        assert!(out.op.facts == sent.facts && out.op.personal.hash() == sent.personal.hash());
        assert!(!matches!(out.op.personal, Personal::Here { .. }));
    }
    let erased: Vec<BatchOp> = ops
        .iter()
        .map(|op| match &op.personal {
            Personal::None => op.clone(),
            other => BatchOp {
                facts: op.facts.clone(),
                personal: Personal::Erased(other.hash()),
            },
        })
        .collect();
    let none = batch.erased(|_, _| false).unwrap();
    assert!(none.is_none(), "nothing of an erased person is in it");
    let mut asked = Vec::new();
    let re_sealed = batch.erased(|id, facts| {
        asked.push(id);
        kartka_protocol::op::decode(id, facts, None).is_ok()
    });
    let re_sealed = re_sealed.unwrap().unwrap();
    assert_eq!(re_sealed.verify(&key().public()), Ok(()));
    let left = re_sealed.open(&birth()).unwrap();
    assert!(left.iter().map(|out| &out.op).eq(&erased));
    assert!(left.iter().filter(|out| asked.contains(&out.id)).count() == asked.len());
    let later = seal(1, &birth(), &erased).unwrap();
    assert_eq!(later.chain, batch.chain);
    assert!(
        later
            .open(&birth())
            .unwrap()
            .into_iter()
            .map(|out| out.op)
            .collect::<Vec<_>>()
            == erased
    );
}

#[test]
fn limits_of_a_batch_hold_at_the_limit_and_not_above() {
    let small = batch_op(&samples::ops().swap_remove(6).1);
    let many = |count: usize| vec![small.clone(); count];
    let most = seal(1, &birth(), &many(limits::BATCH_OPS)).unwrap();
    assert_eq!(
        most.open(&birth()).map(|ops| ops.len()),
        Ok(limits::BATCH_OPS)
    );
    let refused = |ops: &[BatchOp]| seal(1, &birth(), ops).err();
    let above = refused(&many(limits::BATCH_OPS + 1));
    assert!(
        matches!(
            above,
            Some(WireError::TooLarge {
                what: Measure::Ops,
                ..
            })
        ),
        "{above:?}"
    );

    let padded = |bytes: usize| {
        let personal = Personal::Here {
            nonce: [0; 16],
            bytes: vec![b'x'; bytes - 16 - small.facts.len()],
        };
        BatchOp {
            facts: small.facts.clone(),
            personal,
        }
    };
    let full = vec![padded(limits::OP); limits::BATCH_UNPACKED / limits::OP];
    let largest = seal(1, &birth(), &full).unwrap();
    assert_eq!(largest.open(&birth()).map(|ops| ops.len()), Ok(full.len()));
    let above = refused(&[full, many(1)].concat());
    assert!(
        matches!(
            above,
            Some(WireError::TooLarge {
                what: Measure::Unpacked,
                ..
            })
        ),
        "{above:?}"
    );
    let above = refused(&[padded(limits::OP + 1)]);
    assert!(
        matches!(
            above,
            Some(WireError::TooLarge {
                what: Measure::Op,
                ..
            })
        ),
        "{above:?}"
    );
}

#[test]
fn what_is_no_op_is_not_sealed() {
    let facts = |record: Record| BatchOp {
        facts: record.encode(),
        personal: Personal::None,
    };
    let mut no_list = Record::new();
    no_list.put(23, 1i64);
    for (op, error) in [
        (facts(Record::new()), WireError::Missing(23)),
        (facts(no_list), WireError::WrongType(23)),
    ] {
        assert_eq!(seal(1, &birth(), &[op]).err(), Some(error));
    }
}

#[test]
fn golden_batches_open() {
    let ops = mixed();
    let whole = seal(1, &birth(), &ops).unwrap();
    let carried = whole.without_personal().unwrap();
    let one = seal(1, &birth(), &ops[3..4]).unwrap();
    for (name, batch) in [
        ("batch", whole),
        ("batch-carried", carried),
        ("batch-of-one-sale", one),
    ] {
        let golden = Batch::decode(&golden::stored(name, &batch.encode())).unwrap();
        assert_eq!(golden.open(&birth()), batch.open(&birth()), "{name}");
        assert_eq!(golden.verify(&key().public()), Ok(()), "{name}");
    }
}

/// Facts with any fields, entries of any kind.
fn any_op() -> impl Strategy<Value = BatchOp> {
    let entries = proptest::collection::vec(common::record(), 1..6);
    let personal = prop_oneof![
        Just(Personal::None),
        proptest::collection::vec(any::<u8>(), 0..50).prop_map(|bytes| Personal::Here {
            nonce: [1; 16],
            bytes
        }),
        any::<[u8; 32]>().prop_map(|hash| Personal::Withheld(PersonalHash(hash))),
    ];
    (common::record(), entries, personal).prop_map(|(mut header, entries, personal)| {
        header.put_records(23, entries);
        BatchOp {
            facts: header.encode(),
            personal,
        }
    })
}

fn first() -> Id {
    samples::id(2, 1)
}

proptest! {
    #[test]
    fn any_ops_come_back(ops in proptest::collection::vec(any_op(), 1..12)) {
        let sealed = Batch::seal(BUSINESS, OpId(first()), &birth(), &ops, |_| Ok::<_, WireError>(Signature([0; 64])));
        let opened = sealed.unwrap().open(&birth()).unwrap();
        prop_assert!(opened.into_iter().map(|out| out.op).collect::<Vec<_>>() == ops);
    }

    #[test]
    fn damaged_columns_never_pass_for_the_signed_ops(at: usize, flip in 1u8.., part in 0..2) {
        let batch = seal(1, &birth(), &mixed()).unwrap();
        let mut record = batch.to_record();
        let tag = if part == 0 { 6 } else { 8 };
        let packed = record.bytes(tag).unwrap();
        let mut bytes = match packed[0] {
            0 => packed[1..].to_vec(),
            _ => zstd::bulk::decompress(&packed[1..], 1 << 20).unwrap(),
        };
        let at = at % bytes.len();
        bytes[at] ^= flip;
        bytes.insert(0, 0);
        record.put(tag, bytes);
        if let Ok(opened) = Batch::from_record(&record).unwrap().open(&birth()) {
            let signed = |op: &BatchOp| (op.facts.clone(), op.personal.hash());
            let opened: Vec<_> = opened.iter().map(|out| signed(&out.op)).collect();
            prop_assert!(opened == mixed().iter().map(signed).collect::<Vec<_>>());
        }
    }

    #[test]
    fn any_bytes_give_ops_or_an_error(facts in proptest::collection::vec(any::<u8>(), 0..300), version: bool) {
        let mut record = seal(1, &birth(), &mixed()).unwrap().to_record();
        let head: &[u8] = if version { &[0, 1] } else { &[0] };
        record.put(6, [head, &facts].concat());
        prop_assert!(Batch::from_record(&record).unwrap().open(&birth()).is_err());
        let _ = Batch::decode(&facts);
        let _ = Record::decode(&facts, Shape::REQUEST);
    }
}
