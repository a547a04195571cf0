//! What a newer version of Kartka says that this one can't read: kept byte for byte and passed on (L12, sync §9).
//!
//! Nothing here looks into the bytes.

/// What a newer version wrote beside what is known here, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Newer(Box<[u8]>);

impl Newer {
    /// These bytes, as they came.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into_boxed_slice())
    }

    /// As they came.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }
}
