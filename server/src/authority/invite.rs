//! `POST /v1/invite`: a pairing code that an owner's phone shows to the next one (S1, sync §7).
//!
//! The device and whoever is at it must have the right to pair; the code is one like the owner's page makes. Nothing of
//! it is told to anybody but the asker, and the store keeps only the token's hash.

use kartka_domain::authority;
use kartka_domain::codes::Code;
use kartka_domain::ids::{DeviceNo, OperatorId, OutletId, RoleId};
use kartka_protocol::message::{
    Envelope, InviteAnswer, InviteRequest, Invited, OLDEST_PROTO, Refusal, SignedInviteAnswer,
};
use kartka_protocol::pairing::PairingQr;

use super::exchange::ExchangeError;
use super::intake::Turned;
use super::pair::{KEPT_MS, TOKEN_MS, token_hash};
use super::turn::Turn;
use super::{Authority, Done, Job};
use crate::platform::draw;
use crate::store::{Rights, StoreError, Token, read};

/// A device's question, whose sender is known.
pub(crate) struct Inviting {
    request: InviteRequest,
    device: DeviceNo,
    token: [u8; 16],
    /// The bytes that the answer is bound to.
    body: Vec<u8>,
}

/// The question within a turn.
pub(crate) struct Invite {
    device: DeviceNo,
    operator: OperatorId,
    outlet: OutletId,
    holder: OperatorId,
    hash: [u8; 32],
}

impl Authority {
    /// Checks whose question it is.
    ///
    /// # Errors
    /// [`Turned::Away`], [`Turned::Store`].
    pub(crate) fn read_invite(&self, envelope: &Envelope) -> Result<Inviting, Turned> {
        let (device, _) = self.sender(envelope)?;
        let request = InviteRequest::decode(&envelope.body)?;
        if request.proto < OLDEST_PROTO {
            return Err(Turned::Away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (moved, revoked) = read(self.store.as_ref(), |db| {
            Ok((self.is_away(db)?, db.is_revoked(&device.key)?))
        })?;
        match (moved, revoked) {
            (true, _) => Err(Turned::Away(Refusal::Moved)),
            (_, true) => Err(Turned::Away(Refusal::DeviceRevoked)),
            _ => Ok(Inviting {
                request,
                device: device.no,
                token: draw(self.random.as_ref()),
                body: envelope.body.clone(),
            }),
        }
    }

    /// What the writer is asked for it.
    pub(crate) fn invite_job(asking: &Inviting) -> Job {
        Job::Invite(Invite {
            device: asking.device,
            operator: asking.request.operator,
            outlet: asking.request.outlet,
            holder: asking.request.holder,
            hash: token_hash(&asking.token),
        })
    }

    /// The signed word; `address` is the URL by which phones reach this server.
    pub(crate) fn invite_answer(&self, asking: &Inviting, done: Done, address: &str) -> Vec<u8> {
        let said = match done {
            Done::Invited(Ok(expires_ms)) => Invited::With(PairingQr {
                address: address.to_owned(),
                identity: self.memory.identity.public(),
                business: self.memory.business,
                token: asking.token,
                expires_ms,
            }),
            Done::Invited(Err(why)) => Invited::Refused(why),
            _ => Invited::Refused(Code::MalformedFact),
        };
        let nonce = asking.request.nonce;
        let answer = InviteAnswer { nonce, said };
        let sign = |message: &[u8]| self.memory.identity.sign(message);
        SignedInviteAnswer::seal(&asking.body, &answer, sign).encode()
    }

    /// Serves one question in one call and one thread, as the server's handler does with a queue between.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub fn invite(&self, body: &[u8], address: &str) -> Result<Vec<u8>, ExchangeError> {
        let envelope = Envelope::decode(body).map_err(Turned::from)?;
        let asking = self.read_invite(&envelope)?;
        let done = self.commit(&[Self::invite_job(&asking)])?.done;
        let done = done.first().copied().unwrap_or(Done::Day);
        Ok(self.invite_answer(&asking, done, address))
    }
}

/// Keeps the token, if the asker may let a device in; an owner's phone sees every month, another the recent ones.
pub(super) fn take(turn: &Turn<'_>, asked: &Invite) -> Result<Result<i64, Code>, StoreError> {
    let by = (asked.device, asked.operator, asked.outlet);
    if let Err(why) = authority::may_invite(turn, by, asked.holder)? {
        return Ok(Err(why));
    }
    let holder = turn.find_operator(asked.holder)?;
    let owner = holder.is_none_or(|holder| holder.role == RoleId::OWNER);
    let token = Token {
        hash: asked.hash,
        expires_ms: turn.now_ms.saturating_add(TOKEN_MS),
        rights: if owner {
            Rights::History
        } else {
            Rights::Recent
        },
        operator: asked.holder,
        outlet: asked.outlet,
        used_by: None,
    };
    turn.db
        .put_token(&token, turn.now_ms.saturating_sub(KEPT_MS))?;
    Ok(Ok(token.expires_ms))
}
