//! What the holder of a card sees, read from one view of a business: rows found, rules asked of the domain.
//!
//! Of the person only the given name goes out, and nothing at all of a card that is blocked or whose holder was erased.

use kartka_domain::card::CardNumber;
use kartka_domain::customer::{
    Channel, Consent, Customer, GroupKind, ProfileGroup, Purpose, Will, consent_now,
};
use kartka_domain::held::{points_held, stamps_held};
use kartka_domain::ids::{CustomerId, Epoch, InstrumentId, PurchaseId, Seq};
use kartka_domain::lines::Lines;
use kartka_domain::moment::{Date, Moment};
use kartka_domain::money::{Overflow, Points};
use kartka_domain::op::Seen;
use kartka_domain::position::Position;
use kartka_domain::programme::{Programme, Terms};
use kartka_domain::row::{Card, CardState, Row, RowKind};
use kartka_domain::voucher::VoucherState;
use kartka_protocol::holder::{
    CardStanding, LevelLine, PointsLine, PurchaseLine, ShopFace, Snapshot, StampsLine, VoucherLine,
};
use kartka_protocol::limits::HOLDER_LINES;
use kartka_protocol::rows::WireRow;

use crate::pages::{business, members, one, whole};
use crate::store::{Reads, StoreError};

/// Purchases in a snapshot.
const PURCHASES: usize = 20;
/// Vouchers of a member that are looked at.
const VOUCHERS: usize = 200;
/// Consents of a member that are looked at: more were never asked of anybody.
pub(crate) const CONSENTS: usize = 1_000;
/// Characters of a text of the shop's.
const NAME: usize = 100;

/// How a card stands now.
///
/// # Errors
/// What the disk reports.
pub(crate) fn snapshot(
    db: &dyn Reads,
    number: CardNumber,
    at: Moment,
    (epoch, seq): (Epoch, Seq),
) -> Result<Snapshot, StoreError> {
    let business = business(db)?;
    let mut said = Snapshot {
        at_ms: at.instant_ms,
        today: at.date,
        seen: Seen { epoch, seq },
        shop: ShopFace {
            name: short(&business.name),
            currency: business.currency,
            point_scale: business.point_scale,
        },
        standing: CardStanding::Blank,
        given: None,
        points: Vec::new(),
        stamps: Vec::new(),
        levels: Vec::new(),
        vouchers: Vec::new(),
        purchases: Vec::new(),
        marketing: Will::Withdrawn,
        outcomes: Vec::new(),
        address: None,
    };
    let key = i64::try_from(number.value()).unwrap_or(i64::MAX);
    let card = match one(db, RowKind::Card, key)? {
        Some(Row::Card(card)) => card,
        _ => return Ok(said),
    };
    said.standing = standing(db, &card)?;
    if said.standing == CardStanding::Active {
        fill(db, &card, &mut said)?;
    }
    Ok(said)
}

/// How a card stands for its holder.
///
/// # Errors
/// What the disk reports.
pub(crate) fn standing(db: &dyn Reads, card: &Card) -> Result<CardStanding, StoreError> {
    let erased = db.row(RowKind::Erasure, card.customer.get())?.is_some();
    Ok(match card.state {
        _ if erased => CardStanding::Erased,
        CardState::Active => CardStanding::Active,
        CardState::Blocked => CardStanding::Blocked,
    })
}

fn fill(db: &dyn Reads, card: &Card, said: &mut Snapshot) -> Result<(), StoreError> {
    let members = members(db, card.customer)?;
    let position = whole(db, &members)?;
    said.given = given(db, card.customer, &members)?;
    said.marketing = marketing(db, &members)?;
    let versions = db.rows_of(RowKind::Programme)?;
    if let Some(Row::Programme(newest)) = versions.last().map(WireRow::read).transpose()? {
        holdings(&newest, &position, said)?;
        said.vouchers = vouchers(db, &newest, &members, said.today)?;
    }
    said.purchases = purchases(db, &members)?;
    Ok(())
}

/// What the programme's cards hold.
fn holdings(
    programme: &Programme,
    position: &Position,
    said: &mut Snapshot,
) -> Result<(), StoreError> {
    let today = said.today;
    for instrument in programme.instruments().iter().take(HOLDER_LINES) {
        let (id, name) = (instrument.id, short(&instrument.name));
        match &instrument.terms {
            Terms::Bonus(card) => {
                let held = points_held(position, id, card, today).map_err(broken)?;
                said.points.push(PointsLine {
                    instrument: id,
                    name,
                    balance: held.balance,
                    spendable: held.spendable,
                    pending: held.pending,
                    worth: held.worth,
                    expiring: held.expiring,
                });
            }
            Terms::Stamps(card) => {
                let held = stamps_held(position, id, card);
                said.stamps.push(StampsLine {
                    instrument: id,
                    name,
                    stamps: held.stamps,
                    size: held.size,
                });
            }
            Terms::Tiers(_) => {
                let level = position.levels.get(&id).copied();
                said.levels.extend(level.map(|level| LevelLine {
                    instrument: id,
                    name,
                    level,
                }));
            }
            // Everything else is no balance.
            _ => {}
        }
    }
    Ok(())
}

fn vouchers(
    db: &dyn Reads,
    programme: &Programme,
    members: &[CustomerId],
    today: Date,
) -> Result<Vec<VoucherLine>, StoreError> {
    let name = |id: InstrumentId| {
        let found = programme.instruments().iter().find(|one| one.id == id);
        found.map_or_else(String::new, |one| short(&one.name))
    };
    let mut lines = Vec::new();
    for member in members {
        for wire in db.of_person(*member, RowKind::Voucher, VOUCHERS)? {
            let Row::Voucher(voucher) = wire.read()? else {
                continue;
            };
            let lives = voucher.last_day.is_none_or(|last| last >= today);
            let theirs = voucher.holder == Some(*member);
            if voucher.state == VoucherState::Issued && lives && theirs {
                lines.push(VoucherLine {
                    name: name(voucher.instrument),
                    number: voucher.number.as_ref().map(|number| number.shown()),
                    balance: voucher.balance,
                    last_day: voucher.last_day,
                });
            }
        }
    }
    lines.truncate(HOLDER_LINES);
    Ok(lines)
}

fn purchases(db: &dyn Reads, members: &[CustomerId]) -> Result<Vec<PurchaseLine>, StoreError> {
    let mut found = Vec::new();
    for member in members {
        for wire in db.purchases_of(*member, PURCHASES)? {
            if let Row::Purchase(purchase) = wire.read()? {
                found.push(purchase);
            }
        }
    }
    found.sort_by_key(|purchase| std::cmp::Reverse((purchase.at.instant_ms, purchase.id)));
    found.truncate(PURCHASES);
    let line = |purchase: kartka_domain::purchase::Purchase| {
        let total = purchase.total();
        Ok(PurchaseLine {
            date: purchase.at.date,
            total: total.map_err(|_| StoreError::Malformed("a purchase"))?,
            points: points_of(db, purchase.id)?,
        })
    };
    found.into_iter().map(line).collect()
}

/// Σ points of all entries of a purchase: earned, spent, taken and given back.
fn points_of(db: &dyn Reads, purchase: PurchaseId) -> Result<Points, StoreError> {
    let mut sum = Points::ZERO;
    for wire in db.entries(purchase)? {
        if let Row::Entry(entry) = wire.read()? {
            sum = sum.plus(entry.effect().points).map_err(broken)?;
        }
    }
    Ok(sum)
}

/// Consent is per member; a withdrawal of any of them counts for the person.
fn marketing(db: &dyn Reads, members: &[CustomerId]) -> Result<Will, StoreError> {
    let mut events: Vec<(Option<Seq>, Consent)> = Vec::new();
    for member in members {
        for wire in db.of_person(*member, RowKind::Consent, CONSENTS)? {
            if let Row::Consent(consent) = wire.read()? {
                events.push((Some(wire.seq), consent));
            }
        }
    }
    events.sort_by_key(|(seq, consent)| (*seq, consent.id));
    // Who wrote what under which number matters only against a withdrawal.
    let withdrawn = events.iter().any(|(_, said)| said.will == Will::Withdrawn);
    let lines = if withdrawn {
        lines(db)?
    } else {
        Lines::default()
    };
    let (purpose, channel) = (Purpose::Marketing, Channel::Any);
    Ok(consent_now(&events, purpose, channel, &lines))
}

fn lines(db: &dyn Reads) -> Result<Lines, StoreError> {
    let mut devices = Vec::new();
    for wire in db.rows_of(RowKind::Device)? {
        if let Row::Device(device) = wire.read()? {
            devices.push(device);
        }
    }
    Ok(Lines::of(&devices))
}

/// The given name: that of the card's own holder before those of who is the same person.
fn given(
    db: &dyn Reads,
    holder: CustomerId,
    members: &[CustomerId],
) -> Result<Option<String>, StoreError> {
    for member in std::iter::once(&holder).chain(members) {
        let Some(Row::Customer(customer)) = one(db, RowKind::Customer, member.get())? else {
            continue;
        };
        let name = given_of(&customer);
        if name.is_some() {
            return Ok(name);
        }
    }
    Ok(None)
}

fn given_of(customer: &Customer) -> Option<String> {
    match customer.group(GroupKind::Name) {
        Some(ProfileGroup::Name { given, .. }) if !given.is_empty() => Some(short(given)),
        _ => None,
    }
}

/// Enough of a text to be shown on a phone.
fn short(text: &str) -> String {
    text.chars().take(NAME).collect()
}

fn broken(_: Overflow) -> StoreError {
    StoreError::Malformed("a position")
}
