//! The recovery sheet: 128 bits as 26 letters for people and as the text of a QR code.

use zeroize::Zeroizing;

use crate::platform::Rng;

/// Bytes of the recovery key.
const KEY: usize = 16;
/// Crockford's base32: no I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How the text of the QR code begins.
const PREFIX: &str = "KARTKASHEET1:";
/// Letters on the sheet: 128 bits and 2 to check them by.
const COUNT: u32 = 26;

/// The recovery key as it stands on paper; wiped from memory when dropped, never printed by accident.
pub struct Sheet(Zeroizing<[u8; KEY]>);

impl Sheet {
    pub(super) fn generate(rng: &dyn Rng) -> Self {
        let mut key = Zeroizing::new([0; KEY]);
        rng.fill(key.as_mut_slice());
        Self(key)
    }

    /// The sheet that a person typed or scanned: in any case, with or without spaces and hyphens, `O` for 0, `I` and
    /// `L` for 1. Nothing when letters are missing, or are none; three of four single mistakes are found here, the
    /// others when the sheet opens nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letters = match text.get(..PREFIX.len()) {
            Some(start) if start.eq_ignore_ascii_case(PREFIX) => &text[PREFIX.len()..],
            _ => text,
        };
        let mut key = 0_u128;
        let mut last = 0_u8;
        let mut count = 0;
        for c in letters.chars().filter(|c| !matches!(c, ' ' | '-' | '\n')) {
            let five = five_bits(c)?;
            count += 1;
            if count < COUNT {
                key = key << 5 | u128::from(five);
            } else {
                last = five;
            }
        }
        key = key << 3 | u128::from(last >> 2);
        let sheet = Self(Zeroizing::new(key.to_be_bytes()));
        (count == COUNT && sheet.check() == last & 3).then_some(sheet)
    }

    /// Whether `text` says that it is a sheet's QR code; whether it is a whole one says [`parse`](Self::parse).
    #[must_use]
    pub fn is_qr(text: &str) -> bool {
        let start = text.trim_start().get(..PREFIX.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
    }

    /// What is printed: 26 letters in groups.
    #[must_use]
    pub fn letters(&self) -> Zeroizing<String> {
        let plain = self.plain();
        let mut text = Zeroizing::new(String::with_capacity(32));
        for (at, letter) in plain.chars().enumerate() {
            if at > 0 && at % 5 == 0 {
                text.push(' ');
            }
            text.push(letter);
        }
        text
    }

    /// The text of the QR code beside them.
    #[must_use]
    pub fn qr_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 26));
        text.push_str(PREFIX);
        text.push_str(&self.plain());
        text
    }

    pub(super) fn key(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn plain(&self) -> Zeroizing<String> {
        let key = u128::from_be_bytes(*self.0);
        let mut text = Zeroizing::new(String::with_capacity(26));
        for at in 1..COUNT {
            let five = key >> (128 - 5 * at) & 31;
            text.push(letter(u8::try_from(five).unwrap_or(0)));
        }
        let rest = u8::try_from(key & 7).unwrap_or(0);
        text.push(letter(rest << 2 | self.check()));
        text
    }

    /// Two bits that a mistyped key has by chance once in four times.
    fn check(&self) -> u8 {
        let hash = blake3::Hasher::new_derive_key("kartka recovery sheet v1 check")
            .update(self.0.as_slice())
            .finalize();
        hash.as_bytes()[0] & 3
    }
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sheet(…)")
    }
}

fn letter(five: u8) -> char {
    char::from(LETTERS[usize::from(five & 31)])
}

fn five_bits(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = LETTERS.iter().position(|letter| char::from(*letter) == c)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn sheet(key: [u8; KEY]) -> Sheet {
        Sheet(Zeroizing::new(key))
    }

    #[test]
    fn a_sheet_is_26_letters_and_never_shows() {
        let sheet = sheet(*b"0123456789abcdef");
        assert_eq!(sheet.letters().replace(' ', "").len(), 26);
        assert_eq!(format!("{sheet:?}"), "Sheet(…)");
        assert!(sheet.qr_text().starts_with("KARTKASHEET1:"));
        assert!(Sheet::is_qr(&sheet.qr_text()) && !Sheet::is_qr(&sheet.letters()));
    }

    proptest! {
        #[test]
        fn what_was_printed_is_read_however_it_is_typed(key: [u8; KEY]) {
            let printed = sheet(key);
            let letters = printed.letters();
            let typed = [
                letters.to_string(),
                letters.to_lowercase(),
                letters.replace(' ', "-").replace('0', "o").replace('1', "l"),
                printed.qr_text().to_string(),
                format!("  {}\n", printed.qr_text().to_lowercase()),
            ];
            for text in typed {
                let read = Sheet::parse(&text);
                prop_assert_eq!(read.as_ref().map(Sheet::key), Some(key.as_slice()), "{}", text);
            }
            prop_assert!(Sheet::parse(&letters[1..]).is_none());
            let longer = format!("{}0", *letters);
            prop_assert!(Sheet::parse(&longer).is_none());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = Sheet::parse(&text);
        }
    }
}
