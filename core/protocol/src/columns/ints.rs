//! A column of whole numbers, written in whichever of five ways is shortest.

use crate::WireError;
use crate::varint::{self, Bytes};

/// Bits of an id that count within one device (sync §2): `Split` parts ids there.
const COUNTER_BITS: u32 = 40;

/// How a column's numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One number for all rows.
    Same,
    /// Each by itself.
    Plain,
    /// Each as the step from the one before.
    Delta,
    /// Each as the distance from its row's id.
    FromId,
    /// Device parts of ids, then their counters.
    Split,
}

/// In the order in which ties are decided; a way's place is its byte on the wire.
const WAYS: [Way; 5] = [Way::Same, Way::Plain, Way::Delta, Way::FromId, Way::Split];

/// A column as read.
#[derive(Debug, Clone)]
pub(crate) enum Ints {
    Same(i64),
    Each(Vec<i64>),
}

impl Ints {
    pub(crate) fn at(&self, index: usize) -> Option<i64> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(index).copied(),
        }
    }

    /// Reads `count` numbers; `ids` are those of their rows.
    pub(crate) fn read(
        bytes: &mut Bytes<'_>,
        count: usize,
        ids: impl Fn(usize) -> i64,
    ) -> Result<Self, WireError> {
        let way = *WAYS
            .get(usize::from(bytes.byte()?))
            .ok_or(WireError::Columns)?;
        if way == Way::Same {
            return bytes.signed().map(Self::Same);
        }
        if count > bytes.rest().len() {
            return Err(WireError::Truncated);
        }
        let mut values = Vec::with_capacity(count);
        let mut before = 0i64;
        for index in 0..count {
            let read = bytes.signed()?;
            before = match way {
                Way::Same | Way::Plain | Way::Split => read,
                Way::Delta => before.wrapping_add(read),
                Way::FromId => ids(index).wrapping_add(read),
            };
            values.push(before);
        }
        if way == Way::Split {
            for high in &mut values {
                *high = (*high << COUNTER_BITS).wrapping_add(bytes.signed()?);
            }
        }
        Ok(Self::Each(values))
    }
}

/// Appends a column; `ids` are those of the rows, one for each value.
pub(crate) fn write_ints(out: &mut Vec<u8>, values: &[i64], ids: &[i64]) {
    let (code, way) = shortest(values, ids);
    out.push(code);
    match way {
        Way::Same => varint::put_signed(out, values.first().copied().unwrap_or(0)),
        Way::Split => {
            values
                .iter()
                .for_each(|v| varint::put_signed(out, v >> COUNTER_BITS));
            values.iter().for_each(|v| varint::put_signed(out, low(*v)));
        }
        Way::Plain | Way::Delta | Way::FromId => {
            let mut before = 0;
            for (value, id) in values.iter().zip(ids) {
                varint::put_signed(out, step(way, *value, before, *id));
                before = *value;
            }
        }
    }
}

fn shortest(values: &[i64], ids: &[i64]) -> (u8, Way) {
    if values.iter().all(|v| Some(v) == values.first()) {
        return (0, Way::Same);
    }
    let mut sizes = [usize::MAX, 0, 0, 0, 0];
    let mut before = 0;
    for (value, id) in values.iter().zip(ids) {
        for (size, way) in sizes.iter_mut().zip(WAYS).skip(1) {
            *size += match way {
                Way::Split => {
                    varint::signed_len(value >> COUNTER_BITS) + varint::signed_len(low(*value))
                }
                way => varint::signed_len(step(way, *value, before, *id)),
            };
        }
        before = *value;
    }
    let best = (1..WAYS.len()).min_by_key(|way| sizes[*way]).unwrap_or(1);
    (best as u8, WAYS[best])
}

fn step(way: Way, value: i64, before: i64, id: i64) -> i64 {
    match way {
        Way::Delta => value.wrapping_sub(before),
        Way::FromId => value.wrapping_sub(id),
        Way::Same | Way::Plain | Way::Split => value,
    }
}

fn low(value: i64) -> i64 {
    value & ((1 << COUNTER_BITS) - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn size_after_round_trip(values: &[i64], ids: &[i64]) -> usize {
        let mut out = Vec::new();
        write_ints(&mut out, values, ids);
        let mut bytes = Bytes::new(&out);
        let read = Ints::read(&mut bytes, values.len(), |i| ids[i]).unwrap();
        bytes.end().unwrap();
        let read: Vec<i64> = (0..values.len()).map(|i| read.at(i).unwrap()).collect();
        assert_eq!(read, values);
        out.len()
    }

    #[test]
    fn each_way_is_taken_where_it_is_short() {
        let ids: Vec<i64> = (0..10).map(|i| (2 << 40) + 1_000 + 5 * i).collect();
        for (name, values, most) in [
            ("one value", vec![7; 10], 2),
            ("small values", (0..10).map(|i| (i * 37) % 64).collect(), 11),
            (
                "growing",
                (0..10).map(|i| 1_700_000_000_000 + i * 50).collect(),
                1 + 6 + 9,
            ),
            (
                "near the id",
                ids.iter()
                    .enumerate()
                    .map(|(i, id)| id - (i as i64 % 3))
                    .collect(),
                11,
            ),
            (
                "ids of devices",
                (0..10)
                    .map(|i| ((1 + i % 3) << 40) + (i * 61) % 128)
                    .collect(),
                1 + 10 + 20,
            ),
        ] {
            let size = size_after_round_trip(&values, &ids);
            assert!(size <= most, "{name}: {size} bytes");
        }
    }

    proptest! {
        #[test]
        fn every_column_comes_back(values in proptest::collection::vec(any::<i64>(), 0..20), seed: i64) {
            let ids: Vec<i64> = (0..values.len() as i64).map(|i| seed.wrapping_mul(i)).collect();
            size_after_round_trip(&values, &ids);
        }
    }
}
