//! Numbers on bars: Code 128 for ten digits, EAN-13 for eight, each with two keyed digits.
//!
//! The keyed digits keep goods labels and misreads out; at one in a hundred they are no proof, so whoever reads bars
//! still asks whether the card exists. They hang on the permutation key, because bars carry no key id and a printed
//! card must survive every rotation. Source: cards §1, Linear.

use super::{CardKeys, CardNumber, NumberLength, PermutationKey};

/// The two digits an EAN-13 of this shop starts with, `00` to `99`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EanPrefix(u8);

impl EanPrefix {
    /// The prefix `prefix`, 0 to 99; nothing beyond.
    #[must_use]
    pub const fn new(prefix: u8) -> Option<Self> {
        if prefix < 100 {
            Some(Self(prefix))
        } else {
            None
        }
    }

    /// The prefix as an integer, 0 to 99.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }
}

impl CardKeys {
    /// The digits printed as bars: twelve for Code 128 set C from a number of ten digits, thirteen for EAN-13 from
    /// one of eight. Nothing for eight digits when the shop has no EAN-13 prefix.
    #[must_use]
    pub fn bars(&self, number: CardNumber) -> Option<String> {
        let keyed = keyed_digits(number, self.permutation());
        let digits = number.digits();
        match number.length() {
            NumberLength::Ten => Some(format!("{digits}{keyed:02}")),
            NumberLength::Eight => {
                let payload = format!("{:02}{digits}{keyed:02}", self.ean_prefix()?.0);
                let check = ean13_check_digit(&payload)?;
                Some(format!("{payload}{check}"))
            }
        }
    }

    /// The number on a Code 128 of ours: exactly twelve digits, the last two right.
    pub(super) fn read_code128(&self, text: &str) -> Option<CardNumber> {
        let digits = exactly::<12>(text)?;
        self.keyed(value(&digits[..10]), value(&digits[10..]))
    }

    /// The number on an EAN-13 of ours: our prefix, the check digit and the keyed digits right.
    pub(super) fn read_ean13(&self, text: &str) -> Option<CardNumber> {
        let digits = exactly::<13>(text)?;
        let prefix = u64::from(self.ean_prefix()?.0);
        let ours = value(&digits[..2]) == prefix && check_digit(&digits[..12]) == digits[12];
        if !ours {
            return None;
        }
        let number = CardNumber::of_length(NumberLength::Eight, value(&digits[2..10]));
        self.keyed(number.value(), value(&digits[10..12]))
    }

    fn keyed(&self, number: u64, keyed: u64) -> Option<CardNumber> {
        let number = CardNumber::from_value(number).ok()?;
        (keyed_digits(number, self.permutation()) == keyed).then_some(number)
    }
}

/// The last digit of an EAN-13 whose first twelve are `payload`; nothing for any other text.
#[must_use]
pub fn ean13_check_digit(payload: &str) -> Option<u8> {
    exactly::<12>(payload).map(|digits| check_digit(&digits))
}

fn keyed_digits(number: CardNumber, key: &PermutationKey) -> u64 {
    key.mac64(&[b"bars", &number.value().to_be_bytes()]) % 100
}

fn check_digit(twelve: &[u8]) -> u8 {
    let sum: u8 = twelve
        .iter()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { *digit } else { 3 * *digit })
        .sum();
    (10 - sum % 10) % 10
}

fn exactly<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|byte| byte - b'0'))
}

fn value(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_goods() {
        for (payload, digit) in [
            ("400638133393", Some(1)),
            ("978030640615", Some(7)),
            ("000000000000", Some(0)),
            ("999999999999", Some(4)),
            ("40063813339", None),
            ("4006381333931", None),
            ("40063813339x", None),
        ] {
            assert_eq!(ean13_check_digit(payload), digit, "{payload}");
        }
    }
}
