//! A tap at a counter, whatever the machine does meanwhile: the same for a founding phone and a shop with a server.

use std::sync::Arc;

use kartka_core::domain::founding::ShopKind;
use kartka_core::store::RequestId;

use super::Summary;
use super::check::{self, Wrong};
use super::dice::Dice;
use super::model::{Claim, Model};
use super::phone::{Phone, Survived};
use super::story::Story;
use super::taps::{Counter, PileCard, is_refusal, perform};
use super::time::{DAY, WorldTime};
use crate::vfs::Loss;

/// 2026-02-26 10:00 in Kyiv: months end and clocks change in the weeks after it.
const START_MS: i64 = 1_772_092_800_000;

/// What every world has.
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) time: Arc<WorldTime>,
    pub(crate) story: Story,
    pub(crate) model: Model,
    pub(crate) pile: Vec<PileCard>,
    pub(crate) summary: Summary,
    /// Percent of the steps in which a machine stops.
    pub(crate) kill: u64,
}

/// What a tap came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tapped {
    Confirmed,
    Refused,
    Nothing,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 1);
        let start = START_MS + dice.between(0, 40) * DAY;
        Self {
            dice,
            time: WorldTime::at(start),
            story: Story::new(start),
            model: Model::default(),
            pile: Vec::new(),
            summary: Summary::default(),
            kill: 0,
        }
    }

    pub(crate) fn kind(&mut self) -> ShopKind {
        match self.dice.below(2) {
            0 => ShopKind::Shop,
            _ => ShopKind::Coffee,
        }
    }

    pub(crate) fn tell(&mut self, what: &str) {
        self.story.tell(self.time.now(), what);
    }

    pub(crate) fn request(&mut self) -> RequestId {
        let mut id = [0; 16];
        self.dice.fill(&mut id);
        RequestId(id)
    }

    /// Somebody taps on a phone. If the machine stops in it, the program starts again and the shell repeats the tap
    /// with the request id it kept, until there is an answer.
    pub(crate) fn tap(&mut self, no: usize, phone: &mut Phone) -> Result<Tapped, Wrong> {
        let counter = Counter {
            shop: phone.shop(),
            model: &self.model,
            pile: &self.pile,
        };
        let tap = match counter.choose(&mut self.dice) {
            Ok(Some(tap)) => tap,
            Ok(None) => return Ok(Tapped::Nothing),
            Err(error) if is_refusal(&error) => return Ok(Tapped::Refused),
            Err(error) => return Err(format!("phone {no} looked something up: {error:?}")),
        };
        let request = self.request();
        let seen = phone.shop().sync_status().map_err(|e| e.to_string())?.seq.0;
        let mut risk = self.kill;
        let outcome = loop {
            let work = |phone: &mut Phone| perform(phone.shop(), request, &tap);
            match phone.risk(&mut self.dice, risk, work) {
                Survived::Yes(outcome) => break outcome,
                Survived::No(loss) => self.stopped(no, phone, loss, tap.name())?,
            }
            risk /= 2;
        };
        match outcome {
            Ok(what) => {
                let mut mark = [0; 8];
                mark.copy_from_slice(&request.0[..8]);
                let claim = Claim {
                    mark,
                    phone: no,
                    seen,
                    what,
                    gone: false,
                };
                self.tell(&format!("phone {no} {}: {:?}", tap.name(), claim.what));
                claim.check()?;
                self.model.claims.push(claim);
                self.summary.confirmed += 1;
                Ok(Tapped::Confirmed)
            }
            Err(error) if is_refusal(&error) => {
                self.tell(&format!("phone {no} {}: refused, {error}", tap.name()));
                self.summary.refused += 1;
                Ok(Tapped::Refused)
            }
            Err(error) => Err(format!("phone {no} {}: {error:?}", tap.name())),
        }
    }

    /// A machine was stopped: what follows is a new start, which may be cut short as well.
    pub(crate) fn stopped(
        &mut self,
        no: usize,
        phone: &mut Phone,
        loss: Loss,
        during: &str,
    ) -> Result<(), Wrong> {
        self.summary.kills += 1;
        self.tell(&format!("phone {no} stops while it {during}: {loss:?}"));
        let mut loss = loss;
        let mut risk = self.kill;
        loop {
            if loss != Loss::Nothing {
                phone.clock.reboot();
            }
            match phone.risk(&mut self.dice, risk, Phone::start) {
                Survived::Yes(started) => {
                    return started.map_err(|e| format!("phone {no} does not start: {e:?}"));
                }
                Survived::No(again) => {
                    self.summary.kills += 1;
                    self.tell(&format!("phone {no} stops while it starts: {again:?}"));
                    loss = again;
                }
            }
            risk /= 2;
        }
    }

    /// A phone still has what it confirmed: a few of the last, and any others.
    pub(crate) fn look_back(&mut self, no: usize, phone: &Phone) -> Result<(), Wrong> {
        let own: Vec<&Claim> = self.model.of_phone(no).collect();
        for claim in own.iter().rev().take(3) {
            check::is_kept(phone.shop(), claim)?;
        }
        for _ in 0..2 {
            if let Some(claim) = self.dice.pick(&own) {
                check::is_kept(phone.shop(), claim)?;
            }
        }
        Ok(())
    }

    /// Everything a phone confirmed is there.
    pub(crate) fn look_back_at_all(&self, no: usize, phone: &Phone) -> Result<(), Wrong> {
        let mut own = self.model.of_phone(no);
        own.try_for_each(|claim| check::is_kept(phone.shop(), claim))
    }

    pub(crate) fn pile_of(&mut self, phone: &Phone, count: u32) -> Result<(), Wrong> {
        let request = self.request();
        let shop = phone.shop();
        let numbers = shop.emit(request, count).map_err(|e| e.to_string())?;
        for number in numbers {
            let code = shop.card_code(number).map_err(|e| e.to_string())?;
            self.pile.push(PileCard { number, code });
        }
        Ok(())
    }
}
