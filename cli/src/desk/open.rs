//! A desk's data folder, opened with the machine's own clock, chance, keys and disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kartka_core::error::CoreError;
use kartka_core::platform::{FileKeyStore, Rng as _, SystemClock, SystemRng};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{RequestId, Vfs};

use crate::failure::Failure;

/// Whether a command may begin a new data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    /// It founds or pairs.
    MayBeNew,
    /// It needs a business.
    MustExist,
}

/// Opens the shop in `folder`; its keys lie beside it in `<folder>.keys`.
///
/// # Errors
/// [`CoreError::NotPaired`] for a folder that is not there, else as [`Shop::open`].
pub(crate) fn open(folder: &Path, expected: Folder) -> Result<Shop, Failure> {
    match expected {
        Folder::MayBeNew => {
            fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?
        }
        Folder::MustExist if !folder.exists() => return Err(CoreError::NotPaired.into()),
        Folder::MustExist => {}
    }
    let (folder, platform) = place(folder)?;
    Ok(Shop::open(&folder, platform)?)
}

/// A folder for a shop that comes from its copy, and the machine it will run on.
///
/// # Errors
/// A folder that can't be used.
pub(super) fn empty(folder: &Path) -> Result<(PathBuf, Platform), Failure> {
    fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?;
    place(folder)
}

/// One spelling of the path, so that the keys lie in one place.
pub(super) fn place(folder: &Path) -> Result<(PathBuf, Platform), Failure> {
    let folder = fs::canonicalize(folder).map_err(|error| no_folder(folder, &error))?;
    let platform = Platform {
        clock: Arc::new(SystemClock::new()),
        rng: Arc::new(SystemRng),
        keys: Arc::new(FileKeyStore::beside(&folder)),
        vfs: Vfs::system(),
    };
    Ok((folder, platform))
}

fn no_folder(folder: &Path, error: &io::Error) -> Failure {
    Failure::Outside(format!(
        "the data folder {} can't be used: {error}; take another with --data",
        folder.display()
    ))
}

/// A fresh request id: 128 random bits.
pub(crate) fn fresh_request() -> RequestId {
    let mut id = [0; 16];
    SystemRng.fill(&mut id);
    RequestId(id)
}

/// 64 random bits, for names of folders that must not collide.
pub(crate) fn fresh_number() -> u64 {
    let mut bytes = [0; 8];
    SystemRng.fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

/// A request id as 32 hexadecimal digits.
///
/// # Errors
/// A sentence for the command line.
pub(crate) fn parse_request(text: &str) -> Result<RequestId, String> {
    let bad = || "a request id has 32 hexadecimal digits".to_owned();
    if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad());
    }
    u128::from_str_radix(text, 16)
        .map(|id| RequestId(id.to_be_bytes()))
        .map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_32_hexadecimal_digits() {
        let id = parse_request("000102030405060708090a0b0c0D0E0F").map(|id| id.0);
        assert_eq!(
            id,
            Ok([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
        );
        for bad in [
            "",
            "12",
            "+0102030405060708090a0b0c0d0e0f0",
            "g00102030405060708090a0b0c0d0e0f",
        ] {
            assert!(parse_request(bad).is_err(), "{bad}");
        }
    }
}
