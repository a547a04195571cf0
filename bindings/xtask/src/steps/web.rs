//! The pages of the server in a real browser: what a customer and an owner see on their screens.

use std::process::Command;

use super::{Outcome, run, rust};
use crate::house::House;
use crate::machine;

/// Runs `tests/web` against the `kartka` command of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    machine::c_toolchain()?;
    machine::browser()?;
    run(rust::cargo(house).args(["build", "--package", "kartka", "--locked"]))?;
    Ok(run(Command::new("python3")
        .current_dir(house.path("tests/web"))
        .args(["-B", "-m", "unittest", "discover", "--verbose"])
        .env("KARTKA_COMMAND", house.command()))?)
}
