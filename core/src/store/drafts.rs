//! Drafts of instruments: what a person left unfinished, on this device only (C2).

use kartka_domain::ids::InstrumentId;
use kartka_domain::wizard::{Draft, Kind, Trade};
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

/// A saved draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedDraft {
    /// Its number on this device.
    pub id: i64,
    /// What was answered.
    pub draft: Draft,
    /// The published instrument it edits.
    pub instrument: Option<InstrumentId>,
    /// The step at which the owner stopped.
    pub step: u8,
    /// When, epoch ms.
    pub changed_ms: i64,
}

const COLUMNS: &str = "id, kind, trade, instrument, name, step, changed_ms";

impl Reader<'_> {
    /// One draft.
    pub(crate) fn draft(&self, id: i64) -> Result<Option<SavedDraft>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM draft WHERE id = ?1");
        let found = self
            .conn()
            .prepare_cached(&sql)?
            .query_row([id], saved)
            .optional()?;
        found
            .flatten()
            .map(|found| self.answered(found))
            .transpose()
    }

    /// All drafts, the last one worked on first. One of a kind that only a newer version knows is left out.
    pub(crate) fn drafts(&self) -> Result<Vec<SavedDraft>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM draft ORDER BY changed_ms DESC, id DESC");
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map([], saved)?;
        let mut all = Vec::new();
        for found in rows {
            if let Some(found) = found? {
                all.push(self.answered(found)?);
            }
        }
        Ok(all)
    }

    fn answered(&self, mut saved: SavedDraft) -> Result<SavedDraft, StoreError> {
        let sql = "SELECT field, value FROM draft_answer WHERE draft = ?1";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([saved.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        saved.draft.answers = rows.collect::<Result<_, _>>()?;
        let sql = "SELECT field, value FROM draft_text WHERE draft = ?1";
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([saved.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        saved.draft.texts = rows.collect::<Result<_, _>>()?;
        Ok(saved)
    }
}

fn saved(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<SavedDraft>> {
    let (kind, trade) = (Kind::of_number(row.get(1)?), Trade::of_number(row.get(2)?));
    let (Some(kind), Some(trade)) = (kind, trade) else {
        return Ok(None);
    };
    let name: String = row.get(4)?;
    let instrument: Option<u32> = row.get(3)?;
    Ok(Some(SavedDraft {
        id: row.get(0)?,
        draft: Draft::new(kind, trade, &name),
        instrument: instrument.map(InstrumentId),
        step: row.get(5)?,
        changed_ms: row.get(6)?,
    }))
}

impl Tx<'_> {
    /// Writes a draft whole; one with number 0 gets the next number, which is returned.
    pub(crate) fn put_draft(&self, saved: &SavedDraft) -> Result<i64, StoreError> {
        let id = (saved.id != 0).then_some(saved.id);
        let draft = &saved.draft;
        self.execute(
            "INSERT OR REPLACE INTO draft (id, kind, trade, instrument, name, step, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                id,
                draft.kind as u8,
                draft.trade as u8,
                saved.instrument.map(|instrument| instrument.0),
                draft.name,
                saved.step,
                saved.changed_ms
            ],
        )?;
        let id = id.unwrap_or_else(|| self.conn().last_insert_rowid());
        self.clear_draft(id)?;
        for (field, value) in &draft.answers {
            self.execute(
                "INSERT INTO draft_answer (draft, field, value) VALUES (?1, ?2, ?3)",
                params![id, field, value],
            )?;
        }
        for (field, value) in &draft.texts {
            self.execute(
                "INSERT INTO draft_text (draft, field, value) VALUES (?1, ?2, ?3)",
                params![id, field, value],
            )?;
        }
        Ok(id)
    }

    /// Lets go of a draft.
    pub(crate) fn drop_draft(&self, id: i64) -> Result<(), StoreError> {
        self.clear_draft(id)?;
        self.execute("DELETE FROM draft WHERE id = ?1", [id])
    }

    fn clear_draft(&self, id: i64) -> Result<(), StoreError> {
        self.execute("DELETE FROM draft_answer WHERE draft = ?1", [id])?;
        self.execute("DELETE FROM draft_text WHERE draft = ?1", [id])
    }
}
