//! Ops that come again under other numbers, and references to numbers that moved (sync §2, §12).
//!
//! A birth mark counts once within a line of incarnations: a second op with it has no effect and stands for the first.
//! What refers to a number that was another op's, or to an op without effect, is led to the op that is meant.

use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::authority::Book as _;
use kartka_domain::ids::{BirthMark, CustomerId, DeviceNo, Id, OpId};
use kartka_domain::incarnation::{Former, map_ids};
use kartka_domain::op::Op;
use kartka_domain::planted;
use kartka_protocol::chain::ChainValue;

use super::turn::Turn;
use crate::store::{Reads, StoreError, StoredOp};

/// Where the device numbers of a business come from.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The number before, and the first one of the line.
    descents: BTreeMap<DeviceNo, (Former, DeviceNo)>,
    /// The numbers that came of each number.
    branches: BTreeMap<DeviceNo, Vec<DeviceNo>>,
}

impl Lines {
    /// As they lie in the store.
    pub(super) fn read(db: &dyn Reads) -> Result<Self, StoreError> {
        let mut lines = Self::default();
        for descent in db.descents()? {
            let of = lines.branches.entry(descent.former.device).or_default();
            of.push(descent.no);
            let from = (descent.former, descent.root);
            lines.descents.insert(descent.no, from);
        }
        Ok(lines)
    }

    fn root(&self, no: DeviceNo) -> DeviceNo {
        self.descents.get(&no).map_or(no, |(_, root)| *root)
    }

    /// Whether a number has ever been part of a fork.
    fn knows(&self, no: DeviceNo) -> bool {
        self.descents.contains_key(&no) || self.branches.contains_key(&no)
    }

    /// Every number that what is `id` may have had before a fork or got after one, itself included. A counter that two
    /// branches have used stands for both: for an erasure that is the safe side. So does one that a copy used after it had
    /// asked for its number and before it heard of it, which no authority was told of.
    pub(super) fn everywhere(&self, id: Id) -> BTreeSet<Id> {
        let mut found = BTreeSet::from([id]);
        let mut ahead = vec![id];
        while let Some(id) = ahead.pop() {
            let no = id.device();
            let came_from = |no: &DeviceNo| {
                let (former, _) = self.descents.get(no)?;
                let last = i64::MAX;
                Some((*no, Former { last, ..*former }))
            };
            let branches = self.branches.get(&no).into_iter().flatten();
            let later = branches.filter_map(came_from);
            let later = later.filter_map(|(no, former)| after(id, no, former));
            let earlier = came_from(&no).and_then(|(no, former)| before(id, no, former));
            for other in later.chain(earlier) {
                if found.insert(other) {
                    ahead.push(other);
                }
            }
        }
        found
    }

    /// What `id` became in each branch that it moved with.
    fn became(&self, id: Id) -> Vec<Id> {
        let branches = self.branches.get(&id.device()).into_iter().flatten();
        let moved = branches.filter_map(|no| after(id, *no, self.descents.get(no)?.0));
        moved.collect()
    }

    /// The number in the incarnation `to` of what was `id` in an earlier one of its line.
    fn moved(&self, id: Id, to: DeviceNo) -> Option<Id> {
        // The way back from `to` to the device of `id`, then the same way forth.
        let mut way = Vec::new();
        let mut at = to;
        while at != id.device() {
            let (former, _) = self.descents.get(&at)?;
            way.push((at, former.fork));
            at = former.device;
        }
        way.into_iter().rev().try_fold(id, |id, (no, fork)| {
            no.id(id.counter().checked_sub(fork)?.checked_add(1)?).ok()
        })
    }
}

/// What `id` became in the incarnation `no`, if it moved there.
pub(super) fn after(id: Id, no: DeviceNo, former: Former) -> Option<Id> {
    let moved = (former.fork..=former.last).contains(&id.counter());
    let counter = id.counter().checked_sub(former.fork)?.checked_add(1)?;
    (moved && id.device() == former.device)
        .then(|| no.id(counter).ok())
        .flatten()
}

/// What `id` of the incarnation `no` was before, if it was there then.
fn before(id: Id, no: DeviceNo, former: Former) -> Option<Id> {
    let counter = id.counter().checked_sub(1)?.checked_add(former.fork)?;
    (id.device() == no && counter <= former.last)
        .then(|| former.device.id(counter).ok())
        .flatten()
}

/// Whether this is, or may have been under another number, an erased person.
pub(super) fn was_erased(turn: &Turn<'_>, person: CustomerId) -> Result<bool, StoreError> {
    for id in turn.lines(|lines| lines.everywhere(person.0))? {
        if turn.is_erased(CustomerId(id))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whose names and numbers an op in the order holds: as it says, and as it means where that was led elsewhere.
pub(super) fn people_meant(turn: &Turn<'_>, op: &Op) -> Result<BTreeSet<CustomerId>, StoreError> {
    let mut people: BTreeSet<CustomerId> = op.people().collect();
    if let Some(followed) = followed(turn, op)? {
        people.extend(followed.people());
    }
    if turn.lines(|lines| lines.knows(op.id.0.device()))?
        && let Some(first) = turn.db.alias(op.id)?
    {
        // The first of it is all that the authority knows of whom it registers.
        let named = op.people().filter(|person| person.0 >= op.id.0);
        let step = |person: CustomerId| usize::try_from(person.get() - op.id.get()).ok();
        let firsts = named.filter_map(|person| first.0.entry(step(person)?).ok());
        people.extend(firsts.map(CustomerId));
    }
    Ok(people)
}

/// The op that had come before with the birth mark of this one; if there is none, this is the first from now on.
///
/// A mark counts only within the line of the device that brings it: nobody can take another device's op away. The number it
/// was born under need not be known here: it may have gone with a server that was lost, and so may the one after it. An op
/// under the number it was born with may come after a copy brought it under another one.
pub(super) fn first_with_mark(
    turn: &Turn<'_>,
    (id, chain): (OpId, &ChainValue),
    op: &Op,
) -> Result<Option<OpId>, StoreError> {
    if planted!(BranchCountsTwice) {
        return Ok(None);
    }
    let Some((origin, mark)) = op.born.filter(|(origin, _)| *origin != id.0) else {
        let no = id.0.device();
        let root = turn.lines(|lines| lines.knows(no).then(|| lines.root(no)))?;
        let first = root.map(|root| turn.db.reissued(root, chain.birth_mark()));
        return Ok(first.transpose()?.flatten());
    };
    let (root, of_line) = turn.lines(|lines| {
        let root = lines.root(id.0.device());
        (root, lines.root(origin.device()) == root)
    })?;
    if let Some(first) = turn.db.reissued(root, mark)? {
        return Ok(Some(first));
    }
    if of_line
        && let Some(first) = turn.db.op(OpId(origin))?
        && birth_mark(&first) == mark
    {
        return Ok(Some(first.id));
    }
    turn.db.put_reissued(root, mark, id)?;
    Ok(None)
}

/// The op with what it refers to led to the ops that are meant; nothing when it is right as it is.
pub(super) fn followed(turn: &Turn<'_>, op: &Op) -> Result<Option<Op>, StoreError> {
    let mut named = BTreeMap::new();
    for fact in &op.facts {
        map_ids(fact, &mut |id| {
            named.insert(id, id);
            id
        });
    }
    let mut changed = false;
    for (id, to) in &mut named {
        *to = meant(turn, op, *id)?;
        changed |= to != id;
    }
    if !changed {
        return Ok(None);
    }
    let follow = |id: Id| named.get(&id).copied().unwrap_or(id);
    let facts = op.facts.iter().map(|fact| map_ids(fact, &mut { follow }));
    Ok(Some(Op {
        facts: facts.collect(),
        ..op.clone()
    }))
}

/// The number of what an op means by `id`.
fn meant(turn: &Turn<'_>, op: &Op, id: Id) -> Result<Id, StoreError> {
    if !turn.lines(|lines| lines.knows(id.device()))? {
        return Ok(id);
    }
    let there = turn.db.op_with(id)?;
    let mark = op.marks.iter().find(|(of, _)| *of == id).map(|(_, m)| *m);
    let is_meant = |there: &StoredOp| mark.is_none_or(|mark| birth_mark(there) == mark);
    match (there.filter(is_meant), mark) {
        (Some(there), _) => through_alias(turn, &there, id),
        (None, Some(mark)) => by_mark(turn, id, mark),
        (None, None) => of_another_line(turn, id),
    }
}

/// A number that only an authority of another line knew, as its phone brought it here: whoever saw it there has no mark
/// of it. Copies of that phone may each have brought it, and of what they had in common one stands for the others.
fn of_another_line(turn: &Turn<'_>, id: Id) -> Result<Id, StoreError> {
    if turn.db.device(id.device())?.is_some() {
        return Ok(id);
    }
    let mut meant = BTreeSet::new();
    for moved in turn.lines(|lines| lines.became(id))? {
        meant.insert(match turn.db.op_with(moved)? {
            Some(there) => through_alias(turn, &there, moved)?,
            None => moved,
        });
    }
    let only = meant.pop_first().filter(|_| meant.is_empty());
    Ok(only.unwrap_or(id))
}

/// What an op without effect stands for.
fn through_alias(turn: &Turn<'_>, there: &StoredOp, id: Id) -> Result<Id, StoreError> {
    let Some(first) = turn.db.alias(there.id)? else {
        return Ok(id);
    };
    let step = usize::try_from(id.get() - there.id.get()).unwrap_or(0);
    within(turn, first, first.0.entry(step).ok(), id)
}

/// The re-issued op with a birth mark, at the place that `id` had in it.
fn by_mark(turn: &Turn<'_>, id: Id, mark: BirthMark) -> Result<Id, StoreError> {
    let root = turn.lines(|lines| lines.root(id.device()))?;
    let Some(first) = turn.db.reissued(root, mark)? else {
        return Ok(id);
    };
    let moved = turn.lines(|lines| lines.moved(id, first.0.device()))?;
    within(turn, first, moved, id)
}

/// `moved` if it is a number of the op `first`, else `id` as it was.
fn within(turn: &Turn<'_>, first: OpId, moved: Option<Id>, id: Id) -> Result<Id, StoreError> {
    let last = turn.db.op(first)?.map(|op| op.last);
    let fits = |moved: &Id| *moved >= first.0 && last.is_some_and(|last| *moved <= last);
    Ok(moved.filter(fits).unwrap_or(id))
}

/// The birth mark of an op: its own, or the one it kept.
fn birth_mark(op: &StoredOp) -> BirthMark {
    let read = kartka_protocol::op::decode(op.id, &op.facts, None);
    let kept = read.ok().and_then(|op| op.born).map(|(_, mark)| mark);
    kept.unwrap_or_else(|| ChainValue(op.chain).birth_mark())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whom_a_copy_registered_while_it_waited_for_its_number_is_found_by_it() {
        let no = |no: u32| DeviceNo::new(no).unwrap();
        // It asked when it had made nothing of its own: counters from 6 moved, and it went on up to 23.
        let former = Former {
            device: no(2),
            fork: 6,
            last: 5,
        };
        let lines = Lines {
            descents: BTreeMap::from([(no(8), (former, no(2)))]),
            branches: BTreeMap::from([(no(2), vec![no(8)])]),
        };
        let (before, since) = (no(2).id(8).unwrap(), no(8).id(3).unwrap());
        let both = BTreeSet::from([before, since]);
        assert_eq!(lines.everywhere(since), both);
        assert_eq!(lines.everywhere(before), both);
        let earlier = no(2).id(5).unwrap();
        assert_eq!(lines.everywhere(earlier), BTreeSet::from([earlier]));
    }
}
