//! Days in the life of a generated shop, and what must hold after each of its ops.

use std::collections::BTreeMap;

use chrono::Days;
use kartka_domain::authority::{Author, Book, Decided, Echo, Standing, as_claimed, decide, expiry};
use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{CustomerId, DeviceNo, InstrumentId, ProgrammeVersion, PurchaseId, Seq};
use kartka_domain::ledger::{Effect, Entry, EntryKind};
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points, Rounding};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::position::{BUCKETS_MAX, Wallet};
use kartka_domain::programme::{
    BonusCard, EarnBase, Expiry, Instrument, Programme, StampCard, StampFor, Terms,
};
use kartka_domain::purchase::{
    Line, Quantity, ReturnKind, ReturnedLine, VoidReason, returned_so_far,
};
use kartka_domain::quote::{Question, Quote, QuoteError, Tender, quote};
use kartka_domain::redeem::{CashStep, Connectivity};
use kartka_domain::refund::everything_left;
use kartka_domain::row::{EdgeState, Row, RowKind};
use proptest::prelude::*;

use crate::reference::{Balances, Record, balances};
use crate::support::scenario::refunded;
use crate::support::words::{plain_bonus, plain_stamps};
use crate::support::{Shop, noon};

pub(crate) const BONUS: InstrumentId = InstrumentId(1);
pub(crate) const STAMPS: InstrumentId = InstrumentId(2);

/// Whether the counter knows what happened since the phone was last online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knows {
    Everything,
    /// The state a few ops ago.
    OldNews,
}

/// One thing that happens in the shop; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Buy {
        who: usize,
        lines: Vec<(i64, i64)>,
        /// Part of what may be spent, in percent.
        spend: i64,
        knows: Knows,
    },
    Back {
        receipt: usize,
        /// Quantity per line, in percent of what is left.
        parts: Vec<i64>,
        knows: Knows,
    },
    Void {
        receipt: usize,
        knows: Knows,
    },
    Attach {
        receipt: usize,
        who: usize,
        knows: Knows,
    },
    Bind {
        card: usize,
        who: usize,
    },
    Call {
        who: usize,
    },
    Publish(Programme),
    Wait(u64),
    Sweep,
}

/// The terms of both instruments.
pub(crate) type Both = (BonusCard, StampCard);

pub(crate) fn terms() -> impl Strategy<Value = Both> {
    let rounding = prop_oneof![
        Just(Rounding::Down),
        Just(Rounding::HalfUp),
        Just(Rounding::Up)
    ];
    let expiry = prop_oneof![Just(Expiry::Never), (1_u16..4).prop_map(Expiry::Months)];
    let base = prop_oneof![
        Just(EarnBase::AfterDiscounts),
        Just(EarnBase::BeforeDiscounts)
    ];
    let per = prop_oneof![
        Just(StampFor::Visit),
        (1_i64..3_000).prop_map(|m| StampFor::Amount(Money(m)))
    ];
    let numbers = (0_u16..3_000, 1_i64..12, 0_u16..20, 1_i64..9, 0_u16..=100);
    (rounding, expiry, base, per, numbers).prop_map(|(rounding, expiry, base, per, numbers)| {
        let (rate, worth, pending_days, step, share) = numbers;
        let mut bonus = BonusCard {
            rate,
            point_value: Money(worth),
            rounding,
            base,
            pending_days,
            expiry,
            ..plain_bonus()
        };
        bonus.redeem.step = Points(step);
        bonus.redeem.max_share = share * 100;
        (
            bonus,
            StampCard {
                per,
                ..plain_stamps()
            },
        )
    })
}

pub(crate) fn programme(version: u32, (bonus, stamps): (BonusCard, StampCard)) -> Programme {
    let instrument = |id, terms| Instrument {
        id,
        name: "x".to_owned(),
        terms,
    };
    let both = vec![
        instrument(BONUS, Terms::Bonus(bonus)),
        instrument(STAMPS, Terms::Stamps(stamps)),
    ];
    Programme::publish(ProgrammeVersion(version), both).unwrap()
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let knows = || prop_oneof![3 => Just(Knows::Everything), 1 => Just(Knows::OldNews)];
    let lines = proptest::collection::vec((0_i64..20_000, 1_i64..5_000), 1..4);
    let parts = proptest::collection::vec(prop_oneof![Just(100_i64), -10_i64..140], 1..4);
    prop_oneof![
        8 => (0_usize..6, lines, 0_i64..=110, knows()).prop_map(|(who, lines, spend, knows)| {
            Act::Buy { who, lines, spend, knows }
        }),
        5 => (0_usize..9, parts, knows())
            .prop_map(|(receipt, parts, knows)| Act::Back { receipt, parts, knows }),
        1 => (0_usize..9, knows()).prop_map(|(receipt, knows)| Act::Void { receipt, knows }),
        1 => (0_usize..9, 0_usize..5, knows())
            .prop_map(|(receipt, who, knows)| Act::Attach { receipt, who, knows }),
        1 => (0_usize..3, 0_usize..5).prop_map(|(card, who)| Act::Bind { card, who }),
        1 => (0_usize..5).prop_map(|who| Act::Call { who }),
        1 => terms().prop_map(|terms| Act::Publish(programme(1, terms))),
        2 => (1_u64..40).prop_map(Act::Wait),
        1 => Just(Act::Sweep),
    ]
}

/// A shop with five customers that acts happen to.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) shop: Shop,
    /// The shop as it was a few ops ago.
    old: Shop,
    age: usize,
    pub(crate) today: Date,
    pub(crate) people: Vec<CustomerId>,
    pub(crate) receipts: Vec<PurchaseId>,
    versions: u32,
}

impl World {
    pub(crate) fn new(terms: (BonusCard, StampCard)) -> Self {
        let today = "2028-01-20".parse().unwrap();
        let mut shop = Shop::default();
        shop.own(noon(today), vec![Fact::Programme(programme(1, terms))]);
        let people = (0..5)
            .map(|_| shop.register(noon(today), Vec::new()))
            .collect();
        Self {
            old: shop.clone(),
            age: 0,
            shop,
            today,
            people,
            receipts: Vec::new(),
            versions: 1,
        }
    }

    pub(crate) fn phone() -> DeviceNo {
        DeviceNo::new(2).unwrap()
    }

    /// Plays one act and checks every law that an op must leave intact.
    pub(crate) fn play(&mut self, act: &Act) {
        match act {
            Act::Wait(days) => self.today = self.today + Days::new(*days),
            Act::Sweep => self.sweep(),
            Act::Publish(draft) => {
                self.versions += 1;
                let instruments = draft.instruments().to_vec();
                let next = ProgrammeVersion(self.versions);
                let programme = Programme::publish(next, instruments).unwrap();
                self.shop
                    .own(noon(self.today), vec![Fact::Programme(programme)]);
            }
            _ => {
                if let Some(op) = self.op_of(act) {
                    self.order(&op);
                }
            }
        }
        self.check();
        self.age += 1;
        if self.age.is_multiple_of(4) {
            self.old = self.shop.clone();
        }
    }

    fn op_of(&mut self, act: &Act) -> Option<Op> {
        let facts = match act {
            Act::Buy {
                who,
                lines,
                spend,
                knows,
            } => {
                let customer = self.people.get(*who).copied();
                let answer = self.quote(customer, lines, *spend, *knows)?;
                let facts = answer.into_facts(Tender::Cash, None).unwrap();
                let op = self.make(facts);
                self.receipts.push(PurchaseId(op.id.0));
                return Some(op);
            }
            Act::Back {
                receipt,
                parts,
                knows,
            } => self.back(*receipt, ReturnKind::Goods, parts, *knows)?,
            Act::Void { receipt, knows } => {
                self.back(*receipt, ReturnKind::Void(VoidReason::Undo), &[100], *knows)?
            }
            Act::Attach {
                receipt,
                who,
                knows,
            } => self.attach(*receipt, self.people[*who], *knows)?,
            Act::Bind { card, who } => {
                let numbers = ["3252170040", "5573872832", "1689276796"];
                let card = CardNumber::parse_typed(numbers[*card]).unwrap();
                let customer = self.people[*who];
                vec![Fact::Bind { card, customer }]
            }
            Act::Call { who } => {
                let mut op = self.make(vec![Fact::Edit(self.people[*who])]);
                let called = ProfileGroup::Note("x".to_owned());
                op.personal.push((0, vec![called]));
                return Some(op);
            }
            Act::Publish(_) | Act::Wait(_) | Act::Sweep => return None,
        };
        Some(self.make(facts))
    }

    pub(crate) fn make(&mut self, facts: Vec<Fact>) -> Op {
        self.shop.op(Self::phone(), noon(self.today), facts)
    }

    fn known(&self, knows: Knows) -> &Shop {
        match knows {
            Knows::Everything => &self.shop,
            Knows::OldNews => &self.old,
        }
    }

    pub(crate) fn quote(
        &self,
        customer: Option<CustomerId>,
        lines: &[(i64, i64)],
        spend: i64,
        knows: Knows,
    ) -> Option<Quote> {
        let line = |(gross, quantity): &(i64, i64)| Line {
            quantity: Quantity(*quantity),
            ..Line::amount(Money(*gross))
        };
        let lines: Vec<Line> = lines.iter().map(line).collect();
        let known = self.known(knows);
        let position = customer.map(|id| (id, known.person(id)));
        let programme = self.shop.programme_now().unwrap();
        let mut ask = Question {
            lines: &lines,
            customer: position.as_ref().map(|(id, position)| (*id, position)),
            programme: &programme,
            at: noon(self.today),
            reach: Connectivity::Authority,
            spend: Points::ZERO,
            rewards: &[],
            cash: CashStep(Money(100)),
        };
        let free = match quote(&ask) {
            Err(QuoteError::Receipt(_)) => return None,
            answer => answer.unwrap(),
        };
        let Ok(allowed) = free.redeemable else {
            return Some(free);
        };
        let steps = allowed.most.0 / allowed.step.0 * spend / 100;
        ask.spend = Points(steps * allowed.step.0);
        match quote(&ask) {
            Ok(answer) => {
                assert!(ask.spend <= allowed.most, "a redemption above policy");
                Some(answer)
            }
            Err(QuoteError::Refused(_)) if spend > 100 || ask.spend < allowed.least => Some(free),
            Err(error) => panic!("{error}: {ask:?} {allowed:?}"),
        }
    }

    fn back(
        &self,
        receipt: usize,
        kind: ReturnKind,
        parts: &[i64],
        knows: Knows,
    ) -> Option<Vec<Fact>> {
        let id = *self.receipts.get(receipt)?;
        let known = self.known(knows);
        let Ok(purchase) = known.purchase(id);
        let purchase = purchase.filter(|p| p.refused.is_none())?;
        let Ok(terms) = known.programme(purchase.programme);
        terms?;
        let Ok(returns) = known.returns(id);
        let left = everything_left(&purchase, &returns).unwrap();
        let part = |(place, part): (usize, &ReturnedLine)| ReturnedLine {
            quantity: Quantity(part.quantity.0 * parts[place % parts.len()] / 100),
            ..*part
        };
        let lines: Vec<ReturnedLine> = left.iter().enumerate().map(part).collect();
        let claims = refunded(known, id, &lines).claims;
        let back = Fact::Return {
            purchase: id,
            kind,
            lines,
        };
        let claims = claims.into_iter().map(|(claim, _)| Fact::Claim(claim));
        Some(std::iter::once(back).chain(claims).collect())
    }

    fn attach(&self, receipt: usize, customer: CustomerId, knows: Knows) -> Option<Vec<Fact>> {
        let purchase = *self.receipts.get(receipt)?;
        let Ok(found) = self.known(knows).purchase(purchase);
        let found = found?;
        let lines: Vec<(i64, i64)> = found
            .lines
            .iter()
            .map(|line| (line.gross.0, line.quantity.0))
            .collect();
        let claims = self
            .quote(Some(customer), &lines, 0, Knows::OldNews)?
            .claims;
        let fact = Fact::Attach { purchase, customer };
        Some(
            std::iter::once(fact)
                .chain(claims.into_iter().map(Fact::Claim))
                .collect(),
        )
    }

    /// The authority orders a phone's op.
    pub(crate) fn order(&mut self, op: &Op) -> Vec<Decided> {
        let standing = Standing::Ordered {
            seq: Seq(1),
            corrected: None,
            author: Author::Device,
        };
        let Ok(again) = decide(&self.shop, op, standing);
        let decided = self.shop.order(op);
        assert_eq!(rows(&again), rows(&decided), "decide is a function");
        let plain = as_claimed(op);
        for Decided { row, echo } in decided.iter().filter(|d| d.row.kind().is_fact()) {
            if *echo == Echo::AsClaimed {
                assert!(plain.contains(row), "the author can't make {}", show(row));
            }
        }
        self.no_debt_beside_points(&decided);
        self.bring_back(&decided);
        decided
    }

    fn bring_back(&mut self, decided: &[Decided]) {
        let late: Vec<&Entry> = expiry::late_debits(decided, self.today).collect();
        let programme = self.shop.programme_now().unwrap();
        let past = self.shop.ledger();
        let claims = expiry::revive(&late, &past, &programme, self.today).unwrap();
        self.post(claims);
    }

    pub(crate) fn sweep(&mut self) {
        let positions = self.shop.positions();
        let seen = positions.iter().map(|(id, position)| (*id, position));
        let programme = self.shop.programme_now().unwrap();
        let claims = expiry::sweep(seen, &programme, self.today).unwrap();
        self.post(claims);
        let positions = self.shop.positions();
        let seen = positions.iter().map(|(id, position)| (*id, position));
        let again = expiry::sweep(seen, &programme, self.today).unwrap();
        assert_eq!(again, Vec::new(), "a second sweep finds nothing");
    }

    fn post(&mut self, claims: Vec<Claim>) {
        if claims.is_empty() {
            return;
        }
        let facts = claims.into_iter().map(Fact::Claim).collect();
        let decided = self.shop.own(noon(self.today), facts);
        for decided in &decided {
            if let Row::Entry(entry) = &decided.row {
                assert_eq!(entry.verdict, None, "the authority's own claim stands");
            }
        }
    }

    /// L10: on an op's own day nobody it touched owes something and could still spend.
    fn no_debt_beside_points(&self, decided: &[Decided]) {
        for decided in decided {
            let Row::Entry(entry) = &decided.row else {
                continue;
            };
            let person = self.shop.person(entry.customer);
            for wallet in person.wallets.values().filter(|w| w.debt.is_positive()) {
                let live = wallet
                    .buckets
                    .iter()
                    .filter(|b| b.expires_on.is_none_or(|last| last >= entry.date));
                assert_eq!(live.count(), 0, "a debt beside points to spend: {person:?}");
            }
        }
    }

    pub(crate) fn reference(&self) -> Balances {
        let record = |entry: Entry| Record {
            customer: entry.customer.get(),
            instrument: i64::from(entry.instrument.0),
            kind: entry.kind as i64,
            points: entry.effect().points.0,
            stamps: entry.effect().stamps.0,
        };
        let edges: Vec<(i64, i64)> = self
            .shop
            .merges()
            .into_iter()
            .filter(|edge| edge.state == EdgeState::On)
            .map(|edge| (edge.a.get(), edge.b.get()))
            .collect();
        balances(self.shop.ledger().into_iter().map(record), &edges)
    }

    /// Everything that must hold at any time (V).
    pub(crate) fn check(&self) {
        self.check_balances();
        for id in &self.receipts {
            self.check_receipt(*id);
        }
        for (_, position) in self.shop.positions() {
            position.wallets.values().for_each(check_wallet);
        }
        self.check_counters();
    }

    /// Σ buckets + Σ pending − debt = balance = Σ effects, for every person (the reference's sums).
    fn check_balances(&self) {
        let mut have = BTreeMap::new();
        let customers: Vec<CustomerId> = self.shop.positions().into_iter().map(|p| p.0).collect();
        for customer in customers {
            let named_by = self.shop.group_of(customer)[0].get();
            let person = self.shop.person(customer);
            for &instrument in person.wallets.keys().chain(person.stamps.keys()) {
                let points = person.balance(instrument).unwrap().0;
                let stamps = person.stamps.get(&instrument).map_or(0, |s| s.0);
                let sums = (i128::from(points), i128::from(stamps));
                have.insert((named_by, i64::from(instrument.0)), sums);
            }
        }
        let mut want = self.reference().of_person;
        have.retain(|_, sums| *sums != (0, 0));
        want.retain(|_, sums| *sums != (0, 0));
        assert_eq!(have, want, "balances");
    }

    /// X1, X4, X6: returned ≤ sold, reversed ≤ granted, restored ≤ spent, one void and none after a return.
    fn check_receipt(&self, id: PurchaseId) {
        let Ok(Some(purchase)) = self.shop.purchase(id) else {
            return;
        };
        let (Ok(returns), Ok(entries)) = (self.shop.returns(id), self.shop.entries(id));
        if purchase.refused.is_some() {
            assert!(returns.iter().all(|r| r.effective().is_empty()));
            assert!(entries.iter().all(|e| e.effect() == Effect::NONE));
            return;
        }
        let back = returned_so_far(&purchase, &returns).unwrap();
        let within = |(line, back): (&Line, &Quantity)| (0..=line.quantity.0).contains(&back.0);
        assert!(purchase.lines.iter().zip(&back).all(within), "{returns:?}");
        for instrument in [BONUS, STAMPS] {
            let sum = |kind: EntryKind| -> (i64, i64) {
                let of_kind = entries
                    .iter()
                    .filter(|e| (e.kind, e.instrument) == (kind, instrument));
                of_kind.fold((0, 0), |(points, stamps), e| {
                    let effect = e.effect();
                    (points + effect.points.0, stamps + effect.stamps.0)
                })
            };
            let bounded = |given: (i64, i64), back: (i64, i64)| {
                let one = |given: i64, back: i64| (0..=given.abs()).contains(&back.abs());
                one(given.0, back.0) && one(given.1, back.1)
            };
            let spent = [EntryKind::Redeem, EntryKind::Reward]
                .map(sum)
                .into_iter()
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            assert!(
                bounded(sum(EntryKind::Earn), sum(EntryKind::Reverse)),
                "{entries:?}"
            );
            assert!(bounded(spent, sum(EntryKind::Restore)), "{entries:?}");
        }
        let counts = returns.iter().filter(|r| !r.effective().is_empty());
        let voids = counts.clone().filter(|r| r.kind != ReturnKind::Goods);
        if voids.count() > 0 {
            assert_eq!(counts.count(), 1, "a void is alone: {returns:?}");
        }
    }

    /// Visits and spending are those of the purchases of which something was kept (Q3).
    fn check_counters(&self) {
        let mut want: BTreeMap<CustomerId, (i64, i64)> = BTreeMap::new();
        let purchases = self.shop.all(|row| match row {
            Row::Purchase(purchase) => Some(purchase.clone()),
            _ => None,
        });
        for purchase in purchases.iter().filter(|p| p.refused.is_none()) {
            let Some(earner) = purchase.earner() else {
                continue;
            };
            let Ok(returns) = self.shop.returns(purchase.id);
            let back = returned_so_far(purchase, &returns).unwrap();
            let (visits, spent) = want.entry(earner).or_default();
            let mut kept_something = false;
            for (line, back) in purchase.lines.iter().zip(back) {
                let gross = i128::from(line.gross.0) * i128::from(back.0);
                *spent +=
                    line.gross.0 - i64::try_from(gross / i128::from(line.quantity.0)).unwrap();
                kept_something |= back < line.quantity;
            }
            *visits += i64::from(kept_something);
        }
        for (customer, position) in self.shop.positions() {
            let want = want.remove(&customer).unwrap_or_default();
            assert_eq!((position.visits, position.spent.0), want, "{position:?}");
        }
        assert!(want.values().all(|w| *w == (0, 0)), "{want:?}");
    }
}

/// 0 < remaining, spend order without doubles, debt never below zero, at most 64 buckets.
fn check_wallet(wallet: &Wallet) {
    let order = |last: Option<Date>| (last.is_none(), last);
    let sorted = wallet
        .buckets
        .windows(2)
        .all(|pair| order(pair[0].expires_on) < order(pair[1].expires_on));
    let positive = wallet.buckets.iter().all(|b| b.points.is_positive())
        && wallet.pending.iter().all(|p| p.points.is_positive())
        && wallet.debt.0 >= 0;
    let few = wallet.buckets.len() <= BUCKETS_MAX;
    assert!(sorted && positive && few, "{wallet:?}");
}

/// Rows in a form that can be compared and printed.
pub(crate) fn rows(decided: &[Decided]) -> Vec<String> {
    decided
        .iter()
        .map(|d| format!("{:?} {}", d.echo, show(&d.row)))
        .collect()
}

pub(crate) fn show(row: &Row) -> String {
    match row {
        Row::Position(id, position) => format!("{id:?} {position:?}"),
        Row::Purchase(purchase) => format!("{purchase:?}"),
        Row::Return(back) => format!("{back:?}"),
        Row::Entry(entry) => format!("{entry:?}"),
        Row::Inbox(item) => format!("{item:?}"),
        Row::Merge(merge) => format!("{merge:?}"),
        other => format!("{:?} {}", other.kind(), other.key()),
    }
}

/// Everything but people's data, to compare two shops.
pub(crate) fn state(shop: &Shop) -> Vec<String> {
    shop.rows.values().map(show).collect()
}

/// Positions of all people, by id.
pub(crate) fn accounts(shop: &Shop) -> Vec<String> {
    let positions = shop
        .rows
        .iter()
        .filter(|((kind, _), _)| *kind == RowKind::Position);
    positions.map(|(_, row)| show(row)).collect()
}

/// What the inbox holds.
pub(crate) fn asked(shop: &Shop) -> Vec<Code> {
    shop.all(|row| match row {
        Row::Inbox(item) => Some(item.code),
        _ => None,
    })
}
