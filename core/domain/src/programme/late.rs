//! What becomes of points when something happens late: a debit after the last day, goods that come back (L5, L10, X3).

/// Most days of a grace or of a returned lot's life.
const DAYS_MAX: u16 = 366;

/// What a return may leave owing (L10). An overdraft by a redemption is never forgiven by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Owing {
    /// The next earns repay it (the default).
    #[default]
    Owed = 1,
    /// Nothing: the balance stops at zero.
    Cleared = 2,
    /// Nothing either: the refund's money is lowered by the points' value, as far as it goes.
    Deducted = 3,
}

/// The owner's options for what comes late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Late {
    /// Days after a last day within which a late fact still brings points back (L5).
    pub grace_days: u16,
    /// Days that points live at least after they came back by a return (X3).
    pub returned_days: u16,
    /// What a return may leave owing.
    pub owing: Owing,
}

impl Late {
    /// Within what an owner can mean.
    pub(super) const fn is_sound(&self) -> bool {
        self.grace_days <= DAYS_MAX && self.returned_days <= DAYS_MAX
    }
}

impl Default for Late {
    fn default() -> Self {
        Self {
            grace_days: 30,
            returned_days: 0,
            owing: Owing::Owed,
        }
    }
}
