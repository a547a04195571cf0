//! What only the border tests export: a card drawn before a camera, a panic, a server that refuses, a clock that somebody
//! moves, and what a disk that no test may mount would say. Never in what is shipped.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use kartka_core::platform::{Clock, SystemClock, SystemRng};
use kartka_core::scan::draw::{Scene, camera_frame};
use kartka_core::store::StoreError;

use crate::border::{Log, spawned};
use crate::error::{CoreError, Failure, Subject, invalid};
use crate::platform::LogSink;

/// How far the wall clock of every shop of this process was moved, in milliseconds.
static MOVED_MS: AtomicI64 = AtomicI64::new(0);

/// The machine's clock as somebody has set it; what counts the time of a boot goes on as before.
pub(crate) struct MovedClock(SystemClock);

impl MovedClock {
    pub(crate) fn new() -> Self {
        Self(SystemClock::new())
    }
}

impl Clock for MovedClock {
    fn now_ms(&self) -> i64 {
        let moved = MOVED_MS.load(Ordering::Relaxed);
        self.0.now_ms().saturating_add(moved)
    }

    fn monotonic_ms(&self) -> i64 {
        self.0.monotonic_ms()
    }

    fn boot_id(&self) -> u64 {
        self.0.boot_id()
    }
}

/// The stage of the border tests.
#[derive(uniffi::Object)]
pub struct Rehearsal {
    log: Log,
}

/// A camera frame.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RehearsedFrame {
    /// The luma plane.
    pub luma: Vec<u8>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows, without gaps between them.
    pub height: u32,
}

#[uniffi::export(async_runtime = "tokio")]
impl Rehearsal {
    /// A stage that logs into `log`.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(log: Arc<dyn LogSink>) -> Arc<Self> {
        Arc::new(Self { log: Log(log) })
    }

    /// A card with `text` in its QR, turned a little, in fair light before a noisy camera.
    ///
    /// # Errors
    /// `Validation` for a text that no QR holds.
    pub fn frame(&self, text: String) -> Result<RehearsedFrame, CoreError> {
        self.log.guarded(|| {
            let scene = Scene {
                degrees: 12.0,
                ..Scene::PREVIEW
            };
            let image =
                camera_frame(&text, &scene, &SystemRng).map_err(|_| invalid(Subject::Text))?;
            Ok(RehearsedFrame {
                luma: image.pixels().to_vec(),
                width: scene.width,
                height: scene.height,
            })
        })
    }

    /// Somebody sets the clock of the phone: from now on it is `by_ms` away from the machine's, for every shop that is open.
    pub fn move_clock(&self, by_ms: i64) {
        MOVED_MS.store(by_ms, Ordering::Relaxed);
    }

    /// Panics at once, while the caller waits.
    ///
    /// # Errors
    /// `Unexpected`, always.
    pub fn panic_now(&self) -> Result<(), CoreError> {
        self.log.guarded(|| panic!("a rehearsed panic"))
    }

    /// Panics in a task.
    ///
    /// # Errors
    /// `Unexpected`, always.
    pub async fn panic_later(&self) -> Result<(), CoreError> {
        let log = self.log.clone();
        let task = spawned(move || log.guarded(|| panic!("a rehearsed panic")));
        task.await.unwrap_or_else(|| Err(self.log.lost_task()))
    }

    /// Panics outside of everything that guards, so that only the generated code stands between it and the shell.
    pub fn panic_unguarded(&self) {
        panic!("a rehearsed panic");
    }

    /// Fails as the core would with the error of this name, through the real table.
    ///
    /// # Errors
    /// That one; `NotFound` for a name that is met for real.
    pub fn fail(&self, name: String) -> Result<(), CoreError> {
        self.log.guarded(|| {
            let found = failures().into_iter().find(|(known, _)| *known == name);
            Err(found.map_or(CoreError::NotFound.into(), |(_, failure)| failure))
        })
    }

    /// Stands in for a server on the loopback `port`: answers the next request with this status and problem, and the
    /// one after a 401 too, when the phone knocks once more with its certificate; then listens no more.
    ///
    /// # Errors
    /// `Busy` when somebody listens there.
    pub fn impostor(&self, port: u16, status: u16, problem: String) -> Result<(), CoreError> {
        self.log.guarded(|| {
            let listener =
                TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|_| CoreError::Busy)?;
            thread::spawn(move || {
                let knocks = if status == 401 { 2 } else { 1 };
                let mut listener = Some(listener);
                for left in (0..knocks).rev() {
                    let Some(Ok((stream, _))) = listener.as_ref().map(TcpListener::accept) else {
                        return;
                    };
                    if left == 0 {
                        listener = None;
                    }
                    // The test sees what came of it.
                    let _ = refuse(stream, status, &problem);
                }
            });
            Ok(())
        })
    }
}

/// Reads one request to its end and refuses it.
fn refuse(mut stream: TcpStream, status: u16, problem: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4_096];
    while !is_whole(&request) {
        match stream.read(&mut chunk)? {
            0 => break,
            read => request.extend_from_slice(&chunk[..read]),
        }
    }
    let length = problem.len();
    write!(
        stream,
        "HTTP/1.1 {status} Refused\r\nContent-Type: application/problem+json\r\nRetry-After: 2\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{problem}"
    )
}

/// Whether the head and as many bytes as it announces have come.
fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let announced = String::from_utf8_lossy(&request[..head])
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    request.len() >= head + 4 + announced
}

/// What a machine without a small disk can't meet for real, by the name it has at the border.
fn failures() -> [(&'static str, Failure); 3] {
    [
        ("StorageFull", StoreError::Full.into()),
        ("ReadOnly", StoreError::ReadOnly.into()),
        ("Forked", kartka_core::error::CoreError::Forked.into()),
    ]
}
