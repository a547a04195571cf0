//! The end of the rough time: everything heals, and the world must come to rest.

use kartka_core::sync::{Event, Failure as SyncFailure};

use super::check;
use super::laws::{Law, Wrong};
use super::net::Weather;
use super::plan::Healing;
use super::street::Street;
use super::time::{HOUR, MINUTE, SECOND};

/// The longest that an open request and the wait after failures may take before the first exchange (the engine's
/// patience of 150 s, then five minutes and a quarter of them).
const WAITS_MS: i64 = 9 * MINUTE;
/// So long a restored server waits for what only another phone can tell it (decision 13), and an hour more.
const WAITS_FOR_OTHERS_MS: i64 = 73 * HOUR;
/// From then on (sync §11).
const CONVERGES_MS: i64 = 60 * SECOND;

impl Street {
    /// The rough time is over: machines and network work, clocks are right, everybody's app is in front.
    pub(super) fn heal(&mut self) -> Result<(), Wrong> {
        self.world.tell("everything heals");
        self.weather = Weather::default();
        self.pokes = 100;
        self.world.kill = 0;
        let closed: Vec<bool> = (0..self.phones.len()).map(|no| !self.is_open(no)).collect();
        for phone in &mut self.phones {
            phone.online = true;
            phone.open = true;
            phone.deaf_until = 0;
            phone.clock.set_skew(0);
            phone.cure();
        }
        self.healed = true;
        self.end_of_the_old_box();
        self.server.restart()?;
        for (no, closed) in closed.into_iter().enumerate() {
            if closed {
                self.step(no, Event::Tick)?;
            }
            if self.plan.healing == Healing::Told {
                // The network changes: what was on its way breaks off, and the app is told.
                if let Some(request) = self.phones[no].asking.take() {
                    let failure = SyncFailure::Offline;
                    self.step(no, Event::Failed { request, failure })?;
                }
                self.step(no, Event::Poke)?;
            }
        }
        Ok(())
    }

    /// Time passes until nothing is left to exchange.
    pub(super) fn settle(&mut self) -> Result<(), Wrong> {
        let first = self.comes_to_rest();
        let waits = matches!(&first, Err(wrong) if wrong.law == Law::Live);
        if !waits || self.world.summary.restores == 0 || !self.plan.turns_back() {
            return first;
        }
        self.world
            .tell("three days pass: what nobody has any more is waited for no longer");
        self.world
            .time
            .move_to(self.world.time.now() + WAITS_FOR_OTHERS_MS);
        for no in 0..self.phones.len() {
            self.step(no, Event::Poke)?;
        }
        self.comes_to_rest()
    }

    fn comes_to_rest(&mut self) -> Result<(), Wrong> {
        let given = match self.plan.healing {
            Healing::Told => CONVERGES_MS,
            Healing::Timers => WAITS_MS + CONVERGES_MS,
        };
        let end = self.world.time.now() + given;
        while self.world.time.now() < end {
            if self.is_settled()? {
                return Ok(());
            }
            self.happen()?;
        }
        let state: Vec<String> = (0..self.phones.len()).map(|no| self.state_of(no)).collect();
        let what = format!(
            "{} s after healing: server at {}; {}",
            given / SECOND,
            self.server.seq()?,
            state.join("; ")
        );
        Err(Wrong::of(Law::Live, what))
    }

    fn state_of(&self, no: usize) -> String {
        let shop = self.phones[no].shop();
        let differs = check::agrees(shop, &self.server).err();
        let differs = differs.map_or_else(String::new, |wrong| wrong.what);
        match shop.sync_status() {
            Ok(s) => format!(
                "phone {no}: outbox {}, seq {}, stopped {:?}, {differs}",
                s.outbox, s.seq.0, s.stopped
            ),
            Err(error) => format!("phone {no}: {error}"),
        }
    }

    fn is_settled(&self) -> Result<bool, Wrong> {
        let head = self.server.seq()?;
        let mut at_rest = true;
        for phone in &self.phones {
            let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
            let sent = status.outbox == 0;
            at_rest &= match phone.stolen {
                true => sent && status.stopped.is_some(),
                false => status.stopped.is_some() || (sent && status.seq.0 == head),
            };
        }
        if !at_rest {
            return Ok(false);
        }
        for phone in &self.phones {
            let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
            if status.stopped.is_none() && check::agrees(phone.shop(), &self.server).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
