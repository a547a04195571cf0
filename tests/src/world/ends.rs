//! Points that end: what the authority took out, held against the dates of the lots (loyalty L4, L5).
//!
//! How much ends is the fold's word, which the model does not repeat; whether it may end, when, and who was to have it
//! first is said here from the rows alone. What ended by a right entry is then taken off the model's sums.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::ids::PurchaseId;
use kartka_core::domain::ledger::{Entry, EntryKind};
use kartka_core::domain::moment::{Date, day_number};
use kartka_core::domain::row::Row;
use kartka_core::sync::Event;
use kartka_server::store::Fact;

use super::laws::{Law, Wrong, same};
use super::ledger::{self, Bytes, Key};
use super::replay::Expected;
use super::street::Street;
use super::time::DAY;

/// The kind of a position's row.
const POSITION: u8 = 7;
/// The kind of an entry's row.
const ENTRY: u8 = 22;
/// Days after its last day in which a lot waits for what was sold in it: 72 h.
const WAIT_DAYS: i64 = 3;

impl Street {
    /// Days pass after the end, and the server's clock begins a new one: everything that has ended must be taken out.
    pub(super) fn days_pass(&mut self) -> Result<(), Wrong> {
        self.world.time.move_to(self.world.time.now() + 5 * DAY);
        self.world.tell("five days later");
        let begun = self.server.authority().begin_day();
        begun.map_err(|error| error.to_string())?;
        for no in self.own_phones() {
            self.step(no, Event::Poke)?;
        }
        Ok(())
    }

    /// The last day, since 1970, on which the authority took out what had ended.
    fn swept(&self) -> Result<i64, Wrong> {
        let swept = self.server.read(|db| db.fact(Fact::Swept))?;
        let day = swept.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        Ok(day.map_or(0, i64::from_be_bytes))
    }

    /// Nothing ended that should not have, everything did that should have, and the model's sums are less for it.
    pub(super) fn take_off_what_ended(
        &mut self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &mut Expected,
    ) -> Result<(), Wrong> {
        let mut entries = Vec::new();
        for (key, (_, bytes)) in rows {
            if key.0 != ENTRY && key.0 != POSITION {
                continue;
            }
            match ledger::read(*key, bytes) {
                Some(Row::Entry(entry)) => entries.push((bytes.0, entry)),
                Some(Row::Position(customer, position)) if self.plan.short_lived => {
                    let today = self.swept()?;
                    let buckets = position.wallets.values().flat_map(|wallet| &wallet.buckets);
                    let left = buckets
                        .filter_map(|bucket| bucket.expires_on)
                        .find(|last| day_number(*last) + WAIT_DAYS < today);
                    let at = || format!("a bucket of customer {} that has ended", customer.get());
                    same(Law::Live, at, &left, &None)?;
                }
                _ => {}
            }
        }
        entries.sort_by_key(|(seq, entry)| (*seq, entry.id));
        for (_, entry) in &entries {
            is_in_its_time(entry)?;
            lives_as_promised(entry, expected)?;
        }
        let alone = |id: i64, expected: &Expected| {
            let purse = expected.purse_of.get(&id);
            expected
                .purse_of
                .values()
                .filter(|of| Some(*of) == purse)
                .count()
                == 1
        };
        let customers: BTreeSet<_> = entries.iter().map(|(_, entry)| entry.customer).collect();
        for customer in customers.into_iter().filter(|id| alone(id.get(), expected)) {
            let own: Vec<_> = entries
                .iter()
                .filter(|(_, e)| e.customer == customer)
                .collect();
            late_debits_come_first(&own)?;
        }
        for (_, entry) in &entries {
            let counted = match entry.kind {
                EntryKind::Expire => &mut self.world.summary.ended,
                EntryKind::Revive => &mut self.world.summary.revived,
                _ => continue,
            };
            *counted += 1;
            let purse = expected.purse_of.get(&entry.customer.get()).copied();
            let purse = purse.unwrap_or(entry.customer.get());
            expected.purses.entry(purse).or_default().points += entry.effect().points.0;
        }
        Ok(())
    }
}

/// What was earned lives as long as the version says that its receipt names, whatever the owner published since (L9): to
/// the end of a month, counted from the day, or from the one that a clock wrong by at most a week showed.
fn lives_as_promised(entry: &Entry, expected: &Expected) -> Result<(), Wrong> {
    let sold_by = |id: PurchaseId| expected.sold_by.get(&id.get());
    let version = entry.purchase.and_then(sold_by);
    let rules = version.and_then(|version| expected.rules.get(version));
    let (EntryKind::Earn, Some(lot), Some(rules)) = (entry.kind, entry.lot, rules) else {
        return Ok(());
    };
    if entry.effect().points.0 == 0 {
        return Ok(());
    }
    let ends_on = lot.expires_on.map(day_number);
    let day = day_number(entry.date);
    let mut possible = (-7..=7).map(|off| month_end(day + off, rules.months));
    if ends_on.is_some_and(|last| possible.any(|end| end == last)) {
        return Ok(());
    }
    let what = format!(
        "the entry {:?} of {} lives until {:?}, by version {version:?} {} months",
        entry.id, entry.date, lot.expires_on, rules.months
    );
    Err(Wrong::of(Law::S3, what))
}

/// The last day of the month that is so many months after that of a day, both since 1970.
fn month_end(day: i64, months: i64) -> i64 {
    // Days since 1 March of the year 0, as calendars without tables count them.
    let days = day + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    first_of((era * 400 + year) * 12 + march + months + 1) - 1
}

/// The first day, since 1970, of a month that is counted from March of the year 0.
fn first_of(march: i64) -> i64 {
    let (year, month) = (march.div_euclid(12), march.rem_euclid(12));
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leaps + (153 * month + 2) / 5 - 719_468
}

/// No lot is taken out before its 72 h are over, and nobody pays with points whose last day is over.
fn is_in_its_time(entry: &Entry) -> Result<(), Wrong> {
    let at = |what: &str| Wrong::of(Law::S4, format!("the entry {:?} {what}", entry.id));
    match (entry.kind, entry.lot) {
        (EntryKind::Expire, Some(lot)) => {
            let last = lot.expires_on.unwrap_or(lot.available_on);
            if day_number(entry.date) - day_number(last) <= WAIT_DAYS {
                return Err(at(&format!(
                    "takes out on {} what ends on {last}",
                    entry.date
                )));
            }
        }
        (EntryKind::Redeem, _) => {
            let over = |last: Date| last < entry.date;
            if entry
                .uses
                .iter()
                .filter_map(|took| took.expires_on)
                .any(over)
            {
                return Err(at(&format!(
                    "pays on {} with points that had ended",
                    entry.date
                )));
            }
        }
        _ => {}
    }
    Ok(())
}

/// A debit that came after a lot was taken out, but is dated within its life, has been given back whatever it took
/// instead, as long as something of that lot is left (L5). Of somebody who was never one with anybody else.
fn late_debits_come_first(entries: &[&(i64, Entry)]) -> Result<(), Wrong> {
    // By instrument and last day: what is taken out and not given back.
    let mut gone: BTreeMap<(u32, Date), i64> = BTreeMap::new();
    for (at, (_, entry)) in entries.iter().enumerate() {
        let points = entry.effect().points.0;
        match (entry.kind, entry.lot) {
            (EntryKind::Expire, Some(lot)) => {
                let last = lot.expires_on.unwrap_or(lot.available_on);
                *gone.entry((entry.instrument.0, last)).or_default() -= points;
            }
            (EntryKind::Revive, Some(lot)) => {
                let lot = (entry.instrument.0, lot.available_on);
                *gone.entry(lot).or_default() -= points;
            }
            (EntryKind::Redeem, _) => {
                let after = &entries[at + 1..];
                let refills = after.iter().map(|(_, later)| later);
                let refills = refills.take_while(|later| is_no_debit(later));
                let refills: Vec<_> = refills
                    .filter(|e| e.kind == EntryKind::Revive && e.instrument == entry.instrument)
                    .collect();
                let given: i64 = refills.iter().map(|e| e.effect().points.0).sum();
                let mut left = gone.clone();
                for refill in refills {
                    if let Some(lot) = refill.lot {
                        *left
                            .entry((refill.instrument.0, lot.available_on))
                            .or_default() -= refill.effect().points.0;
                    }
                }
                let lots = left.iter().filter(|((instrument, last), left)| {
                    *instrument == entry.instrument.0 && *last >= entry.date && **left > 0
                });
                let Some((&(_, last), unused)) = lots.min_by_key(|((_, last), _)| *last) else {
                    continue;
                };
                let elsewhere = taken_later(entry, last);
                if given < elsewhere {
                    let what = format!(
                        "{unused} points that ended on {last} are lost to the debit {:?} of {}, which took {elsewhere} \
                         others and was given back {given}",
                        entry.id, entry.date
                    );
                    return Err(Wrong::of(Law::S4, what));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_no_debit(entry: &Entry) -> bool {
    entry.effect().points.0 >= 0 || entry.kind == EntryKind::Expire
}

/// What a debit took of points that live longer than `last`, the debt it left among them.
fn taken_later(debit: &Entry, last: Date) -> i64 {
    let uses = debit.uses.iter();
    let sooner = uses.filter(|took| took.expires_on.is_some_and(|day| day <= last));
    let sooner: i64 = sooner.map(|took| took.points.0).sum();
    -debit.effect().points.0 - sooner
}
