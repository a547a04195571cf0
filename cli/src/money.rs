//! Money as people type and read it: decimal text in, minor units out, and back. No floats anywhere.

use kartka_core::domain::money::{AMOUNT_MAX, Money};

/// Why a text is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MoneyError {
    /// Letters, no digits, two points, spaces.
    #[error("an amount looks like 12 or 12.50")]
    NotAnAmount,
    /// A minus sign.
    #[error("an amount is never negative")]
    Negative,
    /// Finer than the currency's minor unit.
    #[error("this currency has {0} digits after the point")]
    TooFine(u8),
    /// Above what a receipt may be.
    #[error("the amount is too large")]
    TooLarge,
}

/// Reads `12`, `12.5`, `12,50` as minor units of a currency with `exponent` digits after the point.
///
/// # Errors
/// [`MoneyError`].
pub(crate) fn parse(text: &str, exponent: u8) -> Result<Money, MoneyError> {
    if let Some(rest) = text.strip_prefix('-') {
        // A negative number is named as such; anything else with a minus is no number at all.
        return Err(parse(rest, exponent).map_or_else(|error| error, |_| MoneyError::Negative));
    }
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let ends_in_point = fraction.is_empty() && whole.len() != text.len();
    if whole.is_empty() || ends_in_point || !digits(whole) || !digits(fraction) {
        return Err(MoneyError::NotAnAmount);
    }
    let places = usize::from(exponent);
    if fraction.len() > places {
        return Err(MoneyError::TooFine(exponent));
    }
    let mut minor: u64 = 0;
    for digit in format!("{whole}{fraction:0<places$}").bytes() {
        minor = minor
            .checked_mul(10)
            .and_then(|so_far| so_far.checked_add(u64::from(digit - b'0')))
            .filter(|sum| *sum <= AMOUNT_MAX)
            .ok_or(MoneyError::TooLarge)?;
    }
    i64::try_from(minor)
        .map(Money)
        .map_err(|_| MoneyError::TooLarge)
}

/// `1234` as `12.34` for an exponent of 2; the sign goes first.
pub(crate) fn show(amount: Money, exponent: u8) -> String {
    let digits = amount.0.unsigned_abs().to_string();
    let places = usize::from(exponent);
    let sign = if amount.0 < 0 { "-" } else { "" };
    if places == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_amounts_become_minor_units_or_a_reason() {
        use MoneyError::{Negative, NotAnAmount, TooFine, TooLarge};
        for (text, exponent, expected) in [
            ("12", 2, Ok(1_200)),
            ("12.5", 2, Ok(1_250)),
            ("12,50", 2, Ok(1_250)),
            ("0.00", 2, Ok(0)),
            ("007.10", 2, Ok(710)),
            ("500", 0, Ok(500)),
            ("1.234", 3, Ok(1_234)),
            ("10000000000.00", 2, Ok(1_000_000_000_000)),
            ("10000000000.01", 2, Err(TooLarge)),
            ("99999999999999999999999999", 2, Err(TooLarge)),
            ("1.5", 0, Err(TooFine(0))),
            ("1.005", 2, Err(TooFine(2))),
            ("-1", 2, Err(Negative)),
            ("-0.01", 2, Err(Negative)),
            ("-x", 2, Err(NotAnAmount)),
            ("", 2, Err(NotAnAmount)),
            (".", 2, Err(NotAnAmount)),
            (".5", 2, Err(NotAnAmount)),
            ("5.", 2, Err(NotAnAmount)),
            ("1.2.3", 2, Err(NotAnAmount)),
            ("1 000", 2, Err(NotAnAmount)),
            ("+1", 2, Err(NotAnAmount)),
            ("1e3", 2, Err(NotAnAmount)),
            ("１２", 2, Err(NotAnAmount)),
        ] {
            assert_eq!(parse(text, exponent), expected.map(Money), "{text:?}");
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (minor, exponent, expected) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (1_234, 2, "12.34"),
            (1_234, 0, "1234"),
            (1_234, 3, "1.234"),
            (-50, 2, "-0.50"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            let shown = show(Money(minor), exponent);
            assert_eq!(shown, expected);
            if minor >= 0 {
                assert_eq!(parse(&shown, exponent), Ok(Money(minor)));
            }
        }
    }
}
