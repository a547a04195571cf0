//! Disks that are full, read-only or broken.

use kartka_tests::vfs::Fault;

use super::*;

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
