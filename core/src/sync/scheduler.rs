//! The exchange of a running app: one thread that carries what the [`Engine`] wants carried.
//!
//! Decides nothing; waits for the engine's timer, for sales and for pokes, and hands bytes to the [`Transport`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::engine::{Effect, Engine, Event, SyncEvent};
use super::transport::live::Live;
use super::transport::{Http, Transport};
use crate::error::CoreError;
use crate::shop::Shop;

/// What the thread is told from outside.
enum Signal {
    Committed,
    Poke,
    Stop,
}

/// An exchange that goes on in the background until it is dropped; a request under way is waited for.
pub struct Scheduler {
    signals: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
    live: Option<Live>,
}

/// Hears what an exchange came to, on the scheduler's thread.
pub type Observer = Box<dyn FnMut(SyncEvent) + Send>;

impl Scheduler {
    /// Starts exchanging at once.
    ///
    /// # Errors
    /// [`CoreError::Unexpected`] when the system gives no thread.
    pub fn start(
        shop: Arc<Shop>,
        transport: Arc<dyn Transport>,
        observer: Observer,
    ) -> Result<Self, CoreError> {
        let (signals, inbox) = channel();
        let driver = Driver {
            engine: Engine::new(shop.clone()),
            shop,
            transport,
            observer,
            timer_ms: 0,
        };
        let thread = std::thread::Builder::new()
            .name("kartka-sync".to_owned())
            .spawn(move || driver.run(&inbox))
            .map_err(|_| CoreError::Unexpected {
                what: "a thread for the exchange",
            })?;
        Ok(Self {
            signals,
            thread: Some(thread),
            live: None,
        })
    }

    /// As [`start`](Self::start) over HTTP, with a line on which the server pokes.
    ///
    /// # Errors
    /// As there; [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn over_http(
        shop: Arc<Shop>,
        http: Arc<Http>,
        observer: Observer,
    ) -> Result<Self, CoreError> {
        let status = shop.sync_status()?;
        let rng = shop.platform.rng.clone();
        let mut scheduler = Self::start(shop, http.clone(), observer)?;
        if let Some(address) = status.server {
            let signals = scheduler.signals.clone();
            let poke = move || {
                // A scheduler that has stopped needs no poke.
                let _ = signals.send(Signal::Poke);
            };
            scheduler.live = Some(http.live(&address, status.business, rng, poke));
        }
        Ok(scheduler)
    }

    /// An op was committed: it is sent soon.
    pub fn committed(&self) {
        // The thread ends only with this value.
        let _ = self.signals.send(Signal::Committed);
    }

    /// Exchanges now: the app came to the front, or the network is back.
    pub fn now(&self) {
        let _ = self.signals.send(Signal::Poke);
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.live = None;
        let _ = self.signals.send(Signal::Stop);
        if let Some(thread) = self.thread.take() {
            // An observer that panicked has ended the thread already.
            let _ = thread.join();
        }
    }
}

struct Driver {
    engine: Engine,
    shop: Arc<Shop>,
    transport: Arc<dyn Transport>,
    observer: Observer,
    /// When the engine wants its next tick, monotonic ms.
    timer_ms: i64,
}

impl Driver {
    fn run(mut self, inbox: &Receiver<Signal>) {
        let mut event = Event::Tick;
        loop {
            self.carry(event);
            event = match inbox.recv_timeout(self.until_timer()) {
                Ok(Signal::Committed) => Event::LocalCommit,
                Ok(Signal::Poke) => Event::Poke,
                Err(RecvTimeoutError::Timeout) => Event::Tick,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            };
        }
    }

    /// An event and everything that follows from it at once.
    fn carry(&mut self, event: Event) {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            for effect in self.engine.step(event) {
                match effect {
                    Effect::Send {
                        request,
                        address,
                        route,
                        message,
                    } => {
                        let answer = self.transport.post(&address, route, &message);
                        next = Some(match answer {
                            Ok(bytes) => Event::Answer { request, bytes },
                            Err(failure) => Event::Failed { request, failure },
                        });
                    }
                    Effect::ArmTimer { at_ms } => self.timer_ms = at_ms,
                    Effect::Report(report) => (self.observer)(report),
                }
            }
        }
    }

    fn until_timer(&self) -> Duration {
        let now = self.shop.platform.clock.monotonic_ms();
        let wait = self.timer_ms.saturating_sub(now).max(1);
        Duration::from_millis(u64::try_from(wait).unwrap_or(1))
    }
}
