//! Gift certificates, and coupons with a number of their own: what a voucher promises from its issue on (G1, G2).

use super::coupon::Benefit;
use super::{Audience, Instrument, MONTHS_MAX, ProgrammeError};
use crate::moment::{Date, PeriodEnd, period_end, plus_months};
use crate::money::Money;

/// Most fixed amounts that one certificate is sold for.
const NOMINALS_MAX: usize = 32;
/// Dearest certificate, in minor units.
const NOMINAL_MAX: Money = Money(1_000_000_000);

/// For how much certificates are issued, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Nominals {
    /// These amounts, ascending.
    Fixed(Vec<Money>),
    /// Anything from the first to the second.
    Between(Money, Money),
}

impl Nominals {
    /// Whether one is issued for so much.
    #[must_use]
    pub fn has(&self, nominal: Money) -> bool {
        match self {
            Self::Fixed(all) => all.contains(&nominal),
            Self::Between(least, most) => (*least..=*most).contains(&nominal),
        }
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Fixed(all) => {
                (1..=NOMINALS_MAX).contains(&all.len())
                    && all[0].is_positive()
                    && all.windows(2).all(|pair| pair[0] < pair[1])
                    && all.iter().all(|one| *one <= NOMINAL_MAX)
            }
            Self::Between(least, most) => {
                least.is_positive() && least <= most && *most <= NOMINAL_MAX
            }
        }
    }
}

/// How a certificate is used up (G1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Spending {
    /// As often as there is something left.
    #[default]
    Many = 1,
    /// Once; what is left is lost.
    OnceLost = 2,
    /// Once; what is left goes onto another certificate, as change.
    OnceKept = 3,
}

/// What a phone may do with a voucher while it can't ask the authority (U3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum VoucherOffline {
    /// Take it; should it have been used elsewhere, the owner sees it.
    #[default]
    Accept,
    /// Take it up to this much on one receipt, in minor units; above it the authority must be asked.
    UpTo(Money),
    /// The authority must be asked (`online`).
    Ask,
}

impl VoucherOffline {
    /// Whether so much may be taken unasked.
    #[must_use]
    pub fn accepts(self, value: Money) -> bool {
        match self {
            Self::Accept => true,
            Self::UpTo(most) => value <= most,
            Self::Ask => false,
        }
    }

    const fn is_sound(self) -> bool {
        !matches!(self, Self::UpTo(Money(..=0)))
    }
}

/// How long a voucher lives from its issue on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Life {
    /// So many months; none = for ever.
    pub months: Option<u16>,
    /// To the end of what its last day is rounded up (L7).
    pub ends: PeriodEnd,
}

impl Life {
    /// The last day of a voucher issued on `date`; past the calendar's end it never ends.
    #[must_use]
    pub fn last_day(self, date: Date) -> Option<Date> {
        let last = plus_months(date, self.months?.into())?;
        period_end(last, self.ends)
    }

    fn is_sound(self) -> bool {
        self.months
            .is_none_or(|months| (1..=MONTHS_MAX).contains(&months))
    }
}

/// A gift certificate: money paid now, goods taken later, by whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Certificate {
    /// For how much it is sold or given.
    pub nominals: Nominals,
    /// How it is used up.
    pub spending: Spending,
    /// How long it lives.
    pub life: Life,
    /// Without the authority.
    pub offline: VoucherOffline,
}

impl Certificate {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        if !self.nominals.is_sound() || !self.life.is_sound() || !self.offline.is_sound() {
            return Err(ProgrammeError::Range(of.id.0));
        }
        // It pays and lowers nothing, for whoever holds it.
        let anybody = matches!(
            of.rules.scope.audience,
            Audience::Anybody | Audience::Customers
        );
        if !anybody || !of.rules.stacking.is_for_earning() {
            return Err(ProgrammeError::NotForThis(of.id.0));
        }
        Ok(())
    }
}

/// A coupon of which each copy has a number of its own and is used once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberedCoupon {
    /// What it gives.
    pub gives: Benefit,
    /// How long each lives.
    pub life: Life,
    /// Without the authority; what it takes off the receipt counts.
    pub offline: VoucherOffline,
}

impl NumberedCoupon {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        if !self.life.is_sound() || !self.offline.is_sound() {
            return Err(ProgrammeError::Range(of.id.0));
        }
        self.gives.check(of.id.0)
    }
}

impl Instrument {
    /// The last day of a voucher of it that is issued on `date`.
    #[must_use]
    pub fn voucher_ends(&self, date: Date) -> Option<Date> {
        match &self.terms {
            super::Terms::Certificate(of) => of.life.last_day(date),
            super::Terms::Numbered(of) => of.life.last_day(date),
            _ => None,
        }
    }

    /// Whether a voucher of so much is issued; a coupon is worth no money.
    #[must_use]
    pub fn issues(&self, nominal: Money) -> bool {
        match &self.terms {
            super::Terms::Certificate(of) => of.nominals.has(nominal),
            super::Terms::Numbered(_) => nominal == Money::ZERO,
            _ => false,
        }
    }

    /// Its gift certificate, if it is one.
    #[must_use]
    pub const fn certificate(&self) -> Option<&Certificate> {
        match &self.terms {
            super::Terms::Certificate(of) => Some(of),
            _ => None,
        }
    }

    /// What a phone may do with its vouchers unasked; nothing to ask for others.
    #[must_use]
    pub const fn voucher_offline(&self) -> VoucherOffline {
        match &self.terms {
            super::Terms::Certificate(of) => of.offline,
            super::Terms::Numbered(of) => of.offline,
            _ => VoucherOffline::Accept,
        }
    }
}
