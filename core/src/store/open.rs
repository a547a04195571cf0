//! How a connection to the encrypted file is made, and how a file is judged before anything is written to it.

use std::path::Path;

use kartka_domain::planted;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use super::place::Place;
use super::{DatabaseKey, StoreError};

/// SQLCipher would write its own words about a damaged page to the standard error; ours are enough.
const SILENT: &str = "PRAGMA cipher_log_level = NONE";

/// How SQLCipher writes a page. Part of the file format; chosen in docs/decisions/0002-database-cipher.md.
const CIPHER: &str = "
    PRAGMA cipher_page_size = 2048;
    PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
    PRAGMA cipher_memory_security = OFF;
";

/// What every connection needs. Foreign keys are off because a row may arrive before the row it names (sync §2).
const EVERY: &str = "
    PRAGMA foreign_keys = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
";

/// What the writer needs besides.
///
/// FULL, and the real flush on Apple's systems: with NORMAL a power cut can undo an op that was pushed already, and
/// its number would be used again (sync §2). The automatic checkpoint is a bound for a shop that is never idle
/// (16,384 pages are 32 MiB); see [`Store::checkpoint`](super::Store::checkpoint) for the usual way. 4 MiB of pages
/// are kept deciphered: a day's customers are read again and again.
const WRITER: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA cache_size = -4096;
    PRAGMA wal_autocheckpoint = 16384;
    PRAGMA journal_size_limit = 8388608;
";

/// Distinct statements kept prepared per connection: more than the core has for its busiest use cases.
const STATEMENTS: usize = 128;

/// How long a reader waits for the few moments in which the write-ahead log can't be read.
const READER_WAITS: std::time::Duration = std::time::Duration::from_secs(1);

/// Makes SQLite and its cipher ready, once a process. SQLite calls itself ready before its cipher is: a thread that
/// opened its first file in that moment would find no cipher to give the key to.
fn make_ready() {
    static READY: std::sync::Once = std::sync::Once::new();
    // Should it fail, so does the connection that is opened next, and says why.
    READY.call_once(|| drop(Connection::open_in_memory()));
}

/// What the connection needs that changes the key: it commits once, and its log is moved by the store itself.
const KEY_CHANGER: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA wal_autocheckpoint = 0;
";

/// The database file with the key that opens it.
#[derive(Clone)]
pub(in crate::store) struct Door {
    pub(in crate::store) place: Place,
    pub(in crate::store) key: DatabaseKey,
    /// Of which schema the file is.
    pub(in crate::store) steps: &'static [&'static str],
}

impl Door {
    /// Takes the store for this process, until the answer is dropped or the process dies.
    ///
    /// The lock is SQLite's own, on an empty file beside the database: it works on every platform and disk that
    /// the database works on. Locking the database itself would keep our own readers out.
    pub(in crate::store) fn lock(&self) -> Result<Connection, StoreError> {
        let path = self.place.beside("-lock");
        let conn = match self.connect(&path) {
            Ok(conn) => conn,
            // SQLite only says that it can't open the file; the disk says why.
            Err(error) => {
                self.place.touch(&path)?;
                return Err(error);
            }
        };
        conn.busy_timeout(std::time::Duration::ZERO)?;
        if conn.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        conn.execute_batch("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")?;
        Ok(conn)
    }

    /// The writer of a file that is of this key, sound and of the newest schema. Call under [`lock`](Self::lock).
    ///
    /// A file that turns out damaged is moved aside; `now_ms` goes into its new name.
    pub(in crate::store) fn writer(&self, now_ms: i64) -> Result<Connection, StoreError> {
        let proof = self.prove_key()?;
        let error = match self.connect(&self.place.path) {
            Ok(conn) => match self.prepare_writer(&conn, proof) {
                Ok(()) => return Ok(conn),
                Err(error) => error,
            },
            Err(error) => error,
        };
        match (error, proof) {
            (StoreError::Corrupt { .. }, KeyProof::Proved) => Err(StoreError::Corrupt {
                moved_to: match self.damaged() {
                    true => Some(self.place.move_aside(now_ms)?),
                    false => None,
                },
            }),
            (StoreError::Corrupt { .. }, KeyProof::Missing) => Err(StoreError::WrongKey),
            (error, _) => Err(error),
        }
    }

    /// A connection that can only read; the writer must be open already.
    pub(in crate::store) fn reader(&self) -> Result<Connection, StoreError> {
        let conn = self.connect(&self.place.path)?;
        self.unlock(&conn)?;
        conn.busy_timeout(READER_WAITS)?;
        conn.execute_batch("PRAGMA query_only = ON")?;
        Ok(conn)
    }

    /// A connection from which the file is copied while the writer goes on.
    pub(in crate::store) fn copier(&self) -> Result<Connection, StoreError> {
        let conn = self.connect(&self.place.path)?;
        at_close(&conn, Log::Left)?;
        self.unlock(&conn)?;
        conn.busy_timeout(READER_WAITS)?;
        Ok(conn)
    }

    /// Reads the whole file: whether a page fails its check, or the pages don't fit together.
    pub(in crate::store) fn damaged(&self) -> bool {
        let check = || -> Result<bool, StoreError> {
            let conn = self.connect(&self.place.path)?;
            at_close(&conn, Log::Left)?;
            self.unlock(&conn)?;
            let bad_page = conn.prepare("PRAGMA cipher_integrity_check")?.exists([])?;
            let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            Ok(bad_page || verdict != "ok")
        };
        check().unwrap_or_else(|error| matches!(error, StoreError::Corrupt { .. }))
    }

    /// Writes every page anew under `next`, in one transaction on a connection that is used for nothing else: the
    /// cipher swallows what a failed commit reports, and goes on with half of the new key when it had to undo its work
    /// (decision 83). So only [`settled`](Self::settled) can say what became of it.
    ///
    /// # Errors
    /// What the disk reports, as far as the cipher tells.
    pub(in crate::store) fn rekey(&self, next: &DatabaseKey) -> Result<(), StoreError> {
        let conn = self.connect(&self.place.path)?;
        at_close(&conn, Log::Left)?;
        conn.busy_timeout(std::time::Duration::ZERO)?;
        self.unlock(&conn)?;
        conn.execute_batch(KEY_CHANGER)?;
        #[cfg(feature = "simulation")]
        if kartka_protocol::simulation::is_paper() {
            return Ok(());
        }
        Ok(conn.execute_batch(&next.rekey())?)
    }

    /// The door by that of two keys which opens the file: a change of keys that was cut off has left either. Where
    /// neither does, by the one whose check value lies beside the file.
    ///
    /// # Errors
    /// What the disk reports.
    pub(in crate::store) fn settled(&self, next: &DatabaseKey) -> Result<Self, StoreError> {
        let other = Self {
            key: next.clone(),
            ..self.clone()
        };
        if !self.place.has_database()? || other.key == self.key {
            return Ok(self.clone());
        }
        for door in [&other, self] {
            if door.reads()? {
                door.place.set_key_check(&door.key.check_value())?;
                return Ok(door.clone());
            }
        }
        let checked = self.place.key_check()?;
        let of_other = checked.is_some_and(|value| value == other.key.check_value());
        Ok(if of_other { other } else { self.clone() })
    }

    /// Whether the file's first page opens by this key.
    fn reads(&self) -> Result<bool, StoreError> {
        let look = || -> Result<(), StoreError> {
            let conn = self.connect(&self.place.path)?;
            at_close(&conn, Log::Left)?;
            self.unlock(&conn)?;
            Ok(conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
        };
        match look() {
            Ok(()) => Ok(true),
            Err(StoreError::Corrupt { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn connect(&self, path: &Path) -> Result<Connection, StoreError> {
        make_ready();
        // No mutex: a connection is used by one thread at a time, which the store's own types see to.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(match self.place.vfs.name() {
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
            None => Connection::open_with_flags(path, flags)?,
        })
    }

    fn unlock(&self, conn: &Connection) -> Result<(), StoreError> {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // A statement with a range would be planned anew at every binding; nothing here is planned by its values.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        #[cfg(feature = "simulation")]
        if kartka_protocol::simulation::is_paper() {
            return Ok(conn.execute_batch(EVERY)?);
        }
        conn.execute_batch(SILENT)?;
        conn.execute_batch(&self.key.pragma())?;
        conn.execute_batch(CIPHER)?;
        Ok(conn.execute_batch(EVERY)?)
    }

    fn prepare_writer(&self, conn: &Connection, proof: KeyProof) -> Result<(), StoreError> {
        // Until the file is judged good, closing it must not write the log into it.
        at_close(conn, Log::Left)?;
        conn.busy_timeout(std::time::Duration::ZERO)?;
        self.unlock(conn)?;
        migrate::refuse_newer(conn, self.steps)?;
        if conn.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Unexpected(
                "this disk has no shared memory".into(),
            ));
        }
        conn.execute_batch(WRITER)?;
        if planted!(NormalBeforePush) {
            conn.execute_batch("PRAGMA synchronous = NORMAL")?;
        }
        migrate::migrate(conn, self.steps)?;
        if proof == KeyProof::Missing {
            self.place.set_key_check(&self.key.check_value())?;
        }
        at_close(conn, Log::MovedIn)
    }

    /// What the value beside the file says about the key; writes it first where there is no file yet.
    fn prove_key(&self) -> Result<KeyProof, StoreError> {
        let own = self.key.check_value();
        if !self.place.has_database()? {
            self.place.set_key_check(&own)?;
            return Ok(KeyProof::Proved);
        }
        match self.place.key_check()? {
            Some(found) if found == own => Ok(KeyProof::Proved),
            Some(found) if found.len() == own.len() => Err(StoreError::WrongKey),
            _ => Ok(KeyProof::Missing),
        }
    }
}

/// What the last connection does with the log when it closes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    /// It stays as it is, and so does the database.
    Left,
    /// It is moved into the database, which then is the whole data in one file.
    MovedIn,
}

fn at_close(conn: &Connection, log: Log) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log == Log::Left)?;
    Ok(())
}

/// What is known about the key before the file is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyProof {
    /// The check value agrees: a file that can't be read is damaged.
    Proved,
    /// The check value is lost: a file that can't be read may just have another key.
    Missing,
}
