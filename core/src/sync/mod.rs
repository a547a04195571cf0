//! The exchange with the authority: pairing, pushing, pulling (sync §4).
//!
//! [`Shop::sync`] drives one exchange after the other until nothing is left to send or to fetch; [`Engine`] does the
//! same for an app that lives on, from events to effects. Both know no sockets: bytes go through a [`Transport`].
//! What an answer does to the store happens in one transaction (decision 4) or not at all.

mod anew;
mod asking;
mod engine;
mod exchange;
mod failure;
mod handover;
mod heal;
mod history;
mod incarnation;
mod moving;
mod outbox;
mod rebase;
mod retell;
mod revoked;
pub mod scheduler;
pub mod signer;
mod signout;
mod state;
pub mod transport;
mod trust;
mod wanted;

use std::sync::atomic::{AtomicBool, Ordering};

pub use engine::{Effect, Engine, Event, SyncEvent};
pub use failure::Failure;
pub(crate) use handover::{Phase, Plan, leave_alone, order_again};
pub(crate) use outbox::seal_all as seal_outbox;
pub use transport::{Route, Transport};

use crate::error::CoreError;
use crate::shop::Shop;
use kartka_protocol::message::Refusal;

use exchange::{Asked, Finished, begin, finish};
use incarnation::{let_in, note_stranger};
pub(crate) use state::{first_state, is_overtaken, lineage_bytes, note_epoch, read_lineage};
pub use trust::Trust;
pub(crate) use trust::{clock_off, heard_ms, is_revoked, is_wiping, trust};

/// What a run of exchanges came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncReport {
    /// Requests that were answered.
    pub exchanges: u32,
    /// Bytes of the requests.
    pub bytes_up: u64,
    /// Bytes of the answers.
    pub bytes_down: u64,
    /// Own ops that the authority holds now and did not before.
    pub ops_pushed: u64,
    /// Rows that came in pages.
    pub rows_pulled: u64,
    /// Scopes whose digests differed; they are pulled anew (sync §4).
    pub mismatches: u32,
    /// Own ops that went up again under a new number, because this copy was not the newest (sync §12).
    pub reissued: u64,
}

impl SyncReport {
    fn add(&mut self, up: usize, down: usize, finished: &Finished) {
        self.exchanges += 1;
        self.bytes_up += up as u64;
        self.bytes_down += down as u64;
        self.ops_pushed += finished.ops_acked;
        self.rows_pulled += finished.rows;
        self.mismatches += finished.mismatches;
        self.reissued += finished.moved.unwrap_or(0);
    }
}

/// A wish to stop, from another thread.
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Stops what watches this at its next step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody wants to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Sends a request; to where the authority was before when nobody is at the place it named.
fn ask(transport: &dyn Transport, asked: &Asked) -> Result<Vec<u8>, Failure> {
    let places = (asked.address.as_str(), asked.former.as_deref());
    post(transport, places, asked.route(), &asked.message)
}

/// Sends a message to the authority's address, or to the one before it when nobody is there.
pub(crate) fn post(
    transport: &dyn Transport,
    (address, former): (&str, Option<&str>),
    route: Route,
    message: &[u8],
) -> Result<Vec<u8>, Failure> {
    match (transport.post(address, route, message), former) {
        (Err(Failure::Offline), Some(former)) => transport.post(former, route, message),
        (answer, _) => answer,
    }
}

/// Exchanges of one run: a server that always has more is left for the next run.
const ROUNDS: u32 = 1_000;
/// Scopes pulled anew in one run; a sum that differs again and again is left for the next run.
const RENEWALS: u32 = 8;

impl Shop {
    /// Exchanges with the authority until the outbox is empty and every cursor is at its head.
    ///
    /// On an authority there is nothing to do. Each answer is durable by itself: after an error or a cancel the next
    /// run goes on where this one ended.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`]; [`CoreError::Offline`], [`CoreError::ServerUnavailable`] and the server's refusals;
    /// [`CoreError::ServerWentBack`], which lasts until a person acts (sync §12); [`CoreError::Forked`] from a server
    /// that gives this copy no number of its own;
    /// [`CoreError::Cancelled`]; [`CoreError::Store`].
    pub fn sync(
        &self,
        transport: &dyn Transport,
        cancel: &Cancel,
    ) -> Result<SyncReport, CoreError> {
        self.sync_watched(transport, cancel, &mut |_| ())
    }

    /// The same; `watch` is called after every answer that was used.
    pub(crate) fn sync_watched(
        &self,
        transport: &dyn Transport,
        cancel: &Cancel,
        watch: &mut dyn FnMut(&Self),
    ) -> Result<SyncReport, CoreError> {
        let mut report = SyncReport::default();
        let mut knocked = false;
        let mut unsent = u64::MAX;
        for _ in 0..ROUNDS {
            if cancel.is_cancelled() {
                return Err(CoreError::Cancelled);
            }
            let Some(asked) = begin(self)? else {
                return Ok(report);
            };
            let answer = match ask(transport, &asked) {
                Err(Failure::Refused(Refusal::Unauthorised))
                    if !knocked && asked.route() == Route::Sync =>
                {
                    knocked = true;
                    self.knock(transport, &asked.address)?;
                    continue;
                }
                Err(failure) => {
                    if asked.came_to_nothing(self, failure)? {
                        continue;
                    }
                    return Err(failure.into());
                }
                Ok(answer) => answer,
            };
            let finished = match finish(self, &asked, &answer) {
                // What a revoked phone recorded still goes out, as long as it comes forward.
                Err(CoreError::DeviceRevoked) if self.brought(&mut unsent)? => continue,
                // Another exchange of this phone came between.
                Err(CoreError::Stale) => continue,
                finished => finished?,
            };
            report.add(asked.message.len(), answer.len(), &finished);
            watch(self);
            if finished.complete || report.mismatches > RENEWALS {
                return Ok(report);
            }
        }
        Ok(report)
    }

    /// Asks an authority that does not know this device to let it in again: it may have been put back from a copy that is
    /// older than the pairing (sync §12). If it does not under this number, the next request asks for another one.
    fn knock(&self, transport: &dyn Transport, address: &str) -> Result<(), CoreError> {
        let certificate = self.certificate()?.ok_or(CoreError::Unauthorised)?;
        match transport.post(address, Route::Pair, &certificate) {
            Ok(answer) => let_in(self, &answer).map(drop),
            Err(Failure::Refused(Refusal::PairingRefused)) => note_stranger(self).map(drop),
            Err(Failure::Refused(_)) => Err(CoreError::Unauthorised),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Whether fewer ops wait to be sent than before, and some still do; an outbox never seen before counts.
    fn brought(&self, before: &mut u64) -> Result<bool, CoreError> {
        let Ok(status) = self.sync_status() else {
            return Ok(false);
        };
        let fewer = status.outbox < *before;
        *before = status.outbox;
        Ok(fewer && (status.outbox > 0 || status.wiping))
    }

    /// Lets exchanges happen again after [`CoreError::ServerWentBack`]: a person decided so. If the reason is still
    /// there, the next exchange stops again; nothing is lost either way. Whoever presses on has also read that this
    /// phone goes on under a new number.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn resume_sync(&self) -> Result<(), CoreError> {
        self.store.write(|tx| {
            let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
            head.stopped = None;
            tx.note_seen()?;
            Ok(tx.set_head(&head)?)
        })
    }
}
