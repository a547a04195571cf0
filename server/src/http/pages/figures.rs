//! Money, numbers and dates as people write them. Integers all the way (L2).

use kartka_domain::moment::Date;
use kartka_domain::money::{Currency, Money};

use super::words::Language;

/// No line may break inside a number.
const THIN: &str = "\u{202f}";

/// A whole number with its thousands apart.
pub(super) fn number(value: i64, language: Language) -> String {
    let digits = value.unsigned_abs().to_string();
    let separator = match language {
        Language::English => ",",
        Language::Ukrainian | Language::Russian => THIN,
    };
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{grouped}")
}

/// A number with the last `digits` after the comma.
fn decimal(value: i64, digits: u8, language: Language) -> String {
    if digits == 0 {
        return number(value, language);
    }
    let unit = 10_u64.saturating_pow(u32::from(digits));
    let whole = i64::try_from(value.unsigned_abs() / unit).unwrap_or(i64::MAX);
    let part = value.unsigned_abs() % unit;
    let point = match language {
        Language::English => '.',
        Language::Ukrainian | Language::Russian => ',',
    };
    let sign = if value < 0 { "−" } else { "" };
    let width = usize::from(digits);
    format!("{sign}{}{point}{part:0width$}", number(whole, language))
}

/// An amount with its currency.
pub(super) fn money(amount: Money, currency: Currency, language: Language) -> String {
    let figure = decimal(amount.0, currency.exponent(), language);
    format!("{figure}\u{a0}{}", currency.code())
}

/// Points with the programme's digits.
pub(super) fn points(points: i64, scale: u8, language: Language) -> String {
    decimal(points, scale, language)
}

/// A share in hundredths of a percent as a percentage with one digit.
pub(super) fn percent(share: i64, language: Language) -> String {
    format!("{}\u{a0}%", decimal(share / 10, 1, language))
}

/// A change with its sign.
pub(super) fn signed_percent(share: i64, language: Language) -> String {
    let sign = if share > 0 { "+" } else { "" };
    format!("{sign}{}", percent(share, language))
}

/// A business date.
pub(super) fn date(date: Date, language: Language) -> String {
    let form = match language {
        Language::English => "%Y-%m-%d",
        Language::Ukrainian | Language::Russian => "%d.%m.%Y",
    };
    date.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        let uah = Currency::new("UAH").expect("a currency");
        let jpy = Currency::new("JPY").expect("a currency");
        for (amount, currency, language, want) in [
            (123_456_789, uah, Language::English, "1,234,567.89\u{a0}UAH"),
            (
                123_456,
                uah,
                Language::Ukrainian,
                "1\u{202f}234,56\u{a0}UAH",
            ),
            (5, uah, Language::Russian, "0,05\u{a0}UAH"),
            (-5, uah, Language::English, "−0.05\u{a0}UAH"),
            (1_234, jpy, Language::English, "1,234\u{a0}JPY"),
            (0, uah, Language::English, "0.00\u{a0}UAH"),
        ] {
            assert_eq!(money(Money(amount), currency, language), want);
        }
        assert_eq!(points(1_050, 0, Language::English), "1,050");
        assert_eq!(percent(1_234, Language::Ukrainian), "12,3\u{a0}%");
    }
}
