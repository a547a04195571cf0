//! A customer's card as it crosses: what the shop said, and how far it may be believed.

use kartka_core::wallet::{Freshness, HeldCard, Snapshot, Waiting};

use crate::customers::Will;

/// A card of the wallet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WalletCard {
    /// Its id on this phone.
    pub id: i64,
    /// The shop as its customers know it.
    pub shop: String,
    /// What the counter scans; drawn as a QR.
    pub code: String,
    /// How far the rest may be believed.
    pub freshness: CardFreshness,
    /// What the shop said last; none before its first word and after an erasure.
    pub said: Option<CardSaid>,
    /// Whether news and offers may be sent, with what waits.
    pub marketing: Will,
    /// What the holder wished and the shop has not answered.
    pub waiting: Vec<CardWish>,
    /// Whether the shop refused the last wish.
    pub refused: bool,
}

/// How far what is shown of a card may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CardFreshness {
    /// The shop said so within the hour.
    Fresh,
    /// The shop said so then.
    AsOf {
        /// Epoch ms by this phone's clock.
        at_ms: i64,
    },
    /// The shop has not been heard yet: only the code is known.
    Unheard,
    /// The shop has no server: the code works, the balance is shown at the counter.
    Counter,
    /// This phone's clock is wrong: ages can't be told.
    ClockWrong,
    /// The card is refused at every counter.
    Blocked,
    /// The link is no longer accepted: the shop hands out a new one.
    LinkRefused,
    /// The holder was erased: nothing is left to show.
    Erased,
}

/// A wish that the shop has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CardWish {
    /// News and offers, wanted or not.
    Marketing {
        /// Which.
        will: Will,
    },
    /// Other data of the profile.
    Profile,
    /// To be erased.
    Erase,
    /// Something that a newer version of this app wished.
    Newer,
}

/// What a shop said of a card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardSaid {
    /// When, epoch ms by its clock.
    pub at_ms: i64,
    /// Three letters.
    pub currency: String,
    /// Decimal digits of the currency.
    pub currency_digits: u8,
    /// Decimal digits of a point.
    pub point_digits: u8,
    /// The holder's given name.
    pub given: Option<String>,
    /// Points per bonus card.
    pub points: Vec<HeldPoints>,
    /// Stamps per stamp card.
    pub stamps: Vec<HeldStamps>,
    /// Levels held.
    pub levels: Vec<HeldLevel>,
    /// Vouchers that may be used.
    pub vouchers: Vec<HeldVoucher>,
    /// Newest first.
    pub purchases: Vec<HeldPurchase>,
}

/// Points of one bonus card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldPoints {
    /// As the shop calls it.
    pub name: String,
    /// Everything, less what is owed.
    pub balance: i64,
    /// What may be spent.
    pub spendable: i64,
    /// Not available yet.
    pub pending: i64,
    /// What the spendable points are worth, in minor units.
    pub worth: i64,
    /// The soonest last day, ISO.
    pub expires_on: Option<String>,
    /// What ends on it.
    pub expiring: i64,
}

/// Stamps of one stamp card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldStamps {
    /// As the shop calls it.
    pub name: String,
    /// Collected.
    pub stamps: i64,
    /// Of a full card.
    pub size: i64,
}

/// A level held in tiers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldLevel {
    /// As the shop calls the tiers.
    pub name: String,
    /// Counted from 1.
    pub level: u8,
}

/// A voucher that may be used.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldVoucher {
    /// As the shop calls it.
    pub name: String,
    /// Its number, if it has one.
    pub number: Option<String>,
    /// What is left of it, in minor units; 0 for a coupon.
    pub balance: i64,
    /// Its last day, ISO.
    pub last_day: Option<String>,
}

/// A purchase.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeldPurchase {
    /// Its business date, ISO.
    pub date: String,
    /// After discounts, in minor units.
    pub total: i64,
    /// What it changed in points.
    pub points: i64,
}

impl From<HeldCard> for WalletCard {
    fn from(held: HeldCard) -> Self {
        Self {
            id: held.id,
            shop: held.shop,
            code: held.code,
            freshness: held.freshness.into(),
            said: held.said.map(CardSaid::from),
            marketing: held.marketing.into(),
            waiting: held.waiting.into_iter().map(CardWish::from).collect(),
            refused: held.refused,
        }
    }
}

impl From<Freshness> for CardFreshness {
    fn from(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Fresh => Self::Fresh,
            Freshness::AsOf { at_ms } => Self::AsOf { at_ms },
            Freshness::Unheard => Self::Unheard,
            Freshness::Counter => Self::Counter,
            Freshness::ClockWrong => Self::ClockWrong,
            Freshness::Blocked => Self::Blocked,
            Freshness::LinkRefused => Self::LinkRefused,
            Freshness::Erased => Self::Erased,
        }
    }
}

impl From<Waiting> for CardWish {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::Marketing(will) => Self::Marketing { will: will.into() },
            Waiting::Profile => Self::Profile,
            Waiting::Erase => Self::Erase,
            Waiting::Newer => Self::Newer,
        }
    }
}

impl From<Snapshot> for CardSaid {
    fn from(said: Snapshot) -> Self {
        Self {
            at_ms: said.at_ms,
            currency: said.shop.currency.code().to_owned(),
            currency_digits: said.shop.currency.exponent(),
            point_digits: said.shop.point_scale,
            given: said.given,
            points: said
                .points
                .into_iter()
                .map(|line| HeldPoints {
                    name: line.name,
                    balance: line.balance.0,
                    spendable: line.spendable.0,
                    pending: line.pending.0,
                    worth: line.worth.0,
                    expires_on: line.expiring.map(|(last, _)| last.to_string()),
                    expiring: line.expiring.map_or(0, |(_, points)| points.0),
                })
                .collect(),
            stamps: said
                .stamps
                .into_iter()
                .map(|line| HeldStamps {
                    name: line.name,
                    stamps: line.stamps.0,
                    size: line.size.0,
                })
                .collect(),
            levels: said
                .levels
                .into_iter()
                .map(|line| HeldLevel {
                    name: line.name,
                    level: line.level,
                })
                .collect(),
            vouchers: said
                .vouchers
                .into_iter()
                .map(|line| HeldVoucher {
                    name: line.name,
                    number: line.number,
                    balance: line.balance.0,
                    last_day: line.last_day.map(|day| day.to_string()),
                })
                .collect(),
            purchases: said
                .purchases
                .into_iter()
                .map(|line| HeldPurchase {
                    date: line.date.to_string(),
                    total: line.total.0,
                    points: line.points.0,
                })
                .collect(),
        }
    }
}
