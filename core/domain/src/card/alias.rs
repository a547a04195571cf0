//! The payload of a card of another system, kept as another name of one of our cards (cards §1, foreign card).
//!
//! An alias says nothing by itself: only the store knows whether it belongs to a card.

use std::fmt;

use thiserror::Error;

/// A foreign number or payload in one normal form, so that a camera and a laser reader agree about it.
///
/// Outer white space and control characters (a reader's Enter, GS1's separator) are dropped, inner runs of white
/// space become one space; case and leading zeros stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(String);

/// Why a text can't be kept as an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AliasError {
    /// Nothing is left after normalising.
    #[error("the code is empty")]
    Empty,
    /// More than [`Alias::MAX_BYTES`] bytes.
    #[error("the code is longer than {} bytes", Alias::MAX_BYTES)]
    TooLong,
}

impl Alias {
    /// The longest alias in bytes of UTF-8: longer payloads are documents, not card numbers.
    pub const MAX_BYTES: usize = 256;

    /// The normal form of `payload`.
    ///
    /// # Errors
    /// [`AliasError::Empty`], [`AliasError::TooLong`].
    pub fn new(payload: &str) -> Result<Self, AliasError> {
        let mut text = String::new();
        for word in payload.split_whitespace() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
            text.extend(word.chars().filter(|c| !c.is_control()));
            if text.len() > Self::MAX_BYTES {
                return Err(AliasError::TooLong);
            }
        }
        text.truncate(text.trim_end().len());
        if text.is_empty() {
            return Err(AliasError::Empty);
        }
        Ok(Self(text))
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_payload_has_one_form() {
        let check = |payload: &str, expected: Result<&str, AliasError>| {
            let found = Alias::new(payload);
            assert_eq!(
                found.as_ref().map(Alias::as_str),
                expected.as_ref().copied(),
                "{payload:?}"
            );
        };
        check("0012345", Ok("0012345"));
        check("  0012345\r\n", Ok("0012345"));
        check("]C1\u{1d}0012345\0", Ok("]C10012345"));
        check("Club  Gold\t77", Ok("Club Gold 77"));
        check("aB", Ok("aB"));
        check("", Err(AliasError::Empty));
        check(" \u{1d} \0", Err(AliasError::Empty));
        check(&"7".repeat(256), Ok("7".repeat(256).as_str()));
        check(&"7".repeat(257), Err(AliasError::TooLong));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(payload in "\\PC{0,40}|[ \\t\\r\\x00-\\x20a-z]{0,40}") {
            if let Ok(alias) = Alias::new(&payload) {
                prop_assert_eq!(&Alias::new(alias.as_str()).unwrap(), &alias);
            }
        }
    }
}
