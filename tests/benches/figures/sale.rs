//! A purchase at the counter, with everything that makes it durable, beside a plain insert of its row.

use std::path::Path;

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::money::Money;
use kartka_core::store::LogFile;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;

use crate::house::{self, request};
use crate::{line, per_second};

const SALES: u32 = 5_000;
const CUSTOMERS: u32 = 1_000;
/// Sales whose pages are counted, before the log is moved for the first time.
const COUNTED: u32 = 200;

pub(crate) fn run() {
    // On a memory file system an fsync costs nothing: what NORMAL would cost.
    for (disk, folder) in [
        ("FULL", std::env::temp_dir()),
        ("no fsync", "/dev/shm".into()),
    ] {
        let home = tempfile::tempdir_in(folder).unwrap();
        let plain = plain_insert(&home.path().join("plain.db"), "");
        let name = format!("plain insert, unencrypted, {disk}");
        line(&name, &format!("{plain:.0}/s"), Some(1.0));
        let cipher = plain_insert(&home.path().join("cipher.db"), CIPHER);
        let name = format!("plain insert, encrypted, {disk}");
        line(&name, &format!("{cipher:.0}/s"), Some(cipher / plain));
        let (kartka, pages) = purchases(home.path());
        let name = format!("purchase, encrypted, {disk}");
        line(&name, &format!("{kartka:.0}/s"), Some(kartka / plain));
        line("  pages of 2 KiB it writes", &format!("{pages:.1}"), None);
    }
}

/// As the store sets it.
const CIPHER: &str =
    "PRAGMA key = \"x'c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5'\";
    PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;";

fn plain_insert(file: &Path, cipher: &str) -> f64 {
    let conn = rusqlite::Connection::open(file).unwrap();
    conn.execute_batch(cipher).unwrap();
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

/// Purchases per second, and log pages each of them writes.
pub(crate) fn purchases(home: &Path) -> (f64, f64) {
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
    // The log begins anew, so that its length counts from here.
    let _ = shop.store().checkpoint(LogFile::Truncate).unwrap();
    let mut pages = 0.0;
    let before = shop.store().wal_pages().unwrap();
    let rate = per_second(SALES, |i| {
        let customer = customers[usize::try_from(i % CUSTOMERS).unwrap()];
        let ask = TillRequest::amount(Some(customer), Money(1_234));
        shop.sell(request(2, i), &ask).unwrap();
        if i == COUNTED {
            pages = f64::from(shop.store().wal_pages().unwrap() - before) / f64::from(COUNTED + 1);
        }
    });
    (rate, pages)
}
