//! The server under the mix: durable ingest of many devices, and a fresh phone that fetches everything.

use kartka_core::sync::transport::{Http, Route, Transport as _};

use kartka_server::Rights;

use crate::device::Device;
use crate::fresh::{self, Fresh};
use crate::house::House;
use crate::line;

const DEVICES: u8 = 16;
const PUSHES: usize = 60;
const OPS: usize = 20;
/// Rows a fresh phone fetches, at least.
const ROWS: u64 = 100_000;
/// Entries of a shop with years behind it, and the days they are spread over.
const PAST: u64 = 1_000_000;
const PAST_DAYS: i64 = 1_080;

pub(crate) fn run() {
    let (entries, ops) = ingest(DEVICES, PUSHES, OPS);
    let name = format!("push ingest over HTTP, {DEVICES} devices × {OPS} ops, durable");
    line(&name, &format!("{entries:.0} entries/s"), None);
    line("  the same in ops", &format!("{ops:.0} ops/s"), None);
    first_sync();
    past();
}

/// Devices that push ops over HTTP, each waiting for its answer, which comes after the commit: entries and ops a second.
pub(crate) fn ingest(devices: u8, pushes: usize, ops: usize) -> (f64, f64) {
    let house = House::open();
    let authority = house.authority();
    let mut entries = 0;
    let load: Vec<Vec<Vec<u8>>> = (1..=devices)
        .map(|seed| {
            let mut device = Device::pair(&authority, seed);
            let pushes = (0..pushes).map(|_| device.push(ops)).collect();
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
    let ops = f64::from(devices) * (pushes * ops) as f64;
    (entries as f64 / seconds, ops / seconds)
}

/// A phone in a process of its own fetches 100,000 rows.
pub(crate) fn first() -> Fresh {
    let house = House::open();
    let authority = house.authority();
    let mut device = Device::pair(&authority, 1);
    while device.entries < ROWS {
        authority.sync(&device.push(500)).unwrap();
    }
    fresh::phone(&house, Rights::History)
}

fn first_sync() {
    let of = first();
    let name = format!("first sync of {} rows over HTTP, encrypted", of.rows);
    let rate = of.rows as f64 / of.seconds;
    line(&name, &format!("{rate:.0} rows/s"), None);
    let disk = format!("{:.0} B/row", of.per_row);
    line("  disk of the fresh phone", &disk, None);
    let memory = format!("{:.1} MB", of.memory / 1e6);
    line("  memory it took", &memory, None);
}

/// The counter's phone of a shop with years behind it: 20,000 customers and a million entries over three years.
pub(crate) fn past() {
    let house = House::open();
    let authority = house.authority();
    let mut device = Device::pair(&authority, 1);
    device.start(PAST_DAYS);
    while device.entries < PAST {
        // A push of 500 ops is a day of some 900 entries.
        device.pass(1);
        authority.sync(&device.push(500)).unwrap();
    }
    let of = fresh::phone(&house, Rights::Recent);
    let name = format!("first sync of a shop with {PAST} past entries");
    line(&name, &format!("{:.2} s", of.seconds), None);
    let wire = format!("{:.2} MB", of.wire as f64 / 1e6);
    line("  wire down", &wire, None);
    line("  rows that its phone keeps", &of.rows.to_string(), None);
}
