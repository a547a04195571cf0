//! Pictures of codes: the pairing QR on a screen, and camera frames of a card for the demo and the tests.
//!
//! A frame made here goes through the same decoder as a photograph. Printing cards is not done here.

use qrcode::{Color, EcLevel, QrCode};
use thiserror::Error;

use super::frame::{LumaFrame, LumaImage};
use crate::platform::Rng;

/// Blank modules around a QR, as its standard asks.
const QUIET_ZONE: usize = 4;

/// Why a text can't be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DrawError {
    /// No QR holds it.
    #[error("the text is too long for a QR code")]
    TextTooLong,
    /// The picture would have no pixels, or a side beyond [`LumaFrame::MAX_SIDE`].
    #[error("no picture has this size")]
    NoSuchSize,
}

/// The dark and light squares of a QR with its quiet zone, error correction M.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    dark: Vec<bool>,
    side: usize,
}

impl QrModules {
    /// The modules for `text`; capital letters, digits and ` $%*+-./:` take little more than half the room.
    ///
    /// # Errors
    /// [`DrawError::TextTooLong`].
    pub fn of(text: &str) -> Result<Self, DrawError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)
            .map_err(|_| DrawError::TextTooLong)?;
        let inner = code.width();
        let side = inner + 2 * QUIET_ZONE;
        let mut dark = vec![false; side * side];
        let rows = code.to_colors();
        for (y, row) in rows.chunks_exact(inner).enumerate() {
            for (x, colour) in row.iter().enumerate() {
                dark[(y + QUIET_ZONE) * side + x + QUIET_ZONE] = *colour == Color::Dark;
            }
        }
        Ok(Self { dark, side })
    }

    /// Modules along each side, the quiet zone of four included on both ends.
    #[must_use]
    pub const fn side(&self) -> usize {
        self.side
    }

    /// Whether the module in column `x` of row `y` is dark; outside everything is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && y < self.side && self.dark[y * self.side + x]
    }
}

/// How a card lies before the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// Pixels in a row of the frame.
    pub width: u32,
    /// Rows of the frame.
    pub height: u32,
    /// Pixels along one module.
    pub module: f32,
    /// Degrees the card is turned, clockwise as seen.
    pub degrees: f32,
    /// Brightness of the dark modules, 0 to 255.
    pub dark: u8,
    /// Brightness of the card, 0 to 255; below `dark` the code is inverted.
    pub light: u8,
    /// Standard deviation of the camera's noise in levels of brightness.
    pub noise: u8,
}

impl Scene {
    /// A preview frame of 1280 × 720 with a card in fair light: 6 pixels a module, upright, some noise.
    pub const PREVIEW: Self = Self {
        width: 1280,
        height: 720,
        module: 6.0,
        degrees: 0.0,
        dark: 40,
        light: 210,
        noise: 8,
    };
}

/// The camera frame of a QR with `text` lying in `scene`. The same `rng` bytes give the same frame.
///
/// # Errors
/// [`DrawError`].
pub fn camera_frame(text: &str, scene: &Scene, rng: &dyn Rng) -> Result<LumaImage, DrawError> {
    let modules = QrModules::of(text)?;
    let mut frame = card_in_light(&modules, scene)?;
    add_noise(&mut frame, scene.noise, rng);
    Ok(frame)
}

/// Points looked at along each side of a pixel, so that edges between modules turn grey as on a sensor.
const SAMPLES: usize = 2;

fn card_in_light(modules: &QrModules, scene: &Scene) -> Result<LumaImage, DrawError> {
    let fits = |side: u32| (1..=LumaFrame::MAX_SIDE).contains(&side);
    if !fits(scene.width) || !fits(scene.height) {
        return Err(DrawError::NoSuchSize);
    }
    let (width, height) = (scene.width as usize, scene.height as usize);
    let mut pixels = vec![scene.light; width * height];
    let radius = modules.side() as f32 * scene.module / 2.0 * std::f32::consts::SQRT_2;
    let near = |length: usize| {
        let middle = length as f32 / 2.0;
        (middle - radius).max(0.0) as usize..((middle + radius).ceil() as usize).min(length)
    };
    for y in near(height) {
        for x in near(width) {
            pixels[y * width + x] = pixel(modules, scene, x, y);
        }
    }
    Ok(LumaImage {
        pixels,
        width,
        height,
    })
}

/// The mean brightness over a pixel.
fn pixel(modules: &QrModules, scene: &Scene, x: usize, y: usize) -> u8 {
    let (sin, cos) = scene.degrees.to_radians().sin_cos();
    let (left, top) = (scene.width as f32 / 2.0, scene.height as f32 / 2.0);
    let middle = modules.side() as f32 / 2.0;
    let inside = |at: usize, sample: usize| at as f32 + (sample as f32 + 0.5) / SAMPLES as f32;
    let mut dark = 0;
    for (across, down) in (0..SAMPLES * SAMPLES).map(|n| (n % SAMPLES, n / SAMPLES)) {
        let x = (inside(x, across) - left) / scene.module;
        let y = (inside(y, down) - top) / scene.module;
        let (column, row) = (x * cos + y * sin + middle, y * cos - x * sin + middle);
        let on_card = column >= 0.0 && row >= 0.0;
        dark += usize::from(on_card && modules.is_dark(column as usize, row as usize));
    }
    let all = SAMPLES * SAMPLES;
    let sum = usize::from(scene.dark) * dark + usize::from(scene.light) * (all - dark);
    (sum / all) as u8
}

/// The camera's noise, the only random thing here: the two halves of a random byte summed are near enough to a bell.
fn add_noise(frame: &mut LumaImage, deviation: u8, rng: &dyn Rng) {
    // Two halves of 0 to 15 sum to 15 on average, with a standard deviation of 6.52.
    let offsets: Vec<i32> = (0..=255)
        .map(|byte| (byte / 16 + byte % 16 - 15) * i32::from(deviation) * 100 / 652)
        .collect();
    let mut bytes = vec![0_u8; frame.width];
    for row in frame.pixels.chunks_exact_mut(frame.width) {
        rng.fill(&mut bytes);
        for (pixel, byte) in row.iter_mut().zip(&bytes) {
            let noisy = i32::from(*pixel) + offsets[usize::from(*byte)];
            *pixel = noisy.clamp(0, 255) as u8;
        }
    }
}
