//! Joining two customers who are one person, and undoing it (B7, I2).

use kartka_domain::authority::MEMBERS_MAX;
use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, EntryId};
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;
use kartka_domain::row::{EdgeState, Inbox, InboxState, Merge};

use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::RequestId;

/// One of those who were joined into one person, as they are by themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Their own id.
    pub id: CustomerId,
    /// Their own name; none for an anonymous card.
    pub name: Option<String>,
    /// Their own cards.
    pub cards: Vec<CardNumber>,
}

impl Shop {
    /// Everybody who is one person with this customer, each with their own name and cards: for whoever parts them again.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Store`].
    pub fn members(&self, customer: CustomerId) -> Result<Vec<Member>, CoreError> {
        self.store.read(|r| {
            if r.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let mut all = Vec::new();
            for id in r.group_of(customer)? {
                let cards = r.cards_of(id)?.into_iter().map(|card| card.number);
                all.push(Member {
                    id,
                    name: r.living(id)?.and_then(|known| known.display_name()),
                    cards: cards.collect(),
                });
            }
            Ok(all)
        })
    }

    /// Joins two customers: from now on they have one balance and one level. What waits in the inbox about just these two
    /// is closed. It can be undone by [`unmerge`](Self::unmerge).
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for somebody unknown or erased; [`CoreError::Duplicate`] for two who are one person already;
    /// [`Code::TooManyIds`]; [`CoreError::RuleRejected`] with the missing right; [`CoreError::Store`].
    pub fn merge(
        &self,
        request: RequestId,
        one: CustomerId,
        other: CustomerId,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Inbox)?;
            if tx.living(one)?.is_none() || tx.living(other)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let (first, second) = (tx.group_of(one)?, tx.group_of(other)?);
            if first.contains(&other) {
                return Err(CoreError::Duplicate { existing: other });
            }
            if first.len() + second.len() > MEMBERS_MAX {
                let most = i64::try_from(MEMBERS_MAX).unwrap_or(i64::MAX);
                return Err(Code::TooManyIds { most }.into());
            }
            let asks = |item: &Inbox| {
                let both = [item.customer, item.other];
                item.state == InboxState::Open
                    && item.code == Code::TwoNamedPeople
                    && both.contains(&Some(one))
                    && both.contains(&Some(other))
            };
            let waiting = tx.inbox_items()?.into_iter().filter(asks);
            let mut facts = vec![Fact::Merge { a: one, b: other }];
            facts.extend(waiting.map(|item| Fact::Close(item.id)));
            Ok(facts.into())
        })?;
        Ok(())
    }

    /// Switches a merge off: both have again what is theirs, less what the other used of it meanwhile (I2).
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for an edge that is not there or is off; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn unmerge(
        &self,
        request: RequestId,
        customer: CustomerId,
        edge: EntryId,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Inbox)?;
            let on = |known: &Merge| known.id == edge && known.state == EdgeState::On;
            if !tx.edges(customer)?.iter().any(on) {
                return Err(CoreError::NotFound);
            }
            Ok(vec![Fact::Unmerge { edge, of: customer }].into())
        })?;
        Ok(())
    }

    /// The merges that make this customer one person with others, oldest first.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Store`].
    pub fn merges(&self, customer: CustomerId) -> Result<Vec<Merge>, CoreError> {
        self.store.read(|r| {
            if r.customer(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let mut all = Vec::new();
            for member in r.group_of(customer)? {
                let edges = r.edges(member)?.into_iter();
                all.extend(edges.filter(|edge| edge.state == EdgeState::On && edge.a == member));
            }
            all.sort_by_key(|edge| edge.id);
            Ok(all)
        })
    }
}
