//! A whole exchange in one call and one thread: for tests, for the seeded world, and as the order in which the
//! server's handlers do the same steps with a queue between them.

use kartka_protocol::message::{Envelope, Refusal};

use super::intake::{Asked, Turned};
use super::{Authority, Done, Job};
use crate::store::StoreError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The protocol's word, for problem JSON.
    #[error("refused: {}", .0.word())]
    Refused(Refusal),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Turned> for ExchangeError {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::Away(refusal) => Self::Refused(refusal),
            Turned::Store(error) => Self::Store(error),
        }
    }
}

impl Authority {
    /// Serves one sync request: the bytes of a signed envelope in, the bytes of an answer out.
    ///
    /// # Errors
    /// [`ExchangeError`]; what was pushed is then either durable or not there, never half.
    pub fn sync(&self, body: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let envelope = Envelope::decode(body).map_err(Turned::from)?;
        let Asked {
            request,
            job,
            refusal,
        } = self.intake(&envelope)?;
        let done = match job {
            None => None,
            Some(job) => self.commit(&[job])?.done.first().copied(),
        };
        let answer = self.answer(&request, done, refusal)?.encode();
        self.wipe_traces();
        Ok(answer)
    }

    /// What a business day asks for, if it was not done yet: a server does it by its own timer.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn begin_day(&self) -> Result<(), StoreError> {
        self.commit(&[Job::Day]).map(drop)
    }

    /// Serves one pairing request.
    ///
    /// # Errors
    /// [`ExchangeError`]; a token that is unknown, used or old is [`Refusal::PairingRefused`].
    pub fn pair(&self, body: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let enrolment = self.read_pairing(body)?;
        let done = self.commit(&[self.pairing_job(&enrolment)])?.done;
        let done = done.first().copied().unwrap_or(Done::Enrol(None));
        Ok(self.pairing_answer(&enrolment, done)?)
    }
}
