//! The business's own rule sets: who it is, its outlets, its staff, its devices.
//!
//! Each is a row that only the authority's ops write; a later version replaces an earlier one.

use crate::card::EmitterSlot;
use crate::ids::{BusinessId, DeviceNo, OperatorId, OutletId};
use crate::incarnation::Former;
use crate::money::Currency;

/// Who the business is; currency and point scale are fixed at founding (L2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    /// 128 random bits.
    pub id: BusinessId,
    /// As customers know it.
    pub name: String,
    /// Two capital letters (ISO 3166).
    pub country: String,
    /// Its currency.
    pub currency: Currency,
    /// Digits of a point's smallest step: 0 or 2 (L2).
    pub point_scale: u8,
    /// Calling prefix of national phone numbers, digits only.
    pub phone_prefix: String,
    /// 4 base32 letters in the address of its cards, kept for life.
    pub letters: String,
}

/// One place where it sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// From 1.
    pub id: OutletId,
    /// As staff know it.
    pub name: String,
    /// IANA time zone.
    pub zone: String,
    /// Minute of the wall-clock day at which a business day starts, 0…1,439.
    pub day_start: u16,
}

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Owner = 1,
    /// The counter.
    Cashier = 2,
}

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    /// From 1 (the founder).
    pub id: OperatorId,
    /// As colleagues call them.
    pub name: String,
    /// Rights.
    pub role: Role,
}

/// An enrolled device and the key its batches are signed with (sync §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number, never reused.
    pub no: DeviceNo,
    /// Its name on the owner's screen.
    pub name: String,
    /// P-256 public key, compressed (SEC1, 33 bytes).
    pub public_key: [u8; 33],
    /// Where it may make card numbers, if it may.
    pub slot: Option<EmitterSlot>,
    /// The number it had before, when it is a new incarnation (sync §12).
    pub former: Option<Former>,
}
