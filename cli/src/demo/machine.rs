//! What the machine under the demo costs: time, memory, an fsync. The only place here that asks the system.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// A stopwatch that was started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[allow(
        clippy::disallowed_methods,
        reason = "the demo measures how long it really takes"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// How often an fsync is tried.
const TRIES: usize = 101;
/// What is written before each: one page of the database.
const PAGE: [u8; 2_048] = [7; 2_048];

/// The median time of making one appended page durable in `folder`.
///
/// # Errors
/// What the disk reports.
pub(crate) fn fsync_cost(folder: &Path) -> io::Result<Duration> {
    let path = folder.join("fsync-trial");
    let mut file = fs::File::create(&path)?;
    let mut times = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        file.write_all(&PAGE)?;
        let watch = Stopwatch::start();
        file.sync_data()?;
        times.push(watch.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times.get(TRIES / 2).copied().unwrap_or_default())
}

/// The most memory this process has held, in bytes; none where the system does not tell.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1_024)
}

/// How many of the machine's cores this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
