//! The recovery sheet and the copies that a shop on one phone makes of itself (sync §7, §8).

use std::path::PathBuf;
use std::sync::Arc;

use kartka_core::domain::ids::Seq;
use kartka_core::recovery::{BroughtAside, CarriedOutbox, CopyState, MadeCopy, RecoveryError};

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
    /// What it holds: everything up to here.
    pub upto: i64,
}

/// What went into a file of acts that were not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OutboxMade {
    /// How many; none = nothing waits, and there is no file.
    pub ops: i64,
    /// Bytes of the file.
    pub bytes: i64,
}

/// What came of bringing such a file to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OutboxBrought {
    /// Whose acts they are.
    pub device: u32,
    /// Batches in the file.
    pub batches: u32,
    /// Of them, how many the server holds now; keep the file while some are missing.
    pub arrived: u32,
}

/// What came of bringing what data put aside had not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct AsideBrought {
    /// Whose acts they are.
    pub device: u32,
    /// Acts that waited: sales, edits, registrations.
    pub ops: i64,
    /// Batches they lie in.
    pub batches: u32,
    /// Of them, how many the server holds now; while some are missing the data are kept.
    pub arrived: u32,
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
    /// itself when [`copy_due`](Self::copy_due) says so.
    ///
    /// # Errors
    /// `NotFound` while there is no sheet: nobody could open the copy; the situation of the disks, and then the older
    /// copy is still there.
    pub async fn make_copy(&self, folder: String) -> Result<CopyMade, CoreError> {
        let made = self.border.write(&[ChangeTopic::Sync], move |shop| {
            Ok(shop.make_copy(&PathBuf::from(folder))?.into())
        });
        made.await
    }

    /// Writes the copy into a folder of the app's own, for an owner who picks a place that is no folder. It counts once
    /// it lies there: say so by [`copy_lies`](Self::copy_lies).
    ///
    /// # Errors
    /// As [`make_copy`](Self::make_copy).
    pub async fn write_copy(&self, folder: String) -> Result<CopyMade, CoreError> {
        let made = self
            .border
            .read(move |shop| Ok(shop.write_copy(&PathBuf::from(folder))?.into()));
        made.await
    }

    /// What [`write_copy`](Self::write_copy) wrote lies where the owner picked: its `upto`.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn copy_lies(&self, upto: i64) -> Result<(), CoreError> {
        let lies = self.border.write(&[ChangeTopic::Sync], move |shop| {
            Ok(shop.copy_lies(Seq(upto))?)
        });
        lies.await
    }

    /// Whether the copy is to be made now by itself: at once after an erasure, else when something is new and the shop has
    /// closed. Ask when the app goes to the background and a few times a day.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn copy_due(&self) -> Result<bool, CoreError> {
        self.border.read(|shop| Ok(shop.copy_due()?)).await
    }

    /// Writes everything that was not sent into a file that only the shop's recovery sheet opens: for a device that can't
    /// reach the server or is about to sign out. Nothing here changes.
    ///
    /// # Errors
    /// `NotFound` while the owner has no sheet on paper: nobody could open it; the situation of the disks.
    pub async fn export_outbox(&self, file: String) -> Result<OutboxMade, CoreError> {
        let made = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let made = shop.export_outbox(&PathBuf::from(file))?;
            Ok(OutboxMade {
                ops: i64::try_from(made.ops).unwrap_or(i64::MAX),
                bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
            })
        });
        made.await
    }

    /// Brings another device's file to the server; may be repeated, what has arrived counts once.
    ///
    /// # Errors
    /// `Validation` for a text that is no sheet and for another or a damaged file; `WrongKey` for a sheet that does not open it;
    /// `Offline` and what else keeps an answer away: bring it again.
    pub async fn carry_outbox(
        &self,
        file: String,
        sheet: String,
    ) -> Result<OutboxBrought, CoreError> {
        let line = Arc::clone(&self.border.line);
        let brought = self.border.read(move |shop| {
            let came = shop.carry_outbox(&PathBuf::from(file), &sheet, line.http()?)?;
            Ok(came.into())
        });
        brought.await
    }

    /// When data were put aside here whose key was lost, epoch ms, the oldest first: while there are any, the sheet is
    /// asked for.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn aside(&self) -> Result<Vec<i64>, CoreError> {
        self.border.read(|shop| Ok(shop.aside()?)).await
    }

    /// Brings what such data had not sent to the server, and deletes those of which everything has arrived; may be repeated.
    ///
    /// # Errors
    /// `Validation` for a text that is no sheet and for data of another shop; `WrongKey` for a sheet that does not open
    /// them; `NotFound` for data that no sheet opens, because none was there before the key was lost; `Offline` and what
    /// else keeps an answer away: bring them again.
    pub async fn bring_aside(&self, sheet: String) -> Result<Vec<AsideBrought>, CoreError> {
        let line = Arc::clone(&self.border.line);
        let brought = self.border.read(move |shop| {
            let came = shop.bring_aside(&sheet, line.http()?)?;
            Ok(came.into_iter().map(AsideBrought::from).collect())
        });
        brought.await
    }

    /// Deletes everything of this shop here, the keys too; then the app begins anew. The owner revokes this device on theirs.
    ///
    /// # Errors
    /// `RuleRejected` with `SalesNotSent` while something is neither at the server nor in a file of
    /// [`export_outbox`](Self::export_outbox), with `OnlyCopyHere` on the phone that is its shop's only authority.
    pub async fn sign_out(&self) -> Result<(), CoreError> {
        let left = self
            .border
            .write(&[ChangeTopic::Sync], |shop| Ok(shop.sign_out()?));
        left.await
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

impl From<MadeCopy> for CopyMade {
    fn from(made: MadeCopy) -> Self {
        Self {
            file: made.file.display().to_string(),
            bytes: i64::try_from(made.bytes).unwrap_or(i64::MAX),
            upto: made.upto.0,
        }
    }
}

impl From<CarriedOutbox> for OutboxBrought {
    fn from(came: CarriedOutbox) -> Self {
        Self {
            device: came.device.get(),
            batches: came.batches,
            arrived: came.arrived,
        }
    }
}

impl From<BroughtAside> for AsideBrought {
    fn from(came: BroughtAside) -> Self {
        Self {
            device: came.carried.device.get(),
            ops: i64::try_from(came.ops).unwrap_or(i64::MAX),
            batches: came.carried.batches,
            arrived: came.carried.arrived,
        }
    }
}

impl From<RecoveryError> for Failure {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::NotASheet => invalid(Subject::RecoverySheet),
            RecoveryError::WrongSheet => CoreError::WrongKey.into(),
            RecoveryError::NoSheet => CoreError::NotFound.into(),
            RecoveryError::NotACopy => invalid(Subject::Copy),
            RecoveryError::NotAnOutbox => invalid(Subject::Outbox),
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
            (RecoveryError::NotAnOutbox, invalid(Subject::Outbox)),
            (RecoveryError::NotEmpty, CoreError::AlreadyPaired.into()),
        ] {
            assert_eq!(Failure::from(error), failure);
        }
    }
}
