//! Machines with disks in memory that can fail: full, read-only, broken, or cut from power at any single write.
//!
//! A [`Machine`] is one phone's disk. Real SQLite and SQLCipher run on it in WAL mode with several connections; any
//! number of machines live in one process and see nothing of each other. What a program writes is on the disk only
//! after a sync; a power cut loses the rest, or leaves some of its sectors. File names (made, renamed, deleted) are
//! durable at once: Kartka's store never relies on one that is not.
//!
//! Deterministic: the same seed and the same steps tear the same sectors. Nothing here sleeps or asks for the time.

mod chance;
mod disk;
mod ffi;
mod handle;
mod node;
mod shm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kartka_core::store::{Files as _, Vfs};

use disk::Disk;

/// One machine's disk. Dropping it while a store is open on it is allowed: the files go with the last open one.
pub struct Machine {
    disk: Arc<Disk>,
    root: PathBuf,
}

/// What a stop of the machine leaves of the writes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Everything: the process was killed, the operating system wrote on.
    Nothing,
    /// Nothing: the power was cut before the disk took any of them.
    Unsynced,
    /// Some sectors, by the machine's seed.
    Torn,
}

/// Trouble with a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No file can grow; what is there can be changed, cut and deleted.
    Full,
    /// Nothing can be changed; files are opened for reading only.
    ReadOnly,
    /// Every change fails with an error of the disk.
    Io,
    /// The machine stops: open stores are dead, the disk can be used again at once.
    PowerCut(Loss),
}

/// All files of a machine as they are on its disk for certain: to roll a phone back, or to clone it.
#[derive(Clone, PartialEq, Eq)]
pub struct Image(BTreeMap<String, Vec<u8>>);

impl Machine {
    /// A machine with an empty disk; `seed` chooses what a power cut tears.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        static MACHINES: AtomicU64 = AtomicU64::new(1);
        ffi::register();
        let number = MACHINES.fetch_add(1, Ordering::Relaxed);
        Self {
            disk: Disk::new(number, seed),
            root: Path::new(disk::ROOT).join(number.to_string()),
        }
    }

    /// The way of a store to this disk.
    #[must_use]
    pub fn vfs(&self) -> Vfs {
        let name = ffi::NAME.to_str().expect("the name is ASCII");
        Vfs::named(name, self.disk.clone())
    }

    /// The path of the file `name` on this disk, for [`Store::open`](kartka_core::store::Store::open).
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Stops every program on the machine now. Their stores answer with errors; drop them and open anew.
    pub fn stop(&self, loss: Loss) {
        self.disk.stop(loss);
    }

    /// The disk fails in this way from now on, until [`heal`](Self::heal).
    pub fn fail(&self, fault: Fault) {
        self.disk.set_fault(Some(fault));
    }

    /// The disk fails in this way when `changes` more changes (writes, cuts, syncs, files made, renamed or deleted)
    /// have been done; 0 is the next one. So a test can stop a machine at every single point.
    pub fn fail_after(&self, changes: u64, fault: Fault) {
        self.disk.set_fault_after(changes, fault);
    }

    /// The disk works again, and no fault is to come.
    pub fn heal(&self) {
        self.disk.set_fault(None);
    }

    /// Changes asked of the disk so far.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.disk.changes()
    }

    /// Syncs of each file so far, by its name; files never synced are left out.
    #[must_use]
    pub fn syncs(&self) -> BTreeMap<String, u64> {
        self.disk.syncs()
    }

    /// Syncs of all files so far.
    #[must_use]
    pub fn sync_count(&self) -> u64 {
        self.disk.syncs().values().sum()
    }

    /// What a power cut now would leave, were no sector torn.
    #[must_use]
    pub fn image(&self) -> Image {
        self.disk.image()
    }

    /// Stops the machine and puts other files on its disk: older ones of its own, or another machine's.
    pub fn restore(&self, image: &Image) {
        self.disk.restore(image);
    }

    /// Names of the files on the disk.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.disk.names()
    }

    /// The file as programs see it.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.disk.read(&self.path(name)).ok().flatten()
    }

    /// Puts other bytes into the place of the file.
    ///
    /// # Panics
    /// If the disk has a fault.
    pub fn replace(&self, name: &str, bytes: &[u8]) {
        self.disk
            .replace(&self.path(name), bytes)
            .expect("the disk has no fault");
    }

    /// Deletes the file, as a person or another program may; false if there was none.
    ///
    /// # Panics
    /// If the disk has a fault.
    pub fn delete(&self, name: &str) -> bool {
        self.disk.delete(name).expect("the disk has no fault")
    }

    /// Files that are open now, those of stopped programs included until they are dropped.
    #[must_use]
    pub fn open_files(&self) -> usize {
        self.disk.handles.load(Ordering::Relaxed)
    }
}
