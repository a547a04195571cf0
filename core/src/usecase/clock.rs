//! The clock of a phone that is its own authority: nobody measures it, so a jump is asked about (sync §5, decision 88).
//!
//! Sales never wait for an answer. What ends by the clock does: until it has shown a few days one after the other, or its
//! owner has said that it is right.

use kartka_domain::moment::{Date, date_of, day_number};
use kartka_domain::rights::Permission;

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::{Reader, Standing, StoreError, Tx, meta};

/// Where is noted what this phone's clock has shown: three numbers, big-endian, as in [`Shown`].
const SHOWN: &str = "shown_day";
/// Longest time in which a shop may be closed without anybody wondering about its phone's clock.
const CLOSED_DAYS: i64 = 8;
/// Days that a clock shows one after the other, after a jump, before something ends by it.
const SURE_DAYS: i64 = 3;

/// A clock that jumped, to be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockJump {
    /// The last day that it showed before.
    pub before: Date,
    /// The day that it shows now.
    pub now: Date,
}

/// What a clock has shown; days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    /// The last day.
    last: i64,
    /// Days in a row since it jumped, up to [`SURE_DAYS`].
    days: i64,
    /// The last day before it jumped.
    before: i64,
}

impl Shown {
    const fn sure(day: i64) -> Self {
        Self {
            last: day,
            days: SURE_DAYS,
            before: day,
        }
    }

    fn read(reader: &Reader<'_>) -> Result<Option<Self>, StoreError> {
        let noted = meta::get(reader, SHOWN)?;
        let number = |at: usize| {
            let bytes = noted.as_deref()?.get(at..at + 8)?;
            Some(i64::from_be_bytes(bytes.try_into().ok()?))
        };
        let both = number(0).zip(number(8));
        Ok(both.map(|(last, days)| Self {
            last,
            days,
            before: number(16).unwrap_or(last),
        }))
    }

    fn note(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let all = [self.last, self.days, self.before].map(i64::to_be_bytes);
        meta::put(tx, SHOWN, &all.concat())
    }

    /// What it has shown when it shows `today` too.
    fn and(self, today: i64) -> Self {
        let came_back = (0..=CLOSED_DAYS).contains(&today.saturating_sub(self.before));
        match today.saturating_sub(self.last) {
            0 => self,
            _ if self.days < SURE_DAYS && came_back => Self::sure(today),
            1..=CLOSED_DAYS if self.days + 1 >= SURE_DAYS => Self::sure(today),
            1..=CLOSED_DAYS => Self {
                last: today,
                days: self.days + 1,
                ..self
            },
            _ => Self {
                last: today,
                days: 0,
                // Of two jumps the question is about the first: what it showed between them was no more sure.
                before: if self.days < SURE_DAYS {
                    self.before
                } else {
                    self.last
                },
            },
        }
    }

    const fn is_sure(self) -> bool {
        self.days >= SURE_DAYS
    }
}

impl Shop {
    /// The owner says that the clock is right: what ends by it ends again. Nothing where nobody asked.
    ///
    /// # Errors
    /// [`CoreError::Unauthorised`] without [`Permission::Inbox`]; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn trust_clock(&self) -> Result<(), CoreError> {
        self.store.write(|tx| {
            let setting = setting(tx)?;
            setting.needs(Permission::Inbox)?;
            if setting.device.standing == Standing::Authority {
                let today = self.now(&setting.outlet)?.date;
                Shown::sure(day_number(today)).note(tx)?;
            }
            Ok(())
        })
    }

    /// What has to be asked about this phone's clock, if anything.
    pub(crate) fn clock_jump(&self, reader: &Reader<'_>) -> Result<Option<ClockJump>, CoreError> {
        let setting = setting(reader)?;
        if setting.device.standing != Standing::Authority {
            return Ok(None);
        }
        let now = self.now(&setting.outlet)?.date;
        let shown = Shown::read(reader)?.map(|shown| shown.and(day_number(now)));
        let before = shown.filter(|shown| !shown.is_sure());
        let before = before.and_then(|shown| date_of(shown.before));
        Ok(before.map(|before| ClockJump { before, now }))
    }
}

/// Notes the day that this clock shows; whether something may end by it.
pub(crate) fn is_sure_of(tx: &Tx<'_>, today: i64) -> Result<bool, StoreError> {
    let noted = Shown::read(tx)?;
    let now = noted.map_or(Shown::sure(today), |shown| shown.and(today));
    if noted != Some(now) {
        now.note(tx)?;
    }
    Ok(now.is_sure())
}

#[cfg(test)]
mod tests {
    use super::{CLOSED_DAYS, SURE_DAYS, Shown};

    /// What a clock has shown after these days, the first of which was sure.
    fn shows(days: &[i64]) -> Shown {
        let (first, rest) = days.split_first().unwrap();
        rest.iter()
            .fold(Shown::sure(*first), |shown, day| shown.and(*day))
    }

    #[test]
    fn a_shop_that_is_closed_for_a_week_is_asked_nothing() {
        assert!(shows(&[100, 100, 101, 103, 103 + CLOSED_DAYS]).is_sure());
    }

    #[test]
    fn a_jump_waits_for_days_in_a_row_and_remembers_what_was_before_it() {
        for to in [99, 100 + CLOSED_DAYS + 1, 4_000] {
            let jumped = shows(&[100, to]);
            assert!(!jumped.is_sure());
            assert_eq!(jumped.before, 100);
            assert!(!shows(&[100, to, to]).is_sure());
            let days: Vec<i64> = (0..=SURE_DAYS).map(|n| to + n).collect();
            assert!(shows(&[&[100], &days[..]].concat()).is_sure());
        }
    }

    #[test]
    fn a_clock_that_is_set_right_again_is_believed_at_once() {
        assert!(shows(&[100, 4_000, 4_001, 101]).is_sure());
        assert_eq!(shows(&[100, 4_000, 7_000]).before, 100);
        assert!(shows(&[100, 4_000, 7_000, 100]).is_sure());
    }
}
