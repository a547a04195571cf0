//! The command `simulate`: which seeds, on how many threads, and what is said about them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::world::{Failure, PHONES, Plan, Summary, live, shrink};

/// How a command is asked for.
const USAGE: &str = "simulate [--seeds A..B] [--minutes N] [--phones 4..8] [--jobs N] [--shrink] [--tries N] [--story LINES] [--quiet]";
/// Seeds when nothing else is said.
const USUAL: u64 = 200;
/// Worlds that a shrinker may try when nothing else is said.
const TRIES: usize = 400;
/// Lines of a failure's story when nothing else is said.
const LINES: usize = 60;
/// Failures that are told in full.
const TOLD: usize = 3;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    from: u64,
    to: u64,
    time: Option<Duration>,
    phones: usize,
    jobs: usize,
    shrink: bool,
    tries: usize,
    lines: usize,
    quiet: bool,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// No promise broke.
    AllWell,
    /// At least one did.
    Broken,
}

impl Asked {
    /// Reads the words of the command.
    ///
    /// # Errors
    /// How it is used, if the words are others.
    pub fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self {
            from: 0,
            to: USUAL,
            time: None,
            phones: PHONES,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            shrink: false,
            tries: TRIES,
            lines: LINES,
            quiet: false,
        };
        let mut seeds = None;
        let mut words = words;
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|text| text.parse::<u64>().ok());
            let small = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok());
            match word.as_str() {
                "--seeds" => seeds = Some(words.next().as_deref().and_then(range).ok_or(USAGE)?),
                "--minutes" => asked.time = Some(Duration::from_secs(60 * number().ok_or(USAGE)?)),
                "--phones" => asked.phones = small(number()).ok_or(USAGE)?,
                "--jobs" => asked.jobs = small(number()).ok_or(USAGE)?.max(1),
                "--shrink" => asked.shrink = true,
                "--tries" => asked.tries = small(number()).ok_or(USAGE)?,
                "--story" => asked.lines = small(number()).ok_or(USAGE)?,
                "--quiet" => asked.quiet = true,
                _ => return Err(USAGE.to_owned()),
            }
        }
        (asked.from, asked.to) = match (seeds, asked.time) {
            (Some(seeds), _) => seeds,
            (None, None) => (0, USUAL),
            (None, Some(_)) => (fresh_base(), u64::MAX),
        };
        Ok(asked)
    }
}

impl Asked {
    fn plan(&self, seed: u64) -> Plan {
        Plan::of(seed, self.phones).telling(self.lines)
    }
}

fn range(text: &str) -> Option<(u64, u64)> {
    let (from, to) = text.split_once("..")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// Seeds nobody has lived through before.
#[allow(
    clippy::disallowed_methods,
    reason = "only chooses which seeds are lived through, and prints which"
)]
fn fresh_base() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs()) * 1_000
}

#[allow(
    clippy::disallowed_methods,
    reason = "times the worlds for a person; nothing in them is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this thread; nothing where the system does not say.
pub(crate) fn worked() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// What came of the worlds of one kind of cipher.
#[derive(Default)]
struct Tally {
    worlds: u64,
    all: Summary,
    worked: Duration,
}

#[derive(Default)]
struct Outcome {
    plain: Tally,
    encrypted: Tally,
    failures: Vec<Failure>,
}

/// Lives through what was asked for and says what came of it.
///
/// # Panics
/// If a world panics.
#[must_use]
pub fn run(asked: &Asked) -> Told {
    let started = now();
    let until = asked.time.map(|time| started + time);
    let next = AtomicU64::new(asked.from);
    let enough = AtomicBool::new(false);
    let outcome = Mutex::new(Outcome::default());
    std::thread::scope(|threads| {
        for _ in 0..asked.jobs {
            threads.spawn(|| {
                while !enough.load(Ordering::Relaxed) && until.is_none_or(|until| now() < until) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= asked.to {
                        break;
                    }
                    let before = worked();
                    let plan = asked.plan(seed);
                    let lived = live(&plan);
                    let took = worked().saturating_sub(before);
                    let mut outcome = outcome.lock().expect("no world panics");
                    let tally = match plan.is_encrypted() {
                        true => &mut outcome.encrypted,
                        false => &mut outcome.plain,
                    };
                    tally.worlds += 1;
                    tally.worked += took;
                    match lived {
                        Ok(summary) => tally.all += summary,
                        Err(failure) => {
                            // A long search tells at once what it found.
                            eprintln!("{}", failure.headline());
                            outcome.failures.push(failure);
                            // Enough to look at.
                            enough.store(outcome.failures.len() >= 20, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    let outcome = outcome.into_inner().expect("no world panics");
    tell(asked, &outcome, started.elapsed())
}

fn tell(asked: &Asked, outcome: &Outcome, took: Duration) -> Told {
    let Outcome {
        plain,
        encrypted,
        failures,
    } = outcome;
    let worlds = plain.worlds + encrypted.worlds;
    let last = asked.from + worlds;
    println!(
        "seeds {}..{last}: {worlds} worlds in {:.1} s, {} broke a promise",
        asked.from,
        took.as_secs_f64(),
        failures.len()
    );
    for (name, tally) in [("plain", plain), ("encrypted", encrypted)] {
        println!("  {name}: {}", rate(tally));
    }
    let mut all = plain.all;
    all += encrypted.all;
    if !asked.quiet {
        println!("  {all:?}");
    }
    for failure in failures.iter().take(TOLD) {
        println!("\n{failure}");
        if asked.shrink {
            tell_small(&asked.plan(failure.seed), asked.tries);
        }
    }
    for failure in failures.iter().skip(TOLD) {
        println!("{}", failure.headline());
    }
    match failures.is_empty() {
        true => Told::AllWell,
        false => Told::Broken,
    }
}

fn rate(tally: &Tally) -> String {
    let worked = tally.worked.as_secs_f64();
    let worlds = tally.worlds.max(1) as f64;
    let per = |number: u64| number as f64 / worlds;
    format!(
        "{} worlds, {:.1} a second and core; in each {:.0} taps confirmed, {:.0} refused, {:.0} exchanges, {:.1} fault classes",
        tally.worlds,
        if worked > 0.0 { worlds / worked } else { 0.0 },
        per(tally.all.confirmed),
        per(tally.all.refused),
        per(tally.all.exchanges),
        per(tally.all.classes),
    )
}

fn tell_small(plan: &Plan, tries: usize) {
    match shrink(plan, tries) {
        Some(small) => println!(
            "\nshrunk in {} worlds to {} phones, {} events, faults {:?}:\n{}",
            small.tried, small.phones, small.events, small.classes, small.failure
        ),
        None => println!("\nit does not fail again"),
    }
}
