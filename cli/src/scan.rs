//! `kartka scan FILE…`: file, kind and text of every code in pictures, one tab-separated line each.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use kartka_core::domain::card::Carrier;
use kartka_core::scan::{Found, FrameError, LumaFrame, decode_picture};

use crate::failure::Failure;

/// Reads codes from PNG pictures.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// PNG pictures.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Why a picture gives no codes.
#[derive(Debug, thiserror::Error)]
enum PictureError {
    #[error("it can't be opened: {0}")]
    Open(#[from] std::io::Error),
    #[error("it is no PNG picture, or a damaged one: {0}")]
    Png(#[from] png::DecodingError),
    #[error("it is larger than {max} × {max}", max = LumaFrame::MAX_SIDE)]
    TooLarge,
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Prints what is found; a picture that can't be read is named and the others are still done.
///
/// # Errors
/// [`Failure::Outside`] when some picture could not be read.
pub(crate) fn run(args: &ScanArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut unread = 0;
    for file in &args.files {
        match codes_in(file) {
            Ok(codes) => {
                for code in codes {
                    let line = format!(
                        "{}\t{}\t{}",
                        file.display(),
                        kind(code.kind),
                        one_line(&code.text)
                    );
                    writeln!(out, "{line}").map_err(Failure::outside)?;
                }
            }
            Err(error) => {
                unread += 1;
                let _ = writeln!(std::io::stderr(), "{}: {error}", file.display());
            }
        }
    }
    match unread {
        0 => Ok(()),
        n => Err(Failure::Outside(format!(
            "{n} of {} pictures could not be read",
            args.files.len()
        ))),
    }
}

/// The words of the photographs' labels.
const fn kind(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Qr => "qr",
        Carrier::Ean13 => "ean13",
        Carrier::Code128 => "code128",
        Carrier::Text => "text",
    }
}

/// A text keeps to its line and column: what would break them is escaped.
fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

fn codes_in(file: &Path) -> Result<Vec<Found>, PictureError> {
    let (luma, width, height) = luma(file)?;
    Ok(decode_picture(&luma, width, height)?)
}

/// The picture's brightness, row by row, with its width and height.
fn luma(file: &Path) -> Result<(Vec<u8>, u32, u32), PictureError> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(file)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width.max(height) > LumaFrame::MAX_SIDE {
        return Err(PictureError::TooLarge);
    }
    let size = reader.output_buffer_size().ok_or(PictureError::TooLarge)?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    let luma = match info.color_type {
        png::ColorType::Grayscale => pixels,
        png::ColorType::GrayscaleAlpha => pixels
            .chunks_exact(2)
            .map(|p| over_white(p[0], p[1]))
            .collect(),
        png::ColorType::Rgb => pixels
            .chunks_exact(3)
            .map(|p| grey(p[0], p[1], p[2]))
            .collect(),
        png::ColorType::Rgba => pixels
            .chunks_exact(4)
            .map(|p| over_white(grey(p[0], p[1], p[2]), p[3]))
            .collect(),
        // `normalize_to_color8` has turned palettes into colours.
        png::ColorType::Indexed => return Err(PictureError::TooLarge),
    };
    Ok((luma, width, height))
}

/// Brightness as cameras weigh it (BT.601).
fn grey(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((sum + 500) / 1_000).unwrap_or(u8::MAX)
}

/// A transparent pixel shows the paper behind it.
fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_brightness() {
        assert_eq!(
            [grey(0, 0, 0), grey(255, 255, 255), grey(255, 0, 0)],
            [0, 255, 76]
        );
        assert_eq!(
            [over_white(0, 255), over_white(0, 0), over_white(100, 255)],
            [0, 255, 100]
        );
    }

    #[test]
    fn a_text_with_tabs_and_lines_stays_in_its_column() {
        assert_eq!(one_line("a\tb\nc\\d é"), "a\\tb\\nc\\\\d é");
    }
}
