//! Messages between phones and server, with what the weather does to them.

use kartka_core::sync::{Event, Failure as SyncFailure, Route};

use super::laws::{Law, Wrong};
use super::server::Served;
use super::street::{Happening, Street};

/// Answers kept for being given again too late.
const EARLIER: usize = 6;

impl Street {
    pub(super) fn send(&mut self, no: usize, request: u64, route: Route, message: Vec<u8>) {
        let phone = &mut self.phones[no];
        let life = phone.life;
        phone.asking = Some(request);
        if !phone.online {
            let answer = Err(SyncFailure::Offline);
            let noticed = Happening::AtPhone {
                phone: no,
                life,
                request,
                answer,
            };
            return self.later(10, noticed);
        }
        let sent = message.len();
        let arrivals = self.weather.request(&mut phone.luck, message);
        if arrivals.len() != 1 || arrivals[0].1.len() != sent {
            self.world.summary.troubles += 1;
        }
        for (delay, message) in arrivals {
            let arrival = Happening::AtServer {
                phone: no,
                life,
                request,
                route,
                message,
            };
            self.later(delay, arrival);
        }
    }

    pub(super) fn at_server(
        &mut self,
        no: usize,
        (life, request): (u64, u64),
        route: Route,
        message: &[u8],
    ) -> Result<(), Wrong> {
        if let Some(answer) = self.asks_the_old_box(no, route, message) {
            self.answer(no, (life, request), answer);
            return Ok(());
        }
        let percent = self.weather.server_kill;
        let luck = &mut self.phones[no].luck;
        let served = self.server.risk(luck, percent, route, message);
        let answer = match served {
            Served::Answered(answer) => answer,
            Served::Stopped(loss) => {
                self.world.summary.server_kills += 1;
                let words = super::counter::words(loss);
                self.world.tell(&format!(
                    "the server stops while it answers phone {no}: {words}"
                ));
                self.server.restart()?;
                Err(SyncFailure::Offline)
            }
        };
        match &answer {
            Ok(bytes) => {
                self.world.story.bytes(bytes);
                self.world.summary.exchanges += 1;
            }
            Err(SyncFailure::Unavailable { .. }) => {
                return Err(Wrong::of(Law::Sound, "the server's disk failed"));
            }
            Err(_) => {}
        }
        let seq = self.server.seq()?;
        self.world.tell(&format!(
            "the server answers phone {no}, seq {seq}{}",
            if answer.is_ok() { "" } else { ": no" }
        ));
        self.sales_have_come()?;
        self.poke(no, seq);
        self.answer(no, (life, request), answer);
        Ok(())
    }

    /// Others are told that there is something new; once everything is well whoever asked is told too, as a server tells
    /// all: what it writes after an answer, for instance that erased names are gone, is in no answer yet.
    pub(super) fn poke(&mut self, no: usize, seq: i64) {
        let new = seq > std::mem::replace(&mut self.server_seq, seq);
        if !new || !self.phones[no].luck.percent(self.pokes) {
            return;
        }
        let told = |phone: &usize| *phone != no || self.healed;
        for phone in (0..self.phones.len()).filter(told).collect::<Vec<_>>() {
            let delay = self.weather.delay(&mut self.phones[no].luck);
            self.later(delay, Happening::Poke { phone });
        }
    }

    fn answer(
        &mut self,
        no: usize,
        (life, request): (u64, u64),
        answer: Result<Vec<u8>, SyncFailure>,
    ) {
        if self.world.time.now() < self.phones[no].deaf_until {
            self.world.summary.troubles += 1;
            return;
        }
        let clean = answer.clone();
        let luck = &mut self.phones[no].luck;
        let arrivals = self.weather.answer(luck, answer, &self.earlier);
        if arrivals.len() != 1 || arrivals[0] != clean {
            self.world.summary.troubles += 1;
        }
        if let Ok(bytes) = clean {
            self.earlier.push(bytes);
            if self.earlier.len() > EARLIER {
                self.earlier.remove(0);
            }
        }
        for answer in arrivals {
            let delay = self.weather.delay(&mut self.phones[no].luck);
            let arrival = Happening::AtPhone {
                phone: no,
                life,
                request,
                answer,
            };
            self.later(delay, arrival);
        }
    }

    pub(super) fn at_phone(
        &mut self,
        no: usize,
        (life, request): (u64, u64),
        answer: Result<Vec<u8>, SyncFailure>,
    ) -> Result<(), Wrong> {
        let phone = &mut self.phones[no];
        if life != phone.life {
            return Ok(());
        }
        if phone.asking == Some(request) {
            phone.asking = None;
        }
        let event = match answer {
            Ok(bytes) => Event::Answer { request, bytes },
            Err(failure) => Event::Failed { request, failure },
        };
        self.step(no, event)
    }
}
