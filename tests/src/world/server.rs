//! The real authority of a server, called directly: no sockets, no threads of its own.

use std::path::Path;
use std::sync::Arc;

use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{BusinessId, RequestMark};
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::sync::{Failure, Route, Transport};
use kartka_server::store::{self, Reads, StoreError};
use kartka_server::{Authority, ExchangeError, FoundingInput, Place};

use super::dice::{Dice, SeededRng};
use super::model::Mark;
use super::time::WorldTime;
use crate::vfs::{Fault, Loss, Machine};

/// A server on a disk that can fail.
pub(crate) struct Server {
    authority: Option<Authority>,
    business: BusinessId,
    place: Place,
    machine: Machine,
    time: Arc<WorldTime>,
    rng: Arc<SeededRng>,
    /// Bytes of pages in one answer.
    pages: usize,
    _keys: tempfile::TempDir,
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
        let machine = Machine::new(seed);
        let keys = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = machine.path("any");
        let place = Place {
            data: file.parent().unwrap_or(Path::new("/")).to_owned(),
            keys: keys.path().to_owned(),
            vfs: Some("kartka-memory"),
        };
        let rng = Arc::new(SeededRng::new(seed, 7));
        let input = FoundingInput {
            name: "Shop".to_owned(),
            country: "UA".to_owned(),
            kind,
            owner: "Owner".to_owned(),
        };
        let authority = Authority::found(place.clone(), &input, time.clone(), rng.clone());
        let authority = authority.map_err(|error| error.to_string())?;
        Ok(Self {
            business: authority.business(),
            authority: Some(authority),
            place,
            machine,
            time: time.clone(),
            rng,
            pages: usize::MAX,
            _keys: keys,
        })
    }

    /// The process ends and starts again.
    pub(crate) fn restart(&mut self) -> Result<(), NoServer> {
        self.authority = None;
        let opened = Authority::open(
            self.place.clone(),
            self.business,
            self.time.clone(),
            self.rng.clone(),
        );
        let mut authority = opened.map_err(|error| error.to_string())?;
        authority.limit_pages(self.pages);
        self.authority = Some(authority);
        Ok(())
    }

    /// Serves a request, in which the machine may stop; then it is to be started again.
    pub(crate) fn risk(
        &mut self,
        dice: &mut Dice,
        percent: u64,
        route: Route,
        message: &[u8],
    ) -> Served {
        if !dice.percent(percent) {
            return Served::Answered(self.serve(route, message));
        }
        let losses = [Loss::Nothing, Loss::Unsynced, Loss::Torn];
        let loss = dice.pick(&losses).copied().unwrap_or(Loss::Nothing);
        let changes = dice.below(40);
        let at = self.machine.changes() + changes;
        self.machine.fail_after(changes, Fault::PowerCut(loss));
        let answer = self.serve(route, message);
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

    /// The place in the order of the op that a tap made, if it is here.
    pub(crate) fn place_of(&self, mark: Mark) -> Result<Option<i64>, NoServer> {
        self.read(|db| {
            let Some(id) = db.requested(RequestMark(mark))? else {
                return Ok(None);
            };
            Ok(db.op(id)?.map(|op| op.seq.0))
        })
    }

    pub(crate) fn serve(&self, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let served = match route {
            Route::Sync => self.authority().sync(message),
            Route::Pair => self.authority().pair(message),
        };
        served.map_err(|error| match error {
            ExchangeError::Refused(refusal) => Failure::Refused(refusal),
            ExchangeError::Store(_) => Failure::Unavailable { retry_after_ms: 0 },
        })
    }
}

/// A way without faults, for pairing.
impl Transport for Server {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.serve(route, message)
    }
}
