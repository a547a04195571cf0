//! Why bytes from outside are not what they claim to be.
//!
//! Messages name positions, numbers and sizes, never contents: they end up in logs.

/// Bytes, or a value in them, that the protocol does not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The bytes end before the value does, or a length inside them points past their end.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes follow after the value.
    #[error("{0} bytes follow after the value")]
    Trailing(usize),
    /// A value has exactly one spelling, and this is another one.
    #[error("not the canonical spelling at byte {0}")]
    NotCanonical(usize),
    /// A kind of value that the format does not have (floats, tags, null, …).
    #[error("unsupported kind of value at byte {0}")]
    Unsupported(usize),
    /// Text that is not UTF-8 in normal form C.
    #[error("text is not in normal form C at byte {0}")]
    NotNfc(usize),
    /// Records and lists lie deeper in each other than allowed.
    #[error("values nested too deep at byte {0}")]
    TooDeep(usize),
    /// Something is larger than `protocol::limits` allows.
    #[error("{what} is {size}, the limit is {limit}")]
    TooLarge {
        /// What was counted.
        what: Measure,
        /// What it came to (or was declared to be).
        size: usize,
        /// The most that is accepted.
        limit: usize,
    },
    /// A field that must be there is not.
    #[error("field {0} is missing")]
    Missing(u16),
    /// A field has another kind of value than the protocol says.
    #[error("field {0} has the wrong kind of value")]
    WrongType(u16),
    /// A field's value lies outside its range.
    #[error("field {0} is out of range")]
    OutOfRange(u16),
    /// A kind of row this version does not know; its bytes are kept as they are.
    #[error("unknown kind of row {0}")]
    UnknownKind(u8),
    /// Columns of a page or a batch that do not fit each other.
    #[error("the columns do not fit each other")]
    Columns,
    /// Rows handed to an encoder out of their order.
    #[error("rows are not in seq order")]
    Order,
    /// Packed bytes that do not unpack.
    #[error("the packed bytes are damaged")]
    Packing,
    /// A format version this code does not speak.
    #[error("unknown format version {0}")]
    Version(u8),
}

/// What a limit of `protocol::limits` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of a text.
    Text,
    /// Bytes of a byte string.
    Bytes,
    /// Fields of a record.
    Fields,
    /// Items of a list.
    Items,
    /// Bytes of an encoded record.
    Record,
    /// Bytes of an op.
    Op,
    /// Entries of an op.
    Entries,
    /// Ops of a batch.
    Ops,
    /// Rows of a page.
    Rows,
    /// Bytes as sent.
    Packed,
    /// Bytes after unpacking.
    Unpacked,
    /// Bytes of a whole message.
    Message,
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text bytes",
            Self::Bytes => "byte string",
            Self::Fields => "fields of a record",
            Self::Items => "items of a list",
            Self::Record => "record bytes",
            Self::Op => "op bytes",
            Self::Entries => "entries of an op",
            Self::Ops => "ops of a batch",
            Self::Rows => "rows of a page",
            Self::Packed => "packed bytes",
            Self::Unpacked => "unpacked bytes",
            Self::Message => "message bytes",
        })
    }
}

/// `size` if it is within `limit`.
pub(crate) fn within(what: Measure, size: usize, limit: usize) -> Result<usize, WireError> {
    if size > limit {
        return Err(WireError::TooLarge { what, size, limit });
    }
    Ok(size)
}
