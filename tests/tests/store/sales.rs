//! What a sale costs, who sees it when, and who never does.

use kartka_core::store::{Checkpoint, LogFile};

use super::*;

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
