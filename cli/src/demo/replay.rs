//! The play: the file's days in order, the phones side by side within a day, the exchange in the evening.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use kartka_core::domain::moment::Date;

use super::cdnow::Purchase;
use super::counter::{Counter, Task};
use super::dice::{Dice, Throw};
use super::progress::Progress;
use super::state::{State, StateFiles};
use super::world::{World, joined};
use crate::failure::Failure;

/// How a replay ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The file is done.
    Done,
    /// Somebody asked it to stop; the days so far are done.
    Stopped(Date),
}

/// Plays every day that is not done yet; stops after the day in which `stop` was set.
///
/// # Errors
/// What a phone or the disk refuses; the days before are done and kept.
pub(crate) fn replay(
    world: &mut World,
    state: &mut State,
    files: &StateFiles,
    purchases: &[Purchase],
    stop: &AtomicBool,
) -> Result<Ending, Failure> {
    let mut progress = Progress::new(purchases.len(), state.done);
    let days: Vec<&[Purchase]> = purchases.chunk_by(|a, b| a.date == b.date).collect();
    for (day, bought) in days.iter().enumerate().skip(state.days) {
        let Some(date) = bought.first().map(|purchase| purchase.date) else {
            continue;
        };
        world.clock.open(date);
        let tasks = hand_out(state, bought, world.counters.len());
        let new = work(&mut world.counters, day, &tasks)?;
        world.evening()?;
        state.days = day + 1;
        state.done += bought.len();
        state.cards.extend(new.iter().cloned());
        state.books = world
            .counters
            .iter()
            .map(|counter| counter.book.clone())
            .collect();
        files.save(state, &new)?;
        progress.show(state.done, date);
        if stop.load(Ordering::SeqCst) && state.done < purchases.len() {
            progress.end();
            return Ok(Ending::Stopped(date));
        }
    }
    progress.end();
    Ok(Ending::Done)
}

/// Who serves whom today. Someone new stays at one counter for the day; others go wherever they like, so that two
/// phones may meet the same customer before either has heard of the other's sale.
fn hand_out(state: &State, bought: &[Purchase], phones: usize) -> Vec<Vec<Task>> {
    let dice = Dice::new(state.play.seed);
    let sides = u64::try_from(phones).unwrap_or(1);
    let mut tasks: Vec<Vec<Task>> = (0..phones).map(|_| Vec::new()).collect();
    let first = u64::try_from(state.done).unwrap_or(0);
    for (index, purchase) in (first..).zip(bought) {
        let card = state.cards.get(&purchase.customer).cloned();
        let named = match card {
            Some(_) => index,
            None => u64::from(purchase.customer) | 1 << 40,
        };
        let phone = usize::try_from(dice.below(Throw::Phone, named, sides)).unwrap_or(0);
        tasks[phone].push(Task {
            index,
            purchase: *purchase,
            card,
        });
    }
    tasks
}

/// The phones at work, each in a thread of its own. Says who got which card.
fn work(
    counters: &mut [Counter],
    day: usize,
    tasks: &[Vec<Task>],
) -> Result<Vec<(u32, String)>, Failure> {
    let done: Vec<Result<Vec<(u32, String)>, Failure>> = std::thread::scope(|scope| {
        let at_work: Vec<_> = counters
            .iter_mut()
            .zip(tasks)
            .map(|(counter, tasks)| scope.spawn(move || counter.day(day, tasks)))
            .collect();
        at_work.into_iter().map(joined).collect()
    });
    let mut new = BTreeMap::new();
    for given in done {
        new.extend(given?);
    }
    Ok(new.into_iter().collect())
}
