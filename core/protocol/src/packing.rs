//! Packing bytes for the wire: zstd, or as they are when zstd would not help.
//!
//! Unpacking is bounded: the size a frame declares is checked before anything is allocated, and a
//! frame that declares none is refused.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use crate::error::{Measure, within};
use crate::{WireError, varint::Bytes};

/// The first byte says how the rest is packed.
const STORED: u8 = 0;
const ZSTD: u8 = 1;

thread_local! {
    /// Making these costs more than packing a small batch with them.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8], level: i32) -> std::io::Result<Vec<u8>> {
    PACKER.with_borrow_mut(|kept| {
        let packer = match kept {
            Some(packer) => packer,
            None => kept.insert(Compressor::new(level)?),
        };
        packer.set_compression_level(level)?;
        packer.compress(bytes)
    })
}

fn decompress(body: &[u8], size: usize) -> std::io::Result<Vec<u8>> {
    UNPACKER.with_borrow_mut(|kept| {
        let unpacker = match kept {
            Some(unpacker) => unpacker,
            None => kept.insert(Decompressor::new()?),
        };
        unpacker.decompress(body, size)
    })
}

/// Packs `bytes` at a zstd level.
pub(crate) fn pack(bytes: &[u8], level: i32) -> Result<Vec<u8>, WireError> {
    let packed = compress(bytes, level).map_err(|_| WireError::Packing)?;
    let (kind, body) = if packed.len() < bytes.len() {
        (ZSTD, packed.as_slice())
    } else {
        (STORED, bytes)
    };
    let mut out = Vec::with_capacity(body.len() + 1);
    out.push(kind);
    out.extend_from_slice(body);
    Ok(out)
}

/// Unpacks to at most `limit` bytes.
pub(crate) fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, WireError> {
    let mut bytes = Bytes::new(packed);
    let kind = bytes.byte()?;
    let body = bytes.rest();
    match kind {
        STORED => {
            within(Measure::Unpacked, body.len(), limit)?;
            Ok(body.to_vec())
        }
        ZSTD => {
            let declared = zstd::zstd_safe::get_frame_content_size(body).ok().flatten();
            let declared = declared.ok_or(WireError::Packing)?;
            let size = usize::try_from(declared).unwrap_or(usize::MAX);
            within(Measure::Unpacked, size, limit)?;
            decompress(body, size).map_err(|_| WireError::Packing)
        }
        other => Err(WireError::Version(other)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn bytes_come_back_up_to_the_limit_and_not_above() {
        let long = vec![7u8; 5_000];
        for bytes in [&b""[..], b"x", &long] {
            let packed = pack(bytes, 3).unwrap();
            assert_eq!(unpack(&packed, bytes.len()).unwrap(), bytes);
            if !bytes.is_empty() {
                let refused = unpack(&packed, bytes.len() - 1);
                assert!(
                    matches!(refused, Err(WireError::TooLarge { .. })),
                    "{refused:?}"
                );
            }
        }
        assert!(pack(&long, 3).unwrap().len() < 50, "repeats are packed");
    }

    #[test]
    fn a_bomb_is_refused_by_what_it_declares() {
        let bomb = pack(&vec![0u8; 64 << 20], 3).unwrap();
        assert!(bomb.len() < 10_000);
        assert!(matches!(
            unpack(&bomb, 2 << 20),
            Err(WireError::TooLarge { .. })
        ));
    }

    #[test]
    fn a_frame_that_lies_about_its_size_is_damaged() {
        let mut packed = pack(&vec![1u8; 5_000], 3).unwrap();
        let end = packed.len() - 3;
        packed.truncate(end);
        assert_eq!(unpack(&packed, 5_000), Err(WireError::Packing));
    }
}
