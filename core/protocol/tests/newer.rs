//! Programmes and words of a newer version: read as far as they are known, kept and passed on byte for byte (L12).
#![allow(clippy::unwrap_used)]

mod common;

use common::{office, samples};
use kartka_domain::codes::Code;
use kartka_domain::ids::{InstrumentId, ProgrammeVersion, Seq};
use kartka_domain::money::{Money, Stamps};
use kartka_domain::programme::{Instrument, Programme, Terms};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::row;
use kartka_protocol::rows::WireRow;
use kartka_protocol::{Measure, WireError, limits};
use proptest::prelude::*;

/// Where a programme's row holds its instruments, and what every instrument's record has.
const INSTRUMENTS: u16 = 1;
const ID: u16 = 1;
const NAME: u16 = 2;
const KIND: u16 = 3;
const RATE: u16 = 4;
const MORE_REWARDS: u16 = 36;
const SCOPE: u16 = 50;
/// A number that no version has given out.
const UNKNOWN: u16 = 9_000;

/// Every programme among the samples, with all kinds and options.
fn programmes() -> Vec<Programme> {
    let rows = [samples::rows(), office::rows()].concat();
    rows.into_iter()
        .filter_map(|(_, row)| match row {
            Row::Programme(programme) => Some(programme),
            _ => None,
        })
        .collect()
}

fn records(programme: &Programme) -> Vec<Record> {
    let wire = WireRow::of(&Row::Programme(programme.clone()), Seq(1));
    let record = Record::decode(&wire.record, Shape::ENTITY).unwrap();
    record
        .records(INSTRUMENTS)
        .unwrap()
        .into_iter()
        .cloned()
        .collect()
}

fn bytes(instruments: &[Record]) -> Vec<u8> {
    let mut record = Record::new();
    record.put_records(INSTRUMENTS, instruments.to_vec());
    record.encode()
}

fn read(bytes: &[u8]) -> Result<Programme, WireError> {
    match row::decode(RowKind::Programme as u8, 3, bytes)? {
        Row::Programme(programme) => Ok(programme),
        _ => unreachable!(),
    }
}

fn written(programme: &Programme) -> Vec<u8> {
    WireRow::of(&Row::Programme(programme.clone()), Seq(1)).record
}

#[test]
fn an_instrument_of_an_unknown_kind_is_kept_byte_for_byte_and_the_others_are_read() {
    for programme in programmes() {
        let all = records(&programme);
        for place in 0..all.len() {
            let mut news = all.clone();
            news[place].put(KIND, 901_i64);
            news[place].put(UNKNOWN, "as it came");
            let sent = bytes(&news);
            let came = read(&sent).unwrap();
            assert_eq!(written(&came), sent, "passed on");
            for (at, (is, was)) in came
                .instruments()
                .iter()
                .zip(programme.instruments())
                .enumerate()
            {
                if at == place {
                    assert_eq!((is.id, &is.name), (was.id, &was.name));
                    assert_eq!((&is.terms, &is.rules), (&Terms::Newer, &was.rules));
                } else if is.is_read() {
                    assert_eq!(is, was);
                }
            }
        }
    }
}

/// What a newer version may say where this one knows the field: another value, a longer list, a higher limit.
#[test]
fn values_that_are_not_known_make_an_instrument_unread_and_lose_nothing() {
    let broken = |change: &dyn Fn(&mut Record)| {
        let mut all = records(&samples::programme());
        change(&mut all[0]);
        let sent = bytes(&all);
        let came = read(&sent).unwrap();
        assert_eq!(written(&came), sent);
        came.instruments()[0].is_read()
    };
    type Change = (&'static str, fn(&mut Record));
    let changes: [Change; 7] = [
        ("a rounding of a new sort", |r| r.put(6, 77_i64)),
        ("a rate above our most", |r| r.put(RATE, 40_000_i64)),
        ("a number that became a text", |r| r.put(RATE, "5 %")),
        ("no name", |r| r.remove(NAME)),
        ("a name longer than ours may be", |r| {
            r.put(NAME, "x".repeat(200));
        }),
        ("no kind", |r| r.remove(KIND)),
        ("outlets that don't ascend", |r| {
            let mut scope = Record::new();
            scope.put(1, vec![Value::Int(2), Value::Int(1)]);
            r.put(SCOPE, scope);
        }),
    ];
    for (what, change) in changes {
        assert!(!broken(&change), "{what}");
    }
    assert!(broken(&|_| {}), "unchanged it is read");
}

#[test]
fn a_rule_that_refers_to_what_this_version_does_not_see_is_unread_too() {
    let programme = samples::programme();
    let mut all = records(&programme);
    let mut scope = Record::new();
    scope.put(4, vec![Value::Int(2), Value::Int(4_000)]);
    all[0].put(SCOPE, scope);
    let sent = bytes(&all);
    let came = read(&sent).unwrap();
    assert!(!came.instruments()[0].is_read());
    assert_eq!(written(&came), sent);
}

#[test]
fn numbers_that_are_no_numbers_make_no_programme() {
    let all = records(&samples::programme());
    let twice = [all.clone(), all.clone()].concat();
    let mut nobody = all.clone();
    nobody[0].remove(ID);
    let mut zero = all;
    zero[0].put(ID, 0_i64);
    for wrong in [twice, nobody, zero] {
        assert!(read(&bytes(&wrong)).is_err());
    }
}

/// An older phone edits what it knows of an instrument; what it does not know stays where it was.
#[test]
fn an_edit_by_an_older_version_goes_between_the_fields_that_it_does_not_know() {
    let mut all = records(&samples::programme());
    let mut scope = Record::new();
    scope.put(1, vec![Value::Int(1)]);
    scope.put(UNKNOWN, 5_i64);
    all[0].put(SCOPE, scope);
    all[0].put(UNKNOWN, "kept");
    let came = read(&bytes(&all)).unwrap();
    let [first, rest @ ..] = came.instruments() else {
        unreachable!()
    };
    assert!(first.is_read() && !first.is_read_whole());
    assert!(rest.iter().all(Instrument::is_read_whole));

    let mut edited = first.clone();
    edited.name = "Points".to_owned();
    edited.rules.scope.outlets.clear();
    if let Terms::Bonus(card) = &mut edited.terms {
        card.rate = 321;
    }
    let next = came.next([vec![edited], rest.to_vec()].concat()).unwrap();
    let mut want = all[0].clone();
    want.put(NAME, "Points");
    want.put(RATE, 321_i64);
    let mut scope = Record::new();
    scope.put(UNKNOWN, 5_i64);
    want.put(SCOPE, scope);
    let sent = records(&next);
    assert_eq!((&sent[0], &sent[1..]), (&want, &all[1..]));
    let again = read(&written(&next)).unwrap();
    assert_eq!(again.instruments()[0].name, "Points");
}

#[test]
fn fields_inside_a_list_that_keeps_its_length_stay() {
    let card = |size, values: &[i64]| {
        let mut card = kartka_domain::programme::StampCard::plain(
            kartka_domain::programme::StampFor::Visit,
            Stamps(size),
            Money(100),
        );
        card.rewards
            .extend(values.iter().map(|value| kartka_domain::programme::Reward {
                stamps: Stamps(*value),
                value: Money(*value),
                gift: None,
            }));
        Instrument::plain(InstrumentId(5), "Stamps", Terms::Stamps(card))
    };
    let made = Programme::publish(ProgrammeVersion(3), vec![card(5, &[10, 20])]).unwrap();
    let mut all = records(&made);
    let mut rewards = all[0].list(MORE_REWARDS).unwrap().to_vec();
    let Value::Record(second) = &mut rewards[1] else {
        unreachable!()
    };
    second.put(UNKNOWN, 1_i64);
    all[0].put(MORE_REWARDS, rewards);
    let came = read(&bytes(&all)).unwrap();
    let next = came.next(vec![card(5, &[11, 20])]).unwrap();
    let sent = records(&next);
    let rewards = sent[0].records(MORE_REWARDS).unwrap();
    assert_eq!(rewards[0].int::<i64>(1), Ok(11));
    assert_eq!(rewards[1].int::<i64>(UNKNOWN), Ok(1));
}

#[test]
fn a_word_of_a_newer_version_does_not_hide_what_it_stands_beside() {
    let rows = [samples::rows(), office::rows()].concat();
    let (name, flagged) = rows
        .into_iter()
        .find(|(name, _)| *name == "flagged-purchase")
        .unwrap();
    let wire = WireRow::of(&flagged, Seq(1));
    let mut record = Record::decode(&wire.record, Shape::ENTITY).unwrap();
    record.put(21, vec![Value::Int(40_000), Value::Int(1), Value::Int(2)]);
    let Ok(Row::Purchase(read)) = row::decode(wire.kind, wire.id, &record.encode()) else {
        panic!("{name} is read");
    };
    assert_eq!(read.flags[0], Code::NewerWord { number: 40_000 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever fields a newer version adds, anywhere at the top of an instrument: what comes out is what came in.
    #[test]
    fn any_newer_fields_pass_through(places in proptest::collection::vec((0_usize..64, 1_u16..300, -5_i64..70_000), 1..6)) {
        for programme in programmes() {
            let mut all = records(&programme);
            for (place, tag, value) in &places {
                let count = all.len();
                if *tag != ID {
                    all[place % count].put(*tag, *value);
                }
            }
            let sent = bytes(&all);
            let came = read(&sent).unwrap();
            prop_assert_eq!(came.instruments().len(), all.len());
            prop_assert_eq!(written(&came), sent);
        }
    }
}

/// What a newer version wrote beside the known fields is kept up to its limit, and what is larger is no row.
#[test]
fn the_kept_fields_of_a_shop_its_outlets_staff_and_roles_are_bounded() {
    let kinds = [
        RowKind::Business,
        RowKind::Outlet,
        RowKind::Operator,
        RowKind::Role,
    ];
    for kind in kinds {
        let all = [samples::rows(), office::rows()].concat();
        let (_, row) = all.into_iter().find(|(_, row)| row.kind() == kind).unwrap();
        let wire = WireRow::of(&row, Seq(1));
        let with = |bytes: usize| {
            let mut record = Record::decode(&wire.record, Shape::ENTITY).unwrap();
            // The head of the record, the field's number, and the heads of two strings.
            record.put(UNKNOWN, vec![7; bytes - 7]);
            row::decode(kind as u8, row.key(), &record.encode())
        };
        assert!(with(limits::NEWER).is_ok(), "{kind:?}");
        let beyond = WireError::TooLarge {
            what: Measure::Record,
            size: limits::NEWER + 1,
            limit: limits::NEWER,
        };
        assert_eq!(with(limits::NEWER + 1).err(), Some(beyond), "{kind:?}");
    }
}
