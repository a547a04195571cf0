//! The account of a customer, explained lot by lot (T6).

use std::collections::BTreeSet;

use kartka_domain::explain::{Account, Event, Explained, Reach, explain};
use kartka_domain::ids::{CustomerId, InstrumentId};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::position::Position;
use kartka_domain::programme::Instrument;
use kartka_domain::row::{EdgeState, Merge};

use crate::error::CoreError;
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, StoryPlace};

/// A customer's accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Internal id, of the group's first member.
    pub id: CustomerId,
    /// One per instrument whose points they ever had, by instrument.
    pub accounts: Vec<Explained>,
    /// Until when all points of an instrument live that have no day of their own, where inactivity ends them (L6).
    pub idle: Vec<(InstrumentId, Date)>,
    /// Whether the ledger at hand tells everything; a staff phone holds the recent months only.
    pub whole: bool,
}

/// One step of a story.
enum Step {
    Entry(Entry),
    Merged(Merge),
}

impl Step {
    fn event(&self) -> Event<'_> {
        match self {
            Self::Entry(entry) => Event::Entry(entry),
            Self::Merged(merge) => Event::Merged(merge.a, merge.b),
        }
    }
}

/// What is known of how one person's positions came about.
pub(crate) struct Story {
    pub(crate) members: Vec<(CustomerId, Position)>,
    /// Positions and entries of whoever was one person with them and is not any more.
    parted: Vec<(Position, Vec<Entry>)>,
    steps: Vec<(StoryPlace, Step)>,
}

impl Shop {
    /// Every lot of a customer: where it came from, what took it, what is left and until when (T6).
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn account(&self, customer: CustomerId) -> Result<AccountView, CoreError> {
        self.store.read(|r| {
            let Setting {
                outlet, programme, ..
            } = setting(r)?;
            let today = self.now(&outlet)?.date;
            if r.customer(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let story = Story::of(r, r.group_of(customer)?)?;
            let mut view = AccountView {
                id: story.members.first().map_or(customer, |(id, _)| *id),
                accounts: Vec::new(),
                idle: Vec::new(),
                whole: true,
            };
            let last_visit = story.members.iter().filter_map(|(_, p)| p.last_visit).max();
            for instrument in story.instruments() {
                let (told, reach) = story.told(instrument, today)?;
                view.whole &= reach == Reach::Whole;
                view.accounts.push(told);
                let card = programme.instrument(instrument).and_then(Instrument::bonus);
                let last = card
                    .zip(last_visit)
                    .and_then(|(card, visit)| card.inactive_after(visit));
                view.idle.extend(last.map(|last| (instrument, last)));
            }
            Ok(view)
        })
    }
}

impl Story {
    pub(crate) fn of(reader: &Reader<'_>, group: Vec<CustomerId>) -> Result<Self, CoreError> {
        let mut members = Vec::with_capacity(group.len());
        let mut steps = Vec::new();
        let parted = reader.parted_from(&group)?.into_iter().map(|id| {
            let entries = reader.ledger_of(id)?.into_iter();
            let position = reader.position(id)?.unwrap_or_default();
            Ok((position, entries.map(|(_, entry)| entry).collect()))
        });
        let parted = parted.collect::<Result<_, CoreError>>()?;
        for member in group {
            for (place, entry) in reader.ledger_of(member)? {
                steps.push((place, Step::Entry(entry)));
            }
            for (place, merge) in reader.merges_of(member)? {
                if merge.state == EdgeState::On && merge.a == member {
                    steps.push((place, Step::Merged(merge)));
                }
            }
            members.push((member, reader.position(member)?.unwrap_or_default()));
        }
        steps.sort_by_key(|(place, _)| *place);
        Ok(Self {
            members,
            parted,
            steps,
        })
    }

    /// Instruments whose points the person ever had.
    pub(crate) fn instruments(&self) -> Vec<InstrumentId> {
        let wallets = self.members.iter().flat_map(|(_, p)| p.wallets.keys());
        let mut all: Vec<InstrumentId> = wallets.copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.steps.iter().filter_map(|(_, step)| match step {
            Step::Entry(entry) => Some(entry),
            Step::Merged(_) => None,
        })
    }

    /// The account with one instrument. The ledger at hand is taken as whole if it comes to the balance.
    pub(crate) fn told(
        &self,
        instrument: InstrumentId,
        today: Date,
    ) -> Result<(Explained, Reach), CoreError> {
        let mut balance = Points::ZERO;
        for (_, position) in &self.members {
            balance = balance.plus(position.balance(instrument)?)?;
        }
        // Shares stay taken after an undone merge (I2): only together do effects come to balances.
        for (position, _) in &self.parted {
            balance = balance.plus(position.balance(instrument)?)?;
        }
        let others = self.parted.iter().flat_map(|(_, entries)| entries);
        let all = self.entries().chain(others);
        let own = all.filter(|e| e.instrument == instrument);
        let reach = if Points::total(own.map(|e| e.effect().points))? == balance {
            Reach::Whole
        } else {
            Reach::Recent
        };
        let events: Vec<Event<'_>> = self.steps.iter().map(|(_, step)| step.event()).collect();
        let account = Account {
            instrument,
            members: &self.members,
            events: &events,
            reach,
            today,
        };
        Ok((explain(&account)?, reach))
    }
}

impl Reader<'_> {
    /// Whoever was one person with somebody of a group, directly or through others, and is not any more.
    fn parted_from(&self, group: &[CustomerId]) -> Result<Vec<CustomerId>, CoreError> {
        let mut all: BTreeSet<CustomerId> = group.iter().copied().collect();
        let mut next: Vec<CustomerId> = group.to_vec();
        while let Some(member) = next.pop() {
            for edge in self.edges(member)? {
                let was = edge.state == EdgeState::On || edge.undone_by.is_some();
                let other = if edge.a == member { edge.b } else { edge.a };
                if was && all.insert(other) {
                    next.push(other);
                }
            }
        }
        Ok(all.into_iter().filter(|id| !group.contains(id)).collect())
    }

    /// `holders` (in id order) as persons: each group once, at its first holder.
    pub(crate) fn persons(
        &self,
        holders: &[CustomerId],
        holder: CustomerId,
    ) -> Result<Option<Vec<CustomerId>>, CoreError> {
        let group = self.group_of(holder)?;
        let earlier =
            |member: &CustomerId| *member < holder && holders.binary_search(member).is_ok();
        Ok((!group.iter().any(earlier)).then_some(group))
    }
}
