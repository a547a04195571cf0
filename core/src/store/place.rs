//! Where a store lies: its path, SQLite's way to the disk there, and the few whole-file operations beside it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        let mut aside = self.beside(&format!(".damaged-{now_ms}"));
        for attempt in 2.. {
            if files.len(&aside)?.is_none() {
                break;
            }
            aside = self.beside(&format!(".damaged-{now_ms}-{attempt}"));
        }
        // The log first: left behind alone it could be taken for a part of the next database.
        let log = self.beside(LOG);
        if files.len(&log)?.is_some() {
            files.rename(&log, &with_suffix(&aside, LOG))?;
        }
        files.rename(&self.path, &aside)?;
        Ok(aside)
    }
}

/// SQLite's own suffix of the write-ahead log.
const LOG: &str = "-wal";
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
        match to.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
            _ => sync_folder(Path::new(".")),
        }
    }
}

fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
