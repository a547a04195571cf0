//! `cargo xtask`: generates the bindings and runs every test of every layer and language.
//!
//! It installs what a Debian machine lacks, names what a platform cannot offer, and keeps every cache outside the
//! checkout. It holds no rule of the product and is never shipped.

mod disks;
mod generate;
mod house;
mod licences;
mod machine;
mod mutants;
mod nightly;
mod screens;
mod steps;
mod suite;
mod surface;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use house::House;
use nightly::NightStep;
use steps::{Outcome, Stop};
use suite::Step;
use surface::Difference;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Generates the bindings and runs every test of every language"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the border library and writes the Kotlin, Swift and Python bindings beside the code that uses them
    Generate {
        /// Takes a changed surface of the border as meant: writes tests/bindings/surface.txt anew
        #[arg(long)]
        accept_surface: bool,
        /// For an app that ships: without what only the tests of the border export
        #[arg(long, conflicts_with = "accept_surface")]
        shipped: bool,
    },
    /// Runs the named steps, or all of them, and closes with one line "N passed, N failed"
    Test {
        /// Steps to run, separated by commas; their prerequisites run with them
        #[arg(long, value_delimiter = ',', value_enum)]
        only: Vec<Step>,
    },
    /// Makes one line of the domain wrong at a time, in a copy, and expects its case to fail (for the night)
    Mutants {
        /// Only mutations of files whose path holds this
        #[arg(long)]
        only: Option<String>,
    },
    /// Shows that the simulator finds every bug that was planted on purpose, and prints the table of docs/planted-bugs.md
    Plant,
    /// Draws every screen in every state without a display, and writes the contact sheets under docs/screens anew
    Screens,
    /// Opens the app in a window over the real core, paired with a demo shop that a server on this machine keeps
    Desktop,
    /// Measures the app over the real core with 20,000 customers, and prints its table of docs/performance.md
    Figures,
    /// Runs what takes too long for every change: the named steps, or all of them
    Nightly {
        /// Steps to run, separated by commas
        #[arg(long, value_delimiter = ',', value_enum)]
        only: Vec<NightStep>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let house = match House::find() {
        Ok(house) => house,
        Err(error) => return complain(&error),
    };
    match arguments.command {
        Command::Generate {
            accept_surface,
            shipped,
        } => {
            let written = if shipped {
                generate::shipped(&house)
            } else {
                generate::all(&house, intent(accept_surface))
            };
            match written {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => complain(&error),
            }
        }
        Command::Test { only } => suite::run(&house, &only),
        Command::Mutants { only } => match mutants::run(&house, only.as_deref()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error),
        },
        Command::Plant => match steps::simulator::plants(&house) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error),
        },
        Command::Screens => ended(screens::draw(&house)),
        Command::Desktop => ended(screens::desktop(&house)),
        Command::Figures => ended(screens::figures(&house)),
        Command::Nightly { only } => nightly::run(&house, &only),
    }
}

fn ended(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(failure)) => complain(&failure),
        Err(Stop::Skipped(missing)) => {
            complain(&format!("{}; to run it: {}", missing.what, missing.remedy))
        }
    }
}

fn intent(accept_surface: bool) -> Difference {
    if accept_surface {
        Difference::Accepted
    } else {
        Difference::Fails
    }
}

fn complain(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("xtask: {error}");
    ExitCode::FAILURE
}
