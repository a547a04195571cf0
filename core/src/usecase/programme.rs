//! Publishing instruments that were not made by the wizard: from a file, or by a script.

use kartka_domain::ids::ProgrammeVersion;
use kartka_domain::op::Fact;
use kartka_domain::programme::{Instrument, Programme};
use kartka_domain::rights::Permission;

use crate::error::{CoreError, Field};
use crate::shop::Shop;
use crate::store::RequestId;

impl Shop {
    /// Publishes a version in which these instruments stand for those with their ids, and all others as they are: for
    /// all once the authority has ordered it.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change the programme; [`CoreError::Validation`] for instruments
    /// that can't be published together or after what was; [`CoreError::Store`].
    pub fn publish_instruments(
        &self,
        request: RequestId,
        instruments: &[Instrument],
    ) -> Result<ProgrammeVersion, CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Programme)?;
            self.trusted(tx, setting)?;
            let before = &setting.programme;
            let stays = |one: &&Instrument| instruments.iter().all(|new| new.id != one.id);
            let kept = before.instruments().iter().filter(stays).cloned();
            let all = kept.chain(instruments.iter().cloned()).collect();
            let next = ProgrammeVersion(before.version().0.saturating_add(1));
            let programme = Programme::publish(next, all)
                .and_then(|programme| programme.check_follows(before).map(|()| programme))
                .map_err(|_| CoreError::Validation { field: Field::Text })?;
            Ok(vec![Fact::Programme(programme)].into())
        })?;
        Ok(self.programme()?.version())
    }
}
