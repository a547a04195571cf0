//! The terms of each kind of instrument, as a file spells them.

use kartka_domain::moment::PeriodEnd;
use kartka_domain::money::{Points, Rounding, Stamps};
use kartka_domain::programme::{
    Benefit, BonusCard, BundlePrice, CertificateEarns, Club, Counting, Coupon, Demotion,
    DiscountCard, EarnBase, Expiry, Gift, Greeting, GreetingFor, Issue, Joining, Level, Multiply,
    Need, Offer, Part, Remainder, Reward, StampCard, StampFor, Step, TaxEarns, Terms, Tiers,
    Window,
};
use kartka_domain::purchase::GoodsId;
use serde::Deserialize;

use super::FileError;
use super::campaigns::CampaignFile;
use super::certificates::{CertificateFile, NumberedFile};
use super::late::LateFile;
use super::plain::{GoodsFile, Place, instrument};
use super::referral::ReferralFile;
use super::when::WhenFile;

/// The terms of one kind; exactly one of them must be there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermsFile {
    bonus: Option<BonusFile>,
    stamps: Option<StampsFile>,
    discount: Option<DiscountFile>,
    club: Option<ClubFile>,
    coupon: Option<CouponFile>,
    greeting: Option<GreetingFile>,
    bundle: Option<BundleFile>,
    present: Option<PresentFile>,
    favourite: Option<RateFile>,
    issue: Option<IssueFile>,
    tiers: Option<TiersFile>,
    certificate: Option<CertificateFile>,
    numbered_coupon: Option<NumberedFile>,
    campaign: Option<CampaignFile>,
    referral: Option<ReferralFile>,
}

impl TermsFile {
    /// The terms; none when there are none or several.
    pub(super) fn read(self, at: &Place) -> Result<Option<Terms>, FileError> {
        let mut found = Vec::new();
        found.extend(self.bonus.map(|f| f.read(at)).transpose()?);
        found.extend(self.stamps.map(|f| f.read(at)).transpose()?);
        found.extend(self.discount.map(|f| f.read(at)).transpose()?);
        found.extend(self.club.map(|f| f.read(at)).transpose()?);
        found.extend(self.coupon.map(|f| f.read(at)).transpose()?);
        found.extend(self.greeting.map(|f| f.read(at)).transpose()?);
        found.extend(self.bundle.map(|f| f.read(at)).transpose()?);
        found.extend(self.present.map(|f| f.read(at)).transpose()?);
        if let Some(file) = self.favourite {
            let rate = at.percent(&file.rate)?;
            found.push(Terms::Offer(Offer::Favourite { rate }));
        }
        if let Some(file) = self.issue {
            let (card, receipt) = (instrument(file.card), at.money(&file.receipt)?);
            found.push(Terms::Issue(Issue { card, receipt }));
        }
        found.extend(self.tiers.map(|f| f.read(at)).transpose()?);
        found.extend(self.certificate.map(|f| f.read(at)).transpose()?);
        found.extend(self.numbered_coupon.map(|f| f.read(at)).transpose()?);
        found.extend(self.campaign.map(|f| f.read(at)).transpose()?);
        found.extend(self.referral.map(ReferralFile::read));
        Ok((found.len() == 1).then(|| found.remove(0)))
    }
}

#[derive(Debug, Default, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Direction {
    #[default]
    Down,
    Half,
    Up,
}

#[derive(Debug, Default, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Period {
    #[default]
    Month,
    Quarter,
    Year,
}

impl Period {
    pub(super) const fn read(self) -> PeriodEnd {
        match self {
            Self::Month => PeriodEnd::Month,
            Self::Quarter => PeriodEnd::Quarter,
            Self::Year => PeriodEnd::Year,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BonusFile {
    rate: String,
    point_value: String,
    #[serde(default)]
    points_per_receipt: i64,
    #[serde(default)]
    points_per_item: i64,
    goods: Option<GoodsFile>,
    #[serde(default)]
    rounding: Direction,
    #[serde(default)]
    carries_remainder: bool,
    #[serde(default)]
    before_discounts: bool,
    #[serde(default)]
    without_tax: bool,
    #[serde(default)]
    certificates_earn: bool,
    #[serde(default)]
    multiplier: Vec<WhenFile>,
    #[serde(default)]
    multiply_all: bool,
    #[serde(default)]
    late: LateFile,
    #[serde(default)]
    pending_days: u16,
    months: Option<u16>,
    inactive_months: Option<u16>,
    #[serde(default)]
    ends_with: Period,
    minimum: Option<i64>,
    step: Option<i64>,
    max_share: Option<String>,
    not_payable: Option<GoodsFile>,
}

impl BonusFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        let plain = BonusCard::plain(at.percent(&self.rate)?, at.money(&self.point_value)?);
        let mut redeem = plain.redeem;
        redeem.minimum = Points(self.minimum.unwrap_or(redeem.minimum.0));
        redeem.step = Points(self.step.unwrap_or(redeem.step.0));
        if let Some(share) = &self.max_share {
            redeem.max_share = at.percent(share)?;
        }
        let multipliers = self.multiplier.into_iter().map(|m| m.multiplier(at));
        Ok(Terms::Bonus(BonusCard {
            per_receipt: Points(self.points_per_receipt),
            per_item: Points(self.points_per_item),
            goods: GoodsFile::read(self.goods),
            rounding: match self.rounding {
                Direction::Down => Rounding::Down,
                Direction::Half => Rounding::HalfUp,
                Direction::Up => Rounding::Up,
            },
            remainder: if self.carries_remainder {
                Remainder::Carried
            } else {
                Remainder::Dropped
            },
            base: if self.before_discounts {
                EarnBase::BeforeDiscounts
            } else {
                EarnBase::AfterDiscounts
            },
            tax: if self.without_tax {
                TaxEarns::No
            } else {
                TaxEarns::Yes
            },
            certificates: if self.certificates_earn {
                CertificateEarns::AtUse
            } else {
                CertificateEarns::No
            },
            multipliers: multipliers.collect::<Result<_, _>>()?,
            multiply: if self.multiply_all {
                Multiply::Product
            } else {
                Multiply::Best
            },
            pending_days: self.pending_days,
            expiry: match (self.months, self.inactive_months) {
                (None, None) => Expiry::Never,
                (Some(n), None) => Expiry::Months(n),
                (None, Some(n)) => Expiry::Inactive(n),
                _ => return Err(at.wrong("months, inactive_months", "expiry: only one of them")),
            },
            ends: self.ends_with.read(),
            redeem,
            late: self.late.read(),
            not_payable: GoodsFile::read(self.not_payable),
            ..plain
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GiftFile {
    pieces: u16,
    goods: Option<GoodsFile>,
    rate: Option<String>,
}

impl GiftFile {
    fn read(self, at: &Place) -> Result<Gift, FileError> {
        let free = "100".to_owned();
        Ok(Gift {
            goods: GoodsFile::read(self.goods),
            pieces: self.pieces,
            rate: at.percent(&self.rate.unwrap_or(free))?,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StampsFile {
    per_amount: Option<String>,
    #[serde(default)]
    per_item: bool,
    goods: Option<GoodsFile>,
    reward: Vec<RewardFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewardFile {
    stamps: i64,
    value: Option<String>,
    gift: Option<GiftFile>,
}

impl StampsFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        let per = match (self.per_amount, self.per_item) {
            (None, false) => StampFor::Visit,
            (None, true) => StampFor::Item,
            (Some(amount), false) => StampFor::Amount(at.money(&amount)?),
            _ => return Err(at.wrong("per_amount, per_item", "stamp: only one of them")),
        };
        let mut rewards = Vec::with_capacity(self.reward.len());
        for reward in self.reward {
            let value = reward.value.map(|text| at.money(&text)).transpose()?;
            rewards.push(Reward {
                stamps: Stamps(reward.stamps),
                value: value.unwrap_or_default(),
                gift: reward.gift.map(|gift| gift.read(at)).transpose()?,
            });
        }
        Ok(Terms::Stamps(StampCard {
            per,
            goods: GoodsFile::read(self.goods),
            rewards,
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiscountFile {
    rate: Option<String>,
    #[serde(default)]
    scale: Vec<StepFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    spent: String,
    rate: String,
}

impl DiscountFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        if let Some(rate) = self.rate {
            return match self.scale[..] {
                [] => Ok(Terms::Discount(DiscountCard::fixed(at.percent(&rate)?))),
                _ => Err(at.wrong("rate, scale", "discount: only one of them")),
            };
        }
        let step = |file: &StepFile| {
            Ok(Step {
                from: at.money(&file.spent)?,
                rate: at.percent(&file.rate)?,
            })
        };
        let scale: Result<Vec<Step>, FileError> = self.scale.iter().map(step).collect();
        Ok(Terms::Discount(DiscountCard { scale: scale? }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClubFile {
    receipt: Option<String>,
    spent: Option<String>,
    fee: Option<i64>,
    months: Option<u16>,
    rate: Option<String>,
}

impl ClubFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        let joining = match (self.receipt, self.spent, self.fee) {
            (None, None, None) => Joining::Invitation,
            (Some(amount), None, None) => Joining::Receipt(at.money(&amount)?),
            (None, Some(amount), None) => Joining::Spent(at.money(&amount)?),
            (None, None, Some(goods)) => Joining::Fee(GoodsId(goods)),
            _ => return Err(at.wrong("receipt, spent, fee", "way to join: only one of them")),
        };
        Ok(Terms::Club(Club {
            joining,
            months: self.months,
            rate: self.rate.map_or(Ok(0), |rate| at.percent(&rate))?,
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BenefitFile {
    rate: Option<String>,
    amount: Option<String>,
    gift: Option<GiftFile>,
}

impl BenefitFile {
    pub(super) fn read(self, at: &Place) -> Result<Benefit, FileError> {
        Ok(match (self.rate, self.amount, self.gift) {
            (Some(rate), None, None) => Benefit::Percent(at.percent(&rate)?),
            (None, Some(amount), None) => Benefit::Amount(at.money(&amount)?),
            (None, None, Some(gift)) => Benefit::Gift(gift.read(at)?),
            _ => return Err(at.wrong("gives", "benefit: one of rate, amount, gift")),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CouponFile {
    code: String,
    gives: BenefitFile,
    per_customer: Option<u32>,
    per_day: Option<u32>,
    total: Option<u32>,
    #[serde(default)]
    counting: CountingFile,
}

#[derive(Debug, Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
enum CountingFile {
    #[default]
    Afterwards,
    First,
}

impl CouponFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        Ok(Terms::Coupon(Coupon {
            code: self.code,
            gives: self.gives.read(at)?,
            per_customer: self.per_customer,
            per_day: self.per_day,
            total: self.total,
            counting: match self.counting {
                CountingFile::Afterwards => Counting::Afterwards,
                CountingFile::First => Counting::First,
            },
        }))
    }
}

#[derive(Debug, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum DayFile {
    Birthday,
    Relative,
    FirstVisit,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GreetingFile {
    on: DayFile,
    #[serde(default)]
    before: u16,
    #[serde(default)]
    after: u16,
    gives: BenefitFile,
}

impl GreetingFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        Ok(Terms::Greeting(Greeting {
            on: match self.on {
                DayFile::Birthday => GreetingFor::Birthday,
                DayFile::Relative => GreetingFor::Relative,
                DayFile::FirstVisit => GreetingFor::FirstVisit,
            },
            before: self.before,
            after: self.after,
            gives: self.gives.read(at)?,
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    pieces: u16,
    goods: Option<GoodsFile>,
}

impl PartFile {
    fn read(self) -> Part {
        Part {
            goods: GoodsFile::read(self.goods),
            pieces: self.pieces,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleFile {
    part: Vec<PartFile>,
    rate: Option<String>,
    off: Option<String>,
    price: Option<String>,
}

impl BundleFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        let price = match (self.rate, self.off, self.price) {
            (Some(rate), None, None) => BundlePrice::Rate(at.percent(&rate)?),
            (None, Some(off), None) => BundlePrice::Off(at.money(&off)?),
            (None, None, Some(price)) => BundlePrice::For(at.money(&price)?),
            _ => return Err(at.wrong("bundle", "price: one of rate, off, price")),
        };
        let parts = self.part.into_iter().map(PartFile::read).collect();
        Ok(Terms::Offer(Offer::Bundle { parts, price }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresentFile {
    buy: PartFile,
    gift: GiftFile,
}

impl PresentFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        Ok(Terms::Offer(Offer::Gift {
            buy: self.buy.read(),
            gift: self.gift.read(at)?,
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateFile {
    rate: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueFile {
    card: u32,
    receipt: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersFile {
    rolling_months: Option<u8>,
    calendar: Option<Period>,
    #[serde(default)]
    grace_days: u16,
    #[serde(default)]
    owner_confirms: bool,
    level: Vec<LevelFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFile {
    join: Vec<NeedFile>,
    #[serde(default)]
    keep: Vec<NeedFile>,
    rate: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedFile {
    spent: Option<String>,
    visits: Option<i64>,
    status: Option<i64>,
}

impl TiersFile {
    fn read(self, at: &Place) -> Result<Terms, FileError> {
        let window = match (self.rolling_months, self.calendar) {
            (Some(months), None) => Window::Rolling(months),
            (None, Some(period)) => Window::Calendar(period.read()),
            _ => return Err(at.wrong("tiers", "window: rolling_months or calendar")),
        };
        let mut levels = Vec::with_capacity(self.level.len());
        for level in self.level {
            levels.push(Level {
                join: needs(level.join, at)?,
                keep: needs(level.keep, at)?,
                rate: level.rate.map_or(Ok(0), |rate| at.percent(&rate))?,
            });
        }
        Ok(Terms::Tiers(Tiers {
            window,
            levels,
            grace_days: self.grace_days,
            demotion: if self.owner_confirms {
                Demotion::OwnerConfirms
            } else {
                Demotion::Automatic
            },
        }))
    }
}

fn needs(files: Vec<NeedFile>, at: &Place) -> Result<Vec<Need>, FileError> {
    let need = |file: NeedFile| {
        Ok(Need {
            spent: file.spent.map(|text| at.money(&text)).transpose()?,
            visits: file.visits,
            status: file.status.map(Points),
        })
    };
    files.into_iter().map(need).collect()
}
