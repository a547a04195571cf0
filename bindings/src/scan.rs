//! The camera's end of the border: frames and texts in, events out. Synchronous: nothing here waits for disk or network.

use std::sync::{Mutex, PoisonError};

use kartka_core::domain::card::{CardCode, Carrier as DomainCarrier};
use kartka_core::scan::{
    LumaFrame, Reading as CoreReading, ScanEvent as CoreEvent, ScanSession as CoreSession,
    Scanned as CoreScanned,
};

use crate::border::Log;
use crate::cards::Card;
use crate::error::{CoreError, Subject, invalid};

/// One search after another for as long as the camera is open. Calls from several threads take turns.
#[derive(uniffi::Object)]
pub struct ScanSession {
    inner: Mutex<CoreSession>,
    log: Log,
}

/// What carried a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Carrier {
    /// A QR code.
    Qr,
    /// Code 128 bars.
    Code128,
    /// EAN-13 bars.
    Ean13,
    /// Text that does not say what carried it: a keyboard, a laser reader, a paste.
    Text,
}

/// What a frame led to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ScanEvent {
    /// A code was read; repeats and lone bar reads are dropped already.
    Found {
        /// The code.
        scanned: Scanned,
    },
    /// Nothing for three seconds: offer the torch. Once per search.
    TryTorch,
    /// Nothing for five seconds: offer typing the number. Once per search.
    TypeNumber,
}

/// A code that was read. Whose it is says [`Cards::recognise`](crate::Cards::recognise).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Scanned {
    /// What carried it.
    pub carrier: Carrier,
    /// Its text.
    pub text: String,
    /// What it is to this phone.
    pub reading: Reading,
}

/// What a text is to this phone: what the shop's keys say about it, if there is a shop.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Reading {
    /// A genuine code of this shop.
    Ours {
        /// The card.
        card: Card,
    },
    /// Digits of our bars: a card only if it is known.
    Linear {
        /// The card.
        card: Card,
    },
    /// A code of another shop that uses Kartka.
    OtherShop,
    /// Seems ours, of a key this device does not know yet.
    UnknownKey,
    /// Seems ours but was not made by our key.
    BadCode,
    /// Not a code of Kartka.
    Foreign,
    /// Nothing that could name a card.
    Empty,
    /// A pairing code: it lets a phone into a shop.
    Pairing,
    /// A recovery sheet: it opens the shop's data. Hand it to what asks for a sheet, and keep it nowhere.
    Sheet,
}

impl ScanSession {
    pub(crate) fn new(inner: CoreSession, log: Log) -> Self {
        let inner = Mutex::new(inner);
        Self { inner, log }
    }
}

#[uniffi::export]
impl ScanSession {
    /// Searches one camera frame: its luma plane of `width` × `height` pixels in rows `row_stride` bytes apart, taken
    /// at `at_ms` of a clock that does not go back. At most one event. Takes up to 66 ms of the calling thread.
    ///
    /// # Errors
    /// `Validation` when the plane is no frame of that size.
    pub fn frame(
        &self,
        luma: Vec<u8>,
        width: u32,
        height: u32,
        row_stride: u32,
        at_ms: i64,
    ) -> Result<Option<ScanEvent>, CoreError> {
        self.log.guarded(|| {
            let frame = LumaFrame::new(&luma, width, height, row_stride)
                .map_err(|_| invalid(Subject::Frame))?;
            let event = self.locked().frame(&frame, at_ms);
            Ok(event.map(ScanEvent::from))
        })
    }

    /// A decoded text that enters where frames do: from a keyboard, a laser reader, a paste.
    ///
    /// # Errors
    /// `Unexpected` for a fault of the program.
    pub fn text(&self, text: String, at_ms: i64) -> Result<Scanned, CoreError> {
        self.log
            .guarded(|| Ok(self.locked().text(&text, at_ms).into()))
    }
}

impl ScanSession {
    /// A panic in the middle of a frame leaves nothing worse than a forgotten hint.
    fn locked(&self) -> std::sync::MutexGuard<'_, CoreSession> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<CoreEvent> for ScanEvent {
    fn from(event: CoreEvent) -> Self {
        match event {
            CoreEvent::Found(scanned) => Self::Found {
                scanned: scanned.into(),
            },
            CoreEvent::TryTorch => Self::TryTorch,
            CoreEvent::TypeNumber => Self::TypeNumber,
        }
    }
}

impl From<CoreScanned> for Scanned {
    fn from(scanned: CoreScanned) -> Self {
        Self {
            carrier: scanned.kind.into(),
            text: scanned.text,
            reading: scanned.reading.into(),
        }
    }
}

impl From<CoreReading> for Reading {
    fn from(reading: CoreReading) -> Self {
        match reading {
            CoreReading::Card(code) => code.into(),
            CoreReading::Pairing => Self::Pairing,
            CoreReading::Sheet => Self::Sheet,
        }
    }
}

impl From<CardCode> for Reading {
    fn from(code: CardCode) -> Self {
        match code {
            CardCode::Ours { number, .. } => Self::Ours {
                card: number.into(),
            },
            CardCode::Linear { number } => Self::Linear {
                card: number.into(),
            },
            CardCode::OtherShop => Self::OtherShop,
            CardCode::UnknownKey { .. } => Self::UnknownKey,
            CardCode::BadMac => Self::BadCode,
            CardCode::Foreign(_) => Self::Foreign,
            CardCode::Nothing => Self::Empty,
        }
    }
}

impl From<DomainCarrier> for Carrier {
    fn from(carrier: DomainCarrier) -> Self {
        match carrier {
            DomainCarrier::Qr => Self::Qr,
            DomainCarrier::Code128 => Self::Code128,
            DomainCarrier::Ean13 => Self::Ean13,
            DomainCarrier::Text => Self::Text,
        }
    }
}

impl From<Carrier> for DomainCarrier {
    fn from(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Qr => Self::Qr,
            Carrier::Code128 => Self::Code128,
            Carrier::Ean13 => Self::Ean13,
            Carrier::Text => Self::Text,
        }
    }
}
