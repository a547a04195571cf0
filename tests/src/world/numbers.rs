//! What numbers mean when phones were copied or put back: one number may have named two things, and one thing may
//! have had several numbers. The request of a tap stays what it was, so claims are known by their places.

use std::collections::{BTreeMap, BTreeSet};

/// A change of a phone's numbers, as it says itself: `old/fork…last` became `new/1…`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    pub(crate) old: i64,
    pub(crate) fork: i64,
    pub(crate) last: i64,
    pub(crate) new: i64,
}

impl Moved {
    fn id(&self, id: i64) -> Option<i64> {
        let (device, n) = (id >> 40, id & ((1 << 40) - 1));
        let moves = device == self.old && (self.fork..=self.last).contains(&n);
        moves.then_some((self.new << 40) | (n - self.fork + 1))
    }
}

/// How the server keeps an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// With what it does.
    Counted,
    /// As another name of one that had come before.
    Alias,
}

/// A claim on a phone.
#[derive(Clone, Copy, Debug)]
struct Held {
    place: usize,
    /// The number of what came to be by it.
    id: Option<i64>,
    /// The number the server had it under already, once this phone knows.
    first: Option<i64>,
}

/// The claims that a phone holds, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    held: Vec<Held>,
    /// The same before each change of its number.
    before: Vec<Vec<Held>>,
}

impl Line {
    pub(crate) fn places(&self) -> Vec<usize> {
        self.held.iter().map(|held| held.place).collect()
    }

    pub(crate) fn last(&self) -> Option<usize> {
        self.held.last().map(|held| held.place)
    }

    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// How often the phone changed its number.
    pub(crate) fn moves(&self) -> usize {
        self.before.len()
    }

    pub(crate) fn id_of(&self, place: usize) -> Option<i64> {
        let held = self.held.iter().rev().find(|held| held.place == place)?;
        held.first.or(held.id)
    }

    /// Whether the rows of a claim are not this phone's to make: the server had it from a copy first, or it was made under
    /// another number than `now`.
    pub(crate) fn is_of_others(&self, place: usize, now: i64) -> bool {
        let mut of = self.held.iter().filter(|held| held.place == place);
        of.any(|held| {
            let id = held.first.or(held.id);
            id.is_some_and(|id| id >> 40 != now)
        })
    }

    fn place_of(&self, id: i64) -> Option<usize> {
        let is = |held: &&Held| held.id == Some(id) || held.first == Some(id);
        self.held.iter().rev().find(is).map(|held| held.place)
    }

    /// As it was when the phone had changed its number only so many times.
    pub(crate) fn back_to(&self, moves: usize) -> Self {
        let mut line = self.clone();
        if let Some(held) = line.before.get(moves) {
            line.held = held.clone();
            line.before.truncate(moves);
        }
        line
    }

    /// Up to the last claim that is known.
    pub(crate) fn up_to(mut self, knows: impl Fn(usize, i64) -> bool) -> Self {
        let known = |held: &Held| knows(held.place, held.first.or(held.id).unwrap_or(0));
        let kept = self.held.iter().rposition(known);
        self.held.truncate(kept.map_or(0, |at| at + 1));
        self
    }
}

/// Who knows what under which number.
#[derive(Default)]
pub(super) struct Numbers {
    lines: BTreeMap<usize, Line>,
    /// Everything that ever had a number.
    ever: BTreeMap<i64, BTreeSet<usize>>,
    /// What each number means at the server.
    kept: BTreeMap<i64, usize>,
    /// The number under which the server has had something first.
    first: BTreeMap<usize, i64>,
    /// What numbers meant at servers that were lost: phones may still show it.
    lost: BTreeMap<i64, usize>,
    /// The device numbers that the server knows.
    known: BTreeSet<i64>,
    /// Where those came from that are no phone's first at this server, by their new numbers, and since when.
    branches: BTreeMap<i64, (i64, Moved)>,
    none: Line,
}

impl Numbers {
    pub(super) fn line(&self, phone: usize) -> &Line {
        self.lines.get(&phone).unwrap_or(&self.none)
    }

    pub(super) fn first(&self, place: usize) -> Option<i64> {
        self.first.get(&place).copied()
    }

    /// What a number means on a phone: what the phone shows there, or else something of its own, or what the server has
    /// under it.
    pub(super) fn place_of(
        &self,
        phone: usize,
        id: i64,
        is_shown: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut ever = self.ever.get(&id)?.iter().filter(|place| is_shown(**place));
        if let (Some(only), None) = (ever.next(), ever.next()) {
            return Some(*only);
        }
        let own = self.line(phone).place_of(id);
        let kept = self.kept.get(&id).or_else(|| self.lost.get(&id));
        own.or_else(|| kept.copied())
    }

    /// What the server has under a number, or would have.
    pub(super) fn at_server(&self, id: i64) -> Option<usize> {
        let only = || self.ever.get(&id).filter(|ever| ever.len() == 1)?.first();
        self.kept.get(&id).or_else(only).copied()
    }

    pub(super) fn confirm(&mut self, phone: usize, place: usize, id: Option<i64>) {
        let first = None;
        let line = self.lines.entry(phone).or_default();
        line.held.push(Held { place, id, first });
        if let Some(id) = id {
            self.ever.entry(id).or_default().insert(place);
        }
    }

    /// A phone holds other claims from now on; says how many are gone from it.
    pub(super) fn replace(&mut self, phone: usize, line: Line) -> usize {
        let held: BTreeSet<usize> = line.places().into_iter().collect();
        let before = self.lines.insert(phone, line).unwrap_or_default();
        let gone = before.held.iter().filter(|h| !held.contains(&h.place));
        gone.count()
    }

    pub(super) fn renumber(&mut self, phone: usize, moved: &Moved) {
        let line = self.lines.entry(phone).or_default();
        line.before.push(line.held.clone());
        for held in &mut line.held {
            if let Some(id) = held.id.and_then(|id| moved.id(id)) {
                held.id = Some(id);
                held.first = None;
                self.ever.entry(id).or_default().insert(held.place);
            }
        }
    }

    pub(super) fn settle(&mut self, phone: usize, id: i64, first: Option<i64>) {
        let line = self.lines.entry(phone).or_default();
        let is = |held: &&mut Held| held.id == Some(id);
        if let Some(held) = line.held.iter_mut().find(is) {
            held.first = first;
        }
    }

    /// The server was lost with its order.
    pub(super) fn forget_order(&mut self) {
        self.lost.append(&mut self.kept);
        self.first.clear();
        self.branches.clear();
    }

    pub(super) fn learn_devices(&mut self, seq: i64, known: BTreeSet<i64>, branches: Vec<Moved>) {
        self.known = known;
        for moved in branches {
            self.branches.entry(moved.new).or_insert((seq, moved));
        }
    }

    /// Whether a server was lost with what it had ordered.
    pub(super) fn has_lost(&self) -> bool {
        !self.lost.is_empty()
    }

    /// Whether the server knows that one number came of another one. A number between them that went with a lost server
    /// tells it nothing.
    pub(super) fn is_of_line(&self, from: i64, to: i64) -> bool {
        let mut at = to;
        while at != from && self.has_lost() {
            match self.branches.get(&at) {
                Some((_, moved)) => at = moved.old,
                None => return false,
            }
        }
        true
    }

    /// What the server took a number for at `seq` that has no mark: what it had under it `by_then`. One of a device that
    /// only another server knew is led to where that device's copies went, if they all brought the same.
    pub(super) fn meant(&self, id: i64, seq: i64, by_then: impl Fn(usize) -> bool) -> i64 {
        let there = |id: i64| {
            let place = self.kept.get(&id).filter(|place| by_then(**place));
            place.and_then(|place| self.first(*place)).unwrap_or(id)
        };
        if self.known.contains(&(id >> 40)) {
            return there(id);
        }
        let branches = self.branches.values().filter(|(since, _)| *since <= seq);
        let moved = branches.filter_map(|(_, moved)| moved.id(id)).map(there);
        let moved: BTreeSet<i64> = moved.collect();
        match moved.first() {
            Some(only) if moved.len() == 1 => *only,
            _ => id,
        }
    }

    pub(super) fn learn(&mut self, place: usize, id: i64, kept: Kept) {
        self.kept.insert(id, place);
        if kept == Kept::Counted {
            self.first.entry(place).or_insert(id);
        }
    }
}
