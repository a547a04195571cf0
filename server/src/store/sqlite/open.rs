//! How a connection to a business's encrypted file is made, and how the file is judged before anything is written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::migrate;
use crate::store::StoreError;
use crate::store::keys::DatabaseKey;

/// How SQLCipher writes a page: part of the file format, the same as on phones.
const CIPHER: &str = "
    PRAGMA cipher_page_size = 4096;
    PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
    PRAGMA cipher_memory_security = OFF;
";

/// The same for a file attached as `copy`.
pub(super) const CIPHER_OF_COPY: &str = "
    PRAGMA copy.cipher_page_size = 4096;
    PRAGMA copy.cipher_hmac_algorithm = HMAC_SHA256;
";

/// What every connection needs. Foreign keys are off because a row may come before the row it names (sync §2).
const EVERY: &str = "
    PRAGMA foreign_keys = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
";

/// What the writer needs besides: FULL, because an ack is a promise; group commit spreads its price over many ops.
const WRITER: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 8192;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -65536;
";

/// What the connection needs that changes the key: it commits once, and the log is moved under the new key.
const KEY_CHANGER: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA wal_autocheckpoint = 0;
";

/// Readers walk whole scopes: their cache is small, the operating system has the file.
const READER: &str = "
    PRAGMA cache_size = -8192;
    PRAGMA query_only = ON;
";

/// Distinct statements kept prepared per connection.
const STATEMENTS: usize = 64;

/// How long a reader waits for the few moments in which the write-ahead log can't be read.
const READER_WAITS: Duration = Duration::from_secs(5);

/// A database file with the key that opens it.
pub(super) struct Door {
    pub(super) path: PathBuf,
    pub(super) vfs: Option<&'static str>,
    pub(super) key: DatabaseKey,
}

impl Door {
    /// Takes the data for this process until the answer is dropped or the process dies; SQLite's own lock on an empty
    /// file beside the database.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process has it; [`StoreError::ReadOnly`].
    pub(super) fn lock(&self) -> Result<Connection, StoreError> {
        let mut name = self.path.clone().into_os_string();
        name.push("-lock");
        let conn = self.connect(Path::new(&name))?;
        conn.busy_timeout(Duration::ZERO)?;
        if conn.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        conn.execute_batch("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")?;
        Ok(conn)
    }

    /// The writer of a file that is of this key and of the newest schema. Call under [`lock`](Self::lock).
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::TooNew`], [`StoreError::ReadOnly`], or what the disk reports.
    pub(super) fn writer(&self) -> Result<Connection, StoreError> {
        let conn = self.connect(&self.path)?;
        // Until the file is judged good, closing it must not write the log into it.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        conn.busy_timeout(Duration::ZERO)?;
        self.unlock(&conn)?;
        migrate::refuse_newer(&conn)?;
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
        migrate::migrate(&conn)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        Ok(conn)
    }

    /// A connection that can only read; the writer must be open already.
    ///
    /// # Errors
    /// What the disk reports.
    pub(super) fn reader(&self) -> Result<Connection, StoreError> {
        let conn = self.connect(&self.path)?;
        self.unlock(&conn)?;
        conn.busy_timeout(READER_WAITS)?;
        conn.execute_batch(READER)?;
        Ok(conn)
    }

    /// A connection from which the file is copied while another process may be writing to it. Leaves file and log as
    /// they are.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::TooNew`], or what the disk reports.
    pub(super) fn copier(&self) -> Result<Connection, StoreError> {
        let conn = self.connect(&self.path)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        conn.busy_timeout(READER_WAITS)?;
        self.unlock(&conn)?;
        migrate::refuse_newer(&conn)?;
        Ok(conn)
    }

    /// Whether the file's first page opens by this key.
    ///
    /// # Errors
    /// What the disk reports.
    pub(super) fn reads(&self) -> Result<bool, StoreError> {
        let look = || -> Result<(), StoreError> {
            let conn = self.copier()?;
            Ok(conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
        };
        match look() {
            Ok(()) => Ok(true),
            Err(StoreError::WrongKey | StoreError::Corrupt) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes every page anew under `next`, in one transaction on a connection that is used for nothing else: the
    /// cipher swallows what a failed commit reports, and goes on with half of the new key when it had to undo its work
    /// (decision 83). So only [`reads`](Self::reads) can say what became of it.
    ///
    /// # Errors
    /// What the disk reports, as far as the cipher tells.
    pub(super) fn rekey(&self, next: &DatabaseKey) -> Result<(), StoreError> {
        let conn = self.copier()?;
        conn.execute_batch(KEY_CHANGER)?;
        Ok(conn.execute_batch(&next.rekey())?)
    }

    fn unlock(&self, conn: &Connection) -> Result<(), StoreError> {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // A statement with a range would be planned anew at every binding; nothing here is planned by its values.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        #[cfg(feature = "simulation")]
        if kartka_protocol::simulation::is_paper() {
            return Ok(conn.execute_batch(EVERY)?);
        }
        // What goes wrong is told by errors; SQLCipher's own lines on stderr say no more.
        conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
        conn.execute_batch(&self.key.pragma())?;
        conn.execute_batch(CIPHER)?;
        Ok(conn.execute_batch(EVERY)?)
    }

    fn connect(&self, path: &Path) -> Result<Connection, StoreError> {
        make_ready();
        // No mutex: a connection is used by one thread at a time, which the store's own types see to.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(match self.vfs {
            None => Connection::open_with_flags(path, flags)?,
            Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        })
    }
}

/// Makes SQLite and its cipher ready, once a process. SQLite calls itself ready before its cipher is: a thread that
/// opened its first file in that moment would find no cipher to give the key to.
fn make_ready() {
    static READY: std::sync::Once = std::sync::Once::new();
    // Should it fail, so does the connection that is opened next, and says why.
    READY.call_once(|| drop(Connection::open_in_memory()));
}
