//! One frame's share of the search: which filters and angles are tried on it.
//!
//! A frame is tried in few ways and the next one in others, so that every frame stays within its budget of 66 ms.
//! QR and bars share the caller's thread: bars are read along a few lines, a fraction of what a QR search costs, so
//! a second worker would save nothing. Source: cards §2.

use super::engine::{Found, FrameDecoder};
use super::filter;
use super::frame::{LumaFrame, LumaImage};

/// The QR search looks at the middle only: that is where people hold a card, and it bounds the time.
const QR_REGION: usize = 720;
/// Bars are wider than a QR; this is the long side of a camera's preview.
const BARS_REGION: usize = 1280;
/// Lines read through a frame for each angle.
const BAR_LINES: usize = 64;
/// A value must stand on so many lines of a frame to count as read in it.
const LEAST_LINES: usize = 2;
/// Tilts that take turns beside the upright ones, in degrees.
const TILTS: [i32; 4] = [20, -20, 40, -40];

/// What one frame showed.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// The QR codes.
    pub(super) qr: Vec<Found>,
    /// The bars most lines agree on.
    pub(super) bars: Option<Found>,
}

/// Searches the `turn`-th frame of a session; bars only where there is no QR.
pub(super) fn look(decoder: &mut dyn FrameDecoder, frame: &LumaFrame<'_>, turn: u64) -> Sight {
    let qr = look_for_qr(decoder, frame, turn);
    let bars = match qr.is_empty() {
        true => look_for_bars(decoder, frame, turn),
        false => None,
    };
    Sight { qr, bars }
}

fn look_for_qr(decoder: &mut dyn FrameDecoder, frame: &LumaFrame<'_>, turn: u64) -> Vec<Found> {
    let centre = frame.centre(QR_REGION, QR_REGION);
    let filtered = match turn % 12 {
        2 => filter::half(&centre),
        8 => filter::blur(&filter::half(&centre)),
        5 | 11 => filter::stretch(&centre),
        odd if odd % 2 == 1 => filter::blur(&centre),
        _ => centre,
    };
    let found = decoder.qr(&filtered);
    match found.is_empty() && turn % 5 == 4 {
        true => decoder.qr(&filter::invert(&filtered)),
        false => found,
    }
}

fn look_for_bars(
    decoder: &mut dyn FrameDecoder,
    frame: &LumaFrame<'_>,
    turn: u64,
) -> Option<Found> {
    let centre = frame.centre(BARS_REGION, BARS_REGION);
    let filtered = match turn % 4 {
        1 => filter::sharpen(&centre),
        2 => filter::stretch(&centre),
        3 => filter::blur(&centre),
        _ => centre,
    };
    // Three filters' worth of frames pass before a tilt comes back with the same filter.
    let tilt = TILTS[((turn / 4 + turn) % 4) as usize];
    let angles = [0, 90, tilt, tilt + 90];
    let mut read: Vec<Found> = angles
        .into_iter()
        .flat_map(|angle| bars_at(decoder, &filtered, angle, BAR_LINES))
        .collect();
    leader(&mut read)
}

/// The bars on `lines` parallel lines through a picture, each as often as lines showed it.
pub(super) fn bars_at(
    decoder: &mut dyn FrameDecoder,
    picture: &LumaImage,
    degrees: i32,
    lines: usize,
) -> Vec<Found> {
    decoder.bars(&filter::lines(&picture.as_frame(), degrees, lines))
}

/// The value most lines agree on; none where two share the lead.
fn leader(read: &mut [Found]) -> Option<Found> {
    read.sort_unstable();
    let mut best: Option<&[Found]> = None;
    let mut shared = false;
    for same in read.chunk_by(|a, b| a == b) {
        let most = best.map_or(0, <[Found]>::len);
        shared = same.len() == most || (shared && same.len() < most);
        if same.len() > most {
            best = Some(same);
        }
    }
    match best {
        Some(same) if !shared && same.len() >= LEAST_LINES => same.first().cloned(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kartka_domain::card::Carrier;

    use super::*;

    #[test]
    fn lines_must_agree_on_one_value() {
        let check = |lines: &str, expected: Option<&str>| {
            let mut read: Vec<Found> = lines
                .chars()
                .map(|c| Found {
                    kind: Carrier::Ean13,
                    text: c.to_string(),
                })
                .collect();
            let found = leader(&mut read).map(|found| found.text);
            assert_eq!(found.as_deref(), expected, "{lines:?}");
        };
        check("", None);
        check("a", None);
        check("aa", Some("a"));
        check("abab", None);
        check("abcabca", Some("a"));
        check("aabbccc", Some("c"));
        check("aaabbcc", Some("a"));
        check("abc", None);
    }
}
