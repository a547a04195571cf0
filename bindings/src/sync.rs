//! The exchange with the authority: how this device stands, and runs of it with progress and an end by hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kartka_core::query::status::SyncStatus;
use kartka_core::sync::transport::{Http, Route, Transport};
use kartka_core::sync::{Cancel, Failure as Unanswered, SyncReport as CoreReport};
use tokio::sync::watch;

use crate::border::{Border, background};
use crate::error::{CoreError, Failure};
use crate::platform::{ChangeTopic, ListenerFault};
use crate::root::EVERYTHING;

/// The way to the server, made when it is first needed, and what was last heard on it.
#[derive(Default)]
pub(crate) struct Line {
    http: OnceLock<Http>,
    revoked: AtomicBool,
}

impl Line {
    pub(crate) fn http(&self) -> Result<&Http, Unanswered> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let made = Http::new(None)?;
        Ok(self.http.get_or_init(|| made))
    }
}

/// The exchange with the authority.
#[derive(uniffi::Object)]
pub struct Exchange {
    border: Arc<Border>,
}

/// How this device stands with the authority.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncStanding {
    /// The one word of it.
    pub dot: SyncDot,
    /// The server's address; none where this device is the authority.
    pub server: Option<String>,
    /// Operations that the authority does not hold yet.
    pub outbox: i64,
    /// When the authority was last heard, epoch ms by this device's clock.
    pub synced_ms: i64,
    /// Age of its word in milliseconds; 0 on an authority; negative when the clock went back.
    pub age_ms: i64,
    /// The protocol's code that stops the exchange until a person acts.
    pub stopped: Option<u16>,
    /// Milliseconds by which this device's clock is ahead of the authority's (behind: negative), where it is so wrong that
    /// the authority sets the times of sales; none where it is right or was not measured since the device started.
    pub clock_off_ms: Option<i64>,
    /// This device is its own authority, nobody measures its clock, and it jumped: to be asked about (sync §5).
    #[uniffi(default = None)]
    pub clock_jump: Option<ClockJump>,
    /// This device's data was an older copy, until `resume` says that somebody has read it.
    pub renumbered: Option<Renumbered>,
}

/// This device's data was an older copy: what it had sold was kept, and sent again under a new number. Ids that were
/// on a screen before may be others' now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Renumbered {
    /// Operations that were kept and sent again.
    pub ops: i64,
    /// When, epoch ms by this device's clock.
    pub at_ms: i64,
}

/// A clock that jumped. Sales go on; what ends by it waits (sync §5).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClockJump {
    /// The last business date that it showed before, ISO.
    pub before: String,
    /// The one that it shows now, ISO.
    pub now: String,
}

/// What the dot on the screen says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncDot {
    /// This device is its own authority: there is no server.
    Alone,
    /// Everything is sent.
    InSync,
    /// Operations wait to be sent.
    Waiting,
    /// The exchange stopped: a person must look.
    Stuck,
    /// The owner took this device out of the shop, as the server said last.
    Revoked,
}

/// Hears how a run goes on, on a thread of the core.
#[uniffi::export(with_foreign)]
pub trait SyncProgressListener: Send + Sync {
    /// One more request was answered.
    ///
    /// # Errors
    /// Whatever the platform throws; the run goes on.
    fn progressed(&self, progress: SyncProgress) -> Result<(), ListenerFault>;
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Record)]
pub struct SyncProgress {
    /// Requests that were answered.
    pub exchanges: i64,
    /// Bytes of the requests.
    pub bytes_up: i64,
    /// Bytes of the answers.
    pub bytes_down: i64,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// Requests that were answered.
    pub exchanges: i64,
    /// Bytes of the requests.
    pub bytes_up: i64,
    /// Bytes of the answers.
    pub bytes_down: i64,
    /// Own operations that the authority holds now and did not before.
    pub ops_pushed: i64,
    /// Rows that came.
    pub rows_pulled: i64,
}

/// A run of the exchange. It goes on to its end whether or not anybody holds this.
#[derive(uniffi::Object)]
pub struct SyncRun {
    cancel: Arc<Cancel>,
    end: watch::Receiver<Option<Result<SyncReport, CoreError>>>,
    border: Arc<Border>,
}

impl Exchange {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Exchange {
    /// Pairs this device with the business of a pairing code and pulls its data for the first time. Once the server
    /// has taken the device in that is durable: if only the pull fails, a repeat with the same request id goes on.
    ///
    /// # Errors
    /// `Validation` for a text that is no pairing code or a device name of no use; `AlreadyPaired`; `PairingRefused`;
    /// `Offline`; `ServerUnavailable`; the situation of the disk or the key store.
    pub async fn pair(
        &self,
        request: Vec<u8>,
        pairing_code: String,
        device_name: String,
    ) -> Result<SyncReport, CoreError> {
        let line = Arc::clone(&self.border.line);
        let pair = self.border.write(EVERYTHING, move |shop| {
            let request = crate::border::request_id(&request)?;
            let report = shop.pair(request, &pairing_code, &device_name, line.http()?)?;
            Ok(report.into())
        });
        pair.await
    }

    /// Outbox, head and age.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn standing(&self) -> Result<SyncStanding, CoreError> {
        let line = Arc::clone(&self.border.line);
        let standing = self
            .border
            .read(move |shop| Ok(standing(shop.sync_status()?, &line)));
        standing.await
    }

    /// Begins to send and to fetch until nothing is left of either. An authority has nothing to do.
    #[must_use]
    pub fn start(&self, progress: Option<Arc<dyn SyncProgressListener>>) -> Arc<SyncRun> {
        SyncRun::start(&self.border, progress)
    }

    /// Lets the exchange go on after `ServerWentBack`, because a person decided so; and notes that somebody has read
    /// that this device goes on under a new number.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn resume(&self) -> Result<(), CoreError> {
        self.border
            .write(&[ChangeTopic::Sync], |shop| Ok(shop.resume_sync()?))
            .await
    }

    /// The owner says that the clock of this phone, which jumped, is right: what ends by it ends again.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotPaired`; the situation of the disk.
    pub async fn trust_clock(&self) -> Result<(), CoreError> {
        self.border
            .write(&[ChangeTopic::Sync], |shop| Ok(shop.trust_clock()?))
            .await
    }
}

impl SyncRun {
    pub(crate) fn start(
        border: &Arc<Border>,
        progress: Option<Arc<dyn SyncProgressListener>>,
    ) -> Arc<Self> {
        let cancel = Arc::new(Cancel::default());
        let (tell, end) = watch::channel(None);
        let (border, stop) = (Arc::clone(border), Arc::clone(&cancel));
        let run = Self {
            cancel,
            end,
            border: Arc::clone(&border),
        };
        background(move || {
            let answer = border.log.guarded(|| exchange(&border, progress, &stop));
            // Also after a failure something may have come or gone.
            border.changes.tell(match &answer {
                Ok(report) if report.rows_pulled > 0 => EVERYTHING,
                _ => &[ChangeTopic::Sync],
            });
            let _ = tell.send(Some(answer));
        });
        Arc::new(run)
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl SyncRun {
    /// Waits for the end. May be asked again, also by several callers.
    ///
    /// # Errors
    /// `Offline`, `ServerUnavailable`, `Unauthorised`, `DeviceRevoked`, `ServerRejected`, `ProtocolTooOld`; `Forked`
    /// from a server that gives a copy no number; `ServerWentBack`, which lasts until a person acts; `Cancelled`; `NotPaired`; the situation of the disk.
    pub async fn outcome(&self) -> Result<SyncReport, CoreError> {
        let mut end = self.end.clone();
        let told = end.wait_for(Option::is_some).await;
        told.ok()
            .and_then(|answer| answer.clone())
            .unwrap_or_else(|| Err(self.border.log.lost_task()))
    }

    /// Ends the run before its next request; what was exchanged stays.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

fn exchange(
    border: &Border,
    progress: Option<Arc<dyn SyncProgressListener>>,
    cancel: &Cancel,
) -> Result<SyncReport, Failure> {
    let line = &border.line;
    let told = Told::new(line.http()?, progress, cancel);
    let done = border.shop.sync(&told, cancel).map_err(Failure::from);
    match &done {
        Err(_) if cancel.is_cancelled() => return Err(CoreError::Cancelled.into()),
        Ok(_) => line.revoked.store(false, Ordering::SeqCst),
        Err(Failure::Situation(CoreError::DeviceRevoked)) => {
            line.revoked.store(true, Ordering::SeqCst);
        }
        Err(_) => {}
    }
    Ok(done?.into())
}

/// The protocol's number of a revocation, which a phone remembers for good.
const REVOKED: u16 = 5;

fn standing(status: SyncStatus, line: &Line) -> SyncStanding {
    let dot = if status.server.is_none() {
        SyncDot::Alone
    } else if line.revoked.load(Ordering::SeqCst) || status.stopped == Some(REVOKED) {
        SyncDot::Revoked
    } else if status.stopped.is_some() {
        SyncDot::Stuck
    } else if status.outbox > 0 {
        SyncDot::Waiting
    } else {
        SyncDot::InSync
    };
    SyncStanding {
        dot,
        server: status.server,
        outbox: signed(status.outbox),
        synced_ms: status.synced_ms,
        age_ms: status.age_ms,
        stopped: status.stopped,
        clock_off_ms: status.clock_off_ms,
        clock_jump: status.clock_jump.map(|jump| ClockJump {
            before: jump.before.to_string(),
            now: jump.now.to_string(),
        }),
        renumbered: status.renumbered.map(|moved| Renumbered {
            ops: signed(moved.ops),
            at_ms: moved.at_ms,
        }),
    }
}

/// Carries messages until somebody cancels, and tells a listener of each answer.
struct Told<'a> {
    http: &'a Http,
    listener: Option<Arc<dyn SyncProgressListener>>,
    cancel: &'a Cancel,
    so_far: Mutex<SyncProgress>,
}

impl<'a> Told<'a> {
    fn new(
        http: &'a Http,
        listener: Option<Arc<dyn SyncProgressListener>>,
        cancel: &'a Cancel,
    ) -> Self {
        Self {
            http,
            listener,
            cancel,
            so_far: Mutex::default(),
        }
    }
}

impl Transport for Told<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Unanswered> {
        if self.cancel.is_cancelled() {
            return Err(Unanswered::Offline);
        }
        let answer = self.http.post(address, route, message)?;
        let progress = {
            let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
            so_far.exchanges += 1;
            so_far.bytes_up += signed(message.len() as u64);
            so_far.bytes_down += signed(answer.len() as u64);
            *so_far
        };
        if let Some(listener) = &self.listener {
            // A listener that throws misses the rest of nothing: the next answer is told again.
            let _ = listener.progressed(progress);
        }
        Ok(answer)
    }
}

impl From<CoreReport> for SyncReport {
    fn from(report: CoreReport) -> Self {
        Self {
            exchanges: i64::from(report.exchanges),
            bytes_up: signed(report.bytes_up),
            bytes_down: signed(report.bytes_down),
            ops_pushed: signed(report.ops_pushed),
            rows_pulled: signed(report.rows_pulled),
        }
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
