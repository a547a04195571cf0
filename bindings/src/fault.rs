//! Panics become answers: where one happened is noted, what it said is not (it may hold a name).

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Once;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Panicked {
    /// File and line, or the word that it is not known.
    pub(crate) place: String,
}

/// Runs `work`; a panic inside comes back as a value. Other panics of the process are left to their own hook.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    watch();
    let outer = WATCHED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    WATCHED.set(outer);
    result.map_err(|payload| {
        forget(payload);
        let place = PLACE.take().unwrap_or_else(|| "unknown place".to_owned());
        Panicked { place }
    })
}

/// A payload whose own drop panics must not take the process along.
fn forget(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// Notes the place of a panic on a watched thread; sees to it once in the life of the process.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !WATCHED.get() {
                return before(info);
            }
            let place = info.location().map(|at| {
                let file = Path::new(at.file()).file_name().unwrap_or_default();
                format!("{}:{}", file.to_string_lossy(), at.line())
            });
            PLACE.set(place);
        }));
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::caught;

    #[test]
    fn a_panic_is_a_place_and_says_nothing_of_what_it_held() {
        assert_eq!(caught(|| 7).unwrap(), 7);
        let first = caught(|| panic!("Олена 0671234567")).unwrap_err();
        assert!(first.place.starts_with("fault.rs:"), "{}", first.place);
        let nested = caught(|| caught(|| panic!("inner")).unwrap_err().place).unwrap();
        assert!(nested.starts_with("fault.rs:"), "{nested}");
    }
}
