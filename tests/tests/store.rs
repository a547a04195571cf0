//! The phone's store on a disk that fails: what is confirmed stays, what is refused leaves no trace.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kartka_core::platform::{Clock, Rng};
use kartka_core::store::{
    Checkpoint, DatabaseKey, LogFile, Reader, Store, StoreError, Tx, Vfs, meta,
};
use kartka_tests::vfs::{Fault, Loss, Machine};

const FILE: &str = "store.db";
const LOG: &str = "store.db-wal";
const PAGE: usize = 2048;
const LOSSES: [Loss; 3] = [Loss::Nothing, Loss::Unsynced, Loss::Torn];

/// A clock that stands and randomness that counts.
#[derive(Default)]
struct Still(AtomicU64);

impl Clock for Still {
    fn now_ms(&self) -> i64 {
        1_700_000_000_000
    }
    fn monotonic_ms(&self) -> i64 {
        0
    }
    fn boot_id(&self) -> u64 {
        1
    }
}

impl Rng for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0]);
    }
}

fn key(byte: u8) -> DatabaseKey {
    DatabaseKey::from_bytes(&[byte; 32]).unwrap()
}

fn open(machine: &Machine) -> Result<Store, StoreError> {
    open_with(machine, &key(0xC5))
}

fn open_with(machine: &Machine, key: &DatabaseKey) -> Result<Store, StoreError> {
    let still = Arc::new(Still::default());
    Store::open(
        &machine.path(FILE),
        &machine.vfs(),
        key,
        still.clone(),
        still,
    )
}

/// A sale stands in two rows, which must always agree.
fn sell(store: &Store, number: u64) -> Result<(), StoreError> {
    store.write(|tx| put_sale(tx, number))
}

fn put_sale(tx: &Tx<'_>, number: u64) -> Result<(), StoreError> {
    meta::put(tx, "last_sale", &number.to_be_bytes())?;
    // Long enough that a transaction has several pages.
    meta::put(tx, "receipt", &number.to_be_bytes().repeat(1_500))
}

fn last_sale(reader: &Reader<'_>) -> Result<u64, StoreError> {
    let Some(last) = meta::get(reader, "last_sale")? else {
        assert_eq!(meta::get(reader, "receipt")?, None);
        return Ok(0);
    };
    assert_eq!(meta::get(reader, "receipt")?.unwrap(), last.repeat(1_500));
    Ok(u64::from_be_bytes(last.try_into().unwrap()))
}

fn sold(store: &Store) -> u64 {
    store.read(last_sale).unwrap()
}

fn show<T>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(_) => "it worked".into(),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_sale_costs_one_sync_and_a_repeat_none() {
    let machine = Machine::new(1);
    let mut store = open(&machine).unwrap();
    let check = |store: &Store, number, when: &str| {
        let before = machine.syncs();
        sell(store, number).unwrap();
        let mut expected = before;
        *expected.entry(LOG.into()).or_default() += 1;
        assert_eq!(machine.syncs(), expected, "{when}");
    };
    for number in 1..=300 {
        check(&store, number, "in the middle of a day");
    }
    for (log, number) in [(LogFile::Reuse, 301), (LogFile::Truncate, 302)] {
        assert_eq!(store.checkpoint(log).unwrap(), Checkpoint::Complete);
        check(&store, number, "after a checkpoint");
    }
    drop(store);
    store = open(&machine).unwrap();
    check(&store, 303, "after a start");
    machine.stop(Loss::Unsynced);
    drop(store);
    store = open(&machine).unwrap();
    check(&store, 304, "after a power cut");

    let before = machine.sync_count();
    store
        .write(|tx| last_sale(tx).map(|found| assert_eq!(found, 304)))
        .unwrap();
    store.read(last_sale).unwrap();
    assert_eq!(machine.sync_count(), before);
}

#[test]
fn a_confirmed_sale_survives_a_power_cut_at_once() {
    for seed in 0..20 {
        for loss in LOSSES {
            let machine = Machine::new(seed);
            let store = open(&machine).unwrap();
            for number in 1..=3 {
                sell(&store, number).unwrap();
            }
            machine.stop(loss);
            assert!(sell(&store, 4).is_err(), "a stopped program writes nothing");
            drop(store);
            assert_eq!(sold(&open(&machine).unwrap()), 3, "{loss:?}, seed {seed}");
        }
    }
}

/// Opens, sells, checkpoints, sells, closes and opens; answers the last confirmed sale and the last begun.
fn a_day(machine: &Machine) -> (u64, u64) {
    let (mut confirmed, mut begun) = (0, 0);
    let mut sell_next = |store: &Store| {
        begun += 1;
        sell(store, begun)?;
        confirmed = begun;
        Ok::<(), StoreError>(())
    };
    let mut day = || {
        let store = open(machine)?;
        sell_next(&store)?;
        sell_next(&store)?;
        let _ = store.checkpoint(LogFile::Reuse)?;
        sell_next(&store)?;
        let _ = store.checkpoint(LogFile::Truncate)?;
        sell_next(&store)?;
        drop(store);
        sell_next(&open(machine)?)
    };
    let _stopped_somewhere = day();
    (confirmed, begun)
}

#[test]
fn a_stop_at_any_point_of_a_day_loses_no_confirmed_sale_and_halves_none() {
    let quiet = Machine::new(0);
    assert_eq!(a_day(&quiet), (5, 5));
    let changes = quiet.changes();
    assert!(changes > 60, "{changes} points to stop at");

    for point in 0..=changes {
        for loss in LOSSES {
            let machine = Machine::new(point);
            machine.fail_after(point, Fault::PowerCut(loss));
            let (confirmed, begun) = a_day(&machine);
            machine.heal();
            let store = open(&machine)
                .unwrap_or_else(|error| panic!("{loss:?} at change {point}: {error:?}"));
            let found = sold(&store);
            assert!(
                (confirmed..=begun).contains(&found),
                "{loss:?} at change {point}: {found} sales, {confirmed} confirmed of {begun}"
            );
            sell(&store, begun + 1).unwrap();
            assert_eq!(sold(&store), begun + 1);
        }
    }
}

#[test]
fn a_sale_that_fails_or_panics_leaves_nothing() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    let refused = store.write(|tx| {
        put_sale(tx, 2)?;
        Err::<(), _>(StoreError::Malformed("no such thing"))
    });
    assert!(matches!(refused, Err(StoreError::Malformed(_))));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = store.write(|tx| -> Result<(), StoreError> {
            put_sale(tx, 3)?;
            panic!("a fault of the program")
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(sold(&store), 1);
    sell(&store, 2).unwrap();
    assert_eq!(sold(&store), 2);
}

#[test]
fn a_reader_sees_one_state_while_a_sale_is_written() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    store
        .read(|before| {
            assert_eq!(last_sale(before)?, 1);
            store.write(|tx| {
                put_sale(tx, 2)?;
                assert_eq!(last_sale(tx)?, 2, "a sale sees itself");
                assert_eq!(store.read(last_sale)?, 1, "others don't see it yet");
                Ok::<(), StoreError>(())
            })?;
            assert_eq!(last_sale(before)?, 1, "the state stays as it was");
            assert_eq!(store.read(last_sale)?, 2);
            assert_eq!(store.checkpoint(LogFile::Truncate)?, Checkpoint::Partial);
            last_sale(before)
        })
        .unwrap();
    assert_eq!(
        store.checkpoint(LogFile::Truncate).unwrap(),
        Checkpoint::Complete
    );
}

#[test]
fn eight_threads_read_and_write_one_store() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..25 {
                    store.write(|tx| put_sale(tx, last_sale(tx)? + 1)).unwrap();
                    assert!(sold(&store) > 0);
                }
            });
        }
    });
    assert_eq!(sold(&store), 200);
}

#[test]
fn a_log_with_a_torn_or_foreign_tail_ends_at_the_last_whole_sale() {
    for cut in [1, 100, 4_000, 9_000] {
        let machine = Machine::new(1);
        let store = open(&machine).unwrap();
        sell(&store, 1).unwrap();
        let whole = machine.read(LOG).unwrap().len();
        sell(&store, 2).unwrap();
        machine.stop(Loss::Nothing);
        drop(store);
        let mut log = machine.read(LOG).unwrap();
        log.truncate((log.len() - cut).max(whole));
        log.extend_from_slice(&[0x5A; 777]);
        machine.replace(LOG, &log);
        assert_eq!(sold(&open(&machine).unwrap()), 1, "{cut} bytes cut");
    }
}

#[test]
fn neither_the_key_nor_a_value_appears_in_a_file() {
    let machine = Machine::new(1);
    let mut secret = [0; 32];
    Still(AtomicU64::new(40)).fill(&mut secret);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let store = open_with(&machine, &DatabaseKey::from_bytes(&secret).unwrap()).unwrap();
    let name = b"Olena Kovalenko, +380 44 000 00 00";
    store.write(|tx| meta::put(tx, "customer", name)).unwrap();
    let check = |when: &str| {
        let needles: [&[u8]; 5] = [
            &secret[..8],
            &hex.as_bytes()[..16],
            &name[..8],
            b"customer",
            b"SQLite format",
        ];
        for file in machine.files() {
            let bytes = machine.read(&file).unwrap();
            for needle in needles {
                let found = bytes.windows(needle.len()).any(|bytes| bytes == needle);
                assert!(!found, "{file} {when}: {}", String::from_utf8_lossy(needle));
            }
        }
    };
    check("while open");
    let _ = store.checkpoint(LogFile::Reuse).unwrap();
    drop(store);
    check("when closed");
}

#[test]
fn a_wrong_key_moves_and_changes_nothing() {
    for file_lost in [None, Some("store.db-key-check")] {
        let machine = Machine::new(1);
        let store = open(&machine).unwrap();
        sell(&store, 1).unwrap();
        machine.stop(Loss::Nothing);
        drop(store);
        if let Some(file) = file_lost {
            assert!(machine.delete(file));
        }
        let before = machine.image();
        let refused = open_with(&machine, &key(0x11));
        assert!(
            matches!(refused, Err(StoreError::WrongKey)),
            "{}",
            show(refused)
        );
        assert!(machine.image() == before, "without {file_lost:?}");

        assert_eq!(sold(&open(&machine).unwrap()), 1);
        assert!(machine.read("store.db-key-check").is_some());
    }
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let machine = Machine::new(1);
    drop(open(&machine).unwrap());
    raw(&machine, "PRAGMA user_version = 4000");
    let before = machine.read(FILE);
    let refused = open(&machine);
    assert!(
        matches!(refused, Err(StoreError::TooNew { found: 4000, known }) if known < 4000),
        "{}",
        show(refused)
    );
    assert!(machine.read(FILE) == before);
}

/// Runs SQL on the closed file as a newer program might.
fn raw(machine: &Machine, sql: &str) {
    use rusqlite::{Connection, OpenFlags};
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let conn =
        Connection::open_with_flags_and_vfs(machine.path(FILE), flags, "kartka-memory").unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", "c5".repeat(32));
    conn.execute_batch(&key).unwrap();
    conn.execute_batch(
        "PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256",
    )
    .unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn on_a_full_disk_a_sale_is_refused_and_reading_goes_on() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    machine.fail(Fault::Full);
    let refused = sell(&store, 2);
    assert!(
        matches!(refused, Err(StoreError::Full)),
        "{}",
        show(refused)
    );
    assert_eq!(sold(&store), 1);
    drop(store);

    let store = open(&machine).expect("a full disk can be read after a start too");
    assert_eq!(sold(&store), 1);
    let refused = sell(&store, 2);
    assert!(
        matches!(refused, Err(StoreError::Full)),
        "{}",
        show(refused)
    );
    machine.heal();
    sell(&store, 2).unwrap();
    assert_eq!(sold(&store), 2);
}

#[test]
fn a_disk_that_is_full_or_read_only_from_the_start_says_so() {
    for (fault, wanted) in [
        (Fault::Full, "Full"),
        (Fault::ReadOnly, "ReadOnly"),
        (Fault::Io, "Io"),
    ] {
        let machine = Machine::new(1);
        machine.fail(fault);
        let refused = show(open(&machine));
        assert!(refused.starts_with(wanted), "new on {fault:?}: {refused}");
        machine.heal();
        sell(&open(&machine).unwrap(), 1).unwrap();
    }
    let machine = Machine::new(1);
    sell(&open(&machine).unwrap(), 1).unwrap();
    machine.fail(Fault::ReadOnly);
    let refused = open(&machine);
    assert!(
        matches!(refused, Err(StoreError::ReadOnly)),
        "{}",
        show(refused)
    );
}

#[test]
fn an_error_of_the_disk_undoes_the_sale() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    machine.fail(Fault::Io);
    let refused = sell(&store, 2);
    assert!(
        matches!(refused, Err(StoreError::Io(_))),
        "{}",
        show(refused)
    );
    machine.heal();
    assert_eq!(sold(&store), 1);
    sell(&store, 2).unwrap();
    machine.stop(Loss::Unsynced);
    drop(store);
    assert_eq!(sold(&open(&machine).unwrap()), 2);
}

#[test]
fn a_damaged_file_is_moved_aside_whole() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    let _ = store.checkpoint(LogFile::Reuse).unwrap();
    sell(&store, 2).unwrap();
    machine.stop(Loss::Nothing);
    drop(store);
    let mut bytes = machine.read(FILE).unwrap();
    bytes[20] ^= 1;
    machine.replace(FILE, &bytes);
    machine.replace(LOG, b"and a log that does not help");

    let moved_to = match open(&machine) {
        Err(StoreError::Corrupt {
            moved_to: Some(moved_to),
        }) => moved_to,
        other => panic!("{}", show(other)),
    };
    assert_eq!(moved_to, machine.path("store.db.damaged-1700000000000"));
    let aside = |suffix| machine.read(&format!("store.db.damaged-1700000000000{suffix}"));
    assert_eq!(aside("").unwrap(), bytes);
    assert_eq!(aside("-wal").unwrap(), b"and a log that does not help");

    assert_eq!(sold(&open(&machine).unwrap()), 0, "the next store is empty");
    bytes[0] ^= 1;
    machine.replace(FILE, &bytes);
    assert!(matches!(
        open(&machine),
        Err(StoreError::Corrupt { moved_to: Some(second) }) if second != moved_to
    ));
    assert!(aside("").is_some());
}

#[test]
fn a_bad_page_is_found_at_the_start_or_when_it_is_read() {
    let whole = Machine::new(1);
    sell(&open(&whole).unwrap(), 1).unwrap();
    let pages = whole.read(FILE).unwrap().len() / PAGE;
    let mut found_at = BTreeSet::new();
    for page in 0..pages {
        let machine = Machine::new(2);
        machine.restore(&whole.image());
        let mut bytes = machine.read(FILE).unwrap();
        bytes[page * PAGE + 100] ^= 1;
        machine.replace(FILE, &bytes);
        let found = open(&machine).and_then(|store| store.read(last_sale));
        found_at.insert(match found {
            Err(StoreError::Corrupt { moved_to: Some(_) }) => "start",
            Err(StoreError::Corrupt { moved_to: None }) => "read",
            other => panic!("page {page}: {}", show(other)),
        });
    }
    assert_eq!(found_at, BTreeSet::from(["start", "read"]));
}

#[test]
fn a_store_is_open_once_and_a_dead_process_holds_nothing() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    for _ in 0..2 {
        let refused = open(&machine);
        assert!(
            matches!(refused, Err(StoreError::Busy)),
            "{}",
            show(refused)
        );
    }
    sell(&store, 1).unwrap();
    machine.stop(Loss::Unsynced);
    let next = open(&machine).expect("the first one is dead");
    drop(store);
    sell(&next, 2).unwrap();
    assert!(matches!(open(&machine), Err(StoreError::Busy)));
}

#[test]
fn a_phone_can_be_rolled_back_and_cloned() {
    let machine = Machine::new(1);
    let store = open(&machine).unwrap();
    sell(&store, 1).unwrap();
    let older = machine.image();
    sell(&store, 2).unwrap();

    let clone = Machine::new(2);
    clone.restore(&machine.image());
    let twin = open(&clone).unwrap();
    sell(&twin, 3).unwrap();
    assert_eq!((sold(&store), sold(&twin)), (2, 3));

    machine.restore(&older);
    assert!(store.read(last_sale).is_err());
    drop(store);
    assert_eq!(sold(&open(&machine).unwrap()), 1);
    assert_eq!(sold(&twin), 3);
}

#[test]
fn thousands_of_starts_leave_no_file_open() {
    let machines: Vec<Machine> = (0..20).map(Machine::new).collect();
    for round in 0..100 {
        let stores: Vec<Store> = machines.iter().map(|m| open(m).unwrap()).collect();
        for store in &stores {
            assert_eq!(sold(store), round);
            sell(store, round + 1).unwrap();
        }
        if round % 2 == 0 {
            machines.iter().for_each(|m| m.stop(Loss::Torn));
        }
    }
    for machine in &machines {
        assert_eq!(machine.open_files(), 0);
    }
}

#[test]
fn the_devices_own_disk_keeps_a_store_too() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(FILE);
    let still = Arc::new(Still::default());
    let open = |byte| {
        let key = key(byte);
        Store::open(&path, &Vfs::system(), &key, still.clone(), still.clone())
    };

    let store = open(1).unwrap();
    sell(&store, 1).unwrap();
    assert!(matches!(open(1), Err(StoreError::Busy)));
    drop(store);
    assert!(matches!(open(2), Err(StoreError::WrongKey)));
    assert_eq!(sold(&open(1).unwrap()), 1);

    let nowhere = home.path().join("nowhere").join(FILE);
    let refused = Store::open(&nowhere, &Vfs::system(), &key(1), still.clone(), still);
    assert!(
        matches!(refused, Err(StoreError::Io(_))),
        "{}",
        show(refused)
    );
}
