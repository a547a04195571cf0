//! Why a command did not do what was asked: one clear sentence for a person, a word and an exit code for a script.

use kartka_core::error::CoreError;
use kartka_core::platform::KeyStoreError;
use kartka_core::store::StoreError;

use crate::messages;

/// What a command ends with when it fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The core said no.
    Core(CoreError),
    /// What was typed does not do; the sentence says what would.
    Input(String),
    /// Something outside the shop's data went wrong; the sentence says what to do.
    Outside(String),
    /// What should be equal is not.
    Proof(String),
}

impl Failure {
    /// What was typed does not do.
    pub(crate) fn input(why: impl ToString) -> Self {
        Self::Input(why.to_string())
    }

    /// A file, a port, a terminal.
    pub(crate) fn outside(why: impl ToString) -> Self {
        Self::Outside(why.to_string())
    }

    /// For scripts: 1 it failed, 2 what was typed is wrong, 3 a rule of the shop says no, 4 later it may work.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Core(error) => core_exit_code(error),
            Self::Input(_) => 2,
            Self::Outside(_) | Self::Proof(_) => 1,
        }
    }

    /// For scripts: which situation it is, in a word that never changes.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Core(error) => messages::word(error),
            Self::Input(_) => "input",
            Self::Outside(_) => "outside",
            Self::Proof(_) => "proof",
        }
    }

    /// For people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Core(error) => messages::sentence(error),
            Self::Input(why) | Self::Outside(why) | Self::Proof(why) => why.clone(),
        }
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

fn core_exit_code(error: &CoreError) -> u8 {
    match error {
        CoreError::Validation { .. } | CoreError::Programme(_) => 2,
        CoreError::NotFound
        | CoreError::Duplicate { .. }
        | CoreError::InsufficientPoints { .. }
        | CoreError::RuleRejected { .. }
        | CoreError::AlreadyPaired
        | CoreError::NotPaired
        | CoreError::PairingRefused => 3,
        CoreError::Stale
        | CoreError::Offline
        | CoreError::ServerUnavailable { .. }
        | CoreError::Cancelled
        | CoreError::Store(StoreError::Busy)
        | CoreError::Keys(KeyStoreError::Locked) => 4,
        _ => 1,
    }
}
