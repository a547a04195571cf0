//! The encrypted copy that a shop on one phone makes of itself, and a new phone that is opened from it (sync §8, §12).
//!
//! One file: a mark, the wraps of the recovery key, the database under its own key, a sum over everything. A copy takes
//! the place of the older one only after it was opened and read; after an erasure the older one is gone with it.

use std::fs;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use kartka_domain::business::{Device, DeviceState};
use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::ids::{DeviceNo, Epoch, Seq};
use kartka_domain::op::Fact;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::head::Reign;

use super::rotation::ask_for_a_new_key;
use super::wrap::{decode, encode, unwrap};
use super::{RecoveryError, Sheet};
use crate::error::CoreError;
use crate::platform::sync_folder;
use crate::shop::{OWNER, Platform, Shop, file_in, setting};
use crate::store::{HeadRow, Reader, Standing, StoreError, Tx, meta};
use crate::sync::signer::DeviceSigner;
use crate::sync::{lineage_bytes, note_epoch, read_lineage};
use crate::usecase::Facts;

/// How a copy begins.
const MARK: &[u8; 16] = b"KARTKA-COPY-1\n\0\0";
/// Bytes of the wraps, at most.
const WRAPS: usize = 16 * 1_024;
/// Bytes of the sum at the end.
const SUM: usize = 32;
/// Where the moment and the state of the last copy are noted: epoch ms and seq, 8 bytes each.
const COPIED: &str = "copied";
/// Where the moment of a restore is noted, epoch ms.
const RESTORED: &str = "restored";
/// How long a restored founding phone applies all limits (sync §12).
const CAREFUL_MS: i64 = 72 * 60 * 60 * 1_000;
/// A copy that is older is shown in red.
const OVERDUE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// After so long without a sale the shop has closed, or may as well have.
const QUIET_MS: i64 = 60 * 60 * 1_000;
/// A shop that never closes makes its copy all the same.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A copy that was made and opened to see that it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeCopy {
    /// Where it lies.
    pub file: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What it holds: everything up to here.
    pub upto: Seq,
}

/// How old the newest copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyState {
    /// A server has everything.
    NotNeeded,
    /// There was never one.
    Never,
    /// Made so many milliseconds ago.
    Aged {
        /// Its age; negative when the clock went back.
        age_ms: i64,
        /// Older than 7 days with something new since, or it still holds somebody who was erased.
        overdue: bool,
    },
}

impl Shop {
    /// Makes the copy of this shop in a folder that the owner picked, in place of the older one there.
    ///
    /// # Errors
    /// [`RecoveryError::NoSheet`] while no sheet was made: nobody could open the copy; what the disks report: the
    /// older copy is then still there.
    pub fn make_copy(&self, folder: &Path) -> Result<MadeCopy, RecoveryError> {
        let made = self.write_copy(folder)?;
        self.copy_lies(made.upto)?;
        Ok(made)
    }

    /// Writes the copy into a folder of this program's own, from where the shell brings it to the place that the owner
    /// picked; it counts from [`copy_lies`](Self::copy_lies) on.
    ///
    /// # Errors
    /// As [`make_copy`](Self::make_copy).
    pub fn write_copy(&self, folder: &Path) -> Result<MadeCopy, RecoveryError> {
        let wraps = self.wraps()?;
        if wraps.is_empty() {
            return Err(RecoveryError::NoSheet);
        }
        let letters = self.business()?.letters;
        let file = folder.join(format!("kartka-{letters}.copy"));
        let data = folder.join(format!("kartka-{letters}.copy-data"));
        let fresh = folder.join(format!("kartka-{letters}.copy-new"));
        for left in [&data, &fresh] {
            remove(left)?;
        }
        let seq = self
            .store
            .read(|r| r.head())?
            .map_or(Seq(0), |head| head.seq);
        self.store.copy_to(&data)?;
        self.store.check_copy(&data)?;
        let bytes = put_together(&fresh, &encode(&wraps), &data)?;
        remove(&data)?;
        fs::rename(&fresh, &file)?;
        sync_folder(folder)?;
        Ok(MadeCopy {
            file,
            bytes,
            upto: seq,
        })
    }

    /// The copy of everything up to here lies where the owner picked, in place of the older one.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn copy_lies(&self, upto: Seq) -> Result<(), CoreError> {
        let now_ms = self.platform.clock.now_ms();
        let noted = [now_ms.to_be_bytes(), upto.0.to_be_bytes()].concat();
        Ok(self.store.write(|tx| meta::put(tx, COPIED, &noted))?)
    }

    /// Whether the copy is to be made now, by itself: at once while it holds somebody who was erased, else when something
    /// is new and nothing was sold for an hour, in a shop that never closes once a day.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn copy_due(&self) -> Result<bool, CoreError> {
        let now_ms = self.platform.clock.now_ms();
        let openable = !self.wraps().map_err(RecoveryError::into_core)?.is_empty();
        self.store.read(|r| {
            let setting = setting(r)?;
            if setting.device.standing == Standing::Phone || !openable {
                return Ok(false);
            }
            if r.copy_holds_erased()? {
                return Ok(true);
            }
            let copied = meta::get(r, COPIED)?.and_then(|noted| read_noted(&noted));
            let (made_ms, upto) = copied.unwrap_or((i64::MIN, Seq(0)));
            if r.head()?.is_none_or(|head| head.seq <= upto) {
                return Ok(false);
            }
            let today = self.now(&setting.outlet)?.date;
            let sales = r.purchases_on(today)?;
            let last_ms = sales.iter().map(|sale| sale.at.instant_ms).max();
            let quiet = last_ms.is_none_or(|last| now_ms.saturating_sub(last) >= QUIET_MS);
            Ok(quiet || now_ms.saturating_sub(made_ms) >= DAY_MS)
        })
    }

    /// How old the newest copy is.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn copy_state(&self) -> Result<CopyState, CoreError> {
        let now_ms = self.platform.clock.now_ms();
        self.store.read(|r| {
            let device = r.device()?.ok_or(CoreError::NotPaired)?;
            if device.standing == Standing::Phone {
                return Ok(CopyState::NotNeeded);
            }
            let Some((made_ms, seq)) = meta::get(r, COPIED)?.and_then(|noted| read_noted(&noted))
            else {
                return Ok(CopyState::Never);
            };
            let age_ms = now_ms.saturating_sub(made_ms);
            let changed = r.head()?.is_some_and(|head| head.seq > seq);
            let stale = r.copy_holds_erased()?;
            let overdue = stale || changed && age_ms > OVERDUE_MS;
            Ok(CopyState::Aged { age_ms, overdue })
        })
    }

    /// Opens a copy on a new phone by the sheet. A shop that was its own authority goes on in the next epoch, under a
    /// new device number and with new card numbers; for 72 hours it applies the limits of a phone without network,
    /// because the old phone may still be about.
    ///
    /// # Errors
    /// [`RecoveryError::NotASheet`], [`RecoveryError::WrongSheet`], [`RecoveryError::NotACopy`];
    /// [`RecoveryError::NotEmpty`] when the folder has data; what disk and key store report.
    pub fn restore_copy(
        folder: &Path,
        platform: Platform,
        text: &str,
        copy: &Path,
    ) -> Result<Self, RecoveryError> {
        let sheet = Sheet::parse(text).ok_or(RecoveryError::NotASheet)?;
        let target = file_in(folder);
        // What cannot be opened now may be a shop all the same.
        if !matches!(Self::open_if_here(folder, platform.clone()), Ok(None)) {
            return Err(RecoveryError::NotEmpty);
        }
        let fresh = target.with_extension("restoring");
        remove(&fresh)?;
        let wraps = take_apart(copy, &fresh)?;
        let wraps = decode(&wraps).ok_or(RecoveryError::NotACopy)?;
        let secrets = unwrap(&wraps, &sheet).inspect_err(|_| {
            // What can't be opened is of no use; an error of the disk is met again at the next try.
            let _ = remove(&fresh);
        })?;
        secrets.give_back(&platform)?;
        fs::rename(&fresh, &target)?;
        sync_folder(folder)?;
        let shop = Self::open(folder, platform)?;
        shop.begin_reign()?;
        shop.take_over_wraps(&wraps)?;
        // The phone that made the copy has its key, wherever that phone is now.
        shop.store.write(ask_for_a_new_key)?;
        Ok(shop)
    }

    /// The next epoch of a founding phone that was restored; nothing on any other device.
    fn begin_reign(&self) -> Result<(), CoreError> {
        let device = self.store.read(|r| r.device())?;
        if device.is_none_or(|device| device.standing == Standing::Phone) {
            return Ok(());
        }
        let signer = DeviceSigner::make(&self.platform)?;
        let rng = self.platform.rng.as_ref();
        let mut dice = [0; 16];
        rng.fill(&mut dice);
        let now_ms = self.platform.clock.now_ms();
        let (business, epoch) = self.store.write(|tx| {
            let mut device = tx.device()?.ok_or(CoreError::NotPaired)?;
            let mut head = tx.head()?.ok_or(CoreError::NotPaired)?;
            let epoch = next_epoch(&mut head, &dice)?;
            device.no = unused_device(tx, &dice)?;
            device.next_n = 1;
            device.chain = ChainValue::birth(device.business, device.no);
            device.slot = Some(unused_slot(tx, &dice)?);
            device.slot_used = 0;
            tx.set_device(&device)?;
            tx.set_head(&head)?;
            meta::put(tx, RESTORED, &now_ms.to_be_bytes())?;
            let setting = setting(tx)?;
            let at = self.now(&setting.outlet)?;
            let fact = Fact::Device(Device {
                no: device.no,
                name: String::from("restored"),
                public_key: signer.public_key(),
                slot: device.slot,
                former: None,
                holder: OWNER,
                state: DeviceState::Active,
            });
            self.commit_facts(
                tx,
                &setting,
                self.fresh_request(),
                at,
                Facts::from(vec![fact]),
            )?;
            Ok::<_, CoreError>((device.business, epoch))
        })?;
        note_epoch(self.platform.keys.as_ref(), business, epoch)
    }
}

impl Reader<'_> {
    /// Whether the copy was made before somebody was erased: until it is made anew nobody may say "done".
    pub(crate) fn copy_holds_erased(&self) -> Result<bool, StoreError> {
        let copied = meta::get(self, COPIED)?.and_then(|noted| read_noted(&noted));
        let Some((_, copied)) = copied else {
            return Ok(false);
        };
        let erasures = self.erasures()?;
        Ok(erasures
            .iter()
            .any(|(seq, _)| seq.is_some_and(|seq| seq > copied)))
    }

    /// Whether this founding phone was restored less than 72 hours ago; a clock that was set back ends nothing.
    pub(crate) fn was_restored(&self, now_ms: i64) -> Result<bool, StoreError> {
        let noted = meta::get(self, RESTORED)?;
        let restored = noted.and_then(|noted| <[u8; 8]>::try_from(noted).ok());
        let since = restored.map(|at| now_ms.saturating_sub(i64::from_be_bytes(at)));
        Ok(since.is_some_and(|since| since < CAREFUL_MS))
    }
}

fn next_epoch(head: &mut HeadRow, dice: &[u8; 16]) -> Result<Epoch, CoreError> {
    let mut random = [0; 8];
    random.copy_from_slice(&dice[..8]);
    let epoch = Epoch {
        number: head.epoch.number.saturating_add(1),
        random: u64::from_be_bytes(random),
    };
    let mut lineage = read_lineage(&head.lineage)?;
    if lineage.is_empty() {
        lineage.push(Reign {
            epoch: head.epoch,
            first_seq: Seq(1),
        });
    }
    lineage.push(Reign {
        epoch,
        first_seq: Seq(head.seq.0 + 1),
    });
    head.epoch = epoch;
    head.lineage = lineage_bytes(&lineage);
    Ok(epoch)
}

/// A device number above all that were given, drawn at random: two restores of one copy must not meet, and the ids of
/// later ops are higher.
fn unused_device(tx: &Tx<'_>, dice: &[u8; 16]) -> Result<DeviceNo, CoreError> {
    const LAST: u32 = (1 << 23) - 1;
    let highest = used(tx)?
        .iter()
        .map(|device| device.no.get())
        .max()
        .unwrap_or(1);
    let room = (LAST - highest) / 2;
    let none = CoreError::Unexpected {
        what: "device numbers",
    };
    if room == 0 {
        return Err(none);
    }
    let drawn = u32::from_be_bytes([0, dice[8], dice[9], dice[10]]) % room;
    DeviceNo::new(highest + 1 + drawn).map_err(|_| none)
}

fn unused_slot(tx: &Tx<'_>, dice: &[u8; 16]) -> Result<EmitterSlot, CoreError> {
    let used = used(tx)?;
    let drawn = u16::from_be_bytes([dice[11], dice[12]]) % 10_000;
    let candidates = (drawn..10_000).chain(1..drawn);
    candidates
        .filter_map(|slot| EmitterSlot::new(NumberLength::Ten, slot).ok())
        .find(|slot| used.iter().all(|device| device.slot != Some(*slot)))
        .ok_or(CoreError::Unexpected {
            what: "emitter slots",
        })
}

fn used(tx: &Tx<'_>) -> Result<Vec<Device>, CoreError> {
    let rows = tx.rules_of(RowKind::Device)?;
    let devices = rows.into_iter().filter_map(|(_, row)| match row {
        Row::Device(device) => Some(device),
        _ => None,
    });
    Ok(devices.collect())
}

fn read_noted(noted: &[u8]) -> Option<(i64, Seq)> {
    let (made, seq) = noted.split_first_chunk::<8>()?;
    let seq = <[u8; 8]>::try_from(seq).ok()?;
    Some((i64::from_be_bytes(*made), Seq(i64::from_be_bytes(seq))))
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes mark, wraps, database and sum into one file, durably; says how large it is.
fn put_together(to: &Path, wraps: &[u8], data: &Path) -> std::io::Result<u64> {
    let mut sum = blake3::Hasher::new();
    let mut out = BufWriter::new(fs::File::create(to)?);
    let length = u32::try_from(wraps.len()).unwrap_or(u32::MAX).to_be_bytes();
    for part in [MARK.as_slice(), &length, wraps] {
        sum.update(part);
        out.write_all(part)?;
    }
    let mut data = fs::File::open(data)?;
    let mut buffer = vec![0; 64 * 1_024];
    loop {
        let read = data.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        sum.update(part);
        out.write_all(part)?;
    }
    out.write_all(sum.finalize().as_bytes())?;
    let file = out
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Writes the database of a copy to `to` and gives back its wraps.
fn take_apart(copy: &Path, to: &Path) -> Result<Vec<u8>, RecoveryError> {
    let length = fs::metadata(copy)?.len();
    let mut from = BufReader::new(fs::File::open(copy)?);
    let mut sum = blake3::Hasher::new();
    let mut head = [0; 20];
    let short = |_| RecoveryError::NotACopy;
    from.read_exact(&mut head).map_err(short)?;
    let (mark, size) = head.split_at(MARK.len());
    let size = size.try_into().map_or(0, u32::from_be_bytes);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if mark != MARK || size > WRAPS {
        return Err(RecoveryError::NotACopy);
    }
    let mut wraps = vec![0; size];
    from.read_exact(&mut wraps).map_err(short)?;
    sum.update(&head).update(&wraps);
    let rest = (head.len() + size + SUM) as u64;
    let data = length.checked_sub(rest).ok_or(RecoveryError::NotACopy)?;
    let mut out = fs::File::create(to)?;
    let mut data = from.by_ref().take(data);
    let mut buffer = vec![0; 64 * 1_024];
    loop {
        let read = data.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        sum.update(part);
        out.write_all(part)?;
    }
    let mut stated = [0; SUM];
    from.read_exact(&mut stated).map_err(short)?;
    if stated != *sum.finalize().as_bytes() {
        drop(out);
        remove(to)?;
        return Err(RecoveryError::NotACopy);
    }
    out.sync_all()?;
    Ok(wraps)
}
