//! A QR code in a terminal: two rows of modules in one line of half blocks.

use kartka_core::scan::draw::{DrawError, QrModules};

/// Draws `text` dark on light, whatever colours the terminal has.
///
/// # Errors
/// [`DrawError::TextTooLong`].
pub(crate) fn draw(text: &str) -> Result<String, DrawError> {
    /// Black on white.
    const INK: &str = "\x1b[30;47m";
    const PLAIN: &str = "\x1b[0m";
    let modules = QrModules::of(text)?;
    let mut picture = String::new();
    for y in (0..modules.side()).step_by(2) {
        picture.push_str(INK);
        for x in 0..modules.side() {
            picture.push(match (modules.is_dark(x, y), modules.is_dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        picture.push_str(PLAIN);
        picture.push('\n');
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_code_keeps_its_quiet_zone_and_size() {
        let picture = draw("KARTKA1:ABC").expect("short");
        let lines: Vec<&str> = picture.lines().collect();
        assert_eq!(
            lines.len(),
            15,
            "29 modules with the quiet zone, two a line"
        );
        assert!(lines.iter().all(|line| line.starts_with("\x1b[30;47m    ")));
        assert!(picture.contains('█') && picture.contains('▀'));
        assert_eq!(draw(&"A".repeat(9_000)), Err(DrawError::TextTooLong));
    }
}
