//! PINs: what a few digits are worth, and how often they may be guessed (sync §7).
//!
//! A verifier is argon2id over the PIN, a salt and a secret made from the device's own key: the database alone, and the
//! database on another device, verify nothing. Waits after wrong ones grow and count in the device's monotonic time,
//! so neither a restart nor a clock that was set shortens them. Never sent anywhere.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use kartka_domain::codes::Code;

/// Makes a verifier from a PIN. A trait for its cost: a test does not want to pay it.
pub trait PinHash: Send + Sync {
    /// 32 bytes for `pin` under `salt`, bound to `secret`.
    fn verifier(&self, pin: &[u8], salt: &[u8; 16], secret: &[u8; 32]) -> [u8; 32];
}

/// Argon2id at what a cheap phone does in a quarter of a second: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2id;

/// KiB of memory.
const MEMORY: u32 = 19 * 1_024;
/// Passes over it.
const PASSES: u32 = 2;

impl PinHash for Argon2id {
    fn verifier(&self, pin: &[u8], salt: &[u8; 16], secret: &[u8; 32]) -> [u8; 32] {
        let mut out = [0; 32];
        let params = Params::new(MEMORY, PASSES, 1, Some(32)).expect("the costs are in range");
        Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params)
            .and_then(|argon| argon.hash_password_into(pin, salt, &mut out))
            .expect("lengths of salt, secret and output are in range");
        out
    }
}

/// Wrong ones before the first wait.
pub(crate) const FREE: u32 = 5;
/// The first wait.
const WAIT_MS: i64 = 30_000;
/// The longest.
const WAIT_MAX_MS: i64 = 60 * 60_000;

/// How long nobody may try after so many wrong ones, in milliseconds.
pub(crate) fn wait_ms(failures: u32) -> i64 {
    match failures.checked_sub(FREE) {
        None => 0,
        Some(more) => (WAIT_MS << more.min(16)).min(WAIT_MAX_MS),
    }
}

/// What is left to wait: within one boot since the last wrong one, after a restart since the device started.
pub(crate) fn left_ms(failures: u32, last: (u64, i64), now: (u64, i64)) -> i64 {
    let waited = if last.0 == now.0 {
        now.1.saturating_sub(last.1)
    } else {
        now.1
    };
    wait_ms(failures).saturating_sub(waited.max(0)).max(0)
}

/// Whether a PIN can be one: 4–12 digits that are neither all the same nor counted up or down.
///
/// # Errors
/// [`Code::PinTooSimple`].
pub(crate) fn check(pin: &str) -> Result<(), Code> {
    let digits = pin.as_bytes();
    let fits = (4..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|two| i16::from(two[1]) - i16::from(two[0]))
        .collect();
    let counted = [-1, 0, 1]
        .iter()
        .any(|step| steps.iter().all(|s| s == step));
    if fits && !counted {
        Ok(())
    } else {
        Err(Code::PinTooSimple)
    }
}

/// The secret that binds verifiers to a device's key.
pub(crate) fn secret(device_key: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_derive_key("kartka 2026 pin of a device");
    hasher.update(device_key);
    Zeroizing::new(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn waits_grow_and_neither_a_restart_nor_a_set_clock_shortens_them() {
        let minute = 60_000;
        for (failures, waited, want) in [
            (4, 0, 0),
            (5, 0, 30_000),
            (6, 0, minute),
            (7, 90_000, 30_000),
            (30, 0, 60 * minute),
            (30, 60 * minute, 0),
        ] {
            let same_boot = left_ms(failures, (1, 1_000), (1, 1_000 + waited));
            assert_eq!(same_boot, want, "{failures} wrong, {waited} ms ago");
            let restarted = left_ms(failures, (1, 9_000_000), (2, waited));
            assert_eq!(restarted, want, "{failures} wrong, up for {waited} ms");
        }
    }

    #[test]
    fn a_pin_that_everybody_guesses_is_none() {
        for bad in [
            "",
            "123",
            "1111",
            "1234",
            "4321",
            "98765",
            "12a4",
            "1234567890123",
        ] {
            assert_eq!(check(bad), Err(Code::PinTooSimple), "{bad}");
        }
        for good in ["1357", "2580", "1122", "904512"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_verifier_is_bound_to_salt_and_device() {
        let of = |pin: &[u8], salt, secret| Argon2id.verifier(pin, &[salt; 16], &[secret; 32]);
        let one = of(b"2580", 1, 1);
        assert_eq!(one, of(b"2580", 1, 1));
        assert!(
            [of(b"2581", 1, 1), of(b"2580", 2, 1), of(b"2580", 1, 2)]
                .iter()
                .all(|other| *other != one)
        );
    }
}
