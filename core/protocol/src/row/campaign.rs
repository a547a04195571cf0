//! How much of a campaign's budget is spent.

use kartka_domain::ids::InstrumentId;
use kartka_domain::money::Points;
use kartka_domain::row::CampaignSpent;

use super::key_as;
use crate::WireError;
use crate::fields::Record;

const POINTS: u16 = 1;

pub(super) fn spent_record(spent: CampaignSpent) -> Record {
    let mut r = Record::new();
    r.put_unless(POINTS, spent.points.0, 0);
    r
}

pub(super) fn read_spent(key: i64, r: &Record) -> Result<CampaignSpent, WireError> {
    Ok(CampaignSpent {
        instrument: InstrumentId(key_as(key)?),
        points: Points(r.int_or(POINTS, 0)?),
    })
}
