//! The checker's own connections to the stores of the machines, past all code of theirs.
//!
//! Opening one reads the whole schema, a tenth of a world when every look did; so one is kept as long as the program
//! whose store it is, and not longer: the last connection that closes moves the log in.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rusqlite::Connection;

/// Looks into one store; the connection rests here between two of them.
#[derive(Default)]
pub(super) struct Eyes(Arc<Mutex<Option<Connection>>>);

impl Eyes {
    /// A look, by the connection that rests or by a new one.
    pub(super) fn look(
        &self,
        open: impl FnOnce() -> Result<Connection, String>,
    ) -> Result<Look, String> {
        let rested = locked(&self.0).take();
        Ok(Look {
            conn: Some(rested.map_or_else(open, Ok)?),
            eyes: Arc::downgrade(&self.0),
        })
    }
}

/// A connection while somebody looks.
pub(crate) struct Look {
    conn: Option<Connection>,
    eyes: Weak<Mutex<Option<Connection>>>,
}

impl Look {
    /// A single look at a store that no program has open.
    pub(super) fn once(conn: Connection) -> Self {
        Self {
            conn: Some(conn),
            eyes: Weak::new(),
        }
    }
}

impl Deref for Look {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn.as_ref().expect("it looks until it is dropped")
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        if let Some(eyes) = self.eyes.upgrade() {
            *locked(&eyes) = self.conn.take();
        }
    }
}

fn locked(rested: &Mutex<Option<Connection>>) -> MutexGuard<'_, Option<Connection>> {
    rested.lock().unwrap_or_else(PoisonError::into_inner)
}
