//! Steps about people: what they are called, their cards, and erasing them.
//!
//! `ann calls Anna`, `card 1234567890 to ann`, `erase ann`; each answers with what the shop then shows.

use kartka_domain::authority::Book as _;
use kartka_domain::card::CardNumber;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::ids::DeviceNo;
use kartka_domain::op::Fact;
use kartka_domain::row::{EdgeState, Row};

use super::super::noon;
use super::{Story, listed};

impl Story {
    /// Says who of them is erased, in the order of their ids.
    pub(super) fn erase(&mut self, name: &str) -> String {
        let customer = self.person(name);
        let (at, facts) = (noon(self.today), vec![Fact::Erase(customer)]);
        let op = self.shop.op(self.device(), at, facts);
        let decided = self.shop.order(&op);
        let erased = decided.iter().filter_map(|decided| match &decided.row {
            Row::Erasure(erasure) => Some(self.name(erasure.customer)),
            _ => None,
        });
        listed(erased)
    }

    /// What everybody is called, by the rows.
    pub(super) fn names(&self) -> String {
        let called = self.shop.all(|row| match row {
            Row::Customer(customer) => customer.display_name(),
            _ => None,
        });
        listed(called.into_iter())
    }

    pub(super) fn bind(&mut self, number: &str, name: &str) -> String {
        let customer = self.person(name);
        let card = CardNumber::parse_typed(number).unwrap();
        let before = self.shop.merges().len();
        let op = self.shop.op(
            DeviceNo::FOUNDER,
            noon(self.today),
            vec![Fact::Bind { card, customer }],
        );
        let decided = self.shop.order(&op);
        let Ok(card) = self.shop.card(card);
        let holder = self.name(card.unwrap().customer).to_owned();
        let merged = self.shop.merges().len() > before;
        let asked = decided.iter().any(|d| matches!(d.row, Row::Inbox(_)));
        match (merged, asked) {
            (_, true) => format!("asked about {holder}"),
            (true, _) => format!("one person with {holder}"),
            _ => format!("{holder}'s"),
        }
    }

    /// Two are one person, says the owner: says who is now.
    pub(super) fn join(&mut self, one: &str, other: &str) -> String {
        let (a, b) = (self.person(one), self.person(other));
        self.decide(Fact::Merge { a, b })
    }

    /// They are not: the edge between just these two is switched off.
    pub(super) fn part(&mut self, one: &str, other: &str) -> String {
        let (a, b) = (self.person(one), self.person(other));
        let both = (a.min(b), a.max(b));
        let all = self.shop.merges();
        let between = all.iter().rev().find(|edge| (edge.a, edge.b) == both);
        match between.map(|edge| edge.id) {
            Some(edge) => self.decide(Fact::Unmerge { edge, of: a }),
            None => String::from("no edge"),
        }
    }

    fn decide(&mut self, fact: Fact) -> String {
        let op = self.shop.op(self.device(), noon(self.today), vec![fact]);
        let decided = self.shop.order(&op);
        let said = decided.iter().filter_map(|d| match &d.row {
            Row::Merge(edge) if edge.state == EdgeState::On => Some("one person"),
            Row::Merge(edge) if edge.undone_by.is_some() => Some("two again"),
            Row::Merge(_) => Some("stay apart"),
            Row::Inbox(_) => Some("asked"),
            _ => None,
        });
        listed(said)
    }

    pub(super) fn call(&mut self, name: &str, given: &str) -> String {
        let customer = self.person(name);
        let at = noon(self.today);
        let mut op = self
            .shop
            .op(DeviceNo::FOUNDER, at, vec![Fact::Edit(customer)]);
        let called = ProfileGroup::Name {
            given: given.to_owned(),
            family: String::new(),
        };
        op.personal.push((0, vec![called]));
        self.shop.order(&op);
        let Ok(customer) = self.shop.customer(customer);
        customer.and_then(|c| c.display_name()).unwrap_or_default()
    }
}
