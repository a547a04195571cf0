//! The border to the decoding engine: a picture in, texts out, never a panic.
//!
//! `rxing` is named here and nowhere else. It may panic on odd pictures; the panic is caught at this border and
//! counts as "nothing found" (the process's panic hook still sees it). Only QR, EAN-13 and Code 128 are asked for:
//! every further format is a further source of wrong reads.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kartka_domain::card::Carrier;
use rxing::common::{BitArray, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::multi::MultipleBarcodeReader;
use rxing::oned::{Code128Reader, EAN13Reader, OneDReader};
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{
    BarcodeFormat, Binarizer, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, Reader,
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

fn source(picture: &LumaImage) -> Option<Luma8LuminanceSource> {
    let width = u32::try_from(picture.width()).ok()?;
    let height = u32::try_from(picture.height()).ok()?;
    Luma8LuminanceSource::new(picture.pixels().to_vec(), width, height).ok()
}

/// The port of zxing-cpp finds more, the port of ZXing reads some that it misses.
fn qr_codes(picture: &LumaImage) -> Option<Vec<Found>> {
    let hints = DecodeHints {
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into_iter().collect()),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source(picture)?));
    let found = QrReader
        .decode_multiple_with_hints(&mut bitmap, &hints)
        .unwrap_or_default();
    if !found.is_empty() {
        return Some(found.iter().filter_map(to_found).collect());
    }
    let one = QRCodeReader.decode_with_hints(&mut bitmap, &hints).ok()?;
    Some(to_found(&one).into_iter().collect())
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
