//! Points and certificates owed, month by month (P3, G1), from the ledger this device holds.

use std::collections::BTreeMap;

use kartka_domain::explain::Reach;
use kartka_domain::ids::InstrumentId;
use kartka_domain::liability::{LiabilityMonth, PointsOwed};
use kartka_domain::moment::Month;
use kartka_domain::money::{Currency, Money};
use kartka_domain::outstanding::{CertificateMonth, months, outstanding};
use kartka_domain::programme::Instrument;
use kartka_domain::rights::Permission;

use super::account::Story;
use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::task::Watch;

/// What the business owes in points and certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedReport {
    /// The money of it.
    pub currency: Currency,
    /// Every month from the first with an entry to the current one, by instrument.
    pub instruments: BTreeMap<InstrumentId, Vec<LiabilityMonth>>,
    /// What happened to certificates in every month, and what they were good for at its end (G1).
    pub certificates: Vec<CertificateMonth>,
    /// Whether the ledger at hand tells everything; a staff phone holds the recent months only.
    pub whole: bool,
}

impl Shop {
    /// The liability of every month (P3): points × value × (1 − expected breakage), which reconciles with the ledger.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to reports, or when this device is no longer trusted;
    /// [`CoreError::Cancelled`], [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn points_owed(&self, watch: &mut Watch<'_>) -> Result<OwedReport, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Reports)?;
            self.trusted(r, &setting)?;
            let today = self.now(&setting.outlet)?.date;
            let holders = r.account_holders()?;
            let mut owed = PointsOwed::default();
            let mut whole = true;
            for (done, holder) in holders.iter().enumerate() {
                watch.step(done, holders.len())?;
                let Some(group) = r.persons(&holders, *holder)? else {
                    continue;
                };
                let story = Story::of(r, group)?;
                for entry in story.entries() {
                    owed.entry(entry)?;
                }
                for instrument in story.instruments() {
                    let (told, reach) = story.told(instrument, today)?;
                    whole &= reach == Reach::Whole;
                    owed.account(&told, today)?;
                }
            }
            let programme = &setting.programme;
            let worth = |id| {
                programme
                    .instrument(id)
                    .map_or(Money::ZERO, Instrument::point_value)
            };
            Ok(OwedReport {
                currency: setting.business.currency,
                certificates: months(
                    &r.all_moves()?,
                    outstanding(&r.all_vouchers()?)?,
                    Month::of(today),
                )?,
                instruments: owed.report(Month::of(today), worth)?,
                whole,
            })
        })
    }
}
