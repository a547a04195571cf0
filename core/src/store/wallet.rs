//! The cards of a customer's phone: a small encrypted file of its own, with a key of its own, never a shop's.
//!
//! Keeps and finds; what a card's answer means is `wallet`'s word. What is taken out leaves no trace: deleted bytes are
//! overwritten and the log is cut.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::holder::{CardLink, Request, RequestKey, Snapshot};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::open::Door;
use super::place::Place;
use super::{Begun, DatabaseKey, StoreError, Vfs, locked};

/// The steps of the file's schema; never edited after their release.
const STEPS: &[&str] = &[include_str!("wallet/0001_cards.sql")];

/// A wallet's file, open.
pub(crate) struct WalletStore {
    // Dropped in this order: the writer tidies up the log, then the lock goes.
    writer: Mutex<Connection>,
    _lock: Mutex<Connection>,
}

/// Why a card is no longer answered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is.
    No,
    /// Its secret is no longer accepted: the shop hands out a new link.
    LinkRefused,
    /// Its holder was erased.
    Erased,
}

/// A card as it is kept.
pub(crate) struct CardRow {
    pub(crate) id: i64,
    pub(crate) link: CardLink,
    pub(crate) snapshot: Option<Snapshot>,
    /// When the authority answered last by this phone's clock, epoch ms; 0 = never.
    pub(crate) asked_ms: i64,
    /// How far its clock was ahead of this phone's then, ms.
    pub(crate) skew_ms: i64,
    pub(crate) ended: Ended,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestState {
    Waits,
    Done,
    Refused,
}

/// A request as it is kept.
pub(crate) struct RequestRow {
    pub(crate) request: Request,
    pub(crate) state: RequestState,
}

/// What an authority's answer changes of a card.
pub(crate) struct Answered<'a> {
    pub(crate) card: i64,
    /// What is kept of the snapshot; none when its holder was erased.
    pub(crate) snapshot: Option<&'a Snapshot>,
    pub(crate) link: &'a CardLink,
    pub(crate) ended: Ended,
    pub(crate) asked_ms: i64,
    pub(crate) skew_ms: i64,
}

impl WalletStore {
    /// Opens the file at `path`, or makes an empty one; its folder must exist.
    ///
    /// # Errors
    /// As [`Store::open`](super::Store::open).
    pub(crate) fn open(
        path: &Path,
        vfs: &Vfs,
        key: &DatabaseKey,
        now_ms: i64,
    ) -> Result<Self, StoreError> {
        let door = Door {
            place: Place {
                path: path.to_owned(),
                vfs: vfs.clone(),
            },
            key: key.clone(),
            steps: STEPS,
        };
        let lock = door.lock()?;
        let writer = door.writer(now_ms)?;
        Ok(Self {
            writer: Mutex::new(writer),
            _lock: Mutex::new(lock),
        })
    }

    /// Does `work` in one transaction, durable when this returns `Ok`.
    ///
    /// # Errors
    /// What `work` returns, or what the disk reports.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&WalletTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = self.conn();
        let transaction = Begun::new(&conn, "BEGIN IMMEDIATE")?;
        let value = work(&WalletTx { conn: &conn })?;
        transaction.end("COMMIT")?;
        Ok(value)
    }

    /// Cuts the log, so that nothing of what was taken out stays in it.
    ///
    /// # Errors
    /// What the disk reports; the data is as it was.
    pub(crate) fn wipe_traces(&self) -> Result<(), StoreError> {
        let conn = self.conn();
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        locked(&self.writer)
    }
}

/// A transaction of the wallet.
pub(crate) struct WalletTx<'c> {
    conn: &'c Connection,
}

const CARD: &str = "SELECT id, link, snapshot, asked_ms, skew_ms, ended FROM card";

impl WalletTx<'_> {
    /// All cards, in the order they were added.
    pub(crate) fn cards(&self) -> Result<Vec<CardRow>, StoreError> {
        let sql = format!("{CARD} ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], raw)?;
        rows.map(|row| card(row?)).collect()
    }

    /// One card.
    pub(crate) fn card(&self, id: i64) -> Result<Option<CardRow>, StoreError> {
        let sql = format!("{CARD} WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let row = statement.query_row([id], raw).optional()?;
        row.map(card).transpose()
    }

    /// Keeps a card; a link to one that is here takes the place of the older one, and it is answered for again. Says its id.
    pub(crate) fn put_card(&self, link: &CardLink, number: u64) -> Result<i64, StoreError> {
        let number = number.cast_signed();
        Ok(self
            .conn
            .prepare_cached(
                "INSERT INTO card (tag, number, link) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tag, number) DO UPDATE SET link = excluded.link, ended = 0
                 RETURNING id",
            )?
            .query_row((link.tag.bits(), number, link.to_text()), |row| row.get(0))?)
    }

    /// How many cards there are.
    pub(crate) fn count(&self) -> Result<i64, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT count(*) FROM card")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Takes a card out with everything about it; false when there is none.
    pub(crate) fn remove(&self, id: i64) -> Result<bool, StoreError> {
        self.conn
            .prepare_cached("DELETE FROM request WHERE card = ?1")?
            .execute([id])?;
        let mut statement = self.conn.prepare_cached("DELETE FROM card WHERE id = ?1")?;
        Ok(statement.execute([id])? > 0)
    }

    /// Keeps what an authority answered.
    pub(crate) fn put_answer(&self, answered: &Answered<'_>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE card SET snapshot = ?2, link = ?3, ended = ?4, asked_ms = ?5, skew_ms = ?6
                 WHERE id = ?1",
            )?
            .execute((
                answered.card,
                answered.snapshot.map(Snapshot::encode),
                answered.link.to_text(),
                ended_number(answered.ended),
                answered.asked_ms,
                answered.skew_ms,
            ))?;
        Ok(())
    }

    /// Notes that a card's secret is no longer accepted.
    pub(crate) fn end(&self, id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE card SET ended = 1 WHERE id = ?1 AND ended = 0")?
            .execute([id])?;
        Ok(())
    }

    /// A card's requests in the order they were made.
    pub(crate) fn requests(&self, card: i64) -> Result<Vec<RequestRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, state FROM request WHERE card = ?1 ORDER BY made_ms, rowid",
        )?;
        let rows = statement.query_map([card], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
        })?;
        rows.map(|row| {
            let (record, state) = row?;
            Ok(RequestRow {
                request: request(&record)?,
                state: match state {
                    0 => RequestState::Waits,
                    1 => RequestState::Done,
                    _ => RequestState::Refused,
                },
            })
        })
        .collect()
    }

    /// Keeps a request that waits; one with its key that is there stays as it is.
    pub(crate) fn put_request(
        &self,
        card: i64,
        request: &Request,
        made_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO request (key, card, made_ms, record) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (key) DO NOTHING",
            )?
            .execute((request.key, card, made_ms, request.to_record().encode()))?;
        Ok(())
    }

    /// Notes what became of a card's request in an epoch; a shop speaks of no other shop's requests.
    pub(crate) fn settle(
        &self,
        card: i64,
        key: &RequestKey,
        state: RequestState,
        (epoch, now_ms): (u64, i64),
    ) -> Result<(), StoreError> {
        let number = match state {
            RequestState::Waits => 0,
            RequestState::Done => 1,
            RequestState::Refused => 2,
        };
        self.conn
            .prepare_cached(
                "UPDATE request SET state = ?3, epoch = ?4, done_ms = ?5 WHERE card = ?1 AND key = ?2",
            )?
            .execute((card, key, number, epoch.cast_signed(), now_ms))?;
        Ok(())
    }

    /// Lets requests wait again that were done in a lower epoch (sync §7); says how many.
    pub(crate) fn offer_again(&self, card: i64, epoch: u64) -> Result<usize, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "UPDATE request SET state = 0 WHERE card = ?1 AND state <> 0 AND epoch < ?2",
            )?
            .execute((card, epoch.cast_signed()))?)
    }

    /// Lets go of requests that were settled before an instant.
    pub(crate) fn drop_settled(&self, before_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM request WHERE state <> 0 AND done_ms < ?1")?
            .execute([before_ms])?;
        Ok(())
    }

    /// Takes out a request.
    pub(crate) fn drop_request(&self, key: &RequestKey) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM request WHERE key = ?1")?
            .execute([key])?;
        Ok(())
    }
}

/// A card's columns.
type Raw = (i64, String, Option<Vec<u8>>, i64, i64, i64);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn card((id, link, snapshot, asked_ms, skew_ms, ended): Raw) -> Result<CardRow, StoreError> {
    let snapshot = snapshot.map(|bytes| Snapshot::decode(&bytes)).transpose();
    Ok(CardRow {
        id,
        link: CardLink::parse(&link).map_err(|_| StoreError::Malformed("card.link"))?,
        snapshot: snapshot.map_err(|_| StoreError::Malformed("card.snapshot"))?,
        asked_ms,
        skew_ms,
        ended: match ended {
            0 => Ended::No,
            1 => Ended::LinkRefused,
            _ => Ended::Erased,
        },
    })
}

const fn ended_number(ended: Ended) -> i64 {
    match ended {
        Ended::No => 0,
        Ended::LinkRefused => 1,
        Ended::Erased => 2,
    }
}

fn request(record: &[u8]) -> Result<Request, StoreError> {
    let record = Record::decode(record, Shape::ENTITY);
    record
        .and_then(|record| Request::from_record(&record))
        .map_err(|_| StoreError::Malformed("request.record"))
}
