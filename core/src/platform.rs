//! What the core needs from the machine it runs on: time, randomness, a safe place for keys.
//!
//! Everything that differs from one run to the next enters the core through the traits of this module
//! (architecture §2.5), so that a test or the seeded world can supply its own. The shells implement them over
//! what a phone offers; [`SystemClock`], [`SystemRng`] and [`FileKeyStore`] serve a desk: a laptop, a script, a
//! till. No other module may ask the system for the time or for random bytes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

/// Time as the machine tells it. Neither value is trusted: the authority computes the effective time (sync §5).
pub trait Clock: Send + Sync {
    /// Wall time in epoch milliseconds; people may set it, so it may be wrong and may jump either way.
    fn now_ms(&self) -> i64;

    /// Milliseconds since some moment of this boot; never goes back, goes on while the machine sleeps.
    fn monotonic_ms(&self) -> i64;

    /// Names the boot that [`monotonic_ms`](Self::monotonic_ms) counts within; another boot has another number.
    fn boot_id(&self) -> u64;
}

/// Random bytes good enough for keys.
pub trait Rng: Send + Sync {
    /// Fills `bytes`; an implementation that can't must panic rather than return predictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// A place for small secrets, outside the data folder, that a copy of the data does not carry along (sync §8).
pub trait KeyStore: Send + Sync {
    /// The secret under `name`, or `None` if nothing was ever stored there.
    ///
    /// # Errors
    /// [`KeyStoreError::Locked`] before the first unlock after a boot, [`KeyStoreError::Lost`] if the platform
    /// dropped its wrapping key, [`KeyStoreError::Unavailable`] for anything else.
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError>;

    /// Keeps `secret` under `name`, in place of an older one, and returns only when it is durable. An empty one says that
    /// the older one is given up: a platform that has lost it forgets the name, and can keep secrets again when none that
    /// it has lost is left.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError>;
}

/// The secrets a device keeps. A closed list, so that two parts of the core never fight over one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// The 256-bit key of the local database.
    DatabaseKey,
    /// The key that the local database is being given, while it is (decision 83); empty or absent at all other times.
    NextDatabaseKey,
    /// The device's private key, where the platform has no signer of its own.
    DeviceSecret,
    /// The highest epoch this device has seen (sync §1), so that an older data file can't hide it.
    HighestEpoch,
    /// The 256-bit key of a customer's cards, which are no shop's.
    WalletKey,
}

impl SecretName {
    /// Every name, for what is done with all of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::DatabaseKey,
        Self::NextDatabaseKey,
        Self::DeviceSecret,
        Self::HighestEpoch,
        Self::WalletKey,
    ];

    /// The name as platforms write it: short, ASCII, never changed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DatabaseKey => "database-key",
            Self::NextDatabaseKey => "next-database-key",
            Self::DeviceSecret => "device-secret",
            Self::HighestEpoch => "highest-epoch",
            Self::WalletKey => "wallet-key",
        }
    }
}

/// Why a secret could not be read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreError {
    /// The phone was not unlocked since it started; the same call will work later.
    #[error("the key store is locked until the device is unlocked once")]
    Locked,
    /// The platform no longer has what it needs to unwrap the secret; only the recovery key helps.
    #[error("the key store lost the key that protects this secret")]
    Lost,
    /// Anything else the platform reports, in its own words and without the secret.
    #[error("the key store is not available: {0}")]
    Unavailable(String),
}

/// The machine's own clock.
///
/// On Linux a boot is named by the kernel, so that several short runs of `kartka desk` share one; elsewhere every
/// process counts as a boot of its own, which only costs measured pairs of times, never a wrong one.
pub struct SystemClock {
    boot_id: u64,
    #[cfg(not(unix))]
    started: std::time::Instant,
}

impl SystemClock {
    /// Reads the boot's name once.
    #[must_use]
    pub fn new() -> Self {
        Self {
            boot_id: kernel_boot_id().unwrap_or_else(random_boot_id),
            #[cfg(not(unix))]
            #[allow(
                clippy::disallowed_methods,
                reason = "this is where time enters the core"
            )]
            started: std::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where time enters the core"
    )]
    fn now_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        }
    }

    #[cfg(unix)]
    fn monotonic_ms(&self) -> i64 {
        use rustix::time::{ClockId, clock_gettime};
        // Linux's plain monotonic clock stands still while a laptop sleeps, Apple's goes on.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        const CLOCK: ClockId = ClockId::Boottime;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        const CLOCK: ClockId = ClockId::Monotonic;
        let time = clock_gettime(CLOCK);
        time.tv_sec
            .saturating_mul(1_000)
            .saturating_add(time.tv_nsec / 1_000_000)
    }

    #[cfg(not(unix))]
    fn monotonic_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn boot_id(&self) -> u64 {
        self.boot_id
    }
}

/// The kernel's name of this boot, shortened; `None` where there is none to read.
fn kernel_boot_id() -> Option<u64> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let hex: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    u64::from_str_radix(hex.get(..16)?, 16).ok()
}

fn random_boot_id() -> u64 {
    let mut bytes = [0; 8];
    SystemRng.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where randomness enters the core"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system always has random bytes");
    }
}

/// Keeps each secret in a file of its own that only its owner may read.
///
/// **For desks, not for phones**: whoever can read the user's files can read the keys. A phone wraps them by its
/// key store instead. The folder lies beside the data folder, so that a copy of the data alone opens nothing.
pub struct FileKeyStore {
    folder: PathBuf,
}

impl FileKeyStore {
    /// Secrets for the data in `data_folder`: in `<data_folder>.keys`, made at the first store.
    #[must_use]
    pub fn beside(data_folder: &Path) -> Self {
        let mut folder = data_folder.as_os_str().to_owned();
        folder.push(".keys");
        Self {
            folder: PathBuf::from(folder),
        }
    }

    fn path(&self, name: SecretName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    fn write(&self, name: SecretName, secret: &[u8]) -> io::Result<()> {
        make_private_folder(&self.folder)?;
        let path = self.path(name);
        let fresh = path.with_extension("new");
        let mut file = private_file().open(&fresh)?;
        file.write_all(secret)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        sync_folder(&self.folder)
    }
}

impl KeyStore for FileKeyStore {
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        self.write(name, secret)
            .map_err(|error| unavailable(&error))
    }
}

fn unavailable(error: &io::Error) -> KeyStoreError {
    KeyStoreError::Unavailable(error.kind().to_string())
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

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Makes a rename within `folder` durable, where folders can be synced.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stored_secret_comes_back_and_is_private() {
        let home = tempfile::tempdir().unwrap();
        let keys = FileKeyStore::beside(&home.path().join("shop"));
        assert_eq!(keys.load(SecretName::DatabaseKey).unwrap(), None);

        keys.store(SecretName::DatabaseKey, b"first").unwrap();
        keys.store(SecretName::DatabaseKey, b"second").unwrap();
        let found = keys.load(SecretName::DatabaseKey).unwrap().unwrap();
        assert_eq!(found.as_slice(), b"second");
        assert_eq!(keys.load(SecretName::DeviceSecret).unwrap(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(keys.path(SecretName::DatabaseKey)), 0o600);
            assert_eq!(mode(keys.folder.clone()), 0o700);
        }
    }

    #[test]
    fn two_clocks_of_one_machine_tell_one_time() {
        let (first, second) = (SystemClock::new(), SystemClock::new());
        let earlier = first.monotonic_ms();
        assert!(second.monotonic_ms() >= earlier);
        assert!(second.now_ms() > 1_600_000_000_000);
        if cfg!(target_os = "linux") {
            assert_eq!(first.boot_id(), second.boot_id());
        }
    }
}
