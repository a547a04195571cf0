//! Crockford's base32: digits and letters without I, L, O and U; reading forgives what people confuse.

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The lowest `count` groups of five bits of `value` as characters, highest group first.
pub(super) fn encode(value: u128, count: u32) -> String {
    (0..count)
        .rev()
        .map(|group| char::from(DIGITS[(value >> (5 * group) & 31) as usize]))
        .collect()
}

/// Five bits of a character, in either case, `O` as 0, `I` and `L` as 1; nothing for any other character.
pub(super) fn decode_char(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let position = DIGITS.iter().position(|d| char::from(*d) == c)?;
    u8::try_from(position).ok()
}

/// The value of exactly `count` characters; nothing when there are more, fewer or others. `count` is at most 25.
pub(super) fn decode(text: &str, count: usize) -> Option<u128> {
    debug_assert!(count <= 25);
    let mut value = 0_u128;
    let mut read = 0;
    for c in text.chars() {
        read += 1;
        if read > count {
            return None;
        }
        value = value << 5 | u128::from(decode_char(c)?);
    }
    (read == count).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_and_confusions_are_forgiven() {
        for value in [0, 1, 31, 32, 0xFFFFF, 0x12345] {
            assert_eq!(decode(&encode(value, 4), 4), Some(value));
        }
        assert_eq!(encode(0xFFFFF, 4), "ZZZZ");
        assert_eq!(decode("oiLl", 4), decode("0111", 4));
        assert_eq!(decode("abcd", 4), decode("ABCD", 4));
        for refused in ["", "ABC", "ABCDE", "ABCU", "AB D", "ABCД"] {
            assert_eq!(decode(refused, 4), None, "{refused:?}");
        }
    }
}
