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
    /// The wall clock gains or loses so many thousandths since [`drifts_since`](Self::drifts_since).
    drift: AtomicI64,
    drifts_since: AtomicI64,
    booted_ms: AtomicI64,
    boot: AtomicU64,
}

/// A wall clock that stands still.
const FROZEN: i64 = -1_000;

impl PhoneClock {
    pub(crate) fn new(world: Arc<WorldTime>, phone: usize) -> Arc<Self> {
        let booted_ms = AtomicI64::new(world.now() - HOUR);
        let boot = AtomicU64::new(1_000 * (phone as u64 + 1));
        Arc::new(Self {
            world,
            skew_ms: AtomicI64::new(0),
            drift: AtomicI64::new(0),
            drifts_since: AtomicI64::new(0),
            booted_ms,
            boot,
        })
    }

    /// Somebody sets the clock, and it goes as it should; 0 is right.
    pub(crate) fn set_skew(&self, ms: i64) {
        self.skew_ms.store(ms, SeqCst);
        self.drift.store(0, SeqCst);
    }

    /// The wall clock gains (or loses) so many thousandths from now on.
    pub(crate) fn drift(&self, thousandths: i64) {
        self.skew_ms.store(self.off(), SeqCst);
        self.drifts_since.store(self.world.now(), SeqCst);
        self.drift.store(thousandths.max(FROZEN), SeqCst);
    }

    /// The wall clock stands still from now on.
    pub(crate) fn freeze(&self) {
        self.drift(FROZEN);
    }

    /// How far the wall clock is off now.
    fn off(&self) -> i64 {
        let passed = self.world.now() - self.drifts_since.load(SeqCst);
        self.skew_ms.load(SeqCst) + passed * self.drift.load(SeqCst) / 1_000
    }

    /// The phone starts again.
    pub(crate) fn reboot(&self) {
        self.booted_ms.store(self.world.now(), SeqCst);
        self.boot.fetch_add(1, SeqCst);
    }
}

impl Clock for PhoneClock {
    fn now_ms(&self) -> i64 {
        self.world.now() + self.off()
    }

    fn monotonic_ms(&self) -> i64 {
        self.world.now() - self.booted_ms.load(SeqCst)
    }

    fn boot_id(&self) -> u64 {
        self.boot.load(SeqCst)
    }
}
