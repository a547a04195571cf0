//! Automerge, Yrs and Loro with the mix in one document: a map of rows, each row a map of its fields.
//!
//! The rows are the same for all; ids are short decimal texts, which favours these engines over the UUIDs that an app
//! would take.

use crate::load::{Mix, Row};
use crate::{resident, say};

/// Ops whose updates are weighed, in pushes of 50.
const OPS: usize = 5_000;
const PUSH: usize = 50;
/// Rows in memory.
const ROWS: usize = 100_000;

/// A document engine.
pub(crate) trait Document {
    fn name(&self) -> &'static str;
    /// Sets fields of the row `key` of `table`.
    fn put(&mut self, table: &'static str, key: &str, fields: &[(&'static str, Value)]);
    /// The bytes that carry what changed since the last call.
    fn update(&mut self) -> Vec<u8>;
    /// The whole document.
    fn whole(&mut self) -> Vec<u8>;
}

/// A field's value.
pub(crate) enum Value {
    Int(i64),
    Text(String),
}

pub(crate) fn run(mut document: Box<dyn Document>) {
    let (mut mix, mut entries, mut wire) = (Mix::new(), 0_usize, 0_usize);
    for n in 0..OPS {
        for row in mix.op() {
            entries += 1;
            put(&mut *document, &row);
        }
        if n % PUSH == PUSH - 1 {
            let update = document.update();
            wire += zstd::bulk::compress(&update, 3)
                .unwrap()
                .len()
                .min(update.len());
        }
    }
    let name = document.name();
    say(
        "wire up, mix, pushes of 50",
        name,
        wire as f64 / entries as f64,
        "B/entry",
    );
    let whole = document.whole();
    let packed = zstd::bulk::compress(&whole, 3)
        .unwrap()
        .len()
        .min(whole.len());
    say(
        "wire in bulk, mix",
        name,
        packed as f64 / entries as f64,
        "B/entry",
    );
    let (before, start, mut rows) = (resident(), std::time::Instant::now(), 0);
    while rows < ROWS {
        for row in mix.op() {
            rows += 1;
            put(&mut *document, &row);
        }
    }
    document.update();
    say(
        "memory for 100,000 rows",
        name,
        (resident() - before) / 1e6,
        "MB",
    );
    say(
        "rows taken in, not durable",
        name,
        rows as f64 / start.elapsed().as_secs_f64(),
        "rows/s",
    );
}

fn put(document: &mut dyn Document, row: &Row) {
    use Value::{Int, Text};
    let of = |id: u64| Int(id as i64);
    match row {
        Row::Customer {
            id,
            family,
            given,
            phone,
        } => document.put(
            "customer",
            &id.to_string(),
            &[
                ("family", Text((*family).into())),
                ("given", Text((*given).into())),
                ("phone", Text(phone.clone())),
            ],
        ),
        Row::Edit { customer, given } => document.put(
            "customer",
            &customer.to_string(),
            &[("given", Text((*given).into()))],
        ),
        Row::Purchase {
            id,
            customer,
            total,
            day,
            at_ms,
        } => document.put(
            "purchase",
            &id.to_string(),
            &[
                ("customer", of(*customer)),
                ("total", Int(*total)),
                ("day", Int(*day)),
                ("at_ms", Int(*at_ms)),
            ],
        ),
        Row::Entry {
            id,
            purchase,
            customer,
            kind,
            points,
        } => document.put(
            "entry",
            &id.to_string(),
            &[
                ("purchase", of(*purchase)),
                ("customer", of(*customer)),
                ("kind", Int(*kind)),
                ("points", Int(*points)),
            ],
        ),
    }
}

struct Automerge {
    doc: automerge::AutoCommit,
    tables: Vec<(&'static str, automerge::ObjId)>,
}

pub(crate) fn automerge() -> Box<dyn Document> {
    use automerge::transaction::Transactable as _;
    let mut doc = automerge::AutoCommit::new();
    let tables = ["customer", "purchase", "entry"].map(|t| {
        (
            t,
            doc.put_object(automerge::ROOT, t, automerge::ObjType::Map)
                .unwrap(),
        )
    });
    doc.save_incremental();
    Box::new(Automerge {
        doc,
        tables: tables.into(),
    })
}

impl Document for Automerge {
    fn name(&self) -> &'static str {
        "Automerge"
    }
    fn put(&mut self, table: &'static str, key: &str, fields: &[(&'static str, Value)]) {
        use automerge::ReadDoc as _;
        use automerge::transaction::Transactable as _;
        let table = &self.tables.iter().find(|(t, _)| *t == table).unwrap().1;
        let row = match self.doc.get(table, key).unwrap() {
            Some((_, id)) => id,
            None => self
                .doc
                .put_object(table, key, automerge::ObjType::Map)
                .unwrap(),
        };
        for (field, value) in fields {
            match value {
                Value::Int(n) => self.doc.put(&row, *field, *n).unwrap(),
                Value::Text(text) => self.doc.put(&row, *field, text.as_str()).unwrap(),
            }
        }
    }
    fn update(&mut self) -> Vec<u8> {
        self.doc.commit();
        self.doc.save_incremental()
    }
    fn whole(&mut self) -> Vec<u8> {
        self.doc.save()
    }
}

struct Yrs {
    doc: yrs::Doc,
    seen: yrs::StateVector,
}

pub(crate) fn yrs() -> Box<dyn Document> {
    Box::new(Yrs {
        doc: yrs::Doc::new(),
        seen: yrs::StateVector::default(),
    })
}

impl Document for Yrs {
    fn name(&self) -> &'static str {
        "Yrs"
    }
    fn put(&mut self, table: &'static str, key: &str, fields: &[(&'static str, Value)]) {
        use yrs::{Map as _, Transact as _};
        let table = self.doc.get_or_insert_map(table);
        let mut txn = self.doc.transact_mut();
        let row = match table.get(&txn, key) {
            Some(yrs::Out::YMap(row)) => row,
            _ => table.insert(&mut txn, key, yrs::MapPrelim::default()),
        };
        for (field, value) in fields {
            match value {
                Value::Int(n) => {
                    row.insert(&mut txn, *field, *n);
                }
                Value::Text(text) => {
                    row.insert(&mut txn, *field, text.as_str());
                }
            }
        }
    }
    fn update(&mut self) -> Vec<u8> {
        use yrs::{ReadTxn as _, Transact as _};
        let txn = self.doc.transact();
        let update = txn.encode_diff_v1(&self.seen);
        self.seen = txn.state_vector();
        update
    }
    fn whole(&mut self) -> Vec<u8> {
        use yrs::{ReadTxn as _, Transact as _};
        let mut encoder = yrs::updates::encoder::EncoderV2::new();
        self.doc
            .transact()
            .encode_diff(&yrs::StateVector::default(), &mut encoder);
        use yrs::updates::encoder::Encoder as _;
        encoder.to_vec()
    }
}

struct Loro {
    doc: loro::LoroDoc,
    seen: loro::VersionVector,
}

pub(crate) fn loro() -> Box<dyn Document> {
    Box::new(Loro {
        doc: loro::LoroDoc::new(),
        seen: loro::VersionVector::default(),
    })
}

impl Document for Loro {
    fn name(&self) -> &'static str {
        "Loro"
    }
    fn put(&mut self, table: &'static str, key: &str, fields: &[(&'static str, Value)]) {
        let row = self.doc.get_map(table).ensure_mergeable_map(key).unwrap();
        for (field, value) in fields {
            match value {
                Value::Int(n) => row.insert(field, *n).unwrap(),
                Value::Text(text) => row.insert(field, text.as_str()).unwrap(),
            }
        }
    }
    fn update(&mut self) -> Vec<u8> {
        self.doc.commit();
        let update = self
            .doc
            .export(loro::ExportMode::updates(&self.seen))
            .unwrap();
        self.seen = self.doc.oplog_vv();
        update
    }
    fn whole(&mut self) -> Vec<u8> {
        self.doc.export(loro::ExportMode::Snapshot).unwrap()
    }
}
