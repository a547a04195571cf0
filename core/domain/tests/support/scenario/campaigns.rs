//! Steps about campaigns: `budget of 3 = 500 of 1000` says what is spent, `points of receipt 2 = 200, 100 of them by 3` what
//! an earn is made of.

use kartka_domain::ids::InstrumentId;
use kartka_domain::ledger::EntryKind;
use kartka_domain::money::Points;
use kartka_domain::programme::{Programme, Terms};
use kartka_domain::row::{CampaignSpent, Row};

use super::super::{Book, Shop};
use super::Story;

/// How much of each campaign's budget is spent, as a phone knows it.
pub(crate) fn budgets(known: &Shop, programme: &Programme) -> Vec<CampaignSpent> {
    let campaigns = programme.instruments().iter();
    let campaigns = campaigns.filter(|of| matches!(of.terms, Terms::Campaign(_)));
    let spent = campaigns.map(|of| {
        let Ok(points) = known.campaign_spent(of.id);
        CampaignSpent {
            instrument: of.id,
            points,
        }
    });
    spent.collect()
}

/// What is spent, and of how much.
pub(super) fn spent(shop: &Shop, number: &str) -> String {
    let id = InstrumentId(number.parse().unwrap());
    let Ok(spent) = shop.campaign_spent(id);
    let programme = shop.programme_now().unwrap();
    match programme.instrument(id).map(|of| &of.terms) {
        Some(Terms::Campaign(campaign)) => format!("{} of {}", spent.0, campaign.budget.0),
        _ => panic!("{number} is no campaign"),
    }
}

impl Story {
    /// The points of a receipt's earns, and what campaigns added to them, as the ledger says.
    pub(super) fn earned_by(&self, number: &str) -> String {
        let id = self.receipts[number.parse::<usize>().unwrap() - 1];
        let entries = self.shop.all(|row| match row {
            Row::Entry(entry) if entry.purchase == Some(id) => Some(entry.clone()),
            _ => None,
        });
        let earns = entries.iter().filter(|e| e.kind == EntryKind::Earn);
        let said = earns.map(|entry| {
            let points = entry.effect().points;
            match entry.about.resolved().raise {
                Some(raise) => {
                    assert!(Points::ZERO <= raise.points && raise.points <= points);
                    let (by, how) = (raise.campaign.0, raise.points.0);
                    format!("{}, {how} of them by {by}", points.0)
                }
                None => points.0.to_string(),
            }
        });
        said.collect::<Vec<_>>().join("; ")
    }
}
