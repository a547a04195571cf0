//! What an authority keeps in memory of its file: keys and the last head it signed; and how epochs lie in it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, Seq};
use kartka_protocol::chain::LogHash;
use kartka_protocol::head::{Head, Reign, SignedHead};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::signature::PublicKey;

use super::identity::Identity;
use super::push::Order;
use crate::store::{Fact, Reads, StoreError, Writes, hex};

/// What does not change while a business is open, and small caches of what is dear to make.
pub(crate) struct Memory {
    pub(crate) business: BusinessId,
    pub(crate) identity: Identity,
    pub(crate) keys: ShopKeys,
    /// What opens the owner's page.
    pub(crate) owner_secret: [u8; 16],
    signed: Mutex<Option<SignedHead>>,
    devices: Mutex<BTreeMap<DeviceNo, PublicKey>>,
}

/// Devices whose parsed keys are kept.
const KNOWN_MAX: usize = 4_096;

impl Memory {
    /// Reads a founded business.
    ///
    /// # Errors
    /// [`StoreError::Empty`] when there is none in the file; [`StoreError::Malformed`].
    pub(super) fn read(db: &dyn Reads) -> Result<Self, StoreError> {
        let business = db.fact(Fact::Business)?.ok_or(StoreError::Empty)?;
        Ok(Self {
            business: BusinessId(array(business, "business")?),
            identity: Identity::from_bytes(&must(db, Fact::IdentityKey)?)?,
            keys: ShopKeys::decode(&must(db, Fact::ShopKeys)?)?,
            owner_secret: array(must(db, Fact::OwnerSecret)?, "owner-secret")?,
            signed: Mutex::default(),
            devices: Mutex::default(),
        })
    }

    /// The beginning of the business's id, for the log.
    pub(crate) fn business_short(&self) -> String {
        hex(&self.business.0[..4])
    }

    /// Signs where the order stands; the same place is signed once.
    pub(super) fn sign(&self, epoch: Epoch, order: Order) -> SignedHead {
        let head = Head {
            epoch,
            seq: order.seq,
            log: order.log,
        };
        let mut kept = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        match *kept {
            Some(signed) if signed.head == head => signed,
            _ => {
                let signature = self.identity.sign(&head.message(self.business));
                let signed = SignedHead { head, signature };
                *kept = Some(signed);
                signed
            }
        }
    }

    /// A device's key, parsed once.
    pub(crate) fn device_key(&self, no: DeviceNo, bytes: &[u8; 33]) -> Option<PublicKey> {
        let mut known = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = known.get(&no) {
            return Some(key.clone());
        }
        let key = PublicKey::new(bytes).ok()?;
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(no, key.clone());
        Some(key)
    }
}

fn must(db: &dyn Reads, fact: Fact) -> Result<Vec<u8>, StoreError> {
    db.fact(fact)?.ok_or(StoreError::Malformed(fact.name()))
}

fn array<const N: usize>(bytes: Vec<u8>, name: &'static str) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Malformed(name))
}

/// The epoch of a state of the data. It may change while the business is open, so it is read with the order.
pub(super) fn epoch(db: &(impl Reads + ?Sized)) -> Result<Epoch, StoreError> {
    let bytes = db.fact(Fact::Epoch)?;
    read_epoch(&bytes.ok_or(StoreError::Malformed("epoch"))?)
}

/// The epochs up to now, oldest first.
pub(super) fn lineage(db: &(impl Reads + ?Sized)) -> Result<Vec<Reign>, StoreError> {
    let bytes = db.fact(Fact::Lineage)?;
    read_lineage(&bytes.ok_or(StoreError::Malformed("lineage"))?)
}

/// Up to where what was seen of `epoch` up to `seq` reaches in the order of today: a place in an epoch that ended counts
/// up to its end, and an epoch of another line has seen nothing (sync §2).
pub(super) fn in_this_order(lineage: &[Reign], epoch: Epoch, seq: Seq) -> Option<Seq> {
    let at = lineage.iter().position(|reign| reign.epoch == epoch)?;
    let end = lineage.get(at + 1).map(|next| Seq(next.first_seq.0 - 1));
    Some(end.map_or(seq, |end| end.min(seq)))
}

/// Where the order stands.
pub(super) fn read_order(db: &(impl Reads + ?Sized)) -> Result<Order, StoreError> {
    let missing = |fact: Fact| StoreError::Malformed(fact.name());
    let seq = db.fact(Fact::Head)?.ok_or(missing(Fact::Head))?;
    let log = db.fact(Fact::LogHash)?.ok_or(missing(Fact::LogHash))?;
    Ok(Order {
        seq: Seq(i64::from_be_bytes(array(seq, "head")?)),
        log: LogHash(array(log, "log-hash")?),
    })
}

pub(super) fn write_order(db: &dyn Writes, order: &Order) -> Result<(), StoreError> {
    db.put_fact(Fact::Head, &order.seq.0.to_be_bytes())?;
    db.put_fact(Fact::LogHash, &order.log.0)
}

pub(super) fn epoch_bytes(epoch: Epoch) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&epoch.number.to_be_bytes());
    bytes[8..].copy_from_slice(&epoch.random.to_be_bytes());
    bytes
}

fn read_epoch(bytes: &[u8]) -> Result<Epoch, StoreError> {
    match bytes.split_first_chunk::<8>() {
        Some((number, rest)) => Ok(Epoch {
            number: u64::from_be_bytes(*number),
            random: u64::from_be_bytes(array(rest.to_vec(), "epoch")?),
        }),
        None => Err(StoreError::Malformed("epoch")),
    }
}

pub(super) fn reign_bytes(reign: Reign) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(&epoch_bytes(reign.epoch));
    bytes[16..].copy_from_slice(&reign.first_seq.0.to_be_bytes());
    bytes
}

fn read_lineage(bytes: &[u8]) -> Result<Vec<Reign>, StoreError> {
    let reign = |bytes: &[u8]| {
        let (epoch, seq) = bytes
            .split_at_checked(16)
            .ok_or(StoreError::Malformed("lineage"))?;
        Ok(Reign {
            epoch: read_epoch(epoch)?,
            first_seq: Seq(i64::from_be_bytes(array(seq.to_vec(), "lineage")?)),
        })
    };
    bytes.chunks(24).map(reign).collect()
}

/// The moment of an instant where a zone's clock shows it.
pub(super) fn civil_moment(
    instant_ms: i64,
    zone: &str,
    day_start: u16,
) -> Result<kartka_domain::moment::Moment, StoreError> {
    kartka_protocol::civil::moment(instant_ms, zone, day_start)
        .map_err(|_| StoreError::Malformed("the outlet's time zone"))
}
