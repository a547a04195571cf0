//! Asking the shops of all cards how they stand, and bringing them their holder's wishes.
//!
//! One shop that does not answer keeps no other from it; what was answered is durable card by card. A wish is offered until
//! the authority says what became of it, and again when a higher epoch may not know of it any more (sync §7).

use kartka_protocol::holder::{
    CardLink, CardStanding, HolderAnswer, HolderAsk, HolderEnvelope, Outcome, Request, Snapshot,
    Wish,
};
use kartka_protocol::limits::HOLDER_REQUESTS;
use kartka_protocol::message::Refusal;

use super::Wallet;
use crate::error::CoreError;
use crate::store::{Answered, CardRow, Ended, RequestState, WalletTx};
use crate::sync::{Failure, Route, Transport};
use crate::task::Watch;

/// How long a settled wish is kept, to be offered again (sync §7).
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// Questions about one card in a row: a shop that always has another epoch is left for the next time.
const ROUNDS: usize = 3;
/// Bytes of wishes in one question, well below what the protocol takes.
const WISHES: usize = 40 * 1_024;

/// What a refresh came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refreshed {
    /// Cards whose shop answered.
    pub answered: u32,
    /// Cards whose shop could not be reached, or could not answer now.
    pub unreached: u32,
    /// Cards whose link is no longer accepted.
    pub refused: u32,
}

impl Wallet {
    /// Asks for every card that has a server; with an id, for that one alone. Nothing that was shown before is lost when
    /// nobody answers.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for an id that is none; [`CoreError::Cancelled`]; [`CoreError::Store`].
    pub fn refresh(
        &self,
        only: Option<i64>,
        transport: &dyn Transport,
        watch: &mut Watch<'_>,
    ) -> Result<Refreshed, CoreError> {
        let cards = self.store.write(|tx| match only {
            Some(id) => Ok::<_, CoreError>(vec![super::found(tx, id)?]),
            None => Ok(tx.cards()?),
        })?;
        let mut done = Refreshed::default();
        for (place, card) in cards.iter().enumerate() {
            watch.step(place, cards.len())?;
            match self.ask(card, transport) {
                Ok(Asked::Answered) => done.answered += 1,
                Ok(Asked::Nobody) => {}
                Ok(Asked::Refused) => done.refused += 1,
                Err(CoreError::Store(error)) => return Err(error.into()),
                Err(_) => done.unreached += 1,
            }
        }
        watch.step(cards.len(), cards.len())?;
        Ok(done)
    }

    /// Asks for one card until no wish is left that could go.
    fn ask(&self, card: &CardRow, transport: &dyn Transport) -> Result<Asked, CoreError> {
        let mut link = card.link.clone();
        for _ in 0..ROUNDS {
            let Some(address) = link.address.clone() else {
                return Ok(Asked::Nobody);
            };
            let ask = self.store.write(|tx| wishes(tx, card.id))?;
            let number = link.code.said_number();
            let number = number.ok_or(CoreError::NotFound)?;
            let mut nonce = [0; 16];
            self.platform.rng.fill(&mut nonce);
            let about = (link.tag, link.code.key_id(), number);
            let question = HolderEnvelope::seal(about, &link.secret, nonce, &ask).encode();
            let answer = match transport.post(&address, Route::Card, &question) {
                Ok(answer) => answer,
                Err(Failure::Refused(Refusal::Unauthorised)) => {
                    self.store.write(|tx| tx.end(card.id))?;
                    return Ok(Asked::Refused);
                }
                Err(failure) => return Err(failure.into()),
            };
            let said = HolderAnswer::decode(&answer)
                .ok()
                .and_then(|answer| answer.open(&link.secret, &question).ok());
            let mut said = said.ok_or(Failure::NotTheAnswer)?;
            let moved = said.address.take();
            link = here(link, moved.as_deref());
            let again = self.take(card.id, &link, said)?;
            if moved.is_none() && again == Again::No {
                break;
            }
        }
        Ok(Asked::Answered)
    }

    /// Keeps an answer in one transaction.
    fn take(&self, id: i64, link: &CardLink, mut said: Snapshot) -> Result<Again, CoreError> {
        let now_ms = self.platform.clock.now_ms();
        let erased = said.standing == CardStanding::Erased;
        let epoch = said.seen.epoch.number;
        let outcomes = std::mem::take(&mut said.outcomes);
        let again = self.store.write(|tx| {
            if tx.card(id)?.is_none() {
                // It was taken off the phone while the shop was asked.
                return Ok::<_, CoreError>(Again::No);
            }
            for (key, outcome) in &outcomes {
                let state = match outcome {
                    Outcome::Done => RequestState::Done,
                    Outcome::Refused => RequestState::Refused,
                };
                tx.settle(id, key, state, (epoch, now_ms))?;
            }
            if erased {
                forget_names(tx, id)?;
            }
            tx.put_answer(&Answered {
                card: id,
                snapshot: (!erased).then_some(&said),
                link,
                ended: if erased { Ended::Erased } else { Ended::No },
                asked_ms: now_ms,
                skew_ms: said.at_ms.saturating_sub(now_ms),
            })?;
            tx.drop_settled(now_ms.saturating_sub(KEPT_MS))?;
            let offered = tx.offer_again(id, epoch)?;
            Ok(match offered {
                0 => Again::No,
                _ => Again::Yes,
            })
        })?;
        if erased {
            self.store.wipe_traces()?;
        }
        Ok(again)
    }
}

enum Asked {
    Answered,
    /// There is no server to ask.
    Nobody,
    Refused,
}

#[derive(PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// The link at the place where the shop is reached from now on; a place that is none changes nothing.
fn here(link: CardLink, moved: Option<&str>) -> CardLink {
    let Some(moved) = moved else {
        return link;
    };
    let there = CardLink {
        address: Some(moved.to_owned()),
        ..link.clone()
    };
    match CardLink::parse(&there.to_text()) {
        Ok(read) if read.address.is_some() => CardLink {
            shop: link.shop,
            ..read
        },
        _ => link,
    }
}

/// What waits, as far as one question holds it.
fn wishes(tx: &WalletTx<'_>, card: i64) -> Result<HolderAsk, CoreError> {
    let mut requests: Vec<Request> = Vec::new();
    let mut bytes = 0;
    for row in tx.requests(card)? {
        if row.state != RequestState::Waits {
            continue;
        }
        bytes += row.request.to_record().encode().len();
        if bytes > WISHES || requests.len() >= HOLDER_REQUESTS {
            break;
        }
        requests.push(row.request);
    }
    Ok(HolderAsk { requests })
}

/// Of somebody who was erased no name stays here; the wish itself stays, should a restored shop not know of it.
fn forget_names(tx: &WalletTx<'_>, card: i64) -> Result<(), CoreError> {
    for row in tx.requests(card)? {
        if matches!(row.request.wish, Wish::Profile(_)) {
            tx.drop_request(&row.request.key)?;
        }
    }
    Ok(())
}
