//! What happened, as short lines: the end of it is printed when a seed fails, a hash of all of it names the run.

use std::collections::VecDeque;
use std::fmt;
use std::fmt::Write as _;

use super::laws::{Law, Wrong};
use super::time::{DAY, HOUR, MINUTE, SECOND};

/// Lines that are kept for a person to read, when nothing else is said.
pub(crate) const KEPT: usize = 60;

/// The steps of one world.
pub(crate) struct Story {
    started_ms: i64,
    /// Lines that are kept.
    most: usize,
    lines: VecDeque<String>,
    trace: u64,
}

impl Story {
    pub(crate) fn new(started_ms: i64, most: usize) -> Self {
        Self {
            started_ms,
            most: most.max(1),
            lines: VecDeque::new(),
            trace: 0xCBF2_9CE4_8422_2325,
        }
    }

    /// Notes a step.
    pub(crate) fn tell(&mut self, now_ms: i64, what: &str) {
        let after = now_ms - self.started_ms;
        let mut line = match self.lines.len() >= self.most {
            true => self.lines.pop_front().unwrap_or_default(),
            false => String::new(),
        };
        line.clear();
        let (days, rest) = (after / DAY, after % DAY);
        let (hour, minute, ms) = (rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE);
        let (second, ms) = (ms / SECOND, ms % SECOND);
        // A string takes every write.
        let _ = write!(
            line,
            "day {days:>3}, {hour:02}:{minute:02}:{second:02}.{ms:03}  {what}"
        );
        self.bytes(line.as_bytes());
        self.lines.push_back(line);
    }

    /// Lets bytes count in the trace without telling them (FNV-1a over 8 bytes at a time).
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let mut take = |word: u64| {
            self.trace = (self.trace ^ word).wrapping_mul(0x0000_0100_0000_01B3);
            self.trace ^= self.trace >> 29;
        };
        let (words, rest) = bytes.as_chunks::<8>();
        words
            .iter()
            .for_each(|word| take(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| take(u64::from(*byte)));
        take(bytes.len() as u64);
    }

    /// The hash of everything so far.
    pub(crate) fn trace(&self) -> u64 {
        self.trace
    }

    fn end(&self) -> String {
        self.lines.iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "  {line}");
            text
        })
    }
}

/// A world that broke a promise.
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Which promise.
    pub law: Law,
    what: String,
    story: String,
}

impl Failure {
    pub(crate) fn new(seed: u64, wrong: &Wrong, story: &Story) -> Self {
        Self {
            seed,
            law: wrong.law,
            what: wrong.what.clone(),
            story: story.end(),
        }
    }

    /// The first line alone.
    #[must_use]
    pub fn headline(&self) -> String {
        let Self {
            seed, law, what, ..
        } = self;
        format!("seed {seed} broke {}: {what}", law.number())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, story, .. } = self;
        let next = seed + 1;
        writeln!(f, "{}\nthe last steps:\n{story}", self.headline())?;
        write!(
            f,
            "again: cargo run --release -p kartka-tests --bin simulate -- --seeds {seed}..{next} --shrink"
        )
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
