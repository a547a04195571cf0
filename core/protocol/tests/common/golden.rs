//! Bytes that must not change by accident: `tests/golden/NAME.hex`.
//!
//! *Draft* until the first release: a deliberate change is written with `KARTKA_BLESS=1` and shows in the
//! diff. From the first release on files are only added.

use std::fmt::Write as _;
use std::path::Path;

/// Compares with the golden file, 32 bytes a line.
pub(crate) fn check(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.hex"));
    let mut hex = String::new();
    for line in bytes.chunks(32) {
        line.iter()
            .for_each(|byte| write!(hex, "{byte:02x}").unwrap());
        hex.push('\n');
    }
    if std::env::var_os("KARTKA_BLESS").is_some() {
        std::fs::write(&path, &hex).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        golden, hex,
        "{name}: the bytes changed (see tests/common/golden.rs)"
    );
}
