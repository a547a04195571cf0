//! What the server needs from the machine: time and randomness, each in one place.
//!
//! Both enter through a trait (architecture §2.5), so that tests, the seeded world and the demo supply
//! their own. Nothing else in the crate may ask the system for either.

use std::time::{SystemTime, UNIX_EPOCH};

/// Wall time.
pub trait Clock: Send + Sync {
    /// Epoch milliseconds.
    fn now_ms(&self) -> i64;
}

/// Random bytes good enough for keys.
pub trait Random: Send + Sync {
    /// Fills `bytes`; an implementation that can't must panic rather than return predictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes.
pub fn draw<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where time enters the server"
    )]
    fn now_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        }
    }
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where randomness enters the server"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system always has random bytes");
    }
}
