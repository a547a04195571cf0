//! A list of records as columns, and back.

use std::collections::BTreeMap;

use super::ints::{Ints, write_ints};
use crate::WireError;
use crate::cbor::{self, Item, Reader};
use crate::error::{Measure, within};
use crate::fields::Shape;
use crate::limits;
use crate::varint::{self, Bytes};

/// Columns of one table: the fields of all its rows together.
const COLUMNS: usize = 2 * limits::FIELDS;

/// What a column holds, and whether every row has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ints,
    Items,
    Dictionary,
}

/// A kind's place is its byte on the wire; a column that some rows lack adds [`GAPS`].
const KINDS: [Kind; 3] = [Kind::Ints, Kind::Items, Kind::Dictionary];
const GAPS: u8 = 0x80;

/// One field of all rows, while it is collected.
struct Gathered<'a> {
    tag: u16,
    rows: Vec<usize>,
    items: Vec<(Item<'a>, &'a [u8])>,
}

/// Appends records as columns; `ids` are those of the rows, one for each record.
pub(crate) fn write_table(
    out: &mut Vec<u8>,
    records: &[&[u8]],
    ids: &[i64],
) -> Result<(), WireError> {
    let columns = gather(records)?;
    within(Measure::Fields, columns.len(), COLUMNS)?;
    varint::put_len(out, columns.len());
    let (numbers, others): (Vec<_>, Vec<_>) = columns.iter().partition(|c| c.ints().is_some());
    for column in numbers.into_iter().chain(others) {
        column.write(out, records.len(), ids);
    }
    Ok(())
}

fn gather<'a>(records: &[&'a [u8]]) -> Result<Vec<Gathered<'a>>, WireError> {
    let mut columns: Vec<Gathered<'a>> = Vec::new();
    for (row, record) in records.iter().enumerate() {
        let mut reader = Reader::new(record, Shape::ENTITY.bounds());
        let count = reader.fields()?;
        let (mut last, mut at) = (None, 0);
        for _ in 0..count {
            let tag = reader.tag(last)?;
            at += columns[at..].iter().take_while(|c| c.tag < tag).count();
            if columns.get(at).is_none_or(|c| c.tag != tag) {
                columns.insert(
                    at,
                    Gathered {
                        tag,
                        rows: Vec::new(),
                        items: Vec::new(),
                    },
                );
            }
            columns[at].rows.push(row);
            columns[at].items.push(reader.raw(1)?);
            last = Some(tag);
        }
        reader.end()?;
    }
    Ok(columns)
}

impl Gathered<'_> {
    /// The values, if all are numbers.
    fn ints(&self) -> Option<Vec<i64>> {
        let int = |(item, _): &(Item<'_>, _)| match item {
            Item::Int(value) => Some(*value),
            _ => None,
        };
        self.items.iter().map(int).collect()
    }

    fn write(&self, out: &mut Vec<u8>, rows: usize, ids: &[i64]) {
        varint::put(out, u64::from(self.tag));
        let gaps = if self.rows.len() < rows { GAPS } else { 0 };
        let ids: Vec<i64> = self.rows.iter().map(|row| ids[*row]).collect();
        if let Some(values) = self.ints() {
            self.head(out, Kind::Ints, gaps, rows);
            write_ints(out, &values, &ids);
            return;
        }
        let (distinct, places) = self.distinct();
        if distinct.len() * 2 <= self.items.len() {
            self.head(out, Kind::Dictionary, gaps, rows);
            varint::put_len(out, distinct.len());
            distinct.iter().for_each(|item| out.extend_from_slice(item));
            write_ints(out, &places, &ids);
        } else {
            self.head(out, Kind::Items, gaps, rows);
            self.items
                .iter()
                .for_each(|(_, raw)| out.extend_from_slice(raw));
        }
    }

    fn head(&self, out: &mut Vec<u8>, kind: Kind, gaps: u8, rows: usize) {
        let code = KINDS.iter().position(|k| *k == kind).unwrap_or(0);
        out.push(code as u8 | gaps);
        if gaps == 0 {
            return;
        }
        let start = out.len();
        out.resize(start + rows.div_ceil(8), 0);
        for row in &self.rows {
            out[start + row / 8] |= 1 << (row % 8);
        }
    }

    /// The different items in the order they come up, and which of them each row has.
    fn distinct(&self) -> (Vec<&[u8]>, Vec<i64>) {
        let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
        let mut distinct = Vec::new();
        let mut places = Vec::with_capacity(self.items.len());
        for (_, raw) in &self.items {
            let next = distinct.len();
            let place = *seen.entry(raw).or_insert_with(|| {
                distinct.push(*raw);
                next
            });
            places.push(place as i64);
        }
        (distinct, places)
    }
}

/// A table as read; its records come out in order, one after the other.
pub(crate) struct Table<'a> {
    columns: Vec<Column<'a>>,
    row: usize,
}

struct Column<'a> {
    tag: u16,
    /// One bit per row, or nothing when every row has the field.
    present: Option<&'a [u8]>,
    values: Values<'a>,
    next: usize,
}

enum Values<'a> {
    Ints(Ints),
    Items(Vec<&'a [u8]>),
    Dictionary(Vec<&'a [u8]>, Ints),
}

impl<'a> Table<'a> {
    /// Reads the columns of `rows` records whose rows have these ids.
    pub(crate) fn read(
        bytes: &mut Bytes<'a>,
        rows: usize,
        ids: &dyn Fn(usize) -> i64,
    ) -> Result<Self, WireError> {
        let count = within(Measure::Fields, bytes.count()?, COLUMNS)?;
        let mut columns = Vec::with_capacity(count);
        for _ in 0..count {
            columns.push(Column::read(bytes, rows, ids)?);
        }
        columns.sort_by_key(|c| c.tag);
        if columns.windows(2).any(|pair| pair[0].tag == pair[1].tag) {
            return Err(WireError::Columns);
        }
        Ok(Self { columns, row: 0 })
    }

    /// Appends the next record's canonical bytes, with one more field if `extra` names it.
    pub(crate) fn next_into(
        &mut self,
        out: &mut Vec<u8>,
        extra: Option<(u16, &[u8])>,
    ) -> Result<(), WireError> {
        let row = self.row;
        self.row += 1;
        let present = self.columns.iter().filter(|c| c.has(row)).count();
        let fields = within(
            Measure::Fields,
            present + usize::from(extra.is_some()),
            limits::FIELDS,
        )?;
        cbor::put_record(out, fields);
        let mut extra = extra;
        for column in self.columns.iter_mut().filter(|c| c.has(row)) {
            if let Some((tag, item)) = extra.take_if(|(tag, _)| *tag <= column.tag) {
                if tag == column.tag {
                    return Err(WireError::Columns);
                }
                put_field(out, tag, item);
            }
            column.next_into(out)?;
        }
        if let Some((tag, item)) = extra {
            put_field(out, tag, item);
        }
        Ok(())
    }
}

fn put_field(out: &mut Vec<u8>, tag: u16, item: &[u8]) {
    cbor::put_int(out, i64::from(tag));
    out.extend_from_slice(item);
}

impl<'a> Column<'a> {
    fn read(
        bytes: &mut Bytes<'a>,
        rows: usize,
        ids: &dyn Fn(usize) -> i64,
    ) -> Result<Self, WireError> {
        let tag = u16::try_from(bytes.unsigned()?).map_err(|_| WireError::Columns)?;
        let code = bytes.byte()?;
        let kind = *KINDS
            .get(usize::from(code & !GAPS))
            .ok_or(WireError::Columns)?;
        let present = if code & GAPS == 0 {
            None
        } else {
            Some(bytes.take(rows.div_ceil(8))?)
        };
        let places: Vec<usize> = match present {
            None => Vec::new(),
            Some(bits) => (0..rows).filter(|row| bit(bits, *row)).collect(),
        };
        let count = if present.is_some() {
            places.len()
        } else {
            rows
        };
        let id_of = |index: usize| {
            ids(if present.is_some() {
                places[index]
            } else {
                index
            })
        };
        let values = match kind {
            Kind::Ints => Values::Ints(Ints::read(bytes, count, id_of)?),
            Kind::Items => Values::Items(read_items(bytes, count)?),
            Kind::Dictionary => {
                let distinct = bytes.count()?;
                let distinct = read_items(bytes, distinct)?;
                Values::Dictionary(distinct, Ints::read(bytes, count, id_of)?)
            }
        };
        Ok(Self {
            tag,
            present,
            values,
            next: 0,
        })
    }

    fn has(&self, row: usize) -> bool {
        self.present.is_none_or(|bits| bit(bits, row))
    }

    fn next_into(&mut self, out: &mut Vec<u8>) -> Result<(), WireError> {
        let index = self.next;
        self.next += 1;
        cbor::put_int(out, i64::from(self.tag));
        match &self.values {
            Values::Ints(ints) => cbor::put_int(out, ints.at(index).ok_or(WireError::Columns)?),
            Values::Items(items) => {
                out.extend_from_slice(items.get(index).ok_or(WireError::Columns)?)
            }
            Values::Dictionary(distinct, places) => {
                let place = places
                    .at(index)
                    .and_then(|place| usize::try_from(place).ok());
                let item = place
                    .and_then(|place| distinct.get(place))
                    .ok_or(WireError::Columns)?;
                out.extend_from_slice(item);
            }
        }
        Ok(())
    }
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits.get(row / 8)
        .is_some_and(|byte| byte >> (row % 8) & 1 == 1)
}

/// Canonical values, one after the other.
fn read_items<'a>(bytes: &mut Bytes<'a>, count: usize) -> Result<Vec<&'a [u8]>, WireError> {
    if count > bytes.rest().len() {
        return Err(WireError::Truncated);
    }
    let mut reader = Reader::new(bytes.rest(), Shape::ENTITY.bounds());
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        items.push(reader.raw(1)?.1);
    }
    bytes.take(reader.position())?;
    Ok(items)
}
