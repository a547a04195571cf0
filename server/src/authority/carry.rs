//! `POST /v1/carry`: a phone brings what another one made (sync §4, §7).
//!
//! The author signed it, so it is the author's push, with the author's rights: that of a revoked device waits for the
//! owner, that of another history is kept apart, that behind a gap is left with its carrier. What is measured of the
//! carrier's clock says nothing of the author's.

use kartka_domain::ids::DeviceNo;
use kartka_protocol::limits;
use kartka_protocol::message::{
    AliasRun, Carried, CarryAnswer, CarryRequest, Envelope, OLDEST_PROTO, Refusal,
    SignedCarryAnswer,
};

use super::exchange::ExchangeError;
use super::intake::Turned;
use super::push::Push;
use super::{Authority, Job, memory};
use crate::store::{Reads, StoreError, read};

/// A carrier's request, whose sender and authors are known.
pub(crate) struct Brought {
    request: CarryRequest,
    /// The bytes that the answer is bound to.
    body: Vec<u8>,
    /// What is to be ordered; nothing for an empty request.
    push: Option<Push>,
}

impl Brought {
    /// What the writer is asked for it.
    pub(crate) fn job(&mut self) -> Option<Job> {
        self.push.take().map(Job::Push)
    }
}

impl Authority {
    /// Checks who brings it and who made it, and opens it.
    ///
    /// # Errors
    /// [`Turned::Away`], [`Turned::Store`].
    pub(crate) fn read_carried(&self, envelope: &Envelope) -> Result<Brought, Turned> {
        let away = Turned::Away;
        let (carrier, _) = self.sender(envelope)?;
        let request = CarryRequest::decode(&envelope.body)?;
        if request.proto < OLDEST_PROTO {
            return Err(away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let (moved, revoked) = read(self.store.as_ref(), |db| {
            Ok((self.is_away(db)?, db.is_revoked(&carrier.key)?))
        })?;
        if moved {
            return Err(away(Refusal::Moved));
        }
        if revoked {
            return Err(away(Refusal::DeviceRevoked));
        }
        let author = request.batches.first().map(|batch| batch.device());
        let push = author.map(|author| self.open_carried(author, &request));
        Ok(Brought {
            push: push.transpose()?,
            body: envelope.body.clone(),
            request,
        })
    }

    fn open_carried(&self, author: DeviceNo, request: &CarryRequest) -> Result<Push, Turned> {
        let found = read(self.store.as_ref(), |db| db.device(author))?;
        let key = found.and_then(|device| self.memory.device_key(device.no, &device.key));
        let key = key.ok_or(Turned::Away(Refusal::Malformed))?;
        Ok(Push {
            device: author,
            received_ms: self.now_ms(),
            anchors: Vec::new(),
            batches: self.open_batches(request.batches.iter(), &key)?,
            erased: None,
            called: false,
            wiped: false,
        })
    }

    /// The signed word: which batches lie here now.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn carry_answer(&self, brought: &Brought) -> Result<Vec<u8>, StoreError> {
        let answer = read(self.store.as_ref(), |db| {
            let mut aliases = Vec::new();
            for batch in &brought.request.batches {
                aliases.extend(db.aliases(batch.first, batch.last)?);
            }
            let mut runs = AliasRun::of(&aliases);
            runs.truncate(limits::ALIAS_RUNS);
            Ok(CarryAnswer {
                nonce: brought.request.nonce,
                carried: arrived(db, &brought.request)?,
                epoch: Some(memory::epoch(db)?),
                aliases: runs,
            })
        })?;
        let sign = |message: &[u8]| self.memory.identity.sign(message);
        Ok(SignedCarryAnswer::seal(&brought.body, &answer, sign).encode())
    }

    /// Serves one request in one call and one thread, as the server's handler does with a queue between.
    ///
    /// # Errors
    /// [`ExchangeError`]; what was brought is then either durable or not there, batch by batch.
    pub fn carry(&self, body: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let envelope = Envelope::decode(body).map_err(Turned::from)?;
        let mut brought = self.read_carried(&envelope)?;
        if let Some(job) = brought.job() {
            self.commit(&[job])?;
        }
        let answer = self.carry_answer(&brought)?;
        self.wipe_traces();
        Ok(answer)
    }
}

/// The batches whose last op lies here with the same chain: those that are kept in quarantine too.
fn arrived(db: &dyn Reads, request: &CarryRequest) -> Result<Vec<Carried>, StoreError> {
    let mut carried = Vec::new();
    for batch in &request.batches {
        if db.chain_at(batch.last.get())? == Some(batch.chain.0) {
            carried.push(Carried {
                device: batch.device(),
                last: batch.last,
                chain: batch.chain,
            });
        }
    }
    Ok(carried)
}
