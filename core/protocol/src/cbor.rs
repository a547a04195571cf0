//! The part of CBOR the protocol uses, in its one canonical spelling.
//!
//! Integers of 64 bits, texts in normal form C, byte strings, lists, and maps from ascending numbers
//! to values; definite lengths, shortest heads. Anything else is refused, so that a value has exactly
//! one spelling and hashes of bytes are hashes of values. Nothing is allocated here.

use unicode_normalization::is_nfc;

use crate::WireError;
use crate::error::{Measure, within};

const INT: u8 = 0x00;
const NEGATIVE: u8 = 0x20;
const BYTES: u8 = 0x40;
const TEXT: u8 = 0x60;
const LIST: u8 = 0x80;
const RECORD: u8 = 0xa0;

/// How large the values of a record may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) text: usize,
    pub(crate) bytes: usize,
    pub(crate) fields: usize,
    pub(crate) items: usize,
    pub(crate) depth: usize,
}

/// A value whose inside has not been read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// A list of so many items follows.
    List(usize),
    /// A record of so many fields follows.
    Record(usize),
}

/// Reads canonical values from untrusted bytes.
pub(crate) struct Reader<'a> {
    input: &'a [u8],
    position: usize,
    bounds: Bounds,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8], bounds: Bounds) -> Self {
        Self {
            input,
            position: 0,
            bounds,
        }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), WireError> {
        let left = self.input.len() - self.position;
        if left == 0 {
            Ok(())
        } else {
            Err(WireError::Trailing(left))
        }
    }

    /// The next value, checked but for what lies inside a list or a record.
    pub(crate) fn item(&mut self) -> Result<Item<'a>, WireError> {
        let start = self.position;
        let (major, value) = self.head()?;
        let size = usize::try_from(value).unwrap_or(usize::MAX);
        match major {
            INT => i64::try_from(value)
                .map(Item::Int)
                .map_err(|_| WireError::Unsupported(start)),
            NEGATIVE => i64::try_from(value)
                .map(|v| Item::Int(!v))
                .map_err(|_| WireError::Unsupported(start)),
            BYTES => {
                within(Measure::Bytes, size, self.bounds.bytes)?;
                self.take(size).map(Item::Bytes)
            }
            TEXT => {
                within(Measure::Text, size, self.bounds.text)?;
                let text =
                    std::str::from_utf8(self.take(size)?).map_err(|_| WireError::NotNfc(start))?;
                if !text.is_ascii() && !is_nfc(text) {
                    return Err(WireError::NotNfc(start));
                }
                Ok(Item::Text(text))
            }
            LIST => within(Measure::Items, size, self.bounds.items).map(Item::List),
            RECORD => within(Measure::Fields, size, self.bounds.fields).map(Item::Record),
            _ => Err(WireError::Unsupported(start)),
        }
    }

    /// How many fields the record that must come next has.
    pub(crate) fn fields(&mut self) -> Result<usize, WireError> {
        let start = self.position;
        match self.item()? {
            Item::Record(count) => Ok(count),
            _ => Err(WireError::Unsupported(start)),
        }
    }

    /// The number of the record's next field; `last` is the one before it.
    pub(crate) fn tag(&mut self, last: Option<u16>) -> Result<u16, WireError> {
        let start = self.position;
        let Item::Int(tag) = self.item()? else {
            return Err(WireError::Unsupported(start));
        };
        let tag = u16::try_from(tag).map_err(|_| WireError::Unsupported(start))?;
        if last.is_some_and(|last| last >= tag) {
            return Err(WireError::NotCanonical(start));
        }
        Ok(tag)
    }

    /// Checks one value to its end and gives its bytes; `depth` is how deep it lies.
    pub(crate) fn raw(&mut self, depth: usize) -> Result<(Item<'a>, &'a [u8]), WireError> {
        let start = self.position;
        let item = self.item()?;
        self.inside(item, depth, start)?;
        Ok((item, &self.input[start..self.position]))
    }

    /// Whether another list or record may open at `depth`.
    pub(crate) fn deeper(&self, depth: usize, at: usize) -> Result<usize, WireError> {
        if depth >= self.bounds.depth {
            return Err(WireError::TooDeep(at));
        }
        Ok(depth + 1)
    }

    fn inside(&mut self, item: Item<'a>, depth: usize, at: usize) -> Result<(), WireError> {
        match item {
            Item::Int(_) | Item::Text(_) | Item::Bytes(_) => Ok(()),
            Item::List(count) => {
                let depth = self.deeper(depth, at)?;
                (0..count).try_for_each(|_| self.raw(depth).map(drop))
            }
            Item::Record(count) => {
                let depth = self.deeper(depth, at)?;
                let mut last = None;
                for _ in 0..count {
                    last = Some(self.tag(last)?);
                    self.raw(depth)?;
                }
                Ok(())
            }
        }
    }

    /// The major type and the number in the head of the next value.
    fn head(&mut self) -> Result<(u8, u64), WireError> {
        let start = self.position;
        let first = self.take(1)?[0];
        if first & 0xe0 > RECORD {
            return Err(WireError::Unsupported(start));
        }
        let value = match first & 0x1f {
            small @ 0..=23 => u64::from(small),
            size @ 24..=27 => {
                let bytes = self.take(1 << (size - 24))?;
                bytes
                    .iter()
                    .fold(0, |value, byte| value << 8 | u64::from(*byte))
            }
            _ => return Err(WireError::Unsupported(start)),
        };
        if self.position - start != head_len(value) {
            return Err(WireError::NotCanonical(start));
        }
        Ok((first & 0xe0, value))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let end = self.position.checked_add(len).ok_or(WireError::Truncated)?;
        let taken = self
            .input
            .get(self.position..end)
            .ok_or(WireError::Truncated)?;
        self.position = end;
        Ok(taken)
    }
}

/// Bytes of the shortest head that carries `value`.
fn head_len(value: u64) -> usize {
    match value {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}

/// Appends an integer.
pub(crate) fn put_int(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        put_head(out, NEGATIVE, (!value).unsigned_abs());
    } else {
        put_head(out, INT, value.unsigned_abs());
    }
}

/// Appends a byte string.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_head(out, BYTES, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a text that is in normal form C.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_head(out, TEXT, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Opens a list of `count` items.
pub(crate) fn put_list(out: &mut Vec<u8>, count: usize) {
    put_head(out, LIST, count as u64);
}

/// Opens a record of `count` fields.
pub(crate) fn put_record(out: &mut Vec<u8>, count: usize) {
    put_head(out, RECORD, count as u64);
}

fn put_head(out: &mut Vec<u8>, major: u8, value: u64) {
    let bytes = value.to_be_bytes();
    match head_len(value) {
        1 => out.push(major | bytes[7]),
        2 => out.extend_from_slice(&[major | 24, bytes[7]]),
        3 => out.extend_from_slice(&[major | 25, bytes[6], bytes[7]]),
        5 => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}
