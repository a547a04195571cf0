//! What can go wrong with a business's store, and where SQLite's codes become situations.
//!
//! Messages name no customer and no value: they reach the log.

use std::io;

use rusqlite::{ErrorCode, ffi};

/// A situation of a business's store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk. The transaction is undone and reading goes on.
    #[error("the disk is full")]
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
    /// The key does not belong to this file, or the file is damaged; nothing was moved or changed.
    #[error("the key does not belong to this data, or the data is damaged")]
    WrongKey,
    /// The key's file is missing beside an existing database.
    #[error("the key of this data is missing from the keys folder")]
    NoKey,
    /// A page of the file is damaged.
    #[error("the data is damaged")]
    Corrupt,
    /// Another process has the data open.
    #[error("the data is in use by another process")]
    Busy,
    /// The data is older than what this machine has served before (sync §1).
    #[error("the data is of epoch {found}, epoch {known} was served from here before")]
    EpochBehind {
        /// The epoch's number in the file.
        found: u64,
        /// The highest number kept beside the keys.
        known: u64,
    },
    /// The business is served elsewhere: this copy of it is not written to any more.
    #[error("the business is served elsewhere now")]
    Moved,
    /// There is no business in this file.
    #[error("there is no business in this file")]
    Empty,
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
        let Some(code) = error.sqlite_error() else {
            return Self::Unexpected(Box::new(error));
        };
        match (code.code, code.extended_code) {
            // The index of the write-ahead log could not grow.
            (_, ffi::SQLITE_IOERR_SHMSIZE) | (ErrorCode::DiskFull, _) => Self::Full,
            (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Self::ReadOnly,
            (ErrorCode::NotADatabase, _) => Self::WrongKey,
            (ErrorCode::DatabaseCorrupt, _) => Self::Corrupt,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy,
            (ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, _) => Self::Io(Box::new(error)),
            _ => Self::Unexpected(Box::new(error)),
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

impl From<kartka_protocol::WireError> for StoreError {
    fn from(error: kartka_protocol::WireError) -> Self {
        Self::Unexpected(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_of_the_disk_has_its_word() {
        let word = |code: i32| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            StoreError::from(error).to_string()
        };
        for (code, want) in [
            (ffi::SQLITE_FULL, "the disk is full"),
            (ffi::SQLITE_IOERR_SHMSIZE, "the disk is full"),
            (ffi::SQLITE_READONLY, "the data folder is read-only"),
            (
                ffi::SQLITE_READONLY_DIRECTORY,
                "the data folder is read-only",
            ),
            (ffi::SQLITE_BUSY, "the data is in use by another process"),
            (
                ffi::SQLITE_NOTADB,
                "the key does not belong to this data, or the data is damaged",
            ),
            (ffi::SQLITE_CORRUPT_INDEX, "the data is damaged"),
            (ffi::SQLITE_IOERR_FSYNC, "the disk reports an error"),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, "a statement failed"),
        ] {
            assert_eq!(word(code), want, "code {code}");
        }
        for (kind, want) in [
            (io::ErrorKind::StorageFull, "the disk is full"),
            (
                io::ErrorKind::PermissionDenied,
                "the data folder is read-only",
            ),
            (
                io::ErrorKind::ReadOnlyFilesystem,
                "the data folder is read-only",
            ),
            (io::ErrorKind::TimedOut, "the disk reports an error"),
        ] {
            assert_eq!(StoreError::from(io::Error::from(kind)).to_string(), want);
        }
    }
}
