//! Records and rows to throw at the codecs.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod after;
pub(crate) mod campaigns;
pub(crate) mod erasure;
pub(crate) mod golden;
mod loyalty;
pub(crate) mod office;
mod position;
pub(crate) mod referral;
pub(crate) mod samples;
pub(crate) mod signing;
pub(crate) mod unlinked;
pub(crate) mod vouchers;

use kartka_domain::ids::Seq;
use kartka_protocol::fields::{Record, Value};
use kartka_protocol::rows::WireRow;
use proptest::prelude::*;

/// Any value, a few levels deep.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        (-30i64..300).prop_map(Value::Int),
        "[a-zéїґ ]{0,12}".prop_map(|text| Value::Text(text.to_owned())),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            proptest::collection::btree_map(0u16..40, inner, 0..5)
                .prop_map(|map| Value::Record(of(map))),
        ]
    })
}

/// Any record.
pub(crate) fn record() -> impl Strategy<Value = Record> {
    proptest::collection::btree_map(prop_oneof![0u16..30, any::<u16>()], value(), 0..8).prop_map(of)
}

fn of(fields: impl IntoIterator<Item = (u16, Value)>) -> Record {
    let mut record = Record::new();
    fields
        .into_iter()
        .for_each(|(tag, value)| record.put(tag, value));
    record
}

/// Rows in seq order after seq 10.
pub(crate) fn rows(most: usize) -> impl Strategy<Value = Vec<WireRow>> {
    let row = (0u8..4, any::<i64>(), 0i64..3, record());
    proptest::collection::vec(row, 0..most).prop_map(|rows| {
        let mut seq = 11;
        let row = |(kind, id, step, record): (u8, i64, i64, Record)| {
            seq += step;
            WireRow {
                kind,
                id,
                seq: Seq(seq),
                record: record.encode(),
            }
        };
        rows.into_iter().map(row).collect()
    })
}

/// A record with one byte string of `len` bytes that do not compress.
pub(crate) fn noise(len: usize, seed: u64) -> Record {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut record = Record::new();
    for (tag, start) in (0u16..).zip((0..len).step_by(16_000)) {
        let bytes: Vec<u8> = (start..len.min(start + 16_000))
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_be_bytes()[0]
            })
            .collect();
        record.put(tag, bytes);
    }
    record
}
