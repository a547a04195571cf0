//! The phone's store on disks that fail: what is confirmed stays, what is refused leaves no trace.
#![allow(clippy::unwrap_used)]

mod counter;
mod disks;
mod files;
mod processes;
mod rotation;
mod sales;
mod stops;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kartka_core::platform::{Clock, Rng};
use kartka_core::store::{DatabaseKey, Reader, Store, StoreError, Tx, meta};
use kartka_tests::vfs::{Loss, Machine};

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
