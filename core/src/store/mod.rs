//! The phone's database: one encrypted SQLite file, one writer, some readers.
//!
//! Only this module and its children name rusqlite; use cases and queries see [`Tx`] and [`Reader`] and call the
//! functions of the table modules with them. A write is one transaction and **one fsync** (sync §2); a read sees
//! one state of the data however long it takes. Never asks for the time or for random bytes but through the traits
//! of [`platform`](crate::platform).

mod book;
mod copy;
mod device;
mod drafts;
mod erasure;
mod error;
mod key;
mod memo;
pub mod meta;
mod migrate;
mod open;
mod ops;
mod overlay;
mod paper;
mod pins;
mod place;
mod referrals;
mod renumber;
mod rows;
mod search;
mod staff;
mod story;
mod sums;
mod vouchers;
mod wallet;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use rusqlite::Connection;

pub(crate) use device::{DeviceRow, HeadRow, Standing};
pub use drafts::SavedDraft;
pub use erasure::Wiped;
pub use error::StoreError;
pub use key::DatabaseKey;
pub use ops::RequestId;
pub(crate) use ops::{OwnOp, Redeemed, SealedBatch, Touched};
pub(crate) use overlay::Settling;
pub(crate) use pins::PinRow;
pub(crate) use place::LOCKED;
pub use place::{Files, Vfs};
pub(crate) use renumber::Moved;
pub(crate) use story::Place as StoryPlace;
pub use sums::StoreSums;
pub(crate) use wallet::{
    Answered, CardRow, Ended, RequestRow, RequestState, WalletStore, WalletTx,
};

use crate::platform::{Clock, Rng};
use memo::Memo;
use open::Door;
use place::Place;

/// Readers kept open between reads. More are made when more threads read at once, and closed afterwards.
const KEPT_READERS: usize = 2;

/// One open store. Share it behind an [`Arc`]; dropping it closes the file.
pub struct Store {
    // Dropped in this order: the writer closes last of the connections and tidies up the log, then the lock goes.
    readers: Mutex<Resting>,
    writer: Mutex<Connection>,
    _lock: Mutex<Connection>,
    door: RwLock<Door>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    memo: Memo,
}

impl Store {
    /// Opens the store at `path`, or makes an empty one there; the folder must exist.
    ///
    /// Brings the file to the newest schema. The first sale after opening costs one fsync like every other.
    ///
    /// # Errors
    /// - [`StoreError::Busy`]: another process, or another store of this one, has it open.
    /// - [`StoreError::WrongKey`]: nothing was moved or changed.
    /// - [`StoreError::Corrupt`]: the file was moved aside and the error says where to; the next open makes an
    ///   empty store, so the caller asks a person first.
    /// - [`StoreError::TooNew`], [`StoreError::ReadOnly`], [`StoreError::Full`], [`StoreError::Io`].
    pub fn open(
        path: &Path,
        vfs: &Vfs,
        key: &DatabaseKey,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, StoreError> {
        Self::open_by(path, vfs, (key, None), clock, rng)
    }

    /// As [`open`](Self::open), for data that may already be under the second key, which a change of keys was about to
    /// give it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_by(
        path: &Path,
        vfs: &Vfs,
        (key, next): (&DatabaseKey, Option<&DatabaseKey>),
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, StoreError> {
        let mut door = Door {
            place: Place {
                path: path.to_owned(),
                vfs: vfs.clone(),
            },
            key: key.clone(),
            steps: migrate::SHOP,
        };
        let is_new = !vfs.holds(path);
        let lock = door.lock()?;
        if let Some(next) = next {
            door = door.settled(next)?;
        }
        let writer = door.writer(clock.now_ms())?;
        let store = Self {
            readers: Mutex::default(),
            writer: Mutex::new(writer),
            _lock: Mutex::new(lock),
            door: RwLock::new(door),
            clock,
            rng,
            memo: Memo::default(),
        };
        // A killed program may have left a transaction in the log that no fsync has reached. It will be shown and
        // answered to repeats from now on, so it is made durable by a write of our own.
        if !is_new || store.wal_pages()? == 0 {
            match store.begin_log() {
                // Reading works on a full disk; the next sale will say that it is full.
                Ok(()) | Err(StoreError::Full) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(store)
    }

    /// Does `work` in one transaction: all of it is durable when this returns `Ok`, none of it after an `Err` or a
    /// panic. Costs one fsync, or none if `work` changed nothing.
    ///
    /// Other writers wait, readers don't. Must not be nested: `work` uses the [`Tx`] it is given, also to read.
    /// After an error of the disk at the commit itself the outcome is open until the next commit or start, as with
    /// any database: a repeat with the same request id finds out.
    ///
    /// # Errors
    /// What `work` returns, or the [`StoreError`] that kept the transaction from beginning or ending.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = self.writer();
        let transaction = Begun::new(&conn, "BEGIN IMMEDIATE")?;
        let value = work(&Tx {
            reader: Reader {
                conn: &conn,
                memo: &self.memo,
            },
        })?;
        transaction.end("COMMIT")?;
        Ok(value)
    }

    /// Lets `work` read one unchanging state: the one at its first statement.
    ///
    /// May run in any number of threads at once and inside [`write`](Self::write), where it sees the state before
    /// that transaction.
    ///
    /// # Errors
    /// What `work` returns, or the [`StoreError`] that kept the file from being read.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let door = self.door();
        let (turn, rested) = locked(&self.readers).take();
        let conn = rested.map_or_else(|| door.reader(), Ok)?;
        let snapshot = Begun::new(&conn, "BEGIN DEFERRED")?;
        // The state is chosen while the key can't change; what is seen afterwards is all of that key.
        snapshot.look()?;
        drop(door);
        let value = work(&Reader {
            conn: &conn,
            memo: &self.memo,
        });
        snapshot.end("ROLLBACK")?;
        locked(&self.readers).rest(turn, conn);
        value
    }

    /// Moves the write-ahead log into the database. For idle moments: costs two to four fsyncs.
    ///
    /// A sale must not pay for this, so the automatic checkpoint is only a distant bound (32 MiB of log), and this
    /// call also begins the next log: the header of a fresh log needs an fsync of its own.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`]; the log then stays as it is and nothing is lost.
    pub fn checkpoint(&self, log: LogFile) -> Result<Checkpoint, StoreError> {
        let statement = match log {
            LogFile::Reuse => "PRAGMA wal_checkpoint(RESTART)",
            LogFile::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        let blocked: bool = self.writer().query_row(statement, [], |row| row.get(0))?;
        if blocked {
            return Ok(Checkpoint::Partial);
        }
        self.begin_log()?;
        Ok(Checkpoint::Complete)
    }

    /// Pages in the write-ahead log; a thousand are a good reason for the next idle [`checkpoint`](Self::checkpoint).
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn wal_pages(&self) -> Result<u32, StoreError> {
        let pages: i64 = self
            .writer()
            .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))?;
        Ok(u32::try_from(pages).unwrap_or(0))
    }

    /// The clock this store was opened with.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The randomness this store was opened with.
    #[must_use]
    pub fn rng(&self) -> &dyn Rng {
        self.rng.as_ref()
    }

    /// Writes one small row, so that the header of a fresh log is there before the next sale.
    fn begin_log(&self) -> Result<(), StoreError> {
        self.write(|tx| {
            // The value must differ each time: SQLite does not write a page that stays the same.
            let begun = meta::get(tx, "logs_begun")?.and_then(|bytes| bytes.try_into().ok());
            let begun = begun.map_or(0, u64::from_be_bytes).wrapping_add(1);
            meta::put(tx, "logs_begun", &begun.to_be_bytes())
        })
    }

    /// Writes the whole file anew under another key, in one transaction; reads under way go on, sales and new reads wait:
    /// about a second for 50 MB. Afterwards the former key opens nothing here once the log was cut ([`checkpoint`](Self::checkpoint) with
    /// [`LogFile::Truncate`]); until then both must be kept. A stop at any point leaves a file of one of both keys.
    ///
    /// # Errors
    /// What the disk reports: the file may then be of either, which [`settle_key`](Self::settle_key) tells.
    pub(crate) fn change_key(&self, next: &DatabaseKey) -> Result<(), StoreError> {
        let mut writer = self.writer();
        let mut door = self.door.write().unwrap_or_else(PoisonError::into_inner);
        let outcome = door.rekey(next);
        self.settle(&mut writer, &mut door, next)?;
        if door.key == *next {
            return Ok(());
        }
        outcome?;
        Err(StoreError::Io("the key was not changed".into()))
    }

    /// Whether the file is of the key that it was being given; goes on with that one if it is.
    ///
    /// # Errors
    /// What the disk reports: it can't be said then, and no key may be dropped.
    pub(crate) fn settle_key(&self, next: &DatabaseKey) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        let mut door = self.door.write().unwrap_or_else(PoisonError::into_inner);
        self.settle(&mut writer, &mut door, next)?;
        Ok(door.key == *next)
    }

    /// Asks the file of which key it is. A writer of the former one can't do harm: it can't read what it would change.
    fn settle(
        &self,
        writer: &mut Connection,
        door: &mut Door,
        next: &DatabaseKey,
    ) -> Result<(), StoreError> {
        let settled = door.settled(next)?;
        if settled.key != door.key {
            *writer = settled.writer(self.clock.now_ms())?;
            locked(&self.readers).close();
            *door = settled;
        }
        Ok(())
    }

    fn close_readers(&self) {
        locked(&self.readers).close();
    }

    fn door(&self) -> RwLockReadGuard<'_, Door> {
        self.door.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        locked(&self.writer)
    }
}

/// Readers between two reads, all of one key.
#[derive(Default)]
struct Resting {
    /// Counts how often they were closed: one that was reading meanwhile rests no more.
    turn: u64,
    readers: Vec<Connection>,
}

impl Resting {
    fn take(&mut self) -> (u64, Option<Connection>) {
        (self.turn, self.readers.pop())
    }

    fn rest(&mut self, turn: u64, reader: Connection) {
        if turn == self.turn && self.readers.len() < KEPT_READERS {
            self.readers.push(reader);
        }
    }

    fn close(&mut self) {
        self.turn += 1;
        self.readers.clear();
    }
}

/// A transaction that is undone unless it was ended; its statements stay prepared, since every sale has some.
struct Begun<'c>(&'c Connection);

impl<'c> Begun<'c> {
    fn new(conn: &'c Connection, statement: &str) -> Result<Self, StoreError> {
        conn.prepare_cached(statement)?.execute([])?;
        Ok(Self(conn))
    }

    /// Chooses the state that is seen from now on.
    fn look(&self) -> Result<(), StoreError> {
        let mut statement = self
            .0
            .prepare_cached("SELECT 1 FROM sqlite_schema LIMIT 1")?;
        statement.exists([])?;
        Ok(())
    }

    /// Ends it; what fails here is undone.
    fn end(self, statement: &str) -> Result<(), StoreError> {
        self.0.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // A connection that can't even undo is of no use to the next one either, which will say so.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

/// A panic inside a transaction undid it before the lock was released, so what the lock guards is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a checkpoint does with the log's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFile {
    /// Keeps the space for the next log: the quick one.
    Reuse,
    /// Cuts it to nothing: after an erasure no old page may stay there (sync §8).
    Truncate,
}

/// How far a checkpoint came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Checkpoint {
    /// Everything is in the database and the log begins anew.
    Complete,
    /// A reader was still looking at an older state; try again when it has finished.
    Partial,
}

/// One consistent state of the data, to read from.
pub struct Reader<'c> {
    conn: &'c Connection,
    memo: &'c Memo,
}

impl<'c> Reader<'c> {
    /// The connection, for the table modules only.
    pub(in crate::store) fn conn(&self) -> &'c Connection {
        self.conn
    }
}

/// A transaction that writes; what a [`Reader`] offers it offers too, with its own changes in view.
pub struct Tx<'c> {
    reader: Reader<'c>,
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}
