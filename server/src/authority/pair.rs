//! Pairing: a token that is good once, and a new device let in with it (sync §7).

use kartka_domain::business::{Device, DeviceState as DomainState};
use kartka_domain::card::EmitterSlot;
use kartka_domain::ids::{DeviceNo, OperatorId, OutletId};
use kartka_domain::money::Points;
use kartka_domain::op::Fact as OpFact;
use kartka_domain::programme::{OfflinePolicy, Terms};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::message::{
    Certificate, OLDEST_PROTO, PairAnswer, PairLimits, PairRequest, Refusal, SignedPairAnswer,
};
use kartka_protocol::pairing::PairingQr;
use kartka_protocol::signature::PublicKey;

use super::intake::Turned;
use super::turn::Turn;
use super::{Authority, Done, Job, memory, numbers, own};
use crate::platform::draw;
use crate::store::{DeviceState, Reads, Rights, StoreError, Token, read, write};

/// How long a token is good, in milliseconds.
pub(super) const TOKEN_MS: i64 = 10 * 60 * 1_000;
/// Used and old tokens are kept as long again, so that a repeat is still known as one.
pub(super) const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Where a device stands whose code names no other outlet: the one that the business was founded with.
pub(super) const FIRST_OUTLET: OutletId = OutletId(1);
/// Longest name of a device in characters.
const NAME_MAX: usize = 64;

/// What a device was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its number.
    pub(super) no: DeviceNo,
    /// Where it may make card numbers.
    pub(super) slot: Option<EmitterSlot>,
    /// Who holds it.
    pub(super) holder: OperatorId,
}

/// A device's request to be let in, checked as far as that goes without the order.
pub(crate) struct Enrolment {
    request: PairRequest,
    body: Vec<u8>,
    token: [u8; 32],
    /// The number and slot it was given before, if it proves so.
    known: Option<Known>,
}

/// A device about to be enrolled, within a turn.
pub(crate) struct Enrol {
    pub(crate) token: [u8; 32],
    pub(crate) name: String,
    pub(crate) key: [u8; 33],
    pub(crate) known: Option<Known>,
    pub(crate) now_ms: i64,
}

impl Authority {
    /// A pairing code for one device: its token is good once, for ten minutes. `address` is the URL by which
    /// phones reach this server.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn pairing(&self, address: &str, rights: Rights) -> Result<PairingQr, StoreError> {
        self.pairing_for(address, rights, OperatorId(1))
    }

    /// A pairing code for a device that a member of staff will hold.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn pairing_for(
        &self,
        address: &str,
        rights: Rights,
        operator: OperatorId,
    ) -> Result<PairingQr, StoreError> {
        let bytes: [u8; 16] = draw(self.random.as_ref());
        let now_ms = self.now_ms();
        let token = Token {
            hash: token_hash(&bytes),
            expires_ms: now_ms.saturating_add(TOKEN_MS),
            rights,
            operator,
            outlet: FIRST_OUTLET,
            used_by: None,
        };
        write(self.store.as_ref(), |db| {
            db.put_token(&token, now_ms.saturating_sub(KEPT_MS))
        })?;
        Ok(PairingQr {
            address: address.to_owned(),
            identity: self.memory.identity.public(),
            business: self.memory.business,
            token: bytes,
            expires_ms: token.expires_ms,
        })
    }

    /// Reads a pairing request.
    ///
    /// # Errors
    /// [`Turned::Away`]: malformed, too old, or a token that is not good here.
    pub(crate) fn read_pairing(&self, body: &[u8]) -> Result<Enrolment, Turned> {
        if let Some(certificate) = Certificate::decode(body)? {
            return self.read_certificate(certificate);
        }
        let request = PairRequest::decode(body)?;
        if request.proto < OLDEST_PROTO {
            return Err(Turned::Away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let named = (1..=NAME_MAX).contains(&request.name.trim().chars().count());
        if !named || PublicKey::new(&request.public_key).is_err() {
            return Err(Turned::Away(Refusal::Malformed));
        }
        if read(self.store.as_ref(), |db| self.is_away(db))? {
            return Err(Turned::Away(Refusal::Moved));
        }
        let token = token_hash(&request.token);
        let now_ms = self.now_ms();
        let good = read(self.store.as_ref(), |db| {
            is_good(db, &token, &request.public_key, now_ms)
        })?;
        if !good {
            return Err(Turned::Away(Refusal::PairingRefused));
        }
        Ok(Enrolment {
            token,
            body: body.to_vec(),
            request,
            known: None,
        })
    }

    /// A device that the lost server let in comes back by what that server signed (sync §12): under its number, with its
    /// slot, and with the rights of a counter, since a certificate names none.
    fn read_certificate(&self, certificate: Certificate) -> Result<Enrolment, Turned> {
        let refused = || Turned::Away(Refusal::PairingRefused);
        let identity = PublicKey::new(&self.memory.identity.public()).map_err(|_| refused())?;
        let (request, answer) = certificate.open(&identity).map_err(|_| refused())?;
        let (lineage, away) = read(self.store.as_ref(), |db| {
            Ok((memory::lineage(db)?, self.is_away(db)?))
        })?;
        if away {
            return Err(Turned::Away(Refusal::Moved));
        }
        let of_this_line = lineage.iter().any(|r| r.epoch == answer.head.head.epoch);
        let sound = PublicKey::new(&request.public_key).is_ok();
        if !of_this_line || !sound || answer.business.id != self.memory.business {
            return Err(refused());
        }
        Ok(Enrolment {
            token: token_hash(&request.token),
            body: certificate.request,
            request,
            known: Some(Known {
                no: answer.device,
                slot: answer.slot,
                holder: answer.holder,
            }),
        })
    }

    /// The job that lets the device in.
    pub(crate) fn pairing_job(&self, enrolment: &Enrolment) -> Job {
        Job::Enrol(Enrol {
            token: enrolment.token,
            name: enrolment.request.name.trim().to_owned(),
            key: enrolment.request.public_key,
            known: enrolment.known,
            now_ms: self.now_ms(),
        })
    }

    /// What the device is told after the job; signed over its request.
    ///
    /// # Errors
    /// [`Refusal::PairingRefused`] when somebody else was quicker; [`Turned::Store`].
    pub(crate) fn pairing_answer(
        &self,
        enrolment: &Enrolment,
        done: Done,
    ) -> Result<Vec<u8>, Turned> {
        let Done::Enrol(Some(no)) = done else {
            return Err(Turned::Away(Refusal::PairingRefused));
        };
        let answer = read(self.store.as_ref(), |db| {
            let token = db.token(&enrolment.token)?;
            let outlet = token.map_or(FIRST_OUTLET, |token| token.outlet);
            self.welcome(db, &enrolment.request, (no, outlet))
        })?;
        let sign = |message: &[u8]| Ok::<_, Turned>(self.memory.identity.sign(message));
        Ok(SignedPairAnswer::seal(&enrolment.body, &answer, sign)?.encode())
    }

    /// What a device that was let in is told; it stands in the outlet that its code was made for, if that is known here.
    pub(super) fn welcome(
        &self,
        db: &dyn Reads,
        request: &PairRequest,
        (no, outlet): (DeviceNo, OutletId),
    ) -> Result<PairAnswer, StoreError> {
        let Some(Row::Business(business)) = row(db, RowKind::Business, 0)? else {
            return Err(StoreError::Malformed("the business row"));
        };
        let known = match row(db, RowKind::Outlet, i64::from(outlet.0))? {
            None => row(db, RowKind::Outlet, i64::from(FIRST_OUTLET.0))?,
            known => known,
        };
        let Some(Row::Outlet(outlet)) = known else {
            return Err(StoreError::Malformed("the outlet row"));
        };
        let Some(Row::Device(device)) = row(db, RowKind::Device, i64::from(no.get()))? else {
            return Err(StoreError::Malformed("the device row"));
        };
        let lifetimes = business.lifetimes;
        Ok(PairAnswer {
            nonce: request.nonce,
            device: no,
            business,
            outlet,
            slot: device.slot,
            holder: device.holder,
            keys: Record::decode(&self.memory.keys.encode(), Shape::ENTITY)?,
            head: self.sign(db)?,
            lineage: memory::lineage(db)?,
            limits: PairLimits {
                device_budget: device_budget(db)?,
                capability_ms: lifetimes.capability_ms(),
                grace_ms: lifetimes.grace_ms(),
            },
            server_ms: self.now_ms(),
        })
    }
}

/// Lets a device in, unless its token was used meanwhile. The same key with the same token is the same device:
/// its first answer was lost.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut super::push::Order,
    enrol: &Enrol,
) -> Result<Option<DeviceNo>, StoreError> {
    if turn.db.is_revoked(&enrol.key)? {
        // Nothing is told to a revoked key, also not again what it was told before (sync §7).
        return Ok(None);
    }
    if let Some(known) = enrol.known {
        return take_back(authority, turn, order, enrol, known);
    }
    if !is_good(turn.db, &enrol.token, &enrol.key, enrol.now_ms)? {
        return Ok(None);
    }
    let Some(mut token) = turn.db.token(&enrol.token)? else {
        return Ok(None);
    };
    if let Some(no) = token.used_by {
        return Ok(Some(no));
    }
    if turn.db.device_of_key(&enrol.key)?.is_some() {
        // A key names one device for ever; a phone that is paired anew makes a new one.
        return Ok(None);
    }
    let no = numbers::next_device(turn.db, authority.random.as_ref())?;
    let slot = numbers::next_slot(turn.db, authority.random.as_ref())?;
    token.used_by = Some(no);
    turn.db.put_token(&token, i64::MIN)?;
    let known = Known {
        no,
        slot: Some(slot),
        holder: token.operator,
    };
    let who = (enrol.name.as_str(), enrol.key);
    let_in(authority, turn, order, who, (known, token.rights))
}

/// Lets in again whom a lost server let in; once.
fn take_back(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut super::push::Order,
    enrol: &Enrol,
    known: Known,
) -> Result<Option<DeviceNo>, StoreError> {
    if let Some(device) = turn.db.device(known.no)? {
        return Ok((device.key == enrol.key).then_some(known.no));
    }
    if turn.db.device_of_key(&enrol.key)?.is_some() {
        return Ok(None);
    }
    let who = (enrol.name.as_str(), enrol.key);
    let_in(authority, turn, order, who, (known, Rights::Recent))
}

/// Enrols a device of this name and key under the number it was given.
pub(super) fn let_in(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut super::push::Order,
    (name, key): (&str, [u8; 33]),
    (known, rights): (Known, Rights),
) -> Result<Option<DeviceNo>, StoreError> {
    let Known { no, slot, holder } = known;
    let device = Device {
        no,
        name: name.to_owned(),
        public_key: key,
        slot,
        former: None,
        holder,
        state: DomainState::Active,
    };
    own::write(authority, turn, order, &[OpFact::Device(device)])?;
    turn.db.put_device(&DeviceState {
        no,
        key,
        rights,
        acked: 0,
        chain: ChainValue::birth(authority.memory.business, no).0,
        earlier_ms: 0,
        forked: 0,
    })?;
    Ok(Some(no))
}

/// Whether a token lets this key in now.
fn is_good(
    db: &(impl Reads + ?Sized),
    hash: &[u8; 32],
    key: &[u8; 33],
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(token) = db.token(hash)? else {
        return Ok(false);
    };
    if now_ms > token.expires_ms {
        return Ok(false);
    }
    match token.used_by {
        None => Ok(true),
        Some(no) => Ok(db.device(no)?.is_some_and(|device| device.key == *key)),
    }
}

/// The newest programme's bound of points between two exchanges; none when no instrument states one.
fn device_budget(db: &dyn Reads) -> Result<Option<Points>, StoreError> {
    let versions = db.rows_of(RowKind::Programme)?;
    let Some(newest) = versions.last() else {
        return Ok(None);
    };
    let Row::Programme(programme) = newest.read()? else {
        return Ok(None);
    };
    let budgets = programme
        .instruments()
        .iter()
        .filter_map(|one| match &one.terms {
            Terms::Bonus(card) => match card.redeem.offline {
                OfflinePolicy::Capped { device_budget, .. } => device_budget,
                OfflinePolicy::None | OfflinePolicy::Online => None,
            },
            _ => None,
        });
    Ok(budgets.min())
}

fn row(db: &dyn Reads, kind: RowKind, id: i64) -> Result<Option<Row>, StoreError> {
    Ok(db.row(kind, id)?.map(|wire| wire.read()).transpose()?)
}

/// Tokens lie in the store by their hash, so that a copy of the data lets nobody in.
pub(super) fn token_hash(token: &[u8; 16]) -> [u8; 32] {
    *blake3::Hasher::new_derive_key("kartka server v1 pairing token")
        .update(token)
        .finalize()
        .as_bytes()
}
