//! The writer of one business: one thread, one queue, many pushes in one commit (sync §1).
//!
//! While a commit waits for the disk, jobs gather; the next commit takes them together, so that one fsync
//! serves many devices. Answers go out only after the commit. Decides nothing.

use std::sync::Arc;
use std::thread::JoinHandle;

use kartka_domain::ids::Seq;
use tokio::sync::{mpsc, oneshot, watch};

use crate::authority::{Authority, Done, Job};
use crate::store::StoreError;

/// Jobs that wait; beyond that a device is told to come back.
const QUEUE: usize = 512;
/// Jobs of one commit: 8 MiB of ops each at the very most, usually some kilobytes.
const GROUP: usize = 64;

/// Why a job did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// The queue is full: come back.
    Busy,
    /// The disk is full.
    Full,
    /// The disk can't be written.
    ReadOnly,
    /// Anything else; the log knows.
    Failed,
    /// The server stops.
    Stopping,
}

impl From<&StoreError> for NotDone {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::Busy => Self::Busy,
            _ => Self::Failed,
        }
    }
}

/// A job and who waits for it.
struct Waiting {
    job: Job,
    reply: oneshot::Sender<Result<Done, NotDone>>,
}

/// The writer's queue. Dropping the last one ends the thread after what is queued.
pub(crate) struct Writer {
    queue: mpsc::Sender<Waiting>,
    head: watch::Receiver<Seq>,
}

impl Writer {
    /// Starts the thread; it ends when the writer is dropped and the queue is empty.
    pub(crate) fn start(authority: Arc<Authority>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (moved, head) = watch::channel(Seq(0));
        let name = "kartka-writer".to_owned();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || run(&authority, jobs, &moved))?;
        Ok((Self { queue, head }, thread))
    }

    /// Waits until the job is durable.
    pub(crate) async fn run(&self, job: Job) -> Result<Done, NotDone> {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Waiting { job, reply }) {
            Ok(()) => answer.await.unwrap_or(Err(NotDone::Stopping)),
            Err(mpsc::error::TrySendError::Full(_)) => Err(NotDone::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(NotDone::Stopping),
        }
    }

    /// Tells when the order has moved.
    pub(crate) fn moves(&self) -> watch::Receiver<Seq> {
        self.head.clone()
    }
}

fn run(authority: &Authority, mut jobs: mpsc::Receiver<Waiting>, moved: &watch::Sender<Seq>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(next) => group.push(next),
                Err(_) => break,
            }
        }
        commit(authority, group, moved);
    }
}

fn commit(authority: &Authority, group: Vec<Waiting>, moved: &watch::Sender<Seq>) {
    let (jobs, replies): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.job, w.reply)).unzip();
    match authority.commit(&jobs) {
        Ok(committed) => {
            moved.send_if_modified(|head| {
                let changed = *head < committed.head;
                *head = (*head).max(committed.head);
                changed
            });
            for (reply, done) in replies.into_iter().zip(committed.done) {
                // A device that no longer waits learns it at its next exchange.
                let _ = reply.send(Ok(done));
            }
        }
        Err(error) => {
            let detail = std::error::Error::source(&error);
            tracing::error!(%error, detail = detail.map(tracing::field::display), jobs = jobs.len(), "nothing of a group was committed");
            for reply in replies {
                let _ = reply.send(Err(NotDone::from(&error)));
            }
        }
    }
}
