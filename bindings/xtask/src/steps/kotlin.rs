//! The Kotlin modules under `android/`: border, presenter and screen tests on the JVM, without the Android SDK.

use super::{Outcome, run};
use crate::disks::with_small_disk;
use crate::house::House;
use crate::{machine, screens};

/// Runs the tests of every Maven module with the border library of the `dev` profile, and opens the window once.
pub(crate) fn test(house: &House) -> Outcome {
    machine::jvm()?;
    machine::drawing()?;
    let mut tests = screens::maven(house);
    tests.arg("test").env("KARTKA_COMMAND", house.command());
    run(&mut with_small_disk(house, tests)?)?;
    screens::glance(house)
}
