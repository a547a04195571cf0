//! The facts of a batch's ops as columns: one table of the ops, one of the entries of each kind.
//!
//! Knows of an op's fields only two: under which number its entries lie, and that an entry's kind is
//! its field 1; and the second only to put like things together. The exact bytes come out again.

use std::collections::BTreeMap;

use kartka_domain::ids::OpId;

use crate::WireError;
use crate::cbor::{self, Item, Reader};
use crate::columns::{Ints, Table, write_ints, write_table};
use crate::error::{Measure, within};
use crate::fields::Shape;
use crate::limits;
use crate::op::{ENTRIES, KIND};
use crate::varint::{self, Bytes};

/// The format this code writes.
const VERSION: u8 = 1;
/// Tables of entries: kinds that occur in one batch.
const GROUPS: usize = 64;

/// An op taken apart.
struct Parts<'a> {
    /// Its record without the entries.
    header: Vec<u8>,
    /// The kind of each entry (or −1) and its record.
    entries: Vec<(i64, &'a [u8])>,
}

/// Facts sections as columns, and how many entries they have in all.
pub(super) fn write(first: OpId, sections: &[&[u8]]) -> Result<(Vec<u8>, usize), WireError> {
    let ops = sections
        .iter()
        .map(|section| take_apart(section))
        .collect::<Result<Vec<_>, _>>()?;
    let counts: Vec<i64> = ops.iter().map(|op| op.entries.len() as i64).collect();
    let mut number = first.get();
    let (mut op_ids, mut kinds) = (Vec::new(), Vec::new());
    let mut groups: BTreeMap<i64, (Vec<&[u8]>, Vec<i64>)> = BTreeMap::new();
    for op in &ops {
        op_ids.push(number);
        for (kind, record) in &op.entries {
            let (records, ids) = groups.entry(*kind).or_default();
            records.push(record);
            ids.push(number);
            kinds.push(*kind);
            number += 1;
        }
    }
    within(Measure::Entries, groups.len(), GROUPS)?;
    let places: Vec<i64> = kinds
        .iter()
        .map(|kind| groups.keys().position(|k| k == kind).unwrap_or(0) as i64)
        .collect();
    let mut out = vec![VERSION];
    varint::put_len(&mut out, ops.len());
    write_ints(&mut out, &counts, &vec![0; counts.len()]);
    varint::put_len(&mut out, groups.len());
    write_ints(&mut out, &places, &vec![0; places.len()]);
    let headers: Vec<&[u8]> = ops.iter().map(|op| op.header.as_slice()).collect();
    write_table(&mut out, &headers, &op_ids)?;
    for (records, ids) in groups.values() {
        write_table(&mut out, records, ids)?;
    }
    Ok((out, kinds.len()))
}

fn take_apart(section: &[u8]) -> Result<Parts<'_>, WireError> {
    let mut reader = Reader::new(section, Shape::ENTITY.bounds());
    let count = reader.fields()?;
    let mut header = Vec::with_capacity(section.len());
    let mut entries = Vec::new();
    let mut last = None;
    cbor::put_record(&mut header, count.saturating_sub(1));
    for _ in 0..count {
        let tag = reader.tag(last)?;
        last = Some(tag);
        if tag == ENTRIES {
            entries = read_entries(&mut reader)?;
        } else {
            cbor::put_int(&mut header, i64::from(tag));
            header.extend_from_slice(reader.raw(1)?.1);
        }
    }
    reader.end()?;
    if entries.is_empty() {
        return Err(WireError::Missing(ENTRIES));
    }
    Ok(Parts { header, entries })
}

fn read_entries<'a>(reader: &mut Reader<'a>) -> Result<Vec<(i64, &'a [u8])>, WireError> {
    let Item::List(count) = reader.item()? else {
        return Err(WireError::WrongType(ENTRIES));
    };
    within(Measure::Entries, count, limits::OP_ENTRIES)?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let (item, raw) = reader.raw(2)?;
        let Item::Record(fields) = item else {
            return Err(WireError::WrongType(ENTRIES));
        };
        entries.push((kind_of(raw, fields)?, raw));
    }
    Ok(entries)
}

/// The entry's kind; −1 when it says none.
fn kind_of(entry: &[u8], fields: usize) -> Result<i64, WireError> {
    let mut reader = Reader::new(entry, Shape::ENTITY.bounds());
    reader.fields()?;
    let mut last = None;
    for _ in 0..fields {
        let tag = reader.tag(last)?;
        let item = reader.raw(1)?.0;
        match item {
            Item::Int(kind) if tag == KIND => return Ok(kind),
            _ if tag >= KIND => break,
            _ => last = Some(tag),
        }
    }
    Ok(-1)
}

/// Facts sections and their numbers of entries.
pub(super) fn read(first: OpId, columns: &[u8]) -> Result<Vec<(Vec<u8>, usize)>, WireError> {
    let mut bytes = Bytes::new(columns);
    match bytes.byte()? {
        VERSION => {}
        other => return Err(WireError::Version(other)),
    }
    let ops = within(Measure::Ops, bytes.size()?, limits::BATCH_OPS)?;
    let counts = read_counts(&mut bytes, ops)?;
    let all: usize = counts.iter().sum();
    let groups = within(Measure::Entries, bytes.size()?, GROUPS)?;
    let places = Ints::read(&mut bytes, all, |_| 0)?;
    let places: Vec<usize> = (0..all)
        .map(|i| place(&places, i, groups))
        .collect::<Result<_, _>>()?;
    let (op_ids, entry_ids) = numbers(first, &counts, &places, groups);
    let mut headers = Table::read(&mut bytes, ops, &|i| op_ids[i])?;
    let mut tables = Vec::with_capacity(groups);
    for ids in &entry_ids {
        tables.push(Table::read(&mut bytes, ids.len(), &|i| ids[i])?);
    }
    bytes.end()?;
    put_together(&mut headers, &mut tables, &counts, &places)
}

fn read_counts(bytes: &mut Bytes<'_>, ops: usize) -> Result<Vec<usize>, WireError> {
    let counts = Ints::read(bytes, ops, |_| 0)?;
    let count = |op| {
        let count = counts
            .at(op)
            .and_then(|count| usize::try_from(count).ok())
            .ok_or(WireError::Columns)?;
        if count == 0 {
            return Err(WireError::Missing(ENTRIES));
        }
        within(Measure::Entries, count, limits::OP_ENTRIES)
    };
    (0..ops).map(count).collect()
}

fn place(places: &Ints, entry: usize, groups: usize) -> Result<usize, WireError> {
    let place = places
        .at(entry)
        .and_then(|place| usize::try_from(place).ok());
    place
        .filter(|place| *place < groups)
        .ok_or(WireError::Columns)
}

/// The number of each op, and of each entry by its table.
fn numbers(
    first: OpId,
    counts: &[usize],
    places: &[usize],
    groups: usize,
) -> (Vec<i64>, Vec<Vec<i64>>) {
    let mut number = first.get();
    let mut op_ids = Vec::with_capacity(counts.len());
    let mut entry_ids = vec![Vec::new(); groups];
    let mut places = places.iter();
    for count in counts {
        op_ids.push(number);
        for place in places.by_ref().take(*count) {
            entry_ids[*place].push(number);
            number = number.wrapping_add(1);
        }
    }
    (op_ids, entry_ids)
}

fn put_together(
    headers: &mut Table<'_>,
    tables: &mut [Table<'_>],
    counts: &[usize],
    places: &[usize],
) -> Result<Vec<(Vec<u8>, usize)>, WireError> {
    let mut places = places.iter();
    let mut sections = Vec::with_capacity(counts.len());
    let mut size = 0;
    for count in counts {
        let mut entries = Vec::new();
        cbor::put_list(&mut entries, *count);
        for place in places.by_ref().take(*count) {
            tables[*place].next_into(&mut entries, None)?;
            within(Measure::Op, entries.len(), limits::OP)?;
        }
        let mut section = Vec::with_capacity(entries.len() + 64);
        headers.next_into(&mut section, Some((ENTRIES, &entries)))?;
        within(Measure::Op, section.len(), limits::OP)?;
        size = within(
            Measure::Unpacked,
            size + section.len(),
            limits::BATCH_UNPACKED,
        )?;
        sections.push((section, *count));
    }
    Ok(sections)
}
