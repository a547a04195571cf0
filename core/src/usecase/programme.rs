//! A whole version of the programme, published at once: what an owner keeps in a readable file.

use kartka_domain::ids::ProgrammeVersion;
use kartka_domain::op::Fact;
use kartka_domain::programme::{Instrument, Programme};
use kartka_domain::rights::Permission;

use crate::error::CoreError;
use crate::shop::{Setting, Shop};
use crate::store::RequestId;

impl Shop {
    /// Publishes these instruments as the next version of the programme: for all once the authority has ordered it.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change the programme; [`CoreError::Programme`] for what can't be
    /// published, or can't follow the version before; [`CoreError::Store`].
    pub fn publish_programme(
        &self,
        request: RequestId,
        instruments: &[Instrument],
    ) -> Result<ProgrammeVersion, CoreError> {
        self.once(request, |_, setting, _| {
            setting.needs(Permission::Programme)?;
            let programme = next_version(setting, instruments.to_vec())?;
            Ok(vec![Fact::Programme(programme)].into())
        })?;
        Ok(self.programme()?.version())
    }
}

/// The version after the one in force, if it may follow it.
pub(crate) fn next_version(
    setting: &Setting,
    instruments: Vec<Instrument>,
) -> Result<Programme, CoreError> {
    Ok(setting.programme.next(instruments)?)
}
