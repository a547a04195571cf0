//! What brings a shop back when a phone is lost, or its key store has lost the key: the recovery sheet and the
//! encrypted copy (sync §7 and §8).
//!
//! The recovery key exists on paper only. What a device keeps is its public half, to which the database key is sealed
//! in a small file beside the data and in every copy. That half alone is synced, once the owner has the sheet on paper:
//! every phone of the shop seals its keys, and on demand what it has not sent, to it.

mod copy;
mod locked;
mod outbox;
mod rotation;
mod seal;
mod sheet;
mod wrap;

pub use copy::{CopyState, MadeCopy};
pub use locked::BroughtAside;
pub use outbox::{CarriedOutbox, ExportedOutbox, read_part};
pub(crate) use rotation::next_key;
pub use sheet::Sheet;

use crate::error::CoreError;
use crate::platform::KeyStoreError;
use crate::store::StoreError;
use crate::sync::Failure;

/// Why recovering did not work.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The text is no sheet: letters are missing or mistyped.
    #[error("this is not the text of a recovery sheet")]
    NotASheet,
    /// A sheet, but of another shop, or an older one of this shop.
    #[error("this sheet does not open this data")]
    WrongSheet,
    /// No sheet was ever made here, or what it opens is gone.
    #[error("there is no recovery sheet for this data")]
    NoSheet,
    /// The file is no copy of a shop, or is damaged.
    #[error("this file is no copy that could be restored")]
    NotACopy,
    /// The file is no outbox of this shop, or is damaged.
    #[error("this file is no outbox of this shop")]
    NotAnOutbox,
    /// There is a shop in the folder already.
    #[error("this folder has data already")]
    NotEmpty,
    /// Anything else.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl RecoveryError {
    /// As what the core reports where no person was asked for a sheet or a file.
    pub(crate) fn into_core(self) -> CoreError {
        match self {
            Self::Core(error) => error,
            _ => CoreError::Unexpected {
                what: "the sealed keys",
            },
        }
    }
}

impl From<Failure> for RecoveryError {
    fn from(failure: Failure) -> Self {
        Self::Core(failure.into())
    }
}

impl From<StoreError> for RecoveryError {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

impl From<KeyStoreError> for RecoveryError {
    fn from(error: KeyStoreError) -> Self {
        Self::Core(error.into())
    }
}

impl From<std::io::Error> for RecoveryError {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}
