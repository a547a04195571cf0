//! Who brought whom, and what came of it (G3): a fact of the counter with the authority's word on it.
//!
//! It names two customers by their ids and nothing else of them (L14).

use crate::codes::Code;
use crate::ids::{
    CustomerId, EntryId, InstrumentId, OperatorId, OutletId, ProgrammeVersion, PurchaseId,
};
use crate::ledger::{Effect, LotTerms};
use crate::moment::Date;

/// Most friends that are noted for one customer.
pub const FRIENDS_MAX: usize = 1_000;

/// That one customer brought another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Brought {
    /// The entry that said so.
    pub id: EntryId,
    /// Who was brought.
    pub friend: CustomerId,
    /// Who brought them.
    pub referrer: CustomerId,
    /// By whom it was recorded.
    pub operator: OperatorId,
    /// Where.
    pub outlet: OutletId,
    /// Business date.
    pub date: Date,
    /// The rules that were promised (L9).
    pub programme: ProgrammeVersion,
    /// Why it has no effect, for good (L15).
    pub refused: Option<Code>,
    /// What the friend has done for it to count, while it counts.
    pub counted: Option<Counted>,
}

/// That a friend counts, and what was given for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counted {
    /// The purchase with which they count; none where it is enough to be registered.
    pub purchase: Option<PurchaseId>,
    /// The business date of that: the month of the limit.
    pub on: Date,
    /// The reward that this friend completed.
    pub reward: Option<Thanks>,
    /// What the friend was given.
    pub welcome: Option<Thanks>,
    /// Why the reward that this friend completed was not given.
    pub unpaid: Option<Code>,
}

impl Counted {
    /// Whether this friend completed a reward, given or not.
    #[must_use]
    pub const fn completes(&self) -> bool {
        self.reward.is_some() || self.unpaid.is_some()
    }
}

/// Points that were given, as they would be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thanks {
    /// Of which bonus card.
    pub instrument: InstrumentId,
    /// How many, and what they are worth.
    pub effect: Effect,
    /// Their life.
    pub lot: LotTerms,
}
