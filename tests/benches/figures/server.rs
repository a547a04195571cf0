//! The server under the mix: durable ingest of many devices, and a fresh phone that fetches everything.

use kartka_core::store::LogFile;
use kartka_core::sync::transport::{Http, Route, Transport as _};

use crate::device::Device;
use crate::house::House;
use crate::line;

const DEVICES: u8 = 16;
const PUSHES: usize = 60;
const OPS: usize = 20;
/// Rows a fresh phone fetches, at least.
const ROWS: u64 = 100_000;

pub(crate) fn run() {
    ingest();
    first_sync();
}

/// 16 devices push 20 ops at a time over HTTP; each waits for its answer, which comes after the commit.
fn ingest() {
    let house = House::open();
    let authority = house.authority();
    let mut entries = 0;
    let load: Vec<Vec<Vec<u8>>> = (1..=DEVICES)
        .map(|seed| {
            let mut device = Device::pair(&authority, seed);
            let pushes = (0..PUSHES).map(|_| device.push(OPS)).collect();
            entries += device.entries;
            pushes
        })
        .collect();
    let (http, address) = (Http::new(None).unwrap(), house.address());
    let start = std::time::Instant::now();
    std::thread::scope(|threads| {
        for pushes in &load {
            let (http, address) = (&http, &address);
            threads.spawn(move || {
                for push in pushes {
                    http.post(address, Route::Sync, push).unwrap();
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let rate = entries as f64 / seconds;
    line(
        "push ingest over HTTP, 16 devices × 20 ops, durable",
        &format!("{rate:.0} entries/s"),
        None,
    );
    let ops = f64::from(DEVICES) * (PUSHES * OPS) as f64 / seconds;
    line("  the same in ops", &format!("{ops:.0} ops/s"), None);
}

fn first_sync() {
    let house = House::open();
    let authority = house.authority();
    let mut device = Device::pair(&authority, 1);
    while device.entries < ROWS {
        authority.sync(&device.push(500)).unwrap();
    }
    let http = Http::new(None).unwrap();
    let (shop, rows, seconds) = house.phone("fresh", &http);
    let rate = rows as f64 / seconds;
    line(
        &format!("first sync of {rows} rows over HTTP, encrypted"),
        &format!("{rate:.0} rows/s"),
        None,
    );
    let _ = shop.store().checkpoint(LogFile::Truncate).unwrap();
    let sums = shop.store().read(|r| r.sums()).unwrap();
    let per_row = sums.bytes as f64 / sums.rows as f64;
    line(
        "  disk of the fresh phone",
        &format!("{per_row:.0} B/row"),
        None,
    );
}
