//! Where a store lies: its path, SQLite's way to the disk there, and the few whole-file operations beside it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::DatabaseKey;
use crate::platform::sync_folder;

/// Whole files on the disk that also holds the database: the key check value and the moving aside of a damaged file.
pub trait Files: Send + Sync {
    /// The content of the file, `None` if there is no such file.
    ///
    /// # Errors
    /// What the disk reports.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// Puts `bytes` in the place of the file's content, all or nothing, and returns when that is durable.
    ///
    /// # Errors
    /// What the disk reports; the old content is then still there.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Bytes in the file, `None` if there is no such file.
    ///
    /// # Errors
    /// What the disk reports.
    fn len(&self, path: &Path) -> io::Result<Option<u64>>;

    /// Gives the file another name in the same folder, which must be free.
    ///
    /// # Errors
    /// What the disk reports.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Names of the files in a folder, ascending.
    ///
    /// # Errors
    /// What the disk reports.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Deletes the file and returns when that is durable; fine if there is none.
    ///
    /// # Errors
    /// What the disk reports.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A disk: SQLite's virtual file system for the database and [`Files`] for what lies beside it.
#[derive(Clone)]
pub struct Vfs {
    name: Option<Arc<str>>,
    files: Arc<dyn Files>,
}

impl Vfs {
    /// The device's own disk.
    #[must_use]
    pub fn system() -> Self {
        Self {
            name: None,
            files: Arc::new(SystemFiles),
        }
    }

    /// The file system registered with SQLite under `name`; `files` must reach the same disk by the same paths.
    #[must_use]
    pub fn named(name: &str, files: Arc<dyn Files>) -> Self {
        Self {
            name: Some(Arc::from(name)),
            files,
        }
    }

    /// Whether anything lies at `path`.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        // A disk that can't be asked is met again, with its reason, when the store is opened.
        matches!(self.files.len(path), Ok(Some(1..)))
    }

    /// The files beside the database.
    pub(crate) fn files(&self) -> &dyn Files {
        self.files.as_ref()
    }

    /// Empties the database at `path` with everything beside it: nothing of it can be opened any more.
    pub(crate) fn clear(&self, path: &Path) -> io::Result<()> {
        // The log first: left behind alone it could be taken for a part of the next database.
        for file in [
            with_suffix(path, LOG),
            path.to_owned(),
            with_suffix(path, KEY_CHECK),
        ] {
            if self.files.len(&file)?.unwrap_or(0) > 0 {
                self.files.replace(&file, &[])?;
            }
        }
        Ok(())
    }

    /// Whether the database at `path` is of this key, as far as the value beside it says; yes where it is lost.
    pub(crate) fn may_be_of(&self, path: &Path, key: &DatabaseKey) -> io::Result<bool> {
        let beside = self.files.read(&with_suffix(path, KEY_CHECK))?;
        Ok(beside.is_none_or(|value| value == key.check_value()))
    }

    /// Moves the database at `from` with its log to `to`, in another folder. The database goes last: while it lies at
    /// `from` a move that was cut off can be ended or, by the opposite call, taken back.
    pub(crate) fn set_aside(&self, from: &Path, to: &Path) -> io::Result<()> {
        for suffix in [LOG, KEY_CHECK, ""] {
            let (from, to) = (with_suffix(from, suffix), with_suffix(to, suffix));
            if self.files.len(&from)?.is_some() && self.files.len(&to)?.is_none() {
                self.files.rename(&from, &to)?;
            }
        }
        sync_folder(within(from.parent().unwrap_or(Path::new(""))))
    }

    /// Deletes everything in a folder of the data that were set aside, and the folder.
    pub(crate) fn remove_aside(&self, folder: &Path) -> io::Result<()> {
        for name in self.files.names(folder)? {
            self.files.remove(&folder.join(name))?;
        }
        fs::remove_dir(folder)
    }

    pub(in crate::store) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// The files of one store: the database, and its companions by suffix.
#[derive(Clone)]
pub(in crate::store) struct Place {
    pub(in crate::store) path: PathBuf,
    pub(in crate::store) vfs: Vfs,
}

impl Place {
    /// The companion of the database with this suffix.
    pub(in crate::store) fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.path, suffix)
    }

    /// Whether there is a database: an empty file is what a kill leaves that came before the first write.
    pub(in crate::store) fn has_database(&self) -> io::Result<bool> {
        Ok(self.vfs.files.len(&self.path)?.unwrap_or(0) > 0)
    }

    pub(in crate::store) fn key_check(&self) -> io::Result<Option<Vec<u8>>> {
        self.vfs.files.read(&self.beside(KEY_CHECK))
    }

    pub(in crate::store) fn set_key_check(&self, value: &[u8]) -> io::Result<()> {
        self.vfs.files.replace(&self.beside(KEY_CHECK), value)
    }

    /// Makes an empty file, to hear from the disk why that is impossible.
    pub(in crate::store) fn touch(&self, path: &Path) -> io::Result<()> {
        self.vfs.files.replace(path, &[])
    }

    /// Gives a damaged database and its log another name; together they still are a database to SQLite's tools.
    pub(in crate::store) fn move_aside(&self, now_ms: i64) -> io::Result<PathBuf> {
        let files = &self.vfs.files;
        let mut aside = self.beside(&format!("{DAMAGED}{now_ms}"));
        for attempt in 2.. {
            if files.len(&aside)?.is_none() {
                break;
            }
            aside = self.beside(&format!("{DAMAGED}{now_ms}-{attempt}"));
        }
        // The log first: left behind alone it could be taken for a part of the next database.
        let log = self.beside(LOG);
        if files.len(&log)?.is_some() {
            files.rename(&log, &with_suffix(&aside, LOG))?;
        }
        files.rename(&self.path, &aside)?;
        Ok(aside)
    }

    /// Deletes damaged databases that were moved aside before `before_ms`; whether one is left.
    pub(in crate::store) fn drop_damaged(&self, before_ms: i64) -> io::Result<bool> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Ok(false);
        };
        let start = format!("{}{DAMAGED}", name.to_string_lossy());
        let mut left = false;
        for name in self.vfs.files.names(folder)? {
            let Some(rest) = name.strip_prefix(&start) else {
                continue;
            };
            let moved: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if moved.parse().is_ok_and(|moved: i64| moved < before_ms) {
                self.vfs.files.remove(&folder.join(name))?;
            } else {
                left = true;
            }
        }
        Ok(left)
    }

    /// Where data lie that were put aside because their key was lost.
    pub(in crate::store) fn locked(&self) -> io::Result<Vec<PathBuf>> {
        let Some(folder) = self.path.parent() else {
            return Ok(Vec::new());
        };
        let names = self.vfs.files.names(folder)?.into_iter();
        let locked = names.filter(|name| name.starts_with(LOCKED));
        Ok(locked.map(|name| folder.join(name)).collect())
    }
}

/// SQLite's own suffix of the write-ahead log.
const LOG: &str = "-wal";
/// What the folder is called into which data were set aside whose key was lost, before the moment of that.
pub(crate) const LOCKED: &str = "locked-";
/// What a damaged database is called, before the moment at which it was moved aside.
const DAMAGED: &str = ".damaged-";
/// The key check value.
const KEY_CHECK: &str = "-key-check";

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// The operating system's files.
struct SystemFiles;

impl Files for SystemFiles {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        found(fs::read(path))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let fresh = with_suffix(path, ".new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        self.rename(&fresh, path)
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        Ok(found(fs::metadata(path))?.map(|about| about.len()))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        sync_folder(within(to.parent().unwrap_or(Path::new(""))))
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(within(folder))? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if found(fs::remove_file(path))?.is_some() {
            sync_folder(within(path.parent().unwrap_or(Path::new(""))))?;
        }
        Ok(())
    }
}

/// A folder's path; the folder of a bare name is the current one.
fn within(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
