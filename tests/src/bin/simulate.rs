//! Lives through seeded worlds, many of them, and says what broke (sync §11).
//!
//! `simulate [--seeds A..B] [--minutes N] [--phones 4..8] [--jobs N] [--shrink] [--tries N]
//! [--story LINES] [--quiet]`: the seeds `A..B`, or as many as the
//! minutes allow from `A` on (a base from the clock if none is given, printed so that it can be lived through again).
//! Ends with 1 if a promise broke. Built with the feature `plant` it also knows `--plants [NAME…]`: the search for
//! bugs that were planted on purpose.

use std::process::ExitCode;

use kartka_tests::bench::{Asked, Told, run};

fn main() -> ExitCode {
    #[cfg(feature = "plant")]
    if std::env::args().nth(1).as_deref() == Some("--plants") {
        let only: Vec<String> = std::env::args().skip(2).collect();
        return match kartka_tests::garden::search(&only) {
            Told::AllWell => ExitCode::SUCCESS,
            Told::Broken => ExitCode::FAILURE,
        };
    }
    let asked = match Asked::read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    match run(&asked) {
        Told::AllWell => ExitCode::SUCCESS,
        Told::Broken => ExitCode::FAILURE,
    }
}
