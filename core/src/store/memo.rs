//! Programmes that were decoded last, beside the bytes they were decoded from: every quote and every op reads one, and it
//! changes once a month.
//!
//! Never asks whether something has changed: the bytes are read from the state at hand each time and compared, so the
//! answer is right in every transaction, after a rollback or a pull, and beside other processes.

use std::sync::{Arc, Mutex, PoisonError};

use kartka_domain::ids::ProgrammeVersion;
use kartka_domain::programme::Programme;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::row::decode;
use rusqlite::OptionalExtension as _;

use super::{Reader, StoreError};

/// The newest one, and those that open receipts and queued ops name.
const KEPT: usize = 4;

/// One programme.
struct Decoded {
    version: i64,
    record: Vec<u8>,
    programme: Arc<Programme>,
}

/// What was decoded last, the last one first.
#[derive(Default)]
pub(super) struct Memo(Mutex<Vec<Decoded>>);

impl Memo {
    /// The programme of this version and these bytes; `decode` is asked where they are not at hand.
    pub(super) fn programme(
        &self,
        version: i64,
        record: Vec<u8>,
        decode: impl FnOnce(&[u8]) -> Option<Programme>,
    ) -> Option<Arc<Programme>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |one: &Decoded| one.version == version && one.record == record;
        if let Some(at) = kept.iter().position(same) {
            kept[..=at].rotate_right(1);
            return Some(Arc::clone(&kept[0].programme));
        }
        let programme = Arc::new(decode(&record)?);
        kept.truncate(KEPT - 1);
        kept.insert(
            0,
            Decoded {
                version,
                record,
                programme: Arc::clone(&programme),
            },
        );
        Some(programme)
    }
}

impl Reader<'_> {
    /// The programme of the highest version.
    pub(crate) fn newest_programme(&self) -> Result<Option<Arc<Programme>>, StoreError> {
        let sql = "SELECT id, record FROM rule WHERE kind = ?1 ORDER BY id DESC LIMIT 1";
        let mut statement = self.conn().prepare_cached(sql)?;
        let newest = statement
            .query_row([RowKind::Programme as u8], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(newest.and_then(|(version, record)| self.decoded(version, record)))
    }

    /// The programme of a version.
    pub(crate) fn programme(
        &self,
        version: ProgrammeVersion,
    ) -> Result<Option<Programme>, StoreError> {
        let version = i64::from(version.0);
        let found = self.stored(RowKind::Programme as u8, version)?;
        let decoded = found.and_then(|found| self.decoded(version, found.record));
        Ok(decoded.map(|programme| Programme::clone(&programme)))
    }

    /// A programme's record, decoded once; none where only a newer version can read it.
    fn decoded(&self, version: i64, record: Vec<u8>) -> Option<Arc<Programme>> {
        let kind = RowKind::Programme as u8;
        self.memo.programme(version, record, |record| {
            match decode(kind, version, record) {
                Ok(Row::Programme(programme)) => Some(programme),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(version: u32) -> Option<Programme> {
        Programme::publish(ProgrammeVersion(version), Vec::new()).ok()
    }

    #[test]
    fn other_bytes_or_another_version_are_decoded_anew_and_the_same_are_not() {
        let memo = Memo::default();
        let asked = |version: u32, record: &[u8]| {
            let mut decoded = false;
            let found = memo.programme(version.into(), record.to_vec(), |_| {
                decoded = true;
                made(version)
            });
            assert_eq!(
                found.map(|found| found.version()),
                Some(ProgrammeVersion(version))
            );
            decoded
        };
        for (version, record, anew) in [
            (1, &[1][..], true),
            (1, &[1], false),
            // A claim that was rolled back leaves the same version with other terms.
            (1, &[2], true),
            (1, &[1], false),
            (2, &[1], true),
            (3, &[1], true),
            (4, &[1], true),
            // The one that nobody asked for longest is gone.
            (1, &[2], true),
            (4, &[1], false),
        ] {
            assert_eq!(asked(version, record), anew, "{version} {record:?}");
        }
        assert!(memo.programme(9, vec![9], |_| None).is_none());
    }
}
