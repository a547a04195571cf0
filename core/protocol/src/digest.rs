//! Digests: whether two stores hold the same rows, without sending them (sync §4).
//!
//! An order-free sum modulo 2¹²⁸ of keyed BLAKE3 over each row's kind, id, seq and record bytes, with
//! its unknown fields. A row is added when it is written and removed when it is replaced, so nobody
//! ever walks all rows to compare. Where a phone shows a row with pending ops over it, the
//! authority's bytes (the shadow) are what counts.

use crate::rows::WireRow;

/// Keys the sum, so that a device cannot make rows that cancel each other out for others.
#[derive(Clone, Copy)]
pub struct DigestKey(pub [u8; 32]);

impl std::fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestKey")
    }
}

/// The sum over a set of rows; the empty set is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u128);

impl Digest {
    /// The sum with one more row.
    #[must_use]
    pub fn plus(self, key: &DigestKey, row: &WireRow) -> Self {
        Self(self.0.wrapping_add(weigh(key, row)))
    }

    /// The sum without a row that was in it.
    #[must_use]
    pub fn minus(self, key: &DigestKey, row: &WireRow) -> Self {
        Self(self.0.wrapping_sub(weigh(key, row)))
    }

    /// The sum over all rows.
    pub fn of<'a>(key: &DigestKey, rows: impl IntoIterator<Item = &'a WireRow>) -> Self {
        rows.into_iter()
            .fold(Self::default(), |sum, row| sum.plus(key, row))
    }

    /// As stored and sent, big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// From stored or received bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

fn weigh(key: &DigestKey, row: &WireRow) -> u128 {
    let mut head = [0u8; 17];
    head[0] = row.kind;
    head[1..9].copy_from_slice(&row.id.to_be_bytes());
    head[9..17].copy_from_slice(&row.seq.0.to_be_bytes());
    let hash = blake3::Hasher::new_keyed(&key.0)
        .update(&head)
        .update(&row.record)
        .finalize();
    let mut low = [0u8; 16];
    low.copy_from_slice(&hash.as_bytes()[..16]);
    u128::from_be_bytes(low)
}

#[cfg(test)]
mod tests {
    use kartka_domain::ids::Seq;

    use super::*;

    fn row(kind: u8, id: i64, seq: i64, record: &[u8]) -> WireRow {
        WireRow {
            kind,
            id,
            seq: Seq(seq),
            record: record.to_vec(),
        }
    }

    #[test]
    fn the_order_of_writes_does_not_matter_and_a_replaced_row_leaves_no_trace() {
        let key = DigestKey([1; 32]);
        let (a, b) = (row(1, 5, 9, b"x"), row(1, 6, 8, b"y"));
        let old = row(1, 5, 3, b"w");
        let straight = Digest::of(&key, [&a, &b]);
        let with_history = Digest::default()
            .plus(&key, &old)
            .plus(&key, &b)
            .minus(&key, &old)
            .plus(&key, &a);
        assert_eq!(straight, with_history);
        assert_eq!(straight.minus(&key, &a).minus(&key, &b), Digest::default());
        assert_eq!(Digest::from_bytes(straight.to_bytes()), straight);
    }

    #[test]
    fn any_difference_shows() {
        let key = DigestKey([1; 32]);
        let sum = |row: &WireRow| Digest::default().plus(&key, row);
        let base = row(1, 5, 9, b"x");
        for other in [
            row(2, 5, 9, b"x"),
            row(1, 6, 9, b"x"),
            row(1, 5, 8, b"x"),
            row(1, 5, 9, b"xy"),
        ] {
            assert_ne!(sum(&base), sum(&other), "{other:?}");
        }
        assert_ne!(
            sum(&base),
            Digest::default().plus(&DigestKey([2; 32]), &base)
        );
    }
}
