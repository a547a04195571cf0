//! Emissions and cards at the border: numbers as integers with their digits, codes as texts.

use std::sync::Arc;

use kartka_core::domain::card::CardNumber;
use kartka_core::scan::draw::QrModules;
use kartka_core::usecase::cards::Recognised as CoreRecognised;

use crate::border::{Border, request_id};
use crate::customers::customer_id;
use crate::error::{CoreError, Failure, Subject, invalid};
use crate::platform::ChangeTopic;
use crate::scan::{Carrier, ScanSession};

/// What giving out cards changes.
const GIVEN: &[ChangeTopic] = &[ChangeTopic::Customers, ChangeTopic::Sync];

/// Making, giving and recognising cards.
#[derive(uniffi::Object)]
pub struct Cards {
    border: Arc<Border>,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Card {
    /// The integer it stands as; names the card in every call.
    pub number: i64,
    /// Its ten or eight digits as printed.
    pub digits: String,
}

/// Whose a code is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Recognised {
    /// A card of this customer.
    Holder {
        /// Whose.
        customer: i64,
        /// The card.
        card: Card,
    },
    /// A genuine card that nobody here has: blank, or given out on a device that has not synced yet.
    NewCard {
        /// The card.
        card: Card,
    },
    /// A card that was blocked.
    Blocked {
        /// The card.
        card: Card,
    },
    /// A card of another shop that uses Kartka.
    OtherShop,
    /// Made by a key this device does not know yet: sync, then scan again.
    UnknownKey,
    /// Looks like ours but is mistyped or forged.
    BadCode,
    /// No code of Kartka.
    NotOurs,
}

impl Cards {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

/// How the QR of a text is drawn; nothing for a text that no QR holds.
pub(crate) fn squares(text: &str) -> Option<QrSquares> {
    let modules = QrModules::of(text).ok()?;
    let side = modules.side();
    let dark = (0..side * side).map(|at| u8::from(modules.is_dark(at % side, at / side)));
    Some(QrSquares {
        side: u32::try_from(side).ok()?,
        dark: dark.collect(),
    })
}

#[uniffi::export(async_runtime = "tokio")]
impl Cards {
    /// Makes a run of card numbers in this device's slot; in order.
    ///
    /// # Errors
    /// `Validation` when the slot is used up or the device has none; `NotPaired`; the situation of the disk.
    pub async fn emit(&self, request: Vec<u8>, count: u32) -> Result<Vec<Card>, CoreError> {
        let emit = self.border.write(GIVEN, move |shop| {
            let made = shop.emit(request_id(&request)?, count)?;
            Ok(made.into_iter().map(Card::from).collect())
        });
        emit.await
    }

    /// Gives a card to a customer.
    ///
    /// # Errors
    /// `Duplicate` when somebody else has it; `NotFound`; `Validation`; the situation of the disk.
    pub async fn bind(&self, request: Vec<u8>, card: i64, customer: i64) -> Result<(), CoreError> {
        let bind = self.border.write(GIVEN, move |shop| {
            let (card, customer) = (card_number(card)?, customer_id(customer)?);
            Ok(shop.bind(request_id(&request)?, card, customer)?)
        });
        bind.await
    }

    /// Gives the customer the next card of this device's emission.
    ///
    /// # Errors
    /// `NotFound`; `Validation` when the slot is used up or the device has none; the situation of the disk.
    pub async fn issue(&self, request: Vec<u8>, customer: i64) -> Result<(), CoreError> {
        let issue = self.border.write(GIVEN, move |shop| {
            Ok(shop.issue(request_id(&request)?, customer_id(customer)?)?)
        });
        issue.await
    }

    /// Whose a scanned or typed code is.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn recognise(&self, carrier: Carrier, text: String) -> Result<Recognised, CoreError> {
        let recognise = self
            .border
            .read(move |shop| Ok(shop.recognise(carrier.into(), &text)?.into()));
        recognise.await
    }

    /// The text of a card's QR.
    ///
    /// # Errors
    /// `Validation` for no card number; `NotPaired`; the situation of the disk.
    pub async fn code(&self, card: i64) -> Result<String, CoreError> {
        let code = self
            .border
            .read(move |shop| Ok(shop.card_code(card_number(card)?)?));
        code.await
    }

    /// The link that hands a customer's card over to their own phone, to be shown to them as a QR; whoever has it sees
    /// the card.
    ///
    /// # Errors
    /// `NotFound` for a card that nobody has; `RuleRejected` for a blocked one or without the right to register;
    /// `Validation` for no card number; `NotPaired`; the situation of the disk.
    pub async fn link(&self, card: i64) -> Result<String, CoreError> {
        let link = self
            .border
            .read(move |shop| Ok(shop.card_link(card_number(card)?)?.to_text()));
        link.await
    }

    /// A search for codes in camera frames that recognises this shop's cards; before there is a shop, pairing codes
    /// alone.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn open_scan(&self) -> Result<Arc<ScanSession>, CoreError> {
        let log = self.border.log.clone();
        let open = self
            .border
            .read(move |shop| Ok(Arc::new(ScanSession::new(shop.scan_session()?, log))));
        open.await
    }
}

/// The squares of a QR, with the quiet zone of four light ones around it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QrSquares {
    /// Squares along each side.
    pub side: u32,
    /// Row by row, 1 for a dark square.
    pub dark: Vec<u8>,
}

impl From<CardNumber> for Card {
    fn from(number: CardNumber) -> Self {
        Self {
            // A number is below 10¹⁰ + 10⁸.
            number: i64::try_from(number.value()).unwrap_or(i64::MAX),
            digits: number.digits(),
        }
    }
}

impl From<CoreRecognised> for Recognised {
    fn from(found: CoreRecognised) -> Self {
        match found {
            CoreRecognised::Customer { customer, card } => Self::Holder {
                customer: customer.get(),
                card: card.into(),
            },
            CoreRecognised::NewCard { card } => Self::NewCard { card: card.into() },
            CoreRecognised::Blocked { card } => Self::Blocked { card: card.into() },
            CoreRecognised::OtherShop => Self::OtherShop,
            CoreRecognised::UnknownKey => Self::UnknownKey,
            CoreRecognised::BadCode => Self::BadCode,
            CoreRecognised::NotOurs => Self::NotOurs,
        }
    }
}

/// A card as the shell names it.
pub(crate) fn card_number(raw: i64) -> Result<CardNumber, Failure> {
    let value = u64::try_from(raw).map_err(|_| invalid(Subject::Card))?;
    CardNumber::from_value(value).map_err(|_| invalid(Subject::Card))
}
