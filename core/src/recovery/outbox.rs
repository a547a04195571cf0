//! What a phone has not sent, as a file: made by a phone that can't reach the server or signs out, opened by the shop's
//! sheet on another phone, which brings it to the server (sync §4, §7).
//!
//! The file is a mark and parts, each no larger than a request and sealed for itself, so that memory is bounded whatever
//! somebody hands over. What lies in a part are the author's own sealed batches, the very bytes it would have sent: the
//! server takes them as the author's, and one that came before by another way is counted once. The file is the copy: it
//! may be brought again until everything is said to have arrived.

use std::fs;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use kartka_domain::business::RecoveryHalf;
use kartka_domain::ids::DeviceNo;
use kartka_protocol::batch::Batch;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::limits;
use kartka_protocol::message::{CarryRequest, PROTO, SignedCarryAnswer};
use zeroize::Zeroizing;

use super::seal::{PublicHalf, Purpose, Sealed, open, seal};
use super::{RecoveryError, Sheet};
use crate::error::CoreError;
use crate::platform::sync_folder;
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, Standing, StoreError, meta};
use crate::sync::signer::DeviceSigner;
use crate::sync::{Route, Transport, is_overtaken, seal_outbox};

/// How such a file begins.
const MARK: &[u8; 16] = b"KARTKA-OUTBOX-1\0";
/// Bytes of a part, at most: a request, and what sealing adds.
const PART: usize = limits::ENVELOPE;
/// Bytes of the batches of one part.
const BATCHES: usize = 768 * 1_024;
/// What lies in a file too: the own number after which it begins, and its last one, 8 bytes each.
const EXPORTED: &str = "exported";

mod tag {
    pub(super) const ENCAPPED: u16 = 1;
    pub(super) const SEALED: u16 = 2;
    pub(super) const BATCHES: u16 = 1;
}

/// What went into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportedOutbox {
    /// Acts that were not sent: sales, edits, registrations. None = nothing waits, and there is no file.
    pub ops: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// What came of bringing a file to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarriedOutbox {
    /// Whose acts they are.
    pub device: DeviceNo,
    /// Batches in the file.
    pub batches: u32,
    /// Of them, how many the server holds now. The others go on from something that it has not got yet, or from another
    /// history of that phone, which the owner is told about: keep the file.
    pub arrived: u32,
}

impl Shop {
    /// Writes everything that was not sent into a file that only the shop's recovery sheet opens. Nothing here changes:
    /// what is sent later by the usual way is counted once.
    ///
    /// # Errors
    /// [`RecoveryError::NoSheet`] while the owner has no sheet on paper: nobody could open the file;
    /// [`CoreError::NotPaired`]; what the disks report.
    pub fn export_outbox(&self, file: &Path) -> Result<ExportedOutbox, RecoveryError> {
        let (from, ops, batches) = self.waiting()?;
        let half = self.business()?.recovery;
        let half = half.and_then(|half| PublicHalf::from_bytes(&half.0));
        let half = half.ok_or(RecoveryError::NoSheet)?;
        let Some(last) = batches.last().map(|batch| batch.last.get()) else {
            return Ok(ExportedOutbox { ops: 0, bytes: 0 });
        };
        let bytes = self.write_parts(file, &half, &batches)?;
        let noted = [from.to_be_bytes(), last.to_be_bytes()].concat();
        self.store.write(|tx| meta::put(tx, EXPORTED, &noted))?;
        Ok(ExportedOutbox { ops, bytes })
    }

    /// Everything that was not sent: the own number after which it begins, its acts, and their sealed batches.
    pub(super) fn waiting(&self) -> Result<(i64, u64, Vec<Batch>), CoreError> {
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        self.store.write(|tx| {
            let setting = setting(tx)?;
            let acked = tx.head()?.map_or(0, |head| head.acked_op);
            let batches = match setting.device.standing {
                // Its word is the order: nothing waits.
                Standing::Authority => Vec::new(),
                Standing::Phone => seal_outbox(tx, &setting.device, &signer, acked)?,
            };
            Ok((acked, tx.outbox_len(acked)?, batches))
        })
    }

    /// Brings a device's batches, a request at a time; says how many of them have arrived.
    pub(super) fn carry_all(
        &self,
        batches: &[Batch],
        transport: &dyn Transport,
    ) -> Result<u32, CoreError> {
        let setting = self.store.read(setting)?;
        let mut arrived = 0_u32;
        for part in parts(batches) {
            arrived = arrived.saturating_add(self.carry(&setting, part, transport)?);
        }
        Ok(arrived)
    }

    fn write_parts(
        &self,
        file: &Path,
        half: &PublicHalf,
        batches: &[Batch],
    ) -> Result<u64, RecoveryError> {
        let fresh = file.with_extension("writing");
        let mut out = BufWriter::new(fs::File::create(&fresh)?);
        out.write_all(MARK)?;
        for part in parts(batches) {
            let mut inner = Record::new();
            inner.put_records(tag::BATCHES, part.iter().map(Batch::to_record));
            let inner = Zeroizing::new(inner.encode());
            let rng = self.platform.rng.as_ref();
            let sealed = seal(half, Purpose::Outbox, rng, &inner);
            let sealed = sealed.ok_or(CoreError::Unexpected {
                what: "sealing to the recovery key",
            })?;
            let mut outer = Record::new();
            outer.put(tag::ENCAPPED, sealed.encapped);
            outer.put(tag::SEALED, sealed.bytes);
            let outer = outer.encode();
            let length = u32::try_from(outer.len()).unwrap_or(u32::MAX);
            out.write_all(&length.to_be_bytes())?;
            out.write_all(&outer)?;
        }
        let written = out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        written.sync_all()?;
        let bytes = written.metadata()?.len();
        fs::rename(&fresh, file)?;
        if let Some(folder) = file.parent().filter(|folder| *folder != Path::new("")) {
            sync_folder(folder)?;
        }
        Ok(bytes)
    }

    /// Brings another phone's file to the server. May be repeated: what has arrived counts once.
    ///
    /// # Errors
    /// [`RecoveryError::NotASheet`], [`RecoveryError::WrongSheet`]; [`RecoveryError::NotAnOutbox`] for another or a damaged
    /// file, and one of another shop; [`CoreError::Offline`] and what else keeps an answer away: what was brought before
    /// that has arrived.
    pub fn carry_outbox(
        &self,
        file: &Path,
        sheet: &str,
        transport: &dyn Transport,
    ) -> Result<CarriedOutbox, RecoveryError> {
        let sheet = Sheet::parse(sheet).ok_or(RecoveryError::NotASheet)?;
        let setting = self.store.read(setting)?;
        let mut from = BufReader::new(fs::File::open(file)?);
        let mut mark = [0; MARK.len()];
        let read = from.read_exact(&mut mark);
        if read.is_err() || mark != *MARK {
            return Err(RecoveryError::NotAnOutbox);
        }
        let mut done: Option<CarriedOutbox> = None;
        while let Some(part) = next_part(&mut from)? {
            let batches = open_part(&part, &sheet)?;
            let Some(device) = batches.first().map(Batch::device) else {
                return Err(RecoveryError::NotAnOutbox);
            };
            let ours = |batch: &Batch| batch.business == setting.device.business;
            if !batches.iter().all(ours) || done.is_some_and(|done| done.device != device) {
                return Err(RecoveryError::NotAnOutbox);
            }
            let count = u32::try_from(batches.len()).unwrap_or(u32::MAX);
            let arrived = self.carry(&setting, &batches, transport)?;
            let before = done.map_or((0, 0), |done| (done.batches, done.arrived));
            done = Some(CarriedOutbox {
                device,
                batches: before.0.saturating_add(count),
                arrived: before.1.saturating_add(arrived),
            });
        }
        done.ok_or(RecoveryError::NotAnOutbox)
    }

    /// Brings batches of one device; says how many of them the authority holds then.
    fn carry(
        &self,
        setting: &Setting,
        batches: &[Batch],
        transport: &dyn Transport,
    ) -> Result<u32, CoreError> {
        let ask = |nonce| {
            CarryRequest {
                proto: PROTO,
                nonce,
                batches: batches.to_vec(),
            }
            .encode()
        };
        let way = (Route::Carry, transport);
        let carried = self.ask_authority(&setting.device, way, ask, |bytes, body, identity| {
            let answer = SignedCarryAnswer::decode(bytes)?.open(body, identity)?;
            Ok((answer.nonce, (answer.carried, answer.epoch)))
        })?;
        let (carried, epoch) = carried;
        let keys = self.platform.keys.as_ref();
        if let Some(epoch) = epoch
            && is_overtaken(keys, setting.device.business, epoch)?
        {
            return Err(CoreError::ServerWentBack);
        }
        let has_arrived = |batch: &&Batch| {
            let mut all = carried.iter();
            all.any(|one| {
                (one.device, one.last, one.chain) == (batch.device(), batch.last, batch.chain)
            })
        };
        let arrived = batches.iter().filter(has_arrived).count();
        Ok(u32::try_from(arrived).unwrap_or(u32::MAX))
    }

    /// Makes the sheet that is on paper here the shop's: what any of its phones seals for its owner opens by this one.
    /// Only the public half goes around. Nothing happens on the phone of somebody who may not say so.
    pub(super) fn share_sheet(&self, half: &PublicHalf) -> Result<(), CoreError> {
        let recovery = half.to_bytes().try_into().ok().map(RecoveryHalf);
        self.store.write(|tx| {
            let setting = setting(tx)?;
            if recovery == setting.business.recovery || !owns(&setting) {
                return Ok(());
            }
            let business = kartka_domain::business::Business {
                recovery,
                ..setting.business.clone()
            };
            let at = self.now(&setting.outlet)?;
            let facts = vec![kartka_domain::op::Fact::Business(business)];
            let request = self.fresh_request();
            self.commit_facts(tx, &setting, request, at, facts.into())
                .map(drop)
        })
    }
}

/// Whether whoever is at this device decides about the shop's devices and settings.
fn owns(setting: &Setting) -> bool {
    use kartka_domain::rights::Permission::{Devices, Programme};
    [Devices, Programme]
        .into_iter()
        .all(|permission| setting.needs(permission).is_ok())
}

/// Batches in parts that fit a request each; always at least one batch in a part.
fn parts(batches: &[Batch]) -> Vec<&[Batch]> {
    let mut parts = Vec::new();
    let mut rest = batches;
    while !rest.is_empty() {
        let mut size = 0;
        let fits = rest
            .iter()
            .take(limits::REQUEST_BATCHES)
            .take_while(|batch| {
                size += batch.encode().len();
                size <= BATCHES
            });
        let (part, after) = rest.split_at(fits.count().max(1));
        parts.push(part);
        rest = after;
    }
    parts
}

/// The next part's bytes; nothing at the end.
fn next_part(from: &mut impl Read) -> Result<Option<Vec<u8>>, RecoveryError> {
    let mut length = Vec::with_capacity(4);
    from.take(4).read_to_end(&mut length)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length = length.try_into().map_err(|_| RecoveryError::NotAnOutbox)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > PART {
        return Err(RecoveryError::NotAnOutbox);
    }
    let mut part = vec![0; length];
    from.read_exact(&mut part)
        .map_err(|_| RecoveryError::NotAnOutbox)?;
    Ok(Some(part))
}

/// The batches of a part; nobody has checked yet whose they are.
fn open_part(part: &[u8], sheet: &Sheet) -> Result<Vec<Batch>, RecoveryError> {
    let damaged = |_| RecoveryError::NotAnOutbox;
    let outer = Record::decode(part, Shape::ENVELOPE).map_err(damaged)?;
    let sealed = Sealed {
        encapped: outer.bytes(tag::ENCAPPED).map_err(damaged)?.to_vec(),
        bytes: outer.bytes(tag::SEALED).map_err(damaged)?.to_vec(),
    };
    let inner = open(sheet, Purpose::Outbox, &sealed).ok_or(RecoveryError::WrongSheet)?;
    let inner = Record::decode(&inner, Shape::REQUEST).map_err(damaged)?;
    let batches = inner.records(tag::BATCHES).map_err(damaged)?;
    if batches.len() > limits::REQUEST_BATCHES {
        return Err(RecoveryError::NotAnOutbox);
    }
    let batches = batches.into_iter().map(Batch::from_record);
    batches.collect::<Result<_, _>>().map_err(damaged)
}

impl Reader<'_> {
    /// Own ops that are neither at the authority nor in a file that was made here. A file stands for nothing once the
    /// authority was set back behind its beginning, nor under a number that this device has no longer.
    pub(crate) fn unsent(&self) -> Result<u64, StoreError> {
        let acked = self.head()?.map_or(0, |head| head.acked_op);
        let noted = meta::get(self, EXPORTED)?.unwrap_or_default();
        let (from, last) = match noted.as_chunks::<8>() {
            ([from, last], []) => (i64::from_be_bytes(*from), i64::from_be_bytes(*last)),
            _ => (i64::MAX, 0),
        };
        let stands = from <= acked && last >> 40 == acked >> 40;
        self.outbox_len(if stands { acked.max(last) } else { acked })
    }
}

/// Reads bytes as a part of such a file, for fuzzing: any bytes give batches or an error.
///
/// # Errors
/// [`RecoveryError`].
#[doc(hidden)]
pub fn read_part(part: &[u8], sheet: &Sheet) -> Result<usize, RecoveryError> {
    open_part(part, sheet).map(|batches| batches.len())
}
