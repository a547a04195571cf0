//! Whether the simulator finds the bugs that were planted on purpose (sync §11): each from three unrelated starting
//! seeds, at the usual fault rates and with no scenario written for it, while the same seed passes without the bug.

use std::time::Duration;

use kartka_domain::plant::{Bug, grow};

use crate::bench::{Told, worked};
use crate::world::{Law, PHONES, Plan, live};

/// Where the three searches begin.
const STARTS: [u64; 3] = [1_000_000, 50_000_000, 700_000_000];
/// Processor time of one search.
const LONGEST: Duration = Duration::from_secs(300);

/// How one search ended.
struct Find {
    seed: u64,
    law: Option<Law>,
    took: Duration,
    /// Whether the seed passes without the bug.
    clean: bool,
}

/// Searches for every planted bug, or those whose names are given, and prints the table of docs/planted-bugs.md.
///
/// # Panics
/// If a world panics.
#[must_use]
pub fn search(only: &[String]) -> Told {
    println!("| bug | seed, promise, processor time | | |\n| --- | --- | --- | --- |");
    let mut told = Told::AllWell;
    let wanted = |bug: &Bug| only.is_empty() || only.contains(&format!("{bug:?}"));
    for bug in Bug::ALL.into_iter().filter(wanted) {
        grow(Some(bug));
        let mut finds = std::thread::scope(|threads| {
            let searches = STARTS.map(|start| threads.spawn(move || find(start)));
            searches.map(|search| search.join().expect("no world panics"))
        });
        grow(None);
        for find in &mut finds {
            find.clean = live(&Plan::of(find.seed, PHONES)).is_ok();
        }
        let cells: Vec<String> = finds.iter().map(Find::cell).collect();
        println!("| {bug:?} | {} |", cells.join(" | "));
        if finds.iter().any(|find| find.law.is_none() || !find.clean) {
            told = Told::Broken;
        }
    }
    told
}

/// Lives through seeds until a promise breaks.
fn find(start: u64) -> Find {
    let begun = worked();
    let mut seed = start;
    loop {
        let lived = live(&Plan::of(seed, PHONES));
        let took = worked().saturating_sub(begun);
        let law = lived.err().map(|failure| failure.law);
        if law.is_some() || took > LONGEST {
            return Find {
                seed,
                law,
                took,
                clean: false,
            };
        }
        seed += 1;
    }
}

impl Find {
    fn cell(&self) -> String {
        let Self {
            seed,
            law,
            took,
            clean,
        } = self;
        let seconds = took.as_secs_f64();
        match (law, clean) {
            (Some(law), true) => format!("{seed}, {}, {seconds:.1} s", law.number()),
            (Some(law), false) => format!("{seed}, {}, **fails without it too**", law.number()),
            (None, _) => format!("**not found** up to {seed} in {seconds:.0} s"),
        }
    }
}
