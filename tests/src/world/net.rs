//! The way between phones and server, and what may happen on it.

use kartka_core::sync::Failure;

use super::dice::Dice;
use super::plan::{Class, Plan};
use super::time::{MINUTE, SECOND};

/// Each kind of trouble in percent of the messages.
#[derive(Default, Clone)]
pub(crate) struct Weather {
    pub(crate) loss: u64,
    pub(crate) twice: u64,
    pub(crate) late: u64,
    pub(crate) answer_lost: u64,
    pub(crate) cut: u64,
    pub(crate) flipped: u64,
    pub(crate) portal: u64,
    pub(crate) old_answer: u64,
    /// The server's machine stops in a request, in percent of them.
    pub(crate) server_kill: u64,
}

impl Weather {
    /// The mixture of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
            loss: plan.rate(Class::Loss),
            twice: plan.rate(Class::Twice),
            late: plan.rate(Class::Late),
            answer_lost: plan.rate(Class::AnswerLost),
            cut: plan.rate(Class::Cut),
            flipped: plan.rate(Class::Flipped),
            portal: plan.rate(Class::Portal),
            old_answer: plan.rate(Class::OldAnswer),
            server_kill: plan.rate(Class::ServerKill),
        }
    }

    pub(crate) fn delay(&self, dice: &mut Dice) -> i64 {
        if dice.percent(self.late) {
            dice.between(SECOND, 4 * MINUTE)
        } else {
            dice.between(20, 200)
        }
    }

    /// How a request comes to the server: each entry is one arrival.
    pub(crate) fn request(&self, dice: &mut Dice, message: Vec<u8>) -> Vec<(i64, Vec<u8>)> {
        if dice.percent(self.loss) {
            return Vec::new();
        }
        let message = self.damaged(dice, message);
        let mut arrivals = vec![(self.delay(dice), message.clone())];
        if dice.percent(self.twice) {
            arrivals.push((self.delay(dice), message));
        }
        arrivals
    }

    /// What comes to the phone for an answer; nothing if it is lost.
    pub(crate) fn answer(
        &self,
        dice: &mut Dice,
        answer: Result<Vec<u8>, Failure>,
        earlier: &[Vec<u8>],
    ) -> Vec<Result<Vec<u8>, Failure>> {
        if dice.percent(self.answer_lost) {
            // A connection that breaks is noticed at once, one that falls silent only by the clock.
            let noticed = dice.percent(50).then_some(Err(Failure::Timeout));
            return noticed.into_iter().collect();
        }
        if dice.percent(self.portal) {
            let page = b"<html><body>Welcome! Please log in.</body></html>".to_vec();
            return vec![Ok(page)];
        }
        if dice.percent(self.old_answer)
            && let Some(old) = dice.pick(earlier)
        {
            return vec![Ok(old.clone())];
        }
        let answer = answer.map(|bytes| self.damaged(dice, bytes));
        if dice.percent(self.twice) {
            return vec![answer.clone(), answer];
        }
        vec![answer]
    }

    fn damaged(&self, dice: &mut Dice, mut bytes: Vec<u8>) -> Vec<u8> {
        if dice.percent(self.cut)
            && let Some(at) = dice.place(bytes.len())
        {
            bytes.truncate(at);
        }
        if dice.percent(self.flipped)
            && let Some(at) = dice.place(bytes.len())
        {
            bytes[at] ^= 1 << dice.below(8);
        }
        bytes
    }
}
