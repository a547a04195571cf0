//! The root object: one shop on this device, from which everything else hangs.

use std::path::PathBuf;
use std::sync::Arc;

use kartka_core::domain::founding::ShopKind as DomainKind;
#[cfg(not(feature = "border-tests"))]
use kartka_core::platform::SystemClock as PhoneClock;
use kartka_core::platform::SystemRng;
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::Vfs;
use kartka_core::usecase::found::FoundRequest;

use crate::border::{Border, Log, request_id, spawned};
use crate::cards::Cards;
use crate::customers::Customers;
use crate::error::{CoreError, Failure};
use crate::handover::Handover;
use crate::office::Office;
use crate::platform::{ChangeListener, ChangeTopic, Changes, ForeignKeys, KeyStore, LogSink};
use crate::programme::Programme;
use crate::recovery::Recovery;
#[cfg(feature = "border-tests")]
use crate::rehearsal::MovedClock as PhoneClock;
use crate::reports::Reports;
use crate::settings::{DataCare, Settings};
use crate::sync::Exchange;
use crate::team::Team;
use crate::till::Till;

/// What founding or pairing changes.
pub(crate) const EVERYTHING: &[ChangeTopic] = &[
    ChangeTopic::Customers,
    ChangeTopic::Sales,
    ChangeTopic::Sync,
];

/// One shop on this device. Share it; the data folder is free again when it and all that was made from it are gone.
#[derive(uniffi::Object)]
pub struct KartkaCore {
    border: Arc<Border>,
}

/// What the founder of a business is asked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Founding {
    /// The shop's name, 1–64 characters.
    pub name: String,
    /// Two letters; decides currency, calling prefix and time zone.
    pub country: String,
    /// What it sells; decides the ready instruments.
    pub kind: ShopKind,
    /// The founder's name.
    pub owner: String,
}

/// What a shop sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ShopKind {
    /// Coffee, food: a stamp card beside the bonus card.
    Coffee,
    /// Everything else: a bonus card.
    Shop,
}

#[uniffi::export(async_runtime = "tokio")]
impl KartkaCore {
    /// Opens the data in `folder`, which must exist, or makes an empty store there.
    ///
    /// # Errors
    /// The situation of the disk (`Busy`, `WrongKey`, `TooNew`, `Corrupt`, `ReadOnly`, `StorageFull`) or of the key
    /// store; a wrong key moves nothing.
    #[uniffi::constructor]
    pub async fn open(
        folder: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>, CoreError> {
        Self::made(log, changes, move || {
            Ok(Shop::open(&PathBuf::from(folder), platform(keys))?)
        })
        .await
    }

    /// Opens data whose key the platform has lost, by the recovery sheet, typed or scanned; the key store has the keys
    /// again afterwards, and nothing that waited to be sent is lost.
    ///
    /// # Errors
    /// `Validation` for a text that is no sheet; `WrongKey` for another one; `NotFound` where no sheet was ever made;
    /// as `open`.
    #[uniffi::constructor]
    pub async fn unlock(
        folder: String,
        sheet: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>, CoreError> {
        Self::made(log, changes, move || {
            let folder = PathBuf::from(folder);
            Ok(Shop::unlock_with_sheet(&folder, platform(keys), &sheet)?)
        })
        .await
    }

    /// Begins anew where the platform has lost the key of the data and nobody has the sheet at hand: the data are put
    /// aside unopened, and the device can be paired. [`Recovery::bring_aside`](crate::recovery::Recovery::bring_aside)
    /// brings what they had not sent, once somebody comes with the sheet.
    ///
    /// # Errors
    /// `AlreadyPaired` while the platform has a key that may open the data: nothing is moved; as `open`.
    #[uniffi::constructor]
    pub async fn begin_anew(
        folder: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>, CoreError> {
        Self::made(log, changes, move || {
            let (folder, platform) = (PathBuf::from(folder), platform(keys));
            Shop::set_aside(&folder, &platform)?;
            Ok(Shop::open(&folder, platform)?)
        })
        .await
    }

    /// Opens a copy on a new device by the recovery sheet: a shop that was its own authority goes on here, for 72 hours
    /// with the limits of a phone without network, because the old one may still be about.
    ///
    /// # Errors
    /// `Validation` for a text that is no sheet or a file that is no copy; `WrongKey` for another sheet;
    /// `AlreadyPaired` when the folder has data; as `open`.
    #[uniffi::constructor]
    pub async fn restore(
        folder: String,
        sheet: String,
        copy: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
    ) -> Result<Arc<Self>, CoreError> {
        Self::made(log, changes, move || {
            let (folder, copy) = (PathBuf::from(folder), PathBuf::from(copy));
            Ok(Shop::restore_copy(&folder, platform(keys), &sheet, &copy)?)
        })
        .await
    }

    /// Whether a business was founded here or this device was paired.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn is_enrolled(&self) -> Result<bool, CoreError> {
        self.border.read(|shop| Ok(shop.is_enrolled()?)).await
    }

    /// Founds a business here: this device is its authority and needs no server.
    ///
    /// # Errors
    /// `AlreadyPaired`; `Validation` for a name or an unknown country; the situation of the disk or the key store.
    pub async fn found(&self, request: Vec<u8>, form: Founding) -> Result<(), CoreError> {
        let found = move |shop: &Shop| {
            let form = FoundRequest {
                name: form.name,
                country: form.country,
                kind: match form.kind {
                    ShopKind::Coffee => DomainKind::Coffee,
                    ShopKind::Shop => DomainKind::Shop,
                },
                owner: form.owner,
            };
            Ok(shop.found(request_id(&request)?, &form)?)
        };
        self.border.write(EVERYTHING, found).await
    }

    /// Registering, finding and looking at customers.
    #[must_use]
    pub fn customers(&self) -> Arc<Customers> {
        Arc::new(Customers::at(&self.border))
    }

    /// Quoting, selling, taking back.
    #[must_use]
    pub fn till(&self) -> Arc<Till> {
        Arc::new(Till::at(&self.border))
    }

    /// Making, giving and recognising cards.
    #[must_use]
    pub fn cards(&self) -> Arc<Cards> {
        Arc::new(Cards::at(&self.border))
    }

    /// The marketing instruments with their terms.
    #[must_use]
    pub fn programme(&self) -> Arc<Programme> {
        Arc::new(Programme::at(&self.border))
    }

    /// The exchange with the authority.
    #[must_use]
    pub fn sync(&self) -> Arc<Exchange> {
        Arc::new(Exchange::at(&self.border))
    }

    /// Bringing the business of this device to a server.
    #[must_use]
    pub fn handover(&self) -> Arc<Handover> {
        Arc::new(Handover::at(&self.border))
    }

    /// The recovery sheet and the copies of this shop.
    #[must_use]
    pub fn recovery(&self) -> Arc<Recovery> {
        Arc::new(Recovery::at(&self.border))
    }

    /// The staff, and who is at this device.
    #[must_use]
    pub fn team(&self) -> Arc<Team> {
        Arc::new(Team::at(&self.border))
    }

    /// Devices, what waits for a decision, erasures.
    #[must_use]
    pub fn office(&self) -> Arc<Office> {
        Arc::new(Office::at(&self.border))
    }

    /// The owner's figures.
    #[must_use]
    pub fn reports(&self) -> Arc<Reports> {
        Arc::new(Reports::at(&self.border))
    }

    /// What the business is.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::new(Settings::at(&self.border))
    }

    /// The care of the data itself.
    #[must_use]
    pub fn data(&self) -> Arc<DataCare> {
        Arc::new(DataCare::at(&self.border))
    }
}

/// The machine of a shell, with its key store.
pub(crate) fn platform(keys: Arc<dyn KeyStore>) -> Platform {
    Platform {
        clock: Arc::new(PhoneClock::new()),
        rng: Arc::new(SystemRng),
        keys: Arc::new(ForeignKeys(keys)),
        vfs: Vfs::system(),
    }
}

impl KartkaCore {
    /// The root object over a shop that `make` opens, on a thread of ours.
    async fn made(
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
        make: impl FnOnce() -> Result<Shop, Failure> + Send + 'static,
    ) -> Result<Arc<Self>, CoreError> {
        let lost = Log(Arc::clone(&log));
        let made = Self::maybe(log, changes, move || make().map(Some)).await?;
        made.ok_or_else(|| lost.lost_task())
    }

    /// The root object over the shop that `make` opens, if there is one.
    pub(crate) async fn maybe(
        log: Arc<dyn LogSink>,
        changes: Arc<dyn ChangeListener>,
        make: impl FnOnce() -> Result<Option<Shop>, Failure> + Send + 'static,
    ) -> Result<Option<Arc<Self>>, CoreError> {
        let log = Log(log);
        let within = log.clone();
        let opened = spawned(move || {
            within.clone().guarded(|| {
                let Some(shop) = make()? else {
                    return Ok(None);
                };
                let changes = Changes::telling(changes)
                    .map_err(|error| Failure::Fault(error.kind().to_string()))?;
                let log = within;
                Ok(Some(Arc::new(Border {
                    shop,
                    changes,
                    log,
                    line: Arc::default(),
                })))
            })
        });
        let border = opened.await.unwrap_or_else(|| Err(log.lost_task()))?;
        Ok(border.map(|border| Arc::new(Self { border })))
    }
}
