//! The exchange of an app that lives on: events in, effects out, no threads and no sockets (sync §9).
//!
//! One request is open at a time. Every way through [`Engine::step`] that leaves none open leaves a timer armed, so
//! a phone that failed a thousand times tries again. Time is the clock's monotonic one: a person who sets the wall
//! clock neither stops nor hurries it.

use std::sync::Arc;

use kartka_domain::planted;
use kartka_protocol::message::Refusal;

use super::Route;
use super::exchange::{Asked, begin, finish};
use super::failure::Failure;
use super::incarnation::{let_in, note_stranger};
use crate::error::CoreError;
use crate::shop::Shop;

/// A sale is sent this much after it, together with what follows at once.
const SOON_MS: i64 = 300;
/// Pokes may be missed: a phone with nothing to do asks this often.
const IDLE_MS: i64 = 60_000;
/// The first wait after a failure; doubles until [`BACKOFF_MAX_MS`].
const BACKOFF_MS: i64 = 1_000;
/// The longest wait after failures.
const BACKOFF_MAX_MS: i64 = 5 * 60_000;
/// An answer that has not come by then comes too late.
const PATIENCE_MS: i64 = 150_000;

/// What happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The timer fired, or the app came to the front.
    Tick,
    /// An op was committed here.
    LocalCommit,
    /// The server says that there is something new.
    Poke,
    /// An answer came.
    Answer {
        /// To which request.
        request: u64,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A request came to nothing.
    Failed {
        /// Which.
        request: u64,
        /// Why.
        failure: Failure,
    },
}

/// What is to be done outside.
#[derive(Debug)]
pub enum Effect {
    /// Send a message; its answer or failure comes back as an event with the same number.
    Send {
        /// The number of the request.
        request: u64,
        /// The server's address.
        address: String,
        /// Where there.
        route: Route,
        /// The bytes.
        message: Vec<u8>,
    },
    /// Send [`Event::Tick`] at this monotonic time of the clock; takes the place of an earlier timer.
    ArmTimer {
        /// Milliseconds, as `Clock::monotonic_ms` counts.
        at_ms: i64,
    },
    /// Tell whoever shows or counts it.
    Report(SyncEvent),
}

/// What is worth showing or counting.
#[derive(Debug)]
pub enum SyncEvent {
    /// Everything is sent and fetched.
    UpToDate,
    /// An exchange brought this forward, and there is more.
    Progress {
        /// Own ops that the authority holds now.
        ops_pushed: u64,
        /// Rows that came.
        rows_pulled: u64,
    },
    /// Scopes whose digests differed are pulled anew.
    Mismatch {
        /// How many.
        scopes: u32,
    },
    /// This copy was rolled back or cloned: it goes on under a new number, and so many ops go up again (sync §12).
    Renumbered {
        /// How many.
        ops: u64,
    },
    /// It did not work; it will be tried again.
    Failed(CoreError),
    /// An answer was thrown away: it was another request's, or another exchange came between.
    Ignored,
}

/// The exchange as a machine.
pub struct Engine {
    shop: Arc<Shop>,
    open: Option<(u64, Asked, i64)>,
    last_request: u64,
    /// Failures since the last answer that was used.
    failures: u32,
    /// Answers in a row whose digests differed.
    differing: u32,
    /// Ops that waited when a revoked phone was answered last; the most there are where it was not.
    unsent: u64,
    /// When the next exchange begins, monotonic ms.
    due_ms: i64,
    /// A poke came while a request was open: its answer may be older than what the poke was about.
    poked: bool,
    /// Nobody was at the authority's new address: the next request goes to the one before.
    back: bool,
    /// Whether the authority is asked to let this device in again, which it does not know.
    knock: Knock,
}

/// How far that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knock {
    No,
    /// With the next request.
    Next,
    /// The open request asks.
    Open,
    /// It was let in: who is turned away all the same waits as after any failure before asking again.
    LetIn,
}

impl Engine {
    /// Nothing under way; the first exchange begins with the first event.
    #[must_use]
    pub fn new(shop: Arc<Shop>) -> Self {
        let due_ms = shop.platform.clock.monotonic_ms();
        Self {
            shop,
            open: None,
            last_request: 0,
            failures: 0,
            differing: 0,
            unsent: u64::MAX,
            due_ms,
            poked: false,
            back: false,
            knock: Knock::No,
        }
    }

    /// What follows from an event.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        let now = self.shop.platform.clock.monotonic_ms();
        let mut effects = Vec::new();
        match event {
            Event::Tick => self.time_out(now, &mut effects),
            // After failures the wait stands: a busy counter must not hammer a server that is down.
            Event::LocalCommit if self.failures == 0 => {
                self.due_ms = self.due_ms.min(now.saturating_add(SOON_MS));
            }
            Event::LocalCommit => {}
            Event::Poke => {
                self.due_ms = now;
                self.poked = self.open.is_some();
            }
            Event::Answer { request, bytes } => match self.take(request) {
                Some(asked) => self.answered(&asked, &bytes, now, &mut effects),
                None => effects.push(Effect::Report(SyncEvent::Ignored)),
            },
            Event::Failed { request, failure } => {
                if let Some(asked) = self.take(request) {
                    self.came_to_nothing(&asked, failure, now, &mut effects);
                }
            }
        }
        self.go_on(now, &mut effects);
        effects
    }

    /// The open request got no answer: what is asked next, and when.
    fn came_to_nothing(
        &mut self,
        asked: &Asked,
        failure: Failure,
        now: i64,
        effects: &mut Vec<Effect>,
    ) {
        self.back = failure == Failure::Offline && asked.former.is_some() && !self.back;
        // While it knocks, the request that it would have made was not sent.
        let passed = match self.knock {
            Knock::Open => Ok(false),
            _ => asked.came_to_nothing(&self.shop, failure),
        };
        if let Ok(true) = passed {
            self.due_ms = now;
            return;
        }
        let unknown = failure == Failure::Refused(Refusal::PairingRefused);
        let stranger = match unknown && self.knock == Knock::Open {
            true => note_stranger(&self.shop),
            false => Ok(false),
        };
        // Once for each time that it is turned away.
        self.knock = match (self.knock, failure) {
            (Knock::No, Failure::Refused(Refusal::Unauthorised))
                if asked.route() == Route::Sync =>
            {
                Knock::Next
            }
            _ => Knock::No,
        };
        let (news, error) = match passed.and(stranger) {
            Ok(news) => (news, failure.into()),
            Err(broken) => (false, broken),
        };
        self.failed(error, now, effects);
        if self.knock == Knock::Next || news {
            // Whoever knows what to say next need not wait to say it.
            self.due_ms = now;
        }
    }

    /// The open request, if it is this one.
    fn take(&mut self, request: u64) -> Option<Asked> {
        match self.open.take() {
            Some((number, asked, _)) if number == request || planted!(AnswerUnbound) => Some(asked),
            other => {
                self.open = other;
                None
            }
        }
    }

    fn time_out(&mut self, now: i64, effects: &mut Vec<Effect>) {
        if let Some((_, asked, _)) = self.open.take_if(|(.., until)| now >= *until) {
            self.came_to_nothing(&asked, Failure::Timeout, now, effects);
        }
    }

    fn answered(&mut self, asked: &Asked, bytes: &[u8], now: i64, effects: &mut Vec<Effect>) {
        if self.knock == Knock::Open {
            self.knock = Knock::LetIn;
            match let_in(&self.shop, bytes) {
                Ok(true) => self.due_ms = now,
                Ok(false) => self.failed(CoreError::Unauthorised, now, effects),
                Err(error) => self.failed(error, now, effects),
            }
            return;
        }
        let finished = match finish(&self.shop, asked, bytes) {
            Ok(finished) => finished,
            Err(CoreError::Stale) => {
                // Somebody else exchanged meanwhile; what is left to do is asked for at once.
                effects.push(Effect::Report(SyncEvent::Ignored));
                self.due_ms = now;
                return;
            }
            // What a revoked phone recorded still goes out, as long as it comes forward.
            Err(CoreError::DeviceRevoked)
                if matches!(self.shop.brought(&mut self.unsent), Ok(true)) =>
            {
                self.due_ms = now;
                return;
            }
            Err(error) => return self.failed(error, now, effects),
        };
        if let Some(ops) = finished.moved {
            effects.push(Effect::Report(SyncEvent::Renumbered { ops }));
        }
        effects.push(Effect::Report(if finished.complete {
            SyncEvent::UpToDate
        } else {
            SyncEvent::Progress {
                ops_pushed: finished.ops_acked,
                rows_pulled: finished.rows,
            }
        }));
        if finished.mismatches > 0 {
            let scopes = finished.mismatches;
            effects.push(Effect::Report(SyncEvent::Mismatch { scopes }));
            // Pulling anew is dear, and may not help: it is paced like a failure, but failures before do not count.
            self.failures = 0;
            self.differing = self.differing.saturating_add(1);
            self.due_ms = now.saturating_add(self.wait(self.differing, None));
        } else {
            self.failures = 0;
            if finished.complete {
                self.differing = 0;
            }
            let pause = if finished.complete && !self.poked {
                self.jittered(IDLE_MS)
            } else {
                0
            };
            self.due_ms = now.saturating_add(pause);
        }
    }

    fn failed(&mut self, error: CoreError, now: i64, effects: &mut Vec<Effect>) {
        self.failures = self.failures.saturating_add(1);
        self.unsent = u64::MAX;
        let asked_for = match &error {
            CoreError::ServerUnavailable { retry_after_ms } => Some(*retry_after_ms),
            // Only a person ends these; looking again costs nothing and finds out.
            CoreError::Forked
            | CoreError::ServerWentBack
            | CoreError::DeviceRevoked
            | CoreError::ProtocolTooOld { .. } => Some(BACKOFF_MAX_MS),
            _ => None,
        };
        self.due_ms = now.saturating_add(self.wait(self.failures, asked_for));
        effects.push(Effect::Report(SyncEvent::Failed(error)));
    }

    /// Begins what is due, or arms the timer for it.
    fn go_on(&mut self, now: i64, effects: &mut Vec<Effect>) {
        if self.open.is_none() && now >= self.due_ms {
            match begin(&self.shop) {
                Ok(Some(asked)) => self.send(asked, now, effects),
                Ok(None) => self.due_ms = now.saturating_add(IDLE_MS),
                Err(error) => self.failed(error, now, effects),
            }
        }
        let at_ms = self.open.as_ref().map_or(self.due_ms, |open| open.2);
        if self.failures == 0 || !planted!(NoTimerAfterFailure) {
            effects.push(Effect::ArmTimer { at_ms });
        }
    }

    fn send(&mut self, mut asked: Asked, now: i64, effects: &mut Vec<Effect>) {
        self.last_request += 1;
        self.poked = false;
        let certificate = match self.knock {
            Knock::Next => self.shop.certificate().ok().flatten(),
            Knock::No | Knock::Open | Knock::LetIn => None,
        };
        let (route, message) = match certificate {
            Some(certificate) => (Route::Pair, certificate),
            None => (asked.route(), std::mem::take(&mut asked.message)),
        };
        self.knock = match (route, self.knock) {
            (Route::Pair, _) => Knock::Open,
            (_, Knock::LetIn) => Knock::LetIn,
            _ => Knock::No,
        };
        effects.push(Effect::Send {
            request: self.last_request,
            address: match &asked.former {
                Some(former) if self.back => former.clone(),
                _ => asked.address.clone(),
            },
            route,
            message,
        });
        let until = now.saturating_add(PATIENCE_MS);
        self.open = Some((self.last_request, asked, until));
    }

    /// The wait after so many failures, or what the server asked for if that is longer.
    fn wait(&self, failures: u32, asked_for: Option<i64>) -> i64 {
        let doublings = failures.saturating_sub(1).min(16);
        let wait = (BACKOFF_MS << doublings).min(BACKOFF_MAX_MS);
        self.jittered(wait.max(asked_for.unwrap_or(0).min(24 * 60 * 60_000)))
    }

    /// Between ¾ and 5⁄4 of a wait, so that the phones of a shop do not come all at once.
    fn jittered(&self, wait_ms: i64) -> i64 {
        let mut byte = [0];
        self.shop.platform.rng.fill(&mut byte);
        wait_ms * 3 / 4 + wait_ms / 2 * i64::from(byte[0]) / 255
    }
}
