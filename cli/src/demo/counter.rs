//! One phone at the counter: what it does in a day of the play. Every step is one the real app would take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kartka_core::domain::ids::{CustomerId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::purchase::{Line, Quantity, ReturnedLine, VoidReason};
use kartka_core::domain::quote::{Quote, Tender};
use kartka_core::error::CoreError;
use kartka_core::platform::Rng;
use kartka_core::scan::draw::{Scene, camera_frame};
use kartka_core::scan::{ScanEvent, ScanSession, Scanned};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::sync::{Cancel, SyncReport};
use kartka_core::usecase::cards::Recognised;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;

use super::cdnow::Purchase;
use super::clock::{DemoClock, OPEN_MS};
use super::dice::{Dice, Throw, mix};
use super::people;
use super::state::{Book, Due};
use super::turnstile::Place;
use crate::failure::Failure;

/// Cards in a run.
const RUN: u32 = 500;
/// One purchase in so many comes back.
const RETURNED: u64 = 33;
/// Goods come back within so many days.
const RETURN_DAYS: u64 = 14;
/// One sale in so many is mistyped and undone.
const MISTYPED: u64 = 200;
/// One customer in so many asks to pay with points.
const SPENDS: u64 = 4;
/// On one morning in so many a phone loses the network …
const GOES_AWAY: u64 = 20;
/// … for up to so many days.
const AWAY_DAYS: u64 = 5;
/// Frames before a card counts as unreadable: a second of camera.
const FRAMES: u32 = 30;
/// Milliseconds between frames.
const FRAME_MS: i64 = 33;

/// A purchase of the file on its way to this counter.
pub(crate) struct Task {
    /// Its place in the file's date order.
    pub(crate) index: u64,
    /// What is bought.
    pub(crate) purchase: Purchase,
    /// The customer's card, if they have one.
    pub(crate) card: Option<String>,
}

/// A phone with its counter.
pub(crate) struct Counter {
    /// Which one, from 0.
    pub(crate) no: usize,
    /// The phone.
    pub(crate) shop: Shop,
    /// Its clock.
    pub(crate) clock: Arc<DemoClock>,
    /// What the play remembers of it.
    pub(crate) book: Book,
    pub(crate) session: ScanSession,
    pub(crate) dice: Dice,
    pub(crate) salt: u64,
    /// Every so manieth scan is of a camera frame.
    pub(crate) scan_every: u64,
}

/// What is asked once for a purchase; part of its request ids.
#[derive(Clone, Copy)]
enum Step {
    Emit,
    Register,
    Sell,
    Mistype,
    Undo,
    Return,
}

impl Counter {
    /// A day at the counter: returns first, then the tasks in their order. Says who got which card.
    ///
    /// # Errors
    /// What the core refuses, and a card that can't be read.
    pub(crate) fn day(
        &mut self,
        day: usize,
        tasks: &[Task],
    ) -> Result<Vec<(u32, String)>, Failure> {
        self.clock.set(0);
        self.morning(day);
        self.take_back(day)?;
        let mut new = Vec::new();
        let steps = i64::try_from(tasks.len()).unwrap_or(i64::MAX).max(1);
        for (task, at) in tasks.iter().zip(0..) {
            self.clock.set(OPEN_MS / steps * at);
            let given = new
                .iter()
                .find(|(customer, _)| *customer == task.purchase.customer);
            let card = task.card.as_ref().or(given.map(|(_, card)| card)).cloned();
            let customer = match card {
                Some(card) => self.returning(task.index, &card)?,
                None => {
                    let (customer, card) = self.newcomer(task)?;
                    new.push((task.purchase.customer, card));
                    customer
                }
            };
            self.serve(day, task, customer)?;
        }
        self.clock.set(OPEN_MS);
        Ok(new)
    }

    /// Whether this phone has no network today.
    pub(crate) fn is_away(&self) -> bool {
        self.book.away > 0
    }

    /// Exchanges with the server, leaves the queue, and does what an idle phone does.
    ///
    /// # Errors
    /// As [`Shop::sync`].
    pub(crate) fn sync(&mut self, place: Place<'_>) -> Result<SyncReport, Failure> {
        let report = self.shop.sync(&place, &Cancel::default());
        drop(place);
        self.shop.idle()?;
        Ok(report?)
    }

    fn morning(&mut self, day: usize) {
        let n = u64::try_from(day * 64 + self.no).unwrap_or(0);
        self.book.away = match self.book.away.checked_sub(1) {
            Some(left) => left,
            None if self.dice.below(Throw::Away, n, GOES_AWAY) == 0 => {
                1 + self.dice.below(Throw::Away, n | 1 << 40, AWAY_DAYS)
            }
            None => 0,
        };
    }

    fn take_back(&mut self, day: usize) -> Result<(), Failure> {
        let (now, later) = std::mem::take(&mut self.book.due)
            .into_iter()
            .partition(|due: &Due| due.day <= day);
        self.book.due = later;
        for due in now {
            let id = PurchaseId::new(due.purchase).map_err(CoreError::from)?;
            let part = ReturnedLine {
                line: 0,
                quantity: Quantity(due.quantity),
            };
            let lines = if due.quantity == 0 {
                Vec::new()
            } else {
                vec![part]
            };
            match self
                .shop
                .give_back(self.request(Step::Return, due.index), id, &lines)
            {
                // A quiet shop: its next day is months later, and the phone has let go of that receipt (sync §4).
                Err(CoreError::NotFound) => {}
                outcome => drop(outcome?),
            }
        }
        Ok(())
    }

    /// Someone who shows a card. A phone that has not heard of it gives it to a nameless customer; the authority
    /// will see that both are one person.
    fn returning(&mut self, index: u64, card: &str) -> Result<CustomerId, Failure> {
        let scanned = self.scan(index, card)?;
        match self.shop.recognise(scanned.kind, &scanned.text)? {
            Recognised::Customer { customer, .. } => Ok(customer),
            Recognised::NewCard { card } => {
                let form = Registration {
                    card: NewCard::Bind(card),
                    ..Registration::default()
                };
                Ok(self
                    .shop
                    .register(self.request(Step::Register, index), &form)?)
            }
            other => Err(Failure::Proof(format!(
                "a card of this shop was taken for {other:?}"
            ))),
        }
    }

    /// Someone new: a name, a phone number, a card from the stack.
    fn newcomer(&mut self, task: &Task) -> Result<(CustomerId, String), Failure> {
        if self.book.blank.is_empty() {
            self.print()?;
        }
        let card = self.book.blank.pop().ok_or(CoreError::NotFound)?;
        let scanned = self.session.text(&card, self.clock.instant_ms());
        let number = match self.shop.recognise(scanned.kind, &scanned.text)? {
            // The second is met where a day that was stopped is repeated.
            Recognised::NewCard { card } | Recognised::Customer { card, .. } => card,
            other => {
                return Err(Failure::Proof(format!(
                    "a blank card was taken for {other:?}"
                )));
            }
        };
        let person = people::person(self.dice, task.purchase.customer);
        let form = Registration {
            profile: ProfileForm {
                given: person.given.to_owned(),
                family: person.family.to_owned(),
                phones: vec![person.phone],
                ..ProfileForm::default()
            },
            marketing_consent: person.agrees.then_some(1),
            card: NewCard::Bind(number),
            referrer: None,
        };
        let customer = self
            .shop
            .register(self.request(Step::Register, task.index), &form)?;
        Ok((customer, card))
    }

    /// A run of cards, as a print house would deliver it.
    fn print(&mut self) -> Result<(), Failure> {
        let run = u64::try_from(self.no).unwrap_or(0) << 32 | self.book.runs;
        let numbers = self.shop.emit(self.request(Step::Emit, run), RUN)?;
        let codes: Result<Vec<String>, CoreError> = numbers
            .into_iter()
            .rev()
            .map(|number| self.shop.card_code(number))
            .collect();
        self.book.blank = codes?;
        self.book.runs += 1;
        Ok(())
    }

    /// The card before the camera, or from a laser reader.
    fn scan(&mut self, index: u64, card: &str) -> Result<Scanned, Failure> {
        self.book.scans += 1;
        let at_ms = self.clock.instant_ms();
        if !self.book.scans.is_multiple_of(self.scan_every) {
            return Ok(self.session.text(card, at_ms));
        }
        let noise = Noise::new(self.dice.throw(Throw::Scene, index));
        let scene = self.scene(index);
        for (frame, at) in (1..=FRAMES).zip(0..) {
            let picture = camera_frame(card, &scene, &noise).map_err(Failure::outside)?;
            let seen = self
                .session
                .frame(&picture.as_frame(), at_ms + FRAME_MS * at);
            if let Some(ScanEvent::Found(scanned)) = seen {
                self.book.drawn += 1;
                self.book.frames += u64::from(frame);
                return Ok(scanned);
            }
        }
        Err(Failure::Proof(format!(
            "a drawn card was not read in {FRAMES} frames: {scene:?}"
        )))
    }

    /// A card at an angle in some light.
    fn scene(&self, index: u64) -> Scene {
        let thrown = self.dice.throw(Throw::Scene, index).to_be_bytes();
        Scene {
            width: 640,
            height: 480,
            module: 6.0,
            degrees: f32::from(thrown[0] % 61) - 30.0,
            dark: 30 + thrown[1] % 50,
            light: 170 + thrown[2] % 60,
            noise: 4 + thrown[3] % 10,
        }
    }

    fn serve(&mut self, day: usize, task: &Task, customer: CustomerId) -> Result<(), Failure> {
        let Purchase { items, amount, .. } = task.purchase;
        if self.dice.below(Throw::Mistype, task.index, MISTYPED) == 0 {
            let wrong = Money(amount.0.saturating_mul(10).min(1_000_000));
            let ask = TillRequest::amount(Some(customer), wrong);
            let sold = self
                .shop
                .sell(self.request(Step::Mistype, task.index), &ask)?;
            self.shop.void(
                self.request(Step::Undo, task.index),
                sold,
                VoidReason::Mistake,
            )?;
        }
        let quantity = Quantity(i64::from(items) * 1_000);
        let tender = match self.dice.below(Throw::Tender, task.index, 3) {
            0 => Tender::Card,
            _ => Tender::Cash,
        };
        let mut ask = TillRequest {
            lines: vec![Line {
                quantity,
                ..Line::amount(amount)
            }],
            tender,
            ..TillRequest::amount(Some(customer), amount)
        };
        let (mut quote, answer) = self.shop.quote(&ask)?;
        ask.spend = self.wish(task.index, &answer);
        if ask.spend.is_positive() {
            (quote, _) = self.shop.quote(&ask)?;
        }
        let sold = self
            .shop
            .commit(self.request(Step::Sell, task.index), quote)?;
        if self.is_away() {
            self.book.offline += 1;
        }
        self.plan_return(day, task, sold);
        Ok(())
    }

    /// How many points the customer wants to spend: one of the two amounts the till suggests, or none.
    fn wish(&self, index: u64, answer: &Quote) -> Points {
        let thrown = self.dice.throw(Throw::Spend, index);
        match answer.redeemable {
            Ok(may) if thrown.is_multiple_of(SPENDS) && thrown & 1 << 40 == 0 => may.most,
            Ok(may) if thrown.is_multiple_of(SPENDS) => may.round_cash.unwrap_or(may.most),
            _ => Points::ZERO,
        }
    }

    fn plan_return(&mut self, day: usize, task: &Task, sold: PurchaseId) {
        let thrown = self.dice.throw(Throw::Return, task.index);
        if !thrown.is_multiple_of(RETURNED) {
            return;
        }
        let items = i64::from(task.purchase.items);
        let some = thrown & 1 << 40 == 0 && items > 1;
        let days = 1 + self
            .dice
            .below(Throw::Return, task.index | 1 << 40, RETURN_DAYS);
        self.book.due.push(Due {
            day: day + usize::try_from(days).unwrap_or(1),
            index: task.index,
            purchase: sold.get(),
            quantity: if some { items / 2 * 1_000 } else { 0 },
        });
    }

    /// The same step of the same purchase has the same id in every run: a repeat is answered, not done again.
    fn request(&self, step: Step, n: u64) -> RequestId {
        // `mix` never makes one number of two, so no two steps share an id.
        let first = mix(self.salt.wrapping_add(n << 3 | step as u64));
        let mut id = [0; 16];
        id[..8].copy_from_slice(&first.to_be_bytes());
        id[8..].copy_from_slice(&mix(first).to_be_bytes());
        RequestId(id)
    }
}

/// The camera's noise, the same in every run.
struct Noise(AtomicU64);

impl Noise {
    const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for Noise {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = mix(self.0.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}
