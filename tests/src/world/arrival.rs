//! A business that was founded on a phone works alone for a while and then comes to its server, over a line and with
//! machines that fail (S7, sync §12).
//!
//! What the phone confirmed alone, and while it waited for the server's word, counts like anything else; whoever has
//! wrong sums keeps the business until they are right.

use std::sync::{Mutex, PoisonError};

use kartka_core::error::CoreError;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::handover::{Difference, GiveUp, HandOverStage};

use super::counter::{World, request};
use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::phone::{Phone, Survived};
use super::plan::{Class, Plan};
use super::server::{Served, Server};
use super::time::{HOUR, MINUTE, SECOND};

/// Taps of the phone alone, at most.
const ALONE: u64 = 24;
/// Tries within which a hand-over must end.
const TRIES: usize = 60;
/// Batches in one message: few, so that a hand-over has many.
const PIECE: u32 = 2;

/// Founds the business on the phone, lets it work, and brings it to a server.
pub(super) fn arrive(plan: &Plan, world: &mut World) -> Result<(Server, Phone), Wrong> {
    let mut dice = Dice::new(plan.seed, 14);
    world.kill = plan.rate(Class::Kill);
    let mut phone = Phone::new(plan.seed, 0, &world.time).map_err(|e| e.to_string())?;
    let form = FoundRequest {
        name: "Shop".to_owned(),
        country: "UA".to_owned(),
        kind: world.kind,
        owner: "Owner".to_owned(),
    };
    let founded = phone.shop().found(request(&mut dice), &form);
    founded.map_err(|e| e.to_string())?;
    world.tell("the business is founded on phone 0");
    world.pile_of(&phone, 8, &mut dice)?;
    for _ in 0..dice.below(ALONE) {
        let pause = match dice.below(8) {
            0 => dice.between(HOUR, 20 * HOUR),
            _ => dice.between(SECOND, MINUTE),
        };
        world.time.move_to(world.time.now() + pause);
        world.tap(0, &mut phone, &mut dice)?;
    }
    let business = phone.shop().business().map_err(|e| e.to_string())?.id;
    let server = Server::awaits(plan.seed, business, &world.time)?;
    let mut arrival = Arrival {
        loss: plan.rate(Class::Loss) + plan.rate(Class::AnswerLost),
        kill: plan.rate(Class::ServerKill),
        line: Mutex::new((server, Dice::new(plan.seed, 15))),
        dice,
    };
    if plan.rate(Class::Spoil) > 0 && arrival.dice.percent(50) {
        arrival.is_refused(world, &mut phone)?;
    }
    arrival.brings(world, &mut phone)?;
    let (mut server, _) = arrival
        .line
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    world.tell("the server has the business");
    server.begins_to_reign()?;
    Ok((server, phone))
}

/// Whether the shop sells while its business is on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Selling {
    Yes,
    No,
}

/// What a server said at last.
enum Ended {
    Taken,
    Refused(Difference),
}

/// A hand-over under way.
struct Arrival {
    /// Percent of the messages that are lost on their way, or whose answers are.
    loss: u64,
    /// Percent of the messages in which the server's machine stops.
    kill: u64,
    line: Mutex<(Server, Dice)>,
    dice: Dice,
}

impl Arrival {
    /// A phone whose sums are wrong keeps its business.
    fn is_refused(&mut self, world: &mut World, phone: &mut Phone) -> Result<(), Wrong> {
        let Some(sums) = phone.spoil_sums_for_now()? else {
            return Ok(());
        };
        world.tell("sums of phone 0 are spoiled");
        match self.hands_over(world, phone, Selling::No)? {
            Ended::Taken => {
                let what = "a server took over a business whose sums differ".to_owned();
                Err(Wrong::of(Law::S14, what))
            }
            Ended::Refused(_) => {
                world.tell("the server says that the sums differ");
                let given_up = phone.shop().give_up_hand_over(GiveUp::AskServer);
                given_up.map_err(|e| e.to_string())?;
                Ok(phone.put_sums_back(&sums)?)
            }
        }
    }

    /// The business comes to the server, however often something fails; the shop goes on selling meanwhile.
    fn brings(&mut self, world: &mut World, phone: &mut Phone) -> Result<(), Wrong> {
        match self.hands_over(world, phone, Selling::Yes)? {
            Ended::Taken => Ok(()),
            Ended::Refused(differs) => {
                let what = format!("the server came to other rows: {differs:?}");
                Err(Wrong::of(Law::S14, what))
            }
        }
    }

    /// Tries until the server has said yes or no.
    fn hands_over(
        &mut self,
        world: &mut World,
        phone: &mut Phone,
        selling: Selling,
    ) -> Result<Ended, Wrong> {
        let mut code = self.code()?;
        for _ in 0..TRIES {
            if let Err(error) = self.once(world, phone, &code)? {
                world.tell(&format!("phone 0 does not get through: {error}"));
            }
            let state = phone.shop().hand_over_state().map_err(|e| e.to_string())?;
            match state.map(|state| state.stage) {
                None if self.is_taken() => return Ok(Ended::Taken),
                // Nothing has begun, and the code is too old.
                None => code = self.code()?,
                Some(HandOverStage::Refused(differs)) => return Ok(Ended::Refused(differs)),
                Some(_) => {}
            }
            for _ in 0..self.dice.below(3) {
                if selling == Selling::Yes {
                    world.tap(0, phone, &mut self.dice)?;
                }
            }
        }
        let what = "a hand-over does not end".to_owned();
        Err(Wrong::of(Law::Live, what))
    }

    /// One try, in which either machine may stop.
    fn once(
        &mut self,
        world: &mut World,
        phone: &mut Phone,
        code: &str,
    ) -> Result<Result<(), CoreError>, Wrong> {
        let pause = self.dice.between(SECOND, 5 * SECOND);
        world.time.move_to(world.time.now() + pause);
        let line: &Self = self;
        let hand_over = |phone: &mut Phone| {
            let shop = phone.shop();
            shop.limit_pieces(PIECE);
            // What has begun goes on with the next exchange.
            match shop.hand_over_state()? {
                Some(_) => shop.sync(line, &Cancel::default()),
                None => shop.hand_over(code, line, &Cancel::default(), &mut |_| ()),
            }
        };
        match phone.risk(world.kill, hand_over) {
            Survived::Yes(done) => Ok(done.map(drop)),
            Survived::No(loss) => {
                world.stopped(0, phone, loss, "hands its business over")?;
                Ok(Ok(()))
            }
        }
    }

    fn code(&self) -> Result<String, Wrong> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(line.0.invites()?)
    }

    fn is_taken(&self) -> bool {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.0.has_business()
    }
}

impl Transport for Arrival {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let (server, dice) = &mut *line;
        let lost = dice.percent(self.loss).then(|| dice.percent(50));
        if lost == Some(true) {
            return Err(Failure::Offline);
        }
        let served = match route {
            Route::Handover => server.risk_taking_in(dice, self.kill, message),
            _ if !server.has_business() => return Err(Failure::Offline),
            route => server.risk(dice, self.kill, route, message),
        };
        match served {
            Served::Answered(answer) if lost.is_none() => answer,
            Served::Answered(_) => Err(Failure::Offline),
            Served::Stopped(_) => {
                // What it was handed before is there when it starts again, or the phone brings it once more.
                let _ = server.restart();
                Err(Failure::Offline)
            }
        }
    }
}
