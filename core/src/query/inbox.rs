//! What a person must decide (sync §3).

use kartka_domain::ids::EntryId;
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;
use kartka_domain::row::{Inbox, InboxState};

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::RequestId;

impl Shop {
    /// The items that wait for somebody with the right, oldest number first.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn inbox(&self) -> Result<Vec<Inbox>, CoreError> {
        self.store.read(|r| {
            setting(r)?.needs(Permission::Inbox)?;
            let open = |item: &Inbox| item.state == InboxState::Open;
            Ok(r.inbox_items()?.into_iter().filter(open).collect())
        })
    }

    /// Notes that an item was dealt with. A quarantine ends with its ops, not with this.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; as [`inbox`](Self::inbox).
    pub fn close_item(&self, request: RequestId, item: EntryId) -> Result<(), CoreError> {
        self.answer(request, item, Fact::Close(item))
    }

    /// Does what an item proposes: a level that is not kept is lost (Q2). An item that proposes nothing stays.
    ///
    /// # Errors
    /// As [`close_item`](Self::close_item).
    pub fn agree_item(&self, request: RequestId, item: EntryId) -> Result<(), CoreError> {
        self.answer(request, item, Fact::Agree(item))
    }

    fn answer(&self, request: RequestId, item: EntryId, fact: Fact) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Inbox)?;
            if tx.inbox_items()?.iter().all(|known| known.id != item) {
                return Err(CoreError::NotFound);
            }
            Ok(vec![fact].into())
        })?;
        Ok(())
    }
}
