//! Prints what ops, batches, rows and pages weigh: `cargo run -p kartka-protocol --example sizes`.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../tests/common/erasure.rs"]
mod erasure;
#[path = "../tests/common/loyalty.rs"]
mod loyalty;
#[path = "../tests/common/position.rs"]
mod position;
#[path = "../tests/common/samples.rs"]
#[allow(dead_code)]
mod samples;
#[path = "../tests/common/vouchers.rs"]
#[allow(dead_code)]
mod vouchers;

use kartka_domain::card::CardNumber;
use kartka_domain::customer::{Phone, ProfileGroup};
use kartka_domain::ids::{BusinessId, CustomerId, DeviceNo, OpId, PurchaseId, Seq};
use kartka_domain::ledger::{About, Effect, Entry, EntryKind};
use kartka_domain::moment::Month;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::purchase::{ONE, Purchase, ReturnKind, ReturnedLine};
use kartka_domain::row::Row;
use kartka_protocol::WireError;
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::digest::{Digest, DigestKey};
use kartka_protocol::page::{End, Page, PageWriter};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::Signature;
use kartka_protocol::{op, row};

const BUSINESS: BusinessId = BusinessId(*b"0123456789abcdef");

fn random(n: i64, below: i64) -> i64 {
    i64::try_from(samples::scatter(n) % below.unsigned_abs()).unwrap()
}

fn customer(n: i64) -> CustomerId {
    CustomerId(samples::id(
        1 + random(n, 3) as u32,
        1 + random(n + 1, 20_000),
    ))
}

/// The mix of sync §10: 70 % sales, 10 % with a redemption, 5 % returns, 10 % edits, 5 % registrations.
fn mix(count: i64) -> Vec<Op> {
    let mut next = 5_000;
    let mut seconds = 0;
    (0..count)
        .map(|n| {
            seconds += 20 + random(n, 200);
            let op = mixed_op(n, OpId(samples::id(2, next)), seconds % 3_000);
            next += op.facts.len() as i64;
            op
        })
        .collect()
}

fn mixed_op(n: i64, id: OpId, seconds: i64) -> Op {
    let gross = 500 + 50 * random(n + 7, 400);
    let mut op = samples::sale(id, customer(n), gross, seconds);
    let claim = |kind, points: i64| {
        let effect = Effect::points(Points(points), Money(points));
        Fact::Claim(Claim {
            customer: customer(n),
            instrument: samples::programme().instruments()[0].id,
            kind,
            effect,
            lot: None,
            about: About::Nothing,
        })
    };
    match n % 20 {
        0..14 => {}
        14 | 15 => op.facts.insert(1, claim(EntryKind::Redeem, -gross / 4)),
        16 => {
            let purchase = PurchaseId(samples::id(2, 4_000 + random(n, 900)));
            let lines = vec![ReturnedLine {
                line: 0,
                quantity: ONE,
            }];
            op.facts = vec![
                Fact::Return {
                    purchase,
                    kind: ReturnKind::Goods,
                    lines,
                },
                claim(EntryKind::Reverse, -gross / 20),
            ];
        }
        17 | 18 => {
            op.facts = vec![Fact::Edit(customer(n))];
            op.personal = vec![(
                0,
                vec![ProfileGroup::Note(format!("note {}", random(n, 1 << 40)))],
            )];
        }
        _ => {
            let card = CardNumber::from_value(samples::scatter(n) % 10_000_000_000).unwrap();
            op.facts = vec![
                Fact::Register,
                Fact::Bind {
                    card,
                    customer: CustomerId(id.0),
                },
            ];
            let phone = Phone::from_digits(&format!("38067{:07}", random(n, 10_000_000))).unwrap();
            let name = ProfileGroup::Name {
                given: format!("Name{}", random(n, 900)),
                family: format!("Family{}", random(n, 9_000)),
            };
            op.personal = vec![(0, vec![name, ProfileGroup::Phones(vec![phone])])];
        }
    }
    op
}

fn sealed(ops: &[Op]) -> Batch {
    let sections: Vec<BatchOp> = ops.iter().map(section).collect();
    let device = DeviceNo::new(2).unwrap();
    let birth = ChainValue::birth(BUSINESS, device);
    let signature = |message: &[u8]| {
        let mut bytes = [0; 64];
        blake3::Hasher::new()
            .update(message)
            .finalize_xof()
            .fill(&mut bytes);
        Ok::<_, WireError>(Signature(bytes))
    };
    Batch::seal(BUSINESS, ops[0].id, &birth, &sections, signature).unwrap()
}

fn section(op: &Op) -> BatchOp {
    let bytes = op::encode(op).unwrap();
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&blake3::hash(&op.id.get().to_be_bytes()).as_bytes()[..16]);
    let personal = bytes
        .personal
        .map_or(Personal::None, |bytes| Personal::Here { nonce, bytes });
    BatchOp {
        facts: bytes.facts,
        personal,
    }
}

fn batch_line(what: &str, ops: &[Op]) {
    let batch = sealed(ops);
    let entries: usize = ops.iter().map(|op| op.facts.len()).sum();
    let size = batch.encode().len();
    let carried = batch.without_personal().unwrap().encode().len();
    let plain: Vec<u8> = ops.iter().map(section).flat_map(|op| op.facts).collect();
    let rows = zstd::bulk::compress(&plain, 9).unwrap().len();
    let columns = batch.to_record().bytes(6).unwrap().len();
    let per = |bytes: usize| bytes as f64 / entries as f64;
    println!(
        "{what:32} {:4} ops {entries:5} entries: batch {size:6} B = {:5.1} B/entry (facts alone {:5.1}; columns {columns} B, the same ops in a row with zstd {rows} B, unpacked {} B)",
        ops.len(),
        per(size),
        per(carried),
        plain.len(),
    );
}

fn page_line(what: &str, rows: &[Row]) {
    let mut writer = PageWriter::new(Scope::Month(Month(24_311)), Seq(0), usize::MAX);
    let wire: Vec<WireRow> = (1..)
        .zip(rows)
        .map(|(n, row)| WireRow::of(row, Seq(n)))
        .collect();
    let bare: usize = wire.iter().map(|row| row.record.len()).sum();
    for row in &wire {
        assert_eq!(
            writer.push(row.clone()),
            Ok(kartka_protocol::page::Fit::Taken)
        );
    }
    let page = writer.finish(End::Complete(Seq(i64::MAX))).unwrap();
    let per = |bytes: usize| bytes as f64 / page.rows as f64;
    println!(
        "{what:32} {:5} rows: page {:6} B = {:5.1} B/row, on disk {:5.1} B/record",
        page.rows,
        page.bytes.len(),
        per(page.bytes.len()),
        bare as f64 / rows.len() as f64
    );
}

fn sales(count: i64) -> Vec<Op> {
    let sale = |n: i64| {
        samples::sale(
            OpId(samples::id(2, 5_000 + 2 * n)),
            customer(n),
            500 + 50 * random(n + 7, 400),
            n * 3_000 / count + random(n, 20),
        )
    };
    (0..count).map(sale).collect()
}

/// What a sale leaves behind: its purchase and its entry.
fn rows_of(ops: &[Op]) -> (Vec<Row>, Vec<Row>) {
    let mut purchases = Vec::new();
    let mut entries = Vec::new();
    for op in ops {
        let (Fact::Sale(sale), Fact::Claim(claim)) = (&op.facts[0], &op.facts[1]) else {
            continue;
        };
        let sale = sale.clone();
        purchases.push(Row::Purchase(Purchase {
            id: PurchaseId(op.id.0),
            customer: sale.customer,
            outlet: op.outlet,
            operator: op.operator,
            at: op.time.wall,
            programme: op.programme,
            receipt: None,
            lines: sale.lines,
            parts: sale.parts,
            attached: None,
            refused: None,
            read: None,
            fiscal: None,
            flags: Vec::new(),
        }));
        entries.push(Row::Entry(Entry {
            id: kartka_domain::ids::EntryId(op.entry_id(1).unwrap()),
            customer: claim.customer,
            instrument: claim.instrument,
            kind: claim.kind,
            purchase: Some(PurchaseId(op.id.0)),
            date: op.time.wall.date,
            claim: claim.effect,
            lot: claim.lot,
            about: About::Nothing,
            verdict: None,
            uses: Vec::new(),
        }));
    }
    (purchases, entries)
}

/// How many things a second `work` does to `count` things, the best of five runs.
#[allow(clippy::disallowed_methods, reason = "an example measures real time")]
fn speed(what: &str, count: usize, mut work: impl FnMut()) {
    let run = |work: &mut dyn FnMut()| {
        let start = std::time::Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    let best = (0..5).map(|_| run(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{what:32} {:9.0} a second", count as f64 / best);
}

fn speeds(rows: &[Row], ops: &[Op]) {
    let wire: Vec<WireRow> = (1..)
        .zip(rows)
        .map(|(n, row)| WireRow::of(row, Seq(n)))
        .collect();
    let page = || {
        let mut writer = PageWriter::new(Scope::Month(Month(24_311)), Seq(0), usize::MAX);
        for row in &wire {
            let _ = writer.push(row.clone()).unwrap();
        }
        writer.finish(End::Complete(Seq(i64::MAX))).unwrap()
    };
    let packed = page();
    let batch = sealed(ops);
    let device = DeviceNo::new(2).unwrap();
    let birth = ChainValue::birth(BUSINESS, device);
    let key = DigestKey([1; 32]);
    speed("rows to bytes", rows.len(), || {
        assert!(rows.iter().map(row::encode).all(|bytes| !bytes.is_empty()))
    });
    speed("rows from bytes", rows.len(), || {
        assert!(wire.iter().all(|row| row.read().is_ok()))
    });
    speed("rows into a page", rows.len(), || assert!(page() == packed));
    speed("rows out of a page", rows.len(), || {
        assert!(Page::decode(&packed.bytes).is_ok())
    });
    speed("rows digested", rows.len(), || {
        assert!(Digest::of(&key, &wire) != Digest::default())
    });
    speed("ops to bytes", ops.len(), || {
        assert!(ops.iter().all(|op| op::encode(op).is_ok()))
    });
    speed("ops sealed", ops.len(), || assert!(sealed(ops) == batch));
    speed("ops opened", ops.len(), || {
        assert!(batch.open(&birth).is_ok())
    });
}

fn main() {
    batch_line("one sale", &sales(1));
    batch_line("50 sales", &sales(50));
    batch_line("the mix, push of 50", &mix(50));
    batch_line("the mix, push of 500", &mix(500));
    let (purchases, entries) = rows_of(&sales(5_000));
    page_line("purchases", &purchases);
    page_line("ledger entries", &entries);
    speeds(&[purchases, entries].concat(), &sales(500));
}
