//! Following phones that go on under new numbers, and what the server makes of the same op under two of them.

use std::collections::BTreeMap;

use super::laws::Wrong;
use super::ledger::{self, KeptOp};
use super::numbers::{Kept, Moved};
use super::street::Street;

impl Street {
    /// After an answer, in a world where a phone was put back: which number the phone has now, what the server has
    /// ordered, and what the phone knows of that.
    pub(super) fn follow_numbers(&mut self, no: usize) -> Result<(), Wrong> {
        self.learn_order()?;
        let status = self.phones[no].shop().sync_status();
        let status = status.map_err(|e| e.to_string())?;
        let number = i64::from(status.device.get());
        if number != self.phones[no].number {
            let Some((old, fork, last, new)) = self.phones[no].last_move()? else {
                return Err(Wrong::from(format!("phone {no} has the number {number}")));
            };
            let moved = Moved {
                old,
                fork,
                last,
                new,
            };
            self.world.model.renumber(no, &moved);
            self.world.tell(&format!(
                "phone {no} goes on as {new}: {old}/{fork}…{last} are its first numbers"
            ));
            self.world.summary.forks += 1;
            self.phones[no].number = number;
            self.phones[no].renewing = true;
        }
        if self.world.model.line(no).moves() > 0 {
            self.follow_aliases(no)?;
        }
        Ok(())
    }

    pub(super) fn follow_aliases(&mut self, no: usize) -> Result<(), Wrong> {
        for (id, first) in self.phones[no].aliases()? {
            self.world.model.settle(no, id, first);
        }
        Ok(())
    }

    /// Which numbers the server has given a place since the last look.
    pub(super) fn learn_order(&mut self) -> Result<(), Wrong> {
        let seq = self.server.seq()?;
        let restored = self.world.summary.restores > 0;
        if restored {
            let (known, branches) = ledger::devices(&*self.server.ledger()?)?;
            self.world.model.learn_devices(seq, known, branches);
        }
        if seq <= self.learned {
            return Ok(());
        }
        let conn = self.server.ledger()?;
        for (mark, id, alias) in ledger::ordered_after(&conn, self.learned)? {
            let kept = if alias { Kept::Alias } else { Kept::Counted };
            if let Ok(mark) = mark.try_into() {
                self.world.model.learn(mark, id, kept);
            }
        }
        self.learned = seq;
        Ok(())
    }

    /// What a phone has under numbers that it left, from where another copy's history stands at the server, with its
    /// requests. A restored one heard that copy first; the other history is kept apart and nobody goes on with it
    /// (decision 53).
    pub(super) fn behind_another_history(
        &self,
        no: usize,
        ops: &[KeptOp],
    ) -> Result<BTreeMap<i64, Vec<u8>>, Wrong> {
        let mut behind = BTreeMap::new();
        if self.world.summary.restores == 0 || !self.plan.turns_back() {
            return Ok(behind);
        }
        let phone = &self.phones[no];
        let there: BTreeMap<i64, &KeptOp> = ops.iter().map(|op| (op.id, op)).collect();
        let mut other = None;
        for own in ledger::own_ops(phone)? {
            let number = own.id >> 40;
            let same = there.get(&own.id).is_some_and(|op| op.chain == own.chain);
            let goes_on = there.range(own.id..(number + 1) << 40).next().is_some();
            if number != phone.number && !same && goes_on {
                other = Some(number);
            }
            if other == Some(number) {
                behind.insert(own.id, own.request);
            }
        }
        Ok(behind)
    }
}
