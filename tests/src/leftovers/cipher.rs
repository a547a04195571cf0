//! SQLCipher's pages, deciphered without SQLCipher: AES-256-CBC with a raw key; each page ends with 16 bytes of
//! initial vector and 32 of HMAC, which is not checked.

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};

/// Bytes at a page's end that are not ciphered.
const RESERVED: usize = 48;
/// Page sizes of Kartka's stores: phones and servers.
const SIZES: [usize; 2] = [2_048, 4_096];
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// How the write-ahead log of SQLite begins, but for its last bit.
const LOG_MAGIC: [u8; 3] = [0x37, 0x7f, 0x06];

/// The pages of a database or of its log as plain bytes, one view after the other; nothing for another file or key.
pub(super) fn pages(bytes: &[u8], key: &[u8; 32]) -> Vec<Vec<u8>> {
    if bytes.starts_with(&LOG_MAGIC) && bytes.len() > LOG_HEADER {
        let size = usize::try_from(u32::from_be_bytes([
            bytes[8], bytes[9], bytes[10], bytes[11],
        ]))
        .unwrap_or(0);
        if !SIZES.contains(&size) {
            return Vec::new();
        }
        // Every frame counts, also one that a newer log has not overwritten yet.
        let frames = bytes[LOG_HEADER..].chunks(FRAME_HEADER + size);
        let page = |frame: &[u8]| {
            frame
                .get(FRAME_HEADER..)
                .and_then(|page| plain(page, key, 0))
        };
        return frames.filter_map(page).collect();
    }
    for size in SIZES {
        // The first page begins with 16 bytes of salt in place of SQLite's own first words.
        let first = bytes.get(..size).and_then(|page| plain(page, key, 16));
        let header = first.as_deref().unwrap_or_default();
        if header.len() < 8 || header[..2] != u16::try_from(size).unwrap_or(0).to_be_bytes() {
            continue;
        }
        let rest = bytes[size..]
            .chunks(size)
            .filter_map(|page| plain(page, key, 0));
        return first.into_iter().chain(rest).collect();
    }
    Vec::new()
}

fn plain(page: &[u8], key: &[u8; 32], skip: usize) -> Option<Vec<u8>> {
    let end = page.len().checked_sub(RESERVED)?;
    let mut text = page.get(skip..end)?.to_vec();
    text.truncate(text.len() / 16 * 16);
    let vector: [u8; 16] = page.get(end..end + 16)?.try_into().ok()?;
    let mut cipher = Decryptor::<Aes256>::new(&(*key).into(), &vector.into());
    for block in text.chunks_exact_mut(16) {
        let block: &mut [u8; 16] = block.try_into().ok()?;
        cipher.decrypt_block(block.into());
    }
    Some(text)
}
