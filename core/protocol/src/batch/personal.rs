//! The personal sections of a batch's ops, or the hashes that stand in for them.

use crate::WireError;
use crate::chain::PersonalHash;
use crate::columns::{Ints, write_ints};
use crate::error::{Measure, within};
use crate::limits;
use crate::varint::{self, Bytes};

/// An op's personal section as it lies in a batch.
#[derive(Clone, PartialEq, Eq)]
pub enum Personal {
    /// The op never had one.
    None,
    /// Here it is.
    Here {
        /// Random, so that the hash gives nothing away.
        nonce: [u8; limits::NONCE],
        /// The section's bytes.
        bytes: Vec<u8>,
    },
    /// Left out on this way; the authority asks its author for it.
    Withheld(PersonalHash),
    /// Deleted for ever by an erasure.
    Erased(PersonalHash),
}

impl std::fmt::Debug for Personal {
    /// Says which case, never what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Here { bytes, .. } => write!(f, "Here({} bytes)", bytes.len()),
            Self::Withheld(_) => f.write_str("Withheld"),
            Self::Erased(_) => f.write_str("Erased"),
        }
    }
}

/// Numbers of the four cases.
const NONE: i64 = 0;
const HERE: i64 = 1;
const WITHHELD: i64 = 2;
const ERASED: i64 = 3;

impl Personal {
    /// What the chain covers.
    #[must_use]
    pub fn hash(&self) -> PersonalHash {
        match self {
            Self::None => PersonalHash::NONE,
            Self::Here { nonce, bytes } => PersonalHash::of(nonce, bytes),
            Self::Withheld(hash) | Self::Erased(hash) => *hash,
        }
    }

    /// The same without the section.
    #[must_use]
    pub fn withheld(&self) -> Self {
        match self {
            Self::Here { .. } => Self::Withheld(self.hash()),
            other => other.clone(),
        }
    }

    /// Bytes of the section and its nonce, or of what stands in.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Here { bytes, .. } => limits::NONCE + bytes.len(),
            Self::Withheld(_) | Self::Erased(_) => 32,
        }
    }

    fn number(&self) -> i64 {
        match self {
            Self::None => NONE,
            Self::Here { .. } => HERE,
            Self::Withheld(_) => WITHHELD,
            Self::Erased(_) => ERASED,
        }
    }
}

/// The sections one after the other, or nothing when no op has one.
pub(super) fn write<'a>(sections: impl Iterator<Item = &'a Personal> + Clone) -> Option<Vec<u8>> {
    let numbers: Vec<i64> = sections.clone().map(Personal::number).collect();
    if numbers.iter().all(|number| *number == NONE) {
        return None;
    }
    let mut out = Vec::new();
    write_ints(&mut out, &numbers, &vec![0; numbers.len()]);
    for section in sections {
        match section {
            Personal::None => {}
            Personal::Here { nonce, bytes } => {
                varint::put_len(&mut out, bytes.len());
                out.extend_from_slice(bytes);
                out.extend_from_slice(nonce);
            }
            Personal::Withheld(hash) | Personal::Erased(hash) => out.extend_from_slice(&hash.0),
        }
    }
    Some(out)
}

/// The sections of `count` ops.
pub(super) fn read(bytes: &[u8], count: usize) -> Result<Vec<Personal>, WireError> {
    let mut bytes = Bytes::new(bytes);
    let numbers = Ints::read(&mut bytes, count, |_| 0)?;
    let mut sections = Vec::with_capacity(count);
    for index in 0..count {
        sections.push(match numbers.at(index) {
            Some(NONE) => Personal::None,
            Some(HERE) => {
                let len = within(Measure::Op, bytes.count()?, limits::OP)?;
                let section = bytes.take(len)?.to_vec();
                Personal::Here {
                    bytes: section,
                    nonce: array(&mut bytes)?,
                }
            }
            Some(WITHHELD) => Personal::Withheld(PersonalHash(array(&mut bytes)?)),
            Some(ERASED) => Personal::Erased(PersonalHash(array(&mut bytes)?)),
            _ => return Err(WireError::Columns),
        });
    }
    bytes.end()?;
    Ok(sections)
}

fn array<const N: usize>(bytes: &mut Bytes<'_>) -> Result<[u8; N], WireError> {
    bytes.take(N)?.try_into().map_err(|_| WireError::Truncated)
}
