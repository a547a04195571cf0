//! The number of a card: ten digits, or eight where an EAN-13 must hold it.
//!
//! A value only; which numbers exist is decided by [`super::Emission`].

use std::fmt;

use thiserror::Error;

/// How many ten-digit numbers there are; an eight-digit number `n` stands as `TEN_DIGITS + n` (cards §1).
pub(super) const TEN_DIGITS: u64 = 10_000_000_000;
/// How many eight-digit numbers there are.
pub(super) const EIGHT_DIGITS: u64 = 100_000_000;

/// Which of the two separate sets a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberLength {
    /// Ten digits: 10,000 emitter slots of 1,000,000 numbers.
    Ten,
    /// Eight digits, for EAN-13: 1,000 emitter slots of 100,000 numbers.
    Eight,
}

impl NumberLength {
    /// How many numbers of this length exist.
    pub(super) const fn size(self) -> u64 {
        match self {
            Self::Ten => TEN_DIGITS,
            Self::Eight => EIGHT_DIGITS,
        }
    }
}

/// A card number, unique within the business. `0042 000 007` and `4200 0007` are different cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardNumber(u64);

/// Why a text or an integer is not a card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Something else than digits, spaces and hyphens was typed.
    #[error("a card number has only digits")]
    NotDigits,
    /// Neither ten nor eight digits were typed.
    #[error("a card number has 10 or 8 digits, not {digits}")]
    Length {
        /// How many digits were typed (counting stops at 11).
        digits: usize,
    },
    /// The integer lies beyond both sets.
    #[error("no card number stands as this integer")]
    OutOfRange,
}

impl CardNumber {
    /// The number that the integer `value` stands for: below 10¹⁰ ten digits, from there on eight.
    ///
    /// # Errors
    /// [`NumberError::OutOfRange`] from 10¹⁰ + 10⁸ on.
    pub const fn from_value(value: u64) -> Result<Self, NumberError> {
        if value < TEN_DIGITS + EIGHT_DIGITS {
            Ok(Self(value))
        } else {
            Err(NumberError::OutOfRange)
        }
    }

    /// The integer this number is stored and sent as.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Whether the number has ten or eight digits.
    #[must_use]
    pub const fn length(self) -> NumberLength {
        if self.0 < TEN_DIGITS {
            NumberLength::Ten
        } else {
            NumberLength::Eight
        }
    }

    /// The digits as they are printed, without spaces: ten or eight of them.
    #[must_use]
    pub fn digits(self) -> String {
        match self.length() {
            NumberLength::Ten => format!("{:010}", self.0),
            NumberLength::Eight => format!("{:08}", self.within_length()),
        }
    }

    /// Reads a number a person typed; spaces and hyphens of any kind may stand anywhere.
    ///
    /// # Errors
    /// [`NumberError::NotDigits`], [`NumberError::Length`].
    pub fn parse_typed(text: &str) -> Result<Self, NumberError> {
        let mut digits = 0_usize;
        let mut value = 0_u64;
        for c in text.chars().filter(|c| !is_spacing(*c)) {
            let digit = c.to_digit(10).ok_or(NumberError::NotDigits)?;
            digits += 1;
            if digits > 10 {
                return Err(NumberError::Length { digits });
            }
            value = value * 10 + u64::from(digit);
        }
        match digits {
            10 => Ok(Self(value)),
            8 => Ok(Self(TEN_DIGITS + value)),
            _ => Err(NumberError::Length { digits }),
        }
    }

    /// The number counted from 0 within its own set.
    pub(super) const fn within_length(self) -> u64 {
        match self.length() {
            NumberLength::Ten => self.0,
            NumberLength::Eight => self.0 - TEN_DIGITS,
        }
    }

    /// The number at `within` of the set `length`; `within` must lie inside it.
    pub(super) fn of_length(length: NumberLength, within: u64) -> Self {
        debug_assert!(within < length.size());
        match length {
            NumberLength::Ten => Self(within),
            NumberLength::Eight => Self(TEN_DIGITS + within),
        }
    }
}

/// Groups as people read it aloud: `1234 567 890`, `1234 5678`.
impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.within_length();
        match self.length() {
            NumberLength::Ten => write!(
                f,
                "{:04} {:03} {:03}",
                n / 1_000_000,
                n / 1_000 % 1_000,
                n % 1_000
            ),
            NumberLength::Eight => write!(f, "{:04} {:04}", n / 10_000, n % 10_000),
        }
    }
}

/// Characters that people and keyboards put between groups: white space and every common hyphen or dash.
pub(super) fn is_spacing(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn typed_numbers() {
        let ok = |text: &str, value: u64, shown: &str, digits: &str| {
            let number = CardNumber::parse_typed(text).unwrap();
            assert_eq!(number.value(), value, "{text:?}");
            assert_eq!(number.to_string(), shown, "{text:?}");
            assert_eq!(number.digits(), digits, "{text:?}");
        };
        ok("1234567890", 1_234_567_890, "1234 567 890", "1234567890");
        ok(
            " 1234 567-890 ",
            1_234_567_890,
            "1234 567 890",
            "1234567890",
        );
        ok("0000–000—007", 7, "0000 000 007", "0000000007");
        ok("9999999999", 9_999_999_999, "9999 999 999", "9999999999");
        ok("4200 0007", 10_042_000_007, "4200 0007", "42000007");
        ok("00000000", 10_000_000_000, "0000 0000", "00000000");

        let refused = |text: &str, why: NumberError| {
            assert_eq!(CardNumber::parse_typed(text), Err(why), "{text:?}");
        };
        refused("", NumberError::Length { digits: 0 });
        refused("123456789", NumberError::Length { digits: 9 });
        refused("12345678901", NumberError::Length { digits: 11 });
        refused(&"1".repeat(100_000), NumberError::Length { digits: 11 });
        refused("12345o7890", NumberError::NotDigits);
        refused("+380501234567", NumberError::NotDigits);
        refused("١٢٣٤٥٦٧٨", NumberError::NotDigits);
    }

    #[test]
    fn integers_beyond_both_sets_are_no_numbers() {
        let last = CardNumber::from_value(10_099_999_999).unwrap();
        assert_eq!(last.to_string(), "9999 9999");
        assert_eq!(
            CardNumber::from_value(10_100_000_000),
            Err(NumberError::OutOfRange)
        );
    }
}
