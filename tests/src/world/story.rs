//! What happened, as short lines: the end of it is printed when a seed fails, a hash of all of it names the run.

use std::collections::VecDeque;
use std::fmt;
use std::fmt::Write as _;

use super::time::SECOND;

/// Lines that are kept for a person to read.
const KEPT: usize = 40;

/// The steps of one world.
pub(crate) struct Story {
    started_ms: i64,
    lines: VecDeque<String>,
    trace: u64,
}

impl Story {
    pub(crate) fn new(started_ms: i64) -> Self {
        Self {
            started_ms,
            lines: VecDeque::new(),
            trace: 0xCBF2_9CE4_8422_2325,
        }
    }

    /// Notes a step.
    pub(crate) fn tell(&mut self, now_ms: i64, what: &str) {
        let after = now_ms - self.started_ms;
        let line = format!("{:>9}.{:03} s  {what}", after / SECOND, after % SECOND);
        self.bytes(line.as_bytes());
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// Lets bytes count in the trace without telling them (FNV-1a).
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.trace = (self.trace ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
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
    seed: u64,
    reason: String,
    story: String,
}

impl Failure {
    pub(crate) fn new(seed: u64, reason: String, story: &Story) -> Self {
        Self {
            seed,
            reason,
            story: story.end(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            reason,
            story,
        } = self;
        let next = seed + 1;
        writeln!(f, "seed {seed}: {reason}\nthe last steps:\n{story}")?;
        write!(
            f,
            "again: KARTKA_SEEDS={seed}..{next} cargo test -p kartka-tests --test world"
        )
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
