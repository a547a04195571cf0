//! What must be true of a shop, in plain integers and sets.
//!
//! Shares no code with the domain, so that a fault there can't hide itself here. A [`Claim`] is what a screen
//! confirmed; [`replay`] puts claims into the authority's order and says what everything comes to.

use std::collections::{BTreeMap, BTreeSet};

/// The first 8 bytes of a request id: names a confirmed tap for ever.
pub(crate) type Mark = [u8; 8];

/// Points per minor unit of a base, in ten-thousandths.
const RATE: i64 = 500;
/// Stamps of a full card.
const CARD: i64 = 10;

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
        named: Option<String>,
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
        stamps: i64,
        /// A full stamp card was taken for it.
        reward: bool,
    },
    /// Goods came back: (line, quantity).
    Return {
        id: i64,
        purchase: i64,
        void: bool,
        lines: Vec<(usize, i64)>,
    },
}

/// In the words of the shop.
impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = |id: &i64| format!("{}/{}", id >> 40, id & ((1 << 40) - 1));
        match self {
            Self::Register {
                customer,
                named,
                card,
                consent,
            } => {
                write!(f, "registers customer {}", id(customer))?;
                match named {
                    Some(name) => write!(f, " as {name}")?,
                    None => write!(f, " without a name")?,
                }
                if let Some(card) = card {
                    write!(f, " with the card {card}")?;
                }
                if *consent {
                    write!(f, ", who agrees to be written to")?;
                }
                Ok(())
            }
            Self::Edit { customer, name } => write!(f, "calls customer {} {name}", id(customer)),
            Self::Consent { customer, given } => {
                let verb = if *given { "agrees" } else { "no longer agrees" };
                write!(
                    f,
                    "notes that customer {} {verb} to be written to",
                    id(customer)
                )
            }
            Self::Bind { customer, card } => {
                write!(f, "gives the card {card} to customer {}", id(customer))
            }
            Self::Other => write!(f, "prints or gives out a new card"),
            Self::Sale {
                id: sale,
                customer,
                lines,
                earned,
                spent,
                stamps,
                reward,
            } => {
                let gross: i64 = lines.iter().map(|line| line.gross).sum();
                write!(
                    f,
                    "sells {} for {}.{:02}",
                    id(sale),
                    gross / 100,
                    gross % 100
                )?;
                if let Some(customer) = customer {
                    write!(f, " to customer {}", id(customer))?;
                    write!(
                        f,
                        ": {spent} points spent, {earned} earned, {stamps} stamps"
                    )?;
                }
                if *reward {
                    write!(f, ", for a full stamp card")?;
                }
                Ok(())
            }
            Self::Return {
                id: back,
                purchase,
                void,
                lines,
            } => {
                let verb = if *void { "voids" } else { "takes back of" };
                write!(f, "{verb} the sale {} ({}):", id(purchase), id(back))?;
                lines.iter().try_for_each(|(line, quantity)| {
                    write!(
                        f,
                        " {}.{:03} of line {line}",
                        quantity / 1_000,
                        quantity % 1_000
                    )
                })
            }
        }
    }
}

/// A confirmed tap.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) mark: Mark,
    /// The phone it was made on.
    pub(crate) phone: usize,
    /// The number its phone had then: two copies of one phone have the same.
    pub(crate) device: i64,
    /// When, by the world's time.
    pub(crate) at_ms: i64,
    /// The authority's order up to where its phone had seen it.
    pub(crate) seen: i64,
    pub(crate) what: What,
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

/// All that was confirmed, in the order of confirmation, and what of it each phone holds.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) claims: Vec<Claim>,
    /// By phone: the places of its claims, in its order.
    lines: BTreeMap<usize, Vec<usize>>,
    registered: Vec<usize>,
}

impl Model {
    /// The places of all registrations.
    pub(crate) fn registered(&self) -> &[usize] {
        &self.registered
    }

    /// A phone confirmed something.
    pub(crate) fn add(&mut self, claim: Claim) {
        let line = self.lines.entry(claim.phone).or_default();
        line.push(self.claims.len());
        if matches!(claim.what, What::Register { .. }) {
            self.registered.push(self.claims.len());
        }
        self.claims.push(claim);
    }

    /// The claims that a phone holds, in its order.
    pub(crate) fn of_phone(&self, phone: usize) -> impl DoubleEndedIterator<Item = &Claim> {
        self.line(phone).iter().map(|place| &self.claims[*place])
    }

    /// The places of the claims that a phone holds.
    pub(crate) fn line(&self, phone: usize) -> &[usize] {
        self.lines.get(&phone).map_or(&[], Vec::as_slice)
    }

    /// A phone was put back: of its claims only the first `kept` are left on it. Says how many are gone.
    pub(crate) fn put_back(&mut self, phone: usize, kept: usize) -> usize {
        let line = self.lines.entry(phone).or_default();
        let gone = line.len().saturating_sub(kept);
        line.truncate(kept);
        gone
    }

    /// A phone's data was copied to another phone.
    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        let line = self.line(from).to_vec();
        self.lines.insert(to, line);
    }
}

/// What a receipt comes to in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) customer: Option<i64>,
    pub(crate) gross: i64,
    /// Earned − spent − taken back + given back.
    pub(crate) points: i64,
    pub(crate) stamps: i64,
    pub(crate) returned: Vec<i64>,
}

/// What a person comes to: everything of all their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) points: i64,
    pub(crate) visits: i64,
    pub(crate) spent: i64,
    pub(crate) stamps: i64,
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
    /// The name of each id that has one.
    pub(crate) names: BTreeMap<i64, Written>,
}

/// A name, and what later ones are compared with.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) name: String,
    seq: i64,
    at_ms: i64,
    device: i64,
}

/// A receipt while claims are replayed.
struct Open {
    customer: Option<i64>,
    lines: Vec<SaleLine>,
    returned: Vec<i64>,
    voided: bool,
    stamps: i64,
    reward: bool,
}

#[derive(Default)]
struct Replay {
    open: BTreeMap<i64, Open>,
    groups: BTreeMap<i64, BTreeSet<i64>>,
    named: BTreeSet<i64>,
    consents: Vec<Word>,
    expected: Expected,
}

struct Word {
    seq: i64,
    device: i64,
    seen: i64,
    customer: i64,
    given: bool,
}

/// Where the authority put an op, and when that was by its word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
}

/// Everything in the authority's order, ascending.
pub(crate) fn replay<'a>(ordered: impl Iterator<Item = (Place, &'a Claim)>) -> Expected {
    let mut replay = Replay::default();
    for (place, claim) in ordered {
        replay.take(place, claim);
    }
    replay.finish()
}

impl Replay {
    fn take(&mut self, place: Place, claim: &Claim) {
        let mut says = |customer: i64, given: bool| {
            self.consents.push(Word {
                seq: place.seq,
                device: claim.device,
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
                if let Some(name) = named {
                    self.name(*customer, name, place, claim);
                }
                if let Some(card) = card {
                    self.bind(*card, *customer);
                }
            }
            What::Edit { customer, name } => self.name(*customer, name, place, claim),
            What::Consent { customer, given } => says(*customer, *given),
            What::Bind { customer, card } => self.bind(*card, *customer),
            What::Other => {}
            What::Sale {
                id,
                customer,
                lines,
                stamps,
                reward,
                ..
            } => {
                let open = Open {
                    stamps: *stamps,
                    reward: *reward,
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

    /// An edit beats what its author had seen; against what they had not, the later time, then the higher device.
    fn name(&mut self, customer: i64, name: &str, place: Place, claim: &Claim) {
        self.named.insert(customer);
        let written = Written {
            name: name.to_owned(),
            seq: place.seq,
            at_ms: place.at_ms,
            device: claim.device,
        };
        let old = self.expected.names.get(&customer);
        let wins = old.is_none_or(|old| {
            let had_seen = old.device == claim.device || old.seq <= claim.seen;
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
                person.stamps += receipt.stamps;
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
            let knew = |w: &&Word| w.seq <= word.seen || w.device == word.device;
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
            stamps: self.stamps(),
            returned: self.returned.clone(),
        }
    }

    /// What is kept gives its stamps and costs its reward.
    fn stamps(&self) -> i64 {
        match (self.all_back(), self.reward) {
            (true, _) => 0,
            (false, true) => self.stamps - CARD,
            (false, false) => self.stamps,
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
