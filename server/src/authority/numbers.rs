//! Device numbers and emitter slots, each given once and never again (sync §2, §12).
//!
//! A business counts them up. After a restore nobody knows which ones the lost server gave out since its backup, so from
//! then on they come from blocks drawn at random among those never used: two restores of one backup do not meet.

use std::collections::BTreeSet;

use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::ids::DeviceNo;
use kartka_domain::planted;
use kartka_domain::row::{Row, RowKind};

use crate::platform::{Random, draw};
use crate::store::{Fact, Reads, StoreError, Writes};

/// Device numbers of one block.
const BLOCK: u32 = 4_096;
/// Blocks of all device numbers.
const BLOCKS: u32 = (1 << 23) / BLOCK;
/// Emitter slots drawn at once.
const SLOTS: usize = 16;
/// Slots of ten digits.
const ALL_SLOTS: u16 = 10_000;
/// So many slots after the last one counted are taken for given out by a server that was lost.
const LOST_SLOTS: u16 = 64;

/// The next device number.
pub(super) fn next_device(db: &dyn Writes, random: &dyn Random) -> Result<DeviceNo, StoreError> {
    let last = u32::from_be_bytes(must(db, Fact::LastDevice)?);
    let end = kept::<4>(db, Fact::DeviceEnd)?.map(u32::from_be_bytes);
    let mut no = last.saturating_add(1);
    // An authority of another line may have drawn the same block, and its phone may have been given its number back.
    while db.device(device_no(no)?)?.is_some() {
        no = no.saturating_add(1);
    }
    if end.is_some_and(|end| no > end) {
        no = draw_block(db, random)?;
    }
    db.put_fact(Fact::LastDevice, &no.to_be_bytes())?;
    device_no(no)
}

fn device_no(no: u32) -> Result<DeviceNo, StoreError> {
    DeviceNo::new(no).map_err(|_| StoreError::Malformed("last-device"))
}

/// The next emitter slot.
pub(super) fn next_slot(db: &dyn Writes, random: &dyn Random) -> Result<EmitterSlot, StoreError> {
    let slot = match db.fact(Fact::Slots)? {
        // Slot 0 is the founder's.
        None => {
            let slot = counted(db)?.saturating_add(1);
            db.put_fact(Fact::LastSlot, &slot.to_be_bytes())?;
            slot
        }
        Some(left) => {
            let left = if left.is_empty() {
                draw_slots(db, random)?
            } else {
                left
            };
            let (first, rest) = left
                .split_first_chunk::<2>()
                .ok_or(StoreError::Malformed("slots"))?;
            db.put_fact(Fact::Slots, rest)?;
            u16::from_be_bytes(*first)
        }
    };
    EmitterSlot::new(NumberLength::Ten, slot).map_err(|_| StoreError::Malformed("last-slot"))
}

/// From now on numbers and slots come from blocks drawn at random.
pub(super) fn draw_anew(db: &dyn Writes, random: &dyn Random) -> Result<(), StoreError> {
    if planted!(RestoreReusesNumbers) {
        return Ok(());
    }
    let first = draw_block(db, random)?;
    db.put_fact(Fact::LastDevice, &first.saturating_sub(1).to_be_bytes())?;
    let slots = draw_slots(db, random)?;
    db.put_fact(Fact::Slots, &slots)
}

/// Draws a block of which no number was ever given; says its first number.
fn draw_block(db: &dyn Writes, random: &dyn Random) -> Result<u32, StoreError> {
    let last = u32::from_be_bytes(must(db, Fact::LastDevice)?);
    let devices = db.devices()?;
    let given = devices.iter().map(|device| device.no.get());
    let used: BTreeSet<u32> = given.chain([last]).map(|no| no / BLOCK).collect();
    // The first block is every founder's.
    let free: Vec<u32> = (1..BLOCKS).filter(|block| !used.contains(block)).collect();
    let block = pick(&free, random).ok_or(StoreError::Malformed("no device numbers are left"))?;
    let first = block * BLOCK;
    db.put_fact(Fact::DeviceEnd, &(first + BLOCK - 1).to_be_bytes())?;
    Ok(first)
}

/// Slots that were never given, packed.
fn draw_slots(db: &dyn Writes, random: &dyn Random) -> Result<Vec<u8>, StoreError> {
    let counted = counted(db)?;
    let mut used: BTreeSet<u16> = (0..=counted.saturating_add(LOST_SLOTS)).collect();
    for wire in db.rows_of(RowKind::Device)? {
        if let Row::Device(device) = wire.read()? {
            let ten = device.slot.filter(|s| s.length() == NumberLength::Ten);
            used.extend(ten.map(EmitterSlot::value));
        }
    }
    let mut packed = Vec::with_capacity(2 * SLOTS);
    for _ in 0..SLOTS {
        let free: Vec<u16> = (0..ALL_SLOTS).filter(|slot| !used.contains(slot)).collect();
        let Some(slot) = pick(&free, random) else {
            break;
        };
        used.insert(slot);
        packed.extend_from_slice(&slot.to_be_bytes());
    }
    Ok(packed)
}

/// The last slot given by counting up.
fn counted(db: &dyn Writes) -> Result<u16, StoreError> {
    Ok(kept(db, Fact::LastSlot)?.map_or(0, u16::from_be_bytes))
}

/// One of several by chance; 2⁶⁴ is so much larger than any list here that the remainder's bias is nothing.
fn pick<T: Copy>(among: &[T], random: &dyn Random) -> Option<T> {
    let count = u64::try_from(among.len()).ok().filter(|count| *count > 0)?;
    let at = u64::from_be_bytes(draw(random)) % count;
    usize::try_from(at)
        .ok()
        .and_then(|at| among.get(at))
        .copied()
}

fn kept<const N: usize>(
    db: &(impl Reads + ?Sized),
    fact: Fact,
) -> Result<Option<[u8; N]>, StoreError> {
    let bytes = db.fact(fact)?.map(TryInto::try_into).transpose();
    bytes.map_err(|_| StoreError::Malformed(fact.name()))
}

fn must<const N: usize>(db: &(impl Reads + ?Sized), fact: Fact) -> Result<[u8; N], StoreError> {
    kept(db, fact)?.ok_or(StoreError::Malformed(fact.name()))
}
