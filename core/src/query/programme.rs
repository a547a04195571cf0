//! The programme in force, for the screens that show the owner's terms.

use kartka_domain::programme::Programme;

use crate::error::CoreError;
use crate::shop::{Shop, setting};

impl Shop {
    /// The published version that sales are quoted with now (L9).
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn programme(&self) -> Result<Programme, CoreError> {
        self.store
            .read(|r| Ok(Programme::clone(&setting(r)?.programme)))
    }
}
