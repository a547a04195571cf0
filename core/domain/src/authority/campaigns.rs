//! The budgets of campaigns (E3): counted in the authority's order, over all devices.
//!
//! What a campaign has added to a purchase is a function of how the purchase stands: its earns less what returns took back,
//! less what the kept goods earn without it. The count moves by the difference, so a return gives the budget back once,
//! in however many parts it comes.

use std::collections::{BTreeMap, BTreeSet};

use super::earning::is_by_device;
use super::work::{Known, Work};
use super::{Book, Echo, Stop};
use crate::codes::Code;
use crate::earn::earned;
use crate::ids::{InstrumentId, PurchaseId};
use crate::ledger::{Entry, EntryKind, Resolved};
use crate::money::Points;
use crate::op::Claim;
use crate::programme::Terms;
use crate::purchase::returned_so_far;
use crate::row::{CampaignSpent, Row, RowKind};

/// What campaigns have added to one purchase, as it stands.
pub(super) type Added = BTreeMap<InstrumentId, Points>;

impl<B: Book> Work<'_, B> {
    /// How much of a campaign's budget is spent, this op included.
    fn campaign_spent(&self, instrument: InstrumentId) -> Result<Points, Stop<B::Error>> {
        match self.row(RowKind::CampaignSpent, i64::from(instrument.0)) {
            Some(Row::CampaignSpent(spent)) => Ok(spent.points),
            _ => self.book.campaign_spent(instrument).map_err(Stop::Book),
        }
    }
}

/// Whether any of these claims says that a campaign added to it.
pub(super) fn are_among(claims: &[Claim]) -> bool {
    let raise = |claim: &Claim| claim.about.resolved().raise;
    claims.iter().any(|claim| raise(claim).is_some())
}

/// What campaigns have added to a purchase, as it stands.
pub(super) fn added<B: Book>(
    work: &Work<'_, B>,
    known: Option<&Known>,
) -> Result<Added, Stop<B::Error>> {
    let mut added = Added::new();
    let Some(known) = known else {
        return Ok(added);
    };
    let raise = |entry: &Entry| entry.about.resolved().raise;
    let earns = known.entries.iter().filter(|e| e.kind == EntryKind::Earn);
    let mut earns = earns.filter(|entry| raise(entry).is_some()).peekable();
    if earns.peek().is_none() {
        return Ok(added);
    }
    let version = known.purchase.programme;
    let Some(programme) = work.book.programme(version).map_err(Stop::Book)? else {
        return Ok(added);
    };
    let back = returned_so_far(&known.purchase, &known.returns)?;
    for entry in earns {
        let resolved = entry.about.resolved();
        let (Some(raise), Some(of)) = (resolved.raise, programme.instrument(entry.instrument))
        else {
            continue;
        };
        let taken = known.entries.iter().filter(|e| {
            (e.kind, e.instrument, e.customer)
                == (EntryKind::Reverse, entry.instrument, entry.customer)
        });
        let taken = Points::total(taken.map(|e| e.effect().points))?;
        let counts = entry.effect().points.plus(taken)?;
        let plain = Resolved {
            raise: None,
            ..resolved
        };
        let plain = earned((&programme, of), &known.purchase.lines, &back, plain)?;
        let more = counts.minus(plain.effect.points)?.max(Points::ZERO);
        let sum = added.entry(raise.campaign).or_default();
        *sum = sum.plus(more)?;
    }
    Ok(added)
}

/// Counts what this op has changed of what campaigns add to a purchase; what comes above a budget counts all the same,
/// and the owner sees it (L15).
pub(super) fn count<B: Book>(
    work: &mut Work<'_, B>,
    id: PurchaseId,
    before: &Added,
) -> Result<(), Stop<B::Error>> {
    let Some(mut known) = work.purchase(id)? else {
        return Ok(());
    };
    let after = added(work, Some(&known))?;
    let campaigns: BTreeSet<InstrumentId> = before.keys().chain(after.keys()).copied().collect();
    let mut flags = Vec::new();
    for campaign in campaigns {
        let of = |added: &Added| added.get(&campaign).copied().unwrap_or_default();
        let more = of(&after).minus(of(before))?;
        if more == Points::ZERO {
            continue;
        }
        let points = work.campaign_spent(campaign)?.plus(more)?.max(Points::ZERO);
        let spent = CampaignSpent {
            instrument: campaign,
            points,
        };
        work.put(Row::CampaignSpent(spent), Echo::AsClaimed);
        if more.is_positive() {
            flags.extend(above(work, &known, spent)?);
        }
    }
    if !flags.is_empty() {
        known.purchase.flags.extend(flags);
        work.put(Row::Purchase(known.purchase), Echo::Changed);
    }
    Ok(())
}

/// What the owner should see where a device has spent more than a budget holds, by the version that it sold under.
fn above<B: Book>(
    work: &Work<'_, B>,
    known: &Known,
    spent: CampaignSpent,
) -> Result<Option<Code>, Stop<B::Error>> {
    if !is_by_device(work.standing) {
        return Ok(None);
    }
    let version = known.purchase.programme;
    let programme = work.book.programme(version).map_err(Stop::Book)?;
    let of = programme
        .as_ref()
        .and_then(|p| p.instrument(spent.instrument));
    Ok(match of.map(|of| &of.terms) {
        Some(Terms::Campaign(campaign)) if spent.points > campaign.budget => {
            Some(Code::CampaignAboveBudget {
                instrument: spent.instrument.0.into(),
                budget: campaign.budget.0,
            })
        }
        _ => None,
    })
}
