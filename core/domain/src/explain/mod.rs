//! A balance that explains itself: every lot, where it came from, what took it, what is left and until when (T6).
//!
//! The ledger is folded again in the authority's order by the one fold there is ([`Group`](crate::position::Group)), and
//! what each entry did to the buckets is attributed to lots: within a bucket the sooner available first, then the lower
//! entry id (L4). The account is then compared with the position that is in force, which is the truth: what the entries
//! at hand don't tell becomes a line of its own, so the lines always add up to the balance. Pure; decides nothing.

mod account;
mod opening;

use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, PurchaseId};
use crate::ledger::{About, Entry, EntryKind, LotTerms};
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::position::Position;

/// What happened, in the authority's order.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A ledger entry of a member.
    Entry(&'a Entry),
    /// Two members became one person (I2).
    Merged(CustomerId, CustomerId),
}

/// How much of the ledger is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Whole,
    /// The recent months: what was there before shows as one line per bucket.
    Recent,
}

/// The account of one person with one instrument.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// The members' positions that are in force.
    pub members: &'a [(CustomerId, Position)],
    /// What is known of how they came about, oldest first.
    pub events: &'a [Event<'a>],
    /// Whether that is all.
    pub reach: Reach,
    /// The day for which it is told: lots whose first day has come are available (L8).
    pub today: Date,
}

/// An entry, as the reason of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Which entry.
    pub entry: EntryId,
    /// Why it was written.
    pub kind: EntryKind,
    /// The purchase it belongs to.
    pub purchase: Option<PurchaseId>,
    /// Business date.
    pub date: Date,
    /// Why its number is what it is, where the authority said so (L15).
    pub verdict: Option<Code>,
    /// Whether its number is still open: a return whose purchase is not known yet (X1).
    pub to_be_settled: bool,
    /// Who brought whom, where it is a thanks for that (G3): the fact that said so.
    pub brought: Option<EntryId>,
}

impl From<&Entry> for Source {
    fn from(entry: &Entry) -> Self {
        Self {
            entry: entry.id,
            kind: entry.kind,
            purchase: entry.purchase,
            date: entry.date,
            verdict: entry.verdict.map(|(_, code)| code),
            to_be_settled: entry.is_to_be_settled(),
            brought: match entry.about {
                About::Brought(id) => Some(id),
                _ => None,
            },
        }
    }
}

/// What a lot was changed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A debit took from it (L4).
    Taken,
    /// A return gave back what had been taken (X3).
    GivenBack,
    /// It repaid what was owed (L10).
    DebtRepaid,
    /// The position in force says so, and no entry at hand does.
    Settled,
}

/// One change of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// What for.
    pub why: Why,
    /// By which entry, if by one.
    pub by: Option<Source>,
    /// Signed.
    pub points: Points,
}

/// Points that came in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Whose (I2).
    pub member: CustomerId,
    /// The entry that gave them; none for what was there before the entries at hand.
    pub origin: Option<Source>,
    /// How many came in.
    pub amount: Points,
    /// What of them a campaign added, and which (E3).
    pub raised: Option<(InstrumentId, Points)>,
    /// What had been promised instead, and why it is not so (L15).
    pub instead_of: Option<(Points, Code)>,
    /// First day they may be spent; none for what was there before.
    pub available_on: Option<Date>,
    /// Last day; none = never.
    pub expires_on: Option<Date>,
    /// What happened to them, oldest first.
    pub moves: Vec<Move>,
    /// What is left: amount and moves together, ≥ 0.
    pub left: Points,
    /// Whether their first day is still to come (L8).
    pub pending: bool,
}

/// Points that were spent or taken back and that no lot had (L10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The debit; none for what was owed before the entries at hand.
    pub origin: Option<Source>,
    /// How many no lot had.
    pub amount: Points,
    /// What has repaid it, oldest first; points are what it lowers the debt by.
    pub repaid: Vec<Move>,
    /// What is still owed, ≥ 0.
    pub left: Points,
}

/// The whole account: Σ `left` of the lots − Σ `left` of the debts = balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Lots in spend order, used-up ones included (L4).
    pub lots: Vec<Lot>,
    /// Debts, oldest first, repaid ones included.
    pub debts: Vec<Debt>,
    /// What the position in force says.
    pub balance: Points,
}

/// Tells an account (T6).
///
/// # Errors
/// [`Overflow`].
pub fn explain(account: &Account<'_>) -> Result<Explained, Overflow> {
    let mut told = account::Telling::begin(account)?;
    for event in account.events {
        told.follow(event)?;
    }
    told.settle_with(account)
}

/// Where the points of a lot stand in a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Pending(LotTerms),
    Bucket(Option<Date>),
}
