//! Keys and files that do not fit, and who may have them open.

use std::collections::BTreeSet;

use kartka_core::store::{LogFile, Vfs};

use super::*;

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
fn a_bad_page_is_found_at_the_start_or_when_it_is_read_and_never_believed() {
    let whole = Machine::new(1);
    let sold = {
        let store = open(&whole).unwrap();
        sell(&store, 1).unwrap();
        store.read(last_sale).unwrap()
    };
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
            // A page of a table that nobody has looked into yet.
            Ok(right) if right == sold => "later",
            other => panic!("page {page}: {}", show(other)),
        });
    }
    assert_eq!(found_at, BTreeSet::from(["start", "read", "later"]));
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
