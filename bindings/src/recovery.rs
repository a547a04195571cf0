//! The recovery sheet and the copies that a shop on one phone makes of itself (sync §7, §8).

use std::path::PathBuf;
use std::sync::Arc;

use kartka_core::recovery::{CopyState, RecoveryError};

use crate::border::Border;
use crate::error::{CoreError, Failure, Subject, invalid};
use crate::platform::ChangeTopic;

/// The recovery sheet and the copies of this shop.
#[derive(uniffi::Object)]
pub struct Recovery {
    border: Arc<Border>,
}

/// What is printed on a recovery sheet, shown once: whoever has it and a copy has the shop.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecoverySheet {
    /// 26 letters in groups.
    pub letters: String,
    /// The text of the QR code beside them.
    pub qr: String,
}

/// A copy that was made and opened to see that it is good.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CopyMade {
    /// Where it lies.
    pub file: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// How old the newest copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CopyAge {
    /// A server has everything.
    NotNeeded,
    /// There was never one.
    Never,
    /// There is one.
    Aged {
        /// Its age in milliseconds; negative when the clock went back.
        age_ms: i64,
        /// Older than 7 days with something new since, or it still holds somebody who was erased: show it in red.
        overdue: bool,
    },
}

impl Recovery {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Recovery {
    /// A new recovery sheet, to be printed or written down and then confirmed; until that an older one goes on to open
    /// everything.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk or the key store.
    pub async fn new_sheet(&self) -> Result<RecoverySheet, CoreError> {
        let made = self.border.write(&[ChangeTopic::Sync], |shop| {
            let sheet = shop.new_sheet()?;
            Ok(RecoverySheet {
                letters: sheet.letters().to_string(),
                qr: sheet.qr_text().to_string(),
            })
        });
        made.await
    }

    /// Somebody has the newest sheet on paper and shows it, typed or scanned: from now on only this one opens the data.
    ///
    /// # Errors
    /// `Validation` for a text that is no sheet; `WrongKey` for any but the newest one; `NotFound` before the first.
    pub async fn confirm_sheet(&self, text: String) -> Result<(), CoreError> {
        let confirmed = self.border.write(&[ChangeTopic::Sync], move |shop| {
            Ok(shop.confirm_sheet(&text)?)
        });
        confirmed.await
    }

    /// Whether somebody has a sheet on paper; until then screens say so.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn has_printed_sheet(&self) -> Result<bool, CoreError> {
        self.border.read(|shop| Ok(shop.has_printed_sheet()?)).await
    }

    /// Makes the copy of this shop in a folder that the owner picked, in place of the older one there. Call it by
    /// itself after closing time when `copy_age` says that something is new, and at once after an erasure.
    ///
    /// # Errors
    /// `NotFound` while there is no sheet: nobody could open the copy; the situation of the disks, and then the older
    /// copy is still there.
    pub async fn make_copy(&self, folder: String) -> Result<CopyMade, CoreError> {
        let made = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let made = shop.make_copy(&PathBuf::from(folder))?;
            Ok(CopyMade {
                file: made.file.display().to_string(),
                bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
            })
        });
        made.await
    }

    /// How old the newest copy is, for Today.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn copy_age(&self) -> Result<CopyAge, CoreError> {
        let age = self.border.read(|shop| {
            Ok(match shop.copy_state()? {
                CopyState::NotNeeded => CopyAge::NotNeeded,
                CopyState::Never => CopyAge::Never,
                CopyState::Aged { age_ms, overdue } => CopyAge::Aged { age_ms, overdue },
            })
        });
        age.await
    }
}

impl From<RecoveryError> for Failure {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::NotASheet => invalid(Subject::RecoverySheet),
            RecoveryError::WrongSheet => CoreError::WrongKey.into(),
            RecoveryError::NoSheet => CoreError::NotFound.into(),
            RecoveryError::NotACopy => invalid(Subject::Copy),
            RecoveryError::NotEmpty => CoreError::AlreadyPaired.into(),
            RecoveryError::Core(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_is_told_apart() {
        for (error, failure) in [
            (RecoveryError::NotASheet, invalid(Subject::RecoverySheet)),
            (RecoveryError::WrongSheet, CoreError::WrongKey.into()),
            (RecoveryError::NoSheet, CoreError::NotFound.into()),
            (RecoveryError::NotACopy, invalid(Subject::Copy)),
            (RecoveryError::NotEmpty, CoreError::AlreadyPaired.into()),
        ] {
            assert_eq!(Failure::from(error), failure);
        }
    }
}
