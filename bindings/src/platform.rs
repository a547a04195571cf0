//! What a platform gives the core: a safe for keys, a place for log lines, an ear for changes.
//!
//! Foreign code may fail or throw at any time; nothing of that goes further than the call it happened in.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use kartka_core::platform::{KeyStore as CoreKeyStore, KeyStoreError, SecretName};
use zeroize::Zeroizing;

/// A place for small secrets outside the data folder, wrapped by the platform's key store (sync §8).
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync {
    /// The secret under `name`, or nothing if none was ever stored there.
    ///
    /// # Errors
    /// [`KeyStoreFault`]; anything else that is thrown counts as [`KeyStoreFault::Unavailable`].
    fn load(&self, name: String) -> Result<Option<Vec<u8>>, KeyStoreFault>;

    /// Keeps `secret` under `name` in place of an older one; returns only when it is durable.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn store(&self, name: String, secret: Vec<u8>) -> Result<(), KeyStoreFault>;
}

/// Why a secret could not be read or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreFault {
    /// The phone was not unlocked since it started; the same call will work later.
    #[error("locked")]
    Locked,
    /// The platform dropped what it needs to unwrap the secret.
    #[error("lost")]
    Lost,
    /// Anything else.
    #[error("unavailable")]
    Unavailable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

/// Where log lines go. Lines hold ids and places, never names, numbers or notes.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// Takes one line; called from any thread.
    ///
    /// # Errors
    /// Whatever the platform throws; the line is lost then and nothing else.
    fn write(&self, entry: LogEntry) -> Result<(), ListenerFault>;
}

/// One log line.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogEntry {
    /// How much it matters.
    pub level: LogLevel,
    /// What happened, in a developer's words; no personal data.
    pub what: String,
    /// The id that the person was shown, if one was.
    pub report_id: Option<String>,
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// A step of the normal course.
    Info,
    /// Something that should not go on for long.
    Warning,
    /// A fault of the program.
    Error,
}

/// Hears of changes, one topic at a time, on a thread of the core.
#[uniffi::export(with_foreign)]
pub trait ChangeListener: Send + Sync {
    /// Something of this topic changed: ask again for what is shown of it.
    ///
    /// # Errors
    /// Whatever the platform throws; it is forgotten, and the next change is told all the same.
    fn changed(&self, topic: ChangeTopic) -> Result<(), ListenerFault>;
}

/// Coarse topics of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ChangeTopic {
    /// Profiles, consents, cards and balances.
    Customers,
    /// Purchases and returns.
    Sales,
    /// The outbox, the age of the authority's word, the standing of this device.
    Sync,
}

/// What a listener throws. What it was stays with the platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ListenerFault {
    /// It failed.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The platform's key store as the core knows it.
pub(crate) struct ForeignKeys(pub(crate) Arc<dyn KeyStore>);

impl CoreKeyStore for ForeignKeys {
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let found = self.0.load(name.as_str().to_owned())?;
        Ok(found.map(Zeroizing::new))
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        Ok(self.0.store(name.as_str().to_owned(), secret.to_vec())?)
    }
}

impl From<KeyStoreFault> for KeyStoreError {
    fn from(fault: KeyStoreFault) -> Self {
        match fault {
            KeyStoreFault::Locked => Self::Locked,
            KeyStoreFault::Lost => Self::Lost,
            KeyStoreFault::Unavailable => Self::Unavailable("the platform's word".to_owned()),
        }
    }
}

/// Tells changes in their order, on a thread of its own, so that a slow listener keeps nobody waiting.
pub(crate) struct Changes(Sender<ChangeTopic>);

impl Changes {
    /// Starts telling `listener`; ends when the answer is dropped.
    pub(crate) fn telling(listener: Arc<dyn ChangeListener>) -> std::io::Result<Self> {
        let (sender, topics) = channel();
        let tell = move || {
            for topic in topics {
                // A listener that throws is told the next change all the same.
                let _ = listener.changed(topic);
            }
        };
        thread::Builder::new()
            .name("kartka-changes".to_owned())
            .spawn(tell)?;
        Ok(Self(sender))
    }

    /// Something of `topics` changed.
    pub(crate) fn tell(&self, topics: &[ChangeTopic]) {
        for &topic in topics {
            // The thread only ends with us.
            let _ = self.0.send(topic);
        }
    }
}
