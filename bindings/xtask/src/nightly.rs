//! What takes too long for every change and runs at night, one named step after another.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::house::House;
use crate::steps::{Outcome, fuzz, process, rust, simulator};
use crate::suite::{Report, summarise, timed};

/// One step of `cargo xtask nightly`, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NightStep {
    /// The real binaries over bad lines, killed at any moment, for half an hour
    Process,
    /// Ten thousand generated shops for every law of the loyalty rules
    Laws,
    /// Ten thousand seeded worlds
    Simulator,
    /// Ten minutes of a fuzzer for every decoder
    Fuzz,
}

impl NightStep {
    const fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Laws => "laws",
            Self::Simulator => "simulator",
            Self::Fuzz => "fuzz",
        }
    }

    fn run(self, house: &House) -> Outcome {
        match self {
            Self::Process => process::test(house, process::BY_NIGHT),
            Self::Laws => rust::laws_by_night(house),
            Self::Simulator => simulator::by_night(house),
            Self::Fuzz => fuzz::by_night(house),
        }
    }
}

/// Runs `only`, or every step when it is empty, and prints the summary.
pub(crate) fn run(house: &House, only: &[NightStep]) -> ExitCode {
    let wanted = |step: &&NightStep| only.is_empty() || only.contains(step);
    let steps = NightStep::value_variants().iter().filter(wanted);
    let reports: Vec<Report> = steps
        .map(|step| timed(step.name(), || step.run(house)))
        .collect();
    summarise(&reports, house.strictness())
}
