//! The file of a backup: a head, one encrypted database after the other, and a keyed sum over all of it.
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | `kartka backup 1` and a line end |
//! | 16 | the name of the key |
//! | 8 | when it was made, epoch ms, big-endian |
//! | 4 | how many businesses |
//! | 24 each | the business's id; how long its database is |
//! | … | the databases |
//! | 32 | keyed BLAKE3 over everything before |

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use kartka_domain::ids::BusinessId;

use super::{BackupError, at};
use crate::store::sqlite::file_of;
use crate::store::{SealKey, StoreError};

const MAGIC: &[u8; 16] = b"kartka backup 1\n";
/// What every version of the file begins with.
const FAMILY: &[u8] = b"kartka backup ";
/// Businesses of one file.
const BUSINESSES: u32 = 100_000;
const SUM: usize = 32;
/// Bytes copied at once.
const PIECE: usize = 64 * 1_024;

/// A writer that sums what goes through it.
struct Summing<W> {
    inner: W,
    sum: blake3::Hasher,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.sum.update(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Writes the databases that lie in `copies` into the new file `to`; durable when this returns.
pub(super) fn write(
    to: &Path,
    copies: &Path,
    businesses: &[BusinessId],
    key: &SealKey,
    made_ms: i64,
) -> Result<(), BackupError> {
    let file = File::create_new(to).map_err(at(to))?;
    let mut out = Summing {
        inner: BufWriter::new(&file),
        sum: blake3::Hasher::new_keyed(&key.sum()),
    };
    write_all(&mut out, copies, businesses, key, made_ms).map_err(at(to))?;
    let sum = out.sum.finalize();
    let ended = out.inner.write_all(sum.as_bytes());
    ended
        .and_then(|()| out.inner.flush())
        .and_then(|()| file.sync_all())
        .map_err(at(to))
}

fn write_all(
    out: &mut impl Write,
    copies: &Path,
    businesses: &[BusinessId],
    key: &SealKey,
    made_ms: i64,
) -> io::Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&key.id())?;
    out.write_all(&made_ms.to_be_bytes())?;
    let count = u32::try_from(businesses.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&count.to_be_bytes())?;
    let mut databases = Vec::new();
    for business in businesses {
        let database = File::open(file_of(copies, *business))?;
        let length = database.metadata()?.len();
        out.write_all(&business.0)?;
        out.write_all(&length.to_be_bytes())?;
        databases.push((database, length));
    }
    for (database, length) in databases {
        let copied = io::copy(&mut database.take(length), out)?;
        if copied != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// The name of the key that opens a backup.
pub(super) fn key_name(file: &Path) -> Result<[u8; 16], BackupError> {
    let mut open = File::open(file).map_err(at(file))?;
    let mut head = [0; 32];
    let read = open.read_exact(&mut head);
    let (magic, name) = head.split_at(16);
    if read.is_err() || !magic.starts_with(FAMILY) {
        return Err(BackupError::NotABackup(file.to_owned()));
    }
    if magic != MAGIC {
        return Err(BackupError::TooNew(file.to_owned()));
    }
    let mut id = [0; 16];
    id.copy_from_slice(name);
    Ok(id)
}

/// Puts the databases of a backup into the empty folder `into`, each under its business's name; says whose they are.
/// Nothing of them may be used if this fails.
pub(super) fn unpack(
    file: &Path,
    key: &SealKey,
    into: &Path,
) -> Result<Vec<BusinessId>, BackupError> {
    let damaged = || BackupError::Damaged(file.to_owned());
    if key_name(file)? != key.id() {
        return Err(damaged());
    }
    let open = File::open(file).map_err(at(file))?;
    let size = open.metadata().map_err(at(file))?.len();
    let mut reading = Reading {
        inner: BufReader::with_capacity(PIECE, open),
        sum: blake3::Hasher::new_keyed(&key.sum()),
    };
    let mut start = [0; 44];
    reading.exact(&mut start).map_err(|_| damaged())?;
    let mut count = [0; 4];
    count.copy_from_slice(&start[40..]);
    let count = u32::from_be_bytes(count);
    let head = 44 + 24 * u64::from(count);
    if count > BUSINESSES || head + SUM as u64 > size {
        return Err(damaged());
    }
    let mut parts = Vec::new();
    let mut end = head;
    for _ in 0..count {
        let (mut id, mut length) = ([0; 16], [0; 8]);
        reading.exact(&mut id).map_err(|_| damaged())?;
        reading.exact(&mut length).map_err(|_| damaged())?;
        let length = u64::from_be_bytes(length);
        end = end.checked_add(length).ok_or_else(damaged)?;
        parts.push((BusinessId(id), length));
    }
    if end.checked_add(SUM as u64) != Some(size) {
        return Err(damaged());
    }
    for (business, length) in &parts {
        let path = file_of(into, *business);
        let database = File::create_new(&path).map_err(at(&path))?;
        reading.copy(&database, *length).map_err(at(&path))?;
        database.sync_all().map_err(at(&path))?;
    }
    let ours = reading.sum.finalize();
    let mut theirs = [0; SUM];
    let read = reading.inner.read_exact(&mut theirs);
    if read.is_err() || ours != blake3::Hash::from_bytes(theirs) {
        return Err(damaged());
    }
    Ok(parts.into_iter().map(|(business, _)| business).collect())
}

/// A reader that sums what it reads.
struct Reading {
    inner: BufReader<File>,
    sum: blake3::Hasher,
}

impl Reading {
    fn exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(bytes)?;
        self.sum.update(bytes);
        Ok(())
    }

    fn copy(&mut self, mut to: impl Write, length: u64) -> Result<(), StoreError> {
        let mut left = length;
        let mut piece = vec![0; PIECE];
        while left > 0 {
            let next = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let bytes = piece.get_mut(..next).unwrap_or_default();
            self.exact(bytes)?;
            to.write_all(bytes)?;
            left -= next as u64;
        }
        Ok(())
    }
}
