//! The real authority of a server, called directly: no sockets, no threads of its own.

use std::path::Path;
use std::sync::Arc;

use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{BusinessId, Seq};
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::sync::{Failure, Route, Transport};
use kartka_protocol::digest::Digest;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::message::Refusal;
use kartka_protocol::rows::WireRow;
use kartka_server::store::{self, Reads, StoreError};
use kartka_server::{Authority, ExchangeError, FoundingInput, Place, Reception};
use rusqlite::{Connection, OpenFlags};

use super::dice::{Dice, SeededRng};
use super::eyes::{Eyes, Look};
use super::time::WorldTime;
use crate::vfs::{Fault, Image, Loss, Machine};

/// A time in which one server reigned: its epoch and the first seq that it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reign {
    pub(crate) epoch: (u64, u64),
    pub(crate) first_seq: i64,
}

/// A server's files of one moment.
pub(crate) struct Backup {
    image: Image,
    reigns: Vec<Reign>,
    again: Vec<Erased>,
    seq: i64,
    pub(crate) at_ms: i64,
}

/// People that a restored server erased again when it began: the first seq it gave, and their registrations
/// with the numbers that the lost one had for them.
pub(crate) type Erased = (i64, Vec<(usize, i64)>);

/// A server on a disk that can fail.
pub(crate) struct Server {
    /// The checker's.
    eyes: Eyes,
    authority: Option<Authority>,
    /// Takes a business in that was founded on a phone.
    reception: Reception,
    business: BusinessId,
    place: Place,
    machine: Machine,
    time: Arc<WorldTime>,
    rng: Arc<SeededRng>,
    /// Bytes of pages in one answer.
    pages: usize,
    /// Whose data this is, oldest first.
    reigns: Vec<Reign>,
    /// Whom it erased again when it began to reign.
    again: Vec<Erased>,
    keys: tempfile::TempDir,
}

/// What keeps a world from having a server.
pub(crate) type NoServer = String;

/// What a request came to.
pub(crate) enum Served {
    /// An answer, or a refusal.
    Answered(Result<Vec<u8>, Failure>),
    /// The machine stopped in it.
    Stopped(Loss),
}

impl Server {
    pub(crate) fn found(
        seed: u64,
        kind: ShopKind,
        time: &Arc<WorldTime>,
    ) -> Result<Self, NoServer> {
        // Until it founds one, it has no business.
        let mut server = Self::awaits(seed, BusinessId([0; 16]), time)?;
        let input = FoundingInput {
            name: "Shop".to_owned(),
            country: "UA".to_owned(),
            kind,
            owner: "Owner".to_owned(),
        };
        let (place, rng) = (server.place.clone(), server.rng.clone());
        let authority = Authority::found(place, &input, time.clone(), rng);
        let authority = authority.map_err(|error| format!("{error:?}"))?;
        server.business = authority.business();
        server.authority = Some(authority);
        server.begins_to_reign()?;
        Ok(server)
    }

    /// A server to which a phone's business will come.
    pub(crate) fn awaits(
        seed: u64,
        business: BusinessId,
        time: &Arc<WorldTime>,
    ) -> Result<Self, NoServer> {
        let machine = Machine::new(seed);
        let keys = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = machine.path("any");
        let place = Place {
            data: file.parent().unwrap_or(Path::new("/")).to_owned(),
            keys: keys.path().to_owned(),
            vfs: Some("kartka-memory"),
        };
        let rng = Arc::new(SeededRng::new(seed, 7));
        Ok(Self {
            eyes: Eyes::default(),
            authority: None,
            reception: Reception::new(place.clone(), time.clone(), rng.clone()),
            business,
            place,
            machine,
            time: time.clone(),
            rng,
            pages: usize::MAX,
            reigns: Vec::new(),
            again: Vec::new(),
            keys,
        })
    }

    /// The order from its first seq on is this server's: no phone but the founder ever knew another one.
    pub(crate) fn begins_to_reign(&mut self) -> Result<(), NoServer> {
        let first_seq = 1;
        let epoch = self.epoch()?;
        self.reigns.push(Reign { epoch, first_seq });
        Ok(())
    }

    /// A code for the founding phone.
    pub(crate) fn invites(&self) -> Result<String, NoServer> {
        let code = self.reception.invite("http://shop");
        Ok(code.map_err(|error| error.to_string())?.to_text())
    }

    /// Whether it is somebody's authority.
    pub(crate) fn has_business(&self) -> bool {
        self.authority.is_some()
    }

    /// The epoch it reigns in.
    pub(crate) fn epoch(&self) -> Result<(u64, u64), NoServer> {
        let head = self.authority().head().map_err(|error| error.to_string())?;
        let epoch = head.head.epoch;
        Ok((epoch.number, epoch.random))
    }

    /// The epoch in which the business was founded.
    pub(crate) fn first_epoch(&self) -> (u64, u64) {
        self.reigns.first().map_or((0, 0), |reign| reign.epoch)
    }

    /// Whether an epoch is one of this server's.
    pub(crate) fn is_of_this_line(&self, epoch: (u64, u64)) -> bool {
        self.reigns.iter().any(|reign| reign.epoch == epoch)
    }

    /// Up to where somebody who had seen `seq` in `epoch` has seen this server's order: what was lost with another
    /// server was seen by nobody.
    pub(crate) fn seen_here(&self, (epoch, seq): ((u64, u64), i64)) -> i64 {
        let at = self.reigns.iter().position(|reign| reign.epoch == epoch);
        match at.map(|at| self.reigns.get(at + 1)) {
            None => 0,
            Some(None) => seq,
            Some(Some(next)) => seq.min(next.first_seq - 1),
        }
    }

    /// A copy of the files as they are.
    pub(crate) fn back_up(&self) -> Result<Backup, NoServer> {
        Ok(Backup {
            seq: self.seq()?,
            image: self.machine.image(),
            reigns: self.reigns.clone(),
            again: self.again.clone(),
            at_ms: self.time.now(),
        })
    }

    /// Whom restored servers erased again.
    pub(crate) fn erased_again(&self) -> &[Erased] {
        &self.again
    }

    /// A server on a new machine takes over with the files of a backup; the old one is given back, switched off, with
    /// everything that it has. Whom it had erased, `erased`, the new one erases again.
    pub(crate) fn restore(
        &mut self,
        backup: &Backup,
        erased: Vec<(usize, i64)>,
    ) -> Result<Self, NoServer> {
        let keys = tempfile::tempdir().map_err(|error| error.to_string())?;
        copy_files(&self.place.keys, keys.path()).map_err(|error| error.to_string())?;
        let machine = Machine::new(self.rng.number());
        machine.restore(&backup.image);
        let file = machine.path("any");
        let place = Place {
            data: file.parent().unwrap_or(Path::new("/")).to_owned(),
            ..self.place.clone()
        };
        let first_seq = backup.seq;
        let (time, rng) = (self.time.clone(), self.rng.clone());
        let begun = Authority::begin_reign(place.clone(), self.business, time, rng);
        let mut authority = begun.map_err(|error| format!("{error:?}"))?;
        authority.limit_pages(self.pages);
        let (time, rng) = (self.time.clone(), self.rng.clone());
        let new = Self {
            eyes: Eyes::default(),
            authority: Some(authority),
            reception: Reception::new(place.clone(), time, rng),
            place,
            machine,
            business: self.business,
            time: self.time.clone(),
            rng: self.rng.clone(),
            pages: self.pages,
            reigns: backup.reigns.clone(),
            again: backup.again.clone(),
            keys: std::mem::replace(&mut self.keys, keys),
        };
        let mut old = std::mem::replace(self, new);
        old.end();
        old.place.keys = old.keys.path().to_owned();
        let first_seq = first_seq + 1;
        let epoch = self.epoch()?;
        self.reigns.push(Reign { epoch, first_seq });
        self.again.push((first_seq, erased));
        Ok(old)
    }

    fn end(&mut self) {
        self.eyes = Eyes::default();
        self.authority = None;
    }

    /// The process ends and starts again.
    pub(crate) fn restart(&mut self) -> Result<(), NoServer> {
        self.end();
        let (time, rng) = (self.time.clone(), self.rng.clone());
        self.reception = Reception::new(self.place.clone(), time, rng);
        let opened = Authority::open(
            self.place.clone(),
            self.business,
            self.time.clone(),
            self.rng.clone(),
        );
        let mut authority = match opened {
            // Its business is still on its way.
            Err(StoreError::NoKey | StoreError::Empty) if self.reigns.is_empty() => return Ok(()),
            opened => opened.map_err(|error| format!("{error:?}"))?,
        };
        authority.limit_pages(self.pages);
        self.authority = Some(authority);
        Ok(())
    }

    /// Takes one message of a hand-over in, in which the machine may stop.
    pub(crate) fn risk_taking_in(
        &mut self,
        dice: &mut Dice,
        percent: u64,
        message: &[u8],
    ) -> Served {
        self.risky(dice, percent, |server| server.take_in(message))
    }

    fn take_in(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let received = self.reception.serve(message, self.authority.as_ref());
        let received = received.map_err(failure)?;
        if received.arrived.is_some() {
            self.eyes = Eyes::default();
            self.authority = received.arrived;
        }
        Ok(received.answer)
    }

    /// Serves a request, in which the machine may stop; then it is to be started again.
    pub(crate) fn risk(
        &mut self,
        dice: &mut Dice,
        percent: u64,
        route: Route,
        message: &[u8],
    ) -> Served {
        self.risky(dice, percent, |server| server.serve(route, message))
    }

    fn risky(
        &mut self,
        dice: &mut Dice,
        percent: u64,
        work: impl FnOnce(&mut Self) -> Result<Vec<u8>, Failure>,
    ) -> Served {
        if !dice.percent(percent) {
            return Served::Answered(work(self));
        }
        let losses = [Loss::Nothing, Loss::Unsynced, Loss::Torn];
        let loss = dice.pick(&losses).copied().unwrap_or(Loss::Nothing);
        let changes = dice.below(40);
        let at = self.machine.changes() + changes;
        self.machine.fail_after(changes, Fault::PowerCut(loss));
        let answer = work(self);
        if self.machine.changes() > at {
            return Served::Stopped(loss);
        }
        self.machine.heal();
        Served::Answered(answer)
    }

    /// From its next start the server answers in parts of about so many bytes.
    pub(crate) fn limit_pages(&mut self, bytes: usize) {
        self.pages = bytes;
    }

    /// How many redemptions went beyond their balance.
    pub(crate) fn overdrafts(&self) -> Result<u64, NoServer> {
        let items = self.read(|db| db.rows_of(RowKind::Inbox))?;
        let overdrawn = items.iter().filter(|item| {
            let read = item.read();
            matches!(read, Ok(Row::Inbox(item)) if matches!(item.code, Code::Overdraft { .. }))
        });
        Ok(overdrawn.count() as u64)
    }

    pub(crate) fn authority(&self) -> &Authority {
        self.authority.as_ref().expect("the server runs")
    }

    /// The last seq it has given.
    pub(crate) fn seq(&self) -> Result<i64, NoServer> {
        let head = self.authority().head().map_err(|error| error.to_string())?;
        Ok(head.head.seq.0)
    }

    /// Reads one state of its data.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&dyn Reads) -> Result<T, StoreError>,
    ) -> Result<T, NoServer> {
        store::read(self.authority().store(), work).map_err(|error| error.to_string())
    }

    /// A connection of the checker's own, past all code of the server's.
    pub(crate) fn raw(&self) -> Result<Look, NoServer> {
        match &self.authority {
            Some(_) => self.eyes.look(|| self.connect()),
            None => self.connect().map(Look::once),
        }
    }

    fn connect(&self) -> Result<Connection, NoServer> {
        let name: String = self.business.0.iter().map(|b| format!("{b:02x}")).collect();
        let open = || -> Result<Connection, Box<dyn std::error::Error>> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
            let file = self.place.data.join(format!("{name}.kartka"));
            let conn = Connection::open_with_flags_and_vfs(file, flags, "kartka-memory")?;
            if !kartka_protocol::simulation::is_paper() {
                let key = std::fs::read(self.place.keys.join(format!("{name}.key")))?;
                let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                conn.execute_batch(&format!(
                    "PRAGMA key = \"x'{hex}'\"; PRAGMA cipher_page_size = 4096;
                     PRAGMA cipher_hmac_algorithm = HMAC_SHA256;"
                ))?;
            }
            Ok(conn)
        };
        open().map_err(|error| error.to_string())
    }

    /// The business was founded by a newer version: there is a row of a kind that this one does not know, and a field
    /// that it does not know in two rows that it does (safety 13): an operator's, where it keeps the field when it
    /// changes the row, and the programme's, which it only hands on.
    pub(crate) fn was_newer(&mut self) -> Result<(), NoServer> {
        self.end();
        let conn = self.raw()?;
        let write = || -> Result<(), Box<dyn std::error::Error>> {
            let keys: Vec<u8> =
                conn.query_row("SELECT value FROM meta WHERE key = 'shop-keys'", [], |r| {
                    r.get(0)
                })?;
            let key = ShopKeys::decode(&keys)?.digest;
            let sum: [u8; 16] =
                conn.query_row("SELECT sum FROM digest WHERE scope = 1", [], |r| r.get(0))?;
            let mut digest = Digest::from_bytes(sum);
            let mut head = 0;
            for kind in [RowKind::Operator, RowKind::Programme] {
                let old = first_row(&conn, kind)?;
                head = old.seq.0;
                let mut fields = Record::decode(&old.record, Shape::ENTITY)?;
                fields.put(9_000, 77_i64);
                let new = WireRow {
                    record: fields.encode(),
                    ..old.clone()
                };
                digest = digest.minus(&key, &old).plus(&key, &new);
                conn.execute(
                    "UPDATE row SET record = ?1 WHERE kind = ?2 AND id = ?3",
                    (&new.record, new.kind, new.id),
                )?;
            }
            let mut strange = Record::new();
            strange.put(1, 9_999_i64);
            let strange = WireRow {
                kind: 200,
                id: 7,
                seq: Seq(head),
                record: strange.encode(),
            };
            conn.execute(
                "INSERT INTO row VALUES (?1, ?2, ?3, 1, 0, ?4)",
                (strange.kind, strange.id, head, &strange.record),
            )?;
            conn.execute(
                "UPDATE digest SET sum = ?1 WHERE scope = 1",
                [digest.plus(&key, &strange).to_bytes()],
            )?;
            Ok(())
        };
        write().map_err(|error| error.to_string())
    }

    pub(crate) fn serve(&self, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let served = match route {
            Route::Sync => self.authority().sync(message),
            Route::Pair => self.authority().pair(message),
            Route::Reserve => self.authority().reserve(message),
            Route::Invite => self.authority().invite(message, ""),
            Route::Carry => self.authority().carry(message),
            Route::Card => self.authority().holder(message),
            // Nobody was invited.
            Route::Handover => Err(ExchangeError::Refused(Refusal::PairingRefused)),
        };
        served.map_err(failure)
    }
}

/// The first row of a kind.
fn first_row(conn: &Connection, kind: RowKind) -> rusqlite::Result<WireRow> {
    let sql = "SELECT kind, id, seq, record FROM row WHERE kind = ?1 ORDER BY id LIMIT 1";
    conn.query_row(sql, [kind as u8], |r| {
        Ok(WireRow {
            kind: r.get(0)?,
            id: r.get(1)?,
            seq: Seq(r.get(2)?),
            record: r.get(3)?,
        })
    })
}

fn failure(error: ExchangeError) -> Failure {
    match error {
        ExchangeError::Refused(refusal) => Failure::Refused(refusal),
        ExchangeError::Store(_) => Failure::Unavailable { retry_after_ms: 0 },
    }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// A way without faults, for pairing.
impl Transport for Server {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.serve(route, message)
    }
}
