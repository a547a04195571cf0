//! A card as its holder sees it: what stands on it, and how far that may be believed.

use kartka_domain::customer::Will;
use kartka_domain::ids::{Epoch, Seq};
use kartka_domain::op::Seen;
use kartka_protocol::holder::{CardStanding, Snapshot, Wish};

use crate::error::CoreError;
use crate::store::{CardRow, Ended, RequestRow, RequestState, WalletTx};

/// A word of the shop's that is younger counts as today's: a purchase is on the card within the hour.
const FRESH_MS: i64 = 60 * 60 * 1_000;
/// A clock that differs more shows wrong ages, and makes codes that no counter takes.
const SKEW_MS: i64 = 2 * 60 * 1_000;

/// What somebody has seen who was shown nothing.
pub(super) const NOTHING_SEEN: Seen = Seen {
    epoch: Epoch {
        number: 0,
        random: 0,
    },
    seq: Seq(0),
};

/// How far what is shown may be believed (cards §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The shop said so within the hour.
    Fresh,
    /// The shop said so then, epoch ms by this phone's clock.
    AsOf {
        /// When.
        at_ms: i64,
    },
    /// The shop has not been heard yet: only the code is known.
    Unheard,
    /// The shop has no server: the code works, the balance is shown at the counter.
    Counter,
    /// This phone's clock is wrong by more than two minutes; ages can't be told.
    ClockWrong,
    /// The card is refused at every counter.
    Blocked,
    /// The link is no longer accepted: the shop hands out a new one.
    LinkRefused,
    /// The holder was erased: nothing is left to show.
    Erased,
}

/// A wish that the shop has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Consent to be told of news and offers.
    Marketing(Will),
    /// Other data of the profile.
    Profile,
    /// To be erased.
    Erase,
    /// Something that only a newer version knows.
    Newer,
}

/// A card of the wallet.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldCard {
    /// Its id on this phone.
    pub id: i64,
    /// The shop as its customers know it; the address, where only that is known.
    pub shop: String,
    /// What the counter scans.
    pub code: String,
    /// How far the rest may be believed.
    pub freshness: Freshness,
    /// What the shop said last; none before its first word and after an erasure.
    pub said: Option<Snapshot>,
    /// Whether news and offers may be sent, with what waits.
    pub marketing: Will,
    /// What the holder wished and the shop has not answered, in the order it was wished.
    pub waiting: Vec<Waiting>,
    /// Whether the shop refused a wish; until the next one is made.
    pub refused: bool,
}

pub(super) fn held(tx: &WalletTx<'_>, card: CardRow, now_ms: i64) -> Result<HeldCard, CoreError> {
    let requests = tx.requests(card.id)?;
    let waits = |one: &&RequestRow| one.state == RequestState::Waits;
    let waiting: Vec<Waiting> = requests.iter().filter(waits).map(waiting).collect();
    let said_marketing = card.snapshot.as_ref().map(|said| said.marketing);
    let wished = waiting.iter().rev().find_map(|one| match one {
        Waiting::Marketing(will) => Some(*will),
        _ => None,
    });
    let last = requests.last();
    Ok(HeldCard {
        id: card.id,
        shop: shop(&card),
        code: card.link.code.to_string(),
        freshness: freshness(&card, now_ms),
        marketing: wished.or(said_marketing).unwrap_or(Will::Withdrawn),
        refused: last.is_some_and(|one| one.state == RequestState::Refused),
        waiting,
        said: card.snapshot,
    })
}

fn waiting(row: &RequestRow) -> Waiting {
    match &row.request.wish {
        Wish::Marketing { will, .. } => Waiting::Marketing(*will),
        Wish::Profile(_) => Waiting::Profile,
        Wish::Erase => Waiting::Erase,
        Wish::Newer => Waiting::Newer,
    }
}

fn shop(card: &CardRow) -> String {
    let said = card.snapshot.as_ref().map(|said| said.shop.name.as_str());
    let linked = Some(card.link.shop.as_str()).filter(|name| !name.is_empty());
    let host = card
        .link
        .address
        .as_deref()
        .and_then(|address| address.split_once("://"));
    let name = said.or(linked).or(host.map(|(_, host)| host));
    name.unwrap_or_default().to_owned()
}

fn freshness(card: &CardRow, now_ms: i64) -> Freshness {
    match card.ended {
        Ended::Erased => return Freshness::Erased,
        Ended::LinkRefused => return Freshness::LinkRefused,
        Ended::No => {}
    }
    let Some(said) = &card.snapshot else {
        return match card.link.address {
            Some(_) => Freshness::Unheard,
            None => Freshness::Counter,
        };
    };
    let age_ms = now_ms.saturating_sub(card.asked_ms);
    if said.standing == CardStanding::Blocked {
        Freshness::Blocked
    } else if card.skew_ms.saturating_abs() > SKEW_MS || age_ms < -SKEW_MS {
        Freshness::ClockWrong
    } else if age_ms <= FRESH_MS {
        Freshness::Fresh
    } else {
        Freshness::AsOf {
            at_ms: card.asked_ms,
        }
    }
}
