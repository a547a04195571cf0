//! The customer sheet and search.

use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::customer::{Channel, Consent, Phone, Purpose, Will, consent_now};
use kartka_domain::held::{PointsHeld, StampsHeld, points_held, stamps_held};
use kartka_domain::ids::{CustomerId, InstrumentId, Seq};
use kartka_domain::lines::Lines;
use kartka_domain::moment::Date;
use kartka_domain::money::{Money, Points};
use kartka_domain::position::Wallet;
use kartka_domain::programme::Terms;
use kartka_domain::rights::Permission;

use crate::error::CoreError;
use crate::shop::{Setting, Shop, setting};
use crate::store::Reader;

/// What staff see of a customer.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerSheet {
    /// Internal id, of the group's first member.
    pub id: CustomerId,
    /// Their name; none for an anonymous card.
    pub name: Option<String>,
    /// Phone numbers.
    pub phones: Vec<Phone>,
    /// Cards of the whole group.
    pub cards: Vec<CardNumber>,
    /// Points per bonus card of the programme.
    pub points: Vec<PointsHeld>,
    /// Stamps per stamp card of the programme.
    pub stamps: Vec<StampsHeld>,
    /// Levels held in tiers, from 1 (Q2).
    pub levels: Vec<(InstrumentId, u8)>,
    /// Purchases that count.
    pub visits: i64,
    /// Money spent, in minor units, less returns.
    pub spent: Money,
    /// Business date of the last purchase.
    pub last_visit: Option<Date>,
    /// Whether news and offers may be sent.
    pub marketing: Will,
    /// What staff should know: offline redemption is held; contact data is not for this operator, or closed because
    /// this device is no longer trusted.
    pub flags: Vec<Code>,
}

impl Shop {
    /// Everything the Customer screen shows.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn customer(&self, id: CustomerId) -> Result<CustomerSheet, CoreError> {
        self.store.read(|r| sheet(r, self, id))
    }

    /// Customers whose phone number ends in the typed digits, or whose name's words start with the typed ones;
    /// at most `limit` (1–200), best match first.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn find(&self, text: &str, limit: u32) -> Result<Vec<CustomerSheet>, CoreError> {
        let limit = limit.clamp(1, 200);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let numeric = text
            .chars()
            .all(|c| c.is_ascii_digit() || " -()+.".contains(c));
        self.store.read(|r| {
            setting(r)?;
            let found = match (numeric, digits.len()) {
                (true, 3..) => by_digits(r, &digits, limit)?,
                (true, _) => Vec::new(),
                (false, _) => r.by_name_start(text, limit)?,
            };
            found.into_iter().map(|id| sheet(r, self, id)).collect()
        })
    }
}

/// The end of a phone number, or a whole card number.
fn by_digits(reader: &Reader<'_>, digits: &str, limit: u32) -> Result<Vec<CustomerId>, CoreError> {
    let national = digits.trim_start_matches('0');
    let mut found = reader.by_phone_end(
        if national.len() >= 3 {
            national
        } else {
            digits
        },
        limit,
    )?;
    if let Ok(number) = CardNumber::parse_typed(digits)
        && let Some(card) = reader.card(number)?
        && !found.contains(&card.customer)
        && !reader.is_erased(card.customer)?
    {
        found.insert(0, card.customer);
    }
    Ok(found)
}

fn sheet(reader: &Reader<'_>, shop: &Shop, id: CustomerId) -> Result<CustomerSheet, CoreError> {
    if reader.is_erased(id)? {
        return Err(CoreError::NotFound);
    }
    let setting = setting(reader)?;
    let today = shop.now(&setting.outlet)?.date;
    let group = reader.group_of(id)?;
    let position = reader.group_position(id)?;
    let mut sheet = CustomerSheet {
        id: group.first().copied().unwrap_or(id),
        name: None,
        phones: Vec::new(),
        cards: Vec::new(),
        points: Vec::new(),
        stamps: Vec::new(),
        levels: position
            .levels
            .iter()
            .map(|(id, level)| (*id, *level))
            .collect(),
        visits: position.visits,
        spent: position.spent,
        last_visit: position.last_visit,
        marketing: marketing(reader, &group)?,
        flags: if position.held {
            vec![Code::CustomerHeld]
        } else {
            Vec::new()
        },
    };
    let mut known = false;
    for &member in &group {
        sheet
            .cards
            .extend(reader.cards_of(member)?.into_iter().map(|card| card.number));
        let Some(customer) = reader.customer(member)? else {
            continue;
        };
        known = true;
        sheet.name = sheet.name.or_else(|| customer.display_name());
        let new = customer
            .phones()
            .iter()
            .filter(|phone| !sheet.phones.contains(phone))
            .cloned();
        let new: Vec<Phone> = new.collect();
        sheet.phones.extend(new);
    }
    if !known {
        return Err(CoreError::NotFound);
    }
    hide_contacts(reader, shop, &setting, &mut sheet)?;
    for instrument in setting.programme.instruments() {
        match &instrument.terms {
            Terms::Bonus(card) => {
                let held = points_held(&position, instrument.id, card, today)?;
                sheet.points.push(held);
            }
            Terms::Stamps(card) => {
                let held = stamps_held(&position, instrument.id, card);
                sheet.stamps.push(held);
            }
            // The balance is the same whatever gives it (L12); what it may be spent for is not known here.
            Terms::Newer => {
                let wallet = position.wallet(instrument.id);
                let balance = wallet.map_or(Ok(Points::ZERO), Wallet::balance)?;
                if balance != Points::ZERO {
                    sheet.points.push(PointsHeld {
                        instrument: instrument.id,
                        balance,
                        spendable: Points::ZERO,
                        pending: Points::ZERO,
                        worth: Money::ZERO,
                        expiring: None,
                    });
                }
                sheet.flags.push(Code::NewerRule {
                    instrument: instrument.id.0.into(),
                });
            }
            // Everything else is no balance.
            _ => {}
        }
    }
    Ok(sheet)
}

/// Contact data is seen by who may see it, at a device that is trusted; the customer is recognised all the same.
fn hide_contacts(
    reader: &Reader<'_>,
    shop: &Shop,
    setting: &Setting,
    sheet: &mut CustomerSheet,
) -> Result<(), CoreError> {
    let allowed = setting.needs(Permission::Contacts);
    match allowed.and_then(|()| shop.trusted(reader, setting)) {
        Ok(()) => {}
        Err(CoreError::RuleRejected { reason }) => {
            sheet.phones.clear();
            sheet.flags.push(reason);
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Consent is per member; a withdrawal of any of them counts for the person.
fn marketing(reader: &Reader<'_>, group: &[CustomerId]) -> Result<Will, CoreError> {
    let mut events: Vec<(Option<Seq>, Consent)> = Vec::new();
    for &member in group {
        events.extend(reader.consents_of(member)?);
    }
    events.sort_by_key(|(seq, consent)| (seq.is_none(), *seq, consent.id));
    // Who wrote what under which number matters only against a withdrawal.
    let withdrawn = events.iter().any(|(_, said)| said.will == Will::Withdrawn);
    let lines = match withdrawn {
        true => reader.lines()?,
        false => Lines::default(),
    };
    Ok(consent_now(
        &events,
        Purpose::Marketing,
        Channel::Any,
        &lines,
    ))
}
