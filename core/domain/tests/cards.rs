//! Card numbers, K1 codes and bars: fixed vectors a person can read, and the laws of cards §1.
#![allow(clippy::unwrap_used)]

use kartka_domain::card::{
    Alias, CardCode, CardKey, CardKeys, CardNumber, Carrier, EanPrefix, EmitterSlot, K1, K1Text,
    KeyId, NumberLength, PermutationKey, Place, ShopTag,
};
use proptest::prelude::*;

fn counting(from: u8) -> [u8; 32] {
    std::array::from_fn(|at| from + u8::try_from(at).unwrap())
}

fn shop() -> CardKeys {
    CardKeys::new(
        ShopTag::from_bits(0x5A3C7),
        PermutationKey::from_bytes(counting(0)),
        KeyId::new(5).unwrap(),
        CardKey::from_bytes(counting(100)),
    )
    .with_key(KeyId::new(4).unwrap(), CardKey::from_bytes(counting(200)))
    .with_ean_prefix(EanPrefix::new(27).unwrap())
}

/// What the left side of a case comes to, in the words of the right side.
fn outcome(keys: &CardKeys, left: &str) -> String {
    let (what, rest) = left.split_once(' ').unwrap_or((left, ""));
    let rest = rest.trim();
    match what {
        "number" => number(keys, rest),
        "k1" => K1::make(CardNumber::parse_typed(rest).unwrap(), keys).to_string(),
        "bars" => keys.bars(CardNumber::parse_typed(rest).unwrap()).unwrap(),
        "address" => address(keys, rest),
        "read" => {
            let (carrier, text) = rest.split_once(' ').unwrap_or((rest, ""));
            shown(&keys.read(carrier_of(carrier), text.trim()))
        }
        other => panic!("unknown kind of case {other:?}"),
    }
}

fn number(keys: &CardKeys, place: &str) -> String {
    let parts: Vec<u32> = place
        .split_whitespace()
        .map(|p| p.parse().unwrap())
        .collect();
    let length = match parts[0] {
        10 => NumberLength::Ten,
        8 => NumberLength::Eight,
        other => panic!("no numbers of {other} digits"),
    };
    let slot = EmitterSlot::new(length, u16::try_from(parts[1]).unwrap()).unwrap();
    let place = Place::new(slot, parts[2]).unwrap();
    place.number(keys.permutation()).to_string()
}

fn address(keys: &CardKeys, host: &str) -> String {
    let code = K1::make(CardNumber::parse_typed("3252170040").unwrap(), keys);
    match code.address(host, keys.tag()) {
        Ok(address) => address,
        Err(why) => format!("refused: {why}"),
    }
}

fn carrier_of(word: &str) -> Carrier {
    match word {
        "qr" => Carrier::Qr,
        "code128" => Carrier::Code128,
        "ean13" => Carrier::Ean13,
        "text" => Carrier::Text,
        other => panic!("unknown carrier {other:?}"),
    }
}

fn shown(code: &CardCode) -> String {
    match code {
        CardCode::Ours { number, key_id } => format!("ours {number} by key {}", key_id.value()),
        CardCode::Linear { number } => format!("bars {number}"),
        CardCode::OtherShop => "other shop".to_owned(),
        CardCode::UnknownKey { key_id } => format!("unknown key {}", key_id.value()),
        CardCode::BadMac => "bad mac".to_owned(),
        CardCode::Foreign(alias) => format!("foreign {alias}"),
        CardCode::Nothing => "nothing".to_owned(),
    }
}

#[test]
fn the_readable_cases_hold() {
    let keys = shop();
    let mut checked = 0;
    for line in include_str!("cases/cards.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // The last `=` between spaces: an address may hold one in its query.
        let (left, expected) = line.rsplit_once(" =").unwrap();
        assert_eq!(outcome(&keys, left), expected.trim(), "{left}");
        checked += 1;
    }
    assert!(checked > 50);
}

#[test]
fn bars_of_eight_digits_need_a_prefix() {
    let keys = CardKeys::new(
        ShopTag::from_bits(1),
        PermutationKey::from_bytes(counting(0)),
        KeyId::new(0).unwrap(),
        CardKey::from_bytes(counting(0)),
    );
    let eight = CardNumber::parse_typed("19947620").unwrap();
    assert_eq!(keys.bars(eight), None);
    assert!(keys.bars(CardNumber::from_value(7).unwrap()).is_some());
    assert_eq!(
        keys.read(Carrier::Ean13, "2719947620322"),
        CardCode::Foreign(Alias::new("2719947620322").unwrap())
    );
}

#[test]
fn two_shops_with_the_same_hint_are_told_apart_by_the_mac() {
    let ours = shop();
    let neighbour = CardKeys::new(
        ours.tag(),
        PermutationKey::from_bytes(counting(1)),
        ours.current(),
        CardKey::from_bytes(counting(101)),
    );
    let code = K1::make(CardNumber::from_value(7).unwrap(), &neighbour);
    assert_eq!(ours.read(Carrier::Qr, &code.to_string()), CardCode::BadMac);
}

fn any_number() -> impl Strategy<Value = CardNumber> {
    prop_oneof![0..10_000_000_000_u64, 10_000_000_000..10_100_000_000_u64]
        .prop_map(|value| CardNumber::from_value(value).unwrap())
}

fn any_carrier() -> impl Strategy<Value = Carrier> {
    prop_oneof![
        Just(Carrier::Qr),
        Just(Carrier::Code128),
        Just(Carrier::Ean13),
        Just(Carrier::Text)
    ]
}

/// Texts near the border of what is a code: prefixes, addresses, confusions, control characters, anything.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[Kk][1IiLl][0-9A-Za-z \\-]{14,20}",
        "(https?://)?[a-z.:]{0,10}/[0-9A-Z]{3,5}/[0-9A-Z]{15,17}[/?#]?",
        "[0-9]{11,14}",
        "\\PC{0,80}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn a_code_made_here_is_read_here(number in any_number(), dressing in 0..4_usize) {
        let keys = shop();
        let code = K1::make(number, &keys);
        let text = match dressing {
            0 => code.to_string(),
            1 => code.to_string().to_lowercase().replace('0', "o").replace('1', "l"),
            2 => code.address("shop.ua", keys.tag()).unwrap(),
            _ => code.to_string().chars().map(|c| format!("{c}- ")).collect(),
        };
        let expected = CardCode::Ours { number, key_id: keys.current() };
        prop_assert_eq!(keys.read(Carrier::Text, &text), expected);
        prop_assert_eq!(K1::parse(&text), K1::parse(&text.to_uppercase()));
    }

    #[test]
    fn one_wrong_character_is_never_another_card(
        number in any_number(), at in 2..18_usize, with in "[0-9A-HJKMNP-TV-Z]",
    ) {
        let keys = shop();
        let genuine = K1::make(number, &keys).to_string();
        let mut damaged = genuine.clone();
        damaged.replace_range(at..=at, &with);
        prop_assume!(damaged != genuine);
        let read = keys.read(Carrier::Qr, &damaged);
        prop_assert!(
            matches!(read, CardCode::BadMac | CardCode::OtherShop | CardCode::UnknownKey { .. }),
            "{damaged}: {read:?}"
        );
    }

    #[test]
    fn bars_made_here_are_read_here(number in any_number()) {
        let keys = shop();
        let text = keys.bars(number).unwrap();
        let carrier = if text.len() == 12 { Carrier::Code128 } else { Carrier::Ean13 };
        prop_assert_eq!(keys.read(carrier, &text), CardCode::Linear { number });
        prop_assert_eq!(keys.read(Carrier::Text, &text), CardCode::Linear { number });
    }

    #[test]
    fn any_text_has_an_answer(text in any_text(), carrier in any_carrier()) {
        let read = shop().read(carrier, &text);
        // Nobody guesses a MAC of 35 bits.
        prop_assert!(!matches!(read, CardCode::Ours { .. }), "{text:?}");
        let _: K1Text = K1::parse(&text);
        let _ = CardNumber::parse_typed(&text);
    }

    #[test]
    fn goods_labels_pass_the_keyed_digits_once_in_a_hundred(start in 0..9_999_000_000_u64) {
        let keys = shop();
        let taken = (start..start + 400)
            .filter(|n| matches!(
                keys.read(Carrier::Code128, &format!("{n:012}")),
                CardCode::Linear { .. }
            ))
            .count();
        prop_assert!(taken <= 25, "{taken} of 400");
    }
}
