//! The Kotlin modules under `android/`: border tests and presenter tests on the JVM, without the Android SDK.

use std::process::Command;

use super::{Outcome, run};
use crate::house::House;
use crate::machine;

/// Runs the tests of every Maven module with the border library of the `dev` profile.
pub(crate) fn test(house: &House) -> Outcome {
    machine::jvm()?;
    Ok(run(Command::new("mvn")
        .current_dir(house.path("android"))
        .args(["--batch-mode", "--no-transfer-progress", "test"])
        .arg(format!(
            "-Dkartka.library.folder={}",
            house.built().display()
        ))
        .env("KARTKA_COMMAND", house.command()))?)
}
