//! Camera frames of any size, stride and content.

use kartka_core::scan::{LumaFrame, Rxing, ScanSession};

use crate::texts;

/// The longest side that is tried: the decoder's time grows with the area, and its paths do not.
const LONGEST: u32 = 96;

/// Six bytes for width, height and stride, the rest is the plane, repeated until it is large enough.
pub(crate) fn frame(bytes: &[u8]) {
    let Some((sizes, plane)) = bytes.split_first_chunk::<6>() else {
        return;
    };
    let size = |at: usize| u32::from(u16::from_be_bytes([sizes[at], sizes[at + 1]]));
    let (width, height, stride) = (size(0), size(2), size(4));
    let _ = LumaFrame::new(plane, width, height, stride);

    let (width, height) = (width % LONGEST + 1, height % LONGEST + 1);
    let stride = width + stride % 9;
    let needed = (stride * height) as usize;
    let filled: Vec<u8> = plane.iter().copied().cycle().take(needed).collect();
    let Ok(frame) = LumaFrame::new(&filled, width, height, stride) else {
        return;
    };
    let mut session = ScanSession::new(Box::new(Rxing), texts::keys());
    for turn in 0..6 {
        let _ = session.frame(&frame, turn * 66);
    }
}
