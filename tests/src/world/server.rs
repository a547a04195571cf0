//! The real authority of a server, called directly: no sockets, no threads of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kartka_core::domain::codes::Code;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{BusinessId, RequestMark};
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::sync::{Failure, Route, Transport};
use kartka_server::store::{self, Reads, StoreError};
use kartka_server::{Authority, ExchangeError, FoundingInput};

use super::dice::SeededRng;
use super::model::Mark;
use super::time::WorldTime;

/// A server in a folder that goes away with it.
pub(crate) struct Server {
    authority: Option<Authority>,
    business: BusinessId,
    data: PathBuf,
    time: Arc<WorldTime>,
    rng: Arc<SeededRng>,
    /// Bytes of pages in one answer.
    pages: usize,
    _folder: tempfile::TempDir,
}

/// What keeps a world from having a server.
pub(crate) type NoServer = String;

impl Server {
    pub(crate) fn found(
        seed: u64,
        kind: ShopKind,
        time: &Arc<WorldTime>,
    ) -> Result<Self, NoServer> {
        let folder = folder().map_err(|error| error.to_string())?;
        let data = folder.path().join("data");
        let rng = Arc::new(SeededRng::new(seed, 7));
        let input = FoundingInput {
            name: "Shop".to_owned(),
            country: "UA".to_owned(),
            kind,
            owner: "Owner".to_owned(),
        };
        let authority = Authority::found(&data, &input, time.clone(), rng.clone());
        let authority = authority.map_err(|error| error.to_string())?;
        Ok(Self {
            business: authority.business(),
            authority: Some(authority),
            data,
            time: time.clone(),
            rng,
            pages: usize::MAX,
            _folder: folder,
        })
    }

    /// The process ends and starts again.
    pub(crate) fn restart(&mut self) -> Result<(), NoServer> {
        self.authority = None;
        let opened = Authority::open(
            &self.data,
            self.business,
            self.time.clone(),
            self.rng.clone(),
        );
        let mut authority = opened.map_err(|error| error.to_string())?;
        authority.limit_pages(self.pages);
        self.authority = Some(authority);
        Ok(())
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

/// In memory where the system offers that: the server's fsyncs are real, and hundreds of worlds wait for them.
fn folder() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    }
}

/// A way without faults, for pairing.
impl Transport for Server {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.serve(route, message)
    }
}
