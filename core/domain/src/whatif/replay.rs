//! Past purchases through the evaluator and the fold, customer by customer (P1, L13).
//!
//! One customer's account is held at a time; of the others only what they gained (16 bytes each) and sums by month and, of
//! campaigns, by day. So memory does not grow with purchases. Each purchase is quoted like at a till and decided like by the authority.

use std::collections::BTreeMap;

use super::budgets::{Budgets, CampaignCost};
use super::gains::{Anyway, Gain, Gains, gains};
use super::person::Person;
use super::{Guest, Past, WHOLE, WhatIfError};
use crate::authority::expiry::sweep;
use crate::authority::{Author, Decided, Standing, decide};
use crate::ids::{DeviceNo, Epoch, InstrumentId, OpId, OperatorId, RequestMark, Seq};
use crate::ledger::{Entry, EntryKind};
use crate::moment::{Date, Moment, Month};
use crate::money::{Money, Overflow, Points};
use crate::op::{Fact, Op, OpTime, Seen};
use crate::position::Position;
use crate::programme::{Joining, Programme, Terms};
use crate::purchase::{PointsAs, ShareKind};
use crate::quote::{Paper, Question, Quote, QuoteError, RewardTaken, Tender, quote};
use crate::redeem::CashStep;
use crate::row::Row;

/// How customers are taken to spend what they may spend. Every coupon of the draft is named at every visit and every
/// club invites: what costs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    /// Of the visits at which something may be spent, at so many everything is, in hundredths of a percent; at the
    /// others nothing. Rewards are always taken.
    pub spends: i64,
}

impl Default for Habit {
    /// Everything, always: what costs the shop most.
    fn default() -> Self {
        Self { spends: WHOLE }
    }
}

/// What the replay came to: exact, without an assumption but the habit. Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Purchases replayed.
    pub purchases: i64,
    /// Those without a customer: no instrument reaches them.
    pub nameless: i64,
    /// Purchases that are no receipt to the evaluator.
    pub unreadable: i64,
    /// Known customers.
    pub customers: i64,
    /// Receipts that got a discount, points spent or a reward.
    pub touched: i64,
    /// What all purchases came to.
    pub sales: Money,
    /// What those of known customers came to.
    pub base: Money,
    /// Discounts given.
    pub discounts: Money,
    /// Points spent, in money.
    pub spent: Money,
    /// What rewards are worth.
    pub rewards: Money,
    /// How many rewards were taken.
    pub rewards_taken: i64,
    /// Value of the points given.
    pub issued: Money,
    /// Value of the points that ended unused.
    pub expired: Money,
    /// Value of the points that are left at the end.
    pub outstanding: Money,
    /// The highest that was at the end of a month.
    pub peak: Money,
    /// Who gained.
    pub gains: Gains,
    /// What the draft's campaigns add, budget by budget (E3).
    pub campaigns: Vec<CampaignCost>,
}

impl Replayed {
    /// Points that end unused among those whose end is known, in hundredths of a percent (P3); 0 until any ended.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn breakage(&self) -> Result<i64, Overflow> {
        let gone = self.expired.plus(self.spent)?;
        if !gone.is_positive() {
            return Ok(0);
        }
        let share = i128::from(self.expired.0) * i128::from(WHOLE);
        super::floor(share, i128::from(gone.0))
    }

    /// What is owed in points at the end: outstanding × (1 − breakage), rounded up (P3).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn liability(&self) -> Result<Money, Overflow> {
        let owed = super::product(&[self.outstanding.0, WHOLE - self.breakage()?])?;
        super::ceil(owed, i128::from(WHOLE)).map(Money)
    }

    /// What the instrument costs if nobody changes: what was given, and what is owed at the end.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn cost(&self) -> Result<Money, Overflow> {
        Money::total([
            self.discounts,
            self.spent,
            self.rewards,
            self.liability()?.max(Money::ZERO),
        ])
    }
}

/// A replay that is going on.
pub struct Replay<'p> {
    draft: &'p Programme,
    /// Codes of its coupons.
    codes: Vec<&'p str>,
    habit: Habit,
    cash: CashStep,
    sum: Replayed,
    months: BTreeMap<Month, Money>,
    all: Vec<Gain>,
    anyway: Anyway,
    person: Option<Person<'p>>,
    budgets: Budgets,
    /// The quote of the last purchase, where somebody wants to see it.
    shown: Option<Quote>,
    shows: bool,
    until: Date,
    next: i64,
    points_as: PointsAs,
}

impl<'p> Replay<'p> {
    /// A replay of `draft` up to the last day of the history; `cash` is a round sum of the business's currency.
    #[must_use]
    pub fn new(draft: &'p Programme, habit: Habit, cash: CashStep, until: Date) -> Self {
        let coupons = draft.instruments().iter();
        let codes = coupons.filter_map(|of| match &of.terms {
            Terms::Coupon(coupon) => Some(coupon.code.as_str()),
            _ => None,
        });
        Self {
            draft,
            codes: codes.collect(),
            habit,
            cash,
            sum: Replayed::default(),
            months: BTreeMap::new(),
            all: Vec::new(),
            anyway: Anyway::default(),
            person: None,
            budgets: Budgets::of(draft),
            shown: None,
            shows: false,
            until,
            next: 1,
            points_as: PointsAs::Payment,
        }
    }

    /// With what points are to the business (D5): a means of payment, unless this says otherwise.
    #[must_use]
    pub fn where_points_are(mut self, points_as: PointsAs) -> Self {
        self.points_as = points_as;
        self
    }

    /// Replays one purchase. They come customer by customer (those of nobody first), each customer's oldest first.
    ///
    /// # Errors
    /// [`WhatIfError::OutOfOrder`], [`WhatIfError::Overflow`]; the replay is then worth nothing any more.
    pub fn add(&mut self, past: &Past<'_>) -> Result<(), WhatIfError> {
        let Ok(total) = Money::total(past.lines.iter().map(|line| line.gross)) else {
            self.sum.unreadable += 1;
            return Ok(());
        };
        let Some(customer) = past.customer else {
            if self.person.is_some() {
                return Err(WhatIfError::OutOfOrder);
            }
            return self.count(total, past).map_err(WhatIfError::from);
        };
        match &self.person {
            Some(person) if person.id > customer => return Err(WhatIfError::OutOfOrder),
            Some(person) if person.id == customer && person.last > past.at => {
                return Err(WhatIfError::OutOfOrder);
            }
            Some(person) if person.id == customer => {}
            _ => {
                self.close()?;
                self.person = Some(Person::new(customer, self.draft, past.at));
            }
        }
        self.visit(past, total)
    }

    /// As [`add`](Self::add), and shows the receipt; none where the lines are no receipt.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn show(&mut self, past: &Past<'_>) -> Result<Option<Quote>, WhatIfError> {
        self.shows = true;
        self.add(past)?;
        self.shows = false;
        Ok(self.shown.take())
    }

    /// Replays a whole history: `history` adds all of it, in the order of [`add`](Self::add), and is called once more for
    /// each campaign whose budget ends within it. The sums hold everything that has ended by the last day.
    ///
    /// # Errors
    /// What `history` says; [`WhatIfError::Overflow`].
    pub fn all<E: From<WhatIfError>>(
        mut self,
        mut history: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<Replayed, E> {
        loop {
            history(&mut self)?;
            self.close()?;
            if !self.again()? {
                return Ok(self.summed()?);
            }
        }
    }

    /// Makes ready for another pass where this one has passed a campaign's budget.
    fn again(&mut self) -> Result<bool, WhatIfError> {
        let again = self.budgets.end_the_next()?;
        if again {
            self.sum = Replayed::default();
            self.months.clear();
            self.all.clear();
            self.anyway = Anyway::default();
            self.next = 1;
        }
        Ok(again)
    }

    fn summed(mut self) -> Result<Replayed, WhatIfError> {
        self.sum.campaigns = self.budgets.costs(self.draft)?;
        let mut standing = Money::ZERO;
        for change in self.months.values() {
            standing = standing.plus(*change)?;
            self.sum.peak = self.sum.peak.max(standing);
        }
        self.sum.gains = gains(self.all, self.anyway)?;
        Ok(self.sum)
    }

    fn count(&mut self, total: Money, past: &Past<'_>) -> Result<(), Overflow> {
        self.sum.purchases += 1;
        self.sum.nameless += i64::from(past.customer.is_none());
        self.sum.sales = self.sum.sales.plus(total)?;
        Ok(())
    }

    fn visit(&mut self, past: &Past<'_>, total: Money) -> Result<(), WhatIfError> {
        let Some(mut person) = self.person.take() else {
            return Err(WhatIfError::OutOfOrder);
        };
        person.arrive(past.at);
        person.spent = self.budgets.spent(past.at.date);
        let ended = sweep([(person.id, &person.position)], self.draft, past.at.date)?;
        self.post(&mut person, Author::Authority, past, claims(ended))?;
        match self.ask(&mut person, past)? {
            None => self.sum.unreadable += 1,
            Some(answer) => {
                self.count(total, past)?;
                self.sum.base = self.sum.base.plus(total)?;
                let given = self.given(&answer)?;
                self.sum.touched += i64::from(given.is_positive());
                person.gained = person.gained.plus(given)?;
                if self.shows {
                    self.shown = Some(answer.clone());
                }
                let facts = answer.into_facts(Tender::Cash, Paper::default())?;
                self.post(&mut person, Author::Device, past, facts)?;
            }
        }
        self.person = Some(person);
        Ok(())
    }

    /// The quote of somebody with this habit; none where the lines are no receipt.
    fn ask(&self, person: &mut Person<'_>, past: &Past<'_>) -> Result<Option<Quote>, WhatIfError> {
        let rewards = self.full_cards(&person.position);
        let invited = self.clubs_to_join(&person.position, past.at.date);
        let spent = person.spent.clone();
        let mut question = Question {
            spent: &spent,
            customer: Some((person.id, &person.position)),
            birthday: past.guest.birthday,
            relatives: past.guest.relatives,
            favourites: past.guest.favourites,
            codes: &self.codes,
            invited: &invited,
            outlet: past.outlet,
            rewards: &rewards,
            cash: self.cash,
            points_as: self.points_as,
            ..Question::plain(past.lines, self.draft, past.at)
        };
        let plain = match quote(&question) {
            // A reward whose goods are not on the receipt waits for another visit.
            Err(QuoteError::Refused(_)) => {
                question.rewards = &[];
                quote(&question)
            }
            answer => answer,
        };
        let plain = match plain {
            Ok(answer) => answer,
            Err(QuoteError::Overflow(overflow)) => return Err(overflow.into()),
            Err(_) => return Ok(None),
        };
        let Ok(allowed) = plain.redeemable else {
            return Ok(Some(plain));
        };
        person.could_spend += 1;
        // Every so manieth time, without chance: the habit's share of all times, as near as it can be.
        let share = |times: i64| times.saturating_mul(self.habit.spends) / WHOLE;
        if share(person.could_spend) == share(person.could_spend - 1) {
            return Ok(Some(plain));
        }
        question.spend = allowed.most;
        match quote(&question) {
            Ok(answer) => Ok(Some(answer)),
            Err(QuoteError::Overflow(overflow)) => Err(overflow.into()),
            Err(_) => Ok(Some(plain)),
        }
    }

    /// Stamp cards whose reward may be taken now.
    fn full_cards(&self, position: &Position) -> Vec<RewardTaken> {
        let full = self.draft.instruments().iter().filter(|i| match &i.terms {
            Terms::Stamps(card) => position
                .stamps
                .get(&i.id)
                .is_some_and(|s| *s >= card.size()),
            _ => false,
        });
        full.map(|i| RewardTaken {
            instrument: i.id,
            reward: 0,
        })
        .collect()
    }

    /// Clubs that one joins by invitation, and has not joined.
    fn clubs_to_join(&self, position: &Position, date: Date) -> Vec<InstrumentId> {
        let clubs = self.draft.instruments().iter().filter(|of| {
            let invites =
                matches!(&of.terms, Terms::Club(club) if club.joining == Joining::Invitation);
            invites && !position.is_member(of.id, date)
        });
        clubs.map(|of| of.id).collect()
    }

    /// What the customer gets from this receipt.
    fn given(&mut self, answer: &Quote) -> Result<Money, Overflow> {
        let shares = answer.lines.iter().flat_map(|line| &line.shares);
        let discounts = shares.filter(|share| share.kind == ShareKind::Discount);
        let discounts = Money::total(discounts.map(|share| share.value))?;
        let mut given = discounts;
        self.sum.discounts = self.sum.discounts.plus(discounts)?;
        for claim in &answer.claims {
            let value = claim.effect.value.negated()?;
            match claim.kind {
                EntryKind::Redeem => {
                    self.sum.spent = self.sum.spent.plus(value)?;
                    given = given.plus(value)?;
                }
                EntryKind::Reward => {
                    self.sum.rewards = self.sum.rewards.plus(value)?;
                    self.sum.rewards_taken += 1;
                    given = given.plus(value)?;
                }
                _ => {}
            }
        }
        Ok(given)
    }

    /// Decides facts as the authority does and adds up what moved.
    fn post(
        &mut self,
        person: &mut Person<'_>,
        author: Author,
        past: &Past<'_>,
        facts: Vec<Fact>,
    ) -> Result<(), WhatIfError> {
        if facts.is_empty() {
            return Ok(());
        }
        let op = self.op(past, facts)?;
        let standing = Standing::Ordered {
            seq: Seq(op.id.0.counter()),
            corrected: None,
            author,
        };
        let Ok(rows) = decide(person, &op, standing);
        for Decided { row, .. } in rows {
            match row {
                Row::Position(_, position) => person.position = position,
                Row::Entry(entry) => self.move_points(&entry)?,
                Row::CampaignSpent(spent) => {
                    let more = person.spend(spent)?;
                    self.budgets.add((spent.instrument, past.at.date), more)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn move_points(&mut self, entry: &Entry) -> Result<(), Overflow> {
        let effect = entry.effect();
        if effect.points == Points::ZERO {
            return Ok(());
        }
        let value = effect.value;
        if value.is_positive() {
            self.sum.issued = self.sum.issued.plus(value)?;
        } else if entry.kind == EntryKind::Expire {
            self.sum.expired = self.sum.expired.minus(value)?;
        }
        self.sum.outstanding = self.sum.outstanding.plus(value)?;
        // A sweep comes late; what ended was owed no longer than to its last day.
        let last = entry.lot.and_then(|lot| lot.expires_on);
        let day = match (entry.kind, last) {
            (EntryKind::Expire, Some(last)) => last,
            _ => entry.date,
        };
        let month = self.months.entry(Month::of(day)).or_default();
        *month = month.plus(value)?;
        Ok(())
    }

    fn op(&mut self, past: &Past<'_>, facts: Vec<Fact>) -> Result<Op, WhatIfError> {
        let id = DeviceNo::FOUNDER.id(self.next).map_err(|_| Overflow)?;
        self.next += i64::try_from(facts.len()).map_err(|_| Overflow)?;
        let epoch = Epoch {
            number: 1,
            random: 0,
        };
        Ok(Op {
            id: OpId(id),
            request: RequestMark([0; 8]),
            operator: OperatorId(1),
            outlet: past.outlet,
            programme: self.draft.version(),
            time: OpTime {
                boot: 1,
                monotonic_ms: 0,
                wall: past.at,
            },
            seen: Seen { epoch, seq: Seq(0) },
            marks: Vec::new(),
            born: None,
            facts,
            personal: Vec::new(),
        })
    }

    /// The customer before is done: what ended by the last day of the history is taken out.
    fn close(&mut self) -> Result<(), WhatIfError> {
        let Some(mut person) = self.person.take() else {
            return Ok(());
        };
        let past = Past {
            customer: Some(person.id),
            at: Moment {
                date: self.until.max(person.last.date),
                ..person.last
            },
            outlet: crate::ids::OutletId(1),
            lines: &[],
            guest: Guest::default(),
        };
        let ended = sweep([(person.id, &person.position)], self.draft, past.at.date)?;
        self.post(&mut person, Author::Authority, &past, claims(ended))?;
        self.sum.customers += 1;
        let again = person.days > 1;
        if again {
            self.anyway.customers += 1;
            self.anyway.gainers += i64::from(person.gained.is_positive());
            self.anyway.given = self.anyway.given.plus(person.gained)?;
        }
        self.all.push(Gain {
            value: person.gained,
            customer: person.id,
        });
        Ok(())
    }
}

fn claims(claims: Vec<crate::op::Claim>) -> Vec<Fact> {
    claims.into_iter().map(Fact::Claim).collect()
}
