//! What must hold of the phones and the server: after each answer for one phone, at the end for all.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::store::RequestId;
use kartka_server::Rights;

use super::check;
use super::claim::{Claim, What};
use super::counter::KEPT_MS;
use super::dice::Dice;
use super::laws::{Law, Wrong, same};
use super::ledger::{self, Bytes, KeptOp, Key};
use super::phone::Phone;
use super::replay::{Again, Expected, Place, replay};
use super::street::Street;

/// The kind of a purchase's row.
const PURCHASE: u8 = 20;
/// Pending claims looked at after an exchange.
const PENDING: usize = 2;
/// Receipts and customers that are looked at through the screens of one phone at the end.
const SHOWN: usize = 12;

impl Street {
    /// What a phone has confirmed and the authority does not hold yet is what it shows: no pull hides it (safety 5),
    /// and nothing of it is thrown away (safety 15).
    pub(super) fn shows_pending(&mut self, no: usize) -> Result<(), Wrong> {
        let shop = self.phones[no].shop().clone();
        let status = shop.sync_status().map_err(|e| e.to_string())?;
        let outbox = usize::try_from(status.outbox).unwrap_or(usize::MAX);
        let line = self.world.model.line(no).places();
        let pending = &line[line.len().saturating_sub(outbox)..];
        let Some(first) = pending.first() else {
            return Ok(());
        };
        let model = &self.world.model;
        let mut names = BTreeMap::new();
        for place in pending {
            if let What::Edit { customer, name } = model.as_on(no, *place) {
                names.insert(customer, name);
            }
        }
        let leave = check::Leave {
            erases: model.erases(),
            restored: self.world.summary.restores > 0,
            renumbered: self.world.summary.restores > 0 && self.world.summary.put_back > 0,
            healing: self.phones[no].healing,
        };
        let luck = &mut self.phones[no].luck;
        let some = (0..PENDING).filter_map(|_| luck.pick(pending));
        let some: BTreeSet<usize> = some.chain([first]).copied().collect();
        // A month that all let go of does not come back because a restored server has to be told of it again.
        let oldest = self.world.time.now() - KEPT_MS;
        // What a lost server had from a copy first is told again under its own number, and shown under that one's.
        let number = self.phones[no].number;
        let of_others = |place| leave.restored && model.line(no).is_of_others(place, number);
        let some = some
            .into_iter()
            .filter(|place| model.is_since(*place, oldest) && !of_others(*place));
        for place in some {
            let what = model.as_on(no, place);
            check::is_shown(&shop, &what, &names, leave)
                .map_err(|w| w.at(&format!("phone {no}")))?;
        }
        Ok(())
    }

    /// Everything came to one state, and it is the model's.
    pub(super) fn prove(&mut self) -> Result<(), Wrong> {
        self.look_at_the_ledger()?;
        let conn = self.server.ledger()?;
        let ops = ledger::ops(&conn)?;
        is_gap_free(&ops)?;
        self.learn_order()?;
        let mut expected = self.expected(&ops)?;
        self.world.summary.merged += expected.merged();
        let by_dismissed = expected.done_by.values().filter(|(_, gone)| *gone);
        self.world.summary.by_dismissed += by_dismissed.count() as u64;
        self.world.summary.asked += expected.asked.values().sum::<u64>();
        self.world.summary.versions += expected.rules.len() as u64 - 1;
        self.world.summary.overdrafts += self.server.overdrafts()?;
        let rows = ledger::on_server(&conn, |_| true)?;
        if let Some(what) = &expected.behind {
            return Err(Wrong::of(Law::S6, what.clone()));
        }
        if let Some(id) = expected.erased_unasked {
            let what = format!("the server erased {id}, which nobody had asked for");
            return Err(Wrong::of(Law::S1, what));
        }
        self.take_off_what_ended(&rows, &mut expected)?;
        super::books::balance(&rows, &expected)?;
        self.nothing_is_lent(&rows, &expected)?;
        self.friends_count(&rows, &expected)?;
        self.nothing_is_left(&conn, &expected)?;
        self.stolen_learn_nothing()?;
        for no in self.own_phones() {
            let at = |wrong: Wrong| wrong.at(&format!("phone {no}"));
            self.nobody_waits(no).map_err(at)?;
            self.has_its_own(no, &ops).map_err(at)?;
            self.holds(no, &rows).map_err(at)?;
        }
        self.screens(&rows, &expected)?;
        self.a_late_phone_agrees(&rows, &expected)?;
        self.end()
    }

    /// What the server's order comes to by the model.
    pub(super) fn expected(&self, ops: &[KeptOp]) -> Result<Expected, Wrong> {
        let mut ordered = self.found(ops)?;
        ordered.sort_by_key(|place| place.seq);
        let again = self.erased_by_the_list(ops)?;
        let mut expected = replay(&self.world.model, ordered.into_iter(), &again);
        self.with_thanks(&mut expected)?;
        Ok(expected)
    }

    /// A phone never waits for a person.
    fn nobody_waits(&self, no: usize) -> Result<(), Wrong> {
        let status = self.phones[no].shop().sync_status();
        let stopped = status.map_err(|e| e.to_string())?.stopped;
        same(Law::Live, || "stopped".to_owned(), &stopped, &None)
    }

    /// Where the server has each claim: once, and missing only if no phone has it any more (safety 1). Another name
    /// of the same op counts nothing.
    fn found(&self, ops: &[KeptOp]) -> Result<Vec<Place>, Wrong> {
        let mut by_mark: BTreeMap<&[u8], Vec<&KeptOp>> = BTreeMap::new();
        for op in ops.iter().filter(|op| !op.alias) {
            by_mark.entry(&op.mark).or_default().push(op);
        }
        let due = self.held_by_anybody();
        let mut waiting = self.waiting_requests()?;
        for no in 0..self.phones.len() {
            waiting.extend(self.behind_another_history(no, ops)?.into_values());
        }
        let mut found = Vec::new();
        for (place, claim) in self.world.model.claims.iter().enumerate() {
            match by_mark
                .get(claim.mark.as_slice())
                .map_or(&[][..], Vec::as_slice)
            {
                [] if waiting.iter().any(|of| of[..] == claim.mark[..]) => {}
                [] if due.contains(&place) && self.healed => {
                    let what =
                        format!("the server never got: phone {} {}", claim.phone, claim.what);
                    return Err(Wrong::of(Law::S1, what));
                }
                [] => {}
                [op] => found.push(Place {
                    claim: place,
                    seq: op.seq,
                    at_ms: op.at_ms,
                    device: op.id >> 40,
                    seen: self.seen_here(claim),
                }),
                more => {
                    let what = format!(
                        "the server has {} times: phone {} {}",
                        more.len(),
                        claim.phone,
                        claim.what
                    );
                    return Err(Wrong::of(Law::S1, what));
                }
            }
        }
        Ok(found)
    }

    /// Whom the server erased when it started: by a restore those whom the lost one had erased; otherwise its power had gone
    /// while it took an erasure, which stood in the list beside its keys by then, whether or not the phone that had asked for
    /// it lives to ask again (decision 30).
    fn erased_by_the_list(&self, ops: &[KeptOp]) -> Result<Vec<Again>, Wrong> {
        let model = &self.world.model;
        if !model.erases() {
            return Ok(Vec::new());
        }
        let restores = self.server.erased_again().iter();
        let mut again: Vec<Again> = restores
            .map(|(seq, people)| Again {
                seq: *seq,
                people: people.iter().map(|of| model.id_since(*of)).collect(),
                restored: true,
            })
            .collect();
        let begun: BTreeSet<i64> = again.iter().map(|list| list.seq).collect();
        let confirmed: BTreeSet<&[u8]> = model.claims.iter().map(|of| &of.mark[..]).collect();
        for (person, (seq, by)) in ledger::erasures(&*self.server.ledger()?)? {
            let op = ops.iter().find(|op| (op.id..=op.last).contains(&by));
            let asked = op.is_some_and(|op| confirmed.contains(op.mark.as_slice()));
            if !asked && !begun.contains(&seq) {
                again.push(Again {
                    seq,
                    people: vec![person],
                    restored: false,
                });
            }
        }
        again.sort_by_key(|list| list.seq);
        Ok(again)
    }

    /// The order up to where a claim's author had seen it: in worlds without a restore there is one order only.
    fn seen_here(&self, claim: &Claim) -> i64 {
        if self.world.summary.restores == 0 {
            return claim.seen;
        }
        let epoch = claim.epoch.unwrap_or(self.server.first_epoch());
        self.server.seen_here((epoch, claim.seen))
    }

    /// Each own op that the server has too has the same chain there: one number, one content (safety 2).
    fn has_its_own(&self, no: usize, ops: &[KeptOp]) -> Result<(), Wrong> {
        let own = ledger::own_chain(&self.phones[no])?;
        let behind = self.behind_another_history(no, ops)?;
        for op in ops {
            if let Some(chain) = own.get(&op.id).filter(|_| !behind.contains_key(&op.id)) {
                same(
                    Law::S2,
                    || format!("the chain at op {}", op.id),
                    &op.chain,
                    chain,
                )?;
            }
        }
        Ok(())
    }

    /// The phone has the server's rows, byte for byte, and none beside them (safety 5, 6, 7, 13).
    fn holds(&self, no: usize, rows: &BTreeMap<Key, (i64, Bytes)>) -> Result<(), Wrong> {
        let phone = &self.phones[no];
        let scopes = phone.shop().digests().map_err(|e| e.to_string())?;
        let scopes: BTreeSet<i64> = scopes.iter().map(|(scope, ..)| scope.code()).collect();
        same(
            Law::S5,
            || "rows still shadowed".to_owned(),
            &ledger::shadows(phone)?,
            &0,
        )?;
        holds_all(&ledger::on_phone(phone)?, rows, &scopes)
    }

    /// What one phone's screens show.
    fn screens(
        &self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &Expected,
    ) -> Result<(), Wrong> {
        let mut dice = Dice::new(self.plan.seed, 31);
        let Some(no) = dice.pick(&self.own_phones()).copied() else {
            return Ok(());
        };
        shows(self.phones[no].shop(), rows, expected, &mut dice)
            .map_err(|wrong| wrong.at(&format!("phone {no}")))
    }

    /// A phone that was not there has everything with its first pull.
    fn a_late_phone_agrees(
        &self,
        rows: &BTreeMap<Key, (i64, Bytes)>,
        expected: &Expected,
    ) -> Result<(), Wrong> {
        let no = self.phones.len();
        let late = Phone::new(self.plan.seed, no, &self.world.time).map_err(|e| e.to_string())?;
        let code = self
            .server
            .authority()
            .pairing("http://shop", Rights::History);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let paired = late
            .shop()
            .pair(RequestId([7; 16]), &code, "Late", &self.server);
        paired.map_err(|e| format!("a late phone does not pair: {e:?}"))?;
        let at = |wrong: Wrong| wrong.at("a late phone");
        check::agrees(late.shop(), &self.server).map_err(at)?;
        let held = ledger::on_phone(&late)?;
        let missing = rows.keys().find(|key| !held.contains_key(key));
        same(Law::S6, || "a missing row".to_owned(), &missing, &None).map_err(at)?;
        shows(
            late.shop(),
            rows,
            expected,
            &mut Dice::new(self.plan.seed, 32),
        )
        .map_err(at)
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

/// A device's ops follow each other without a gap (safety 2).
fn is_gap_free(ops: &[KeptOp]) -> Result<(), Wrong> {
    let mut next: BTreeMap<i64, i64> = BTreeMap::new();
    for op in ops {
        let (device, n) = (op.id >> 40, op.id & ((1 << 40) - 1));
        let want = next.entry(device).or_insert(1);
        same(
            Law::S2,
            || format!("the next number of device {device}"),
            &n,
            want,
        )?;
        *want = (op.last & ((1 << 40) - 1)) + 1;
    }
    Ok(())
}

fn holds_all(
    held: &BTreeMap<Key, Bytes>,
    rows: &BTreeMap<Key, (i64, Bytes)>,
    scopes: &BTreeSet<i64>,
) -> Result<(), Wrong> {
    let mut theirs = rows.iter().filter(|(_, (scope, _))| scopes.contains(scope));
    let mut ours = held.iter();
    loop {
        match (theirs.next(), ours.next()) {
            (None, None) => return Ok(()),
            (Some((key, (_, row))), Some((own, held))) if key == own && row == held => {}
            (Some((key, (_, row))), Some((own, held))) if key == own => {
                let law = if row.0 == held.0 { Law::S13 } else { Law::S6 };
                let what = format!(
                    "the row {key:?} is of {}, the server's of {}",
                    held.0, row.0
                );
                return Err(Wrong::of(law, what));
            }
            (theirs, ours) => {
                let what = format!(
                    "the next row is {:?}, the server's is {:?}",
                    ours.map(|(key, _)| key),
                    theirs.map(|(key, _)| key)
                );
                return Err(Wrong::of(Law::S6, what));
            }
        }
    }
}

/// Some receipts and customers as the screens show them.
fn shows(
    shop: &kartka_core::shop::Shop,
    rows: &BTreeMap<Key, (i64, Bytes)>,
    expected: &Expected,
    dice: &mut Dice,
) -> Result<(), Wrong> {
    let scopes = shop.digests().map_err(|e| e.to_string())?;
    let holds = |id: i64| {
        let scope = rows.get(&(PURCHASE, id)).map(|(scope, _)| *scope);
        scopes.iter().any(|(held, ..)| Some(held.code()) == scope)
    };
    let receipts = expected.receipts.keys().copied();
    let receipts: Vec<i64> = receipts.filter(|id| holds(*id)).collect();
    let customers: Vec<i64> = expected.first_of.keys().copied().collect();
    for _ in 0..SHOWN {
        if let Some(id) = dice.pick(&receipts) {
            check::shows_receipt(shop, *id, expected)?;
        }
        if let Some(id) = dice.pick(&customers) {
            check::shows_customer(shop, *id, expected)?;
        }
    }
    Ok(())
}
