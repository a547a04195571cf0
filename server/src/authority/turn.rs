//! One turn of the writer: a transaction in which any number of ops get their places (sync §1).
//!
//! States that many ops of a turn touch (customers, positions, cards) are written once, at its end, with
//! the seq of the last op that changed them; digests and the log's hash likewise. Facts are written at
//! once, so that lookups by purchase see them. Decides nothing itself.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::authority::lapse::revive_vouchers;
use kartka_domain::authority::{Author, Before, Decided, Echo, Standing, after, decide, refuse};
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, Id, ProgrammeVersion, Seq};
use kartka_domain::moment::Date;
use kartka_domain::op::{Claim, Fact as OpFact, Op};
use kartka_domain::programme::Programme;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::digest::{Digest, DigestKey};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;

use super::expiry::first_end;
use super::marks::{self, Lines};
use super::own;
use super::people::People;
use super::reserve;
use crate::store::{Fact, NewRow, ScopeDigest, StoreError, Writes, scope_of};

/// A state as it lies in the store and as it will lie after the turn.
struct Slot {
    /// The row that the digest counts now.
    stored: Option<WireRow>,
    /// The row as understood.
    row: Option<Row>,
    /// Where the turn changed it last.
    changed_at: Option<Seq>,
    /// Of a position: its first end as it lies in the store.
    due: Option<i64>,
}

/// A transaction under way.
pub(super) struct Turn<'t> {
    pub(super) db: &'t dyn Writes,
    /// The business date, by the authority's clock.
    pub(super) today: Date,
    /// Epoch ms, by the same clock; 0 where nothing depends on it.
    pub(super) now_ms: i64,
    digest_key: &'t DigestKey,
    states: RefCell<BTreeMap<(RowKind, i64), Slot>>,
    digests: BTreeMap<Scope, Digest>,
    programmes: RefCell<BTreeMap<ProgrammeVersion, Programme>>,
    newest: Cell<Option<ProgrammeVersion>>,
    erased: BTreeSet<CustomerId>,
    /// What late uses of expired vouchers get back, for an op of the authority's own.
    pub(super) owed: Vec<OpFact>,
    lines: RefCell<Option<Lines>>,
    pub(super) people: RefCell<People>,
    /// Whether a key was revoked: it is then kept beside the server's keys too.
    pub(super) revoked: Cell<Revoked>,
    /// Whether the ops come from another authority, which answered repeated requests before it made an op.
    pub(super) from_authority: bool,
}

/// Whether a turn revoked a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Revoked {
    /// None.
    #[default]
    No,
    /// One or more.
    Yes,
}

/// Whether an op is decided as its author wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// Word for word.
    Own,
    /// What it refers to was led elsewhere: its author can't make its rows.
    Followed,
}

/// Whether rows of this kind wait for the end of the turn.
const fn waits(kind: RowKind) -> bool {
    matches!(kind, RowKind::Customer | RowKind::Position | RowKind::Card)
}

impl<'t> Turn<'t> {
    pub(super) fn new(
        db: &'t dyn Writes,
        digest_key: &'t DigestKey,
        today: Date,
    ) -> Result<Self, StoreError> {
        let digests = db.digests()?;
        Ok(Self {
            db,
            today,
            now_ms: 0,
            digest_key,
            states: RefCell::default(),
            digests: digests.into_iter().map(|d| (d.scope, d.digest)).collect(),
            programmes: RefCell::default(),
            newest: Cell::default(),
            erased: BTreeSet::new(),
            owed: Vec::new(),
            lines: RefCell::default(),
            people: RefCell::default(),
            revoked: Cell::default(),
            from_authority: false,
        })
    }

    /// For ops that another authority has ordered.
    pub(super) fn of_an_authority(mut self) -> Self {
        self.from_authority = true;
        self
    }

    /// Decides an op and writes its rows at `seq`; says what the authority has to claim by itself after it.
    pub(super) fn apply(
        &mut self,
        op: &Op,
        standing: Standing,
        seq: Seq,
        wording: Wording,
    ) -> Result<Vec<Claim>, StoreError> {
        let device = Author::Device;
        let by_device = matches!(standing, Standing::Ordered { author, .. } if author == device);
        let settles = |fact: &OpFact| {
            matches!(
                fact,
                OpFact::Owed(_) | OpFact::SettleReturn { .. } | OpFact::SettleReferral { .. }
            )
        };
        let leads_on = by_device || op.facts.iter().any(settles);
        let programme = if leads_on { self.newest()? } else { None };
        let before = match &programme {
            Some(programme) => Before::read(&*self, op, programme)?,
            None => Before::default(),
        };
        let mut decided = decide(&*self, op, standing)?;
        if wording == Wording::Followed {
            for one in &mut decided {
                one.echo = Echo::Changed;
            }
        }
        let Some(programme) = programme else {
            self.write_decided(op, decided, seq)?;
            return Ok(Vec::new());
        };
        let moves = |one: &&Decided| matches!(one.row, Row::Purchase(_) | Row::Entry(_));
        let moved: Vec<Decided> = decided.iter().filter(moves).cloned().collect();
        self.write_decided(op, decided, seq)?;
        after(&*self, (op, &moved), &before, &programme, self.today)
    }

    /// The version in force, found once per turn.
    pub(super) fn newest(&self) -> Result<Option<Programme>, StoreError> {
        let version = match self.newest.get() {
            Some(version) => version,
            None => own::newest_programme(self.db)?,
        };
        self.newest.set(Some(version));
        self.version(version)
    }

    /// Writes an op that was refused, and why, as facts without effect (sync §7).
    pub(super) fn apply_refused(
        &mut self,
        op: &Op,
        (standing, why): (Standing, Code),
        seq: Seq,
    ) -> Result<(), StoreError> {
        let decided = refuse(&*self, op, standing, why)?;
        self.write_decided(op, decided, seq)
    }

    fn write_decided(
        &mut self,
        op: &Op,
        decided: Vec<Decided>,
        seq: Seq,
    ) -> Result<(), StoreError> {
        self.note_redeemed(op, &decided)?;
        reserve::sold(self, op)?;
        self.owed
            .extend(revive_vouchers(&decided).map_err(|_| StoreError::Malformed("a voucher"))?);
        let first = op.id.0;
        let last = op.last_id().unwrap_or(first);
        for one in decided {
            self.put(one, seq, (first, last))?;
        }
        Ok(())
    }

    fn put(&mut self, decided: Decided, seq: Seq, own: (Id, Id)) -> Result<(), StoreError> {
        let Decided { row, echo } = decided;
        let (kind, key) = (row.kind(), row.key());
        if kind == RowKind::Programme {
            self.newest.set(None);
        }
        if let Row::Erasure(erasure) = &row {
            self.erased.insert(erasure.customer);
        }
        if waits(kind) {
            let mut states = self.states.borrow_mut();
            let slot = slot(&mut states, self.db, kind, key)?;
            slot.row = Some(row);
            slot.changed_at = Some(seq);
            return Ok(());
        }
        self.note_people(&row)?;
        // A fact with a number of this very op can't be there yet.
        let fresh = kind.is_fact() && (own.0.get()..=own.1.get()).contains(&key);
        let stored = if fresh { None } else { self.db.row(kind, key)? };
        self.write(&row, echo, seq, stored)
    }

    fn write(
        &mut self,
        row: &Row,
        echo: Echo,
        seq: Seq,
        stored: Option<WireRow>,
    ) -> Result<(), StoreError> {
        let wire = WireRow::of(row, seq);
        let digest = self.digests.entry(scope_of(row)).or_default();
        if let Some(stored) = &stored {
            *digest = digest.minus(self.digest_key, stored);
        }
        *digest = digest.plus(self.digest_key, &wire);
        self.db.put_row(&NewRow {
            wire: &wire,
            row,
            echo,
        })
    }

    /// Writes what waited, and wipes what is kept of those who were erased; says who they are. Call once, before the
    /// transaction ends.
    pub(super) fn finish(mut self) -> Result<BTreeSet<CustomerId>, StoreError> {
        let states = std::mem::take(&mut self.states).into_inner();
        for slot in states.into_values() {
            if let (Some(row), Some(seq)) = (slot.row, slot.changed_at) {
                self.write(&row, Echo::AsClaimed, seq, slot.stored)?;
                self.note_end(&row, slot.due)?;
            }
        }
        for (scope, digest) in std::mem::take(&mut self.digests) {
            self.db.put_digest(&ScopeDigest { scope, digest })?;
        }
        if !self.erased.is_empty() {
            self.wipe_erased()?;
            self.db.put_fact(Fact::Traces, &[1])?;
        }
        Ok(self.erased)
    }

    /// Takes the personal sections about those who were erased out of everything that is kept: what lies apart may name
    /// them by any number that they had or got on a line of incarnations (sync §12).
    fn wipe_erased(&self) -> Result<(), StoreError> {
        let everywhere: BTreeSet<CustomerId> = self.lines(|lines| {
            let ids = self.erased.iter().flat_map(|one| lines.everywhere(one.0));
            ids.map(CustomerId).collect()
        })?;
        let mut about = Vec::new();
        for op in self.db.ops_about(&everywhere)? {
            let people = marks::people_meant(self, &op)?;
            if !people.is_disjoint(&self.erased) {
                about.push(op.id);
            }
        }
        self.db.wipe_ops(&about)?;
        self.db.wipe_apart(&everywhere)
    }

    fn note_end(&self, row: &Row, before: Option<i64>) -> Result<(), StoreError> {
        match row {
            Row::Position(customer, position) if first_end(position) != before => {
                self.db.put_due(*customer, first_end(position))
            }
            _ => Ok(()),
        }
    }

    /// A state as it stands within the turn.
    pub(super) fn state<T>(
        &self,
        kind: RowKind,
        key: i64,
        take: impl FnOnce(&Row) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut states = self.states.borrow_mut();
        let slot = slot(&mut states, self.db, kind, key)?;
        Ok(slot.row.as_ref().and_then(take))
    }

    /// Asks something of the lines of incarnations, read once per turn.
    pub(super) fn lines<T>(&self, ask: impl FnOnce(&Lines) -> T) -> Result<T, StoreError> {
        let mut lines = self.lines.borrow_mut();
        let known = match lines.take() {
            Some(known) => known,
            None => Lines::read(self.db)?,
        };
        let said = ask(&known);
        *lines = Some(known);
        Ok(said)
    }

    /// Forgets the lines of incarnations: there is a new one.
    pub(super) fn forget_lines(&self) {
        *self.lines.borrow_mut() = None;
    }

    /// A version of the programme, read once per turn.
    pub(super) fn version(
        &self,
        version: ProgrammeVersion,
    ) -> Result<Option<Programme>, StoreError> {
        if let Some(found) = self.programmes.borrow().get(&version) {
            return Ok(Some(found.clone()));
        }
        let Some(wire) = self.db.row(RowKind::Programme, i64::from(version.0))? else {
            return Ok(None);
        };
        let Row::Programme(programme) = wire.read()? else {
            return Ok(None);
        };
        self.programmes
            .borrow_mut()
            .insert(version, programme.clone());
        Ok(Some(programme))
    }
}

fn slot<'s>(
    states: &'s mut BTreeMap<(RowKind, i64), Slot>,
    db: &dyn Writes,
    kind: RowKind,
    key: i64,
) -> Result<&'s mut Slot, StoreError> {
    use std::collections::btree_map::Entry;
    match states.entry((kind, key)) {
        Entry::Occupied(found) => Ok(found.into_mut()),
        Entry::Vacant(place) => {
            let stored = db.row(kind, key)?;
            let row = stored.as_ref().map(WireRow::read).transpose()?;
            let due = match &row {
                Some(Row::Position(_, position)) => first_end(position),
                _ => None,
            };
            Ok(place.insert(Slot {
                stored,
                row,
                changed_at: None,
                due,
            }))
        }
    }
}
