//! When this process is not where the business is served: it was moved to another address, or another copy of the data
//! reigns in a higher epoch. Then it writes nothing and tells phones where to go, if it knows (sync §1, §12).
//!
//! Only a head under the authority's own signature moves an authority: anybody can claim an epoch.

use kartka_domain::ids::{Epoch, Seq};
use kartka_domain::planted;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::head::SignedHead;
use kartka_protocol::limits;
use kartka_protocol::message::{Moved, Refusal, SyncRequest};
use kartka_protocol::signature::PublicKey;

use super::{Authority, memory, reign};
use crate::store::{Fact, Reads, StoreError, Writes, write};

/// Why a business was not moved.
#[derive(Debug, thiserror::Error)]
pub enum NotMoved {
    /// The text is no address.
    #[error(
        "an address begins with http:// or https:// and has at most {} characters",
        limits::ADDRESS
    )]
    Address,
    /// The data could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a head that a device brings says to an authority.
pub(super) enum Standing {
    /// Nothing new.
    Here,
    /// The device is mistaken, or lies.
    Refused(Refusal),
    /// This authority signed it and does not hold it.
    Signed(SignedHead),
}

impl Authority {
    /// Names the URL by which this process is reached: a business that was moved to another one is not served here.
    pub fn serve_at(&mut self, address: &str) {
        self.address = Some(address.trim_end_matches('/').to_owned());
    }

    /// From now on the business is served at `address` and nowhere else; phones that call elsewhere are told so.
    ///
    /// # Errors
    /// [`NotMoved`].
    pub fn move_to(&self, address: &str) -> Result<(), NotMoved> {
        let address = address.trim_end_matches('/');
        let web = ["http://", "https://"].iter().any(|start| {
            let host = address.strip_prefix(start);
            host.is_some_and(|host| !host.is_empty())
        });
        if !web || address.len() > limits::ADDRESS || address.contains(char::is_whitespace) {
            return Err(NotMoved::Address);
        }
        let moved = Moved::seal(
            self.memory.business,
            address.to_owned(),
            self.now_ms(),
            |message| Ok::<_, StoreError>(self.memory.identity.sign(message)),
        )?;
        let record = moved.to_record().encode();
        Ok(write(self.store.as_ref(), |db| {
            db.put_fact(Fact::Address, &record)
        })?)
    }

    /// Whether the business is served elsewhere.
    pub(super) fn is_away(&self, db: &(impl Reads + ?Sized)) -> Result<bool, StoreError> {
        if db.fact(Fact::Yielded)?.is_some() {
            return Ok(true);
        }
        let moved = address(db)?;
        Ok(match (moved, &self.address) {
            (Some(moved), Some(here)) => moved.address != *here,
            _ => false,
        })
    }

    /// What the head of a request says.
    pub(super) fn standing(
        &self,
        db: &dyn Reads,
        request: &SyncRequest,
    ) -> Result<Standing, StoreError> {
        if planted!(EpochIgnored) {
            return Ok(Standing::Here);
        }
        let epoch = memory::epoch(db)?;
        let signed = request.head.as_ref().filter(|signed| {
            let order = memory::read_order(db).ok();
            order.is_none_or(|order| {
                is_ahead(signed, (epoch, order.seq), order.log == signed.head.log)
            })
        });
        let Some(signed) = signed else {
            // A lower epoch that is not of this line had another restore: its phones tell what they have (sync §12).
            let behind = request.epoch > epoch;
            return Ok(match behind {
                true => Standing::Refused(Refusal::EpochBehind),
                false => Standing::Here,
            });
        };
        let identity = PublicKey::new(&self.memory.identity.public());
        let ours = identity.is_ok_and(|key| signed.verify(self.memory.business, &key).is_ok());
        if !ours {
            return Ok(Standing::Refused(match request.epoch > epoch {
                true => Refusal::EpochBehind,
                false => Refusal::Malformed,
            }));
        }
        tracing::error!(
            business = %self.memory.business_short(),
            device = request.device.get(),
            theirs = signed.head.seq.0,
            epoch = signed.head.epoch.number,
            "this server does not hold what it once signed: its data went back, or it is served elsewhere"
        );
        Ok(Standing::Signed(*signed))
    }
}

/// Whether a head is of a place in the order that lies beyond this one, or of another history at this very place.
fn is_ahead(signed: &SignedHead, (epoch, seq): (Epoch, Seq), same_log: bool) -> bool {
    let theirs = signed.head;
    match theirs.epoch.cmp(&epoch) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => theirs.seq > seq || theirs.seq == seq && !same_log,
    }
}

/// The address that the business was moved to, if it ever was.
pub(super) fn address(db: &(impl Reads + ?Sized)) -> Result<Option<Moved>, StoreError> {
    let Some(bytes) = db.fact(Fact::Address)? else {
        return Ok(None);
    };
    let moved = Record::decode(&bytes, Shape::ENTITY).and_then(|r| Moved::from_record(&r));
    moved
        .map(Some)
        .map_err(|_| StoreError::Malformed(Fact::Address.name()))
}

/// Follows a head of this authority's own: of its epoch, its data went back without anybody saying so and it takes the
/// next one; of a higher one, another copy reigns and this one stops writing. Says which epoch begins.
pub(super) fn meet(
    authority: &Authority,
    db: &dyn Writes,
    signed: &SignedHead,
) -> Result<Option<Epoch>, StoreError> {
    let epoch = memory::epoch(db)?;
    let order = memory::read_order(db)?;
    let same_log = order.log == signed.head.log;
    if !is_ahead(signed, (epoch, order.seq), same_log) {
        return Ok(None);
    }
    if signed.head.epoch > epoch {
        db.put_fact(Fact::Yielded, &signed.to_record().encode())?;
        return Ok(None);
    }
    let random = authority.random.as_ref();
    let business = authority.memory.business;
    reign::enter(db, business, epoch, authority.now_ms(), random).map(Some)
}
