//! The key of the local database and the value that tells a wrong key from a damaged file.
//!
//! To SQLCipher a wrong key and a damaged first page look the same. So a value computed from the key lies beside
//! the file: where it differs, the key is wrong and nothing may be moved; where it agrees, the file is damaged.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use crate::platform::Rng;

/// Bytes of a database key.
const KEY_BYTES: usize = 32;
/// Bytes of a check value: enough that another key never has the same one, and nothing to search a key by.
const CHECK_BYTES: usize = 16;

/// The random 256-bit key of one database; wiped from memory when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Zeroizing<[u8; KEY_BYTES]>);

impl DatabaseKey {
    /// A new key.
    #[must_use]
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        rng.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The key as a key store gave it back; `None` unless it is 32 bytes long.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    /// The bytes for a key store. They leave the core for nothing else.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The statement that gives SQLCipher the raw key, without a derivation that only passwords need.
    pub(in crate::store) fn pragma(&self) -> Zeroizing<String> {
        self.statement("PRAGMA key = \"")
    }

    /// The statement that has SQLCipher write every page anew under this key.
    pub(in crate::store) fn rekey(&self) -> Zeroizing<String> {
        self.statement("PRAGMA rekey = \"")
    }

    fn statement(&self, begin: &str) -> Zeroizing<String> {
        let mut sql = Zeroizing::new(String::with_capacity(32 + 2 * KEY_BYTES));
        sql.push_str(begin);
        sql.push_str(&self.raw());
        sql.push('"');
        sql
    }

    /// The raw key as SQLCipher writes it.
    pub(in crate::store) fn raw(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(3 + 2 * KEY_BYTES));
        text.push_str("x'");
        for byte in self.0.iter() {
            write!(text, "{byte:02x}").expect("a string takes every write");
        }
        text.push('\'');
        text
    }

    /// The value that lies beside the file.
    pub(in crate::store) fn check_value(&self) -> [u8; CHECK_BYTES] {
        let mut hasher = blake3::Hasher::new_derive_key("kartka store v1 key check value");
        hasher.update(self.0.as_slice());
        let mut check = [0; CHECK_BYTES];
        check.copy_from_slice(&hasher.finalize().as_bytes()[..CHECK_BYTES]);
        check
    }
}

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_is_32_bytes_and_never_shows() {
        let key = DatabaseKey::from_bytes(&[0xAB; 32]).unwrap();
        assert_eq!(key.as_bytes(), [0xAB; 32]);
        assert_eq!(format!("{key:?}"), "DatabaseKey(…)");
        assert_eq!(
            key.pragma().as_str(),
            format!("PRAGMA key = \"x'{}'\"", "ab".repeat(32))
        );
        assert!(DatabaseKey::from_bytes(&[0; 31]).is_none());
        assert!(DatabaseKey::from_bytes(&[0; 33]).is_none());
    }

    #[test]
    fn another_key_has_another_check_value() {
        let value = |byte| DatabaseKey::from_bytes(&[byte; 32]).unwrap().check_value();
        assert_eq!(value(1), value(1));
        assert_ne!(value(1), value(2));
    }
}
