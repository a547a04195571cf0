//! Money, numbers and dates as people write them. Integers all the way (L2).

use chrono::Datelike;
use kartka_domain::moment::Date;
use kartka_domain::money::{Currency, Money};

use super::words::Language;

/// No line may break inside a number.
const THIN: &str = "\u{202f}";
/// As wide as a plus, unlike a hyphen.
const MINUS: &str = "−";

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
    let sign = if value < 0 { MINUS } else { "" };
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
    let sign = if value < 0 { MINUS } else { "" };
    let width = usize::from(digits);
    format!("{sign}{}{point}{part:0width$}", number(whole, language))
}

/// An amount with its currency: `₴1,234.50` for English readers, `1 234,50 ₴` for the others.
pub(super) fn money(amount: Money, currency: Currency, language: Language) -> String {
    let (symbol, gap) = match currency.code() {
        "UAH" => ("₴", ""),
        "USD" => ("$", ""),
        "EUR" => ("€", ""),
        "GBP" => ("£", ""),
        code => (code, "\u{a0}"),
    };
    let figure = decimal(amount.0, currency.exponent(), language);
    match (language, figure.strip_prefix(MINUS)) {
        (Language::English, Some(figure)) => format!("{MINUS}{symbol}{gap}{figure}"),
        (Language::English, None) => format!("{symbol}{gap}{figure}"),
        (Language::Ukrainian | Language::Russian, _) => format!("{figure}\u{a0}{symbol}"),
    }
}

/// Points with the programme's digits.
pub(super) fn points(points: i64, scale: u8, language: Language) -> String {
    decimal(points, scale, language)
}

/// A share in hundredths of a percent as a percentage with one digit.
pub(super) fn percent(share: i64, language: Language) -> String {
    let gap = match language {
        Language::English => "",
        Language::Ukrainian | Language::Russian => "\u{a0}",
    };
    format!("{}{gap}%", decimal(share / 10, 1, language))
}

/// A change with its sign.
pub(super) fn signed_percent(share: i64, language: Language) -> String {
    let sign = if share > 0 { "+" } else { "" };
    format!("{sign}{}", percent(share, language))
}

/// A business date: `22 November 2026`.
pub(super) fn date(date: Date, language: Language) -> String {
    let month = language.words().months[date.month0() as usize % 12];
    format!("{}\u{a0}{month} {}", date.day(), date.year())
}

/// A business date with its weekday: `Sunday, 22 November 2026`.
pub(super) fn weekday(day: Date, language: Language) -> String {
    let weekday = day.weekday().num_days_from_monday() as usize % 7;
    let weekday = language.words().weekdays[weekday];
    format!("{weekday}, {}", date(day, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        let uah = Currency::new("UAH").expect("a currency");
        let jpy = Currency::new("JPY").expect("a currency");
        for (amount, currency, language, want) in [
            (123_456_789, uah, Language::English, "₴1,234,567.89"),
            (123_456, uah, Language::Ukrainian, "1\u{202f}234,56\u{a0}₴"),
            (5, uah, Language::Russian, "0,05\u{a0}₴"),
            (-5, uah, Language::English, "−₴0.05"),
            (1_234, jpy, Language::English, "JPY\u{a0}1,234"),
            (0, uah, Language::English, "₴0.00"),
        ] {
            assert_eq!(money(Money(amount), currency, language), want);
        }
        let sunday = Date::from_ymd_opt(2026, 11, 22).expect("a date");
        for (language, want) in [
            (Language::Ukrainian, "неділя, 22\u{a0}листопада 2026"),
            (Language::Russian, "воскресенье, 22\u{a0}ноября 2026"),
            (Language::English, "Sunday, 22\u{a0}November 2026"),
        ] {
            assert_eq!(weekday(sunday, language), want);
        }
        assert_eq!(points(1_050, 0, Language::English), "1,050");
        assert_eq!(percent(1_234, Language::Ukrainian), "12,3\u{a0}%");
        assert_eq!(signed_percent(1_234, Language::English), "+12.3%");
        assert_eq!(signed_percent(-1_234, Language::English), "−12.3%");
    }
}
