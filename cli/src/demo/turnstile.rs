//! Phones exchange side by side, but their requests reach the server one at a time and always in the same order:
//! phone after phone, round after round. So the same seed gives the same order of ops.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use kartka_core::sync::{Failure, Route, Transport};

/// Lets one phone through at a time.
pub(crate) struct Turnstile {
    queue: Mutex<Queue>,
    moved: Condvar,
}

struct Queue {
    /// Who may still have something to send.
    inside: Vec<bool>,
    turn: usize,
}

impl Queue {
    /// On to the next phone that is still inside.
    fn advance(&mut self) {
        let phones = self.inside.len();
        let next = (1..=phones).map(|step| (self.turn + step) % phones.max(1));
        let mut next = next.filter(|no| self.inside[*no]);
        self.turn = next.next().unwrap_or(phones);
    }
}

impl Turnstile {
    /// A round of the phones whose place is `true`.
    pub(crate) fn new(inside: Vec<bool>) -> Self {
        let turn = inside.iter().position(|is_inside| *is_inside).unwrap_or(0);
        Self {
            queue: Mutex::new(Queue { inside, turn }),
            moved: Condvar::new(),
        }
    }

    /// A place in the queue for phone `no`; it leaves when it is dropped.
    pub(crate) fn place<'a>(&'a self, no: usize, transport: &'a dyn Transport) -> Place<'a> {
        Place {
            turnstile: self,
            no,
            transport,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A phone's way to the server.
pub(crate) struct Place<'a> {
    turnstile: &'a Turnstile,
    no: usize,
    transport: &'a dyn Transport,
}

impl Transport for Place<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut queue = self.turnstile.queue();
        while queue.turn != self.no {
            queue = self
                .turnstile
                .moved
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(queue);
        // Nobody else's turn comes before this one moves it on, so the lock need not be held.
        let answer = self.transport.post(address, route, message);
        self.turnstile.queue().advance();
        self.turnstile.moved.notify_all();
        answer
    }
}

impl Drop for Place<'_> {
    /// Also after a panic: the others must not wait for a phone that is gone.
    fn drop(&mut self) {
        let mut queue = self.turnstile.queue();
        if let Some(inside) = queue.inside.get_mut(self.no) {
            *inside = false;
        }
        if queue.turn == self.no {
            queue.advance();
        }
        self.turnstile.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down who came.
    #[derive(Default)]
    struct Guestbook(Mutex<Vec<u8>>);

    impl Transport for Guestbook {
        fn post(&self, _: &str, _: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(message);
            Ok(Vec::new())
        }
    }

    #[test]
    fn phones_come_in_turn_until_each_has_finished() {
        let book = Guestbook::default();
        // Phone 1 stays away; phone 2 has three messages, phone 0 one, phone 3 two.
        let turnstile = Turnstile::new(vec![true, false, true, true]);
        std::thread::scope(|scope| {
            for (no, messages) in [(3_u8, 2), (2, 3), (0, 1)] {
                let place = turnstile.place(usize::from(no), &book);
                scope.spawn(move || {
                    for _ in 0..messages {
                        place.post("", Route::Sync, &[no]).expect("written down");
                    }
                });
            }
        });
        let came = book.0.into_inner().expect("not poisoned");
        assert_eq!(came, [0, 2, 3, 2, 3, 2]);
    }
}
