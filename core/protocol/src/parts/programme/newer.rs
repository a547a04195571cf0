//! Instruments of a newer version (L12, sync §9): what is read of them, and their bytes as they came.
//!
//! An instrument whose kind, values or limits this version does not know becomes one without terms. One with fields beside
//! those that are known is read, and its record is kept: when it is edited here, the edit goes into that record, field by
//! field, and what is not known stays.

use std::collections::BTreeSet;

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::programme::{Instrument, Newer, Programme, ProgrammeError, Terms};

use super::{ID, NAME, known_record, read_instrument};
use crate::WireError;
use crate::fields::{Record, Shape, Value};
use crate::parts::programme::rules::read_rules;

/// The instrument of a record; only its number must be readable.
pub(super) fn read(record: &Record) -> Result<Instrument, WireError> {
    let id = InstrumentId(record.int(ID)?);
    let of = match read_instrument(record).ok().filter(|of| of.check().is_ok()) {
        Some(of) => of,
        None => unread(id, record),
    };
    let whole = of.is_read() && known_record(&of) == *record;
    let newer = (!whole).then(|| Newer::new(record.encode()));
    Ok(Instrument { newer, ..of })
}

/// What can be said of an instrument whose terms can't be read: its name, and where and when it works.
fn unread(id: InstrumentId, record: &Record) -> Instrument {
    let name = record.text(NAME).unwrap_or_default();
    Instrument {
        rules: read_rules(record).unwrap_or_default(),
        ..Instrument::plain(id, name, Terms::Newer)
    }
}

/// The programme of these instruments; those that don't stand beside the others by this version's rules lose their terms
/// here. None where the numbers themselves are wrong.
pub(super) fn publish(version: ProgrammeVersion, mut all: Vec<Instrument>) -> Option<Programme> {
    // Each turn takes one instrument's terms away.
    for _ in 0..=all.len() {
        let wrong = match Programme::publish(version, all.clone()) {
            Ok(programme) => return Some(programme),
            Err(error) => instrument_of(error)?,
        };
        let of = all.iter_mut().find(|of| of.id.0 == wrong && of.is_read())?;
        let newer = of.newer.take();
        let newer = newer.unwrap_or_else(|| Newer::new(known_record(of).encode()));
        (of.terms, of.newer) = (Terms::Newer, Some(newer));
    }
    None
}

/// Which instrument keeps a version from being published, if it is one.
const fn instrument_of(error: ProgrammeError) -> Option<u32> {
    match error {
        ProgrammeError::Ids | ProgrammeError::Name => None,
        ProgrammeError::Range(id)
        | ProgrammeError::Share(id)
        | ProgrammeError::List(id)
        | ProgrammeError::Days(id)
        | ProgrammeError::CarriedIsDown(id)
        | ProgrammeError::Refers(id)
        | ProgrammeError::SameCode(id)
        | ProgrammeError::GiftCycle(id)
        | ProgrammeError::NotForThis(id)
        | ProgrammeError::TooNew(id)
        | ProgrammeError::Family(id) => Some(id),
    }
}

/// The record of an instrument that is not read whole: as it came, with what was changed here.
pub(super) fn record(of: &Instrument, kept: &Newer) -> Record {
    let known = known_record(of);
    let Ok(came) = Record::decode(kept.bytes(), Shape::ENTITY) else {
        return known;
    };
    match read_instrument(&came) {
        Ok(read) if of.is_read() => merged(&came, &known_record(&read), &known),
        _ => came,
    }
}

/// `came` with the changes from `before` to `after`, which hold only what is known of it.
fn merged(came: &Record, before: &Record, after: &Record) -> Record {
    let mut made = came.clone();
    let tags = before.fields().chain(after.fields()).map(|(tag, _)| tag);
    for tag in tags.collect::<BTreeSet<_>>() {
        if before.get(tag) != after.get(tag) {
            made.put_opt(tag, value(came.get(tag), before.get(tag), after.get(tag)));
        }
    }
    made
}

fn value(came: Option<&Value>, before: Option<&Value>, after: Option<&Value>) -> Option<Value> {
    let each = |((came, before), after)| value(Some(came), Some(before), Some(after));
    match (came, before, after) {
        (Some(Value::Record(came)), Some(Value::Record(before)), Some(Value::Record(after))) => {
            Some(Value::Record(merged(came, before, after)))
        }
        (Some(Value::List(came)), Some(Value::List(before)), Some(Value::List(after)))
            if came.len() == before.len() && before.len() == after.len() =>
        {
            let items = came.iter().zip(before).zip(after).map(each);
            items.collect::<Option<Vec<_>>>().map(Value::List)
        }
        (Some(came), Some(before), Some(after)) if before == after => Some(came.clone()),
        // A record that says nothing any more to this version may still say something to a newer one.
        (Some(Value::Record(came)), Some(Value::Record(before)), None) => {
            let left = merged(came, before, &Record::new());
            (!left.is_empty()).then_some(Value::Record(left))
        }
        _ => after.cloned(),
    }
}
