//! What is done to a picture before it is decoded, so that one frame in the cycle suits each kind of bad light.
//!
//! Whole numbers only, one pass each; no decoding here. Source: cards §2.

use super::frame::{LumaFrame, LumaImage};

/// A 3×3 mean: takes the noise out of frames in the dark. The outermost pixels stay.
pub(super) fn blur(image: &LumaImage) -> LumaImage {
    let (width, height) = (image.width, image.height);
    let mut pixels = image.pixels.clone();
    if width < 3 || height < 3 {
        return image.clone();
    }
    let mut columns = vec![0_u16; width];
    for y in 1..height - 1 {
        let row = |y: usize| &image.pixels[y * width..(y + 1) * width];
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        for (x, column) in columns.iter_mut().enumerate() {
            *column = u16::from(above[x]) + u16::from(here[x]) + u16::from(below[x]);
        }
        let out = &mut pixels[y * width + 1..(y + 1) * width - 1];
        for (pixel, three) in out.iter_mut().zip(columns.windows(3)) {
            *pixel = ((three[0] + three[1] + three[2]) / 9) as u8;
        }
    }
    LumaImage { pixels, ..*image }
}

/// Black for white, for codes printed light on dark.
pub(super) fn invert(image: &LumaImage) -> LumaImage {
    LumaImage {
        pixels: image.pixels.iter().map(|pixel| 255 - pixel).collect(),
        ..*image
    }
}

/// Strengthens edges by twice what two blurs take away: for lenses that can't focus this near.
pub(super) fn sharpen(image: &LumaImage) -> LumaImage {
    let soft = blur(&blur(image));
    let pixels = image.pixels.iter().zip(&soft.pixels);
    LumaImage {
        pixels: pixels
            .map(|(pixel, soft)| (3 * i32::from(*pixel) - 2 * i32::from(*soft)).clamp(0, 255) as u8)
            .collect(),
        ..*image
    }
}

/// Half as wide and high, each pixel the mean of four: for codes that fill a picture and are out of focus. A picture
/// one pixel thin stays.
pub(super) fn half(image: &LumaImage) -> LumaImage {
    let (width, height) = (image.width / 2, image.height / 2);
    if width == 0 || height == 0 {
        return image.clone();
    }
    let mut pixels = Vec::with_capacity(width * height);
    for two in image.pixels.chunks_exact(2 * image.width).take(height) {
        let (above, below) = two.split_at(image.width);
        let four = above.chunks_exact(2).zip(below.chunks_exact(2));
        pixels.extend(four.map(|(a, b)| {
            let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
            (sum / 4) as u8
        }));
    }
    LumaImage {
        pixels,
        width,
        height,
    }
}

/// Twice as wide and high, brightness interpolated: for codes of barely two pixels a module.
pub(super) fn double(image: &LumaImage) -> LumaImage {
    let frame = image.as_frame();
    let (width, height) = (2 * image.width, 2 * image.height);
    let pixels = (0..height as i64)
        .flat_map(|y| (0..width as i64).map(move |x| (x * 128, y * 128)))
        .map(|(x, y)| frame.between(x, y).unwrap_or(255))
        .collect();
    LumaImage {
        pixels,
        width,
        height,
    }
}

/// Tiles along each side of the contrast stretch.
const TILES: usize = 4;

/// Stretches the contrast tile by tile, four by four, blending between the tiles' middles: for a reflection on one
/// half of a card.
pub(super) fn stretch(image: &LumaImage) -> LumaImage {
    let (width, height) = (image.width, image.height);
    let ranges: Vec<(i32, i32)> = (0..TILES * TILES)
        .map(|tile| tile_range(image, tile % TILES, tile / TILES))
        .collect();
    let columns: Vec<(usize, i32)> = (0..width).map(|x| between_tiles(x, width)).collect();
    let mut pixels = Vec::with_capacity(image.pixels.len());
    for (y, row) in image.pixels.chunks_exact(width).enumerate() {
        let (tile_y, part_y) = between_tiles(y, height);
        let blended: Vec<(i32, i32)> = (0..TILES)
            .map(|x| {
                let below = (tile_y + 1).min(TILES - 1);
                mix(
                    ranges[tile_y * TILES + x],
                    ranges[below * TILES + x],
                    part_y,
                )
            })
            .collect();
        for (pixel, (tile_x, part_x)) in row.iter().zip(&columns) {
            let right = (tile_x + 1).min(TILES - 1);
            let (low, high) = mix(blended[*tile_x], blended[right], *part_x);
            let stretched = (i32::from(*pixel) - low) * 255 / (high - low).max(1);
            pixels.push(stretched.clamp(0, 255) as u8);
        }
    }
    LumaImage { pixels, ..*image }
}

/// The tile whose middle lies before `at`, and how far towards the next one, of 256.
fn between_tiles(at: usize, length: usize) -> (usize, i32) {
    let from_first_middle = (at * TILES * 256 / length).saturating_sub(128);
    let tile = (from_first_middle / 256).min(TILES - 1);
    (tile, (from_first_middle % 256) as i32)
}

fn mix(a: (i32, i32), b: (i32, i32), part: i32) -> (i32, i32) {
    let one = |a: i32, b: i32| (a * (256 - part) + b * part) / 256;
    (one(a.0, b.0), one(a.1, b.1))
}

/// The darkest and brightest level of a tile but for 1/32 of its pixels, at least 16 apart.
fn tile_range(image: &LumaImage, tile_x: usize, tile_y: usize) -> (i32, i32) {
    let span = |tile: usize, length: usize| tile * length / TILES..(tile + 1) * length / TILES;
    let mut levels = [0_usize; 256];
    let columns = span(tile_x, image.width);
    let mut count = 0;
    for y in span(tile_y, image.height) {
        for pixel in &image.pixels[y * image.width..][columns.clone()] {
            levels[usize::from(*pixel)] += 1;
            count += 1;
        }
    }
    let spare = count / 32;
    let low = level_after(levels.iter(), spare);
    let high = 255 - level_after(levels.iter().rev(), spare);
    let (low, high) = (low as i32, high as i32);
    if high - low >= 16 {
        (low, high)
    } else {
        (low - 8, low + 8)
    }
}

fn level_after<'l>(levels: impl Iterator<Item = &'l usize>, spare: usize) -> usize {
    let mut seen = 0;
    levels
        .take_while(|count| {
            seen += **count;
            seen <= spare
        })
        .count()
        .min(255)
}

/// Parallel lines through a frame, one below the other as a picture of their own: bars need only lines, so turning
/// a whole frame would be wasted. Brightness between pixels is
/// interpolated.
pub(super) fn lines(frame: &LumaFrame<'_>, degrees: i32, count: usize) -> LumaImage {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let (width, height) = (frame.width() as f64, frame.height() as f64);
    let length = (width * cos.abs() + height * sin.abs()).round();
    let across = width * sin.abs() + height * cos.abs();
    let fixed = |value: f64| (value * 65_536.0).round() as i64;
    let samples = length as usize;
    let mut pixels = Vec::with_capacity(count * samples);
    for line in 0..count {
        let off = across * ((line as f64 + 0.5) / count as f64 - 0.5);
        let along = (length - 1.0) / 2.0;
        let mut x = fixed((width - 1.0) / 2.0 - cos * along - sin * off);
        let mut y = fixed((height - 1.0) / 2.0 - sin * along + cos * off);
        for _ in 0..samples {
            pixels.push(frame.between(x >> 8, y >> 8).unwrap_or(255));
            x += fixed(cos);
            y += fixed(sin);
        }
    }
    LumaImage {
        pixels,
        width: samples,
        height: count,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn image(width: usize, pixels: &[u8]) -> LumaImage {
        LumaImage {
            pixels: pixels.to_vec(),
            width,
            height: pixels.len() / width,
        }
    }

    #[test]
    fn filters_on_pictures_small_enough_to_check_by_hand() {
        let dot = image(3, &[0, 0, 0, 0, 90, 0, 0, 0, 0]);
        assert_eq!(blur(&dot).pixels, [0, 0, 0, 0, 10, 0, 0, 0, 0]);
        assert_eq!(sharpen(&dot).pixels[3..5], [0, 255]);
        assert_eq!(sharpen(&image(3, &[50; 9])).pixels, [50; 9]);
        assert_eq!(invert(&dot).pixels[3..5], [255, 165]);
        assert_eq!(half(&image(4, &[0, 4, 8, 8, 4, 8, 8, 8])).pixels, [4, 8]);
        assert_eq!(half(&dot).pixels, [22]);
        let doubled = double(&image(2, &[0, 100]));
        assert_eq!(doubled.pixels[..4], [0, 50, 100, 100]);
        assert_eq!((doubled.width, doubled.height), (4, 2));
    }

    #[test]
    fn stretching_lifts_a_dim_half_as_far_as_a_bright_one() {
        // Stripes, faint on the left, strong on the right.
        let pixels: Vec<u8> = (0..64 * 64)
            .map(|at| match (at % 64, at % 2) {
                (0..32, 0) => 100,
                (0..32, _) => 130,
                (_, 0) => 10,
                (_, _) => 250,
            })
            .collect();
        let stretched = stretch(&image(64, &pixels));
        for x in [2, 3, 60, 61] {
            let expected = if x % 2 == 0 { 0 } else { 255 };
            assert_eq!(stretched.pixels[64 * 32 + x], expected, "column {x}");
        }
    }

    #[test]
    fn lines_run_along_rows_columns_and_slopes() {
        let picture = image(3, &[1, 2, 3, 4, 5, 6]);
        let frame = picture.as_frame();
        assert_eq!(lines(&frame, 0, 2).pixels, [1, 2, 3, 4, 5, 6]);
        assert_eq!(lines(&frame, 90, 3).pixels, [3, 6, 2, 5, 1, 4]);
        // Only the middle of a steep line lies inside.
        let slope = lines(&frame, 45, 1);
        assert_eq!((slope.width, slope.height), (4, 1));
        assert_eq!(slope.pixels[0], 255);
        assert!(
            slope.pixels[1..]
                .iter()
                .all(|pixel| (1..=6).contains(pixel))
        );
    }

    proptest! {
        #[test]
        fn every_filter_takes_every_picture(
            width in 1..40_usize, height in 1..40_usize, seed in any::<u8>(),
            degrees in -400..400, count in 1..20_usize,
        ) {
            let pixels: Vec<u8> = (0..width * height)
                .map(|at| (at as u8).wrapping_mul(seed))
                .collect();
            let picture = image(width, &pixels);
            let halved = half(&picture);
            let results = [
                blur(&picture), invert(&picture), sharpen(&picture), stretch(&picture),
                double(&picture), lines(&picture.as_frame(), degrees, count), halved,
            ];
            for result in results {
                prop_assert_eq!(result.pixels.len(), result.width * result.height);
                prop_assert!(!result.pixels.is_empty());
            }
        }
    }
}
