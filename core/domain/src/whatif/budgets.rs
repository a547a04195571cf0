//! The budgets of campaigns in a replay (E3): spent in the order of time over all customers, though these come one after
//! the other.
//!
//! A pass lets every campaign give and counts by day what it adds. Until the day on which the first budget ends nobody's
//! receipt depends on another's, so that day and what is left of the budget on it are exact; the next pass ends it there.
//! Within that one day customers come in their order.

use std::collections::BTreeMap;

use crate::ids::InstrumentId;
use crate::moment::Date;
use crate::money::{Money, Overflow, Points};
use crate::programme::{Campaign, Programme, Terms};
use crate::row::CampaignSpent;

/// What a campaign comes to in a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignCost {
    /// Which.
    pub campaign: InstrumentId,
    /// Points that it adds.
    pub points: Points,
    /// What they are worth, in minor units.
    pub value: Money,
    /// The most that it may add.
    pub budget: Points,
    /// The day on which that is reached; none where it lasts.
    pub ended: Option<Date>,
}

/// Where a budget ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    day: Date,
    /// What is left of it when the day begins.
    left: Points,
}

/// The budgets of a draft's campaigns while a history is replayed.
#[derive(Debug, Clone, Default)]
pub(super) struct Budgets {
    /// The most that each may add.
    most: BTreeMap<InstrumentId, Points>,
    /// Ends that earlier passes found.
    ends: BTreeMap<InstrumentId, End>,
    /// What each has added on each day of this pass.
    days: BTreeMap<InstrumentId, BTreeMap<Date, Points>>,
}

impl Budgets {
    pub(super) fn of(draft: &Programme) -> Self {
        Self {
            most: campaigns(draft).map(|(id, of)| (id, of.budget)).collect(),
            ..Self::default()
        }
    }

    /// How much of each budget counts as spent when somebody buys on `date`.
    pub(super) fn spent(&self, date: Date) -> Vec<CampaignSpent> {
        let spent = self.most.iter().map(|(&instrument, &most)| {
            let points = match self.ends.get(&instrument) {
                Some(end) if date > end.day => most,
                Some(end) if date == end.day => {
                    let today = self.added(instrument, date);
                    Points(most.0.saturating_sub(end.left.0).saturating_add(today.0))
                }
                // No receipt of an earlier day is short of it; without an end none is but for its own size.
                _ => Points::ZERO,
            };
            CampaignSpent { instrument, points }
        });
        spent.collect()
    }

    fn added(&self, campaign: InstrumentId, date: Date) -> Points {
        let days = self.days.get(&campaign);
        days.and_then(|days| days.get(&date).copied())
            .unwrap_or_default()
    }

    /// Counts what a campaign has added on a day.
    pub(super) fn add(
        &mut self,
        (campaign, date): (InstrumentId, Date),
        points: Points,
    ) -> Result<(), Overflow> {
        let days = self.days.entry(campaign).or_default();
        let day = days.entry(date).or_default();
        *day = day.plus(points)?;
        Ok(())
    }

    /// The end of the first budget that this pass has passed, for another pass; whether there is one.
    pub(super) fn end_the_next(&mut self) -> Result<bool, Overflow> {
        let mut next: Option<(InstrumentId, End)> = None;
        for (&campaign, &most) in &self.most {
            let passed = self.total(campaign)? > most && !self.ends.contains_key(&campaign);
            if let Some(end) = self.end_of(campaign)?.filter(|_| passed)
                && next.is_none_or(|(_, first)| end.day < first.day)
            {
                next = Some((campaign, end));
            }
        }
        self.ends.extend(next);
        if next.is_some() {
            self.days.clear();
        }
        Ok(next.is_some())
    }

    fn total(&self, campaign: InstrumentId) -> Result<Points, Overflow> {
        let days = self.days.get(&campaign).into_iter();
        Points::total(days.flat_map(BTreeMap::values).copied())
    }

    /// The first day at whose end the budget is given.
    fn end_of(&self, campaign: InstrumentId) -> Result<Option<End>, Overflow> {
        let mut left = self.most.get(&campaign).copied().unwrap_or_default();
        for (&day, &points) in self.days.get(&campaign).into_iter().flatten() {
            if points >= left {
                return Ok(Some(End { day, left }));
            }
            left = left.minus(points)?;
        }
        Ok(None)
    }

    /// What each campaign has come to.
    pub(super) fn costs(&self, draft: &Programme) -> Result<Vec<CampaignCost>, Overflow> {
        let mut costs = Vec::with_capacity(self.most.len());
        for (id, campaign) in campaigns(draft) {
            let points = self.total(id)?;
            let card = draft.instrument(campaign.card).and_then(|of| of.bonus());
            let found = self.ends.get(&id).copied();
            let ended = found.map_or_else(|| self.end_of(id), |end| Ok(Some(end)))?;
            costs.push(CampaignCost {
                campaign: id,
                points,
                value: card.map_or(Ok(Money::ZERO), |card| card.value_of(points))?,
                budget: campaign.budget,
                ended: ended.map(|end| end.day),
            });
        }
        Ok(costs)
    }
}

fn campaigns(draft: &Programme) -> impl Iterator<Item = (InstrumentId, &Campaign)> {
    draft.instruments().iter().filter_map(|of| match &of.terms {
        Terms::Campaign(campaign) => Some((of.id, campaign)),
        _ => None,
    })
}
