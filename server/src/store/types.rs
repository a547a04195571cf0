//! What lies in a store, as values.

use kartka_domain::authority::{Anchor, Echo};
use kartka_domain::ids::{
    BirthMark, DeviceNo, EntryId, Id, InstrumentId, OpId, OperatorId, OutletId, Seq,
};
use kartka_domain::incarnation::Former;
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::row::Row;
use kartka_protocol::batch::Personal;
use kartka_protocol::digest::Digest;
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;

/// Whether a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// The next one, please.
    More,
    /// Enough.
    Stop,
}

/// A row to be written: its bytes, and its meaning for the tables by which it is found.
pub struct NewRow<'a> {
    /// As sent.
    pub wire: &'a WireRow,
    /// As understood.
    pub row: &'a Row,
    /// Whether the author of a fact must be told.
    pub echo: Echo,
}

/// The scope a row is pulled in.
#[must_use]
pub fn scope_of(row: &Row) -> Scope {
    row.month().map_or(Scope::Base, Scope::Month)
}

/// An op as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOp {
    /// Its first number.
    pub id: OpId,
    /// Its last number.
    pub last: Id,
    /// Its place in the order.
    pub seq: Seq,
    /// The time that counts for it, epoch ms.
    pub at_ms: i64,
    /// Its request mark; empty when the op's bytes can't be read.
    pub request: Vec<u8>,
    /// The chain's value after it.
    pub chain: [u8; 32],
    /// Its facts section.
    pub facts: Vec<u8>,
    /// Its personal section with its nonce, or what stands in for it.
    pub personal: Personal,
}

/// Ops of one device, following each other with consecutive seqs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first op's first number.
    pub first_op: OpId,
    /// The last op.
    pub last_op: OpId,
    /// The birth mark of the first op.
    pub mark: BirthMark,
    /// The op that had come before with the same birth mark; the run is then one op.
    pub alias: Option<OpId>,
    /// The first op's seq.
    pub first_seq: Seq,
    /// The last op's seq.
    pub last_seq: Seq,
}

/// What a device may pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rights {
    /// The counter: `base`, `own`, the current month and the three before.
    Recent,
    /// The owner: every month.
    History,
}

/// A device as the authority knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceState {
    /// Its number.
    pub no: DeviceNo,
    /// The key its batches are signed with (SEC1, compressed).
    pub key: [u8; 33],
    /// What it may pull.
    pub rights: Rights,
    /// The last number used by its ops, as an id's counter; 0 = none yet.
    pub acked: i64,
    /// The chain's value there.
    pub chain: [u8; 32],
    /// Effective time of its last op, epoch ms.
    pub earlier_ms: i64,
    /// How many batches of another branch were kept apart.
    pub forked: u32,
}

/// A measured pair of a device's clock (sync §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// Whose.
    pub device: DeviceNo,
    /// The pair.
    pub anchor: Anchor,
}

/// A batch that does not continue its device's chain.
#[derive(Debug, Clone, Copy)]
pub struct Apart<'a> {
    /// Whose.
    pub device: DeviceNo,
    /// BLAKE3 of the bytes.
    pub hash: [u8; 32],
    /// When it came, epoch ms.
    pub received_ms: i64,
    /// As it came.
    pub batch: &'a [u8],
    /// Its last number.
    pub last: Id,
    /// The chain's value there.
    pub chain: [u8; 32],
}

/// A batch that lies apart and that no incarnation has brought again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftApart {
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// Its last number.
    pub last: i64,
    /// The chain's value there.
    pub chain: [u8; 32],
    /// The inbox item that tells of it.
    pub item: Option<EntryId>,
}

/// A device number that comes from another one (sync §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descent {
    /// The number.
    pub no: DeviceNo,
    /// What it was before.
    pub former: Former,
    /// The first number of the line.
    pub root: DeviceNo,
    /// What the copy calls itself.
    pub branch: [u8; 16],
    /// Since when, epoch ms.
    pub at_ms: i64,
}

/// The sum of a scope's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeDigest {
    /// Of which rows.
    pub scope: Scope,
    /// The sum.
    pub digest: Digest,
}

/// A one-use pairing token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// Last instant, epoch ms.
    pub expires_ms: i64,
    /// What the device that comes with it may pull.
    pub rights: Rights,
    /// Who holds the device that comes with it.
    pub operator: OperatorId,
    /// Where that device stands at first.
    pub outlet: OutletId,
    /// The device that came with it.
    pub used_by: Option<DeviceNo>,
}

/// An op of a revoked device: acked, in no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its first number.
    pub id: OpId,
    /// Its last number.
    pub last: Id,
    /// The time that would count for it, epoch ms.
    pub at_ms: i64,
    /// Its business date, as a day number.
    pub day: i64,
    /// The inbox item that asks about it.
    pub item: EntryId,
    /// When it came, epoch ms.
    pub received_ms: i64,
    /// What it sold, in minor units.
    pub sold: Money,
    /// Points that it took out of balances.
    pub redeemed: Points,
    /// The chain's value after it.
    pub chain: [u8; 32],
    /// Its facts section.
    pub facts: Vec<u8>,
    /// Its personal section with its nonce, or what stands in for it.
    pub personal: Personal,
}

/// What waits under one inbox item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many ops.
    pub ops: u32,
    /// The last number of the last one; 0 when nothing waits.
    pub upto: i64,
    /// What they sold.
    pub sold: Money,
    /// Points that they took out of balances.
    pub redeemed: Points,
}

/// Σ effects of one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Which.
    pub instrument: InstrumentId,
    /// Points outstanding.
    pub points: Points,
    /// Stamps outstanding.
    pub stamps: Stamps,
}

/// Facts about the business and its file. The names are part of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// The business's id, 16 bytes.
    Business,
    /// The reign: number and random, 8 bytes each.
    Epoch,
    /// [(epoch, first seq)], 24 bytes each.
    Lineage,
    /// The last seq given, 8 bytes.
    Head,
    /// The log's hash there, 32 bytes.
    LogHash,
    /// The last device number given, 4 bytes.
    LastDevice,
    /// The last emitter slot given, 2 bytes.
    LastSlot,
    /// The authority's own key (P-256 scalar, 32 bytes): what a phone was shown in the QR.
    IdentityKey,
    /// What staff phones hold: `protocol::keys::ShopKeys`, encoded.
    ShopKeys,
    /// The secret of the owner's page, 16 bytes.
    OwnerSecret,
    /// Whether the file may hold traces of erased people: 1 byte, or none.
    Traces,
    /// The last business date for which expiry was posted, as a day number of 8 bytes.
    Swept,
    /// The device number of the authority's own ops, 4 bytes; the founder's if there is none.
    Author,
    /// The last number of the block that device numbers come from, 4 bytes; they are counted up if there is none.
    DeviceEnd,
    /// Emitter slots to be given next, 2 bytes each; they are counted up if there is no list.
    Slots,
    /// What waits after a restore: since when, 8 bytes, and the devices waited for, 4 bytes each; empty = nothing.
    Held,
    /// Where the business is served: `protocol::message::Moved`, encoded.
    Address,
    /// The signed head of a higher epoch, encoded: another copy of the data reigns.
    Yielded,
    /// How the business came here, or is coming, from a founding phone.
    Arrival,
}

impl Fact {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Epoch => "epoch",
            Self::Lineage => "lineage",
            Self::Head => "head",
            Self::LogHash => "log-hash",
            Self::LastDevice => "last-device",
            Self::LastSlot => "last-slot",
            Self::IdentityKey => "identity-key",
            Self::ShopKeys => "shop-keys",
            Self::OwnerSecret => "owner-secret",
            Self::Traces => "traces",
            Self::Swept => "swept",
            Self::Author => "author",
            Self::DeviceEnd => "device-end",
            Self::Slots => "slots",
            Self::Held => "held",
            Self::Address => "address",
            Self::Yielded => "yielded",
            Self::Arrival => "arrival",
        }
    }
}
