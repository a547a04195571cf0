//! Claims in the authority's order, and what everything comes to.
//!
//! Plain integers and sets; shares no code with the domain, so that a fault there can't hide itself here.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::What;
use super::model::Model;
use super::receipt::{Open, Receipt};
use super::rules::Rules;
use super::staff::{self, Asked, Duty};

/// What a person comes to: everything of all their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) visits: i64,
    pub(crate) spent: i64,
    pub(crate) consents: bool,
}

/// What everybody comes to who was ever one person: who is parted again keeps what the other took of them meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Purse {
    pub(crate) points: i64,
    pub(crate) stamps: i64,
}

/// What everything comes to.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) receipts: BTreeMap<i64, Receipt>,
    /// By the smallest id of a person.
    pub(crate) people: BTreeMap<i64, Person>,
    /// The smallest id of the person that an id belongs to.
    pub(crate) first_of: BTreeMap<i64, i64>,
    /// The same of an id whose registration is gone with a phone's file and its server, where somebody is one person with it.
    pub(crate) gone: BTreeMap<i64, i64>,
    /// By the smallest id of everybody who was ever one person.
    pub(crate) purses: BTreeMap<i64, Purse>,
    /// The smallest id of everybody with whom an id was ever one person.
    pub(crate) purse_of: BTreeMap<i64, i64>,
    /// Whose a card is.
    pub(crate) cards: BTreeMap<u64, i64>,
    pub(crate) returns: u64,
    /// The name of each id that has one.
    pub(crate) names: BTreeMap<i64, Written>,
    /// The ids of people who were erased.
    pub(crate) erased: BTreeSet<i64>,
    /// The versions of the programme, by their numbers.
    pub(crate) rules: BTreeMap<u32, Rules>,
    /// The version that each receipt names.
    pub(crate) sold_by: BTreeMap<i64, u32>,
    /// By receipt and return: who did it, and whether they had been dismissed when a receipt got its place.
    pub(crate) done_by: BTreeMap<i64, (u32, bool)>,
    /// What the owner is asked of operators who had been dismissed.
    pub(crate) asked: Asked,
    /// Somebody who had seen a rule and did not keep to it.
    pub(crate) behind: Option<String>,
    /// Receipts with a return that meant another one, which is gone, and the purses of both: what its author took back with
    /// it was the other one's, and the authority kept what of that could be (decision 53).
    pub(crate) in_doubt: BTreeSet<i64>,
    /// Somebody whom a server erased by the list beside its keys, though nobody had asked for it.
    pub(crate) erased_unasked: Option<i64>,
}

/// A name, and what later ones are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) name: String,
    /// The claim that wrote it.
    by: usize,
    seq: i64,
    at_ms: i64,
    device: i64,
}

struct Replay<'a> {
    model: &'a Model,
    /// Where each claim was ordered.
    order: BTreeMap<usize, i64>,
    open: BTreeMap<i64, Open>,
    /// Everybody who is registered.
    known: BTreeSet<i64>,
    edges: Vec<Edge>,
    /// Whoever has a name or a telephone number.
    named: BTreeSet<i64>,
    /// Whom a server erased when it started, but for what it was put back without.
    listed: Vec<i64>,
    consents: Vec<Word>,
    /// Receipts with a return that meant another sale.
    mistaken: Vec<(i64, usize)>,
    /// Where each version of the programme was ordered.
    published: Vec<(i64, u32)>,
    /// What was said of each operator, and where it was ordered.
    staff: Vec<(i64, u32, Duty)>,
    expected: Expected,
}

/// What makes two ids one person.
struct Edge {
    /// The word that says so; a card otherwise.
    join: Option<i64>,
    one: i64,
    other: i64,
    off: bool,
}

struct Word {
    by: usize,
    device: i64,
    seq: i64,
    seen: i64,
    customer: i64,
    given: bool,
}

/// Where the authority put a claim, and when that was by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Which claim.
    pub(crate) claim: usize,
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
    /// The number of the device it came from.
    pub(crate) device: i64,
    /// The order up to where its author had seen it.
    pub(crate) seen: i64,
}

/// People whom a server erased by the list beside its keys when it started (decision 30).
pub(crate) struct Again {
    /// Where.
    pub(crate) seq: i64,
    pub(crate) people: Vec<i64>,
    /// It was put back from a backup, and the world knows whom the lost one had erased; otherwise its power had gone while it
    /// took an erasure.
    pub(crate) restored: bool,
}

/// Everything in the authority's order, ascending.
pub(crate) fn replay(
    model: &Model,
    ordered: impl Iterator<Item = Place>,
    again: &[Again],
) -> Expected {
    let ordered: Vec<Place> = ordered.collect();
    let mut replay = Replay {
        model,
        order: ordered
            .iter()
            .map(|place| (place.claim, place.seq))
            .collect(),
        open: BTreeMap::new(),
        known: BTreeSet::new(),
        edges: Vec::new(),
        named: BTreeSet::new(),
        listed: Vec::new(),
        consents: Vec::new(),
        mistaken: Vec::new(),
        published: Vec::new(),
        staff: vec![(0, staff::OWNER, Duty::Decides)],
        expected: Expected::default(),
    };
    let first = model.rules(1).map(|rules| (1, *rules));
    replay.expected.rules.extend(first);
    let mut again = again.iter().peekable();
    for place in ordered {
        while let Some(list) = again.next_if(|list| list.seq <= place.seq) {
            replay.erase_again(list);
        }
        replay.take(place);
    }
    again.for_each(|list| replay.erase_again(list));
    replay.finish()
}

impl Replay<'_> {
    fn take(&mut self, place: Place) {
        let what = self.model.as_ordered(place.claim, place.seq, &self.order);
        let decides = self.last_word(place, i64::MAX) == Some(Duty::Decides);
        let mut says = |customer: i64, given: bool| {
            self.consents.push(Word {
                by: place.claim,
                device: place.device,
                seq: place.seq,
                seen: place.seen,
                customer,
                given,
            });
        };
        match &what {
            What::Register {
                customer,
                named,
                phone,
                card,
                consent,
            } => {
                if *consent {
                    says(*customer, true);
                }
                self.known.insert(*customer);
                if let Some(name) = named {
                    self.name(*customer, name, place);
                }
                if *phone && !self.expected.erased.contains(customer) {
                    self.named.insert(*customer);
                }
                if let Some(card) = card {
                    self.bind(*card, *customer);
                }
            }
            // Three days after a restore nobody waits any longer for who was to tell of the customer (decision 13).
            What::Edit { customer, .. } if !self.known.contains(customer) => {}
            What::Edit { customer, name } => self.name(*customer, name, place),
            What::Consent {
                customer,
                given,
                others,
            } => {
                says(*customer, *given);
                others.iter().for_each(|other| says(*other, false));
            }
            What::Bind { customer, card } => self.bind(*card, *customer),
            What::Erase { customer } => self.erase(*customer),
            What::Join { .. } | What::Part { .. } if !decides => {
                self.is_asked(place, staff::INBOX);
            }
            What::Join { id, one, other } => {
                if self.known.contains(one) && self.known.contains(other) {
                    self.join(Some(*id), *one, *other);
                }
            }
            What::Part { join } => {
                let edges = self.edges.iter_mut();
                edges
                    .filter(|edge| edge.join == Some(*join))
                    .for_each(|edge| edge.off = true);
            }
            What::Other => {}
            What::Staff { operator, duty } => self.staff.push((place.seq, *operator, *duty)),
            What::Publish { version, rules } => {
                self.published.push((place.seq, *version));
                self.expected.rules.insert(*version, *rules);
            }
            What::Sale {
                id,
                customer,
                lines,
                earned,
                spent,
                stamps,
                reward,
                version,
            } => {
                let seen = self.published.iter().filter(|(seq, _)| *seq <= place.seen);
                let newest = seen.map(|(_, version)| *version).max();
                if let Some(newest) = newest.filter(|newest| newest > version) {
                    self.expected.behind = Some(format!(
                        "the sale {id} is by version {version}, and its phone had seen {newest}"
                    ));
                }
                self.expected.sold_by.insert(*id, *version);
                let redeems = *spent > 0 || *reward;
                let right = redeems.then_some(staff::REDEEM);
                self.is_done(place, (*id, true), right);
                // By rules that nobody told of in time nothing is earned (decision 13).
                let told = i64::from(self.expected.rules.contains_key(version));
                let open = Open {
                    stamps: told * stamps,
                    earned: told * earned,
                    version: *version,
                    reward: *reward,
                    customer: *customer,
                    returned: vec![0; lines.len()],
                    lines: lines.clone(),
                    voided: false,
                };
                self.open.insert(*id, open);
            }
            What::Return {
                id,
                purchase,
                void,
                lines,
                ..
            } => {
                self.expected.returns += 1;
                let right = if *void { staff::VOID } else { staff::RETURN };
                self.is_done(place, (*id, false), Some(right));
                let rules = &self.expected.rules;
                let told = |open: &&mut Open| rules.contains_key(&open.version);
                if let Some(open) = self.open.get_mut(purchase).filter(told) {
                    open.take_back(*void, lines);
                    let meant = self.model.meant_instead(place.claim, *purchase);
                    self.mistaken.extend(meant.map(|sale| (*purchase, sale)));
                }
            }
        }
    }

    /// What was said last, up to `seen`, of whoever made a claim.
    fn last_word(&self, place: Place, seen: i64) -> Option<Duty> {
        let who = self.model.claims[place.claim].operator;
        let words = self.staff.iter().rev();
        let mut of = words.filter(|(seq, operator, _)| *operator == who && *seq <= seen);
        of.next().map(|(.., duty)| *duty)
    }

    /// A receipt, which bears a flag, or a return of somebody: the owner is asked about `right` if they had been dismissed.
    fn is_done(&mut self, place: Place, (id, flags): (i64, bool), right: Option<i64>) {
        let who = self.model.claims[place.claim].operator;
        let gone = self.last_word(place, i64::MAX) == Some(Duty::Gone);
        self.expected.done_by.insert(id, (who, gone && flags));
        if let Some(right) = right {
            self.is_asked(place, right);
        }
        // What a lost server had said of them since is still known on its phones.
        let claim = &self.model.claims[place.claim];
        let lost = claim.epoch.is_some() || place.seen < claim.seen;
        if !lost && self.last_word(place, place.seen) == Some(Duty::Gone) {
            let what = format!("operator {who} did {id} on a phone that knew of their dismissal");
            self.expected.behind = Some(what);
        }
    }

    fn is_asked(&mut self, place: Place, right: i64) {
        let who = self.model.claims[place.claim].operator;
        if self.last_word(place, i64::MAX) == Some(Duty::Gone) {
            *self.expected.asked.entry((who, right)).or_default() += 1;
        }
    }

    /// Every id of the person at this moment, for ever.
    fn erase(&mut self, customer: i64) {
        for id in self.group(customer) {
            self.expected.names.remove(&id);
            self.expected.erased.insert(id);
        }
    }

    /// The list names whom it names: who is still one person with them here had been parted from them before.
    fn erase_again(&mut self, list: &Again) {
        for id in &list.people {
            self.expected.names.remove(id);
            self.expected.erased.insert(*id);
        }
        let erased = &self.expected.erased;
        let half = |edge: &&mut Edge| erased.contains(&edge.one) != erased.contains(&edge.other);
        self.edges
            .iter_mut()
            .filter(half)
            .for_each(|edge| edge.off = true);
        if !list.restored {
            self.listed.extend(&list.people);
        }
    }

    /// Whom a server erased when it started somebody had asked to erase, or somebody who had a card together with them or was
    /// said to be one person with them; what said so may be gone with the phone that was being answered.
    fn erased_unasked(&self) -> Option<i64> {
        let mut first_with: BTreeMap<u64, i64> = BTreeMap::new();
        let (mut with, mut pairs) = (BTreeSet::new(), Vec::new());
        for place in 0..self.model.claims.len() {
            match self.model.as_at_server(place) {
                What::Erase { customer } => drop(with.insert(customer)),
                What::Join { one, other, .. } => pairs.push((one, other)),
                What::Bind { customer, card }
                | What::Register {
                    customer,
                    card: Some(card),
                    ..
                } => pairs.push((*first_with.entry(card).or_insert(customer), customer)),
                _ => {}
            }
        }
        let mut before = 0;
        while before < with.len() {
            before = with.len();
            for (one, other) in &pairs {
                if with.contains(one) || with.contains(other) {
                    with.extend([*one, *other]);
                }
            }
        }
        self.listed.iter().find(|id| !with.contains(id)).copied()
    }

    /// An edit beats what its author had seen; against what they had not, the later time, then the higher device.
    fn name(&mut self, customer: i64, name: &str, place: Place) {
        if self.expected.erased.contains(&customer) {
            return;
        }
        self.named.insert(customer);
        let written = Written {
            name: name.to_owned(),
            by: place.claim,
            seq: place.seq,
            at_ms: place.at_ms,
            device: place.device,
        };
        let old = self.expected.names.get(&customer);
        let wins = old.is_none_or(|old| {
            let had_seen = old.seq <= place.seen
                || self
                    .model
                    .came_before((old.by, old.device), (place.claim, place.device));
            had_seen || (written.at_ms, written.device) > (old.at_ms, old.device)
        });
        if wins {
            self.expected.names.insert(customer, written);
        }
    }

    /// First in order wins; a second one makes two people one if either never had a name.
    fn bind(&mut self, card: u64, customer: i64) {
        let Some(&holder) = self.expected.cards.get(&card) else {
            self.expected.cards.insert(card, customer);
            return;
        };
        // Who is not known yet may have a name; somebody without one is whoever they share the card with.
        let nameless = |id: i64| {
            let mut group = self.group(id).into_iter();
            group.all(|member| self.known.contains(&member) && !self.named.contains(&member))
        };
        if nameless(holder) || nameless(customer) {
            self.join(None, holder, customer);
        }
    }

    /// Two are one from now on, if nobody of them is erased.
    fn join(&mut self, join: Option<i64>, one: i64, other: i64) {
        let (first, second) = (self.group(one), self.group(other));
        let erased = &self.expected.erased;
        let erased = first.union(&second).any(|id| erased.contains(id));
        if !erased && !first.contains(&other) {
            self.edges.push(Edge {
                join,
                one,
                other,
                off: false,
            });
        }
    }

    /// Everybody who is one person with this one now.
    fn group(&self, id: i64) -> BTreeSet<i64> {
        self.reached(id, |edge| !edge.off)
    }

    fn reached(&self, id: i64, by: impl Fn(&Edge) -> bool) -> BTreeSet<i64> {
        let mut group = BTreeSet::from([id]);
        let mut next = vec![id];
        while let Some(at) = next.pop() {
            for edge in self.edges.iter().filter(|edge| by(edge)) {
                let other = match at {
                    at if at == edge.one => edge.other,
                    at if at == edge.other => edge.one,
                    _ => continue,
                };
                if group.insert(other) {
                    next.push(other);
                }
            }
        }
        group
    }

    fn finish(mut self) -> Expected {
        self.expected.erased_unasked = self.erased_unasked();
        for id in &self.known {
            let (group, ever) = (self.group(*id), self.reached(*id, |_| true));
            let first = group.first().copied().unwrap_or(*id);
            let consents = self.consents(&group);
            self.expected.first_of.insert(*id, first);
            self.expected.people.entry(first).or_default().consents = consents;
            let purse = ever.first().copied().unwrap_or(*id);
            self.expected.purse_of.insert(*id, purse);
            self.expected.purses.entry(purse).or_default();
        }
        let bought: BTreeSet<i64> = self
            .open
            .values()
            .filter_map(|open| open.customer)
            .collect();
        for id in bought.difference(&self.known) {
            let (group, ever) = (self.group(*id), self.reached(*id, |_| true));
            let first = group.first().filter(|_| !group.is_disjoint(&self.known));
            let purse = ever.first().filter(|_| !ever.is_disjoint(&self.known));
            self.expected.gone.extend(first.map(|first| (*id, *first)));
            self.expected
                .purse_of
                .extend(purse.map(|purse| (*id, *purse)));
        }
        for (id, open) in &self.open {
            let receipt = open.receipt(self.expected.rules.get(&open.version));
            let first = open
                .customer
                .and_then(|customer| self.expected.person_of(customer));
            if let Some(first) = first {
                let person = self.expected.people.entry(first).or_default();
                person.spent += receipt.price - open.price_back();
                person.visits += i64::from(!open.all_back());
            }
            // Also of somebody whose registration is gone with a phone's file and its server.
            let of = |c: i64| self.expected.purse_of.get(&c).copied().unwrap_or(c);
            if let Some(purse) = open.customer.map(of) {
                let purse = self.expected.purses.entry(purse).or_default();
                purse.points += receipt.points;
                purse.stamps += receipt.stamps;
            }
            self.expected.receipts.insert(*id, receipt);
        }
        for (taken, meant) in &self.mistaken {
            self.expected.in_doubt.insert(*taken);
            let of_taken = self.open.get(taken).and_then(|open| open.customer);
            let of_meant = self.model.as_at_server(*meant).customer();
            let whose = of_taken.into_iter().chain(of_meant);
            let purse_of = &self.expected.purse_of;
            let purses = whose.map(|id| purse_of.get(&id).copied().unwrap_or(id));
            self.expected.in_doubt.extend(purses);
        }
        self.expected
    }

    /// The last word counts, but no grant that did not know of a withdrawal.
    fn consents(&self, group: &BTreeSet<i64>) -> bool {
        let words = self.consents.iter().filter(|w| group.contains(&w.customer));
        let mut withdrawn: Vec<&Word> = Vec::new();
        let mut given = false;
        for word in words {
            let knew = |w: &&Word| {
                w.seq <= word.seen
                    || self
                        .model
                        .came_before((w.by, w.device), (word.by, word.device))
            };
            if !word.given {
                given = false;
                withdrawn.push(word);
            } else if withdrawn.iter().all(knew) {
                given = true;
            }
        }
        given
    }
}

impl Expected {
    /// The smallest id of the person that an id belongs to.
    pub(crate) fn person_of(&self, id: i64) -> Option<i64> {
        self.first_of
            .get(&id)
            .or_else(|| self.gone.get(&id))
            .copied()
    }

    /// The rules in force.
    pub(crate) fn newest(&self) -> Option<&Rules> {
        self.rules.values().next_back()
    }

    /// What somebody's screen shows of points and stamps; none where they were one person with somebody who is another
    /// one now, so that only the sum of both is known here.
    pub(crate) fn shown(&self, id: i64) -> Option<Purse> {
        let (first, purse) = (self.first_of.get(&id)?, self.purse_of.get(&id)?);
        let with = self.purse_of.iter().filter(|(_, of)| *of == purse);
        let whole = with
            .into_iter()
            .all(|(other, _)| self.first_of.get(other) == Some(first));
        let purse = self
            .purses
            .get(purse)
            .filter(|_| !self.in_doubt.contains(purse));
        purse.copied().filter(|_| whole)
    }

    /// How many ids belong to somebody with a smaller one.
    pub(crate) fn merged(&self) -> u64 {
        let ids = self.first_of.iter();
        ids.filter(|(id, first)| id != first).count() as u64
    }
}
