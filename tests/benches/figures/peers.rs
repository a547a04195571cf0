//! Kartka's side of the table beside other engines: one JSON object a line, as theirs (tests/peers).

use std::time::Instant;

use kartka_core::domain::money::Money;
use kartka_core::sync::Cancel;
use kartka_core::sync::transport::Http;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::till::TillRequest;

use crate::house::{House, request};
use crate::{line, mix, sale, server};

const ONE_BY_ONE: u32 = 200;

pub(crate) fn run() {
    let home = tempfile::tempdir().unwrap();
    say("purchase transaction", sale::purchases(home.path()).0, "/s");
    let of = server::first();
    say(
        "first sync of 100,000 rows",
        of.rows as f64 / of.seconds,
        "rows/s",
    );
    say("memory for 100,000 rows", of.memory / 1e6, "MB");
    say("durable push ingest", ingest(), "objects/s");
    say("one op, device to device", one_op().whole, "ms");
    let of = mix::weigh();
    say("wire up, mix, pushes of 50", of.up, "B/entry");
    say("phone disk, mix, with the outbox", of.maker, "B/row");
    say("phone disk, received entries", of.receiver, "B/row");
}

/// One op from device to device, milliseconds in the middle of many.
struct OneOp {
    /// The author's exchange.
    up: f64,
    /// The other phone's.
    down: f64,
    /// From the start of the first to the end of the second.
    whole: f64,
    /// Requests of both together.
    requests: f64,
    /// Pages that the author's exchange writes, and the other phone's.
    pages: [f64; 2],
}

/// Entries a second of one device that has much to tell.
fn ingest() -> f64 {
    server::ingest(1, 40, 500).0
}

/// As a part of its own: `-- exchange`.
pub(crate) fn exchange() {
    let name = "push ingest over HTTP, one device × 500 ops, durable";
    line(name, &format!("{:.0} entries/s", ingest()), None);
    let op = one_op();
    for (name, value) in [
        ("one op, device to device, ms", op.whole),
        ("  the author's exchange", op.up),
        ("  the other phone's", op.down),
        ("  requests", op.requests),
        ("  pages that the author's exchange writes", op.pages[0]),
        ("  pages that the other phone's writes", op.pages[1]),
    ] {
        line(name, &format!("{value:.2}"), None);
    }
}

fn one_op() -> OneOp {
    let house = House::open();
    let http = Http::new(None).unwrap();
    let left = house.phone("left", &http);
    let right = house.phone("right", &http);
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customer = left.register(request(1, 0), &blank).unwrap();
    let sync = |shop: &kartka_core::shop::Shop| {
        let before = shop.store().wal_pages().unwrap();
        let start = Instant::now();
        let report = shop.sync(&http, &Cancel::default()).unwrap();
        let ms = 1000.0 * start.elapsed().as_secs_f64();
        let pages = shop.store().wal_pages().unwrap() - before;
        (ms, report, f64::from(pages))
    };
    sync(&left);
    sync(&right);
    let mut times: Vec<[f64; 6]> = (0..ONE_BY_ONE)
        .map(|n| {
            let ask = TillRequest::amount(Some(customer), Money(1_234));
            left.sell(request(2, n), &ask).unwrap();
            let (up, pushed, mine) = sync(&left);
            let (down, pulled, theirs) = sync(&right);
            assert!(pulled.rows_pulled > 0, "the sale has arrived");
            let requests = f64::from(pushed.exchanges + pulled.exchanges);
            [up + down, up, down, requests, mine, theirs]
        })
        .collect();
    times.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let [whole, up, down, requests, mine, theirs] = times[times.len() / 2];
    OneOp {
        up,
        down,
        whole,
        requests,
        pages: [mine, theirs],
    }
}

fn say(figure: &str, value: f64, unit: &str) {
    println!(r#"{{"figure":"{figure}","engine":"Kartka","value":{value},"unit":"{unit}"}}"#);
}
