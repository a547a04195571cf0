//! Instruments of a newer version of Kartka in a programme (L12).
//!
//! An instrument that can't be read gives nothing here and says so by a code; one that
//! is read but for a part works as far as it is read. Neither is lost when an older version publishes the next programme.

use super::{Instrument, Programme, ProgrammeError, Terms};
use crate::ids::ProgrammeVersion;

impl Instrument {
    /// Whether this version knows what it gives; one that it does not know gives nothing here.
    #[must_use]
    pub const fn is_read(&self) -> bool {
        !matches!(self.terms, Terms::Newer)
    }

    /// Whether nothing of it is left that only a newer version can read.
    #[must_use]
    pub const fn is_read_whole(&self) -> bool {
        self.is_read() && self.newer.is_none()
    }
}

impl Programme {
    /// The version after this one: `instruments`, and with them what this version of Kartka can't read. An owner's older
    /// phone can neither take such an instrument away nor lose a part of one that it edits.
    ///
    /// # Errors
    /// [`ProgrammeError`] as for any draft, and where it can't follow this version;
    /// [`ProgrammeError::TooNew`] for another instrument under the number of one that can't be read.
    pub fn next(&self, mut instruments: Vec<Instrument>) -> Result<Self, ProgrammeError> {
        for before in self.instruments.iter().filter(|of| !of.is_read_whole()) {
            let same = instruments.iter_mut().find(|of| of.id == before.id);
            match same {
                None if !before.is_read() => instruments.push(before.clone()),
                Some(of) if !before.is_read() && of != before => {
                    return Err(ProgrammeError::TooNew(of.id.0));
                }
                Some(of) if of.newer.is_none() && of.terms.is_like(&before.terms) => {
                    of.newer.clone_from(&before.newer);
                }
                None | Some(_) => {}
            }
        }
        let version = ProgrammeVersion(self.version.0.saturating_add(1));
        let next = Self::publish(version, instruments)?;
        next.check_follows(self)?;
        Ok(next)
    }
}

impl Terms {
    /// Whether both are of one kind.
    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
