//! Another key for a business's file (sync §8, decision 83), while no server has it open.
//!
//! Two keys lie beside the data while it is done, and the file is of one of them: a stop at any point is ended or taken
//! back by the next program that opens it.

use kartka_domain::ids::BusinessId;

use super::open::Door;
use super::{SqliteStore, door_of};
use crate::platform::Random;
use crate::store::keys::DatabaseKey;
use crate::store::{KeyFolder, Place, StoreError};

impl SqliteStore {
    /// Gives a business's file another key and destroys the former one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while a server has the file open; as [`open`](Self::open). The former key then goes on, or
    /// the next start ends what was begun.
    pub(crate) fn change_key(
        place: &Place,
        keys: &KeyFolder,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<(), StoreError> {
        let former = keys.database_key(business)?;
        let lock = door_of(place, business, keys.database_key(business)?).lock()?;
        let door = settled(door_of(place, business, former), place, keys, business)?;
        // Of the newest schema, and with an empty log.
        drop(door.writer()?);
        let next = keys.make_next_key(business, random)?;
        let outcome = door.rekey(&next);
        let door = settled(door, place, keys, business)?;
        drop(lock);
        if door.key == next {
            return Ok(());
        }
        outcome?;
        Err(StoreError::Io("the key was not changed".into()))
    }

    /// The key that opens a business's file now, for a copy that is made while a server has it open.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn key_in_use(
        place: &Place,
        keys: &KeyFolder,
        business: BusinessId,
    ) -> Result<DatabaseKey, StoreError> {
        let former = keys.database_key(business)?;
        let Some(next) = keys.next_key(business)? else {
            return Ok(former);
        };
        let door = door_of(place, business, next);
        Ok(if door.reads()? { door.key } else { former })
    }
}

/// The door by the key that opens the file, after a change of keys that may have been cut off was ended or taken back.
/// Call under the lock.
///
/// # Errors
/// What the disk reports; both keys are there then.
pub(super) fn settled(
    door: Door,
    place: &Place,
    keys: &KeyFolder,
    business: BusinessId,
) -> Result<Door, StoreError> {
    let Some(next) = keys.next_key(business)? else {
        return Ok(door);
    };
    let other = door_of(place, business, next);
    if !other.reads()? {
        // What neither opens is for a person to look at: no key of it may go.
        if door.reads()? {
            keys.drop_next_key(business)?;
        }
        return Ok(door);
    }
    // Pages of the former key lie in the file until the log is moved into it.
    let writer = other.writer()?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let blocked: bool = writer.query_row(sql, [], |row| row.get(0))?;
    if blocked {
        // A backup is being taken: it still needs pages of the former key.
        return Err(StoreError::Busy);
    }
    drop(writer);
    keys.use_next_key(business)?;
    Ok(other)
}
