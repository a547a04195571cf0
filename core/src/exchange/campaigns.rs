//! Campaigns as a file spells them, and what of their budgets is spent before its receipts.

use kartka_domain::money::Points;
use kartka_domain::programme::{Campaign, ONCE, Terms};
use kartka_domain::row::CampaignSpent;
use serde::Deserialize;

use super::FileError;
use super::plain::{GoodsFile, Place, instrument};
use super::when::WhenFile;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignFile {
    card: u32,
    factor: Option<String>,
    #[serde(default)]
    points_per_receipt: i64,
    goods: Option<GoodsFile>,
    #[serde(default)]
    when: Vec<WhenFile>,
    budget: i64,
}

impl CampaignFile {
    pub(super) fn read(self, at: &Place) -> Result<Terms, FileError> {
        let when = self.when.into_iter().map(|one| one.read(at));
        Ok(Terms::Campaign(Campaign {
            card: instrument(self.card),
            factor: match &self.factor {
                Some(factor) => at.factor(factor)?,
                None => ONCE,
            },
            per_receipt: Points(self.points_per_receipt),
            goods: GoodsFile::read(self.goods),
            when: when.collect::<Result<_, _>>()?,
            budget: Points(self.budget),
        }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpentFile {
    campaign: u32,
    points: i64,
}

impl SpentFile {
    pub(super) fn read(&self) -> CampaignSpent {
        CampaignSpent {
            instrument: instrument(self.campaign),
            points: Points(self.points),
        }
    }
}
