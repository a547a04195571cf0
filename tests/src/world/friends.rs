//! Customers who bring others: told at the registration or later, thanked for when the friend buys, and no more when the goods
//! come back (G3, decision 51).
//!
//! Whose word counts is read from the authority's rows; whether a friend must count, and with which receipts they may, is said
//! from what was sold, and what is given for it stands in the model's sums once.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::brought::Brought;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::moment::Date;
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::sync::Event;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};

use super::claim::What;
use super::counter::{Tapped, World};
use super::dice::Dice;
use super::laws::{Law, Wrong, same};
use super::ledger::{self, Bytes, Key};
use super::phone::Phone;
use super::plan::Plan;
use super::replay::Expected;
use super::rules::Rules;
use super::street::Street;
use super::taps::{Tap, sale};

/// Customers among whom one is said to have been brought after all.
const LATELY: usize = 16;

/// A receipt of somebody who was brought.
struct Bought {
    id: i64,
    date: Date,
    /// Something of it is kept that was paid for with money.
    surely: bool,
    /// Nothing of it is kept, or it was free.
    never: bool,
}

/// The shop begins with thanks for whoever brings a friend.
pub(super) fn begins(plan: &Plan, world: &mut World, owners: &mut Phone) -> Result<(), Wrong> {
    let programme = owners.shop().programme().map_err(|e| e.to_string())?;
    let now = world.model.rules(programme.version().0).copied();
    let mut dice = Dice::new(plan.seed, 26);
    let rules = Rules {
        thanks: Some((dice.between(50, 5_000), dice.between(0, 1) * 300)),
        ..now.unwrap_or(Rules::ready(world.kind))
    };
    world
        .does(0, owners, &Tap::Publish(rules), &mut dice)
        .map(drop)
}

impl Street {
    /// Somebody comes who was brought by a customer, or says so later.
    pub(super) fn a_friend_comes(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let no = dice.pick(&self.copies_of(no)).copied().unwrap_or(no);
        let counter = self.world.counter(no, &self.phones[no]);
        let Some(referrer) = counter.customer(dice) else {
            return Ok(());
        };
        let word = match dice.below(10) {
            0..=5 => Tap::Register(brought_by(referrer, dice)),
            _ => match self.new_customer(no, dice) {
                Some(friend) => Tap::Refer(friend, referrer),
                None => return Ok(()),
            },
        };
        let registers = matches!(word, Tap::Register(_));
        if self.at_the_counter(no, &word, dice)? != Tapped::Confirmed {
            return Ok(());
        }
        let friend = self.world.model.registered().last().copied();
        let friend = friend.map(|place| self.world.model.id_on(no, place));
        if let Some(friend) = friend.filter(|_| registers && dice.percent(60))
            && let Ok(friend) = CustomerId::new(friend)
        {
            self.at_the_counter(no, &sale(dice, Some(friend)), dice)?;
        }
        Ok(())
    }

    fn new_customer(&self, no: usize, dice: &mut Dice) -> Option<CustomerId> {
        let all = self.world.model.registered();
        let lately = &all[all.len().saturating_sub(LATELY)..];
        let place = dice.pick(lately)?;
        CustomerId::new(self.world.model.id_on(no, *place)).ok()
    }

    fn at_the_counter(&mut self, no: usize, tap: &Tap, dice: &mut Dice) -> Result<Tapped, Wrong> {
        let life = self.phones[no].life;
        let opened = !std::mem::replace(&mut self.phones[no].open, true);
        let done = self.world.does(no, &mut self.phones[no], tap, dice)?;
        if opened || life != self.phones[no].life {
            self.step(no, Event::Tick)?;
        }
        self.step(no, Event::LocalCommit)?;
        Ok(done)
    }

    /// Everything that was said of who brought whom, and what the authority said to it.
    fn words(&self) -> Result<Vec<Brought>, Wrong> {
        let rows = self.server.read(|db| db.rows_of(RowKind::Brought))?;
        let read = rows.iter().filter_map(|wire| match wire.read() {
            Ok(Row::Brought(one)) => Some(one),
            _ => None,
        });
        Ok(read.collect())
    }

    /// What is given for friends: what the version promised under which the word was said, once for each who counts.
    pub(super) fn with_thanks(&self, expected: &mut Expected) -> Result<(), Wrong> {
        if !self.plan.friends {
            return Ok(());
        }
        for one in self.words()? {
            let Some(counted) = one.counted else { continue };
            let rules = self.world.model.rules(one.programme.0);
            let Some((reward, welcome)) = rules.and_then(|rules| rules.thanks) else {
                let what = format!("a friend counts by version {}", one.programme.0);
                return Err(Wrong::of(Law::S4, what));
            };
            for (whose, points) in [
                (one.referrer, counted.reward.map(|_| reward)),
                (one.friend, counted.welcome.map(|_| welcome)),
            ] {
                let purse = expected.purse_of.get(&whose.get()).copied();
                let purse = expected.purses.entry(purse.unwrap_or(whose.get()));
                purse.or_default().points += points.unwrap_or(0);
            }
        }
        Ok(())
    }

    /// Each word fits what was sold, and what counts of it is counted.
    pub(super) fn friends_count(
        &mut self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &Expected,
    ) -> Result<(), Wrong> {
        if !self.plan.friends {
            return Ok(());
        }
        let words = self.words()?;
        self.every_word_is_there(&words)?;
        let bought = self.bought(rows, expected)?;
        for one in &words {
            self.world.summary.brought_by += 1;
            self.world.summary.thanked += u64::from(one.counted.is_some());
            // Of who was ever one person with somebody else the rows do not say when.
            if !is_alone(one.friend, expected) || !is_alone(one.referrer, expected) {
                continue;
            }
            let theirs = bought.get(&one.friend.get()).map_or(&[][..], Vec::as_slice);
            let same_friend = |other: &&Brought| other.friend == one.friend && other.id != one.id;
            let others: Vec<&Brought> = words.iter().filter(same_friend).collect();
            let wrong = match one.refused {
                None => counts(one, theirs, &others),
                Some(why) => has_reason(one, theirs, (why, !others.is_empty()), expected),
            };
            if let Some(wrong) = wrong {
                return Err(Wrong::of(Law::S4, format!("{wrong}: {one:?}")));
            }
        }
        Ok(())
    }

    /// Each word that was ordered has its row (safety 1).
    fn every_word_is_there(&self, words: &[Brought]) -> Result<(), Wrong> {
        let conn = self.server.ledger()?;
        let ids: BTreeSet<i64> = words.iter().map(|one| one.id.get()).collect();
        for op in ledger::ops(&conn)?.iter().filter(|op| !op.alias) {
            if self.world.words.contains(op.mark.as_slice()) {
                let there = ids.range(op.id..=op.last).count();
                let what = || format!("words of who brought whom in op {}", op.id);
                same(Law::S1, what, &there, &1)?;
            }
        }
        Ok(())
    }

    /// The receipts of everybody, by customer.
    fn bought(
        &self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &Expected,
    ) -> Result<BTreeMap<i64, Vec<Bought>>, Wrong> {
        let conn = self.server.ledger()?;
        let ops = ledger::ops(&conn)?;
        let ordered: BTreeSet<&[u8]> = ops.iter().map(|op| op.mark.as_slice()).collect();
        let model = &self.world.model;
        let mut found: BTreeMap<i64, Vec<Bought>> = BTreeMap::new();
        let claims = model.claims.iter().enumerate();
        for (place, _) in claims.filter(|(_, of)| ordered.contains(of.mark.as_slice())) {
            let What::Sale {
                id, lines, spent, ..
            } = model.as_at_server(place)
            else {
                continue;
            };
            let (Some(receipt), Some(date)) = (expected.receipts.get(&id), date_of(rows, id))
            else {
                continue;
            };
            let Some(customer) = receipt.customer else {
                continue;
            };
            let kept = lines.iter().zip(&receipt.returned);
            let kept = kept.filter(|(line, back)| line.gross > 0 && **back < line.quantity);
            let kept = kept.count();
            found.entry(customer).or_default().push(Bought {
                id,
                date,
                surely: kept > 0 && spent == 0,
                never: kept == 0,
            });
        }
        Ok(found)
    }
}

/// Whether somebody was never one person with anybody else.
fn is_alone(id: CustomerId, expected: &Expected) -> bool {
    let purse = expected.purse_of.get(&id.get());
    let with = expected.purse_of.values().filter(|of| Some(*of) == purse);
    purse.is_some() && with.count() == 1
}

/// What is wrong with a word that has an effect: a friend counts with a receipt of theirs of which something is kept, from the
/// day of the word on, and with none where there is none; one word counts for each (G3).
fn counts(one: &Brought, theirs: &[Bought], others: &[&Brought]) -> Option<&'static str> {
    let since = |of: &&Bought| of.date >= one.date;
    if one.friend == one.referrer {
        return Some("somebody brought themselves");
    }
    if theirs.iter().any(|of| of.surely && of.date < one.date) {
        return Some("a customer of an earlier day was brought");
    }
    if others.iter().any(|other| other.refused.is_none()) {
        return Some("a friend was brought twice");
    }
    match one.counted {
        Some(counted) => {
            let with = counted.purchase.map(|id| id.get());
            let mut fits = theirs.iter().filter(since).filter(|of| !of.never);
            let fits = fits.any(|of| Some(of.id) == with);
            (!fits).then_some("a friend counts with nothing")
        }
        None => {
            let mut enough = theirs.iter().filter(since).filter(|of| of.surely);
            enough
                .next()
                .map(|_| "a friend has bought and does not count")
        }
    }
}

/// What is wrong with a word that has no effect: it has no thanks, and its reason is true.
fn has_reason(
    one: &Brought,
    theirs: &[Bought],
    (why, others): (Code, bool),
    expected: &Expected,
) -> Option<&'static str> {
    let is_true = match why {
        Code::AlreadyReferred => others,
        Code::FriendBoughtBefore => theirs.iter().any(|of| of.date < one.date),
        Code::ReferredSelf => one.friend == one.referrer,
        Code::ReferrerErased => expected.erased.contains(&one.referrer.get()),
        _ => true,
    };
    match one.counted {
        Some(_) => Some("who does not count has thanks"),
        None => (!is_true).then_some("the reason is not true"),
    }
}

/// The business date of a receipt.
fn date_of(rows: &BTreeMap<Key, (i64, Bytes)>, id: i64) -> Option<Date> {
    let kind = RowKind::Purchase as u8;
    let (_, bytes) = rows.get(&(kind, id))?;
    match ledger::read((kind, id), bytes)? {
        Row::Purchase(of) => Some(of.at.date),
        _ => None,
    }
}

fn brought_by(referrer: CustomerId, dice: &mut Dice) -> Registration {
    let given = format!("Friend {}", dice.below(1_000_000));
    // Now and then with a number that somebody else has.
    let phone = format!("067 555 {:04}", dice.below(200));
    Registration {
        profile: ProfileForm {
            given: if dice.percent(80) {
                given
            } else {
                String::new()
            },
            phones: if dice.percent(25) {
                vec![phone]
            } else {
                Vec::new()
            },
            ..ProfileForm::default()
        },
        marketing_consent: None,
        card: match dice.below(3) {
            0 => NewCard::Issue,
            _ => NewCard::None,
        },
        referrer: Some(referrer),
    }
}
