//! Phones and a server: the scheduler that moves time and lets happen what the plan says.

use std::collections::BTreeMap;

use kartka_core::error::CoreError;
use kartka_core::sync::{Effect, Event, Failure as SyncFailure, Route, SyncEvent};
use kartka_server::Rights;

use super::Summary;
use super::carried::{self, Files};
use super::counter::{World, request};
use super::dice::Dice;
use super::hostile::Thief;
use super::laws::{Law, Wrong};
use super::net::Weather;
use super::online::Online;
use super::phone::{Phone, Survived};
use super::plan::{Class, Plan, Planned, What};
use super::reigns::Spare;
use super::rules::Rules;
use super::server::Server;
use super::story::Failure;
use super::taps::Tap;
use super::time::{MINUTE, SECOND};

/// An app that nobody has touched for so long is in the background: its timers don't fire.
const LEFT_ALONE_MS: i64 = 20 * SECOND;

/// The thief's number among the phones.
const THIEF: usize = 99;

/// Something that will happen.
pub(super) enum Happening {
    Planned {
        place: usize,
    },
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
    Cured {
        phone: usize,
    },
}

/// A shop in the middle of a seed.
pub(super) struct Street {
    pub(super) plan: Plan,
    pub(super) script: BTreeMap<usize, Planned>,
    pub(super) world: World,
    pub(super) server: Server,
    pub(super) phones: Vec<Phone>,
    pub(super) weather: Weather,
    /// Answers kept for being given again too late.
    pub(super) earlier: Vec<Vec<u8>>,
    pub(super) server_seq: i64,
    /// Up to where the model knows which numbers the server has.
    pub(super) learned: i64,
    /// Percent of the pushes after which others are poked.
    pub(super) pokes: u64,
    /// Backups, and a server that was lost.
    pub(super) spare: Spare,
    /// Somebody with an enrolled phone who lies.
    pub(super) thief: Option<Thief>,
    /// What the facts of the ledger were when they were last looked at.
    pub(super) seen: super::ledger::Seen,
    /// What the server keeps for receipts, in a world where points are spent online only.
    pub(super) online: Online,
    /// Outboxes that left as files.
    pub(super) files: Files,
    queue: BTreeMap<(i64, u64), Happening>,
    queued: u64,
    planned_left: usize,
    last_tap_ms: i64,
    pub(super) healed: bool,
}

/// Lives through a plan.
///
/// # Errors
/// [`Failure`] with the broken promise and the last steps.
pub fn live(plan: &Plan) -> Result<Summary, Failure> {
    kartka_protocol::simulation::paper(!plan.encrypted);
    let lived = live_in(plan);
    kartka_protocol::simulation::paper(false);
    lived
}

fn live_in(plan: &Plan) -> Result<Summary, Failure> {
    let mut world = World::new(plan.seed, plan.told);
    let opened = open(plan, &mut world);
    let (server, phones, thief) = match opened {
        Ok(opened) => opened,
        Err(wrong) => return Err(Failure::new(plan.seed, &wrong, &world.story)),
    };
    let files = match plan.filed {
        true => carried::begins(&server, &phones[0]),
        false => Ok(Files::default()),
    };
    let files = match files {
        Ok(files) => files,
        Err(wrong) => return Err(Failure::new(plan.seed, &wrong, &world.story)),
    };
    world.kill = plan.rate(Class::Kill);
    let script: BTreeMap<_, _> = plan.script().collect();
    let mut street = Street {
        planned_left: script.len(),
        script,
        weather: Weather::of(plan),
        pokes: plan.pokes,
        plan: plan.clone(),
        server_seq: 0,
        learned: 0,
        world,
        server,
        phones,
        earlier: Vec::new(),
        spare: Spare::default(),
        thief,
        seen: super::ledger::Seen::default(),
        online: Online::default(),
        files,
        queue: BTreeMap::new(),
        queued: 0,
        last_tap_ms: 0,
        healed: false,
    };
    match street.live() {
        Ok(()) => {
            let story = &street.world.story;
            street.world.summary.trace = story.trace();
            street.world.summary.classes = plan.classes().count() as u64;
            Ok(street.world.summary)
        }
        Err(wrong) => Err(Failure::new(plan.seed, &wrong, &street.world.story)),
    }
}

/// Founds the business on the server, pairs the phones, makes a pile of cards.
fn open(plan: &Plan, world: &mut World) -> Result<(Server, Vec<Phone>, Option<Thief>), Wrong> {
    let mut dice = Dice::new(plan.seed, 2);
    let (mut server, founder) = match plan.founded_alone {
        true => super::arrival::arrive(plan, world).map(|(server, phone)| (server, Some(phone)))?,
        false => (Server::found(plan.seed, world.kind, &world.time)?, None),
    };
    if plan.rate(Class::Newer) > 0 {
        world.tell("the business was founded by a newer version");
        server.was_newer()?;
        server.restart()?;
    }
    let mut phones = Vec::new();
    if let Some(mut phone) = founder {
        let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
        phone.number = i64::from(status.device.get());
        phone.paired_in = server.epoch()?;
        phones.push(phone);
    }
    for no in phones.len()..plan.phones {
        let mut phone = Phone::new(plan.seed, no, &world.time).map_err(|e| format!("{e:?}"))?;
        let rights = if no == 0 {
            Rights::History
        } else {
            Rights::Recent
        };
        let code = server.authority().pairing("http://shop", rights);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let request = request(&mut dice);
        let paired = phone
            .shop()
            .pair(request, &code, &format!("Phone {no}"), &server);
        paired.map_err(|e| format!("phone {no} does not pair: {e:?}"))?;
        let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
        phone.number = i64::from(status.device.get());
        phone.paired_in = server.epoch()?;
        if no == 0 {
            world.pile_of(&phone, 8, &mut dice)?;
        }
        phones.push(phone);
    }
    if plan.short_lived {
        let months = if dice.percent(70) { 1 } else { 2 };
        let rules = Rules {
            months,
            ..Rules::ready(world.kind)
        };
        world.does(0, &mut phones[0], &Tap::Publish(rules), &mut dice)?;
    }
    if plan.online {
        super::online::begins(plan, world, &mut phones[0])?;
    }
    if plan.friends {
        super::friends::begins(plan, world, &mut phones[0])?;
    }
    for phone in &mut phones {
        // What a phone was told at its pairing does not lie in its log alone.
        phone.start().map_err(|e| e.to_string())?;
    }
    if dice.percent(30) {
        let bytes = dice.between(300, 3_000);
        world.tell(&format!("the server answers in parts of {bytes} bytes"));
        server.limit_pages(usize::try_from(bytes).unwrap_or(usize::MAX));
        server.restart()?;
    }
    let thief = match plan.rate(Class::Hostile) {
        0 => None,
        _ => Some(enrol_thief(plan, world, &server, &mut dice)?),
    };
    Ok((server, phones, thief))
}

/// Pairs one phone more, whose owner is a thief.
fn enrol_thief(
    plan: &Plan,
    world: &World,
    server: &Server,
    dice: &mut Dice,
) -> Result<Thief, Wrong> {
    let phone = Phone::new(plan.seed, THIEF, &world.time).map_err(|e| e.to_string())?;
    let code = server
        .authority()
        .pairing("http://shop", Rights::Recent)
        .map_err(|e| e.to_string())?;
    let paired = phone
        .shop()
        .pair(request(dice), &code.to_text(), "Thief", server);
    paired.map_err(|e| format!("the thief does not pair: {e:?}"))?;
    Thief::of(phone)
}

impl Street {
    fn live(&mut self) -> Result<(), Wrong> {
        let planned: Vec<_> = self.script.iter().map(|(at, p)| (*at, p.at_ms)).collect();
        for (place, at_ms) in planned {
            self.later(at_ms, Happening::Planned { place });
        }
        self.staff_begins()?;
        for phone in 0..self.plan.phones {
            self.step(phone, Event::Tick)?;
        }
        while self.planned_left > 0 {
            self.happen()?;
        }
        self.heal()?;
        self.files_come()?;
        self.settle()?;
        if self.phones.iter().any(|phone| phone.stolen) {
            self.owner_decides()?;
            self.settle()?;
        }
        if self.plan.short_lived {
            self.days_pass()?;
            self.settle()?;
        }
        self.prove()
    }

    pub(super) fn later(&mut self, ms: i64, what: Happening) {
        self.queued += 1;
        let at = self.world.time.now() + ms.max(0);
        self.queue.insert((at, self.queued), what);
    }

    pub(super) fn happen(&mut self) -> Result<(), Wrong> {
        let next = self.queue.pop_first();
        let ((at, _), what) =
            next.ok_or_else(|| Wrong::of(Law::Live, "nothing will ever happen again"))?;
        self.world.time.move_to(at);
        match what {
            Happening::Planned { place } => self.planned(place),
            Happening::Tick { phone, timer } => {
                let due = timer == self.phones[phone].timer && self.is_open(phone);
                if due {
                    self.step(phone, Event::Tick)
                } else {
                    Ok(())
                }
            }
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
            } => self.at_phone(phone, (life, request), answer),
            Happening::Poke { phone } if self.phones[phone].online && self.is_open(phone) => {
                self.step(phone, Event::Poke)
            }
            Happening::Poke { .. } => Ok(()),
            Happening::Online { phone } => {
                self.phones[phone].online = true;
                self.world.tell(&format!("phone {phone} is online again"));
                Ok(())
            }
            Happening::Cured { phone } => {
                if self.phones[phone].sick {
                    self.world
                        .tell(&format!("the disk of phone {phone} is made well"));
                    self.phones[phone].cure();
                }
                Ok(())
            }
        }
    }

    /// Whether a phone's app is in front.
    pub(super) fn is_open(&self, phone: usize) -> bool {
        let busy = self.world.time.now() - self.last_tap_ms < LEFT_ALONE_MS;
        self.healed || (busy && self.phones[phone].open)
    }

    fn planned(&mut self, place: usize) -> Result<(), Wrong> {
        let now = self.world.time.now();
        if now - self.last_tap_ms >= LEFT_ALONE_MS {
            self.phones.iter_mut().for_each(|phone| phone.open = false);
        }
        self.last_tap_ms = now;
        self.planned_left -= 1;
        let planned = self.script[&place];
        let mut dice = self.plan.dice_at(place);
        match planned.what {
            What::Tap => {
                self.is_relieved(planned.phone, place)?;
                self.tap(planned.phone, &mut dice)
            }
            What::Trouble(class) => self.trouble(class, planned.phone, &mut dice),
            What::Theft => self.theft(planned.phone, &mut dice),
            What::Rules => self.rules_change(&mut dice),
            What::Staff => self.staff(planned.phone, &mut dice),
            What::Online => self.spends_online(planned.phone, &mut dice),
            What::File => self.outbox_leaves(planned.phone, &mut dice),
            What::Friend => self.a_friend_comes(planned.phone, &mut dice),
        }
    }

    /// A tap on a phone, on the copy that was made of it, or on one that was paired since.
    fn tap(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let (copies, hired) = (self.copies_of(no), self.hired());
        let no = match hired.is_empty() || dice.percent(75) {
            true => dice.pick(&copies).copied().unwrap_or(no),
            false => dice.pick(&hired).copied().unwrap_or(no),
        };
        let life = self.phones[no].life;
        let opened = !std::mem::replace(&mut self.phones[no].open, true);
        if dice.percent(3) {
            for phone in 0..self.phones.len() {
                if !std::mem::replace(&mut self.phones[phone].open, true) {
                    self.step(phone, Event::Tick)?;
                }
            }
        }
        self.world.tap(no, &mut self.phones[no], dice)?;
        if opened || life != self.phones[no].life {
            self.step(no, Event::Tick)?;
        }
        self.step(no, Event::LocalCommit)?;
        if dice.percent(5) {
            self.world.look_back(&self.phones[no], no, dice)?;
        }
        if dice.percent(2) {
            self.look_at_the_ledger()?;
        }
        Ok(())
    }

    /// Lets a phone's engine take a step, in which its machine may stop.
    pub(super) fn step(&mut self, no: usize, event: Event) -> Result<(), Wrong> {
        let answered = matches!(event, Event::Answer { .. });
        let mut event = Some(event);
        let kill = self.world.kill / 2;
        let survived = self.phones[no].risk(kill, |phone| {
            phone.step(event.take().unwrap_or(Event::Tick))
        });
        let effects = match survived {
            Survived::Yes(effects) => effects,
            Survived::No(loss) => {
                self.world
                    .stopped(no, &mut self.phones[no], loss, "exchanges")?;
                self.phones[no].step(Event::Tick)
            }
        };
        let summary = &self.world.summary;
        if answered && summary.put_back + summary.restores > 0 {
            self.follow_numbers(no)?;
        }
        let armed = |effect: &Effect| matches!(effect, Effect::ArmTimer { .. });
        if !effects.iter().any(armed) {
            let what = format!("phone {no} waits for nothing: no timer is armed");
            return Err(Wrong::of(Law::Live, what));
        }
        effects.into_iter().try_for_each(|e| self.effect(no, e))
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
                if wait > 25 * 60 * MINUTE {
                    let what = format!("phone {no} will look again in {} min", wait / MINUTE);
                    return Err(Wrong::of(Law::Live, what));
                }
                self.later(wait, Happening::Tick { phone: no, timer });
                Ok(())
            }
            Effect::Report(report) => self.report(no, report),
        }
    }

    fn report(&mut self, no: usize, report: SyncEvent) -> Result<(), Wrong> {
        let sound = |what: String| Err(Wrong::of(Law::Sound, what));
        match report {
            SyncEvent::UpToDate | SyncEvent::Progress { .. } => {
                let phone = &mut self.phones[no];
                phone.renewing = false;
                if phone.healing {
                    let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
                    let (epoch, _) = phone.seen()?;
                    phone.healing = status.outbox > 0 || epoch != self.server.epoch()?;
                }
                self.follows_no_lower_reign(no)?;
                self.shows_pending(no)
            }
            SyncEvent::Ignored => Ok(()),
            SyncEvent::Renumbered { .. } if self.is_turned_back(no) || self.is_stranger(no) => {
                Ok(())
            }
            SyncEvent::Renumbered { .. } => sound(format!(
                "phone {no} was never put back and goes on under another number"
            )),
            SyncEvent::Mismatch { scopes } if self.phones[no].spoiled => {
                self.world.summary.fetched_anew += u64::from(scopes);
                self.world
                    .tell(&format!("phone {no} fetches {scopes} scopes anew"));
                Ok(())
            }
            SyncEvent::Mismatch { scopes } => {
                let what = format!("phone {no}: {scopes} digests differ");
                Err(Wrong::of(Law::S7, what))
            }
            SyncEvent::Failed(error) => {
                self.world
                    .tell(&format!("phone {no} does not get through: {error}"));
                match error {
                    CoreError::Store(_) if self.phones[no].sick => Ok(()),
                    CoreError::ServerWentBack if self.spare.old_was_up => Ok(()),
                    CoreError::Unexpected { .. }
                    | CoreError::Store(_)
                    | CoreError::Keys(_)
                    | CoreError::ServerWentBack => {
                        sound(format!("phone {no} can't go on: {error:?}"))
                    }
                    CoreError::Forked if !self.is_turned_back(no) => sound(format!(
                        "phone {no} was never put back and is told of a fork"
                    )),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The phones that bear one device number: an original and its copies.
    pub(super) fn copies_of(&self, no: usize) -> Vec<usize> {
        let same = |other: &usize| *other == no || self.original_of(*other) == no;
        (0..self.phones.len()).filter(same).collect()
    }

    /// The phones that were paired in the middle of the world.
    fn hired(&self) -> Vec<usize> {
        let hired = |no: &usize| self.phones[*no].copy_of.is_none();
        (self.plan.phones..self.phones.len())
            .filter(hired)
            .collect()
    }

    /// The phone whose data a copy began with.
    pub(super) fn original_of(&self, no: usize) -> usize {
        self.phones[no].copy_of.unwrap_or(no)
    }

    /// Whether a server of another line than the present one's let a phone in.
    fn is_stranger(&self, no: usize) -> bool {
        !self.server.is_of_this_line(self.phones[no].paired_in)
    }

    /// Whether a phone, or one with its number, ever had other files than its own last ones.
    pub(super) fn is_turned_back(&self, no: usize) -> bool {
        let copies = self.copies_of(self.original_of(no));
        copies.iter().any(|copy| self.phones[*copy].turned_back)
    }
}
