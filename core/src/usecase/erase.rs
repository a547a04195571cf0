//! Erasing a person for ever, and proving it on every device (B12, sync §8).
//!
//! What goes at once is decided by the authority; the traces in this device's own files go in an idle moment
//! ([`Shop::idle`]), and only then does this device say that it is done.

use kartka_domain::ids::{CustomerId, Seq};
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;

use super::Facts;
use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::{RequestId, Standing, Tx, Wiped};
use crate::sync::heard_ms;

impl Shop {
    /// Erases a customer, under every id they have: names and numbers go wherever they lie, the ledger stays on an
    /// anonymous id, the numbers of their cards are never given to anybody again. It can't be undone.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], also for somebody who was erased before; the refusal of the operator's role;
    /// [`CoreError::Store`].
    pub fn erase(&self, request: RequestId, customer: CustomerId) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Erase)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            Ok(vec![Fact::Erase(customer)].into())
        })?;
        Ok(())
    }

    /// Wipes what the files of this device may still hold of erased people, and notes on an authority that it is
    /// done; other devices say so at their next exchange.
    pub(crate) fn wipe_erased(&self) -> Result<(), CoreError> {
        let clock = self.platform.clock.as_ref();
        let heard_ms = self.store.read(|r| match setting(r) {
            Ok(setting) => heard_ms(r, setting.device.standing, clock),
            // Before founding or pairing.
            Err(_) => Ok(None),
        })?;
        if self.store.wipe_traces(heard_ms)? == Wiped::Later {
            return Ok(());
        }
        self.store.write(|tx| {
            // Before founding or pairing there is nobody to erase.
            let Ok(setting) = setting(tx) else {
                return Ok(());
            };
            let (Some(up_to), device) = (last_erasure(tx)?, setting.device.no) else {
                return Ok(());
            };
            let said = tx.erasures_done()?;
            let said = said
                .iter()
                .any(|done| done.device == device && done.up_to >= up_to);
            if said || setting.device.standing == Standing::Phone || tx.copy_holds_erased()? {
                return Ok(());
            }
            let at = self.now(&setting.outlet)?;
            let done = vec![Fact::ErasureDone { device, up_to }];
            self.commit_facts(tx, &setting, self.fresh_request(), at, Facts::from(done))?;
            Ok(())
        })
    }
}

fn last_erasure(tx: &Tx<'_>) -> Result<Option<Seq>, CoreError> {
    let ordered = tx.erasures()?.into_iter().filter_map(|(seq, _)| seq);
    Ok(ordered.max())
}
