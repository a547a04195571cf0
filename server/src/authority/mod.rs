//! The authority of one business: puts ops in order and answers for the order (sync §1).
//!
//! Synchronous and without threads or sockets: `Authority::commit` is called by the writer thread of a
//! server and directly by whoever runs everything in one thread. What an op comes to is decided by
//! `domain::authority` alone.

mod audit;
mod book;
mod carry;
mod day;
mod erasure;
mod exchange;
mod expiry;
mod found;
mod handover;
mod hold;
mod holder;
mod identity;
mod incarnation;
mod intake;
mod invite;
mod line;
mod marks;
mod memory;
mod moving;
mod numbers;
mod owed;
mod own;
mod pair;
mod people;
mod pull;
pub(crate) mod push;
mod quarantine;
mod reign;
mod reserve;
mod turn;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kartka_domain::codes::Code;
use kartka_domain::ids::{BusinessId, CustomerId, DeviceNo, Seq};
use kartka_protocol::head::SignedHead;
use kartka_protocol::message::Reserved;

use crate::platform::{Clock, Random};
use crate::store::{BusinessStore, KeyFolder, Reads, StoreError, write};
pub use audit::Audit;
pub(crate) use audit::audit;
pub use exchange::ExchangeError;
pub use found::{FoundingInput, NotFounded};
pub use handover::{Received, Reception};
pub use hold::Hold;
pub(crate) use hold::hold;
pub(crate) use holder::HolderAsking;
use holder::Wishes;
pub(crate) use incarnation::{Asking, Grant};
pub(crate) use intake::{Asked, refusal_of};
use invite::Invite;
pub(crate) use memory::Memory;
pub use moving::NotMoved;
use pair::Enrol;
use push::Push;
pub(crate) use push::{History, Outcome};
use reserve::Reserve;
use turn::{Revoked, Turn};

/// One business, open.
pub struct Authority {
    store: Box<dyn BusinessStore>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// The URL by which this process is reached, if it is reached by one.
    address: Option<String>,
    memory: Memory,
    /// The folder beside the data; none for a copy that is only looked at.
    keys: Option<KeyFolder>,
    /// Whether the files may hold traces of erased people.
    traces: AtomicBool,
    /// Bytes of pages in one answer, at most.
    pages: usize,
}

/// Something to be done in a turn of the writer.
pub(crate) enum Job {
    /// Ops of a device.
    Push(Push),
    /// A device that wants to be let in.
    Enrol(Enrol),
    /// A copy of a device that shows its branch.
    Fork(Asking),
    /// Nothing but what a new business day asks for.
    Day,
    /// People whom the list of erased ones names and the data does not.
    Erase(Vec<CustomerId>),
    /// The traces of erased people are gone from this server's files.
    Wiped,
    /// The owner's word that what waits after a restore need not wait.
    Release,
    /// A head of this authority's own that it does not hold.
    Head(SignedHead),
    /// Something to be kept for a receipt.
    Reserve(Reserve),
    /// A pairing code for the next device.
    Invite(Invite),
    /// What the holder of a card wants done.
    Wishes(Wishes),
}

impl Job {
    /// How many ops it brings, new or known.
    pub(crate) fn ops(&self) -> usize {
        match self {
            Self::Push(push) => push.ops(),
            Self::Enrol(_)
            | Self::Fork(_)
            | Self::Day
            | Self::Erase(_)
            | Self::Wiped
            | Self::Release
            | Self::Reserve(_)
            | Self::Invite(_)
            | Self::Head(_) => 1,
            Self::Wishes(wishes) => wishes.ops(),
        }
    }
}

/// A group of jobs after its commit.
pub(crate) struct Committed {
    /// What became of each job, in their order.
    pub(crate) done: Vec<Done>,
    /// The last seq given.
    pub(crate) head: Seq,
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Of a push.
    Push(Outcome),
    /// Of a device: the number it was given, if it was let in.
    Enrol(Option<DeviceNo>),
    /// Of a copy.
    Fork(Grant),
    /// Of anything else.
    Day,
    /// Of the owner's word.
    Release,
    /// Of a head.
    Head,
    /// Of something to be kept.
    Reserved(Reserved),
    /// Of a pairing code: until when it is good, epoch ms, or why there is none.
    Invited(Result<i64, Code>),
    /// Of wishes: what became of each is found by its key.
    Wishes,
}

impl Authority {
    /// Puts jobs in order in one transaction: all of them are durable when this returns `Ok`.
    ///
    /// # Errors
    /// What the disk reports; then none of the jobs happened.
    pub(crate) fn commit(&self, jobs: &[Job]) -> Result<Committed, StoreError> {
        let digest_key = self.memory.keys.digest;
        let (committed, risen, revoked) = write(self.store.as_ref(), |db| {
            let mut order = memory::read_order(db)?;
            let before = order;
            let today = own::moment(db, self.now_ms())?.date;
            let mut turn = Turn::new(db, &digest_key, today)?;
            turn.now_ms = self.now_ms();
            expiry::begin_day(self, &mut turn, &mut order)?;
            let mut done = Vec::with_capacity(jobs.len());
            let mut risen = None;
            for job in jobs {
                let tells = matches!(
                    job,
                    Job::Push(_)
                        | Job::Enrol(_)
                        | Job::Fork(_)
                        | Job::Reserve(_)
                        | Job::Invite(_)
                        | Job::Wishes(_)
                );
                if tells && self.is_away(db)? {
                    return Err(StoreError::Moved);
                }
                done.push(match job {
                    Job::Push(push) => Done::Push(push::take(self, &mut turn, &mut order, push)?),
                    Job::Enrol(enrol) => {
                        Done::Enrol(pair::take(self, &mut turn, &mut order, enrol)?)
                    }
                    Job::Fork(asking) => {
                        Done::Fork(incarnation::take(self, &mut turn, &mut order, asking)?)
                    }
                    Job::Day => Done::Day,
                    Job::Erase(people) => {
                        erasure::erase(self, &mut turn, &mut order, people)?;
                        Done::Day
                    }
                    Job::Wiped => {
                        erasure::note_wiped(self, &mut turn, &mut order)?;
                        Done::Day
                    }
                    Job::Release => {
                        hold::end(db)?;
                        Done::Release
                    }
                    Job::Reserve(asked) => Done::Reserved(reserve::take(&turn, asked)?),
                    Job::Invite(asked) => Done::Invited(invite::take(&turn, asked)?),
                    Job::Wishes(wishes) => {
                        holder::take(self, &mut turn, &mut order, wishes)?;
                        Done::Wishes
                    }
                    Job::Head(signed) => {
                        risen = moving::meet(self, db, signed)?.or(risen);
                        Done::Head
                    }
                });
            }
            let revoked = turn.revoked.get();
            let erased = turn.finish()?;
            if order != before {
                memory::write_order(db, &order)?;
            }
            self.note_erased(&erased)?;
            let head = order.seq;
            Ok((Committed { done, head }, risen, revoked))
        })?;
        if let (Some(epoch), Some(keys)) = (risen, &self.keys) {
            keys.keep_epoch(self.memory.business, epoch)?;
        }
        if revoked == Revoked::Yes {
            self.keep_revoked()?;
        }
        Ok(committed)
    }

    /// Nobody is answered before a revoked key lies beside the keys too.
    fn keep_revoked(&self) -> Result<(), StoreError> {
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        let all = crate::store::read(self.store.as_ref(), |db| db.revoked_keys())?;
        keys.keep_revoked(self.memory.business, &all)
    }

    /// Sends at most about `bytes` of pages in one answer, so that even a small shop comes to a phone in parts:
    /// what a phone does between two parts can be tried without a hundred thousand rows.
    pub fn limit_pages(&mut self, bytes: usize) {
        self.pages = bytes.min(pull::PAGES);
    }

    /// The business.
    #[must_use]
    pub fn business(&self) -> BusinessId {
        self.memory.business
    }

    /// Where the order stands, signed.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn head(&self) -> Result<SignedHead, StoreError> {
        crate::store::read(self.store.as_ref(), |db| self.sign(db))
    }

    /// The store, for the pages and for figures about it.
    #[must_use]
    pub fn store(&self) -> &dyn BusinessStore {
        self.store.as_ref()
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn sign(&self, db: &dyn Reads) -> Result<SignedHead, StoreError> {
        Ok(self
            .memory
            .sign(memory::epoch(db)?, memory::read_order(db)?))
    }
}
