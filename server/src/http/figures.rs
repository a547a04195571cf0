//! Counters for `/metrics`: sums over everything, no names, no ids.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::authority::{History, Outcome};

/// A number that only grows.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn more(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of something are open.
#[derive(Default)]
pub(crate) struct Gauge(Arc<AtomicU64>);

/// Counts as open until it is dropped.
pub(crate) struct Open(Arc<AtomicU64>);

impl Gauge {
    pub(crate) fn enter(&self) -> Open {
        self.0.fetch_add(1, Ordering::Relaxed);
        Open(self.0.clone())
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the server has done since it started.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) exchanges: Counter,
    pub(crate) refusals: Counter,
    pub(crate) answered: Counter,
    pub(crate) paired: Counter,
    pub(crate) lines: Gauge,
    pub(crate) connections: Gauge,
    ops: Counter,
    entries: Counter,
    forks: Counter,
}

impl Figures {
    pub(crate) fn pushed(&self, outcome: &Outcome) {
        self.ops.more(outcome.taken as u64);
        self.entries.more(outcome.entries as u64);
        if outcome.history == History::Forked {
            self.forks.more(1);
        }
    }

    /// As Prometheus and others read it.
    pub(crate) fn text(&self, businesses: u64, commits: u64) -> String {
        let mut out = String::new();
        let rows = [
            (
                "counter",
                "exchanges_total",
                "Sync requests received",
                self.exchanges.get(),
            ),
            (
                "counter",
                "refusals_total",
                "Requests refused",
                self.refusals.get(),
            ),
            ("counter", "commits_total", "Transactions", commits),
            ("counter", "ops_total", "Ops put in order", self.ops.get()),
            (
                "counter",
                "entries_total",
                "Entries put in order",
                self.entries.get(),
            ),
            (
                "counter",
                "forks_total",
                "Batches of another history",
                self.forks.get(),
            ),
            (
                "counter",
                "answer_bytes_total",
                "Bytes of sync answers",
                self.answered.get(),
            ),
            (
                "counter",
                "devices_paired_total",
                "Devices let in",
                self.paired.get(),
            ),
            (
                "gauge",
                "live_lines",
                "Lines waiting for a poke",
                self.lines.get(),
            ),
            (
                "gauge",
                "connections",
                "Open connections",
                self.connections.get(),
            ),
            ("gauge", "businesses", "Businesses served", businesses),
        ];
        for (kind, name, help, value) in rows {
            let _ = writeln!(
                out,
                "# HELP kartka_{name} {help}\n# TYPE kartka_{name} {kind}\nkartka_{name} {value}"
            );
        }
        out
    }
}
