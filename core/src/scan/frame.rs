//! Grey pictures: the borrowed plane a camera gives, and the small owned copies the decoder works on.
//!
//! Sizes come from outside and may be hostile: everything is checked once, in [`LumaFrame::new`], and what follows
//! relies on it. No colour, no file formats, no decoding here.

use thiserror::Error;

/// A camera frame's luma plane, borrowed: one byte per pixel, 0 black to 255 white, rows `row_stride` bytes apart.
#[derive(Clone, Copy)]
pub struct LumaFrame<'a> {
    plane: &'a [u8],
    width: usize,
    height: usize,
    row_stride: usize,
}

/// Why a plane is not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// No pixels.
    #[error("the frame has no pixels")]
    Empty,
    /// A side is longer than [`LumaFrame::MAX_SIDE`].
    #[error("a frame's side has at most {} pixels", LumaFrame::MAX_SIDE)]
    TooLarge,
    /// Rows overlap: the stride is smaller than the width.
    #[error("rows of {width} pixels can't lie {row_stride} bytes apart")]
    StrideTooSmall {
        /// Pixels in a row.
        width: u32,
        /// Bytes from row to row.
        row_stride: u32,
    },
    /// The plane ends before the last row does.
    #[error("the plane has {given} bytes where the frame needs {needed}")]
    PlaneTooShort {
        /// Bytes the frame needs.
        needed: u64,
        /// Bytes given.
        given: u64,
    },
}

impl<'a> LumaFrame<'a> {
    /// The longest side in pixels; the still cameras of phones stay below it.
    pub const MAX_SIDE: u32 = 16_384;

    /// A frame of `width` × `height` pixels over `plane`; the last row may end at its last pixel, as cameras have it.
    ///
    /// # Errors
    /// [`FrameError`]; any plane, stride and size gives a frame or an error.
    pub fn new(
        plane: &'a [u8],
        width: u32,
        height: u32,
        row_stride: u32,
    ) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty);
        }
        if width > Self::MAX_SIDE || height > Self::MAX_SIDE {
            return Err(FrameError::TooLarge);
        }
        if row_stride < width {
            return Err(FrameError::StrideTooSmall { width, row_stride });
        }
        let needed = u64::from(height - 1) * u64::from(row_stride) + u64::from(width);
        let given = plane.len() as u64;
        if given < needed {
            return Err(FrameError::PlaneTooShort { needed, given });
        }
        Ok(Self {
            plane,
            width: width as usize,
            height: height as usize,
            row_stride: row_stride as usize,
        })
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The pixels of row `y`, which must be one of the frame's.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        let start = y * self.row_stride;
        &self.plane[start..start + self.width]
    }

    /// A copy of the middle, at most `width` × `height` pixels.
    pub(super) fn centre(&self, width: usize, height: usize) -> LumaImage {
        let (width, height) = (width.min(self.width), height.min(self.height));
        let left = (self.width - width) / 2;
        let top = (self.height - height) / 2;
        let mut pixels = Vec::with_capacity(width * height);
        for y in top..top + height {
            pixels.extend_from_slice(&self.row(y)[left..left + width]);
        }
        LumaImage {
            pixels,
            width,
            height,
        }
    }

    /// A copy of the whole frame.
    #[must_use]
    pub fn whole(&self) -> LumaImage {
        self.centre(self.width, self.height)
    }

    /// The brightness at a point between pixels, in 1/256 of a pixel from the first pixel's centre; nothing outside.
    pub(super) fn between(&self, x: i64, y: i64) -> Option<u8> {
        let (column, row) = (usize::try_from(x >> 8).ok()?, usize::try_from(y >> 8).ok()?);
        if column >= self.width || row >= self.height {
            return None;
        }
        let (part_x, part_y) = ((x & 255) as u32, (y & 255) as u32);
        let (right, below) = (
            (column + 1).min(self.width - 1),
            (row + 1).min(self.height - 1),
        );
        let across =
            |row: &[u8]| u32::from(row[column]) * (256 - part_x) + u32::from(row[right]) * part_x;
        let value = across(self.row(row)) * (256 - part_y) + across(self.row(below)) * part_y;
        Some((value >> 16) as u8)
    }
}

/// An owned grey picture without gaps between its rows; never empty.
#[derive(Clone, PartialEq, Eq)]
pub struct LumaImage {
    pub(super) pixels: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl LumaImage {
    /// The pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The same picture as a frame.
    #[must_use]
    pub fn as_frame(&self) -> LumaFrame<'_> {
        LumaFrame {
            plane: &self.pixels,
            width: self.width,
            height: self.height,
            row_stride: self.width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_planes_that_hold_the_frame_are_frames() {
        let check = |bytes: usize, (width, height, stride): (u32, u32, u32), refused| {
            let plane = vec![0; bytes];
            let found = LumaFrame::new(&plane, width, height, stride).err();
            assert_eq!(
                found, refused,
                "{bytes} bytes as {width} × {height} / {stride}"
            );
        };
        check(12, (4, 3, 4), None);
        check(100, (4, 3, 4), None);
        // Cameras end the plane with the last pixel, not with the last stride.
        check(8 + 8 + 4, (4, 3, 8), None);
        check(1, (1, 1, u32::MAX), None);

        let short = |needed, given| Some(FrameError::PlaneTooShort { needed, given });
        check(11, (4, 3, 4), short(12, 11));
        check(19, (4, 3, 8), short(20, 19));
        check(0, (1, 1, 1), short(1, 0));
        check(9, (1, 2, u32::MAX), short(4_294_967_296, 9));
        check(9, (0, 3, 3), Some(FrameError::Empty));
        check(9, (3, 0, 3), Some(FrameError::Empty));
        check(9, (16_385, 1, 16_385), Some(FrameError::TooLarge));
        check(9, (1, u32::MAX, 1), Some(FrameError::TooLarge));
        let (width, row_stride) = (3, 2);
        check(
            9,
            (3, 3, 2),
            Some(FrameError::StrideTooSmall { width, row_stride }),
        );
    }

    #[test]
    fn the_middle_leaves_out_the_padding_between_rows() {
        let plane: Vec<u8> = (0..23).collect();
        let frame = LumaFrame::new(&plane, 5, 3, 9).unwrap();
        assert_eq!(
            frame.whole().pixels(),
            [0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 18, 19, 20, 21, 22]
        );
        assert_eq!(frame.centre(3, 1).pixels(), [10, 11, 12]);
        assert_eq!(frame.centre(100, 100).pixels().len(), 15);
    }

    #[test]
    fn brightness_between_pixels_is_their_mean() {
        let frame = LumaFrame::new(&[0, 100, 200, 40], 2, 2, 2).unwrap();
        for (x, y, expected) in [
            (0, 0, Some(0)),
            (128, 0, Some(50)),
            (0, 128, Some(100)),
            (128, 128, Some(85)),
            (256, 256, Some(40)),
            (300, 300, Some(40)),
            (-1, 0, None),
            (512, 0, None),
            (i64::MIN, i64::MAX, None),
        ] {
            assert_eq!(frame.between(x, y), expected, "{x}, {y}");
        }
    }
}
