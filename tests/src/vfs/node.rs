//! One file: what a process sees of it, what a power cut would leave of it, and who holds which lock.

use super::chance::Chance;

/// A disk writes this many bytes at a time; a power cut may leave any of them out.
const SECTOR: usize = 512;

/// The content of a file and what has changed in it since its last sync.
#[derive(Default)]
pub(super) struct Content {
    live: Vec<u8>,
    unsynced: Vec<Change>,
}

/// A change with what it takes to undo it and to do it again.
enum Change {
    Write {
        at: usize,
        new: Vec<u8>,
        old: Vec<u8>,
        old_len: usize,
    },
    Truncate {
        len: usize,
        tail: Vec<u8>,
    },
}

impl Content {
    /// A file whose content is on the disk already.
    pub(super) fn durable(bytes: Vec<u8>) -> Self {
        Self {
            live: bytes,
            unsynced: Vec::new(),
        }
    }

    pub(super) fn live(&self) -> &[u8] {
        &self.live
    }

    pub(super) fn write(&mut self, at: usize, new: &[u8]) {
        let old_len = self.live.len();
        let end = at + new.len();
        let old = self.live[at.min(old_len)..end.min(old_len)].to_vec();
        put(&mut self.live, at, new);
        self.unsynced.push(Change::Write {
            at,
            new: new.to_vec(),
            old,
            old_len,
        });
    }

    pub(super) fn truncate(&mut self, len: usize) {
        if len < self.live.len() {
            let tail = self.live.split_off(len);
            self.unsynced.push(Change::Truncate { len, tail });
        }
    }

    pub(super) fn sync(&mut self) {
        self.unsynced.clear();
    }

    /// What is on the disk for certain.
    pub(super) fn on_disk(&self) -> Vec<u8> {
        let mut bytes = self.live.clone();
        for change in self.unsynced.iter().rev() {
            change.undo(&mut bytes);
        }
        bytes
    }

    /// Everything that was not synced is gone.
    pub(super) fn lose(&mut self) {
        self.live = self.on_disk();
        self.unsynced.clear();
    }

    /// Of what was not synced, some sectors reached the disk and some did not.
    pub(super) fn tear(&mut self, chance: &mut Chance) {
        let mut bytes = self.on_disk();
        for change in self.unsynced.drain(..) {
            change.redo_partly(&mut bytes, chance);
        }
        self.live = bytes;
    }
}

impl Change {
    fn undo(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write {
                at, old, old_len, ..
            } => {
                bytes.truncate(*old_len);
                if !old.is_empty() {
                    put(bytes, *at, old);
                }
            }
            Self::Truncate { len, tail } => {
                bytes.truncate(*len);
                bytes.extend_from_slice(tail);
            }
        }
    }

    fn redo_partly(self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        match self {
            Self::Write { at, new, .. } => {
                for (number, sector) in new.chunks(SECTOR).enumerate() {
                    if chance.coin() {
                        put(bytes, at + number * SECTOR, sector);
                    }
                }
            }
            Self::Truncate { len, .. } => {
                if chance.coin() {
                    bytes.truncate(len);
                }
            }
        }
    }
}

/// Writes over `bytes`, which grows with zeroes as a file does.
fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    let end = at + new.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(new);
}

/// SQLite's five lock levels of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    #[default]
    None,
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

/// Who, of all open handles, holds which lock.
#[derive(Default)]
pub(super) struct Locks {
    shared: usize,
    /// A handle is above [`Level::Shared`]: at most one is.
    writer: Level,
}

impl Locks {
    /// Raises a handle from `held` to `wanted` and answers the level it has now, which may lie between them.
    pub(super) fn raise(&mut self, held: Level, wanted: Level) -> Level {
        if wanted <= held {
            return held;
        }
        if held == Level::None {
            if self.writer >= Level::Pending {
                return held;
            }
            self.shared += 1;
            return self.raise(Level::Shared, wanted);
        }
        if held == Level::Shared && self.writer > Level::Shared {
            return held;
        }
        let reached = match wanted {
            Level::Reserved => Level::Reserved,
            _ if self.shared > 1 => Level::Pending,
            _ => Level::Exclusive,
        };
        self.writer = reached;
        reached
    }

    /// Lowers a handle from `held` to `wanted`.
    pub(super) fn lower(&mut self, held: Level, wanted: Level) {
        if held > Level::Shared && wanted <= Level::Shared {
            self.writer = Level::None;
        }
        if held >= Level::Shared && wanted == Level::None {
            self.shared -= 1;
        }
    }

    /// Whether some handle means to write.
    pub(super) fn reserved(&self) -> bool {
        self.writer >= Level::Reserved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed() -> Content {
        let mut content = Content::durable(b"one two three".to_vec());
        content.write(4, b"TWO");
        content.write(13, b" four");
        content.truncate(7);
        content.write(9, b"!");
        content
    }

    #[test]
    fn a_power_cut_takes_what_was_not_synced() {
        let mut content = changed();
        assert_eq!(content.live(), b"one TWO\0\0!");
        assert_eq!(content.on_disk(), b"one two three");
        content.lose();
        assert_eq!(content.live(), b"one two three");

        let mut content = changed();
        content.sync();
        content.lose();
        assert_eq!(content.live(), b"one TWO\0\0!");
    }

    #[test]
    fn a_torn_write_leaves_whole_sectors() {
        let outcomes = (0..64).map(|seed| {
            let mut content = Content::durable(vec![0; 1024]);
            content.write(0, &[1; 1024]);
            content.tear(&mut Chance::new(seed));
            assert!(
                content.live()[..512]
                    .iter()
                    .all(|byte| *byte == content.live()[0])
            );
            (content.live()[0], content.live()[1023])
        });
        let seen: std::collections::BTreeSet<_> = outcomes.collect();
        assert_eq!(seen.len(), 4, "each sector is lost or kept on its own");
    }

    #[test]
    fn locks_keep_a_writer_and_others_apart() {
        let mut locks = Locks::default();
        let reader = locks.raise(Level::None, Level::Shared);
        let writer = locks.raise(Level::None, Level::Reserved);
        assert_eq!((reader, writer), (Level::Shared, Level::Reserved));
        assert_eq!(locks.raise(reader, Level::Reserved), Level::Shared);

        let writer = locks.raise(writer, Level::Exclusive);
        assert_eq!(writer, Level::Pending, "the reader is still there");
        assert_eq!(locks.raise(Level::None, Level::Shared), Level::None);
        locks.lower(reader, Level::None);
        let writer = locks.raise(writer, Level::Exclusive);
        assert_eq!(writer, Level::Exclusive);
        assert!(locks.reserved());

        locks.lower(writer, Level::None);
        assert!(!locks.reserved());
        assert_eq!(locks.raise(Level::None, Level::Exclusive), Level::Exclusive);
    }
}
