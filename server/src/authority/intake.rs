//! Checking a request before it meets the order: whose it is, whether they signed it, what its batches hold.
//!
//! Everything here may run on any thread, for many devices at once; signatures are the dearest part of a
//! push. Nothing is written.

use kartka_domain::authority::Anchor;
use kartka_domain::ids::DeviceNo;
use kartka_protocol::WireError;
use kartka_protocol::batch::{Batch, BatchError, OpenedOp, Personal};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{Branch, Certificate, Envelope, OLDEST_PROTO, Refusal, SyncRequest};
use kartka_protocol::signature::PublicKey;

use super::incarnation::{Asking, Stranger};
use super::moving::Standing;
use super::pair::Known;
use super::push::{Opened, Push, Ready, ReadyOp};
use super::{Authority, Job, hold, line, memory};
use crate::store::{DeviceState, Reads, StoreError, read};

/// A request whose sender is known.
pub(crate) struct Asked {
    /// What they ask.
    pub(crate) request: SyncRequest,
    /// What is to be done for them before they are answered, if anything.
    pub(crate) job: Option<Job>,
    /// Why they are not served although they are who they say.
    pub(crate) refusal: Option<Refusal>,
}

/// Why a request goes no further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Turned {
    /// By the protocol.
    #[error("refused: {}", .0.word())]
    Away(Refusal),
    /// By the disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WireError> for Turned {
    fn from(error: WireError) -> Self {
        Self::Away(refusal_of(error))
    }
}

/// What the wire says of bytes that are no message.
pub(crate) fn refusal_of(error: WireError) -> Refusal {
    match error {
        WireError::TooLarge { .. } => Refusal::TooLarge,
        _ => Refusal::Malformed,
    }
}

impl Authority {
    /// The device that signed an envelope, and its key, if it is one of this business's: an unknown one and a wrong signature are
    /// told apart to nobody.
    ///
    /// # Errors
    /// [`Turned::Away`], [`Turned::Store`].
    pub(super) fn sender(&self, envelope: &Envelope) -> Result<(DeviceState, PublicKey), Turned> {
        let unknown = Turned::Away(Refusal::Unauthorised);
        if envelope.business != self.memory.business {
            return Err(unknown);
        }
        let found = read(self.store.as_ref(), |db| db.device(envelope.device))?;
        let keyed = found.and_then(|device| {
            let key = self.memory.device_key(device.no, &device.key)?;
            Some((device, key))
        });
        match keyed {
            Some((device, key)) if envelope.verify(&key).is_ok() => Ok((device, key)),
            _ => Err(unknown),
        }
    }

    /// Checks a request's signature and opens its batches.
    ///
    /// # Errors
    /// [`Turned::Away`] when nobody may be answered more than a refusal; [`Turned::Store`].
    pub(crate) fn intake(&self, envelope: &Envelope) -> Result<Asked, Turned> {
        let away = Turned::Away;
        let (_, key) = match self.sender(envelope) {
            Err(Turned::Away(Refusal::Unauthorised)) => return self.intake_of_stranger(envelope),
            known => known?,
        };
        let request = SyncRequest::decode(&envelope.body)?;
        if request.device != envelope.device {
            return Err(away(Refusal::Malformed));
        }
        if request.proto < OLDEST_PROTO {
            return Err(away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (away, standing) = read(self.store.as_ref(), |db| {
            Ok((self.is_away(db)?, self.standing(db, &request)?))
        })?;
        let head = match standing {
            Standing::Signed(head) if !away => Some(head),
            _ => None,
        };
        let refusal = match standing {
            _ if away => Some(Refusal::Moved),
            Standing::Refused(refusal) => Some(refusal),
            _ => None,
        };
        // What a device brings to an authority that is about to change comes again.
        let served = refusal.is_none() && head.is_none();
        let asking = self.asking(&request).filter(|_| served);
        let push = match &asking {
            None if served => self.open_push(&request, &key)?,
            _ => None,
        };
        let push = match push {
            None if served && self.is_a_call(&request)? => Some(self.call(&request)),
            push => push,
        };
        let job = head.map(Job::Head);
        let job = job.or(push.map(Job::Push)).or(asking.map(Job::Fork));
        Ok(Asked {
            request,
            job,
            refusal,
        })
    }

    /// A request of a phone whose number is unknown here: one that an authority of another line let in, by what that one
    /// signed, asks for a number (sync §12). Everybody else is nobody.
    fn intake_of_stranger(&self, envelope: &Envelope) -> Result<Asked, Turned> {
        let unknown = || Turned::Away(Refusal::Unauthorised);
        let known = read(self.store.as_ref(), |db| db.device(envelope.device))?;
        if envelope.business != self.memory.business || known.is_some() {
            return Err(unknown());
        }
        let request = SyncRequest::decode(&envelope.body).map_err(|_| unknown())?;
        let stranger =
            self.stranger(request.device, request.branch.as_ref().ok_or_else(unknown)?)?;
        let key = PublicKey::new(&stranger.key).map_err(|_| unknown())?;
        if envelope.verify(&key).is_err() || request.device != envelope.device {
            return Err(unknown());
        }
        if request.proto < OLDEST_PROTO {
            return Err(Turned::Away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (away, revoked, epoch) = read(self.store.as_ref(), |db| {
            let revoked = db.is_revoked(&stranger.key)?;
            Ok((self.is_away(db)?, revoked, memory::epoch(db)?))
        })?;
        if revoked {
            return Err(unknown());
        }
        // What it is told counts in the epoch that it names: first it learns this one.
        let asking = self.asking(&request).filter(|_| request.epoch == epoch);
        let job = asking.filter(|_| !away).map(|asking| {
            let stranger = Some(stranger);
            Job::Fork(Asking { stranger, ..asking })
        });
        Ok(Asked {
            job,
            refusal: away.then_some(Refusal::Moved),
            request,
        })
    }

    /// Who the certificate of a branch is about, if this business's identity key signed it, and how they came by `no`.
    fn stranger(&self, no: DeviceNo, branch: &Branch) -> Result<Stranger, Turned> {
        let unknown = || Turned::Away(Refusal::Unauthorised);
        let identity = PublicKey::new(&self.memory.identity.public()).map_err(|_| unknown())?;
        let certificate = branch.certificate.as_deref().ok_or_else(unknown)?;
        let certificate = Certificate::decode(certificate).ok().flatten();
        let opened = certificate.and_then(|certificate| certificate.open(&identity).ok());
        let (request, answer) = opened.ok_or_else(unknown)?;
        if answer.business.id != self.memory.business {
            return Err(unknown());
        }
        let lineage = read(self.store.as_ref(), |db| memory::lineage(db))?;
        let known = Known {
            no: answer.device,
            slot: answer.slot,
            holder: answer.holder,
        };
        let line = line::read(
            (known, answer.head.head.epoch),
            (&branch.line, no),
            |link| link.verify(self.memory.business, &identity).is_ok(),
            |epoch| lineage.iter().any(|reign| reign.epoch == epoch),
        );
        Ok(Stranger {
            known,
            line,
            key: request.public_key,
            name: request.name.trim().to_owned(),
        })
    }

    /// Whether something waits for this device, and it has told everything: it pulls and brings nothing, and knows this epoch.
    fn is_a_call(&self, request: &SyncRequest) -> Result<bool, StoreError> {
        let here = request.head.as_ref().map(|signed| signed.head.epoch);
        let tells = !request.batches.is_empty() || request.cursors.is_empty();
        if tells {
            return Ok(false);
        }
        let (epoch, hold) = read(self.store.as_ref(), |db| {
            Ok((memory::epoch(db)?, hold::hold(db)?))
        })?;
        let here = here == Some(epoch);
        Ok(here && hold.is_some_and(|hold| hold.waiting.contains(&request.device)))
    }

    fn call(&self, request: &SyncRequest) -> Push {
        Push {
            device: request.device,
            received_ms: self.now_ms(),
            anchors: Vec::new(),
            batches: Vec::new(),
            erased: None,
            called: true,
            wiped: false,
        }
    }

    fn open_push(&self, request: &SyncRequest, key: &PublicKey) -> Result<Option<Push>, Turned> {
        // Another phone's come by a route of their own.
        let own = request
            .batches
            .iter()
            .filter(|batch| batch.device() == request.device);
        let batches = self.open_batches(own, key)?;
        let erased = self.news_of(request.device, request.erased)?;
        if batches.is_empty() && erased.is_none() && !request.wiped {
            return Ok(None);
        }
        let received_ms = self.now_ms();
        let here = Anchor {
            boot: request.boot,
            monotonic_ms: request.monotonic_ms,
            server_ms: received_ms,
        };
        let brought = request.anchors.iter().map(|a| Anchor {
            boot: a.boot,
            monotonic_ms: a.monotonic_ms,
            server_ms: a.server_ms,
        });
        let anchors = brought
            .filter(|a| a.server_ms <= received_ms)
            .chain([here])
            .collect();
        Ok(Some(Push {
            device: request.device,
            received_ms,
            anchors,
            batches,
            erased,
            called: false,
            wiped: request.wiped,
        }))
    }

    /// Checks that this key signed the batches of one device, in their order, and unpacks them.
    ///
    /// # Errors
    /// [`Turned::Away`] for a batch of somebody else, [`Turned::Store`].
    pub(super) fn open_batches<'b>(
        &self,
        all: impl Iterator<Item = &'b Batch>,
        key: &PublicKey,
    ) -> Result<Vec<Ready>, Turned> {
        let mut batches = Vec::new();
        for batch in all {
            if batch.business != self.memory.business {
                return Err(Turned::Away(Refusal::Unauthorised));
            }
            batch
                .verify(key)
                .map_err(|_| Turned::Away(Refusal::Unauthorised))?;
            let before = self.before(batch, batches.last())?;
            batches.push(open(batch, before)?);
        }
        Ok(batches)
    }

    /// The chain before a batch: after the batch before it, or as it lies in the store; nothing behind a gap.
    fn before(
        &self,
        batch: &Batch,
        previous: Option<&Ready>,
    ) -> Result<Option<ChainValue>, StoreError> {
        let first = batch.first.0;
        if let Some(previous) = previous
            && previous.last.counter() + 1 == first.counter()
        {
            return Ok(Some(previous.chain));
        }
        if first.counter() == 1 {
            return Ok(Some(ChainValue::birth(
                self.memory.business,
                batch.device(),
            )));
        }
        let found = read(self.store.as_ref(), |db| chain_before(db, batch))?;
        Ok(found.map(ChainValue))
    }
}

fn chain_before(db: &dyn Reads, batch: &Batch) -> Result<Option<[u8; 32]>, StoreError> {
    let device: Option<DeviceState> = db.device(batch.device())?;
    let first = batch.first.0.counter();
    match device {
        Some(device) if device.acked + 1 == first => Ok(Some(device.chain)),
        _ => db.chain_at(batch.first.get() - 1),
    }
}

/// Unpacks a signed batch; one that does not follow from `before` is another history and stays closed.
fn open(batch: &Batch, before: Option<ChainValue>) -> Result<Ready, Turned> {
    let opened = match before.map(|before| (before, batch.open(&before))) {
        None => None,
        Some((before, Ok(ops))) => Some(Opened {
            before,
            ops: ops.into_iter().map(ready).collect(),
        }),
        Some((_, Err(BatchError::Chain(_)))) => None,
        Some((_, Err(BatchError::Wire(error)))) => return Err(error.into()),
        Some((_, Err(BatchError::Numbers { .. } | BatchError::Signature(_)))) => {
            return Err(Turned::Away(Refusal::Malformed));
        }
    };
    Ok(Ready {
        first: batch.first,
        last: batch.last,
        chain: batch.chain,
        batch: batch.clone(),
        opened,
    })
}

/// An op with what it says, if this version can read it.
pub(super) fn ready(op: OpenedOp) -> ReadyOp {
    let personal = match &op.op.personal {
        Personal::Here { bytes, .. } => Some(bytes.as_slice()),
        _ => None,
    };
    let understood = kartka_protocol::op::decode(op.id, &op.op.facts, personal)
        // A damaged personal section does not take the facts with it.
        .or_else(|_| kartka_protocol::op::decode(op.id, &op.op.facts, None));
    ReadyOp {
        id: op.id,
        last: op.last,
        chain: op.chain,
        op: understood.ok(),
        facts: op.op.facts,
        personal: op.op.personal,
    }
}
