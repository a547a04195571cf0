//! What the pages show, read from one view of a business: figures and rows, no markup and no HTTP.
//!
//! The owner's figures are those of `domain::report`; here only its rows are found.

mod today;

pub(crate) use today::Overview;

use kartka_domain::business::Business;
use kartka_domain::card::{Bearer, CardNumber, K1, KeyId};
use kartka_domain::ids::{CustomerId, InstrumentId};
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::Position;
use kartka_domain::programme::{Programme, Terms};
use kartka_domain::row::{EdgeState, Merge, Row, RowKind};
use kartka_protocol::holder::CardStanding;
use kartka_protocol::rows::WireRow;

use crate::authority::Authority;
use crate::holder::standing;
use crate::store::{Reads, StoreError, hex, read};

/// Purchases shown on a card's page.
const SHOWN: usize = 10;
/// Members of one person that a page looks at.
const MEMBERS_MAX: usize = 64;

/// A card as its holder sees it.
pub(crate) struct CardView {
    pub(crate) business: Business,
    /// What the page draws as a code.
    pub(crate) code: String,
    /// Only with the bearer secret.
    pub(crate) holder: Option<Holder>,
}

/// What belongs to whoever holds a card.
pub(crate) struct Holder {
    /// Name of the instrument, and what it holds.
    pub(crate) balances: Vec<(String, Balance)>,
    /// Newest first.
    pub(crate) purchases: Vec<(Date, Money)>,
}

/// What an instrument holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Balance {
    /// Points.
    Points(Points),
    /// Stamps, of how many.
    Stamps(Stamps, Stamps),
}

impl Authority {
    /// The bearer secret of a card: who has it sees the balance (cards §1).
    #[must_use]
    pub fn card_secret(&self, number: CardNumber) -> Bearer {
        let cards = &self.memory().keys.cards;
        Bearer::of(
            number,
            cards
                .key(cards.current())
                .expect("a set has its current key"),
        )
    }

    /// The path of a card's page with its secret, to be put behind the server's address.
    #[must_use]
    pub fn card_path(&self, number: CardNumber) -> String {
        let cards = &self.memory().keys.cards;
        let code = K1::make(number, cards).characters();
        format!(
            "/{}/{code}?s={}",
            cards.tag(),
            self.card_secret(number).to_text()
        )
    }

    /// The path of the owner's page with its secret.
    #[must_use]
    pub fn owner_path(&self) -> String {
        let memory = self.memory();
        format!(
            "/owner/{}?o={}",
            hex(&memory.business.0),
            hex(&memory.owner_secret)
        )
    }

    /// Whether a secret opens the owner's page; takes the same time for every wrong one.
    pub(crate) fn is_owner(&self, secret: &str) -> bool {
        same(secret, &hex(&self.memory().owner_secret))
    }

    /// A card's page; with the wrong secret, or without one, as anybody sees it.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn card_view(
        &self,
        (number, key): (CardNumber, KeyId),
        secret: Option<&str>,
    ) -> Result<CardView, StoreError> {
        let cards = &self.memory().keys.cards;
        let own = cards.key(key).map(|key| Bearer::of(number, key));
        let holds = secret.zip(own).is_some_and(|(given, own)| own.is(given));
        read(self.store(), |db| {
            Ok(CardView {
                business: business(db)?,
                code: K1::make(number, cards).to_string(),
                holder: if holds {
                    Some(holder(db, number)?)
                } else {
                    None
                },
            })
        })
    }
}

/// Compares without telling where the first difference is.
fn same(given: &str, want: &str) -> bool {
    blake3::hash(given.as_bytes()) == blake3::hash(want.as_bytes())
}

pub(crate) fn business(db: &dyn Reads) -> Result<Business, StoreError> {
    match one(db, RowKind::Business, 0)? {
        Some(Row::Business(business)) => Ok(business),
        _ => Err(StoreError::Malformed("the business row")),
    }
}

pub(crate) fn one(db: &dyn Reads, kind: RowKind, id: i64) -> Result<Option<Row>, StoreError> {
    Ok(db.row(kind, id)?.as_ref().map(WireRow::read).transpose()?)
}

fn holder(db: &dyn Reads, number: CardNumber) -> Result<Holder, StoreError> {
    let key = i64::try_from(number.value()).unwrap_or(i64::MAX);
    let nothing = Holder {
        balances: Vec::new(),
        purchases: Vec::new(),
    };
    let card = match one(db, RowKind::Card, key)? {
        Some(Row::Card(card)) if standing(db, &card)? == CardStanding::Active => card,
        _ => return Ok(nothing),
    };
    let members = members(db, card.customer)?;
    let whole = whole(db, &members)?;
    Ok(Holder {
        balances: balances(db, &whole)?,
        purchases: purchases(db, &members)?,
    })
}

/// The position of a person, whatever ids they have.
pub(crate) fn whole(db: &dyn Reads, members: &[CustomerId]) -> Result<Position, StoreError> {
    let mut whole = Position::default();
    for member in members {
        if let Some(Row::Position(_, position)) = one(db, RowKind::Position, member.get())? {
            let sum = whole.combine(&position);
            whole = sum.map_err(|_| StoreError::Malformed("a position"))?;
        }
    }
    Ok(whole)
}

/// Everybody whom active edges connect (I2), in id order.
pub(crate) fn members(db: &dyn Reads, first: CustomerId) -> Result<Vec<CustomerId>, StoreError> {
    let mut members = vec![first];
    let mut next = 0;
    while let Some(&member) = members.get(next) {
        next += 1;
        for wire in db.edges(member)? {
            let Row::Merge(Merge { a, b, state, .. }) = wire.read()? else {
                continue;
            };
            let other = if a == member { b } else { a };
            let new = state == EdgeState::On && !members.contains(&other);
            if new && members.len() < MEMBERS_MAX {
                members.push(other);
            }
        }
    }
    members.sort_unstable();
    Ok(members)
}

fn balances(db: &dyn Reads, position: &Position) -> Result<Vec<(String, Balance)>, StoreError> {
    let versions = db.rows_of(RowKind::Programme)?;
    let Some(Row::Programme(newest)) = versions.last().map(WireRow::read).transpose()? else {
        return Ok(Vec::new());
    };
    let broken = |_| StoreError::Malformed("a position");
    let balance = |id: InstrumentId, terms: &Terms| match terms {
        Terms::Bonus(_) => {
            let points = position.balance(id).map_err(broken)?;
            Ok::<_, StoreError>(Some(Balance::Points(points)))
        }
        Terms::Stamps(card) => {
            let stamps = position.stamps.get(&id).copied().unwrap_or_default();
            Ok(Some(Balance::Stamps(stamps, card.size())))
        }
        // A discount is no balance.
        _ => Ok(None),
    };
    let mut balances = Vec::new();
    for (id, name, terms) in instruments(&newest) {
        balances.extend(balance(id, terms)?.map(|balance| (name.to_owned(), balance)));
    }
    Ok(balances)
}

fn instruments(programme: &Programme) -> impl Iterator<Item = (InstrumentId, &str, &Terms)> {
    let all = programme.instruments().iter();
    all.map(|one| (one.id, one.name.as_str(), &one.terms))
}

fn purchases(db: &dyn Reads, members: &[CustomerId]) -> Result<Vec<(Date, Money)>, StoreError> {
    let mut found = Vec::new();
    for member in members {
        for wire in db.purchases_of(*member, SHOWN)? {
            let Row::Purchase(purchase) = wire.read()? else {
                continue;
            };
            let total = purchase
                .total()
                .map_err(|_| StoreError::Malformed("a purchase"))?;
            found.push((purchase.at, total));
        }
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(at.instant_ms));
    found.truncate(SHOWN);
    Ok(found
        .into_iter()
        .map(|(at, total)| (at.date, total))
        .collect())
}
