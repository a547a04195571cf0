//! What a fork brings to the wire: branches, incarnations, re-issued ops, and numbers that move (sync §12).
#![allow(clippy::unwrap_used)]

mod common;

use common::signing::Key;
use common::{golden, samples};
use kartka_domain::business::Device;
use kartka_domain::card::{EmitterSlot, NumberLength};
use kartka_domain::codes::Code;
use kartka_domain::ids::{BirthMark, BusinessId, DeviceNo, EntryId, Epoch, Id, OpId, Seq};
use kartka_domain::incarnation::{Former, Renumbering};
use kartka_domain::op::{Fact, Notice, Op};
use kartka_domain::row::Row;
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::fields::{Record, Shape, Value};
use kartka_protocol::head::{Head, SignedHead};
use kartka_protocol::message::{Acked, Branch, Incarnation, Link, Run, SyncAnswer, SyncRequest};
use kartka_protocol::signature::Signature;
use kartka_protocol::{WireError, limits, op, row};

const BUSINESS: BusinessId = BusinessId([7; 16]);
const EPOCH: Epoch = Epoch {
    number: 1,
    random: 5,
};

fn no(n: u32) -> DeviceNo {
    DeviceNo::new(n).unwrap()
}

fn branch() -> Branch {
    Branch {
        certificate: None,
        acked: 0,
        line: Vec::new(),
        id: [3; 16],
        held: 5,
        next: 12,
        pairs: vec![(6, ChainValue([1; 32])), (11, ChainValue([2; 32]))],
        insist: true,
    }
}

fn request(branch: Branch) -> SyncRequest {
    SyncRequest {
        erased: None,
        proto: 1,
        nonce: [1; 16],
        epoch: EPOCH,
        head: None,
        device: no(3),
        boot: 7,
        monotonic_ms: 60_000,
        anchors: Vec::new(),
        batches: Vec::new(),
        cursors: Vec::new(),
        digests: Vec::new(),
        budget: 0,
        wiped: false,
        branch: Some(branch),
    }
}

fn incarnation(key: &Key) -> Incarnation {
    let slot = EmitterSlot::new(NumberLength::Ten, 12).unwrap();
    let sign = |m: &[u8]| Ok::<_, WireError>(key.sign(m));
    Incarnation::seal(
        (BUSINESS, EPOCH, no(3)),
        ([3; 16], no(9), 7),
        Some(slot),
        sign,
    )
    .unwrap()
}

fn answer(incarnation: Incarnation) -> SyncAnswer {
    let head = SignedHead {
        head: Head {
            epoch: EPOCH,
            seq: Seq(4),
            log: LogHash([6; 32]),
        },
        signature: Signature([8; 64]),
    };
    let acked = Acked {
        last: 9,
        chain: ChainValue([5; 32]),
    };
    let run = |first: i64, alias| Run {
        first_op: OpId(samples::id(3, first)),
        last_op: OpId(samples::id(3, first)),
        first_seq: Seq(first),
        mark: BirthMark([4; 8]),
        alias,
    };
    SyncAnswer {
        runs: vec![run(1, None), run(4, Some(OpId(samples::id(2, 8))))],
        incarnation: Some(incarnation),
        ..SyncAnswer::new([1; 16], no(3), head, 1_765_913_580_123, acked)
    }
}

#[test]
fn a_branch_and_what_it_is_told_come_back() {
    let bytes = request(branch()).encode();
    assert_eq!(SyncRequest::decode(&bytes), Ok(request(branch())));
    golden::check("branch-request", &bytes);
    let told = answer(incarnation(&Key::new(5)));
    // A signature is another one each time: only its place is golden.
    let fixed = answer(Incarnation {
        signature: Signature([9; 64]),
        ..incarnation(&Key::new(5))
    });
    assert_eq!(SyncAnswer::decode(&told.encode()), Ok(told));
    golden::check("incarnation-answer", &fixed.encode());
}

#[test]
fn only_the_authority_gives_numbers_and_only_to_this_branch() {
    let (key, other) = (Key::new(5), Key::new(6));
    let to = (BUSINESS, EPOCH, no(3));
    let told = incarnation(&key);
    assert_eq!(told.verify(to, &key.public()), Ok(()));
    let later = Epoch { number: 2, ..EPOCH };
    for (what, told, to, key) in [
        ("another key", told, to, &other),
        ("another phone", told, (BUSINESS, EPOCH, no(4)), &key),
        ("another epoch", told, (BUSINESS, later, no(3)), &key),
        (
            "another shop",
            told,
            (BusinessId([8; 16]), EPOCH, no(3)),
            &key,
        ),
        (
            "another number",
            Incarnation {
                device: no(8),
                ..told
            },
            to,
            &key,
        ),
        ("another fork", Incarnation { fork: 8, ..told }, to, &key),
        ("another slot", Incarnation { slot: None, ..told }, to, &key),
        (
            "another branch",
            Incarnation {
                branch: [4; 16],
                ..told
            },
            to,
            &key,
        ),
    ] {
        assert!(told.verify(to, &key.public()).is_err(), "{what}");
    }
}

#[test]
fn a_branch_says_up_to_where_it_is_known_to_others() {
    let known = Branch {
        acked: 6,
        ..branch()
    };
    let read = SyncRequest::decode(&request(known.clone()).encode()).unwrap();
    assert_eq!(read.branch, Some(known));
}

/// What was said to number 3, as its phone keeps it.
fn link(said: Incarnation) -> Link {
    Link {
        former: no(3),
        last: 11,
        epoch: EPOCH,
        said,
    }
}

#[test]
fn a_branch_shows_how_its_phone_came_by_its_number() {
    let signature = Signature([9; 64]);
    let said = Incarnation {
        signature,
        ..incarnation(&Key::new(5))
    };
    let shown = |line| Branch { line, ..branch() };
    let bytes = request(shown(vec![link(said)])).encode();
    let read = SyncRequest::decode(&bytes).unwrap();
    assert_eq!(read.branch, Some(shown(vec![link(said)])));
    golden::check("branch-line-request", &bytes);
    assert_eq!(Link::decode(&link(said).encode()), Ok(link(said)));

    let shown = |count| request(shown(vec![link(said); count])).encode();
    assert!(SyncRequest::decode(&shown(limits::LINE)).is_ok());
    assert!(SyncRequest::decode(&shown(limits::LINE + 1)).is_err());
    // Nothing moved, and less than nothing.
    let ends = |last| Link { last, ..link(said) };
    assert!(Link::decode(&ends(6).encode()).is_ok());
    assert!(Link::decode(&ends(5).encode()).is_err());
}

#[test]
fn a_link_is_what_this_business_said_of_these_two_numbers() {
    let (key, other) = (Key::new(5), Key::new(6));
    let link = link(incarnation(&key));
    assert_eq!(link.verify(BUSINESS, &key.public()), Ok(()));
    let later = Epoch { number: 2, ..EPOCH };
    let device = no(8);
    for (what, link, business, key) in [
        ("another key", link, BUSINESS, &other),
        ("another shop", link, BusinessId([8; 16]), &key),
        (
            "another number before",
            Link {
                former: no(4),
                ..link
            },
            BUSINESS,
            &key,
        ),
        (
            "another epoch",
            Link {
                epoch: later,
                ..link
            },
            BUSINESS,
            &key,
        ),
        (
            "another number",
            Link {
                said: Incarnation {
                    device,
                    ..link.said
                },
                ..link
            },
            BUSINESS,
            &key,
        ),
    ] {
        assert!(link.verify(business, &key.public()).is_err(), "{what}");
    }
}

#[test]
fn a_branch_that_is_none_is_refused() {
    let pair = |n| (n, ChainValue([1; 32]));
    let cases: [(&str, Branch); 7] = [
        (
            "no counter",
            Branch {
                held: 0,
                ..branch()
            },
        ),
        (
            "fewer than it holds",
            Branch {
                next: 4,
                ..branch()
            },
        ),
        (
            "more is acked than it made",
            Branch {
                acked: 12,
                ..branch()
            },
        ),
        (
            "less than nothing is acked",
            Branch {
                acked: -1,
                ..branch()
            },
        ),
        (
            "a pair above its numbers",
            Branch {
                pairs: vec![pair(12)],
                ..branch()
            },
        ),
        (
            "pairs out of order",
            Branch {
                pairs: vec![pair(7), pair(6)],
                ..branch()
            },
        ),
        (
            "the same pair twice",
            Branch {
                pairs: vec![pair(6), pair(6)],
                ..branch()
            },
        ),
    ];
    for (what, wrong) in cases {
        let read = SyncRequest::decode(&request(wrong).encode());
        assert!(read.is_err(), "{what}");
    }
    let most = i64::try_from(limits::BRANCH_PAIRS).unwrap();
    let many = |count: i64| Branch {
        next: count + 1,
        held: 1,
        pairs: (1..=count).map(pair).collect(),
        ..branch()
    };
    assert!(SyncRequest::decode(&request(many(most)).encode()).is_ok());
    assert!(SyncRequest::decode(&request(many(most + 1)).encode()).is_err());
}

/// Ops and rows that only a fork brings.
fn fork_ops() -> Vec<(&'static str, Op)> {
    let mut sale = samples::ops().swap_remove(3).1;
    sale.born = Some((samples::id(1, 77), BirthMark(*b"birthday")));
    let mut notice = samples::ops().swap_remove(7).1;
    let forked = Code::PhoneForked {
        former: 3,
        device: 9,
        ops: 2,
    };
    notice.facts = vec![
        Fact::Notice(Notice {
            about: None,
            code: Code::KeptApart {
                device: 3,
                batches: 1,
            },
        }),
        Fact::Notice(Notice {
            about: Some(EntryId(samples::id(1, 5))),
            code: forked,
        }),
    ];
    vec![("reissue", sale), ("notice", notice)]
}

#[test]
fn a_reissue_keeps_where_it_was_born_and_a_device_its_line() {
    for (name, sample) in fork_ops() {
        let bytes = op::encode(&sample).unwrap();
        let read = op::decode(sample.id, &bytes.facts, bytes.personal.as_deref()).unwrap();
        assert!(read == sample, "{name}");
        golden::check(&format!("op-{name}"), &bytes.facts);
    }
    let device = Device {
        former: Some(Former {
            device: no(3),
            fork: 7,
            last: 11,
        }),
        ..samples::device(None)
    };
    let sample = Row::Device(device);
    let bytes = row::encode(&sample);
    assert!(row::decode(4, sample.key(), &bytes).unwrap() == sample);
    golden::check("row-incarnation", &bytes);
}

/// Every number in a record, however deep.
fn numbers(record: &Record, found: &mut Vec<i64>) {
    fn value(one: &Value, found: &mut Vec<i64>) {
        match one {
            Value::Int(n) => found.push(*n),
            Value::List(list) => list.iter().for_each(|one| value(one, found)),
            Value::Record(record) => numbers(record, found),
            Value::Text(_) | Value::Bytes(_) => {}
        }
    }
    record.fields().for_each(|(_, one)| value(one, found));
}

/// The samples' ids, all of devices 1 to 3, in some bytes; moments are far above their counters.
fn ids(bytes: &[u8]) -> Vec<Id> {
    let mut found = Vec::new();
    numbers(&Record::decode(bytes, Shape::ENTITY).unwrap(), &mut found);
    let ids = found.into_iter().filter_map(|n| Id::new(n).ok());
    ids.filter(is_of_the_samples).collect()
}

fn is_of_the_samples(id: &Id) -> bool {
    id.device().get() <= 3 && id.counter() < 10_000
}

#[test]
fn nothing_that_an_op_or_a_row_names_is_forgotten_when_numbers_move() {
    let all = |old| Renumbering::new(no(old), 1, (1 << 40) - 1, no(9)).unwrap();
    let maps = [all(1), all(2), all(3)];
    let mut seen = 0;
    for (name, sample) in samples::ops().into_iter().chain(fork_ops()) {
        let before = ids(&op::encode(&sample).unwrap().facts).len();
        let moved = maps
            .iter()
            .fold(sample, |op, map| map.op(&op, BirthMark([1; 8])));
        assert_eq!(moved.id.0.device(), no(9), "{name}");
        let born = moved.born.map(|(id, _)| id);
        let left = ids(&op::encode(&moved).unwrap().facts);
        let left: Vec<Id> = left.into_iter().filter(|id| Some(*id) != born).collect();
        assert_eq!(left, [], "{name}");
        seen += before;
    }
    for (name, sample) in samples::rows() {
        seen += ids(&row::encode(&sample)).len();
        let moved = maps.iter().fold(sample, |row, map| map.row(row));
        assert_eq!(ids(&row::encode(&moved)), [], "{name}");
        let key = Id::new(moved.key());
        assert!(!key.is_ok_and(|id| is_of_the_samples(&id)), "{name}");
    }
    assert!(seen > 30, "the samples name something: {seen}");
}
