//! Points that are spent online only: a till asks the server to keep them for a receipt, and then sells, asks for more, lets
//! go or walks away (U2, sync §6, decision 41).
//!
//! The model says from the order alone what the server may keep: a person's points by all that it has ordered, less what it
//! keeps for other receipts. What it says is held against the rows in which the server keeps it, after each question.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::ledger::EntryKind;
use kartka_core::domain::money::Points;
use kartka_core::domain::row::Row;
use kartka_core::error::CoreError;
use kartka_core::store::RequestId;
use kartka_core::sync::Event;
use kartka_core::usecase::reserve::Reservation;
use kartka_core::usecase::till::TillRequest;

use super::claim::{Claim, Mark, What};
use super::counter::{Tapped, World, request};
use super::dice::Dice;
use super::laws::{Law, Wrong, same};
use super::ledger::{self, Bytes, Key, Receipt, Reserved};
use super::phone::Phone;
use super::plan::Plan;
use super::replay::{Expected, Purse};
use super::rules::Rules;
use super::street::Street;
use super::taps::{Tap, is_refusal, sale};
use super::time::MINUTE;
use super::way::Heard;

/// The server keeps it for so long.
const KEPT_MS: i64 = 20 * MINUTE;
/// A till may rely on it for so long.
const TILL_MS: i64 = 5 * MINUTE;

/// What the server keeps, by what it was asked and what it has ordered.
#[derive(Default)]
pub(super) struct Online {
    kept: Reserved,
    /// Sales that came while their points were kept: of whom, and how many.
    came: BTreeMap<Vec<u8>, (i64, i64)>,
    /// Up to where the order was looked at.
    seq: i64,
    /// Receipts that were left on a screen, by phone.
    left: BTreeMap<usize, (RequestId, TillRequest)>,
}

/// What a till was told: how many points are kept, and until when it may rely on that.
pub(crate) struct Promise {
    phone: usize,
    points: i64,
    until_ms: i64,
}

/// What the model says to a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keeps,
    Refuses,
    /// The model knows only sums of what this hangs on.
    Either,
}

/// The shop begins with points that are spent online only.
pub(super) fn begins(plan: &Plan, world: &mut World, owners: &mut Phone) -> Result<(), Wrong> {
    let programme = owners.shop().programme().map_err(|e| e.to_string())?;
    let now = world.model.rules(programme.version().0).copied();
    let rules = Rules {
        online: true,
        ..now.unwrap_or(Rules::ready(world.kind))
    };
    let mut dice = Dice::new(plan.seed, 22);
    world
        .does(0, owners, &Tap::Publish(rules), &mut dice)
        .map(drop)
}

impl Online {
    /// Nobody is at a phone any more who would come back to a receipt.
    pub(super) fn forget(&mut self, no: usize) {
        self.left.remove(&no);
    }
}

impl World {
    /// The points that a claim's phone may rely on.
    pub(super) fn promised(&self, claim: &Claim) -> Option<i64> {
        let promise = self.promises.get(&claim.mark)?;
        let holds = promise.phone == claim.phone && claim.at_ms < promise.until_ms;
        holds.then_some(promise.points)
    }
}

impl Street {
    /// Somebody wants to pay with points, or what was left on the screen is sold or given up.
    pub(super) fn spends_online(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let no = dice.pick(&self.copies_of(no)).copied().unwrap_or(no);
        if let Some((request, ask)) = self.online.left.remove(&no) {
            match dice.below(10) {
                0..=5 => return self.sells(no, request, ask),
                6..=7 => return self.lets_go(no, request, dice),
                // Nobody comes back to it: it ends by its time.
                _ => {}
            }
        }
        let Some(mut ask) = self.wants_points(no, dice)? else {
            return Ok(());
        };
        let request = request(dice);
        ask.reserved = Some(request);
        let mut told = self.asks(no, request, &ask, dice)?;
        for _ in 0..dice.below(3) {
            if told == Told::Nothing {
                told = self.asks(no, request, &ask, dice)?;
            }
        }
        if told == Told::Kept && dice.percent(15) {
            // The amount is changed and asked for again under the same id; without an answer it stays as it was.
            let mut less = ask.clone();
            less.spend = Points((ask.spend.0 / 20 * 10).max(ask.spend.0.min(10)));
            told = self.asks(no, request, &less, dice)?;
            if told == Told::Kept {
                ask = less;
            }
        }
        match dice.below(10) {
            _ if told == Told::Refused => Ok(()),
            0..=5 => self.sells(no, request, ask),
            6..=8 => {
                self.online.left.insert(no, (request, ask));
                Ok(())
            }
            _ => self.lets_go(no, request, dice),
        }
    }

    /// A receipt and the points that are to pay some of it: as many as the till thinks, or as the receipt allows.
    fn wants_points(&self, no: usize, dice: &mut Dice) -> Result<Option<TillRequest>, Wrong> {
        let phone = &self.phones[no];
        let counter = self.world.counter(no, phone);
        let Some(customer) = counter.customer(dice) else {
            return Ok(None);
        };
        let Tap::Sell(mut ask) = sale(dice, Some(customer)) else {
            return Ok(None);
        };
        let quote = match phone.shop().quote(&ask) {
            Ok((_, quote)) => quote,
            Err(error) if is_refusal(&error) => return Ok(None),
            Err(CoreError::Store(_)) if phone.sick => return Ok(None),
            Err(error) => return Err(format!("phone {no} looks at a receipt: {error:?}").into()),
        };
        let version = phone.shop().programme().map_err(|e| e.to_string())?;
        let Some(rules) = self.world.model.rules(version.version().0) else {
            return Ok(None);
        };
        let gross: i64 = ask.lines.iter().map(|line| line.gross.0).sum();
        let allowed = gross * rules.share / 10_000;
        let most = match quote.redeemable {
            Ok(allowed) => allowed.most.0,
            Err(Code::AskForPoints { most }) => most,
            Err(_) => 0,
        };
        let points = match dice.below(10) {
            0..=5 => dice.between(1, most.max(1)),
            6..=7 => most,
            _ => dice.between(1, allowed.max(1)),
        };
        ask.spend = Points(points / rules.step * rules.step);
        Ok((ask.spend.0 >= rules.least).then_some(ask))
    }

    /// The till asks, over whatever way there is.
    fn asks(
        &mut self,
        no: usize,
        request: RequestId,
        ask: &TillRequest,
        dice: &mut Dice,
    ) -> Result<Told, Wrong> {
        let (customer, points) = (ask.customer.map_or(0, CustomerId::get), ask.spend.0);
        let receipt = self.receipt(no, request)?;
        let shop = self.phones[no].shop().clone();
        let version = shop.programme().map_err(|e| e.to_string())?.version().0;
        let verdict = self.may_keep(&receipt, (customer, points), version)?;
        let (heard, told) = self.over_the_way(no, dice, |way| shop.reserve(request, ask, way))?;
        let mut kept = self.online.kept.clone();
        let until_ms = self.world.time.now() + KEPT_MS;
        kept.insert(receipt.clone(), (customer, points, until_ms));
        let what = format!("phone {no} asks for {points} points of customer {customer}");
        self.world.tell(&format!("{what}: {told:?}"));
        self.server_keeps(&what, heard, verdict, kept)?;
        let mark = mark(request);
        match told {
            Ok(Reservation::Kept { .. }) => {
                let there = self.online.kept.get(&receipt);
                let there = there.map(|(_, points, _)| *points);
                same(Law::S10, || what.clone(), &there, &Some(points))?;
                let until_ms = self.world.time.now() + TILL_MS;
                let promise = Promise {
                    phone: no,
                    points,
                    until_ms,
                };
                self.world.promises.insert(mark, promise);
                self.world.summary.reserved += 1;
                Ok(Told::Kept)
            }
            // By the rules that this phone knows nobody has to be asked.
            Ok(Reservation::NotNeeded) => Ok(Told::Kept),
            Err(error) if is_refusal(&error) => {
                if heard == Heard::Yes {
                    self.world.summary.turned_down += 1;
                }
                self.world.promises.remove(&mark);
                Ok(Told::Refused)
            }
            Err(CoreError::Store(_)) if self.phones[no].sick => Ok(Told::Nothing),
            Err(error @ (CoreError::Unexpected { .. } | CoreError::Store(_))) => {
                Err(Wrong::of(Law::Sound, format!("{what}: {error:?}")))
            }
            Err(_) => Ok(Told::Nothing),
        }
    }

    /// The customer pays with money, or leaves.
    fn lets_go(&mut self, no: usize, request: RequestId, dice: &mut Dice) -> Result<(), Wrong> {
        let receipt = self.receipt(no, request)?;
        let shop = self.phones[no].shop().clone();
        let (heard, told) = self.over_the_way(no, dice, |way| shop.release(request, way))?;
        let what = format!("phone {no} lets go of what is kept");
        self.world.tell(&format!("{what}: {told:?}"));
        let mut kept = self.online.kept.clone();
        kept.remove(&receipt);
        self.world.promises.remove(&mark(request));
        self.server_keeps(&what, heard, Verdict::Keeps, kept)
    }

    fn sells(&mut self, no: usize, request: RequestId, ask: TillRequest) -> Result<(), Wrong> {
        let life = self.phones[no].life;
        let opened = !std::mem::replace(&mut self.phones[no].open, true);
        let phone = &mut self.phones[no];
        let sold = self.world.does_as(request, (no, phone), &Tap::Sell(ask))?;
        if opened || life != self.phones[no].life {
            self.step(no, Event::Tick)?;
        }
        match sold {
            Tapped::Confirmed => self.step(no, Event::LocalCommit),
            Tapped::Refused | Tapped::Nothing => Ok(()),
        }
    }

    /// Under which number and mark a phone's sale will come, as far as it knows.
    fn receipt(&self, no: usize, request: RequestId) -> Result<Receipt, Wrong> {
        let status = self.phones[no].shop().sync_status();
        let device = status.map_err(|e| e.to_string())?.device;
        Ok((i64::from(device.get()), mark(request).to_vec()))
    }

    /// Whether so many points of somebody are there which the server keeps for nobody else.
    fn may_keep(
        &mut self,
        receipt: &Receipt,
        (customer, points): (i64, i64),
        version: u32,
    ) -> Result<Verdict, Wrong> {
        self.learn_order()?;
        let conn = self.server.ledger()?;
        let ops = ledger::ops(&conn)?;
        let expected = self.expected(&ops)?;
        let Some(first) = expected.first_of.get(&customer) else {
            return Ok(Verdict::Refuses);
        };
        // By rules that it has not been told of yet it keeps nothing.
        if !expected.rules.contains_key(&version) {
            return Ok(Verdict::Refuses);
        }
        if expected.erased.contains(&customer) || ops.iter().any(|op| op.mark == receipt.1) {
            return Ok(Verdict::Refuses);
        }
        let Some(purse) = expected.shown(customer) else {
            return Ok(Verdict::Either);
        };
        let now = self.world.time.now();
        let others = self.online.kept.iter().filter(|(key, (whose, _, until))| {
            *key != receipt && *until > now && expected.first_of.get(whose) == Some(first)
        });
        let others: i64 = others.map(|(_, (_, points, _))| points).sum();
        Ok(match purse.points - others >= points {
            false => Verdict::Refuses,
            // How much has ended is the fold's word.
            true if self.plan.short_lived => Verdict::Either,
            true => Verdict::Keeps,
        })
    }

    /// The server keeps what the model says, to the last point.
    fn server_keeps(
        &mut self,
        what: &str,
        heard: Heard,
        verdict: Verdict,
        then: Reserved,
    ) -> Result<(), Wrong> {
        let now = self.world.time.now();
        let (mut before, mut then) = (std::mem::take(&mut self.online.kept), then);
        for kept in [&mut before, &mut then] {
            kept.retain(|_, (.., until)| *until > now);
        }
        let conn = self.server.ledger()?;
        let there = ledger::reserved(&conn, now)?;
        let open = heard == Heard::Perhaps || (heard, verdict) == (Heard::Yes, Verdict::Either);
        let want = match (heard, verdict) {
            (Heard::No, _) | (_, Verdict::Refuses) => before,
            _ if open && there == before => before,
            _ => then,
        };
        same(Law::S10, || format!("{what}, what is kept"), &there, &want)?;
        self.online.kept = there;
        Ok(())
    }

    /// Sales that the server has ordered since the last look: whether it kept their points until then.
    pub(super) fn sales_have_come(&mut self) -> Result<(), Wrong> {
        if !self.plan.online || self.server.seq()? <= self.online.seq {
            return Ok(());
        }
        let now = self.world.time.now();
        let conn = self.server.ledger()?;
        for (mark, id, _) in ledger::ordered_after(&conn, self.online.seq)? {
            let kept = self.online.kept.remove(&(id >> 40, mark.clone()));
            if let Some((customer, points, _)) = kept.filter(|(.., until)| *until > now) {
                self.online.came.insert(mark, (customer, points));
            }
        }
        self.online.seq = self.server.seq()?;
        Ok(())
    }

    /// Exactly those sales bear the flag whose points were not kept any more when they came, and nobody owes more than was
    /// spent so and taken back (safety 10: online the extra loss is none).
    pub(super) fn nothing_is_lent(
        &mut self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &Expected,
    ) -> Result<(), Wrong> {
        if !self.plan.online {
            return Ok(());
        }
        let conn = self.server.ledger()?;
        let ops = ledger::ops(&conn)?;
        let ordered: BTreeSet<&[u8]> = ops.iter().map(|op| op.mark.as_slice()).collect();
        let (mut want, mut lent, mut kept) = (BTreeMap::new(), BTreeMap::new(), 0);
        let model = &self.world.model;
        let mut parted = BTreeSet::new();
        let claims = model.claims.iter().enumerate();
        for (place, claim) in claims.filter(|(_, of)| ordered.contains(of.mark.as_slice())) {
            let What::Sale {
                id,
                spent,
                earned,
                version,
                ..
            } = model.as_at_server(place)
            else {
                parted.extend(matches!(claim.what, What::Part { .. }).then_some(place));
                continue;
            };
            let receipt = expected.receipts.get(&id);
            let Some((receipt, customer)) = receipt.and_then(|of| Some((of, of.customer?))) else {
                continue;
            };
            let came = self.online.came.get(claim.mark.as_slice());
            let was_kept = came.is_some_and(|(whose, kept)| *whose == customer && *kept >= spent);
            let online = model.rules(version).is_some_and(|rules| rules.online);
            if spent > 0 && online && !was_kept {
                want.insert(id, spent);
            }
            kept += u64::from(spent > 0 && online && was_kept);
            let back = receipt.returned.iter().any(|quantity| *quantity > 0);
            let mut owes = i64::from(back) * earned;
            owes += i64::from(!(online && was_kept)) * spent;
            let purse = expected.purse_of.get(&customer).copied();
            *lent.entry(purse.unwrap_or(customer)).or_default() += owes;
        }
        self.world.summary.sold_kept += kept;
        self.world.summary.came_late += want.len() as u64;
        let what = || "sales whose points nobody kept".to_owned();
        same(Law::S10, what, &unasked(rows), &want)?;
        if self.plan.short_lived || !parted.is_empty() {
            return Ok(());
        }
        // Thanks that were spent may be taken back.
        for (whose, points) in taken_back(rows) {
            let purse = expected.purse_of.get(&whose).copied();
            *lent.entry(purse.unwrap_or(whose)).or_default() += points;
        }
        let sure = |(id, _): &(&i64, &Purse)| !expected.in_doubt.contains(id);
        for (id, purse) in expected.purses.iter().filter(sure) {
            let lent: i64 = lent.get(id).copied().unwrap_or(0);
            if purse.points < -lent {
                let what = format!("{id} has {}, and at most {lent} were lent", purse.points);
                return Err(Wrong::of(Law::S10, what));
            }
        }
        Ok(())
    }
}

/// What a till heard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Kept,
    Refused,
    Nothing,
}

fn mark(request: RequestId) -> Mark {
    let [mark @ .., _, _, _, _, _, _, _, _] = request.0;
    mark
}

/// The receipts that the rows call unasked, and their points.
fn unasked(rows: &BTreeMap<Key, (i64, Bytes)>) -> BTreeMap<i64, i64> {
    let mut found = BTreeMap::new();
    for (key @ (_, id), (_, bytes)) in rows {
        if let Some(Row::Purchase(of)) = ledger::read(*key, bytes) {
            found.extend(of.flags.iter().find_map(|flag| match flag {
                Code::RedeemedUnasked { points } => Some((*id, *points)),
                _ => None,
            }));
        }
    }
    found
}

/// Thanks for friends that were taken back: of whom, and how many points.
fn taken_back(rows: &BTreeMap<Key, (i64, Bytes)>) -> Vec<(i64, i64)> {
    let of = |(key, (_, bytes)): (&Key, &(i64, Bytes))| match ledger::read(*key, bytes)? {
        Row::Entry(of) if of.kind == EntryKind::Unthank => {
            Some((of.customer.get(), -of.effect().points.0))
        }
        _ => None,
    };
    rows.iter().filter_map(of).collect()
}
