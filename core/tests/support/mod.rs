//! A shop in a temporary folder with a clock that the test moves.
#![allow(clippy::unwrap_used, dead_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::CustomerId;
use kartka_core::platform::{Clock, FileKeyStore, Rng};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{RequestId, Vfs};
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::found::FoundRequest;

/// A clock that stands still until it is moved.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn at(ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(ms)))
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
    fn monotonic_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst) - NOW
    }
    fn boot_id(&self) -> u64 {
        1
    }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct TestRng(AtomicU64);

impl TestRng {
    pub(crate) fn seeded(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }
}

impl Rng for TestRng {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let n = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            let mixed = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = ((mixed ^ (mixed >> 27)) >> 56) as u8;
        }
    }
}

/// 2026-11-22 10:00 in Kyiv.
pub(crate) const NOW: i64 = 1_795_334_400_000;

/// A founding phone at a counter.
pub(crate) struct Counter {
    pub(crate) shop: Shop,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) home: tempfile::TempDir,
}

impl Counter {
    pub(crate) fn empty(seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = TestClock::at(NOW);
        let platform = Platform {
            clock: clock.clone(),
            rng: TestRng::seeded(seed),
            keys: Arc::new(FileKeyStore::beside(&home.path().join("data"))),
            vfs: Vfs::system(),
        };
        std::fs::create_dir(home.path().join("data")).unwrap();
        let shop = Shop::open(&home.path().join("data"), platform).unwrap();
        Self { shop, clock, home }
    }

    pub(crate) fn founded() -> Self {
        let counter = Self::empty(1);
        let form = FoundRequest {
            name: "Кав'ярня".into(),
            country: "UA".into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        counter.shop.found(request(0), &form).unwrap();
        counter
    }
}

impl Counter {
    /// A customer with a name and a phone of their own.
    pub(crate) fn customer(&self, n: u8) -> CustomerId {
        let form = Registration {
            profile: ProfileForm {
                given: format!("Somebody {n}"),
                phones: vec![format!("067 123-45-{n:02}")],
                ..ProfileForm::default()
            },
            marketing_consent: None,
            card: NewCard::None,
            referrer: None,
        };
        self.shop.register(request(n), &form).unwrap()
    }

    /// The same shop after the program has ended and begun again.
    pub(crate) fn reopened(self) -> Self {
        let Self { shop, clock, home } = self;
        drop(shop);
        let data = home.path().join("data");
        let platform = Platform {
            clock: clock.clone(),
            rng: TestRng::seeded(77),
            keys: Arc::new(FileKeyStore::beside(&data)),
            vfs: Vfs::system(),
        };
        let shop = Shop::open(&data, platform).unwrap();
        Self { shop, clock, home }
    }
}

/// A request id by number.
pub(crate) fn request(n: u8) -> RequestId {
    let mut id = [0; 16];
    id[0] = n;
    id[15] = 1;
    RequestId(id)
}
