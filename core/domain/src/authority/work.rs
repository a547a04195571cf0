//! The rows an op has touched so far, over a book that does not change meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, Decided, Echo, Standing, Stop};
use crate::card::CardNumber;
use crate::codes::Code;
use crate::customer::Customer;
use crate::ids::{CustomerId, EntryId, Id, PurchaseId};
use crate::ledger::{Effect, Entry, EntryKind};
use crate::moment::Moment;
use crate::money::Points;
use crate::op::{Claim, Op};
use crate::planted;
use crate::position::{Group, Position};
use crate::purchase::{Purchase, Return};
use crate::rights::Who;
use crate::row::{Card, EdgeState, Inbox, InboxState, Merge, Row, RowKind};
use crate::voucher::{Moved, Voucher};

/// One op being applied.
pub(super) struct Work<'b, B: Book> {
    pub(super) book: &'b B,
    pub(super) op: &'b Op,
    pub(super) standing: Standing,
    /// Everything in this op gets effect 0 for this reason.
    pub(super) refused: Option<Code>,
    /// Who acted, where the authority asks for their rights; none where nobody has to be asked.
    pub(super) who: Option<Who>,
    positions: BTreeMap<CustomerId, Position>,
    rows: BTreeMap<(RowKind, i64), Decided>,
    edges: Vec<Merge>,
    /// Groups looked up so far; a new edge makes them unknown again.
    groups: BTreeMap<CustomerId, Vec<CustomerId>>,
    /// What the owner is asked of rights: it makes room for whatever else is asked under the same number.
    of_rights: Vec<Inbox>,
}

impl<'b, B: Book> Work<'b, B> {
    pub(super) fn new(book: &'b B, op: &'b Op, standing: Standing, refused: Option<Code>) -> Self {
        Self {
            book,
            op,
            standing,
            refused,
            who: None,
            positions: BTreeMap::new(),
            rows: BTreeMap::new(),
            edges: Vec::new(),
            groups: BTreeMap::new(),
            of_rights: Vec::new(),
        }
    }

    /// The moment that counts, and whether the author must be told of it.
    pub(super) fn moment(&self) -> (Moment, Echo) {
        match self.standing {
            Standing::Ordered {
                corrected: Some(moment),
                ..
            } if !planted!(TimeNotReturned) => (moment, Echo::Changed),
            Standing::Ordered {
                corrected: Some(moment),
                ..
            } => (moment, Echo::AsClaimed),
            _ => (self.op.time.wall, Echo::AsClaimed),
        }
    }

    /// By how much the author's clock was wrong, where the moment was set for it and the author is told: the owner sees it.
    pub(super) fn clock_corrected(&self) -> Option<Code> {
        let (moment, echo) = self.moment();
        let off = self.op.time.wall.instant_ms.abs_diff(moment.instant_ms);
        let by_ms = i64::try_from(off).unwrap_or(i64::MAX);
        (echo == Echo::Changed && by_ms > 0).then_some(Code::ClockCorrected { by_ms })
    }

    /// Whether it is only a phone's own claim.
    pub(super) const fn is_pending(&self) -> bool {
        matches!(self.standing, Standing::Pending)
    }

    /// Whether nothing of this op counts, people and cards included: a person said so, or nobody did in time.
    pub(super) fn is_refused_whole(&self) -> bool {
        matches!(
            self.refused,
            Some(Code::RefusedByOwner | Code::NobodyDecided { .. })
        )
    }

    pub(super) fn id(&self, place: usize) -> Result<Id, Stop<B::Error>> {
        Ok(self.op.entry_id(place)?)
    }

    /// The author can't make this row of its op alone, so it is told.
    pub(super) fn tell(&mut self, kind: RowKind, key: i64) {
        if let Some(decided) = self.rows.get_mut(&(kind, key)) {
            decided.echo = Echo::Changed;
        }
    }

    pub(super) fn put(&mut self, row: Row, echo: Echo) {
        self.rows
            .insert((row.kind(), row.key()), Decided { row, echo });
    }

    /// A row that this op has written.
    pub(super) fn row(&self, kind: RowKind, key: i64) -> Option<&Row> {
        self.rows.get(&(kind, key)).map(|decided| &decided.row)
    }

    /// All rows that this op has written so far, but for positions.
    pub(super) fn rows_so_far(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().map(|decided| &decided.row)
    }

    pub(super) fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Stop<B::Error>> {
        match self.rows.get(&(RowKind::Customer, id.get())) {
            Some(Decided {
                row: Row::Customer(customer),
                ..
            }) => Ok(Some(customer.clone())),
            _ => self.book.customer(id).map_err(Stop::Book),
        }
    }

    /// Whether a person was erased, by this op or before.
    pub(super) fn is_erased(&self, id: CustomerId) -> Result<bool, Stop<B::Error>> {
        if self.rows.contains_key(&(RowKind::Erasure, id.get())) {
            return Ok(true);
        }
        self.book.is_erased(id).map_err(Stop::Book)
    }

    pub(super) fn card(&self, number: CardNumber) -> Result<Option<Card>, Stop<B::Error>> {
        let bound = self.rows.values().find_map(|decided| match &decided.row {
            Row::Card(card) if card.number == number => Some(*card),
            _ => None,
        });
        match bound {
            Some(card) => Ok(Some(card)),
            None => self.book.card(number).map_err(Stop::Book),
        }
    }

    /// A purchase with its returns and entries, what this op did to them included.
    pub(super) fn purchase(&self, id: PurchaseId) -> Result<Option<Known>, Stop<B::Error>> {
        let own = match self.rows.get(&(RowKind::Purchase, id.get())) {
            Some(Decided {
                row: Row::Purchase(purchase),
                ..
            }) => Some(purchase.clone()),
            _ => None,
        };
        let purchase = match own {
            Some(purchase) => purchase,
            None => match self.book.purchase(id).map_err(Stop::Book)? {
                Some(purchase) => purchase,
                None => return Ok(None),
            },
        };
        let mut returns = self.book.returns(id).map_err(Stop::Book)?;
        let mut entries = self.book.entries(id).map_err(Stop::Book)?;
        let mut moved = self.book.moves(id).map_err(Stop::Book)?;
        for decided in self.rows.values() {
            match &decided.row {
                Row::Return(back) if back.purchase == id => returns.push(back.clone()),
                Row::Entry(entry) if entry.purchase == Some(id) => entries.push(entry.clone()),
                Row::Moved(one) if one.purchase == Some(id) => moved.push(*one),
                _ => {}
            }
        }
        let vouchers = self.vouchers_of(&moved)?;
        Ok(Some(Known {
            purchase,
            returns,
            entries,
            moved,
            vouchers,
        }))
    }

    /// Two customers become one person; debts of either are paid from what both have (I2).
    pub(super) fn add_edge(&mut self, merge: Merge) -> Result<(), Stop<B::Error>> {
        self.edges.push(merge);
        self.groups.clear();
        self.put(Row::Merge(merge), Echo::AsClaimed);
        let (mut group, date) = (self.positions_of(merge.a)?, self.moment().0.date);
        let owing = group.combined()?.wallets;
        for (&instrument, _) in owing.iter().filter(|(_, w)| w.debt.is_positive()) {
            group.settle(instrument, date)?;
        }
        if !owing.is_empty() {
            self.keep(group);
        }
        Ok(())
    }

    /// An edge at a customer, what this op did to it included.
    pub(super) fn edge(
        &self,
        of: CustomerId,
        id: EntryId,
    ) -> Result<Option<Merge>, Stop<B::Error>> {
        if let Some(own) = self.edges.iter().find(|edge| edge.id == id) {
            return Ok(Some(*own));
        }
        let edges = self.book.edges(of).map_err(Stop::Book)?;
        Ok(edges.into_iter().find(|edge| edge.id == id))
    }

    /// An edge in its new state; what its members have stays with each (I2).
    pub(super) fn replace_edge(&mut self, merge: Merge) {
        self.edges.retain(|edge| edge.id != merge.id);
        self.edges.push(merge);
        self.groups.clear();
        self.put(Row::Merge(merge), Echo::AsClaimed);
    }

    /// The ids that active edges connect with `customer`, itself included, in id order (I2).
    pub(super) fn group(
        &mut self,
        customer: CustomerId,
    ) -> Result<Vec<CustomerId>, Stop<B::Error>> {
        if let Some(members) = self.groups.get(&customer) {
            return Ok(members.clone());
        }
        let members = group_of(self.book, &self.edges, customer)?;
        self.groups.insert(customer, members.clone());
        Ok(members)
    }

    pub(super) fn position(&self, id: CustomerId) -> Result<Position, Stop<B::Error>> {
        match self.positions.get(&id) {
            Some(position) => Ok(position.clone()),
            None => Ok(self
                .book
                .position(id)
                .map_err(Stop::Book)?
                .unwrap_or_default()),
        }
    }

    /// The positions of a customer's whole group.
    pub(super) fn positions_of(&mut self, customer: CustomerId) -> Result<Group, Stop<B::Error>> {
        let members = self.group(customer)?;
        let positions = members
            .into_iter()
            .map(|member| Ok((member, self.position(member)?)));
        Ok(Group::new(
            positions.collect::<Result<_, Stop<B::Error>>>()?,
        ))
    }

    fn keep(&mut self, group: Group) {
        for (member, position) in group.into_members() {
            self.set_position(member, position);
        }
    }

    pub(super) fn set_position(&mut self, id: CustomerId, position: Position) {
        self.positions.insert(id, position);
    }

    /// Writes one ledger entry with its effect and folds it into the group's positions (L13).
    ///
    /// `verdict` is the authority's word where it is not the claim (L15); `uses` are the buckets that
    /// points return to.
    pub(super) fn post(
        &mut self,
        place: usize,
        posting: Posting<'_>,
    ) -> Result<(), Stop<B::Error>> {
        let (moment, mut echo) = self.moment();
        let claim = posting.claim;
        let verdict = self
            .refused
            .map(|code| (Effect::NONE, code))
            .or(posting.verdict);
        let mut entry = Entry {
            id: EntryId(self.id(place)?),
            customer: claim.customer,
            instrument: claim.instrument,
            kind: claim.kind,
            purchase: posting.purchase,
            date: moment.date,
            claim: claim.effect,
            lot: claim.lot,
            about: claim.about,
            verdict,
            uses: posting.uses,
        };
        if verdict.is_some() {
            echo = Echo::Changed;
        }
        let moves = verdict.is_none() && entry.about.moves();
        if entry.effect() == Effect::NONE && !moves {
            self.put(Row::Entry(entry), echo);
            return Ok(());
        }
        let mut group = self.positions_of(claim.customer)?;
        let folded = group.fold(&entry)?;
        if !folded.uses.is_empty() {
            entry.uses = folded.uses;
        }
        if !entry.uses.is_empty() {
            // Which buckets a debit took is the authority's word, never part of a claim (L3).
            echo = Echo::Changed;
        }
        match claim.kind {
            EntryKind::Redeem if folded.overdrawn.is_positive() => {
                self.overdraft(&entry, folded.overdrawn, &mut group);
            }
            EntryKind::Reward => self.stamps_overdrawn(&entry, &group)?,
            _ => {}
        }
        if entry.effect().points.is_positive() {
            self.release(&mut group)?;
        }
        self.keep(group);
        self.put(Row::Entry(entry), echo);
        Ok(())
    }

    /// Once nothing is owed any more, the hold of an overdraft ends (sync §6: recovered from next earns).
    fn release(&self, group: &mut Group) -> Result<(), Stop<B::Error>> {
        let pending = matches!(self.standing, Standing::Pending);
        if pending || !group.members_mut().any(|(_, position)| position.held) {
            return Ok(());
        }
        let owing = group
            .combined()?
            .wallets
            .into_values()
            .any(|w| w.debt.is_positive());
        for (_, position) in group.members_mut() {
            position.held &= owing;
        }
        Ok(())
    }

    /// Above the balance: the fact counts and leaves a debt; offline redemption is held for this person
    /// and the owner is asked (sync §6).
    fn overdraft(&mut self, entry: &Entry, points: Points, group: &mut Group) {
        if matches!(self.standing, Standing::Pending) {
            return;
        }
        group.member(entry.customer).held = true;
        self.open_inbox(
            entry.id,
            Code::Overdraft { points: points.0 },
            (Some(entry.customer), None),
            points,
        );
    }

    /// A reward for stamps that were not there any more: it was handed out, so it counts and the owner sees it.
    fn stamps_overdrawn(&mut self, entry: &Entry, group: &Group) -> Result<(), Stop<B::Error>> {
        let stamps = group.combined()?.stamps;
        let left = stamps.get(&entry.instrument).copied().unwrap_or_default();
        if left.0 < 0 {
            let stamps = left.negated()?.0;
            let code = Code::StampsOverdrawn { stamps };
            self.open_inbox(entry.id, code, (Some(entry.customer), None), Points::ZERO);
        }
        Ok(())
    }

    pub(super) fn open_inbox(
        &mut self,
        id: EntryId,
        code: Code,
        (customer, other): (Option<CustomerId>, Option<CustomerId>),
        points: Points,
    ) {
        if matches!(self.standing, Standing::Pending) {
            return;
        }
        let item = Inbox {
            id,
            code,
            customer,
            other,
            points,
            date: self.moment().0.date,
            state: InboxState::Open,
        };
        match code {
            Code::ActedWithoutRight { .. } => self.of_rights.push(item),
            _ => self.put(Row::Inbox(item), Echo::AsClaimed),
        }
    }

    /// All rows, positions last written included.
    pub(super) fn finish(mut self) -> Result<Vec<Decided>, Stop<B::Error>> {
        for (customer, position) in std::mem::take(&mut self.positions) {
            self.put(Row::Position(customer, position), Echo::AsClaimed);
        }
        for mut item in std::mem::take(&mut self.of_rights) {
            if self.row(RowKind::Inbox, item.id.get()).is_some() {
                item.id = item.id.beside();
            }
            self.put(Row::Inbox(item), Echo::AsClaimed);
        }
        Ok(self.rows.into_values().collect())
    }
}

/// The ids that active edges of the book and `own` ones connect with `customer`, itself included, in id order (I2).
pub(super) fn group_of<B: Book>(
    book: &B,
    own: &[Merge],
    customer: CustomerId,
) -> Result<Vec<CustomerId>, Stop<B::Error>> {
    let mut members = BTreeSet::from([customer]);
    let mut next = vec![customer];
    while let Some(member) = next.pop() {
        let edges = book.edges(member).map_err(Stop::Book)?;
        // What this op did to an edge is the newer word of it.
        let known = |edge: &Merge| own.iter().all(|newer| newer.id != edge.id);
        for edge in edges.into_iter().filter(known).chain(own.iter().copied()) {
            let other = match (edge.state, edge.a == member, edge.b == member) {
                (EdgeState::On, true, _) => edge.b,
                (EdgeState::On, _, true) => edge.a,
                _ => continue,
            };
            if members.insert(other) {
                next.push(other);
            }
        }
    }
    Ok(members.into_iter().collect())
}

/// A purchase and all that happened to it.
pub(super) struct Known {
    pub(super) purchase: Purchase,
    pub(super) returns: Vec<Return>,
    pub(super) entries: Vec<Entry>,
    pub(super) moved: Vec<Moved>,
    pub(super) vouchers: Vec<Voucher>,
}

/// One entry to be written.
pub(super) struct Posting<'a> {
    pub(super) claim: &'a Claim,
    pub(super) purchase: Option<PurchaseId>,
    pub(super) verdict: Option<(Effect, Code)>,
    pub(super) uses: Vec<crate::ledger::Use>,
}
