//! A customer's phone: their cards of many shops in one place, shown without network, with what the shops last said
//! (cards §4, sync §7, decision 65).
//!
//! No shop, no device, no account: each card has a bearer secret that came with its link, one snapshot and the wishes of its
//! holder. The code works whatever else does not. What a shop answers is hostile until it has been read; what a wish comes
//! to is the authority's word alone. Nothing of a person goes into a log.

mod refresh;
mod view;

use std::path::{Path, PathBuf};

use kartka_domain::codes::Code;
use kartka_domain::customer::ProfileGroup;
use kartka_domain::op::Seen;
use kartka_protocol::holder::{CardLink, LinkError, Request};
use kartka_protocol::limits::HOLDER_REQUESTS;
use zeroize::Zeroizing;

use crate::error::{CoreError, Field};
use crate::platform::SecretName;
use crate::shop::Platform;
use crate::store::{
    CardRow, DatabaseKey, Ended, RequestId, RequestState, StoreError, WalletStore, WalletTx,
};

pub use kartka_protocol::holder::{Snapshot, Wish};
pub use refresh::Refreshed;
pub use view::{Freshness, HeldCard, Waiting};

/// Cards of one wallet: more than anybody has, few enough to be asked for in one go.
const CARDS: i64 = 500;
/// The wallet's file in its folder.
const FILE: &str = "cards.db";

/// The cards of the person whose phone this is.
pub struct Wallet {
    store: WalletStore,
    platform: Platform,
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

impl Wallet {
    /// Opens the cards in `folder`, or makes an empty wallet there; a shop may lie in the same folder, they share nothing.
    ///
    /// # Errors
    /// [`CoreError::Store`] with the situation of the disk, [`CoreError::Keys`]. A wallet whose key is gone answers
    /// [`StoreError::WrongKey`]: the shops can hand their cards over again, see [`forget`](Self::forget).
    pub fn open(folder: &Path, platform: Platform) -> Result<Self, CoreError> {
        let path = file_in(folder);
        let key = match platform.keys.load(SecretName::WalletKey)? {
            Some(secret) => secret,
            None if platform.vfs.holds(&path) => return Err(StoreError::WrongKey.into()),
            None => new_key(&platform)?,
        };
        let key = DatabaseKey::from_bytes(&key).ok_or(StoreError::WrongKey)?;
        let now_ms = platform.clock.now_ms();
        let store = WalletStore::open(&path, &platform.vfs, &key, now_ms)?;
        Ok(Self { store, platform })
    }

    /// Empties a wallet that can't be opened any more, and takes a new key in the place of one that may be lost; the next
    /// [`open`](Self::open) makes a new one.
    ///
    /// # Errors
    /// [`CoreError::Store`], [`CoreError::Keys`].
    pub fn forget(folder: &Path, platform: &Platform) -> Result<(), CoreError> {
        let cleared = platform.vfs.clear(&file_in(folder));
        cleared.map_err(StoreError::from)?;
        new_key(platform)?;
        Ok(())
    }

    /// Takes a card in by its link: scanned, opened or pasted. One that is here already gets the new link. Says its id.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a text that is no link; [`Code::LinkWithoutSecret`] for a card's code alone;
    /// [`Code::TooManyCards`]; [`CoreError::Store`].
    pub fn add(&self, text: &str) -> Result<i64, CoreError> {
        let link = read(text)?;
        let number = link.code.said_number();
        let number = number.ok_or(CoreError::Validation { field: Field::Card })?;
        self.store.write(|tx| {
            let id = tx.put_card(&link, number.value())?;
            if tx.count()? > CARDS {
                return Err(Code::TooManyCards { most: CARDS }.into());
            }
            Ok(id)
        })
    }

    /// All cards, in the order they were added.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn cards(&self) -> Result<Vec<HeldCard>, CoreError> {
        let now_ms = self.now_ms();
        self.store.write(|tx| {
            let cards = tx.cards()?;
            let held = |card| view::held(tx, card, now_ms);
            cards.into_iter().map(held).collect()
        })
    }

    /// One card.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Store`].
    pub fn card(&self, id: i64) -> Result<HeldCard, CoreError> {
        let now_ms = self.now_ms();
        self.store
            .write(|tx| view::held(tx, found(tx, id)?, now_ms))
    }

    /// Notes a wish of the holder; it goes to the shop with the next refresh, once, however often it is sent. The same
    /// request is one wish.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; [`Code::ShopWithoutServer`]; [`Code::HolderErased`]; [`Code::CardBlocked`] and
    /// [`Code::LinkRefused`]; [`Code::TooManyWishes`]; [`CoreError::Validation`] for a profile that is none;
    /// [`CoreError::Store`].
    pub fn wish(&self, request: RequestId, id: i64, wish: Wish) -> Result<(), CoreError> {
        if let Wish::Profile(groups) = &wish {
            if groups.is_empty() {
                return Err(CoreError::Validation { field: Field::Text });
            }
            groups.iter().try_for_each(ProfileGroup::check)?;
        }
        let now_ms = self.now_ms();
        self.store.write(|tx| {
            let card = found(tx, id)?;
            let seen = may_wish(&card)?;
            let requests = tx.requests(id)?;
            if requests.iter().any(|one| one.request.key == request.0) {
                return Ok(());
            }
            let waits = requests
                .iter()
                .filter(|one| one.state == RequestState::Waits);
            if waits.count() >= HOLDER_REQUESTS {
                let most = i64::try_from(HOLDER_REQUESTS).unwrap_or(i64::MAX);
                return Err(Code::TooManyWishes { most }.into());
            }
            let key = request.0;
            Ok(tx.put_request(id, &Request { key, seen, wish }, now_ms)?)
        })
    }

    /// Takes a card off this phone, with wishes that were not sent yet. The shop keeps what it has.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Store`].
    pub fn remove(&self, id: i64) -> Result<(), CoreError> {
        let removed = self.store.write(|tx| tx.remove(id))?;
        if !removed {
            return Err(CoreError::NotFound);
        }
        Ok(self.store.wipe_traces()?)
    }

    /// Everything this phone holds of its person, as a readable text (JSON); no secret is in it.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn export(&self) -> Result<String, CoreError> {
        let cards = self.cards()?;
        Ok(crate::exchange::holder::readable(&cards, self.now_ms()))
    }

    fn now_ms(&self) -> i64 {
        self.platform.clock.now_ms()
    }
}

/// Whose card a link hands over, before it is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The shop as the link calls it; may be empty.
    pub shop: String,
    /// Who will be asked about the card: scheme and host; none for a shop without a server.
    pub address: Option<String>,
}

/// Reads a link without taking anything in: whoever opens one sees first whose card it is.
///
/// # Errors
/// As [`Wallet::add`] for the text.
pub fn linked(text: &str) -> Result<Linked, CoreError> {
    let CardLink { shop, address, .. } = read(text)?;
    Ok(Linked { shop, address })
}

fn read(text: &str) -> Result<CardLink, CoreError> {
    CardLink::parse(text).map_err(|error| match error {
        LinkError::NoSecret => Code::LinkWithoutSecret.into(),
        LinkError::NotALink | LinkError::TooLong => CoreError::Validation { field: Field::Card },
    })
}

fn new_key(platform: &Platform) -> Result<Zeroizing<Vec<u8>>, CoreError> {
    let mut fresh = Zeroizing::new(vec![0; 32]);
    platform.rng.fill(&mut fresh);
    platform.keys.store(SecretName::WalletKey, &fresh)?;
    Ok(fresh)
}

fn found(tx: &WalletTx<'_>, id: i64) -> Result<CardRow, CoreError> {
    tx.card(id)?.ok_or(CoreError::NotFound)
}

/// What the holder has been shown, if a wish of theirs has anywhere to go.
fn may_wish(card: &CardRow) -> Result<Seen, CoreError> {
    use kartka_protocol::holder::CardStanding;
    if card.link.address.is_none() {
        return Err(Code::ShopWithoutServer.into());
    }
    match card.ended {
        Ended::No => {}
        Ended::LinkRefused => return Err(Code::LinkRefused.into()),
        Ended::Erased => return Err(Code::HolderErased.into()),
    }
    let snapshot = card.snapshot.as_ref();
    if snapshot.is_some_and(|said| said.standing == CardStanding::Blocked) {
        return Err(Code::CardBlocked.into());
    }
    Ok(snapshot.map_or(view::NOTHING_SEEN, |said| said.seen))
}
