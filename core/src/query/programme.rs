//! The programme in force, for the screens that show the owner's terms.

use kartka_domain::ids::InstrumentId;
use kartka_domain::money::Points;
use kartka_domain::programme::{Programme, Terms};

use crate::error::CoreError;
use crate::shop::{Shop, setting};

/// A campaign of the programme in force and how its budget stands, as of the last exchange and with this device's own
/// receipts (E3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignStanding {
    /// Which.
    pub instrument: InstrumentId,
    /// As the owner calls it.
    pub name: String,
    /// Most points that it adds for the whole business.
    pub budget: Points,
    /// Points that it has added and that returns have not taken back; above the budget where phones without network
    /// promised more.
    pub spent: Points,
    /// What a till may still give.
    pub left: Points,
}

impl Shop {
    /// The published version that sales are quoted with now (L9).
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn programme(&self) -> Result<Programme, CoreError> {
        self.store
            .read(|r| Ok(Programme::clone(&setting(r)?.programme)))
    }

    /// How the budgets of the campaigns in force stand, by id.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn campaigns(&self) -> Result<Vec<CampaignStanding>, CoreError> {
        self.store.read(|r| {
            let programme = setting(r)?.programme;
            let mut all = Vec::new();
            for of in programme.instruments() {
                if let Terms::Campaign(campaign) = &of.terms {
                    let spent = r.campaign_spent(of.id)?;
                    all.push(CampaignStanding {
                        instrument: of.id,
                        name: of.name.clone(),
                        budget: campaign.budget,
                        spent,
                        left: campaign.left(spent),
                    });
                }
            }
            Ok(all)
        })
    }
}
