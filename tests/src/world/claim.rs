//! What a screen confirmed, in plain integers and words of the shop.

use super::laws::{Law, Wrong};
use super::rules::{Rules, Stand};
use super::staff::Duty;

/// The first 8 bytes of a request id: names a confirmed tap for ever.
pub(crate) type Mark = [u8; 8];

/// One line of a receipt as it was confirmed.
#[derive(Clone, Debug)]
pub(crate) struct SaleLine {
    pub(crate) gross: i64,
    pub(crate) quantity: i64,
    /// What it costs: less, where points are a discount and no means of payment.
    pub(crate) price: i64,
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
        /// They left a telephone number: somebody, whether or not they have a name.
        phone: bool,
        card: Option<u64>,
        consent: bool,
    },
    /// A name was written.
    Edit { customer: i64, name: String },
    /// Somebody agreed to be contacted, or does no longer.
    Consent {
        customer: i64,
        given: bool,
        /// Whom else the phone took for the same person: a withdrawal is theirs too.
        others: Vec<i64>,
    },
    /// A card was given to a customer.
    Bind { customer: i64, card: u64 },
    /// Somebody is erased, under every id they have.
    Erase { customer: i64 },
    /// Two customers are one person by somebody's word.
    Join { id: i64, one: i64, other: i64 },
    /// That word is taken back.
    Part { join: i64 },
    /// Something that only the digests compare.
    Other,
    /// A version of the programme.
    Publish { version: u32, rules: Rules },
    /// Somebody works here, or does no longer.
    Staff { operator: u32, duty: Duty },
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
        /// The version of the programme that it names.
        version: u32,
    },
    /// Goods came back: (line, quantity).
    Return {
        id: i64,
        purchase: i64,
        /// The sum of that receipt before anything came off, as the phone showed it.
        shown: i64,
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
                phone,
                card,
                consent,
            } => {
                write!(f, "registers customer {}", id(customer))?;
                match named {
                    Some(name) => write!(f, " as {name}")?,
                    None if *phone => write!(f, " by a telephone number")?,
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
            Self::Consent {
                customer, given, ..
            } => {
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
            Self::Erase { customer } => write!(f, "erases customer {}", id(customer)),
            Self::Join {
                id: join,
                one,
                other,
            } => write!(
                f,
                "says that customers {} and {} are one person ({})",
                id(one),
                id(other),
                id(join)
            ),
            Self::Part { join } => write!(f, "takes back that word ({})", id(join)),
            Self::Other => write!(
                f,
                "prints cards, or changes a setting, or revokes a phone, or decides about one"
            ),
            Self::Staff { operator, duty } => {
                write!(f, "says of operator {operator}: {duty:?}")
            }
            Self::Publish { version, rules } => {
                write!(f, "publishes version {version} of the programme: {rules:?}")
            }
            Self::Sale {
                id: sale,
                customer,
                lines,
                earned,
                spent,
                stamps,
                reward,
                version,
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
                if *version > 1 {
                    write!(f, ", by version {version}")?;
                }
                Ok(())
            }
            Self::Return {
                id: back,
                purchase,
                void,
                lines,
                ..
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
    /// The number that it had.
    pub(crate) number: i64,
    /// Who was at it.
    pub(crate) operator: u32,
    /// The claim that this phone had confirmed before it, as far as it still knew.
    pub(crate) before: Option<usize>,
    /// What the numbers in it mean: places of claims. One number may name two things when phones were copied.
    pub(crate) names: Vec<(i64, usize)>,
    /// When, by the world's time.
    pub(crate) at_ms: i64,
    /// The authority's order up to where its phone had seen it, and in which epoch if that matters.
    pub(crate) seen: i64,
    pub(crate) epoch: Option<(u64, u64)>,
    pub(crate) what: What,
}

impl What {
    /// The same with the number of the card that was given out with it.
    pub(crate) fn with_card(mut self, given: u64) -> Self {
        match &mut self {
            Self::Register { card, .. } => *card = Some(given),
            Self::Bind { card, .. } => *card = given,
            _ => {}
        }
        self
    }

    /// The same with everybody for whom it was noted.
    pub(crate) fn noted_for(mut self, all: &[i64]) -> Self {
        if let Self::Consent {
            customer,
            given: false,
            others,
        } = &mut self
        {
            others.extend(all.iter().filter(|id| *id != customer));
        }
        self
    }

    /// The number of what came to be by it, if it has one.
    pub(crate) fn own(&self) -> Option<i64> {
        match self {
            Self::Register { customer, .. } => Some(*customer),
            Self::Sale { id, .. } | Self::Return { id, .. } | Self::Join { id, .. } => Some(*id),
            Self::Edit { .. }
            | Self::Part { .. }
            | Self::Consent { .. }
            | Self::Bind { .. }
            | Self::Erase { .. }
            | Self::Publish { .. }
            | Self::Staff { .. }
            | Self::Other => None,
        }
    }

    /// The person it is about.
    pub(crate) fn customer(&self) -> Option<i64> {
        match self {
            Self::Register { customer, .. }
            | Self::Edit { customer, .. }
            | Self::Consent { customer, .. }
            | Self::Bind { customer, .. }
            | Self::Erase { customer } => Some(*customer),
            Self::Join { one, .. } => Some(*one),
            Self::Sale { customer, .. } => *customer,
            Self::Return { .. }
            | Self::Part { .. }
            | Self::Publish { .. }
            | Self::Staff { .. }
            | Self::Other => None,
        }
    }

    /// The name that it writes.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Register { named, .. } => named.as_deref(),
            Self::Edit { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The same with other numbers.
    pub(crate) fn with_ids(&self, mut to: impl FnMut(i64) -> i64) -> Self {
        let mut what = self.clone();
        match &mut what {
            Self::Consent {
                customer, others, ..
            } => {
                *customer = to(*customer);
                others.iter_mut().for_each(|id| *id = to(*id));
            }
            Self::Register { customer, .. }
            | Self::Edit { customer, .. }
            | Self::Bind { customer, .. }
            | Self::Erase { customer } => *customer = to(*customer),
            Self::Publish { .. } | Self::Staff { .. } | Self::Other => {}
            Self::Join { id, one, other } => {
                *id = to(*id);
                *one = to(*one);
                *other = to(*other);
            }
            Self::Part { join } => *join = to(*join),
            Self::Sale { id, customer, .. } => {
                *id = to(*id);
                *customer = customer.map(to);
            }
            Self::Return { id, purchase, .. } => {
                *id = to(*id);
                *purchase = to(*purchase);
            }
        }
        what
    }
}

impl Claim {
    /// Whether a receipt adds up by itself and by the rules that it names, on a phone that stands so.
    pub(crate) fn check(&self, rules: Option<&Rules>, stand: Stand) -> Result<(), Wrong> {
        let What::Sale {
            lines,
            earned,
            spent,
            customer,
            stamps,
            reward,
            version,
            ..
        } = &self.what
        else {
            return Ok(());
        };
        let wrong = |what: String| Err(Wrong::of(Law::S1, what));
        let Some(rules) = rules else {
            return wrong(format!("nobody published version {version}"));
        };
        let gross: i64 = lines.iter().map(|l| l.gross).sum();
        let off: i64 = lines.iter().map(|l| l.off).sum();
        let points: i64 = lines.iter().map(|l| l.points).sum();
        if off != *spent || points != *spent {
            return wrong(format!("{spent} points spent, {off} off, {points} shared"));
        }
        let all = |price: fn(&SaleLine) -> i64| lines.iter().all(|l| l.price == price(l));
        if !all(|l| l.gross) && !all(|l| l.gross - l.off) {
            return wrong("points are a discount on one line and no other".to_owned());
        }
        if let Some(why) = rules.refuses(*spent, gross, stand) {
            return Err(Wrong::of(Law::S10, why));
        }
        let (want, visit) = match customer {
            Some(_) => (rules.earned(gross - off), i64::from(rules.stamps)),
            None => (0, 0),
        };
        if *earned != want {
            return wrong(format!(
                "{earned} points earned on {gross} − {off} by version {version}, not {want}"
            ));
        }
        if *stamps != visit || (*reward && !rules.stamps) {
            return wrong(format!("{stamps} stamps by version {version}, not {visit}"));
        }
        Ok(())
    }
}
