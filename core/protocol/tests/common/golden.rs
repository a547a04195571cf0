//! Bytes that must not change by accident: `tests/golden/NAME.hex`.
//!
//! *Draft* until the first release: a deliberate change is written with `KARTKA_BLESS=1` and shows in the
//! diff. From the first release on files are only added.

use std::fmt::Write as _;
use std::path::Path;

/// Compares with the golden file, 32 bytes a line.
pub(crate) fn check(name: &str, bytes: &[u8]) {
    let hex = to_hex(bytes);
    let golden = stored_hex(name, &hex);
    assert_eq!(
        golden, hex,
        "{name}: the bytes changed (see tests/common/golden.rs)"
    );
}

/// The golden file's bytes, for what zstd may pack in another way some day: it must stay readable.
pub(crate) fn stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let hex: String = stored_hex(name, &to_hex(bytes))
        .split_whitespace()
        .collect();
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for line in bytes.chunks(32) {
        line.iter()
            .for_each(|byte| write!(hex, "{byte:02x}").unwrap());
        hex.push('\n');
    }
    hex
}

fn stored_hex(name: &str, hex: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.hex"));
    if std::env::var_os("KARTKA_BLESS").is_some() {
        std::fs::write(&path, hex).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_default()
}
