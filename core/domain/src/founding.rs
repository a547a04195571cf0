//! Founding: from a country and a kind of shop everything follows (sync §7).
//!
//! The founding phone and `kartka admin create-business` make the same first op from it.

use crate::business::{Business, Employment, Lifetimes, Operator, Outlet};
use crate::ids::{BusinessId, InstrumentId, OperatorId, OutletId, ProgrammeVersion, RoleId};
use crate::limits::EarnLimits;
use crate::money::{Currency, Money, Points, Stamps};
use crate::op::Fact;
use crate::programme::{
    BonusCard, Expiry, Instrument, OfflinePolicy, Programme, ProgrammeError, RedeemPolicy,
    StampCard, StampFor, Terms,
};
use crate::purchase::PointsAs;

/// What sells there decides the ready instruments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShopKind {
    /// Coffee, food: a stamp card beside the bonus card.
    Coffee,
    /// Everything else: a bonus card.
    Shop,
}

/// Why a business can't be founded so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FoundingError {
    /// The country is not in the list yet.
    #[error("this country is not known yet")]
    Country,
    /// A name has 1 to 64 characters.
    #[error("a business needs a name of 1 to 64 characters")]
    Name,
    /// The ready instruments are out of range: a fault of the program.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
}

/// Country, currency, calling prefix, zone.
const COUNTRIES: [(&str, &str, &str, &str); 8] = [
    ("UA", "UAH", "380", "Europe/Kyiv"),
    ("PL", "PLN", "48", "Europe/Warsaw"),
    ("DE", "EUR", "49", "Europe/Berlin"),
    ("MD", "MDL", "373", "Europe/Chisinau"),
    ("GE", "GEL", "995", "Asia/Tbilisi"),
    ("KZ", "KZT", "7", "Asia/Almaty"),
    ("GB", "GBP", "44", "Europe/London"),
    ("US", "USD", "1", "America/New_York"),
];

/// Countries a business can be founded in, by their two letters; the most likely first.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.iter().map(|(country, ..)| *country)
}

/// The bonus card that a business starts with.
pub const BONUS: InstrumentId = InstrumentId(1);
/// The stamp card that a coffee bar starts with.
pub const STAMPS: InstrumentId = InstrumentId(2);

/// Who founds what.
#[derive(Debug, Clone)]
pub struct Founding<'a> {
    /// 128 random bits.
    pub id: BusinessId,
    /// 4 base32 letters for the address of its cards.
    pub letters: String,
    /// As customers know it.
    pub name: &'a str,
    /// Two letters.
    pub country: &'a str,
    /// What it sells.
    pub kind: ShopKind,
    /// The founder's name.
    pub owner: &'a str,
}

impl Founding<'_> {
    /// The facts of the first op: business, first outlet, owner, first programme.
    ///
    /// # Errors
    /// [`FoundingError`] naming what is missing.
    pub fn facts(self) -> Result<Vec<Fact>, FoundingError> {
        let named = |text: &str| (1..=64).contains(&text.trim().chars().count());
        if !named(self.name) || !named(self.owner) {
            return Err(FoundingError::Name);
        }
        let (country, currency, prefix, zone) = COUNTRIES
            .into_iter()
            .find(|(code, ..)| *code == self.country)
            .ok_or(FoundingError::Country)?;
        let business = Business {
            id: self.id,
            name: self.name.trim().to_owned(),
            country: country.to_owned(),
            currency: Currency::new(currency).ok_or(FoundingError::Country)?,
            point_scale: 0,
            phone_prefix: prefix.to_owned(),
            letters: self.letters,
            lifetimes: Lifetimes::READY,
            earning: EarnLimits::READY,
            attach_days: 0,
            points_as: PointsAs::Payment,
            recovery: None,
            newer: None,
        };
        let outlet = Outlet {
            id: OutletId(1),
            name: self.name.trim().to_owned(),
            zone: zone.to_owned(),
            day_start: 0,
            newer: None,
        };
        let owner = Operator {
            outlets: Vec::new(),
            id: OperatorId(1),
            name: self.owner.trim().to_owned(),
            role: RoleId::OWNER,
            state: Employment::Active,
            customer: None,
            newer: None,
        };
        let bonus = Terms::Bonus(ready_bonus());
        let mut instruments = vec![Instrument::plain(BONUS, "Bonus", bonus)];
        if self.kind == ShopKind::Coffee {
            let card = StampCard::plain(StampFor::Visit, Stamps(10), Money::ZERO);
            instruments.push(Instrument::plain(STAMPS, "Stamps", Terms::Stamps(card)));
        }
        let programme = Programme::publish(ProgrammeVersion(1), instruments)?;
        Ok(vec![
            Fact::Business(business),
            Fact::Outlet(outlet),
            Fact::Operator(owner),
            Fact::Programme(programme),
        ])
    }
}

/// 5 % back in whole points worth one minor unit, for a year; half of a receipt may be paid with them.
fn ready_bonus() -> BonusCard {
    BonusCard {
        expiry: Expiry::Months(12),
        redeem: RedeemPolicy {
            minimum: Points(1),
            step: Points(1),
            max_share: 5_000,
            offline: OfflinePolicy::Capped {
                per_customer: Some(Points(10_000)),
                device_budget: Some(Points(100_000)),
                snapshot_age_ms: Some(24 * 60 * 60 * 1_000),
            },
        },
        ..BonusCard::plain(500, Money(1))
    }
}
