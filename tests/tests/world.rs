//! Seeded worlds (sync §11): what was confirmed is never lost, doubled or hidden, and everything comes to one state.
//!
//! `KARTKA_SEEDS=A..B` lives through other seeds than the usual two hundred.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use kartka_tests::world::{Failure, Summary, run};

/// The seeds asked for, or the usual ones.
fn seeds() -> std::ops::Range<u64> {
    let asked = std::env::var("KARTKA_SEEDS").unwrap_or_else(|_| "0..200".to_owned());
    let (from, to) = asked.split_once("..").expect("KARTKA_SEEDS is like 0..200");
    let number = |text: &str| text.trim().parse().expect("KARTKA_SEEDS is like 0..200");
    number(from)..number(to)
}

/// Each world is one thread's; several are lived through at once.
fn live(seeds: std::ops::Range<u64>) -> (Summary, Vec<Failure>) {
    let next = AtomicU64::new(seeds.start);
    let outcome = Mutex::new((Summary::default(), Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|threads| {
        for _ in 0..cores {
            threads.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let lived = run(seed);
                    let mut outcome = outcome.lock().expect("no world panics");
                    match lived {
                        Ok(summary) => outcome.0 += summary,
                        Err(failure) => outcome.1.push(failure),
                    }
                }
            });
        }
    });
    outcome.into_inner().expect("no world panics")
}

#[test]
fn what_was_confirmed_stays_and_everything_comes_to_one_state() {
    let seeds = seeds();
    let many = seeds.end - seeds.start >= 200;
    let (all, failures) = live(seeds);
    println!("{all:?}");
    let told: Vec<String> = failures.iter().take(3).map(ToString::to_string).collect();
    let count = failures.len();
    assert!(
        failures.is_empty(),
        "{count} worlds broke a promise\n{}",
        told.join("\n\n")
    );
    if many {
        // A fault that never happens proves nothing.
        for (what, times) in [
            ("taps", all.confirmed),
            ("refusals", all.refused),
            ("exchanges", all.exchanges),
            ("troubles", all.troubles),
            ("kills", all.kills),
            ("stops of the server", all.server_kills),
            ("phones put back", all.put_back),
            ("forks", all.forks),
            ("scopes fetched anew", all.fetched_anew),
            ("merged people", all.merged),
            ("overdrafts", all.overdrafts),
        ] {
            assert!(times >= 5, "{what} happened {times} times");
        }
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in [3, 4] {
        let first = run(seed).expect("this seed lives");
        assert_eq!(run(seed).expect("this seed lives"), first, "seed {seed}");
    }
}
