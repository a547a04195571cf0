//! Steps about returns whose purchase the phone does not hold (X1).
//!
//! `ann returns 5.00 of A-17 from 2026-03-02` is such a return at the counter, `somebody returns …` one without a card;
//! `away ann buys 20.00 receipt A-17` is a sale on a phone without network, `arrives` when that phone has one again.
//! `unlinked 1 is receipt 2`, `unlinked 1 stands` and `unlinked 1 is refused` are the owner's answers, or those of whoever is
//! at the device of the next ops.

use kartka_domain::authority::{Decided, links, owed};
use kartka_domain::ids::{OutletId, PurchaseId};
use kartka_domain::op::{Fact, Op, ReturnUnlinked, Settlement};
use kartka_domain::purchase::{ReceiptNumber, Return};
use kartka_domain::refund::unlinked::claims;
use kartka_domain::row::{InboxState, Row, Unlinked, UnlinkedState};

use super::super::words::{amount, code, money};
use super::super::{Shop, noon};
use super::{Story, came_back, verdicts};

impl Story {
    /// A return of which only the receipt is known; what it claims first, then what the authority makes of it.
    pub(super) fn return_unlinked(&mut self, name: &str, words: &[&str]) -> String {
        let [sum, "of", receipt, "from", date, how @ ..] = words else {
            panic!("an unlinked return? {words:?}");
        };
        let customer = (name != "somebody").then(|| self.person(name));
        let outlet = match how {
            ["at", outlet] => outlet.parse().unwrap(),
            _ => self.shop.counter.0,
        };
        let back = ReturnUnlinked {
            receipt: ReceiptNumber::new(receipt).unwrap(),
            outlet: OutletId(outlet),
            date: date.parse().unwrap(),
            amount: amount(sum),
            customer,
        };
        let programme = self.shop.programme_now().unwrap();
        let claimed = claims(&programme, &back).unwrap();
        let facts = std::iter::once(Fact::ReturnUnlinked(back));
        let facts = facts.chain(claimed.into_iter().map(Fact::Claim)).collect();
        let op = self.shop.op(self.device(), noon(self.today), facts);
        let (before, people) = (self.shop.clone(), self.before(&op));
        let decided = self.shop.order(&op);
        let then = self.late(&op, &people, &decided);
        let said = format!("{}{then}{}", came_back(&before, &decided), self.linked(&op));
        said.trim_start_matches(", ").to_owned()
    }

    /// What the authority links after an op, and what that owes beyond the claims.
    pub(super) fn linked(&mut self, op: &Op) -> String {
        let Ok(facts) = links(&self.shop, op);
        let each = facts.into_iter().map(|fact| {
            let Fact::SettleReturn {
                how: Settlement::Link(id),
                ..
            } = fact
            else {
                panic!("the authority links or leaves it");
            };
            let before = self.shop.clone();
            let decided = self.shop.own(noon(self.posted()), vec![fact]);
            let owed = self.owed_for(id);
            format!(", linked: {}{owed}", settled(&before, &decided))
        });
        each.collect()
    }

    /// What the returns of a purchase lead to beyond the claims of their authors.
    pub(super) fn owed_for(&mut self, id: PurchaseId) -> String {
        let Ok(facts) = owed(&self.shop, id);
        if facts.is_empty() {
            return String::new();
        }
        let facts = std::iter::once(Fact::Owed(id)).chain(facts).collect();
        let before = self.shop.clone();
        let decided = self.shop.own(noon(self.today), facts);
        format!(", owed {}", came_back(&before, &decided))
    }

    /// The owner's answer about the unlinked return of this number.
    pub(super) fn judge(&mut self, number: &str, what: &[&str]) -> String {
        let all = self.unlinked();
        let row = &all[number.parse::<usize>().unwrap() - 1];
        let how = match what {
            [] => return self.said_of(row),
            ["stands"] => Settlement::Accept,
            ["is", "refused"] => Settlement::Refuse,
            ["is", "receipt", number] => {
                Settlement::Link(self.receipts[number.parse::<usize>().unwrap() - 1])
            }
            _ => panic!("an answer? {what:?}"),
        };
        let fact = Fact::SettleReturn { of: row.id, how };
        let (before, at) = (self.shop.clone(), noon(self.today));
        let decided = if self.device == 0 {
            self.shop.own(at, vec![fact])
        } else {
            let op = self.shop.op(self.device(), at, vec![fact]);
            self.shop.order(&op)
        };
        let owed = match how {
            Settlement::Link(id) => self.owed_for(id),
            Settlement::Accept | Settlement::Refuse => String::new(),
        };
        format!("{}{owed}", settled(&before, &decided))
    }

    fn unlinked(&self) -> Vec<Unlinked> {
        self.shop.all(|row| match row {
            Row::Unlinked(unlinked) => Some(unlinked.clone()),
            _ => None,
        })
    }

    fn said_of(&self, row: &Unlinked) -> String {
        let amount = money(row.back.amount);
        match row.state {
            UnlinkedState::Waits => format!("{amount} to be settled"),
            UnlinkedState::Linked(id) => {
                let at = self.receipts.iter().position(|known| *known == id);
                format!("{amount} of receipt {}", at.map_or(0, |at| at + 1))
            }
            UnlinkedState::Accepted => format!("{amount} accepted"),
            UnlinkedState::Refused(why) => format!("{amount} refused {}", code(why)),
        }
    }

    /// The ops of phones that were away come in, in the order in which they were made.
    pub(super) fn arrive(&mut self) -> String {
        let ops = std::mem::take(&mut self.away);
        let each = ops.into_iter().map(|op| {
            let people = self.before(&op);
            let decided = self.shop.order(&op);
            let late = self.late(&op, &people, &decided);
            format!("{}{late}{}", verdicts(&decided), self.linked(&op))
        });
        let said: String = each.collect();
        said.trim_start_matches(", ").to_owned()
    }
}

/// What an answer moved, goods first.
fn settled(before: &Shop, decided: &[Decided]) -> String {
    let goods = decided.iter().find_map(|decided| match &decided.row {
        Row::Return(Return { claimed, .. }) => {
            let lines = claimed.iter();
            let each = lines.map(|part| format!("{}*{}", part.line + 1, part.quantity.0));
            Some(each.collect::<Vec<_>>().join(" "))
        }
        _ => None,
    });
    let open = decided.iter().any(|decided| match &decided.row {
        Row::Inbox(item) => item.state == InboxState::Open,
        _ => false,
    });
    let parts = [
        goods.map(|goods| format!("goods {goods}")),
        Some(came_back(before, decided)).filter(|said| !said.is_empty()),
        open.then(|| "asked".to_owned()),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    if said.is_empty() {
        return "nothing".to_owned();
    }
    said.join(" ")
}
