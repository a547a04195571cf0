//! A receipt in plain integers, while claims are replayed and in the end; shares no code with the domain.

use super::claim::SaleLine;
use super::rules::Rules;

/// Stamps of a full card.
const CARD: i64 = 10;

/// What a receipt comes to in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) customer: Option<i64>,
    pub(crate) gross: i64,
    /// What it costs, in whatever way it is paid.
    pub(crate) price: i64,
    /// Earned − spent − taken back + given back.
    pub(crate) points: i64,
    pub(crate) stamps: i64,
    pub(crate) returned: Vec<i64>,
}

/// A receipt while claims are replayed.
pub(super) struct Open {
    pub(super) customer: Option<i64>,
    pub(super) lines: Vec<SaleLine>,
    pub(super) returned: Vec<i64>,
    pub(super) voided: bool,
    pub(super) stamps: i64,
    pub(super) reward: bool,
    /// The version of the programme that it names.
    pub(super) version: u32,
    pub(super) earned: i64,
}

impl Open {
    pub(super) fn take_back(&mut self, void: bool, lines: &[(usize, i64)]) {
        let touched = self.returned.iter().any(|quantity| *quantity > 0);
        if self.voided || (void && touched) {
            return;
        }
        for (line, quantity) in lines {
            if let (Some(back), Some(sold)) = (self.returned.get_mut(*line), self.lines.get(*line))
            {
                *back = (*back + quantity).min(sold.quantity);
            }
        }
        self.voided = void;
    }

    pub(super) fn receipt(&self, rules: Option<&Rules>) -> Receipt {
        let (mut points, mut base) = (0, 0);
        for (line, back) in self.lines.iter().zip(&self.returned) {
            let paid = line.gross - line.off;
            base += paid - part(paid, *back, line.quantity);
            points -= line.points - part(line.points, *back, line.quantity);
        }
        if let (Some(_), Some(rules)) = (self.customer, rules) {
            points += rules.earned(base).min(self.earned);
        }
        Receipt {
            customer: self.customer,
            gross: self.lines.iter().map(|l| l.gross).sum(),
            price: self.lines.iter().map(|l| l.price).sum(),
            points,
            stamps: self.stamps(),
            returned: self.returned.clone(),
        }
    }

    /// What is kept gives its stamps and costs its reward.
    fn stamps(&self) -> i64 {
        match (self.all_back(), self.reward) {
            (true, _) => 0,
            (false, true) => self.stamps - CARD,
            (false, false) => self.stamps,
        }
    }

    pub(super) fn price_back(&self) -> i64 {
        let lines = self.lines.iter().zip(&self.returned);
        lines
            .map(|(l, back)| part(l.price, *back, l.quantity))
            .sum()
    }

    pub(super) fn all_back(&self) -> bool {
        let mut lines = self.lines.iter().zip(&self.returned);
        lines.all(|(line, back)| *back == line.quantity)
    }
}

/// What falls on `back` of `all` pieces, rounded down; all of it on all of them.
fn part(value: i64, back: i64, all: i64) -> i64 {
    if back == all {
        value
    } else {
        value * back / all
    }
}
