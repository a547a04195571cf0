//! The code on a fiscal receipt: what it came to and which register printed it, so that nobody types it twice (T8, X8).
//!
//! Reads the link that registers in Ukraine print as a QR code: `…?fn=` register, `id=` receipt, `sm=` sum, `date=` and
//! `time=`, in any order, on any host. Never follows it: a till has no network, and what the customer is asked to pay is
//! the operator's to see. The words are hostile like any other scanned text.

use crate::moment::Date;
use crate::money::{AMOUNT_MAX, Money};
use crate::purchase::{Fiscal, ReceiptNumber};

/// Longest text that is looked at, in bytes.
const TEXT_MAX: usize = 1_024;

/// What a fiscal receipt says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Which receipt of which register (X8).
    pub fiscal: Fiscal,
    /// What it came to, in minor units, above zero.
    pub amount: Money,
    /// The day that is printed on it.
    pub date: Date,
}

/// Reads the text of a fiscal receipt's code, in a currency with so many minor digits; none for any other text, for a sum
/// that is none or has finer digits, and for a field that is there twice.
#[must_use]
pub fn read(text: &str, exponent: u8) -> Option<Slip> {
    let text = text.trim();
    let link = text.starts_with("https://") || text.starts_with("http://");
    if !link || text.len() > TEXT_MAX {
        return None;
    }
    let (_, query) = text.split_once('?')?;
    let query = query.split('#').next()?;
    let field = |name: &str| {
        let mut found = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .filter(|(key, _)| *key == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    };
    let number = |name: &str| ReceiptNumber::new(field(name)?).ok();
    Some(Slip {
        fiscal: Fiscal {
            register: number("fn")?,
            number: number("id")?,
        },
        amount: amount(field("sm")?, exponent)?,
        date: date(field("date")?)?,
    })
}

/// `20261122` or `2026-11-22`.
fn date(text: &str) -> Option<Date> {
    let packed = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let form = if packed { "%Y%m%d" } else { "%Y-%m-%d" };
    Date::parse_from_str(text, form).ok()
}

/// `120.50`, `120,5` or `120`: no digit finer than the currency's, zeros aside.
fn amount(text: &str, exponent: u8) -> Option<Money> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let part = part.trim_end_matches('0');
    let places = usize::from(exponent);
    if whole.is_empty()
        || whole.len() > 15
        || !digits(whole)
        || !digits(part)
        || part.len() > places
    {
        return None;
    }
    let minor: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    let fits = minor > 0 && minor.unsigned_abs() <= AMOUNT_MAX;
    fits.then_some(Money(minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "https://cabinet.tax.gov.ua/cashregs/check";

    fn said(query: &str, exponent: u8) -> Option<String> {
        let slip = read(&format!("{HOST}?{query}"), exponent)?;
        let (register, number) = (slip.fiscal.register, slip.fiscal.number);
        Some(format!(
            "{} {} {} {}",
            register.as_str(),
            number.as_str(),
            slip.amount.0,
            slip.date
        ))
    }

    #[test]
    fn the_code_of_a_fiscal_receipt_is_read_and_nothing_else() {
        let right = Some("4000512345 1234567 12050 2026-11-22".to_owned());
        for query in [
            "id=1234567&sm=120.50&fn=4000512345&date=20261122&time=1405",
            "mac=ab%2Fc&date=2026-11-22&time=14:05:33&id=1234567&sm=120,5&fn=4000512345",
            "fn=4000512345&id=1234567&sm=120.500&date=20261122#top",
        ] {
            assert_eq!(said(query, 2), right, "{query}");
        }
        let whole = Some("4000512345 1234567 120 2026-11-22".to_owned());
        let query = "fn=4000512345&id=1234567&sm=120.00&date=20261122";
        assert_eq!(said(query, 0), whole, "a currency without minor units");
        for wrong in [
            "fn=4000512345&id=1234567&date=20261122",
            "fn=4000512345&id=1234567&sm=0.00&date=20261122",
            "fn=4000512345&id=1234567&sm=-5.00&date=20261122",
            "fn=4000512345&id=1234567&sm=1.005&date=20261122",
            "fn=4000512345&id=1234567&sm=1e3&date=20261122",
            "fn=4000512345&id=1234567&sm=99999999999999999999&date=20261122",
            "fn=4000512345&id=1234567&sm=999999999999999&date=20261122",
            "fn=4000512345&id=1234567&sm=1.00&sm=2.00&date=20261122",
            "fn=4000512345&id=1234567&sm=1.00&date=20261322",
            "fn=4000512345&id=1234567&sm=1.00&date=2026+122",
            "fn=&id=1234567&sm=1.00&date=20261122",
            "fn=4000512345&id=a b&sm=1.00&date=20261122",
        ] {
            assert_eq!(said(wrong, 2), None, "{wrong}");
        }
        for text in ["", "https://kartka.example/c/3252170040", "120.50", "?fn=1"] {
            assert_eq!(read(text, 2), None, "{text}");
        }
        let long = format!("{HOST}?{query}&x={}", "y".repeat(TEXT_MAX));
        assert_eq!(read(&long, 2), None, "too long to be one");
    }
}
