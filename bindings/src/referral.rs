//! Who brought whom, at the border (G3): recorded at the counter; what is given for it is the authority's word.

use kartka_core::domain::brought::{Brought, Thanks};
use kartka_core::domain::programme::CountsWhen as DomainCounts;
use kartka_core::usecase::referral::{Friends as CoreFriends, Promise};

use crate::border::request_id;
use crate::codes::Code;
use crate::customers::{Customers, WRITTEN, customer_id};
use crate::error::CoreError;

/// What is promised here and today for bringing somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ReferralPromise {
    /// By which instrument.
    pub instrument: u32,
    /// Points for whoever brings.
    pub reward: i64,
    /// For every so many friends.
    pub every: u16,
    /// Points for the friend; 0 = none.
    pub welcome: i64,
    /// When a friend counts.
    pub counts: FriendCounts,
    /// Days until the points may be spent.
    pub window_days: u16,
}

/// When a friend counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FriendCounts {
    /// With their first purchase that is enough.
    Buying,
    /// When they are registered.
    Joining,
}

/// Who brought a person, and whom they brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Friends {
    /// Who brought them.
    pub brought_by: Option<FriendView>,
    /// Whom they brought, the newest first.
    pub brought: Vec<FriendView>,
}

/// That one customer brought another one, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FriendView {
    /// Its id.
    pub id: i64,
    /// Who was brought.
    pub friend: i64,
    /// Who brought them.
    pub referrer: i64,
    /// Business date.
    pub date: String,
    /// How it stands.
    pub state: FriendState,
    /// Points that whoever brought them was given.
    pub reward: i64,
    /// Points that the friend was given.
    pub welcome: i64,
    /// First day on which the points may be spent.
    pub available_on: Option<String>,
    /// Why nothing, or not the reward, is given.
    pub why: Option<Code>,
}

/// How a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FriendState {
    /// For the friend's first purchase that is enough.
    Waits,
    /// The friend counts.
    Counts,
    /// It has no effect.
    Refused,
}

#[uniffi::export(async_runtime = "tokio")]
impl Customers {
    /// What is promised here and today for bringing somebody, if anything is.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn referral_promise(&self) -> Result<Option<ReferralPromise>, CoreError> {
        let promise = self
            .border
            .read(|shop| Ok(shop.referral_promise()?.map(ReferralPromise::from)));
        promise.await
    }

    /// Records that `referrer` brought `friend`.
    ///
    /// # Errors
    /// `NotFound`; `RuleRejected` with why it would have no effect, or `NotAllowed` with the missing right; the situation
    /// of the disk.
    pub async fn refer(
        &self,
        request: Vec<u8>,
        friend: i64,
        referrer: i64,
    ) -> Result<(), CoreError> {
        let refer = self.border.write(WRITTEN, move |shop| {
            let (friend, referrer) = (customer_id(friend)?, customer_id(referrer)?);
            Ok(shop.refer(request_id(&request)?, friend, referrer)?)
        });
        refer.await
    }

    /// Who brought a person, and whom they brought, with any of their cards.
    ///
    /// # Errors
    /// `NotFound`; `NotAllowed`; the situation of the disk.
    pub async fn friends(&self, customer: i64) -> Result<Friends, CoreError> {
        let friends = self
            .border
            .read(move |shop| Ok(shop.friends(customer_id(customer)?)?.into()));
        friends.await
    }
}

impl From<Promise> for ReferralPromise {
    fn from(promise: Promise) -> Self {
        Self {
            instrument: promise.instrument.0,
            reward: promise.reward.0,
            every: promise.every,
            welcome: promise.welcome.0,
            counts: match promise.counts {
                DomainCounts::Buying => FriendCounts::Buying,
                DomainCounts::Joining => FriendCounts::Joining,
            },
            window_days: promise.window_days,
        }
    }
}

impl From<CoreFriends> for Friends {
    fn from(friends: CoreFriends) -> Self {
        Self {
            brought_by: friends.brought_by.map(FriendView::from),
            brought: friends.brought.into_iter().map(FriendView::from).collect(),
        }
    }
}

impl From<Brought> for FriendView {
    fn from(of: Brought) -> Self {
        let counted = of.counted.as_ref();
        let (reward, welcome) = (
            counted.and_then(|c| c.reward),
            counted.and_then(|c| c.welcome),
        );
        let points = |thanks: Option<Thanks>| thanks.map_or(0, |thanks| thanks.effect.points.0);
        let from = reward.or(welcome).map(|thanks| thanks.lot.available_on);
        Self {
            id: of.id.get(),
            friend: of.friend.get(),
            referrer: of.referrer.get(),
            date: of.date.to_string(),
            state: match (of.refused, counted) {
                (Some(_), _) => FriendState::Refused,
                (None, Some(_)) => FriendState::Counts,
                (None, None) => FriendState::Waits,
            },
            reward: points(reward),
            welcome: points(welcome),
            available_on: from.map(|date| date.to_string()),
            why: of
                .refused
                .or(counted.and_then(|c| c.unpaid))
                .map(Code::from),
        }
    }
}
