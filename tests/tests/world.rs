//! Seeded worlds (sync §11): what was confirmed is never lost, doubled or hidden, and everything comes to one state.
//!
//! A few seeds only: the fixed corpus and fresh seeds are the step `simulator` of `cargo xtask test`.

use std::ops::Range;

use kartka_tests::world::{CLASSES_ALL, Failure, PHONES, Plan, Summary, run, run_alone, shrink};

fn live(seeds: Range<u64>, run: fn(u64) -> Result<Summary, Failure>) -> Summary {
    let mut all = Summary::default();
    for seed in seeds {
        match run(seed) {
            Ok(summary) => all += summary,
            Err(failure) => panic!("{failure}"),
        }
    }
    all
}

#[test]
fn what_was_confirmed_stays_and_everything_comes_to_one_state() {
    let all = live(0..24, run);
    println!("{all:?}");
    // A fault that never happens proves nothing.
    for (what, times) in [
        ("taps", all.confirmed),
        ("refusals", all.refused),
        ("exchanges", all.exchanges),
        ("troubles", all.troubles),
        ("kills", all.kills),
        ("stops of the server", all.server_kills),
        ("phones that were put back", all.put_back),
        ("new numbers", all.forks),
        ("scopes fetched anew", all.fetched_anew),
        ("merged people", all.merged),
        ("new rules", all.versions),
        ("phones that were taken over", all.taken_over),
        ("sales of dismissed operators", all.by_dismissed),
        ("receipts for which points were kept", all.reserved),
        ("receipts for which none were left", all.turned_down),
        ("sales whose points were kept", all.sold_kept),
        ("sales that came too late for them", all.came_late),
        ("outboxes that left as files", all.exported),
        ("acts that came by a file first", all.brought),
        ("customers who were brought by others", all.brought_by),
        ("thanks for bringing them", all.thanked),
    ] {
        assert!(times >= 3, "{what} happened {times} times");
    }
}

#[test]
fn a_founding_phone_alone_keeps_what_it_confirmed() {
    let all = live(0..40, run_alone);
    assert!(all.kills > 10, "{all:?}");
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in [2, 3] {
        let first = run(seed).expect("this seed lives");
        assert_eq!(run(seed).expect("this seed lives"), first, "seed {seed}");
    }
    let alone = run_alone(4).expect("this seed lives");
    assert_eq!(run_alone(4).expect("this seed lives"), alone);
}

#[test]
fn a_world_that_lives_is_not_shrunk() {
    assert!(shrink(&Plan::of(2, PHONES), 10).is_none());
}

#[test]
fn every_class_of_faults_is_in_some_world() {
    for class in CLASSES_ALL {
        let known = (0..40).any(|seed| Plan::of(seed, PHONES).knows(class));
        assert!(known, "{class:?}");
    }
}
