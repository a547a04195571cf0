//! Reading a card out of a camera frame.

use kartka_core::domain::card::{
    CardKey, CardKeys, CardNumber, K1, KeyId, PermutationKey, ShopTag,
};
use kartka_core::platform::Rng;
use kartka_core::scan::draw::{Scene, camera_frame};
use kartka_core::scan::{Rxing, ScanSession};

use crate::{line, per_second};

struct Steps(std::sync::atomic::AtomicU64);

impl Rng for Steps {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let n = self
                .0
                .fetch_add(0x9E37_79B9_7F4A_7C15, std::sync::atomic::Ordering::Relaxed);
            *byte = (n >> 56) as u8;
        }
    }
}

pub(crate) fn run() {
    let keys = CardKeys::new(
        ShopTag::from_bits(7),
        PermutationKey::from_bytes([1; 32]),
        KeyId::new(0).unwrap(),
        CardKey::from_bytes([2; 32]),
    );
    let text = K1::make(CardNumber::from_value(1_234_567_890).unwrap(), &keys).to_string();
    let rng = Steps(std::sync::atomic::AtomicU64::new(1));
    let image = camera_frame(&text, &Scene::PREVIEW, &rng).unwrap();
    let mut session = ScanSession::new(Box::new(Rxing), keys);
    let frames = per_second(100, |i| {
        session.frame(&image.as_frame(), i64::from(i) * 2_500);
    });
    line(
        "luma frame decoded",
        &format!("{:.1} ms", 1_000.0 / frames),
        None,
    );
}
