//! What must be true of a shop, in plain integers and sets.
//!
//! Shares no code with the domain, so that a fault there can't hide itself here. A [`Claim`] is what a screen
//! confirmed; [`replay`] puts claims into the authority's order and says what everything comes to.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::ids::Id;
use kartka_core::domain::incarnation::Renumbering;

/// The first 8 bytes of a request id: names a confirmed tap for ever.
pub(crate) type Mark = [u8; 8];

/// Points per minor unit of a base, in ten-thousandths.
const RATE: i64 = 500;

/// One line of a receipt as it was confirmed.
#[derive(Clone, Debug)]
pub(crate) struct SaleLine {
    pub(crate) gross: i64,
    pub(crate) quantity: i64,
    /// Money that points took off this line.
    pub(crate) off: i64,
    /// The points.
    pub(crate) points: i64,
}

/// What a tap did.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A customer came to be.
    Register {
        customer: i64,
        named: bool,
        card: Option<u64>,
        consent: bool,
    },
    /// A name was written.
    Edit { customer: i64, name: String },
    /// Somebody agreed to be contacted, or does no longer.
    Consent { customer: i64, given: bool },
    /// A card was given to a customer.
    Bind { customer: i64, card: u64 },
    /// Something that only the digests compare.
    Other,
    /// A receipt.
    Sale {
        id: i64,
        customer: Option<i64>,
        lines: Vec<SaleLine>,
        earned: i64,
        spent: i64,
    },
    /// Goods came back: (line, quantity).
    Return {
        id: i64,
        purchase: i64,
        void: bool,
        lines: Vec<(usize, i64)>,
    },
}

/// A confirmed tap.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) mark: Mark,
    pub(crate) phone: usize,
    /// The authority's order up to where its phone had seen it.
    pub(crate) seen: i64,
    pub(crate) what: What,
    /// Its phone was put back to before it: only the authority can still have it.
    pub(crate) gone: bool,
}

impl Claim {
    /// Whether a receipt adds up by itself.
    pub(crate) fn check(&self) -> Result<(), String> {
        let What::Sale {
            lines,
            earned,
            spent,
            customer,
            ..
        } = &self.what
        else {
            return Ok(());
        };
        let gross: i64 = lines.iter().map(|l| l.gross).sum();
        let off: i64 = lines.iter().map(|l| l.off).sum();
        let points: i64 = lines.iter().map(|l| l.points).sum();
        if off != *spent || points != *spent {
            return Err(format!("{spent} points spent, {off} off, {points} shared"));
        }
        let want = match customer {
            Some(_) => (gross - off) * RATE / 10_000,
            None => 0,
        };
        if *earned != want {
            return Err(format!("{earned} points earned on {gross} − {off}"));
        }
        Ok(())
    }
}

/// All that was confirmed, in the order of confirmation.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) claims: Vec<Claim>,
}

impl Model {
    /// The claims that a phone has made and still holds, in its order.
    pub(crate) fn of_phone(&self, phone: usize) -> impl DoubleEndedIterator<Item = &Claim> {
        self.claims
            .iter()
            .filter(move |claim| claim.phone == phone && !claim.gone)
    }

    /// A phone goes on under a new number: what it made since it was put back, and what that names, moves with it.
    pub(crate) fn renumber(&mut self, phone: usize, numbers: &Renumbering) {
        let moved = |raw: &mut i64| {
            if let Ok(id) = Id::new(*raw) {
                *raw = numbers.id(id).get();
            }
        };
        let own = self.claims.iter_mut();
        for claim in own.filter(|claim| claim.phone == phone && !claim.gone) {
            match &mut claim.what {
                What::Register { customer, .. }
                | What::Edit { customer, .. }
                | What::Consent { customer, .. }
                | What::Bind { customer, .. } => moved(customer),
                What::Sale { id, customer, .. } => {
                    moved(id);
                    customer.iter_mut().for_each(moved);
                }
                What::Return { id, purchase, .. } => {
                    moved(id);
                    moved(purchase);
                }
                What::Other => {}
            }
        }
    }

    /// A phone was put back: what it confirmed after its first `kept` claims is gone from it.
    pub(crate) fn put_back(&mut self, phone: usize, kept: usize) -> usize {
        let own = self
            .claims
            .iter_mut()
            .filter(|claim| claim.phone == phone && !claim.gone);
        let mut gone = 0;
        for claim in own.skip(kept) {
            claim.gone = true;
            gone += 1;
        }
        gone
    }
}

/// What a receipt comes to in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) customer: Option<i64>,
    pub(crate) gross: i64,
    /// Earned − spent − taken back + given back.
    pub(crate) points: i64,
    pub(crate) returned: Vec<i64>,
}

/// What a person comes to: everything of all their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) points: i64,
    pub(crate) visits: i64,
    pub(crate) spent: i64,
    pub(crate) consents: bool,
}

/// What everything comes to.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) receipts: BTreeMap<i64, Receipt>,
    /// By the smallest id of a person.
    pub(crate) people: BTreeMap<i64, Person>,
    /// The smallest id of the person that an id belongs to.
    pub(crate) first_of: BTreeMap<i64, i64>,
    /// Whose a card is.
    pub(crate) cards: BTreeMap<u64, i64>,
    pub(crate) returns: u64,
    /// The names that were ever written for an id.
    pub(crate) names: BTreeMap<i64, BTreeSet<String>>,
}

/// A receipt while claims are replayed.
struct Open {
    customer: Option<i64>,
    lines: Vec<SaleLine>,
    returned: Vec<i64>,
    voided: bool,
}

#[derive(Default)]
struct Replay {
    open: BTreeMap<i64, Open>,
    groups: BTreeMap<i64, BTreeSet<i64>>,
    named: BTreeSet<i64>,
    /// (seq, phone, claim's place on its phone, seen, customer, given).
    consents: Vec<Word>,
    expected: Expected,
}

struct Word {
    seq: i64,
    phone: usize,
    seen: i64,
    customer: i64,
    given: bool,
}

/// Everything in the authority's order: (seq, claim), ascending.
pub(crate) fn replay<'a>(ordered: impl Iterator<Item = (i64, &'a Claim)>) -> Expected {
    let mut replay = Replay::default();
    for (seq, claim) in ordered {
        replay.take(seq, claim);
    }
    replay.finish()
}

impl Replay {
    fn take(&mut self, seq: i64, claim: &Claim) {
        let mut says = |customer: i64, given: bool| {
            self.consents.push(Word {
                seq,
                phone: claim.phone,
                seen: claim.seen,
                customer,
                given,
            });
        };
        match &claim.what {
            What::Register {
                customer,
                named,
                card,
                consent,
            } => {
                if *consent {
                    says(*customer, true);
                }
                self.groups.insert(*customer, BTreeSet::from([*customer]));
                if *named {
                    self.named.insert(*customer);
                }
                if let Some(card) = card {
                    self.bind(*card, *customer);
                }
            }
            What::Edit { customer, name } => {
                self.named.insert(*customer);
                let names = self.expected.names.entry(*customer).or_default();
                names.insert(name.clone());
            }
            What::Consent { customer, given } => says(*customer, *given),
            What::Bind { customer, card } => self.bind(*card, *customer),
            What::Other => {}
            What::Sale {
                id,
                customer,
                lines,
                ..
            } => {
                let open = Open {
                    customer: *customer,
                    returned: vec![0; lines.len()],
                    lines: lines.clone(),
                    voided: false,
                };
                self.open.insert(*id, open);
            }
            What::Return {
                purchase,
                void,
                lines,
                ..
            } => {
                self.expected.returns += 1;
                if let Some(open) = self.open.get_mut(purchase) {
                    open.take_back(*void, lines);
                }
            }
        }
    }

    /// First in order wins; a second one makes two people one if either never had a name.
    fn bind(&mut self, card: u64, customer: i64) {
        let Some(&holder) = self.expected.cards.get(&card) else {
            self.expected.cards.insert(card, customer);
            return;
        };
        let group = |id: i64| self.groups.get(&id).cloned().unwrap_or_default();
        let (theirs, ours) = (group(holder), group(customer));
        let nameless = |group: &BTreeSet<i64>| group.is_disjoint(&self.named);
        if theirs.contains(&customer) || !(nameless(&theirs) || nameless(&ours)) {
            return;
        }
        let all: BTreeSet<i64> = theirs.union(&ours).copied().collect();
        for id in &all {
            self.groups.insert(*id, all.clone());
        }
    }

    fn finish(mut self) -> Expected {
        for (id, group) in &self.groups {
            let first = group.first().copied().unwrap_or(*id);
            self.expected.first_of.insert(*id, first);
            let consents = self.consents(group);
            let person = self.expected.people.entry(first).or_default();
            person.consents = consents;
        }
        for (id, open) in &self.open {
            let receipt = open.receipt();
            let first = open.customer.and_then(|c| self.expected.first_of.get(&c));
            if let Some(first) = first {
                let person = self.expected.people.entry(*first).or_default();
                person.points += receipt.points;
                person.spent += receipt.gross - open.gross_back();
                person.visits += i64::from(!open.all_back());
            }
            self.expected.receipts.insert(*id, receipt);
        }
        self.expected
    }

    /// The last word counts, but no grant that did not know of a withdrawal.
    fn consents(&self, group: &BTreeSet<i64>) -> bool {
        let words = self.consents.iter().filter(|w| group.contains(&w.customer));
        let mut withdrawn: Vec<&Word> = Vec::new();
        let mut given = false;
        for word in words {
            let knew = |w: &&Word| w.seq <= word.seen || w.phone == word.phone;
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

impl Open {
    fn take_back(&mut self, void: bool, lines: &[(usize, i64)]) {
        let touched = self.returned.iter().any(|quantity| *quantity > 0);
        if self.voided || (void && touched) {
            return;
        }
        for (line, quantity) in lines {
            if let (Some(back), Some(sold)) = (self.returned.get_mut(*line), self.lines.get(*line))
            {
                *back = (*back + quantity).min(sold.quantity);
            }
        }
        self.voided = void;
    }

    fn receipt(&self) -> Receipt {
        let (mut points, mut base) = (0, 0);
        for (line, back) in self.lines.iter().zip(&self.returned) {
            let paid = line.gross - line.off;
            base += paid - part(paid, *back, line.quantity);
            points -= line.points - part(line.points, *back, line.quantity);
        }
        if self.customer.is_some() {
            points += base * RATE / 10_000;
        }
        Receipt {
            customer: self.customer,
            gross: self.lines.iter().map(|l| l.gross).sum(),
            points,
            returned: self.returned.clone(),
        }
    }

    fn gross_back(&self) -> i64 {
        let lines = self.lines.iter().zip(&self.returned);
        lines
            .map(|(l, back)| part(l.gross, *back, l.quantity))
            .sum()
    }

    fn all_back(&self) -> bool {
        let mut lines = self.lines.iter().zip(&self.returned);
        lines.all(|(line, back)| *back == line.quantity)
    }
}

/// What falls on `back` of `all` pieces, rounded down; all of it on all of them.
fn part(value: i64, back: i64, all: i64) -> i64 {
    if back == all {
        value
    } else {
        value * back / all
    }
}

impl Expected {
    /// How many ids belong to somebody with a smaller one.
    pub(crate) fn merged(&self) -> u64 {
        let ids = self.first_of.iter();
        ids.filter(|(id, first)| id != first).count() as u64
    }
}
