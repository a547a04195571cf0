//! What must hold of three phones and a server: after each answer for one phone, at the end for all.

use std::collections::BTreeMap;

use kartka_core::store::RequestId;
use kartka_server::Rights;

use super::check::{self, Wrong};
use super::model::{Claim, Expected, What, replay};
use super::phone::Phone;
use super::phones::Street;

impl Street {
    /// What a phone has confirmed and the authority does not hold yet is what it shows: no pull hides it.
    pub(super) fn shows_pending(&mut self, no: usize) -> Result<(), Wrong> {
        let shop = self.phones[no].shop().clone();
        let status = shop.sync_status().map_err(|e| e.to_string())?;
        let outbox = usize::try_from(status.outbox).unwrap_or(usize::MAX);
        let own: Vec<&Claim> = self.world.model.of_phone(no).collect();
        let pending = &own[own.len().saturating_sub(outbox)..];
        let mut names = BTreeMap::new();
        for claim in pending {
            if let What::Edit { customer, name } = &claim.what {
                names.insert(*customer, name.clone());
            }
        }
        // Whose edit wins against another phone's is the authority's to say.
        let others = self.world.model.claims.iter().filter(|c| c.phone != no);
        for claim in others {
            if let What::Edit { customer, .. } = &claim.what {
                names.remove(customer);
            }
        }
        let shown = pending.iter().filter(|claim| match &claim.what {
            What::Edit { customer, .. } => names.contains_key(customer),
            _ => true,
        });
        for claim in shown {
            check::is_shown(&shop, claim, &names)?;
        }
        Ok(())
    }

    /// Everything came to one state, and it is the model's.
    pub(super) fn prove(&mut self) -> Result<(), Wrong> {
        let mut ordered = Vec::new();
        for claim in &self.world.model.claims {
            match self.server.place_of(claim.mark)? {
                Some(seq) => ordered.push((seq, claim)),
                None if claim.gone => {}
                None => {
                    let what = &claim.what;
                    return Err(format!(
                        "the server never got phone {}'s {what:?}",
                        claim.phone
                    ));
                }
            }
        }
        ordered.sort_by_key(|(seq, _)| *seq);
        let expected = replay(ordered.into_iter());
        self.world.summary.merged += expected.merged();
        self.world.summary.overdrafts += self.server.overdrafts()?;
        check::keeps_all(&self.server, &expected)?;
        for (no, phone) in self.phones.iter().enumerate() {
            self.world.look_back_at_all(no, phone)?;
            let at = |wrong: Wrong| format!("phone {no}: {wrong}");
            check::agrees(phone.shop(), &self.server).map_err(at)?;
            check::shows_all(phone.shop(), &expected).map_err(at)?;
        }
        self.a_late_phone_agrees(&expected)?;
        self.end()
    }

    /// A phone that was not there has everything with its first pull.
    fn a_late_phone_agrees(&self, expected: &Expected) -> Result<(), Wrong> {
        let no = self.phones.len();
        let late = Phone::new(self.seed, no, &self.world.time).map_err(|e| e.to_string())?;
        let code = self
            .server
            .authority()
            .pairing("http://shop", Rights::Recent);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let paired = late
            .shop()
            .pair(RequestId([7; 16]), &code, "Late", &self.server);
        paired.map_err(|e| format!("a late phone does not pair: {e:?}"))?;
        let at = |wrong: Wrong| format!("a late phone: {wrong}");
        check::agrees(late.shop(), &self.server).map_err(at)?;
        check::shows_all(late.shop(), expected).map_err(at)
    }

    /// The logical rows count in the trace, never the files' bytes.
    fn end(&mut self) -> Result<(), Wrong> {
        for sum in self.server.read(|db| db.digests())? {
            self.world.story.bytes(&sum.scope.code().to_be_bytes());
            self.world.story.bytes(&sum.digest.to_bytes());
        }
        let seq = self.server.seq()?;
        self.world.tell(&format!("the end: seq {seq}"));
        Ok(())
    }
}
