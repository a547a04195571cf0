//! The border to the decoding engine: a picture in, texts out, never a panic.
//!
//! `rxing` is named here and nowhere else. It may panic on odd pictures; the panic is caught at this border and
//! counts as "nothing found" (the process's panic hook still sees it). Only QR, EAN-13 and Code 128 are asked for:
//! every further format is a further source of wrong reads.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kartka_domain::card::Carrier;
use rxing::common::{BitArray, DetectorRXingResult, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::oned::{Code128Reader, EAN13Reader, OneDReader};
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{
    BarcodeFormat, Binarizer, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, Reader,
};

use super::frame::LumaImage;

/// One code in a picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// What carried it; never [`Carrier::Text`].
    pub kind: Carrier,
    /// Its text as decoded.
    pub text: String,
}

/// An engine that finds codes in grey pictures.
pub trait FrameDecoder: Send {
    /// The QR codes of the picture.
    fn qr(&mut self, picture: &LumaImage) -> Vec<Found>;

    /// The EAN-13 and Code 128 bars along the rows of the picture, in both directions, each as often as rows showed
    /// it.
    fn bars(&mut self, picture: &LumaImage) -> Vec<Found>;
}

/// The default engine, a Rust port of ZXing.
#[derive(Debug, Default)]
pub struct Rxing;

impl FrameDecoder for Rxing {
    fn qr(&mut self, picture: &LumaImage) -> Vec<Found> {
        caught(|| qr_codes(picture))
    }

    fn bars(&mut self, picture: &LumaImage) -> Vec<Found> {
        caught(|| bars(picture))
    }
}

fn caught(find: impl FnOnce() -> Option<Vec<Found>>) -> Vec<Found> {
    // Nothing outlives the call: the readers and their picture are made inside it.
    catch_unwind(AssertUnwindSafe(find))
        .ok()
        .flatten()
        .unwrap_or_default()
}

fn source(picture: &LumaImage) -> Option<Luma8Source<'_>> {
    let width = u32::try_from(picture.width()).ok()?;
    let height = u32::try_from(picture.height()).ok()?;
    Luma8Source::new_with_slice(picture.pixels(), width, height).ok()
}

/// More corner patterns than this are a wallpaper, not cards: a sheet of ten has thirty. Without a bound a picture of
/// nothing but corners keeps the engine busy for tens of seconds.
const MOST_CORNERS: usize = 100;
/// So many of the likeliest triples of corners are tried.
const MOST_TRIPLES: usize = 100;

fn qr_codes(picture: &LumaImage) -> Option<Vec<Found>> {
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source(picture)?));
    let bits = bitmap.get_black_matrix();
    let mut corners = FindFinderPatterns(bits, true, 0);
    if corners.len() > MOST_CORNERS {
        return None;
    }
    let mut found = BTreeSet::new();
    let mut used = Vec::new();
    let mut tried = 0;
    for triple in GenerateFinderPatternSets(&mut corners) {
        let three = [triple.bl, triple.tl, triple.tr];
        if three.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        if tried == MOST_TRIPLES {
            break;
        }
        tried += 1;
        if let Some(text) = SampleQR(bits, &triple).ok().and_then(|code| qr_text(&code)) {
            let kind = Carrier::Qr;
            found.insert(Found { kind, text });
            used.extend(three);
        }
    }
    if found.is_empty() {
        // The older detector reads a few that the newer misses (2 of 396 photographs).
        let hints = DecodeHints::default();
        let one = QRCodeReader.decode_with_hints(&mut bitmap, &hints).ok()?;
        return Some(to_found(&one).into_iter().collect());
    }
    Some(found.into_iter().collect())
}

fn qr_text(sampled: &impl DetectorRXingResult) -> Option<String> {
    let decoded = Decode(sampled.getBits()).ok()?;
    decoded.isValid().then(|| decoded.text())
}

fn bars(picture: &LumaImage) -> Option<Vec<Found>> {
    let binarizer = GlobalHistogramBinarizer::new(source(picture)?);
    let mut found = Vec::new();
    for y in 0..picture.height() {
        let Ok(row) = binarizer.get_black_row(y) else {
            continue;
        };
        let mut row = row.into_owned();
        for _direction in 0..2 {
            found.extend(bars_in_row(&row));
            row.reverse();
        }
    }
    Some(found)
}

fn bars_in_row(row: &BitArray) -> impl Iterator<Item = Found> {
    let hints = DecodeHints::default();
    let ean13 = EAN13Reader.decode_row(0, row, &hints);
    let code128 = Code128Reader.decode_row(0, row, &hints);
    [ean13, code128]
        .into_iter()
        .filter_map(|result| to_found(&result.ok()?))
}

fn to_found(result: &RXingResult) -> Option<Found> {
    let kind = match result.getBarcodeFormat() {
        BarcodeFormat::QR_CODE => Carrier::Qr,
        BarcodeFormat::EAN_13 => Carrier::Ean13,
        BarcodeFormat::CODE_128 => Carrier::Code128,
        _ => return None,
    };
    Some(Found {
        kind,
        text: result.getText().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame::LumaFrame;
    use super::*;

    #[test]
    fn a_panic_of_the_engine_is_nothing_found() {
        assert_eq!(caught(|| panic!("an odd picture")), []);
    }

    /// A wallpaper of QR corners; the engine's search among them grows with the cube of their number.
    #[test]
    fn a_picture_full_of_corners_is_given_up_at_once() {
        let is_dark = |x: usize, y: usize| {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            ring == 3 || ring <= 1
        };
        let pixels: Vec<u8> = (0..720 * 720)
            .map(|at| (at % 720 % 27 / 3, at / 720 % 27 / 3))
            .map(|(x, y)| if is_dark(x, y) { 0 } else { 255 })
            .collect();
        let picture = LumaFrame::new(&pixels, 720, 720, 720).unwrap().whole();
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source(&picture).unwrap()));
        let corners = FindFinderPatterns(bitmap.get_black_matrix_mut(), true, 0);
        assert!(corners.len() > 5 * MOST_CORNERS);
        assert_eq!(Rxing.qr(&picture), []);
    }
}
