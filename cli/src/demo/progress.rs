//! How far the demo is: a bar on a terminal, a line every tenth elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use kartka_core::domain::moment::Date;

use super::machine::Stopwatch;

const BAR: usize = 28;
/// A terminal is redrawn at most so often.
const REDRAW: Duration = Duration::from_millis(100);

/// Shows progress on the error stream.
pub(crate) struct Progress {
    total: usize,
    terminal: bool,
    started: Stopwatch,
    drawn: Option<Duration>,
    tenths: usize,
    from: usize,
}

impl Progress {
    /// `from` of `total` are done already.
    pub(crate) fn new(total: usize, from: usize) -> Self {
        Self {
            total,
            terminal: std::io::stderr().is_terminal(),
            started: Stopwatch::start(),
            drawn: None,
            tenths: from * 10 / total.max(1),
            from,
        }
    }

    /// `done` of the total are done; the shop is at `date`.
    pub(crate) fn show(&mut self, done: usize, date: Date) {
        let elapsed = self.started.elapsed();
        if self.terminal {
            let soon = self
                .drawn
                .is_some_and(|last| elapsed.saturating_sub(last) < REDRAW);
            if !soon || done == self.total {
                self.drawn = Some(elapsed);
                self.draw(done, date, elapsed);
            }
            return;
        }
        let tenths = done * 10 / self.total.max(1);
        if tenths > self.tenths {
            self.tenths = tenths;
            write(&format!("{date}  {}\n", self.words(done, elapsed)));
        }
    }

    /// Leaves the bar's line.
    pub(crate) fn end(&self) {
        if self.terminal && self.drawn.is_some() {
            write("\n");
        }
    }

    fn draw(&self, done: usize, date: Date, elapsed: Duration) {
        let filled = done * BAR / self.total.max(1);
        let (full, empty) = ("█".repeat(filled), "░".repeat(BAR - filled.min(BAR)));
        // Padded, so that a shorter line covers a longer one.
        let line = format!("\r{full}{empty}  {date}  {:<56}", self.words(done, elapsed));
        write(&line);
    }

    fn words(&self, done: usize, elapsed: Duration) -> String {
        let ms = elapsed.as_millis().max(1);
        let rate = (done - self.from.min(done)) as u128 * 1_000 / ms;
        let percent = done * 100 / self.total.max(1);
        format!(
            "{percent:>3} %  {done} of {} purchases  {rate}/s",
            self.total
        )
    }
}

/// A reader that is gone is no reason to stop.
fn write(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}
