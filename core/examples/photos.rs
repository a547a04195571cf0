//! Measures the decoder on labelled photographs: `cargo run --release --example photos -p kartka-core -- FOLDER`.
//!
//! FOLDER holds 8-bit grey PNG files and `labels.tsv` (file, kind, text; kind `none` for a picture without a code).
//! QR pictures are tried at four rotations, the others at two. Prints, for each kind, pictures read right and wrong
//! values returned: by the engine alone, by `decode_picture`, and by a `ScanSession` that sees the picture again and
//! again for two seconds.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use kartka_core::scan::{
    Found, FrameDecoder, LumaFrame, LumaImage, Rxing, ScanEvent, ScanSession, decode_picture,
};
use kartka_domain::card::{CardKey, CardKeys, KeyId, PermutationKey, ShopTag};

/// Pictures read right, wrong values returned, pictures.
type Score = (u32, u32, u32);
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let labels = std::fs::read_to_string(folder.join("labels.tsv"))?;
    let mut scores: BTreeMap<(String, &str), Score> = BTreeMap::new();
    for line in labels.lines().filter(|line| !line.is_empty()) {
        let mut fields = line.splitn(3, '\t');
        let file = fields.next().ok_or("no file")?;
        let kind = fields.next().ok_or("no kind")?;
        let label = fields.next().unwrap_or("");
        let mut picture = load(&folder.join(file))?;
        for _turn in 0..if kind == "qr" { 4 } else { 2 } {
            for (way, found) in every_way(&picture)? {
                let score = scores.entry((kind.to_owned(), way)).or_default();
                count(score, kind, label, &found, file);
            }
            picture = turned(&picture);
        }
    }
    println!("kind\tway\tright\tof\twrong");
    for ((kind, way), (right, wrong, of)) in scores {
        println!("{kind}\t{way}\t{right}\t{of}\t{wrong}");
    }
    Ok(())
}

fn every_way(picture: &Picture) -> Outcome<Vec<(&'static str, Vec<Found>)>> {
    let (pixels, width, height) = picture;
    let frame = LumaFrame::new(pixels, *width, *height, *width)?;
    Ok(vec![
        ("1 engine alone", engine_alone(&frame.whole())),
        ("2 still picture", decode_picture(pixels, *width, *height)?),
        ("3 session", session(&frame)?),
    ])
}

/// One pass without filters: rows and columns for bars.
fn engine_alone(picture: &LumaImage) -> Vec<Found> {
    let mut found = Rxing.qr(picture);
    if found.is_empty() {
        found = Rxing.bars(picture);
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// The first code of two seconds at 15 frames a second.
fn session(frame: &LumaFrame<'_>) -> Outcome<Vec<Found>> {
    let keys = CardKeys::new(
        ShopTag::from_bits(0),
        PermutationKey::from_bytes([0; 32]),
        KeyId::new(0).ok_or("0 is a key id")?,
        CardKey::from_bytes([0; 32]),
    );
    let mut session = ScanSession::new(Box::new(Rxing), keys);
    let first = (0..30).find_map(|turn| match session.frame(frame, turn * 66) {
        Some(ScanEvent::Found(scanned)) => Some(Found {
            kind: scanned.kind,
            text: scanned.text,
        }),
        _ => None,
    });
    Ok(first.into_iter().collect())
}

/// The labels write some characters with a backslash and leave out line ends.
fn count(score: &mut Score, kind: &str, label: &str, found: &[Found], file: &str) {
    let bare = |text: &str| text.replace(['\\', '\r', '\n'], "");
    let is_right = |found: &&Found| kind != "none" && bare(&found.text) == bare(label);
    score.0 += u32::from(found.iter().any(|found| is_right(&found)));
    score.2 += 1;
    for wrong in found.iter().filter(|found| !is_right(found)) {
        score.1 += 1;
        eprintln!("{file}: {wrong:?}");
    }
}

type Picture = (Vec<u8>, u32, u32);

fn load(path: &Path) -> Outcome<Picture> {
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    let mut reader = png::Decoder::new(file).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let info = reader.next_frame(&mut pixels)?;
    if info.color_type != png::ColorType::Grayscale || info.bit_depth != png::BitDepth::Eight {
        return Err(format!("{} is not 8-bit grey", path.display()).into());
    }
    pixels.truncate(info.buffer_size());
    Ok((pixels, info.width, info.height))
}

fn turned((pixels, width, height): &Picture) -> Picture {
    let (w, h) = (*width as usize, *height as usize);
    let turned = (0..w)
        .flat_map(|x| (0..h).rev().map(move |y| y * w + x))
        .map(|at| pixels[at])
        .collect();
    (turned, *height, *width)
}
