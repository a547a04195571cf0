//! The border to Kotlin, Swift and Python.
//!
//! Exports only: objects, records, errors and observers, each converted from what `kartka-core` offers. It decides
//! nothing and keeps nothing of its own. Its names are a promise to three languages (architecture §3, §5).

uniffi::setup_scaffolding!("kartka");

/// The version of the core behind this border, as in `Cargo.toml`: for the settings screen and for reports of faults.
#[uniffi::export]
#[must_use]
pub fn core_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
