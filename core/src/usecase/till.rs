//! The till: quote, commit, return, void (T1–T4).
//!
//! A quote is an answer to look at; a commit evaluates the same question again inside its transaction and writes
//! only if the answer is still the same. Nothing here waits for a network.

use std::collections::BTreeMap;

use kartka_domain::authority::referral::awaited;
use kartka_domain::codes::Code;
use kartka_domain::customer::Customer;
use kartka_domain::ids::{CustomerId, InstrumentId, PurchaseId, ReturnId};
use kartka_domain::limits::CardRead;
use kartka_domain::moment::{Date, DayOfYear, Moment};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::Fact;
use kartka_domain::position::{Group, Position};
use kartka_domain::programme::{Instrument, Offer, Programme, Terms};
use kartka_domain::purchase::{
    Fiscal, GoodsId, Line, Purchase, ReceiptNumber, ReturnKind, ReturnedLine, VoidReason,
};
use kartka_domain::quote::{Paper, Question, Quote, RewardTaken, Tender, quote};
use kartka_domain::redeem::{CashStep, Connectivity};
use kartka_domain::refund::deduct::deduct;
use kartka_domain::refund::{Refund, Sold, everything_left, refund, refusal};
use kartka_domain::rights::{Action, Permission};
use kartka_domain::row::EdgeState;

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId, Standing};
use crate::usecase::limits;
use crate::usecase::reserve::Keeps;
use crate::usecase::vouchers::{LaidDown, NewCertificate};

/// What the till asks: everything a quote depends on but time and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillRequest {
    /// The customer, or none.
    pub customer: Option<CustomerId>,
    /// What is sold.
    pub lines: Vec<Line>,
    /// Points the cashier spends; zero for none.
    pub spend: Points,
    /// Rewards of stamp cards that are taken now.
    pub rewards: Vec<RewardTaken>,
    /// Codes of coupons that the customer names.
    pub codes: Vec<String>,
    /// Clubs that the staff invites the customer to.
    pub invited: Vec<InstrumentId>,
    /// How the money part is paid.
    pub tender: Tender,
    /// The till's receipt number, or empty.
    pub receipt: String,
    /// Gift certificates that are sold, each as a line after the others.
    pub certificates: Vec<NewCertificate>,
    /// Vouchers that the customer lays on the counter.
    pub vouchers: Vec<LaidDown>,
    /// How the customer's card was read, where the till knows (T7).
    pub read: Option<CardRead>,
    /// The fiscal receipt, if one was scanned (X8).
    pub fiscal: Option<Fiscal>,
    /// Under which request the authority was asked to keep what this receipt uses ([`Shop::reserve`]): the one its
    /// quote will be committed under.
    pub reserved: Option<RequestId>,
}

impl TillRequest {
    /// One typed amount, paid in cash.
    #[must_use]
    pub fn amount(customer: Option<CustomerId>, amount: Money) -> Self {
        Self {
            customer,
            lines: vec![Line::amount(amount)],
            spend: Points::ZERO,
            rewards: Vec::new(),
            codes: Vec::new(),
            invited: Vec::new(),
            tender: Tender::Cash,
            receipt: String::new(),
            certificates: Vec::new(),
            vouchers: Vec::new(),
            read: None,
            fiscal: None,
            reserved: None,
        }
    }

    /// What is sold, certificates included.
    fn all_lines(&self) -> Vec<Line> {
        let sold = self.certificates.iter();
        let sold = sold.map(|one| Line::certificate(one.instrument, one.nominal));
        self.lines.iter().cloned().chain(sold).collect()
    }
}

/// Names an open quote of this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuoteId(pub u64);

/// Most quotes kept open; the oldest goes first, and its commit answers `Stale`.
const OPEN_QUOTES: usize = 32;

/// The quotes that may still be committed.
#[derive(Default)]
pub(crate) struct OpenQuotes {
    next: u64,
    open: BTreeMap<u64, (TillRequest, Quote)>,
}

impl OpenQuotes {
    fn add(&mut self, request: TillRequest, quote: Quote) -> QuoteId {
        self.next += 1;
        if self.open.len() >= OPEN_QUOTES {
            self.open.pop_first();
        }
        self.open.insert(self.next, (request, quote));
        QuoteId(self.next)
    }
}

/// Favourite goods are so many, the most bought of so many last purchases.
const FAVOURITES: usize = 3;
pub(crate) const FAVOURITES_OF: u32 = 50;
/// The window of the cap per customer (sync §6).
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Shop {
    /// Lets go of every open quote: their commits answer `Stale`.
    pub(crate) fn forget_quotes(&self) {
        let quotes = self.quotes.lock();
        quotes
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .open
            .clear();
    }

    /// What this receipt comes to for this customer, and why (T1).
    ///
    /// # Errors
    /// [`CoreError::InsufficientPoints`], [`CoreError::RuleRejected`] with the rule's word; [`CoreError::NotFound`];
    /// [`CoreError::Validation`]; [`CoreError::Store`].
    pub fn quote(&self, request: &TillRequest) -> Result<(QuoteId, Quote), CoreError> {
        let answer = self.store.read(|r| {
            let setting = setting(r)?;
            self.evaluate(r, &setting, request, self.now(&setting.outlet)?)
        })?;
        let mut quotes = self
            .quotes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok((quotes.add(request.clone(), answer.clone()), answer))
    }

    /// Writes the sale: rows, ledger and outbox in one durable transaction. A repeat of `request` is answered
    /// with the purchase it made, whatever `quote` says.
    ///
    /// # Errors
    /// [`CoreError::Stale`] when the quote is gone or no longer true: quote again. Else as [`quote`](Self::quote).
    pub fn commit(&self, request: RequestId, quote: QuoteId) -> Result<PurchaseId, CoreError> {
        let open = {
            let mut quotes = self
                .quotes
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            quotes.open.remove(&quote.0)
        };
        let op = self.once(request, |tx, setting, at| {
            let (ask, promised) = open.ok_or(CoreError::Stale)?;
            if ask.reserved.is_some_and(|kept| kept != request) {
                return Err(CoreError::Stale);
            }
            let answer = self.evaluate(tx, setting, &ask, at)?;
            let same = (&answer.claims, &answer.lines) == (&promised.claims, &promised.lines);
            let vouchers = (&answer.moves, &answer.issues) == (&promised.moves, &promised.issues);
            if !same || !vouchers || answer.due != promised.due {
                return Err(CoreError::Stale);
            }
            let receipt = match ask.receipt.as_str() {
                "" => None,
                text => Some(ReceiptNumber::new(text)?),
            };
            let paper = Paper {
                receipt,
                read: ask.read,
                fiscal: ask.fiscal,
                confirmed: self.confirmed(setting, ask.spend)?,
            };
            Ok(answer.into_facts(ask.tender, paper)?.into())
        })?;
        self.forget(request);
        Ok(PurchaseId(op.0))
    }

    /// The purchase that a request has made, if it has.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn sold(&self, request: RequestId) -> Result<Option<PurchaseId>, CoreError> {
        let done = self.store.read(|r| r.request(request))?;
        Ok(done.map(|op| PurchaseId(op.0)))
    }

    /// Quote and commit in one call, for tills that show nothing in between.
    ///
    /// # Errors
    /// As [`quote`](Self::quote).
    pub fn sell(&self, request: RequestId, ask: &TillRequest) -> Result<PurchaseId, CoreError> {
        if let Some(done) = self.sold(request)? {
            return Ok(done);
        }
        let (quote, _) = self.quote(ask)?;
        self.commit(request, quote)
    }

    /// Takes goods back by lines (X1–X5); no lines means everything that is left.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for a purchase this device does not hold; [`CoreError::RuleRejected`] when more would
    /// come back than was sold; [`CoreError::Store`].
    pub fn give_back(
        &self,
        request: RequestId,
        purchase: PurchaseId,
        lines: &[ReturnedLine],
    ) -> Result<ReturnId, CoreError> {
        self.take_back(request, purchase, ReturnKind::Goods, lines)
    }

    /// Undoes a whole receipt within the allowed minutes (X6).
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] when it is too late, was returned or voided before, or is somebody else's.
    pub fn void(
        &self,
        request: RequestId,
        purchase: PurchaseId,
        reason: VoidReason,
    ) -> Result<ReturnId, CoreError> {
        self.take_back(request, purchase, ReturnKind::Void(reason), &[])
    }

    /// What returning `lines` would come to, before it is done.
    ///
    /// # Errors
    /// As [`give_back`](Self::give_back).
    pub fn refund(
        &self,
        purchase: PurchaseId,
        lines: &[ReturnedLine],
    ) -> Result<Refund, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let date = self.now(&setting.outlet)?.date;
            let ask = (purchase, ReturnKind::Goods, lines);
            refund_of(r, &setting, ask, date).map(|(_, refund)| refund)
        })
    }

    fn take_back(
        &self,
        request: RequestId,
        id: PurchaseId,
        kind: ReturnKind,
        lines: &[ReturnedLine],
    ) -> Result<ReturnId, CoreError> {
        let op = self.once(request, |tx, setting, at| {
            let (purchase, refund) = refund_of(tx, setting, (id, kind, lines), at.date)?;
            if matches!(kind, ReturnKind::Void(_)) {
                setting.may(Action::Void {
                    own: purchase.operator == setting.operator,
                    age_ms: at.instant_ms.saturating_sub(purchase.at.instant_ms),
                })?;
            } else {
                setting.needs(Permission::Return)?;
            }
            let back = Fact::Return {
                purchase: id,
                kind,
                lines: refund.lines,
            };
            let claims = refund
                .claims
                .into_iter()
                .map(|(claim, _)| Fact::Claim(claim));
            Ok(std::iter::once(back)
                .chain(claims)
                .chain(refund.moves.into_iter().map(Fact::Move))
                .collect::<Vec<_>>()
                .into())
        })?;
        Ok(ReturnId(op.0))
    }

    fn evaluate(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        request: &TillRequest,
        at: Moment,
    ) -> Result<Quote, CoreError> {
        self.evaluate_with(reader, setting, request, (at, &self.kept(request.reserved)))
    }

    /// The quote of a receipt for which the authority keeps something.
    pub(crate) fn evaluate_with(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        request: &TillRequest,
        (at, keeps): (Moment, &Keeps),
    ) -> Result<Quote, CoreError> {
        setting.needs(Permission::Sell)?;
        if request.spend.is_positive() || !request.rewards.is_empty() {
            self.trusted(reader, setting)?;
            setting.may(Action::Redeem {
                points: request.spend,
                today: reader.redeemed_on(setting.operator, at.date)?,
            })?;
            self.confirmed(setting, request.spend)?;
        }
        let position = match request.customer {
            Some(customer) if reader.living(customer)?.is_none() => {
                return Err(CoreError::NotFound);
            }
            Some(customer) => reader.group_position(customer)?,
            None => Position::default(),
        };
        let reach = match request.customer {
            Some(customer) => self.reach(reader, setting, (customer, keeps.points(request)), at)?,
            None => Connectivity::Authority,
        };
        let lines = request.all_lines();
        let counter = self.on_counter(reader, setting, request, keeps)?;
        let (presented, selling) = (counter.presented(), counter.selling());
        let limits = limits::broken(
            reader,
            setting,
            (request.customer, (request.read, request.fiscal.as_ref())),
            at,
        )?;
        let used = keeps.used(reader, setting, request)?;
        let spent = reader.budgets(&setting.programme)?;
        let codes: Vec<&str> = request.codes.iter().map(String::as_str).collect();
        let favourites = favourites(reader, &setting.programme, request.customer)?;
        let minor = 10_i64.pow(u32::from(setting.business.currency.exponent()));
        let here = (setting.outlet.id, at.date);
        let brought = request.customer;
        let brought = brought.map(|customer| awaited(reader, customer, here));
        let brought = brought.transpose()?.flatten();
        Ok(quote(&Question {
            lines: &lines,
            presented: &presented,
            selling: &selling,
            customer: request.customer.map(|customer| (customer, &position)),
            birthday: birthday(reader, request.customer)?,
            relatives: &[],
            favourites: &favourites,
            codes: &codes,
            invited: &request.invited,
            programme: &setting.programme,
            at,
            outlet: setting.outlet.id,
            reach,
            spend: request.spend,
            rewards: &request.rewards,
            cash: CashStep(Money(minor)),
            limits: &limits,
            used: &used,
            spent: &spent,
            points_as: setting.business.points_as,
            brought: brought.as_ref(),
        })?)
    }

    /// How far the authority is, and what this device has promised since (sync §6).
    fn reach(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        (customer, kept): (CustomerId, Option<Points>),
        at: Moment,
    ) -> Result<Connectivity, CoreError> {
        let alone = setting.device.standing == Standing::Authority;
        if alone && !reader.was_restored(at.instant_ms)? {
            return Ok(Connectivity::Authority);
        }
        let head = reader.head()?.ok_or(CoreError::NotPaired)?;
        let Some((instrument, card)) = setting.programme.bonus() else {
            return Ok(Connectivity::Authority);
        };
        let mut known = Position::default();
        let (mut pending, mut recent, mut budget) = (Points::ZERO, Points::ZERO, Points::ZERO);
        for member in reader.group_of(customer)? {
            known = known.combine(&reader.authority_position(member)?)?;
            let (own, day, all) = reader.redeemed(
                member,
                head.settled_op,
                at.instant_ms.saturating_sub(DAY_MS),
                // Nobody acks a restored founding phone: its budget is for the whole time.
                if alone { 0 } else { head.acked_op },
            )?;
            pending = pending.plus(own)?;
            recent = recent.plus(day)?;
            budget = all;
        }
        let sure = known.spendable(instrument, card, at.date)?;
        // A new incarnation has no budget until it has fetched everything under its number (sync §12): what it shows
        // may be spent already, and no policy makes it fresh.
        let is_stale = reader.is_newly_numbered()?;
        let confirmed = if is_stale { Points::ZERO } else { sure };
        Ok(Connectivity::Phone {
            confirmed,
            pending,
            recent,
            snapshot_age_ms: if is_stale {
                i64::MAX
            } else {
                at.instant_ms.saturating_sub(head.synced_ms)
            },
            spent_of_budget: budget,
            held: known.held,
            // A founding phone that was put back has nobody to ask.
            kept: if alone { Some(confirmed) } else { kept },
        })
    }
}

/// The goods that a customer bought most among their last purchases, where an offer asks for them.
fn favourites(
    reader: &Reader<'_>,
    programme: &Programme,
    customer: Option<CustomerId>,
) -> Result<Vec<GoodsId>, CoreError> {
    let asks = |of: &Instrument| matches!(of.terms, Terms::Offer(Offer::Favourite { .. }));
    let Some(customer) = customer.filter(|_| programme.instruments().iter().any(asks)) else {
        return Ok(Vec::new());
    };
    let mut last = Vec::new();
    for member in reader.group_of(customer)? {
        last.extend(reader.purchases_of(member, None, FAVOURITES_OF)?);
    }
    Ok(most_bought(
        last.iter().flat_map(|purchase| &purchase.lines),
    ))
}

/// The goods that these lines hold most of.
pub(crate) fn most_bought<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<GoodsId> {
    let mut bought: BTreeMap<GoodsId, i64> = BTreeMap::new();
    for line in lines {
        if let Some(goods) = line.goods {
            let sum = bought.entry(goods).or_default();
            *sum = sum.saturating_add(line.quantity.0);
        }
    }
    let mut most: Vec<(GoodsId, i64)> = bought.into_iter().collect();
    most.sort_by_key(|(goods, quantity)| (std::cmp::Reverse(*quantity), *goods));
    most.truncate(FAVOURITES);
    most.into_iter().map(|(goods, _)| goods).collect()
}

/// The birthday of a customer who told it.
pub(crate) fn birthday(
    reader: &Reader<'_>,
    customer: Option<CustomerId>,
) -> Result<Option<DayOfYear>, CoreError> {
    let known = customer
        .map(|id| reader.customer(id))
        .transpose()?
        .flatten();
    let told = known.as_ref().and_then(Customer::birthday);
    Ok(told.and_then(|day| {
        let (month, day, _) = day.parts();
        DayOfYear::new(month.into(), day.into())
    }))
}

fn refund_of(
    reader: &Reader<'_>,
    setting: &Setting,
    (id, kind, lines): (PurchaseId, ReturnKind, &[ReturnedLine]),
    date: Date,
) -> Result<(Purchase, Refund), CoreError> {
    let purchase = reader.purchase(id)?.ok_or(CoreError::NotFound)?;
    let returns = reader.returns_of(id)?;
    if let Some(code) = refusal(kind, &purchase, &returns) {
        return Err(code.into());
    }
    let programme = reader
        .programme(purchase.programme)?
        .ok_or(CoreError::NotFound)?;
    let entries = reader.entries_of(id)?;
    let moved = reader.moves_of(id)?;
    let vouchers = reader.vouchers_in(&moved)?;
    let everything = everything_left(&purchase, &returns)?;
    let asked = if lines.is_empty() { &everything } else { lines };
    let sold = Sold {
        purchase: &purchase,
        entries: &entries,
        returns: &returns,
        programme: &programme,
        moved: &moved,
        vouchers: &vouchers,
    };
    let mut refund = refund(sold, asked)?;
    if let Some(above) = asked.iter().find(|part| !refund.lines.contains(part)) {
        let left = everything
            .iter()
            .find(|l| l.line == above.line)
            .map_or(0, |l| l.quantity.0);
        return Err(Code::AlreadyReturned {
            line: i64::from(above.line),
            left,
        }
        .into());
    }
    if refund.lines.is_empty() {
        return Err(CoreError::Validation {
            field: Field::Lines,
        });
    }
    if let Some(customer) = purchase.earner() {
        let members = reader.members_of(customer)?;
        deduct(&mut refund, (&purchase, &setting.programme), members, date)?;
    }
    Ok((purchase, refund))
}

impl Reader<'_> {
    /// All ids of one person, in id order (I2).
    pub(crate) fn group_of(&self, customer: CustomerId) -> Result<Vec<CustomerId>, CoreError> {
        let mut members = vec![customer];
        let mut next = 0;
        while let Some(&member) = members.get(next) {
            next += 1;
            for edge in self
                .edges(member)?
                .iter()
                .filter(|e| e.state == EdgeState::On)
            {
                let other = if edge.a == member { edge.b } else { edge.a };
                if !members.contains(&other) {
                    members.push(other);
                }
            }
        }
        members.sort_unstable();
        Ok(members)
    }

    /// The position of a whole person, with this device's pending ops.
    pub(crate) fn group_position(&self, customer: CustomerId) -> Result<Position, CoreError> {
        Ok(Group::new(self.members_of(customer)?).combined()?)
    }

    /// The positions of all members of a person, with this device's pending ops.
    fn members_of(&self, customer: CustomerId) -> Result<Vec<(CustomerId, Position)>, CoreError> {
        let mut members = Vec::new();
        for member in self.group_of(customer)? {
            members.push((member, self.position(member)?.unwrap_or_default()));
        }
        Ok(members)
    }

    /// A member's position by the authority's last word.
    fn authority_position(&self, customer: CustomerId) -> Result<Position, CoreError> {
        let kind = kartka_domain::row::RowKind::Position as u8;
        let Some(wire) = self.authority_row(kind, customer.get())? else {
            return Ok(Position::default());
        };
        match wire.read()? {
            kartka_domain::row::Row::Position(_, position) => Ok(position),
            _ => Err(CoreError::Unexpected {
                what: "a position row",
            }),
        }
    }
}
