//! Backups of a data folder while the server goes on serving, and putting one back (sync §8, §12).
//!
//! A backup is one file with every business, each as an encrypted database of one moment, sealed under a key that lives
//! beside the data's own keys for thirty days. It counts as one only after it was opened again and every sum agreed.

mod file;
mod restore;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kartka_domain::ids::BusinessId;

use crate::authority::{Audit, audit};
use crate::platform::{Clock, Random};
use crate::store::sqlite::SqliteStore;
use crate::store::{KeyFolder, Place, SealKey, StoreError, hex};

pub use restore::{RestoreInput, Restored, restore};

/// A backup that was made and opened again.
#[derive(Debug)]
pub struct BackedUp {
    /// What lies in it.
    pub businesses: Vec<Audit>,
    /// The file of the key that opens it.
    pub key: PathBuf,
    /// Last instant at which it can be opened, epoch ms.
    pub ends_ms: i64,
}

/// Why there is no backup, or none that can be put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder holds no business.
    #[error("there is no business in {}: is this the folder that the server was started with?", .0.display())]
    Nothing(PathBuf),
    /// The file is no backup of this program.
    #[error("{} is no backup", .0.display())]
    NotABackup(PathBuf),
    /// A newer program wrote the file.
    #[error("a newer Kartka made {}: update this one first", .0.display())]
    TooNew(PathBuf),
    /// The file is not what was written.
    #[error("{} is damaged or cut off: take another backup", .0.display())]
    Damaged(PathBuf),
    /// No key of this name lies there.
    #[error(
        "the key of this backup is not in {}: name its file with --key; it is called backup-{}.key",
        .folder.display(), hex(.id)
    )]
    NoKey {
        /// Where it was looked for.
        folder: PathBuf,
        /// Its name.
        id: [u8; 16],
    },
    /// The key has ended: backups are kept for thirty days, so that what was erased is gone from them as well.
    #[error("this backup is older than thirty days and can't be opened any more")]
    Ended,
    /// Data would be overwritten.
    #[error("{} is not empty: a backup is put back into a new folder only", .0.display())]
    NotEmpty(PathBuf),
    /// A business can't be read, written, or does not agree with its sums.
    #[error("the business {}: {source}", hex(&.business.0))]
    Business {
        /// Which.
        business: BusinessId,
        /// What is wrong.
        source: StoreError,
    },
    /// A file or folder.
    #[error("{}: {source}", .path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: StoreError,
    },
}

/// Names what failed with a path.
fn at<E: Into<StoreError>>(path: &Path) -> impl FnOnce(E) -> BackupError {
    move |source| BackupError::Disk {
        path: path.to_owned(),
        source: source.into(),
    }
}

/// Names what failed with a business.
fn of(business: BusinessId) -> impl FnOnce(StoreError) -> BackupError {
    move |source| BackupError::Business { business, source }
}

/// Backs up every business of the data folder `data` into the file `to`, over an older backup there once the new one was
/// opened and agreed. A server may be running on the folder.
///
/// # Errors
/// [`BackupError`]; an older file at `to` is then as it was.
pub fn backup(
    data: &Path,
    to: &Path,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<BackedUp, BackupError> {
    let keys = KeyFolder::of(&Place::from(data));
    let businesses = SqliteStore::businesses(data).map_err(at(data))?;
    if businesses.is_empty() {
        return Err(BackupError::Nothing(data.to_owned()));
    }
    let now_ms = clock.now_ms();
    keys.drop_old_seal_keys(now_ms).map_err(at(data))?;
    let workshop = Workshop::beside(to)?;
    let (key, key_file) = keys.make_seal_key(now_ms, random).map_err(at(data))?;
    let made = make(
        &Place::from(data),
        &keys,
        &businesses,
        &key,
        now_ms,
        &workshop,
    );
    let made = made.and_then(|fresh| Ok((opened(&fresh, &key, &workshop)?, fresh)));
    match made {
        Ok((audits, fresh)) => {
            fs::rename(&fresh, to).map_err(at(to))?;
            sync_folder_of(to)?;
            Ok(BackedUp {
                businesses: audits,
                key: key_file,
                ends_ms: key.ends_ms(),
            })
        }
        Err(error) => {
            // A key that seals nothing is of no use; that it can't be removed would hide what went wrong.
            let _ = fs::remove_file(&key_file);
            Err(error)
        }
    }
}

fn make(
    place: &Place,
    keys: &KeyFolder,
    businesses: &[BusinessId],
    key: &SealKey,
    now_ms: i64,
    workshop: &Workshop,
) -> Result<PathBuf, BackupError> {
    let copies = workshop.room("copies")?;
    for business in businesses {
        let own = SqliteStore::key_in_use(place, keys, *business).map_err(of(*business))?;
        SqliteStore::copy(*business, (&place.data, own), (&copies, &key.database()))
            .map_err(of(*business))?;
    }
    let fresh = workshop.folder.join("backup");
    file::write(&fresh, &copies, businesses, key, now_ms)?;
    fs::remove_dir_all(&copies).map_err(at(&copies))?;
    Ok(fresh)
}

/// Opens a backup as a restore would, and checks everything in it.
fn opened(file: &Path, key: &SealKey, workshop: &Workshop) -> Result<Vec<Audit>, BackupError> {
    let rooms = workshop.room("opened")?;
    let mut audits = Vec::new();
    for business in file::unpack(file, key, &rooms)? {
        let store =
            SqliteStore::open_copy(&rooms, business, key.database()).map_err(of(business))?;
        store.sound().map_err(of(business))?;
        match audit(&store) {
            Ok(audit) => audits.push(audit),
            // A founding that was cut off: nobody was ever told of it.
            Err(StoreError::Empty) => {}
            Err(error) => return Err(of(business)(error)),
        }
    }
    Ok(audits)
}

/// A folder for what is half made, which goes away with it.
struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Beside a file or folder that will be made, on the same disk. What a killed run left there goes.
    fn beside(target: &Path) -> Result<Self, BackupError> {
        let mut name = target.as_os_str().to_owned();
        name.push(".part");
        let folder = PathBuf::from(name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at(&folder)(error));
            }
            _ => {}
        }
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(Self { folder })
    }

    fn room(&self, name: &str) -> Result<PathBuf, BackupError> {
        let room = self.folder.join(name);
        fs::create_dir_all(&room).map_err(at(&room))?;
        Ok(room)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // The next run tries again; what lies there is sealed.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a rename durable.
fn sync_folder_of(path: &Path) -> Result<(), BackupError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(at(folder))?;
    }
    Ok(())
}
