//! A founding phone hands its business to a server (sync §12, decision 54): everything it ever ordered in pieces, then
//! the end, then the server's yes or no.
//!
//! The exchanges go the way of every other one: [`begin`] makes the next request of a hand-over under way, [`finish`]
//! uses its answer, in one transaction or not at all; so whoever drives `Shop::sync` or an `Engine` drives a hand-over
//! too, and a phone that died in the middle goes on by itself. What a seeded world needs: `Shop::plan_hand_over` with a
//! code, a wire that serves `Route::Handover`, and a tap for `Shop::cancel_hand_over`.
//!
//! From the moment the end is said this phone orders nothing: what it sells is a claim until the server has spoken. So
//! never two authorities extend one epoch, whatever is lost on the way (safety 16).

mod compare;
mod ending;
mod pieces;
mod plan;

use std::sync::atomic::Ordering;

use kartka_protocol::head::Head;
use kartka_protocol::message::{
    Envelope, HandoverAnswer, HandoverRequest, HandoverSaid, HandoverStep, Nonce, PROTO,
    ScopeDigest, SignedHandoverAnswer,
};
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::{PublicKey, request_digest};

use super::exchange::Finished;
use super::failure::Failure;
use super::signer::DeviceSigner;
use super::state::note_epoch;
use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, Tx};
pub(crate) use ending::{leave_alone, order_again};
use pieces::{Pieces, next_pieces};
use plan::{Difference, Ending, Stand};
pub(crate) use plan::{Phase, Plan};

/// A request of a hand-over on its way.
pub(super) struct Asked {
    /// Where it goes.
    pub(super) address: String,
    /// Its bytes, signed.
    pub(super) message: Vec<u8>,
    nonce: Nonce,
    digest: [u8; 32],
    /// As it was when the request was made.
    plan: Plan,
}

/// The next request of a hand-over under way; nothing when there is none. The end is said only after it was kept.
///
/// # Errors
/// [`CoreError::Store`], [`CoreError::Keys`].
pub(super) fn begin(
    shop: &Shop,
    tx: &Tx<'_>,
    signer: &DeviceSigner,
) -> Result<Option<Asked>, CoreError> {
    let Some(mut plan) = Plan::read(tx)? else {
        return Ok(None);
    };
    let mut device = tx.device()?.ok_or(CoreError::NotPaired)?;
    let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
    let mut nonce = Nonce::default();
    shop.platform.rng.fill(&mut nonce);
    let step = match plan.phase {
        Phase::Refused => return Ok(None),
        Phase::Leaving | Phase::Withdrawing => HandoverStep::Withdraw,
        Phase::Comparing => {
            let differs = plan.differs.ok_or(LOST_PLACE)?;
            HandoverStep::Show {
                scope: differs.scope,
                from: differs.compared,
            }
        }
        Phase::Sending | Phase::Waiting => match plan.stands {
            None => HandoverStep::Ask {
                keys: plan.token.hide(&nonce, &device.keys),
            },
            Some(stands) => {
                let most = shop.piece.load(Ordering::Relaxed);
                let upto = plan.end.map_or(head.acked_op, |end| end.op);
                let Pieces { batches, all } =
                    next_pieces(tx, device.business, signer, stands, (upto, most))?;
                let after = stands.seq;
                if all {
                    say_the_end(shop, tx, &mut plan, (&mut device, &mut head))?;
                    last(tx, &plan, &head, after, batches)?
                } else {
                    HandoverStep::Piece { after, batches }
                }
            }
        },
    };
    let request = HandoverRequest::new(PROTO, nonce, plan.pair.clone(), &plan.token, step);
    let body = request.encode();
    let digest = request_digest(&body);
    let envelope = Envelope::seal(device.business, device.no, body, |message| {
        Ok::<_, CoreError>(signer.sign(message))
    })?;
    Ok(Some(Asked {
        address: plan.address.clone(),
        message: envelope.encode(),
        nonce,
        digest,
        plan,
    }))
}

const LOST_PLACE: CoreError = CoreError::Unexpected {
    what: "the place of a hand-over",
};

/// Keeps that everything is being said; from here on this phone only claims.
fn say_the_end(
    shop: &Shop,
    tx: &Tx<'_>,
    plan: &mut Plan,
    (device, head): (&mut DeviceRow, &mut HeadRow),
) -> Result<(), CoreError> {
    if plan.end.is_some() {
        return Ok(());
    }
    plan.end = Some(Ending {
        seq: head.seq,
        log: head.log,
        op: head.acked_op,
    });
    plan.phase = Phase::Waiting;
    plan.write(tx)?;
    ending::claim_from_now_on(tx, shop.platform.clock.as_ref(), device, head)
}

/// The last ops with what everything must come to.
fn last(
    tx: &Tx<'_>,
    plan: &Plan,
    head: &HeadRow,
    after: kartka_domain::ids::Seq,
    batches: Vec<kartka_protocol::batch::Batch>,
) -> Result<HandoverStep, CoreError> {
    let end = plan.end.ok_or(LOST_PLACE)?;
    let mut digests = Vec::new();
    for (scope, _) in tx.scopes()? {
        let (_, digest) = tx.scope(scope)?.unwrap_or_default();
        if scope != Scope::Own {
            digests.push(ScopeDigest {
                scope,
                seq: end.seq,
                digest,
            });
        }
    }
    Ok(HandoverStep::Last {
        after,
        batches,
        end: Head {
            epoch: head.epoch,
            seq: end.seq,
            log: end.log,
        },
        lineage: ending::lineage(head)?,
        digests,
    })
}

/// The server knows no such hand-over: one that has not begun, or was given up before its end, is over. Nobody signed
/// that, so what was said to its end goes on asking.
pub(super) fn turned_away(shop: &Shop, asked: &Asked) -> Result<(), CoreError> {
    shop.store.write(|tx| {
        let plan = Plan::read(tx)?.filter(|plan| *plan == asked.plan);
        let over = plan.is_some_and(|plan| match plan.phase {
            Phase::Sending => plan.stands.is_none(),
            Phase::Leaving => plan.end.is_none(),
            _ => false,
        });
        match over {
            true => Ok(Plan::forget(tx)?),
            false => Ok(()),
        }
    })
}

/// Uses an answer, in one transaction, or nothing of it.
///
/// # Errors
/// [`CoreError::Offline`] for bytes that are not the inviting server's answer to this request; [`CoreError::Stale`]
/// when something else came between; [`CoreError::Store`], [`CoreError::Keys`].
pub(super) fn finish(shop: &Shop, asked: &Asked, bytes: &[u8]) -> Result<Finished, CoreError> {
    let not_it = |_| Failure::NotTheAnswer;
    let identity = PublicKey::new(&asked.plan.identity).map_err(|_| Failure::NotTheAnswer)?;
    let signed = SignedHandoverAnswer::decode(bytes).map_err(not_it)?;
    let HandoverAnswer { nonce, said } =
        signed.open_for(asked.digest, &identity).map_err(not_it)?;
    if nonce != asked.nonce {
        return Err(Failure::NotTheAnswer.into());
    }
    let epoch = shop.store.write(|tx| {
        let plan = Plan::read(tx)?;
        let plan = plan.filter(|plan| *plan == asked.plan);
        let plan = plan.ok_or(CoreError::Stale)?;
        use_answer(shop, tx, plan, said, &identity)
    })?;
    if let Some((business, epoch)) = epoch {
        note_epoch(shop.platform.keys.as_ref(), business, epoch)?;
        // What was quoted was quoted by the authority.
        shop.forget_quotes();
    }
    Ok(Finished::default())
}

type Reigns = Option<(kartka_domain::ids::BusinessId, kartka_domain::ids::Epoch)>;

/// Says whose epoch begins, if the server is the authority now.
fn use_answer(
    shop: &Shop,
    tx: &Tx<'_>,
    mut plan: Plan,
    said: HandoverSaid,
    identity: &PublicKey,
) -> Result<Reigns, CoreError> {
    let unasked = || Err(Failure::NotTheAnswer.into());
    match (said, plan.phase) {
        (HandoverSaid::Stands { seq, op }, Phase::Sending | Phase::Waiting) => {
            plan.stands = Some(pieces::check(tx, Stand { seq, op }, plan.end)?);
            plan.write(tx)?;
        }
        (HandoverSaid::Accepted { pair }, _) => {
            return ending::become_phone(shop, tx, &plan, (&pair, identity)).map(Some);
        }
        (HandoverSaid::Differs { scope }, Phase::Waiting) => {
            plan.phase = Phase::Comparing;
            plan.differs = Some(Difference {
                scope,
                compared: kartka_domain::ids::Seq(0),
                row: None,
            });
            plan.write(tx)?;
        }
        (HandoverSaid::Shown { page }, Phase::Comparing) => {
            compare::go_on(shop, tx, plan, &page)?;
        }
        (HandoverSaid::Withdrawn, Phase::Waiting | Phase::Comparing | Phase::Withdrawing) => {
            order_again(shop, tx)?;
            left(tx, plan)?;
        }
        (HandoverSaid::Withdrawn, Phase::Sending | Phase::Leaving) => left(tx, plan)?,
        _ => return unasked(),
    }
    Ok(None)
}

/// The server holds nothing any more; why it said no stays to be read.
fn left(tx: &Tx<'_>, mut plan: Plan) -> Result<(), CoreError> {
    if plan.differs.is_none() {
        return Ok(Plan::forget(tx)?);
    }
    plan.phase = Phase::Refused;
    Ok(plan.write(tx)?)
}
