//! Asking the authority to keep points or vouchers for one receipt (mode `online`; U2, U3, sync §4).
//!
//! The till asks under the request id of the sale that will follow. An answer that was lost is asked for again with the
//! same id and keeps nothing twice; what was kept is let go by the sale, by [`Shop::release`], or by its time. What was
//! granted is remembered by this run of the program only: one that begins anew asks again.

use std::collections::BTreeMap;

use kartka_domain::ids::{InstrumentId, RequestMark, VoucherId};
use kartka_domain::money::{Money, Points};
use kartka_domain::programme::{Counting, Coupon, Instrument, OfflinePolicy, Terms};
use kartka_domain::purchase::ShareKind;
use kartka_domain::quote::{Asked, Presented, Quote, Used};
use kartka_domain::reservation::{Asset, ITEMS_MAX, Item};
use kartka_domain::voucher::{Act, Move};
use kartka_protocol::message::{PROTO, ReserveRequest, Reserved, SignedReserveAnswer};

use super::till::TillRequest;
use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId, Standing};
use crate::sync::{Failure, Route, Transport};

/// Receipts remembered at once; the oldest is forgotten first and is asked for again.
const REMEMBERED: usize = 32;

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Nothing on this receipt has to be asked for: nobody was.
    NotNeeded,
    /// Everything is kept for this receipt.
    Kept {
        /// The sale must be committed within so many milliseconds.
        for_ms: i64,
    },
}

/// What was granted, by request.
#[derive(Default)]
pub(crate) struct Granted {
    next: u64,
    all: BTreeMap<RequestId, Grant>,
}

#[derive(Clone)]
struct Grant {
    made: u64,
    items: Vec<Item>,
    /// By this run's steady clock.
    until_ms: i64,
}

/// What the authority keeps for a receipt that is evaluated.
pub(crate) enum Keeps {
    /// As if it kept whatever the receipt uses: what would have to be asked for.
    Whatever,
    /// This, and nothing if it is empty.
    These(Vec<Item>),
}

impl Keeps {
    /// Points for the receipt of this person.
    pub(crate) fn points(&self, request: &TillRequest) -> Option<Points> {
        match self {
            Self::Whatever => Some(request.spend),
            Self::These(items) => items.iter().find_map(|item| match item.asset {
                Asset::Points { customer, .. } if Some(customer) == request.customer => {
                    Some(Points(item.amount))
                }
                _ => None,
            }),
        }
    }

    /// Whether one use of a code is kept.
    pub(crate) fn has_coupon(&self, id: InstrumentId) -> bool {
        match self {
            Self::Whatever => true,
            Self::These(items) => items.iter().any(|item| item.asset == Asset::Coupon(id)),
        }
    }

    /// How the codes with a total limit stand that a receipt names (G2).
    pub(crate) fn used(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        request: &TillRequest,
    ) -> Result<Vec<Used>, CoreError> {
        let mut all = Vec::new();
        for (of, _) in named(setting, request) {
            let kept = self.has_coupon(of.id);
            let here = setting.device.standing == Standing::Authority;
            all.push(Used {
                instrument: of.id,
                // What is kept for this receipt is not used up for it.
                count: if kept { 0 } else { reader.coupon_uses(of.id)? },
                asked: if kept || here { Asked::Yes } else { Asked::No },
            });
        }
        Ok(all)
    }

    /// So much of a voucher; all of it for a coupon or as if asked.
    pub(crate) fn of_voucher(&self, id: VoucherId) -> Option<Option<Money>> {
        match self {
            Self::Whatever => Some(None),
            Self::These(items) => items.iter().find_map(|item| {
                let most = Some(Money(item.amount)).filter(|amount| amount.is_positive());
                (item.asset == Asset::Voucher(id)).then_some(most)
            }),
        }
    }
}

impl Shop {
    /// Asks the authority to keep what this receipt uses and what may not be used unasked. Then `ask.reserved` names
    /// `request`, and its quote is committed under the same id.
    ///
    /// # Errors
    /// [`CoreError::Offline`] without a network or an answer in time: ask again with the same id.
    /// [`CoreError::InsufficientPoints`], [`CoreError::RuleRejected`] with the authority's word when it can't be kept;
    /// else as [`Shop::quote`].
    pub fn reserve(
        &self,
        request: RequestId,
        ask: &TillRequest,
        transport: &dyn Transport,
    ) -> Result<Reservation, CoreError> {
        let (setting, items) = self.store.read(|r| {
            let setting = setting(r)?;
            let items = self.to_be_kept(r, &setting, ask)?;
            Ok::<_, CoreError>((setting, items))
        })?;
        if items.is_empty() {
            return Ok(Reservation::NotNeeded);
        }
        if items.len() > ITEMS_MAX {
            return Err(CoreError::Validation {
                field: Field::Lines,
            });
        }
        let asked_ms = self.platform.clock.monotonic_ms();
        match self.ask_for(&setting, (request, &items), transport)? {
            Reserved::Kept { for_ms } => {
                let until_ms = asked_ms.saturating_add(for_ms.max(0));
                self.remember(request, items, until_ms);
                Ok(Reservation::Kept { for_ms })
            }
            Reserved::Refused(code) => {
                self.forget(request);
                Err(code.into())
            }
            Reserved::Free => Err(Failure::NotTheAnswer.into()),
        }
    }

    /// Lets go of what is kept for a receipt that will not be sold. Without a network it is let go by its time.
    ///
    /// # Errors
    /// [`CoreError::Offline`] and what else keeps an answer away.
    pub fn release(&self, request: RequestId, transport: &dyn Transport) -> Result<(), CoreError> {
        let setting = self.store.read(setting)?;
        self.forget(request);
        if setting.device.standing == Standing::Authority {
            return Ok(());
        }
        self.ask_for(&setting, (request, &[]), transport).map(drop)
    }

    fn ask_for(
        &self,
        setting: &Setting,
        (request, items): (RequestId, &[Item]),
        transport: &dyn Transport,
    ) -> Result<Reserved, CoreError> {
        let [mark @ .., _, _, _, _, _, _, _, _] = request.0;
        let question = |nonce| {
            ReserveRequest {
                proto: PROTO,
                nonce,
                request: RequestMark(mark),
                programme: setting.programme.version(),
                items: items.to_vec(),
            }
            .encode()
        };
        let way = (Route::Reserve, transport);
        self.ask_authority(&setting.device, way, question, |bytes, body, identity| {
            let answer = SignedReserveAnswer::decode(bytes)?.open(body, identity)?;
            Ok((answer.nonce, answer.said))
        })
    }

    /// What of this receipt the authority has to keep first: nothing on an authority.
    fn to_be_kept(
        &self,
        reader: &Reader<'_>,
        setting: &Setting,
        ask: &TillRequest,
    ) -> Result<Vec<Item>, CoreError> {
        if setting.device.standing == Standing::Authority {
            return Ok(Vec::new());
        }
        let at = self.now(&setting.outlet)?;
        let quote = self.evaluate_with(reader, setting, ask, (at, &Keeps::Whatever))?;
        let mut items = Vec::new();
        let online = setting
            .programme
            .bonus()
            .filter(|(_, card)| card.redeem.offline == OfflinePolicy::Online);
        if let (Some((instrument, _)), Some(customer)) = (online, ask.customer)
            && ask.spend.is_positive()
        {
            items.push(Item {
                asset: Asset::Points {
                    customer,
                    instrument,
                },
                amount: ask.spend.0,
            });
        }
        let counter = self.on_counter(reader, setting, ask, &Keeps::Whatever)?;
        for presented in counter.presented() {
            items.extend(above_the_cap(&quote, &presented)?);
        }
        for (of, coupon) in named(setting, ask) {
            let lines = quote.lines.iter().flat_map(|line| &line.shares);
            let lowered = lines.into_iter().any(|share| share.instrument == of.id);
            if lowered && coupon.counting == Counting::First {
                items.push(Item {
                    asset: Asset::Coupon(of.id),
                    amount: 1,
                });
            }
        }
        Ok(items)
    }

    /// What is kept for a receipt, as long as it is.
    pub(crate) fn kept(&self, request: Option<RequestId>) -> Keeps {
        let now_ms = self.platform.clock.monotonic_ms();
        let granted = self.granted.lock();
        let granted = granted.unwrap_or_else(std::sync::PoisonError::into_inner);
        let grant = request.and_then(|request| granted.all.get(&request));
        let grant = grant.filter(|grant| now_ms < grant.until_ms);
        Keeps::These(grant.map_or_else(Vec::new, |grant| grant.items.clone()))
    }

    fn remember(&self, request: RequestId, items: Vec<Item>, until_ms: i64) {
        let granted = self.granted.lock();
        let mut granted = granted.unwrap_or_else(std::sync::PoisonError::into_inner);
        granted.next += 1;
        let made = granted.next;
        let grant = Grant {
            made,
            items,
            until_ms,
        };
        granted.all.insert(request, grant);
        let oldest = granted.all.iter().min_by_key(|(_, grant)| grant.made);
        if let Some(oldest) = oldest.map(|(id, _)| *id)
            && granted.all.len() > REMEMBERED
        {
            granted.all.remove(&oldest);
        }
    }

    /// Nothing is kept for this receipt any more.
    pub(crate) fn forget(&self, request: RequestId) {
        let granted = self.granted.lock();
        let mut granted = granted.unwrap_or_else(std::sync::PoisonError::into_inner);
        granted.all.remove(&request);
    }
}

/// The codes with a total limit that a receipt names.
fn named<'a>(
    setting: &'a Setting,
    request: &'a TillRequest,
) -> impl Iterator<Item = (&'a Instrument, &'a Coupon)> {
    let all = setting.programme.instruments().iter();
    all.filter_map(|of| match &of.terms {
        Terms::Coupon(coupon) if coupon.total.is_some() => Some((of, coupon)),
        _ => None,
    })
    .filter(|(_, coupon)| request.codes.contains(&coupon.code))
}

/// A voucher that the receipt uses for more than may be taken unasked.
fn above_the_cap(quote: &Quote, presented: &Presented<'_>) -> Result<Option<Item>, CoreError> {
    let (id, of) = (presented.voucher.id, presented.of);
    let used = quote.moves.iter().find_map(|one| match *one {
        Move {
            voucher,
            act: Act::Use { paid, taken },
        } if voucher == id => Some((paid, taken)),
        _ => None,
    });
    let Some((paid, taken)) = used else {
        return Ok(None);
    };
    let value = if of.certificate().is_some() {
        paid
    } else {
        let shares = quote.lines.iter().flat_map(|line| &line.shares);
        let own = shares.filter(|s| s.instrument == of.id && s.kind == ShareKind::Discount);
        Money::total(own.map(|share| share.value))?
    };
    let item = Item {
        asset: Asset::Voucher(id),
        amount: taken.0,
    };
    Ok((!of.voucher_offline().accepts(value)).then_some(item))
}
