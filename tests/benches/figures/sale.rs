//! A purchase at the counter, with everything that makes it durable, beside a plain insert of its row.

use std::path::Path;

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::money::Money;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;

use crate::house::{self, request};
use crate::{line, per_second};

const SALES: u32 = 5_000;
const CUSTOMERS: u32 = 1_000;

pub(crate) fn run() {
    // On a memory file system an fsync costs nothing: what NORMAL would cost.
    for (disk, folder) in [
        ("FULL", std::env::temp_dir()),
        ("no fsync", "/dev/shm".into()),
    ] {
        let home = tempfile::tempdir_in(folder).unwrap();
        let plain = plain_insert(home.path());
        line(
            &format!("plain insert, unencrypted, {disk}"),
            &format!("{plain:.0}/s"),
            Some(1.0),
        );
        let kartka = purchases(home.path());
        line(
            &format!("purchase, encrypted, {disk}"),
            &format!("{kartka:.0}/s"),
            Some(kartka / plain),
        );
    }
}

fn plain_insert(home: &Path) -> f64 {
    let conn = rusqlite::Connection::open(home.join("plain.db")).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE sale (id INTEGER PRIMARY KEY, customer INTEGER, day INTEGER, total INTEGER, record BLOB)",
    )
    .unwrap();
    per_second(SALES, |i| {
        let mut insert = conn
            .prepare_cached("INSERT INTO sale VALUES (?1, ?2, ?3, ?4, ?5)")
            .unwrap();
        insert
            .execute(rusqlite::params![
                i,
                i % CUSTOMERS,
                20_000,
                1_234,
                [7_u8; 60]
            ])
            .unwrap();
    })
}

fn purchases(home: &Path) -> f64 {
    let shop = house::shop(&home.join("shop"));
    let form = FoundRequest {
        name: "Bench".into(),
        country: "UA".into(),
        kind: ShopKind::Shop,
        owner: "Owner".into(),
    };
    shop.found(request(0, 0), &form).unwrap();
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customers: Vec<CustomerId> = (0..CUSTOMERS)
        .map(|i| shop.register(request(1, i), &blank).unwrap())
        .collect();
    per_second(SALES, |i| {
        let customer = customers[usize::try_from(i % CUSTOMERS).unwrap()];
        shop.sell(
            request(2, i),
            &TillRequest::amount(Some(customer), Money(1_234)),
        )
        .unwrap();
    })
}
