//! The step about what a customer may spend.

use kartka_domain::money::Money;
use kartka_domain::redeem::{CashStep, ToPay, redeemable};

use super::super::noon;
use super::super::words::{amount, code, reach};
use super::Story;

impl Story {
    pub(super) fn may_use(&mut self, name: &str, total: &str, how: &[&str]) -> String {
        let customer = self.person(name);
        let person = self.shop.person(customer);
        let programme = self.shop.programme_now().unwrap();
        let (id, card) = programme.bonus().unwrap();
        let at = noon(self.today);
        let sure = person.spendable(id, card, self.today).unwrap();
        let reach = reach(how, sure, person.held);
        let (to_pay, cash) = (ToPay::all(amount(total)), CashStep(Money(100)));
        match redeemable(&person, (id, card), to_pay, reach, at, cash).unwrap() {
            Err(why) => format!("nothing: {}", code(why)),
            Ok(may) => {
                let round = may
                    .round_cash
                    .map_or(String::new(), |points| format!(", round {}", points.0));
                let by = if may.step.0 == 1 {
                    String::new()
                } else {
                    format!(" by {}", may.step.0)
                };
                let range = format!("{}–{}{by}", may.least.0, may.most.0);
                format!("{range}{round}, {}", code(may.limit))
            }
        }
    }
}
