//! Who this device is, what it knows of the authority, and how far each scope was pulled.

use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, OutletId, Seq};
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::digest::Digest;
use kartka_protocol::scope::Scope;
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

/// Who puts the ops of this business in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// This device does.
    Authority,
    /// A server does.
    Phone,
}

/// Who this device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    /// Whose.
    pub(crate) business: BusinessId,
    /// Its number.
    pub(crate) no: DeviceNo,
    /// Whether it is the authority.
    pub(crate) standing: Standing,
    /// Where it stands.
    pub(crate) outlet: OutletId,
    /// The next number of an op.
    pub(crate) next_n: i64,
    /// The chain's value after its last op.
    pub(crate) chain: ChainValue,
    /// Where it may make card numbers.
    pub(crate) slot: Option<EmitterSlot>,
    /// How many it has made.
    pub(crate) slot_used: u32,
    /// The server's address.
    pub(crate) server: Option<String>,
    /// The server's identity key.
    pub(crate) identity: Option<[u8; 33]>,
    /// Card and digest keys, as the pairing answer brings them.
    pub(crate) keys: Vec<u8>,
}

/// What is known of the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeadRow {
    /// Its epoch.
    pub(crate) epoch: Epoch,
    /// Head of the last completed pull of `base`.
    pub(crate) seq: Seq,
    /// Its log's hash there.
    pub(crate) log: LogHash,
    /// Last number it holds of this device; before the first, the one with the counter 0.
    pub(crate) acked_op: i64,
    /// Up to here own ops need no overlay; likewise.
    pub(crate) settled_op: i64,
    /// When, by this device's wall clock; epoch ms.
    pub(crate) synced_ms: i64,
    /// Epochs and their first seq, packed.
    pub(crate) lineage: Vec<u8>,
    /// The code that stops the exchange until a person acts.
    pub(crate) stopped: Option<u16>,
}

/// Eight-digit slots are stored above the ten-digit ones.
const EIGHT_DIGIT_SLOTS: u32 = 10_000;

/// A slot as one number.
pub(crate) fn slot_number(slot: EmitterSlot) -> u32 {
    match slot.length() {
        NumberLength::Ten => u32::from(slot.value()),
        NumberLength::Eight => EIGHT_DIGIT_SLOTS + u32::from(slot.value()),
    }
}

/// The slot a number stands for.
pub(crate) fn slot_of(number: u32) -> Option<EmitterSlot> {
    let (length, slot) = match number.checked_sub(EIGHT_DIGIT_SLOTS) {
        None => (NumberLength::Ten, number),
        Some(slot) => (NumberLength::Eight, slot),
    };
    EmitterSlot::new(length, u16::try_from(slot).ok()?).ok()
}

impl Reader<'_> {
    /// Who this device is; `None` before founding or pairing.
    pub(crate) fn device(&self) -> Result<Option<DeviceRow>, StoreError> {
        let sql = "SELECT business, device_no, is_authority, outlet, next_n, chain, slot, slot_used, server, identity, keys
                   FROM device";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let slot: Option<u32> = row.get(6)?;
        Ok(Some(DeviceRow {
            business: BusinessId(row.get(0)?),
            no: DeviceNo::new(row.get(1)?)
                .map_err(|_| StoreError::Malformed("device.device_no"))?,
            standing: if row.get::<_, bool>(2)? {
                Standing::Authority
            } else {
                Standing::Phone
            },
            outlet: OutletId(row.get(3)?),
            next_n: row.get(4)?,
            chain: ChainValue(row.get(5)?),
            slot: slot.and_then(slot_of),
            slot_used: row.get(7)?,
            server: row.get(8)?,
            identity: row.get(9)?,
            keys: row.get(10)?,
        }))
    }

    /// What is known of the authority; `None` before founding or pairing.
    pub(crate) fn head(&self) -> Result<Option<HeadRow>, StoreError> {
        // A device that has sent nothing yet stands before its own first number.
        let sql = "SELECT epoch_number, epoch_random, seq, log_hash, max(acked_op, none), max(settled_op, none),
                          synced_ms, lineage, stopped
                   FROM head, (SELECT coalesce(max(device_no), 0) << 40 AS none FROM device)";
        let head = self.conn().prepare_cached(sql)?.query_row([], |row| {
            let (number, random): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(HeadRow {
                epoch: Epoch {
                    number: number.cast_unsigned(),
                    random: random.cast_unsigned(),
                },
                seq: Seq(row.get(2)?),
                log: LogHash(row.get(3)?),
                acked_op: row.get(4)?,
                settled_op: row.get(5)?,
                synced_ms: row.get(6)?,
                lineage: row.get(7)?,
                stopped: row.get(8)?,
            })
        });
        Ok(head.optional()?)
    }

    /// Up to where a scope was pulled, and the digest of its rows here.
    pub(crate) fn scope(&self, scope: Scope) -> Result<Option<(Seq, Digest)>, StoreError> {
        let found = self
            .conn()
            .prepare_cached("SELECT cursor, digest FROM scope WHERE code = ?1")?
            .query_row([scope.code()], |row| {
                Ok((Seq(row.get(0)?), Digest::from_bytes(row.get(1)?)))
            })
            .optional()?;
        Ok(found)
    }

    /// All scopes that were ever pulled.
    pub(crate) fn scopes(&self) -> Result<Vec<(Scope, Seq)>, StoreError> {
        let mut statement = self
            .conn()
            .prepare_cached("SELECT code, cursor FROM scope ORDER BY code")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
        let mut scopes = Vec::new();
        for row in rows {
            let (code, cursor) = row?;
            let scope =
                Scope::from_code(code, 0).map_err(|_| StoreError::Malformed("scope.code"))?;
            scopes.push((scope, Seq(cursor)));
        }
        Ok(scopes)
    }
}

impl Tx<'_> {
    /// Writes who this device is.
    pub(crate) fn set_device(&self, device: &DeviceRow) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO device VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                device.business.0,
                device.no.get(),
                device.standing == Standing::Authority,
                device.outlet.0,
                device.next_n,
                device.chain.0,
                device.slot.map(slot_number),
                device.slot_used,
                device.server,
                device.identity,
                device.keys
            ],
        )
    }

    /// Moves the counter and the chain past an op.
    pub(crate) fn advance(&self, next_n: i64, chain: &ChainValue) -> Result<(), StoreError> {
        self.execute(
            "UPDATE device SET next_n = ?1, chain = ?2",
            params![next_n, chain.0],
        )
    }

    /// Notes that card numbers of the slot were made.
    pub(crate) fn use_slot(&self, used: u32) -> Result<(), StoreError> {
        self.execute("UPDATE device SET slot_used = ?1", [used])
    }

    /// Writes what is known of the authority.
    pub(crate) fn set_head(&self, head: &HeadRow) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO head VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                head.epoch.number.cast_signed(),
                head.epoch.random.cast_signed(),
                head.seq.0,
                head.log.0,
                head.acked_op,
                head.settled_op,
                head.synced_ms,
                head.lineage,
                head.stopped
            ],
        )
    }

    /// Writes how far a scope was pulled.
    pub(crate) fn set_scope(
        &self,
        scope: Scope,
        cursor: Seq,
        digest: Digest,
    ) -> Result<(), StoreError> {
        let values = params![scope.code(), cursor.0, digest.to_bytes()];
        self.execute("INSERT OR REPLACE INTO scope VALUES (?1, ?2, ?3)", values)
    }
}
