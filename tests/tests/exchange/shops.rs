//! A server's authority and some phones in one process, on clocks that the test moves.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use kartka_core::domain::customer::Phone;
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{BusinessId, CustomerId, OperatorId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::error::CoreError;
use kartka_core::platform::{Clock, FileKeyStore, Rng};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{RequestId, Vfs};
use kartka_core::sync::{Cancel, Failure, Route, SyncReport, Transport};
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;
use kartka_protocol::message::{Refusal, SignedWord, SyncAnswer};
use kartka_protocol::simulation;
use kartka_server::platform as server;
use kartka_server::store::{Reads, read};
use kartka_server::{Authority, ExchangeError, FoundingInput, Rights};

/// 2026-11-22 10:00 in Kyiv.
pub(crate) const NOW: i64 = 1_795_334_400_000;

/// A clock that stands still until it is moved.
pub(crate) struct Time {
    wall_ms: AtomicI64,
    monotonic_ms: AtomicI64,
    boot: AtomicU64,
}

impl Time {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            wall_ms: AtomicI64::new(NOW),
            monotonic_ms: AtomicI64::new(0),
            boot: AtomicU64::new(1),
        })
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
        self.monotonic_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn jump(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Off and on again.
    pub(crate) fn reboot(&self) {
        self.boot.fetch_add(1, Ordering::SeqCst);
        self.monotonic_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for Time {
    fn now_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::SeqCst)
    }
    fn monotonic_ms(&self) -> i64 {
        self.monotonic_ms.load(Ordering::SeqCst)
    }
    fn boot_id(&self) -> u64 {
        self.boot.load(Ordering::SeqCst)
    }
}

impl server::Clock for Time {
    fn now_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::SeqCst)
    }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed << 40)))
    }

    fn roll(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let n = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            let mixed = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

impl Rng for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.roll(bytes);
    }
}

impl server::Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.roll(bytes);
    }
}

/// The server's authority without sockets.
pub(crate) struct Office {
    home: tempfile::TempDir,
    pub(crate) time: Arc<Time>,
    seed: u64,
    authority: Mutex<Option<Authority>>,
    newer: AtomicBool,
    /// How often it was put back: no two restores draw the same numbers.
    restores: AtomicU64,
}

impl Office {
    pub(crate) fn founded() -> Self {
        Self::founded_by(1_000)
    }

    /// With another seed it is another shop.
    pub(crate) fn founded_by(seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let time = Time::new();
        let input = FoundingInput {
            name: "Кав'ярня".into(),
            country: "UA".into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        let data = home.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let authority = Authority::found(&data, &input, time.clone(), Dice::seeded(seed)).unwrap();
        Self {
            home,
            time,
            seed,
            authority: Mutex::new(Some(authority)),
            newer: AtomicBool::new(false),
            restores: AtomicU64::new(0),
        }
    }

    /// One whose business was opened elsewhere.
    pub(crate) fn opened(authority: Authority, time: Arc<Time>) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            time,
            seed: 2_000,
            authority: Mutex::new(Some(authority)),
            newer: AtomicBool::new(false),
            restores: AtomicU64::new(0),
        }
    }

    /// Where its keys lie.
    pub(crate) fn keys(&self) -> PathBuf {
        self.home.path().join("data.keys")
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&Authority) -> T) -> T {
        let newer = self.newer.load(Ordering::SeqCst);
        simulation::newer(newer, || {
            work(self.authority.lock().unwrap().as_ref().unwrap())
        })
    }

    /// From now on it is of the next version, or of this one.
    pub(crate) fn becomes_newer(&self, newer: bool) {
        self.newer.store(newer, Ordering::SeqCst);
    }

    /// From now on an answer brings about so many bytes of pages.
    pub(crate) fn limit_pages(&self, bytes: usize) {
        let mut authority = self.authority.lock().unwrap();
        authority.as_mut().unwrap().limit_pages(bytes);
    }

    /// Puts the data back as they are in `backup`, or takes one if there is none, with the server stopped.
    pub(crate) fn back_up(&self, backup: &Path) {
        self.stopped(|data| copy_folder(data, backup));
    }

    pub(crate) fn restore(&self, backup: &Path) {
        self.stopped(|data| {
            std::fs::remove_dir_all(data).unwrap();
            copy_folder(backup, data);
        });
    }

    /// The folder that holds data and keys.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Puts the data back as a restore does: in the next epoch.
    pub(crate) fn put_back(&self, backup: &Path) {
        self.reopened(
            |data| {
                std::fs::remove_dir_all(data).unwrap();
                copy_folder(backup, data);
            },
            |data, business| {
                let restores = self.restores.fetch_add(1, Ordering::SeqCst);
                let dice = Dice::seeded(self.seed + 2 + 0x1_0000 * restores);
                Authority::begin_reign(data, business, self.time.clone(), dice).unwrap()
            },
        );
    }

    pub(crate) fn stopped(&self, work: impl FnOnce(&Path)) {
        self.reopened(work, |data, business| {
            let dice = Dice::seeded(self.seed + 1);
            Authority::open(data, business, self.time.clone(), dice).unwrap()
        });
    }

    fn reopened(
        &self,
        work: impl FnOnce(&Path),
        open: impl FnOnce(&Path, BusinessId) -> Authority,
    ) {
        let mut running = self.authority.lock().unwrap();
        let business = running.take().unwrap().business();
        let data = self.home().join("data");
        work(&data);
        *running = Some(open(&data, business));
    }

    pub(crate) fn pairing_text(&self) -> String {
        self.pairing_text_for(Rights::Recent)
    }

    pub(crate) fn pairing_text_for(&self, rights: Rights) -> String {
        self.with(|a| a.pairing("local:", rights).unwrap().to_text())
    }

    /// A code for a phone that this member of staff will hold.
    pub(crate) fn pairing_text_to(&self, operator: OperatorId) -> String {
        let rights = Rights::Recent;
        self.with(|a| a.pairing_for("local:", rights, operator).unwrap().to_text())
    }

    /// A wire to this office.
    pub(crate) fn line(&self) -> Line<'_> {
        Line {
            office: self,
            fault: Mutex::new((0, Fault::None)),
            last: Mutex::new(Vec::new()),
        }
    }

    /// Digests of all scopes, by scope code.
    pub(crate) fn digests(&self) -> Vec<(i64, [u8; 16])> {
        let sums = self.with(|a| read(a.store(), |db: &dyn Reads| db.digests()).unwrap());
        let mut sums: Vec<_> = sums
            .iter()
            .map(|sum| (sum.scope.code(), sum.digest.to_bytes()))
            .collect();
        sums.sort_unstable();
        sums
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What goes wrong with the next message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The request is lost.
    Down,
    /// The server takes the request, the answer is lost.
    LostAnswer,
    /// The request arrives twice.
    Twice,
    /// Somebody on the line says no.
    Refused(Refusal),
    /// Something else answers.
    Instead(Vec<u8>),
    /// Only so many bytes of the answer arrive.
    Truncated(usize),
    /// One bit of the answer flips.
    Flipped(usize),
    /// The rows are taken out of the answer.
    WithoutPages,
    /// The server knows nothing of incarnations.
    WithoutIncarnation,
    /// Somebody on the line makes it say that the device was revoked, with a word heard elsewhere or none.
    Revoked(Option<SignedWord>),
}

/// A wire from one phone to the office.
pub(crate) struct Line<'o> {
    office: &'o Office,
    /// What goes wrong, after so many messages that arrive.
    fault: Mutex<(u32, Fault)>,
    last: Mutex<Vec<u8>>,
}

impl Line<'_> {
    pub(crate) fn next_fault(&self, fault: Fault) {
        self.fault_after(0, fault);
    }

    /// What goes wrong with the message after so many that arrive.
    pub(crate) fn fault_after(&self, messages: u32, fault: Fault) {
        *self.fault.lock().unwrap() = (messages, fault);
    }

    fn fault_now(&self) -> Fault {
        let mut next = self.fault.lock().unwrap();
        if next.0 > 0 {
            next.0 -= 1;
            return Fault::None;
        }
        std::mem::replace(&mut next.1, Fault::None)
    }

    /// The last answer that came whole.
    pub(crate) fn last_answer(&self) -> Vec<u8> {
        self.last.lock().unwrap().clone()
    }

    fn serve(&self, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let served = self.office.with(|authority| match route {
            Route::Sync => authority.sync(message),
            Route::Pair => authority.pair(message),
            Route::Reserve => authority.reserve(message),
            Route::Invite => authority.invite(message, "https://here.example"),
            Route::Carry => authority.carry(message),
            Route::Card => authority.holder(message),
            // Nobody was invited.
            Route::Handover => Err(ExchangeError::Refused(Refusal::PairingRefused)),
        });
        served.map_err(|error| match error {
            ExchangeError::Refused(refusal) => Failure::Refused(refusal),
            ExchangeError::Store(_) => Failure::Unavailable { retry_after_ms: 0 },
        })
    }
}

impl Transport for Line<'_> {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let fault = self.fault_now();
        let mut answer = match fault {
            Fault::Down => return Err(Failure::Offline),
            Fault::Refused(refusal) => return Err(Failure::Refused(refusal)),
            Fault::Instead(bytes) => return Ok(bytes),
            Fault::Twice => {
                self.serve(route, message)?;
                self.serve(route, message)?
            }
            _ => self.serve(route, message)?,
        };
        match fault {
            Fault::LostAnswer => return Err(Failure::Timeout),
            Fault::Truncated(len) => answer.truncate(len),
            Fault::Flipped(at) => {
                let at = at % answer.len();
                answer[at] ^= 0x10;
            }
            Fault::WithoutIncarnation => {
                let mut changed = SyncAnswer::decode(&answer).unwrap();
                changed.incarnation = None;
                answer = changed.encode();
            }
            Fault::WithoutPages => {
                let mut changed = SyncAnswer::decode(&answer).unwrap();
                changed.pages.clear();
                answer = changed.encode();
            }
            Fault::Revoked(word) => {
                let mut changed = SyncAnswer::decode(&answer).unwrap();
                changed.refusal = Some(Refusal::DeviceRevoked);
                changed.word = word;
                answer = changed.encode();
            }
            _ => (*self.last.lock().unwrap()).clone_from(&answer),
        }
        Ok(answer)
    }
}

/// A phone at the counter.
pub(crate) struct Counter {
    pub(crate) shop: Shop,
    pub(crate) time: Arc<Time>,
    pub(crate) folder: PathBuf,
    pub(crate) home: tempfile::TempDir,
    seed: u64,
    requests: AtomicU64,
    newer: AtomicBool,
}

impl Counter {
    /// A phone that is not paired yet.
    pub(crate) fn new(seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("data")).unwrap();
        Self::left_in(home, seed)
    }

    /// A phone whose closed data and keys lie in `home`.
    pub(crate) fn left_in(home: tempfile::TempDir, seed: u64) -> Self {
        let folder = home.path().join("data");
        let time = Time::new();
        let shop = open(&folder, &time, seed);
        Self {
            shop,
            time,
            folder,
            home,
            seed,
            requests: AtomicU64::new(seed << 32),
            newer: AtomicBool::new(false),
        }
    }

    pub(crate) fn paired(office: &Office, seed: u64) -> Self {
        Self::paired_for(office, seed, Rights::Recent)
    }

    /// A phone in the hands of this member of staff.
    pub(crate) fn paired_to(office: &Office, seed: u64, operator: OperatorId) -> Self {
        Self::paired_by(office, seed, &office.pairing_text_to(operator))
    }

    pub(crate) fn paired_for(office: &Office, seed: u64, rights: Rights) -> Self {
        Self::paired_by(office, seed, &office.pairing_text_for(rights))
    }

    fn paired_by(office: &Office, seed: u64, text: &str) -> Self {
        let counter = Self::new(seed);
        counter
            .time
            .advance(Clock::now_ms(office.time.as_ref()) - NOW);
        let name = format!("Каса {seed}");
        let request = counter.request();
        let line = office.line();
        counter.shop.pair(request, text, &name, &line).unwrap();
        counter
    }

    /// Closes the shop, lets `work` at its folder, and opens it again.
    pub(crate) fn closed(self, work: impl FnOnce(&Path)) -> Self {
        let Self {
            shop,
            time,
            folder,
            home,
            seed,
            requests,
            newer,
        } = self;
        drop(shop);
        work(&folder);
        Self {
            shop: open(&folder, &time, seed + 100),
            time,
            folder,
            home,
            seed: seed + 100,
            requests,
            newer,
        }
    }

    /// From now on its program is of the next version, or of this one.
    pub(crate) fn becomes_newer(&self, newer: bool) {
        self.newer.store(newer, Ordering::SeqCst);
    }

    /// What is tapped here, by the program that it is.
    pub(crate) fn tap<T>(&self, work: impl FnOnce(&Self) -> T) -> T {
        simulation::newer(self.newer.load(Ordering::SeqCst), || work(self))
    }

    /// The folder that holds data and keys.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn request(&self) -> RequestId {
        let n = self.requests.fetch_add(1, Ordering::SeqCst);
        let mut id = [7; 16];
        id[..8].copy_from_slice(&n.to_be_bytes());
        RequestId(id)
    }

    pub(crate) fn sync(&self, line: &Line<'_>) -> Result<SyncReport, CoreError> {
        self.tap(|of| of.shop.sync(line, &Cancel::default()))
    }

    pub(crate) fn register(&self, name: &str, phone: &str, card: NewCard) -> CustomerId {
        let form = Registration {
            profile: ProfileForm {
                given: name.into(),
                phones: if phone.is_empty() {
                    Vec::new()
                } else {
                    vec![phone.into()]
                },
                ..ProfileForm::default()
            },
            card,
            ..Registration::default()
        };
        self.shop.register(self.request(), &form).unwrap()
    }

    pub(crate) fn sell(&self, customer: CustomerId, amount: i64) -> PurchaseId {
        let ask = TillRequest::amount(Some(customer), Money(amount));
        self.shop.sell(self.request(), &ask).unwrap()
    }

    pub(crate) fn redeem(
        &self,
        customer: CustomerId,
        amount: i64,
        points: i64,
    ) -> Result<PurchaseId, CoreError> {
        let ask = TillRequest {
            spend: Points(points),
            ..TillRequest::amount(Some(customer), Money(amount))
        };
        self.shop.sell(self.request(), &ask)
    }

    pub(crate) fn balance(&self, customer: CustomerId) -> i64 {
        self.shop.customer(customer).unwrap().points[0].balance.0
    }

    pub(crate) fn phones(&self, customer: CustomerId) -> Vec<Phone> {
        self.shop.customer(customer).unwrap().phones
    }

    pub(crate) fn outbox(&self) -> u64 {
        self.shop.sync_status().unwrap().outbox
    }

    /// Digests of all scopes with a digest, by scope code.
    pub(crate) fn digests(&self) -> Vec<(i64, [u8; 16])> {
        let mut sums: Vec<_> = self
            .shop
            .digests()
            .unwrap()
            .into_iter()
            .map(|(scope, _, digest)| (scope.code(), digest))
            .filter(|(_, digest)| *digest != [0; 16])
            .collect();
        sums.sort_unstable();
        sums
    }
}

pub(crate) fn open(folder: &Path, time: &Arc<Time>, seed: u64) -> Shop {
    let platform = Platform {
        clock: time.clone(),
        rng: Dice::seeded(seed),
        keys: Arc::new(FileKeyStore::beside(folder)),
        vfs: Vfs::system(),
    };
    Shop::open(folder, platform).unwrap()
}

/// Everybody exchanges until nothing moves; then all hold the same.
pub(crate) fn agree(office: &Office, counters: &[&Counter]) {
    let line = office.line();
    for _ in 0..2 {
        for counter in counters {
            counter.sync(&line).unwrap();
        }
    }
    for counter in counters {
        let report = counter.sync(&line).unwrap();
        assert_eq!(report.mismatches, 0);
        assert_eq!(counter.outbox(), 0);
        assert_eq!(counter.digests(), office.digests());
    }
}
