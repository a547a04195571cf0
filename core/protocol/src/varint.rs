//! Variable-length integers and a reader over untrusted bytes, for the columns.
//!
//! Little-endian groups of 7 bits; signed numbers as zigzag. A number has at most 10 bytes.

use crate::WireError;

/// Appends `value`.
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a length or count.
pub(crate) fn put_len(out: &mut Vec<u8>, len: usize) {
    put(out, len as u64);
}

/// Appends a signed number.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, zigzag(value));
}

/// Bytes that [`put_signed`] would append.
pub(crate) fn signed_len(value: i64) -> usize {
    let bits = 64 - (zigzag(value) | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Takes values from the front of bytes that nobody has checked.
#[derive(Debug, Clone)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let (head, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, WireError> {
        let (head, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(WireError::Columns);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::Columns)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, WireError> {
        self.unsigned().map(unzigzag)
    }

    /// A count of anything; the caller holds it against a limit.
    pub(crate) fn size(&mut self) -> Result<usize, WireError> {
        Ok(usize::try_from(self.unsigned()?).unwrap_or(usize::MAX))
    }

    /// A count of things that take at least one byte each of what is left.
    pub(crate) fn count(&mut self) -> Result<usize, WireError> {
        let count = self.size()?;
        if count > self.rest.len() {
            return Err(WireError::Truncated);
        }
        Ok(count)
    }

    pub(crate) fn end(&self) -> Result<(), WireError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(WireError::Trailing(self.rest.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_number_comes_back_and_takes_the_stated_bytes() {
        for value in [
            0,
            1,
            -1,
            63,
            64,
            -64,
            -65,
            8191,
            8192,
            1 << 40,
            i64::MAX,
            i64::MIN,
        ] {
            let mut out = Vec::new();
            put_signed(&mut out, value);
            assert_eq!(out.len(), signed_len(value), "{value}");
            let mut bytes = Bytes::new(&out);
            assert_eq!(bytes.signed().unwrap(), value);
            bytes.end().unwrap();
        }
    }

    #[test]
    fn endless_and_oversized_numbers_are_refused() {
        assert_eq!(Bytes::new(&[0x80; 20]).unsigned(), Err(WireError::Columns));
        assert_eq!(Bytes::new(&[0x80; 3]).unsigned(), Err(WireError::Truncated));
        let above = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(Bytes::new(&above).unsigned(), Err(WireError::Columns));
        assert_eq!(Bytes::new(&[5, 0, 0]).count(), Err(WireError::Truncated));
    }
}
