//! What a device asks before a shop is open on it: whether one is here, where one can be founded, what a code is, how a
//! code is drawn. None of it makes data: a phone that only holds its person's cards never has a shop's.

use std::path::PathBuf;
use std::sync::Arc;

use kartka_core::domain::founding::countries;
use kartka_core::scan::{Rxing, ScanSession as CoreSession};
use kartka_core::shop::Shop;

use crate::border::Log;
use crate::cards::{self, QrSquares};
use crate::error::CoreError;
use crate::platform::{ChangeListener, KeyStore, LogSink};
use crate::root::{KartkaCore, platform};
use crate::scan::ScanSession;

/// Opens the shop in `folder`, which must exist; nothing where there is none, and then nothing is made. A store that no
/// founding and no pairing ever filled is none, and is cleared.
///
/// # Errors
/// As [`KartkaCore::open`].
#[uniffi::export(async_runtime = "tokio")]
pub async fn open_if_here(
    folder: String,
    keys: Arc<dyn KeyStore>,
    log: Arc<dyn LogSink>,
    changes: Arc<dyn ChangeListener>,
) -> Result<Option<Arc<KartkaCore>>, CoreError> {
    let folder = PathBuf::from(folder);
    KartkaCore::maybe(log, changes, move || {
        Ok(Shop::open_if_here(&folder, platform(keys))?)
    })
    .await
}

/// A search for the codes that help where no shop is open: of pairing and of recovery sheets. It takes no code for a card.
#[uniffi::export]
#[must_use]
pub fn search_codes(log: Arc<dyn LogSink>) -> Arc<ScanSession> {
    let session = CoreSession::without_shop(Box::new(Rxing));
    Arc::new(ScanSession::new(session, Log(log)))
}

/// Countries a business can be founded in, by their two letters; the most likely first.
#[uniffi::export]
#[must_use]
pub fn founding_countries() -> Vec<String> {
    countries().map(str::to_owned).collect()
}

/// How the QR of `text` is drawn, for a screen that shows a code; nothing for a text that no QR holds.
#[uniffi::export]
#[must_use]
pub fn qr_squares(text: String) -> Option<QrSquares> {
    cards::squares(&text)
}
