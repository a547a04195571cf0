//! A shop in memory: rows in a map, `authority::decide` op by op. Plays the authority, and a phone that
//! shows its own pending ops.

pub(crate) mod day;
pub(crate) mod scenario;
pub(crate) mod terms;
pub(crate) mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use kartka_domain::authority::{Author, Before, Book, Decided, Standing, after, decide, referral};
use kartka_domain::brought::Brought;
use kartka_domain::business::{Business, Device, Operator};
use kartka_domain::card::CardNumber;
use kartka_domain::customer::{Customer, ProfileGroup};
use kartka_domain::ids::{
    CustomerId, DeviceNo, EntryId, Epoch, InstrumentId, OpId, OperatorId, OutletId,
    ProgrammeVersion, PurchaseId, RequestMark, ReturnId, RoleId, Seq, VoucherId,
};
use kartka_domain::ledger::{Entry, EntryKind};
use kartka_domain::moment::{Date, Moment, day_number};
use kartka_domain::money::Points;
use kartka_domain::op::{Fact, Op, OpTime, Seen};
use kartka_domain::position::{Group, Position};
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{Fiscal, PointsAs, Purchase, ReceiptNumber, Return};
use kartka_domain::reservation::{Asset, Kept};
use kartka_domain::rights::Role;
use kartka_domain::row::{Card, EdgeState, Inbox, Merge, Row, RowKind, Unlinked, UnlinkedState};
use kartka_domain::voucher::{Moved, Voucher, VoucherNumber};

/// The state of a shop after the ops ordered so far.
#[derive(Clone)]
pub(crate) struct Shop {
    /// Outlet and operator of the next ops.
    pub(crate) counter: (u32, u32),
    pub(crate) rows: BTreeMap<(RowKind, i64), Row>,
    /// Entries and edges in the order in which they were decided.
    pub(crate) story: Vec<Row>,
    /// What is kept for receipts that tills asked for.
    pub(crate) reserved: Vec<(Asset, Kept)>,
    requests: BTreeMap<RequestMark, OpId>,
    counters: BTreeMap<DeviceNo, i64>,
    seq: i64,
    made: u64,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            counter: (1, 1),
            rows: BTreeMap::new(),
            story: Vec::new(),
            reserved: Vec::new(),
            requests: BTreeMap::new(),
            counters: BTreeMap::new(),
            seq: 0,
            made: 0,
        }
    }
}

/// Noon of a business day.
pub(crate) fn noon(date: Date) -> Moment {
    Moment {
        instant_ms: day_number(date) * 86_400_000 + 43_200_000,
        date,
        minute: 720,
    }
}

impl Shop {
    /// An op of `device` at `at`, with the programme that is in force.
    pub(crate) fn op(&mut self, device: DeviceNo, at: Moment, facts: Vec<Fact>) -> Op {
        let next = self.counters.entry(device).or_insert(1);
        let id = OpId(device.id(*next).unwrap());
        *next += i64::try_from(facts.len()).unwrap();
        self.made += 1;
        Op {
            id,
            request: RequestMark(self.made.to_be_bytes()),
            operator: OperatorId(self.counter.1),
            outlet: OutletId(self.counter.0),
            programme: self
                .programme_now()
                .map_or(ProgrammeVersion(1), |p| p.version()),
            time: OpTime {
                boot: 1,
                monotonic_ms: at.instant_ms,
                wall: at,
            },
            seen: Seen {
                epoch: Epoch {
                    number: 1,
                    random: 1,
                },
                seq: Seq(self.seq),
            },
            marks: Vec::new(),
            born: None,
            facts,
            personal: Vec::new(),
        }
    }

    /// The authority orders an op of a device whose clock is right.
    pub(crate) fn order(&mut self, op: &Op) -> Vec<Decided> {
        self.order_at(op, op.time.wall)
    }

    /// The authority orders an op of a device that was written at `at`.
    pub(crate) fn order_at(&mut self, op: &Op, at: Moment) -> Vec<Decided> {
        let corrected = (at != op.time.wall).then_some(at);
        self.order_by(op, corrected, Author::Device)
    }

    /// The authority orders an op of its own.
    pub(crate) fn own(&mut self, at: Moment, facts: Vec<Fact>) -> Vec<Decided> {
        let op = self.op(DeviceNo::FOUNDER, at, facts);
        self.order_by(&op, None, Author::Authority)
    }

    fn order_by(&mut self, op: &Op, corrected: Option<Moment>, author: Author) -> Vec<Decided> {
        self.seq += 1;
        let standing = Standing::Ordered {
            seq: Seq(self.seq),
            corrected,
            author,
        };
        let Ok(decided) = decide(self, op, standing);
        self.requests.entry(op.request).or_insert(op.id);
        self.keep(&decided);
        self.settle_referrals(op);
        decided
    }

    /// What the authority does by itself for friends who were brought, each an op of its own.
    fn settle_referrals(&mut self, op: &Op) {
        let Ok(moved) = referral::referrals(self, op.id, &op.facts);
        for id in moved {
            let Ok(facts) = referral::settle(self, id);
            if facts.is_empty() {
                continue;
            }
            let at = op.time.wall;
            let own = self.op(DeviceNo::FOUNDER, at, facts);
            let decided = self.order_by(&own, None, Author::Authority);
            let programme = self.programme_now().unwrap();
            let Ok(claims) = after(
                self,
                (&own, &decided),
                &Before::default(),
                &programme,
                at.date,
            );
            if !claims.is_empty() {
                self.own(at, claims.into_iter().map(Fact::Claim).collect());
            }
        }
    }

    /// A phone shows an op of its own.
    pub(crate) fn show(&mut self, op: &Op) -> Vec<Decided> {
        let Ok(decided) = decide(self, op, Standing::Pending);
        self.keep(&decided);
        decided
    }

    fn keep(&mut self, decided: &[Decided]) {
        for Decided { row, .. } in decided {
            self.rows.insert((row.kind(), row.key()), row.clone());
            if matches!(row, Row::Entry(_) | Row::Merge(_)) {
                self.story.push(row.clone());
            }
        }
    }

    /// A new customer; without groups a provisional one.
    pub(crate) fn register(&mut self, at: Moment, groups: Vec<ProfileGroup>) -> CustomerId {
        let mut op = self.op(DeviceNo::FOUNDER, at, vec![Fact::Register]);
        if !groups.is_empty() {
            op.personal.push((0, groups));
        }
        self.order(&op);
        CustomerId(op.id.0)
    }

    pub(crate) fn all<T>(&self, pick: impl Fn(&Row) -> Option<T>) -> Vec<T> {
        self.rows.values().filter_map(pick).collect()
    }

    pub(crate) fn ledger(&self) -> Vec<Entry> {
        self.all(|row| match row {
            Row::Entry(entry) => Some(entry.clone()),
            _ => None,
        })
    }

    pub(crate) fn vouchers(&self) -> Vec<Voucher> {
        self.all(|row| match row {
            Row::Voucher(voucher) => Some(voucher.clone()),
            _ => None,
        })
    }

    /// The vouchers that a purchase issued or used.
    pub(crate) fn vouchers_of(&self, id: PurchaseId) -> Vec<Voucher> {
        let Ok(moved) = Book::moves(self, id);
        let named = |one: &Voucher| moved.iter().any(|m| m.voucher == one.id);
        self.vouchers().into_iter().filter(named).collect()
    }

    /// Everything that was said of who brought whom, by id.
    pub(crate) fn referrals(&self) -> Vec<Brought> {
        self.all(|row| match row {
            Row::Brought(brought) => Some(brought.clone()),
            _ => None,
        })
    }

    pub(crate) fn merges(&self) -> Vec<Merge> {
        self.all(|row| match row {
            Row::Merge(merge) => Some(*merge),
            _ => None,
        })
    }

    pub(crate) fn positions(&self) -> Vec<(CustomerId, Position)> {
        self.all(|row| match row {
            Row::Position(customer, position) => Some((*customer, position.clone())),
            _ => None,
        })
    }

    /// Everybody who has an account, each person's members together.
    pub(crate) fn people(&self) -> Vec<Vec<(CustomerId, Position)>> {
        let accounts: BTreeMap<_, _> = self.positions().into_iter().collect();
        let known = |id: &CustomerId| accounts.get(id).map(|position| (*id, position.clone()));
        let groups: BTreeSet<_> = accounts.keys().map(|id| self.group_of(*id)).collect();
        let members = groups.into_iter();
        members
            .map(|group| group.iter().filter_map(known).collect())
            .collect()
    }

    pub(crate) fn programme_now(&self) -> Option<Programme> {
        self.all(|row| match row {
            Row::Programme(programme) => Some(programme.clone()),
            _ => None,
        })
        .pop()
    }

    /// What points are, by the business's own word.
    pub(crate) fn points_as(&self) -> PointsAs {
        let Ok(business) = Book::business(self);
        business.map_or(PointsAs::Payment, |business| business.points_as)
    }

    /// Everybody that active edges connect with a customer.
    pub(crate) fn group_of(&self, customer: CustomerId) -> Vec<CustomerId> {
        self.connected(customer, |edge| edge.state == EdgeState::On)
    }

    /// Everybody whom edges of a kind connect with a customer.
    pub(crate) fn connected(
        &self,
        customer: CustomerId,
        counts: impl Fn(&Merge) -> bool,
    ) -> Vec<CustomerId> {
        let mut members = std::collections::BTreeSet::from([customer]);
        let edges = self.merges();
        for _ in 0..=edges.len() {
            for edge in edges.iter().filter(|edge| counts(edge)) {
                if members.contains(&edge.a) || members.contains(&edge.b) {
                    members.extend([edge.a, edge.b]);
                }
            }
        }
        members.into_iter().collect()
    }

    /// One position for the whole person.
    pub(crate) fn person(&self, customer: CustomerId) -> Position {
        self.combined(self.group_of(customer))
    }

    /// One position for these ids.
    pub(crate) fn combined(&self, members: Vec<CustomerId>) -> Position {
        let members = members.into_iter();
        let positions = members.map(|id| {
            let Ok(position) = Book::position(self, id);
            (id, position.unwrap_or_default())
        });
        Group::new(positions.collect()).combined().unwrap()
    }
}

impl Book for Shop {
    type Error = Infallible;

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Customer, id.get())) {
            Some(Row::Customer(customer)) => Some(customer.clone()),
            _ => None,
        })
    }

    fn position(&self, id: CustomerId) -> Result<Option<Position>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Position, id.get())) {
            Some(Row::Position(_, position)) => Some(position.clone()),
            _ => None,
        })
    }

    fn card(&self, number: CardNumber) -> Result<Option<Card>, Infallible> {
        let cards = self.all(|row| match row {
            Row::Card(card) if card.number == number => Some(*card),
            _ => None,
        });
        Ok(cards.first().copied())
    }

    fn edges(&self, id: CustomerId) -> Result<Vec<Merge>, Infallible> {
        let touches = |edge: &Merge| edge.a == id || edge.b == id;
        Ok(self.merges().into_iter().filter(touches).collect())
    }

    fn purchase(&self, id: PurchaseId) -> Result<Option<Purchase>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Purchase, id.get())) {
            Some(Row::Purchase(purchase)) => Some(purchase.clone()),
            _ => None,
        })
    }

    fn returns(&self, id: PurchaseId) -> Result<Vec<Return>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Return(back) if back.purchase == id => Some(back.clone()),
            _ => None,
        }))
    }

    fn entries(&self, id: PurchaseId) -> Result<Vec<Entry>, Infallible> {
        let of_purchase = |entry: &Entry| entry.purchase == Some(id);
        Ok(self.ledger().into_iter().filter(of_purchase).collect())
    }

    fn fiscal(&self, fiscal: &Fiscal) -> Result<Vec<PurchaseId>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Purchase(purchase) if purchase.fiscal.as_ref() == Some(fiscal) => {
                Some(purchase.id)
            }
            _ => None,
        }))
    }

    fn entry(&self, id: EntryId) -> Result<Option<Entry>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Entry, id.get())) {
            Some(Row::Entry(entry)) => Some(entry.clone()),
            _ => None,
        })
    }

    fn unlinked(&self, id: ReturnId) -> Result<Option<Unlinked>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Unlinked, id.get())) {
            Some(Row::Unlinked(unlinked)) => Some(unlinked.clone()),
            _ => None,
        })
    }

    fn waiting(&self, receipt: &ReceiptNumber) -> Result<Vec<ReturnId>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Unlinked(unlinked) => {
                let waits = unlinked.state == UnlinkedState::Waits;
                (waits && unlinked.back.receipt == *receipt).then_some(unlinked.id)
            }
            _ => None,
        }))
    }

    fn sold(&self, date: Date, receipt: &ReceiptNumber) -> Result<Vec<PurchaseId>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Purchase(purchase) => {
                let same = purchase.at.date == date && purchase.receipt.as_ref() == Some(receipt);
                same.then_some(purchase.id)
            }
            _ => None,
        }))
    }

    fn reserved(&self, asset: Asset) -> Result<Vec<Kept>, Infallible> {
        let own = self.reserved.iter().filter(|(of, _)| *of == asset);
        Ok(own.map(|(_, kept)| *kept).collect())
    }

    fn coupon_uses(&self, instrument: InstrumentId) -> Result<i64, Infallible> {
        let key = i64::from(instrument.0);
        Ok(match self.rows.get(&(RowKind::CouponUses, key)) {
            Some(Row::CouponUses(uses)) => uses.count,
            _ => 0,
        })
    }

    fn campaign_spent(&self, instrument: InstrumentId) -> Result<Points, Infallible> {
        let key = i64::from(instrument.0);
        Ok(match self.rows.get(&(RowKind::CampaignSpent, key)) {
            Some(Row::CampaignSpent(spent)) => spent.points,
            _ => Points::ZERO,
        })
    }

    fn programme(&self, version: ProgrammeVersion) -> Result<Option<Programme>, Infallible> {
        let key = i64::from(version.0);
        Ok(match self.rows.get(&(RowKind::Programme, key)) {
            Some(Row::Programme(programme)) => Some(programme.clone()),
            _ => None,
        })
    }

    fn voucher(&self, id: VoucherId) -> Result<Option<Voucher>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Voucher, id.get())) {
            Some(Row::Voucher(voucher)) => Some(voucher.clone()),
            _ => None,
        })
    }

    fn voucher_with(&self, number: &VoucherNumber) -> Result<Option<VoucherId>, Infallible> {
        let found = self.vouchers().into_iter();
        let mut found = found.filter(|one| one.number.as_ref() == Some(number));
        Ok(found.next().map(|one| one.id))
    }

    fn moves(&self, id: PurchaseId) -> Result<Vec<Moved>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Moved(moved) if moved.purchase == Some(id) => Some(*moved),
            _ => None,
        }))
    }

    fn is_erased(&self, id: CustomerId) -> Result<bool, Infallible> {
        Ok(self.rows.contains_key(&(RowKind::Erasure, id.get())))
    }

    fn requested(&self, mark: RequestMark) -> Result<Option<OpId>, Infallible> {
        Ok(self.requests.get(&mark).copied())
    }

    fn operator(&self, id: OperatorId) -> Result<Option<Operator>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Operator, i64::from(id.0))) {
            Some(Row::Operator(operator)) => Some(operator.clone()),
            _ => None,
        })
    }

    fn role(&self, id: RoleId) -> Result<Option<Role>, Infallible> {
        let roles = self.all(|row| match row {
            Row::Role(role) if role.id == id => Some(role.clone()),
            _ => None,
        });
        Ok(roles.into_iter().next_back())
    }

    fn device(&self, no: DeviceNo) -> Result<Option<Device>, Infallible> {
        Ok(
            match self.rows.get(&(RowKind::Device, i64::from(no.get()))) {
                Some(Row::Device(device)) => Some(device.clone()),
                _ => None,
            },
        )
    }

    fn devices(&self) -> Result<Vec<Device>, Infallible> {
        Ok(self.all(|row| match row {
            Row::Device(device) => Some(device.clone()),
            _ => None,
        }))
    }

    fn business(&self) -> Result<Option<Business>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Business, 0)) {
            Some(Row::Business(business)) => Some(business.clone()),
            _ => None,
        })
    }

    fn inbox(&self, id: EntryId) -> Result<Option<Inbox>, Infallible> {
        Ok(match self.rows.get(&(RowKind::Inbox, id.get())) {
            Some(Row::Inbox(item)) => Some(*item),
            _ => None,
        })
    }

    fn expiries(&self, id: CustomerId) -> Result<Vec<Entry>, Infallible> {
        let of =
            |e: &Entry| e.customer == id && matches!(e.kind, EntryKind::Expire | EntryKind::Revive);
        Ok(self.ledger().into_iter().filter(of).collect())
    }

    fn has_referrals(&self) -> Result<bool, Infallible> {
        Ok(!self.referrals().is_empty())
    }

    fn brought(&self, id: EntryId) -> Result<Option<Brought>, Infallible> {
        let mut all = self.referrals().into_iter();
        Ok(all.find(|one| one.id == id))
    }

    fn brought_of(&self, friend: CustomerId) -> Result<Vec<Brought>, Infallible> {
        let mut all = self.referrals();
        all.retain(|one| one.friend == friend);
        Ok(all)
    }

    fn brought_by(&self, referrer: CustomerId) -> Result<Vec<Brought>, Infallible> {
        let mut all = self.referrals();
        all.retain(|one| one.referrer == referrer);
        Ok(all)
    }

    fn bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, Infallible> {
        let mut found = self.all(|row| match row {
            Row::Purchase(purchase) if purchase.earner() == Some(customer) => {
                let day = purchase.at.date;
                let within = day >= from && to.is_none_or(|to| day <= to);
                within.then_some((day, purchase.id))
            }
            _ => None,
        });
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn redeemed_by(&self, operator: OperatorId, date: Date) -> Result<Points, Infallible> {
        let own = |purchase: &Purchase| purchase.operator == operator && purchase.at.date == date;
        let receipts = self.all(|row| match row {
            Row::Purchase(purchase) if own(purchase) => Some(purchase.id),
            _ => None,
        });
        let taken = self.ledger().into_iter().filter(|entry| {
            entry.kind == EntryKind::Redeem && entry.purchase.is_some_and(|p| receipts.contains(&p))
        });
        Ok(Points(
            -taken.map(|entry| entry.effect().points.0).sum::<i64>(),
        ))
    }
}
