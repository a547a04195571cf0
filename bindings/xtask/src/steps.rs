//! The steps of `cargo xtask test`, one file per language, and how a step ends.
//!
//! A step runs other programs with their own output in view; it never filters what a runner says.

pub(crate) mod fuzz;
pub(crate) mod kotlin;
pub(crate) mod process;
pub(crate) mod python;
pub(crate) mod rust;
pub(crate) mod simulator;
pub(crate) mod swift;
pub(crate) mod web;

use std::fmt;
use std::process::Command;

/// Why a step failed, for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What this machine cannot offer, and how a person gets it.
#[derive(Debug)]
pub(crate) struct Missing {
    /// What is missing, as a clause: "no Swift 6 compiler".
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) remedy: String,
}

/// How a step ended short of success.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The thing under test, or a program it needs, failed.
    Failed(Failure),
    /// The machine lacks something the project cannot install here.
    Skipped(Missing),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Missing> for Stop {
    fn from(missing: Missing) -> Self {
        Self::Skipped(missing)
    }
}

/// Success, or why not.
pub(crate) type Outcome = Result<(), Stop>;

/// Runs `command` with its output in view and without standard input.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(std::process::Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{program}: {status}"))),
        Err(error) => Err(Failure::new(format!("{program} does not start: {error}"))),
    }
}
