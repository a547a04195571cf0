//! A second process on the same data, and one that is killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use kartka_core::store::Vfs;

use super::*;

/// Set in the process that sells: the path of the store.
const CHILD: &str = "KARTKA_TEST_STORE";

#[test]
fn a_killed_process_keeps_its_confirmed_sales_and_holds_no_lock() {
    if let Some(path) = std::env::var_os(CHILD) {
        sell_until_nobody_listens(Path::new(&path));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(FILE);
    let mut before = 0;
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("processes::a_killed_process_keeps_its_confirmed_sales_and_holds_no_lock")
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut sales =
            lines.filter_map(|line| line.unwrap().strip_prefix("sold ")?.parse::<u64>().ok());
        assert_eq!(sales.nth(10 * round), Some(before + 10 * round as u64 + 1));
        assert!(matches!(open_file(&path), Err(StoreError::Busy)));
        child.kill().unwrap();
        child.wait().unwrap();
        let confirmed = sales.last().unwrap_or(before + 10 * round as u64 + 1);
        before = sold(&open_file(&path).unwrap());
        assert!(
            (confirmed..=confirmed + 1).contains(&before),
            "{before} sales, {confirmed} confirmed"
        );
    }
}

fn open_file(path: &Path) -> Result<Store, StoreError> {
    let still = Arc::new(Still::default());
    Store::open(path, &Vfs::system(), &key(1), still.clone(), still)
}

/// Sells, and says so after each sale. Bounded, so that no process is left behind whatever happens to the other.
fn sell_until_nobody_listens(path: &Path) {
    let store = open_file(path).unwrap();
    let mut out = std::io::stdout();
    let first = sold(&store) + 1;
    for number in first..first + 1_000_000 {
        sell(&store, number).unwrap();
        if writeln!(out, "\nsold {number}").is_err() {
            return;
        }
    }
}

/// Set in the process whose threads all open a store at once.
const CROWD: &str = "KARTKA_TEST_CROWD";

#[test]
fn the_first_stores_of_a_process_open_together() {
    const NAME: &str = "processes::the_first_stores_of_a_process_open_together";
    if std::env::var_os(CROWD).is_some() {
        return open_together();
    }
    // The cipher is made ready once a process: only a fresh one can find two threads in it.
    for _ in 0..30 {
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME])
            .env(CROWD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{said}");
    }
}

fn open_together() {
    let start = std::sync::Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let home = tempfile::tempdir().unwrap();
                start.wait();
                open_file(&home.path().join(FILE)).unwrap();
            });
        }
    });
}
