//! Purchase histories in the CDNOW format: lines of `customer date items amount`, or of the sample's five columns
//! with the customer's number in the sample as the second.
//!
//! A customer is known by the first number; the date is `YYYYMMDD`; amounts are dollars with cents, 0.00 included.

use kartka_core::domain::moment::Date;
use kartka_core::domain::money::Money;

use crate::money::{self, MoneyError};

/// Digits after the point of a dollar.
const CENTS: u8 = 2;
/// More than this on one receipt is a mistake of the file.
const ITEMS_MAX: u32 = 100_000;

/// One purchase of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Purchase {
    /// The customer's number in the file.
    pub(crate) customer: u32,
    /// The day.
    pub(crate) date: Date,
    /// How many pieces, from 1.
    pub(crate) items: u32,
    /// What they cost, in cents.
    pub(crate) amount: Money,
}

/// What to do with a line that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadLines {
    /// Stop at the first.
    Refuse,
    /// Count them and go on.
    Skip,
}

/// A read file, in date order; purchases of one day stay in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History {
    /// The purchases.
    pub(crate) purchases: Vec<Purchase>,
    /// Lines that were skipped.
    pub(crate) skipped: usize,
}

/// Why a file is no purchase history.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HistoryError {
    /// A line can't be read.
    #[error("line {line}: {why}; mend it, or leave such lines out with --skip-bad")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: LineError,
    },
    /// There is nothing in it.
    #[error("there are no purchases in it: one line a purchase, `customer YYYYMMDD items amount`")]
    Empty,
}

/// Why a line is no purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    /// Not 4 or 5 columns.
    #[error("{0} columns where 4 (customer, date, items, amount) or 5 are expected")]
    Columns(usize),
    /// The first or second column.
    #[error("the customer's number is not a number")]
    Customer,
    /// The date column.
    #[error("the date is not a day of the calendar as YYYYMMDD")]
    Date,
    /// The items column.
    #[error("the number of items is not 1 to {ITEMS_MAX}")]
    Items,
    /// The amount column.
    #[error("the amount can't be read: {0}")]
    Amount(#[from] MoneyError),
    /// Bytes that are no text.
    #[error("these bytes are no text")]
    NotText,
}

/// Reads a whole file.
///
/// # Errors
/// [`HistoryError`].
pub(crate) fn read(bytes: &[u8], bad: BadLines) -> Result<History, HistoryError> {
    let mut history = History {
        purchases: Vec::new(),
        skipped: 0,
    };
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        match purchase(line, index == 0) {
            Ok(purchase) => history.purchases.extend(purchase),
            Err(_) if bad == BadLines::Skip => history.skipped += 1,
            Err(why) => {
                let line = index + 1;
                return Err(HistoryError::Line { line, why });
            }
        }
    }
    if history.purchases.is_empty() {
        return Err(HistoryError::Empty);
    }
    history.purchases.sort_by_key(|purchase| purchase.date);
    Ok(history)
}

/// The purchase of a line; none for a blank line and for the master file's heading.
fn purchase(line: &[u8], first: bool) -> Result<Option<Purchase>, LineError> {
    let text = std::str::from_utf8(line).map_err(|_| LineError::NotText)?;
    let columns: Vec<&str> = text.split_ascii_whitespace().collect();
    let (customer, date, items, amount) = match columns.as_slice() {
        [] => return Ok(None),
        [heading, ..] if first && *heading == "customer_id" => return Ok(None),
        [customer, date, items, amount] => (customer, date, items, amount),
        [customer, in_sample, date, items, amount] => {
            number(in_sample).ok_or(LineError::Customer)?;
            (customer, date, items, amount)
        }
        other => return Err(LineError::Columns(other.len())),
    };
    Ok(Some(Purchase {
        customer: number(customer).ok_or(LineError::Customer)?,
        date: day(date).ok_or(LineError::Date)?,
        items: number(items)
            .filter(|items| (1..=ITEMS_MAX).contains(items))
            .ok_or(LineError::Items)?,
        amount: money::parse(amount, CENTS)?,
    }))
}

fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn day(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    let whole = number(text)?;
    let year = i32::try_from(whole / 10_000).ok()?;
    Date::from_ymd_opt(year, whole / 100 % 100, whole % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../tests/fixtures/cdnow/CDNOW_sample.txt");

    fn one(line: &str) -> Result<Option<Purchase>, LineError> {
        purchase(line.as_bytes(), false)
    }

    fn bought(customer: u32, date: &str, items: u32, cents: i64) -> Purchase {
        Purchase {
            customer,
            date: date.parse().expect("a date of the test"),
            items,
            amount: Money(cents),
        }
    }

    #[test]
    fn a_line_is_a_purchase_or_says_why_not() {
        use LineError::{Amount, Columns, Customer, Date, Items};
        let first = bought(1, "1997-01-01", 1, 1_177);
        for (line, expected) in [
            (" 00001 19970101  1   11.77", Ok(Some(first))),
            ("00001 0001 19970101 1 11.77\r", Ok(Some(first))),
            ("1\t19970101\t1\t11.77", Ok(Some(first))),
            ("1 19970101 2 0.00", Ok(Some(bought(1, "1997-01-01", 2, 0)))),
            ("", Ok(None)),
            (" \r", Ok(None)),
            ("1 19970101 1", Err(Columns(3))),
            ("1 2 19970101 1 1.00 x", Err(Columns(6))),
            ("x 19970101 1 1.00", Err(Customer)),
            ("-1 19970101 1 1.00", Err(Customer)),
            ("1 y 19970101 1 1.00", Err(Customer)),
            ("1 19970230 1 1.00", Err(Date)),
            ("1 1997-1-1 1 1.00", Err(Date)),
            ("1 199701 1 1.00", Err(Date)),
            ("1 19970101 0 1.00", Err(Items)),
            ("1 19970101 -2 1.00", Err(Items)),
            ("1 19970101 999999 1.00", Err(Items)),
            ("1 19970101 1 -5.00", Err(Amount(MoneyError::Negative))),
            ("1 19970101 1 1.005", Err(Amount(MoneyError::TooFine(2)))),
            ("1 19970101 1 abc", Err(Amount(MoneyError::NotAnAmount))),
        ] {
            assert_eq!(one(line), expected, "{line:?}");
        }
        assert_eq!(
            purchase(b"1 19970101 1 \xff", false),
            Err(LineError::NotText)
        );
    }

    #[test]
    fn a_broken_line_stops_the_reading_or_is_counted() {
        let text = b"customer_id date n amount\n2 19970102 1 2.00\nbroken\n1 19970101 1 1.00\n1 19970102 1 -1\n";
        let error = read(text, BadLines::Refuse);
        let expected = HistoryError::Line {
            line: 3,
            why: LineError::Columns(1),
        };
        assert_eq!(error, Err(expected));
        let history = read(text, BadLines::Skip).expect("two lines are good");
        assert_eq!(history.skipped, 2);
        let days: Vec<u32> = history.purchases.iter().map(|p| p.customer).collect();
        assert_eq!(days, [1, 2], "in date order");
    }

    #[test]
    fn a_file_without_purchases_is_refused() {
        for text in ["", "\n\n", "customer_id date n amount\n"] {
            let found = read(text.as_bytes(), BadLines::Refuse);
            assert_eq!(found, Err(HistoryError::Empty), "{text:?}");
        }
        // A heading is one only in the first line.
        assert!(read(b"\ncustomer_id date n amount", BadLines::Refuse).is_err());
        assert_eq!(read(b"x", BadLines::Skip), Err(HistoryError::Empty));
    }

    #[test]
    fn the_sample_is_whole() {
        let history = read(SAMPLE.as_bytes(), BadLines::Refuse).expect("the fixture is good");
        let total = Money::total(history.purchases.iter().map(|p| p.amount));
        let customers: std::collections::BTreeSet<u32> =
            history.purchases.iter().map(|p| p.customer).collect();
        assert_eq!(history.purchases.len(), 6_919);
        assert_eq!(customers.len(), 2_357);
        assert_eq!(total, Ok(Money(24_409_194)));
    }
}
