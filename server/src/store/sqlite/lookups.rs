//! Reading the authority's own tables: ops, devices, clock pairs, tokens.

use kartka_domain::authority::Anchor;
use kartka_domain::ids::{DeviceNo, Id, OpId, OperatorId, OutletId, Seq};
use kartka_protocol::batch::Personal;
use kartka_protocol::chain::PersonalHash;
use rusqlite::{OptionalExtension as _, Params, Row};

use super::View;
use crate::store::{Anchored, DeviceState, Rights, StoreError, StoredOp, Token};

/// The columns of an op.
const OP: &str = "id, last, seq, at, request, chain, facts, personal, nonce, personal_hash, erased";

impl View<'_> {
    pub(super) fn find_op(&self, id: OpId) -> Result<Option<StoredOp>, StoreError> {
        self.one_op(&format!("SELECT {OP} FROM op WHERE id = ?1"), id.get())
    }

    pub(super) fn find_op_with(&self, number: Id) -> Result<Option<StoredOp>, StoreError> {
        // Ops do not overlap: a number belongs to the last op that begins at it or before, or to none.
        let sql = format!("SELECT {OP} FROM op WHERE id <= ?1 ORDER BY id DESC LIMIT 1");
        let found = self.one_op(&sql, number.get())?;
        Ok(found.filter(|op| op.last >= number))
    }

    fn one_op(&self, sql: &str, key: i64) -> Result<Option<StoredOp>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement
            .query_row([key], |row| {
                let ids: (i64, i64) = (row.get(0)?, row.get(1)?);
                let op = |id, last| -> rusqlite::Result<StoredOp> {
                    Ok(StoredOp {
                        id,
                        last,
                        seq: Seq(row.get(2)?),
                        at_ms: row.get(3)?,
                        request: row.get(4)?,
                        chain: row.get(5)?,
                        facts: row.get(6)?,
                        personal: personal(row, 7)?,
                    })
                };
                Ok(match (OpId::new(ids.0), Id::new(ids.1)) {
                    (Ok(id), Ok(last)) => Ok(op(id, last)?),
                    _ => Err(StoreError::Malformed("op.id")),
                })
            })
            .optional()?;
        found.transpose()
    }

    pub(super) fn find_device(
        &self,
        sql: &str,
        params: impl Params,
    ) -> Result<Option<DeviceState>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row(params, raw_device).optional()?;
        found.map(RawDevice::check).transpose()
    }

    pub(super) fn all_devices(&self) -> Result<Vec<DeviceState>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT * FROM device ORDER BY no")?;
        let rows = statement.query_map([], raw_device)?;
        rows.map(|row| row?.check()).collect()
    }

    pub(super) fn find_anchors(&self, no: DeviceNo) -> Result<Vec<Anchored>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT boot, monotonic, server FROM anchor WHERE device = ?1 ORDER BY server",
        )?;
        let rows = statement.query_map([no.get()], |row| {
            let boot: i64 = row.get(0)?;
            Ok(Anchored {
                device: no,
                anchor: Anchor {
                    boot: boot.cast_unsigned(),
                    monotonic_ms: row.get(1)?,
                    server_ms: row.get(2)?,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn find_token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT expires, rights, used_by, operator, outlet FROM token WHERE hash = ?1",
        )?;
        let found: Option<(i64, i64, Option<u32>, u32, u32)> = statement
            .query_row([hash], |row| row.try_into())
            .optional()?;
        let Some((expires_ms, rights, used_by, operator, outlet)) = found else {
            return Ok(None);
        };
        let used_by = used_by
            .map(|no| DeviceNo::new(no).map_err(|_| StoreError::Malformed("token.used_by")))
            .transpose()?;
        Ok(Some(Token {
            hash: *hash,
            expires_ms,
            rights: rights_of(rights),
            operator: OperatorId(operator),
            outlet: OutletId(outlet),
            used_by,
        }))
    }
}

/// The columns from `first` on: section, nonce, the hash that stands in, and whether an erasure took the section.
pub(super) fn personal(row: &Row<'_>, first: usize) -> rusqlite::Result<Personal> {
    let hash: Option<[u8; 32]> = row.get(first + 2)?;
    let found = (row.get(first)?, row.get(first + 1)?, hash.map(PersonalHash));
    Ok(match found {
        (Some(bytes), Some(nonce), _) => Personal::Here { nonce, bytes },
        (_, _, Some(hash)) if row.get(first + 3)? => Personal::Erased(hash),
        (_, _, Some(hash)) => Personal::Withheld(hash),
        _ => Personal::None,
    })
}

/// Section, nonce, and the hash that stands in for them.
pub(super) type Columns<'p> = (Option<&'p [u8]>, Option<&'p [u8]>, Option<[u8; 32]>);

/// A personal section as columns.
pub(super) fn columns_of(personal: &Personal) -> Columns<'_> {
    match personal {
        Personal::None => (None, None, None),
        Personal::Here { nonce, bytes } => (Some(bytes), Some(nonce), None),
        Personal::Withheld(hash) | Personal::Erased(hash) => (None, None, Some(hash.0)),
    }
}

/// A device's columns as they lie.
struct RawDevice {
    no: u32,
    key: [u8; 33],
    rights: i64,
    acked: i64,
    chain: [u8; 32],
    earlier_ms: i64,
    forked: u32,
}

fn raw_device(row: &Row<'_>) -> rusqlite::Result<RawDevice> {
    Ok(RawDevice {
        no: row.get("no")?,
        key: row.get("key")?,
        rights: row.get("rights")?,
        acked: row.get("acked")?,
        chain: row.get("chain")?,
        earlier_ms: row.get("earlier")?,
        forked: row.get("forked")?,
    })
}

impl RawDevice {
    fn check(self) -> Result<DeviceState, StoreError> {
        Ok(DeviceState {
            no: DeviceNo::new(self.no).map_err(|_| StoreError::Malformed("device.no"))?,
            key: self.key,
            rights: rights_of(self.rights),
            acked: self.acked,
            chain: self.chain,
            earlier_ms: self.earlier_ms,
            forked: self.forked,
        })
    }
}

const HISTORY: i64 = 1;

fn rights_of(bits: i64) -> Rights {
    if bits & HISTORY == 0 {
        Rights::Recent
    } else {
        Rights::History
    }
}

/// The bits that stand for rights.
pub(super) fn bits_of(rights: Rights) -> i64 {
    match rights {
        Rights::Recent => 0,
        Rights::History => HISTORY,
    }
}
