//! One open file of one process, with the locks it holds.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::disk::{Disk, Node, Process, Refusal, Space, locked};
use super::node::Level;
use super::shm::{Held, LOCKS, Missing, Shm};

/// A file as one connection has it open. Dead once its process ended: it then does nothing but close.
pub(super) struct Handle {
    disk: Arc<Disk>,
    node: Arc<Node>,
    process: Process,
    level: Level,
    shm: Option<(Arc<Shm>, Held)>,
}

impl Handle {
    pub(super) fn open(disk: &Arc<Disk>, name: &str, create: bool) -> Result<Self, Refusal> {
        let node = match disk.node(name) {
            Some(node) => node,
            None if create => disk.make(name)?,
            None => return Err(Refusal::Io),
        };
        disk.handles.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            process: disk.process(),
            disk: disk.clone(),
            node,
            level: Level::None,
            shm: None,
        })
    }

    /// Copies what there is from `at` on and answers how many bytes that were.
    pub(super) fn read(&self, at: usize, into: &mut [u8]) -> Result<usize, Refusal> {
        self.alive()?;
        let content = locked(&self.node.content);
        let there = content.live().get(at..).unwrap_or_default();
        let found = there.len().min(into.len());
        into[..found].copy_from_slice(&there[..found]);
        Ok(found)
    }

    pub(super) fn len(&self) -> Result<usize, Refusal> {
        self.alive()?;
        Ok(locked(&self.node.content).live().len())
    }

    pub(super) fn write(&self, at: usize, bytes: &[u8]) -> Result<(), Refusal> {
        let space = if at + bytes.len() > self.len()? {
            Space::Grows
        } else {
            Space::Stays
        };
        self.disk
            .change(&self.process, &self.node, space, |content| {
                content.write(at, bytes);
            })
    }

    pub(super) fn truncate(&self, bytes: usize) -> Result<(), Refusal> {
        self.disk
            .change(&self.process, &self.node, Space::Stays, |content| {
                content.truncate(bytes);
            })
    }

    pub(super) fn sync(&self) -> Result<(), Refusal> {
        self.disk.sync(&self.process, &self.node)
    }

    /// Whether the handle now has the level `wanted`.
    pub(super) fn raise(&mut self, wanted: Level) -> Result<bool, Refusal> {
        self.alive()?;
        self.level = locked(&self.node.locks).raise(self.level, wanted);
        Ok(self.level >= wanted)
    }

    pub(super) fn lower(&mut self, wanted: Level) {
        if self.process.alive() && wanted < self.level {
            locked(&self.node.locks).lower(self.level, wanted);
        }
        self.level = self.level.min(wanted);
    }

    pub(super) fn reserved(&self) -> bool {
        locked(&self.node.locks).reserved()
    }

    pub(super) fn shm_region(
        &mut self,
        index: usize,
        bytes: usize,
        missing: Missing,
    ) -> Result<Option<NonNull<u8>>, Refusal> {
        self.alive()?;
        let node = &self.node;
        let (shm, _) = self
            .shm
            .get_or_insert_with(|| (node.shm(), Held::default()));
        Ok(shm.region(index, bytes, missing))
    }

    pub(super) fn shm_lock_shared(&mut self, slots: Range<usize>) -> Result<bool, Refusal> {
        self.alive()?;
        let (shm, held) = self.shm.as_mut().ok_or(Refusal::Io)?;
        Ok(shm.lock_shared(held, slots))
    }

    pub(super) fn shm_lock_exclusive(&mut self, slots: Range<usize>) -> Result<bool, Refusal> {
        self.alive()?;
        let (shm, held) = self.shm.as_mut().ok_or(Refusal::Io)?;
        Ok(shm.lock_exclusive(held, slots))
    }

    pub(super) fn shm_unlock(&mut self, slots: Range<usize>) {
        if let Some((shm, held)) = self.shm.as_mut() {
            shm.unlock(held, slots);
        }
    }

    pub(super) fn shm_leave(&mut self) {
        self.shm_unlock(0..LOCKS);
        self.shm = None;
    }

    fn alive(&self) -> Result<(), Refusal> {
        if self.process.alive() {
            Ok(())
        } else {
            Err(Refusal::Dead)
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shm_leave();
        self.lower(Level::None);
        self.disk.handles.fetch_sub(1, Ordering::Relaxed);
    }
}
