//! Records: one spelling, unknown fields kept, everything else refused.
#![allow(clippy::unwrap_used)]

mod common;

use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::{Measure, WireError, limits};
use proptest::prelude::*;

fn decode(bytes: &[u8]) -> Result<Record, WireError> {
    Record::decode(bytes, Shape::ENTITY)
}

#[test]
fn other_spellings_of_a_value_are_refused() {
    for (why, bytes, error) in [
        ("nothing", &b""[..], WireError::Truncated),
        ("not a record", b"\x01", WireError::Unsupported(0)),
        ("a field short", b"\xa1\x01", WireError::Truncated),
        ("bytes behind", b"\xa0\x00", WireError::Trailing(1)),
        (
            "a long head of 1",
            b"\xa1\x18\x01\x00",
            WireError::NotCanonical(1),
        ),
        (
            "a long value 1",
            b"\xa1\x01\x18\x01",
            WireError::NotCanonical(2),
        ),
        (
            "a long length",
            b"\xa1\x01\x78\x01a",
            WireError::NotCanonical(2),
        ),
        ("an endless record", b"\xbf\xff", WireError::Unsupported(0)),
        (
            "an endless text",
            b"\xa1\x01\x7f\x61a\xff",
            WireError::Unsupported(2),
        ),
        (
            "fields out of order",
            b"\xa2\x02\x00\x01\x00",
            WireError::NotCanonical(3),
        ),
        (
            "a field twice",
            b"\xa2\x01\x00\x01\x00",
            WireError::NotCanonical(3),
        ),
        (
            "a text as field number",
            b"\xa1\x61a\x00",
            WireError::Unsupported(1),
        ),
        (
            "a negative field number",
            b"\xa1\x20\x00",
            WireError::Unsupported(1),
        ),
        (
            "a field number of 17 bits",
            b"\xa1\x1a\x00\x01\x00\x00\x00",
            WireError::Unsupported(1),
        ),
        (
            "a float",
            b"\xa1\x01\xf9\x00\x00",
            WireError::Unsupported(2),
        ),
        ("null", b"\xa1\x01\xf6", WireError::Unsupported(2)),
        (
            "a tagged value",
            b"\xa1\x01\xc1\x00",
            WireError::Unsupported(2),
        ),
        (
            "2^63",
            b"\xa1\x01\x1b\x80\x00\x00\x00\x00\x00\x00\x00",
            WireError::Unsupported(2),
        ),
        (
            "e and an accent apart",
            b"\xa1\x01\x63e\xcc\x81",
            WireError::NotNfc(2),
        ),
        ("broken UTF-8", b"\xa1\x01\x61\xff", WireError::NotNfc(2)),
    ] {
        assert_eq!(decode(bytes), Err(error), "{why}");
    }
}

#[test]
fn a_getter_says_what_is_wrong_with_its_field() {
    let mut record = Record::new();
    record.put(1, 300i64);
    record.put(2, "text");
    record.put(3, [1u8, 2, 3]);
    assert_eq!(record.int::<i64>(9), Err(WireError::Missing(9)));
    assert_eq!(record.int::<u8>(1), Err(WireError::OutOfRange(1)));
    assert_eq!(record.int::<i64>(2), Err(WireError::WrongType(2)));
    assert_eq!(record.array::<4>(3), Err(WireError::OutOfRange(3)));
    assert_eq!(record.records(1), Err(WireError::WrongType(1)));
    assert_eq!(
        (record.int_or(9, 5u8), record.opt_text(9)),
        (Ok(5), Ok(None))
    );
    assert_eq!(
        (record.text(2), record.array(3)),
        (Ok("text"), Ok([1, 2, 3]))
    );
    assert_eq!(record.records(9), Ok(Vec::new()));
}

#[test]
fn fields_are_set_replaced_and_left_out_at_their_default() {
    let mut record = Record::new();
    for tag in [5, 1, 3, 5] {
        record.put(tag, i64::from(tag) * 10);
    }
    record.put_unless(3, 0, 0);
    record.put_unless(4, 1, 0);
    record.put_opt(1, None::<i64>);
    record.put_records(6, []);
    let left: Vec<_> = record
        .fields()
        .map(|(tag, value)| (tag, value.clone()))
        .collect();
    assert_eq!(left, [(4, Value::Int(1)), (5, Value::Int(50))]);
}

#[test]
fn text_is_sent_in_normal_form_c() {
    let mut record = Record::new();
    record.put(1, "e\u{301}");
    assert_eq!(decode(&record.encode()).unwrap().text(1), Ok("é"));
}

#[test]
fn each_limit_of_a_record_holds_at_the_limit_and_not_above() {
    let one = |value: Value| {
        let mut record = Record::new();
        record.put(1, value);
        record
    };
    let many = |count: usize| {
        let mut record = Record::new();
        (0..count).for_each(|tag| record.put(u16::try_from(tag).unwrap(), 0i64));
        record
    };
    let nested =
        |depth: usize| (1..depth).fold(one(Value::Int(0)), |inner, _| one(Value::Record(inner)));
    let at = |what, limit| WireError::TooLarge {
        what,
        size: limit + 1,
        limit,
    };
    type Make<'a> = &'a dyn Fn(usize) -> Record;
    let cases: [(Make<'_>, usize, Option<WireError>); 6] = [
        (
            &|n| one(Value::Text("x".repeat(n))),
            limits::TEXT,
            Some(at(Measure::Text, limits::TEXT)),
        ),
        (
            &|n| one(Value::Bytes(vec![0; n])),
            limits::BYTES,
            Some(at(Measure::Bytes, limits::BYTES)),
        ),
        (
            &|n| one(Value::List(vec![Value::Int(0); n])),
            limits::ITEMS,
            Some(at(Measure::Items, limits::ITEMS)),
        ),
        (
            &many,
            limits::FIELDS,
            Some(at(Measure::Fields, limits::FIELDS)),
        ),
        (&nested, limits::DEPTH, None),
        (
            &|n| common::noise(n - 21, 1),
            limits::ROW_RECORD,
            Some(at(Measure::Record, limits::ROW_RECORD)),
        ),
    ];
    for (make, limit, error) in cases {
        assert!(
            decode(&make(limit).encode()) == Ok(make(limit)),
            "at {limit}"
        );
        let refused = decode(&make(limit + 1).encode()).map(drop).unwrap_err();
        assert!(
            error.map_or(matches!(refused, WireError::TooDeep(_)), |e| e == refused),
            "{refused:?}"
        );
    }
}

#[test]
fn a_declared_size_is_believed_only_as_far_as_bytes_follow() {
    for bytes in [
        &b"\xa1\x01\x9a\xff\xff\xff\xff"[..],
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1\x01\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        assert!(
            matches!(decode(bytes), Err(WireError::TooLarge { .. })),
            "{bytes:?}"
        );
    }
    assert_eq!(decode(b"\xb8\xff"), Err(WireError::Truncated));
}

proptest! {
    #[test]
    fn a_record_comes_back_with_the_same_bytes(record in common::record()) {
        let bytes = record.encode();
        let read = decode(&bytes).unwrap();
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn any_bytes_give_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(record) = decode(&bytes) {
            prop_assert_eq!(record.encode(), bytes);
        }
    }

    #[test]
    fn a_flipped_byte_is_refused_or_is_another_record(record in common::record(), at: usize, flip in 1u8..) {
        let mut bytes = record.encode();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(other) = decode(&bytes) {
            prop_assert_eq!(other.encode(), bytes);
        }
    }

    /// An independent implementation reads what we write, and its own writing is what we accept.
    #[test]
    fn minicbor_agrees(fields in proptest::collection::btree_map(0u16..999, any::<i64>(), 0..9), text in "[a-zїґ]{0,40}") {
        let mut ours = Record::new();
        fields.iter().for_each(|(tag, value)| ours.put(*tag, *value));
        ours.put(1_000, text.as_str());
        let mut theirs = minicbor::Encoder::new(Vec::new());
        theirs.map(fields.len() as u64 + 1).unwrap();
        for (tag, value) in &fields {
            theirs.u16(*tag).unwrap().i64(*value).unwrap();
        }
        theirs.u16(1_000).unwrap().str(&text).unwrap();
        prop_assert_eq!(ours.encode(), theirs.into_writer());
    }
}
