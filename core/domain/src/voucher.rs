//! Vouchers: gift certificates and coupons with a number of their own (G1, G2).
//!
//! A voucher is a state, moved by entries in the authority's order; it keeps the terms it was issued under (L9). A move
//! that is no longer possible keeps its fact with effect 0 and a reason (sync §3). What a till offers and what the
//! authority counts come from the same functions here. Never looks at clocks; money in minor units.

use crate::card::CardNumber;
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, ProgrammeVersion, PurchaseId, VoucherId};
use crate::moment::{Date, day_number};
use crate::money::{Money, Overflow};
use crate::programme::{Certificate, Spending};

/// A number that the shop chose: 4–24 of `A–Z 0–9 -`, and none that could be a card's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherCode(String);

impl VoucherCode {
    /// Checks length and letters.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        let fits = (4..=24).contains(&text.len()) && text.bytes().all(good);
        let own = fits && CardNumber::parse_typed(text).is_err();
        own.then(|| Self(text.to_owned()))
    }

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a voucher is found again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoucherNumber {
    /// A number of our own, printed as QR and bars like a card's.
    Card(CardNumber),
    /// Whatever the shop printed.
    Code(VoucherCode),
}

impl VoucherNumber {
    /// The number that somebody typed: one of our own when it could be a card's, else the shop's.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match CardNumber::parse_typed(text) {
            Ok(card) => Some(Self::Card(card)),
            Err(_) => VoucherCode::new(&text.trim().to_ascii_uppercase()).map(Self::Code),
        }
    }

    /// The number as people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Card(card) => card.to_string(),
            Self::Code(code) => code.as_str().to_owned(),
        }
    }

    /// The number as stores look it up: digits, or letters that are never digits alone.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Card(card) => card.digits(),
            Self::Code(code) => code.as_str().to_owned(),
        }
    }
}

/// Where a voucher came from (G1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Sold for money by a line of a sale, from 0.
    Sold {
        /// The line.
        line: u16,
    },
    /// Given away.
    Given,
    /// The rest of a certificate that could be used once.
    Change(VoucherId),
}

/// How a voucher stands (sync §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoucherState {
    /// It may be used.
    Issued = 1,
    /// Nothing is left of it.
    Used = 2,
    /// Its last day is over and the authority has taken out what was left.
    Expired = 3,
    /// Taken back: its sale was returned, or somebody with the right said so.
    Cancelled = 4,
}

/// A gift certificate, or a coupon with a number of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// The entry that issued it.
    pub id: VoucherId,
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The version whose terms it keeps (L9).
    pub programme: ProgrammeVersion,
    /// How it is found; none for one that is found by its holder.
    pub number: Option<VoucherNumber>,
    /// Whose it is; none = the bearer's.
    pub holder: Option<CustomerId>,
    /// What a certificate was issued for; 0 for a coupon.
    pub nominal: Money,
    /// What is left of it: Σ effects of its moves.
    pub balance: Money,
    /// What was left when it expired, to come back if it is extended.
    pub lapsed: Money,
    /// Fully usable until then; none = for ever.
    pub last_day: Option<Date>,
    /// How it stands.
    pub state: VoucherState,
    /// Where it came from.
    pub origin: Origin,
    /// The sale in which it was issued.
    pub purchase: Option<PurchaseId>,
}

/// A voucher as its author issues it; its id is the fact's own, its last day follows from the terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issued {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// How it will be found.
    pub number: Option<VoucherNumber>,
    /// Whose it is.
    pub holder: Option<CustomerId>,
    /// What it is worth; 0 for a coupon.
    pub nominal: Money,
    /// Where it comes from.
    pub origin: Origin,
}

/// Why somebody with the right changed a voucher by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoucherReason {
    /// Out of kindness.
    Goodwill = 1,
    /// Something was mistyped.
    Mistake = 2,
    /// The customer lost it.
    Lost = 3,
    /// The shop was to blame.
    Complaint = 4,
    /// Its sale was taken back: only beside a return.
    Returned = 5,
}

/// What happens to a voucher that is there; amounts are never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Used on the sale before it in the op.
    Use {
        /// What it paid; 0 for a coupon.
        paid: Money,
        /// What left it: more than was paid where it can be used once only.
        taken: Money,
    },
    /// Given back by the return before it in the op (X4, X5).
    Restore(Money),
    /// Taken back, with what was left of it.
    Cancel(Money, VoucherReason),
    /// Another last day; what had expired comes back.
    Extend {
        /// The new last day; none = for ever.
        until: Option<Date>,
        /// What had expired.
        revived: Money,
        /// Why.
        why: VoucherReason,
    },
    /// What was left after its last day (the authority's own, like the next).
    Expire(Money),
    /// Part of that, for a use dated within its life that came late (L5).
    Revive(Money),
}

/// A claim on a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move {
    /// Which.
    pub voucher: VoucherId,
    /// What.
    pub act: Act,
}

/// What sort of move it is; the number is the wire tag and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoveKind {
    /// [`Issued`].
    Issue = 20,
    /// [`Act::Use`].
    Use = 21,
    /// [`Act::Restore`].
    Restore = 22,
    /// [`Act::Cancel`].
    Cancel = 23,
    /// [`Act::Extend`].
    Extend = 24,
    /// [`Act::Expire`].
    Expire = 25,
    /// [`Act::Revive`].
    Revive = 26,
}

impl MoveKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Issue,
        Self::Use,
        Self::Restore,
        Self::Cancel,
        Self::Extend,
        Self::Expire,
        Self::Revive,
    ];
}

/// One move of one voucher: append-only, like the ledger's entries (sync §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Its id.
    pub id: EntryId,
    /// Which voucher.
    pub voucher: VoucherId,
    /// What happened.
    pub kind: MoveKind,
    /// The purchase it belongs to.
    pub purchase: Option<PurchaseId>,
    /// Business date.
    pub date: Date,
    /// What changed in its balance, as promised at the counter; signed.
    pub claim: Money,
    /// Of a use: what of that was paid on the receipt.
    pub paid: Money,
    /// Of an extension: the new last day.
    pub until: Option<Date>,
    /// Why, where a person was asked.
    pub why: Option<VoucherReason>,
    /// What counts where the authority decided otherwise, and why (L15).
    pub verdict: Option<(Money, Code)>,
}

impl Moved {
    /// What counts: the authority's word, else the claim.
    #[must_use]
    pub fn effect(&self) -> Money {
        self.verdict.map_or(self.claim, |(effect, _)| effect)
    }

    /// What of a use was really covered by the voucher.
    #[must_use]
    pub fn covered(&self) -> Money {
        Money(self.effect().0.saturating_neg().max(0)).min(self.paid)
    }

    /// Whether it moved the state: a use of a coupon has no amount, so a verdict alone says that it did not.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.verdict.is_none() || self.effect() != Money::ZERO
    }
}

impl Act {
    /// What sort of move it is.
    #[must_use]
    pub const fn kind(self) -> MoveKind {
        match self {
            Self::Use { .. } => MoveKind::Use,
            Self::Restore(_) => MoveKind::Restore,
            Self::Cancel(..) => MoveKind::Cancel,
            Self::Extend { .. } => MoveKind::Extend,
            Self::Expire(_) => MoveKind::Expire,
            Self::Revive(_) => MoveKind::Revive,
        }
    }

    /// What it changes in the balance.
    #[must_use]
    pub const fn effect(self) -> Money {
        match self {
            Self::Use { taken: value, .. } | Self::Cancel(value, _) | Self::Expire(value) => {
                Money(value.0.saturating_neg())
            }
            Self::Restore(value) | Self::Revive(value) | Self::Extend { revived: value, .. } => {
                value
            }
        }
    }
}

impl Voucher {
    /// Why it can't be used on `date` by this customer, if so.
    ///
    /// # Errors
    /// The code that says why.
    pub fn usable(&self, date: Date) -> Result<(), Code> {
        let instrument = i64::from(self.instrument.0);
        match (self.state, self.last_day) {
            (VoucherState::Cancelled, _) => Err(Code::VoucherCancelled { instrument }),
            (VoucherState::Used, _) => Err(Code::VoucherUsed { instrument }),
            (VoucherState::Issued | VoucherState::Expired, Some(last)) if last < date => {
                Err(Code::VoucherExpired {
                    instrument,
                    day: day_number(last),
                })
            }
            // Swept before a use came that is dated within its life: what had lapsed is there for it (L5).
            (VoucherState::Issued | VoucherState::Expired, _) => Ok(()),
        }
    }

    /// Why nobody can change it by hand any more, if so.
    #[must_use]
    pub fn is_over(&self) -> Option<Code> {
        let instrument = i64::from(self.instrument.0);
        match self.state {
            VoucherState::Cancelled => Some(Code::VoucherCancelled { instrument }),
            VoucherState::Used => Some(Code::VoucherUsed { instrument }),
            VoucherState::Issued | VoucherState::Expired => None,
        }
    }

    /// What may be taken out of it by a use dated within its life.
    #[must_use]
    pub fn left(&self) -> Money {
        match self.state {
            VoucherState::Expired => self.lapsed,
            _ => self.balance,
        }
    }

    /// The voucher after a move of `effect` (the fold, in the authority's order).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn after(&self, moved: &Moved) -> Result<Self, Overflow> {
        let effect = moved.effect();
        let mut next = self.clone();
        next.balance = next.balance.plus(effect)?;
        if !moved.counts() {
            return Ok(next);
        }
        next.state = match moved.kind {
            // Nothing that goes back leaves a certificate as it was; a coupon comes back without any amount.
            MoveKind::Restore if effect == Money::ZERO && self.nominal.is_positive() => self.state,
            MoveKind::Issue | MoveKind::Restore => VoucherState::Issued,
            // What is left after a late use of an expired one has expired, too.
            MoveKind::Use if self.state == VoucherState::Expired => VoucherState::Expired,
            MoveKind::Use if next.balance.is_positive() => VoucherState::Issued,
            MoveKind::Use => VoucherState::Used,
            MoveKind::Cancel => VoucherState::Cancelled,
            MoveKind::Extend => VoucherState::Issued,
            MoveKind::Expire => VoucherState::Expired,
            MoveKind::Revive => self.state,
        };
        match moved.kind {
            MoveKind::Expire => next.lapsed = next.lapsed.minus(effect)?,
            MoveKind::Revive | MoveKind::Extend => next.lapsed = next.lapsed.minus(effect)?,
            _ => {}
        }
        if moved.kind == MoveKind::Extend {
            next.last_day = moved.until;
        }
        Ok(next)
    }
}

/// What a use of a certificate takes and leaves (G1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// What leaves it.
    pub taken: Money,
    /// What is given as another certificate.
    pub change: Money,
    /// What is lost.
    pub lost: Money,
}

/// What paying `paid` with a certificate that has `left` comes to.
///
/// # Errors
/// [`Overflow`].
pub fn spend(terms: &Certificate, left: Money, paid: Money) -> Result<Spent, Overflow> {
    let rest = left.minus(paid)?.max(Money::ZERO);
    let all = |change, lost| Spent {
        taken: left.max(paid),
        change,
        lost,
    };
    Ok(match terms.spending {
        Spending::Many => Spent {
            taken: paid,
            change: Money::ZERO,
            lost: Money::ZERO,
        },
        Spending::OnceLost => all(Money::ZERO, rest),
        Spending::OnceKept => all(rest, Money::ZERO),
    })
}

/// What the uses of one purchase gave back of `total`, the cumulative certificate value of what was returned: last used
/// first, each at most what it covered (X4). One item per use, in their order.
///
/// # Errors
/// [`Overflow`].
pub fn given_back(uses: &[Moved], total: Money) -> Result<Vec<Money>, Overflow> {
    let mut left = total;
    let mut parts = vec![Money::ZERO; uses.len()];
    for (part, used) in parts.iter_mut().zip(uses).rev() {
        *part = left.min(used.covered());
        left = left.minus(*part)?;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_short_and_plain() {
        for (text, good) in [
            ("GIFT-100", true),
            ("0001", true),
            ("ABC", false),
            ("gift-100", false),
            ("GIFT 100", false),
            ("ABCDEFGHIJKLMNOPQRSTUVWX", true),
            ("ABCDEFGHIJKLMNOPQRSTUVWXY", false),
            ("", false),
            ("1234567890", false),
            ("1234-5678", false),
        ] {
            assert_eq!(VoucherCode::new(text).is_some(), good, "{text}");
        }
    }

    #[test]
    fn what_is_typed_is_a_number_of_our_own_or_the_shops() {
        for (text, key) in [
            ("1234 567 890", Some("1234567890")),
            ("1234-5678", Some("12345678")),
            (" gift-1 ", Some("GIFT-1")),
            ("gift 1", None),
            ("", None),
        ] {
            let read = VoucherNumber::read(text).map(|number| number.key());
            assert_eq!(read.as_deref(), key, "{text}");
        }
    }
}
