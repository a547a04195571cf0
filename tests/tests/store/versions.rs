//! Files of older and newer programs.
//!
//! Each released version has its file in `fixtures/store`, made by that version with the key of these tests and one
//! value in it.

use rusqlite::{Connection, OpenFlags};

use super::*;

#[test]
fn a_file_of_every_older_version_opens_and_becomes_what_a_new_one_is() {
    let new = Machine::new(1);
    drop(open(&new).unwrap());
    let latest = version(&new);

    let fixtures: [(u32, &[u8], &[u8]); 1] = [(
        1,
        include_bytes!("../../fixtures/store/v1/store.db"),
        include_bytes!("../../fixtures/store/v1/store.db-key-check"),
    )];
    for (from, file, key_check) in fixtures {
        let machine = Machine::new(1);
        machine.replace(FILE, file);
        machine.replace("store.db-key-check", key_check);
        assert_eq!(version(&machine), from);

        let store = open(&machine).unwrap();
        let shop = store.read(|reader| meta::get(reader, "shop")).unwrap();
        assert_eq!(shop.unwrap(), "Кав'ярня".as_bytes(), "version {from}");
        drop(store);
        assert_eq!(version(&machine), latest);
        assert_eq!(schema(&machine), schema(&new), "version {from}");
    }
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let machine = Machine::new(1);
    drop(open(&machine).unwrap());
    raw(&machine)
        .execute_batch("PRAGMA user_version = 4000")
        .unwrap();
    let before = machine.read(FILE);
    let refused = open(&machine);
    assert!(
        matches!(refused, Err(StoreError::TooNew { found: 4000, known }) if known < 4000),
        "{}",
        show(refused)
    );
    assert!(machine.read(FILE) == before);
}

/// The file with which the border tests meet `TooNew`: the first version's, raised by a program of the future.
#[test]
fn the_newer_file_of_the_fixtures_is_refused_and_left_alone() {
    let machine = Machine::new(1);
    let key_check = include_bytes!("../../fixtures/store/v1/store.db-key-check");
    machine.replace("store.db-key-check", key_check);
    if std::env::var_os("KARTKA_BLESS").is_some() {
        machine.replace(FILE, include_bytes!("../../fixtures/store/v1/store.db"));
        let raise = format!("PRAGMA user_version = {FUTURE}");
        raw(&machine).execute_batch(&raise).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/store/newer");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("kartka.db"), machine.read(FILE).unwrap()).unwrap();
        std::fs::write(folder.join("kartka.db-key-check"), key_check).unwrap();
    }
    let newer =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/store/newer/kartka.db");
    let newer = std::fs::read(newer).unwrap();
    machine.replace(FILE, &newer);
    let refused = open(&machine);
    let too_new = matches!(refused, Err(StoreError::TooNew { found: FUTURE, .. }));
    assert!(too_new, "{}", show(refused));
    assert!(machine.read(FILE) == Some(newer));
}

/// A version that no program of ours will reach.
const FUTURE: u32 = 4000;

fn version(machine: &Machine) -> u32 {
    raw(machine)
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn schema(machine: &Machine) -> Vec<String> {
    raw(machine)
        .prepare("SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The closed file as another program sees it.
fn raw(machine: &Machine) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let conn =
        Connection::open_with_flags_and_vfs(machine.path(FILE), flags, "kartka-memory").unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", "c5".repeat(32));
    let cipher = "PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256";
    conn.execute_batch(&key).unwrap();
    conn.execute_batch(cipher).unwrap();
    conn
}
