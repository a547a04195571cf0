//! After an erasure no row of the server or of a phone holds the person's name any more (safety 11).
//!
//! Looks through every column of every table; what files keep beside rows is the scanner's (`crate::leftovers`).

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::laws::{Law, Wrong};
use super::replay::Expected;
use super::street::Street;

impl Street {
    /// Nothing of an erased person is left in any row.
    pub(super) fn nothing_is_left(
        &self,
        server: &Connection,
        expected: &Expected,
    ) -> Result<(), Wrong> {
        let model = &self.world.model;
        let (mut gone, mut used) = (BTreeSet::new(), BTreeSet::new());
        for place in 0..model.claims.len() {
            let what = model.as_at_server(place);
            let Some(name) = what.name() else { continue };
            let whom = what.customer().unwrap_or(0);
            let names = match expected.erased.contains(&whom) {
                true => &mut gone,
                false => &mut used,
            };
            names.insert(name.to_owned());
        }
        // "Guest 12" stands within "Guest 123".
        gone.retain(|name| !used.iter().any(|used| used.contains(name.as_str())));
        if gone.is_empty() {
            return Ok(());
        }
        let left = |who: &str, conn: &Connection| match first_found(conn, &gone) {
            Ok(None) => Ok(()),
            Ok(Some((name, table))) => {
                let what = format!("{who} has {name}, who is erased, in {table}");
                Err(Wrong::of(Law::S11, what))
            }
            Err(error) => Err(Wrong::of(
                Law::Sound,
                format!("the checker can't read: {error}"),
            )),
        };
        left("the server", server)?;
        for no in self.own_phones() {
            let phone = &self.phones[no];
            let conn = phone.raw()?;
            left(&format!("phone {no}"), &conn)?;
        }
        Ok(())
    }
}

/// The first of the names that stands in any row, and the table.
fn first_found(
    conn: &Connection,
    names: &BTreeSet<String>,
) -> rusqlite::Result<Option<(String, String)>> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'";
    let mut statement = conn.prepare(tables)?;
    let tables = statement.query_map([], |row| row.get::<_, String>(0))?;
    for table in tables.collect::<Result<Vec<_>, _>>()? {
        let mut statement = conn.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(column)? else {
                    continue;
                };
                let is_in = |name: &&String| {
                    let name = name.as_bytes();
                    bytes.windows(name.len()).any(|part| part == name)
                };
                if let Some(name) = names.iter().find(is_in) {
                    return Ok(Some((name.clone(), table)));
                }
            }
        }
    }
    Ok(None)
}
