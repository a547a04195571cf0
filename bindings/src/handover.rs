//! Bringing the business of this device to a server, and giving that up.

use std::sync::Arc;

use kartka_core::usecase::handover as core;

use crate::border::Border;
use crate::error::CoreError;
use crate::platform::ChangeTopic;
use crate::sync::{SyncProgressListener, SyncRun};

/// Bringing the business of this device to a server.
#[derive(uniffi::Object)]
pub struct Handover {
    border: Arc<Border>,
}

/// A hand-over under way, or one that came to nothing and was not read yet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HandoverState {
    /// Where it goes.
    pub address: String,
    /// How far it has come.
    pub stage: HandoverStage,
    /// Operations that the server holds.
    pub sent: i64,
    /// Of so many.
    pub of: i64,
    /// Of a refusal: number of the kind of the first row that is not the same on both sides.
    pub row_kind: Option<i64>,
    /// Of a refusal: that row's id.
    pub row_id: Option<i64>,
}

/// How far a hand-over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HandoverStage {
    /// Everything goes up; this device decides.
    Sending,
    /// Everything was said; what is sold is a claim until the server has said yes or no.
    Waiting,
    /// The server came to other rows and said no; which row it is, is being looked for.
    Comparing,
    /// Given up, and the server has not said yet whether it was too late.
    Withdrawing,
    /// Given up: this device decides again; the server was not told yet.
    Leaving,
    /// The server came to other rows: this device decides as before.
    Refused,
}

/// How a hand-over is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HandoverEnd {
    /// The server is asked first: what it has accepted stays accepted.
    AskServer,
    /// The server is out of reach: this device decides again at once.
    WithoutServer,
}

impl Handover {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Handover {
    /// Notes the wish to bring the business to the server of a code, and begins; an exchange begun any other way goes on
    /// with it too. Cancelling the run gives nothing up.
    ///
    /// # Errors
    /// `Validation` for a text that is no such code; `AlreadyPaired` where this device is not the authority;
    /// `NotAllowed`; the situation of the disk or the key store. The run's outcome: `PairingRefused` for a code that the
    /// server does not take, and as an exchange.
    pub async fn begin(
        &self,
        code: String,
        progress: Option<Arc<dyn SyncProgressListener>>,
    ) -> Result<Arc<SyncRun>, CoreError> {
        self.border
            .write(&[ChangeTopic::Sync], move |shop| {
                Ok(shop.plan_hand_over(&code)?)
            })
            .await?;
        Ok(SyncRun::start(&self.border, progress))
    }

    /// How far it has come; none when there is none, or when the server has said yes.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn state(&self) -> Result<Option<HandoverState>, CoreError> {
        self.border
            .read(|shop| Ok(shop.hand_over_state()?.map(HandoverState::from)))
            .await
    }

    /// Gives it up, or notes that a refusal was read. The next exchange tells the server.
    ///
    /// # Errors
    /// `NotFound` when there is none; `NotAllowed`; the situation of the disk or the key store.
    pub async fn give_up(&self, how: HandoverEnd) -> Result<(), CoreError> {
        let how = match how {
            HandoverEnd::AskServer => core::GiveUp::AskServer,
            HandoverEnd::WithoutServer => core::GiveUp::WithoutServer,
        };
        self.border
            .write(&[ChangeTopic::Sync], move |shop| {
                Ok(shop.give_up_hand_over(how)?)
            })
            .await
    }
}

impl From<core::HandOver> for HandoverState {
    fn from(state: core::HandOver) -> Self {
        let row = match state.stage {
            core::HandOverStage::Refused(difference) => difference.row,
            _ => None,
        };
        Self {
            address: state.address,
            stage: state.stage.into(),
            sent: state.sent,
            of: state.of,
            row_kind: row.map(|(kind, _)| kind as i64),
            row_id: row.map(|(_, id)| id),
        }
    }
}

impl From<core::HandOverStage> for HandoverStage {
    fn from(stage: core::HandOverStage) -> Self {
        match stage {
            core::HandOverStage::Sending => Self::Sending,
            core::HandOverStage::Waiting => Self::Waiting,
            core::HandOverStage::Comparing => Self::Comparing,
            core::HandOverStage::Withdrawing => Self::Withdrawing,
            core::HandOverStage::Leaving => Self::Leaving,
            core::HandOverStage::Refused(_) => Self::Refused,
        }
    }
}
