//! Pages: the same rows come out, never half a seq, and no bytes hurt the reader.
#![allow(clippy::unwrap_used)]

mod common;

use kartka_domain::ids::Seq;
use kartka_domain::moment::Month;
use kartka_protocol::page::{End, Fit, PackedPage, Page, PageWriter};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;
use kartka_protocol::{Measure, WireError, limits};
use proptest::prelude::*;

const SCOPE: Scope = Scope::Month(Month(24_314));
const FROM: Seq = Seq(10);

fn row(seq: i64, bytes: usize) -> WireRow {
    WireRow {
        kind: 1,
        id: seq,
        seq: Seq(seq),
        record: common::noise(bytes, seq as u64).encode(),
    }
}

/// Packs rows from `from` on; says how many were taken.
fn pack(from: Seq, rows: &[WireRow], budget: usize, end: End) -> Result<PackedPage, WireError> {
    let mut writer = PageWriter::new(SCOPE, from, budget);
    for row in rows {
        if writer.push(row.clone())? == Fit::Full {
            break;
        }
    }
    writer.finish(end)
}

fn by_kind(mut rows: Vec<WireRow>) -> Vec<WireRow> {
    rows.sort_by_key(|row| row.kind);
    rows
}

#[test]
fn a_page_ends_between_two_seqs() {
    let rows: Vec<WireRow> = [11, 12, 12, 12, 13].map(|seq| row(seq, 100)).to_vec();
    let one = row(11, 100).record.len() + limits::ROW_OVERHEAD;
    for (budget, end, taken, to) in [
        (5 * one, End::Complete(Seq(20)), 5, 20),
        (5 * one, End::More, 4, 12),
        (4 * one, End::Complete(Seq(20)), 4, 12),
        (3 * one, End::Complete(Seq(20)), 1, 11),
        (2 * one, End::More, 1, 11),
        (1, End::Complete(Seq(20)), 1, 11),
    ] {
        let page = pack(FROM, &rows, budget, end).unwrap();
        assert_eq!((page.rows, page.to), (taken, Seq(to)), "{budget} {end:?}");
        assert_eq!(Page::decode(&page.bytes).unwrap().to, Seq(to));
    }
    let tail = pack(Seq(11), &rows[1..], 1, End::Complete(Seq(20))).unwrap();
    assert_eq!(
        (tail.rows, tail.to),
        (3, Seq(12)),
        "a seq above the budget is sent whole"
    );
    let half = pack(Seq(11), &rows[1..3], limits::PAGE_UNPACKED, End::More);
    assert!(
        matches!(
            half,
            Err(WireError::TooLarge {
                what: Measure::Rows,
                ..
            })
        ),
        "perhaps half a seq"
    );
}

#[test]
fn rows_out_of_order_are_refused() {
    for seqs in [vec![10], vec![12, 11], vec![9]] {
        let rows: Vec<WireRow> = seqs.iter().map(|seq| row(*seq, 5)).collect();
        assert_eq!(
            pack(FROM, &rows, 9_999, End::Complete(Seq(20))),
            Err(WireError::Order),
            "{seqs:?}"
        );
    }
}

#[test]
fn a_page_that_does_not_pack_is_cut_smaller() {
    let rows: Vec<WireRow> = (11..61).map(|seq| row(seq, 15_000)).collect();
    let page = pack(FROM, &rows, limits::PAGE_UNPACKED, End::Complete(Seq(99))).unwrap();
    assert!(
        page.bytes.len() <= limits::PAGE_PACKED && page.rows > 5,
        "{} rows",
        page.rows
    );
    assert_eq!(Page::decode(&page.bytes).unwrap().rows, rows[..page.rows]);
    assert_eq!(page.to, rows[page.rows - 1].seq);
}

#[test]
fn an_empty_page_moves_the_cursor() {
    let page = pack(FROM, &[], 1_000, End::Complete(Seq(20))).unwrap();
    let read = Page::decode(&page.bytes).unwrap();
    assert_eq!(
        (read.scope, read.from, read.to, read.rows.len()),
        (SCOPE, FROM, Seq(20), 0)
    );
}

#[test]
fn a_page_holds_as_much_as_its_limit_and_not_more() {
    let fill = |rows: usize, bytes: usize| -> Vec<WireRow> {
        let mut record = kartka_protocol::fields::Record::new();
        (0..bytes.div_ceil(10_000)).for_each(|tag| record.put(tag as u16, vec![7u8; 10_000]));
        let record = record.encode();
        (0..rows)
            .map(|n| WireRow {
                kind: 1,
                id: n as i64,
                seq: Seq(11),
                record: record.clone(),
            })
            .collect()
    };
    let rows = fill(52, 40_000);
    assert!(
        rows.iter()
            .map(|r| r.record.len() + limits::ROW_OVERHEAD)
            .sum::<usize>()
            <= limits::PAGE_UNPACKED
    );
    let page = pack(FROM, &rows, limits::PAGE_UNPACKED, End::Complete(Seq(11))).unwrap();
    assert_eq!(Page::decode(&page.bytes).unwrap().rows, rows);
    let above = pack(
        FROM,
        &fill(53, 40_000),
        limits::PAGE_UNPACKED,
        End::Complete(Seq(11)),
    );
    assert!(
        matches!(
            above,
            Err(WireError::TooLarge {
                what: Measure::Unpacked,
                ..
            })
        ),
        "{above:?}"
    );
    let packed = vec![0; limits::PAGE_PACKED + 1];
    assert!(matches!(
        Page::decode(&packed),
        Err(WireError::TooLarge {
            what: Measure::Packed,
            ..
        })
    ));
}

#[test]
fn a_record_holds_its_limit_on_the_way_into_a_page() {
    let of = |bytes: usize| WireRow {
        kind: 1,
        id: 1,
        seq: Seq(11),
        record: common::noise(bytes, 3).encode(),
    };
    let most = of(limits::ROW_RECORD - 21);
    assert_eq!(most.record.len(), limits::ROW_RECORD);
    let page = pack(FROM, std::slice::from_ref(&most), 1, End::Complete(Seq(11))).unwrap();
    assert_eq!(Page::decode(&page.bytes).unwrap().rows, [most]);
    let (size, limit) = (limits::ROW_RECORD + 1, limits::ROW_RECORD);
    let above = pack(FROM, &[of(size - 21)], 1, End::Complete(Seq(11)));
    assert_eq!(
        above,
        Err(WireError::TooLarge {
            what: Measure::Record,
            size,
            limit
        })
    );
}

/// Writes the bytes of a page by hand; the first byte says "not packed".
fn forged(group: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 2, 20, 40, 1];
    bytes.extend_from_slice(group);
    bytes
}

#[test]
fn few_bytes_cannot_ask_for_many_rows() {
    let count = |n: u64| {
        let mut group = vec![1u8];
        let mut n = n;
        while n >= 0x80 {
            group.push(n as u8 | 0x80);
            n >>= 7;
        }
        group.push(n as u8);
        group
    };
    let same_id_and_seq = [0, 2, 0, 24];
    let no_columns = [0];
    let mut few = count(3);
    few.extend_from_slice(&same_id_and_seq);
    few.extend_from_slice(&no_columns);
    assert_eq!(
        Page::decode(&forged(&few)).unwrap().rows.len(),
        3,
        "the forged bytes are what we think"
    );
    for rows in [87_000, 1 << 20, u64::MAX] {
        let mut group = count(rows);
        group.extend_from_slice(&same_id_and_seq);
        group.extend_from_slice(&no_columns);
        let read = Page::decode(&forged(&group));
        assert!(
            matches!(read, Err(WireError::TooLarge { .. })),
            "{rows} rows"
        );
    }
    let mut outside = count(1);
    outside.extend_from_slice(&[0, 2, 0, 90, 0]);
    assert_eq!(
        Page::decode(&forged(&outside)),
        Err(WireError::Columns),
        "a seq the page does not cover"
    );
}

#[test]
fn a_golden_page_is_read() {
    let samples = common::samples::rows();
    let mut rows: Vec<WireRow> = (11..)
        .zip(&samples)
        .map(|(seq, (_, row))| WireRow::of(row, Seq(seq)))
        .collect();
    let page = pack(FROM, &rows, limits::PAGE_UNPACKED, End::Complete(Seq(99))).unwrap();
    let golden = Page::decode(&common::golden::stored("page", &page.bytes)).unwrap();
    rows.sort_by_key(|row| row.kind);
    assert_eq!(
        (golden.scope, golden.from, golden.to, golden.rows),
        (SCOPE, FROM, Seq(99), rows)
    );
}

proptest! {
    #[test]
    fn the_rows_come_back_with_the_same_bytes(rows in common::rows(40)) {
        let last = rows.last().map_or(FROM, |row| row.seq);
        let page = pack(FROM, &rows, limits::PAGE_UNPACKED, End::Complete(last)).unwrap();
        let read = Page::decode(&page.bytes).unwrap();
        prop_assert_eq!((read.from, read.to), (FROM, last));
        prop_assert_eq!(read.rows, by_kind(rows));
    }

    #[test]
    fn pages_one_after_the_other_lose_and_double_nothing(rows in common::rows(60), budget in 1usize..3_000) {
        let last = rows.last().map_or(FROM, |row| row.seq);
        let (mut from, mut got) = (FROM, Vec::new());
        while from < last {
            let after = rows.partition_point(|row| row.seq <= from);
            let page = pack(from, &rows[after..], budget, End::Complete(last)).unwrap();
            prop_assert!(page.to > from);
            got.extend(Page::decode(&page.bytes).unwrap().rows);
            from = page.to;
        }
        got.sort_by_key(|row| row.seq);
        let key = |row: &WireRow| (row.seq, row.kind);
        let mut want = rows;
        want.sort_by_key(key);
        got.sort_by_key(key);
        prop_assert_eq!(got, want);
    }

    #[test]
    fn any_bytes_give_a_page_or_an_error(mut bytes in proptest::collection::vec(any::<u8>(), 1..300)) {
        let _ = Page::decode(&bytes);
        bytes[0] = 0;
        let _ = Page::decode(&bytes);
        let _ = Page::decode(&forged(&bytes));
    }

    #[test]
    fn damaged_columns_give_rows_or_an_error(rows in common::rows(20), at: usize, flip in 1u8..) {
        let page = pack(FROM, &rows, limits::PAGE_UNPACKED, End::Complete(Seq(999))).unwrap();
        let mut bytes = match page.bytes[0] {
            0 => page.bytes[1..].to_vec(),
            _ => zstd::bulk::decompress(&page.bytes[1..], 1 << 20).unwrap(),
        };
        let at = at % bytes.len();
        bytes[at] ^= flip;
        bytes.insert(0, 0);
        if let Ok(page) = Page::decode(&bytes) {
            for row in page.rows {
                prop_assert!(kartka_protocol::fields::Record::decode(&row.record, kartka_protocol::fields::Shape::ENTITY).is_ok());
            }
        }
    }
}
