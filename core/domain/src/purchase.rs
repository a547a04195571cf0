//! Receipts, purchases and returns: the facts of the counter (L2, X1).
//!
//! Gross totals are the truth; a unit price is informative and not kept. What a return gives back is a
//! function of the **cumulative** returned quantity, so many small returns equal one big one (X2).

use crate::codes::Code;
use crate::ids::{
    CustomerId, InstrumentId, OperatorId, OutletId, ProgrammeVersion, PurchaseId, ReturnId,
};
use crate::limits::CardRead;
use crate::moment::Moment;
use crate::money::{AMOUNT_MAX, Money, Overflow, Points, Rounding, scale};
use crate::planted;

/// Most lines of a purchase (L2).
pub const LINES_MAX: usize = 500;
/// One piece, in thousandths.
pub const ONE: Quantity = Quantity(1_000);

/// Why lines are no purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PurchaseError {
    /// A purchase has 1 to 500 lines.
    #[error("a purchase has 1 to 500 lines")]
    LineCount,
    /// A total is never negative.
    #[error("line {0} has a negative amount")]
    NegativeAmount(usize),
    /// A quantity is above zero.
    #[error("line {0} has no quantity")]
    Quantity(usize),
    /// The shares of a line are more than the line.
    #[error("line {0} is discounted below zero")]
    BelowZero(usize),
    /// The paid parts are not what the lines cost.
    #[error("the paid parts do not sum to the receipt")]
    Parts,
    /// At most 32 of `A–Z 0–9 - / .`
    #[error("that is no receipt number")]
    ReceiptNumber,
    /// A sum left 64 bits, or the receipt is above [`AMOUNT_MAX`].
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// A quantity in thousandths of a piece, kilogram or litre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

/// Goods of the owner's list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoodsId(pub i64);

/// A group of goods of the owner's list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub i64);

/// Tax in hundredths of a percent, contained in the gross total (L2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxRate(pub u16);

/// What a share is: a lower price, or a way to pay it (D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShareKind {
    /// Paid with points.
    Points = 1,
    /// The price was lowered.
    Discount = 2,
    /// Paid with a gift certificate.
    Certificate = 3,
    /// The price was lowered, with points.
    PointsOff = 100,
}

impl ShareKind {
    /// Whether it lowers the price; else it pays.
    #[must_use]
    pub const fn lowers(self) -> bool {
        match self {
            Self::Discount | Self::PointsOff => true,
            Self::Points | Self::Certificate => false,
        }
    }

    /// Whether points were spent for it.
    #[must_use]
    pub const fn is_points(self) -> bool {
        match self {
            Self::Points | Self::PointsOff => true,
            Self::Discount | Self::Certificate => false,
        }
    }
}

/// What points are to the business (D5): tax, receipts and reports differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PointsAs {
    /// A means of payment: the price stays, part of it is paid with points.
    #[default]
    Payment = 1,
    /// A discount: the price is lower, and so is the tax in it.
    Discount = 2,
}

impl PointsAs {
    /// What a share of points is then.
    #[must_use]
    pub const fn share(self) -> ShareKind {
        match self {
            Self::Payment => ShareKind::Points,
            Self::Discount => ShareKind::PointsOff,
        }
    }
}

/// What one instrument took off a line (D3): stored for returns and for tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    /// The instrument that did it.
    pub instrument: InstrumentId,
    /// Lower price or payment.
    pub kind: ShareKind,
    /// Its part of the line, in minor units.
    pub value: Money,
    /// The points spent for it, or 0.
    pub points: Points,
}

/// One line of a receipt; a typed amount is one line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    /// The goods, or none for a typed amount.
    pub goods: Option<GoodsId>,
    /// The group they were in when sold, or none.
    pub group: Option<GroupId>,
    /// How much of it.
    pub quantity: Quantity,
    /// What the line costs before discounts, in minor units.
    pub gross: Money,
    /// Tax inside `gross`, or none.
    pub tax: Option<TaxRate>,
    /// The instrument whose gift certificate is sold by this line, or none: such a line is money for money, so it
    /// earns nothing and nothing lowers it (E4).
    pub certificate: Option<InstrumentId>,
    /// What was taken off.
    pub shares: Vec<Share>,
}

impl Line {
    /// A typed amount: one piece of nothing named.
    #[must_use]
    pub const fn amount(gross: Money) -> Self {
        Self {
            goods: None,
            group: None,
            quantity: ONE,
            gross,
            tax: None,
            certificate: None,
            shares: Vec::new(),
        }
    }

    /// A gift certificate of an instrument, sold for `nominal`.
    #[must_use]
    pub fn certificate(of: InstrumentId, nominal: Money) -> Self {
        Self {
            certificate: Some(of),
            ..Self::amount(nominal)
        }
    }

    /// What all shares take off.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn taken_off(&self) -> Result<Money, Overflow> {
        Money::total(self.shares.iter().map(|s| s.value))
    }

    /// `gross` less its shares: what the line was paid with money.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn paid(&self) -> Result<Money, Overflow> {
        self.gross.minus(self.taken_off()?)
    }

    /// What its shares of one kind take off.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn shared(&self, kind: ShareKind) -> Result<Money, Overflow> {
        let of_kind = self.shares.iter().filter(|s| s.kind == kind);
        Money::total(of_kind.map(|s| s.value))
    }

    /// `gross` less its discounts: what the line costs, in whatever way it is paid.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn price(&self) -> Result<Money, Overflow> {
        let lowers = self.shares.iter().filter(|s| s.kind.lowers());
        self.gross.minus(Money::total(lowers.map(|s| s.value))?)
    }

    /// What of its price is spent on goods: nothing of a certificate that is sold, which is spent at its use (E4).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn spent(&self) -> Result<Money, Overflow> {
        match self.certificate {
            Some(_) => Ok(Money::ZERO),
            None => self.price(),
        }
    }

    /// The tax contained in an amount of this line: half-up(total·r/(10,000+r)) (L2).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn tax_in(&self, total: Money) -> Result<Money, Overflow> {
        match self.tax {
            None => Ok(Money::ZERO),
            Some(TaxRate(rate)) => scale(
                total.0,
                i64::from(rate),
                10_000 + i64::from(rate),
                Rounding::HalfUp,
            )
            .map(Money),
        }
    }
}

/// The tax in what lines cost, paid in whatever way (D5): points as a discount lower it, points as payment do not.
///
/// # Errors
/// [`Overflow`].
pub fn tax_of(lines: &[Line]) -> Result<Money, Overflow> {
    let tax = lines.iter().map(|line| line.tax_in(line.price()?));
    tax.into_iter()
        .try_fold(Money::ZERO, |sum, tax| sum.plus(tax?))
}

/// With what a receipt was paid, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Parts {
    /// Cash.
    pub cash: Money,
    /// Bank card.
    pub card: Money,
    /// Anything else.
    pub other: Money,
    /// Gift certificates.
    pub certificate: Money,
    /// Points as a means of payment; as a discount they lower the price instead (D5).
    pub points: Money,
}

impl Parts {
    /// The sum of all parts.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn total(&self) -> Result<Money, Overflow> {
        Money::total([
            self.cash,
            self.card,
            self.other,
            self.certificate,
            self.points,
        ])
    }

    /// These and `other`, part by part.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(&self, other: &Self) -> Result<Self, Overflow> {
        Ok(Self {
            cash: self.cash.plus(other.cash)?,
            card: self.card.plus(other.card)?,
            other: self.other.plus(other.other)?,
            certificate: self.certificate.plus(other.certificate)?,
            points: self.points.plus(other.points)?,
        })
    }

    /// The part paid with money: what the till holds.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn money(&self) -> Result<Money, Overflow> {
        Money::total([self.cash, self.card, self.other])
    }
}

/// The till's own number of a receipt: 1–32 of `A–Z 0–9 - / .` (L2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceiptNumber(String);

impl ReceiptNumber {
    /// Checks length and letters.
    ///
    /// # Errors
    /// [`PurchaseError::ReceiptNumber`].
    pub fn new(text: &str) -> Result<Self, PurchaseError> {
        let good = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"-/.".contains(&b);
        if (1..=32).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PurchaseError::ReceiptNumber)
        }
    }

    /// The number as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A fiscal receipt: it earns once per business (X8).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fiscal {
    /// The register that printed it.
    pub register: ReceiptNumber,
    /// Its number there.
    pub number: ReceiptNumber,
}

/// What was sold, to whom, and how it was paid. The claim never changes; only the authority adds a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Its id.
    pub id: PurchaseId,
    /// The customer named at the sale, or none (X7).
    pub customer: Option<CustomerId>,
    /// Where.
    pub outlet: OutletId,
    /// By whom.
    pub operator: OperatorId,
    /// When, as the counter saw it.
    pub at: Moment,
    /// The rules it was made under (L9).
    pub programme: ProgrammeVersion,
    /// The till's receipt number.
    pub receipt: Option<ReceiptNumber>,
    /// 1–500 lines.
    pub lines: Vec<Line>,
    /// How it was paid.
    pub parts: Parts,
    /// A customer attached later (X7), set once.
    pub attached: Option<CustomerId>,
    /// Why the authority does not count it, if so (L15).
    pub refused: Option<Code>,
    /// How the customer's card was read, where the till said so (T7).
    pub read: Option<CardRead>,
    /// The fiscal receipt, where there is one (X8).
    pub fiscal: Option<Fiscal>,
    /// What the owner should see of it although it counts: who sold it had not the right (S7), a limit was passed
    /// (T7), its receipt had earned before (X8), the clock it was sold by was wrong (sync §5).
    pub flags: Vec<Code>,
}

impl Purchase {
    /// Checks counts, signs, shares and parts.
    ///
    /// # Errors
    /// [`PurchaseError`] naming the first thing that is wrong.
    pub fn check(&self) -> Result<(), PurchaseError> {
        check_lines(&self.lines)?;
        if self.parts.total()? != self.price()? {
            return Err(PurchaseError::Parts);
        }
        let parts = [
            self.parts.cash,
            self.parts.card,
            self.parts.other,
            self.parts.certificate,
            self.parts.points,
        ];
        if parts.iter().any(|part| part.0 < 0) {
            return Err(PurchaseError::Parts);
        }
        Ok(())
    }

    /// What the receipt costs after discounts, in minor units.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn price(&self) -> Result<Money, Overflow> {
        self.lines
            .iter()
            .try_fold(Money::ZERO, |sum, line| sum.plus(line.price()?))
    }

    /// What the receipt costs before discounts, in minor units: Σ gross.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn total(&self) -> Result<Money, Overflow> {
        Money::total(self.lines.iter().map(|line| line.gross))
    }

    /// The customer its points belong to: named at the sale, or attached later.
    #[must_use]
    pub fn earner(&self) -> Option<CustomerId> {
        self.customer.or(self.attached)
    }
}

/// Checks the lines of a receipt.
///
/// # Errors
/// [`PurchaseError`] naming the first line that is wrong, counted from 1.
pub fn check_lines(lines: &[Line]) -> Result<(), PurchaseError> {
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(PurchaseError::LineCount);
    }
    for (i, line) in lines.iter().enumerate() {
        if line.gross.0 < 0 {
            return Err(PurchaseError::NegativeAmount(i + 1));
        }
        if line.quantity.0 <= 0 {
            return Err(PurchaseError::Quantity(i + 1));
        }
        let negative = line.shares.iter().any(|s| s.value.0 < 0 || s.points.0 < 0);
        if negative || line.taken_off()? > line.gross {
            return Err(PurchaseError::BelowZero(i + 1));
        }
    }
    let total = Money::total(lines.iter().map(|line| line.gross))?;
    if total.0.unsigned_abs() > AMOUNT_MAX {
        return Err(Overflow.into());
    }
    Ok(())
}

/// Why a purchase was undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VoidReason {
    /// "Undo" on the Done screen.
    Undo = 1,
    /// The cashier mistyped.
    Mistake = 2,
    /// The customer changed their mind at the till.
    Customer = 3,
}

/// A return of goods, or the whole receipt undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnKind {
    /// Goods came back (X1).
    Goods,
    /// The receipt is undone (X6).
    Void(VoidReason),
    /// Goods came back by an unlinked return, which the authority settled with this purchase (X1).
    Settled(Settled),
}

/// How an unlinked return stands in the purchase it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Settled {
    /// The unlinked return.
    pub of: ReturnId,
    /// What of its amount counts, in minor units.
    pub money: Money,
    /// What its lines are worth above that, in minor units: a line is parted in thousandths, an amount is not. It goes
    /// back with the last of the goods.
    pub kept_back: Money,
}

/// How much of which line comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReturnedLine {
    /// Line number, from 0.
    pub line: u16,
    /// How much of it.
    pub quantity: Quantity,
}

/// A return or void of a known purchase. The claim stays; the authority may lower what counts (X1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// Its id.
    pub id: ReturnId,
    /// The purchase.
    pub purchase: PurchaseId,
    /// Goods or void.
    pub kind: ReturnKind,
    /// By whom.
    pub operator: OperatorId,
    /// Where.
    pub outlet: OutletId,
    /// When.
    pub at: Moment,
    /// What came back, as claimed at the counter.
    pub claimed: Vec<ReturnedLine>,
    /// What counts, where the authority decided otherwise, and why.
    pub verdict: Option<(Vec<ReturnedLine>, Code)>,
}

impl Return {
    /// What counts of it.
    #[must_use]
    pub fn effective(&self) -> &[ReturnedLine] {
        self.verdict
            .as_ref()
            .map_or(&self.claimed, |(lines, _)| lines)
    }
}

/// The part of `value` that belongs to `returned` of `sold`: rounded down, all of it at the end, so that
/// differences of it sum exactly (X2).
///
/// # Errors
/// [`Overflow`] when an argument is negative or nothing was sold.
pub fn returned_part(value: i64, returned: Quantity, sold: Quantity) -> Result<i64, Overflow> {
    if returned >= sold {
        Ok(value)
    } else {
        scale(value, returned.0, sold.0, Rounding::Down)
    }
}

/// Money that unlinked returns left in the till, because lines are parted in thousandths, in minor units.
///
/// # Errors
/// [`Overflow`].
pub fn kept_back(returns: &[Return]) -> Result<Money, Overflow> {
    let of = |back: &Return| match back.kind {
        ReturnKind::Settled(settled) => Some(settled.kept_back),
        ReturnKind::Goods | ReturnKind::Void(_) => None,
    };
    Money::total(returns.iter().filter_map(of))
}

/// Σ effective returned quantity per line of `purchase`.
///
/// # Errors
/// [`Overflow`].
pub fn returned_so_far(purchase: &Purchase, returns: &[Return]) -> Result<Vec<Quantity>, Overflow> {
    let mut sums = vec![Quantity(0); purchase.lines.len()];
    let counts =
        |back: &&Return| !(planted!(VoidTwice) && matches!(back.kind, ReturnKind::Void(_)));
    for part in returns.iter().filter(counts).flat_map(Return::effective) {
        if let Some(sum) = sums.get_mut(usize::from(part.line)) {
            sum.0 = sum.0.checked_add(part.quantity.0).ok_or(Overflow)?;
        }
    }
    Ok(sums)
}
