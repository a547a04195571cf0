//! The time of a world, and what each machine's clock makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};

use kartka_core::platform::Clock;

/// A second, in milliseconds.
pub(crate) const SECOND: i64 = 1_000;
/// A minute, in milliseconds.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// An hour, in milliseconds.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// A day, in milliseconds.
pub(crate) const DAY: i64 = 24 * HOUR;

/// The true time, epoch ms; only the scheduler moves it.
pub(crate) struct WorldTime(AtomicI64);

impl WorldTime {
    pub(crate) fn at(ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(ms)))
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.load(SeqCst)
    }

    pub(crate) fn move_to(&self, ms: i64) {
        self.0.fetch_max(ms, SeqCst);
    }
}

/// The server's clock is right.
impl kartka_server::platform::Clock for WorldTime {
    fn now_ms(&self) -> i64 {
        self.now()
    }
}

/// A phone's clock: its wall time may be wrong, its monotonic time begins anew with each boot.
pub(crate) struct PhoneClock {
    world: Arc<WorldTime>,
    skew_ms: AtomicI64,
    booted_ms: AtomicI64,
    boot: AtomicU64,
}

impl PhoneClock {
    pub(crate) fn new(world: Arc<WorldTime>, phone: usize) -> Arc<Self> {
        let booted_ms = AtomicI64::new(world.now() - HOUR);
        let boot = AtomicU64::new(1_000 * (phone as u64 + 1));
        Arc::new(Self {
            world,
            skew_ms: AtomicI64::new(0),
            booted_ms,
            boot,
        })
    }

    /// Somebody sets the clock; 0 is right.
    pub(crate) fn set_skew(&self, ms: i64) {
        self.skew_ms.store(ms, SeqCst);
    }

    /// The phone starts again.
    pub(crate) fn reboot(&self) {
        self.booted_ms.store(self.world.now(), SeqCst);
        self.boot.fetch_add(1, SeqCst);
    }
}

impl Clock for PhoneClock {
    fn now_ms(&self) -> i64 {
        self.world.now() + self.skew_ms.load(SeqCst)
    }

    fn monotonic_ms(&self) -> i64 {
        self.world.now() - self.booted_ms.load(SeqCst)
    }

    fn boot_id(&self) -> u64 {
        self.boot.load(SeqCst)
    }
}
