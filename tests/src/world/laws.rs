//! What must hold, by its number in sync §11, and what was found not to.

use std::fmt;

/// A promise of sync §11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Every confirmed sale is in the ledger or in quarantine exactly once, with its values.
    S1,
    /// An op id never names two contents; a device's ops are gap-free.
    S2,
    /// Entries don't change, effects are set once, one void, returned ≤ sold.
    S3,
    /// Balance = Σ effects.
    S4,
    /// An op is seen all or nothing; own pending values are never hidden.
    S5,
    /// A cursor at c has seen every row ≤ c.
    S6,
    /// Equal cursors and empty outboxes mean equal digests, which are the model's.
    S7,
    /// A field's winner follows its law; no effective time after the receipt.
    S8,
    /// A withdrawal is never overridden by an unaware grant.
    S9,
    /// Extra loss never above the bound.
    S10,
    /// After an erasure nothing is left.
    S11,
    /// No page after revocation, nothing of another business.
    S12,
    /// Unknown fields survive.
    S13,
    /// A restore or a hand-over loses and doubles nothing.
    S14,
    /// The outbox is never thrown away.
    S15,
    /// Two authorities never extend one epoch.
    S16,
    /// Everything comes to rest: outboxes drain, cursors reach the head, a timer is always armed.
    Live,
    /// The program itself said something that it must never say.
    Sound,
}

impl Law {
    /// The number in sync §11, or what stands for it.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::S1 => "safety 1",
            Self::S2 => "safety 2",
            Self::S3 => "safety 3",
            Self::S4 => "safety 4",
            Self::S5 => "safety 5",
            Self::S6 => "safety 6",
            Self::S7 => "safety 7",
            Self::S8 => "safety 8",
            Self::S9 => "safety 9",
            Self::S10 => "safety 10",
            Self::S11 => "safety 11",
            Self::S12 => "safety 12",
            Self::S13 => "safety 13",
            Self::S14 => "safety 14",
            Self::S15 => "safety 15",
            Self::S16 => "safety 16",
            Self::Live => "liveness",
            Self::Sound => "soundness",
        }
    }
}

/// A promise that was broken, and how.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(crate) law: Law,
    pub(crate) what: String,
}

impl Wrong {
    pub(crate) fn of(law: Law, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { law, what }
    }

    /// Says where it was seen.
    pub(crate) fn at(self, place: &str) -> Self {
        Self::of(self.law, format!("{place}: {}", self.what))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law.number(), self.what)
    }
}

/// What the world itself could not do.
impl From<String> for Wrong {
    fn from(what: String) -> Self {
        Self::of(Law::Sound, what)
    }
}

/// Fails with `law` unless both are the same.
pub(crate) fn same<T: PartialEq + fmt::Debug>(
    law: Law,
    what: impl FnOnce() -> String,
    got: &T,
    want: &T,
) -> Result<(), Wrong> {
    if got == want {
        return Ok(());
    }
    let what = what();
    Err(Wrong::of(
        law,
        format!("{what}: {got:?}, the model says {want:?}"),
    ))
}
