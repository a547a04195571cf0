//! The authority: an op and the state before it → the rows after it (sync §1).
//!
//! One pure module for a founding phone, for a server's writer, and for a phone that shows its own
//! pending ops over the authority's last word: the same function, so a row that is not echoed has the
//! same bytes on both sides (sync §4). Nobody's fact is rejected; what can't count gets effect 0 and a
//! reason (L15). Errors come only from the book, never from an op.

mod adjust;
mod after;
mod campaigns;
mod claimed;
mod clock;
mod coupons;
mod demotion;
mod earning;
pub mod expiry;
mod inactivity;
pub mod lapse;
mod merge;
mod office;
mod people;
pub mod referral;
mod reserve;
mod returns;
mod right;
mod sale;
pub mod standing;
mod unlinked;
mod vouchers;
mod work;

pub use after::{Before, after};
pub use claimed::as_claimed;
pub use clock::{Anchor, CLOCK_TOLERANCE_MS, effective_time};
pub use earning::has_earned;
pub use merge::MEMBERS_MAX;
pub use reserve::reserve;
pub use returns::owed;
pub use right::{may_invite, may_settle, who};
pub use unlinked::{WAITING_MAX, links};

use crate::brought::Brought;
use crate::business::{Business, Device, Operator};
use crate::card::CardNumber;
use crate::codes::Code;
use crate::customer::Customer;
use crate::ids::{
    CustomerId, DeviceNo, EntryId, InstrumentId, OpId, OperatorId, ProgrammeVersion, PurchaseId,
    RequestMark, ReturnId, RoleId, Seq, VoucherId,
};
use crate::ledger::Entry;
use crate::moment::{Date, Moment};
use crate::money::{Overflow, Points};
use crate::op::{Fact, Notice, Op};
use crate::position::Position;
use crate::programme::Programme;
use crate::purchase::{Fiscal, Purchase, ReceiptNumber, Return};
use crate::reservation::{Asset, Kept};
use crate::rights::Role;
use crate::row::{Card, Inbox, Merge, NotedVisits, Row, Unlinked};
use crate::voucher::{Moved, Voucher, VoucherNumber};
use work::Work;

/// What the authority may look up while it decides: the state after all ops ordered so far.
pub trait Book {
    /// Why the state can't be read.
    type Error;

    /// A customer.
    ///
    /// # Errors
    /// The store's own.
    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Self::Error>;
    /// A customer's own position (not their group's).
    ///
    /// # Errors
    /// The store's own.
    fn position(&self, id: CustomerId) -> Result<Option<Position>, Self::Error>;
    /// A card that was given to somebody.
    ///
    /// # Errors
    /// The store's own.
    fn card(&self, number: CardNumber) -> Result<Option<Card>, Self::Error>;
    /// All edges at this customer, on or off.
    ///
    /// # Errors
    /// The store's own.
    fn edges(&self, id: CustomerId) -> Result<Vec<Merge>, Self::Error>;
    /// A purchase.
    ///
    /// # Errors
    /// The store's own.
    fn purchase(&self, id: PurchaseId) -> Result<Option<Purchase>, Self::Error>;
    /// All returns and voids of a purchase.
    ///
    /// # Errors
    /// The store's own.
    fn returns(&self, id: PurchaseId) -> Result<Vec<Return>, Self::Error>;
    /// All ledger entries of a purchase, by id.
    ///
    /// # Errors
    /// The store's own.
    fn entries(&self, id: PurchaseId) -> Result<Vec<Entry>, Self::Error>;
    /// A voucher; a book that only replays receipts has none.
    ///
    /// # Errors
    /// The store's own.
    fn voucher(&self, _: VoucherId) -> Result<Option<Voucher>, Self::Error> {
        Ok(None)
    }
    /// The voucher that bears a number.
    ///
    /// # Errors
    /// The store's own.
    fn voucher_with(&self, _: &VoucherNumber) -> Result<Option<VoucherId>, Self::Error> {
        Ok(None)
    }
    /// All moves of vouchers that belong to a purchase, by id.
    ///
    /// # Errors
    /// The store's own.
    fn moves(&self, _: PurchaseId) -> Result<Vec<Moved>, Self::Error> {
        Ok(Vec::new())
    }
    /// All purchases with a fiscal receipt (X8); a book that only replays receipts has none.
    ///
    /// # Errors
    /// The store's own.
    fn fiscal(&self, _: &Fiscal) -> Result<Vec<PurchaseId>, Self::Error> {
        Ok(Vec::new())
    }
    /// A ledger entry; a book that only replays receipts is not asked.
    ///
    /// # Errors
    /// The store's own.
    fn entry(&self, _: EntryId) -> Result<Option<Entry>, Self::Error> {
        Ok(None)
    }
    /// A return whose purchase its author did not hold (X1); a book that only replays receipts has none.
    ///
    /// # Errors
    /// The store's own.
    fn unlinked(&self, _: ReturnId) -> Result<Option<Unlinked>, Self::Error> {
        Ok(None)
    }
    /// Those of them that wait for a receipt with this number, by id; [`WAITING_MAX`] are enough.
    ///
    /// # Errors
    /// The store's own.
    fn waiting(&self, _: &ReceiptNumber) -> Result<Vec<ReturnId>, Self::Error> {
        Ok(Vec::new())
    }
    /// The purchases of a business date with this receipt number, by id.
    ///
    /// # Errors
    /// The store's own.
    fn sold(&self, _: Date, _: &ReceiptNumber) -> Result<Vec<PurchaseId>, Self::Error> {
        Ok(Vec::new())
    }
    /// For which receipts something is kept (mode `online`), those that have ended left out; a book that answers no
    /// till keeps nothing.
    ///
    /// # Errors
    /// The store's own.
    fn reserved(&self, _: Asset) -> Result<Vec<Kept>, Self::Error> {
        Ok(Vec::new())
    }
    /// How often a coupon with a total limit was used (G2); a book that only replays receipts does not count.
    ///
    /// # Errors
    /// The store's own.
    fn coupon_uses(&self, _: InstrumentId) -> Result<i64, Self::Error> {
        Ok(0)
    }
    /// How much of a campaign's budget is spent (E3); a book that never sells under one does not count.
    ///
    /// # Errors
    /// The store's own.
    fn campaign_spent(&self, _: InstrumentId) -> Result<Points, Self::Error> {
        Ok(Points::ZERO)
    }
    /// Whether anybody was ever said to have brought somebody (G3); a book that only replays receipts knows nobody.
    ///
    /// # Errors
    /// The store's own.
    fn has_referrals(&self) -> Result<bool, Self::Error> {
        Ok(false)
    }
    /// What was said of who brought whom.
    ///
    /// # Errors
    /// The store's own.
    fn brought(&self, _: EntryId) -> Result<Option<Brought>, Self::Error> {
        Ok(None)
    }
    /// Everything that was said of who brought this customer, by id.
    ///
    /// # Errors
    /// The store's own.
    fn brought_of(&self, _: CustomerId) -> Result<Vec<Brought>, Self::Error> {
        Ok(Vec::new())
    }
    /// Everything that was said of whom this customer brought, by id.
    ///
    /// # Errors
    /// The store's own.
    fn brought_by(&self, _: CustomerId) -> Result<Vec<Brought>, Self::Error> {
        Ok(Vec::new())
    }
    /// What a customer bought from one business date to another, both included, by date and id; the first
    /// [`referral::BOUGHT_MAX`] are enough.
    ///
    /// # Errors
    /// The store's own.
    fn bought(
        &self,
        _: CustomerId,
        _: Date,
        _: Option<Date>,
    ) -> Result<Vec<PurchaseId>, Self::Error> {
        Ok(Vec::new())
    }
    /// A version of the programme.
    ///
    /// # Errors
    /// The store's own.
    fn programme(&self, version: ProgrammeVersion) -> Result<Option<Programme>, Self::Error>;
    /// Whether a person was erased.
    ///
    /// # Errors
    /// The store's own.
    fn is_erased(&self, id: CustomerId) -> Result<bool, Self::Error>;
    /// Another op that bears this request mark.
    ///
    /// # Errors
    /// The store's own.
    fn requested(&self, mark: RequestMark) -> Result<Option<OpId>, Self::Error>;
    /// A member of staff; a book that only replays receipts has none, and nothing of what follows.
    ///
    /// # Errors
    /// The store's own.
    fn operator(&self, _: OperatorId) -> Result<Option<Operator>, Self::Error> {
        Ok(None)
    }
    /// The newest published version of a role; none for one that is as it comes ready.
    ///
    /// # Errors
    /// The store's own.
    fn role(&self, _: RoleId) -> Result<Option<Role>, Self::Error> {
        Ok(None)
    }
    /// An enrolled device.
    ///
    /// # Errors
    /// The store's own.
    fn device(&self, _: DeviceNo) -> Result<Option<Device>, Self::Error> {
        Ok(None)
    }
    /// All enrolled devices: for what is rare.
    ///
    /// # Errors
    /// The store's own.
    fn devices(&self) -> Result<Vec<Device>, Self::Error> {
        Ok(Vec::new())
    }
    /// The business.
    ///
    /// # Errors
    /// The store's own.
    fn business(&self) -> Result<Option<Business>, Self::Error> {
        Ok(None)
    }
    /// An inbox item.
    ///
    /// # Errors
    /// The store's own.
    fn inbox(&self, _: EntryId) -> Result<Option<Inbox>, Self::Error> {
        Ok(None)
    }
    /// The entries of a customer by which points expired or came back (L5); a book that never sweeps has none.
    ///
    /// # Errors
    /// The store's own.
    fn expiries(&self, _: CustomerId) -> Result<Vec<Entry>, Self::Error> {
        Ok(Vec::new())
    }
    /// Points that an operator has let redeem on a business date, by all ops ordered so far.
    ///
    /// # Errors
    /// The store's own.
    fn redeemed_by(&self, _: OperatorId, _: Date) -> Result<Points, Self::Error> {
        Ok(Points::ZERO)
    }
}

/// Most visits that an outlet counts on a day.
pub const VISITS_MAX: u32 = 100_000;

/// How an op stands when it is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A phone's own claim, shown until the authority has spoken.
    Pending,
    /// The authority orders it.
    Ordered {
        /// Its place.
        seq: Seq,
        /// The time that counts, where it is not the one the phone wrote (sync §5).
        corrected: Option<Moment>,
        /// Whether its author is the authority itself: only then may it change rule sets.
        author: Author,
    },
}

/// Whose op it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// An enrolled device.
    Device,
    /// The authority itself.
    Authority,
}

/// Whether a fact's author must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Echo {
    /// The author can make this row from its own op.
    AsClaimed,
    /// The authority changed something beyond the claim.
    Changed,
}

/// A row after the op.
#[derive(Clone, PartialEq, Eq)]
pub struct Decided {
    /// The row.
    pub row: Row,
    /// Whether its author must be told; states are always told.
    pub echo: Echo,
}

/// Applies `op` to the state of `book`: the rows it writes, ordered by kind and key.
///
/// # Errors
/// Only the book's own; whatever an op holds is decided, at worst as "effect 0, malformed".
pub fn decide<B: Book>(book: &B, op: &Op, standing: Standing) -> Result<Vec<Decided>, B::Error> {
    let refused = refusal_of_all(book, op, standing)?;
    match apply_all(book, op, standing, refused) {
        Ok(rows) => Ok(rows),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => {
            // One bad op never blocks the queue: kept as facts without effect.
            match apply_all(book, op, standing, Some(Code::MalformedFact)) {
                Ok(rows) => Ok(rows),
                Err(Stop::Book(error)) => Err(error),
                Err(Stop::Malformed) => Ok(Vec::new()),
            }
        }
    }
}

/// Applies an op of which a person said that nothing counts: its facts are kept with effect 0 (sync §7).
///
/// # Errors
/// Only the book's own.
pub fn refuse<B: Book>(
    book: &B,
    op: &Op,
    standing: Standing,
    reason: Code,
) -> Result<Vec<Decided>, B::Error> {
    match apply_all(book, op, standing, Some(reason)) {
        Ok(rows) => Ok(rows),
        Err(Stop::Book(error)) => Err(error),
        Err(Stop::Malformed) => Ok(Vec::new()),
    }
}

/// Why applying stopped.
enum Stop<E> {
    /// The book could not be read.
    Book(E),
    /// The op's numbers can't be true.
    Malformed,
}

impl<E> From<Overflow> for Stop<E> {
    fn from(_: Overflow) -> Self {
        Self::Malformed
    }
}

impl<E> From<crate::ids::IdError> for Stop<E> {
    fn from(_: crate::ids::IdError) -> Self {
        Self::Malformed
    }
}

/// A second op with the same request gets effect 0 (sync §2).
fn refusal_of_all<B: Book>(
    book: &B,
    op: &Op,
    standing: Standing,
) -> Result<Option<Code>, B::Error> {
    if standing == Standing::Pending {
        return Ok(None);
    }
    let moves_value = |f: &Fact| {
        matches!(
            f,
            Fact::Sale(_)
                | Fact::Return { .. }
                | Fact::ReturnUnlinked(_)
                | Fact::Attach { .. }
                | Fact::Issue(_)
                | Fact::Move(_)
                | Fact::Refer { .. }
        )
    };
    if !op.facts.iter().any(moves_value) {
        return Ok(None);
    }
    let twin = book.requested(op.request)?.filter(|twin| *twin != op.id);
    Ok(twin.map(|_| Code::DuplicateRequest))
}

fn apply_all<B: Book>(
    book: &B,
    op: &Op,
    standing: Standing,
    refused: Option<Code>,
) -> Result<Vec<Decided>, Stop<B::Error>> {
    let mut work = Work::new(book, op, standing, refused);
    work.who = right::judged(book, op, standing)?;
    let mut place = 0;
    while let Some(fact) = op.facts.get(place) {
        place += match fact {
            Fact::Register
            | Fact::Edit(_)
            | Fact::Consent { .. }
            | Fact::Bind { .. }
            | Fact::Emission { .. } => {
                if !work.is_refused_whole() {
                    people::apply(&mut work, place, fact)?;
                }
                1
            }
            Fact::Merge { .. } | Fact::Unmerge { .. } => {
                merge::apply(&mut work, place, fact)?;
                1
            }
            Fact::Erase(_) => {
                if !work.is_refused_whole() && office::is_allowed(&mut work, place, fact)? {
                    people::apply(&mut work, place, fact)?;
                }
                1
            }
            Fact::Sale(sale) => sale::apply_sale(&mut work, place, sale)?,
            Fact::Attach {
                purchase,
                customer,
                read,
            } => sale::apply_attach(&mut work, place, *purchase, (*customer, *read))?,
            Fact::Return {
                purchase,
                kind,
                lines,
            } => returns::apply(&mut work, place, (*purchase, *kind, lines))?,
            Fact::ReturnUnlinked(back) => unlinked::apply(&mut work, place, back)?,
            Fact::Visits(count) => {
                note_visits(&mut work, *count);
                1
            }
            Fact::Owed(purchase) => returns::apply_owed(&mut work, place, *purchase)?,
            Fact::Refer { friend, referrer } => {
                referral::apply_refer(&mut work, place, (*friend, *referrer))?;
                1
            }
            Fact::SettleReferral { of, refused } => {
                referral::apply_settle(&mut work, place, (*of, *refused))?
            }
            Fact::Claim(claim) => {
                sale::apply_own_claim(&mut work, place, claim)?;
                1
            }
            Fact::Issue(_) | Fact::Move(_) => {
                vouchers::apply_alone(&mut work, place, fact)?;
                1
            }
            Fact::Business(_)
            | Fact::Outlet(_)
            | Fact::Operator(_)
            | Fact::Programme(_)
            | Fact::Device(_)
            | Fact::Role(_)
            | Fact::Revoke { .. }
            | Fact::Settle { .. }
            | Fact::Close(_)
            | Fact::Agree(_)
            | Fact::SettleReturn { .. }
            | Fact::LevelNotKept { .. }
            | Fact::Quarantine(_)
            | Fact::ErasureDone { .. } => {
                office::apply(&mut work, place, fact)?;
                1
            }
            Fact::Notice(notice) => {
                tell(&mut work, place, notice)?;
                1
            }
        };
    }
    work.finish()
}

/// Visits that somebody counted: no money, no points, no customer (X7).
fn note_visits<B: Book>(work: &mut Work<'_, B>, count: u32) {
    if work.refused.is_none() && count <= VISITS_MAX {
        let noted = NotedVisits {
            outlet: work.op.outlet,
            date: work.moment().0.date,
            count,
        };
        work.put(Row::NotedVisits(noted), Echo::AsClaimed);
    }
}

/// Whether the op is the authority's own: rule sets and notices are its alone; from anybody else they are kept in
/// the op log without effect.
fn is_the_authoritys(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Ordered {
            author: Author::Authority,
            ..
        }
    )
}

/// Puts something before the owner, or more about it into the same place.
fn tell<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    notice: &Notice,
) -> Result<(), Stop<B::Error>> {
    if is_the_authoritys(work.standing) {
        let id = notice.about.unwrap_or(EntryId(work.id(place)?));
        work.open_inbox(id, notice.code, (None, None), Points::ZERO);
    }
    Ok(())
}
