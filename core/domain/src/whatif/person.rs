//! The one customer of a replay at a time, and the book that the authority decides by.

use std::convert::Infallible;

use crate::authority::Book;
use crate::card::CardNumber;
use crate::customer::Customer;
use crate::ids::{CustomerId, InstrumentId, OpId, ProgrammeVersion, PurchaseId, RequestMark};
use crate::ledger::Entry;
use crate::moment::Moment;
use crate::money::{Money, Overflow, Points};
use crate::position::Position;
use crate::programme::Programme;
use crate::purchase::{Purchase, Return};
use crate::row::{CampaignSpent, Card, Merge};

/// The customer whose purchases are being replayed, and all the state the authority sees of them.
pub(super) struct Person<'p> {
    pub(super) id: CustomerId,
    pub(super) draft: &'p Programme,
    pub(super) position: Position,
    pub(super) last: Moment,
    /// Different days with a purchase.
    pub(super) days: i64,
    /// Visits so far at which something might be spent.
    pub(super) could_spend: i64,
    pub(super) gained: Money,
    /// What counts as spent of each campaign's budget, this visit included.
    pub(super) spent: Vec<CampaignSpent>,
}

impl<'p> Person<'p> {
    pub(super) fn new(id: CustomerId, draft: &'p Programme, at: Moment) -> Self {
        Self {
            id,
            draft,
            position: Position::default(),
            last: at,
            days: 0,
            could_spend: 0,
            gained: Money::ZERO,
            spent: Vec::new(),
        }
    }

    pub(super) fn arrive(&mut self, at: Moment) {
        self.days += i64::from(self.days == 0 || at.date != self.last.date);
        self.last = at;
    }

    /// Takes over how much of a budget is spent by the authority's word; how much more that is than before.
    pub(super) fn spend(&mut self, now: CampaignSpent) -> Result<Points, Overflow> {
        let before = self.spent.iter_mut();
        let mut before = before.filter(|one| one.instrument == now.instrument);
        match before.next() {
            Some(one) => {
                let more = now.points.minus(one.points)?;
                *one = now;
                Ok(more)
            }
            None => {
                self.spent.push(now);
                Ok(now.points)
            }
        }
    }
}

impl Book for Person<'_> {
    type Error = Infallible;

    fn customer(&self, _: CustomerId) -> Result<Option<Customer>, Infallible> {
        Ok(None)
    }
    fn position(&self, id: CustomerId) -> Result<Option<Position>, Infallible> {
        Ok((id == self.id).then(|| self.position.clone()))
    }
    fn card(&self, _: CardNumber) -> Result<Option<Card>, Infallible> {
        Ok(None)
    }
    fn edges(&self, _: CustomerId) -> Result<Vec<Merge>, Infallible> {
        Ok(Vec::new())
    }
    fn purchase(&self, _: PurchaseId) -> Result<Option<Purchase>, Infallible> {
        Ok(None)
    }
    fn returns(&self, _: PurchaseId) -> Result<Vec<Return>, Infallible> {
        Ok(Vec::new())
    }
    fn entries(&self, _: PurchaseId) -> Result<Vec<Entry>, Infallible> {
        Ok(Vec::new())
    }
    fn programme(&self, version: ProgrammeVersion) -> Result<Option<Programme>, Infallible> {
        Ok((version == self.draft.version()).then(|| self.draft.clone()))
    }
    fn campaign_spent(&self, id: InstrumentId) -> Result<Points, Infallible> {
        let spent = self.spent.iter().find(|one| one.instrument == id);
        Ok(spent.map_or(Points::ZERO, |one| one.points))
    }
    fn is_erased(&self, _: CustomerId) -> Result<bool, Self::Error> {
        Ok(false)
    }

    fn requested(&self, _: RequestMark) -> Result<Option<OpId>, Infallible> {
        Ok(None)
    }
}
