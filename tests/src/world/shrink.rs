//! Making a failing plan small: fewer phones, fewer classes of faults, fewer events, while the same promise breaks.

use super::laws::Law;
use super::plan::Plan;
use super::story::Failure;
use super::street::live;

/// A plan that still fails.
pub struct Shrunk {
    /// Its failure.
    pub failure: Failure,
    /// Phones that are left.
    pub phones: usize,
    /// Classes of faults that are left.
    pub classes: Vec<super::plan::Class>,
    /// Taps and troubles that are left.
    pub events: usize,
    /// Worlds that were tried.
    pub tried: usize,
}

/// A search under way.
struct Search {
    plan: Plan,
    failure: Failure,
    law: Law,
    tried: usize,
    most: usize,
}

/// Shrinks a plan that fails, with at most `most` tries; `None` if it does not fail.
#[must_use]
pub fn shrink(plan: &Plan, most: usize) -> Option<Shrunk> {
    let failure = live(plan).err()?;
    let mut search = Search {
        law: failure.law,
        plan: plan.clone(),
        failure,
        tried: 1,
        most,
    };
    search.phones();
    search.classes();
    search.events();
    search.classes();
    let Search {
        plan,
        failure,
        tried,
        ..
    } = search;
    Some(Shrunk {
        failure,
        phones: plan.phones,
        classes: plan.classes().collect(),
        events: plan.script().count(),
        tried,
    })
}

impl Search {
    /// Takes a smaller plan if it breaks the same promise.
    fn take(&mut self, smaller: Plan) -> bool {
        if self.tried >= self.most {
            return false;
        }
        self.tried += 1;
        match live(&smaller) {
            Err(failure) if failure.law == self.law => {
                self.plan = smaller;
                self.failure = failure;
                true
            }
            _ => false,
        }
    }

    fn phones(&mut self) {
        for phones in 1..self.plan.phones {
            if self.take(self.plan.with_phones(phones)) {
                return;
            }
        }
    }

    fn classes(&mut self) {
        let known: Vec<_> = self.plan.classes().collect();
        for class in known {
            self.take(self.plan.without_class(class));
        }
    }

    /// Leaves out ever smaller pieces of the script: halves first, single events last.
    fn events(&mut self) {
        let mut size = self.plan.script().count().div_ceil(2);
        while size > 0 {
            let places: Vec<usize> = self.plan.script().map(|(place, _)| place).collect();
            let mut shrunk = false;
            for piece in places.rchunks(size) {
                shrunk |= self.take(self.plan.without(piece));
            }
            if !shrunk || size > 1 {
                size /= 2;
            }
        }
    }
}
