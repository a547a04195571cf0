//! The wizard (C2): drafts of instruments are saved and resumed here, shown on a sample receipt, and published as a new
//! version of the programme. What was issued keeps its terms (L9).

use kartka_domain::codes::Code;
use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::op::Fact;
use kartka_domain::programme::Programme;
use kartka_domain::rights::Permission;
use kartka_domain::wizard::{self, Draft, Ground, Kind, Model, Preview, Problem, Sampled, Trade};

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
pub use crate::store::SavedDraft;
use crate::store::{Reader, RequestId, Standing};

/// Drafts that one device keeps; more are not a person's work.
const DRAFTS_MAX: usize = 64;
/// Longest name and field key that is kept, in bytes; the wizard's own checks are stricter.
const TEXT_MAX: usize = 256;
/// Most answers of a draft.
const ANSWERS_MAX: usize = 64;

impl Shop {
    /// The steps of a kind, in this business's currency and beside its programme; `instrument` is what is edited.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn wizard(
        &self,
        kind: Kind,
        trade: Trade,
        instrument: Option<InstrumentId>,
    ) -> Result<Model, CoreError> {
        let setting = self.store.read(setting)?;
        let ground = setting.ground().editing(instrument);
        Ok(wizard::model(kind, trade, &ground))
    }

    /// Saves a draft as it is, finished or not: id 0 for a new one. Returns its number.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a draft that is too large; [`CoreError::NotFound`] for a number that is gone;
    /// [`CoreError::Store`].
    pub fn save_draft(
        &self,
        id: i64,
        draft: &Draft,
        instrument: Option<InstrumentId>,
        step: u8,
    ) -> Result<i64, CoreError> {
        let fits = |text: &str| text.len() <= TEXT_MAX;
        let sound = fits(&draft.name)
            && draft.answers.len().max(draft.texts.len()) <= ANSWERS_MAX
            && draft.answers.keys().all(|key| fits(key))
            && draft
                .texts
                .iter()
                .all(|(key, text)| fits(key) && fits(text));
        if !sound {
            return Err(CoreError::Validation { field: Field::Text });
        }
        self.store.write(|tx| {
            if id != 0 && tx.draft(id)?.is_none() {
                return Err(CoreError::NotFound);
            }
            if id == 0 && tx.drafts()?.len() >= DRAFTS_MAX {
                return Err(CoreError::Validation { field: Field::Text });
            }
            Ok(tx.put_draft(&SavedDraft {
                id,
                draft: draft.clone(),
                instrument,
                step,
                changed_ms: self.platform.clock.now_ms(),
            })?)
        })
    }

    /// All drafts of this device, the last one worked on first.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn drafts(&self) -> Result<Vec<SavedDraft>, CoreError> {
        Ok(self.store.read(|r| r.drafts())?)
    }

    /// Lets go of a draft; one that is gone already is no error.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn drop_draft(&self, id: i64) -> Result<(), CoreError> {
        Ok(self.store.write(|tx| tx.drop_draft(id))?)
    }

    /// A draft that says what a published instrument says, for editing it; nothing is saved yet.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for an instrument that is not in force or that the wizard does not make.
    pub fn edit_instrument(
        &self,
        instrument: InstrumentId,
        trade: Trade,
    ) -> Result<Draft, CoreError> {
        let programme = self.programme()?;
        let published = programme.instrument(instrument);
        published
            .and_then(|published| Draft::of(published, trade))
            .ok_or(CoreError::NotFound)
    }

    /// What can't stand in a draft, field by field; empty if it may be published. `instrument` is what it edits.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn check_draft(
        &self,
        draft: &Draft,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<Problem>, CoreError> {
        let setting = self.store.read(setting)?;
        Ok(draft.check(&setting.ground().editing(instrument)))
    }

    /// Goods and groups that the programme with this draft names and the shop has never sold, as far as this device holds
    /// its purchases: what an owner looks at before publishing. Nothing for a draft that has problems.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn never_sold(
        &self,
        draft: &Draft,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<Code>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let ground = setting.ground().editing(instrument);
            match draft.publish(&ground) {
                Ok(next) if next.names_goods() => Ok(next.never_sold(&r.assortment()?)),
                _ => Ok(Vec::new()),
            }
        })
    }

    /// The draft on a sample receipt, by the evaluator of the till; the draft's problems if it has any.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn preview_draft(&self, draft: &Draft) -> Result<Result<Preview, Vec<Problem>>, CoreError> {
        let setting = self.store.read(setting)?;
        let sampled = Sampled {
            today: self.now(&setting.outlet)?.date,
            points_as: setting.business.points_as,
        };
        Ok(wizard::preview(draft, &setting.ground(), sampled))
    }

    /// The programme as it would be with a draft: for a what-if before publishing.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a draft that has problems; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn programme_with(&self, draft: i64) -> Result<Programme, CoreError> {
        self.store.read(|r| with_draft(r, &setting(r)?, draft))
    }

    /// Publishes a draft as a new version of the programme, in one transaction: for all once the authority has ordered it.
    ///
    /// The authority lets go of the draft at once. Elsewhere it is kept until it is dropped: if two phones publish at the
    /// same time the first in the authority's order counts, and the other's work is not lost.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] without the right to change the programme; [`CoreError::Validation`] for a draft that
    /// has problems; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn publish_draft(
        &self,
        request: RequestId,
        draft: i64,
    ) -> Result<ProgrammeVersion, CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Programme)?;
            let programme = with_draft(tx, setting, draft)?;
            if setting.device.standing == Standing::Authority {
                tx.drop_draft(draft)?;
            }
            Ok(vec![Fact::Programme(programme)].into())
        })?;
        Ok(self.programme()?.version())
    }
}

impl Setting {
    /// What a draft is held against here.
    fn ground(&self) -> Ground<'_> {
        Ground {
            exponent: self.business.currency.exponent(),
            programme: &self.programme,
            edits: None,
        }
    }
}

/// The next version of the programme, with the draft's instrument added or in the place of the one it edits.
fn with_draft(reader: &Reader<'_>, setting: &Setting, draft: i64) -> Result<Programme, CoreError> {
    let saved = reader.draft(draft)?.ok_or(CoreError::NotFound)?;
    let ground = setting.ground().editing(saved.instrument);
    if saved.instrument.is_some() && ground.base().is_none() {
        return Err(CoreError::NotFound);
    }
    let invalid = |_| CoreError::Validation { field: Field::Text };
    saved.draft.publish(&ground).map_err(invalid)
}
