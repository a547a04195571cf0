//! `POST /v1/reserve`: points or vouchers kept for one receipt until it is sold (mode `online`; sync §4, §6).
//!
//! What is kept lies in the store, so a server that starts again still keeps it; a restored one asks to be asked again,
//! and a hand-over takes nothing of it along: it is worth minutes. Whether something may be kept is the domain's to say.

use kartka_domain::authority;
use kartka_domain::codes::Code;
use kartka_domain::ids::{Epoch, OpId, OperatorId, OutletId, Seq};
use kartka_domain::op::{Fact, Op, OpTime, Seen};
use kartka_domain::reservation::{Item, KEPT_MS, RECEIPTS_MAX, Receipt, TILL_MS};
use kartka_protocol::message::{
    Envelope, OLDEST_PROTO, Refusal, ReserveAnswer, ReserveRequest, Reserved, SignedReserveAnswer,
};

use super::exchange::ExchangeError;
use super::intake::Turned;
use super::turn::Turn;
use super::{Authority, Done, Job, hold, own};
use crate::store::{StoreError, read};

/// How long a till waits until a restored authority knows everything again.
const RESTORED_MS: u32 = 60_000;

/// A till's question, whose sender is known.
pub(crate) struct Asking {
    request: ReserveRequest,
    receipt: Receipt,
    /// The bytes that the answer is bound to.
    body: Vec<u8>,
}

/// The question within a turn.
pub(crate) struct Reserve {
    receipt: Receipt,
    programme: kartka_domain::ids::ProgrammeVersion,
    items: Vec<Item>,
}

impl Authority {
    /// Checks whose question it is.
    ///
    /// # Errors
    /// [`Turned::Away`], [`Turned::Store`].
    pub(crate) fn read_reserve(&self, envelope: &Envelope) -> Result<Asking, Turned> {
        let away = Turned::Away;
        let (device, _) = self.sender(envelope)?;
        let request = ReserveRequest::decode(&envelope.body)?;
        if request.proto < OLDEST_PROTO {
            return Err(away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (moved, revoked, waits) = read(self.store.as_ref(), |db| {
            let hold = hold::hold(db)?;
            let waits = hold.is_some_and(|hold| !hold.is_over(self.now_ms()));
            Ok((self.is_away(db)?, db.is_revoked(&device.key)?, waits))
        })?;
        match (moved, revoked, waits) {
            (true, ..) => return Err(away(Refusal::Moved)),
            (_, true, _) => return Err(away(Refusal::DeviceRevoked)),
            (.., true) => {
                return Err(away(Refusal::Busy {
                    retry_ms: RESTORED_MS,
                }));
            }
            _ => {}
        }
        let receipt = Receipt {
            device: device.no,
            request: request.request,
        };
        Ok(Asking {
            body: envelope.body.clone(),
            receipt,
            request,
        })
    }

    /// What the writer is asked for it.
    pub(crate) fn reserve_job(asking: &Asking) -> Job {
        Job::Reserve(Reserve {
            receipt: asking.receipt,
            programme: asking.request.programme,
            items: asking.request.items.clone(),
        })
    }

    /// The signed word.
    pub(crate) fn reserve_answer(&self, asking: &Asking, done: Done) -> Vec<u8> {
        let said = match done {
            Done::Reserved(said) => said,
            _ => Reserved::Refused(Code::MalformedFact),
        };
        let nonce = asking.request.nonce;
        let answer = ReserveAnswer { nonce, said };
        let sign = |message: &[u8]| self.memory.identity.sign(message);
        SignedReserveAnswer::seal(&asking.body, &answer, sign).encode()
    }

    /// Serves one question in one call and one thread, as the server's handler does with a queue between.
    ///
    /// # Errors
    /// [`ExchangeError`]; what was asked for is then either kept durably or not at all.
    pub fn reserve(&self, body: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let envelope = Envelope::decode(body).map_err(Turned::from)?;
        let asking = self.read_reserve(&envelope)?;
        let done = self.commit(&[Self::reserve_job(&asking)])?.done;
        let done = done.first().copied().unwrap_or(Done::Day);
        Ok(self.reserve_answer(&asking, done))
    }
}

/// Keeps what was asked for, or lets go of it.
pub(super) fn take(turn: &Turn<'_>, asked: &Reserve) -> Result<Reserved, StoreError> {
    let (db, now_ms) = (turn.db, turn.now_ms);
    db.drop_late_reserved(now_ms)?;
    if asked.items.is_empty() {
        db.drop_reserved(asked.receipt)?;
        return Ok(Reserved::Free);
    }
    let op = question(turn, asked)?;
    if let Err(why) = authority::reserve(turn, &op, &asked.items, turn.today)? {
        return Ok(Reserved::Refused(why));
    }
    db.drop_reserved(asked.receipt)?;
    if db.reserving(asked.receipt.device, now_ms)? >= RECEIPTS_MAX {
        let most = i64::try_from(RECEIPTS_MAX).unwrap_or(i64::MAX);
        return Ok(Reserved::Refused(Code::TooMuchKept { most }));
    }
    db.put_reserved(asked.receipt, &asked.items, now_ms.saturating_add(KEPT_MS))?;
    Ok(Reserved::Kept { for_ms: TILL_MS })
}

/// The sale that will follow, as far as it is known: who asks, by which rules, for which request.
fn question(turn: &Turn<'_>, asked: &Reserve) -> Result<Op, StoreError> {
    let wall = own::moment(turn.db, turn.now_ms)?;
    let first = asked.receipt.device.id(1);
    Ok(Op {
        id: OpId(first.map_err(|_| StoreError::Malformed("a device number"))?),
        request: asked.receipt.request,
        operator: OperatorId(1),
        outlet: OutletId(1),
        programme: asked.programme,
        time: OpTime {
            boot: 0,
            monotonic_ms: 0,
            wall,
        },
        seen: Seen {
            epoch: Epoch {
                number: 0,
                random: 0,
            },
            seq: Seq(0),
        },
        marks: Vec::new(),
        born: None,
        facts: Vec::new(),
        personal: Vec::new(),
    })
}

/// The sale has come: what was kept for it is kept no longer.
pub(super) fn sold(turn: &Turn<'_>, op: &Op) -> Result<(), StoreError> {
    let sells = |fact: &Fact| matches!(fact, Fact::Sale(_));
    if !op.facts.iter().any(sells) {
        return Ok(());
    }
    turn.db.drop_reserved(Receipt {
        device: op.id.0.device(),
        request: op.request,
    })
}
