//! An outbox that leaves its phone as a file: another phone brings it to the server, before, after or instead of the phone
//! itself, and whoever leaves the shop leaves nothing behind that nobody else has (sync §4, §7, decision 70).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::OperatorId;
use kartka_core::error::CoreError;
use kartka_core::recovery::{ExportedOutbox, RecoveryError};
use kartka_core::sync::{Cancel, Event};
use kartka_server::Rights;

use super::counter::request;
use super::dice::Dice;
use super::laws::{Law, Wrong, same};
use super::ledger;
use super::phone::{Phone, Survived};
use super::plan::Class;
use super::server::Server;
use super::staff;
use super::street::Street;

/// The phone of the owner, who has the sheet.
const OWNERS: usize = 0;

/// The files of a world, and the sheet that opens them.
#[derive(Default)]
pub(super) struct Files {
    sheet: String,
    folder: Option<tempfile::TempDir>,
    all: Vec<File>,
    /// The newest file of each phone, since it was paired.
    newest: BTreeMap<usize, usize>,
    /// What phones held whose people left the shop: it is at the server, or in a file.
    pub(super) left: BTreeSet<usize>,
}

/// What a phone had not sent.
struct File {
    path: PathBuf,
    author: usize,
    /// The claims in it; none are known of a phone that had other files than its last ones.
    claims: Vec<usize>,
    /// Whether its author always had its own last files.
    whole: bool,
    /// It has come to the server once.
    came: bool,
}

/// The owner has the shop's sheet on paper, and the server has heard of it.
pub(super) fn begins(server: &Server, owners: &Phone) -> Result<Files, Wrong> {
    let told = |error: RecoveryError| Wrong::from(format!("the sheet: {error:?}"));
    let shop = owners.shop();
    let sheet = shop.new_sheet().map_err(told)?.letters().to_string();
    shop.confirm_sheet(&sheet).map_err(told)?;
    let heard = shop.sync(server, &Cancel::default());
    heard.map_err(|error| format!("the sheet is not heard of: {error:?}"))?;
    Ok(Files {
        sheet,
        folder: Some(tempfile::tempdir().map_err(|error| error.to_string())?),
        ..Files::default()
    })
}

impl Street {
    /// Somebody makes a file, brings one, or leaves the shop.
    pub(super) fn outbox_leaves(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let no = dice.pick(&self.copies_of(no)).copied().unwrap_or(no);
        match dice.below(10) {
            0..=4 => self.exports(no),
            5..=7 => {
                let file = dice.place(self.files.all.len());
                let carrier = dice.pick(&self.own_phones()).copied();
                match file.zip(carrier) {
                    Some((at, carrier)) => self.carries(at, carrier, dice),
                    None => Ok(()),
                }
            }
            _ => self.leaves(no, dice),
        }
    }

    fn waiting_on(&self, no: usize) -> Result<u64, Wrong> {
        let status = self.phones[no].shop().sync_status();
        Ok(status.map_err(|e| format!("phone {no}: {e}"))?.outbox)
    }

    /// The last claims of a phone, as many as wait on it.
    fn unsent(&self, no: usize) -> Result<Vec<usize>, Wrong> {
        let waiting = usize::try_from(self.waiting_on(no)?).unwrap_or(usize::MAX);
        let line = self.world.model.line(no).places();
        Ok(line[line.len().saturating_sub(waiting)..].to_vec())
    }

    /// A phone writes what it has not sent into a file, and goes on with all of it (safety 15).
    fn exports(&mut self, no: usize) -> Result<(), Wrong> {
        let Some(folder) = self.files.folder.as_ref() else {
            return Ok(());
        };
        let path = folder.path().join(format!("{}", self.files.all.len()));
        if self.phones[no].sick {
            return Ok(());
        }
        let (before, claims) = (self.waiting_on(no)?, self.unsent(no)?);
        let (life, mut risk) = (self.phones[no].life, self.world.kill);
        let made = loop {
            let work = |phone: &mut Phone| phone.shop().export_outbox(&path);
            match self.phones[no].risk(risk, work) {
                Survived::Yes(made) => break made,
                Survived::No(loss) => {
                    let phone = &mut self.phones[no];
                    self.world.stopped(no, phone, loss, "writes a file")?;
                }
            }
            risk /= 2;
        };
        if life != self.phones[no].life {
            self.step(no, Event::Tick)?;
        }
        let made = match made {
            Ok(ExportedOutbox { ops, .. }) => ops,
            // It has not heard of the sheet yet.
            Err(RecoveryError::NoSheet) => return Ok(()),
            Err(error) => return Err(format!("phone {no} makes a file: {error:?}").into()),
        };
        let what = || format!("what phone {no} writes into a file");
        same(Law::S15, what, &made, &before)?;
        let what = || format!("what waits on phone {no} beside its file");
        same(Law::S15, what, &self.waiting_on(no)?, &before)?;
        if made == 0 {
            return Ok(());
        }
        self.world.tell(&format!(
            "phone {no} writes {made} acts into file {}",
            self.files.all.len()
        ));
        self.world.summary.exported += 1;
        self.files.newest.insert(no, self.files.all.len());
        self.files.all.push(File {
            path,
            author: no,
            claims,
            whole: !self.is_turned_back(no),
            came: false,
        });
        Ok(())
    }

    /// Somebody brings a file to the server. What is said to have come is there, and its author still waits for the server's
    /// own word (safety 1, 15).
    fn carries(&mut self, at: usize, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let (path, author) = (self.files.all[at].path.clone(), self.files.all[at].author);
        let sheet = self.files.sheet.clone();
        if self.phones[no].sick {
            return Ok(());
        }
        let (before, shop) = (self.waiting_on(author)?, self.phones[no].shop().clone());
        let known = self.ordered_of(at)?;
        let (_, told) = self.over_the_way(no, dice, |way| shop.carry_outbox(&path, &sheet, way))?;
        let seq = self.server.seq()?;
        self.world.tell(&format!(
            "phone {no} brings file {at} of phone {author}, seq {seq}: {told:?}"
        ));
        self.world.summary.brought += self.ordered_of(at)?.saturating_sub(known);
        self.learn_order()?;
        self.sales_have_come()?;
        self.poke(no, seq);
        let what = || format!("what waits on phone {author} whose file is brought");
        same(Law::S15, what, &self.waiting_on(author)?, &before)?;
        match told {
            Ok(came) if came.arrived == came.batches => self.has_come(at),
            Ok(came) => {
                // Behind a gap, which only a lost server or another branch of the same phone can make.
                let file = &self.files.all[at];
                let fits = file.whole && self.world.summary.restores == 0;
                if fits && !self.is_turned_back(author) {
                    let what = format!("file {at} of phone {author} is not taken: {came:?}");
                    return Err(Wrong::of(Law::S1, what));
                }
                Ok(())
            }
            Err(RecoveryError::Core(error)) if !matches!(error, CoreError::Unexpected { .. }) => {
                Ok(())
            }
            Err(error) => Err(format!("phone {no} brings file {at}: {error:?}").into()),
        }
    }

    fn ordered_marks(&self) -> Result<BTreeSet<Vec<u8>>, Wrong> {
        let conn = self.server.ledger()?;
        Ok(ledger::ops(&conn)?.into_iter().map(|op| op.mark).collect())
    }

    /// How many acts of a file the server has ordered.
    fn ordered_of(&self, at: usize) -> Result<u64, Wrong> {
        let (ordered, model) = (self.ordered_marks()?, &self.world.model);
        let claims = self.files.all[at].claims.iter();
        let there = claims.filter(|place| ordered.contains(&model.claims[**place].mark[..]));
        Ok(there.count() as u64)
    }

    /// Everything in a file is ordered at the server, or waits there for the owner.
    fn has_come(&mut self, at: usize) -> Result<(), Wrong> {
        let mut there = self.ordered_marks()?;
        for request in self.waiting_requests()? {
            there.insert(request);
        }
        let (file, model) = (&mut self.files.all[at], &self.world.model);
        let claims = file.claims.iter().map(|place| &model.claims[*place]);
        let mut missing = claims.filter(|claim| !there.contains(claim.mark.as_slice()));
        if let Some(claim) = missing.next().filter(|_| file.whole) {
            let what = format!("file {at} is said to have come, without: {}", claim.what);
            return Err(Wrong::of(Law::S1, what));
        }
        match std::mem::replace(&mut file.came, true) {
            false => self.world.summary.carried += 1,
            true => self.world.summary.carried_again += 1,
        }
        Ok(())
    }

    /// Somebody leaves the shop with their phone: refused exactly as long as something on it is neither at the server nor in a
    /// file. The phone is handed to somebody else, who pairs it anew.
    fn leaves(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let phone = &self.phones[no];
        let only = self.copies_of(no).len() == 1 && !self.is_turned_back(no);
        // What a lost server had, and a phone that is gone, nobody can tell again.
        let kept = self.plan.rate(Class::Restore) == 0;
        if no == OWNERS || phone.sick || phone.stolen || !only || !kept {
            return Ok(());
        }
        let mut gone = self.signs_out(no)?;
        if !gone && dice.percent(70) {
            self.exports(no)?;
            gone = self.signs_out(no)?;
        }
        match gone {
            true => self.is_handed_on(no, dice),
            false => Ok(()),
        }
    }

    /// Whether the phone let everything go.
    fn signs_out(&mut self, no: usize) -> Result<bool, Wrong> {
        let file = self.files.newest.get(&no).map(|at| &self.files.all[*at]);
        let filed = |place: &usize| file.is_some_and(|file| file.claims.contains(place));
        let unsent = self.unsent(no)?;
        let alone = unsent.iter().filter(|place| !filed(place)).count();
        let mut risk = self.world.kill;
        let told = loop {
            let work = |phone: &mut Phone| phone.shop().sign_out();
            match self.phones[no].risk(risk, work) {
                Survived::Yes(told) => break told,
                Survived::No(loss) => {
                    let phone = &mut self.phones[no];
                    self.world.stopped(no, phone, loss, "is left")?;
                    let enrolled = self.phones[no].shop().is_enrolled();
                    if !enrolled.map_err(|e| e.to_string())? {
                        break Ok(());
                    }
                }
            }
            risk /= 2;
        };
        self.world.tell(&format!(
            "phone {no} is to be left, where {alone} of {} acts are nowhere else: {told:?}",
            unsent.len()
        ));
        let refused = match told {
            Ok(()) => 0,
            Err(CoreError::RuleRejected {
                reason: Code::SalesNotSent { ops },
            }) => usize::try_from(ops).unwrap_or(0),
            Err(error) => return Err(format!("phone {no} is left: {error:?}").into()),
        };
        let what = || format!("acts that would be lost with phone {no}");
        same(Law::S15, what, &refused, &alone)?;
        self.world.summary.stayed += u64::from(alone > 0);
        if alone > 0 {
            self.step(no, Event::Tick)?;
        }
        Ok(alone == 0)
    }

    /// Another person has the phone, and it is another one to the shop.
    fn is_handed_on(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        self.world.summary.left += 1;
        let held = self.world.model.leaves(no);
        self.files.left.extend(held);
        self.files.newest.remove(&no);
        self.online.forget(no);
        let code = self
            .server
            .authority()
            .pairing("http://shop", Rights::Recent);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let epoch = self.server.epoch()?;
        let phone = &mut self.phones[no];
        let told = |e: CoreError| Wrong::from(format!("phone {no} is handed on: {e:?}"));
        phone.copy = None;
        phone.spoiled = false;
        phone.renewing = false;
        phone.start().map_err(told)?;
        let name = format!("Phone {no} again");
        let paired = phone.shop().pair(request(dice), &code, &name, &self.server);
        paired.map_err(told)?;
        if self.plan.staffed {
            let set = phone
                .shop()
                .set_pin(OperatorId(staff::OWNER), None, staff::PIN);
            set.map_err(told)?;
        }
        let status = phone.shop().sync_status().map_err(told)?;
        phone.number = i64::from(status.device.get());
        phone.paired_in = epoch;
        let number = phone.number;
        phone.start().map_err(told)?;
        self.world
            .tell(&format!("phone {no} is paired again, as {number}"));
        self.step(no, Event::Tick)
    }

    /// At last every file is brought, also those that came long ago.
    pub(super) fn files_come(&mut self) -> Result<(), Wrong> {
        let mut dice = Dice::new(self.plan.seed, 24);
        for at in 0..self.files.all.len() {
            self.carries(at, OWNERS, &mut dice)?;
            let file = &self.files.all[at];
            let must = file.whole && !self.is_turned_back(file.author);
            if must && self.world.summary.restores == 0 && !file.came {
                let what = format!("file {at} of phone {} never came", file.author);
                return Err(Wrong::of(Law::S1, what));
            }
        }
        Ok(())
    }
}
