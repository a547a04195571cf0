//! The evaluator: one receipt, one customer's position and the programme → what happens and why (T1, D6).
//!
//! A quote is what commit writes (V): its facts are made here and nowhere else. Fixed order (D1): points
//! after discounts, then earning on what is left. Pure.

use crate::allocate::{Allocate, allocate, allocate_points};
use crate::codes::Code;
use crate::earn::earned;
use crate::ids::{CustomerId, InstrumentId, ProgrammeVersion};
use crate::ledger::{Effect, EntryKind};
use crate::moment::Moment;
use crate::money::{Money, Overflow, Points, Stamps};
use crate::op::{Claim, Fact, Sale};
use crate::position::{Position, Wallet};
use crate::programme::{BonusCard, Programme, Terms};
use crate::purchase::{Line, Parts, PurchaseError, ReceiptNumber, Share, check_lines};
use crate::redeem::{CashStep, Connectivity, Redeemable, check_amount, redeemable};

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

/// What the till asks.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What is sold; shares in it are not looked at.
    pub lines: &'a [Line],
    /// The customer and their whole group's position (I2), or none.
    pub customer: Option<(CustomerId, &'a Position)>,
    /// The rules.
    pub programme: &'a Programme,
    /// When.
    pub at: Moment,
    /// How far the authority is.
    pub reach: Connectivity,
    /// Points the cashier wants to spend; zero for none.
    pub spend: Points,
    /// Stamp cards whose reward is taken with this receipt.
    pub rewards: &'a [InstrumentId],
    /// What counts as a round sum.
    pub cash: CashStep,
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
    /// Σ gross, in minor units.
    pub total: Money,
    /// What is left to pay with money.
    pub due: Money,
    /// What the ledger will be asked to do.
    pub claims: Vec<Claim>,
    /// What may be spent, or why nothing.
    pub redeemable: Result<Redeemable, Code>,
    /// What applied and what did not (D6).
    pub said: Vec<Code>,
}

impl Quote {
    /// The facts that a commit writes, in their order: the sale, then its claims.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn into_facts(
        self,
        tender: Tender,
        receipt: Option<ReceiptNumber>,
    ) -> Result<Vec<Fact>, Overflow> {
        let mut parts = Parts {
            points: self.total.minus(self.due)?,
            ..Parts::default()
        };
        match tender {
            Tender::Cash => parts.cash = self.due,
            Tender::Card => parts.card = self.due,
            Tender::Other => parts.other = self.due,
        }
        let sale = Sale {
            customer: self.customer,
            receipt,
            lines: self.lines,
            parts,
        };
        Ok(std::iter::once(Fact::Sale(sale))
            .chain(self.claims.into_iter().map(Fact::Claim))
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
    let total = Money::total(ask.lines.iter().map(|line| line.gross))?;
    let mut answer = Quote {
        customer: ask.customer.map(|(id, _)| id),
        programme: ask.programme.version(),
        at: ask.at,
        lines: unshared(ask.lines),
        total,
        due: total,
        claims: Vec::new(),
        redeemable: Err(Code::NoCustomer),
        said: Vec::new(),
    };
    let Some((customer, position)) = ask.customer else {
        if ask.spend.is_positive() || !ask.rewards.is_empty() {
            return Err(QuoteError::Refused(Code::NoCustomer));
        }
        answer.said.push(Code::NoCustomer);
        return Ok(answer);
    };
    if let Some((id, card)) = ask.programme.bonus() {
        spend(ask, &mut answer, (customer, position), (id, card))?;
    } else if ask.spend.is_positive() {
        return Err(QuoteError::Refused(Code::NotEnoughPoints {
            balance: 0,
            required: ask.spend.0,
        }));
    }
    rewards(ask, &mut answer, (customer, position))?;
    earn(ask, &mut answer, (customer, position))?;
    Ok(answer)
}

/// The lines as they are before anything is taken off.
fn unshared(lines: &[Line]) -> Vec<Line> {
    let bare = |line: &Line| Line {
        shares: Vec::new(),
        ..*line
    };
    lines.iter().map(bare).collect()
}

fn spend(
    ask: &Question<'_>,
    answer: &mut Quote,
    (customer, position): (CustomerId, &Position),
    (instrument, card): (InstrumentId, &BonusCard),
) -> Result<(), QuoteError> {
    let empty = Wallet::default();
    let wallet = position.wallet(instrument).unwrap_or(&empty);
    answer.redeemable = redeemable(wallet, answer.total, card, ask.reach, ask.at, ask.cash)?;
    if !ask.spend.is_positive() {
        return Ok(());
    }
    let allowed = answer.redeemable.map_err(QuoteError::Refused)?;
    check_amount(ask.spend, &allowed).map_err(QuoteError::Refused)?;
    let value = card.value_of(ask.spend)?;
    let weights: Vec<Money> = answer.lines.iter().map(|line| line.gross).collect();
    let values = allocate(value, &weights)?;
    let points = allocate_points(ask.spend, &values)?;
    for ((line, value), points) in answer.lines.iter_mut().zip(values).zip(points) {
        if value.is_positive() || points.is_positive() {
            line.shares.push(Share {
                instrument,
                value,
                points,
            });
        }
    }
    answer.due = answer.due.minus(value)?;
    let effect = Effect::points(ask.spend.negated()?, value.negated()?);
    answer.claims.push(Claim {
        customer,
        instrument,
        kind: EntryKind::Redeem,
        effect,
        lot: None,
    });
    answer.said.push(Code::Redeemed {
        points: ask.spend.0,
        value: value.0,
    });
    Ok(())
}

fn rewards(
    ask: &Question<'_>,
    answer: &mut Quote,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    for &instrument in ask.rewards {
        let Some(Terms::Stamps(card)) = ask.programme.instrument(instrument).map(|i| i.terms)
        else {
            return Err(QuoteError::Refused(Code::StampCardNotFull {
                stamps: 0,
                size: 0,
            }));
        };
        let stamps = position
            .stamps
            .get(&instrument)
            .copied()
            .unwrap_or_default();
        let mut taken = answer
            .claims
            .iter()
            .filter(|c| c.kind == EntryKind::Reward && c.instrument == instrument);
        let left = taken.try_fold(stamps, |left, claim| left.plus(claim.effect.stamps))?;
        if left < card.size {
            let code = Code::StampCardNotFull {
                stamps: left.0,
                size: card.size.0,
            };
            return Err(QuoteError::Refused(code));
        }
        let effect = Effect {
            points: Points::ZERO,
            stamps: card.size.negated()?,
            value: card.reward_value.negated()?,
        };
        answer.claims.push(Claim {
            customer,
            instrument,
            kind: EntryKind::Reward,
            effect,
            lot: None,
        });
    }
    Ok(())
}

fn earn(
    ask: &Question<'_>,
    answer: &mut Quote,
    (customer, position): (CustomerId, &Position),
) -> Result<(), QuoteError> {
    for instrument in ask.programme.instruments() {
        let (effect, base) = earned(instrument, &answer.lines, &[])?;
        let lot = match &instrument.terms {
            Terms::Bonus(card) => Some(card.lot(ask.at.date)),
            Terms::Stamps(_) => None,
        };
        match &instrument.terms {
            Terms::Bonus(card) => {
                say_points(answer, position, instrument.id, effect.points, base, card)?
            }
            Terms::Stamps(card) => {
                say_stamps(answer, position, instrument.id, effect.stamps, card.size)?;
            }
        }
        if effect.points.is_positive() || effect.stamps.is_positive() {
            answer.claims.push(Claim {
                customer,
                instrument: instrument.id,
                kind: EntryKind::Earn,
                effect,
                lot,
            });
        }
    }
    Ok(())
}

fn say_points(
    answer: &mut Quote,
    position: &Position,
    instrument: InstrumentId,
    points: Points,
    base: Money,
    card: &BonusCard,
) -> Result<(), Overflow> {
    if !points.is_positive() {
        answer.said.push(Code::EarnedNothing { base: base.0 });
        return Ok(());
    }
    answer.said.push(Code::Earned {
        points: points.0,
        base: base.0,
    });
    if card.pending_days > 0 {
        answer.said.push(Code::PointsPending {
            points: points.0,
            days: i64::from(card.pending_days),
        });
    }
    let debt = position.wallet(instrument).map_or(Points::ZERO, |w| w.debt);
    if debt.is_positive() {
        answer.said.push(Code::DebtRepaid {
            points: debt.min(points).0,
        });
    }
    Ok(())
}

fn say_stamps(
    answer: &mut Quote,
    position: &Position,
    instrument: InstrumentId,
    stamps: Stamps,
    size: Stamps,
) -> Result<(), Overflow> {
    if stamps.is_positive() {
        answer.said.push(Code::Stamped { stamps: stamps.0 });
    }
    let before = position
        .stamps
        .get(&instrument)
        .copied()
        .unwrap_or_default();
    let rewards = before.plus(stamps)?.0 / size.0.max(1);
    if rewards > 0 {
        answer.said.push(Code::RewardReady { rewards });
    }
    Ok(())
}
