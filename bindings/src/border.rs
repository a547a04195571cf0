//! What every exported object holds: the shop, the way to answer a failure, and the runtime that calls run on.

use std::sync::{Arc, LazyLock};

use kartka_core::platform::{Rng as _, SystemRng};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use tokio::runtime::{Builder, Runtime};

use crate::error::{CoreError, Failure, Subject, invalid};
use crate::fault::caught;
use crate::platform::{ChangeTopic, Changes, LogEntry, LogLevel, LogSink};
use crate::sync::Line;

/// Calls that may wait for the disk or the network at the same time; more of them queue up.
const THREADS: usize = 16;

/// Our own runtime: a shell has none, and its calls must outlive the caller.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(THREADS)
        .thread_name("kartka")
        .enable_time()
        .build()
        .expect("the system can start one thread")
});

/// One open shop behind all the objects that were made from it.
pub(crate) struct Border {
    pub(crate) shop: Shop,
    pub(crate) changes: Changes,
    pub(crate) log: Log,
    pub(crate) line: Arc<Line>,
}

impl Border {
    /// Runs `work` as its own task; the caller may stop waiting, the work goes on.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Shop) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, CoreError> {
        self.task(&[], work).await
    }

    /// As [`read`](Self::read), and tells the listener of `topics` when it has succeeded.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        topics: &'static [ChangeTopic],
        work: impl FnOnce(&Shop) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, CoreError> {
        self.task(topics, work).await
    }

    async fn task<T: Send + 'static>(
        self: &Arc<Self>,
        topics: &'static [ChangeTopic],
        work: impl FnOnce(&Shop) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, CoreError> {
        let border = Arc::clone(self);
        let done = spawned(move || {
            let answer = border.log.guarded(|| work(&border.shop));
            if answer.is_ok() {
                border.changes.tell(topics);
            }
            answer
        });
        done.await.unwrap_or_else(|| Err(self.log.lost_task()))
    }
}

/// Runs `work` on a thread of ours; `None` if it did not come to its end.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    RUNTIME.spawn_blocking(work).await.ok()
}

/// Runs `work` on a thread of ours; nobody waits for it here.
pub(crate) fn background(work: impl FnOnce() + Send + 'static) {
    drop(RUNTIME.spawn_blocking(work));
}

/// Turns faults into reports.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Arc<dyn LogSink>);

impl Log {
    /// Runs `work`; a fault or a panic becomes [`CoreError::Unexpected`] and a line in the log.
    pub(crate) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, CoreError> {
        match caught(work) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Failure::Situation(error))) => Err(error),
            Ok(Err(Failure::Fault(what))) => Err(self.report(what)),
            Err(panicked) => Err(self.report(format!("panic at {}", panicked.place))),
        }
    }

    /// The answer for a task that the runtime dropped.
    pub(crate) fn lost_task(&self) -> CoreError {
        self.report("a task was dropped".to_owned())
    }

    fn report(&self, what: String) -> CoreError {
        let mut id = [0_u8; 4];
        SystemRng.fill(&mut id);
        let report_id = format!("{:08x}", u32::from_be_bytes(id));
        let entry = LogEntry {
            level: LogLevel::Error,
            what,
            report_id: Some(report_id.clone()),
        };
        // A sink that throws loses this line; the answer stays.
        let _ = self.0.write(entry);
        CoreError::Unexpected { report_id }
    }
}

/// A request id made by the shell when the keypad opens: 16 random bytes (architecture §3).
pub(crate) fn request_id(bytes: &[u8]) -> Result<RequestId, Failure> {
    <[u8; 16]>::try_from(bytes)
        .map(RequestId)
        .map_err(|_| invalid(Subject::RequestId))
}
