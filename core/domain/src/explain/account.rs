//! The fold over again, with lots in the place of buckets (T6, L4, L10).

use std::collections::{BTreeMap, BTreeSet};

use super::opening::before;
use super::{Account, Debt, Event, Explained, Lot, Move, Place, Reach, Source, Why};
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{Entry, EntryKind, LotTerms};
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::position::{Group, Position, Wallet};

/// What the wallets hold, by member and place.
type Held = BTreeMap<(CustomerId, Place), Points>;

/// A lot and where its points stand now.
struct Standing {
    lot: Lot,
    place: Place,
}

/// Who is one person at this point of the story.
struct Person {
    ids: BTreeSet<CustomerId>,
    group: Group,
}

/// An account being told.
pub(super) struct Telling {
    instrument: InstrumentId,
    people: Vec<Person>,
    lots: Vec<Standing>,
    debts: Vec<Debt>,
}

impl Telling {
    pub(super) fn begin(account: &Account<'_>) -> Result<Self, Overflow> {
        let members: Vec<(CustomerId, Position)> = match account.reach {
            Reach::Recent => before(account)?,
            Reach::Whole => {
                let empty = |(member, _): &(CustomerId, Position)| (*member, Position::default());
                account.members.iter().map(empty).collect()
            }
        };
        let mut told = Self {
            instrument: account.instrument,
            people: Vec::new(),
            lots: Vec::new(),
            debts: Vec::new(),
        };
        for (member, position) in members {
            if let Some(wallet) = position.wallet(account.instrument) {
                for bucket in &wallet.buckets {
                    told.open(
                        member,
                        None,
                        bucket.points,
                        Place::Bucket(bucket.expires_on),
                    );
                }
                told.owe(None, wallet.debt);
            }
            told.people.push(Person::of(vec![(member, position)]));
        }
        if account.reach == Reach::Recent {
            // Who became one person before the entries at hand is not told: they are taken as one all along.
            told.people = vec![merged(told.people)];
        }
        Ok(told)
    }

    pub(super) fn follow(&mut self, event: &Event<'_>) -> Result<(), Overflow> {
        match event {
            Event::Merged(a, b) => {
                let (one, rest) = std::mem::take(&mut self.people)
                    .into_iter()
                    .partition(|person| person.ids.contains(a) || person.ids.contains(b));
                self.people = rest;
                self.people.push(merged(one));
                Ok(())
            }
            Event::Entry(entry) if entry.instrument != self.instrument => Ok(()),
            Event::Entry(entry) if entry.effect().points == Points::ZERO => Ok(()),
            Event::Entry(entry) => {
                let owner = |person: &Person| person.ids.contains(&entry.customer);
                let mut person = match self.people.iter().position(owner) {
                    Some(at) => self.people.swap_remove(at),
                    None => Person::of(vec![(entry.customer, Position::default())]),
                };
                let result = self.entry(&mut person, entry);
                self.people.push(person);
                result
            }
        }
    }

    fn entry(&mut self, person: &mut Person, entry: &Entry) -> Result<(), Overflow> {
        let group = &mut person.group;
        self.ripen(group, entry.date)?;
        let (held, owed) = self.held(group)?;
        group.settle(self.instrument, entry.date)?;
        let (after, still) = self.held(group)?;
        self.lower(&held, &after, Why::DebtRepaid, Some(Source::from(entry)))?;
        self.repay(owed.minus(still)?, Source::from(entry))?;
        if entry.effect().points.is_positive() {
            self.credit(person, entry)
        } else {
            self.debit(group, entry)
        }
    }

    /// Lots whose first day has come join their buckets (L3, L8).
    fn ripen(&mut self, group: &mut Group, date: Date) -> Result<(), Overflow> {
        for (member, position) in group.members_mut() {
            if let Some(wallet) = position.wallets.get_mut(&self.instrument) {
                wallet.ripen(date)?;
                for standing in of_member(&mut self.lots, member) {
                    if let Place::Pending(lot) = standing.place
                        && lot.available_on <= date
                    {
                        standing.place = Place::Bucket(lot.expires_on);
                    }
                }
                follow_joins(&mut self.lots, member, wallet);
            }
        }
        Ok(())
    }

    fn credit(&mut self, person: &mut Person, entry: &Entry) -> Result<(), Overflow> {
        let Person { ids, group } = person;
        let source = Source::from(entry);
        let (_, owed) = self.held(group)?;
        group.fold(entry)?;
        let (_, still) = self.held(group)?;
        let repaid = owed.minus(still)?;
        self.repay(repaid, source)?;
        let mut left = entry.effect().points.minus(repaid)?;
        for used in &entry.uses {
            let part = used.points.min(left);
            left = left.minus(part)?;
            let member = if ids.contains(&used.member) {
                used.member
            } else {
                entry.customer
            };
            let home = group.member(member).wallets.get(&self.instrument);
            let home = home.map_or(used.expires_on, |wallet| wallet.home(used.expires_on));
            self.give_back(member, home, part, source)?;
        }
        if left.is_positive() || entry.uses.is_empty() {
            let lot = entry.lot.unwrap_or(LotTerms {
                available_on: entry.date,
                expires_on: None,
            });
            let place = if lot.available_on <= entry.date {
                Place::Bucket(lot.expires_on)
            } else {
                Place::Pending(lot)
            };
            let lot = self.open(entry.customer, Some(source), left.plus(repaid)?, place);
            lot.available_on = entry.lot.map(|lot| lot.available_on).or(Some(entry.date));
            let raise = entry.about.resolved().raise;
            lot.raised = raise.map(|raise| (raise.campaign, raise.points));
            lot.instead_of = entry.verdict.map(|(_, code)| (entry.claim.points, code));
            if repaid.is_positive() {
                lot.left = left;
                lot.moves.push(Move {
                    why: Why::DebtRepaid,
                    by: Some(source),
                    points: repaid.negated()?,
                });
            }
        }
        for (member, position) in group.members_mut() {
            if let Some(wallet) = position.wallets.get(&self.instrument) {
                follow_joins(&mut self.lots, member, wallet);
            }
        }
        Ok(())
    }

    fn debit(&mut self, group: &mut Group, entry: &Entry) -> Result<(), Overflow> {
        let source = Source::from(entry);
        let (held, _) = self.held(group)?;
        let folded = group.fold(entry)?;
        let (after, _) = self.held(group)?;
        self.lower(&held, &after, Why::Taken, Some(source))?;
        self.owe(Some(source), folded.overdrawn);
        Ok(())
    }

    /// What the group's wallets hold, and what they owe together.
    fn held(&self, group: &mut Group) -> Result<(Held, Points), Overflow> {
        let mut all = Held::new();
        let mut owed = Points::ZERO;
        for (member, position) in group.members_mut() {
            if let Some(wallet) = position.wallet(self.instrument) {
                all.extend(places(wallet).map(|(place, points)| ((member, place), points)));
                owed = owed.plus(wallet.debt)?;
            }
        }
        Ok((all, owed))
    }

    /// Takes from the lots of every place that holds less than before.
    fn lower(
        &mut self,
        before: &Held,
        after: &Held,
        why: Why,
        by: Option<Source>,
    ) -> Result<(), Overflow> {
        for (&(member, place), &points) in before {
            let now = after.get(&(member, place)).copied().unwrap_or_default();
            self.take((member, place), points.minus(now)?, why, by)?;
        }
        Ok(())
    }

    /// Within a place: what was earned with the same purchase first where that is taken back, else the sooner
    /// available, then the lower entry id (L4).
    fn take(
        &mut self,
        (member, place): (CustomerId, Place),
        points: Points,
        why: Why,
        by: Option<Source>,
    ) -> Result<(), Overflow> {
        let back = by.filter(|by| by.kind.takes_back());
        let own = |origin: Source| {
            back.is_some_and(|by| match by.brought {
                Some(_) => by.brought == origin.brought,
                None => by.purchase.is_some() && by.purchase == origin.purchase,
            })
        };
        let mut here: Vec<&mut Standing> = of_member(&mut self.lots, member)
            .filter(|standing| standing.place == place && standing.lot.left.is_positive())
            .collect();
        here.sort_by_key(|standing| {
            let lot = &standing.lot;
            let foreign = !lot.origin.is_some_and(own);
            (foreign, lot.available_on, lot.origin.map(|o| o.entry))
        });
        let mut left = points;
        for standing in here {
            let part = left.min(standing.lot.left);
            if part.is_positive() {
                left = left.minus(part)?;
                change(&mut standing.lot, why, by, part.negated()?)?;
            }
        }
        Ok(())
    }

    /// Gives back to the lots that the same purchase took from, last taken first; what none of them gave is a lot of its
    /// own.
    fn give_back(
        &mut self,
        member: CustomerId,
        expires_on: Option<Date>,
        points: Points,
        by: Source,
    ) -> Result<(), Overflow> {
        let place = Place::Bucket(expires_on);
        let mut left = points;
        for standing in of_member(&mut self.lots, member).rev() {
            if standing.place != place {
                continue;
            }
            let part = left.min(taken_by(&standing.lot, &by)?);
            if part.is_positive() {
                left = left.minus(part)?;
                change(&mut standing.lot, Why::GivenBack, Some(by), part)?;
            }
        }
        if left.is_positive() {
            self.open(member, Some(by), left, place).available_on = Some(by.date);
        }
        Ok(())
    }

    fn open(
        &mut self,
        member: CustomerId,
        origin: Option<Source>,
        amount: Points,
        place: Place,
    ) -> &mut Lot {
        let expires_on = match place {
            Place::Pending(lot) => lot.expires_on,
            Place::Bucket(last) => last,
        };
        let lot = Lot {
            member,
            origin,
            amount,
            raised: None,
            instead_of: None,
            available_on: None,
            expires_on,
            moves: Vec::new(),
            left: amount,
            pending: false,
        };
        self.lots.push(Standing { lot, place });
        let at = self.lots.len() - 1;
        &mut self.lots[at].lot
    }

    fn owe(&mut self, origin: Option<Source>, amount: Points) {
        if amount.is_positive() {
            self.debts.push(Debt {
                origin,
                amount,
                repaid: Vec::new(),
                left: amount,
            });
        }
    }

    /// The oldest debt is repaid first.
    fn repay(&mut self, points: Points, by: Source) -> Result<(), Overflow> {
        self.forgive(points, Why::DebtRepaid, Some(by))
    }

    fn forgive(&mut self, points: Points, why: Why, by: Option<Source>) -> Result<(), Overflow> {
        let mut left = points;
        for debt in &mut self.debts {
            let part = left.min(debt.left);
            if part.is_positive() {
                left = left.minus(part)?;
                debt.left = debt.left.minus(part)?;
                debt.repaid.push(Move {
                    why,
                    by,
                    points: part,
                });
            }
        }
        Ok(())
    }

    /// Compares with the positions in force, which are the truth.
    pub(super) fn settle_with(mut self, account: &Account<'_>) -> Result<Explained, Overflow> {
        let mut mine = Held::new();
        let mut told_debt = Points::ZERO;
        for Person { mut group, .. } in std::mem::take(&mut self.people) {
            self.ripen(&mut group, account.today)?;
            let (held, owed) = self.held(&mut group)?;
            mine.extend(held);
            told_debt = told_debt.plus(owed)?;
        }
        let mut truth = Group::new(account.members.to_vec());
        for (_, position) in truth.members_mut() {
            if let Some(wallet) = position.wallets.get_mut(&self.instrument) {
                wallet.ripen(account.today)?;
            }
        }
        let (holds, owes) = self.held(&mut truth)?;
        self.lower(&mine, &holds, Why::Settled, None)?;
        for (&(member, place), &points) in &holds {
            let told = mine.get(&(member, place)).copied().unwrap_or_default();
            if points > told {
                self.open(member, None, points.minus(told)?, place);
            }
        }
        self.forgive(told_debt.minus(owes)?, Why::Settled, None)?;
        self.owe(None, owes.minus(told_debt)?);
        let balance = Points::total(holds.into_values())?.minus(owes)?;
        Ok(Explained {
            instrument: self.instrument,
            lots: in_spend_order(self.lots),
            debts: self.debts,
            balance,
        })
    }
}

fn change(lot: &mut Lot, why: Why, by: Option<Source>, points: Points) -> Result<(), Overflow> {
    lot.left = lot.left.plus(points)?;
    lot.moves.push(Move { why, by, points });
    Ok(())
}

/// What redemptions of the same purchase took from a lot and returns have not given back; what was taken back of its own
/// earning is not given back.
fn taken_by(lot: &Lot, by: &Source) -> Result<Points, Overflow> {
    let counts = |m: &&Move| {
        m.why != Why::DebtRepaid
            && m.by.is_some_and(|source| {
                source.purchase == by.purchase
                    && !matches!(source.kind, EntryKind::Reverse | EntryKind::Expire)
            })
    };
    let sum = Points::total(lot.moves.iter().filter(counts).map(|m| m.points))?;
    Ok(sum.negated()?.max(Points::ZERO))
}

fn of_member(
    lots: &mut [Standing],
    member: CustomerId,
) -> impl DoubleEndedIterator<Item = &mut Standing> {
    lots.iter_mut()
        .filter(move |standing| standing.lot.member == member)
}

fn places(wallet: &Wallet) -> impl Iterator<Item = (Place, Points)> + '_ {
    let buckets = wallet.buckets.iter();
    let pending = wallet.pending.iter();
    buckets
        .map(|b| (Place::Bucket(b.expires_on), b.points))
        .chain(pending.map(|p| (Place::Pending(p.lot), p.points)))
}

/// A bucket that was joined to a later one takes its lots along (L3).
fn follow_joins(lots: &mut [Standing], member: CustomerId, wallet: &Wallet) {
    for standing in of_member(lots, member) {
        let Place::Bucket(last) = standing.place else {
            continue;
        };
        let home = wallet.home(last);
        if home != last {
            standing.place = Place::Bucket(home);
            standing.lot.expires_on = home;
        }
    }
}

fn in_spend_order(lots: Vec<Standing>) -> Vec<Lot> {
    let told = |standing: Standing| Lot {
        pending: matches!(standing.place, Place::Pending(_)),
        ..standing.lot
    };
    let mut lots: Vec<Lot> = lots.into_iter().map(told).collect();
    lots.sort_by_key(|lot| {
        let never = lot.expires_on.is_none();
        let entry = lot.origin.map(|origin| origin.entry);
        (lot.pending, never, lot.expires_on, lot.available_on, entry)
    });
    lots
}

impl Person {
    fn of(members: Vec<(CustomerId, Position)>) -> Self {
        Self {
            ids: members.iter().map(|(id, _)| *id).collect(),
            group: Group::new(members),
        }
    }
}

fn merged(people: Vec<Person>) -> Person {
    let members = people.into_iter().flat_map(|p| p.group.into_members());
    Person::of(members.collect())
}
