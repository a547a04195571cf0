//! Records of numbered fields: the one shape of every entity, entry and message (sync §4, §9).
//!
//! A record maps numbers to values. A number is never reused and fields are only added, so a reader
//! takes the fields it knows and keeps the others; decoding and encoding again gives the same bytes.
//! An absent field means its default. Nothing here knows what a field means.

mod getters;

use unicode_normalization::UnicodeNormalization;

use crate::WireError;
use crate::cbor::{self, Bounds, Item, Reader};
use crate::error::{Measure, within};
use crate::limits;

/// What a field can hold.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, an amount, an id, a code, a yes or no (1 or 0).
    Int(i64),
    /// Text; normal form C is made when it is encoded.
    Text(String),
    /// Bytes: hashes, keys, packed parts.
    Bytes(Vec<u8>),
    /// Several values.
    List(Vec<Value>),
    /// A record inside the record.
    Record(Record),
}

/// How large a record and its values may be.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    total: usize,
    bounds: Bounds,
}

impl Shape {
    /// A row's record, an op's section, an entry.
    pub const ENTITY: Self = Self {
        total: limits::ROW_RECORD,
        bounds: ENTITY,
    };
    /// A holder's question or its answer, and what is sealed in them.
    pub const SEALED: Self = Self {
        total: limits::HOLDER,
        bounds: Bounds {
            bytes: limits::HOLDER,
            ..ENTITY
        },
    };
    /// A request in its envelope.
    pub const ENVELOPE: Self = Self {
        total: limits::ENVELOPE,
        bounds: Bounds {
            bytes: limits::REQUEST,
            ..MESSAGE
        },
    };
    /// A request.
    pub const REQUEST: Self = Self {
        total: limits::REQUEST,
        bounds: MESSAGE,
    };
    /// An answer.
    pub const ANSWER: Self = Self {
        total: limits::ANSWER,
        bounds: MESSAGE,
    };

    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }
}

const ENTITY: Bounds = Bounds {
    text: limits::TEXT,
    bytes: limits::BYTES,
    fields: limits::FIELDS,
    items: limits::ITEMS,
    depth: limits::DEPTH,
};
/// Messages carry whole batches and pages as byte strings.
const MESSAGE: Bounds = Bounds {
    bytes: limits::BATCH_PACKED,
    ..ENTITY
};

/// Numbered fields in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    fields: Vec<(u16, Value)>,
}

impl Record {
    /// A record without fields.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Sets a field, over an earlier value.
    pub fn put(&mut self, tag: u16, value: impl Into<Value>) {
        let value = value.into();
        match self.place(tag) {
            Ok(at) => self.fields[at].1 = value,
            Err(at) => self.fields.insert(at, (tag, value)),
        }
    }

    /// Sets a field, or takes it away when there is no value.
    pub fn put_opt(&mut self, tag: u16, value: Option<impl Into<Value>>) {
        match value {
            Some(value) => self.put(tag, value),
            None => self.remove(tag),
        }
    }

    /// Sets a number, or takes the field away when it is the default that absence means.
    pub fn put_unless(&mut self, tag: u16, value: i64, default: i64) {
        self.put_opt(tag, (value != default).then_some(value));
    }

    /// Sets a list of records, or takes the field away when the list is empty.
    pub fn put_records(&mut self, tag: u16, records: impl IntoIterator<Item = Record>) {
        let list: Vec<Value> = records.into_iter().map(Value::Record).collect();
        self.put_opt(tag, (!list.is_empty()).then_some(list));
    }

    /// Takes a field away.
    pub fn remove(&mut self, tag: u16) {
        if let Ok(at) = self.place(tag) {
            self.fields.remove(at);
        }
    }

    /// A field's value, if it is there.
    #[must_use]
    pub fn get(&self, tag: u16) -> Option<&Value> {
        self.place(tag).ok().map(|at| &self.fields[at].1)
    }

    /// All fields in ascending order.
    pub fn fields(&self) -> impl Iterator<Item = (u16, &Value)> {
        self.fields.iter().map(|(tag, value)| (*tag, value))
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn place(&self, tag: u16) -> Result<usize, usize> {
        // Writers put fields in ascending order: look at the end first.
        match self.fields.last() {
            Some((last, _)) if *last >= tag => self.fields.binary_search_by_key(&tag, |(t, _)| *t),
            _ => Err(self.fields.len()),
        }
    }

    /// The canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.encode_into(&mut out);
        out
    }

    fn encode_into(&self, out: &mut Vec<u8>) {
        cbor::put_record(out, self.fields.len());
        for (tag, value) in &self.fields {
            cbor::put_int(out, i64::from(*tag));
            value.encode_into(out);
        }
    }

    /// Reads canonical bytes, all of them, within a shape's bounds.
    ///
    /// # Errors
    /// Any [`WireError`] that says why the bytes are not a canonical record.
    pub fn decode(bytes: &[u8], shape: Shape) -> Result<Self, WireError> {
        within(Measure::Record, bytes.len(), shape.total)?;
        let mut reader = Reader::new(bytes, shape.bounds);
        let count = reader.fields()?;
        let record = read_record(&mut reader, count, 1)?;
        reader.end()?;
        Ok(record)
    }
}

impl std::fmt::Debug for Value {
    /// Texts and bytes may be personal: only their length is said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "text of {}", text.len()),
            Self::Bytes(bytes) => write!(f, "bytes of {}", bytes.len()),
            Self::List(list) => f.debug_list().entries(list).finish(),
            Self::Record(record) => record.fmt(f),
        }
    }
}

impl Value {
    fn encode_into(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(value) => cbor::put_int(out, *value),
            Self::Text(text) if text.is_ascii() => cbor::put_text(out, text),
            Self::Text(text) => cbor::put_text(out, &text.nfc().collect::<String>()),
            Self::Bytes(bytes) => cbor::put_bytes(out, bytes),
            Self::List(list) => {
                cbor::put_list(out, list.len());
                list.iter().for_each(|value| value.encode_into(out));
            }
            Self::Record(record) => record.encode_into(out),
        }
    }
}

fn read_record(reader: &mut Reader<'_>, count: usize, depth: usize) -> Result<Record, WireError> {
    let mut fields = Vec::with_capacity(count);
    let mut last = None;
    for _ in 0..count {
        let tag = reader.tag(last)?;
        fields.push((tag, read_value(reader, depth)?));
        last = Some(tag);
    }
    Ok(Record { fields })
}

fn read_value(reader: &mut Reader<'_>, depth: usize) -> Result<Value, WireError> {
    let at = reader.position();
    Ok(match reader.item()? {
        Item::Int(value) => Value::Int(value),
        Item::Text(text) => Value::Text(text.to_owned()),
        Item::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Item::List(count) => {
            let depth = reader.deeper(depth, at)?;
            let mut list = Vec::with_capacity(count.min(16));
            for _ in 0..count {
                list.push(read_value(reader, depth)?);
            }
            Value::List(list)
        }
        Item::Record(count) => {
            let depth = reader.deeper(depth, at)?;
            Value::Record(read_record(reader, count, depth)?)
        }
    })
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $value:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $value
            }
        }
    )+};
}

value_from! {
    i64 => |v| Self::Int(v),
    u32 => |v| Self::Int(i64::from(v)),
    u16 => |v| Self::Int(i64::from(v)),
    u8 => |v| Self::Int(i64::from(v)),
    &str => |v| Self::Text(v.to_owned()),
    String => |v| Self::Text(v),
    Vec<u8> => |v| Self::Bytes(v),
    &[u8] => |v| Self::Bytes(v.to_vec()),
    Vec<Value> => |v| Self::List(v),
    Record => |v| Self::Record(v),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}
