//! The bonus card: points for money spent, spent like money (E, U, L).

use super::rules::{Goods, WHOLE, rising};
use super::{Instrument, Late, ProgrammeError};
use crate::ids::{InstrumentId, OutletId};
use crate::ledger::LotTerms;
use crate::moment::{Date, PeriodEnd, period_end, plus_months};
use crate::money::{Money, Overflow, Points, Rounding};

/// Longest life of a lot: with month ends no wallet comes to more than 64 buckets (L3).
pub const MONTHS_MAX: u16 = 60;
/// Once: the factor of no multiplier, in ten-thousandths.
pub const ONCE: u32 = 10_000;
/// Largest product of multipliers: a hundred times.
pub const FACTOR_MAX: u32 = 1_000_000;
/// Most multipliers of one card.
const MULTIPLIERS_MAX: usize = 32;
/// Most fixed points per receipt or item, and the dearest point in minor units.
pub(super) const FIXED_MAX: i64 = 1_000_000_000;
/// Dearest point of a card that carries remainders, in minor units.
const CARRIED_WORTH_MAX: i64 = 1_000_000;
/// Most that one entry carries (E2): ten of the dearest such points, in 10⁻⁸ minor units.
pub const CARRY_MAX: u64 = 1_000_000_000_000_000;

/// What of a receipt earns (E1); the part paid with points earns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EarnBase {
    /// After discounts (the default).
    AfterDiscounts = 1,
    /// Before discounts.
    BeforeDiscounts = 2,
}

/// Whether the tax inside a price earns (E1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum TaxEarns {
    /// With tax (the default).
    #[default]
    Yes = 1,
    /// Without.
    No = 2,
}

/// Whether what is paid with a gift certificate earns (E1, E4): at its use, never when it is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CertificateEarns {
    /// No (the default).
    #[default]
    No = 1,
    /// At use.
    AtUse = 2,
}

/// What becomes of the part of a point that a receipt is short of (E2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Remainder {
    /// It is dropped.
    #[default]
    Dropped = 1,
    /// The next purchase begins with it; rounding is then always down.
    Carried = 2,
}

/// How long the points of a lot live: two families, never mixed in one wallet (L5, L6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// For ever.
    Never,
    /// So many months from their first day, rounded up to the period's end (L3, L7).
    Months(u16),
    /// All of them so many months after the last purchase, rounded up to the period's end (L6).
    Inactive(u16),
}

/// When a multiplier works (E3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum When {
    /// The customer holds this level or a higher one, counted from 1 (E5: the one held before the receipt).
    Tier(InstrumentId, u8),
    /// On these days of the week: bit 0 = Monday … bit 6 = Sunday.
    Weekdays(u8),
    /// From minute to minute of the day, the last not included; over midnight when `from > to`.
    Hours {
        /// First minute.
        from: u16,
        /// First minute after it.
        to: u16,
    },
    /// In these outlets.
    Outlets(Vec<OutletId>),
    /// So many days around the customer's birthday.
    Birthday {
        /// Days before it.
        before: u16,
        /// Days after it.
        after: u16,
    },
    /// The customer's first purchase.
    FirstPurchase,
}

/// More points under a condition (E3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Multiplier {
    /// When.
    pub when: When,
    /// How much more, in ten-thousandths: 20,000 = twice.
    pub factor: u32,
}

/// How several multipliers go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Multiply {
    /// The best one counts.
    #[default]
    Best = 1,
    /// Each multiplies.
    Product = 2,
}

/// What a redemption may cost when the authority can't be asked (U2, sync §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OfflinePolicy {
    /// No redemption without the authority's fresh word.
    None,
    /// Up to stated limits; each can be switched off with [`None`].
    Capped {
        /// Most points per customer within 24 h on one phone.
        per_customer: Option<Points>,
        /// Most points per phone between two exchanges with the authority.
        device_budget: Option<Points>,
        /// Oldest state of the authority that is still trusted, in milliseconds.
        snapshot_age_ms: Option<i64>,
    },
    /// The authority keeps the points for one receipt first (`online`).
    Online,
}

/// How points may be used (U1, U2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RedeemPolicy {
    /// Fewest points of one redemption.
    pub minimum: Points,
    /// Amounts are multiples of this.
    pub step: Points,
    /// Largest part of the receipt, in hundredths of a percent.
    pub max_share: u16,
    /// Without the authority.
    pub offline: OfflinePolicy,
}

/// Points for money spent, spent like money.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BonusCard {
    /// Part of the base that comes back as points, in hundredths of a percent (E3).
    pub rate: u16,
    /// Points for the receipt itself (E3).
    pub per_receipt: Points,
    /// Points for each piece, kilogram or litre (E3).
    pub per_item: Points,
    /// Goods that earn; none named = all. Those excluded by the card's rules never do (E1).
    pub goods: Goods,
    /// What one point is worth, in minor units.
    pub point_value: Money,
    /// Direction of the one rounding per receipt (E2).
    pub rounding: Rounding,
    /// What becomes of the rest of a point (E2).
    pub remainder: Remainder,
    /// What earns (E1).
    pub base: EarnBase,
    /// Whether tax earns (E1).
    pub tax: TaxEarns,
    /// Whether certificates earn (E4).
    pub certificates: CertificateEarns,
    /// More points under conditions (E3).
    pub multipliers: Vec<Multiplier>,
    /// How they go together.
    pub multiply: Multiply,
    /// Days until earned points may be spent (L8).
    pub pending_days: u16,
    /// How long points live.
    pub expiry: Expiry,
    /// To the end of what their last day is rounded up (L7).
    pub ends: PeriodEnd,
    /// How they are used.
    pub redeem: RedeemPolicy,
    /// Goods that can't be paid with points (U1).
    pub not_payable: Goods,
    /// What becomes of points when something happens late (L5, L10, X3).
    pub late: Late,
}

impl BonusCard {
    /// Points of this rate and value in whole points, rounded down, for ever; the whole receipt may be paid
    /// with them, without a limit offline.
    #[must_use]
    pub fn plain(rate: u16, point_value: Money) -> Self {
        Self {
            rate,
            per_receipt: Points::ZERO,
            per_item: Points::ZERO,
            goods: Goods::default(),
            point_value,
            rounding: Rounding::Down,
            remainder: Remainder::Dropped,
            base: EarnBase::AfterDiscounts,
            tax: TaxEarns::Yes,
            certificates: CertificateEarns::No,
            multipliers: Vec::new(),
            multiply: Multiply::Best,
            pending_days: 0,
            expiry: Expiry::Never,
            ends: PeriodEnd::Month,
            redeem: RedeemPolicy {
                minimum: Points(1),
                step: Points(1),
                max_share: WHOLE,
                offline: OfflinePolicy::Capped {
                    per_customer: None,
                    device_budget: None,
                    snapshot_age_ms: None,
                },
            },
            not_payable: Goods::default(),
            late: Late::default(),
        }
    }

    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if self.rate > WHOLE || self.redeem.max_share > WHOLE {
            return Err(ProgrammeError::Share(id));
        }
        if !self.goods.is_sound() || !self.not_payable.is_sound() {
            return Err(ProgrammeError::List(id));
        }
        let carried = self.remainder == Remainder::Carried;
        if carried && self.point_value.0 > CARRIED_WORTH_MAX {
            return Err(ProgrammeError::Range(id));
        }
        if carried && self.rounding != Rounding::Down {
            return Err(ProgrammeError::CarriedIsDown(id));
        }
        if !of.rules.stacking.is_for_earning() {
            return Err(ProgrammeError::NotForThis(id));
        }
        let months = match self.expiry {
            Expiry::Never => 1,
            Expiry::Months(n) | Expiry::Inactive(n) => n,
        };
        let fixed = |points: Points| (0..=FIXED_MAX).contains(&points.0);
        let redeem = &self.redeem;
        let in_range = (1..=FIXED_MAX).contains(&self.point_value.0)
            && fixed(self.per_receipt)
            && fixed(self.per_item)
            && (1..=MONTHS_MAX).contains(&months)
            && self.late.is_sound()
            && redeem.step.is_positive()
            && redeem.minimum.0 >= 0
            && redeem.minimum.0.checked_add(redeem.step.0).is_some()
            && self.multipliers.len() <= MULTIPLIERS_MAX
            && self.multipliers.iter().all(Multiplier::is_sound);
        if in_range {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }

    /// What points are worth, in minor units.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn value_of(&self, points: Points) -> Result<Money, Overflow> {
        points
            .0
            .checked_mul(self.point_value.0)
            .map(Money)
            .ok_or(Overflow)
    }

    /// Days after a last day within which a late fact still brings points back (L5).
    #[must_use]
    pub fn grace(&self) -> i64 {
        self.late.grace_days.into()
    }

    /// The last day of points that come back on `date`, when they ended or would end on `last`: later only by the
    /// owner's option, and up to the period's end like that of any lot (X3, L3).
    #[must_use]
    pub fn returned_until(&self, last: Option<Date>, date: Date) -> Option<Date> {
        let last = last?;
        let days = chrono::Days::new(self.late.returned_days.into());
        let least = match self.late.returned_days {
            0 => None,
            _ => date.checked_add_days(days),
        };
        match least {
            Some(least) if least > last => period_end(least, self.ends),
            _ => Some(last),
        }
    }

    /// The life of a lot earned on `date` (L5, L7, L8); a date past the calendar's end means never. Where all
    /// points end together by inactivity, a lot has no day of its own (L6).
    #[must_use]
    pub fn lot(&self, date: Date) -> LotTerms {
        let available_on = date
            .checked_add_days(chrono::Days::new(u64::from(self.pending_days)))
            .unwrap_or(date);
        self.lot_from(available_on)
    }

    /// The life of points that may be spent from `available_on` on (L5, L7).
    #[must_use]
    pub fn lot_from(&self, available_on: Date) -> LotTerms {
        let expires_on = match self.expiry {
            Expiry::Never | Expiry::Inactive(_) => None,
            Expiry::Months(n) => self.last_day(available_on, n),
        };
        LotTerms {
            available_on,
            expires_on,
        }
    }

    /// The last day of all points of a customer whose last purchase was on `last_visit`, if inactivity ends
    /// them (L6).
    #[must_use]
    pub fn inactive_after(&self, last_visit: Date) -> Option<Date> {
        match self.expiry {
            Expiry::Inactive(n) => self.last_day(last_visit, n),
            Expiry::Never | Expiry::Months(_) => None,
        }
    }

    fn last_day(&self, from: Date, months: u16) -> Option<Date> {
        plus_months(from, u32::from(months)).and_then(|last| period_end(last, self.ends))
    }
}

impl When {
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Tier(_, level) => *level > 0,
            Self::Weekdays(days) => (1..128).contains(days),
            Self::Hours { from, to } => *from < 1_440 && *to <= 1_440 && from != to,
            Self::Outlets(outlets) => !outlets.is_empty() && rising(outlets),
            Self::Birthday { before, after } => before.saturating_add(*after) <= 180,
            Self::FirstPurchase => true,
        }
    }
}

impl Multiplier {
    fn is_sound(&self) -> bool {
        self.when.is_sound() && (1..=FACTOR_MAX).contains(&self.factor)
    }
}
