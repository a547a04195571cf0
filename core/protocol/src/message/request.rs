//! What a device asks: its pending batches, where it stands, and how much it can take.

use kartka_domain::ids::{DeviceNo, Epoch, Seq};

use super::incarnation::Branch;
use super::{Nonce, bounded, put_cursors, put_scopes, read_cursors, read_scopes};
use crate::batch::Batch;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape};
use crate::head::{SignedHead, epoch_record, read_epoch};
use crate::parts::id;
use crate::scope::Scope;
use crate::{WireError, limits};

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const NONCE: u16 = 2;
    pub(super) const EPOCH: u16 = 3;
    pub(super) const HEAD: u16 = 4;
    pub(super) const DEVICE: u16 = 5;
    pub(super) const BOOT: u16 = 6;
    pub(super) const MONOTONIC: u16 = 7;
    pub(super) const ANCHORS: u16 = 8;
    pub(super) const BATCHES: u16 = 9;
    pub(super) const CURSORS: u16 = 10;
    pub(super) const DIGESTS: u16 = 11;
    pub(super) const BUDGET: u16 = 12;
    pub(super) const BRANCH: u16 = 13;
    pub(super) const ERASED: u16 = 14;
    pub(super) const WIPED: u16 = 16;
}

mod anchor {
    pub(super) const BOOT: u16 = 1;
    pub(super) const MONOTONIC: u16 = 2;
    pub(super) const SERVER: u16 = 3;
}

/// One pair of clocks, measured by an exchange in one boot of the device (sync §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Which run of the device since it was switched on.
    pub boot: u64,
    /// Milliseconds since then.
    pub monotonic_ms: i64,
    /// The authority's clock at that moment, epoch ms.
    pub server_ms: i64,
}

/// One exchange's request; push and pull together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// The protocol the device speaks.
    pub proto: u16,
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// The highest epoch the device has seen.
    pub epoch: Epoch,
    /// The last signed head it was given; none before its first exchange.
    pub head: Option<SignedHead>,
    /// Who asks.
    pub device: DeviceNo,
    /// The boot the request is sent in.
    pub boot: u64,
    /// Milliseconds since that boot.
    pub monotonic_ms: i64,
    /// Clock pairs the authority may not have.
    pub anchors: Vec<Anchor>,
    /// Sealed batches, the device's own and carried ones.
    pub batches: Vec<Batch>,
    /// How far each scope has been pulled; these scopes are wanted.
    pub cursors: Vec<(Scope, Seq)>,
    /// Scopes whose digests are wanted.
    pub digests: Vec<Scope>,
    /// Bytes of pages the device can take now.
    pub budget: u32,
    /// Up to where the device holds nothing of erased people any more: `ErasureDone` of sync §8; none when it has
    /// met no erasure, or is not done with the last ones.
    pub erased: Option<Erased>,
    /// The copy's chain, when it has learned that it was rolled back or cloned; then nothing is pushed or pulled.
    pub branch: Option<Branch>,
    /// Whether everything on the device is deleted, as it was told.
    pub wiped: bool,
}

/// Up to where in the authority's order a device has wiped the traces of erased people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Whose order.
    pub epoch: Epoch,
    /// Up to where.
    pub seq: Seq,
}

mod erased {
    pub(super) const NUMBER: u16 = 1;
    pub(super) const RANDOM: u16 = 2;
    pub(super) const SEQ: u16 = 3;
}

impl Erased {
    fn to_record(self) -> Record {
        let mut r = Record::new();
        r.put(erased::NUMBER, self.epoch.number.cast_signed());
        r.put(erased::RANDOM, self.epoch.random.cast_signed());
        r.put(erased::SEQ, self.seq.0);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            epoch: Epoch {
                number: r.int::<i64>(erased::NUMBER)?.cast_unsigned(),
                random: r.int::<i64>(erased::RANDOM)?.cast_unsigned(),
            },
            seq: Seq(r.int(erased::SEQ)?),
        })
    }
}

impl SyncRequest {
    /// The bytes of the request; the envelope with the signature goes around them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::NONCE, self.nonce);
        r.put(tag::EPOCH, epoch_record(self.epoch));
        r.put_opt(tag::HEAD, self.head.map(|head| head.to_record()));
        r.put(tag::DEVICE, self.device.get());
        r.put(tag::BOOT, self.boot.cast_signed());
        r.put(tag::MONOTONIC, self.monotonic_ms);
        r.put_records(
            tag::ANCHORS,
            self.anchors.iter().map(|anchor| anchor.to_record()),
        );
        r.put_records(tag::BATCHES, self.batches.iter().map(Batch::to_record));
        put_cursors(&mut r, tag::CURSORS, &self.cursors);
        put_scopes(&mut r, tag::DIGESTS, &self.digests);
        r.put(tag::BUDGET, self.budget);
        r.put_opt(tag::ERASED, self.erased.map(Erased::to_record));
        r.put_opt(tag::BRANCH, self.branch.as_ref().map(Branch::to_record));
        r.put_unless(tag::WIPED, i64::from(self.wiped), 0);
        r.encode_open()
    }

    /// Reads a request from bytes that nobody has checked.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let batches = bounded(&r, tag::BATCHES, limits::REQUEST_BATCHES)?;
        let anchors = bounded(&r, tag::ANCHORS, limits::ANCHORS)?;
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            nonce: r.array(tag::NONCE)?,
            epoch: read_epoch(r.record(tag::EPOCH)?)?,
            head: r
                .opt_record(tag::HEAD)?
                .map(SignedHead::from_record)
                .transpose()?,
            device: id(&r, tag::DEVICE, device_no)?,
            boot: r.int::<i64>(tag::BOOT)?.cast_unsigned(),
            monotonic_ms: r.int(tag::MONOTONIC)?,
            anchors: anchors
                .into_iter()
                .map(Anchor::from_record)
                .collect::<Result<_, _>>()?,
            batches: batches
                .into_iter()
                .map(Batch::from_record)
                .collect::<Result<_, _>>()?,
            cursors: read_cursors(&r, tag::CURSORS)?,
            digests: read_scopes(&r, tag::DIGESTS)?,
            budget: r.int(tag::BUDGET)?,
            erased: r
                .opt_record(tag::ERASED)?
                .map(Erased::from_record)
                .transpose()?,
            branch: r
                .opt_record(tag::BRANCH)?
                .map(Branch::from_record)
                .transpose()?,
            wiped: r.int_or::<i64>(tag::WIPED, 0)? == 1,
        })
    }

    /// Whether the request with its batches is small enough to be sent.
    ///
    /// # Errors
    /// [`WireError::TooLarge`]; then fewer batches are sent at once.
    pub fn check_size(&self) -> Result<(), WireError> {
        within(Measure::Items, self.batches.len(), limits::REQUEST_BATCHES)?;
        within(Measure::Message, self.encode().len(), limits::REQUEST).map(drop)
    }
}

/// A device number as fields carry it.
pub(super) fn device_no(raw: i64) -> Result<DeviceNo, WireError> {
    let no = u32::try_from(raw).map_err(|_| WireError::OutOfRange(tag::DEVICE))?;
    DeviceNo::new(no).map_err(|_| WireError::OutOfRange(tag::DEVICE))
}

impl Anchor {
    fn to_record(self) -> Record {
        let mut r = Record::new();
        r.put(anchor::BOOT, self.boot.cast_signed());
        r.put(anchor::MONOTONIC, self.monotonic_ms);
        r.put(anchor::SERVER, self.server_ms);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            boot: r.int::<i64>(anchor::BOOT)?.cast_unsigned(),
            monotonic_ms: r.int(anchor::MONOTONIC)?,
            server_ms: r.int(anchor::SERVER)?,
        })
    }
}
