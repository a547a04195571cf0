//! The memory that all connections to one write-ahead log share, and its eight locks.

#![allow(
    unsafe_code,
    reason = "SQLite reads and writes this memory through raw pointers"
)]

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

/// Locks of one shared memory: SQLite's `SQLITE_SHM_NLOCK`.
pub(super) const LOCKS: usize = 8;

/// The shared memory of one database file. Empty when the last connection has gone, as after a start of a phone.
#[derive(Default)]
pub(super) struct Shm(Mutex<State>);

#[derive(Default)]
struct State {
    regions: Vec<Region>,
    slots: [Slot; LOCKS],
}

#[derive(Clone, Copy, Default)]
struct Slot {
    shared: usize,
    exclusive: bool,
}

/// The locks that one connection holds, one bit per slot.
#[derive(Default)]
pub(super) struct Held {
    shared: u8,
    exclusive: u8,
}

/// Whether a region that is not there yet shall be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Leave,
}

impl Shm {
    /// The address of a region of `bytes` bytes; it stays valid as long as this value lives.
    pub(super) fn region(
        &self,
        index: usize,
        bytes: usize,
        missing: Missing,
    ) -> Option<NonNull<u8>> {
        let mut state = self.state();
        while state.regions.len() <= index && missing == Missing::Make {
            state.regions.push(Region::zeroed(bytes));
        }
        state.regions.get(index).map(|region| region.start)
    }

    /// Takes the slots for readers; false if a writer has one.
    pub(super) fn lock_shared(&self, held: &mut Held, slots: Range<usize>) -> bool {
        let mut state = self.state();
        if slots.clone().any(|slot| state.slots[slot].exclusive) {
            return false;
        }
        for slot in slots {
            if held.shared & bit(slot) == 0 {
                state.slots[slot].shared += 1;
                held.shared |= bit(slot);
            }
        }
        true
    }

    /// Takes the slots for a writer; false if anybody has one.
    pub(super) fn lock_exclusive(&self, held: &mut Held, slots: Range<usize>) -> bool {
        let mut state = self.state();
        let taken = |slot: Slot| slot.exclusive || slot.shared > 0;
        if slots.clone().any(|slot| taken(state.slots[slot])) {
            return false;
        }
        for slot in slots {
            state.slots[slot].exclusive = true;
            held.exclusive |= bit(slot);
        }
        true
    }

    /// Gives back what is held of the slots.
    pub(super) fn unlock(&self, held: &mut Held, slots: Range<usize>) {
        let mut state = self.state();
        for slot in slots {
            if held.shared & bit(slot) != 0 {
                state.slots[slot].shared -= 1;
            }
            if held.exclusive & bit(slot) != 0 {
                state.slots[slot].exclusive = false;
            }
            held.shared &= !bit(slot);
            held.exclusive &= !bit(slot);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bit(slot: usize) -> u8 {
    1 << slot
}

/// A piece of memory at a fixed address.
struct Region {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: a region is only an address here; SQLite orders the accesses to its bytes by the locks above and by its
// memory barriers, between threads as between processes.
unsafe impl Send for Region {}

impl Region {
    fn zeroed(bytes: usize) -> Self {
        let layout = Layout::from_size_align(bytes.max(1), 4096).expect("SQLite asks for 32 KiB");
        // SAFETY: the layout has a size above zero.
        let start = unsafe { alloc_zeroed(layout) };
        match NonNull::new(start) {
            Some(start) => Self { start, layout },
            None => handle_alloc_error(layout),
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: `start` came from the allocator with this layout; connections hold an `Arc` of the `Shm` for as
        // long as they may use the address.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_share_a_slot_and_a_writer_has_it_alone() {
        let shm = Shm::default();
        let (mut one, mut two) = (Held::default(), Held::default());
        assert!(shm.lock_shared(&mut one, 3..4) && shm.lock_shared(&mut two, 3..4));
        assert!(!shm.lock_exclusive(&mut one, 2..5));
        shm.unlock(&mut one, 0..LOCKS);
        shm.unlock(&mut two, 3..4);
        assert!(shm.lock_exclusive(&mut one, 2..5));
        assert!(!shm.lock_shared(&mut two, 4..5));
        assert!(shm.lock_shared(&mut two, 5..6));
        shm.unlock(&mut one, 0..LOCKS);
        assert!(shm.lock_shared(&mut two, 4..5));
    }
}
