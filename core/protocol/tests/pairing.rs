//! The text of a pairing QR as people scan, type and paste it.
#![allow(clippy::unwrap_used)]

use kartka_domain::ids::BusinessId;
use kartka_protocol::limits;
use kartka_protocol::pairing::{PairingError, PairingQr};
use proptest::prelude::*;

fn qr() -> PairingQr {
    PairingQr {
        address: "https://kartka.example.org:8443".to_owned(),
        identity: [3; 33],
        business: BusinessId([5; 16]),
        token: [7; 16],
        expires_ms: 1_765_913_580_000,
    }
}

#[test]
fn the_text_fits_a_qr_and_survives_people() {
    let text = qr().to_text();
    assert!(
        text.starts_with("KARTKA1:") && text.len() < 230,
        "{} characters",
        text.len()
    );
    assert!(
        text.bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b':')
    );
    let broken: String = text
        .chars()
        .enumerate()
        .flat_map(|(i, c)| [(i % 40 == 39).then_some('\n'), Some(c)])
        .flatten()
        .collect();
    for typed in [
        text.clone(),
        text.to_lowercase(),
        format!("  {text}\r\n"),
        broken,
    ] {
        assert!(PairingQr::parse(&typed).as_ref() == Ok(&qr()), "{typed}");
    }
}

#[test]
fn what_is_no_pairing_code_is_named() {
    let text = qr().to_text();
    let mistyped = text.replacen("KARTKA1:U", "KARTKA1:V", 1);
    assert_ne!(mistyped, text);
    for (typed, error) in [
        (String::new(), PairingError::NotPairing),
        ("https://example.org".to_owned(), PairingError::NotPairing),
        ("KARTKA".to_owned(), PairingError::NotPairing),
        ("KARTKAONE:ABC".to_owned(), PairingError::NotPairing),
        (text.replacen('1', "2", 1), PairingError::Newer),
        ("KARTKA1:".to_owned(), PairingError::Damaged),
        ("KARTKA1:ABC1".to_owned(), PairingError::Damaged),
        (text[..text.len() - 3].to_owned(), PairingError::Damaged),
        (format!("{text}A"), PairingError::Damaged),
        (mistyped, PairingError::Damaged),
        ("K".repeat(limits::PAIRING_TEXT + 1), PairingError::TooLong),
        (
            " ".repeat(2 * limits::PAIRING_TEXT + 1),
            PairingError::TooLong,
        ),
        ("K".repeat(limits::PAIRING_TEXT), PairingError::NotPairing),
    ] {
        assert!(
            PairingQr::parse(&typed) == Err(error),
            "{typed:.40}: {error}"
        );
    }
}

proptest! {
    #[test]
    fn any_address_comes_back(address in "[ -~]{0,60}", expires in -1_000_000i64..1 << 40, token: [u8; 16]) {
        let qr = PairingQr { address, token, expires_ms: expires * 1_000, ..qr() };
        prop_assert!(PairingQr::parse(&qr.to_text()) == Ok(qr));
    }

    #[test]
    fn any_text_gives_a_code_or_an_error(text in "(KARTKA1:)?[A-Z2-7 \\PC]{0,90}") {
        prop_assert!(PairingQr::parse(&text).is_err());
    }

    #[test]
    fn one_wrong_letter_is_found(at: usize, letter in 0usize..32) {
        let mut text: Vec<u8> = qr().to_text().into_bytes();
        let at = 8 + at % (text.len() - 8);
        let letter = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[letter];
        prop_assume!(text[at] != letter);
        text[at] = letter;
        prop_assert!(PairingQr::parse(std::str::from_utf8(&text).unwrap()) == Err(PairingError::Damaged));
    }
}
