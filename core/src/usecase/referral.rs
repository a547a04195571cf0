//! Who brought whom (G3): recorded at the counter, when somebody is registered or before their first purchase is a day old.
//!
//! A phone asks the rule before it writes and refuses what it knows to have no effect; points come from the authority
//! alone, so nothing here gives any.

use kartka_domain::authority::referral::{Asked, promise, refers};
use kartka_domain::brought::Brought;
use kartka_domain::codes::Code;
use kartka_domain::customer::Phone;
use kartka_domain::ids::{CustomerId, InstrumentId};
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::op::Fact;
use kartka_domain::programme::CountsWhen;
use kartka_domain::rights::Permission;

use crate::error::CoreError;
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId};

/// What is promised here and today for bringing somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// By which instrument.
    pub instrument: InstrumentId,
    /// Points for whoever brings.
    pub reward: Points,
    /// For every so many friends.
    pub every: u16,
    /// Points for the friend, or none.
    pub welcome: Points,
    /// When a friend counts.
    pub counts: CountsWhen,
    /// Days until the points may be spent.
    pub window_days: u16,
}

/// What is known of a customer's friends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Friends {
    /// Who brought them, as far as it has an effect.
    pub brought_by: Option<Brought>,
    /// Everybody they are said to have brought, the newest first.
    pub brought: Vec<Brought>,
}

impl Shop {
    /// What is promised for bringing somebody here and today, if anything is.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn referral_promise(&self) -> Result<Option<Promise>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let date = self.now(&setting.outlet)?.date;
            let found = promise(&setting.programme, setting.outlet.id, date);
            Ok(found.map(|(of, promised, _)| Promise {
                instrument: of.id,
                reward: promised.reward,
                every: promised.every,
                welcome: promised.welcome,
                counts: promised.counts,
                window_days: promised.window_days,
            }))
        })
    }

    /// Records that `referrer` brought `friend`.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for somebody who is not here; [`CoreError::RuleRejected`] with the missing right or with
    /// why it would have no effect; [`CoreError::Store`].
    pub fn refer(
        &self,
        request: RequestId,
        friend: CustomerId,
        referrer: CustomerId,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, at| {
            let known = tx.living(friend)?.ok_or(CoreError::NotFound)?;
            let named = (Some(friend), known.phones());
            check(tx, setting, named, (referrer, at.date))?;
            Ok(vec![Fact::Refer { friend, referrer }].into())
        })?;
        Ok(())
    }

    /// Who brought a person, and whom they brought, with any of their cards.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotFound`]; [`CoreError::NotPaired`];
    /// [`CoreError::Store`].
    pub fn friends(&self, customer: CustomerId) -> Result<Friends, CoreError> {
        self.store.read(|r| {
            setting(r)?.needs(Permission::Sell)?;
            if r.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let mut friends = Friends::default();
            for member in r.group_of(customer)? {
                let said = r.referrals_of(member)?.into_iter();
                let counts = said
                    .filter(|one| one.refused.is_none())
                    .min_by_key(|o| o.id);
                friends.brought_by = friends.brought_by.or(counts);
                friends.brought.extend(r.referrals_by(member)?);
            }
            friends
                .brought
                .sort_by_key(|one| std::cmp::Reverse((one.date, one.id)));
            Ok(friends)
        })
    }
}

/// Whether the operator may record it and it would have an effect, as far as this device knows.
///
/// # Errors
/// As [`Shop::refer`].
pub(super) fn check(
    reader: &Reader<'_>,
    setting: &Setting,
    (friend, phones): (Option<CustomerId>, &[Phone]),
    (referrer, date): (CustomerId, Date),
) -> Result<(), CoreError> {
    setting.needs(Permission::Register)?;
    if reader.customer(referrer)?.is_none() {
        return Err(CoreError::NotFound);
    }
    let ask = Asked {
        friend,
        phones,
        referrer,
        operator: setting.operator,
        outlet: setting.outlet.id,
        date,
        programme: setting.programme.version(),
    };
    match refers(reader, &ask)? {
        None => Ok(()),
        Some(code) => Err(Code::into(code)),
    }
}
