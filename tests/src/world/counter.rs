//! A tap at a counter, whatever the machine does meanwhile: the same for a founding phone and a shop with a server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kartka_core::domain::founding::ShopKind;
use kartka_core::error::CoreError;
use kartka_core::store::{RequestId, StoreError};

use super::Summary;
use super::check;
use super::claim::{Claim, Mark, What};
use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::model::Model;
use super::online::Promise;
use super::phone::{Phone, Survived};
use super::rules::{Rules, Stand};
use super::story::Story;
use super::taps::{Counter, PileCard, Tap, is_refusal, perform};
use super::time::{DAY, WorldTime};
use crate::vfs::Loss;

/// 2026-02-26 10:00 in Kyiv: months end and clocks change in the weeks after it.
const START_MS: i64 = 1_772_092_800_000;

/// Rows younger than this are in months that every phone keeps.
pub(super) const KEPT_MS: i64 = 60 * DAY;

/// What every world has.
pub(crate) struct World {
    pub(crate) time: Arc<WorldTime>,
    pub(crate) story: Story,
    pub(crate) model: Model,
    pub(crate) pile: Vec<PileCard>,
    pub(crate) summary: Summary,
    /// What the server said that it keeps for a receipt, as its phone was told.
    pub(crate) promises: BTreeMap<Mark, Promise>,
    /// What said who brought whom.
    pub(crate) words: BTreeSet<Vec<u8>>,
    pub(crate) kind: ShopKind,
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

/// A request id from the dice.
pub(crate) fn request(dice: &mut Dice) -> RequestId {
    let mut id = [0; 16];
    dice.fill(&mut id);
    RequestId(id)
}

impl World {
    /// The world of a seed; `told` lines of its story are kept.
    pub(crate) fn new(seed: u64, told: usize) -> Self {
        let mut dice = Dice::new(seed, 1);
        let start = START_MS + dice.between(0, 40) * DAY;
        let kind = match dice.below(2) {
            0 => ShopKind::Shop,
            _ => ShopKind::Coffee,
        };
        Self {
            time: WorldTime::at(start),
            story: Story::new(start, told),
            model: Model::of(Rules::ready(kind)),
            pile: Vec::new(),
            summary: Summary::default(),
            promises: BTreeMap::new(),
            words: BTreeSet::new(),
            kind,
            kill: 0,
        }
    }

    pub(crate) fn tell(&mut self, what: &str) {
        self.story.tell(self.time.now(), what);
    }

    /// Somebody taps on a phone. If the machine stops in it, the program starts again and the shell repeats the tap
    /// with the request id it kept, until there is an answer.
    pub(crate) fn tap(
        &mut self,
        no: usize,
        phone: &mut Phone,
        dice: &mut Dice,
    ) -> Result<Tapped, Wrong> {
        let tap = match self.counter(no, phone).choose(dice) {
            Ok(tap) => tap,
            Err(error) if is_refusal(&error) => return Ok(Tapped::Refused),
            Err(CoreError::Store(_)) if phone.sick => return Ok(Tapped::Nothing),
            Err(error) => {
                return Err(sound(format!("phone {no} looked something up: {error:?}")));
            }
        };
        self.does(no, phone, &tap, dice)
    }

    /// The counter with a phone.
    pub(crate) fn counter<'a>(&'a self, no: usize, phone: &'a Phone) -> Counter<'a> {
        Counter {
            phone: no,
            shop: phone.shop(),
            model: &self.model,
            pile: &self.pile,
            kind: self.kind,
        }
    }

    /// Somebody who wants to be forgotten is erased.
    pub(crate) fn erase(
        &mut self,
        no: usize,
        phone: &mut Phone,
        dice: &mut Dice,
    ) -> Result<Tapped, Wrong> {
        match self.counter(no, phone).erasure(dice) {
            Some(tap) => self.does(no, phone, &tap, dice),
            None => Ok(Tapped::Nothing),
        }
    }

    /// Does what was chosen, and notes what the screen confirmed.
    pub(crate) fn does(
        &mut self,
        no: usize,
        phone: &mut Phone,
        tap: &Tap,
        dice: &mut Dice,
    ) -> Result<Tapped, Wrong> {
        self.does_as(request(dice), (no, phone), tap)
    }

    /// The same under a request id that was chosen before.
    pub(crate) fn does_as(
        &mut self,
        request: RequestId,
        (no, phone): (usize, &mut Phone),
        tap: &Tap,
    ) -> Result<Tapped, Wrong> {
        let status = phone.shop().sync_status();
        let status = status.map_err(|e| sound(format!("phone {no}: {e}")))?;
        let (epoch, seen) = if self.summary.restores > 0 {
            let (epoch, seen) = phone.seen()?;
            (Some(epoch), seen)
        } else {
            (None, status.seq.0)
        };
        let outcome = self.insist(no, phone, tap, request)?;
        match outcome {
            Ok(what) => {
                let what = match tap.gives_new_card() {
                    true => what.with_card(phone.card_given(request)?),
                    false => what,
                };
                let what = match what {
                    What::Consent { given: false, .. } => {
                        what.noted_for(&phone.noted_for(request)?)
                    }
                    what => what,
                };
                let mut mark = [0; 8];
                mark.copy_from_slice(&request.0[..8]);
                let claim = Claim {
                    mark,
                    phone: no,
                    number: i64::from(status.device.get()),
                    operator: self.who_is_at(no, phone)?,
                    before: None,
                    names: Vec::new(),
                    at_ms: self.time.now(),
                    seen,
                    epoch,
                    what,
                };
                self.tell(&format!("phone {no} {}", claim.what));
                self.adds_up(&claim, status.outbox)?;
                if phone.renewing && self.gives_away(&claim.what) {
                    let what = format!("phone {no} gives points away under a number that is new");
                    return Err(Wrong::of(Law::S10, what));
                }
                if tap.is_word() {
                    self.words.insert(mark.to_vec());
                }
                self.model.add(claim);
                self.summary.confirmed += 1;
                Ok(Tapped::Confirmed)
            }
            Err(error) if is_refusal(&error) => {
                self.tell(&format!("phone {no} {}: refused, {error}", tap.name()));
                self.summary.refused += 1;
                Ok(Tapped::Refused)
            }
            Err(error) => Err(sound(format!("phone {no} {}: {error:?}", tap.name()))),
        }
    }

    /// Whether points are given away that nobody keeps.
    fn gives_away(&self, what: &What) -> bool {
        let What::Sale { spent, version, .. } = what else {
            return false;
        };
        let rules = self.model.rules(*version);
        *spent > 0 && rules.is_none_or(|rules| !rules.online)
    }

    /// Who is at a phone, as it says.
    fn who_is_at(&self, no: usize, phone: &Phone) -> Result<u32, Wrong> {
        let operator = phone.shop().operator();
        Ok(operator.map_err(|e| sound(format!("phone {no}: {e}")))?.0)
    }

    /// A receipt is what the rules say that it names.
    fn adds_up(&self, claim: &Claim, outbox: u64) -> Result<(), Wrong> {
        let What::Sale { version, .. } = claim.what else {
            return Ok(());
        };
        let waiting = usize::try_from(outbox).unwrap_or(usize::MAX);
        let stand = Stand {
            waiting: self.model.spent_lately(claim.phone, waiting),
            kept: self.promised(claim),
        };
        claim.check(self.model.rules(version), stand)
    }

    /// Taps until there is an answer.
    fn insist(
        &mut self,
        no: usize,
        phone: &mut Phone,
        tap: &Tap,
        request: RequestId,
    ) -> Result<Result<What, CoreError>, Wrong> {
        let mut risk = self.kill;
        loop {
            let work = |phone: &mut Phone| perform(phone.shop(), request, tap);
            match phone.risk(risk, work) {
                Survived::Yes(Err(CoreError::Store(error))) if phone.sick => {
                    if matches!(error, StoreError::Corrupt { .. } | StoreError::WrongKey) {
                        return Err(sound(format!("phone {no}: {error}")));
                    }
                    self.tell(&format!(
                        "phone {no} {}: {error}; its disk is made well",
                        tap.name()
                    ));
                    phone.cure();
                }
                Survived::Yes(outcome) => return Ok(outcome),
                Survived::No(loss) => self.stopped(no, phone, loss, tap.name())?,
            }
            risk /= 2;
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
        self.tell(&format!(
            "phone {no} stops while it {during}: {}",
            words(loss)
        ));
        let mut loss = loss;
        let mut risk = self.kill;
        loop {
            if loss != Loss::Nothing {
                phone.clock.reboot();
            }
            match phone.risk(risk, Phone::start) {
                Survived::Yes(started) => {
                    return started.map_err(|e| sound(format!("phone {no} does not start: {e:?}")));
                }
                Survived::No(again) => {
                    self.summary.kills += 1;
                    self.tell(&format!(
                        "phone {no} stops while it starts: {}",
                        words(again)
                    ));
                    loss = again;
                }
            }
            risk /= 2;
        }
    }

    /// A phone still has what it confirmed: a few of the last, and any other.
    pub(crate) fn look_back(&self, phone: &Phone, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let own: Vec<usize> = self.kept_by(no).collect();
        let any = dice.pick(&own);
        let mut some = own.iter().rev().take(2).chain(any);
        some.try_for_each(|place| self.is_kept(no, phone, *place))
    }

    fn is_kept(&self, no: usize, phone: &Phone, place: usize) -> Result<(), Wrong> {
        // After a restore its rows come when it has been told again and its month was fetched; the end looks for them.
        if self.summary.restores > 0 && self.model.line(no).is_of_others(place, phone.number) {
            return Ok(());
        }
        let what = self.model.as_on(no, place);
        let leave = check::Leave {
            erases: self.model.erases(),
            restored: self.summary.restores > 0,
            renumbered: self.summary.restores > 0 && self.summary.put_back > 0,
            healing: phone.healing,
        };
        check::is_kept(phone.shop(), &what, leave)
    }

    /// Everything a phone confirmed is there.
    pub(crate) fn look_back_at_all(&self, no: usize, phone: &Phone) -> Result<(), Wrong> {
        let mut own = self.kept_by(no);
        own.try_for_each(|place| self.is_kept(no, phone, place))
    }

    /// What a phone confirmed and must still have: months that all let go of are left out.
    fn kept_by(&self, no: usize) -> impl Iterator<Item = usize> {
        let oldest = self.time.now() - KEPT_MS;
        let own = self.model.line(no).places().into_iter();
        own.filter(move |place| self.model.is_since(*place, oldest))
    }

    pub(crate) fn pile_of(
        &mut self,
        phone: &Phone,
        count: u32,
        dice: &mut Dice,
    ) -> Result<(), Wrong> {
        let request = request(dice);
        let shop = phone.shop();
        let numbers = shop.emit(request, count).map_err(|e| e.to_string())?;
        for number in numbers {
            let code = shop.card_code(number).map_err(|e| e.to_string())?;
            self.pile.push(PileCard { number, code });
        }
        Ok(())
    }
}

fn sound(what: String) -> Wrong {
    Wrong::of(Law::Sound, what)
}

/// What a stopped machine lost.
pub(crate) fn words(loss: Loss) -> &'static str {
    match loss {
        Loss::Nothing => "the program is killed",
        Loss::Unsynced => "the power is gone, what was not flushed is lost",
        Loss::Torn => "the power is gone, what was not flushed is torn",
    }
}
