//! Days in the life of a generated shop; each op is checked by `invariants`.

use chrono::Days;
use kartka_domain::authority::{
    Author, Before, Book, Decided, Echo, Standing, after, as_claimed, decide, expiry,
};
use kartka_domain::business::{Device, DeviceState};
use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::{CustomerId, DeviceNo, OperatorId, ProgrammeVersion, PurchaseId, Seq};
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{
    Line, Quantity, ReturnKind, ReturnedLine, VoidReason, returned_so_far,
};
use kartka_domain::quote::{
    Paper, Question, Quote, QuoteError, RewardTaken, Tender, attached, quote,
};
use kartka_domain::redeem::CashStep;
use kartka_domain::refund::everything_left;
use kartka_domain::row::{EdgeState, Row, RowKind};

use crate::acts::{Act, All, Knows, STAMPS, programme};
use crate::support::scenario::{budgets, refunded};
use crate::support::words::plain_stamps;
use crate::support::{Shop, noon};

const REWARD: RewardTaken = RewardTaken {
    instrument: STAMPS,
    reward: 0,
};

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
    pub(crate) fn new(terms: All) -> Self {
        let today = "2028-01-20".parse().unwrap();
        let mut shop = Shop::default();
        let phone = Fact::Device(Device {
            no: Self::owners(),
            name: String::new(),
            public_key: [2; 33],
            slot: None,
            former: None,
            holder: OperatorId(1),
            state: DeviceState::Active,
        });
        let opening = vec![Fact::Programme(programme(1, terms)), phone];
        shop.own(noon(today), opening);
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

    pub(crate) fn op_of(&mut self, act: &Act) -> Option<Op> {
        let facts = match act {
            Act::Buy {
                who,
                lines,
                spend,
                knows,
            } => {
                let customer = self.people.get(*who).copied();
                let answer = self.quote(customer, lines, *spend, *knows)?;
                let facts = answer.into_facts(Tender::Cash, Paper::default()).unwrap();
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
            Act::Join { who, with } => {
                let (a, b) = (self.people[*who], self.people[*with]);
                return Some(self.decided(Fact::Merge { a, b }));
            }
            Act::Part { who } => {
                let of = self.people[*who];
                let Ok(edges) = self.shop.edges(of);
                let edge = edges
                    .iter()
                    .rev()
                    .find(|edge| edge.state == EdgeState::On)?;
                return Some(self.decided(Fact::Unmerge { edge: edge.id, of }));
            }
            Act::Publish(_) | Act::Wait(_) | Act::Sweep => return None,
        };
        Some(self.make(facts))
    }

    /// The phone of somebody who may decide about the business.
    pub(crate) fn owners() -> DeviceNo {
        DeviceNo::new(7).unwrap()
    }

    fn decided(&mut self, fact: Fact) -> Op {
        let at = noon(self.today);
        self.shop.op(Self::owners(), at, vec![fact])
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
        let spent = budgets(known, &programme);
        let mut ask = Question {
            spent: &spent,
            customer: position.as_ref().map(|(id, position)| (*id, position)),
            cash: CashStep(Money(100)),
            ..Question::plain(&lines, &programme, noon(self.today))
        };
        let free = match quote(&ask) {
            Err(QuoteError::Receipt(_)) => return None,
            answer => answer.unwrap(),
        };
        let Ok(allowed) = free.redeemable else {
            return Some(free);
        };
        let stamps = position.as_ref().and_then(|p| p.1.stamps.get(&STAMPS));
        if spend % 3 == 1 && stamps.is_some_and(|s| *s >= plain_stamps().size()) {
            ask.rewards = &[REWARD];
        }
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
        let part = |(place, part): (usize, &ReturnedLine)| {
            let wanted = i128::from(part.quantity.0) * i128::from(parts[place % parts.len()]);
            let quantity = i64::try_from(wanted / 100).unwrap_or(i64::MAX);
            ReturnedLine {
                quantity: Quantity(quantity),
                ..*part
            }
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
        let person = self.old.person(customer);
        let Ok(returns) = self.known(knows).returns(purchase);
        let Ok(programme) = self.shop.programme(found.programme);
        let spent = budgets(self.known(knows), programme.as_ref()?);
        let ask = Question {
            spent: &spent,
            customer: Some((customer, &person)),
            ..Question::plain(&found.lines, programme.as_ref()?, found.at)
        };
        let back = returned_so_far(&found, &returns).ok()?;
        let claims = attached(&ask, &back).ok()?.claims;
        let fact = Fact::Attach {
            purchase,
            customer,
            read: None,
        };
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
        let programme = self.shop.programme_now().unwrap();
        let Ok(before) = Before::read(&self.shop, op, &programme);
        let decided = self.shop.order(op);
        assert_eq!(rows(&again), rows(&decided), "decide is a function");
        let plain = as_claimed(op);
        for Decided { row, echo } in decided.iter().filter(|d| d.row.kind().is_fact()) {
            if *echo == Echo::AsClaimed {
                assert!(plain.contains(row), "the author can't make {}", show(row));
            }
        }
        self.no_debt_beside_points(&decided);
        self.follow(op, &before, &decided);
        decided
    }

    /// What the authority claims by itself.
    fn follow(&mut self, op: &Op, before: &Before, decided: &[Decided]) {
        let programme = self.shop.programme_now().unwrap();
        let Ok(claims) = after(&self.shop, (op, decided), before, &programme, self.today);
        self.post(claims);
    }

    pub(crate) fn sweep(&mut self) {
        let claims = self.ended();
        self.post(claims);
        assert_eq!(self.ended(), Vec::new(), "a second sweep finds nothing");
    }

    fn ended(&self) -> Vec<Claim> {
        let programme = self.shop.programme_now().unwrap();
        let people = self.shop.people().into_iter();
        people
            .flat_map(|members| expiry::sweep_person(&members, &programme, self.today).unwrap())
            .collect()
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
