//! One shop on one device: the root that use cases and queries hang on.
//!
//! Synchronous, on the caller's thread; shared behind an `Arc`. Opens the store with a key that only the platform
//! keeps, and knows nothing of screens or sockets.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use kartka_domain::authority::who;
use kartka_domain::business::{Business, Outlet};
use kartka_domain::ids::{OperatorId, OutletId};
use kartka_domain::moment::Moment;
use kartka_domain::programme::Programme;
use kartka_domain::rights::{Action, Permission, Who};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::civil;
use kartka_protocol::keys::ShopKeys;
use zeroize::Zeroizing;

use crate::error::CoreError;
use crate::pin::{Argon2id, PinHash};
use crate::platform::{Clock, KeyStore, Rng, SecretName};
use crate::recovery::{RecoveryError, next_key};
use crate::scan::{Rxing, ScanSession};
use crate::store::{DatabaseKey, DeviceRow, Reader, Store, StoreError, Vfs};
use crate::sync::trust;
use crate::usecase::operator::Confirmed;
use crate::usecase::reserve::Granted;
use crate::usecase::till::OpenQuotes;

/// The file of the store within the data folder.
const FILE: &str = "kartka.db";

/// Where the store of a data folder lies.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// The machine a shop runs on.
#[derive(Clone)]
pub struct Platform {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Secrets.
    pub keys: Arc<dyn KeyStore>,
    /// The disk.
    pub vfs: Vfs,
}

/// A shop's data on this device.
pub struct Shop {
    pub(crate) store: Store,
    pub(crate) platform: Platform,
    pub(crate) folder: PathBuf,
    pub(crate) quotes: Mutex<OpenQuotes>,
    pub(crate) granted: Mutex<Granted>,
    /// Ops of one piece of a hand-over, at most.
    pub(crate) piece: AtomicU32,
    pub(crate) pins: Arc<dyn PinHash>,
    pub(crate) last_pin: Mutex<Option<Confirmed>>,
}

/// What a use case needs to know of the shop, read within its own transaction.
pub(crate) struct Setting {
    pub(crate) device: DeviceRow,
    pub(crate) business: Business,
    pub(crate) outlet: Outlet,
    pub(crate) programme: Arc<Programme>,
    pub(crate) keys: ShopKeys,
    pub(crate) operator: OperatorId,
    pub(crate) who: Who,
}

impl Setting {
    /// Whether the operator at this device may do something.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right or the limit.
    pub(crate) fn may(&self, action: Action) -> Result<(), CoreError> {
        Ok(self.who.allowed(action)?)
    }

    /// Whether the operator at this device has a permission.
    ///
    /// # Errors
    /// As [`may`](Self::may).
    pub(crate) fn needs(&self, permission: Permission) -> Result<(), CoreError> {
        self.may(Action::Plain(permission))
    }
}

impl Shop {
    /// Opens the data in `folder`, or makes an empty store there; a new key is made once and kept by the platform.
    ///
    /// # Errors
    /// [`CoreError::Store`] with the situation of the disk, [`CoreError::Keys`] when the platform's key store fails.
    /// A store whose key is gone answers [`StoreError::WrongKey`] and nothing is moved.
    pub fn open(folder: &Path, platform: Platform) -> Result<Self, CoreError> {
        let path = file_in(folder);
        let kept = platform.keys.load(SecretName::DatabaseKey)?;
        if kept.as_ref().is_some_and(|secret| secret.is_empty()) {
            // The key was dropped when this device was wiped: what lies here opens nothing any more.
            platform.vfs.clear(&path).map_err(StoreError::from)?;
        }
        let key = match kept.filter(|secret| !secret.is_empty()) {
            Some(secret) => secret,
            None if platform.vfs.holds(&path) => return Err(StoreError::WrongKey.into()),
            None => {
                let mut fresh = Zeroizing::new(vec![0; 32]);
                platform.rng.fill(&mut fresh);
                platform.keys.store(SecretName::DatabaseKey, &fresh)?;
                fresh
            }
        };
        let key = DatabaseKey::from_bytes(&key).ok_or(StoreError::WrongKey)?;
        let next = next_key(&platform)?;
        let store = Store::open_by(
            &path,
            &platform.vfs,
            (&key, next.as_ref()),
            platform.clock.clone(),
            platform.rng.clone(),
        )?;
        let quotes = Mutex::new(OpenQuotes::default());
        let shop = Self {
            store,
            platform,
            folder: folder.to_owned(),
            quotes,
            granted: Mutex::default(),
            piece: AtomicU32::new(u32::MAX),
            pins: Arc::new(Argon2id),
            last_pin: Mutex::default(),
        };
        if !shop.is_enrolled()? {
            // Of a shop that was left: a sheet of it must not pass for one of the next shop here.
            shop.drop_wraps().map_err(RecoveryError::into_core)?;
        }
        if next.is_some() {
            shop.settle_keys().map_err(RecoveryError::into_core)?;
        }
        Ok(shop)
    }

    /// Opens the shop in `folder`; nothing where there is none, and then nothing is made: neither data nor keys. A store
    /// that no founding and no pairing ever filled is none, and is cleared.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_if_here(folder: &Path, platform: Platform) -> Result<Option<Self>, CoreError> {
        let path = file_in(folder);
        if !platform.vfs.holds(&path) {
            return Ok(None);
        }
        let shop = Self::open(folder, platform.clone())?;
        if shop.is_enrolled()? {
            return Ok(Some(shop));
        }
        drop(shop);
        platform.vfs.clear(&path).map_err(StoreError::from)?;
        Ok(None)
    }

    /// The same shop with another way to make a PIN's verifier: tests do not pay for argon2.
    #[must_use]
    pub fn with_pins(mut self, pins: Arc<dyn PinHash>) -> Self {
        self.pins = pins;
        self
    }

    /// Whether a business was founded here or this device was paired.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn is_enrolled(&self) -> Result<bool, CoreError> {
        Ok(self.store.read(|r| r.device())?.is_some())
    }

    /// The business, as this device knows it.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn business(&self) -> Result<Business, CoreError> {
        self.store.read(|r| Ok(setting(r)?.business))
    }

    /// A search for codes that recognises this shop's cards; before there is a shop, pairing codes alone.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn scan_session(&self) -> Result<ScanSession, CoreError> {
        if !self.is_enrolled()? {
            return Ok(ScanSession::without_shop(Box::new(Rxing)));
        }
        let keys = self.store.read(setting)?.keys;
        Ok(ScanSession::new(Box::new(Rxing), keys.cards))
    }

    /// Hands over at most so many ops in one piece, so that even a small shop goes to a server in parts: what may happen
    /// between two parts can be tried without years of sales.
    pub fn limit_pieces(&self, ops: u32) {
        self.piece.store(ops.max(1), Ordering::Relaxed);
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store, for tests and for figures about it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Refuses what closes when this device is no longer trusted (sync §7).
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with [`Code::Revoked`](kartka_domain::codes::Code::Revoked) or
    /// [`Code::GraceOver`](kartka_domain::codes::Code::GraceOver).
    pub(crate) fn trusted(&self, reader: &Reader<'_>, setting: &Setting) -> Result<(), CoreError> {
        match trust(
            reader,
            setting.device.standing,
            self.platform.clock.as_ref(),
        )?
        .closed
        {
            Some(code) => Err(code.into()),
            None => Ok(()),
        }
    }

    pub(crate) fn now(&self, outlet: &Outlet) -> Result<Moment, CoreError> {
        moment(self.platform.clock.now_ms(), outlet)
    }
}

/// The moment of an instant at an outlet (L7).
pub(crate) fn moment(instant_ms: i64, outlet: &Outlet) -> Result<Moment, CoreError> {
    civil::moment(instant_ms, &outlet.zone, outlet.day_start).map_err(|_| CoreError::Unexpected {
        what: "the outlet's time zone",
    })
}

/// Who founded the business, and who the business itself acts as.
pub(crate) const OWNER: OperatorId = OperatorId(1);

/// Reads the setting of the shop.
pub(crate) fn setting(reader: &Reader<'_>) -> Result<Setting, CoreError> {
    let device = reader.device()?.ok_or(CoreError::NotPaired)?;
    let missing = |what| CoreError::Unexpected { what };
    let Some(Row::Business(business)) = reader.row(RowKind::Business, 0)? else {
        return Err(missing("the business row"));
    };
    let outlet = outlet(reader, device.outlet)?;
    let newest = reader.newest_programme()?;
    let programme = newest.ok_or_else(|| missing("the programme row"))?;
    let keys = ShopKeys::decode(&device.keys)?;
    let operator = reader.at_device()?;
    // Until its row comes with the first pull, whoever is here is who it was handed to.
    let holder = reader.device_row(device.no)?;
    let holder = holder.map_or(operator, |device| device.holder);
    let who = who(reader, operator, Some(holder))?.in_outlet(device.outlet);
    Ok(Setting {
        operator,
        who,
        device,
        business,
        outlet,
        programme,
        keys,
    })
}

fn outlet(reader: &Reader<'_>, id: OutletId) -> Result<Outlet, CoreError> {
    match reader.row(RowKind::Outlet, i64::from(id.0))? {
        Some(Row::Outlet(outlet)) => Ok(outlet),
        _ => Err(CoreError::Unexpected {
            what: "the outlet row",
        }),
    }
}
