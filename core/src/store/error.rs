//! What can go wrong with the phone's store, and the one place where SQLite's codes become situations.
//!
//! Messages name no customer and no value: they may reach a log (sync §8).

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use rusqlite::ffi;

/// A situation of the local store. The border has a variant for each (architecture §4).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the device. The transaction is undone, reading goes on, a later write may succeed.
    #[error("the device is full")]
    Full,
    /// The file or its folder can't be written.
    #[error("the data folder is read-only")]
    ReadOnly,
    /// The file was written by a newer Kartka; it is left as it is.
    #[error("the data is of version {found}, this program knows versions up to {known}")]
    TooNew {
        /// The schema version of the file.
        found: u32,
        /// The newest schema version this program knows.
        known: u32,
    },
    /// The key does not belong to this file. Nothing was moved or changed.
    #[error("the key does not belong to this data")]
    WrongKey,
    /// The file is damaged. It is never deleted: [`Store::open`](super::Store::open) moves it aside and says where to.
    #[error("the data is damaged")]
    Corrupt {
        /// Where the damaged file lies now; `None` while it is still in its place.
        moved_to: Option<PathBuf>,
    },
    /// Another process, or another [`Store`](super::Store) of this process, has the data open.
    #[error("the data is in use by another process")]
    Busy,
    /// The disk failed.
    #[error("the disk reports an error")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value is not what its column promises; the text names the column, never the value.
    #[error("a stored value is malformed: {0}")]
    Malformed(&'static str),
    /// A statement failed for a reason that is a fault of the program.
    #[error("a statement failed")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(code) => match situation(*code) {
                Situation::Full => Self::Full,
                Situation::ReadOnly => Self::ReadOnly,
                Situation::Corrupt => Self::Corrupt { moved_to: None },
                Situation::Busy => Self::Busy,
                Situation::Io => Self::Io(Box::new(error)),
                Situation::Unexpected => Self::Unexpected(Box::new(error)),
            },
            None => Self::Unexpected(Box::new(error)),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io(Box::new(error)),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Situation {
    Full,
    ReadOnly,
    Corrupt,
    Busy,
    Io,
    Unexpected,
}

fn situation(error: ffi::Error) -> Situation {
    match (error.code, error.extended_code) {
        // The index of the write-ahead log could not grow.
        (_, ffi::SQLITE_IOERR_SHMSIZE) | (ErrorCode::DiskFull, _) => Situation::Full,
        (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Situation::ReadOnly,
        // To SQLCipher a first page that fails its check is "not a database", any other page is "out of memory";
        // memory that really ran out is told apart where it matters, before a file is moved aside.
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::OutOfMemory, _) => {
            Situation::Corrupt
        }
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Situation::Busy,
        (ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => Situation::Io,
        _ => Situation::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_sqlite_has_its_situation() {
        let cases = [
            (ffi::SQLITE_FULL, Situation::Full),
            (ffi::SQLITE_IOERR_SHMSIZE, Situation::Full),
            (ffi::SQLITE_READONLY, Situation::ReadOnly),
            (ffi::SQLITE_READONLY_DBMOVED, Situation::ReadOnly),
            (ffi::SQLITE_READONLY_DIRECTORY, Situation::ReadOnly),
            (ffi::SQLITE_PERM, Situation::ReadOnly),
            (ffi::SQLITE_CORRUPT, Situation::Corrupt),
            (ffi::SQLITE_CORRUPT_INDEX, Situation::Corrupt),
            (ffi::SQLITE_NOTADB, Situation::Corrupt),
            (ffi::SQLITE_NOMEM, Situation::Corrupt),
            (ffi::SQLITE_BUSY, Situation::Busy),
            (ffi::SQLITE_BUSY_SNAPSHOT, Situation::Busy),
            (ffi::SQLITE_BUSY_RECOVERY, Situation::Busy),
            (ffi::SQLITE_LOCKED, Situation::Busy),
            (ffi::SQLITE_IOERR_FSYNC, Situation::Io),
            (ffi::SQLITE_IOERR_WRITE, Situation::Io),
            (ffi::SQLITE_CANTOPEN, Situation::Io),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, Situation::Unexpected),
            (ffi::SQLITE_ERROR, Situation::Unexpected),
            (ffi::SQLITE_MISUSE, Situation::Unexpected),
        ];
        for (code, expected) in cases {
            assert_eq!(situation(ffi::Error::new(code)), expected, "code {code}");
        }
    }
}
