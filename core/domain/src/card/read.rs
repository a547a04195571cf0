//! Whose card is this? From what a camera, a laser reader or a keyboard gave to one answer.
//!
//! Says what the text proves by itself. Whether the card exists, is active or has an alias is for the store; a text
//! that is not ours is never taken for a card here.

use super::{Alias, CardKeys, CardNumber, K1, K1Text, KeyId};

/// What carried the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// What a text is to this shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardCode {
    /// A genuine K1 code of this shop; valid also for a card this phone has never synced.
    Ours {
        /// The card.
        number: CardNumber,
        /// The key that made it.
        key_id: KeyId,
    },
    /// Digits of our bars. Chance lets one foreign label in a hundred through, so the card must be known; a foreign
    /// number of the same length may be an alias instead ([`Alias::new`] of the text).
    Linear {
        /// The card.
        number: CardNumber,
    },
    /// A K1 code of another shop.
    OtherShop,
    /// A K1 code that seems ours, of a key this phone does not know (yet): sync, then scan again.
    UnknownKey {
        /// The key that is said to have made it.
        key_id: KeyId,
    },
    /// A K1 code that seems ours but was not made by our key: mistyped or forged.
    BadMac,
    /// Not a code of Kartka; a card only if the store knows this alias.
    Foreign(Alias),
    /// Nothing that could name a card: empty, or longer than any card's payload.
    Nothing,
}

impl CardKeys {
    /// What `text` is to this shop. Never fails, whatever the text.
    #[must_use]
    pub fn read(&self, carrier: Carrier, text: &str) -> CardCode {
        if let Some(code) = self.read_k1(carrier, text) {
            return code;
        }
        match Alias::new(text) {
            Ok(alias) => match self.read_bars(carrier, alias.as_str()) {
                Some(number) => CardCode::Linear { number },
                None => CardCode::Foreign(alias),
            },
            Err(_) => CardCode::Nothing,
        }
    }

    fn read_k1(&self, carrier: Carrier, text: &str) -> Option<CardCode> {
        if carrier == Carrier::Ean13 {
            return None;
        }
        let K1Text::Code { code, tag } = K1::parse(text) else {
            return None;
        };
        let ours = tag.is_none_or(|tag| tag == self.tag());
        if !ours || (tag.is_none() && !code.hints_at(self.tag())) {
            return Some(CardCode::OtherShop);
        }
        let key_id = code.key_id();
        let Some(key) = self.key(key_id) else {
            return Some(CardCode::UnknownKey { key_id });
        };
        Some(match code.verify(key) {
            Some(number) if code.hints_at(self.tag()) => CardCode::Ours { number, key_id },
            _ => CardCode::BadMac,
        })
    }

    fn read_bars(&self, carrier: Carrier, text: &str) -> Option<CardNumber> {
        match carrier {
            Carrier::Qr => None,
            Carrier::Code128 => self.read_code128(text),
            Carrier::Ean13 => self.read_ean13(text),
            Carrier::Text => self.read_code128(text).or_else(|| self.read_ean13(text)),
        }
    }
}
