//! `POST /v1/card`: what the holder of a card asks of the authority, and what they are told (sync §7, decision 65).
//!
//! A customer's phone is no device: who has the card's bearer secret is its holder, and each of their wishes becomes one op
//! of the authority's own, once, whatever is lost or doubled on the way. What is refused a device is refused a holder too;
//! what they had been shown goes along, so that a consent said long ago beats no withdrawal it did not know of.

use std::collections::BTreeSet;

use kartka_domain::authority::Book as _;
use kartka_domain::card::{Bearer, CardNumber};
use kartka_domain::customer::{Channel, Purpose, Will};
use kartka_domain::ids::{CustomerId, Seq};
use kartka_domain::op::Fact;
use kartka_domain::row::{CardState, Row, RowKind};
use kartka_protocol::holder::{HolderAnswer, HolderEnvelope, Outcome, Request, Unsealed, Wish};
use kartka_protocol::limits::HOLDER_REQUESTS;
use kartka_protocol::message::{OLDEST_PROTO, Refusal};

use super::exchange::ExchangeError;
use super::intake::Turned;
use super::push::Order;
use super::turn::Turn;
use super::{Authority, Job, expiry, memory, own};
use crate::holder::{CONSENTS, snapshot};
use crate::platform::draw;
use crate::store::{Fact as KeptFact, StoreError, read};

/// How long it is known what became of a request (sync §7).
const KEPT_MS: i64 = 30 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A holder's question, opened.
pub(crate) struct HolderAsking {
    secret: Bearer,
    number: CardNumber,
    requests: Vec<Request>,
    /// Where the business is served, if not here.
    elsewhere: Option<String>,
}

/// Wishes about one card.
pub(crate) struct Wishes {
    number: CardNumber,
    requests: Vec<Request>,
}

impl Wishes {
    pub(super) fn ops(&self) -> usize {
        self.requests.len().max(1)
    }
}

impl Authority {
    /// Opens a question by the keys of this business.
    ///
    /// # Errors
    /// [`Turned::Away`]: another secret and another business are told apart to nobody; [`Turned::Store`].
    pub(crate) fn read_holder(&self, envelope: &HolderEnvelope) -> Result<HolderAsking, Turned> {
        let away = Turned::Away;
        let (secret, ask) =
            envelope
                .open(&self.memory.keys.cards)
                .map_err(|unsealed| match unsealed {
                    Unsealed::NotOurs => away(Refusal::Unauthorised),
                    Unsealed::Wire(error) => error.into(),
                })?;
        if envelope.proto < OLDEST_PROTO {
            return Err(away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (is_away, moved, yielded) = read(self.store.as_ref(), |db| {
            let moved = super::moving::address(db)?;
            let yielded = db.fact(KeptFact::Yielded)?.is_some();
            Ok((self.is_away(db)?, moved, yielded))
        })?;
        let elsewhere = match (is_away, moved) {
            (false, _) => None,
            (true, Some(moved)) if !yielded => Some(moved.address),
            // Whoever reigns now is not known here.
            (true, _) => return Err(away(Refusal::Moved)),
        };
        Ok(HolderAsking {
            secret,
            number: envelope.number,
            requests: ask.requests,
            elsewhere,
        })
    }

    /// What the writer is asked for it, if anything is wished and this is the place to wish it.
    pub(crate) fn holder_job(asking: &HolderAsking) -> Option<Job> {
        let here = asking.elsewhere.is_none() && !asking.requests.is_empty();
        here.then(|| {
            Job::Wishes(Wishes {
                number: asking.number,
                requests: asking.requests.clone(),
            })
        })
    }

    /// How the card stands, and what became of the wishes, sealed for the question with these bytes.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn holder_answer(
        &self,
        asking: &HolderAsking,
        question: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let now_ms = self.now_ms();
        let mut said = read(self.store.as_ref(), |db| {
            let at = own::moment(db, now_ms)?;
            let order = memory::read_order(db)?;
            let mut said = snapshot(db, asking.number, at, (memory::epoch(db)?, order.seq))?;
            for request in &asking.requests {
                let outcome = db.holder_request(&request.key)?;
                said.outcomes
                    .extend(outcome.map(|said| (request.key, said)));
            }
            Ok(said)
        })?;
        said.address = asking.elsewhere.clone();
        let nonce = draw(self.random.as_ref());
        Ok(HolderAnswer::seal(&asking.secret, nonce, question, &said).encode())
    }

    /// Serves one question in one call and one thread, as the server's handler does with a queue between.
    ///
    /// # Errors
    /// [`ExchangeError`]; what was wished is then done durably or not at all.
    pub fn holder(&self, question: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let envelope = HolderEnvelope::decode(question).map_err(Turned::from)?;
        let asking = self.read_holder(&envelope)?;
        if let Some(job) = Self::holder_job(&asking) {
            self.commit(&[job])?;
        }
        let answer = self.holder_answer(&asking, question)?;
        self.wipe_traces();
        Ok(answer)
    }
}

/// Does what a holder wishes, each once.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    wishes: &Wishes,
) -> Result<(), StoreError> {
    let now_ms = turn.now_ms;
    turn.db
        .drop_holder_requests(now_ms.saturating_sub(KEPT_MS))?;
    let since_ms = now_ms.saturating_sub(DAY_MS);
    let mut left =
        HOLDER_REQUESTS.saturating_sub(turn.db.holder_requests(wishes.number, since_ms)?);
    for request in &wishes.requests {
        if left == 0 {
            // Whoever has a link writes no shop's log full: the rest waits for another day.
            break;
        }
        if turn.db.holder_request(&request.key)?.is_some() {
            continue;
        }
        let Some(holder) = holder(turn, wishes.number)? else {
            // The counter may know of a card what has not come here yet.
            continue;
        };
        if let Some(outcome) = fulfil(authority, turn, order, (request, holder))? {
            let of = (&request.key, wishes.number);
            turn.db.put_holder_request(of, outcome, now_ms)?;
            left -= 1;
        }
    }
    Ok(())
}

/// Whose a card is, as far as a holder is concerned.
enum Holder {
    /// Theirs.
    Of(CustomerId),
    /// It is blocked: who has it now may not be who it was given to.
    Blocked,
}

fn holder(turn: &Turn<'_>, number: CardNumber) -> Result<Option<Holder>, StoreError> {
    let key = i64::try_from(number.value()).unwrap_or(i64::MAX);
    turn.state(RowKind::Card, key, |row| match row {
        Row::Card(card) if card.state == CardState::Active => Some(Holder::Of(card.customer)),
        Row::Card(_) => Some(Holder::Blocked),
        _ => None,
    })
}

/// Does one wish; nothing is said of one that is of a newer version.
fn fulfil(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    (request, holder): (&Request, Holder),
) -> Result<Option<Outcome>, StoreError> {
    let customer = match holder {
        Holder::Blocked => return Ok(Some(Outcome::Refused)),
        Holder::Of(customer) => customer,
    };
    let erased = turn.is_erased(customer)?;
    let lineage = memory::lineage(turn.db)?;
    let seen = memory::in_this_order(&lineage, request.seen.epoch, request.seen.seq);
    let seen = seen.unwrap_or(Seq(0));
    match &request.wish {
        Wish::Newer => return Ok(None),
        Wish::Erase if erased => {}
        _ if erased => return Ok(Some(Outcome::Refused)),
        Wish::Erase => {
            let facts = [Fact::Erase(customer)];
            own::write(authority, turn, order, &facts)?;
        }
        // All such ops bear the authority's number, so what their author had written says nothing of the holder.
        Wish::Marketing { will, .. }
            if *will == Will::Given && is_unaware(turn, customer, seen)? =>
        {
            return Ok(Some(Outcome::Refused));
        }
        Wish::Marketing { wording, will } => {
            let facts = consents(turn, customer, (*wording, *will))?;
            own::write_wish(authority, turn, order, (&facts, Vec::new(), seen))?;
        }
        Wish::Profile(groups) => {
            let facts = [Fact::Edit(customer)];
            own::write_wish(authority, turn, order, (&facts, groups.clone(), seen))?;
        }
    }
    Ok(Some(Outcome::Done))
}

/// Whether somebody withdrew after what a holder had been shown: a consent that did not know of it beats no withdrawal
/// (sync §3).
fn is_unaware(turn: &Turn<'_>, customer: CustomerId, seen: Seq) -> Result<bool, StoreError> {
    let mut people = BTreeSet::new();
    expiry::gather(turn, customer, &mut people)?;
    for person in people {
        for wire in turn.db.of_person(person, RowKind::Consent, CONSENTS)? {
            let Row::Consent(said) = wire.read()? else {
                continue;
            };
            let against = said.purpose == Purpose::Marketing && said.will == Will::Withdrawn;
            if against && wire.seq > seen {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// A withdrawal stays with every member when a merge is undone; nobody agrees for another (sync §3).
fn consents(
    turn: &Turn<'_>,
    customer: CustomerId,
    (wording, will): (u32, Will),
) -> Result<Vec<Fact>, StoreError> {
    let mut people = BTreeSet::from([customer]);
    if will == Will::Withdrawn {
        people.clear();
        expiry::gather(turn, customer, &mut people)?;
    }
    let consent = |customer| Fact::Consent {
        customer,
        purpose: Purpose::Marketing,
        channel: Channel::Any,
        wording,
        will,
    };
    Ok(people.into_iter().map(consent).collect())
}
