//! PINs of this device: verifiers and how often they were missed.

use kartka_domain::ids::OperatorId;
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

/// One operator's PIN as kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PinRow {
    /// The key of the device it is bound to, its first 8 bytes.
    pub(crate) key: [u8; 8],
    /// Drawn for this PIN.
    pub(crate) salt: [u8; 16],
    /// What the PIN hashes to.
    pub(crate) verifier: [u8; 32],
    /// Wrong ones since the last right one.
    pub(crate) failures: u32,
    /// The boot of the last wrong one.
    pub(crate) boot: u64,
    /// Its monotonic time.
    pub(crate) at_ms: i64,
}

impl Reader<'_> {
    /// An operator's PIN at this device.
    pub(crate) fn pin(&self, operator: OperatorId) -> Result<Option<PinRow>, StoreError> {
        let sql = "SELECT key, salt, verifier, failures, boot, at FROM pin WHERE operator = ?1";
        let mut statement = self.conn().prepare_cached(sql)?;
        let found = statement.query_row([operator.0], |row| {
            Ok(PinRow {
                key: row.get(0)?,
                salt: row.get(1)?,
                verifier: row.get(2)?,
                failures: row.get(3)?,
                boot: row.get::<_, i64>(4)?.cast_unsigned(),
                at_ms: row.get(5)?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Tx<'_> {
    /// Keeps an operator's PIN in place of an older one.
    pub(crate) fn set_pin(&self, operator: OperatorId, pin: &PinRow) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO pin (operator, key, salt, verifier, failures, boot, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                operator.0,
                pin.key,
                pin.salt,
                pin.verifier,
                pin.failures,
                pin.boot.cast_signed(),
                pin.at_ms
            ],
        )
    }
}
