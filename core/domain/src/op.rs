//! An op: one local transaction of one device, as claimed at the counter (sync §2).
//!
//! Its facts are typed and free of personal data (L14); names, numbers and texts are in the personal
//! part, which an erasure removes without breaking the chain. Bytes are the protocol's business.

use crate::business::{Business, Device, DeviceState, Operator, Outlet};
use crate::card::{CardNumber, EmitterSlot};
use crate::codes::Code;
use crate::customer::{Channel, ProfileGroup, Purpose, Will};
use crate::ids::{
    BirthMark, CustomerId, DeviceNo, EntryId, Epoch, Id, IdError, InstrumentId, OpId, OperatorId,
    OutletId, ProgrammeVersion, PurchaseId, RequestMark, ReturnId, Seq,
};
use crate::ledger::{About, Effect, EntryKind, LotTerms};
use crate::limits::CardRead;
use crate::moment::{Date, Moment};
use crate::money::{Money, Points};
use crate::programme::Programme;
use crate::purchase::{Fiscal, Line, Parts, ReceiptNumber, ReturnKind, ReturnedLine};
use crate::redeem::Confirmation;
use crate::rights::Role;
use crate::voucher::{Issued, Move};

/// Most entries of one op (sync §2).
pub const ENTRIES_MAX: usize = 255;

/// The time of an op as read on the device (sync §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpTime {
    /// Which run of the device since it was switched on.
    pub boot: u64,
    /// Milliseconds since then.
    pub monotonic_ms: i64,
    /// Wall clock, business date and minute, frozen at write.
    pub wall: Moment,
}

/// What the author had seen of the authority: the head of its last completed pull of `base` (sync §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Whose order.
    pub epoch: Epoch,
    /// Up to where.
    pub seq: Seq,
}

/// A claim on the ledger: an entry before the authority's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Whose balance.
    pub customer: CustomerId,
    /// Which instrument's wallet.
    pub instrument: InstrumentId,
    /// Why.
    pub kind: EntryKind,
    /// What it changes.
    pub effect: Effect,
    /// For credits, and for what takes back a credit: the life of the lot.
    pub lot: Option<LotTerms>,
    /// What else must be known of it.
    pub about: About,
}

/// A sale as claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The customer, or none (X7).
    pub customer: Option<CustomerId>,
    /// The till's receipt number.
    pub receipt: Option<ReceiptNumber>,
    /// 1–500 lines.
    pub lines: Vec<Line>,
    /// How it was paid.
    pub parts: Parts,
    /// How the customer's card was read, where the till said so (T7).
    pub read: Option<CardRead>,
    /// The fiscal receipt, where there is one (X8).
    pub fiscal: Option<Fiscal>,
    /// How the points it spends were confirmed, where the till asked for it (U5).
    pub confirmed: Option<Confirmation>,
}

/// One thing that happened. Its id is the op's id + its place.
#[derive(Clone, PartialEq, Eq)]
pub enum Fact {
    /// A customer was registered; their profile, if any, is the personal part of the same place.
    Register,
    /// Field groups of a customer were edited; the groups are the personal part.
    Edit(CustomerId),
    /// A consent was given or withdrawn.
    Consent {
        /// Whose.
        customer: CustomerId,
        /// For what.
        purpose: Purpose,
        /// By which way.
        channel: Channel,
        /// Version of the wording shown.
        wording: u32,
        /// Given or withdrawn.
        will: Will,
    },
    /// A card was given to a customer.
    Bind {
        /// Its number.
        card: CardNumber,
        /// Its holder.
        customer: CustomerId,
    },
    /// A person is erased for ever (B12): names and numbers go wherever they lie, facts stay on the anonymous id.
    Erase(CustomerId),
    /// Two customers are one person (I2): a decision of whoever settles what waits in the inbox.
    Merge {
        /// One of the two.
        a: CustomerId,
        /// The other.
        b: CustomerId,
    },
    /// A merge was wrong: its edge is switched off (I2).
    Unmerge {
        /// Which.
        edge: EntryId,
        /// One of the two whom it connects.
        of: CustomerId,
    },
    /// A run of card numbers was made (C3).
    Emission {
        /// Of this slot.
        slot: EmitterSlot,
        /// First counter.
        first: u32,
        /// How many.
        count: u32,
    },
    /// Goods were sold.
    Sale(Sale),
    /// Goods came back, or a receipt was undone.
    Return {
        /// The purchase.
        purchase: PurchaseId,
        /// Goods or void.
        kind: ReturnKind,
        /// What came back.
        lines: Vec<ReturnedLine>,
    },
    /// A customer was attached to a sale without one (X7); its claims follow in the same op.
    Attach {
        /// The purchase.
        purchase: PurchaseId,
        /// The customer.
        customer: CustomerId,
        /// How their card was read, where the till said so (T7).
        read: Option<CardRead>,
    },
    /// A claim on the ledger; it belongs to the sale, return or attaching before it in the op.
    Claim(Claim),
    /// A voucher was issued: by a line of the sale before it in the op, as change, or given (G1).
    Issue(Issued),
    /// Something happened to a voucher; a use belongs to the sale, a restore to the return before it in the op.
    Move(Move),
    /// The business was founded (authority only, like all below).
    Business(Business),
    /// An outlet was opened or changed.
    Outlet(Outlet),
    /// A member of staff was added or changed.
    Operator(Operator),
    /// A version of the programme was published.
    Programme(Programme),
    /// A device was enrolled, or said something of itself.
    Device(Device),
    /// A device holds nothing any more of those whose erasure has a place up to `up_to` (sync §8).
    ErasureDone {
        /// Which device.
        device: DeviceNo,
        /// Up to where in the authority's order.
        up_to: Seq,
    },
    /// The authority has something for a person to decide, or more about something it asked before.
    Notice(Notice),
    /// A version of a role was published (by who may, like all below).
    Role(Role),
    /// A device was revoked, with every number its key has; it may be told to delete everything.
    Revoke {
        /// One of its numbers.
        device: DeviceNo,
        /// What becomes of it.
        state: DeviceState,
    },
    /// What a revoked device sent, up to one of its numbers, is taken in or refused.
    Settle {
        /// Whose.
        device: DeviceNo,
        /// The last number of the last op that is meant.
        up_to: Id,
        /// How.
        decision: Decision,
    },
    /// An inbox item was dealt with.
    Close(EntryId),
    /// What of a revoked device waits in quarantine of one business day (authority only).
    Quarantine(Quarantine),
    /// So many visits were counted at the op's outlet on its business date, without money; the last word of a day
    /// counts, and only reports use it (X7).
    Visits(u32),
    /// What the returns of a purchase take from a customer who was attached to it, where the author of a return did
    /// not know of them (X7, authority only); its claims follow in the same op.
    Owed(PurchaseId),
    /// A level is not kept, and a person is asked whether it is lost (Q2; authority only).
    LevelNotKept {
        /// Whose.
        customer: CustomerId,
        /// In which tiers.
        instrument: InstrumentId,
        /// What it would be, 0 for none.
        level: u8,
    },
    /// An inbox item was answered with yes: what it proposes is done.
    Agree(EntryId),
    /// Goods came back whose purchase the phone does not hold (X1); what it claims by today's programme follows in the
    /// same op.
    ReturnUnlinked(ReturnUnlinked),
    /// What becomes of such a return: said by the authority, or by a person who was asked (X1, L15).
    SettleReturn {
        /// Which.
        of: ReturnId,
        /// How.
        how: Settlement,
    },
    /// A customer was brought by another one (G3).
    Refer {
        /// Who was brought.
        friend: CustomerId,
        /// Who brought them.
        referrer: CustomerId,
    },
    /// What has become of a friend who was brought, by the state of the books (G3; authority only); its claims follow in
    /// the same op.
    SettleReferral {
        /// The fact that said who brought them.
        of: EntryId,
        /// Why it has no effect, if so: said once, because what it follows from may be erased later.
        refused: Option<Code>,
    },
}

/// A return of which the phone knows the receipt only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReturnUnlinked {
    /// The receipt's number, as printed.
    pub receipt: ReceiptNumber,
    /// Where it was bought.
    pub outlet: OutletId,
    /// The business date on the receipt.
    pub date: Date,
    /// Money that went back, in minor units.
    pub amount: Money,
    /// Whose points are claimed, if anybody's.
    pub customer: Option<CustomerId>,
}

/// What becomes of an unlinked return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// It belongs to this purchase, as far as it is kept: the purchase's own terms decide.
    Link(PurchaseId),
    /// It stands as it was claimed.
    Accept,
    /// Nothing of it counts.
    Refuse,
}

/// What the authority puts before a person, beside what follows from an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The item that this takes the place of; none opens a new one.
    pub about: Option<EntryId>,
    /// What it is about.
    pub code: Code,
}

/// What a person decides about ops in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// They get their order now.
    Accept = 1,
    /// They are kept as facts with effect 0.
    Refuse = 2,
}

/// What of a revoked device's ops of one business day waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarantine {
    /// The first op of the day: names the inbox item.
    pub first: EntryId,
    /// The last number so far.
    pub upto: Id,
    /// How many ops wait; 0 closes the item.
    pub ops: u32,
    /// What was sold, in minor units.
    pub sold: Money,
    /// Points that left balances.
    pub redeemed: Points,
    /// The business date.
    pub date: Date,
}

/// One local transaction: 1–255 facts that travel and take effect together.
#[derive(Clone, PartialEq, Eq)]
pub struct Op {
    /// The first number it took; entry i has the number i above.
    pub id: OpId,
    /// The shell's request, in 8 bytes.
    pub request: RequestMark,
    /// Who was at the device.
    pub operator: OperatorId,
    /// Where.
    pub outlet: OutletId,
    /// The rules it was made under (L9).
    pub programme: ProgrammeVersion,
    /// When, as read.
    pub time: OpTime,
    /// What its author had seen.
    pub seen: Seen,
    /// Birth marks of what it refers to and had not seen ordered (sync §2).
    pub marks: Vec<(Id, BirthMark)>,
    /// The first number and the birth mark it ever had, when this is its re-issue (sync §2, §12).
    pub born: Option<(Id, BirthMark)>,
    /// What happened.
    pub facts: Vec<Fact>,
    /// Field groups by place in `facts`, ascending; gone after an erasure.
    pub personal: Vec<(u8, Vec<ProfileGroup>)>,
}

impl Op {
    /// The id of fact `place`.
    ///
    /// # Errors
    /// [`IdError`] past the device's last number.
    pub fn entry_id(&self, place: usize) -> Result<Id, IdError> {
        self.id.0.entry(place)
    }

    /// The last number it took.
    ///
    /// # Errors
    /// [`IdError`] past the device's last number.
    pub fn last_id(&self) -> Result<Id, IdError> {
        self.entry_id(self.facts.len().saturating_sub(1))
    }

    /// Whose names and numbers its personal section holds, by what its facts say: also when the section is gone.
    ///
    /// An op is about one person (decision 30), so that an erasure takes nobody else's section with it.
    pub fn people(&self) -> impl Iterator<Item = CustomerId> {
        let person = |(place, fact): (usize, &Fact)| match fact {
            Fact::Register => self.entry_id(place).ok().map(CustomerId),
            Fact::Edit(customer) => Some(*customer),
            _ => None,
        };
        self.facts.iter().enumerate().filter_map(person)
    }

    /// The profile groups that belong to fact `place`.
    #[must_use]
    pub fn groups(&self, place: usize) -> &[ProfileGroup] {
        let found = self
            .personal
            .iter()
            .find(|(at, _)| usize::from(*at) == place);
        found.map_or(&[], |(_, groups)| groups)
    }
}
