//! Steps about what is put right after a sale: corrections by hand, and what returns owe for an attached customer.
//!
//! `adjust ann +100 mistake`, `adjust ann -2 stamps gift`: by the operator at the counter; its answer is what was
//! decided.

use kartka_domain::adjust::{AdjustReason, Amount, claim};
use kartka_domain::ids::InstrumentId;
use kartka_domain::money::{Points, Stamps};
use kartka_domain::op::{Fact, Op};

use super::super::noon;
use super::super::words::code;
use super::{Story, came_back};

impl Story {
    pub(super) fn adjust(&mut self, words: &[&str]) -> String {
        let number: i64 = words[1].parse().unwrap();
        let (amount, instrument) = if words.contains(&"stamps") {
            (Amount::Stamps(Stamps(number)), 2)
        } else {
            (Amount::Points(Points(number)), 1)
        };
        let reason = match words.last().copied() {
            Some("mistake") => AdjustReason::Mistake,
            Some("gift") => AdjustReason::Gift,
            other => panic!("unknown reason: {other:?}"),
        };
        let whose = (self.person(words[0]), InstrumentId(instrument));
        let programme = self.shop.programme_now().unwrap();
        let claim = match claim(&programme, whose, (amount, reason), self.today) {
            Ok(claim) => claim,
            Err(why) => return format!("refused {}", code(why)),
        };
        let facts = vec![Fact::Claim(claim)];
        let op = self.shop.op(self.device(), noon(self.today), facts);
        let before = self.shop.clone();
        came_back(&before, &self.shop.order(&op))
    }

    /// What the authority takes after a return by a phone that did not know of the attached customer.
    pub(super) fn owed(&mut self, op: &Op) -> String {
        let mut said = String::new();
        for fact in &op.facts {
            let Fact::Return { purchase, .. } = fact else {
                continue;
            };
            said.push_str(&self.owed_for(*purchase));
        }
        said
    }
}
