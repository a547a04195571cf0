//! Domain values come back from their bytes, and other bytes never become a panic.
#![allow(clippy::unwrap_used)]

mod common;

use common::{after, campaigns, golden, office, referral, samples, unlinked};
use kartka_domain::ids::{OpId, Seq};
use kartka_domain::money::Money;
use kartka_domain::op::{Fact, Op};
use kartka_domain::purchase::Line;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::rows::WireRow;
use kartka_protocol::{Measure, WireError, limits, op, row};
use proptest::prelude::*;

#[test]
fn every_kind_of_row_comes_back() {
    let rows = [
        samples::rows(),
        office::rows(),
        after::rows(),
        unlinked::rows(),
        campaigns::rows(),
        referral::rows(),
    ]
    .concat();
    for (name, sample) in &rows {
        let wire = WireRow::of(sample, Seq(9));
        assert!(
            wire.read().as_ref() == Ok(sample),
            "{name}: {:?}",
            wire.read().err()
        );
        golden::check(&format!("row-{name}"), &wire.record);
    }
    for kind in RowKind::ALL {
        assert!(
            rows.iter().any(|(_, row)| row.kind() == kind),
            "{kind:?} has a sample"
        );
    }
    assert_eq!(
        row::decode(99, 1, b"\xa0").err(),
        Some(WireError::UnknownKind(99))
    );
}

/// Whether a value, or anything in it, could hold somebody's words.
fn has_room_for_words(value: &Value) -> bool {
    match value {
        Value::Int(_) => false,
        Value::Text(_) | Value::Bytes(_) => true,
        Value::List(all) => all.iter().any(has_room_for_words),
        Value::Record(record) => record.fields().any(|(_, value)| has_room_for_words(value)),
    }
}

/// L14: numbers, amounts, dates and codes alone. A row of each kind of entry is among the samples.
#[test]
fn an_entry_of_the_ledger_has_no_room_for_words() {
    let rows = [
        samples::rows(),
        office::rows(),
        after::rows(),
        unlinked::rows(),
        campaigns::rows(),
        referral::rows(),
    ]
    .concat();
    let (mut entries, mut words) = (0, 0);
    for (name, row) in rows {
        let wire = WireRow::of(&row, Seq(9));
        let record = Record::decode(&wire.record, Shape::ENTITY).unwrap();
        let found = record.fields().any(|(_, value)| has_room_for_words(value));
        if matches!(row, Row::Entry(_)) {
            assert!(!found, "{name}");
            entries += 1;
        }
        words += usize::from(found);
    }
    assert!(
        entries > 8 && words > 8,
        "{entries} entries, {words} rows of people"
    );
}

fn all_ops() -> Vec<(&'static str, Op)> {
    [
        samples::ops(),
        office::ops(),
        after::ops(),
        unlinked::ops(),
        campaigns::ops(),
        referral::ops(),
    ]
    .concat()
}

#[test]
fn every_op_comes_back() {
    for (name, sample) in all_ops() {
        let bytes = op::encode(&sample).unwrap();
        let read = op::decode(sample.id, &bytes.facts, bytes.personal.as_deref());
        assert!(read.as_ref() == Ok(&sample), "{name}: {:?}", read.err());
        golden::check(&format!("op-{name}"), &bytes.facts);
        if let Some(personal) = &bytes.personal {
            golden::check(&format!("op-{name}-personal"), personal);
        }
    }
}

/// In an op a programme lies deeper than in its row: what an owner may publish must fit there.
#[test]
fn whatever_a_programme_says_can_be_published() {
    let programmes = samples::rows()
        .into_iter()
        .filter_map(|(name, row)| match row {
            Row::Programme(programme) => Some((name, programme)),
            _ => None,
        });
    for (name, programme) in programmes {
        let published =
            samples::op_of(OpId(samples::id(2, 1)), 0, vec![Fact::Programme(programme)]);
        let bytes = op::encode(&published).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            op::decode(published.id, &bytes.facts, None) == Ok(published),
            "{name}"
        );
    }
}

#[test]
fn no_personal_data_stands_in_the_facts() {
    let registration = samples::ops()
        .into_iter()
        .find(|(name, _)| *name == "registration")
        .unwrap()
        .1;
    let bytes = op::encode(&registration).unwrap();
    let erased = op::decode(registration.id, &bytes.facts, None).unwrap();
    assert!(erased.facts == registration.facts && erased.personal.is_empty());
    for word in ["Ївга", "380441234567", "example", "какао"] {
        let found = |section: &[u8]| section.windows(word.len()).any(|w| w == word.as_bytes());
        assert!(
            found(bytes.personal.as_deref().unwrap()) && !found(&bytes.facts),
            "{word}"
        );
    }
}

#[test]
fn a_typed_amount_paid_in_one_way_takes_few_bytes() {
    let who = samples::customer(17);
    let sale = samples::sale(OpId(samples::id(2, 1)), who, 4_550, 0);
    let Fact::Sale(mut typed) = sale.facts[0].clone() else {
        unreachable!()
    };
    for (parts, most) in [
        (samples::paid(4_550, 0, 0, 0, 0), 17),
        (samples::paid(0, 4_550, 0, 0, 0), 19),
        (samples::paid(0, 0, 4_550, 0, 0), 19),
        (samples::paid(4_000, 550, 0, 0, 0), 27),
        (samples::paid(0, 0, 0, 0, 0), 19),
    ] {
        typed.parts = parts;
        let op = samples::op_of(sale.id, 0, vec![Fact::Sale(typed.clone())]);
        let bytes = op::encode(&op).unwrap();
        assert!(op::decode(op.id, &bytes.facts, None) == Ok(op));
        let record = Record::decode(&bytes.facts, Shape::ENTITY).unwrap();
        let size = record.records(23).unwrap()[0].encode().len();
        assert!(size <= most, "{parts:?}: {size} bytes");
    }
}

#[test]
fn fields_of_a_newer_version_do_not_disturb() {
    for (name, sample) in [
        samples::rows(),
        office::rows(),
        after::rows(),
        unlinked::rows(),
        campaigns::rows(),
        referral::rows(),
    ]
    .concat()
    {
        let wire = WireRow::of(&sample, Seq(9));
        let mut newer = Record::decode(&wire.record, Shape::ENTITY).unwrap();
        newer.put(60_000, vec![Value::from("news"), Value::Int(1)]);
        let read = row::decode(wire.kind, wire.id, &newer.encode());
        assert!(read == Ok(sample), "{name}");
    }
}

#[test]
fn a_group_of_a_newer_version_is_passed_over() {
    let edit = samples::ops()
        .into_iter()
        .find(|(name, _)| *name == "edit")
        .unwrap()
        .1;
    let bytes = op::encode(&edit).unwrap();
    let mut personal = Record::decode(bytes.personal.as_deref().unwrap(), Shape::ENTITY).unwrap();
    let mut groups = personal.list(0).unwrap().to_vec();
    let mut newer = Record::new();
    newer.put(1, 99i64);
    groups.push(Value::Record(newer));
    personal.put(0, groups);
    assert!(op::decode(edit.id, &bytes.facts, Some(&personal.encode())) == Ok(edit));
}

#[test]
fn an_op_that_no_reader_would_take_is_not_made() {
    let sale = |lines: usize| {
        let mut op = samples::sale(OpId(samples::id(2, 1)), samples::customer(1), 100, 0);
        if let Fact::Sale(sale) = &mut op.facts[0] {
            sale.lines = vec![Line::amount(Money(1)); lines];
        }
        op
    };
    let facts =
        |count: usize| samples::op_of(OpId(samples::id(2, 1)), 0, vec![Fact::Register; count]);
    assert!(op::encode(&facts(limits::OP_ENTRIES)).is_ok());
    for (op, what) in [
        (facts(limits::OP_ENTRIES + 1), Measure::Entries),
        (sale(limits::ITEMS + 1), Measure::Items),
    ] {
        let refused = op::encode(&op).err();
        assert!(
            matches!(refused, Some(WireError::TooLarge { what: w, .. }) if w == what),
            "{refused:?}"
        );
    }
    let empty = op::encode(&facts(0)).unwrap();
    assert_eq!(
        op::decode(OpId(samples::id(2, 1)), &empty.facts, None).err(),
        Some(WireError::Missing(23))
    );
}

#[test]
fn sections_of_an_op_hold_their_limits_when_read() {
    let void = samples::ops().swap_remove(6).1;
    let facts = op::encode(&void).unwrap().facts;
    let entries = |count: usize| {
        let mut record = Record::decode(&facts, Shape::ENTITY).unwrap();
        let entry = record.list(23).unwrap()[0].clone();
        record.put(23, vec![entry; count]);
        op::decode(void.id, &record.encode(), None).map(|op| op.facts.len())
    };
    let (size, limit) = (limits::OP_ENTRIES + 1, limits::OP_ENTRIES);
    assert_eq!(entries(limit), Ok(limit));
    assert_eq!(
        entries(size),
        Err(WireError::TooLarge {
            what: Measure::Entries,
            size,
            limit
        })
    );

    let personal = |bytes: usize| op::decode(void.id, &facts, Some(&vec![0xa0; bytes])).err();
    let room = limits::OP - facts.len();
    assert!(
        matches!(personal(room), Some(WireError::Trailing(_))),
        "read to its end"
    );
    let (size, limit) = (limits::OP + 1, limits::OP);
    assert_eq!(
        personal(room + 1),
        Some(WireError::TooLarge {
            what: Measure::Op,
            size,
            limit
        })
    );
}

fn any_row(at: usize) -> Row {
    let mut rows = samples::rows();
    let at = at % rows.len();
    rows.swap_remove(at).1
}

fn any_op(at: usize) -> Op {
    let mut ops = samples::ops();
    let at = at % ops.len();
    ops.swap_remove(at).1
}

/// Puts another value somewhere into a record, at any depth.
fn spoil(record: &Record, at: usize, value: &Value) -> Record {
    let fields: Vec<(u16, Value)> = record.fields().map(|(tag, v)| (tag, v.clone())).collect();
    let mut spoiled = record.clone();
    if let Some((tag, old)) = fields.get(at % fields.len().max(1)) {
        spoiled.put(*tag, spoil_value(old, at / fields.len(), value));
    }
    spoiled
}

fn spoil_value(old: &Value, at: usize, value: &Value) -> Value {
    match old {
        Value::Record(inner) if !at.is_multiple_of(4) => Value::Record(spoil(inner, at / 4, value)),
        Value::List(list) if !at.is_multiple_of(4) && !list.is_empty() => {
            let mut list = list.clone();
            let place = (at / 4) % list.len();
            list[place] = spoil_value(&list[place], at / 4 / list.len(), value);
            Value::List(list)
        }
        _ => value.clone(),
    }
}

proptest! {
    #[test]
    fn a_spoiled_row_is_refused_or_is_another_row(sample: usize, at: usize, value in common::value()) {
        let wire = WireRow::of(&any_row(sample), Seq(1));
        let spoiled = spoil(&Record::decode(&wire.record, Shape::ENTITY).unwrap(), at, &value);
        if let Ok(other) = row::decode(wire.kind, wire.id, &spoiled.encode()) {
            prop_assert!(row::decode(wire.kind, wire.id, &row::encode(&other)) == Ok(other));
        }
    }

    #[test]
    fn a_spoiled_op_is_refused_or_is_another_op(sample: usize, at: usize, value in common::value()) {
        let sample = any_op(sample);
        let bytes = op::encode(&sample).unwrap();
        let spoiled = spoil(&Record::decode(&bytes.facts, Shape::ENTITY).unwrap(), at, &value);
        if let Ok(other) = op::decode(sample.id, &spoiled.encode(), bytes.personal.as_deref())
            && let Ok(again) = op::encode(&other)
        {
            prop_assert!(op::decode(sample.id, &again.facts, again.personal.as_deref()) == Ok(other));
        }
    }

    #[test]
    fn any_record_is_refused_or_read(kind in 0u8..30, key: i64, record in common::record()) {
        let _ = row::decode(kind, key, &record.encode());
        let _ = op::decode(OpId(samples::id(1, 1)), &record.encode(), Some(&record.encode()));
    }

    #[test]
    fn a_sale_comes_back(gross in 0i64..1 << 50, seconds in 0i64..3_600, who in 1i64..1 << 39, parts: [i64; 5]) {
        let [cash, card, other, certificate, points] = parts;
        let mut op = samples::sale(OpId(samples::id(2, 9)), samples::customer(who), gross, seconds);
        let bytes = op::encode(&op).unwrap();
        prop_assert!(op::decode(op.id, &bytes.facts, None).as_ref() == Ok(&op));
        if let Fact::Sale(sale) = &mut op.facts[0] {
            sale.parts = samples::paid(cash, card, other, certificate, points);
        }
        let bytes = op::encode(&op).unwrap();
        prop_assert!(op::decode(op.id, &bytes.facts, None) == Ok(op));
    }
}
