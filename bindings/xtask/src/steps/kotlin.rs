//! The Kotlin modules under `android/`: border tests and presenter tests on the JVM, without the Android SDK.

use std::process::Command;

use super::{Outcome, run};
use crate::disks::with_small_disk;
use crate::house::House;
use crate::machine;

/// Runs the tests of every Maven module with the border library of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    machine::jvm()?;
    machine::drawing()?;
    let mut tests = Command::new("mvn");
    tests
        .current_dir(house.path("android"))
        .args(["--batch-mode", "--no-transfer-progress", "test"])
        .arg(format!(
            "-Dkartka.library.folder={}",
            house.built().display()
        ))
        .env("KARTKA_COMMAND", house.command());
    Ok(run(&mut with_small_disk(house, tests)?)?)
}
