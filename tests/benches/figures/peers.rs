//! Kartka's side of the table beside other engines: one JSON object a line, as theirs (tests/peers).

use std::time::Instant;

use kartka_core::domain::money::Money;
use kartka_core::sync::Cancel;
use kartka_core::sync::transport::Http;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::till::TillRequest;

use crate::house::{House, request};
use crate::{mix, sale, server};

const ONE_BY_ONE: u32 = 20;

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
    say(
        "durable push ingest",
        server::ingest(1, 40, 500).0,
        "objects/s",
    );
    say("one op, device to device", one_op(), "ms");
    let of = mix::weigh();
    say("wire up, mix, pushes of 50", of.up, "B/entry");
    say("phone disk, mix, with the outbox", of.maker, "B/row");
    say("phone disk, received entries", of.receiver, "B/row");
}

/// From the start of the author's exchange to the end of the other phone's, milliseconds in the middle of many.
fn one_op() -> f64 {
    let house = House::open();
    let http = Http::new(None).unwrap();
    let left = house.phone("left", &http);
    let right = house.phone("right", &http);
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customer = left.register(request(1, 0), &blank).unwrap();
    let sync = |shop: &kartka_core::shop::Shop| shop.sync(&http, &Cancel::default()).unwrap();
    sync(&left);
    sync(&right);
    let mut times: Vec<f64> = (0..ONE_BY_ONE)
        .map(|n| {
            let ask = TillRequest::amount(Some(customer), Money(1_234));
            left.sell(request(2, n), &ask).unwrap();
            let start = Instant::now();
            sync(&left);
            assert!(sync(&right).rows_pulled > 0, "the sale has arrived");
            1000.0 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn say(figure: &str, value: f64, unit: &str) {
    println!(r#"{{"figure":"{figure}","engine":"Kartka","value":{value},"unit":"{unit}"}}"#);
}
