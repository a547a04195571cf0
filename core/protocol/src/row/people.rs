//! What is known of people and their cards: customers, positions, cards, merges, consents, emissions,
//! inbox items.

use kartka_domain::card::CardNumber;
use kartka_domain::customer::{Consent, Customer, Version, Will};
use kartka_domain::ids::{CustomerId, DeviceNo, EntryId, InstrumentId, OperatorId, OutletId, Seq};
use kartka_domain::ledger::LotTerms;
use kartka_domain::moment::{date_of, day_number};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Bucket, Pending, Position, Wallet};
use kartka_domain::row::{
    Card, CardState, EdgeState, Emission, Inbox, InboxState, Merge, MergeReason,
};

use super::{KEY, key_as};
use crate::WireError;
use crate::fields::{Record, Value};
use crate::parts::{
    CHANNELS, PURPOSES, id, one_of, opt_date, opt_id, put_code, put_group, put_moment, read_code,
    read_date, read_group, read_moment, read_slot, slot_number,
};

mod customer {
    pub(super) const REGISTERED: u16 = 1;
    pub(super) const OUTLET: u16 = 2;
    /// Groups; in each beside the group's own numbers:
    pub(super) const PROFILE: u16 = 3;
    /// Absent = only claimed by a phone.
    pub(super) const SEQ: u16 = 8;
    pub(super) const AT: u16 = 9;
    pub(super) const DEVICE: u16 = 10;
}

pub(super) mod position {
    pub(in crate::row) const WALLETS: u16 = 1;
    /// Instrument, stamps, instrument, stamps, …
    pub(in crate::row) const STAMPS: u16 = 2;
    pub(in crate::row) const VISITS: u16 = 3;
    pub(in crate::row) const SPENT: u16 = 4;
    pub(in crate::row) const LAST_VISIT: u16 = 5;
    /// 1 = redeeming without the authority is held.
    pub(in crate::row) const HELD: u16 = 6;
    pub(in crate::row) const FIRST_VISIT: u16 = 7;
    /// Club, 1, last day, or club, 2, 0 for ever; …
    pub(in crate::row) const MEMBERSHIPS: u16 = 8;
    /// Tiers, level, tiers, level, …
    pub(in crate::row) const LEVELS: u16 = 9;
    /// Instrument, count, last day, how often on it; …
    pub(in crate::row) const USES: u16 = 10;
    /// Month, spent, visits, status points; …
    pub(in crate::row) const MONTHS: u16 = 11;
    /// Day, how many on it, when the last was: of their earns, while a limit asks.
    pub(in crate::row) const EARNS: u16 = 70;
    /// Tiers, day, inbox item; …
    pub(in crate::row) const ASKED: u16 = 80;
}

mod wallet {
    pub(super) const INSTRUMENT: u16 = 1;
    /// Last day, points, last day, points, …
    pub(super) const BUCKETS: u16 = 2;
    /// Points that never expire.
    pub(super) const LASTING: u16 = 3;
    pub(super) const PENDING: u16 = 4;
    pub(super) const DEBT: u16 = 5;
    pub(super) const STATUS: u16 = 6;
    pub(super) const CARRY: u16 = 7;
    /// A last day that was joined, the day it was joined to, …
    pub(super) const JOINED: u16 = 110;
}

mod pending {
    pub(super) const AVAILABLE: u16 = 1;
    /// Absent = never.
    pub(super) const EXPIRES: u16 = 2;
    pub(super) const POINTS: u16 = 3;
}

mod card {
    pub(super) const CUSTOMER: u16 = 1;
    /// Absent = active.
    pub(super) const STATE: u16 = 2;
    pub(super) const BOUND_BY: u16 = 3;
}

mod merge {
    pub(super) const A: u16 = 1;
    pub(super) const B: u16 = 2;
    pub(super) const REASON: u16 = 3;
    /// Absent = on.
    pub(super) const STATE: u16 = 4;
    pub(super) const UNDONE_BY: u16 = 170;
}

mod consent {
    pub(super) const CUSTOMER: u16 = 1;
    pub(super) const PURPOSE: u16 = 2;
    pub(super) const CHANNEL: u16 = 3;
    pub(super) const WORDING: u16 = 4;
    /// 1 = withdrawn; absent = given.
    pub(super) const WITHDRAWN: u16 = 5;
    pub(super) const AT: u16 = 6;
    pub(super) const AHEAD: u16 = 7;
    pub(super) const OPERATOR: u16 = 8;
    pub(super) const SEEN: u16 = 9;
}

mod emission {
    pub(super) const SLOT: u16 = 1;
    pub(super) const FIRST: u16 = 2;
    pub(super) const COUNT: u16 = 3;
}

mod inbox {
    pub(super) const CODE: u16 = 1;
    pub(super) const CUSTOMER: u16 = 2;
    pub(super) const OTHER: u16 = 3;
    pub(super) const POINTS: u16 = 4;
    pub(super) const DATE: u16 = 5;
    /// Absent = open.
    pub(super) const STATE: u16 = 6;
}

const INBOX_STATES: [(i64, InboxState); 2] = [
    (InboxState::Open as i64, InboxState::Open),
    (InboxState::Closed as i64, InboxState::Closed),
];
const CARD_STATES: [(i64, CardState); 2] = [
    (CardState::Active as i64, CardState::Active),
    (CardState::Blocked as i64, CardState::Blocked),
];
const EDGES: [(i64, EdgeState); 2] = [
    (EdgeState::On as i64, EdgeState::On),
    (EdgeState::Off as i64, EdgeState::Off),
];
const REASONS: [(i64, MergeReason); 2] = [
    (MergeReason::SameCard as i64, MergeReason::SameCard),
    (MergeReason::ByHand as i64, MergeReason::ByHand),
];

pub(crate) fn customer_key(key: i64) -> Result<CustomerId, WireError> {
    CustomerId::new(key).map_err(|_| WireError::OutOfRange(KEY))
}

fn entry_key(key: i64) -> Result<EntryId, WireError> {
    EntryId::new(key).map_err(|_| WireError::OutOfRange(KEY))
}

pub(super) fn customer_record(customer: &Customer) -> Record {
    let mut r = Record::new();
    r.put(customer::REGISTERED, day_number(customer.registered));
    r.put(customer::OUTLET, customer.outlet.0);
    r.put_records(
        customer::PROFILE,
        customer.profile.iter().map(|(group, version)| {
            let mut r = Record::new();
            put_group(&mut r, group);
            r.put_opt(customer::SEQ, version.seq.map(|seq| seq.0));
            r.put(customer::AT, version.at_ms);
            r.put(customer::DEVICE, version.device.get());
            r
        }),
    );
    r
}

pub(super) fn read_customer(key: i64, r: &Record) -> Result<Customer, WireError> {
    let mut profile = Vec::new();
    for record in r.records(customer::PROFILE)? {
        let Some(group) = read_group(record)? else {
            continue;
        };
        let version = Version {
            seq: record.opt_int(customer::SEQ)?.map(Seq),
            at_ms: record.int(customer::AT)?,
            device: id(record, customer::DEVICE, device_no)?,
        };
        profile.push((group, version));
    }
    // The domain looks groups up by their order.
    if !profile.is_sorted_by(|(a, _), (b, _)| a.kind() < b.kind()) {
        return Err(WireError::OutOfRange(customer::PROFILE));
    }
    Ok(Customer {
        id: customer_key(key)?,
        registered: read_date(r, customer::REGISTERED)?,
        outlet: OutletId(r.int(customer::OUTLET)?),
        profile,
    })
}

fn device_no(raw: i64) -> Result<DeviceNo, WireError> {
    let no = key_as(raw)?;
    DeviceNo::new(no).map_err(|_| WireError::OutOfRange(customer::DEVICE))
}

pub(super) fn position_record(position: &Position) -> Record {
    let mut r = Record::new();
    let wallets = position.wallets.iter();
    r.put_records(
        position::WALLETS,
        wallets.map(|(instrument, wallet)| wallet_record(*instrument, wallet)),
    );
    let stamps = position.stamps.iter();
    put_numbers(
        &mut r,
        position::STAMPS,
        stamps.flat_map(|(instrument, stamps)| [i64::from(instrument.0), stamps.0]),
    );
    r.put_unless(position::VISITS, position.visits, 0);
    r.put_unless(position::SPENT, position.spent.0, 0);
    r.put_opt(position::LAST_VISIT, position.last_visit.map(day_number));
    r.put_unless(position::HELD, i64::from(position.held), 0);
    super::standing::put(&mut r, position);
    r
}

pub(super) fn read_position(r: &Record) -> Result<Position, WireError> {
    let wallets = r.records(position::WALLETS)?.into_iter().map(read_wallet);
    let stamps = pairs(r, position::STAMPS)?
        .into_iter()
        .map(|(instrument, stamps)| {
            let instrument =
                u32::try_from(instrument).map_err(|_| WireError::OutOfRange(position::STAMPS))?;
            Ok((InstrumentId(instrument), Stamps(stamps)))
        });
    Ok(Position {
        wallets: wallets.collect::<Result<_, WireError>>()?,
        stamps: stamps.collect::<Result<_, WireError>>()?,
        visits: r.int_or(position::VISITS, 0)?,
        spent: Money(r.int_or(position::SPENT, 0)?),
        last_visit: opt_date(r, position::LAST_VISIT)?,
        held: r.int_or::<i64>(position::HELD, 0)? != 0,
        ..super::standing::read(r)?
    })
}

fn wallet_record(instrument: InstrumentId, wallet: &Wallet) -> Record {
    let mut r = Record::new();
    r.put(wallet::INSTRUMENT, instrument.0);
    let dated = wallet
        .buckets
        .iter()
        .filter_map(|b| Some([day_number(b.expires_on?), b.points.0]));
    put_numbers(&mut r, wallet::BUCKETS, dated.flatten());
    let lasting = wallet.buckets.iter().find(|b| b.expires_on.is_none());
    r.put_opt(wallet::LASTING, lasting.map(|b| b.points.0));
    r.put_records(
        wallet::PENDING,
        wallet.pending.iter().map(|p| {
            let mut r = Record::new();
            r.put(pending::AVAILABLE, day_number(p.lot.available_on));
            r.put_opt(pending::EXPIRES, p.lot.expires_on.map(day_number));
            r.put(pending::POINTS, p.points.0);
            r
        }),
    );
    r.put_unless(wallet::DEBT, wallet.debt.0, 0);
    r.put_unless(wallet::STATUS, wallet.status.0, 0);
    r.put_unless(wallet::CARRY, wallet.carry, 0);
    let joined = wallet.joined.iter();
    let joined = joined.flat_map(|(from, to)| [day_number(*from), day_number(*to)]);
    put_numbers(&mut r, wallet::JOINED, joined);
    r
}

fn read_wallet(r: &Record) -> Result<(InstrumentId, Wallet), WireError> {
    let dated = pairs(r, wallet::BUCKETS)?.into_iter().map(|(day, points)| {
        let expires_on = date_of(day).ok_or(WireError::OutOfRange(wallet::BUCKETS))?;
        Ok(Bucket {
            expires_on: Some(expires_on),
            points: Points(points),
        })
    });
    let lasting = r.opt_int(wallet::LASTING)?.map(|points| Bucket {
        expires_on: None,
        points: Points(points),
    });
    let buckets = dated
        .chain(lasting.map(Ok))
        .collect::<Result<_, WireError>>()?;
    let pending = |p: &Record| {
        let lot = LotTerms {
            available_on: read_date(p, pending::AVAILABLE)?,
            expires_on: opt_date(p, pending::EXPIRES)?,
        };
        Ok(Pending {
            lot,
            points: Points(p.int(pending::POINTS)?),
        })
    };
    let pending = r
        .records(wallet::PENDING)?
        .into_iter()
        .map(pending)
        .collect::<Result<_, WireError>>()?;
    let debt = Points(r.int_or(wallet::DEBT, 0)?);
    let day = |day| date_of(day).ok_or(WireError::OutOfRange(wallet::JOINED));
    let joined = pairs(r, wallet::JOINED)?.into_iter();
    let joined = joined
        .map(|(from, to)| Ok((day(from)?, day(to)?)))
        .collect::<Result<_, WireError>>()?;
    Ok((
        InstrumentId(r.int(wallet::INSTRUMENT)?),
        Wallet {
            buckets,
            pending,
            debt,
            status: Points(r.int_or(wallet::STATUS, 0)?),
            carry: r.int_or(wallet::CARRY, 0)?,
            joined,
        },
    ))
}

pub(super) fn put_numbers(r: &mut Record, tag: u16, numbers: impl Iterator<Item = i64>) {
    let list: Vec<Value> = numbers.map(Value::Int).collect();
    r.put_opt(tag, (!list.is_empty()).then_some(list));
}

fn pairs(r: &Record, tag: u16) -> Result<Vec<(i64, i64)>, WireError> {
    let numbers = r.ints(tag)?;
    let (pairs, rest) = numbers.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(WireError::OutOfRange(tag));
    }
    Ok(pairs.iter().map(|[a, b]| (*a, *b)).collect())
}

pub(super) fn card_record(card: &Card) -> Record {
    let mut r = Record::new();
    r.put(card::CUSTOMER, card.customer.get());
    r.put_unless(card::STATE, card.state as i64, CardState::Active as i64);
    r.put(card::BOUND_BY, card.bound_by.get());
    r
}

pub(super) fn read_card(key: i64, r: &Record) -> Result<Card, WireError> {
    Ok(Card {
        number: CardNumber::from_value(key_as(key)?).map_err(|_| WireError::OutOfRange(KEY))?,
        customer: id(r, card::CUSTOMER, CustomerId::new)?,
        state: one_of(r, card::STATE, &CARD_STATES, Some(CardState::Active))?,
        bound_by: id(r, card::BOUND_BY, EntryId::new)?,
    })
}

pub(super) fn merge_record(merge: &Merge) -> Record {
    let mut r = Record::new();
    r.put(merge::A, merge.a.get());
    r.put(merge::B, merge.b.get());
    r.put(merge::REASON, merge.reason as i64);
    r.put_unless(merge::STATE, merge.state as i64, EdgeState::On as i64);
    r.put_opt(merge::UNDONE_BY, merge.undone_by.map(|entry| entry.get()));
    r
}

pub(super) fn read_merge(key: i64, r: &Record) -> Result<Merge, WireError> {
    Ok(Merge {
        id: entry_key(key)?,
        a: id(r, merge::A, CustomerId::new)?,
        b: id(r, merge::B, CustomerId::new)?,
        reason: one_of(r, merge::REASON, &REASONS, None)?,
        state: one_of(r, merge::STATE, &EDGES, Some(EdgeState::On))?,
        undone_by: opt_id(r, merge::UNDONE_BY, EntryId::new)?,
    })
}

pub(super) fn consent_record(consent: &Consent) -> Record {
    let mut r = Record::new();
    r.put(consent::CUSTOMER, consent.customer.get());
    r.put(consent::PURPOSE, consent.purpose as i64);
    r.put(consent::CHANNEL, consent.channel as i64);
    r.put(consent::WORDING, consent.wording);
    r.put_unless(
        consent::WITHDRAWN,
        i64::from(consent.will == Will::Withdrawn),
        0,
    );
    put_moment(&mut r, consent::AT, consent::AHEAD, consent.at);
    r.put(consent::OPERATOR, consent.operator.0);
    r.put(consent::SEEN, consent.seen.0);
    r
}

pub(super) fn read_consent(key: i64, r: &Record) -> Result<Consent, WireError> {
    Ok(Consent {
        id: entry_key(key)?,
        customer: id(r, consent::CUSTOMER, CustomerId::new)?,
        purpose: one_of(r, consent::PURPOSE, &PURPOSES, None)?,
        channel: one_of(r, consent::CHANNEL, &CHANNELS, None)?,
        wording: r.int(consent::WORDING)?,
        will: one_of(
            r,
            consent::WITHDRAWN,
            &[(1, Will::Withdrawn)],
            Some(Will::Given),
        )?,
        at: read_moment(r, consent::AT, consent::AHEAD)?,
        operator: OperatorId(r.int(consent::OPERATOR)?),
        seen: Seq(r.int(consent::SEEN)?),
    })
}

pub(super) fn emission_record(emission: &Emission) -> Record {
    let mut r = Record::new();
    r.put(emission::SLOT, slot_number(emission.slot));
    r.put(emission::FIRST, emission.first);
    r.put(emission::COUNT, emission.count);
    r
}

pub(super) fn read_emission(key: i64, r: &Record) -> Result<Emission, WireError> {
    Ok(Emission {
        id: entry_key(key)?,
        slot: read_slot(r, emission::SLOT)?.ok_or(WireError::Missing(emission::SLOT))?,
        first: r.int(emission::FIRST)?,
        count: r.int(emission::COUNT)?,
    })
}

pub(super) fn inbox_record(item: &Inbox) -> Record {
    let mut r = Record::new();
    put_code(&mut r, inbox::CODE, Some(item.code));
    r.put_opt(inbox::CUSTOMER, item.customer.map(CustomerId::get));
    r.put_opt(inbox::OTHER, item.other.map(CustomerId::get));
    r.put_unless(inbox::POINTS, item.points.0, 0);
    r.put(inbox::DATE, day_number(item.date));
    r.put_unless(inbox::STATE, item.state as i64, InboxState::Open as i64);
    r
}

pub(super) fn read_inbox(key: i64, r: &Record) -> Result<Inbox, WireError> {
    Ok(Inbox {
        id: entry_key(key)?,
        code: read_code(r, inbox::CODE)?.ok_or(WireError::Missing(inbox::CODE))?,
        customer: opt_id(r, inbox::CUSTOMER, CustomerId::new)?,
        other: opt_id(r, inbox::OTHER, CustomerId::new)?,
        points: Points(r.int_or(inbox::POINTS, 0)?),
        date: read_date(r, inbox::DATE)?,
        state: one_of(r, inbox::STATE, &INBOX_STATES, Some(InboxState::Open))?,
    })
}
