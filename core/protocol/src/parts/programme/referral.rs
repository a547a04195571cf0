//! A reward for bringing friends: number 60 of an instrument, by its kind.

use kartka_domain::ids::InstrumentId;
use kartka_domain::money::Points;
use kartka_domain::programme::{CountsWhen, Referral};

use crate::WireError;
use crate::fields::Record;
use crate::parts::one_of;

const CARD: u16 = 190;
const REWARD: u16 = 191;
/// Absent = none.
const WELCOME: u16 = 192;
/// Absent = each.
const EVERY: u16 = 193;
/// Absent = with their first purchase.
const COUNTS: u16 = 194;
/// Absent = none.
const WINDOW: u16 = 195;
/// Absent = no limit.
const PER_MONTH: u16 = 196;
/// Absent = at any time.
const WITHIN: u16 = 197;

const TIMES: [(i64, CountsWhen); 2] = [
    (CountsWhen::Buying as i64, CountsWhen::Buying),
    (CountsWhen::Joining as i64, CountsWhen::Joining),
];

pub(super) fn referral_record(of: &Referral) -> Record {
    let mut r = Record::new();
    r.put(CARD, of.card.0);
    r.put(REWARD, of.reward.0);
    r.put_unless(WELCOME, of.welcome.0, 0);
    r.put_unless(EVERY, of.every.into(), 1);
    r.put_unless(COUNTS, of.counts as i64, CountsWhen::Buying as i64);
    r.put_unless(WINDOW, of.window_days.into(), 0);
    r.put_opt(PER_MONTH, of.per_month);
    r.put_opt(WITHIN, of.within_days);
    r
}

pub(super) fn read_referral(r: &Record) -> Result<Referral, WireError> {
    Ok(Referral {
        card: InstrumentId(r.int(CARD)?),
        reward: Points(r.int(REWARD)?),
        welcome: Points(r.int_or(WELCOME, 0)?),
        every: r.int_or(EVERY, 1)?,
        counts: one_of(r, COUNTS, &TIMES, Some(CountsWhen::Buying))?,
        window_days: r.int_or(WINDOW, 0)?,
        per_month: r.opt_int(PER_MONTH)?,
        within_days: r.opt_int(WITHIN)?,
    })
}
