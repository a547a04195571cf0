//! The one error of the core: a closed list, the same on every platform (architecture §4).
//!
//! No text for people: codes have string keys in the shells. No name, number or note of a person.

use kartka_domain::card::EmissionError;
use kartka_domain::codes::Code;
use kartka_domain::customer::ProfileError;
use kartka_domain::founding::FoundingError;
use kartka_domain::ids::{CustomerId, IdError};
use kartka_domain::money::Overflow;
use kartka_domain::programme::ProgrammeError;
use kartka_domain::purchase::PurchaseError;
use kartka_domain::quote::QuoteError;
use kartka_domain::whatif::WhatIfError;
use kartka_protocol::WireError;

use crate::platform::KeyStoreError;
use crate::store::StoreError;

/// Which input was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
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
}

/// What can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// An input is not what it must be.
    #[error("{field:?} is not valid")]
    Validation {
        /// Which.
        field: Field,
    },
    /// What was named does not exist here.
    #[error("not found")]
    NotFound,
    /// It exists already.
    #[error("exists already")]
    Duplicate {
        /// The customer that has it.
        existing: CustomerId,
    },
    /// Not enough points (U1).
    #[error("{balance} points of {required}")]
    InsufficientPoints {
        /// What may be spent.
        balance: i64,
        /// What is needed.
        required: i64,
    },
    /// A version of the programme can't be published.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// A rule does not allow it.
    #[error("not allowed: {}", .reason.name())]
    RuleRejected {
        /// The rule's word.
        reason: Code,
    },
    /// The state has changed since the quote: ask again.
    #[error("the quote is no longer true")]
    Stale,
    /// Founded or paired already.
    #[error("this device has a business already")]
    AlreadyPaired,
    /// Neither founded nor paired yet.
    #[error("this device has no business yet")]
    NotPaired,
    /// The local store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The platform's key store.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
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
    /// The device was revoked.
    #[error("this device was revoked")]
    DeviceRevoked,
    /// The pairing token was used before, is too old, or was never given out.
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
    /// This copy of the data was rolled back or cloned, and the server gives it no number of its own: nothing is sent
    /// until one does (sync §12).
    #[error("this copy of the data is not the newest one")]
    Forked,
    /// The server's data is older than what this device has seen (sync §12).
    #[error("the server's data is older than this device's")]
    ServerWentBack,
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// A fault of the program.
    #[error("unexpected: {what}")]
    Unexpected {
        /// Where; never data.
        what: &'static str,
    },
}

impl From<QuoteError> for CoreError {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Receipt(error) => error.into(),
            QuoteError::Refused(reason) => reason.into(),
            QuoteError::Overflow(_) => Self::Validation {
                field: Field::Amount,
            },
        }
    }
}

impl From<Code> for CoreError {
    fn from(reason: Code) -> Self {
        match reason {
            Code::NotEnoughPoints { balance, required } => {
                Self::InsufficientPoints { balance, required }
            }
            reason => Self::RuleRejected { reason },
        }
    }
}

impl From<PurchaseError> for CoreError {
    fn from(error: PurchaseError) -> Self {
        let field = match error {
            PurchaseError::ReceiptNumber => Field::ReceiptNumber,
            PurchaseError::Overflow(_) | PurchaseError::NegativeAmount(_) => Field::Amount,
            _ => Field::Lines,
        };
        Self::Validation { field }
    }
}

impl From<ProfileError> for CoreError {
    fn from(error: ProfileError) -> Self {
        let field = match error {
            ProfileError::Phone => Field::Phone,
            ProfileError::Email => Field::Email,
            ProfileError::Birthday => Field::Birthday,
            ProfileError::Text => Field::Text,
        };
        Self::Validation { field }
    }
}

impl From<FoundingError> for CoreError {
    fn from(error: FoundingError) -> Self {
        match error {
            FoundingError::Country => Self::Validation {
                field: Field::Country,
            },
            FoundingError::Name => Self::Validation { field: Field::Name },
            FoundingError::Programme(_) => Self::Unexpected {
                what: "the ready programme",
            },
        }
    }
}

impl From<WhatIfError> for CoreError {
    fn from(error: WhatIfError) -> Self {
        match error {
            WhatIfError::Range(_) | WhatIfError::Overflow(_) => Self::Validation {
                field: Field::Amount,
            },
            WhatIfError::OutOfOrder => Self::Unexpected {
                what: "the order of past purchases",
            },
        }
    }
}

impl From<Overflow> for CoreError {
    fn from(_: Overflow) -> Self {
        Self::Validation {
            field: Field::Amount,
        }
    }
}

impl From<IdError> for CoreError {
    fn from(_: IdError) -> Self {
        Self::Unexpected { what: "an id" }
    }
}

impl From<EmissionError> for CoreError {
    fn from(_: EmissionError) -> Self {
        Self::Unexpected {
            what: "card numbers",
        }
    }
}

impl From<WireError> for CoreError {
    fn from(_: WireError) -> Self {
        Self::Unexpected { what: "a record" }
    }
}
