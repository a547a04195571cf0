//! The programme: published, immutable versions of the business's instruments (L9).
//!
//! A bonus card and a stamp card are two kinds of one thing: an instrument with terms. A published
//! version has no setters; a change is a new version, and what was issued keeps its old terms.

mod bonus;
mod campaign;
mod certificate;
mod club;
mod coupon;
mod discount;
mod late;
mod newer;
mod offer;
mod references;
mod referral;
mod rules;
mod stamps;
mod tier;

pub use crate::newer::Newer;
pub use bonus::{
    BonusCard, CARRY_MAX, CertificateEarns, EarnBase, Expiry, FACTOR_MAX, MONTHS_MAX, Multiplier,
    Multiply, ONCE, OfflinePolicy, RedeemPolicy, Remainder, TaxEarns, When,
};
pub use campaign::Campaign;
pub use certificate::{Certificate, Life, Nominals, NumberedCoupon, Spending, VoucherOffline};
pub use club::{Club, Issue, Joining};
pub use coupon::{Benefit, Counting, Coupon, Greeting, GreetingFor};
pub use discount::{DiscountCard, Step};
pub use late::{Late, Owing};
pub use offer::{BundlePrice, Offer, Part};
pub use references::Assortment;
pub use referral::{CountsWhen, Referral, is_enough};
pub use rules::{Audience, Goods, PriceOf, Rules, Scope, Stacking, Times, Together, WHOLE};
pub use stamps::{Gift, Reward, StampCard, StampFor};
pub use tier::{Demotion, Level, Need, Tiers, Window};

use crate::ids::{InstrumentId, ProgrammeVersion};
use crate::money::Money;

/// Why a draft can't be published. The number is the instrument's.
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
    /// A share is over 100 %.
    #[error("a share of instrument {0} is over 100 %")]
    Share(u32),
    /// A list of goods, groups or outlets is not ascending or too long.
    #[error("a list of instrument {0} is not ascending, names something twice or is too long")]
    List(u32),
    /// The last day is before the first.
    #[error("instrument {0} ends before it begins")]
    Days(u32),
    /// A remainder is carried only where points are rounded down (E2).
    #[error("instrument {0} carries the remainder, so it must round down")]
    CarriedIsDown(u32),
    /// An instrument refers to another that the version lacks, or that is of another kind.
    #[error("instrument {0} refers to an instrument that is not there")]
    Refers(u32),
    /// Two coupons have one code.
    #[error("instrument {0} has the code of another coupon")]
    SameCode(u32),
    /// A gift leads back to what it was given for.
    #[error("the gift of instrument {0} leads back to what it is given for")]
    GiftCycle(u32),
    /// A rule has no meaning for an instrument of this kind.
    #[error("a rule of instrument {0} has no meaning for its kind")]
    NotForThis(u32),
    /// An instrument that only a newer version can read would be replaced (L12).
    #[error("instrument {0} is of a newer version: update this one first")]
    TooNew(u32),
    /// A wallet's points end by age or by inactivity; its family never changes (L6).
    #[error("the points of instrument {0} can't change from one family of expiry to the other")]
    Family(u32),
}

/// The terms of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Terms {
    /// A bonus card.
    Bonus(BonusCard),
    /// A stamp card.
    Stamps(StampCard),
    /// A discount card.
    Discount(DiscountCard),
    /// A club.
    Club(Club),
    /// A coupon with a shared code.
    Coupon(Coupon),
    /// A greeting gift.
    Greeting(Greeting),
    /// An offer on lines.
    Offer(Offer),
    /// A receipt that earns a card.
    Issue(Issue),
    /// Tiers.
    Tiers(Tiers),
    /// A gift certificate.
    Certificate(Certificate),
    /// A coupon of which each copy has a number of its own.
    Numbered(NumberedCoupon),
    /// A campaign with a budget.
    Campaign(Campaign),
    /// A reward for bringing friends.
    Referral(Referral),
    /// Terms that only a newer version can read: they give nothing here, and that is said (L12).
    Newer,
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
    /// Where, when and for whom it works, and how it goes together with others.
    pub rules: Rules,
    /// All of it as a newer version wrote it, where this one can't read all of it (L12).
    pub newer: Option<Newer>,
}

/// One published version of all instruments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    version: ProgrammeVersion,
    instruments: Vec<Instrument>,
}

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
        let programme = Self {
            version,
            instruments,
        };
        programme.check_references()?;
        programme.check_codes()?;
        offer::check_gifts(&programme.instruments)?;
        Ok(programme)
    }

    /// Each coupon's code is its own.
    fn check_codes(&self) -> Result<(), ProgrammeError> {
        let mut codes = std::collections::BTreeSet::new();
        for of in &self.instruments {
            if let Terms::Coupon(coupon) = &of.terms
                && !codes.insert(coupon.code.as_str())
            {
                return Err(ProgrammeError::SameCode(of.id.0));
            }
        }
        Ok(())
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

    /// The campaign with this id, if it raises what `card` gives.
    #[must_use]
    pub fn campaign(
        &self,
        id: InstrumentId,
        card: InstrumentId,
    ) -> Option<(&Instrument, &Campaign)> {
        let of = self.instrument(id)?;
        match &of.terms {
            Terms::Campaign(campaign) if campaign.card == card => Some((of, campaign)),
            _ => None,
        }
    }

    /// The bonus card, if the programme has one.
    #[must_use]
    pub fn bonus(&self) -> Option<(InstrumentId, &BonusCard)> {
        self.instruments.iter().find_map(|i| match &i.terms {
            Terms::Bonus(card) => Some((i.id, card)),
            _ => None,
        })
    }
}

impl Instrument {
    /// An instrument that works everywhere, for every customer, alone.
    #[must_use]
    pub fn plain(id: InstrumentId, name: &str, terms: Terms) -> Self {
        Self {
            id,
            name: name.to_owned(),
            terms,
            rules: Rules::default(),
            newer: None,
        }
    }

    /// Whether it stands by itself; what it says of others is the programme's to check.
    ///
    /// # Errors
    /// [`ProgrammeError`] naming what is wrong.
    pub fn check(&self) -> Result<(), ProgrammeError> {
        if !self.is_read() {
            let kept = self.newer.is_some();
            return kept.then_some(()).ok_or(ProgrammeError::TooNew(self.id.0));
        }
        if !(1..=64).contains(&self.name.chars().count()) {
            return Err(ProgrammeError::Name);
        }
        self.rules.check(self.id)?;
        match &self.terms {
            Terms::Bonus(card) => card.check(self),
            Terms::Stamps(card) => card.check(self),
            Terms::Discount(card) => card.check(self),
            Terms::Club(club) => club.check(self),
            Terms::Coupon(coupon) => coupon.check(self),
            Terms::Greeting(greeting) => greeting.check(self),
            Terms::Offer(offer) => offer.check(self),
            Terms::Issue(issue) => issue.check(self),
            Terms::Tiers(tiers) => tiers.check(self),
            Terms::Certificate(of) => of.check(self),
            Terms::Numbered(of) => of.check(self),
            Terms::Campaign(campaign) => campaign.check(self),
            Terms::Referral(of) => of.check(self),
            Terms::Newer => Ok(()),
        }
    }

    /// What one of its points is worth in minor units; nothing where it has none.
    #[must_use]
    pub fn point_value(&self) -> Money {
        match &self.terms {
            Terms::Bonus(card) => card.point_value,
            _ => Money::ZERO,
        }
    }

    /// Its promise for bringing friends, if it is one.
    #[must_use]
    pub const fn referral(&self) -> Option<&Referral> {
        match &self.terms {
            Terms::Referral(of) => Some(of),
            _ => None,
        }
    }

    /// Its bonus card, if it is one.
    #[must_use]
    pub const fn bonus(&self) -> Option<&BonusCard> {
        match &self.terms {
            Terms::Bonus(card) => Some(card),
            _ => None,
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
