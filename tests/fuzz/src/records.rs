//! Records, ops, rows, pages and keys: what lies in files and travels in messages.

use kartka_domain::ids::OpId;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::page::Page;
use kartka_protocol::{op, row};

/// One reading has one writing: accepted bytes are the canonical ones (sync §4).
pub(crate) fn fields(bytes: &[u8]) {
    if let Ok(record) = Record::decode(bytes, Shape::REQUEST) {
        assert!(record.encode() == bytes, "a second writing was accepted");
    }
}

/// Two bytes say how long the facts are; the rest, if any, is the personal section.
pub(crate) fn op(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    let (facts, personal) = rest.split_at(length);
    let personal = (!personal.is_empty()).then_some(personal);
    let Ok(id) = OpId::new((1 << 40) | 1) else {
        return;
    };
    let Ok(op) = op::decode(id, facts, personal) else {
        return;
    };
    // What is out of bounds for a new op is not written again; what is written reads the same.
    if let Ok(written) = op::encode(&op) {
        let read = op::decode(id, &written.facts, written.personal.as_deref());
        assert!(read.as_ref() == Ok(&op), "an op came back as another");
    }
}

/// A kind, a key of eight bytes and a record.
pub(crate) fn row(bytes: &[u8]) {
    let Some((&kind, rest)) = bytes.split_first() else {
        return;
    };
    let Some((key, record)) = rest.split_first_chunk::<8>() else {
        return;
    };
    if let Ok(row) = row::decode(kind, i64::from_be_bytes(*key), record) {
        let again = row::decode(row.kind() as u8, row.key(), &row::encode(&row));
        assert!(again.as_ref() == Ok(&row), "a row came back as another");
    }
}

/// A page as it comes in an answer.
pub(crate) fn page(bytes: &[u8]) {
    let Ok(page) = Page::decode(bytes) else {
        return;
    };
    for row in &page.rows {
        assert!(
            row.seq > page.from && row.seq <= page.to,
            "a row outside its page"
        );
        // A newer kind is an error to `read` and is still kept; it must only not panic.
        let _ = row.read();
    }
}

/// The keys of a business, as pairing hands them over.
pub(crate) fn keys(bytes: &[u8]) {
    if let Ok(keys) = ShopKeys::decode(bytes) {
        let written = keys.encode();
        let again = ShopKeys::decode(&written).map(|keys| keys.encode());
        assert!(again == Ok(written), "keys came back as others");
    }
}
