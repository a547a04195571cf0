//! Operators who come and go: they sign in on phones with their PINs, take over from each other, and are dismissed while
//! the phone that they are at is offline and goes on selling (S1, sync §7, decision 16).
//!
//! What they did counts; what the owner must be told of it is held against the model at the end.

use std::collections::BTreeMap;

use kartka_core::domain::business::Employment;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{OperatorId, RoleId};
use kartka_core::domain::rights::Permission;
use kartka_core::domain::row::Row;
use kartka_core::error::CoreError;
use kartka_core::pin::PinHash;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::sync::Event;

use super::claim::What;
use super::dice::Dice;
use super::laws::{Law, Wrong, same};
use super::replay::Expected;
use super::street::Street;
use super::taps::{Tap, is_refusal};

/// The phone that stays the owner's.
const OWNERS: usize = 0;
/// Who founded the business.
pub(super) const OWNER: u32 = 1;
/// The owner's PIN, on every phone.
pub(super) const PIN: &str = "2580";
/// Everybody else's.
const THEIR_PIN: &str = "1357";

/// A PIN's verifier that costs nothing: what argon2 costs is not what these worlds are about.
pub(super) struct Quick;

impl PinHash for Quick {
    fn verifier(&self, pin: &[u8], salt: &[u8; 16], secret: &[u8; 32]) -> [u8; 32] {
        let mut out = *secret;
        for (at, byte) in pin.iter().chain(salt).enumerate() {
            out[at % 32] = out[at % 32].wrapping_mul(31).wrapping_add(*byte);
        }
        out
    }
}

/// What somebody is to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// They sell.
    Sells,
    /// They sell, and say who is one person with whom.
    Decides,
    /// They were dismissed.
    Gone,
}

impl Duty {
    fn of(role: RoleId) -> Self {
        match role {
            RoleId::CASHIER => Self::Sells,
            _ => Self::Decides,
        }
    }
}

/// What the owner says of somebody who works here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word {
    Employ(RoleId),
    Dismiss(OperatorId),
    /// They work here again.
    Recall(OperatorId, RoleId),
}

/// Says it.
pub(super) fn say(shop: &Shop, request: RequestId, word: Word) -> Result<What, CoreError> {
    let (operator, duty) = match word {
        Word::Employ(role) => (shop.employ(request, "Colleague", role)?, Duty::of(role)),
        Word::Dismiss(operator) => {
            shop.dismiss(request, operator)?;
            (operator, Duty::Gone)
        }
        Word::Recall(operator, role) => {
            shop.assign(request, operator, role)?;
            (operator, Duty::of(role))
        }
    };
    let operator = operator.0;
    Ok(What::Staff { operator, duty })
}

/// What somebody is to be: the owner alone erases people.
fn role(dice: &mut Dice) -> RoleId {
    match dice.below(3) {
        0 => RoleId::MANAGER,
        _ => RoleId::CASHIER,
    }
}

impl Street {
    /// The owner has a PIN on every phone, so that colleagues may come and go, and employs some.
    pub(super) fn staff_begins(&mut self) -> Result<(), Wrong> {
        if !self.plan.staffed {
            return Ok(());
        }
        for phone in &self.phones {
            let set = phone.shop().set_pin(OperatorId(OWNER), None, PIN);
            set.map_err(|e| e.to_string())?;
        }
        let mut dice = Dice::new(self.plan.seed, 20);
        for _ in 0..dice.between(2, 4) {
            let word = Word::Employ(role(&mut dice));
            self.owner_says(word, &mut dice)?;
        }
        Ok(())
    }

    /// Somebody comes to a phone, or the owner says something of one of them.
    pub(super) fn staff(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let everybody = self.world.model.staff();
        let Some(whom) = dice.pick(&everybody).copied() else {
            return Ok(());
        };
        let id = OperatorId(whom);
        match dice.below(10) {
            0..=5 => self.comes(no, whom, dice),
            6..=7 => self.owner_says(Word::Dismiss(id), dice),
            8 => self.owner_says(Word::Recall(id, role(dice)), dice),
            _ => self.owner_says(Word::Employ(role(dice)), dice),
        }
    }

    /// One whose phone had other files than its last ones leaves the staff as it is: their numbers might be given twice.
    fn owner_says(&mut self, word: Word, dice: &mut Dice) -> Result<(), Wrong> {
        if self.phones[OWNERS].turned_back {
            return Ok(());
        }
        let tap = Tap::Say(word);
        self.world
            .does(OWNERS, &mut self.phones[OWNERS], &tap, dice)?;
        self.step(OWNERS, Event::LocalCommit)
    }

    /// Somebody takes a phone over: whoever sold there before, nothing of what waits is lost (safety 15).
    fn comes(&mut self, no: usize, whom: u32, dice: &mut Dice) -> Result<(), Wrong> {
        if no == OWNERS || self.phones[no].sick {
            return Ok(());
        }
        let whom = if dice.percent(25) { OWNER } else { whom };
        let shop = self.phones[no].shop().clone();
        let told = |e: CoreError| Wrong::of(Law::Sound, format!("phone {no}: {e}"));
        let before = shop.sync_status().map_err(told)?.outbox;
        let id = OperatorId(whom);
        let pin = match shop.has_pin(id).map_err(told)? {
            true if dice.percent(10) => Some("9753"),
            true if whom == OWNER => Some(PIN),
            true => Some(THEIR_PIN),
            false => None,
        };
        match shop.switch_operator(id, pin) {
            Ok(()) => {
                self.world.summary.taken_over += 1;
                self.world
                    .tell(&format!("operator {whom} takes phone {no} over"));
                if pin.is_none() && dice.percent(50) {
                    let set = shop.set_pin(id, None, THEIR_PIN);
                    // Who was dismissed and is here still gets none.
                    set.or_else(|error| is_refusal(&error).then_some(()).ok_or(told(error)))?;
                }
                let here = shop.operator().map_err(told)?;
                same(Law::Sound, || format!("who is at phone {no}"), &here, &id)?;
            }
            Err(error) if is_refusal(&error) => {
                self.world
                    .tell(&format!("operator {whom} does not get phone {no}: {error}"));
            }
            Err(error) => return Err(told(error)),
        }
        let after = shop.sync_status().map_err(told)?.outbox;
        let waits = || format!("what waits on phone {no} as operator {whom} comes");
        same(Law::S15, waits, &after, &before)
    }

    /// Where a phone knows that whoever is at it was dismissed, the owner comes sooner or later.
    pub(super) fn is_relieved(&mut self, no: usize, place: usize) -> Result<(), Wrong> {
        let mut dice = Dice::new(self.plan.seed, 30_000_000 + place as u64);
        if !self.plan.staffed || self.phones[no].sick || !dice.percent(40) {
            return Ok(());
        }
        let staff = self.phones[no].shop().staff();
        let staff = staff.map_err(|e| format!("phone {no}: {e}"))?;
        let gone = staff
            .iter()
            .any(|one| one.here && one.operator.state == Employment::Dismissed);
        if gone {
            let switched = self.phones[no]
                .shop()
                .switch_operator(OperatorId(OWNER), Some(PIN));
            self.world.tell(&format!(
                "the owner takes phone {no} back{}",
                if switched.is_ok() { "" } else { ": not yet" }
            ));
        }
        Ok(())
    }
}

/// What the owner is asked, by who did it and which right was missing.
pub(super) type Asked = BTreeMap<(u32, i64), u64>;

/// What the rows say of who did what.
#[derive(Default)]
pub(super) struct Doings {
    asked: Asked,
    /// By receipt or return: who, and whether the row says that they had been dismissed.
    by: BTreeMap<i64, (u32, bool)>,
}

impl Doings {
    pub(super) fn take(&mut self, row: &Row) {
        match row {
            Row::Purchase(of) => {
                let flagged = of.flags.contains(&Code::OperatorDismissed);
                self.by.insert(of.id.get(), (of.operator.0, flagged));
            }
            // A return bears no flag: the owner is asked.
            Row::Return(of) => {
                self.by.insert(of.id.get(), (of.operator.0, false));
            }
            Row::Inbox(item) => {
                if let Code::ActedWithoutRight {
                    operator,
                    permission,
                    reason,
                    ..
                } = item.code
                    && reason == i64::from(Code::OperatorDismissed.number())
                {
                    let operator = u32::try_from(operator).unwrap_or(0);
                    *self.asked.entry((operator, permission)).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// Each receipt and return names who was there, each sale of somebody who had been dismissed by then bears the flag and
    /// no other does, and the owner is asked about every redemption, return and decision of theirs (decision 16).
    pub(super) fn agree(&self, expected: &Expected) -> Result<(), Wrong> {
        for (id, want) in &expected.done_by {
            let by = || format!("who did {id}, and whether they had been dismissed");
            same(Law::S1, by, &self.by.get(id), &Some(want))?;
        }
        let what = || "what the owner is asked of dismissed operators".to_owned();
        same(Law::S3, what, &self.asked, &expected.asked)
    }
}

/// Letting points and rewards go.
pub(super) const REDEEM: i64 = Permission::Redeem as i64;
/// Taking goods back.
pub(super) const RETURN: i64 = Permission::Return as i64;
/// Undoing a receipt.
pub(super) const VOID: i64 = Permission::Void as i64;
/// Saying who is one person.
pub(super) const INBOX: i64 = Permission::Inbox as i64;
