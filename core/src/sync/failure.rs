//! Why an exchange came to nothing, and what a person is told about it.

use kartka_protocol::message::Refusal;

use crate::error::CoreError;

/// How an exchange failed on its way, or what was answered instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No network, no such host, nobody there, no trust in its certificate.
    Offline,
    /// No answer in time.
    Timeout,
    /// The server, or something before it, can't answer now.
    Unavailable {
        /// Try again after so many milliseconds; 0 = it did not say.
        retry_after_ms: i64,
    },
    /// The server refused by a word of the protocol.
    Refused(Refusal),
    /// Something else answered: a captive portal, another program, an old or damaged answer.
    NotTheAnswer,
}

impl From<Failure> for CoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Offline | Failure::Timeout | Failure::NotTheAnswer => Self::Offline,
            Failure::Unavailable { retry_after_ms } => Self::ServerUnavailable { retry_after_ms },
            Failure::Refused(refusal) => refused(refusal),
        }
    }
}

fn refused(refusal: Refusal) -> CoreError {
    match refusal {
        Refusal::ProtocolTooOld { min } => CoreError::ProtocolTooOld {
            min: u32::from(min),
        },
        Refusal::Unauthorised => CoreError::Unauthorised,
        Refusal::DeviceRevoked => CoreError::DeviceRevoked,
        Refusal::PairingRefused => CoreError::PairingRefused,
        Refusal::Busy { retry_ms } => CoreError::ServerUnavailable {
            retry_after_ms: i64::from(retry_ms),
        },
        Refusal::Internal => CoreError::ServerUnavailable { retry_after_ms: 0 },
        // Fork and the epochs count only in an answer with the authority's signature (`history`); anybody may
        // write a refusal without one.
        Refusal::Malformed
        | Refusal::TooLarge
        | Refusal::Moved
        | Refusal::Fork { .. }
        | Refusal::EpochBehind
        | Refusal::EpochUnknown => CoreError::ServerRejected {
            code: refusal.number(),
        },
    }
}
