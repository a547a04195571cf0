//! One moment of the data in another file under the same key, and whether such a file is sound (sync §8).

use std::path::Path;

use rusqlite::{Transaction, TransactionBehavior};

use super::{Store, StoreError};

/// How SQLCipher writes a page of the copy: as the store itself.
const CIPHER_OF_COPY: &str = "
    PRAGMA copy.cipher_page_size = 2048;
    PRAGMA copy.cipher_hmac_algorithm = HMAC_SHA256;
";

impl Store {
    /// Copies the data as they stand at one moment into a new file at `to`; sales go on meanwhile.
    ///
    /// # Errors
    /// What the disk reports; a half-made file may be left.
    pub(crate) fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        let target = to.to_str().ok_or(StoreError::Malformed("a path"))?;
        let door = self.door();
        let conn = door.copier()?;
        conn.execute(
            "ATTACH DATABASE ?1 AS copy KEY ?2",
            (target, &*door.key.raw()),
        )?;
        conn.execute_batch(CIPHER_OF_COPY)?;
        let moment = Transaction::new_unchecked(&conn, TransactionBehavior::Deferred)?;
        let version: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        drop(door);
        conn.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
        conn.pragma_update(Some("copy"), "user_version", version)?;
        moment.commit()?;
        conn.execute_batch("DETACH DATABASE copy")?;
        Ok(())
    }

    /// Opens the file at `path` with this store's key and reads all of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], or what the disk reports.
    pub(crate) fn check_copy(&self, path: &Path) -> Result<(), StoreError> {
        let mut door = self.door().clone();
        path.clone_into(&mut door.place.path);
        if door.damaged() {
            return Err(StoreError::Corrupt { moved_to: None });
        }
        Ok(())
    }
}
