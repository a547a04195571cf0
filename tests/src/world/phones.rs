//! Three phones and a server: the scheduler that moves time, carries messages and brings trouble.

use std::collections::BTreeMap;

use kartka_core::domain::ids::DeviceNo;
use kartka_core::error::CoreError;
use kartka_core::sync::{Effect, Event, Failure as SyncFailure, Route, SyncEvent};
use kartka_server::Rights;

use super::Summary;
use super::check::{self, Wrong};
use super::counter::World;
use super::net::Weather;
use super::phone::{Phone, Survived};
use super::server::{Served, Server};
use super::story::Failure;
use super::time::{DAY, HOUR, MINUTE, SECOND};

/// Phones of a shop.
const PHONES: usize = 3;
/// Taps of a seed.
const TAPS: u32 = 60;
/// Answers kept for being given again too late.
const EARLIER: usize = 6;

/// Something that will happen.
enum Happening {
    Tap,
    Tick {
        phone: usize,
        timer: u64,
    },
    AtServer {
        phone: usize,
        life: u64,
        request: u64,
        route: Route,
        message: Vec<u8>,
    },
    AtPhone {
        phone: usize,
        life: u64,
        request: u64,
        answer: Result<Vec<u8>, SyncFailure>,
    },
    Poke {
        phone: usize,
    },
    Online {
        phone: usize,
    },
    ServerStarts,
}

/// A shop in the middle of a seed.
pub(super) struct Street {
    pub(super) seed: u64,
    pub(super) world: World,
    pub(super) server: Server,
    pub(super) phones: Vec<Phone>,
    /// Whether a phone's files were put back at some time.
    pub(super) was_put_back: Vec<bool>,
    /// The number under which a phone goes on since it was put back.
    numbers: Vec<Option<DeviceNo>>,
    /// Whether a phone's sums were spoiled at some time.
    spoiled: Vec<bool>,
    weather: Weather,
    queue: BTreeMap<(i64, u64), Happening>,
    queued: u64,
    taps_left: u32,
    earlier: Vec<Vec<u8>>,
    server_seq: i64,
    /// The shop is closed: no program runs, no timer fires.
    night: bool,
    /// The phone that may be put back.
    unlucky: usize,
}

pub(super) fn run(seed: u64) -> Result<Summary, Failure> {
    let mut world = World::new(seed);
    let opened = open(seed, &mut world);
    let (server, phones) = opened.map_err(|reason| Failure::new(seed, reason, &world.story))?;
    let weather = Weather::of(&mut world.dice);
    world.kill = weather.kill;
    let mut street = Street {
        seed,
        server_seq: 0,
        night: false,
        unlucky: world.dice.place(PHONES).unwrap_or(0),
        was_put_back: vec![false; phones.len()],
        numbers: vec![None; phones.len()],
        spoiled: vec![false; phones.len()],
        world,
        server,
        phones,
        weather,
        queue: BTreeMap::new(),
        queued: 0,
        taps_left: TAPS,
        earlier: Vec::new(),
    };
    match street.live() {
        Ok(()) => {
            street.world.summary.trace = street.world.story.trace();
            Ok(street.world.summary)
        }
        Err(reason) => Err(Failure::new(seed, reason, &street.world.story)),
    }
}

/// Founds the business on the server, pairs the phones, makes a pile of cards.
fn open(seed: u64, world: &mut World) -> Result<(Server, Vec<Phone>), Wrong> {
    let kind = world.kind();
    let mut server = Server::found(seed, kind, &world.time)?;
    let mut phones = Vec::new();
    for no in 0..PHONES {
        let phone = Phone::new(seed, no, &world.time).map_err(|e| e.to_string())?;
        let rights = if no == 0 {
            Rights::History
        } else {
            Rights::Recent
        };
        let code = server.authority().pairing("http://shop", rights);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let request = world.request();
        let paired = phone
            .shop()
            .pair(request, &code, &format!("Phone {no}"), &server);
        paired.map_err(|e| format!("phone {no} does not pair: {e:?}"))?;
        if no == 0 {
            world.pile_of(&phone, 8)?;
        }
        phones.push(phone);
    }
    if world.dice.percent(60) {
        let bytes = world.dice.between(100, 1_500);
        world.tell(&format!("the server answers in parts of {bytes} bytes"));
        server.limit_pages(usize::try_from(bytes).unwrap_or(usize::MAX));
        server.restart()?;
    }
    Ok((server, phones))
}

impl Street {
    fn live(&mut self) -> Result<(), Wrong> {
        for phone in 0..PHONES {
            self.step(phone, Event::Tick)?;
        }
        self.later(SECOND, Happening::Tap);
        while self.taps_left > 0 {
            self.happen()?;
        }
        self.heal()?;
        self.settle()?;
        self.prove()
    }

    fn later(&mut self, ms: i64, what: Happening) {
        self.queued += 1;
        let at = self.world.time.now() + ms.max(0);
        self.queue.insert((at, self.queued), what);
    }

    fn happen(&mut self) -> Result<(), Wrong> {
        let ((at, _), what) = self
            .queue
            .pop_first()
            .ok_or("nothing will ever happen again")?;
        self.world.time.move_to(at);
        match what {
            Happening::Tap => self.tap(),
            Happening::Tick { phone, timer }
                if timer == self.phones[phone].timer && !self.night =>
            {
                self.step(phone, Event::Tick)
            }
            Happening::Tick { .. } => Ok(()),
            Happening::AtServer {
                phone,
                life,
                request,
                route,
                message,
            } => self.at_server(phone, (life, request), route, &message),
            Happening::AtPhone {
                phone,
                life,
                request,
                answer,
            } => {
                if life != self.phones[phone].life {
                    return Ok(());
                }
                let event = match answer {
                    Ok(bytes) => Event::Answer { request, bytes },
                    Err(failure) => Event::Failed { request, failure },
                };
                self.step(phone, event)
            }
            Happening::Poke { phone } if self.phones[phone].online => self.step(phone, Event::Poke),
            Happening::Poke { .. } => Ok(()),
            Happening::Online { phone } => {
                self.phones[phone].online = true;
                self.world.tell(&format!("phone {phone} is online again"));
                Ok(())
            }
            Happening::ServerStarts => {
                self.world.tell("the server starts again");
                self.server.restart()
            }
        }
    }

    /// A tap somewhere, and perhaps some trouble; then the next one is planned.
    fn tap(&mut self) -> Result<(), Wrong> {
        self.taps_left -= 1;
        if std::mem::take(&mut self.night) {
            self.world.tell("the shop opens");
            (0..PHONES).try_for_each(|phone| self.step(phone, Event::Tick))?;
        }
        let no = self.world.dice.place(PHONES).unwrap_or(0);
        let life = self.phones[no].life;
        self.world.tap(no, &mut self.phones[no])?;
        if life != self.phones[no].life {
            self.step(no, Event::Tick)?;
        }
        self.step(no, Event::LocalCommit)?;
        if self.world.dice.percent(25) {
            self.trouble()?;
        }
        if self.world.dice.percent(20) {
            self.world.look_back(no, &self.phones[no])?;
        }
        let pause = match self.world.dice.below(20) {
            0 => {
                self.night = self.taps_left > 0;
                self.world.dice.between(HOUR, 60 * HOUR)
            }
            1..=6 => self.world.dice.between(30 * SECOND, 4 * MINUTE),
            _ => self.world.dice.between(200, 20 * SECOND),
        };
        if self.taps_left > 0 {
            self.later(pause, Happening::Tap);
        }
        Ok(())
    }

    fn trouble(&mut self) -> Result<(), Wrong> {
        let no = self.world.dice.place(PHONES).unwrap_or(0);
        match self.world.dice.below(10) {
            0..=2 if std::mem::take(&mut self.phones[no].online) => {
                let back = self.world.dice.between(MINUTE, HOUR);
                self.world.tell(&format!("phone {no} goes offline"));
                self.later(back, Happening::Online { phone: no });
            }
            3 => {
                let wait = self.world.dice.between(0, MINUTE);
                self.later(wait, Happening::ServerStarts);
            }
            4..=5 if self.weather.clocks => {
                let skew = match self.world.dice.below(4) {
                    0 => 0,
                    1 => self.world.dice.between(-3 * HOUR, 3 * HOUR),
                    2 => self.world.dice.between(-40 * DAY, 40 * DAY),
                    _ => self.world.dice.between(-3_650 * DAY, 3_650 * DAY),
                };
                self.world
                    .tell(&format!("the clock of phone {no} is set {skew} ms off"));
                self.phones[no].clock.set_skew(skew);
            }
            6..=8 if self.weather.put_back => return self.put_back(self.unlucky),
            6..=7 if self.weather.spoil => {
                self.world.tell(&format!("sums of phone {no} are spoiled"));
                self.spoiled[no] = true;
                self.phones[no].spoil_sums()?;
                return self.step(no, Event::Tick);
            }
            9 => {
                self.world
                    .tell(&format!("phone {no} is switched off and on"));
                self.phones[no].clock.reboot();
                self.phones[no].start().map_err(|e| format!("{e:?}"))?;
                return self.step(no, Event::Tick);
            }
            _ => {}
        }
        Ok(())
    }

    /// A copy of a phone's files is kept, or a kept one takes their place. Once in a world.
    fn put_back(&mut self, no: usize) -> Result<(), Wrong> {
        if self.was_put_back[no] {
            return Ok(());
        }
        if self.phones[no].copy.is_none() {
            let confirmed = self.world.model.of_phone(no).count();
            self.world.tell(&format!(
                "a copy is made of phone {no} after {confirmed} ops"
            ));
            self.phones[no].keep_copy(confirmed);
            return Ok(());
        }
        let Some(kept) = self.phones[no].roll_back().map_err(|e| format!("{e:?}"))? else {
            return Ok(());
        };
        let gone = self.world.model.put_back(no, kept);
        self.world.tell(&format!(
            "phone {no} is put back to its copy: {gone} ops are gone from it"
        ));
        self.was_put_back[no] = true;
        self.world.summary.put_back += 1;
        self.step(no, Event::Tick)
    }

    /// A phone that was put back goes on under a new number: what it still had confirmed has other ids now.
    fn follow(&mut self, no: usize) -> Result<(), Wrong> {
        let status = self.phones[no].shop().sync_status();
        let Some(moved) = status.map_err(|e| e.to_string())?.renumbered else {
            return Ok(());
        };
        let device = moved.numbers.device();
        if self.numbers[no] == Some(device) {
            return Ok(());
        }
        if !self.was_put_back[no] {
            return Err(format!(
                "phone {no} was never put back and has a new number"
            ));
        }
        self.numbers[no] = Some(device);
        self.world.summary.forks += 1;
        self.world.tell(&format!(
            "phone {no} goes on as device {device} with {} ops",
            moved.ops
        ));
        self.world.model.renumber(no, &moved.numbers);
        Ok(())
    }

    /// Lets a phone's engine take a step, in which its machine may stop.
    pub(super) fn step(&mut self, no: usize, event: Event) -> Result<(), Wrong> {
        let mut event = Some(event);
        let kill = self.world.kill / 2;
        let survived = self.phones[no].risk(&mut self.world.dice, kill, |phone| {
            phone.step(event.take().unwrap_or(Event::Tick))
        });
        match survived {
            Survived::Yes(effects) => {
                self.follow(no)?;
                effects.into_iter().try_for_each(|e| self.effect(no, e))
            }
            Survived::No(loss) => {
                self.world
                    .stopped(no, &mut self.phones[no], loss, "exchanges")?;
                self.follow(no)?;
                let effects = self.phones[no].step(Event::Tick);
                effects.into_iter().try_for_each(|e| self.effect(no, e))
            }
        }
    }

    fn effect(&mut self, no: usize, effect: Effect) -> Result<(), Wrong> {
        match effect {
            Effect::Send {
                request,
                route,
                message,
                ..
            } => {
                self.send(no, request, route, message);
                Ok(())
            }
            Effect::ArmTimer { at_ms } => {
                let phone = &mut self.phones[no];
                phone.timer += 1;
                let timer = phone.timer;
                let wait = at_ms - kartka_core::platform::Clock::monotonic_ms(phone.clock.as_ref());
                self.later(wait, Happening::Tick { phone: no, timer });
                Ok(())
            }
            Effect::Report(report) => self.report(no, report),
        }
    }

    fn report(&mut self, no: usize, report: SyncEvent) -> Result<(), Wrong> {
        match report {
            SyncEvent::UpToDate | SyncEvent::Progress { .. } => self.shows_pending(no),
            SyncEvent::Ignored | SyncEvent::Renumbered { .. } => Ok(()),
            SyncEvent::Mismatch { scopes } if self.spoiled[no] => {
                self.world.summary.fetched_anew += u64::from(scopes);
                self.world
                    .tell(&format!("phone {no} fetches {scopes} scopes anew"));
                Ok(())
            }
            SyncEvent::Mismatch { scopes } => Err(format!("phone {no}: {scopes} digests differ")),
            SyncEvent::Failed(error) => {
                self.world
                    .tell(&format!("phone {no} does not get through: {error}"));
                match error {
                    CoreError::Unexpected { .. }
                    | CoreError::Store(_)
                    | CoreError::Keys(_)
                    | CoreError::Forked
                    | CoreError::ServerWentBack => {
                        Err(format!("phone {no} can't go on: {error:?}"))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn send(&mut self, no: usize, request: u64, route: Route, message: Vec<u8>) {
        let life = self.phones[no].life;
        if !self.phones[no].online {
            let answer = Err(SyncFailure::Offline);
            self.later(
                10,
                Happening::AtPhone {
                    phone: no,
                    life,
                    request,
                    answer,
                },
            );
            return;
        }
        let sent = message.len();
        let arrivals = self.weather.request(&mut self.world.dice, message);
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

    fn at_server(
        &mut self,
        no: usize,
        (life, request): (u64, u64),
        route: Route,
        message: &[u8],
    ) -> Result<(), Wrong> {
        let percent = self.weather.server_kill;
        let served = self
            .server
            .risk(&mut self.world.dice, percent, route, message);
        let answer = match served {
            Served::Answered(answer) => answer,
            Served::Stopped(loss) => {
                self.world.summary.server_kills += 1;
                self.world.tell(&format!(
                    "the server stops while it answers phone {no}: {loss:?}"
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
                return Err("the server's disk failed".to_owned());
            }
            Err(_) => {}
        }
        let seq = self.server.seq()?;
        self.world.tell(&format!(
            "the server answers phone {no}, seq {seq}{}",
            if answer.is_ok() { "" } else { ": no" }
        ));
        if seq > std::mem::replace(&mut self.server_seq, seq) && self.weather.pokes {
            for phone in (0..PHONES).filter(|phone| *phone != no) {
                let delay = self.weather.delay(&mut self.world.dice);
                self.later(delay, Happening::Poke { phone });
            }
        }
        let clean = answer.clone();
        let arrivals = self
            .weather
            .answer(&mut self.world.dice, answer, &self.earlier);
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
            let delay = self.weather.delay(&mut self.world.dice);
            self.later(
                delay,
                Happening::AtPhone {
                    phone: no,
                    life,
                    request,
                    answer,
                },
            );
        }
        Ok(())
    }

    /// The rough time is over: machines and network work, clocks are right.
    fn heal(&mut self) -> Result<(), Wrong> {
        self.world.tell("everything heals");
        let pokes = self.weather.pokes;
        self.weather = Weather::fair();
        self.weather.pokes = pokes;
        self.world.kill = 0;
        for no in 0..PHONES {
            self.phones[no].online = true;
            self.phones[no].clock.set_skew(0);
        }
        self.server.restart()
    }

    /// Time passes until nothing is left to exchange; timers and pokes alone must lead there.
    fn settle(&mut self) -> Result<(), Wrong> {
        let end = self.world.time.now() + 20 * MINUTE;
        while self.world.time.now() < end {
            if self.is_settled()? {
                return Ok(());
            }
            self.happen()?;
        }
        let state: Vec<String> = (0..PHONES).map(|no| self.state_of(no)).collect();
        Err(format!(
            "20 minutes after healing: server at {}; {}",
            self.server.seq()?,
            state.join("; ")
        ))
    }

    fn state_of(&self, no: usize) -> String {
        let shop = self.phones[no].shop();
        let differs = check::agrees(shop, &self.server).err().unwrap_or_default();
        match shop.sync_status() {
            Ok(s) => format!(
                "phone {no}: outbox {}, seq {}, stopped {:?}, {differs}",
                s.outbox, s.seq.0, s.stopped
            ),
            Err(error) => format!("phone {no}: {error}"),
        }
    }

    fn is_settled(&self) -> Result<bool, Wrong> {
        for phone in &self.phones {
            let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
            let agrees = status.outbox == 0 && check::agrees(phone.shop(), &self.server).is_ok();
            if status.stopped.is_none() && !agrees {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
