//! One clock for server and phones that follows the purchases' dates instead of the wall.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kartka_core::domain::moment::{Date, day_number};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The shop opens at 15:00 UTC: 10 or 11 in New York.
const OPENS_MS: i64 = 15 * HOUR_MS;
/// It closes ten hours later, on the same day in New York; then the phones sync.
pub(crate) const OPEN_MS: i64 = 10 * HOUR_MS;

/// The clock of one machine: the day is everybody's, the time of day its own.
pub(crate) struct DemoClock {
    opened: Arc<AtomicI64>,
    since: AtomicI64,
}

impl DemoClock {
    /// A clock at the opening of `date`.
    pub(crate) fn at(date: Date) -> Self {
        let opened = Arc::new(AtomicI64::new(opening(date)));
        Self {
            opened,
            since: AtomicI64::new(0),
        }
    }

    /// Another machine's clock: the same day, its own time of day.
    pub(crate) fn another(&self) -> Self {
        Self {
            opened: self.opened.clone(),
            since: AtomicI64::new(0),
        }
    }

    /// A new day begins for everybody.
    pub(crate) fn open(&self, date: Date) {
        self.opened.store(opening(date), Ordering::SeqCst);
    }

    /// The time of day on this machine, in milliseconds since the opening.
    pub(crate) fn set(&self, since_ms: i64) {
        self.since.store(since_ms, Ordering::SeqCst);
    }

    /// Epoch milliseconds.
    pub(crate) fn instant_ms(&self) -> i64 {
        self.opened.load(Ordering::SeqCst) + self.since.load(Ordering::SeqCst)
    }
}

fn opening(date: Date) -> i64 {
    day_number(date) * DAY_MS + OPENS_MS
}

impl kartka_core::platform::Clock for DemoClock {
    fn now_ms(&self) -> i64 {
        self.instant_ms()
    }

    /// The demo is one boot that began in 1970.
    fn monotonic_ms(&self) -> i64 {
        self.instant_ms()
    }

    fn boot_id(&self) -> u64 {
        1
    }
}

impl kartka_server::platform::Clock for DemoClock {
    fn now_ms(&self) -> i64 {
        self.instant_ms()
    }
}
