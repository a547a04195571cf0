//! The table at the end: what the shop came to, and what it cost the machine.

use std::fmt::Write as _;
use std::time::Duration;

use kartka_core::domain::money::Money;

use super::proof::{Check, Held};
use crate::money;

/// What is shown.
pub(crate) struct Figures<'a> {
    /// What the server holds.
    pub(crate) held: &'a Held,
    /// The purchase file.
    pub(crate) file: File,
    /// Outstanding points in money, in minor units.
    pub(crate) liability: Money,
    /// What the phones did.
    pub(crate) phones: Phones,
    /// What the wire carried in this run.
    pub(crate) wire: Wire,
    /// What it cost in this run.
    pub(crate) cost: Cost,
}

/// The purchase file.
pub(crate) struct File {
    /// First and last day.
    pub(crate) days: String,
    /// Lines that were skipped.
    pub(crate) skipped: usize,
}

/// What the phones did over the whole play.
#[derive(Default)]
pub(crate) struct Phones {
    /// How many.
    pub(crate) count: usize,
    /// Sales without network.
    pub(crate) offline: u64,
    /// Scanned cards.
    pub(crate) scans: u64,
    /// Of them, from camera frames.
    pub(crate) drawn: u64,
    /// Frames it took.
    pub(crate) frames: u64,
    /// Bytes of all databases.
    pub(crate) bytes: u64,
    /// Rows in them.
    pub(crate) rows: u64,
}

/// What the wire carried.
pub(crate) struct Wire {
    /// Bytes to the server.
    pub(crate) up: u64,
    /// Bytes from it.
    pub(crate) down: u64,
    /// Entries in ops that went up.
    pub(crate) entries: u64,
    /// Rows that came down.
    pub(crate) rows: u64,
}

/// What it cost.
pub(crate) struct Cost {
    /// Ops of this run.
    pub(crate) ops: u64,
    /// How long the replay took.
    pub(crate) replay: Duration,
    /// How long everything took.
    pub(crate) all: Duration,
    /// What one fsync costs.
    pub(crate) fsync: Duration,
    /// The most memory held, if the system tells.
    pub(crate) memory: Option<u64>,
    /// Cores of the machine.
    pub(crate) cores: usize,
}

/// Ledger kinds by their numbers, as the reference knows them.
const EARN: i64 = 1;
const REDEEM: i64 = 2;
const REVERSE: i64 = 4;
const RESTORE: i64 = 5;
const EXPIRE: i64 = 6;
const REVIVE: i64 = 7;

/// The whole table.
pub(crate) fn render(figures: &Figures<'_>) -> String {
    let mut text = String::new();
    for (title, rows) in [
        ("The shop", shop(figures)),
        ("Points", points(figures)),
        ("Phones", phones(figures)),
        ("Cost", cost(figures)),
    ] {
        section(&mut text, title, &rows);
    }
    text
}

/// What was compared and whether it holds.
pub(crate) fn proof(checks: &[Check]) -> String {
    let rows: Vec<(String, String)> = checks
        .iter()
        .map(|check| {
            let mark = if check.holds { "✓" } else { "✗" };
            (format!("{mark} {}", check.what), check.found.clone())
        })
        .collect();
    let mut text = String::new();
    section(&mut text, "Proof", &rows);
    text
}

fn section(text: &mut String, title: &str, rows: &[(String, String)]) {
    // Writing to a text can't fail.
    let _ = writeln!(text, "\n{title}");
    for (name, value) in rows {
        let _ = writeln!(text, "  {name:<36} {value:>24}");
    }
}

fn row(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn shop(figures: &Figures<'_>) -> Vec<(String, String)> {
    let held = figures.held;
    let mut rows = vec![
        row("days", &figures.file.days),
        row("customers", grouped(held.people)),
        row("purchases", grouped(held.sold)),
        row("revenue", dollars(held.revenue)),
        row("bought again", share(held.repeating, held.people)),
        row("returns", grouped(held.returns)),
        row("mistyped and undone", grouped(held.voided)),
    ];
    if figures.file.skipped > 0 {
        rows.push(row(
            "lines of the file left out",
            grouped(figures.file.skipped as u64),
        ));
    }
    rows
}

fn points(figures: &Figures<'_>) -> Vec<(String, String)> {
    let held = figures.held;
    let of = |kinds: &[i64]| -> i128 {
        let sums = kinds
            .iter()
            .filter_map(|kind| held.reference.of_kind.get(kind));
        sums.map(|(points, _)| *points).sum()
    };
    let outstanding: i128 = held
        .reference
        .of_kind
        .values()
        .map(|(points, _)| *points)
        .sum();
    let (times, beyond) = held.overdrafts;
    vec![
        row("issued", signed(of(&[EARN]))),
        row("taken back with returns", signed(of(&[REVERSE]))),
        row("spent", signed(of(&[REDEEM]))),
        row("given back with returns", signed(of(&[RESTORE]))),
        row("expired", signed(of(&[EXPIRE, REVIVE]))),
        row("outstanding", signed(outstanding)),
        row("liability", dollars(figures.liability.0)),
        row(
            "redemptions beyond the balance",
            format!("{times} ({beyond} points)"),
        ),
    ]
}

fn phones(figures: &Figures<'_>) -> Vec<(String, String)> {
    let phones = &figures.phones;
    let drawn = match phones.drawn {
        0 => "0".to_owned(),
        drawn => format!(
            "{} ({:.2} frames each)",
            grouped(drawn),
            ratio(phones.frames, drawn)
        ),
    };
    vec![
        row("phones", phones.count),
        row(
            "sales without network",
            share(phones.offline, figures.held.sold),
        ),
        row("cards scanned", grouped(phones.scans)),
        row("of them from camera frames", drawn),
        row(
            "met as new on two phones, merged",
            grouped(figures.held.merged),
        ),
    ]
}

fn cost(figures: &Figures<'_>) -> Vec<(String, String)> {
    let (wire, cost, control) = (&figures.wire, &figures.cost, &figures.held.control);
    let rate = cost.ops as f64 / cost.replay.as_secs_f64().max(0.001);
    let mut rows = vec![
        row("ops/s, exchanges included", grouped(rate.round() as u64)),
        row("bytes up per entry", per(wire.up, wire.entries)),
        row("bytes down per row", per(wire.down, wire.rows)),
        row(
            "database bytes per row, phones",
            per(figures.phones.bytes, figures.phones.rows),
        ),
        row(
            "database bytes per row, server",
            per(control.bytes, control.rows),
        ),
        row(
            "one fsync",
            format!("{:.3} ms", cost.fsync.as_secs_f64() * 1_000.0),
        ),
        row("time of the replay", seconds(cost.replay)),
        row("time in all", seconds(cost.all)),
    ];
    if let Some(bytes) = cost.memory {
        rows.push(row(
            "peak memory",
            format!("{} MB", grouped(bytes / 1_000_000)),
        ));
    }
    rows.push(row("cores", cost.cores));
    rows
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn per(bytes: u64, things: u64) -> String {
    match things {
        0 => "–".to_owned(),
        things => format!("{:.1}", ratio(bytes, things)),
    }
}

fn share(part: u64, whole: u64) -> String {
    format!("{} ({:.1} %)", grouped(part), 100.0 * ratio(part, whole))
}

/// Cents as dollars, digits in groups of three.
pub(crate) fn dollars(cents: i64) -> String {
    let plain = money::show(Money(cents.saturating_abs()), 2);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, "00"));
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${}.{fraction}", thousands(whole))
}

fn grouped(number: u64) -> String {
    thousands(&number.to_string())
}

fn signed(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", thousands(&number.unsigned_abs().to_string()))
}

/// Digits in groups of three.
fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            ["1", "999", "1000", "69659", "1234567"].map(thousands),
            ["1", "999", "1,000", "69,659", "1,234,567"]
        );
        assert_eq!(
            (dollars(250_031_563), dollars(-5)),
            ("$2,500,315.63".to_owned(), "-$0.05".to_owned())
        );
        assert_eq!(
            (signed(-1_234), per(7, 0), per(7, 2)),
            ("-1,234".to_owned(), "–".to_owned(), "3.5".to_owned())
        );
        assert_eq!(share(1, 3), "1 (33.3 %)");
    }
}
