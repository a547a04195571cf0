//! Putting a backup back: into a new folder, under new keys, as a new reign (sync §12).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BackupError, Workshop, at, file, of, sync_folder_of};
use crate::authority::{Audit, Authority, audit};
use crate::platform::{Clock, Random};
use crate::store::sqlite::SqliteStore;
use crate::store::{KeyFolder, Place, SealKey, StoreError};

/// What is to be put back, and where.
pub struct RestoreInput {
    /// The backup.
    pub file: PathBuf,
    /// The data folder: one that is not there, or is empty. Keys that lie beside it from before are used again, so that
    /// the highest epoch served from here stays known.
    pub data: PathBuf,
    /// The file of the backup's key, if it does not lie with the data's keys.
    pub key: Option<PathBuf>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// What was put back.
#[derive(Debug)]
pub struct Restored {
    /// The businesses as they lay in the backup.
    pub businesses: Vec<Audit>,
}

/// Puts a backup back. The folder appears whole, with every business in its new epoch, or not at all.
///
/// # Errors
/// [`BackupError`].
pub fn restore(input: &RestoreInput) -> Result<Restored, BackupError> {
    must_be_empty(&input.data)?;
    let place = Place::from(&input.data);
    let keys = KeyFolder::of(&place);
    let key = seal_key(input, &place, &keys)?;
    let workshop = Workshop::beside(&input.data)?;
    let sealed = workshop.room("sealed")?;
    let fresh = workshop.room("data")?;
    let mut businesses = Vec::new();
    for business in file::unpack(&input.file, &key, &sealed)? {
        let found = {
            let copy =
                SqliteStore::open_copy(&sealed, business, key.database()).map_err(of(business))?;
            copy.sound().map_err(of(business))?;
            audit(&copy)
        };
        match found {
            Ok(audit) => businesses.push(audit),
            // A founding that was cut off: nobody was ever told of it.
            Err(StoreError::Empty) => continue,
            Err(error) => return Err(of(business)(error)),
        }
        let own = match keys.database_key(business) {
            // Whatever was moved away from here before still opens.
            Ok(own) => own,
            Err(StoreError::NoKey) => keys
                .make_database_key(business, input.random.as_ref())
                .map_err(of(business))?,
            Err(error) => return Err(of(business)(error)),
        };
        SqliteStore::copy(business, (&sealed, key.database()), (&fresh, &own))
            .map_err(of(business))?;
        let new = Place {
            data: fresh.clone(),
            ..place.clone()
        };
        let clock = input.clock.clone();
        Authority::begin_reign(new, business, clock, input.random.clone()).map_err(of(business))?;
    }
    appear(&fresh, &input.data)?;
    Ok(Restored { businesses })
}

fn must_be_empty(data: &Path) -> Result<(), BackupError> {
    match fs::read_dir(data) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(data)(error)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(BackupError::NotEmpty(data.to_owned())),
        },
    }
}

fn seal_key(input: &RestoreInput, place: &Place, keys: &KeyFolder) -> Result<SealKey, BackupError> {
    let id = file::key_name(&input.file)?;
    let found = match &input.key {
        Some(file) => Some(SealKey::read(file).map_err(at(file))?),
        None => keys.seal_key(&id).map_err(at(&place.keys))?,
    };
    let key = found.filter(|key| key.id() == id);
    let key = key.ok_or_else(|| BackupError::NoKey {
        folder: input.key.clone().unwrap_or_else(|| place.keys.clone()),
        id,
    })?;
    if key.ends_ms() < input.clock.now_ms() {
        return Err(BackupError::Ended);
    }
    Ok(key)
}

/// The folder takes its place in one step.
fn appear(fresh: &Path, data: &Path) -> Result<(), BackupError> {
    match fs::remove_dir(data) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(at(data)(error)),
        _ => {}
    }
    fs::rename(fresh, data).map_err(at(data))?;
    sync_folder_of(data)
}
