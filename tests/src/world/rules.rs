//! The owner's rules, in plain integers: what a version of the programme says of points and stamps, and how it is changed
//! in the middle of a world, while phones are offline and go on selling by the one that they know (L9, sync §11).

use kartka_core::domain::founding::{BONUS, STAMPS, ShopKind};
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::limits::{EarnLimits, Then};
use kartka_core::domain::money::{Money, Points, Stamps};
use kartka_core::domain::programme::{
    BonusCard, Expiry, Instrument, OfflinePolicy, Programme, Referral, StampCard, StampFor, Terms,
};
use kartka_core::domain::purchase::PointsAs;
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::sync::Event;

use super::claim::What;
use super::dice::Dice;
use super::laws::Wrong;
use super::street::Street;
use super::taps::Tap;

/// The phone on which the owner changes rules.
const OWNERS: usize = 0;
/// As long as anybody is ever away: the end of a lot forgives whatever comes late.
const GRACE_DAYS: u16 = 366;
/// What is promised for bringing friends.
const FRIENDS: InstrumentId = InstrumentId(80);
/// Stamps of a full card.
const FULL: i64 = 10;

/// How a phone stands that gives points away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stand {
    /// Points that it has given away since it was last heard.
    pub(crate) waiting: i64,
    /// Points that the server keeps for this receipt, as far as the phone was told and may rely on it still.
    pub(crate) kept: Option<i64>,
}

/// What a world says of its rules.
#[derive(Clone, Copy)]
struct Ground {
    short_lived: bool,
    online: bool,
    kind: ShopKind,
}

/// What a version of the programme says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Points per minor unit of a base, in ten-thousandths; none while the bonus card is taken out.
    pub(crate) rate: Option<i64>,
    /// The part of a receipt that points may pay, in ten-thousandths.
    pub(crate) share: i64,
    /// Fewest points of one redemption.
    pub(crate) least: i64,
    /// Points are spent in multiples of it.
    pub(crate) step: i64,
    /// Most points that a phone gives away between two exchanges; none = not without the authority.
    pub(crate) budget: Option<i64>,
    /// Points are spent only where the authority keeps them for the receipt.
    pub(crate) online: bool,
    /// Points for whoever brings a friend, and for the friend, if anything is promised.
    pub(crate) thanks: Option<(i64, i64)>,
    /// Months that points live.
    pub(crate) months: i64,
    /// Whether a visit gives a stamp.
    pub(crate) stamps: bool,
}

impl Rules {
    /// As a business begins.
    pub(crate) fn ready(kind: ShopKind) -> Self {
        Self {
            rate: Some(500),
            share: 5_000,
            least: 1,
            step: 1,
            budget: Some(100_000),
            online: false,
            thanks: None,
            months: 12,
            stamps: kind == ShopKind::Coffee,
        }
    }

    /// What a base earns, rounded down.
    pub(crate) fn earned(&self, base: i64) -> i64 {
        self.rate.map_or(0, |rate| base * rate / 10_000)
    }

    /// Why so many points may not be spent on a receipt by a phone that stands so.
    pub(crate) fn refuses(&self, spent: i64, gross: i64, stand: Stand) -> Option<String> {
        let (most, waiting) = (gross * self.share / 10_000, stand.waiting);
        let budget = self.budget.filter(|_| self.rate.is_some());
        match budget {
            _ if spent == 0 => None,
            _ if self.online && self.rate.is_some() => match stand.kept {
                Some(kept) if spent <= kept => self.oversteps(spent, gross, most),
                kept => Some(format!("{spent} points spent online, and {kept:?} kept")),
            },
            None => Some(format!("{spent} points spent where none may be")),
            Some(budget) if waiting + spent > budget => Some(format!(
                "{spent} points spent after {waiting}, and no more than {budget} may be"
            )),
            Some(_) => self.oversteps(spent, gross, most),
        }
    }

    fn oversteps(&self, spent: i64, gross: i64, most: i64) -> Option<String> {
        let oversteps = spent < self.least || spent > most || spent % self.step != 0;
        oversteps.then(|| format!("{spent} points spent of {gross}: {self:?}"))
    }

    /// The rules of a shop that changes one thing.
    fn changed(self, dice: &mut Dice, ground: Ground) -> Self {
        let Ground {
            short_lived,
            online,
            kind,
        } = ground;
        let mut rules = self;
        let mut one_of = |values: &[i64]| dice.pick(values).copied().unwrap_or(1);
        match one_of(&[0, 0, 0, 1, 2, 2, 3, 4, 5]) {
            0 => rules.rate = Some(one_of(&[0, 100, 300, 500, 700, 1_000, 1_500])),
            1 => rules.share = one_of(&[2_000, 5_000, 10_000]),
            2 if online => rules.online ^= true,
            2 => {
                let budget = one_of(&[0, 500, 5_000, 100_000]);
                rules.budget = Some(budget).filter(|budget| *budget > 0);
            }
            3 if short_lived => rules.months = one_of(&[1, 2, 3]),
            // Nothing ends in a world that does not say so.
            3 => rules.months = one_of(&[12, 18, 24]),
            // Who was told so many gets them, whatever is promised to others.
            4 if rules.thanks.is_some() => {
                rules.thanks = Some((one_of(&[50, 700, 4_000]), one_of(&[0, 100])));
            }
            4 => {
                rules.least = one_of(&[1, 50, 200]);
                rules.step = one_of(&[1, 10]);
            }
            _ if kind == ShopKind::Coffee && one_of(&[0, 1]) == 0 => rules.stamps ^= true,
            // What ended is given back by the card's own grace, and thanks are points of the card.
            _ if short_lived || rules.thanks.is_some() => rules.rate = Some(500),
            _ => {
                rules.rate = if rules.rate.is_some() {
                    None
                } else {
                    Some(500)
                }
            }
        }
        rules
    }
}

/// A setting of the business beside its programme.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setting {
    /// What points are to it.
    PointsAs(PointsAs),
    /// What is shown to the owner of earns.
    Earning(EarnLimits),
    /// Days within which somebody may be attached to a sale.
    AttachDays(u16),
}

impl Setting {
    fn drawn(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::PointsAs(PointsAs::Payment),
            1 => Self::PointsAs(PointsAs::Discount),
            2 => Self::AttachDays(3),
            _ => Self::Earning(EarnLimits {
                per_day: Some((2, Then::Flag)),
                gap: dice.percent(50).then_some((10, Then::Flag)),
                ..EarnLimits::READY
            }),
        }
    }
}

/// Changes a setting.
pub(super) fn set(shop: &Shop, request: RequestId, setting: Setting) -> Result<What, CoreError> {
    match setting {
        Setting::PointsAs(points_as) => shop.set_points_as(request, points_as),
        Setting::Earning(earning) => shop.set_earn_limits(request, earning),
        Setting::AttachDays(days) => shop.set_attach_days(request, days),
    }?;
    Ok(What::Other)
}

/// Publishes a version that says this.
pub(super) fn publish(shop: &Shop, request: RequestId, rules: Rules) -> Result<What, CoreError> {
    let before = shop.programme()?;
    let mut instruments: Vec<Instrument> = before.instruments().to_vec();
    put(
        &mut instruments,
        BONUS,
        rules.rate.is_some(),
        "Bonus",
        || Terms::Bonus(BonusCard::plain(500, Money(1))),
    );
    put(&mut instruments, STAMPS, rules.stamps, "Stamps", || {
        let card = StampCard::plain(StampFor::Visit, Stamps(FULL), Money::ZERO);
        Terms::Stamps(card)
    });
    if let Some((reward, welcome)) = rules.thanks {
        let promised = Referral {
            welcome: Points(welcome),
            ..Referral::plain(BONUS, Points(reward))
        };
        instruments.retain(|of| of.id != FRIENDS);
        instruments.push(Instrument::plain(
            FRIENDS,
            "Friends",
            Terms::Referral(promised),
        ));
    }
    for of in &mut instruments {
        if let (Terms::Bonus(card), Some(rate)) = (&mut of.terms, rules.rate) {
            card.rate = number(rate);
            card.expiry = Expiry::Months(number(rules.months));
            card.late.grace_days = GRACE_DAYS;
            card.redeem.max_share = number(rules.share);
            card.redeem.minimum = Points(rules.least);
            card.redeem.step = Points(rules.step);
            card.redeem.offline = match rules.online {
                true => OfflinePolicy::Online,
                false => offline(rules.budget),
            };
        }
    }
    let version = shop.publish_programme(request, &instruments)?.0;
    Ok(What::Publish { version, rules })
}

fn put(
    all: &mut Vec<Instrument>,
    id: InstrumentId,
    wanted: bool,
    name: &str,
    terms: impl FnOnce() -> Terms,
) {
    let there = all.iter().any(|of| of.id == id);
    match (there, wanted) {
        (true, false) => all.retain(|of| of.id != id),
        (false, true) => all.push(Instrument::plain(id, name, terms())),
        _ => {}
    }
}

fn number(value: i64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn offline(budget: Option<i64>) -> OfflinePolicy {
    match budget {
        None => OfflinePolicy::None,
        Some(budget) => OfflinePolicy::Capped {
            per_customer: Some(Points(10_000)),
            device_budget: Some(Points(budget)),
            snapshot_age_ms: Some(24 * 60 * 60 * 1_000),
        },
    }
}

impl Street {
    /// The owner thinks better of a rule. One whose phone had other files than its last ones at some time leaves them as
    /// they are: two versions of one number are another story.
    pub(super) fn rules_change(&mut self, dice: &mut Dice) -> Result<(), Wrong> {
        let owners = &self.phones[OWNERS];
        if owners.turned_back {
            return Ok(());
        }
        let tap = if dice.percent(20) {
            Tap::Set(Setting::drawn(dice))
        } else {
            let programme: Programme = owners.shop().programme().map_err(|e| e.to_string())?;
            let version = programme.version().0;
            let Some(now) = self.world.model.rules(version) else {
                return Err(format!("phone {OWNERS} has version {version}").into());
            };
            let ground = Ground {
                short_lived: self.plan.short_lived,
                online: self.plan.online,
                kind: self.world.kind,
            };
            Tap::Publish(now.changed(dice, ground))
        };
        self.world
            .does(OWNERS, &mut self.phones[OWNERS], &tap, dice)?;
        self.step(OWNERS, Event::LocalCommit)
    }
}
