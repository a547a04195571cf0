//! Runs the steps one after another, times each, and closes with a summary.
//!
//! A step's failure does not stop the others: one run shows everything that is wrong. With `CI=true` a skip fails.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::house::{House, Strictness};
use crate::licences;
use crate::steps::{Outcome, Stop, kotlin, python, rust, swift};

/// One named step of `cargo xtask test`, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Formatting as rustfmt writes it
    Fmt,
    /// Lints in every target, warnings are errors
    Clippy,
    /// Documentation without a broken link
    Docs,
    /// Licences, banned crates and sources of every dependency (deny.toml)
    Licences,
    /// Tests of the Rust workspace
    Rust,
    /// Kotlin, Swift and Python bindings from the border library
    Bindings,
    /// Border tests in Python
    Python,
    /// Border and presenter tests in Kotlin
    Kotlin,
    /// Border and presenter tests in Swift
    Swift,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
            Self::Licences => "licences",
            Self::Rust => "rust",
            Self::Bindings => "bindings",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
        }
    }

    fn needs_bindings(self) -> bool {
        matches!(self, Self::Python | Self::Kotlin | Self::Swift)
    }

    fn run(self, house: &House) -> Outcome {
        match self {
            Self::Fmt => rust::fmt(house),
            Self::Clippy => rust::clippy(house),
            Self::Docs => rust::docs(house),
            Self::Licences => licences::check(house),
            Self::Rust => rust::test(house),
            Self::Bindings => rust::bindings(house),
            Self::Python => python::test(house),
            Self::Kotlin => kotlin::test(house),
            Self::Swift => swift::test(house),
        }
    }
}

struct Report {
    step: Step,
    outcome: Outcome,
    took: Duration,
}

/// Runs `only`, or every step when it is empty, and prints the summary.
pub(crate) fn run(house: &House, only: &[Step]) -> ExitCode {
    let mut reports: Vec<Report> = Vec::new();
    for step in plan(only) {
        println!("\n=== {}", step.name());
        let started = clock();
        let outcome = if step.needs_bindings() {
            after_bindings(step, house, &reports)
        } else {
            step.run(house)
        };
        reports.push(Report {
            step,
            outcome,
            took: started.elapsed(),
        });
    }
    summarise(&reports, house.strictness())
}

/// The steps in their order, with the bindings whenever a language needs them.
fn plan(only: &[Step]) -> Vec<Step> {
    let wanted = |step: &Step| {
        only.is_empty()
            || only.contains(step)
            || (*step == Step::Bindings && only.iter().any(|chosen| chosen.needs_bindings()))
    };
    Step::value_variants()
        .iter()
        .copied()
        .filter(wanted)
        .collect()
}

fn after_bindings(step: Step, house: &House, reports: &[Report]) -> Outcome {
    if reports
        .iter()
        .any(|report| report.step == Step::Bindings && report.outcome.is_err())
    {
        return Err(Stop::Failed(crate::steps::Failure::new(
            "there are no bindings to test",
        )));
    }
    step.run(house)
}

fn summarise(reports: &[Report], strictness: Strictness) -> ExitCode {
    println!("\n=== summary");
    let (mut passed, mut failed, mut skipped) = (0_u32, 0_u32, 0_u32);
    for report in reports {
        let line = match (&report.outcome, strictness) {
            (Ok(()), _) => {
                passed += 1;
                "ok".to_owned()
            }
            (Err(Stop::Failed(failure)), _) => {
                failed += 1;
                format!("FAILED: {failure}")
            }
            (Err(Stop::Skipped(missing)), Strictness::SkipsAllowed) => {
                skipped += 1;
                format!("skipped: {}; to run it: {}", missing.what, missing.remedy)
            }
            (Err(Stop::Skipped(missing)), Strictness::SkipsFail) => {
                failed += 1;
                format!(
                    "FAILED: skipped where nothing may be: {}; to run it: {}",
                    missing.what, missing.remedy
                )
            }
        };
        println!(
            "{:<10}{:>7.1} s  {line}",
            report.step.name(),
            report.took.as_secs_f64()
        );
    }
    println!();
    if skipped > 0 {
        println!("{passed} passed, {failed} failed, {skipped} skipped");
    } else {
        println!("{passed} passed, {failed} failed");
    }
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "times the steps for a person; nothing is decided by it"
)]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{Step, plan};

    #[test]
    fn a_plan_keeps_the_order_and_brings_the_bindings_along() {
        let cases: &[(&[Step], &[Step])] = &[
            (
                &[Step::Kotlin, Step::Rust],
                &[Step::Rust, Step::Bindings, Step::Kotlin],
            ),
            (&[Step::Fmt], &[Step::Fmt]),
            (
                &[Step::Bindings, Step::Swift],
                &[Step::Bindings, Step::Swift],
            ),
        ];
        for (only, expected) in cases {
            assert_eq!(plan(only), *expected, "only {only:?}");
        }
        assert_eq!(plan(&[]).len(), 9);
    }
}
