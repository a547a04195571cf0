//! Texts that a camera reads, a person types or somebody pastes.

use kartka_core::recovery::{Sheet, read_part};
use kartka_domain::card::{
    CardKey, CardKeys, CardNumber, Carrier, K1, KeyId, PermutationKey, ShopTag,
};
use kartka_domain::customer::Phone;
use kartka_protocol::handover::HandoverCode;
use kartka_protocol::holder::CardLink;
use kartka_protocol::pairing::PairingQr;

/// The text of a pairing QR.
pub(crate) fn pairing_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(qr) = PairingQr::parse(&text) {
        let again = PairingQr::parse(&qr.to_text());
        assert!(
            again.is_ok_and(|again| again == qr),
            "a pairing text came back as another"
        );
    }
}

/// The text that hands a card over.
pub(crate) fn card_link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(link) = CardLink::parse(&text) {
        let again = CardLink::parse(&link.to_text());
        assert!(
            again.is_ok_and(|again| again == link),
            "a link came back as another"
        );
    }
}

/// The text by which a server invites a founding phone.
pub(crate) fn handover_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(code) = HandoverCode::parse(&text) {
        let again = HandoverCode::parse(&code.to_text());
        assert!(
            again.is_ok_and(|again| again == code),
            "the text of an invitation came back as another"
        );
    }
}

/// A part of a file that somebody hands over as a phone's outbox.
pub(crate) fn outbox_part(bytes: &[u8]) {
    // The sheet that the examples were sealed to: what lies inside is reached too.
    let sheet = Sheet::parse("0W3GE 1R70W 3GE1R 70W3G E1R70 W");
    if let Some(sheet) = sheet {
        let _ = read_part(bytes, &sheet);
    }
}

/// Anything a scanner may hand over as a card, a typed number, a phone number.
pub(crate) fn card_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = K1::parse(&text);
    let keys = keys();
    for carrier in [Carrier::Qr, Carrier::Ean13, Carrier::Code128, Carrier::Text] {
        let _ = keys.read(carrier, &text);
    }
    if let Ok(number) = CardNumber::parse_typed(&text) {
        assert!(
            CardNumber::parse_typed(&number.digits()) == Ok(number),
            "digits of another card"
        );
    }
    for country in ["380", "48", ""] {
        if let Ok(phone) = Phone::parse(&text, country) {
            let again = Phone::from_digits(phone.digits());
            assert!(again == Ok(phone), "a phone came back as another");
        }
    }
}

/// The keys of a shop nobody has.
pub(crate) fn keys() -> CardKeys {
    let first = KeyId::new(0).expect("0 is a key id");
    let tag = ShopTag::from_bits(0x5_A5A5);
    CardKeys::new(
        tag,
        PermutationKey::from_bytes([3; 32]),
        first,
        CardKey::from_bytes([5; 32]),
    )
}
