//! Seeded worlds: real phones and the real server in one thread, with time, chance, network and disks of the
//! world's own, against a model of sets and sums.
//!
//! One number decides everything: the same seed gives the same trace. A world has a rough time first, in which what
//! was confirmed must not be lost, doubled or hidden; then everything heals, and phones and server must come to the
//! same state, which must be the model's (sync §11). Never sleeps, never looks at the machine's clock.
//!
//! A [`Plan`] is drawn from the seed before anything happens; [`live`] lives through it; [`shrink()`] makes a plan that
//! fails as small as it can be.

mod arrival;
mod books;
mod carried;
mod check;
mod claim;
mod counter;
mod dice;
mod ends;
mod eyes;
mod forks;
mod founder;
mod friends;
mod hostile;
mod laws;
mod ledger;
mod model;
mod net;
mod numbers;
mod online;
mod phone;
mod plan;
mod proof;
mod receipt;
mod reigns;
mod replay;
mod rest;
mod rules;
mod server;
mod shrink;
mod staff;
mod story;
mod street;
mod taps;
mod theft;
mod time;
mod traces;
mod troubles;
mod way;
mod wire;

use std::ops::AddAssign;

pub use founder::run_alone;
pub use laws::Law;
pub use plan::{CLASSES_ALL, Class, Plan};
pub use shrink::{Shrunk, shrink};
pub use story::Failure;
pub use street::live;

/// Most phones of a seed.
pub const PHONES: usize = 8;

/// What happened in a world, or in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Names the run: the same seed has the same.
    pub trace: u64,
    /// Fault classes that the world knew.
    pub classes: u64,
    /// Taps that were confirmed.
    pub confirmed: u64,
    /// Taps that were refused.
    pub refused: u64,
    /// Requests that the server answered.
    pub exchanges: u64,
    /// Messages that were lost, doubled, damaged or replaced.
    pub troubles: u64,
    /// Machines stopped in the middle of a step.
    pub kills: u64,
    /// The server's machine stopped in the middle of a request.
    pub server_kills: u64,
    /// Phones whose files were put back, copied or lost in part.
    pub put_back: u64,
    /// Phones that went on under a new number.
    pub forks: u64,
    /// Backups of the server that were put back.
    pub restores: u64,
    /// People who were erased.
    pub erased: u64,
    /// What an enrolled phone tried against the shop.
    pub tricks: u64,
    /// Scopes whose sums were wrong and that were fetched anew.
    pub fetched_anew: u64,
    /// People made one because they had the same card.
    pub merged: u64,
    /// Redemptions beyond the balance.
    pub overdrafts: u64,
    /// Lots that ended with something left in them.
    pub ended: u64,
    /// What was given back of them to debits that came late.
    pub revived: u64,
    /// Versions of the programme that were published.
    pub versions: u64,
    /// Phones that somebody took over from a colleague.
    pub taken_over: u64,
    /// Sales of somebody who had been dismissed.
    pub by_dismissed: u64,
    /// What the owner was asked of somebody who had been dismissed.
    pub asked: u64,
    /// Receipts for which the server kept points.
    pub reserved: u64,
    /// Receipts for which it would not: too few were left.
    pub turned_down: u64,
    /// Sales whose points it kept until they came.
    pub sold_kept: u64,
    /// Sales whose points it did not keep any more when they came.
    pub came_late: u64,
    /// Outboxes that left as a file.
    pub exported: u64,
    /// Files that came to the server.
    pub carried: u64,
    /// Acts that came by a file before they came from their phone.
    pub brought: u64,
    /// Files that came once more.
    pub carried_again: u64,
    /// Phones that nobody could leave with because of what waited there.
    pub stayed: u64,
    /// Phones whose people left the shop.
    pub left: u64,
    /// Customers who are said to have been brought by another one.
    pub brought_by: u64,
    /// Those of them for whom something was given in the end.
    pub thanked: u64,
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.trace ^= other.trace;
        self.classes += other.classes;
        self.confirmed += other.confirmed;
        self.refused += other.refused;
        self.exchanges += other.exchanges;
        self.troubles += other.troubles;
        self.kills += other.kills;
        self.server_kills += other.server_kills;
        self.put_back += other.put_back;
        self.forks += other.forks;
        self.restores += other.restores;
        self.erased += other.erased;
        self.tricks += other.tricks;
        self.fetched_anew += other.fetched_anew;
        self.merged += other.merged;
        self.overdrafts += other.overdrafts;
        self.ended += other.ended;
        self.revived += other.revived;
        self.versions += other.versions;
        self.taken_over += other.taken_over;
        self.by_dismissed += other.by_dismissed;
        self.asked += other.asked;
        self.reserved += other.reserved;
        self.turned_down += other.turned_down;
        self.sold_kept += other.sold_kept;
        self.came_late += other.came_late;
        self.exported += other.exported;
        self.carried += other.carried;
        self.brought += other.brought;
        self.carried_again += other.carried_again;
        self.stayed += other.stayed;
        self.left += other.left;
        self.brought_by += other.brought_by;
        self.thanked += other.thanked;
    }
}

/// Lives through one seed.
///
/// # Errors
/// [`Failure`] with the broken promise and the last steps.
pub fn run(seed: u64) -> Result<Summary, Failure> {
    live(&Plan::of(seed, PHONES))
}
