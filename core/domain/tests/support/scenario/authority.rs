//! What the authority does by itself: after an op, and once a day.

use kartka_domain::authority::{Before, Decided, after, expiry, standing};
use kartka_domain::ledger::{About, EntryKind};
use kartka_domain::moment::Date;
use kartka_domain::op::{Claim, Fact, Op};

use super::super::noon;
use super::{Story, verdicts};

impl Story {
    /// What the authority does by itself after an op.
    pub(super) fn late(&mut self, op: &Op, before: &Before, decided: &[Decided]) -> String {
        let programme = self.shop.programme_now().unwrap();
        let today = self.posted();
        let Ok(claims) = after(&self.shop, (op, decided), before, &programme, today);
        let mut said = String::new();
        for (kind, word) in [
            (EntryKind::Expire, "expired"),
            (EntryKind::Revive, "revived"),
            (EntryKind::Cleared, "cleared"),
        ] {
            let of_kind = claims.iter().filter(|c| c.kind == kind);
            let sum: i64 = of_kind.map(|c| c.effect.points.0.abs()).sum();
            if sum > 0 {
                said.push_str(&format!(", {word} {sum}"));
            }
        }
        for claim in &claims {
            if let About::Level(level) = claim.about {
                said.push_str(&format!(", level {level}"));
            }
        }
        if claims.is_empty() {
            return said;
        }
        let facts = claims.into_iter().map(Fact::Claim).collect();
        let decided = self.shop.own(noon(self.posted()), facts);
        format!("{said}{}", verdicts(&decided))
    }

    /// Whoever an op is about, before it.
    pub(super) fn before(&self, op: &Op) -> Before {
        let programme = self.shop.programme_now().unwrap();
        let Ok(before) = Before::read(&self.shop, op, &programme);
        before
    }

    /// The authority's own day: that of the last sweep, if that is later.
    pub(super) fn posted(&self) -> Date {
        let swept = self.shop.ledger().into_iter();
        let days = swept
            .filter(|e| e.kind == EntryKind::Expire)
            .map(|e| e.date);
        days.max().unwrap_or(self.today).max(self.today)
    }

    pub(super) fn sweep(&mut self) -> String {
        let programme = self.shop.programme_now().unwrap();
        let people = self.shop.people().into_iter();
        let claims: Vec<Claim> = people
            .flat_map(|members| expiry::sweep_person(&members, &programme, self.today).unwrap())
            .collect();
        let said = claims.iter().map(|claim| {
            let points = claim.effect.points.0;
            format!("{} {points}", self.name(claim.customer))
        });
        let said = said.collect::<Vec<_>>().join(", ");
        if claims.is_empty() {
            return "nothing".to_owned();
        }
        let facts = claims.into_iter().map(Fact::Claim).collect();
        let decided = self.shop.own(noon(self.today), facts);
        format!("{said}{}", verdicts(&decided))
    }

    /// What the daily evaluation of levels comes to.
    pub(super) fn evaluate(&mut self) -> String {
        let programme = self.shop.programme_now().unwrap();
        let (mut facts, mut said) = (Vec::new(), Vec::new());
        let told = |claim: &Claim| match claim.about {
            About::Level(level) => level,
            _ => panic!("an evaluation claims levels"),
        };
        for members in self.shop.people() {
            let moves = standing::evaluate(&members, &programme, self.today).unwrap();
            let name = |claim: &Claim| self.name(claim.customer);
            let moved = moves.claims.iter();
            said.extend(moved.map(|c| format!("{} {}", name(c), told(c))));
            let asked = moves.asked.iter();
            said.extend(asked.map(|c| format!("asked: {} {}", name(c), told(c))));
            facts.extend(moves.into_facts());
        }
        if facts.is_empty() {
            return "nothing".to_owned();
        }
        self.shop.own(noon(self.today), facts);
        said.join(", ")
    }
}
