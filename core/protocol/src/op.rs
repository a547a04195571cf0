//! Ops between the domain's types and their bytes: a facts section and a personal one (sync §2).
//!
//! The bytes of an op are made once, at its commit, and never again: chain, signature and every later
//! copy are over these bytes. An op's number is not in them; its place in the device's chain says it.

mod facts;

use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{
    BirthMark, Epoch, Id, OpId, OperatorId, OutletId, ProgrammeVersion, RequestMark, Seq,
};
use kartka_domain::op::{Fact, Op, OpTime, Seen};

use crate::error::{Measure, within};
use crate::fields::{Record, Shape, Value};
use crate::parts::{id, put_group, put_moment, read_group, read_moment};
use crate::{WireError, limits};

mod tag {
    pub(super) const REQUEST: u16 = 1;
    pub(super) const OPERATOR: u16 = 2;
    pub(super) const OUTLET: u16 = 3;
    pub(super) const PROGRAMME: u16 = 4;
    pub(super) const AT: u16 = 5;
    pub(super) const AHEAD: u16 = 6;
    pub(super) const BOOT: u16 = 7;
    /// Wall clock less monotonic clock: the same for a whole boot.
    pub(super) const BOOTED_AT: u16 = 8;
    pub(super) const SEEN_EPOCH: u16 = 9;
    pub(super) const SEEN_RANDOM: u16 = 10;
    /// Absent = nothing.
    pub(super) const SEEN: u16 = 11;
    pub(super) const MARKS: u16 = 12;
    /// Absent = this is its first number.
    pub(super) const BORN: u16 = 13;
    /// The entries, in the order of their numbers.
    pub(crate) const ENTRIES: u16 = 23;
}

mod mark {
    pub(super) const ID: u16 = 1;
    pub(super) const MARK: u16 = 2;
}

pub(crate) use facts::KIND;
pub(crate) use tag::ENTRIES;

/// An op's two sections as bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct OpBytes {
    /// Everything but personal data.
    pub facts: Vec<u8>,
    /// Names, numbers, texts; nothing when the op has none.
    pub personal: Option<Vec<u8>>,
}

impl std::fmt::Debug for OpBytes {
    /// Says how large, never what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "OpBytes({} + {})",
            self.facts.len(),
            self.personal.as_ref().map_or(0, Vec::len)
        )
    }
}

/// The bytes of an op.
///
/// # Errors
/// [`WireError::TooLarge`] or another [`WireError`] for an op that no reader would accept; it must not
/// be committed.
pub fn encode(op: &Op) -> Result<OpBytes, WireError> {
    let facts = facts_record(op).encode_open();
    Record::decode(&facts, Shape::ENTITY)?;
    within(Measure::Entries, op.facts.len(), limits::OP_ENTRIES)?;
    let personal = personal_record(op).map(|record| record.encode());
    if let Some(personal) = &personal {
        Record::decode(personal, Shape::ENTITY)?;
    }
    within(
        Measure::Op,
        facts.len() + personal.as_ref().map_or(0, Vec::len),
        limits::OP,
    )?;
    Ok(OpBytes { facts, personal })
}

/// The op with the number `id`; without its personal section the names and numbers are missing.
///
/// # Errors
/// Any [`WireError`] that says why the bytes are no op, or one that is newer than this code.
pub fn decode(id: OpId, facts: &[u8], personal: Option<&[u8]>) -> Result<Op, WireError> {
    within(
        Measure::Op,
        facts.len() + personal.map_or(0, <[u8]>::len),
        limits::OP,
    )?;
    let r = Record::decode(facts, Shape::ENTITY)?;
    let wall = read_moment(&r, tag::AT, tag::AHEAD)?;
    let entries = read_entries(&r, wall.date)?;
    let places = entries.len();
    Ok(Op {
        id,
        request: RequestMark(r.array(tag::REQUEST)?),
        operator: OperatorId(r.int(tag::OPERATOR)?),
        outlet: OutletId(r.int(tag::OUTLET)?),
        programme: ProgrammeVersion(r.int(tag::PROGRAMME)?),
        time: OpTime {
            boot: r.int_or::<i64>(tag::BOOT, 0)?.cast_unsigned(),
            monotonic_ms: wall.instant_ms.wrapping_sub(r.int(tag::BOOTED_AT)?),
            wall,
        },
        seen: Seen {
            epoch: Epoch {
                number: r.int::<i64>(tag::SEEN_EPOCH)?.cast_unsigned(),
                random: r.int::<i64>(tag::SEEN_RANDOM)?.cast_unsigned(),
            },
            seq: Seq(r.int_or(tag::SEEN, 0)?),
        },
        marks: r
            .records(tag::MARKS)?
            .into_iter()
            .map(read_mark)
            .collect::<Result<_, _>>()?,
        born: r.opt_record(tag::BORN)?.map(read_mark).transpose()?,
        facts: entries,
        personal: personal.map_or(Ok(Vec::new()), |bytes| read_personal(bytes, places))?,
    })
}

fn facts_record(op: &Op) -> Record {
    let mut r = Record::new();
    r.put(tag::REQUEST, op.request.0);
    r.put(tag::OPERATOR, op.operator.0);
    r.put(tag::OUTLET, op.outlet.0);
    r.put(tag::PROGRAMME, op.programme.0);
    put_moment(&mut r, tag::AT, tag::AHEAD, op.time.wall);
    r.put_unless(tag::BOOT, op.time.boot.cast_signed(), 0);
    r.put(
        tag::BOOTED_AT,
        op.time.wall.instant_ms.wrapping_sub(op.time.monotonic_ms),
    );
    r.put(tag::SEEN_EPOCH, op.seen.epoch.number.cast_signed());
    r.put(tag::SEEN_RANDOM, op.seen.epoch.random.cast_signed());
    r.put_unless(tag::SEEN, op.seen.seq.0, 0);
    r.put_records(
        tag::MARKS,
        op.marks.iter().map(|(id, mark)| mark_record(*id, *mark)),
    );
    r.put_opt(tag::BORN, op.born.map(|(id, mark)| mark_record(id, mark)));
    let mut sold_to = None;
    let entries = op.facts.iter().map(|fact| {
        let entry = facts::entry_record(fact, op.time.wall.date, sold_to);
        if let Fact::Sale(sale) = fact {
            sold_to = sale.customer;
        }
        entry.open()
    });
    r.put_records(tag::ENTRIES, entries);
    r
}

fn read_entries(r: &Record, date: kartka_domain::moment::Date) -> Result<Vec<Fact>, WireError> {
    let records = r.records(tag::ENTRIES)?;
    if records.is_empty() {
        return Err(WireError::Missing(tag::ENTRIES));
    }
    within(Measure::Entries, records.len(), limits::OP_ENTRIES)?;
    let mut sold_to = None;
    let mut facts = Vec::with_capacity(records.len());
    for record in records {
        let fact = facts::read_entry(record, date, sold_to)?;
        if let Fact::Sale(sale) = &fact {
            sold_to = sale.customer;
        }
        facts.push(fact);
    }
    Ok(facts)
}

fn mark_record(id: Id, mark: BirthMark) -> Record {
    let mut r = Record::new();
    r.put(mark::ID, id.get());
    r.put(mark::MARK, mark.0);
    r
}

fn read_mark(r: &Record) -> Result<(Id, BirthMark), WireError> {
    Ok((id(r, mark::ID, Id::new)?, BirthMark(r.array(mark::MARK)?)))
}

/// Groups under the place of their entry.
fn personal_record(op: &Op) -> Option<Record> {
    if op.personal.is_empty() {
        return None;
    }
    let mut r = Record::new();
    for (place, groups) in &op.personal {
        let groups = groups.iter().map(|group| {
            let mut r = Record::new();
            put_group(&mut r, group);
            Value::Record(r.open())
        });
        r.put(u16::from(*place), groups.collect::<Vec<_>>());
    }
    Some(r)
}

fn read_personal(bytes: &[u8], places: usize) -> Result<Vec<(u8, Vec<ProfileGroup>)>, WireError> {
    let r = Record::decode(bytes, Shape::ENTITY)?;
    let mut personal = Vec::new();
    for (tag, _) in r.fields() {
        let place = u8::try_from(tag).map_err(|_| WireError::OutOfRange(tag))?;
        if usize::from(place) >= places {
            return Err(WireError::OutOfRange(tag));
        }
        let groups = r.records(tag)?.into_iter().map(read_group);
        let known = groups
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        personal.push((place, known));
    }
    Ok(personal)
}
