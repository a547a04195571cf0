//! A row as it lies on the wire and on disk: kind, id, seq and the record's bytes.
//!
//! The bytes are opaque here; what a kind's fields mean is said by `protocol::row`.

use kartka_domain::ids::Seq;

/// One entity at its latest seq.
#[derive(Clone, PartialEq, Eq)]
pub struct WireRow {
    /// What the row is (the kinds are listed in `docs/formats/wire.md`).
    pub kind: u8,
    /// The entity's id, unique within its kind.
    pub id: i64,
    /// Where the authority last changed it.
    pub seq: Seq,
    /// The canonical bytes of its record.
    pub record: Vec<u8>,
}

impl std::fmt::Debug for WireRow {
    /// Says which row, never what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            kind,
            id,
            seq,
            record,
        } = self;
        write!(
            f,
            "WireRow({kind}, {id}, seq {}, {} bytes)",
            seq.0,
            record.len()
        )
    }
}
