//! What the authority keeps for one receipt before it is sold (mode `online`; U2, U3, sync §4).
//!
//! A till asks under the request id of the sale that will follow; the sale's op bears that id, and so names what was
//! kept. Values only: whether something may be kept is `authority::reserve`'s to say, and where it lies is the store's.
//! Nothing here is a fact: a reservation changes no balance, and ends by the sale, by the till or by its time.

use crate::ids::{CustomerId, DeviceNo, InstrumentId, RequestMark, VoucherId};

/// How long a till may commit after it has asked, by its own steady clock, in milliseconds.
pub const TILL_MS: i64 = 5 * 60 * 1_000;
/// How long the authority keeps it after it was asked: longer, since a sale may reach it late. Milliseconds.
pub const KEPT_MS: i64 = 20 * 60 * 1_000;
/// Most things that one receipt keeps.
pub const ITEMS_MAX: usize = 16;
/// Most receipts for which one device keeps something at once.
pub const RECEIPTS_MAX: usize = 64;

/// What can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// Points of a person.
    Points {
        /// Whose.
        customer: CustomerId,
        /// Of which bonus card.
        instrument: InstrumentId,
    },
    /// A gift certificate or a coupon with a number.
    Voucher(VoucherId),
    /// One use of a code that many know and that has a total limit.
    Coupon(InstrumentId),
}

/// So much of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// Of what.
    pub asset: Asset,
    /// Points, minor units of a certificate; 0 for a coupon with a number, which is kept as a whole; uses of a code.
    pub amount: i64,
}

/// For which receipt something is kept: the device, and the request its sale will bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receipt {
    /// Whose till.
    pub device: DeviceNo,
    /// The sale's request.
    pub request: RequestMark,
}

/// So much of an asset is kept for a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// For which.
    pub receipt: Receipt,
    /// How much.
    pub amount: i64,
}
