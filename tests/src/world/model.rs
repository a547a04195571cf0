//! What must be true of a shop: what every screen has confirmed, and what of it each phone still holds.
//!
//! Shares no code with the domain, so that a fault there can't hide itself here. A [`Claim`] is what a screen
//! confirmed; its request names it for ever, its numbers may change (`numbers`). [`replay`](super::replay) puts
//! claims into the authority's order and says what everything comes to.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, Mark, What};
use super::numbers::{Kept, Line, Moved, Numbers};
use super::rules::Rules;

/// All that was confirmed, in the order of confirmation, and what of it each phone holds.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) claims: Vec<Claim>,
    numbers: Numbers,
    by_mark: BTreeMap<Mark, usize>,
    registered: Vec<usize>,
    erases: bool,
    /// What a phone held when a copy of its files was made.
    copies: BTreeMap<usize, Line>,
    /// The versions of the programme that anybody published.
    versions: BTreeMap<u32, Rules>,
}

impl Model {
    /// A shop that begins with these rules.
    pub(crate) fn of(rules: Rules) -> Self {
        Self {
            versions: BTreeMap::from([(1, rules)]),
            ..Self::default()
        }
    }

    /// What a version of the programme says.
    pub(crate) fn rules(&self, version: u32) -> Option<&Rules> {
        self.versions.get(&version)
    }

    /// Everybody whom the owner ever employed.
    pub(crate) fn staff(&self) -> Vec<u32> {
        let employed = self.claims.iter().filter_map(|claim| match claim.what {
            What::Staff { operator, .. } => Some(operator),
            _ => None,
        });
        let employed: BTreeSet<u32> = employed.collect();
        employed.into_iter().collect()
    }

    /// The points of the last `waiting` claims of a phone: what it gave away since the server heard of it.
    pub(crate) fn spent_lately(&self, phone: usize, waiting: usize) -> i64 {
        let line = self.line(phone).places();
        let waiting = line.iter().rev().take(waiting);
        let spent = waiting.map(|place| match self.claims[*place].what {
            What::Sale { spent, .. } => spent,
            _ => 0,
        });
        spent.sum()
    }

    /// The places of all registrations.
    pub(crate) fn registered(&self) -> &[usize] {
        &self.registered
    }

    /// A phone confirmed something.
    pub(crate) fn add(&mut self, mut claim: Claim) {
        let place = self.claims.len();
        let (phone, own) = (claim.phone, claim.what.own());
        claim.before = self.line(phone).last();
        let (numbers, names) = (&self.numbers, &mut claim.names);
        let is_shown = |place: usize| match (&claim.what, &self.claims[place].what) {
            (What::Return { shown, .. }, What::Sale { lines, .. }) => {
                lines.iter().map(|line| line.gross).sum::<i64>() == *shown
            }
            (What::Return { .. }, _) => false,
            _ => true,
        };
        claim.what.with_ids(|id| {
            let named = match own {
                Some(own) if own == id => Some(place),
                _ => numbers.place_of(phone, id, is_shown),
            };
            names.extend(named.map(|place| (id, place)));
            id
        });
        self.numbers.confirm(phone, place, own);
        self.by_mark.insert(claim.mark, place);
        if matches!(claim.what, What::Register { .. }) {
            self.registered.push(place);
        }
        self.erases |= matches!(claim.what, What::Erase { .. });
        if let What::Publish { version, rules } = claim.what {
            self.versions.insert(version, rules);
        }
        self.claims.push(claim);
    }

    /// Whether anybody was erased.
    pub(crate) fn erases(&self) -> bool {
        self.erases
    }

    /// The registrations of the people that a server knows under these numbers, with them.
    pub(crate) fn of_ids<'a>(&self, ids: impl Iterator<Item = &'a i64>) -> Vec<(usize, i64)> {
        let of = |id: &i64| Some((self.numbers.at_server(*id)?, *id));
        ids.filter_map(of).collect()
    }

    /// Whether a claim is younger than a moment, and so is the receipt of a return: screens show a return with its
    /// receipt, and not when its month was let go of.
    pub(crate) fn is_since(&self, place: usize, oldest: i64) -> bool {
        let claim = &self.claims[place];
        let of = match claim.what {
            What::Return { purchase, .. } => claim.names.iter().find(|(id, _)| *id == purchase),
            _ => None,
        };
        let of = of.is_none_or(|(_, sale)| self.claims[*sale].at_ms > oldest);
        of && claim.at_ms > oldest
    }

    /// The claims that a phone holds, in its order.
    pub(crate) fn line(&self, phone: usize) -> &Line {
        self.numbers.line(phone)
    }

    /// A claim in the numbers under which a phone has what it names.
    pub(crate) fn as_on(&self, phone: usize, place: usize) -> What {
        self.translated(place, |said, named| {
            let here = self.numbers.line(phone).id_of(named);
            here.or_else(|| self.numbers.first(named)).unwrap_or(said)
        })
    }

    /// The number under which a phone knows what came to be by a claim.
    pub(crate) fn id_on(&self, phone: usize, place: usize) -> i64 {
        let here = self.numbers.line(phone).id_of(place);
        here.unwrap_or_else(|| self.id_at_server(place))
    }

    /// A claim in the numbers that the server has for what it names.
    pub(crate) fn as_at_server(&self, place: usize) -> What {
        self.translated(place, |said, named| {
            let first = self.numbers.first(named);
            first.unwrap_or_else(|| self.numbers.meant(said, i64::MAX, |_| true))
        })
    }

    /// A claim in the numbers that the server took it for when it ordered it, as `seq`.
    pub(crate) fn as_ordered(&self, place: usize, seq: i64, order: &BTreeMap<usize, i64>) -> What {
        let by_then = |place: usize| order.get(&place).is_some_and(|at| *at <= seq);
        self.translated(place, |said, named| {
            let own = said >> 40 == self.claims[place].number;
            let first = self.numbers.first(named).filter(|_| by_then(named));
            match first {
                Some(first) if own || !self.numbers.has_lost() => first,
                _ => self.numbers.meant(said, seq, by_then),
            }
        })
    }

    /// The sale that its author meant by a return, if the server took it for a return of another one: what a lost server had
    /// under a number may be gone with its phone's file, or have come from one copy where another one's came before it; and
    /// what others noted of it has no mark (decision 53).
    pub(crate) fn meant_instead(&self, place: usize, taken: i64) -> Option<usize> {
        let claim = &self.claims[place];
        let What::Return { purchase, .. } = claim.what else {
            return None;
        };
        let (_, sale) = claim.names.iter().find(|(id, _)| *id == purchase)?;
        (self.numbers.at_server(taken) != Some(*sale)).then_some(*sale)
    }

    /// The number that the server has for what came to be by a claim.
    pub(crate) fn id_at_server(&self, place: usize) -> i64 {
        let first = self.numbers.first(place);
        first.unwrap_or_else(|| self.claims[place].what.own().unwrap_or(0))
    }

    /// The number that the server has for what a lost one had under `then`.
    pub(crate) fn id_since(&self, (place, then): (usize, i64)) -> i64 {
        self.numbers.first(place).unwrap_or(then)
    }

    fn translated(&self, place: usize, to: impl Fn(i64, usize) -> i64) -> What {
        let claim = &self.claims[place];
        claim.what.with_ids(|id| {
            let named = claim.names.iter().find(|(of, _)| *of == id);
            named.map_or(id, |(said, place)| to(*said, *place))
        })
    }

    /// Whether whoever confirmed `later` had confirmed `earlier` before, on the same phone or one it is a copy of, and the
    /// server knows that from the numbers under which it has them.
    pub(crate) fn came_before(&self, earlier: (usize, i64), later: (usize, i64)) -> bool {
        let ((earlier, from), (later, to)) = (earlier, later);
        if !self.numbers.is_of_line(from, to) {
            return false;
        }
        let mut at = self.claims[later].before;
        while let Some(place) = at.filter(|place| *place > earlier) {
            at = self.claims[place].before;
        }
        at == Some(earlier)
    }

    /// A copy of a phone's files is made.
    pub(crate) fn keep_copy(&mut self, phone: usize) {
        self.copies.insert(phone, self.line(phone).clone());
    }

    /// The copy takes the place of a phone's files. Says how many claims are gone from it.
    pub(crate) fn put_back(&mut self, phone: usize) -> usize {
        let kept = self.copies.remove(&phone).unwrap_or_default();
        self.numbers.replace(phone, kept)
    }

    /// A phone holds nothing any more; says what it held.
    pub(crate) fn leaves(&mut self, phone: usize) -> Vec<usize> {
        let held = self.line(phone).places();
        self.copies.remove(&phone);
        self.numbers.replace(phone, Line::default());
        held
    }

    /// A phone's files are those of an earlier moment: it had changed its number `moves` times then, and knows only
    /// some of its claims. Says how many are gone.
    pub(crate) fn fall_back(
        &mut self,
        phone: usize,
        moves: usize,
        knows: impl Fn(&Claim, i64) -> bool,
    ) -> usize {
        let claims = &self.claims;
        let line = self.numbers.line(phone).back_to(moves);
        let line = line.up_to(|place, id| knows(&claims[place], id));
        self.numbers.replace(phone, line)
    }

    /// A phone's data was copied to another phone.
    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        let line = self.line(from).clone();
        self.numbers.replace(to, line);
    }

    /// A phone goes on under a new number.
    pub(crate) fn renumber(&mut self, phone: usize, moved: &Moved) {
        self.numbers.renumber(phone, moved);
    }

    /// Where a phone has what came to be under `id`: under the number that the server had it from a copy, once it knows.
    pub(crate) fn settle(&mut self, phone: usize, id: i64, first: Option<i64>) {
        self.numbers.settle(phone, id, first);
    }

    /// The server was lost; another one begins its order with what a backup has of it.
    pub(crate) fn forget_order(&mut self) {
        self.numbers.forget_order();
    }

    /// Which device numbers the server knows, and which of them came of another one, at this place of its order.
    pub(crate) fn learn_devices(&mut self, seq: i64, known: BTreeSet<i64>, branches: Vec<Moved>) {
        self.numbers.learn_devices(seq, known, branches);
    }

    /// The server has ordered an op.
    pub(crate) fn learn(&mut self, mark: Mark, id: i64, kept: Kept) {
        if let Some(place) = self.by_mark.get(&mark) {
            self.numbers.learn(*place, id, kept);
        }
    }
}
