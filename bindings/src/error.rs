//! The one error of the border and the one table that makes it (architecture §4).
//!
//! A variant is a situation a screen can act on. No text for people: a shell finds its words under the variant's name.
//! A fault of the program becomes [`CoreError::Unexpected`] with the id of a report that lies in the log.

use kartka_core::error::{CoreError as Inner, Field};
use kartka_core::platform::KeyStoreError;
use kartka_core::store::StoreError;
use kartka_core::sync::Failure as Unanswered;

use crate::codes::Code;

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CoreError {
    /// An input is not what it must be.
    #[error("{subject:?} is not valid")]
    Validation {
        /// Which.
        subject: Subject,
    },
    /// What was named does not exist here.
    #[error("not found")]
    NotFound,
    /// It exists already.
    #[error("exists already")]
    Duplicate {
        /// The customer that has it.
        existing: i64,
    },
    /// Not enough points (U1).
    #[error("{balance} points of {required}")]
    InsufficientPoints {
        /// What may be spent.
        balance: i64,
        /// What is needed.
        required: i64,
    },
    /// A rule does not allow it.
    #[error("not allowed: {}", .reason.name)]
    RuleRejected {
        /// The rule's word.
        reason: Code,
    },
    /// The quote is gone or no longer true: quote again.
    #[error("the quote is no longer true")]
    Stale,
    /// Founded or paired already.
    #[error("this device has a business already")]
    AlreadyPaired,
    /// Neither founded nor paired yet.
    #[error("this device has no business yet")]
    NotPaired,
    /// No room on the device: reading goes on, a later write may succeed.
    #[error("the device is full")]
    StorageFull,
    /// The data folder can't be written.
    #[error("the data folder is read-only")]
    ReadOnly,
    /// The data was written by a newer Kartka; it is left as it is.
    #[error("the data is of version {found}, this program knows versions up to {known}")]
    TooNew {
        /// The data's version.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The key does not belong to the data. Nothing was moved.
    #[error("the key does not belong to this data")]
    WrongKey,
    /// The data is damaged.
    #[error("the data is damaged")]
    Corrupt {
        /// Where the damaged file lies now, if it was moved aside.
        moved_to: Option<String>,
    },
    /// Another process, or another `KartkaCore`, has the data open.
    #[error("the data is in use")]
    Busy,
    /// The key store is locked until the device is unlocked once.
    #[error("the key store is locked")]
    KeysLocked,
    /// The platform dropped the key that protects a secret: only the recovery key helps.
    #[error("the key store lost a key")]
    KeysLost,
    /// The key store does not answer.
    #[error("the key store is not available")]
    KeysUnavailable,
    /// There is no server, or no network to it.
    #[error("offline")]
    Offline,
    /// The server can't answer now.
    #[error("the server is not available")]
    ServerUnavailable {
        /// Try again after so many milliseconds.
        retry_after_ms: i64,
    },
    /// The server does not know this device's key.
    #[error("the server does not accept this device")]
    Unauthorised,
    /// The owner took this device out of the shop.
    #[error("this device was revoked")]
    DeviceRevoked,
    /// The pairing code was used before, is too old, or was never given out.
    #[error("the pairing code is no longer valid")]
    PairingRefused,
    /// The server refused for a reason of its own.
    #[error("the server refused: {code}")]
    ServerRejected {
        /// The protocol's code.
        code: u16,
    },
    /// This program is too old for the server.
    #[error("the server speaks protocol {min} or newer")]
    ProtocolTooOld {
        /// The oldest it speaks.
        min: u32,
    },
    /// This copy of the data was rolled back or cloned: nothing is sent until a person acts (sync §12).
    #[error("this copy of the data is not the newest one")]
    Forked,
    /// The server's data is older than what this device has seen (sync §12).
    #[error("the server's data is older than this device's")]
    ServerWentBack,
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// A fault of the program, or a disk that fails: the log has a line with this id.
    #[error("unexpected: {report_id}")]
    Unexpected {
        /// Eight hexadecimal digits that a person can read out.
        report_id: String,
    },
}

/// Which input was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Subject {
    /// A name.
    Name,
    /// A phone number.
    Phone,
    /// An email address.
    Email,
    /// A birthday.
    Birthday,
    /// A text that is empty or too long.
    Text,
    /// The lines of a receipt.
    Lines,
    /// The till's receipt number.
    ReceiptNumber,
    /// The country of a new business.
    Country,
    /// A way to name or reach the person, or a card (B1).
    WayToReach,
    /// The text of a pairing code.
    PairingCode,
    /// A card number or code.
    Card,
    /// An amount.
    Amount,
    /// The size or stride of a camera frame.
    Frame,
    /// A request id: 16 bytes.
    RequestId,
    /// The text of a recovery sheet.
    RecoverySheet,
    /// The file of a copy.
    Copy,
    /// A file with what another device has not sent.
    Outbox,
}

/// What the border knows of a failure: a situation, or a fault that needs a report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Crosses as it is.
    Situation(CoreError),
    /// Crosses as [`CoreError::Unexpected`]; the text names a place, never data.
    Fault(String),
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        Self::Situation(error)
    }
}

impl From<Inner> for Failure {
    fn from(error: Inner) -> Self {
        let situation = match error {
            Inner::Validation { field } => CoreError::Validation {
                subject: field.into(),
            },
            Inner::Programme(_) => CoreError::Validation {
                subject: Subject::Text,
            },
            Inner::NotFound => CoreError::NotFound,
            Inner::Duplicate { existing } => CoreError::Duplicate {
                existing: existing.get(),
            },
            Inner::InsufficientPoints { balance, required } => {
                CoreError::InsufficientPoints { balance, required }
            }
            Inner::RuleRejected { reason } => CoreError::RuleRejected {
                reason: reason.into(),
            },
            Inner::Stale => CoreError::Stale,
            Inner::AlreadyPaired => CoreError::AlreadyPaired,
            Inner::NotPaired => CoreError::NotPaired,
            Inner::Store(error) => return error.into(),
            Inner::Keys(KeyStoreError::Locked) => CoreError::KeysLocked,
            Inner::Keys(KeyStoreError::Lost) => CoreError::KeysLost,
            Inner::Keys(KeyStoreError::Unavailable(_)) => CoreError::KeysUnavailable,
            Inner::Offline => CoreError::Offline,
            Inner::ServerUnavailable { retry_after_ms } => {
                CoreError::ServerUnavailable { retry_after_ms }
            }
            Inner::Unauthorised => CoreError::Unauthorised,
            Inner::DeviceRevoked => CoreError::DeviceRevoked,
            Inner::PairingRefused => CoreError::PairingRefused,
            Inner::ServerRejected { code } => CoreError::ServerRejected { code },
            Inner::ProtocolTooOld { min } => CoreError::ProtocolTooOld { min },
            Inner::Forked => CoreError::Forked,
            Inner::ServerWentBack => CoreError::ServerWentBack,
            Inner::Cancelled => CoreError::Cancelled,
            Inner::Unexpected { what } => return Self::Fault(what.to_owned()),
        };
        Self::Situation(situation)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let situation = match error {
            StoreError::Full => CoreError::StorageFull,
            StoreError::ReadOnly => CoreError::ReadOnly,
            StoreError::TooNew { found, known } => CoreError::TooNew { found, known },
            StoreError::WrongKey => CoreError::WrongKey,
            StoreError::Corrupt { moved_to } => CoreError::Corrupt {
                moved_to: moved_to.map(|path| path.display().to_string()),
            },
            StoreError::Busy => CoreError::Busy,
            error @ (StoreError::Io(_) | StoreError::Malformed(_) | StoreError::Unexpected(_)) => {
                return Self::Fault(error.to_string());
            }
        };
        Self::Situation(situation)
    }
}

impl From<Unanswered> for Failure {
    fn from(error: Unanswered) -> Self {
        Inner::from(error).into()
    }
}

impl From<Field> for Subject {
    fn from(field: Field) -> Self {
        match field {
            Field::Name => Self::Name,
            Field::Phone => Self::Phone,
            Field::Email => Self::Email,
            Field::Birthday => Self::Birthday,
            Field::Text => Self::Text,
            Field::Lines => Self::Lines,
            Field::ReceiptNumber => Self::ReceiptNumber,
            Field::Country => Self::Country,
            Field::WayToReach => Self::WayToReach,
            Field::PairingCode => Self::PairingCode,
            Field::Card => Self::Card,
            Field::Amount => Self::Amount,
            Field::Frame => Self::Frame,
        }
    }
}

/// An input that is not valid.
pub(crate) const fn invalid(subject: Subject) -> Failure {
    Failure::Situation(CoreError::Validation { subject })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kartka_core::domain::codes::Code as DomainCode;
    use kartka_core::domain::ids::CustomerId;

    use super::*;

    /// A place in the list for every variant: a new one does not compile until it stands here and in the table.
    fn place(error: &CoreError) -> usize {
        match error {
            CoreError::Validation { .. } => 0,
            CoreError::NotFound => 1,
            CoreError::Duplicate { .. } => 2,
            CoreError::InsufficientPoints { .. } => 3,
            CoreError::RuleRejected { .. } => 4,
            CoreError::Stale => 5,
            CoreError::AlreadyPaired => 6,
            CoreError::NotPaired => 7,
            CoreError::StorageFull => 8,
            CoreError::ReadOnly => 9,
            CoreError::TooNew { .. } => 10,
            CoreError::WrongKey => 11,
            CoreError::Corrupt { .. } => 12,
            CoreError::Busy => 13,
            CoreError::KeysLocked => 14,
            CoreError::KeysLost => 15,
            CoreError::KeysUnavailable => 16,
            CoreError::Offline => 17,
            CoreError::ServerUnavailable { .. } => 18,
            CoreError::Unauthorised => 19,
            CoreError::DeviceRevoked => 20,
            CoreError::PairingRefused => 21,
            CoreError::ServerRejected { .. } => 22,
            CoreError::ProtocolTooOld { .. } => 23,
            CoreError::Forked => 24,
            CoreError::ServerWentBack => 25,
            CoreError::Cancelled => 26,
            CoreError::Unexpected { .. } => 27,
        }
    }
    const PLACES: usize = 28;

    fn situation(error: CoreError) -> Failure {
        Failure::Situation(error)
    }

    /// Every failure of the core and what crosses in its place.
    fn table() -> Vec<(Inner, Failure)> {
        let existing = CustomerId::new((1 << 40) | 7).unwrap();
        let disk = || Box::new(std::fmt::Error);
        let fault = |what: &str| Failure::Fault(what.to_owned());
        let phone = CoreError::Validation {
            subject: Subject::Phone,
        };
        let reason = DomainCode::MaxShare { most: 120 };
        vec![
            (
                Inner::Validation {
                    field: Field::Phone,
                },
                situation(phone),
            ),
            (Inner::NotFound, situation(CoreError::NotFound)),
            (
                Inner::Duplicate { existing },
                situation(CoreError::Duplicate {
                    existing: (1 << 40) | 7,
                }),
            ),
            (
                Inner::InsufficientPoints {
                    balance: 3,
                    required: 10,
                },
                situation(CoreError::InsufficientPoints {
                    balance: 3,
                    required: 10,
                }),
            ),
            (
                Inner::RuleRejected { reason },
                situation(CoreError::RuleRejected {
                    reason: Code::from(reason),
                }),
            ),
            (Inner::Stale, situation(CoreError::Stale)),
            (Inner::AlreadyPaired, situation(CoreError::AlreadyPaired)),
            (Inner::NotPaired, situation(CoreError::NotPaired)),
            (StoreError::Full.into(), situation(CoreError::StorageFull)),
            (StoreError::ReadOnly.into(), situation(CoreError::ReadOnly)),
            (
                StoreError::TooNew { found: 9, known: 1 }.into(),
                situation(CoreError::TooNew { found: 9, known: 1 }),
            ),
            (StoreError::WrongKey.into(), situation(CoreError::WrongKey)),
            (
                StoreError::Corrupt {
                    moved_to: Some("aside".into()),
                }
                .into(),
                situation(CoreError::Corrupt {
                    moved_to: Some("aside".to_owned()),
                }),
            ),
            (StoreError::Busy.into(), situation(CoreError::Busy)),
            (
                StoreError::Io(disk()).into(),
                fault("the disk reports an error"),
            ),
            (
                StoreError::Malformed("a column").into(),
                fault("a stored value is malformed: a column"),
            ),
            (
                StoreError::Unexpected(disk()).into(),
                fault("a statement failed"),
            ),
            (
                KeyStoreError::Locked.into(),
                situation(CoreError::KeysLocked),
            ),
            (KeyStoreError::Lost.into(), situation(CoreError::KeysLost)),
            (
                KeyStoreError::Unavailable("the platform's words".to_owned()).into(),
                situation(CoreError::KeysUnavailable),
            ),
            (Inner::Offline, situation(CoreError::Offline)),
            (
                Inner::ServerUnavailable { retry_after_ms: 15 },
                situation(CoreError::ServerUnavailable { retry_after_ms: 15 }),
            ),
            (Inner::Unauthorised, situation(CoreError::Unauthorised)),
            (Inner::DeviceRevoked, situation(CoreError::DeviceRevoked)),
            (Inner::PairingRefused, situation(CoreError::PairingRefused)),
            (
                Inner::ServerRejected { code: 12 },
                situation(CoreError::ServerRejected { code: 12 }),
            ),
            (
                Inner::ProtocolTooOld { min: 2 },
                situation(CoreError::ProtocolTooOld { min: 2 }),
            ),
            (Inner::Forked, situation(CoreError::Forked)),
            (Inner::ServerWentBack, situation(CoreError::ServerWentBack)),
            (Inner::Cancelled, situation(CoreError::Cancelled)),
            (Inner::Unexpected { what: "a row" }, fault("a row")),
        ]
    }

    #[test]
    fn every_failure_of_the_core_crosses_as_its_situation_and_every_situation_has_one() {
        let mut met = [false; PLACES];
        // Faults cross as this one, with a report.
        met[place(&CoreError::Unexpected {
            report_id: String::new(),
        })] = true;
        for (inner, expected) in table() {
            let shown = format!("{inner:?}");
            let crossed = Failure::from(inner);
            assert_eq!(crossed, expected, "{shown}");
            if let Failure::Situation(error) = crossed {
                met[place(&error)] = true;
            }
        }
        let missing: Vec<usize> = (0..PLACES).filter(|&at| !met[at]).collect();
        assert!(missing.is_empty(), "no row of the table for {missing:?}");
    }
}
