//! The database key, sealed to the recovery key in a small file beside the data.
//!
//! The file may hold two wraps for a while: of the sheet that is in the drawer, and of a new one that nobody has
//! confirmed to have printed. So a new sheet that was never seen makes no old one worthless.

use std::path::{Path, PathBuf};

use kartka_domain::row::{Row, RowKind};
use kartka_protocol::fields::{Record, Shape};
use zeroize::Zeroizing;

use super::locked::{give_up_lost, take_back};
use super::rotation::{ask_for_a_new_key, keep_next_key};
use super::seal::{PublicHalf, Purpose, Sealed, open, seal};
use super::{RecoveryError, Sheet};
use crate::error::CoreError;
use crate::platform::{KeyStoreError, SecretName};
use crate::shop::{Platform, Shop, file_in};
use crate::store::{Reader, StoreError, meta};

/// Where the public half of the sheet that is in the drawer is noted.
const PRINTED: &str = "recovery";
/// Where the public half of the shop's sheet is noted, once the keys were sealed to it.
const SHARED: &str = "recovery-shop";

mod tag {
    pub(super) const WRAPS: u16 = 1;
    pub(super) const PUBLIC: u16 = 1;
    pub(super) const ENCAPPED: u16 = 2;
    pub(super) const SEALED: u16 = 3;
    pub(super) const DATABASE: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const NEXT: u16 = 3;
}

/// One sheet's way to the keys.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Wrap {
    public: PublicHalf,
    sealed: Sealed,
}

/// What a sheet opens.
pub(super) struct Secrets {
    pub(super) database: Zeroizing<Vec<u8>>,
    pub(super) device: Option<Zeroizing<Vec<u8>>>,
    /// The key that the database was being given.
    pub(super) next: Option<Zeroizing<Vec<u8>>>,
}

impl Secrets {
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut r = Record::new();
        r.put(tag::DATABASE, self.database.as_slice());
        r.put_opt(tag::DEVICE, self.device.as_ref().map(|key| key.as_slice()));
        r.put_opt(tag::NEXT, self.next.as_ref().map(|key| key.as_slice()));
        Zeroizing::new(r.encode())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let r = Record::decode(bytes, Shape::ENTITY).ok()?;
        let optional = |tag| {
            let key = r.opt_bytes(tag).ok()?;
            Some(key.map(|key| Zeroizing::new(key.to_vec())))
        };
        Some(Self {
            database: Zeroizing::new(r.bytes(tag::DATABASE).ok()?.to_vec()),
            device: optional(tag::DEVICE)?,
            next: optional(tag::NEXT)?,
        })
    }

    /// Puts the keys back where the platform keeps them.
    pub(super) fn give_back(&self, platform: &Platform) -> Result<(), KeyStoreError> {
        keep_next_key(platform, self.next.as_ref().map_or(&[], |key| key))?;
        platform
            .keys
            .store(SecretName::DatabaseKey, &self.database)?;
        match &self.device {
            Some(key) => platform.keys.store(SecretName::DeviceSecret, key),
            None => Ok(()),
        }
    }
}

pub(super) fn encode(wraps: &[Wrap]) -> Vec<u8> {
    let mut file = Record::new();
    file.put_records(
        tag::WRAPS,
        wraps.iter().map(|wrap| {
            let mut r = Record::new();
            r.put(tag::PUBLIC, wrap.public.to_bytes());
            r.put(tag::ENCAPPED, wrap.sealed.encapped.as_slice());
            r.put(tag::SEALED, wrap.sealed.bytes.as_slice());
            r
        }),
    );
    file.encode()
}

/// The wraps of a file; nothing for bytes that are none.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Wrap>> {
    let file = Record::decode(bytes, Shape::ENTITY).ok()?;
    let wrap = |r: &Record| {
        Some(Wrap {
            public: PublicHalf::from_bytes(r.bytes(tag::PUBLIC).ok()?)?,
            sealed: Sealed {
                encapped: r.bytes(tag::ENCAPPED).ok()?.to_vec(),
                bytes: r.bytes(tag::SEALED).ok()?.to_vec(),
            },
        })
    };
    file.records(tag::WRAPS)
        .ok()?
        .into_iter()
        .map(wrap)
        .collect()
}

/// What the sheet opens among these wraps.
pub(super) fn unwrap(wraps: &[Wrap], sheet: &Sheet) -> Result<Secrets, RecoveryError> {
    let half = PublicHalf::of(sheet);
    let mine = wraps.iter().find(|wrap| wrap.public == half);
    let opened = mine.and_then(|wrap| open(sheet, Purpose::Keys, &wrap.sealed));
    let secrets = opened.and_then(|bytes| Secrets::decode(&bytes));
    secrets.ok_or(RecoveryError::WrongSheet)
}

pub(super) fn file_of(folder: &Path) -> PathBuf {
    let mut name = file_in(folder).into_os_string();
    name.push("-recovery");
    PathBuf::from(name)
}

pub(super) fn read_file(platform: &Platform, folder: &Path) -> Result<Vec<Wrap>, RecoveryError> {
    match platform.vfs.files().read(&file_of(folder))? {
        None => Ok(Vec::new()),
        Some(bytes) => Ok(decode(&bytes).unwrap_or_default()),
    }
}

impl Shop {
    /// A new recovery sheet: shown once, printed or written down, and then confirmed by
    /// [`confirm_sheet`](Self::confirm_sheet). Until that an older sheet goes on to open everything.
    ///
    /// # Errors
    /// [`RecoveryError::Core`]: not founded or paired yet, or what disk and key store report.
    pub fn new_sheet(&self) -> Result<Sheet, RecoveryError> {
        if !self.is_enrolled()? {
            return Err(CoreError::NotPaired.into());
        }
        let sheet = Sheet::generate(self.platform.rng.as_ref());
        let printed = self.store.read(printed)?;
        let mut wraps = self.wraps()?;
        wraps.retain(|wrap| printed.as_deref() == Some(&wrap.public.to_bytes()));
        wraps.push(self.wrap(PublicHalf::of(&sheet))?);
        self.write_wraps(&wraps)?;
        Ok(sheet)
    }

    /// A person has the newest sheet on paper, and shows it by typing or scanning it: from now on only this one opens
    /// the data.
    ///
    /// # Errors
    /// [`RecoveryError::NotASheet`]; [`RecoveryError::WrongSheet`] for any but the newest sheet of this shop.
    pub fn confirm_sheet(&self, text: &str) -> Result<(), RecoveryError> {
        let sheet = Sheet::parse(text).ok_or(RecoveryError::NotASheet)?;
        let half = PublicHalf::of(&sheet);
        let mut wraps = self.wraps()?;
        let newest = wraps.pop().ok_or(RecoveryError::NoSheet)?;
        if newest.public != half {
            return Err(RecoveryError::WrongSheet);
        }
        self.store.write(|tx| {
            let older = printed(tx)?;
            if older.is_some_and(|older| older != half.to_bytes()) {
                ask_for_a_new_key(tx)?;
            }
            meta::put(tx, PRINTED, &half.to_bytes())
        })?;
        self.write_wraps(&[newest])?;
        Ok(self.share_sheet(&half)?)
    }

    /// Whether somebody has a sheet on paper that opens this data, this phone's or the shop's; until then screens say
    /// "sheet not printed".
    ///
    /// # Errors
    /// What disk and key store report.
    pub fn has_printed_sheet(&self) -> Result<bool, RecoveryError> {
        if self.store.read(printed)?.is_some() {
            return Ok(true);
        }
        let Some(half) = self.shared_half()? else {
            return Ok(false);
        };
        Ok(self.wraps()?.iter().any(|wrap| wrap.public == half))
    }

    /// Seals the keys of this device to the shop's sheet too, once the shop has one: the owner's paper then opens what a
    /// colleague's phone has not sent (sync §8).
    pub(crate) fn wrap_to_the_shop(&self) -> Result<(), RecoveryError> {
        let Some(half) = self.shared_half()? else {
            return Ok(());
        };
        let mut wraps = self.wraps()?;
        if wraps.iter().any(|wrap| wrap.public == half) {
            return Ok(());
        }
        let shared = meta_half(&self.store.read(|r| meta::get(r, SHARED))?);
        wraps.retain(|wrap| Some(&wrap.public) != shared.as_ref());
        // Before the others: the last one is the newest sheet of this device.
        wraps.insert(0, self.wrap(half.clone())?);
        self.write_wraps(&wraps)?;
        Ok(self.store.write(|tx| {
            if shared.is_some() {
                ask_for_a_new_key(tx)?;
            }
            meta::put(tx, SHARED, &half.to_bytes())
        })?)
    }

    /// The public half of the shop's sheet.
    fn shared_half(&self) -> Result<Option<PublicHalf>, RecoveryError> {
        let business = self.store.read(|r| r.row(RowKind::Business, 0))?;
        let Some(Row::Business(business)) = business else {
            return Ok(None);
        };
        let half = business.recovery.map(|half| half.0.to_vec());
        Ok(meta_half(&half))
    }

    /// Opens a shop whose key the platform has lost, by the sheet; the key store has the keys again afterwards.
    ///
    /// # Errors
    /// [`RecoveryError::NotASheet`], [`RecoveryError::WrongSheet`], [`RecoveryError::NoSheet`]; as [`Shop::open`].
    pub fn unlock_with_sheet(
        folder: &Path,
        platform: Platform,
        text: &str,
    ) -> Result<Self, RecoveryError> {
        let sheet = Sheet::parse(text).ok_or(RecoveryError::NotASheet)?;
        take_back(folder, &platform)?;
        let wraps = read_file(&platform, folder)?;
        if wraps.is_empty() {
            return Err(RecoveryError::NoSheet);
        }
        let secrets = unwrap(&wraps, &sheet)?;
        give_up_lost(platform.keys.as_ref())?;
        secrets.give_back(&platform)?;
        Ok(Self::open(folder, platform)?)
    }

    /// Seals the keys as they are now to every sheet that opens them: after one of them has changed.
    pub(crate) fn wrap_anew(&self) -> Result<(), RecoveryError> {
        let wraps = self.wraps()?;
        if wraps.is_empty() {
            return Ok(());
        }
        let anew = wraps.into_iter().map(|wrap| self.wrap(wrap.public));
        self.write_wraps(&anew.collect::<Result<Vec<_>, _>>()?)
    }

    pub(super) fn wraps(&self) -> Result<Vec<Wrap>, RecoveryError> {
        read_file(&self.platform, &self.folder)
    }

    fn wrap(&self, public: PublicHalf) -> Result<Wrap, RecoveryError> {
        let keys = self.platform.keys.as_ref();
        let lost = CoreError::from(StoreError::WrongKey);
        let next = keys.load(SecretName::NextDatabaseKey)?;
        let secrets = Secrets {
            database: keys.load(SecretName::DatabaseKey)?.ok_or(lost)?,
            device: keys.load(SecretName::DeviceSecret)?,
            next: next.filter(|key| !key.is_empty()),
        };
        let sealed = seal(
            &public,
            Purpose::Keys,
            self.platform.rng.as_ref(),
            &secrets.encode(),
        );
        let sealed = sealed.ok_or(CoreError::Unexpected {
            what: "sealing to the recovery key",
        })?;
        Ok(Wrap { public, sealed })
    }

    /// The wraps that came with a copy, for the keys of this device.
    pub(super) fn take_over_wraps(&self, wraps: &[Wrap]) -> Result<(), RecoveryError> {
        self.write_wraps(wraps)?;
        self.wrap_anew()
    }

    /// What is left of the keys beside the data: nothing after this.
    pub(crate) fn drop_wraps(&self) -> Result<(), RecoveryError> {
        if self.wraps()?.is_empty() {
            return Ok(());
        }
        self.write_wraps(&[])
    }

    fn write_wraps(&self, wraps: &[Wrap]) -> Result<(), RecoveryError> {
        let file = file_of(&self.folder);
        Ok(self.platform.vfs.files().replace(&file, &encode(wraps))?)
    }
}

fn meta_half(bytes: &Option<Vec<u8>>) -> Option<PublicHalf> {
    bytes.as_deref().and_then(PublicHalf::from_bytes)
}

fn printed(reader: &Reader<'_>) -> Result<Option<Vec<u8>>, StoreError> {
    meta::get(reader, PRINTED)
}
