//! Control sums: the ledger as it lies and as the store adds it up, for proofs that share no code with the domain.

/// One ledger entry's columns, untyped on purpose: effects as stored, amounts signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// Whose balance.
    pub customer: i64,
    /// Of which instrument.
    pub instrument: i64,
    /// The entry kind's number.
    pub kind: i64,
    /// Points.
    pub points: i64,
    /// Stamps.
    pub stamps: i64,
}

/// What the store's own addition says of one customer and instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Whose.
    pub customer: i64,
    /// Of which instrument.
    pub instrument: i64,
    /// Σ points.
    pub points: i64,
    /// Σ stamps.
    pub stamps: i64,
}

/// Everything in one view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The ledger, in no particular order.
    pub ledger: Vec<LedgerLine>,
    /// Sums by customer and instrument.
    pub balances: Vec<Balance>,
    /// Rows of the authority, of every kind.
    pub rows: u64,
    /// Size of the database in bytes, with everything that is not rows.
    pub bytes: u64,
}
