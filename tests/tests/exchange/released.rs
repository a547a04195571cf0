//! Shops as released versions left them on the disk: opened by today's code, they hold what they held and go on.
//!
//! A folder of `fixtures/store` holds a phone and its server, closed, with their keys, and `facts.txt`, what the code
//! of that version read in them. The phone has sales in its outbox that the server does not know. With
//! `KARTKA_BLESS=1` today's version is written beside the older ones, which are never written again.

use std::fs;
use std::path::{Path, PathBuf};

use kartka_core::domain::ids::CustomerId;
use kartka_core::shop::Shop;
use kartka_core::usecase::customers::NewCard;
use kartka_server::Authority;

use super::shops::{Counter, Dice, Office, Time, agree, copy_folder};

/// Phones' database versions that have a fixture.
const RELEASED: [u32; 1] = [2];

/// What lies in a fixture beside the facts; `.keys` is where each side keeps its keys.
const FOLDERS: [&str; 4] = ["data", "data.keys", "server", "server.keys"];
/// What was read in it.
const FACTS: &str = "facts.txt";

fn fixtures(version: u32) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/store");
    fixtures.join(format!("v{version}"))
}

#[test]
fn a_shop_of_every_released_version_is_opened_migrated_and_synced_without_loss() {
    let today = tempfile::tempdir().unwrap();
    leave_a_shop(today.path());
    let newest = version(today.path());
    if std::env::var_os("KARTKA_BLESS").is_some() && !fixtures(newest).exists() {
        copy(today.path(), &fixtures(newest));
    }
    let released = RELEASED.map(fixtures);
    for shop in released.iter().map(PathBuf::as_path).chain([today.path()]) {
        goes_on(shop);
    }
}

/// Opens a copy of both sides: the phone holds what it held, sends what it had not sent, and both agree.
fn goes_on(left: &Path) {
    let home = tempfile::tempdir().unwrap();
    copy(left, home.path());
    let was = fs::read_to_string(home.path().join(FACTS)).unwrap();
    let phone = Counter::left_in(home, 50);
    assert_eq!(facts(&phone.shop), was, "{}", left.display());
    let business = phone.shop.sync_status().unwrap().business;
    let time = Time::new();
    let server = phone.home().join("server");
    let authority = Authority::open(&server, business, time.clone(), Dice::seeded(51)).unwrap();
    let office = Office::opened(authority, time);
    assert!(phone.outbox() > 0, "{}", left.display());
    agree(&office, &[&phone]);
    let (_, but_the_outbox) = was.split_once('\n').unwrap();
    assert_eq!(facts(&phone.shop), format!("outbox 0\n{but_the_outbox}"));
    let olena = customer(&phone.shop, "4567");
    let before = phone.balance(olena);
    phone.sell(olena, 10_000);
    assert_eq!(phone.balance(olena), before + 500);
    agree(&office, &[&phone]);
}

/// A phone and its server, closed: three customers, sales, points spent, a return, and an outbox.
fn leave_a_shop(folder: &Path) {
    let office = Office::founded();
    let phone = Counter::paired(&office, 1);
    let olena = phone.register("Олена", "067 123 45 67", NewCard::Issue);
    let ivan = phone.register("Іван", "050 765 43 21", NewCard::None);
    phone.sell(olena, 20_000);
    phone.sell(ivan, 5_550);
    phone.sync(&office.line()).unwrap();
    phone.redeem(olena, 10_000, 600).unwrap();
    let coffee = phone.sell(ivan, 4_000);
    phone.shop.give_back(phone.request(), coffee, &[]).unwrap();
    let nobody = phone.register("", "", NewCard::Issue);
    phone.sell(nobody, 999);
    fs::write(folder.join(FACTS), facts(&phone.shop)).unwrap();
    let home = phone.home().to_owned();
    drop(phone.closed(|data| {
        copy_folder(data, &folder.join("data"));
        copy_folder(&home.join("data.keys"), &folder.join("data.keys"));
    }));
    office.back_up(&folder.join("server"));
    copy_folder(&office.keys(), &folder.join("server.keys"));
}

/// What a person would look for, one fact a line; the outbox first.
fn facts(shop: &Shop) -> String {
    let mut text = format!("outbox {}\n", shop.sync_status().unwrap().outbox);
    for digits in ["4567", "4321"] {
        for found in shop.find(digits, 10).unwrap() {
            let points = found.points[0].balance.0;
            let (visits, spent, cards) = (found.visits, found.spent.0, found.cards.len());
            let name = found.name.unwrap_or_default();
            let bought = format!("points {points} visits {visits} spent {spent} cards {cards}");
            text.push_str(&format!("{name}: {bought}\n"));
        }
    }
    let today = shop.today(None).unwrap();
    let (all, registered) = (today.day.total, today.day.registered);
    let (receipts, sales, returns) = (all.receipts, all.sales.0, all.returns.0);
    text.push_str(&format!(
        "today: receipts {receipts} sales {sales} returns {returns} registered {registered}\n"
    ));
    text.push_str(&format!("liability: {}\n", today.liability.0));
    for sale in shop.recent_sales().unwrap() {
        let (paid, whose) = (sale.paid.0, sale.customer.unwrap_or_default());
        text.push_str(&format!("last sales: {paid} {whose}\n"));
    }
    text
}

/// The schema of the closed phone.
fn version(left: &Path) -> u32 {
    let key = fs::read(left.join("data.keys/database-key")).unwrap();
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let phone = rusqlite::Connection::open(left.join("data/kartka.db")).unwrap();
    let settings = format!(
        "PRAGMA key = \"x'{key}'\"; PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256"
    );
    phone.execute_batch(&settings).unwrap();
    phone
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn customer(shop: &Shop, digits: &str) -> CustomerId {
    shop.find(digits, 1).unwrap()[0].id
}

fn copy(from: &Path, to: &Path) {
    for folder in FOLDERS {
        copy_folder(&from.join(folder), &to.join(folder));
    }
    fs::copy(from.join(FACTS), to.join(FACTS)).unwrap();
}
