//! The disk of one machine: its files by name, its faults, and the process whose open files a power cut kills.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use kartka_core::store::Files;

use super::chance::Chance;
use super::node::{Content, Locks};
use super::shm::Shm;
use super::{Fault, Image, Loss};

/// Where all machines' files lie; the next part of a path is the machine's number.
pub(super) const ROOT: &str = "/kartka-memory";

/// All disks by machine number, for as long as a machine or an open file holds them.
static DISKS: Mutex<BTreeMap<u64, Weak<Disk>>> = Mutex::new(BTreeMap::new());

/// The disk of one machine.
pub(super) struct Disk {
    number: u64,
    state: Mutex<State>,
    /// Open files, dead ones too, until they are closed.
    pub(super) handles: AtomicUsize,
}

struct State {
    nodes: BTreeMap<String, Arc<Node>>,
    process: Process,
    fault: Option<Fault>,
    /// A fault that begins when this many more changes have been made.
    coming: Option<(u64, Fault)>,
    changes: u64,
    syncs: BTreeMap<String, u64>,
    chance: Chance,
}

/// A file; open handles keep it when its name is gone.
#[derive(Default)]
pub(super) struct Node {
    name: String,
    pub(super) content: Mutex<Content>,
    pub(super) locks: Mutex<Locks>,
    shm: Mutex<Weak<Shm>>,
}

impl Node {
    fn new(name: &str, content: Content) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            content: Mutex::new(content),
            ..Self::default()
        })
    }

    /// The shared memory of all connections that live now.
    pub(super) fn shm(&self) -> Arc<Shm> {
        let mut known = locked(&self.shm);
        known.upgrade().unwrap_or_else(|| {
            let fresh = Arc::new(Shm::default());
            *known = Arc::downgrade(&fresh);
            fresh
        })
    }

    /// No process has the file open any more.
    fn forget_processes(&self) {
        *locked(&self.locks) = Locks::default();
        *locked(&self.shm) = Weak::new();
    }
}

/// The life of all programs on the machine between two power cuts or kills.
#[derive(Clone)]
pub(super) struct Process(Arc<AtomicBool>);

impl Process {
    fn start() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    pub(super) fn alive(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn end(&self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Why the disk did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The process that asks no longer exists.
    Dead,
    Full,
    ReadOnly,
    Io,
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::Full => io::ErrorKind::StorageFull,
            Refusal::ReadOnly => io::ErrorKind::ReadOnlyFilesystem,
            Refusal::Dead | Refusal::Io => io::ErrorKind::Other,
        };
        Self::from(kind)
    }
}

/// What a change does to the space that is left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Grows,
    Stays,
}

impl Disk {
    pub(super) fn new(number: u64, seed: u64) -> Arc<Self> {
        let disk = Arc::new(Self {
            number,
            state: Mutex::new(State {
                nodes: BTreeMap::new(),
                process: Process::start(),
                fault: None,
                coming: None,
                changes: 0,
                syncs: BTreeMap::new(),
                chance: Chance::new(seed),
            }),
            handles: AtomicUsize::new(0),
        });
        locked(&DISKS).insert(number, Arc::downgrade(&disk));
        disk
    }

    /// The disk and the file name that a path means.
    pub(super) fn find(path: &str) -> Option<(Arc<Self>, &str)> {
        let (number, name) = path
            .strip_prefix(ROOT)?
            .strip_prefix('/')?
            .split_once('/')?;
        let disk = locked(&DISKS).get(&number.parse().ok()?)?.upgrade()?;
        Some((disk, name))
    }

    pub(super) fn process(&self) -> Process {
        self.state().process.clone()
    }

    pub(super) fn node(&self, name: &str) -> Option<Arc<Node>> {
        self.state().nodes.get(name).cloned()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.state().nodes.keys().cloned().collect()
    }

    pub(super) fn read_only(&self) -> bool {
        self.state().fault == Some(Fault::ReadOnly)
    }

    /// The file of this name, made if it is missing.
    pub(super) fn make(&self, name: &str) -> Result<Arc<Node>, Refusal> {
        if let Some(node) = self.node(name) {
            return Ok(node);
        }
        let mut state = self.state();
        state.change(Space::Stays)?;
        let node = Node::new(name, Content::default());
        state.nodes.insert(name.to_owned(), node.clone());
        Ok(node)
    }

    pub(super) fn delete(&self, name: &str) -> Result<bool, Refusal> {
        let mut state = self.state();
        state.change(Space::Stays)?;
        Ok(state.nodes.remove(name).is_some())
    }

    /// Changes the content of an open file, if its process lives and the disk lets it.
    pub(super) fn change<T>(
        &self,
        process: &Process,
        node: &Node,
        space: Space,
        work: impl FnOnce(&mut Content) -> T,
    ) -> Result<T, Refusal> {
        let mut state = self.state();
        if !process.alive() {
            return Err(Refusal::Dead);
        }
        state.change(space)?;
        Ok(work(&mut locked(&node.content)))
    }

    /// Makes an open file durable, and counts it.
    pub(super) fn sync(&self, process: &Process, node: &Node) -> Result<(), Refusal> {
        self.change(process, node, Space::Stays, Content::sync)?;
        *self.state().syncs.entry(node.name.clone()).or_default() += 1;
        Ok(())
    }

    pub(super) fn syncs(&self) -> BTreeMap<String, u64> {
        self.state().syncs.clone()
    }

    pub(super) fn changes(&self) -> u64 {
        self.state().changes
    }

    pub(super) fn stop(&self, loss: Loss) {
        self.state().stop(loss);
    }

    pub(super) fn set_fault(&self, fault: Option<Fault>) {
        let mut state = self.state();
        state.coming = None;
        state.fault = None;
        match fault {
            Some(Fault::PowerCut(loss)) => state.stop(loss),
            other => state.fault = other,
        }
    }

    pub(super) fn set_fault_after(&self, changes: u64, fault: Fault) {
        self.state().coming = Some((changes, fault));
    }

    pub(super) fn image(&self) -> Image {
        let state = self.state();
        let on_disk = |node: &Arc<Node>| locked(&node.content).on_disk();
        Image(
            state
                .nodes
                .iter()
                .map(|(name, node)| (name.clone(), on_disk(node)))
                .collect(),
        )
    }

    pub(super) fn restore(&self, image: &Image) {
        let mut state = self.state();
        state.stop(Loss::Nothing);
        state.nodes = image
            .0
            .iter()
            .map(|(name, bytes)| {
                (
                    name.clone(),
                    Node::new(name, Content::durable(bytes.clone())),
                )
            })
            .collect();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// The name of one of this machine's files.
    fn own<'p>(&self, path: &'p Path) -> io::Result<&'p str> {
        let path = path.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
        match Self::find(path) {
            Some((disk, name)) if disk.number == self.number => Ok(name),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        locked(&DISKS).remove(&self.number);
    }
}

impl State {
    /// Counts a change and lets it happen or not.
    fn change(&mut self, space: Space) -> Result<(), Refusal> {
        self.changes += 1;
        if let Some((left, fault)) = self.coming {
            if left > 0 {
                self.coming = Some((left - 1, fault));
            } else {
                self.coming = None;
                if let Fault::PowerCut(loss) = fault {
                    self.stop(loss);
                    return Err(Refusal::Dead);
                }
                self.fault = Some(fault);
            }
        }
        match self.fault {
            Some(Fault::Full) if space == Space::Grows => Err(Refusal::Full),
            Some(Fault::ReadOnly) => Err(Refusal::ReadOnly),
            Some(Fault::Io) => Err(Refusal::Io),
            _ => Ok(()),
        }
    }

    fn stop(&mut self, loss: Loss) {
        self.process.end();
        self.process = Process::start();
        for node in self.nodes.values() {
            node.forget_processes();
            let mut content = locked(&node.content);
            match loss {
                Loss::Nothing => {}
                Loss::Unsynced => content.lose(),
                Loss::Torn => content.tear(&mut self.chance),
            }
        }
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let node = self.node(self.own(path)?);
        Ok(node.map(|node| locked(&node.content).live().to_vec()))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let name = self.own(path)?;
        let mut state = self.state();
        state.change(Space::Grows)?;
        let node = Node::new(name, Content::durable(bytes.to_vec()));
        state.nodes.insert(name.to_owned(), node);
        Ok(())
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        let node = self.node(self.own(path)?);
        Ok(node.map(|node| locked(&node.content).live().len() as u64))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.own(from)?, self.own(to)?);
        let mut state = self.state();
        state.change(Space::Stays)?;
        let node = state.nodes.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.nodes.insert(to.to_owned(), node);
        Ok(())
    }

    fn names(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(Disk::names(self))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let name = self.own(path)?;
        let mut state = self.state();
        state.change(Space::Stays)?;
        state.nodes.remove(name);
        Ok(())
    }
}

/// A panic of one test's thread must not hide the disk from its clean-up.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
