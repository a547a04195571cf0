//! Why the authority did not serve a request: the closed list of wire refusals.
//!
//! Each has a number for the exchange and a word for problem JSON; neither changes after the release.

use crate::WireError;
use crate::fields::Record;

const NUMBER: u16 = 1;
const ARGUMENT: u16 = 2;

/// A refusal of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes are no such message.
    Malformed,
    /// The message, or something in it, is larger than the limits allow.
    TooLarge,
    /// The device speaks a protocol older than `min`.
    ProtocolTooOld {
        /// The oldest that is still spoken.
        min: u16,
    },
    /// No such business, no such device, or not its signature: told apart to nobody.
    Unauthorised,
    /// The device was revoked; its push was kept, it gets no page.
    DeviceRevoked,
    /// The device's ops from the counter `acked` on are another history (sync §12).
    Fork {
        /// The last counter the authority holds.
        acked: i64,
    },
    /// The device has seen a higher epoch than this authority's.
    EpochBehind,
    /// The device's epoch is not in this authority's lineage.
    EpochUnknown,
    /// Another authority has taken over.
    Moved,
    /// A pairing token that is unknown, used or out of time: told apart to nobody.
    PairingRefused,
    /// Too many requests; try again later.
    Busy {
        /// After so many milliseconds.
        retry_ms: u32,
    },
    /// A fault of the authority's own; nothing was taken.
    Internal,
}

impl Refusal {
    /// One of each.
    pub const ALL: [Self; 12] = [
        Self::Malformed,
        Self::TooLarge,
        Self::ProtocolTooOld { min: 0 },
        Self::Unauthorised,
        Self::DeviceRevoked,
        Self::Fork { acked: 0 },
        Self::EpochBehind,
        Self::EpochUnknown,
        Self::Moved,
        Self::PairingRefused,
        Self::Busy { retry_ms: 0 },
        Self::Internal,
    ];

    /// Its number in the exchange.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Malformed => 1,
            Self::TooLarge => 2,
            Self::ProtocolTooOld { .. } => 3,
            Self::Unauthorised => 4,
            Self::DeviceRevoked => 5,
            Self::Fork { .. } => 6,
            Self::EpochBehind => 7,
            Self::EpochUnknown => 8,
            Self::Moved => 9,
            Self::PairingRefused => 10,
            Self::Busy { .. } => 11,
            Self::Internal => 12,
        }
    }

    /// Its word in problem JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::ProtocolTooOld { .. } => "protocol-too-old",
            Self::Unauthorised => "unauthorised",
            Self::DeviceRevoked => "device-revoked",
            Self::Fork { .. } => "fork",
            Self::EpochBehind => "epoch-behind",
            Self::EpochUnknown => "epoch-unknown",
            Self::Moved => "moved",
            Self::PairingRefused => "pairing-refused",
            Self::Busy { .. } => "busy",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status that carries it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::TooLarge => 413,
            Self::ProtocolTooOld { .. } => 426,
            Self::Unauthorised => 401,
            Self::DeviceRevoked | Self::PairingRefused => 403,
            Self::Fork { .. } | Self::EpochBehind | Self::EpochUnknown => 409,
            Self::Moved => 421,
            Self::Busy { .. } => 429,
            Self::Internal => 500,
        }
    }

    /// Its one argument: a protocol, a counter, milliseconds; 0 where there is none.
    #[must_use]
    pub const fn argument(self) -> i64 {
        match self {
            Self::ProtocolTooOld { min } => min as i64,
            Self::Fork { acked } => acked,
            Self::Busy { retry_ms } => retry_ms as i64,
            _ => 0,
        }
    }

    /// The refusal with this word, as problem JSON has it; arguments out of range are taken as 0.
    #[must_use]
    pub fn from_word(word: &str, argument: i64) -> Option<Self> {
        let known = Self::ALL
            .into_iter()
            .find(|refusal| refusal.word() == word)?;
        Some(known.with(argument).unwrap_or(known))
    }

    fn with(self, argument: i64) -> Option<Self> {
        Some(match self {
            Self::ProtocolTooOld { .. } => Self::ProtocolTooOld {
                min: u16::try_from(argument).ok()?,
            },
            Self::Fork { .. } => Self::Fork { acked: argument },
            Self::Busy { .. } => Self::Busy {
                retry_ms: u32::try_from(argument).ok()?,
            },
            other => other,
        })
    }

    pub(super) fn to_record(self) -> Record {
        let mut r = Record::new();
        r.put(NUMBER, self.number());
        r.put_unless(ARGUMENT, self.argument(), 0);
        r
    }

    pub(super) fn from_record(r: &Record) -> Result<Self, WireError> {
        let number: u16 = r.int(NUMBER)?;
        let known = Self::ALL
            .into_iter()
            .find(|refusal| refusal.number() == number);
        let refusal = known.ok_or(WireError::OutOfRange(NUMBER))?;
        refusal
            .with(r.int_or(ARGUMENT, 0)?)
            .ok_or(WireError::OutOfRange(ARGUMENT))
    }
}
