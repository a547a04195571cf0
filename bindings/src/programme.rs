//! The programme in force at the border: its instruments with their terms, to be shown and nothing else.
//!
//! No shell computes with these: what a receipt earns and what may be spent is asked of the till.

use std::sync::Arc;

use kartka_core::domain::money::Rounding;
use kartka_core::domain::programme::{
    BonusCard, DiscountCard, EarnBase, Expiry, Instrument, OfflinePolicy, Programme as Published,
    RedeemPolicy, StampCard, StampFor, Terms,
};
use kartka_core::query::programme::CampaignStanding;

use crate::border::Border;
use crate::error::CoreError;

/// The business's marketing instruments.
#[derive(uniffi::Object)]
pub struct Programme {
    pub(crate) border: Arc<Border>,
}

/// A published version of all instruments.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProgrammeView {
    /// Counts the published versions, from 1.
    pub version: u32,
    /// All instruments, by id.
    pub instruments: Vec<InstrumentView>,
}

/// One instrument.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InstrumentView {
    /// The same through all versions.
    pub id: u32,
    /// As the owner calls it.
    pub name: String,
    /// Its terms.
    pub terms: InstrumentTerms,
    /// Whether a newer version must be installed here to follow all of it.
    pub needs_update: bool,
}

/// The terms of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum InstrumentTerms {
    /// Points for money spent, spent like money.
    Bonus {
        /// How they are earned and how long they live.
        earning: EarningTerms,
        /// How they are spent.
        spending: SpendingTerms,
    },
    /// Stamps that fill a card, exchanged for a reward.
    Stamps {
        /// What gives a stamp.
        per: StampBasis,
        /// What may be had for stamps, the cheapest first.
        rewards: Vec<StampReward>,
    },
    /// A discount for every receipt of a customer.
    Discount {
        /// One step for a fixed rate; a scale by what the customer has spent has more.
        steps: Vec<DiscountStep>,
    },
    /// A kind whose terms do not cross the border yet: its name and its effect on a quote do.
    Other {
        /// Which.
        kind: InstrumentKind,
    },
}

/// Kinds of instruments beside cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum InstrumentKind {
    /// A club.
    Club,
    /// A coupon with a shared code.
    Coupon,
    /// A greeting gift.
    Greeting,
    /// A bundle, a gift with a purchase, the favourite goods.
    Offer,
    /// A receipt that earns a card.
    Issue,
    /// Tiers.
    Tiers,
    /// A gift certificate.
    Certificate,
    /// A coupon of which each copy has a number of its own.
    NumberedCoupon,
    /// A reward for bringing friends.
    Referral,
    /// One that only a newer version knows: it does nothing here.
    Newer,
    /// A campaign with a budget.
    Campaign,
}

/// A campaign in force and how its budget stands, as of the last exchange and with this device's own receipts (E3).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CampaignView {
    /// Which instrument.
    pub instrument: u32,
    /// As the owner calls it.
    pub name: String,
    /// Most points that it adds for the whole business.
    pub budget: i64,
    /// Points that it has added; above the budget where phones without network promised more.
    pub spent: i64,
    /// What a till may still give.
    pub left: i64,
}

/// What gives a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum StampBasis {
    /// Every visit.
    Visit,
    /// Every whole amount spent, in minor units.
    Amount {
        /// Minor units.
        amount: i64,
    },
    /// Every whole piece of the card's goods.
    Piece,
}

/// What may be had for stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct StampReward {
    /// How many stamps it costs.
    pub stamps: i64,
    /// What it is worth to the shop, in minor units.
    pub value: i64,
}

/// From this total on, this rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct DiscountStep {
    /// What the customer had spent before, in minor units.
    pub from: i64,
    /// In hundredths of a percent.
    pub rate: u16,
}

/// How long points live (L5, L6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PointLife {
    /// For ever.
    ForEver,
    /// So many months from the first day they may be spent, to the period's end.
    FromFirstDay {
        /// Months.
        months: u16,
    },
    /// All of them so many months after the last purchase, to the period's end.
    AfterLastPurchase {
        /// Months.
        months: u16,
    },
}

/// How points are earned (E1–E3) and how long they live (L5–L8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct EarningTerms {
    /// Part of the base that comes back, in hundredths of a percent.
    pub rate: u16,
    /// What one point is worth, in minor units.
    pub point_value: i64,
    /// Direction of the one rounding per receipt.
    pub rounding: PointRounding,
    /// What of a receipt earns.
    pub base: EarningBase,
    /// Days until earned points may be spent.
    pub pending_days: u16,
    /// How long points live.
    pub life: PointLife,
}

/// How points are spent (U1, U2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SpendingTerms {
    /// Fewest points of one redemption.
    pub minimum: i64,
    /// Amounts are multiples of this.
    pub step: i64,
    /// Largest part of the receipt, in hundredths of a percent.
    pub max_share: u16,
    /// Without the authority's fresh word.
    pub offline: OfflineSpending,
}

/// How a receipt's points are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PointRounding {
    /// Down.
    Down,
    /// To the nearest, a half up.
    HalfUp,
    /// Up.
    Up,
}

/// What of a receipt earns; the part paid with points earns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EarningBase {
    /// After discounts.
    AfterDiscounts,
    /// Before discounts.
    BeforeDiscounts,
}

/// What a redemption may cost when the authority can't be asked (sync §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OfflineSpending {
    /// Nothing is spent then.
    NotAllowed,
    /// Up to these limits; one that is none does not hold.
    Capped {
        /// Most points per customer within 24 h on one phone.
        per_customer: Option<i64>,
        /// Most points per phone between two exchanges with the authority.
        device_budget: Option<i64>,
        /// Oldest word of the authority that is still trusted, in milliseconds.
        snapshot_age_ms: Option<i64>,
    },
    /// The server is asked first and keeps the points for the receipt.
    Online,
}

impl Programme {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Programme {
    /// The published version in force.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn published(&self) -> Result<ProgrammeView, CoreError> {
        self.border.read(|shop| Ok(shop.programme()?.into())).await
    }

    /// How the budgets of the campaigns in force stand, by id (E3).
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn campaigns(&self) -> Result<Vec<CampaignView>, CoreError> {
        let all = self.border.read(|shop| {
            let all = shop.campaigns()?;
            Ok(all.into_iter().map(CampaignView::from).collect())
        });
        all.await
    }
}

impl From<CampaignStanding> for CampaignView {
    fn from(standing: CampaignStanding) -> Self {
        Self {
            instrument: standing.instrument.0,
            name: standing.name,
            budget: standing.budget.0,
            spent: standing.spent.0,
            left: standing.left.0,
        }
    }
}

impl From<Published> for ProgrammeView {
    fn from(programme: Published) -> Self {
        Self {
            version: programme.version().0,
            instruments: programme.instruments().iter().map(Into::into).collect(),
        }
    }
}

impl From<&Instrument> for InstrumentView {
    fn from(instrument: &Instrument) -> Self {
        Self {
            id: instrument.id.0,
            name: instrument.name.clone(),
            terms: match &instrument.terms {
                Terms::Bonus(card) => card.into(),
                Terms::Stamps(card) => card.into(),
                Terms::Discount(card) => card.into(),
                Terms::Club(_) => other(InstrumentKind::Club),
                Terms::Coupon(_) => other(InstrumentKind::Coupon),
                Terms::Greeting(_) => other(InstrumentKind::Greeting),
                Terms::Offer(_) => other(InstrumentKind::Offer),
                Terms::Issue(_) => other(InstrumentKind::Issue),
                Terms::Tiers(_) => other(InstrumentKind::Tiers),
                Terms::Certificate(_) => other(InstrumentKind::Certificate),
                Terms::Numbered(_) => other(InstrumentKind::NumberedCoupon),
                Terms::Campaign(_) => other(InstrumentKind::Campaign),
                Terms::Referral(_) => other(InstrumentKind::Referral),
                Terms::Newer => other(InstrumentKind::Newer),
            },
            needs_update: !instrument.is_read_whole(),
        }
    }
}

const fn other(kind: InstrumentKind) -> InstrumentTerms {
    InstrumentTerms::Other { kind }
}

impl From<&BonusCard> for InstrumentTerms {
    fn from(card: &BonusCard) -> Self {
        let earning = EarningTerms {
            rate: card.rate,
            point_value: card.point_value.0,
            rounding: match card.rounding {
                Rounding::Down => PointRounding::Down,
                Rounding::HalfUp => PointRounding::HalfUp,
                Rounding::Up => PointRounding::Up,
            },
            base: match card.base {
                EarnBase::AfterDiscounts => EarningBase::AfterDiscounts,
                EarnBase::BeforeDiscounts => EarningBase::BeforeDiscounts,
            },
            pending_days: card.pending_days,
            life: match card.expiry {
                Expiry::Never => PointLife::ForEver,
                Expiry::Months(months) => PointLife::FromFirstDay { months },
                Expiry::Inactive(months) => PointLife::AfterLastPurchase { months },
            },
        };
        Self::Bonus {
            earning,
            spending: card.redeem.into(),
        }
    }
}

impl From<&StampCard> for InstrumentTerms {
    fn from(card: &StampCard) -> Self {
        let rewards = card.rewards.iter().map(|reward| StampReward {
            stamps: reward.stamps.0,
            value: reward.value.0,
        });
        Self::Stamps {
            per: match card.per {
                StampFor::Visit => StampBasis::Visit,
                StampFor::Amount(amount) => StampBasis::Amount { amount: amount.0 },
                StampFor::Item => StampBasis::Piece,
            },
            rewards: rewards.collect(),
        }
    }
}

impl From<&DiscountCard> for InstrumentTerms {
    fn from(card: &DiscountCard) -> Self {
        let steps = card.scale.iter().map(|step| DiscountStep {
            from: step.from.0,
            rate: step.rate,
        });
        Self::Discount {
            steps: steps.collect(),
        }
    }
}

impl From<RedeemPolicy> for SpendingTerms {
    fn from(policy: RedeemPolicy) -> Self {
        Self {
            minimum: policy.minimum.0,
            step: policy.step.0,
            max_share: policy.max_share,
            offline: match policy.offline {
                OfflinePolicy::None => OfflineSpending::NotAllowed,
                OfflinePolicy::Online => OfflineSpending::Online,
                OfflinePolicy::Capped {
                    per_customer,
                    device_budget,
                    snapshot_age_ms,
                } => OfflineSpending::Capped {
                    per_customer: per_customer.map(|points| points.0),
                    device_budget: device_budget.map(|points| points.0),
                    snapshot_age_ms,
                },
            },
        }
    }
}
