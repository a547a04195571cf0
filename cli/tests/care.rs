//! What brings a shop back and what takes a person out of it, by the real command.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Desk, run_at};

#[test]
fn a_shop_comes_back_from_its_copy_by_the_sheet_and_by_nothing_else() {
    let desk = Desk::founded();
    let customer = desk.json("register --given Olena --issue");
    let card = customer["cards"][0].as_str().unwrap().to_owned();
    desk.json(&format!("sell 100 --card {card}"));
    let copies = tempfile::tempdir().unwrap();
    let to = copies.path().display().to_string();
    assert_eq!(desk.json("copy")["overdue"], true);
    assert_eq!(desk.refused(&format!("copy --to {to}")).1, "input");
    let sheet = desk.json("sheet --new");
    assert_eq!(desk.json("sheet")["printed"], false);
    assert_eq!(desk.refused("sheet --confirm 00000").1, "input");
    let qr = sheet["qr"].as_str().unwrap();
    assert_eq!(desk.json(&format!("sheet --confirm {qr}"))["printed"], true);
    let made = desk.json(&format!("copy --to {to}"));
    let file = made["file"].as_str().unwrap();
    assert_eq!(desk.json("copy")["overdue"], false);

    let new = Desk::new();
    let wrong = Desk::founded().json("sheet --new");
    let wrong = wrong["qr"].as_str().unwrap().to_owned();
    assert_eq!(
        new.refused(&format!("restore {file} --sheet {wrong}")).1,
        "input"
    );
    new.json(&format!("restore {file} --sheet {qr}"));
    assert_eq!(new.json("report")["day"]["receipts"], 1);
    new.json(&format!("sell 50 --card {card}"));
    // Nothing is put over a shop that is there.
    let again = run_at(&new.data, &format!("restore {file} --sheet {qr}"));
    assert_ne!(again.code, 0);
    assert_eq!(new.json("report")["day"]["receipts"], 2);
}

#[test]
fn a_person_is_erased_and_the_proof_is_shown() {
    let desk = Desk::founded();
    let customer = desk.json("register --given Olena --phone 0671234567");
    let id = customer["customer"].as_str().unwrap();
    assert_eq!(desk.json("erase").as_array().unwrap().len(), 0);
    let proofs = desk.json(&format!("erase {id}"));
    assert_eq!(proofs[0]["complete"], true, "{proofs}");
    assert_eq!(desk.json("find Olena").as_array().unwrap().len(), 0);
    assert_eq!(desk.refused(&format!("erase {id}")).1, "not_found");
}

#[test]
fn what_waits_goes_into_a_file_and_the_only_copy_stays() {
    let desk = Desk::founded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.kartka").display().to_string();
    assert_eq!(desk.refused(&format!("outbox --export {file}")).1, "input");
    let qr = desk.json("sheet --new")["qr"].as_str().unwrap().to_owned();
    desk.json(&format!("sheet --confirm {qr}"));
    // A founding device decides by itself: nothing of it waits for anybody, and it may not be emptied.
    assert_eq!(desk.json("outbox")["outbox"], 0);
    assert_eq!(desk.json(&format!("outbox --export {file}"))["ops"], 0);
    assert_eq!(desk.refused("sign-out").1, "OnlyCopyHere");
    let carry = format!("outbox --carry {file} --sheet {qr}");
    assert_ne!(desk.refused(&carry).0, 0);
}
