//! The writer of one business: one thread, one queue, many pushes in one commit (sync §1).
//!
//! While a commit waits for the disk, jobs gather; the next commit takes them together, so that one fsync
//! serves many devices. Answers go out only after the commit. Decides nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use kartka_domain::ids::Seq;
use tokio::sync::{mpsc, oneshot, watch};

use crate::authority::{Authority, Done, Job};
use crate::store::StoreError;

/// Jobs that wait; beyond that a device is told to come back.
const QUEUE: usize = 512;
/// Jobs of one commit.
const GROUP: usize = 64;
/// No more jobs join a commit that has so many ops: a fifth of a second for everybody else.
const GROUP_OPS: usize = 4_000;

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
    commits: Arc<AtomicU64>,
}

/// The thread's side of the queue.
struct Desk {
    authority: Arc<Authority>,
    jobs: mpsc::Receiver<Waiting>,
    moved: watch::Sender<Seq>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the thread; it ends when the writer is dropped and the queue is empty.
    pub(crate) fn start(authority: Arc<Authority>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (writer, desk) = Self::new(authority);
        let name = "kartka-writer".to_owned();
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || desk.run())?;
        Ok((writer, thread))
    }

    fn new(authority: Arc<Authority>) -> (Self, Desk) {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (moved, head) = watch::channel(Seq(0));
        let commits = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            authority,
            jobs,
            moved,
            commits: commits.clone(),
        };
        let writer = Self {
            queue,
            head,
            commits,
        };
        (writer, desk)
    }

    /// Transactions so far.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
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

impl Desk {
    /// Works until every writer is gone and the queue is empty.
    fn run(mut self) {
        while let Some(first) = self.jobs.blocking_recv() {
            let mut ops = first.job.ops();
            let mut group = vec![first];
            while group.len() < GROUP && ops < GROUP_OPS {
                match self.jobs.try_recv() {
                    Ok(next) => {
                        ops += next.job.ops();
                        group.push(next);
                    }
                    Err(_) => break,
                }
            }
            self.commit(group);
        }
    }

    /// Commits a group; when it can't be, each job alone, so that one bad job takes no other with it.
    fn commit(&self, group: Vec<Waiting>) {
        let (jobs, replies): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.job, w.reply)).unzip();
        let done = match self.attempt(&jobs) {
            Ok(done) => done.into_iter().map(Ok).collect(),
            Err(why) if jobs.len() == 1 || why != NotDone::Failed => vec![Err(why); jobs.len()],
            Err(_) => jobs
                .iter()
                .map(|job| {
                    let done = self.attempt(std::slice::from_ref(job))?;
                    done.into_iter().next().ok_or(NotDone::Failed)
                })
                .collect(),
        };
        for (reply, done) in replies.into_iter().zip(done) {
            // A device that no longer waits learns it at its next exchange.
            let _ = reply.send(done);
        }
        if let Some(head) = self.authority.wipe_traces() {
            self.move_to(head);
        }
    }

    fn move_to(&self, to: Seq) {
        self.moved.send_if_modified(|head| {
            let changed = *head < to;
            *head = (*head).max(to);
            changed
        });
    }

    /// One transaction. A panic undoes it like an error and is a fault of the program.
    fn attempt(&self, jobs: &[Job]) -> Result<Vec<Done>, NotDone> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        match catch_unwind(AssertUnwindSafe(|| self.authority.commit(jobs))) {
            Ok(Ok(committed)) => {
                self.move_to(committed.head);
                Ok(committed.done)
            }
            Ok(Err(error)) => {
                let detail = std::error::Error::source(&error).map(tracing::field::display);
                let jobs = jobs.len();
                tracing::error!(%error, detail, jobs, "nothing of a group was committed");
                Err(NotDone::from(&error))
            }
            Err(_) => {
                tracing::error!(jobs = jobs.len(), "a commit ended with a panic");
                Err(NotDone::Failed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kartka_domain::founding::ShopKind;

    use super::*;
    use crate::FoundingInput;
    use crate::platform::{SystemClock, SystemRandom};

    #[test]
    fn what_waits_is_committed_together_and_everybody_is_answered() {
        let home = tempfile::tempdir().unwrap();
        let input = FoundingInput {
            name: "Shop".to_owned(),
            country: "UA".to_owned(),
            kind: ShopKind::Shop,
            owner: "Olena".to_owned(),
        };
        let data = home.path().join("data");
        let authority =
            Authority::found(&data, &input, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();
        let (writer, desk) = Writer::new(Arc::new(authority));
        let mut answers = Vec::new();
        for _ in 0..GROUP + 1 {
            let (reply, answer) = oneshot::channel();
            let waiting = Waiting {
                job: Job::Day,
                reply,
            };
            assert!(writer.queue.try_send(waiting).is_ok());
            answers.push(answer);
        }
        let commits = writer.commits.clone();
        drop(writer);
        desk.run();
        assert_eq!(commits.load(Ordering::Relaxed), 2);
        for mut answer in answers {
            assert_eq!(answer.try_recv().unwrap(), Ok(Done::Day));
        }
    }
}
