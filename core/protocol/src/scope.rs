//! Which rows a phone is sent: `base`, `own`, and one month of purchases and ledger (sync §4).
//!
//! `recent` and `history` are sets of months, so they need no scope of their own. A row's scopes
//! follow from its kind and business month alone.

use kartka_domain::moment::Month;

use crate::WireError;

/// A part of the authority's rows with a cursor of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Customers, positions, cards, merges, consents, erasures, programme, staff.
    Base,
    /// This device's capability, budget and orders, and what the authority changed beyond its claims.
    Own,
    /// Purchases and ledger of one business month.
    Month(Month),
}

/// Codes below are the scopes without a month.
const FIRST_MONTH: i32 = 1_900 * 12;
/// The last month a code can name: December 9999.
const LAST_MONTH: i32 = 9_999 * 12 + 11;
const BASE: i64 = 1;
const OWN: i64 = 2;

impl Scope {
    /// The number that stands for the scope on the wire and in a store's cursor table.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Self::Base => BASE,
            Self::Own => OWN,
            Self::Month(month) => i64::from(month.0),
        }
    }

    /// The scope a number stands for; `field` names where it was found.
    ///
    /// # Errors
    /// [`WireError::OutOfRange`] for a number that is no scope.
    pub fn from_code(code: i64, field: u16) -> Result<Self, WireError> {
        match code {
            BASE => Ok(Self::Base),
            OWN => Ok(Self::Own),
            _ => month(code)
                .map(Self::Month)
                .ok_or(WireError::OutOfRange(field)),
        }
    }
}

/// The month with this number, if it lies in the years 1900…9999.
pub(crate) fn month(code: i64) -> Option<Month> {
    i32::try_from(code)
        .ok()
        .filter(|m| (FIRST_MONTH..=LAST_MONTH).contains(m))
        .map(Month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_one_scope() {
        for scope in [
            Scope::Base,
            Scope::Own,
            Scope::Month(Month(FIRST_MONTH)),
            Scope::Month(Month(LAST_MONTH)),
        ] {
            assert_eq!(Scope::from_code(scope.code(), 1), Ok(scope));
        }
        for code in [
            0,
            3,
            -1,
            i64::from(FIRST_MONTH) - 1,
            i64::from(LAST_MONTH) + 1,
            i64::MAX,
        ] {
            assert_eq!(
                Scope::from_code(code, 9),
                Err(WireError::OutOfRange(9)),
                "{code}"
            );
        }
    }
}
