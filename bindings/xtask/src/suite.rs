//! Runs the steps one after another, times each, and closes with a summary.
//!
//! A step's failure does not stop the others: one run shows everything that is wrong. With `CI=true` a skip fails.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::house::{House, Strictness};
use crate::licences;
use crate::steps::{Outcome, Stop, kotlin, process, python, rust, simulator, swift, web};

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
    /// The server's pages in Chromium
    Web,
    /// The real binaries over bad lines, killed at any moment, for two minutes
    Process,
    /// Seeded worlds: a corpus, with CI=true also three minutes of fresh seeds
    Simulator,
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
            Self::Web => "web",
            Self::Process => "process",
            Self::Simulator => "simulator",
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
            Self::Web => web::test(house),
            Self::Process => process::test(house, process::BY_DAY),
            Self::Simulator => simulator::test(house),
        }
    }
}

/// How a step ended.
pub(crate) struct Report {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// Runs `only`, or every step when it is empty, and prints the summary.
pub(crate) fn run(house: &House, only: &[Step]) -> ExitCode {
    let mut reports: Vec<Report> = Vec::new();
    for step in plan(only) {
        let report = timed(step.name(), || {
            if step.needs_bindings() {
                after_bindings(step, house, &reports)
            } else {
                step.run(house)
            }
        });
        reports.push(report);
    }
    summarise(&reports, house.strictness())
}

/// Runs one step under its headline.
pub(crate) fn timed(name: &'static str, step: impl FnOnce() -> Outcome) -> Report {
    println!("\n=== {name}");
    let started = clock();
    let outcome = step();
    Report {
        name,
        outcome,
        took: started.elapsed(),
    }
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
        .any(|report| report.name == Step::Bindings.name() && report.outcome.is_err())
    {
        return Err(Stop::Failed(crate::steps::Failure::new(
            "there are no bindings to test",
        )));
    }
    step.run(house)
}

/// Says how all steps ended.
pub(crate) fn summarise(reports: &[Report], strictness: Strictness) -> ExitCode {
    println!("\n=== summary");
    let (mut passed, mut failed, mut skipped) = (0_u32, 0_u32, 0_u32);
    for report in reports {
        let (count, words) = match verdict(&report.outcome, strictness) {
            Verdict::Passed => (&mut passed, "ok".to_owned()),
            Verdict::Failed(why) => (&mut failed, format!("FAILED: {why}")),
            Verdict::Skipped(why) => (&mut skipped, format!("skipped: {why}")),
        };
        *count += 1;
        println!(
            "{:<10}{:>7.1} s  {words}",
            report.name,
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

/// What a step's end counts as, with the words for a person.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
}

fn verdict(outcome: &Outcome, strictness: Strictness) -> Verdict {
    match outcome {
        Ok(()) => Verdict::Passed,
        Err(Stop::Failed(failure)) => Verdict::Failed(failure.to_string()),
        Err(Stop::Skipped(missing)) => {
            let why = format!("{}; to run it: {}", missing.what, missing.remedy);
            match strictness {
                Strictness::SkipsAllowed => Verdict::Skipped(why),
                Strictness::SkipsFail => {
                    Verdict::Failed(format!("skipped where nothing may be: {why}"))
                }
            }
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "times the steps for a person; nothing is decided by it"
)]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{Step, Verdict, plan, verdict};
    use crate::house::Strictness::{SkipsAllowed, SkipsFail};
    use crate::steps::{Failure, Missing, Stop};

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
        assert_eq!(plan(&[]).len(), 12);
    }

    #[test]
    fn a_skip_is_named_with_its_remedy_and_fails_where_nothing_may_be_skipped() {
        let words = |text: &str| text.to_owned();
        let skip = Err(Stop::Skipped(Missing {
            what: words("no Swift"),
            remedy: words("install it"),
        }));
        let fail = Err(Stop::Failed(Failure::new("it broke")));
        let cases = [
            (&Ok(()), SkipsFail, Verdict::Passed),
            (&fail, SkipsAllowed, Verdict::Failed(words("it broke"))),
            (
                &skip,
                SkipsAllowed,
                Verdict::Skipped(words("no Swift; to run it: install it")),
            ),
            (
                &skip,
                SkipsFail,
                Verdict::Failed(words(
                    "skipped where nothing may be: no Swift; to run it: install it",
                )),
            ),
        ];
        for (outcome, strictness, expected) in cases {
            assert_eq!(verdict(outcome, strictness), expected);
        }
    }
}
