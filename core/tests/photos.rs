//! The decoder on a few hard photographs; `examples/photos.rs` measures the whole set.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kartka_core::scan::{Found, decode_picture};
use kartka_domain::card::Carrier;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/photos")
}

fn load(file: &str) -> (Vec<u8>, u32, u32) {
    let file = std::fs::File::open(folder().join(file)).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    (pixels, info.width, info.height)
}

fn kind(word: &str) -> Carrier {
    match word {
        "qr" => Carrier::Qr,
        "ean13" => Carrier::Ean13,
        "code128" => Carrier::Code128,
        other => panic!("unknown kind {other:?}"),
    }
}

#[test]
fn every_code_in_the_photographs_is_read_and_nothing_else() {
    let labels = std::fs::read_to_string(folder().join("labels.tsv")).unwrap();
    let mut expected: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
    for line in labels.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, word, text] = fields[..] else {
            panic!("{line:?} has not three fields");
        };
        let codes = expected.entry(file).or_default();
        if word != "none" {
            codes.push(Found {
                kind: kind(word),
                text: text.to_owned(),
            });
        }
    }
    assert_eq!(expected.len(), 12);
    for (file, mut codes) in expected {
        codes.sort();
        let (pixels, width, height) = load(file);
        assert_eq!(
            decode_picture(&pixels, width, height).unwrap(),
            codes,
            "{file}"
        );
    }
}
