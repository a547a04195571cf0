//! The border tests in Python: the quickest look at the border, with no compiler in between.

use std::fs;
use std::process::Command;

use super::{Failure, Outcome, run};
use crate::disks::with_small_disk;
use crate::house::House;
use crate::{generate, machine};

/// Runs `tests/bindings/python` against the border library of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    machine::python()?;
    // The generated module loads the library that lies beside it.
    let library = house.library();
    let beside = house
        .path(generate::PYTHON)
        .join(library.file_name().unwrap_or_default());
    fs::copy(&library, beside).map_err(Failure::new)?;
    let mut tests = Command::new("python3");
    tests
        .current_dir(house.path("tests/bindings/python"))
        .args(["-B", "-m", "unittest", "discover", "--verbose"])
        .env("KARTKA_COMMAND", house.command());
    Ok(run(&mut with_small_disk(house, tests)?)?)
}
