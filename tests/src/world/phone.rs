//! One phone: a disk that can fail, a clock that can be wrong, and the real shop and engine on them while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kartka_core::domain::ids::OpId;
use kartka_core::domain::op::Fact;
use kartka_core::error::CoreError;
use kartka_core::platform::{KeyStore, KeyStoreError, SecretName};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::RequestId;
use kartka_core::sync::signer::DeviceSigner;
use kartka_core::sync::{Effect, Engine, Event};
use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use super::dice::{Dice, SeededRng};
use super::eyes::{Eyes, Look};
use super::staff::Quick;
use super::time::{PhoneClock, WorldTime};
use crate::vfs::{Fault, Image, Loss, Machine};

/// The sums of a phone's scopes, by code.
pub(crate) type Sums = Vec<(i64, Vec<u8>)>;

/// The store within a phone's data folder.
const FILE: &str = "kartka.db";

/// Secrets in memory: they survive whatever happens to the disk.
#[derive(Default)]
struct MemoryKeys(Mutex<BTreeMap<SecretName, Vec<u8>>>);

impl MemoryKeys {
    fn twin(&self) -> Self {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Mutex::new(secrets.clone()))
    }
}

impl KeyStore for MemoryKeys {
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(&name).cloned().map(Zeroizing::new))
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(name, secret.to_vec());
        Ok(())
    }
}

/// The program on a phone, between two starts.
struct Program {
    // Dropped first: the program's own connection closes last.
    eyes: Eyes,
    shop: Arc<Shop>,
    engine: Engine,
}

/// A phone with everything that may go wrong with it.
pub(crate) struct Phone {
    pub(crate) clock: Arc<PhoneClock>,
    /// Counts the program's starts: what was on its way to an older one never arrives.
    pub(crate) life: u64,
    /// Only the timer armed last may fire.
    pub(crate) timer: u64,
    pub(crate) online: bool,
    /// Until then, by the world's time, answers don't come through.
    pub(crate) deaf_until: i64,
    /// The app is in front: its timers fire.
    pub(crate) open: bool,
    /// The request that is open, until something of it has come back.
    pub(crate) asking: Option<u64>,
    /// The disk is full, read-only or failing.
    pub(crate) sick: bool,
    /// Its sums were spoiled at some time.
    pub(crate) spoiled: bool,
    /// Its files were older ones, or another phone's, at some time.
    pub(crate) turned_back: bool,
    /// The epoch in which it was paired: a server of another line gives it another number.
    pub(crate) paired_in: (u64, u64),
    /// The owner has revoked it.
    pub(crate) stolen: bool,
    /// The number it has, as far as the model followed.
    pub(crate) number: i64,
    /// It has just changed its number, and has fetched nothing under it yet.
    pub(crate) renewing: bool,
    /// The server was put back, and this phone has not come to its head since.
    pub(crate) healing: bool,
    /// The highest reign that it has followed.
    pub(crate) followed: (u64, u64),
    /// An older state of its files.
    pub(crate) copy: Option<Image>,
    /// The phone whose data this one began with.
    pub(crate) copy_of: Option<usize>,
    /// Decides what its machine and its network do to it.
    pub(crate) luck: Dice,
    machine: Machine,
    rng: Arc<SeededRng>,
    keys: Arc<MemoryKeys>,
    program: Option<Program>,
}

/// What became of something that the machine might have been stopped in.
pub(crate) enum Survived<T> {
    /// The machine went on.
    Yes(T),
    /// It was stopped with this loss; what came of it is unknown.
    No(Loss),
}

/// A stop that may come within the next changes of the disk.
struct Armed {
    at: u64,
    loss: Loss,
}

impl Phone {
    /// A new phone with an empty store.
    pub(crate) fn new(seed: u64, no: usize, time: &Arc<WorldTime>) -> Result<Self, CoreError> {
        let purpose = 100 + no as u64;
        let mut phone = Self::off(seed, no, time, purpose);
        phone.start()?;
        Ok(phone)
    }

    fn off(seed: u64, no: usize, time: &Arc<WorldTime>, purpose: u64) -> Self {
        Self {
            clock: PhoneClock::new(time.clone(), no),
            life: 0,
            timer: 0,
            online: true,
            deaf_until: 0,
            open: true,
            asking: None,
            sick: false,
            spoiled: false,
            turned_back: false,
            followed: (0, 0),
            paired_in: (0, 0),
            stolen: false,
            number: 0,
            renewing: false,
            healing: false,
            copy: None,
            copy_of: None,
            luck: Dice::new(seed, 1_000 + purpose),
            machine: Machine::new(seed ^ purpose),
            rng: Arc::new(SeededRng::new(seed, purpose)),
            keys: Arc::new(MemoryKeys::default()),
            program: None,
        }
    }

    /// A second phone with a copy of this one's files and secrets.
    pub(crate) fn clone_to(
        &self,
        seed: u64,
        no: usize,
        time: &Arc<WorldTime>,
    ) -> Result<Self, CoreError> {
        let mut twin = Self::off(seed, no, time, 100 + no as u64);
        twin.keys = Arc::new(self.keys.twin());
        twin.machine.restore(&self.machine.image());
        twin.turned_back = true;
        twin.spoiled = self.spoiled;
        twin.paired_in = self.paired_in;
        twin.start()?;
        Ok(twin)
    }

    /// Starts the program again.
    pub(crate) fn start(&mut self) -> Result<(), CoreError> {
        self.program = None;
        self.life += 1;
        self.asking = None;
        let file = self.machine.path(FILE);
        let folder = file.parent().unwrap_or(Path::new("/"));
        let shop = Shop::open(folder, self.platform())?.with_pins(Arc::new(Quick));
        let shop = Arc::new(shop);
        let engine = Engine::new(shop.clone());
        self.program = Some(Program {
            eyes: Eyes::default(),
            shop,
            engine,
        });
        Ok(())
    }

    /// The running shop.
    ///
    /// # Panics
    /// Between a failed start and the next one; a world ends there.
    pub(crate) fn shop(&self) -> &Arc<Shop> {
        &self.program.as_ref().expect("the program runs").shop
    }

    /// Lets the engine take a step.
    pub(crate) fn step(&mut self, event: Event) -> Vec<Effect> {
        let program = self.program.as_mut().expect("the program runs");
        program.engine.step(event)
    }

    /// Does `work`, during which the machine may stop.
    pub(crate) fn risk<T>(
        &mut self,
        percent: u64,
        work: impl FnOnce(&mut Self) -> T,
    ) -> Survived<T> {
        let armed = (!self.sick && self.luck.percent(percent)).then(|| self.arm());
        let done = work(self);
        match armed {
            Some(armed) if self.machine.changes() > armed.at => Survived::No(armed.loss),
            Some(_) => {
                self.machine.heal();
                Survived::Yes(done)
            }
            None => Survived::Yes(done),
        }
    }

    fn arm(&mut self) -> Armed {
        let losses = [Loss::Nothing, Loss::Unsynced, Loss::Torn];
        let loss = self.luck.pick(&losses).copied().unwrap_or(Loss::Nothing);
        let changes = self.luck.below(30);
        self.machine.fail_after(changes, Fault::PowerCut(loss));
        Armed {
            at: self.machine.changes() + changes,
            loss,
        }
    }

    /// Keeps a copy of the files as they lie on the disk.
    pub(crate) fn keep_copy(&mut self) {
        self.copy = Some(self.machine.image());
    }

    /// A sum over the rows of the months is wrong from now on, as after a fault of an older program: the next exchange
    /// has to notice it and to fetch those rows anew.
    pub(crate) fn spoil_sums(&mut self) -> Result<(), String> {
        self.program = None;
        self.spoiled = true;
        let conn = self.raw()?;
        let spoilt = "UPDATE scope SET digest = zeroblob(16) WHERE code > 2";
        conn.execute(spoilt, []).map_err(|e| e.to_string())?;
        drop(conn);
        self.start().map_err(|e| e.to_string())
    }

    /// Spoils the sums, if there are any; says what they were.
    pub(crate) fn spoil_sums_for_now(&mut self) -> Result<Option<Sums>, String> {
        let conn = self.raw()?;
        let read = || {
            let sql = "SELECT code, digest FROM scope WHERE code > 2 AND digest <> zeroblob(16)";
            let mut statement = conn.prepare(sql)?;
            let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.collect::<Result<Vec<_>, rusqlite::Error>>()
        };
        let sums = read().map_err(|e| e.to_string())?;
        drop(conn);
        if sums.is_empty() {
            return Ok(None);
        }
        self.spoil_sums()?;
        Ok(Some(sums))
    }

    /// Makes spoiled sums right again; nothing may have happened since.
    pub(crate) fn put_sums_back(&mut self, sums: &Sums) -> Result<(), String> {
        self.program = None;
        self.spoiled = false;
        let conn = self.raw()?;
        for (code, digest) in sums {
            let right = "UPDATE scope SET digest = ?2 WHERE code = ?1";
            let done = conn.execute(right, (code, digest));
            done.map_err(|e| e.to_string())?;
        }
        drop(conn);
        self.start().map_err(|e| e.to_string())
    }

    /// A connection of the checker's own to the data, past all code of the core's.
    pub(crate) fn raw(&self) -> Result<Look, String> {
        match &self.program {
            Some(program) => program.eyes.look(|| self.connect()),
            None => self.connect().map(Look::once),
        }
    }

    fn connect(&self) -> Result<Connection, String> {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
            let file = self.machine.path(FILE);
            let conn = Connection::open_with_flags_and_vfs(file, flags, "kartka-memory")?;
            if !kartka_protocol::simulation::is_paper() {
                let key = self.keys.load(SecretName::DatabaseKey).ok().flatten();
                let key = key.unwrap_or_default();
                let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                conn.execute_batch(&format!(
                    "PRAGMA key = \"x'{hex}'\"; PRAGMA cipher_page_size = 2048;
                     PRAGMA cipher_hmac_algorithm = HMAC_SHA256;"
                ))?;
            }
            Ok(conn)
        };
        open().map_err(|e: rusqlite::Error| e.to_string())
    }

    /// The disk is full, can't be written or fails from some moment on.
    pub(crate) fn fall_sick(&mut self, fault: Fault, after: u64) {
        self.sick = true;
        self.machine.fail_after(after, fault);
    }

    /// The disk works again.
    pub(crate) fn cure(&mut self) {
        if std::mem::take(&mut self.sick) {
            self.machine.heal();
        }
    }

    /// A second program wants the data while this one has it: it is told so, and nothing happens.
    pub(crate) fn second_program(&self) -> Result<(), CoreError> {
        let file = self.machine.path(FILE);
        let folder = file.parent().unwrap_or(Path::new("/"));
        Shop::open(folder, self.platform()).map(|_| ())
    }

    /// The machine stops, and its log is gone when it starts again.
    pub(crate) fn lose_log(&mut self) -> Result<(), CoreError> {
        self.machine.stop(Loss::Unsynced);
        self.program = None;
        self.machine.delete("kartka.db-wal");
        self.turned_back = true;
        self.start()
    }

    /// What signs for this phone.
    pub(crate) fn signer(&self) -> Result<DeviceSigner, CoreError> {
        DeviceSigner::load_or_make(&self.platform())
    }

    /// The oldest batch that waits to be sent, as it was sealed.
    pub(crate) fn sealed(&self) -> Result<Option<Vec<u8>>, String> {
        let conn = self.raw()?;
        let mut statement = conn
            .prepare("SELECT bytes FROM sealed ORDER BY first_op LIMIT 1")
            .map_err(|e| e.to_string())?;
        let mut rows = statement.query([]).map_err(|e| e.to_string())?;
        let row = rows.next().map_err(|e| e.to_string())?;
        row.map(|row| row.get(0).map_err(|e| e.to_string()))
            .transpose()
    }

    /// The machine as the program sees it.
    fn platform(&self) -> Platform {
        Platform {
            clock: self.clock.clone(),
            rng: self.rng.clone(),
            keys: self.keys.clone(),
            vfs: self.machine.vfs(),
        }
    }

    /// The number of the card that was given to somebody by a request; 0 if its op isn't kept.
    pub(crate) fn card_given(&mut self, request: RequestId) -> Result<u64, String> {
        let facts = self.facts_of(request)?;
        let cards = facts.iter().find_map(|fact| match fact {
            Fact::Bind { card, .. } => Some(card.value()),
            _ => None,
        });
        Ok(cards.unwrap_or(0))
    }

    /// For whom a request noted a consent or its end: for everybody whom this phone took for the same person.
    pub(crate) fn noted_for(&mut self, request: RequestId) -> Result<Vec<i64>, String> {
        let facts = self.facts_of(request)?;
        let customers = facts.iter().filter_map(|fact| match fact {
            Fact::Consent { customer, .. } => Some(customer.get()),
            _ => None,
        });
        Ok(customers.collect())
    }

    /// The facts of the op that a request became; none if it isn't kept.
    fn facts_of(&mut self, request: RequestId) -> Result<Vec<Fact>, String> {
        self.cure();
        let conn = self.raw()?;
        let read = || {
            let sql =
                "SELECT op, facts FROM own_op WHERE op = (SELECT op FROM request WHERE id = ?1)";
            let mut statement = conn.prepare_cached(sql)?;
            let mut rows = statement.query([&request.0])?;
            let found = rows.next()?.map(|row| Ok((row.get(0)?, row.get(1)?)));
            found.transpose()
        };
        let found: Option<(i64, Vec<u8>)> = read().map_err(|e: rusqlite::Error| e.to_string())?;
        let Some((id, facts)) = found else {
            return Ok(Vec::new());
        };
        let op = OpId::new(id).map_err(|e| e.to_string())?;
        let op = kartka_protocol::op::decode(op, &facts, None).map_err(|e| e.to_string())?;
        Ok(op.facts)
    }

    /// Its own ops, with the number that the server knows each under already, if this phone has let go of it for that.
    pub(crate) fn aliases(&self) -> Result<Vec<(i64, Option<i64>)>, String> {
        let conn = self.raw()?;
        let read = || {
            let sql =
                "SELECT op, iif(last <= (SELECT settled_op FROM head), alias, NULL) FROM own_op";
            let mut statement = conn.prepare(sql)?;
            let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.collect::<Result<_, rusqlite::Error>>()
        };
        read().map_err(|e| e.to_string())
    }

    /// The last change of its number: old, fork, last, new.
    pub(crate) fn last_move(&self) -> Result<Option<(i64, i64, i64, i64)>, String> {
        let status = self.shop().sync_status().map_err(|e| e.to_string())?;
        let conn = self.raw()?;
        let sql = "SELECT old, fork, last, new FROM incarnation WHERE new = ?1";
        let mut statement = conn.prepare(sql).map_err(|e| e.to_string())?;
        let found = statement.query_map([status.device.get()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        });
        let found = found.and_then(Iterator::collect::<Result<Vec<_>, _>>);
        Ok(found.map_err(|e| e.to_string())?.pop())
    }

    /// The epoch and the seq up to which an op that is made now has seen the order.
    pub(crate) fn seen(&self) -> Result<((u64, u64), i64), String> {
        let conn = self.raw()?;
        let sql = "SELECT epoch_number, epoch_random, seq FROM head";
        let look = |row: &rusqlite::Row<'_>| {
            let (number, random): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((
                (number.cast_unsigned(), random.cast_unsigned()),
                row.get(2)?,
            ))
        };
        let statement = conn.prepare_cached(sql);
        let found = statement.and_then(|mut statement| statement.query_row([], look));
        found.map_err(|e| e.to_string())
    }

    /// How often these files have changed their number.
    pub(crate) fn moves(&self) -> Result<usize, String> {
        let conn = self.raw()?;
        let count: i64 = conn
            .query_row("SELECT count(*) FROM incarnation", [], |row| row.get(0))
            .map_err(|e| e.to_string())?;
        usize::try_from(count).map_err(|e| e.to_string())
    }

    /// Receipts, returns and customers in the files.
    pub(crate) fn entities(&self) -> Result<BTreeSet<i64>, String> {
        let conn = self.raw()?;
        let read = || {
            let sql = "SELECT id FROM customer UNION SELECT id FROM purchase UNION SELECT id FROM returned";
            let mut statement = conn.prepare(sql)?;
            let found = statement.query_map([], |row| row.get(0))?;
            found.collect::<Result<_, rusqlite::Error>>()
        };
        read().map_err(|e| e.to_string())
    }

    /// The requests that the files know.
    pub(crate) fn requests(&self) -> Result<Vec<[u8; 16]>, String> {
        let conn = self.raw()?;
        let read = || {
            let mut statement = conn.prepare("SELECT id FROM request")?;
            let found = statement.query_map([], |row| row.get(0))?;
            found.collect::<Result<_, rusqlite::Error>>()
        };
        read().map_err(|e| e.to_string())
    }

    /// Puts the kept copy into the place of the files, and starts the program on them.
    pub(crate) fn roll_back(&mut self) -> Result<(), CoreError> {
        if let Some(copy) = self.copy.take() {
            self.machine.restore(&copy);
            self.turned_back = true;
            self.start()?;
        }
        Ok(())
    }
}
