//! A customer's cards at the border: links in, cards out, wishes to the shops. No shop is open here.

mod views;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kartka_core::domain::customer::{Birthday as DomainBirthday, ProfileGroup};
use kartka_core::sync::Cancel;
use kartka_core::task::Watch;
use kartka_core::wallet::{
    Linked as CoreLinked, Refreshed as CoreRefreshed, Wallet as CoreWallet, Wish, linked,
};

use crate::border::{Log, request_id, spawned};
use crate::cards::{QrSquares, squares};
use crate::customers::{Birthday, Will};
use crate::error::{CoreError, Failure, Subject};
use crate::platform::{KeyStore, LogSink};
use crate::root::platform;
use crate::sync::Line;
use crate::task::TaskListener;
pub use views::{
    CardFreshness, CardSaid, CardWish, HeldLevel, HeldPoints, HeldPurchase, HeldStamps,
    HeldVoucher, WalletCard,
};

/// The cards of the person whose phone this is. Share it; the folder is free again when it is gone.
#[derive(uniffi::Object)]
pub struct Wallet {
    purse: Arc<Purse>,
}

struct Purse {
    wallet: CoreWallet,
    log: Log,
    line: Line,
    /// Ends the refreshes that are under way; a new one is laid here when it was used.
    stop: Mutex<Arc<Cancel>>,
}

/// What a refresh came to, in cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Refreshed {
    /// Whose shop answered.
    pub answered: u32,
    /// Whose shop could not be reached, or could not answer now.
    pub unreached: u32,
    /// Whose link is no longer accepted.
    pub refused: u32,
}

/// Whose card a link hands over, before it is taken in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LinkedCard {
    /// The shop as the link calls it; may be empty.
    pub shop: String,
    /// Who will be asked about the card: scheme and host; none for a shop without a server.
    pub address: Option<String>,
}

/// Reads the link to a card without taking anything in: whoever opens one sees first whose card it is.
///
/// # Errors
/// As [`Wallet::add`] for the text.
#[uniffi::export]
pub fn read_card_link(text: String) -> Result<LinkedCard, CoreError> {
    let read = linked(&text).map_err(|error| match Failure::from(error) {
        Failure::Situation(error) => error,
        // Reading a text meets no fault that could be reported.
        Failure::Fault(_) => CoreError::Validation {
            subject: Subject::Card,
        },
    });
    let CoreLinked { shop, address } = read?;
    Ok(LinkedCard { shop, address })
}

/// What a holder may correct of themselves; what is empty stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HolderProfile {
    /// Given name.
    #[uniffi(default = "")]
    pub given: String,
    /// Family name.
    #[uniffi(default = "")]
    pub family: String,
    /// Email address.
    #[uniffi(default = "")]
    pub email: String,
    /// Birthday.
    #[uniffi(default = None)]
    pub birthday: Option<Birthday>,
}

#[uniffi::export(async_runtime = "tokio")]
impl Wallet {
    /// Opens the cards in `folder`, which must exist, or makes an empty wallet there; a shop may lie in the same folder.
    ///
    /// # Errors
    /// The situation of the disk (`Busy`, `WrongKey`, `TooNew`, `Corrupt`, `ReadOnly`, `StorageFull`) or of the key store.
    #[uniffi::constructor]
    pub async fn open(
        folder: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
    ) -> Result<Arc<Self>, CoreError> {
        made(log, move || {
            Ok(CoreWallet::open(&PathBuf::from(folder), platform(keys))?)
        })
        .await
    }

    /// Empties a wallet whose key is lost and opens a new one: the shops hand their cards over again.
    ///
    /// # Errors
    /// As `open`.
    #[uniffi::constructor]
    pub async fn anew(
        folder: String,
        keys: Arc<dyn KeyStore>,
        log: Arc<dyn LogSink>,
    ) -> Result<Arc<Self>, CoreError> {
        made(log, move || {
            let (folder, platform) = (PathBuf::from(folder), platform(keys));
            CoreWallet::forget(&folder, &platform)?;
            Ok(CoreWallet::open(&folder, platform)?)
        })
        .await
    }

    /// Takes a card in by its link: scanned, opened or pasted. Says its id; one that is here already gets the new link.
    ///
    /// # Errors
    /// `Validation` for a text that is no link; `RuleRejected` for a card's code alone, and beyond 500 cards; the
    /// situation of the disk.
    pub async fn add(&self, link: String) -> Result<i64, CoreError> {
        self.task(move |purse| Ok(purse.wallet.add(&link)?)).await
    }

    /// All cards, in the order they were added.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn cards(&self) -> Result<Vec<WalletCard>, CoreError> {
        let cards = self.task(|purse| {
            let cards = purse.wallet.cards()?;
            Ok(cards.into_iter().map(WalletCard::from).collect())
        });
        cards.await
    }

    /// One card.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn card(&self, id: i64) -> Result<WalletCard, CoreError> {
        self.task(move |purse| Ok(purse.wallet.card(id)?.into()))
            .await
    }

    /// Asks the shops of all cards, or of one, how they stand, and brings them what their holder wishes. What was shown
    /// before stays when nobody answers.
    ///
    /// # Errors
    /// `NotFound`; `Offline` when this device has no way out at all; `Cancelled`; the situation of the disk.
    pub async fn refresh(
        &self,
        only: Option<i64>,
        progress: Option<Arc<dyn TaskListener>>,
    ) -> Result<Refreshed, CoreError> {
        let cancel = Arc::clone(&self.purse.stop());
        let refresh = self.task(move |purse| {
            let mut told = |percent| {
                if let Some(listener) = &progress {
                    // A listener that throws hears the next percent all the same.
                    let _ = listener.progressed(percent);
                }
            };
            let mut watch = Watch::new(&cancel, &mut told);
            let http = purse.line.http()?;
            Ok(purse.wallet.refresh(only, http, &mut watch)?.into())
        });
        refresh.await
    }

    /// Ends every refresh that is under way before it asks for its next card: its outcome is `Cancelled`, and what was
    /// answered by then stays.
    pub fn stop_refresh(&self) {
        let stopped = std::mem::take(&mut *self.purse.stop());
        stopped.cancel();
    }

    /// Gives or withdraws consent to be told of news and offers; it goes to the shop with the next refresh.
    ///
    /// # Errors
    /// `NotFound`; `RuleRejected` where the shop can't be told; `Validation` for no request id; the situation of the disk.
    pub async fn consent(
        &self,
        request: Vec<u8>,
        card: i64,
        wording: u32,
        will: Will,
    ) -> Result<(), CoreError> {
        let will = will.into();
        let wish = Wish::Marketing { wording, will };
        self.wish(request, card, move || Ok(wish)).await
    }

    /// Corrects what the shop knows of its holder.
    ///
    /// # Errors
    /// As `consent`; `Validation` with what is wrong, or when nothing is given.
    pub async fn correct(
        &self,
        request: Vec<u8>,
        card: i64,
        profile: HolderProfile,
    ) -> Result<(), CoreError> {
        self.wish(request, card, move || groups(&profile).map(Wish::Profile))
            .await
    }

    /// Asks the shop to erase its holder for ever, under every card of theirs.
    ///
    /// # Errors
    /// As `consent`.
    pub async fn erase_me(&self, request: Vec<u8>, card: i64) -> Result<(), CoreError> {
        self.wish(request, card, || Ok(Wish::Erase)).await
    }

    /// Takes a card off this phone, with what was not sent yet; the shop keeps what it has.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn remove(&self, id: i64) -> Result<(), CoreError> {
        self.task(move |purse| Ok(purse.wallet.remove(id)?)).await
    }

    /// Everything this phone holds of its person, as a readable text without a secret.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn export(&self) -> Result<String, CoreError> {
        self.task(|purse| Ok(purse.wallet.export()?)).await
    }

    /// How the QR of `text` is drawn; nothing for a text that no QR holds.
    pub fn squares(&self, text: String) -> Option<QrSquares> {
        squares(&text)
    }
}

impl Purse {
    fn stop(&self) -> MutexGuard<'_, Arc<Cancel>> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wallet {
    async fn wish(
        &self,
        request: Vec<u8>,
        card: i64,
        wish: impl FnOnce() -> Result<Wish, Failure> + Send + 'static,
    ) -> Result<(), CoreError> {
        let wish =
            self.task(move |purse| Ok(purse.wallet.wish(request_id(&request)?, card, wish()?)?));
        wish.await
    }

    /// Runs `work` as its own task; the caller may stop waiting, the work goes on.
    async fn task<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Purse) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, CoreError> {
        let purse = Arc::clone(&self.purse);
        let done = spawned(move || purse.log.guarded(|| work(&purse)));
        done.await
            .unwrap_or_else(|| Err(self.purse.log.lost_task()))
    }
}

/// The wallet that `make` opens, on a thread of ours.
async fn made(
    log: Arc<dyn LogSink>,
    make: impl FnOnce() -> Result<CoreWallet, Failure> + Send + 'static,
) -> Result<Arc<Wallet>, CoreError> {
    let log = Log(log);
    let within = log.clone();
    let opened = spawned(move || {
        within.clone().guarded(|| {
            let wallet = make()?;
            Ok(Arc::new(Purse {
                wallet,
                log: within,
                line: Line::default(),
                stop: Mutex::default(),
            }))
        })
    });
    let purse = opened.await.unwrap_or_else(|| Err(log.lost_task()))?;
    Ok(Arc::new(Wallet { purse }))
}

fn groups(profile: &HolderProfile) -> Result<Vec<ProfileGroup>, Failure> {
    let mut groups = Vec::new();
    let (given, family) = (profile.given.trim(), profile.family.trim());
    if !given.is_empty() || !family.is_empty() {
        groups.push(ProfileGroup::Name {
            given: given.to_owned(),
            family: family.to_owned(),
        });
    }
    if !profile.email.trim().is_empty() {
        groups.push(ProfileGroup::Emails(vec![profile.email.trim().to_owned()]));
    }
    if let Some(Birthday { month, day, year }) = profile.birthday {
        let birthday = DomainBirthday::new(month, day, year);
        let birthday = birthday.map_err(kartka_core::error::CoreError::from)?;
        groups.push(ProfileGroup::Birthday(birthday));
    }
    Ok(groups)
}

impl From<CoreRefreshed> for Refreshed {
    fn from(done: CoreRefreshed) -> Self {
        Self {
            answered: done.answered,
            unreached: done.unreached,
            refused: done.refused,
        }
    }
}
