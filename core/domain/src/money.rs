//! Money, points and stamps: integers that can't be added to each other (L2).
//!
//! No float comes near them and no operation wraps: overflow is an error.

/// An amount became too large to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is too large")]
pub struct Overflow;

/// No receipt, and no claim on the ledger, is above this (10¹² minor units, points or stamps): so that no
/// single fact brings a customer's sums near their end and blocks the honest ones after it (L2, L15).
pub const AMOUNT_MAX: u64 = 1_000_000_000_000;

macro_rules! amount {
    ($(#[$doc:meta])+ $name:ident) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// `self + other`.
            ///
            /// # Errors
            /// [`Overflow`] outside 64 bits.
            pub fn plus(self, other: Self) -> Result<Self, Overflow> {
                self.0.checked_add(other.0).map(Self).ok_or(Overflow)
            }

            /// `self − other`; may be negative.
            ///
            /// # Errors
            /// [`Overflow`] outside 64 bits.
            pub fn minus(self, other: Self) -> Result<Self, Overflow> {
                self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
            }

            /// The same amount the other way.
            ///
            /// # Errors
            /// [`Overflow`] for the one number that has no opposite.
            pub fn negated(self) -> Result<Self, Overflow> {
                self.0.checked_neg().map(Self).ok_or(Overflow)
            }

            /// The sum of all.
            ///
            /// # Errors
            /// [`Overflow`] outside 64 bits.
            pub fn total(all: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
                all.into_iter().try_fold(Self::ZERO, Self::plus)
            }

            /// Whether it is above zero.
            #[must_use]
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }
        }
    };
}

amount! {
    /// Money in minor units of the business's currency (ISO 4217 exponent).
    Money
}
amount! {
    /// Points in the programme's smallest step.
    Points
}
amount! {
    /// Stamps of a stamp card.
    Stamps
}

/// Which way a fraction goes (E2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Toward zero for amounts ≥ 0: the usual choice for earning.
    Down,
    /// To the nearest, a half up.
    HalfUp,
    /// Away from zero for amounts ≥ 0.
    Up,
}

/// `amount · numerator / denominator` for amounts ≥ 0, rounded once.
///
/// # Errors
/// [`Overflow`] when the result leaves 64 bits, an argument is negative or the denominator is not positive.
pub fn scale(
    amount: i64,
    numerator: i64,
    denominator: i64,
    rounding: Rounding,
) -> Result<i64, Overflow> {
    if amount < 0 || numerator < 0 || denominator <= 0 {
        return Err(Overflow);
    }
    let product = i128::from(amount) * i128::from(numerator);
    divide(product, i128::from(denominator), rounding)
}

/// `amount / denominator` for amounts ≥ 0, rounded once.
///
/// # Errors
/// [`Overflow`] when the result leaves 64 bits, the amount is negative or the denominator is not positive.
pub fn divide(amount: i128, denominator: i128, rounding: Rounding) -> Result<i64, Overflow> {
    if amount < 0 || denominator <= 0 {
        return Err(Overflow);
    }
    let (whole, rest) = (amount / denominator, amount % denominator);
    let more = match rounding {
        Rounding::Down => false,
        // The rest is less than the denominator, so doubling is the same as comparing with what is missing.
        Rounding::HalfUp => rest >= denominator - rest,
        Rounding::Up => rest > 0,
    };
    i64::try_from(whole + i128::from(more)).map_err(|_| Overflow)
}

/// A currency: its ISO 4217 code and how many digits its minor unit has (L2); fixed at founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

/// Currencies with another number of minor digits than 2 (ISO 4217).
const EXPONENTS: [(&str, u8); 21] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("XAF", 0),
    ("XOF", 0),
];

impl Currency {
    /// A currency by its three capital letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        if !bytes.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        let exponent = EXPONENTS
            .iter()
            .find(|(c, _)| *c == code)
            .map_or(2, |(_, e)| *e);
        Some(Self {
            code: bytes,
            exponent,
        })
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Digits of the minor unit: UAH 2, JPY 0, KWD 3.
    #[must_use]
    pub const fn exponent(&self) -> u8 {
        self.exponent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_is_an_error_never_a_wrap() {
        assert_eq!(Money(i64::MAX).plus(Money(1)), Err(Overflow));
        assert_eq!(Points(i64::MIN).negated(), Err(Overflow));
        assert_eq!(Points::total([Points(i64::MAX), Points(1)]), Err(Overflow));
        assert_eq!(scale(i64::MAX, 3, 2, Rounding::Down), Err(Overflow));
    }

    #[test]
    fn rounding_goes_the_stated_way() {
        for (amount, rounding, want) in [
            (199, Rounding::Down, 9),
            (190, Rounding::HalfUp, 10),
            (189, Rounding::HalfUp, 9),
            (181, Rounding::Up, 10),
            (180, Rounding::Up, 9),
            (0, Rounding::Up, 0),
        ] {
            assert_eq!(
                scale(amount, 5, 100, rounding),
                Ok(want),
                "{amount} {rounding:?}"
            );
        }
        assert_eq!(scale(-1, 5, 100, Rounding::Down), Err(Overflow));
        assert_eq!(scale(1, 5, 0, Rounding::Down), Err(Overflow));
    }

    #[test]
    fn a_currency_knows_its_minor_unit() {
        for (code, exponent) in [("UAH", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)] {
            assert_eq!(
                Currency::new(code).map(|c| c.exponent()),
                Some(exponent),
                "{code}"
            );
        }
        assert_eq!(Currency::new("uah"), None);
        assert_eq!(Currency::new("UA"), None);
    }
}
