//! Figures that issues name, as ratios within one run on one machine: `cargo bench -p kartka-tests`.
//!
//! Nothing here is asserted; what was measured goes into docs/performance.md with the machine and versions.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock"
)]

mod device;
mod evaluator;
mod fresh;
mod house;
mod mix;
mod peers;
mod sale;
mod scan;
mod server;
mod whatif;

/// The parts in their order; `cargo bench -p kartka-tests --bench figures -- evaluator` runs those it names.
const PARTS: [(&str, fn()); 7] = [
    ("evaluator", evaluator::run),
    ("whatif", whatif::run),
    ("sale", sale::run),
    ("server", server::run),
    ("exchange", peers::exchange),
    ("mix", mix::run),
    ("scan", scan::run),
];

fn main() {
    // `cargo test` runs benches too, with this flag: measuring is not testing.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    if fresh::asked() {
        return;
    }
    // Beside other engines, read by tests/peers/run.py.
    if std::env::args().any(|arg| arg == "--peers") {
        return peers::run();
    }
    println!("{}", versions());
    println!("{:<54} {:>18} {:>8}", "figure", "measured", "ratio");
    for (name, run) in PARTS {
        if wanted(name) {
            run();
        }
    }
}

/// Whether a part is asked for: all are, unless some are named.
fn wanted(part: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"));
    let first = named.next();
    first.is_none() || first.into_iter().chain(named).any(|arg| arg == part)
}

fn versions() -> String {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    let cipher: String = conn
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .unwrap();
    format!("SQLite {}, SQLCipher {cipher}", rusqlite::version())
}

/// Prints one line; `ratio` is against the reference of the section.
fn line(name: &str, measured: &str, ratio: Option<f64>) {
    let ratio = ratio.map(|r| format!("{r:.2}")).unwrap_or_default();
    println!("{name:<54} {measured:>18} {ratio:>8}");
}

/// Times `work` over `n` rounds; rounds per second.
fn per_second(n: u32, mut work: impl FnMut(u32)) -> f64 {
    let start = std::time::Instant::now();
    for i in 0..n {
        work(i);
    }
    f64::from(n) / start.elapsed().as_secs_f64()
}
