//! What the owner allows when points and stamps are earned, and what is then shown or refused (T7).
//!
//! One answer for both sides: the till refuses or warns with it before anything is written, the authority asks it again
//! for what a phone pushed (L15). A limit never touches a sale, only its earn; what was earned against a limit that is
//! only watched counts and bears a flag.

use crate::codes::Code;
use crate::moment::{Date, Moment};
use crate::money::Overflow;

/// What happens to an earn that breaks a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Then {
    /// It counts and the owner sees it.
    Flag = 1,
    /// The receipt earns nothing; the sale goes on.
    Refuse = 2,
}

/// How the customer's card was read for a receipt (T7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardRead {
    /// By the camera or a scanner.
    Scanned = 1,
    /// Its number was typed.
    Typed = 2,
    /// The customer was found by name or phone.
    Found = 3,
}

/// Most earns per day or minutes of the gap that a setting may name.
const NUMBER_MAX: u16 = 1_440;

/// The owner's limits on earning; a setting of the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EarnLimits {
    /// Most receipts of one person that earn on a business day.
    pub per_day: Option<(u16, Then)>,
    /// Least minutes between two earns of one person.
    pub gap: Option<(u16, Then)>,
    /// When somebody of the staff sells to the customer that they are themselves.
    pub own_card: Option<Then>,
    /// When the card's number was typed.
    pub typed: Option<Then>,
}

impl EarnLimits {
    /// Only what costs nobody anything: a colleague's own card is shown to the owner.
    pub const READY: Self = Self {
        per_day: None,
        gap: None,
        own_card: Some(Then::Flag),
        typed: None,
    };

    /// Whether the numbers make sense: 1–1,440 earns, 1–1,440 minutes.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let fits = |limit: Option<(u16, Then)>| {
            limit.is_none_or(|(number, _)| (1..=NUMBER_MAX).contains(&number))
        };
        fits(self.per_day) && fits(self.gap)
    }

    /// Whether earns have to be counted for them.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.per_day.is_some() || self.gap.is_some()
    }

    /// What an earn at `at` would break, in a fixed order.
    #[must_use]
    pub fn broken(&self, earning: Occasion, at: Moment) -> Vec<(Code, Then)> {
        let mut broken = Vec::new();
        let Occasion { before, own, read } = earning;
        if let Some((most, then)) = self.per_day
            && before.on(at.date) >= i64::from(most)
        {
            let most = most.into();
            broken.push((Code::EarnsPerDay { most }, then));
        }
        if let Some((minutes, then)) = self.gap
            && before.is_within(minutes, at)
        {
            let minutes = minutes.into();
            broken.push((Code::EarnTooSoon { minutes }, then));
        }
        if let (Some(then), true) = (self.own_card, own) {
            broken.push((Code::OwnCard, then));
        }
        if let (Some(then), Some(CardRead::Typed)) = (self.typed, read) {
            broken.push((Code::TypedNumber, then));
        }
        broken
    }
}

/// Why nothing is earned, if so.
#[must_use]
pub fn refused(broken: &[(Code, Then)]) -> Option<Code> {
    let refuses = broken.iter().find(|(_, then)| *then == Then::Refuse);
    refuses.map(|(code, _)| *code)
}

/// What is known of an earn beside its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The person's earns before it.
    pub before: Earns,
    /// Whether the operator is the customer.
    pub own: bool,
    /// How the card was read, where the till said so.
    pub read: Option<CardRead>,
}

/// When a person earned last, counted while a limit asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Earns {
    /// The business date of the last one.
    pub day: Option<Date>,
    /// How many on that day; older days are forgotten.
    pub on_day: i64,
    /// When the last one was, epoch ms; 0 = not known.
    pub last_ms: i64,
}

impl Earns {
    /// How many on `date`, as far as is known.
    #[must_use]
    pub fn on(self, date: Date) -> i64 {
        if self.day == Some(date) {
            self.on_day
        } else {
            0
        }
    }

    /// Whether the last one was less than `minutes` from `at`.
    fn is_within(self, minutes: u16, at: Moment) -> bool {
        let gap = at.instant_ms.saturating_sub(self.last_ms);
        self.last_ms != 0 && gap.unsigned_abs() < u64::from(minutes) * 60_000
    }

    /// One earn at `at`.
    #[must_use]
    pub const fn once(at: Moment) -> Self {
        Self {
            day: Some(at.date),
            on_day: 1,
            last_ms: at.instant_ms,
        }
    }

    /// Both together; the later day's number stays.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let day = self.day.max(other.day);
        let on = |earns: Self| if earns.day == day { earns.on_day } else { 0 };
        Ok(Self {
            day,
            on_day: on(self).checked_add(on(other)).ok_or(Overflow)?,
            last_ms: self.last_ms.max(other.last_ms),
        })
    }

    /// Without the earn of a receipt at `at`, of which nothing was kept.
    #[must_use]
    pub fn less(self, at: Moment) -> Self {
        let same = self.day == Some(at.date);
        Self {
            day: self.day,
            on_day: (self.on_day - i64::from(same)).max(0),
            last_ms: if self.last_ms == at.instant_ms {
                0
            } else {
                self.last_ms
            },
        }
    }
}
