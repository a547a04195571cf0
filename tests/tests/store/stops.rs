//! Machines that stop, go back or are copied.

use kartka_core::store::LogFile;
use kartka_tests::vfs::Fault;

use super::*;

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
fn a_sale_that_a_killed_program_left_is_durable_before_it_is_shown() {
    let mut shown = 0;
    for point in 0..60 {
        let machine = Machine::new(point);
        let store = open(&machine).unwrap();
        machine.fail_after(point, Fault::PowerCut(Loss::Nothing));
        let _stopped_somewhere = sell(&store, 1);
        machine.heal();
        drop(store);
        let store = open(&machine).unwrap();
        let before = sold(&store);
        machine.stop(Loss::Unsynced);
        drop(store);
        assert_eq!(sold(&open(&machine).unwrap()), before, "point {point}");
        shown += before;
    }
    assert!(shown > 0, "no point lies between a sale and its fsync");
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
