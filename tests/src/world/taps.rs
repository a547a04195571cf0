//! What people do at a phone: one tap is chosen by the dice, done by the real use case, and written down as the
//! screen confirmed it.

use kartka_core::domain::business::DeviceState;
use kartka_core::domain::card::{CardNumber, Carrier};
use kartka_core::domain::customer::Will;
use kartka_core::domain::founding::{STAMPS, ShopKind};
use kartka_core::domain::ids::{CustomerId, DeviceNo, EntryId, Id, InstrumentId, PurchaseId};
use kartka_core::domain::ledger::EntryKind;
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::op::Decision;
use kartka_core::domain::purchase::{Line, Quantity, ReturnedLine, Share, ShareKind, VoidReason};
use kartka_core::domain::quote::RewardTaken;
use kartka_core::domain::row::{Merge, MergeReason};
use kartka_core::error::CoreError;
use kartka_core::query::history::PurchaseView;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::cards::Recognised;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;

use super::claim::{SaleLine, What};
use super::dice::Dice;
use super::model::Model;
use super::rules::{self, Rules, Setting};
use super::staff::{self, Word};

/// A card from the pile at the counter, and the text of its code.
#[derive(Clone)]
pub(crate) struct PileCard {
    pub(crate) number: CardNumber,
    pub(crate) code: String,
}

/// Something a person is about to do.
#[derive(Clone)]
pub(crate) enum Tap {
    Register(Registration),
    Edit(CustomerId, String),
    Consent(CustomerId, Will),
    Bind(CardNumber, CustomerId),
    Issue(CustomerId),
    Erase(CustomerId),
    Join(CustomerId, CustomerId),
    Part(CustomerId, EntryId),
    Emit,
    Sell(TillRequest),
    Return(PurchaseId, Vec<ReturnedLine>),
    Void(PurchaseId),
    /// The first was brought by the second.
    Refer(CustomerId, CustomerId),
    Revoke(DeviceNo),
    Settle(Id, Decision),
    /// The owner publishes a version of the programme.
    Publish(Rules),
    /// The owner changes a setting beside it.
    Set(Setting),
    /// The owner employs or dismisses somebody.
    Say(Word),
}

impl Tap {
    /// Whether a card with a number of this phone's own is given to somebody.
    pub(crate) fn gives_new_card(&self) -> bool {
        let issues = |form: &Registration| matches!(form.card, NewCard::Issue);
        match self {
            Self::Register(form) => issues(form),
            Self::Issue(_) => true,
            _ => false,
        }
    }

    /// Whether it says who brought somebody.
    pub(crate) fn is_word(&self) -> bool {
        match self {
            Self::Register(form) => form.referrer.is_some(),
            Self::Refer(..) => true,
            _ => false,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Register(_) => "registers",
            Self::Edit(..) => "edits",
            Self::Consent(..) => "notes a consent",
            Self::Bind(..) => "binds a card",
            Self::Issue(_) => "issues a card",
            Self::Erase(_) => "erases somebody",
            Self::Join(..) => "makes one person of two",
            Self::Part(..) => "makes two people of one",
            Self::Emit => "makes card numbers",
            Self::Sell(ask) if ask.spend.0 > 0 => "sells for points",
            Self::Sell(ask) if !ask.rewards.is_empty() => "sells and takes a full stamp card",
            Self::Sell(_) => "sells",
            Self::Return(..) => "takes goods back",
            Self::Void(_) => "voids",
            Self::Refer(..) => "notes who brought somebody",
            Self::Revoke(_) => "revokes a phone",
            Self::Settle(..) => "takes in what waited",
            Self::Publish(_) => "publishes a programme",
            Self::Set(_) => "changes a setting",
            Self::Say(_) => "changes the staff",
        }
    }
}

/// The counter as its staff see it.
pub(crate) struct Counter<'a> {
    pub(crate) phone: usize,
    pub(crate) shop: &'a Shop,
    pub(crate) model: &'a Model,
    pub(crate) pile: &'a [PileCard],
    pub(crate) kind: ShopKind,
}

impl Counter<'_> {
    /// What is done next; a sale without a card when the dice ask for something that is not there.
    pub(crate) fn choose(&self, dice: &mut Dice) -> Result<Tap, CoreError> {
        let found = self.look(dice)?;
        Ok(found.unwrap_or_else(|| sale(dice, None)))
    }

    fn look(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        Ok(match dice.below(100) {
            0..=9 => Some(Tap::Register(named(dice))),
            10..=24 => self.at_the_scanner(dice)?,
            25..=28 if self.kind == ShopKind::Coffee => self.sale_for_stamps(dice)?,
            25..=44 => self.customer(dice).map(|c| sale(dice, Some(c))),
            45..=49 => Some(sale(dice, None)),
            50..=64 => self.sale_for_points(dice)?,
            65..=76 => self.goods_back(dice)?,
            77..=81 => self.purchase(dice).map(Tap::Void),
            82..=86 => self
                .customer(dice)
                .map(|c| Tap::Edit(c, format!("Name {}", dice.below(1_000_000)))),
            87..=88 => self.two(dice),
            89 => self.joined(dice)?,
            90..=95 => self.customer(dice).map(|c| Tap::Consent(c, will(dice))),
            96..=97 => self.customer(dice).map(Tap::Issue),
            98 => match (dice.pick(self.pile), self.customer(dice)) {
                (Some(card), Some(customer)) => Some(Tap::Bind(card.number, customer)),
                _ => None,
            },
            _ => Some(Tap::Emit),
        })
    }

    /// A card from the pile is scanned: its holder buys, or somebody new gets it.
    fn at_the_scanner(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        let Some(card) = dice.pick(self.pile) else {
            return Ok(None);
        };
        Ok(match self.shop.recognise(Carrier::Qr, &card.code)? {
            Recognised::Customer { customer, .. } => Some(sale(dice, Some(customer))),
            Recognised::NewCard { card } => {
                let blank = Registration::default();
                let form = if dice.percent(40) { named(dice) } else { blank };
                let card = NewCard::Bind(card);
                Some(Tap::Register(Registration { card, ..form }))
            }
            _ => None,
        })
    }

    fn sale_for_points(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        let Some(customer) = self.customer(dice) else {
            return Ok(None);
        };
        let Tap::Sell(mut ask) = sale(dice, Some(customer)) else {
            return Ok(None);
        };
        match self.shop.quote(&ask) {
            Ok((_, quote)) => {
                if let Ok(allowed) = quote.redeemable {
                    ask.spend = Points(dice.between(allowed.least.0, allowed.most.0));
                }
                Ok(Some(Tap::Sell(ask)))
            }
            Err(CoreError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Somebody with a full stamp card takes their reward.
    fn sale_for_stamps(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        let Some(customer) = self.customer(dice) else {
            return Ok(None);
        };
        let Tap::Sell(mut ask) = sale(dice, Some(customer)) else {
            return Ok(None);
        };
        let sheet = self.shop.customer(customer)?;
        if sheet.stamps.iter().any(|view| view.stamps >= view.size) {
            ask.rewards = vec![RewardTaken {
                instrument: STAMPS,
                reward: 0,
            }];
        }
        Ok(Some(Tap::Sell(ask)))
    }

    fn goods_back(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        let Some(id) = self.purchase(dice) else {
            return Ok(None);
        };
        let view = match self.shop.purchase(id) {
            Ok(view) => view,
            Err(CoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        if dice.percent(30) {
            return Ok(Some(Tap::Return(id, Vec::new())));
        }
        let Some(place) = dice.place(view.purchase.lines.len()) else {
            return Ok(None);
        };
        let left = view.purchase.lines[place].quantity.0 - view.returned[place].0;
        Ok((left > 0).then(|| {
            let pieces = dice.between(1, (left / 1_000).max(1));
            let quantity = Quantity(left.min(pieces * 1_000));
            let line = u16::try_from(place).unwrap_or(0);
            Tap::Return(id, vec![ReturnedLine { line, quantity }])
        }))
    }

    /// Two customers who turn out to be one person.
    fn two(&self, dice: &mut Dice) -> Option<Tap> {
        let (one, other) = (self.customer(dice)?, self.customer(dice)?);
        (one != other).then_some(Tap::Join(one, other))
    }

    /// Somebody whom a person had taken for somebody else too.
    fn joined(&self, dice: &mut Dice) -> Result<Option<Tap>, CoreError> {
        let Some(customer) = self.customer(dice) else {
            return Ok(None);
        };
        let mut edges = match self.shop.merges(customer) {
            Ok(edges) => edges,
            Err(CoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        edges.retain(|edge| edge.reason == MergeReason::ByHand);
        let edge = dice.pick(&edges);
        Ok(edge.map(|edge| Tap::Part(edge.a, edge.id)))
    }

    /// Somebody is to be erased.
    pub(crate) fn erasure(&self, dice: &mut Dice) -> Option<Tap> {
        self.customer(dice).map(Tap::Erase)
    }

    /// Somebody that is a customer somewhere; often one of a few regulars, so that phones meet over them.
    pub(crate) fn customer(&self, dice: &mut Dice) -> Option<CustomerId> {
        let known = self.model.registered();
        let regulars = &known[..known.len().min(4)];
        let list = if dice.percent(60) { regulars } else { known };
        let id = dice
            .pick(list)
            .map(|place| self.model.id_on(self.phone, *place));
        id.and_then(|id| CustomerId::new(id).ok())
    }

    /// One of the last receipts of any phone.
    fn purchase(&self, dice: &mut Dice) -> Option<PurchaseId> {
        let claims = self.model.claims.iter().enumerate().rev();
        let sales = claims.filter(|(_, claim)| matches!(claim.what, What::Sale { .. }));
        let sales: Vec<usize> = sales.map(|(place, _)| place).take(8).collect();
        let id = dice
            .pick(&sales)
            .map(|place| self.model.id_on(self.phone, *place));
        id.and_then(|id| PurchaseId::new(id).ok())
    }
}

fn named(dice: &mut Dice) -> Registration {
    // Two hundred numbers: now and then one person is registered twice.
    let phone = format!("067 555 {:04}", dice.below(200));
    Registration {
        profile: ProfileForm {
            given: format!("Guest {}", dice.below(1_000_000)),
            phones: vec![phone],
            ..ProfileForm::default()
        },
        marketing_consent: dice.percent(50).then_some(1),
        card: match dice.below(2) {
            0 => NewCard::Issue,
            _ => NewCard::None,
        },
        referrer: None,
    }
}

fn will(dice: &mut Dice) -> Will {
    match dice.below(2) {
        0 => Will::Given,
        _ => Will::Withdrawn,
    }
}

pub(crate) fn sale(dice: &mut Dice, customer: Option<CustomerId>) -> Tap {
    let mut line = || Line {
        quantity: Quantity(dice.between(1, 4) * 1_000),
        ..Line::amount(Money(dice.between(0, 60_000)))
    };
    let (first, second) = (line(), line());
    let mut ask = TillRequest::amount(customer, Money(0));
    ask.lines = match dice.below(3) {
        0 => vec![first, second],
        _ => vec![first],
    };
    Tap::Sell(ask)
}

/// Does it.
pub(crate) fn perform(shop: &Shop, request: RequestId, tap: &Tap) -> Result<What, CoreError> {
    match tap {
        Tap::Register(form) => {
            let customer = shop.register(request, form)?.get();
            Ok(What::Register {
                customer,
                named: Some(form.profile.given.clone()).filter(|name| !name.is_empty()),
                phone: !form.profile.phones.is_empty(),
                card: match form.card {
                    NewCard::Bind(card) => Some(card.value()),
                    NewCard::None | NewCard::Issue => None,
                },
                consent: form.marketing_consent.is_some(),
            })
        }
        Tap::Edit(customer, name) => {
            let form = ProfileForm {
                given: name.clone(),
                ..ProfileForm::default()
            };
            shop.edit(request, *customer, &form)?;
            Ok(What::Edit {
                customer: customer.get(),
                name: name.clone(),
            })
        }
        Tap::Consent(customer, will) => {
            shop.consent(request, *customer, 1, *will)?;
            Ok(What::Consent {
                customer: customer.get(),
                given: *will == Will::Given,
                others: Vec::new(),
            })
        }
        Tap::Bind(card, customer) => {
            shop.bind(request, *card, *customer)?;
            Ok(What::Bind {
                customer: customer.get(),
                card: card.value(),
            })
        }
        Tap::Issue(customer) => {
            shop.issue(request, *customer)?;
            let customer = customer.get();
            Ok(What::Bind { customer, card: 0 })
        }
        Tap::Erase(customer) => {
            shop.erase(request, *customer)?;
            let customer = customer.get();
            Ok(What::Erase { customer })
        }
        Tap::Join(one, other) => {
            shop.merge(request, *one, *other)?;
            let both = [*one, *other];
            let is = |edge: &&Merge| both.contains(&edge.a) && both.contains(&edge.b);
            let edges = shop.merges(*one)?;
            let id = edges.iter().find(is).map_or(0, |edge| edge.id.get());
            let (one, other) = (one.get(), other.get());
            Ok(What::Join { id, one, other })
        }
        Tap::Part(customer, edge) => {
            shop.unmerge(request, *customer, *edge)?;
            Ok(What::Part { join: edge.get() })
        }
        Tap::Emit => shop.emit(request, 3).map(|_| What::Other),
        Tap::Sell(ask) => {
            let id = shop.sell(request, ask)?;
            Ok(sold(&shop.purchase(id)?, !ask.rewards.is_empty()))
        }
        Tap::Return(purchase, lines) => {
            let id = shop.give_back(request, *purchase, lines)?.get();
            Ok(back(&shop.purchase(*purchase)?, id, false))
        }
        Tap::Refer(friend, referrer) => {
            let told = shop.refer(request, *friend, *referrer);
            told.map(|()| What::Other)
        }
        Tap::Revoke(device) => {
            let revoked = shop.revoke(request, *device, DeviceState::Revoked);
            revoked.map(|()| What::Other)
        }
        Tap::Settle(up_to, decision) => {
            let settled = shop.settle(request, *up_to, *decision);
            settled.map(|()| What::Other)
        }
        Tap::Publish(of) => rules::publish(shop, request, *of),
        Tap::Set(setting) => rules::set(shop, request, *setting),
        Tap::Say(word) => staff::say(shop, request, *word),
        Tap::Void(purchase) => {
            let id = shop.void(request, *purchase, VoidReason::Mistake)?.get();
            Ok(back(&shop.purchase(*purchase)?, id, true))
        }
    }
}

/// Whether a use case says no as it should, and nothing broke.
pub(crate) fn is_refusal(error: &CoreError) -> bool {
    matches!(
        error,
        CoreError::NotFound
            | CoreError::Duplicate { .. }
            | CoreError::InsufficientPoints { .. }
            | CoreError::RuleRejected { .. }
            | CoreError::Validation { .. }
            | CoreError::Stale
    )
}

fn sold(view: &PurchaseView, reward: bool) -> What {
    let bonus = InstrumentId(1);
    let claimed = |kind: EntryKind| -> i64 {
        let of_kind = view
            .entries
            .iter()
            .filter(|e| e.kind == kind && e.instrument == bonus);
        of_kind.map(|e| e.claim.points.0).sum()
    };
    let lines = view.purchase.lines.iter().map(|line| {
        let shares = line.shares.iter().filter(|s| s.instrument == bonus);
        let lowers = |s: &&Share| s.kind == ShareKind::PointsOff;
        let lowered: i64 = shares.clone().filter(lowers).map(|s| s.value.0).sum();
        let (off, points) = shares.fold((0, 0), |sum, s| (sum.0 + s.value.0, sum.1 + s.points.0));
        SaleLine {
            gross: line.gross.0,
            quantity: line.quantity.0,
            price: line.gross.0 - lowered,
            off,
            points,
        }
    });
    What::Sale {
        id: view.purchase.id.get(),
        customer: view.purchase.customer.map(CustomerId::get),
        lines: lines.collect(),
        earned: claimed(EntryKind::Earn),
        spent: -claimed(EntryKind::Redeem),
        stamps: view
            .entries
            .iter()
            .filter(|e| e.kind == EntryKind::Earn)
            .map(|e| e.claim.stamps.0)
            .sum(),
        reward,
        version: view.purchase.programme.0,
    }
}

fn back(view: &PurchaseView, id: i64, void: bool) -> What {
    let made = view.returns.iter().find(|back| back.id.get() == id);
    let lines = made.map(|back| {
        let claimed = back.claimed.iter();
        claimed
            .map(|l| (usize::from(l.line), l.quantity.0))
            .collect()
    });
    What::Return {
        id,
        purchase: view.purchase.id.get(),
        shown: view.purchase.lines.iter().map(|line| line.gross.0).sum(),
        void,
        lines: lines.unwrap_or_default(),
    }
}
