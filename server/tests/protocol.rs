//! The exchange between phones and an authority over its real store, without a network.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::*;
use kartka_domain::codes::Code;
use kartka_domain::founding::BONUS;
use kartka_domain::ids::Seq;
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::Month;
use kartka_domain::money::{Money, Points};
use kartka_domain::op::Fact;
use kartka_domain::purchase::{ONE, Parts, ReturnKind, ReturnedLine, Share, ShareKind, VoidReason};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::message::{Flag, Refusal};
use kartka_protocol::pairing::PairingQr;
use kartka_protocol::scope::Scope;
use kartka_server::store::read;
use kartka_server::{Rights, StoreError};
use p256::ecdsa::SigningKey;

const MINUTE: i64 = 60_000;

#[test]
fn what_one_phone_sells_the_other_sees_and_both_agree_with_the_server() {
    let place = Place::new();
    let authority = place.found();
    let (mut one, mut two) = (Phone::pair(&authority, 1), Phone::pair(&authority, 2));
    let anna = one.register(at(0));
    one.sell(Some(anna), 10_000, at(MINUTE));
    place.clock.pass(2 * MINUTE);
    one.sync_all(&authority, MORNING + 2 * MINUTE);
    two.sync_all(&authority, MORNING + 2 * MINUTE);
    assert_eq!((one.balance(anna), two.balance(anna)), (500, 500));
    two.sell(Some(anna), 2_000, at(3 * MINUTE));
    two.sell(None, 7_777, at(4 * MINUTE));
    place.clock.pass(3 * MINUTE);
    two.sync_all(&authority, MORNING + 5 * MINUTE);
    one.sync_all(&authority, MORNING + 5 * MINUTE);
    two.sync_all(&authority, MORNING + 5 * MINUTE);
    assert_eq!((one.balance(anna), two.balance(anna)), (600, 600));
    assert_eq!(one.rows, two.rows);
}

#[test]
fn a_lost_answer_loses_nothing_and_a_repeated_push_changes_nothing() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    let anna = phone.register(at(0));
    phone.sell(Some(anna), 10_000, at(1));
    let request = phone.request(MORNING);
    let sealed = phone.seal(&request);
    let first = authority.sync(&sealed).unwrap();
    let head = authority.head().unwrap();
    // The answer is lost; the same bytes come again, then a new request with the same batch and one more sale.
    let again = authority.sync(&sealed).unwrap();
    assert_eq!(first, again);
    phone.sell(Some(anna), 10_000, at(2));
    phone.sync_all(&authority, MORNING);
    assert_eq!(phone.balance(anna), 1_000);
    assert_eq!(authority.head().unwrap().head.seq, Seq(head.head.seq.0 + 1));
}

#[test]
fn a_gap_is_answered_with_the_last_number_held_and_filled_by_the_next_push() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    for n in 0..120 {
        phone.sell(None, 100 + n, at(n));
    }
    let mut request = phone.request(MORNING);
    assert_eq!(request.batches.len(), 3);
    request.batches.remove(1);
    let answer = authority.sync(&phone.seal(&request)).unwrap();
    let answer = phone.take(&request, &answer).unwrap();
    assert_eq!(answer.acked.last, 50);
    phone.sync_all(&authority, MORNING);
    assert_eq!(phone.rows.len(), 4 + 1 + 120);
}

#[test]
fn a_push_that_ends_below_what_is_held_is_only_answered() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    for n in 0..100 {
        phone.sell(None, 100 + n, at(n));
    }
    let early = phone.request(MORNING);
    phone.sync_all(&authority, MORNING);
    let mut late = phone.request(MORNING);
    late.batches = early.batches[..1].to_vec();
    let answer = authority.sync(&phone.seal(&late)).unwrap();
    let answer = phone.take(&late, &answer).unwrap();
    assert_eq!(answer.acked.last, 100);
    assert_eq!(answer.acked.chain, phone.chain);
}

#[test]
fn what_a_copy_pushes_is_kept_apart_and_told_and_its_original_goes_on() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    phone.sell(None, 100, at(0));
    phone.sync_all(&authority, MORNING);
    // A copy is made here; both go on under the same number.
    let (chain, next) = (phone.chain, phone.next);
    phone.sell(None, 200, at(1));
    phone.sync_all(&authority, MORNING);
    let original = (phone.chain, phone.next, phone.ops.clone());
    (phone.chain, phone.next) = (chain, next);
    phone.sell(None, 300, at(1));
    for _ in 0..2 {
        let refused = phone.sync(&authority, MORNING).unwrap_err();
        assert_eq!(refused, Refusal::Fork { acked: 2 });
    }
    // A branch that is longer than what is held is one as well.
    phone.sell(None, 400, at(2));
    let refused = phone.sync(&authority, MORNING).unwrap_err();
    assert_eq!(refused, Refusal::Fork { acked: 2 });
    let (sales, told) = read(authority.store(), |db| {
        Ok((db.count(RowKind::Purchase)?, db.rows_of(RowKind::Inbox)?))
    })
    .unwrap();
    assert_eq!(sales, 2, "nothing of the copy was applied");
    let told: Vec<Row> = told.iter().map(|wire| wire.read().unwrap()).collect();
    let [Row::Inbox(item)] = &told[..] else {
        panic!("one thing to look at, not {}", told.len());
    };
    let device = i64::from(phone.device().get());
    assert_eq!(item.code, Code::KeptApart { device, batches: 2 });
    // The original is not blocked by what its copy did.
    phone.outbox.clear();
    (phone.chain, phone.next, phone.ops) = original;
    phone.sell(None, 500, at(3));
    phone.sync_all(&authority, MORNING);
    let sales = read(authority.store(), |db| db.count(RowKind::Purchase));
    assert_eq!(sales.unwrap(), 3);
}

#[test]
fn only_what_the_device_signed_is_taken() {
    let place = Place::new();
    let authority = place.found();
    let (mut one, mut two) = (Phone::pair(&authority, 1), Phone::pair(&authority, 2));
    one.sell(None, 100, at(0));
    two.sell(None, 100, at(0));
    let head = authority.head().unwrap().head;
    let refused = |phone: &Phone, request| {
        let sealed = phone.seal(request);
        refusal(authority.sync(&sealed).unwrap_err())
    };
    // Somebody else's key under an own name.
    let request = one.request(MORNING);
    let key = std::mem::replace(&mut one.key, signing_key(9));
    assert_eq!(refused(&one, &request), Refusal::Unauthorised);
    one.key = key;
    // A batch that was changed on the way.
    let mut request = one.request(MORNING);
    request.batches[0].signature.0[40] ^= 1;
    assert_eq!(refused(&one, &request), Refusal::Unauthorised);
    let mut request = one.request(MORNING);
    request.batches[0].chain.0[0] ^= 1;
    assert_eq!(refused(&one, &request), Refusal::Unauthorised);
    // Another device's request in an own envelope.
    let theirs = two.request(MORNING);
    assert_eq!(refused(&one, &theirs), Refusal::Malformed);
    // Another business.
    let own = one.request(MORNING);
    one.paired.business.id.0[0] ^= 1;
    assert_eq!(refused(&one, &own), Refusal::Unauthorised);
    let stolen = one.request(MORNING);
    one.paired.business.id.0[0] ^= 1;
    assert_eq!(refused(&one, &stolen), Refusal::Unauthorised);
    // A byte more or less.
    let mut sealed = one.seal(&own);
    sealed.push(0);
    assert_eq!(
        refusal(authority.sync(&sealed).unwrap_err()),
        Refusal::Malformed
    );
    assert_eq!(authority.head().unwrap().head, head);
}

#[test]
fn a_token_lets_one_phone_in_once_and_in_time() {
    let place = Place::new();
    let authority = place.found();
    let (one, two) = (signing_key(1), signing_key(2));
    let pair =
        |qr: &PairingQr, key: &SigningKey| authority.pair(&pair_request(qr, key, "Till").encode());
    let refused = |qr: &PairingQr, key: &SigningKey| refusal(pair(qr, key).unwrap_err());
    let qr = authority.pairing("http://shop", Rights::Recent).unwrap();
    let first = pair(&qr, &one).unwrap();
    // The answer was lost: the same phone gets the same number again; another phone nothing.
    let request = pair_request(&qr, &one, "Till").encode();
    let number = |answer: &[u8]| Phone::from_answer(one.clone(), &qr, &request, answer).device();
    assert_eq!(number(&pair(&qr, &one).unwrap()), number(&first));
    assert_eq!(refused(&qr, &two), Refusal::PairingRefused);
    // A key that is enrolled already does not come twice.
    let other = authority.pairing("http://shop", Rights::Recent).unwrap();
    assert_eq!(refused(&other, &one), Refusal::PairingRefused);
    place.clock.pass(10 * MINUTE);
    assert!(pair(&other, &two).is_ok());
    let late = authority.pairing("http://shop", Rights::Recent).unwrap();
    place.clock.pass(10 * MINUTE + 1);
    assert_eq!(refused(&late, &signing_key(3)), Refusal::PairingRefused);
    let mut unknown = late;
    unknown.token[0] ^= 1;
    assert_eq!(refused(&unknown, &signing_key(3)), Refusal::PairingRefused);
    let phones = authority.phones().unwrap();
    assert_eq!(phones, 2);
}

#[test]
fn a_name_and_a_key_are_checked_before_a_token_is_spent() {
    let place = Place::new();
    let authority = place.found();
    let qr = authority.pairing("http://shop", Rights::Recent).unwrap();
    let good = pair_request(&qr, &signing_key(1), "Till");
    let outcome = |request: &kartka_protocol::message::PairRequest| {
        authority.pair(&request.encode()).map(drop).map_err(refusal)
    };
    let mut bad = good.clone();
    bad.public_key = [2; 33];
    bad.public_key[1..].fill(0xFF);
    assert_eq!(outcome(&bad), Err(Refusal::Malformed));
    for (name, want) in [
        ("", Err(Refusal::Malformed)),
        ("  ", Err(Refusal::Malformed)),
        (&"ї".repeat(65), Err(Refusal::Malformed)),
        (&"ї".repeat(64), Ok(())),
    ] {
        let named = kartka_protocol::message::PairRequest {
            name: name.to_owned(),
            ..good.clone()
        };
        assert_eq!(outcome(&named), want, "{}", name.len());
    }
    let mut old = good;
    old.proto = 0;
    assert_eq!(outcome(&old), Err(Refusal::ProtocolTooOld { min: 1 }));
}

#[test]
fn epochs_are_ordered_and_a_server_that_went_back_is_told_so() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    phone.sync_all(&authority, MORNING);
    let epoch = phone.paired.head.head.epoch;
    phone.paired.head.head.epoch.number += 1;
    assert_eq!(
        phone.sync(&authority, MORNING).unwrap_err(),
        Refusal::EpochBehind
    );
    phone.paired.head.head.epoch = epoch;
    // A head that this key never signed proves nothing.
    let honest = phone.paired.head;
    phone.paired.head.head.seq = Seq(1_000);
    assert_eq!(
        phone.sync(&authority, MORNING).unwrap_err(),
        Refusal::Malformed
    );
    phone.paired.head = honest;

    // The machine is set back to an older copy of the file: its own signature tells it, and it takes the next epoch.
    let business = authority.business();
    drop(authority);
    let copy = place.folder.path().join("copy");
    copy_folder(&place.data(), &copy);
    let authority = place.open(business).unwrap();
    phone.sell(None, 100, at(0));
    phone.sync_all(&authority, MORNING);
    drop(authority);
    std::fs::remove_dir_all(place.data()).unwrap();
    std::fs::rename(&copy, place.data()).unwrap();
    let authority = place.open(business).unwrap();
    let answer = phone.sync(&authority, MORNING).unwrap();
    assert_eq!(answer.head.head.epoch.number, epoch.number + 1);
    assert_eq!(answer.lineage.len(), 2);
    assert_eq!(answer.acked.last, 0, "what was lost is not held");
    drop(authority);
    let authority = place.open(business).unwrap();
    assert_eq!(authority.head().unwrap().head.epoch, answer.head.head.epoch);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_wrong_clock_gets_a_time_and_the_author_is_told() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    phone.sync_all(&authority, MORNING);
    // The wall clock is ten days ahead, the monotonic one is right.
    let mut sale = phone.draft(sale_of(None, 100, at(0)), at(0));
    sale.time.wall = at(10 * 24 * 60 * MINUTE);
    let purchase = phone.commit_op(sale);
    place.clock.pass(5 * MINUTE);
    phone.sync_all(&authority, MORNING + 5 * MINUTE);
    let Some(Row::Purchase(kept)) = phone.row(RowKind::Purchase, purchase.get()) else {
        panic!("the purchase is not there");
    };
    assert_eq!(kept.at.date.to_string(), "2026-03-10");
    assert!(kept.at.instant_ms <= MORNING + 5 * MINUTE);
}

#[test]
fn small_budgets_lead_to_the_same_rows() {
    let place = Place::new();
    let authority = place.found();
    let mut author = Phone::pair(&authority, 1);
    let anna = author.register(at(0));
    for n in 0..400 {
        author.sell(Some(anna), 1_000 + n, at(n));
    }
    author.sync_all(&authority, MORNING);
    let mut wide = Phone::pair(&authority, 2);
    wide.sync_all(&authority, MORNING);
    let mut narrow = Phone::pair(&authority, 3);
    narrow.budget = 700;
    let first = narrow.sync(&authority, MORNING).unwrap();
    assert!(first.flags.has(Flag::More));
    narrow.sync_all(&authority, MORNING);
    wide.sync_all(&authority, MORNING);
    assert_eq!(narrow.rows, wide.rows);
}

#[test]
fn a_scope_pulled_anew_brings_back_own_facts_however_small_the_pieces() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    for n in 0..300 {
        phone.sell(None, 1_000 + n, at(n));
    }
    phone.sync_all(&authority, MORNING);
    let whole = phone.rows.clone();
    let month = Scope::Month(Month(2026 * 12 + 2));
    phone.rows.retain(|_, (scope, _)| *scope != month);
    phone.cursors.insert(month, Seq(0));
    phone.budget = 700;
    phone.sync_all(&authority, MORNING);
    assert_eq!(phone.rows, whole);
}

#[test]
fn old_months_are_for_the_owner() {
    let place = Place::new();
    let authority = place.found();
    let month = |n| Scope::Month(Month(2026 * 12 + 2 - n));
    for (rights, seed) in [(Rights::Recent, 1), (Rights::History, 2)] {
        let mut phone = Phone::pair_with(&authority, seed, rights);
        for n in [3, 4] {
            phone.cursors.insert(month(n), Seq(0));
        }
        let answer = phone.sync(&authority, MORNING).unwrap();
        let served = |scope| answer.cursors.iter().any(|(of, _)| *of == scope);
        assert!(served(month(3)), "{rights:?}");
        assert_eq!(served(month(4)), rights == Rights::History);
        let oldest = (rights == Rights::Recent).then_some(Month(2026 * 12 - 1));
        assert_eq!(answer.oldest_month, oldest);
    }
}

#[test]
fn what_the_authority_changed_comes_in_own() {
    let place = Place::new();
    let authority = place.found();
    let (mut one, mut two) = (Phone::pair(&authority, 1), Phone::pair(&authority, 2));
    let sale = one.sell(None, 1_000, at(0));
    one.sync_all(&authority, MORNING);
    two.sync_all(&authority, MORNING);
    let void = |phone: &mut Phone| {
        let fact = Fact::Return {
            purchase: sale,
            kind: ReturnKind::Void(VoidReason::Mistake),
            lines: vec![ReturnedLine {
                line: 0,
                quantity: ONE,
            }],
        };
        phone.commit(vec![fact], at(1)).get()
    };
    let (first, second) = (void(&mut one), void(&mut two));
    one.sync_all(&authority, MORNING);
    two.sync_all(&authority, MORNING);
    one.sync_all(&authority, MORNING);
    let verdict = |phone: &Phone, id| match phone.row(RowKind::Return, id) {
        Some(Row::Return(back)) => back.verdict.map(|(_, code)| code),
        _ => panic!("the return is not there"),
    };
    assert_eq!(verdict(&two, second), Some(Code::AlreadyVoided));
    assert_eq!(verdict(&one, second), Some(Code::AlreadyVoided));
    assert_eq!(one.rows, two.rows);
    assert!(one.rows.contains_key(&(RowKind::Return as u8, first)));
}

#[test]
fn the_same_request_twice_counts_once() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    let anna = phone.register(at(0));
    let sale = phone.sell(Some(anna), 1_000, at(1));
    let mut twin = phone.ops[&kartka_domain::ids::OpId(sale.0)].clone();
    twin.id = kartka_domain::ids::OpId(phone.device().id(phone.next).unwrap());
    phone.commit_op(twin);
    phone.sync_all(&authority, MORNING);
    assert_eq!(phone.balance(anna), 50);
}

#[test]
fn an_op_that_nobody_understands_blocks_nothing() {
    let place = Place::new();
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 1);
    phone.sell(None, 1_000, at(0));
    // A sale of a later version: its kind of entry is unknown here.
    let mut record = kartka_protocol::fields::Record::new();
    let mut entry = kartka_protocol::fields::Record::new();
    entry.put(1, 999_i64);
    record.put_records(23, [entry]);
    let bytes = record.encode();
    let none = kartka_protocol::chain::PersonalHash::NONE;
    phone.chain = phone.chain.next(&bytes, &none);
    phone.next += 1;
    let sealed = phone.outbox.last_mut().unwrap();
    sealed.entries += 1;
    sealed.ops.push(kartka_protocol::batch::BatchOp {
        facts: bytes,
        personal: kartka_protocol::batch::Personal::None,
    });
    let last = phone.sell(None, 2_000, at(1));
    let answer = phone.sync(&authority, MORNING).unwrap();
    assert_eq!((answer.acked.last, answer.acked.chain), (3, phone.chain));
    let mut other = Phone::pair(&authority, 2);
    other.sync_all(&authority, MORNING);
    assert!(other.row(RowKind::Purchase, last.get()).is_some());
}

#[test]
fn a_business_opens_again_with_its_key_and_not_with_another() {
    let place = Place::new();
    let authority = place.found();
    let business = authority.business();
    let mut phone = Phone::pair(&authority, 1);
    phone.sell(None, 1_000, at(0));
    phone.sync_all(&authority, MORNING);
    let head = authority.head().unwrap();
    assert!(matches!(place.open(business), Err(StoreError::Busy)));
    drop(authority);
    let authority = place.open(business).unwrap();
    assert_eq!(authority.head().unwrap().head, head.head);
    phone.sell(None, 1_000, at(1));
    phone.sync_all(&authority, MORNING);
    drop(authority);

    let keys = place.folder.path().join("data.keys");
    let name = |what: &str| {
        let of = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
        let all = std::fs::read_dir(&keys).unwrap().map(of);
        all.into_iter()
            .find(|path| path.extension().is_some_and(|e| e == what))
            .unwrap()
    };
    let key = std::fs::read(name("key")).unwrap();
    std::fs::write(name("key"), [7; 32]).unwrap();
    assert!(matches!(place.open(business), Err(StoreError::WrongKey)));
    std::fs::remove_file(name("key")).unwrap();
    assert!(matches!(place.open(business), Err(StoreError::NoKey)));
    let path = keys.join(name("epoch").with_extension("key"));
    std::fs::write(path, key).unwrap();
    // A later epoch was served from here: this file is an old one.
    std::fs::write(name("epoch"), [0xFF; 16]).unwrap();
    assert!(matches!(
        place.open(business),
        Err(StoreError::EpochBehind { .. })
    ));
    std::fs::remove_file(name("epoch")).unwrap();
    assert!(place.open(business).is_ok());
}

const DAY: i64 = 24 * 60 * MINUTE;

/// The one expiry or counter-entry of a kind that a phone knows.
fn posted(phone: &Phone, kind: EntryKind) -> Vec<i64> {
    let entries = phone.rows.values().map(|(_, wire)| wire.read().unwrap());
    entries
        .filter_map(|row| match row {
            Row::Entry(entry) if entry.kind == kind => Some(entry.effect().points.0),
            _ => None,
        })
        .collect()
}

#[test]
fn points_end_three_days_after_their_last_day_and_come_back_for_a_sale_made_in_time() {
    // The last day of what is earned now.
    let last = card().lot(at(0).date).expires_on.unwrap();
    let life = (last - at(0).date).num_days() * DAY;
    let place = Place::new();
    let authority = place.found();
    let (mut here, mut away) = (Phone::pair(&authority, 1), Phone::pair(&authority, 2));
    for phone in [&mut here, &mut away] {
        phone
            .cursors
            .insert(Scope::Month(Month::of(at(life).date)), Seq(0));
    }
    let anna = here.register(at(0));
    here.commit(sale_of(Some(anna), 6_000, at(0)), at(0));
    here.sync_all(&authority, MORNING);
    away.sync_all(&authority, MORNING);

    // For three days the phones may still bring what they sold; on the fourth it is over.
    place.clock.pass(life + 3 * DAY);
    here.sync_all(&authority, MORNING + life + 3 * DAY);
    assert_eq!(posted(&here, EntryKind::Expire), [0; 0]);
    place.clock.pass(DAY);
    for n in 0..2 {
        here.sell(None, 1_000 + n, at(life + 4 * DAY));
        here.sync_all(&authority, MORNING + life + 4 * DAY);
    }
    assert_eq!(posted(&here, EntryKind::Expire), [-300]);
    assert_eq!(here.balance(anna), 0);

    // The other phone was offline and took 200 of them on the last day.
    let taken = at(life);
    let mut facts = sale_of(None, 1_000, taken);
    if let Some(Fact::Sale(sale)) = facts.first_mut() {
        sale.customer = Some(anna);
        sale.lines[0].shares = vec![Share {
            instrument: BONUS,
            kind: ShareKind::Points,
            value: Money(200),
            points: Points(200),
        }];
        sale.parts = Parts {
            cash: Money(800),
            points: Money(200),
            ..Parts::default()
        };
    }
    facts.push(Fact::Claim(redeem(anna, 200)));
    away.commit(facts, taken);
    away.sell(None, 500, taken);
    away.sync_all(&authority, MORNING + life + 4 * DAY);
    here.sync_all(&authority, MORNING + life + 4 * DAY);
    away.sync_all(&authority, MORNING + life + 4 * DAY);
    assert_eq!(posted(&here, EntryKind::Revive), [200]);
    assert_eq!((here.balance(anna), away.balance(anna)), (0, 0));
    assert_eq!(here.rows, away.rows);
}
