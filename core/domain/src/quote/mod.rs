//! The evaluator: one receipt, one customer's position and the programme → what happens and why (T1, D6).
//!
//! A quote is what commit writes (V): its facts are made here and nowhere else. The order is fixed (D1): offers on
//! lines, the customer's cards, coupons and rewards, points, certificates as payment, then earning on what is left and
//! what the customer becomes by it; each step is a small module over the bill.
//! Pure: the same question gives the same bytes, in whatever order the file names the rules (D4).

mod benefits;
mod bill;
mod cards;
mod certificates;
mod earning;
pub(crate) mod newer;
mod offers;
mod points;
mod raising;
mod rewards;
mod standing;

use crate::allocate::Allocate;
use crate::codes::Code;
use crate::ids::{CustomerId, InstrumentId, OutletId, ProgrammeVersion};
use crate::limits::{CardRead, Then};
use crate::moment::{DayOfYear, Moment};
use crate::money::{Money, Overflow, Points};
use crate::op::{Claim, Fact, Sale};
use crate::position::Position;
use crate::programme::{Audience, Instrument, Programme};
use crate::purchase::{
    Fiscal, GoodsId, Line, Parts, PointsAs, PurchaseError, Quantity, ReceiptNumber, ShareKind,
    check_lines,
};
use crate::redeem::{CashStep, Confirmation, Connectivity, Redeemable};
use crate::row::CampaignSpent;
use crate::voucher::{Issued, Move};
use bill::{Bill, Cut};
pub use certificates::{Asked, Presented, Selling, Whose};

/// Why there is no quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// The lines are no receipt.
    #[error(transparent)]
    Receipt(#[from] PurchaseError),
    /// A rule does not allow what was asked for.
    #[error("not allowed: {}", .0.name())]
    Refused(Code),
    /// A sum left 64 bits.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl From<Allocate> for QuoteError {
    fn from(error: Allocate) -> Self {
        match error {
            Allocate::MoreThanReceipt => Self::Refused(Code::NothingToPay),
            Allocate::Overflow(overflow) => Self::Overflow(overflow),
        }
    }
}

/// A reward of a stamp card that is taken with a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RewardTaken {
    /// The card.
    pub instrument: InstrumentId,
    /// Which of its rewards, from 0.
    pub reward: u8,
}

/// What the till asks.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What is sold; shares in it are not looked at.
    pub lines: &'a [Line],
    /// The customer and their whole group's position (I2), or none.
    pub customer: Option<(CustomerId, &'a Position)>,
    /// The customer's birthday, if they told it.
    pub birthday: Option<DayOfYear>,
    /// Birthdays of the customer's relatives.
    pub relatives: &'a [DayOfYear],
    /// Goods that the customer buys most.
    pub favourites: &'a [GoodsId],
    /// Codes of coupons that were named.
    pub codes: &'a [&'a str],
    /// Clubs that the staff invites the customer to with this receipt.
    pub invited: &'a [InstrumentId],
    /// The rules.
    pub programme: &'a Programme,
    /// When.
    pub at: Moment,
    /// Where.
    pub outlet: OutletId,
    /// How far the authority is.
    pub reach: Connectivity,
    /// Points the cashier wants to spend; zero for none.
    pub spend: Points,
    /// Rewards of stamp cards that are taken with this receipt.
    pub rewards: &'a [RewardTaken],
    /// What counts as a round sum.
    pub cash: CashStep,
    /// Vouchers that the customer lays on the counter, in their order.
    pub presented: &'a [Presented<'a>],
    /// Gift certificates that are sold by lines of the receipt.
    pub selling: &'a [Selling<'a>],
    /// What an earn by this receipt would break of the owner's limits (T7).
    pub limits: &'a [(Code, Then)],
    /// What points are to the business (D5).
    pub points_as: PointsAs,
    /// How often each code with a total limit was used; one that is not named was not, as far as is known.
    pub used: &'a [Used],
    /// How much of each campaign's budget is spent; of one that is not named nothing, as far as is known (E3).
    pub spent: &'a [CampaignSpent],
    /// The promise for having brought the customer, where their purchase is waited for (G3).
    pub brought: Option<&'a Instrument>,
}

/// How a code that many know stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Which.
    pub instrument: InstrumentId,
    /// Receipts that it lowered.
    pub count: i64,
    /// Whether the authority was asked.
    pub asked: Asked,
}

impl<'a> Question<'a> {
    /// A receipt at the first outlet of a shop whose authority is here, for nobody in particular, paid with
    /// money alone: the rest is filled in.
    #[must_use]
    pub const fn plain(lines: &'a [Line], programme: &'a Programme, at: Moment) -> Self {
        Self {
            lines,
            customer: None,
            birthday: None,
            relatives: &[],
            favourites: &[],
            codes: &[],
            invited: &[],
            programme,
            at,
            outlet: OutletId(1),
            reach: Connectivity::Authority,
            spend: Points::ZERO,
            rewards: &[],
            cash: CashStep(Money(1)),
            presented: &[],
            selling: &[],
            limits: &[],
            used: &[],
            spent: &[],
            brought: None,
            points_as: PointsAs::Payment,
        }
    }
}

/// The money part of a receipt is paid with one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tender {
    /// Notes and coins.
    Cash,
    /// A bank card.
    Card,
    /// Anything else.
    Other,
}

/// What a sale notes beside what was sold and paid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// The till's receipt number.
    pub receipt: Option<ReceiptNumber>,
    /// How the customer's card was read (T7).
    pub read: Option<CardRead>,
    /// The fiscal receipt (X8).
    pub fiscal: Option<Fiscal>,
    /// How the points it spends were confirmed (U5).
    pub confirmed: Option<Confirmation>,
}

/// The answer: committed as it is, or asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The customer, if any.
    pub customer: Option<CustomerId>,
    /// The rules it was made under.
    pub programme: ProgrammeVersion,
    /// When.
    pub at: Moment,
    /// The lines with their shares.
    pub lines: Vec<Line>,
    /// Before discounts: Σ gross, in minor units.
    pub total: Money,
    /// What is left to pay with money.
    pub due: Money,
    /// What the ledger will be asked to do.
    pub claims: Vec<Claim>,
    /// Vouchers that are used.
    pub moves: Vec<Move>,
    /// Vouchers that are issued: sold, or given as change.
    pub issues: Vec<Issued>,
    /// What may be spent, or why nothing.
    pub redeemable: Result<Redeemable, Code>,
    /// What applied and what did not (D6).
    pub said: Vec<Code>,
}

impl Quote {
    /// The facts that a commit writes, in their order: the sale, its claims, its vouchers.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn into_facts(self, tender: Tender, paper: Paper) -> Result<Vec<Fact>, Overflow> {
        let paid = |kind| {
            let parts = self.lines.iter().map(|line| line.shared(kind));
            parts
                .into_iter()
                .try_fold(Money::ZERO, |sum, part| sum.plus(part?))
        };
        let mut parts = Parts {
            points: paid(ShareKind::Points)?,
            certificate: paid(ShareKind::Certificate)?,
            ..Parts::default()
        };
        match tender {
            Tender::Cash => parts.cash = self.due,
            Tender::Card => parts.card = self.due,
            Tender::Other => parts.other = self.due,
        }
        let sale = Sale {
            customer: self.customer,
            receipt: paper.receipt,
            lines: self.lines,
            parts,
            read: paper.read,
            fiscal: paper.fiscal,
            confirmed: paper.confirmed,
        };
        Ok(std::iter::once(Fact::Sale(sale))
            .chain(self.claims.into_iter().map(Fact::Claim))
            .chain(self.moves.into_iter().map(Fact::Move))
            .chain(self.issues.into_iter().map(Fact::Issue))
            .collect())
    }
}

/// Evaluates a receipt.
///
/// # Errors
/// [`QuoteError::Receipt`] for lines that are no receipt, [`QuoteError::Refused`] with the code of the
/// rule that does not allow what was asked for.
pub fn quote(ask: &Question<'_>) -> Result<Quote, QuoteError> {
    check_lines(ask.lines)?;
    if ask.customer.is_none() && (ask.spend.is_positive() || !ask.rewards.is_empty()) {
        return Err(QuoteError::Refused(Code::NoCustomer));
    }
    let mut on = Evaluation {
        ask,
        bill: Bill::new(ask.lines),
        claims: Vec::new(),
        moves: Vec::new(),
        issues: Vec::new(),
        redeemable: Err(Code::NoCustomer),
        said: Vec::new(),
    };
    if ask.customer.is_none() {
        on.say(Code::NoCustomer);
    }
    newer::apply(&mut on);
    certificates::sell(&mut on)?;
    offers::apply(&mut on)?;
    cards::apply(&mut on)?;
    benefits::apply(&mut on)?;
    standing::threshold(&mut on)?;
    if let Some(customer) = ask.customer {
        rewards::apply(&mut on, customer)?;
        points::apply(&mut on, customer)?;
    }
    certificates::apply(&mut on)?;
    if let Some(customer) = ask.customer {
        earning::apply(&mut on, customer, &[])?;
        standing::apply(&mut on, customer)?;
    }
    if let Some(of) = ask.brought
        && let Some(promised) = of.referral()
    {
        // What is given for it is the authority's word; here it is only said.
        on.said.extend(promised.said(of, &on.bill.lines)?);
    }
    on.answer()
}

/// What a customer earns who is attached to a purchase later (X7): points and stamps, never discounts, by the
/// programme version and moment of the purchase, for the goods that are still kept.
///
/// `ask` holds that version, moment and outlet; its lines are those of the purchase, whose shares stay.
/// `returned` is what came back of each so far.
///
/// # Errors
/// [`QuoteError::Refused`] without a customer; else as [`quote`].
pub fn attached(ask: &Question<'_>, returned: &[Quantity]) -> Result<Quote, QuoteError> {
    let customer = ask.customer.ok_or(QuoteError::Refused(Code::NoCustomer))?;
    let mut on = Evaluation {
        ask,
        bill: Bill {
            lines: ask.lines.to_vec(),
        },
        claims: Vec::new(),
        moves: Vec::new(),
        issues: Vec::new(),
        redeemable: Err(Code::NothingToPay),
        said: Vec::new(),
    };
    newer::apply(&mut on);
    earning::apply(&mut on, customer, returned)?;
    on.answer()
}

/// A receipt while its steps are taken.
struct Evaluation<'a> {
    ask: &'a Question<'a>,
    bill: Bill,
    claims: Vec<Claim>,
    moves: Vec<Move>,
    issues: Vec<Issued>,
    redeemable: Result<Redeemable, Code>,
    said: Vec<Code>,
}

impl<'a> Evaluation<'a> {
    fn say(&mut self, code: Code) {
        self.said.push(code);
    }

    /// All instruments, less priority first, then by id (D4).
    fn by_priority(&self) -> Vec<&'a Instrument> {
        let mut all: Vec<&Instrument> = self.ask.programme.instruments().iter().collect();
        all.sort_by_key(|one| (one.rules.stacking.priority, one.id));
        all
    }

    /// Why an instrument does not work here or today, if so.
    fn closed(&self, of: &Instrument) -> Option<Code> {
        let (instrument, scope) = (i64::from(of.id.0), &of.rules.scope);
        if !scope.is_today(self.ask.at.date) {
            Some(Code::NotToday { instrument })
        } else if !scope.is_here(self.ask.outlet) {
            Some(Code::NotHere { instrument })
        } else {
            None
        }
    }

    /// Whether an instrument works here, today and for this customer; if not, the reason is said (D6).
    fn is_open(&mut self, of: &Instrument) -> bool {
        let instrument = i64::from(of.id.0);
        let (ask, scope) = (self.ask, &of.rules.scope);
        let why = match self.closed(of) {
            Some(code) => Some(code),
            None => match (scope.audience, ask.customer) {
                (Audience::Anybody, _) | (Audience::Customers, Some(_)) => None,
                (Audience::Members(club), Some((_, position)))
                    if position.is_member(club, ask.at.date) =>
                {
                    None
                }
                (Audience::Tier(tiers, level), Some((_, position)))
                    if position.level(tiers) >= level =>
                {
                    None
                }
                _ => Some(Code::NotForThisCustomer { instrument }),
            },
        };
        self.said.extend(why);
        why.is_none()
    }

    /// Whether the receipt is large enough for a rule; if not, what is missing is said (D1, D6).
    fn reaches_minimum(&mut self, of: &Instrument) -> Result<bool, Overflow> {
        let rule = &of.rules.stacking;
        let missing = rule.minimum.minus(self.bill.goods(rule.price)?)?;
        if missing.is_positive() {
            self.say(Code::BelowReceipt {
                instrument: of.id.0.into(),
                missing: missing.0,
            });
        }
        Ok(!missing.is_positive())
    }

    /// Lowers the receipt by what a rule takes off, and says it: also what kept it from being more (D2, D6).
    fn lower(&mut self, of: &Instrument, cut: &Cut, rate: i64) {
        let instrument = i64::from(of.id.0);
        if !cut.total.is_positive() {
            self.say(Code::NothingToLower { instrument });
            return;
        }
        self.bill.lower(of.id, cut);
        self.say(Code::Discounted {
            instrument,
            value: cut.total.0,
            rate,
        });
        if cut.total < cut.wanted {
            self.say(Code::DiscountBounded {
                instrument,
                wanted: cut.wanted.0,
            });
        }
    }

    fn answer(self) -> Result<Quote, QuoteError> {
        let ask = self.ask;
        Ok(Quote {
            customer: ask.customer.map(|(id, _)| id),
            programme: ask.programme.version(),
            at: ask.at,
            total: self.bill.total(crate::programme::PriceOf::Original)?,
            due: self.bill.due()?,
            lines: self.bill.lines,
            claims: self.claims,
            moves: self.moves,
            issues: self.issues,
            redeemable: self.redeemable,
            said: self.said,
        })
    }
}
