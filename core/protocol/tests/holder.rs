//! A holder's card: links are read as they are written, a question and its answer open by their secret alone.
#![allow(clippy::unwrap_used)]

mod common;

use common::golden;
use kartka_domain::card::{
    Bearer, CardKey, CardKeys, CardNumber, K1, KeyId, PermutationKey, ShopTag,
};
use kartka_domain::customer::{Birthday, Phone, ProfileGroup, Will};
use kartka_domain::ids::{Epoch, InstrumentId, Seq};
use kartka_domain::money::{Currency, Money, Points, Stamps};
use kartka_domain::op::Seen;
use kartka_protocol::holder::{
    CardLink, CardStanding, HolderAnswer, HolderAsk, HolderEnvelope, LevelLine, LinkError, Outcome,
    PointsLine, PurchaseLine, Request, ShopFace, Snapshot, StampsLine, Unsealed, VoucherLine, Wish,
};
use kartka_protocol::limits;
use proptest::prelude::*;

const TAG: ShopTag = ShopTag::from_bits(0xABCDE);

fn keys(key: u8) -> CardKeys {
    let id = KeyId::new(3).unwrap();
    let (permutation, key) = ([1; 32], [key; 32]);
    CardKeys::new(
        TAG,
        PermutationKey::from_bytes(permutation),
        id,
        CardKey::from_bytes(key),
    )
}

fn number() -> CardNumber {
    CardNumber::from_value(1_234_567_890).unwrap()
}

fn secret(keys: &CardKeys) -> Bearer {
    Bearer::of(number(), keys.key(keys.current()).unwrap())
}

fn link(address: Option<&str>, shop: &str) -> CardLink {
    let keys = keys(2);
    CardLink {
        address: address.map(str::to_owned),
        tag: TAG,
        code: K1::make(number(), &keys),
        secret: secret(&keys),
        shop: shop.to_owned(),
    }
}

fn seen() -> Seen {
    Seen {
        epoch: Epoch {
            number: 3,
            random: 0xFFFF_0000_1111_2222,
        },
        seq: Seq(41),
    }
}

fn request(key: u8, wish: Wish) -> Request {
    Request {
        key: [key; 16],
        seen: seen(),
        wish,
    }
}

fn wishes() -> HolderAsk {
    let consent = |will| Wish::Marketing { wording: 2, will };
    let name = ProfileGroup::Name {
        given: "Оксана".to_owned(),
        family: "Іваненко".to_owned(),
    };
    let day = ProfileGroup::Birthday(Birthday::new(2, 29, None).unwrap());
    HolderAsk {
        requests: vec![
            request(1, consent(Will::Given)),
            request(2, consent(Will::Withdrawn)),
            request(3, Wish::Profile(vec![name, day])),
            request(4, Wish::Erase),
        ],
    }
}

fn snapshot() -> Snapshot {
    let date = |text: &str| text.parse().unwrap();
    Snapshot {
        at_ms: 1_795_334_400_000,
        today: date("2026-11-22"),
        seen: seen(),
        shop: ShopFace {
            name: "Кав'ярня".to_owned(),
            currency: Currency::new("UAH").unwrap(),
            point_scale: 2,
        },
        standing: CardStanding::Active,
        given: Some("Оксана".to_owned()),
        points: vec![PointsLine {
            instrument: InstrumentId(1),
            name: "Бонуси".to_owned(),
            balance: Points(1_500),
            spendable: Points(1_200),
            pending: Points(300),
            worth: Money(1_200),
            expiring: Some((date("2027-01-31"), Points(700))),
        }],
        stamps: vec![StampsLine {
            instrument: InstrumentId(2),
            name: "Кава".to_owned(),
            stamps: Stamps(3),
            size: Stamps(10),
        }],
        levels: vec![LevelLine {
            instrument: InstrumentId(3),
            name: "Рівні".to_owned(),
            level: 2,
        }],
        vouchers: vec![VoucherLine {
            name: "Сертифікат".to_owned(),
            number: Some("AB-77".to_owned()),
            balance: Money(50_000),
            last_day: Some(date("2027-11-22")),
        }],
        purchases: vec![PurchaseLine {
            date: date("2026-11-20"),
            total: Money(12_350),
            points: Points(-40),
        }],
        marketing: Will::Given,
        outcomes: vec![([1; 16], Outcome::Done), ([2; 16], Outcome::Refused)],
        address: Some("https://new.example".to_owned()),
    }
}

fn question() -> (CardKeys, HolderEnvelope) {
    let keys = keys(2);
    let about = (TAG, keys.current(), number());
    let asked = HolderEnvelope::seal(about, &secret(&keys), [9; 16], &wishes());
    (keys, asked)
}

#[test]
fn questions_and_answers_are_the_bytes_they_were() {
    let (keys, asked) = question();
    let bytes = golden::stored("holder-ask", &asked.encode());
    let (secret, read) = HolderEnvelope::decode(&bytes).unwrap().open(&keys).unwrap();
    assert!(read == wishes());
    let wished = golden::stored("holder-wishes", &wishes().encode());
    assert!(HolderAsk::decode(&wished).unwrap() == wishes());
    let said = golden::stored("holder-snapshot", &snapshot().encode());
    assert!(Snapshot::decode(&said).unwrap() == snapshot());
    let answer = HolderAnswer::seal(&secret, [7; 16], &bytes, &snapshot()).encode();
    let answer = golden::stored("holder-answer", &answer);
    let answer = HolderAnswer::decode(&answer).unwrap();
    assert!(answer.open(&secret, &bytes).unwrap() == snapshot());
}

#[test]
fn nothing_opens_by_another_secret_or_for_another_question() {
    let (own, asked) = question();
    let bytes = asked.encode();
    let others = keys(8);
    let id = KeyId::new(5).unwrap();
    let unknown = CardKeys::new(
        TAG,
        own.permutation().clone(),
        id,
        CardKey::from_bytes([2; 32]),
    );
    for keys in [&others, &unknown] {
        assert_eq!(asked.open(keys).err(), Some(Unsealed::NotOurs));
    }
    let mine = secret(&own);
    let answer = HolderAnswer::seal(&mine, [7; 16], &bytes, &snapshot());
    let theirs = secret(&others);
    assert_eq!(answer.open(&theirs, &bytes).err(), Some(Unsealed::NotOurs));
    assert_eq!(
        answer.open(&mine, b"another").err(),
        Some(Unsealed::NotOurs)
    );
    // Every byte of a question counts: nothing of it can be changed on the way.
    for at in 0..bytes.len() {
        let mut bent = bytes.clone();
        bent[at] ^= 1;
        let opened = HolderEnvelope::decode(&bent).map(|asked| asked.open(&own).is_ok());
        assert_ne!(opened, Ok(true), "byte {at}");
    }
    // Nobody reads on the way who buys what, nor sees the secret.
    let sent = answer.encode();
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|w| w == part);
    assert!(!has(&sent, "Оксана".as_bytes()));
    assert!(!has(&bytes, mine.expose()) && !has(&sent, mine.expose()));
}

#[test]
fn a_holder_writes_their_own_name_and_not_what_a_counter_finds_them_by() {
    let (keys, _) = question();
    let open = |groups: Vec<ProfileGroup>| {
        let ask = HolderAsk {
            requests: vec![request(1, Wish::Profile(groups))],
        };
        let about = (TAG, keys.current(), number());
        let sent = HolderEnvelope::seal(about, &secret(&keys), [1; 16], &ask);
        sent.open(&keys).is_ok()
    };
    let name = |given: &str| ProfileGroup::Name {
        given: given.to_owned(),
        family: String::new(),
    };
    let phone = Phone::from_digits("380501234567").unwrap();
    assert!(open(vec![name("Оля")]));
    assert!(!open(vec![name("Оля"), name("Таня")]));
    assert!(!open(vec![name("")]));
    assert!(!open(vec![ProfileGroup::Phones(vec![phone])]));
    assert!(!open(vec![ProfileGroup::Note("свій".to_owned())]));
    assert!(!open(Vec::new()));
}

#[test]
fn a_question_has_at_most_so_many_wishes() {
    let (keys, _) = question();
    let of = |n: usize| {
        let ask = HolderAsk {
            requests: vec![request(1, Wish::Erase); n],
        };
        let about = (TAG, keys.current(), number());
        let sent = HolderEnvelope::seal(about, &secret(&keys), [1; 16], &ask);
        sent.open(&keys).is_ok()
    };
    assert!(of(limits::HOLDER_REQUESTS));
    assert!(!of(limits::HOLDER_REQUESTS + 1));
}

#[test]
fn a_link_is_read_as_it_was_written() {
    for (address, shop, head) in [
        (
            Some("https://kava.example"),
            "Кав'ярня",
            "https://kava.example/",
        ),
        (Some("http://127.0.0.1:8080"), "", "http://127.0.0.1:8080/"),
        (None, "Взуття & Ко #1", "kartka:/"),
    ] {
        let link = link(address, shop);
        let text = link.to_text();
        assert!(text.starts_with(head), "{text}");
        assert_eq!(CardLink::parse(&text), Ok(link.clone()));
        // A page that hands over to the app, a scanner that shouts, a person who copies too much.
        assert_eq!(
            CardLink::parse(&format!("kartka:{text}")).is_ok(),
            address.is_some()
        );
        assert_eq!(CardLink::parse(&format!("  {text}\n")), Ok(link));
        // A till takes the same picture for the card.
        let (path, _) = text.split_once('?').unwrap();
        let address = path.replacen("kartka:/", "https://kartka/", 1);
        assert!(matches!(
            K1::parse(&address),
            kartka_domain::card::K1Text::Code { .. }
        ));
    }
    // The address of a card has no room for a path: such a server's card is handed over without it.
    let deep = link(Some("https://host/kartka"), "Кав'ярня").to_text();
    assert!(deep.starts_with("kartka:/"), "{deep}");
    let long = link(None, &"ї".repeat(500)).to_text();
    assert!(long.len() < limits::CARD_LINK / 2);
    assert_eq!(CardLink::parse(&long).unwrap().shop, "ї".repeat(24));
}

#[test]
fn what_is_no_link_is_said() {
    let text = link(Some("https://kava.example"), "").to_text();
    let (address, _) = text.split_once('?').unwrap();
    let spoilt = text.replace("?s=", "?s=0");
    let too_long = format!("{text}#{}", "x".repeat(limits::CARD_LINK));
    let user = text.replace("https://", "https://me@");
    for (text, why) in [
        ("", LinkError::NotALink),
        ("kartka:", LinkError::NotALink),
        ("kartka:/ABCD", LinkError::NotALink),
        ("https://example.com/?s=1", LinkError::NotALink),
        ("K1ABCDEFGHJKMNPQRS", LinkError::NoSecret),
        (address, LinkError::NoSecret),
        (spoilt.as_str(), LinkError::NoSecret),
        (user.as_str(), LinkError::NotALink),
        (too_long.as_str(), LinkError::TooLong),
    ] {
        assert_eq!(CardLink::parse(text), Err(why), "{text}");
    }
}

#[test]
fn a_snapshot_has_at_most_so_many_lines() {
    let mut said = snapshot();
    let one = said.purchases[0].clone();
    said.purchases = vec![one; limits::HOLDER_LINES];
    assert!(Snapshot::decode(&said.encode()).is_ok());
    said.purchases.push(said.purchases[0].clone());
    assert!(Snapshot::decode(&said.encode()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,80}") {
        let (keys, _) = question();
        if let Ok(asked) = HolderEnvelope::decode(&bytes) {
            prop_assert!(asked.open(&keys).is_err());
        }
        if let Ok(answer) = HolderAnswer::decode(&bytes) {
            prop_assert!(answer.open(&secret(&keys), &bytes).is_err());
        }
        let _ = Snapshot::decode(&bytes);
        let _ = CardLink::parse(&text);
        let _ = CardLink::parse(&format!("kartka:/{text}"));
    }
}
