//! Sales without a customer: attaching one to it later, from the last sales or by its receipt, and visits that were only
//! counted (X7).

use kartka_domain::authority::VISITS_MAX;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, PurchaseId};
use kartka_domain::limits::CardRead;
use kartka_domain::moment::Moment;
use kartka_domain::money::Money;
use kartka_domain::op::Fact;
use kartka_domain::purchase::{ReturnKind, returned_so_far};
use kartka_domain::quote::{Question, Quote, attached};
use kartka_domain::redeem::CashStep;
use kartka_domain::refund::refusal;
use kartka_domain::rights::Permission;

use super::limits::broken;
use super::till::birthday;
use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId};

/// Who is attached to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attaching {
    /// The sale.
    pub purchase: PurchaseId,
    /// The customer.
    pub customer: CustomerId,
    /// How their card was read, where the till knows (T7).
    pub read: Option<CardRead>,
}

impl Shop {
    /// Notes how many visits were counted here today, without money: a shop that does not enter sales without a card
    /// still knows how many people came (X7). The last word of the day counts, and only reports use it.
    ///
    /// # Errors
    /// [`CoreError::Validation`] above 100,000; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn note_visits(&self, request: RequestId, count: u32) -> Result<(), CoreError> {
        if count > VISITS_MAX {
            let field = Field::Amount;
            return Err(CoreError::Validation { field });
        }
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Sell)?;
            Ok(vec![Fact::Visits(count)].into())
        })?;
        Ok(())
    }

    /// What the customer would earn by being attached: points and stamps, never discounts.
    ///
    /// # Errors
    /// As [`attach`](Self::attach).
    pub fn attach_quote(&self, ask: Attaching) -> Result<Quote, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let at = self.now(&setting.outlet)?;
            evaluate(r, &setting, ask, at)
        })
    }

    /// Attaches a customer to a sale, once, within the owner's time; only the goods still kept earn.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with [`Code::AlreadyAttached`], [`Code::AttachTooLate`], [`Code::AlreadyVoided`],
    /// what the authority said of the sale, or the missing right; [`CoreError::NotFound`] for a sale or a customer
    /// that is not here; [`CoreError::Store`].
    pub fn attach(&self, request: RequestId, ask: Attaching) -> Result<(), CoreError> {
        self.once(request, |tx, setting, at| {
            let answer = evaluate(tx, setting, ask, at)?;
            let fact = Fact::Attach {
                purchase: ask.purchase,
                customer: ask.customer,
                read: ask.read,
            };
            let claims = answer.claims.into_iter().map(Fact::Claim);
            Ok(std::iter::once(fact)
                .chain(claims)
                .collect::<Vec<_>>()
                .into())
        })?;
        Ok(())
    }
}

fn evaluate(
    reader: &Reader<'_>,
    setting: &Setting,
    ask: Attaching,
    at: Moment,
) -> Result<Quote, CoreError> {
    setting.needs(Permission::Sell)?;
    let purchase = reader.purchase(ask.purchase)?.ok_or(CoreError::NotFound)?;
    if reader.living(ask.customer)?.is_none() {
        return Err(CoreError::NotFound);
    }
    if purchase.earner().is_some() {
        return Err(Code::AlreadyAttached.into());
    }
    let returns = reader.returns_of(ask.purchase)?;
    if let Some(code) = refusal(ReturnKind::Goods, &purchase, &returns) {
        return Err(code.into());
    }
    setting.business.may_attach(purchase.at.date, at.date)?;
    let programme = reader
        .programme(purchase.programme)?
        .ok_or(CoreError::NotFound)?;
    let position = reader.group_position(ask.customer)?;
    let paper = (ask.read, purchase.fiscal.as_ref());
    let limits = broken(reader, setting, (Some(ask.customer), paper), purchase.at)?;
    let spent = reader.budgets(&programme)?;
    let question = Question {
        customer: Some((ask.customer, &position)),
        birthday: birthday(reader, Some(ask.customer))?,
        outlet: purchase.outlet,
        cash: CashStep(Money(1)),
        limits: &limits,
        spent: &spent,
        ..Question::plain(&purchase.lines, &programme, purchase.at)
    };
    let back = returned_so_far(&purchase, &returns)?;
    Ok(attached(&question, &back)?)
}
