//! The business's own rule sets: who it is, its outlets, its staff, its devices.
//!
//! Each is a row that only the authority's ops write; a later version replaces an earlier one.

use crate::card::EmitterSlot;
use crate::codes::Code;
use crate::ids::{BusinessId, CustomerId, DeviceNo, OperatorId, OutletId, RoleId};
use crate::incarnation::Former;
use crate::limits::EarnLimits;
use crate::moment::Date;
use crate::money::Currency;
use crate::newer::Newer;
use crate::purchase::PointsAs;

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
    /// How long a phone is trusted without the authority.
    pub lifetimes: Lifetimes,
    /// What is allowed when points are earned (T7).
    pub earning: EarnLimits,
    /// Business days after that of a sale within which a customer may be attached to it (X7); 0 = the same day.
    pub attach_days: u16,
    /// What points are: a means of payment, or a discount (D5).
    pub points_as: PointsAs,
    /// What opens only by the recovery sheet of the shop is sealed to this; none before the owner has one on paper.
    pub recovery: Option<RecoveryHalf>,
    /// What a newer version wrote beside it; an edit by this one keeps it (L12).
    pub newer: Option<Newer>,
}

/// The public half of the key that stands on the owner's recovery sheet: a P-256 point as SEC1 writes it, uncompressed
/// (sync §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryHalf(pub [u8; 65]);

/// Most days that a setting for attaching may name.
pub const ATTACH_DAYS_MAX: u16 = 30;

impl Business {
    /// Whether a customer may still be attached on `today` to a sale of `sold` (X7).
    ///
    /// # Errors
    /// [`Code::AttachTooLate`].
    pub fn may_attach(&self, sold: Date, today: Date) -> Result<(), Code> {
        let days = i64::from(self.attach_days);
        if (today - sold).num_days() > days {
            return Err(Code::AttachTooLate { days });
        }
        Ok(())
    }
}

/// How long a device that hears nothing from the authority stays trusted (sync §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetimes {
    /// Hours a capability lasts; every exchange renews it.
    pub capability_hours: u16,
    /// Days after that within which redemption, contact data and reports stay open; 7–365.
    pub grace_days: u16,
}

impl Lifetimes {
    /// A day, and 30 days of grace.
    pub const READY: Self = Self {
        capability_hours: 24,
        grace_days: 30,
    };

    /// Lifetimes the owner chose: 1–168 hours, 7–365 days.
    #[must_use]
    pub fn new(capability_hours: u16, grace_days: u16) -> Option<Self> {
        let fits = (1..=168).contains(&capability_hours) && (7..=365).contains(&grace_days);
        fits.then_some(Self {
            capability_hours,
            grace_days,
        })
    }

    /// The capability in milliseconds.
    #[must_use]
    pub const fn capability_ms(self) -> i64 {
        self.capability_hours as i64 * 60 * 60 * 1_000
    }

    /// The grace in milliseconds.
    #[must_use]
    pub const fn grace_ms(self) -> i64 {
        self.grace_days as i64 * 24 * 60 * 60 * 1_000
    }
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
    /// What a newer version wrote beside it; an edit by this one keeps it (L12).
    pub newer: Option<Newer>,
}

/// Whether a member of staff still works here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Employment {
    /// They do.
    Active = 1,
    /// They were dismissed; what they did stays theirs.
    Dismissed = 2,
}

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    /// From 1 (the founder).
    pub id: OperatorId,
    /// As colleagues call them.
    pub name: String,
    /// What they may do, see [`crate::rights`].
    pub role: RoleId,
    /// Whether they still work here.
    pub state: Employment,
    /// The customer that they are themselves, where the owner said so (T7).
    pub customer: Option<CustomerId>,
    /// Where their role counts, ascending; none named = in every outlet (S4).
    pub outlets: Vec<OutletId>,
    /// What a newer version wrote beside it; an edit by this one keeps it (L12).
    pub newer: Option<Newer>,
}

impl Operator {
    /// Whether their role counts in an outlet.
    #[must_use]
    pub fn works_in(&self, outlet: OutletId) -> bool {
        self.outlets.is_empty() || self.outlets.contains(&outlet)
    }

    /// Whether everywhere their role counts, the other's does too.
    fn is_within(&self, other: &Self) -> bool {
        other.outlets.is_empty()
            || !self.outlets.is_empty() && self.outlets.iter().all(|one| other.works_in(*one))
    }

    /// Whether `other` works nowhere that this one does not.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.is_within(self)
    }
}

/// Whether a device still belongs to the business (sync §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceState {
    /// It does.
    Active = 1,
    /// No page from that moment; what it sends waits in quarantine.
    Revoked = 2,
    /// Revoked, and it deletes everything once what it holds has arrived.
    WipeWhenEmpty = 3,
    /// Revoked, and it deletes everything at once, unsent sales included: the owner insists.
    WipeNow = 4,
    /// It said that everything there is deleted.
    Wiped = 5,
}

impl DeviceState {
    /// Whether the device is in nobody's hands that the owner trusts.
    #[must_use]
    pub const fn is_revoked(self) -> bool {
        !matches!(self, Self::Active)
    }
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
    /// The member of staff it was handed to: decisions of the office count only from a device whose holder may
    /// take them, whoever the device says was at it.
    pub holder: OperatorId,
    /// Whether it still belongs to the business.
    pub state: DeviceState,
}
