//! Rows: what the authority says is so, one entity each; the unit of storing and pulling (sync §3, §4).
//!
//! A row is found by its kind and key. Facts (purchase, return, entry, consent) are written once and may
//! get one verdict; states (customer, position, card, …) are replaced by their latest version.

use crate::brought::Brought;
use crate::business::{Business, Device, Operator, Outlet};
use crate::card::{CardNumber, EmitterSlot};
use crate::codes::Code;
use crate::customer::{Consent, Customer};
use crate::ids::{
    CustomerId, DeviceNo, EntryId, Id, InstrumentId, OperatorId, OutletId, PurchaseId, ReturnId,
    RoleId, Seq,
};
use crate::ledger::Entry;
use crate::moment::{Date, Moment, Month, day_number};
use crate::money::Points;
use crate::op::ReturnUnlinked;
use crate::position::Position;
use crate::programme::Programme;
use crate::purchase::{Purchase, Return};
use crate::rights::Role;
use crate::voucher::{Moved, Voucher};

/// The kinds of rows; the number is the wire tag and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// [`Row::Business`], key 0.
    Business = 1,
    /// [`Row::Outlet`], key = outlet id.
    Outlet = 2,
    /// [`Row::Operator`], key = operator id.
    Operator = 3,
    /// [`Row::Device`], key = device number.
    Device = 4,
    /// [`Row::Programme`], key = version.
    Programme = 5,
    /// [`Row::Customer`], key = customer id.
    Customer = 6,
    /// [`Row::Position`], key = customer id.
    Position = 7,
    /// [`Row::Card`], key = card number.
    Card = 8,
    /// [`Row::Merge`], key = the entry that led to it.
    Merge = 9,
    /// [`Row::Consent`], key = entry id.
    Consent = 10,
    /// [`Row::Emission`], key = entry id.
    Emission = 11,
    /// [`Row::Inbox`], key = the entry that opened it.
    Inbox = 12,
    /// [`Row::Erasure`], key = customer id.
    Erasure = 13,
    /// [`Row::ErasureDone`], key = device number.
    ErasureDone = 14,
    /// [`Row::Role`], key = role · 2³² + version.
    Role = 16,
    /// [`Row::Purchase`], key = purchase id.
    Purchase = 20,
    /// [`Row::Return`], key = return id.
    Return = 21,
    /// [`Row::Entry`], key = entry id.
    Entry = 22,
    /// [`Row::Voucher`], key = voucher id.
    Voucher = 25,
    /// [`Row::Moved`], key = entry id.
    Moved = 26,
    /// [`Row::NotedVisits`], key = outlet · 2³² + day since 1970.
    NotedVisits = 30,
    /// [`Row::Unlinked`], key = return id.
    Unlinked = 50,
    /// [`Row::CouponUses`], key = instrument id.
    CouponUses = 45,
    /// [`Row::CampaignSpent`], key = instrument id.
    CampaignSpent = 65,
    /// [`Row::Brought`], key = entry id.
    Brought = 70,
}

impl RowKind {
    /// All kinds this version knows.
    pub const ALL: [Self; 25] = [
        Self::Business,
        Self::Outlet,
        Self::Operator,
        Self::Device,
        Self::Programme,
        Self::Customer,
        Self::Position,
        Self::Card,
        Self::Merge,
        Self::Consent,
        Self::Emission,
        Self::Inbox,
        Self::Erasure,
        Self::ErasureDone,
        Self::Role,
        Self::Purchase,
        Self::Return,
        Self::Entry,
        Self::Voucher,
        Self::Moved,
        Self::NotedVisits,
        Self::CouponUses,
        Self::CampaignSpent,
        Self::Unlinked,
        Self::Brought,
    ];

    /// The kind with this wire tag.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// Facts are written once by their author and never echoed to it unless the authority changed
    /// something beyond the claim (sync §4); states always go to everybody.
    #[must_use]
    pub const fn is_fact(self) -> bool {
        matches!(
            self,
            Self::Consent
                | Self::Emission
                | Self::Purchase
                | Self::Return
                | Self::Entry
                | Self::Moved
                | Self::Unlinked
                | Self::Brought
        )
    }
}

/// How a card stands (C3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardState {
    /// In a customer's hands.
    Active = 1,
    /// Refused at every counter.
    Blocked = 2,
}

/// A card that was given to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Its number.
    pub number: CardNumber,
    /// Its holder; the first in the authority's order wins (sync §3).
    pub customer: CustomerId,
    /// How it stands.
    pub state: CardState,
    /// The entry that bound it.
    pub bound_by: EntryId,
}

/// Why two customers are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MergeReason {
    /// Both were given the same card (sync §3).
    SameCard = 1,
    /// Somebody who may decide about it said so (I2).
    ByHand = 2,
}

/// Whether an edge counts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeState {
    /// The two are one group.
    On = 1,
    /// Undone.
    Off = 2,
}

/// An edge between two customers that are one person (I2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The entry that led to it.
    pub id: EntryId,
    /// One of the two.
    pub a: CustomerId,
    /// The other.
    pub b: CustomerId,
    /// Why.
    pub reason: MergeReason,
    /// On or off.
    pub state: EdgeState,
    /// The entry that switched it off again; none for one that is on, and for one that never was.
    pub undone_by: Option<EntryId>,
}

/// A run of card numbers (C3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emission {
    /// The entry that made it.
    pub id: EntryId,
    /// Its slot.
    pub slot: EmitterSlot,
    /// First counter.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// What a person must decide; opened by the authority (sync §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbox {
    /// The entry that led to it.
    pub id: EntryId,
    /// What it is about.
    pub code: Code,
    /// The customer concerned.
    pub customer: Option<CustomerId>,
    /// The other customer, where there are two.
    pub other: Option<CustomerId>,
    /// Points concerned.
    pub points: Points,
    /// Business date.
    pub date: Date,
    /// Whether a person still has to decide.
    pub state: InboxState,
}

/// What an inbox item asks of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// To take note of it.
    Notice,
    /// Whether what it proposes is done (Q2).
    Proposal,
    /// Whether what a revoked device sent counts, up to this one of its numbers (S7).
    Quarantine(Id),
    /// What becomes of a return without its purchase (X1).
    Return(ReturnId),
}

impl Inbox {
    /// What it asks of a person.
    #[must_use]
    pub fn asks(&self) -> Asks {
        match self.code {
            Code::LevelNotKept { .. } => Asks::Proposal,
            Code::Quarantined { upto, .. } => Id::new(upto).map_or(Asks::Notice, Asks::Quarantine),
            Code::ReturnUnlinked { .. }
            | Code::ReturnAboveKept { .. }
            | Code::ReturnAmbiguous { .. } => Asks::Return(ReturnId(self.id.0)),
            // Refusals and flags are never in an inbox; every other item tells what a person should know.
            _ => Asks::Notice,
        }
    }
}

/// Whether an inbox item waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InboxState {
    /// For somebody with the right.
    Open = 1,
    /// It was dealt with.
    Closed = 2,
}

/// A person who was erased: beats everything, for ever (sync §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The id, anonymous from now on.
    pub customer: CustomerId,
    /// The entry that said so.
    pub by: EntryId,
    /// Business date.
    pub date: Date,
}

/// How far a device has wiped the traces of erased people (sync §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasureDone {
    /// Which device.
    pub device: DeviceNo,
    /// It holds nothing of those whose erasure's row has a seq up to this.
    pub up_to: Seq,
}

/// Visits that somebody counted at an outlet on a day, without money: only reports use them (X7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotedVisits {
    /// Where.
    pub outlet: OutletId,
    /// Business date.
    pub date: Date,
    /// How many; the last word of the day counts.
    pub count: u32,
}

/// A return whose purchase its author did not hold (X1). It lies in `base`, so that every phone sees what is still to
/// be settled, however old its receipt is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked {
    /// Its id; the entries it claimed have the numbers after it.
    pub id: ReturnId,
    /// What its author knew.
    pub back: ReturnUnlinked,
    /// By whom.
    pub operator: OperatorId,
    /// Where it came back.
    pub outlet: OutletId,
    /// When.
    pub at: Moment,
    /// How many entries it claimed.
    pub claims: u8,
    /// What became of it.
    pub state: UnlinkedState,
}

/// What became of an unlinked return: set once (L15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnlinkedState {
    /// To be settled: its claim counts.
    Waits,
    /// It belongs to this purchase.
    Linked(PurchaseId),
    /// It stands as claimed.
    Accepted,
    /// Nothing of it counts, and why.
    Refused(Code),
}

/// How often a coupon with a total limit was used, by all ops ordered so far (G2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CouponUses {
    /// Which coupon, under whatever version.
    pub instrument: InstrumentId,
    /// Receipts that it lowered and that were not taken back whole.
    pub count: i64,
}

/// How much of a campaign's budget is spent, by all ops ordered so far (E3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignSpent {
    /// Which campaign, under whatever version.
    pub instrument: InstrumentId,
    /// Points that it added and that returns have not taken back.
    pub points: Points,
}

/// Any row.
#[derive(Clone, PartialEq, Eq)]
pub enum Row {
    /// The business.
    Business(Business),
    /// An outlet.
    Outlet(Outlet),
    /// A member of staff.
    Operator(Operator),
    /// A device.
    Device(Device),
    /// A version of the programme.
    Programme(Programme),
    /// A customer.
    Customer(Customer),
    /// A customer's account.
    Position(CustomerId, Position),
    /// A card.
    Card(Card),
    /// An edge between two customers.
    Merge(Merge),
    /// A consent event.
    Consent(Consent),
    /// A run of card numbers.
    Emission(Emission),
    /// Something to decide.
    Inbox(Inbox),
    /// A person who was erased.
    Erasure(Erasure),
    /// How far a device has wiped the traces of erased people.
    ErasureDone(ErasureDone),
    /// A version of a role.
    Role(Role),
    /// A purchase.
    Purchase(Purchase),
    /// A return or void.
    Return(Return),
    /// A ledger entry.
    Entry(Entry),
    /// A gift certificate or a coupon with a number of its own.
    Voucher(Voucher),
    /// A move of one.
    Moved(Moved),
    /// Visits that were counted on a day.
    NotedVisits(NotedVisits),
    /// A return whose purchase its author did not hold.
    Unlinked(Unlinked),
    /// How often a coupon was used.
    CouponUses(CouponUses),
    /// How much of a campaign's budget is spent.
    CampaignSpent(CampaignSpent),
    /// Who brought whom.
    Brought(Brought),
}

/// The key of a version of a role.
#[must_use]
pub fn role_key(id: RoleId, version: u32) -> i64 {
    i64::from(id.0) << 32 | i64::from(version)
}

/// The key of the visits counted at an outlet on a day.
#[must_use]
pub fn noted_key(outlet: OutletId, date: Date) -> i64 {
    i64::from(outlet.0) << 32 | day_number(date) & i64::from(u32::MAX)
}

impl Row {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> RowKind {
        match self {
            Self::Business(_) => RowKind::Business,
            Self::Outlet(_) => RowKind::Outlet,
            Self::Operator(_) => RowKind::Operator,
            Self::Device(_) => RowKind::Device,
            Self::Programme(_) => RowKind::Programme,
            Self::Customer(_) => RowKind::Customer,
            Self::Position(..) => RowKind::Position,
            Self::Card(_) => RowKind::Card,
            Self::Merge(_) => RowKind::Merge,
            Self::Consent(_) => RowKind::Consent,
            Self::Emission(_) => RowKind::Emission,
            Self::Inbox(_) => RowKind::Inbox,
            Self::Erasure(_) => RowKind::Erasure,
            Self::ErasureDone(_) => RowKind::ErasureDone,
            Self::Role(_) => RowKind::Role,
            Self::Purchase(_) => RowKind::Purchase,
            Self::Return(_) => RowKind::Return,
            Self::Entry(_) => RowKind::Entry,
            Self::Voucher(_) => RowKind::Voucher,
            Self::Moved(_) => RowKind::Moved,
            Self::NotedVisits(_) => RowKind::NotedVisits,
            Self::Unlinked(_) => RowKind::Unlinked,
            Self::CouponUses(_) => RowKind::CouponUses,
            Self::CampaignSpent(_) => RowKind::CampaignSpent,
            Self::Brought(_) => RowKind::Brought,
        }
    }

    /// Its key within the kind.
    #[must_use]
    pub fn key(&self) -> i64 {
        match self {
            Self::Business(_) => 0,
            Self::Outlet(outlet) => i64::from(outlet.id.0),
            Self::Operator(operator) => i64::from(operator.id.0),
            Self::Device(device) => i64::from(device.no.get()),
            Self::Programme(programme) => i64::from(programme.version().0),
            Self::Customer(customer) => customer.id.get(),
            Self::Position(customer, _) => customer.get(),
            Self::Card(card) => i64::try_from(card.number.value()).unwrap_or(i64::MAX),
            Self::Merge(merge) => merge.id.get(),
            Self::Consent(consent) => consent.id.get(),
            Self::Emission(emission) => emission.id.get(),
            Self::Inbox(item) => item.id.get(),
            Self::Erasure(erasure) => erasure.customer.get(),
            Self::ErasureDone(done) => i64::from(done.device.get()),
            Self::Role(role) => role_key(role.id, role.version),
            Self::Purchase(purchase) => purchase.id.get(),
            Self::Return(back) => back.id.get(),
            Self::Entry(entry) => entry.id.get(),
            Self::Voucher(voucher) => voucher.id.get(),
            Self::Moved(moved) => moved.id.get(),
            Self::NotedVisits(noted) => noted_key(noted.outlet, noted.date),
            Self::Unlinked(back) => back.id.get(),
            Self::CouponUses(uses) => i64::from(uses.instrument.0),
            Self::CampaignSpent(spent) => i64::from(spent.instrument.0),
            Self::Brought(brought) => brought.id.get(),
        }
    }

    /// The month whose scope it belongs to; none = `base`. Follows from kind and business date alone,
    /// never from behaviour (sync §4).
    #[must_use]
    pub fn month(&self) -> Option<Month> {
        match self {
            Self::Purchase(purchase) => Some(Month::of(purchase.at.date)),
            Self::Return(back) => Some(Month::of(back.at.date)),
            Self::Entry(entry) => Some(Month::of(entry.date)),
            Self::Moved(moved) => Some(Month::of(moved.date)),
            _ => None,
        }
    }
}
