//! One question that somebody at a counter asks the server and waits for, with everything that may happen on the way.

use std::sync::{Mutex, PoisonError};

use kartka_core::sync::{Failure as SyncFailure, Route, Transport};

use super::dice::Dice;
use super::laws::Wrong;
use super::net::Weather;
use super::server::{Served, Server};
use super::street::Street;

/// What became of a question at the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    No,
    Yes,
    /// The machine stopped in it.
    Perhaps,
}

impl Street {
    /// Does what asks the server something for a phone.
    pub(super) fn over_the_way<T>(
        &mut self,
        no: usize,
        dice: &mut Dice,
        work: impl FnOnce(&dyn Transport) -> T,
    ) -> Result<(Heard, T), Wrong> {
        let phone = &self.phones[no];
        let way = Way {
            online: phone.online,
            deaf: self.world.time.now() < phone.deaf_until,
            weather: &self.weather,
            earlier: &self.earlier,
            ends: Mutex::new(Ends {
                server: &mut self.server,
                dice,
                heard: Heard::No,
            }),
        };
        let told = work(&way);
        let ends = way.ends.into_inner();
        let heard = ends.unwrap_or_else(PoisonError::into_inner).heard;
        if heard == Heard::Perhaps {
            self.world.summary.server_kills += 1;
            self.world
                .tell(&format!("the server stops while phone {no} waits for it"));
            self.server.restart()?;
        }
        Ok((heard, told))
    }
}

/// The way of one question.
struct Way<'a> {
    online: bool,
    deaf: bool,
    weather: &'a Weather,
    earlier: &'a [Vec<u8>],
    ends: Mutex<Ends<'a>>,
}

struct Ends<'a> {
    server: &'a mut Server,
    dice: &'a mut Dice,
    heard: Heard,
}

impl Transport for Way<'_> {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, SyncFailure> {
        if !self.online {
            return Err(SyncFailure::Offline);
        }
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = &mut *ends;
        let mut answer = Err(SyncFailure::Timeout);
        for (_, message) in self.weather.request(ends.dice, message.to_vec()) {
            if ends.heard == Heard::Perhaps {
                break;
            }
            let percent = self.weather.server_kill;
            answer = match ends.server.risk(ends.dice, percent, route, &message) {
                Served::Answered(Ok(bytes)) => {
                    ends.heard = Heard::Yes;
                    Ok(bytes)
                }
                Served::Answered(Err(failure)) => Err(failure),
                Served::Stopped(_) => {
                    ends.heard = Heard::Perhaps;
                    Err(SyncFailure::Offline)
                }
            };
        }
        let mut answers = self.weather.answer(ends.dice, answer, self.earlier);
        match answers.pop().filter(|_| !self.deaf) {
            Some(answer) => answer,
            None => Err(SyncFailure::Timeout),
        }
    }
}
