//! Seeded worlds: the command `simulate` of `kartka-tests`, in release.
//!
//! A corpus of seeds for every change, with `CI=true` also three minutes of seeds that only this state of the sources
//! has, ten thousand fresh ones at night. And the proof that it finds bugs: those planted on purpose, in a build of
//! their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Failure, Outcome, run, rust};
use crate::house::{House, Strictness};
use crate::machine;

/// The corpus: fixed, so that two runs of one state say the same.
const CORPUS: &str = "0..160";
/// By night.
const NIGHT: &str = "100000..110000";

/// What the fresh seeds are drawn from: everything that a world is made of.
const SOURCES: [&str; 3] = ["core", "server/src", "tests/src"];
/// Minutes of fresh seeds.
const FRESH: &str = "3";
/// Most fresh seeds of one state: more than any machine lives through in its minutes.
const APART: u64 = 100_000;

/// The corpus, and fresh seeds where a skip is a failure.
pub(crate) fn test(house: &House) -> Outcome {
    machine::c_toolchain()?;
    run(simulate(house).args(["--seeds", CORPUS]))?;
    if house.strictness() == Strictness::SkipsFail {
        let from = of_this_state(house)?;
        let seeds = format!("{from}..{}", from + APART);
        let fresh = ["--seeds", &seeds, "--minutes", FRESH, "--shrink"];
        run(simulate(house).args(fresh))?;
    }
    Ok(())
}

/// The first of the seeds that no other state of the sources has: whoever runs the same sources again lives through the
/// same worlds, so that a failure is found by everybody.
fn of_this_state(house: &House) -> Result<u64, Failure> {
    let mut sources = Vec::new();
    for folder in SOURCES {
        rust_files(&house.path(folder), &mut sources).map_err(Failure::new)?;
    }
    sources.sort();
    // FNV-1a.
    let mut state: u64 = 0xCBF2_9CE4_8422_2325;
    for file in sources {
        for byte in std::fs::read(file).map_err(Failure::new)? {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    Ok(((state >> 32) + 1) * APART)
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, into)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

/// Ten thousand seeds.
pub(crate) fn by_night(house: &House) -> Outcome {
    machine::c_toolchain()?;
    Ok(run(simulate(house).args(["--seeds", NIGHT, "--shrink"]))?)
}

/// Every planted bug from three starting seeds; prints the table of docs/planted-bugs.md.
///
/// # Errors
/// A bug that was not found, or a seed that fails without it too.
pub(crate) fn plants(house: &House) -> Result<(), Failure> {
    let mut command = rust::cargo(house);
    command.args(["run", "--release", "--locked", "--package", "kartka-tests"]);
    command.args(["--features", "plant", "--bin", "simulate", "--", "--plants"]);
    run(&mut command)
}

fn simulate(house: &House) -> Command {
    let mut command = rust::cargo(house);
    command.args(["run", "--release", "--locked", "--package", "kartka-tests"]);
    command.args(["--bin", "simulate", "--"]);
    command
}
