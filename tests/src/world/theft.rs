//! A phone is stolen, its owner revokes it, and whoever has it goes on selling: what it sends waits for the owner, who
//! takes all or some of it in at the end (sync §7).
//!
//! A revoked phone learns nothing any more, so what follows is not looked for on it.

use std::collections::BTreeSet;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{DeviceNo, Id, OpId};
use kartka_core::domain::op::Decision;
use kartka_core::sync::Event;

use super::counter::Tapped;
use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::ledger;
use super::street::Street;
use super::taps::Tap;

/// The phone from which the owner revokes and decides.
const OWNERS: usize = 0;

impl Street {
    /// The owner hears of the theft.
    pub(super) fn theft(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let number = u32::try_from(self.phones[no].number).unwrap_or(0);
        let device = DeviceNo::new(number).map_err(|e| e.to_string())?;
        self.world.tell(&format!("phone {no} is stolen"));
        if self.owner_does(&Tap::Revoke(device), dice)? == Tapped::Confirmed {
            self.phones[no].stolen = true;
        }
        Ok(())
    }

    fn owner_does(&mut self, tap: &Tap, dice: &mut Dice) -> Result<Tapped, Wrong> {
        let tapped = self
            .world
            .does(OWNERS, &mut self.phones[OWNERS], tap, dice)?;
        self.step(OWNERS, Event::LocalCommit)?;
        Ok(tapped)
    }

    /// The owner looks at what waits and takes some of it in; the rest waits on.
    pub(super) fn owner_decides(&mut self) -> Result<(), Wrong> {
        let mut dice = Dice::new(self.plan.seed, 17);
        let open = self.phones[OWNERS].shop().inbox();
        for item in open.map_err(|e| e.to_string())? {
            let Code::Quarantined { upto, .. } = item.code else {
                continue;
            };
            if dice.percent(60) {
                let up_to = Id::new(upto).map_err(|e| e.to_string())?;
                self.owner_does(&Tap::Settle(up_to, Decision::Accept), &mut dice)?;
            }
        }
        Ok(())
    }

    /// The requests of the ops that wait for the owner.
    pub(super) fn waiting_requests(&self) -> Result<Vec<Vec<u8>>, Wrong> {
        let mut requests = Vec::new();
        let conn = self.server.ledger()?;
        for (id, facts) in ledger::quarantined(&conn)? {
            let op = OpId::new(id).map_err(|e| e.to_string())?;
            let op = kartka_protocol::op::decode(op, &facts, None).map_err(|e| e.to_string())?;
            requests.push(op.request.0.to_vec());
        }
        Ok(requests)
    }

    /// A stolen phone holds nothing that was ordered after its revocation (safety 12).
    pub(super) fn stolen_learn_nothing(&self) -> Result<(), Wrong> {
        for (no, phone) in self.phones.iter().enumerate().filter(|(_, p)| p.stolen) {
            let conn = self.server.ledger()?;
            let revoked = ledger::device_seq(&conn, phone.number)?;
            let held = ledger::on_phone(phone)?;
            if let Some((key, (seq, _))) = held.iter().find(|(_, (seq, _))| *seq > revoked) {
                let what =
                    format!("phone {no}, revoked at seq {revoked}, holds the row {key:?} of {seq}");
                return Err(Wrong::of(Law::S12, what));
            }
        }
        Ok(())
    }

    /// The phones that are nobody else's.
    pub(super) fn own_phones(&self) -> Vec<usize> {
        let own = |no: &usize| !self.phones[*no].stolen;
        (0..self.phones.len()).filter(own).collect()
    }

    /// The claims that must be ordered at the server or wait there.
    pub(super) fn held_by_anybody(&self) -> BTreeSet<usize> {
        let held = (0..self.phones.len()).flat_map(|no| self.world.model.line(no).places());
        held.chain(self.files.left.iter().copied()).collect()
    }
}
