//! The programme: published, immutable versions of the business's instruments (L9).
//!
//! A bonus card and a stamp card are two kinds of one thing: an instrument with terms. A published
//! version has no setters; a change is a new version, and what was issued keeps its old terms.

use crate::ids::{InstrumentId, ProgrammeVersion};
use crate::ledger::LotTerms;
use crate::moment::{Date, month_end, plus_months};
use crate::money::{Money, Overflow, Points, Rounding, Stamps, scale};

/// Why a draft can't be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProgrammeError {
    /// Two instruments bear one id, or an id is 0.
    #[error("instrument ids must be unique and above 0")]
    Ids,
    /// A name is empty or longer than 64 characters.
    #[error("an instrument needs a name of 1 to 64 characters")]
    Name,
    /// A rate, value, size or share is outside its range.
    #[error("a number of instrument {0} is outside its range")]
    Range(u32),
}

/// What of a receipt earns (E1); the part paid with points or certificates earns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EarnBase {
    /// After discounts (the default).
    AfterDiscounts = 1,
    /// Before discounts.
    BeforeDiscounts = 2,
}

/// How long the points of a lot live (L5, L6: by age of each lot).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// For ever.
    Never,
    /// So many months, rounded up to the month's end (L3, L7).
    Months(u16),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BonusCard {
    /// Part of the base that comes back as points, in hundredths of a percent (E3).
    pub rate: u16,
    /// What one point is worth, in minor units.
    pub point_value: Money,
    /// Direction of the one rounding per receipt (E2).
    pub rounding: Rounding,
    /// What earns (E1).
    pub base: EarnBase,
    /// Days until earned points may be spent (L8).
    pub pending_days: u16,
    /// How long points live.
    pub expiry: Expiry,
    /// How they are used.
    pub redeem: RedeemPolicy,
}

/// What gives a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StampFor {
    /// One per visit.
    Visit,
    /// One per whole amount spent, in minor units.
    Amount(Money),
}

/// Stamps that fill a card, exchanged for a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StampCard {
    /// What gives a stamp.
    pub per: StampFor,
    /// Stamps of a full card.
    pub size: Stamps,
    /// What the reward is worth to the shop, in minor units.
    pub reward_value: Money,
}

/// The terms of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terms {
    /// A bonus card.
    Bonus(BonusCard),
    /// A stamp card.
    Stamps(StampCard),
}

/// One marketing instrument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instrument {
    /// Kept through all versions of the programme.
    pub id: InstrumentId,
    /// As the owner calls it.
    pub name: String,
    /// Its terms.
    pub terms: Terms,
}

/// One published version of all instruments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    version: ProgrammeVersion,
    instruments: Vec<Instrument>,
}

/// Longest life of a lot: with month ends no wallet comes to more than 64 buckets (L3).
pub const MONTHS_MAX: u16 = 60;

/// Most instruments of one version.
pub const INSTRUMENTS_MAX: usize = 64;

impl Programme {
    /// Publishes a draft: after this nothing of it changes.
    ///
    /// # Errors
    /// [`ProgrammeError`] naming what is wrong.
    pub fn publish(
        version: ProgrammeVersion,
        mut instruments: Vec<Instrument>,
    ) -> Result<Self, ProgrammeError> {
        instruments.sort_by_key(|i| i.id);
        let unique = instruments.windows(2).all(|pair| pair[0].id < pair[1].id);
        if version.0 == 0
            || !unique
            || instruments.len() > INSTRUMENTS_MAX
            || instruments.iter().any(|i| i.id.0 == 0)
        {
            return Err(ProgrammeError::Ids);
        }
        for instrument in &instruments {
            instrument.check()?;
        }
        Ok(Self {
            version,
            instruments,
        })
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> ProgrammeVersion {
        self.version
    }

    /// All instruments, by id.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// One instrument.
    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        self.instruments.iter().find(|i| i.id == id)
    }

    /// The bonus card, if the programme has one.
    #[must_use]
    pub fn bonus(&self) -> Option<(InstrumentId, &BonusCard)> {
        self.instruments.iter().find_map(|i| match &i.terms {
            Terms::Bonus(card) => Some((i.id, card)),
            Terms::Stamps(_) => None,
        })
    }
}

impl Instrument {
    fn check(&self) -> Result<(), ProgrammeError> {
        if !(1..=64).contains(&self.name.chars().count()) {
            return Err(ProgrammeError::Name);
        }
        let good = match &self.terms {
            Terms::Bonus(card) => {
                card.rate <= 10_000
                    && card.point_value.is_positive()
                    && card.redeem.step.is_positive()
                    && card.redeem.minimum.0 >= 0
                    && card.redeem.max_share <= 10_000
                    && card.value_of(Points(10_000)).is_ok()
                    && card
                        .redeem
                        .minimum
                        .0
                        .checked_add(card.redeem.step.0)
                        .is_some()
                    && !matches!(card.expiry, Expiry::Months(n) if !(1..=MONTHS_MAX).contains(&n))
            }
            Terms::Stamps(card) => {
                let per = !matches!(card.per, StampFor::Amount(money) if !money.is_positive());
                per && card.size.is_positive() && card.reward_value.0 >= 0
            }
        };
        if good {
            Ok(())
        } else {
            Err(ProgrammeError::Range(self.id.0))
        }
    }
}

impl BonusCard {
    /// The points a base of money earns: rounded once (E2, E3).
    ///
    /// # Errors
    /// [`Overflow`] for amounts that leave 64 bits or a negative base.
    pub fn points_for(&self, base: Money) -> Result<Points, Overflow> {
        let denominator = self.point_value.0.checked_mul(10_000).ok_or(Overflow)?;
        scale(base.0, i64::from(self.rate), denominator, self.rounding).map(Points)
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

    /// The life of a lot earned on `date` (L5, L7, L8); a date past the calendar's end means never.
    #[must_use]
    pub fn lot(&self, date: Date) -> LotTerms {
        let available_on = date
            .checked_add_days(chrono::Days::new(u64::from(self.pending_days)))
            .unwrap_or(date);
        let expires_on = match self.expiry {
            Expiry::Never => None,
            Expiry::Months(n) => plus_months(available_on, u32::from(n)).and_then(month_end),
        };
        LotTerms {
            available_on,
            expires_on,
        }
    }
}

impl StampCard {
    /// The stamps a kept receipt gives: one per visit if anything was kept, or per whole amount.
    #[must_use]
    pub const fn stamps_for(&self, base: Money, kept: Kept) -> Stamps {
        match (self.per, kept) {
            (_, Kept::Nothing) => Stamps::ZERO,
            (StampFor::Visit, Kept::Something) => Stamps(1),
            (StampFor::Amount(per), Kept::Something) if base.0 > 0 && per.0 > 0 => {
                Stamps(base.0 / per.0)
            }
            (StampFor::Amount(_), Kept::Something) => Stamps::ZERO,
        }
    }
}

/// Whether any goods of a receipt stayed with the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// At least one line, at least in part.
    Something,
    /// Everything came back.
    Nothing,
}
