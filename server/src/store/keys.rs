//! What lies beside the data and never inside it: each business's database key and its highest epoch (sync §1, §8).
//!
//! Small private files in `<data>.keys`, so that a copy of the data folder alone opens nothing, and an older
//! copy put in its place is noticed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kartka_domain::ids::{BusinessId, CustomerId, Epoch};
use kartka_protocol::handover::HandoverToken;
use zeroize::Zeroizing;

use super::StoreError;
use crate::platform::Random;

/// Bytes of a database key.
pub(super) const KEY_BYTES: usize = 32;

/// The random 256-bit key of one database; wiped when dropped, never printed.
#[derive(PartialEq, Eq)]
pub(crate) struct DatabaseKey(Zeroizing<[u8; KEY_BYTES]>);

impl DatabaseKey {
    pub(super) const fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    /// The statement that gives SQLCipher the raw key, without a derivation that only passwords need.
    pub(super) fn pragma(&self) -> Zeroizing<String> {
        self.statement("PRAGMA key = \"")
    }

    /// The statement that has SQLCipher write every page anew under this key.
    pub(super) fn rekey(&self) -> Zeroizing<String> {
        self.statement("PRAGMA rekey = \"")
    }

    fn statement(&self, begin: &str) -> Zeroizing<String> {
        let mut sql = Zeroizing::new(String::with_capacity(32 + 2 * KEY_BYTES));
        sql.push_str(begin);
        sql.push_str(&self.raw());
        sql.push('"');
        sql
    }

    /// The raw key as SQLCipher writes it.
    pub(super) fn raw(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(3 + 2 * KEY_BYTES));
        text.push_str("x'");
        for byte in self.0.iter() {
            write!(text, "{byte:02x}").expect("a string takes every write");
        }
        text.push('\'');
        text
    }
}

/// Where businesses lie.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of their files.
    pub data: PathBuf,
    /// The folder of their keys, never inside the other.
    pub keys: PathBuf,
    /// The file system of SQLite that has `data`, by name; the system's own if none. The seeded world has one in
    /// memory that fails on purpose.
    pub vfs: Option<&'static str>,
}

/// A folder of the system's disks, with the keys in `<data>.keys`.
impl<P: AsRef<Path> + ?Sized> From<&P> for Place {
    fn from(data: &P) -> Self {
        let data = data.as_ref();
        let mut keys = OsString::from(data.as_os_str());
        keys.push(".keys");
        Self {
            data: data.to_owned(),
            keys: PathBuf::from(keys),
            vfs: None,
        }
    }
}

/// What the file of a business's database key is called, after the business.
const KEY: &str = "key";
/// The key that the database is being given, while it is.
const NEXT_KEY: &str = "next-key";
/// The name of the file that waits for a founding phone.
const INVITATION: &str = "invitation";

/// What waits for a founding phone: the secret it was shown, and the identity key that its business will have here.
pub(crate) struct Invitation {
    pub(crate) token: HandoverToken,
    pub(crate) identity: [u8; KEY_BYTES],
    /// Until when a hand-over may begin, epoch ms.
    pub(crate) expires_ms: i64,
}

/// The folder of keys that belongs to a data folder.
#[derive(Debug, Clone)]
pub(crate) struct KeyFolder(PathBuf);

impl KeyFolder {
    /// The keys of what lies there, in a folder that is made at the first store.
    pub(crate) fn of(place: &Place) -> Self {
        Self(place.keys.clone())
    }

    /// The key of a business.
    ///
    /// # Errors
    /// [`StoreError::NoKey`], or what the disk reports.
    pub(crate) fn database_key(&self, business: BusinessId) -> Result<DatabaseKey, StoreError> {
        self.read_key(&self.path(business, KEY))?
            .ok_or(StoreError::NoKey)
    }

    /// The key that a business's file was being given when a change of keys was cut off.
    ///
    /// # Errors
    /// As [`database_key`](Self::database_key).
    pub(crate) fn next_key(&self, business: BusinessId) -> Result<Option<DatabaseKey>, StoreError> {
        self.read_key(&self.path(business, NEXT_KEY))
    }

    /// A new key that a business's file is about to be given; the one in use stays beside it.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn make_next_key(
        &self,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<DatabaseKey, StoreError> {
        self.make_key(&self.path(business, NEXT_KEY), random)
    }

    /// The next key takes the place of the one in use, which is gone then.
    ///
    /// # Errors
    /// What the disk reports; both are there then.
    pub(crate) fn use_next_key(&self, business: BusinessId) -> Result<(), StoreError> {
        fs::rename(self.path(business, NEXT_KEY), self.path(business, KEY))?;
        self.sync()
    }

    /// The next key goes: the file was not given it.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn drop_next_key(&self, business: BusinessId) -> Result<(), StoreError> {
        found(fs::remove_file(self.path(business, NEXT_KEY)))?;
        self.sync()
    }

    fn read_key(&self, path: &Path) -> Result<Option<DatabaseKey>, StoreError> {
        let Some(bytes) = found(fs::read(path))?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return Err(StoreError::WrongKey);
        }
        key.copy_from_slice(&bytes);
        Ok(Some(DatabaseKey(key)))
    }

    fn make_key(&self, path: &Path, random: &dyn Random) -> Result<DatabaseKey, StoreError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        random.fill(key.as_mut_slice());
        self.replace(path, key.as_slice())?;
        Ok(DatabaseKey(key))
    }

    /// A new key for a business, durable before anything is written with it.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn make_database_key(
        &self,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<DatabaseKey, StoreError> {
        self.make_key(&self.path(business, KEY), random)
    }

    /// The highest epoch that was ever served from here.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn highest_epoch(&self, business: BusinessId) -> Result<Option<Epoch>, StoreError> {
        let Some(bytes) = found(fs::read(self.path(business, "epoch")))? else {
            return Ok(None);
        };
        let bytes: [u8; 16] = bytes
            .try_into()
            .map_err(|_| StoreError::Malformed("the kept epoch"))?;
        let value = u128::from_be_bytes(bytes);
        let half = |v: u128| u64::try_from(v & u128::from(u64::MAX)).unwrap_or(u64::MAX);
        Ok(Some(Epoch {
            number: half(value >> 64),
            random: half(value),
        }))
    }

    /// Keeps the epoch that is served from now on.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn keep_epoch(&self, business: BusinessId, epoch: Epoch) -> Result<(), StoreError> {
        let value = u128::from(epoch.number) << 64 | u128::from(epoch.random);
        self.replace(&self.path(business, "epoch"), &value.to_be_bytes())
    }

    /// Everybody who was erased: beside the keys, so that a copy of the data put back later can't bring them back.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn erased(&self, business: BusinessId) -> Result<BTreeSet<CustomerId>, StoreError> {
        let bytes = found(fs::read(self.path(business, "erased")))?.unwrap_or_default();
        let (ids, rest) = bytes.as_chunks::<8>();
        let bad = StoreError::Malformed("the list of erased people");
        if !rest.is_empty() {
            return Err(bad);
        }
        let id = |bytes: &[u8; 8]| CustomerId::new(i64::from_be_bytes(*bytes)).ok();
        ids.iter().map(id).collect::<Option<_>>().ok_or(bad)
    }

    /// Keeps the list of those who were erased.
    ///
    /// # Errors
    /// What the disk reports; the list is then as it was.
    pub(crate) fn keep_erased(
        &self,
        business: BusinessId,
        people: &BTreeSet<CustomerId>,
    ) -> Result<(), StoreError> {
        let bytes: Vec<u8> = people
            .iter()
            .flat_map(|id| id.get().to_be_bytes())
            .collect();
        self.replace(&self.path(business, "erased"), &bytes)
    }

    /// Adds people to the list.
    ///
    /// # Errors
    /// As [`keep_erased`](Self::keep_erased).
    pub(crate) fn add_erased(
        &self,
        business: BusinessId,
        people: &BTreeSet<CustomerId>,
    ) -> Result<(), StoreError> {
        if people.is_empty() {
            return Ok(());
        }
        let mut all = self.erased(business)?;
        all.extend(people);
        self.keep_erased(business, &all)
    }

    /// The keys of devices that were revoked, in order: they lie here so that a backup from before does not let them in
    /// again (sync §7).
    ///
    /// # Errors
    /// [`StoreError::Malformed`] for a file that is none; what the disk reports.
    pub(crate) fn revoked(&self, business: BusinessId) -> Result<Vec<[u8; 33]>, StoreError> {
        let bytes = found(fs::read(self.path(business, "revoked")))?.unwrap_or_default();
        let (keys, rest) = bytes.as_chunks::<33>();
        if rest.is_empty() {
            Ok(keys.to_vec())
        } else {
            Err(StoreError::Malformed("the revoked keys"))
        }
    }

    /// Keeps the keys of devices that were revoked, in place of an older list.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn keep_revoked(
        &self,
        business: BusinessId,
        keys: &[[u8; 33]],
    ) -> Result<(), StoreError> {
        self.replace(&self.path(business, "revoked"), keys.as_flattened())
    }

    /// Whether a business has a key here.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn knows(&self, business: BusinessId) -> Result<bool, StoreError> {
        Ok(found(fs::metadata(self.path(business, KEY)))?.is_some())
    }

    /// Keeps the invitation of a founding phone, in place of an earlier one.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn keep_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        let at = invitation.expires_ms.to_be_bytes();
        let bytes = [&invitation.token.0[..], &invitation.identity, &at].concat();
        self.replace(&self.0.join(INVITATION), &bytes)
    }

    /// The invitation that no phone has used yet.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] for a file that is none; what the disk reports.
    pub(crate) fn invitation(&self) -> Result<Option<Invitation>, StoreError> {
        let Some(bytes) = found(fs::read(self.0.join(INVITATION)))? else {
            return Ok(None);
        };
        let read = || {
            let (token, rest) = bytes.split_first_chunk::<16>()?;
            let (identity, at) = rest.split_first_chunk::<KEY_BYTES>()?;
            Some(Invitation {
                token: HandoverToken(*token),
                identity: *identity,
                expires_ms: i64::from_be_bytes(at.try_into().ok()?),
            })
        };
        let malformed = StoreError::Malformed("the invitation");
        read().map(Some).ok_or(malformed)
    }

    /// Lets the invitation go: a phone has used it.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn drop_invitation(&self) -> Result<(), StoreError> {
        found(fs::remove_file(self.0.join(INVITATION)))?;
        Ok(())
    }

    fn path(&self, business: BusinessId, what: &str) -> PathBuf {
        self.0.join(format!("{}.{what}", hex(&business.0)))
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes a private file in place of an older one; durable when this returns.
    pub(super) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        make_private_folder(&self.0)?;
        let fresh = path.with_extension("new");
        let mut file = private_file(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        self.sync()
    }

    /// Makes what was renamed or deleted here durable.
    fn sync(&self) -> Result<(), StoreError> {
        if cfg!(unix) {
            fs::File::open(&self.0)?.sync_all()?;
        }
        Ok(())
    }
}

/// Lower-case hexadecimal, for names of files and tokens.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every write");
        text
    })
}

/// The business whose id is written so.
pub(crate) fn business_of(text: &str) -> Option<BusinessId> {
    let lower = text
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let value = u128::from_str_radix(text, 16).ok()?;
    (lower && text.len() == 32).then(|| BusinessId(value.to_be_bytes()))
}

pub(super) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
