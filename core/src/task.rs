//! Long work that a person watches: how far it is, and whether they still want it (architecture §3).

use crate::error::CoreError;
use crate::sync::Cancel;

/// What a long use case tells and asks while it works.
pub struct Watch<'a> {
    cancel: &'a Cancel,
    tell: &'a mut dyn FnMut(u8),
    told: Option<u8>,
}

impl<'a> Watch<'a> {
    /// `tell` gets 0 to 100, each at most once, never falling.
    pub fn new(cancel: &'a Cancel, tell: &'a mut dyn FnMut(u8)) -> Self {
        Self {
            cancel,
            tell,
            told: None,
        }
    }

    /// `done` of `all` is done.
    ///
    /// # Errors
    /// [`CoreError::Cancelled`] once somebody wants to stop.
    pub(crate) fn step(&mut self, done: usize, all: usize) -> Result<(), CoreError> {
        if self.cancel.is_cancelled() {
            return Err(CoreError::Cancelled);
        }
        let percent = u8::try_from(done.saturating_mul(100) / all.max(1)).unwrap_or(100);
        if self.told.is_none_or(|told| percent > told) {
            self.told = Some(percent);
            (self.tell)(percent);
        }
        Ok(())
    }
}
