//! A fresh phone in a process of its own, so that time and memory are its own: paired and brought up to date over HTTP.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use kartka_core::sync::transport::Http;
use kartka_server::Rights;

use crate::house::{self, House, request};
use crate::mix::per_row;

/// The word by which the benchmark calls itself.
const FRESH: &str = "fresh-phone";

/// What the phone saw.
pub(crate) struct Fresh {
    /// Rows that came.
    pub(crate) rows: u64,
    /// From the scan of the code to the end of the pull.
    pub(crate) seconds: f64,
    /// Bytes that came down.
    pub(crate) wire: u64,
    /// Growth of its memory in bytes, at the highest.
    pub(crate) memory: f64,
    /// Bytes of its database per row.
    pub(crate) per_row: f64,
}

/// Pairs a phone with `house` in a child process.
pub(crate) fn phone(house: &House, rights: Rights) -> Fresh {
    let home = tempfile::tempdir().unwrap();
    let out = Command::new(std::env::current_exe().unwrap())
        .arg(FRESH)
        .arg(home.path().join("phone"))
        .arg(house.code(rights))
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let mut words = text.split_whitespace();
    let mut next = || words.next().expect("the child reports five numbers");
    Fresh {
        rows: next().parse().unwrap(),
        seconds: next().parse().unwrap(),
        wire: next().parse().unwrap(),
        memory: next().parse().unwrap(),
        per_row: next().parse().unwrap(),
    }
}

/// Whether this process is such a child; then it has done its work.
pub(crate) fn asked() -> bool {
    let args: Vec<String> = std::env::args().collect();
    let [_, word, folder, code] = args.as_slice() else {
        return false;
    };
    if word != FRESH {
        return false;
    }
    let shop = house::shop(Path::new(folder));
    let http = Http::new(None).unwrap();
    let before = memory("VmRSS:");
    let start = Instant::now();
    let report = shop.pair(request(9, 0), code, "fresh", &http).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let grown = memory("VmHWM:") - before;
    println!(
        "{} {seconds} {} {grown} {}",
        report.rows_pulled,
        report.bytes_down,
        per_row(&shop)
    );
    true
}

/// A figure of this process's memory in bytes.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with(name)).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024.0
}
