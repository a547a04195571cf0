//! Seeded worlds: the command `simulate` of `kartka-tests`, in release.
//!
//! A corpus of seeds for every change, ten thousand fresh ones at night. And the
//! proof that it finds bugs: those planted on purpose, in a build of their own.

use std::process::Command;

use super::{Failure, Outcome, run, rust};
use crate::house::House;
use crate::machine;

/// The corpus: fixed, so that two runs of one state say the same.
const CORPUS: &str = "0..160";
/// By night.
const NIGHT: &str = "100000..110000";

/// The corpus. Fresh seeds are for the night until none of them finds what the model does not know yet.
pub(crate) fn test(house: &House) -> Outcome {
    machine::c_toolchain()?;
    Ok(run(simulate(house).args(["--seeds", CORPUS]))?)
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
