//! Drawn codes through the real decoder, and hostile frames through all of it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Mutex;

use kartka_core::platform::Rng;
use kartka_core::scan::draw::{DrawError, QrModules, Scene, camera_frame};
use kartka_core::scan::{LumaFrame, Reading, Rxing, ScanEvent, ScanSession, decode_picture};
use kartka_domain::card::{
    CardCode, CardKey, CardKeys, CardNumber, Carrier, EanPrefix, K1, KeyId, PermutationKey, ShopTag,
};
use proptest::prelude::*;

/// The same bytes for the same seed (xorshift64*).
struct Seeded(Mutex<u64>);

impl Seeded {
    fn new(seed: u64) -> Self {
        Self(Mutex::new(seed.wrapping_mul(2).wrapping_add(1)))
    }
}

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            let word = state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

fn keys() -> CardKeys {
    CardKeys::new(
        ShopTag::from_bits(0x5_A3C7),
        PermutationKey::from_bytes([3; 32]),
        KeyId::new(2).unwrap(),
        CardKey::from_bytes([4; 32]),
    )
}

fn number() -> CardNumber {
    CardNumber::parse_typed("1234 567 890").unwrap()
}

fn address() -> String {
    K1::make(number(), &keys())
        .address("kartka.example", keys().tag())
        .unwrap()
}

fn session() -> ScanSession {
    ScanSession::new(Box::new(Rxing), keys())
}

/// Plays frames of `scene` through a session until something comes out or `by_frame` has passed.
fn first_event(scene: &Scene, by_frame: i64) -> Option<ScanEvent> {
    let rng = Seeded::new(7);
    let mut session = session();
    (0..=by_frame).find_map(|turn| {
        let picture = camera_frame(&address(), scene, &rng).unwrap();
        session.frame(&picture.as_frame(), turn * 66)
    })
}

#[test]
fn a_drawn_card_is_read_at_any_angle_and_in_bad_light() {
    let preview = Scene::PREVIEW;
    // By which frame of the cycle · module px · degrees · dark, light and noise levels.
    let cases = [
        ("upright", 0, 6.0, 0.0, (40, 210, 8)),
        ("turned 17°", 0, 6.0, 17.0, (40, 210, 8)),
        ("turned 45°", 0, 6.0, 45.0, (40, 210, 8)),
        ("on its side", 0, 6.0, 90.0, (40, 210, 8)),
        ("head down", 0, 6.0, 203.0, (40, 210, 8)),
        ("far away", 1, 2.5, 10.0, (40, 210, 8)),
        ("close", 1, 16.0, -30.0, (40, 210, 8)),
        ("in the dusk", 3, 6.0, 5.0, (30, 110, 20)),
        ("in the dark", 11, 6.0, 5.0, (60, 160, 40)),
        ("light on dark", 4, 6.0, 200.0, (210, 40, 10)),
    ];
    for (what, by_frame, module, degrees, (dark, light, noise)) in cases {
        let scene = Scene {
            module,
            degrees,
            dark,
            light,
            noise,
            ..preview
        };
        let Some(ScanEvent::Found(scanned)) = first_event(&scene, by_frame) else {
            panic!("{what}: not found");
        };
        let card = CardCode::Ours {
            number: number(),
            key_id: keys().current(),
        };
        let card = Reading::Card(card);
        assert_eq!(
            (scanned.reading, scanned.kind),
            (card, Carrier::Qr),
            "{what}"
        );
    }
}

/// The modules of an EAN-13, dark as 1, with nothing around them.
fn ean13_modules(digits: &str) -> String {
    const LEFT: [&str; 10] = [
        "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
        "0110111", "0001011",
    ];
    // Which of the six left digits are mirrored and inverted; this is how the first digit is told.
    const FIRST: [&str; 10] = [
        "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
        "LGGLGL",
    ];
    let digits: Vec<usize> = digits.bytes().map(|d| usize::from(d - b'0')).collect();
    let inverted = |code: &str| code.replace('0', "x").replace('1', "0").replace('x', "1");
    let left = digits[1..7].iter().zip(FIRST[digits[0]].chars());
    let left = left.map(|(digit, set)| match set {
        'L' => LEFT[*digit].to_owned(),
        _ => inverted(LEFT[*digit]).chars().rev().collect(),
    });
    let right = digits[7..].iter().map(|digit| inverted(LEFT[*digit]));
    format!(
        "101{}01010{}101",
        left.collect::<String>(),
        right.collect::<String>()
    )
}

/// A 640 × 480 frame with bars of 3 pixels a module and 150 pixels high, turned by `degrees`.
fn bars_frame(digits: &str, degrees: f32) -> Vec<u8> {
    let modules = ean13_modules(digits).into_bytes();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let mut pixels = vec![200; 640 * 480];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = ((at % 640) as f32 - 320.0, (at / 640) as f32 - 240.0);
        let along = (x * cos + y * sin) / 3.0 + modules.len() as f32 / 2.0;
        let is_high_enough = (y * cos - x * sin).abs() < 75.0;
        if is_high_enough && along >= 0.0 && modules.get(along as usize) == Some(&b'1') {
            *pixel = 50;
        }
    }
    pixels
}

#[test]
fn bars_are_a_card_at_the_second_equal_read() {
    let keys = keys().with_ean_prefix(EanPrefix::new(27).unwrap());
    let number = CardNumber::parse_typed("1234 5678").unwrap();
    let digits = keys.bars(number).unwrap();
    for degrees in [0.0, 8.0, 20.0, 37.0, 90.0, 115.0, 180.0, -45.0] {
        let pixels = bars_frame(&digits, degrees);
        let frame = LumaFrame::new(&pixels, 640, 480, 640).unwrap();
        let mut session = ScanSession::new(Box::new(Rxing), keys.clone());
        assert_eq!(
            session.frame(&frame, 0),
            None,
            "{degrees}°: one read is no card"
        );
        let found = (1..16).find_map(|turn| session.frame(&frame, turn * 66));
        let Some(ScanEvent::Found(scanned)) = found else {
            panic!("{degrees}°: {found:?}");
        };
        let linear = Reading::Card(CardCode::Linear { number });
        assert_eq!(scanned.reading, linear, "{degrees}°");
        assert_eq!(scanned.kind, Carrier::Ean13, "{degrees}°");
    }
}

#[test]
fn the_same_seed_draws_the_same_frame() {
    let draw = |seed| camera_frame("K1", &Scene::PREVIEW, &Seeded::new(seed)).unwrap();
    assert!(draw(1) == draw(1));
    assert!(draw(1) != draw(2));
}

#[test]
fn every_card_of_a_printed_sheet_is_found() {
    let rng = Seeded::new(3);
    let scene = Scene {
        width: 200,
        height: 200,
        module: 4.0,
        degrees: 3.0,
        ..Scene::PREVIEW
    };
    let texts: Vec<String> = (0..10_u64)
        .map(|n| K1::make(CardNumber::from_value(n).unwrap(), &keys()).to_string())
        .collect();
    let cards: Vec<_> = texts
        .iter()
        .map(|text| camera_frame(text, &scene, &rng).unwrap())
        .collect();
    // Two columns of five.
    let sheet: Vec<u8> = (0..5 * 200)
        .flat_map(|y| [(y / 200, y % 200), (y / 200 + 5, y % 200)])
        .flat_map(|(card, row)| &cards[card].pixels()[row * 200..][..200])
        .copied()
        .collect();
    let found = decode_picture(&sheet, 400, 1_000).unwrap();
    let found: BTreeSet<String> = found.into_iter().map(|found| found.text).collect();
    assert_eq!(found, texts.into_iter().collect());
}

#[test]
fn codes_keep_to_the_versions_promised_for_print() {
    // cards §1: 2-M up to 8 characters of host, 3-M up to 31; 4 blank modules on each side.
    let code = K1::make(number(), &keys());
    let side = |text: &str| QrModules::of(text).unwrap().side() - 8;
    let with_host = |host: &str| side(&code.address(host, keys().tag()).unwrap());
    assert_eq!(side(&code.to_string()), 21);
    assert_eq!(with_host("kartka.u"), 25);
    assert_eq!(with_host("kartka.ua"), 29);
    assert_eq!(with_host(&"k".repeat(31)), 29);
}

#[test]
fn pictures_that_no_one_can_draw_are_refused() {
    let rng = Seeded::new(1);
    let too_long = "x".repeat(3_000);
    assert_eq!(QrModules::of(&too_long), Err(DrawError::TextTooLong));
    let draw = |width, height, module, degrees| {
        let scene = Scene {
            width,
            height,
            module,
            degrees,
            ..Scene::PREVIEW
        };
        camera_frame("K1", &scene, &rng).map(|_| ())
    };
    for (width, height) in [(0, 10), (10, 0), (20_000, 10), (u32::MAX, u32::MAX)] {
        let refused = draw(width, height, 6.0, 0.0);
        assert_eq!(refused, Err(DrawError::NoSuchSize), "{width} × {height}");
    }
    // A nonsense pose gives a picture, if not a readable one.
    for (module, degrees) in [
        (0.0, 0.0),
        (f32::NAN, 1.0),
        (-3.0, 5.0),
        (1e30, f32::INFINITY),
    ] {
        assert_eq!(draw(40, 40, module, degrees), Ok(()), "{module} {degrees}");
    }
}

#[test]
fn an_empty_scene_leads_to_the_torch_and_then_to_typing() {
    let grey = vec![128; 320 * 240];
    let frame = LumaFrame::new(&grey, 320, 240, 320).unwrap();
    let mut session = session();
    let events: Vec<(i64, ScanEvent)> = (0..100)
        .filter_map(|turn| Some((turn * 66, session.frame(&frame, turn * 66)?)))
        .collect();
    let expected = [(3_036, ScanEvent::TryTorch), (5_016, ScanEvent::TypeNumber)];
    assert_eq!(events, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_plane_stride_and_size_is_a_result_or_nothing(
        plane in prop::collection::vec(any::<u8>(), 0..6_000),
        width in 0..100_u32, height in 0..100_u32, padding in 0..10_u32,
    ) {
        if let Ok(frame) = LumaFrame::new(&plane, width, height, width + padding) {
            let mut session = session();
            for turn in 0..13 {
                let event = session.frame(&frame, turn);
                let ours = matches!(
                    event,
                    Some(ScanEvent::Found(ref scanned)) if matches!(scanned.reading, Reading::Card(CardCode::Ours { .. }))
                );
                prop_assert!(!ours);
            }
        }
        let _ = decode_picture(&plane, width, height);
    }

    #[test]
    fn stripes_and_blocks_that_resemble_codes_do_no_harm(
        seed in any::<u64>(), width in 1..300_usize, height in 1..300_usize, step in 1..9_usize,
    ) {
        let mut noise = vec![0; 4_096];
        Seeded::new(seed).fill(&mut noise);
        let plane: Vec<u8> = (0..width * height)
            .map(|at| noise[((at % width) / step + (at / width) / (step * 3) * 37) % 4_096] & 0x80)
            .collect();
        let (w, h) = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
        let frame = LumaFrame::new(&plane, w, h, w).unwrap();
        let mut session = session();
        for turn in 0..13 {
            session.frame(&frame, turn);
        }
        prop_assert!(decode_picture(&plane, w, h).is_ok());
    }
}
