//! Replays every committed example through its target, whole and cut and bent: what a fuzzer found once stays fixed.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use kartka_fuzz::{TARGETS, holder_opens, target};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name)
}

fn examples(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder(name))
        .unwrap_or_else(|error| panic!("{name} has no examples: {error}"))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_target_takes_its_examples() {
    for (name, run) in TARGETS {
        let examples = examples(name);
        assert!(!examples.is_empty(), "{name} has no examples");
        examples.iter().for_each(|bytes| run(bytes));
    }
}

#[test]
fn what_a_holder_says_and_hears_is_opened_by_the_targets() {
    for name in ["holder_question", "holder_answer"] {
        let opened = examples(name)
            .iter()
            .filter(|bytes| holder_opens(name, bytes))
            .count();
        assert!(opened > 0, "no example of {name} opens");
    }
}

/// Frames cost milliseconds each, the others microseconds.
fn bends(name: &str) -> usize {
    if name == "frame" { 2 } else { 60 }
}

#[test]
fn every_target_takes_its_examples_cut_and_bent() {
    for (name, run) in TARGETS {
        for (at, bytes) in examples(name).iter().enumerate() {
            let mut state = at as u64 + 1;
            for _ in 0..bends(name) {
                run(&bent(bytes, &mut state));
            }
        }
    }
}

/// The example with one byte changed, cut or doubled.
fn bent(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut next = || {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    };
    let mut bytes = bytes.to_vec();
    if bytes.is_empty() {
        return bytes;
    }
    let at = usize::try_from(next() % bytes.len() as u64).unwrap();
    match next() % 3 {
        0 => bytes[at] = next().to_be_bytes()[0],
        1 => bytes.truncate(at),
        _ => bytes.insert(at, next().to_be_bytes()[0]),
    }
    bytes
}

#[test]
fn every_target_has_its_binary_and_every_binary_its_target() {
    let manifest = include_str!("../Cargo.toml");
    let mut binaries: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[[bin]]")
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    binaries.sort_unstable();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(binaries, names);
    for name in names {
        let _ = target(name);
    }
}
