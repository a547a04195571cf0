//! Pages: rows on their way from the authority to a phone, packed by columns (sync §4).
//!
//! A page holds every row of one scope with `from < seq ≤ to` and never ends inside a seq, so a
//! cursor that moves to `to` has missed nothing. Inside a page rows lie grouped by kind; a reader
//! applies the whole page and its cursor in one transaction, so the order between kinds carries no
//! meaning. Reading needs at most some 40 MiB whatever the bytes say: unpacked columns are limited to
//! `limits::PAGE_UNPACKED`, and so are the rows they give.

use std::collections::BTreeMap;

use kartka_domain::ids::Seq;

use crate::columns::{Ints, Table, write_ints, write_table};
use crate::error::{Measure, within};
use crate::rows::WireRow;
use crate::scope::Scope;
use crate::varint::{self, Bytes};
use crate::{WireError, limits, packing};

/// The page format this code writes.
const VERSION: u8 = 1;
/// zstd level: pages are made once and read by every phone.
const LEVEL: i32 = 3;
/// The most rows the decoded limit leaves room for.
const ROWS: usize = limits::PAGE_UNPACKED / limits::ROW_OVERHEAD;

/// A page as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Which part of the rows.
    pub scope: Scope,
    /// Rows at or below this seq are not in the page.
    pub from: Seq,
    /// Every row of the scope up to and with this seq is in the page or was before it.
    pub to: Seq,
    /// The rows, grouped by kind; within a kind as the authority sent them.
    pub rows: Vec<WireRow>,
}

/// A page as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedPage {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// The seq the next page starts from.
    pub to: Seq,
    /// How many rows it holds.
    pub rows: usize,
}

/// Whether a row found room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Fit {
    /// The row is in.
    Taken,
    /// The page is full; this row and what follows belong to the next one.
    Full,
}

/// What the writer of a page knows about the rows after the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All rows up to and with this seq were handed over.
    Complete(Seq),
    /// There may be more rows, perhaps of the very last seq.
    More,
}

/// Collects rows in seq order and cuts the page between two seqs.
#[derive(Debug)]
pub struct PageWriter {
    scope: Scope,
    from: Seq,
    budget: usize,
    rows: Vec<WireRow>,
    weight: usize,
    cut: bool,
}

impl PageWriter {
    /// A page after `from` of about `budget` bytes before packing (at most `limits::PAGE_UNPACKED`).
    ///
    /// A seq that is larger than the budget by itself is sent whole all the same.
    #[must_use]
    pub fn new(scope: Scope, from: Seq, budget: usize) -> Self {
        let budget = budget.min(limits::PAGE_UNPACKED);
        Self {
            scope,
            from,
            budget,
            rows: Vec::new(),
            weight: 0,
            cut: false,
        }
    }

    /// Takes a row, or says that the page is full.
    ///
    /// # Errors
    /// [`WireError::Order`] for a row out of seq order or not after `from`; [`WireError::TooLarge`] for
    /// a record or a single seq that fits no page.
    pub fn push(&mut self, row: WireRow) -> Result<Fit, WireError> {
        let last = self.rows.last().map_or(self.from, |row| row.seq);
        if row.seq < last || row.seq <= self.from {
            return Err(WireError::Order);
        }
        if self.cut {
            return Ok(Fit::Full);
        }
        within(Measure::Record, row.record.len(), limits::ROW_RECORD)?;
        let weight = self.weight + weight(&row);
        if weight > self.budget && self.cut_before(row.seq) {
            return Ok(Fit::Full);
        }
        self.weight = within(Measure::Unpacked, weight, limits::PAGE_UNPACKED)?;
        self.rows.push(row);
        Ok(Fit::Taken)
    }

    /// Drops rows of `seq` so that the page ends before it, unless nothing would be left.
    fn cut_before(&mut self, seq: Seq) -> bool {
        let whole = self.rows.partition_point(|row| row.seq < seq);
        if whole == 0 {
            return false;
        }
        self.rows.truncate(whole);
        self.cut = true;
        true
    }

    /// Packs what was taken.
    ///
    /// # Errors
    /// [`WireError::TooLarge`] when a single seq fits no page, or when `end` is [`End::More`] and only
    /// part of one seq was handed over; any other [`WireError`] for a record that is not canonical.
    pub fn finish(mut self, end: End) -> Result<PackedPage, WireError> {
        let mut to = match end {
            End::Complete(seq) if !self.cut => seq,
            End::More if !self.cut => self.drop_last_seq()?,
            _ => self.last_seq(),
        };
        loop {
            let columns = encode(self.scope, self.from, to, &self.rows)?;
            let bytes = packing::pack(&columns, LEVEL)?;
            if columns.len() <= limits::PAGE_UNPACKED && bytes.len() <= limits::PAGE_PACKED {
                return Ok(PackedPage {
                    bytes,
                    to,
                    rows: self.rows.len(),
                });
            }
            let middle = self
                .rows
                .get(self.rows.len() / 2)
                .map_or(self.from, |row| row.seq);
            if !self.cut_before(middle) {
                self.drop_last_seq()?;
            }
            to = self.last_seq();
        }
    }

    fn last_seq(&self) -> Seq {
        self.rows.last().map_or(self.from, |row| row.seq)
    }

    fn drop_last_seq(&mut self) -> Result<Seq, WireError> {
        if !self.rows.is_empty() && !self.cut_before(self.last_seq()) {
            let (size, limit) = (self.weight, limits::PAGE_UNPACKED);
            return Err(WireError::TooLarge {
                what: Measure::Rows,
                size,
                limit,
            });
        }
        Ok(self.last_seq())
    }
}

fn weight(row: &WireRow) -> usize {
    row.record.len() + limits::ROW_OVERHEAD
}

fn encode(scope: Scope, from: Seq, to: Seq, rows: &[WireRow]) -> Result<Vec<u8>, WireError> {
    let mut groups: BTreeMap<u8, Vec<&WireRow>> = BTreeMap::new();
    for row in rows {
        groups.entry(row.kind).or_default().push(row);
    }
    let mut out = vec![VERSION];
    varint::put_signed(&mut out, scope.code());
    varint::put_signed(&mut out, from.0);
    varint::put_signed(&mut out, to.0);
    varint::put_len(&mut out, groups.len());
    for (kind, rows) in groups {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq.0).collect();
        let records: Vec<&[u8]> = rows.iter().map(|row| row.record.as_slice()).collect();
        out.push(kind);
        varint::put_len(&mut out, rows.len());
        write_ints(&mut out, &ids, &vec![0; ids.len()]);
        write_ints(&mut out, &seqs, &ids);
        write_table(&mut out, &records, &ids)?;
    }
    Ok(out)
}

impl Page {
    /// Reads a page from bytes that nobody has checked.
    ///
    /// # Errors
    /// Any [`WireError`]; a page is taken whole or not at all.
    pub fn decode(packed: &[u8]) -> Result<Self, WireError> {
        within(Measure::Packed, packed.len(), limits::PAGE_PACKED)?;
        let unpacked = packing::unpack(packed, limits::PAGE_UNPACKED)?;
        let mut bytes = Bytes::new(&unpacked);
        match bytes.byte()? {
            VERSION => {}
            other => return Err(WireError::Version(other)),
        }
        let scope = Scope::from_code(bytes.signed()?, 0)?;
        let (from, to) = (Seq(bytes.signed()?), Seq(bytes.signed()?));
        let mut page = Self {
            scope,
            from,
            to,
            rows: Vec::new(),
        };
        let mut left = limits::PAGE_UNPACKED;
        for _ in 0..bytes.count()? {
            page.read_group(&mut bytes, &mut left)?;
        }
        bytes.end()?;
        Ok(page)
    }

    fn read_group(&mut self, bytes: &mut Bytes<'_>, left: &mut usize) -> Result<(), WireError> {
        let kind = bytes.byte()?;
        let count = within(Measure::Rows, bytes.size()?, ROWS)?;
        let ids = Ints::read(bytes, count, |_| 0)?;
        let id_of = |index: usize| ids.at(index).unwrap_or(0);
        let seqs = Ints::read(bytes, count, id_of)?;
        let mut table = Table::read(bytes, count, &id_of)?;
        for index in 0..count {
            let seq = Seq(seqs.at(index).ok_or(WireError::Columns)?);
            if seq <= self.from || seq > self.to {
                return Err(WireError::Columns);
            }
            let mut record = Vec::new();
            table.next_into(&mut record, None)?;
            within(Measure::Record, record.len(), limits::ROW_RECORD)?;
            let row = WireRow {
                kind,
                id: id_of(index),
                seq,
                record,
            };
            let spent = weight(&row);
            *left = left.checked_sub(spent).ok_or(WireError::TooLarge {
                what: Measure::Unpacked,
                size: limits::PAGE_UNPACKED - *left + spent,
                limit: limits::PAGE_UNPACKED,
            })?;
            self.rows.push(row);
        }
        Ok(())
    }
}
