//! Seeded worlds: the command `simulate` of `kartka-tests`, in release.
//!
//! A corpus of seeds for every change, fresh ones as well where nothing may be skipped, ten thousand at night. And the
//! proof that it finds bugs: those planted on purpose, in a build of their own.

use std::process::Command;

use super::{Failure, Outcome, run, rust};
use crate::house::{House, Strictness};
use crate::machine;

/// The corpus: fixed, so that two runs of one state say the same.
const CORPUS: &str = "0..160";
/// Minutes of fresh seeds with `CI=true`.
const FRESH_MINUTES: &str = "3";
/// By night.
const NIGHT: &str = "100000..110000";

/// The corpus; with `CI=true` fresh seeds too, whose numbers are printed.
pub(crate) fn test(house: &House) -> Outcome {
    machine::c_toolchain()?;
    run(simulate(house).args(["--seeds", CORPUS]))?;
    if house.strictness() == Strictness::SkipsFail {
        run(simulate(house).args(["--minutes", FRESH_MINUTES, "--shrink"]))?;
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
