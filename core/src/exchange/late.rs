//! What becomes of points when something happens late, as a file spells it.

use kartka_domain::programme::{Late, Owing};
use serde::Deserialize;

/// `late = { grace_days = 14, returned_days = 10, debt = "deducted" }`; `clears_debt = true` is an older word for
/// `debt = "cleared"`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LateFile {
    grace_days: Option<u16>,
    #[serde(default)]
    returned_days: u16,
    #[serde(default)]
    clears_debt: bool,
    debt: Option<DebtFile>,
}

/// What becomes of points that a return needs and that were spent already (L10).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DebtFile {
    Owed,
    Cleared,
    Deducted,
}

impl LateFile {
    pub(super) fn read(&self) -> Late {
        Late {
            grace_days: self.grace_days.unwrap_or(Late::default().grace_days),
            returned_days: self.returned_days,
            owing: match (self.debt, self.clears_debt) {
                (Some(DebtFile::Owed), _) | (None, false) => Owing::Owed,
                (Some(DebtFile::Cleared), _) | (None, true) => Owing::Cleared,
                (Some(DebtFile::Deducted), _) => Owing::Deducted,
            },
        }
    }
}
