//! What becomes of points when something happens late, as a file spells it.

use kartka_domain::programme::{Late, Owing};
use serde::Deserialize;

/// `late = { grace_days = 14, returned_days = 10, clears_debt = true }`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LateFile {
    grace_days: Option<u16>,
    #[serde(default)]
    returned_days: u16,
    #[serde(default)]
    clears_debt: bool,
}

impl LateFile {
    pub(super) fn read(&self) -> Late {
        Late {
            grace_days: self.grace_days.unwrap_or(Late::default().grace_days),
            returned_days: self.returned_days,
            owing: if self.clears_debt {
                Owing::Cleared
            } else {
                Owing::Owed
            },
        }
    }
}
