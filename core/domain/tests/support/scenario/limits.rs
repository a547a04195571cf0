//! Steps about the owner's limits on earning.
//!
//! `limits day=2:refuse gap=10:flag own=flag typed=refuse attach=1` sets all of them; `staff 6 is ann` says which customer a
//! member of staff is. A purchase may say `typed`, `scanned`, `fiscal REGISTER:NUMBER`, or `pin` where
//! one was typed.

use kartka_domain::authority::has_earned;
use kartka_domain::business::{Business, Lifetimes, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::{BusinessId, CustomerId, OperatorId};
use kartka_domain::limits::{CardRead, EarnLimits, Occasion, Then};
use kartka_domain::money::Currency;
use kartka_domain::op::Fact;
use kartka_domain::purchase::{Fiscal, PointsAs, ReceiptNumber};
use kartka_domain::quote::Paper;
use kartka_domain::redeem::Confirmation;

use super::super::words::code;
use super::super::{Book, Shop, noon};
use super::Story;

impl Story {
    pub(super) fn limit(&mut self, terms: &[&str]) -> String {
        let mut earning = EarnLimits {
            own_card: None,
            ..EarnLimits::READY
        };
        let mut attach_days = 0;
        let mut points_as = PointsAs::Payment;
        let numbered = |text: &str| {
            let (number, then) = text.split_once(':').unwrap();
            (number.parse().unwrap(), then_of(then))
        };
        for term in terms {
            match term.split_once('=').unwrap() {
                ("day", limit) => earning.per_day = Some(numbered(limit)),
                ("gap", limit) => earning.gap = Some(numbered(limit)),
                ("own", then) => earning.own_card = Some(then_of(then)),
                ("attach", days) => attach_days = days.parse().unwrap(),
                ("points", "discount") => points_as = PointsAs::Discount,
                ("typed", then) => earning.typed = Some(then_of(then)),
                _ => panic!("unknown limit: {term}"),
            }
        }
        assert!(earning.is_sound());
        let business = Business {
            id: BusinessId([7; 16]),
            name: "Shop".to_owned(),
            country: "UA".to_owned(),
            currency: Currency::new("UAH").unwrap(),
            point_scale: 0,
            phone_prefix: "380".to_owned(),
            letters: "K7QX".to_owned(),
            lifetimes: Lifetimes::READY,
            earning,
            attach_days,
            points_as,
            recovery: None,
            newer: None,
        };
        self.shop
            .own(noon(self.today), vec![Fact::Business(business)]);
        String::new()
    }

    pub(super) fn link(&mut self, number: &str, name: &str) -> String {
        let customer = Some(self.person(name));
        let id = OperatorId(number.parse().unwrap());
        let Ok(known) = Book::operator(&self.shop, id);
        let operator = Operator {
            customer,
            ..known.unwrap()
        };
        self.shop
            .own(noon(self.today), vec![Fact::Operator(operator)]);
        String::new()
    }

    /// What the till asks of the limits, as the phone knows things.
    pub(super) fn broken(
        &self,
        known: &Shop,
        customer: Option<CustomerId>,
        paper: &Paper,
    ) -> Vec<(Code, Then)> {
        let (Ok(business), Some(customer)) = (known.business(), customer) else {
            return Vec::new();
        };
        let Ok(operator) = known.operator(OperatorId(self.shop.counter.1));
        let own = operator.and_then(|operator| operator.customer);
        let occasion = Occasion {
            before: known.person(customer).earns,
            own: own.is_some_and(|own| known.group_of(customer).contains(&own)),
            read: paper.read,
        };
        let limits = business.map(|business| business.earning);
        limits.map_or(Vec::new(), |all| all.broken(occasion, self.moment()))
    }

    /// Why the till does not take a fiscal receipt, if it knows it.
    pub(super) fn known_fiscal(&self, known: &Shop, paper: &Paper) -> Option<String> {
        let fiscal = paper.fiscal.as_ref()?;
        let Ok(earned) = has_earned(known, fiscal, None);
        earned.then(|| format!("refused {}", code(Code::FiscalEarned)))
    }
}

/// What a purchase notes beside goods and money.
pub(super) fn paper(how: &[&str]) -> Paper {
    let mut paper = Paper::default();
    let number = |text: &str| ReceiptNumber::new(text).unwrap();
    for (at, word) in how.iter().enumerate() {
        match *word {
            "pin" => paper.confirmed = Some(Confirmation::Pin),
            "typed" => paper.read = Some(CardRead::Typed),
            "scanned" => paper.read = Some(CardRead::Scanned),
            "receipt" => paper.receipt = Some(number(how[at + 1])),
            "fiscal" => {
                let (register, receipt) = how[at + 1].split_once(':').unwrap();
                paper.fiscal = Some(Fiscal {
                    register: number(register),
                    number: number(receipt),
                });
            }
            _ => {}
        }
    }
    paper
}

fn then_of(word: &str) -> Then {
    match word {
        "flag" => Then::Flag,
        "refuse" => Then::Refuse,
        _ => panic!("unknown: {word}"),
    }
}
