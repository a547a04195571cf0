//! Whose edit and whose word wins (sync §3), and what is a phone number.

use kartka_domain::customer::{
    Birthday, Channel, Consent, Customer, GroupKind, Phone, ProfileGroup, Purpose, Version, Will,
    consent_now,
};
use kartka_domain::ids::{CustomerId, DeviceNo, EntryId, OperatorId, OutletId, Seq};
use kartka_domain::incarnation::Former;
use kartka_domain::lines::Lines;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::cases;
use crate::support::noon;

fn device(no: u32) -> DeviceNo {
    DeviceNo::new(no).unwrap()
}

fn version(seq: Option<i64>, at_ms: i64, by: u32) -> Version {
    Version {
        seq: seq.map(Seq),
        at_ms,
        device: device(by),
    }
}

fn blank() -> Customer {
    Customer {
        id: CustomerId::new((1 << 40) | 1).unwrap(),
        registered: "2026-03-02".parse().unwrap(),
        outlet: OutletId(1),
        profile: Vec::new(),
    }
}

fn note(text: &str) -> ProfileGroup {
    ProfileGroup::Note(text.to_owned())
}

fn kept(customer: &Customer) -> &str {
    match customer.group(GroupKind::Note) {
        Some(ProfileGroup::Note(text)) => text,
        _ => "",
    }
}

/// An edit beats every version its author had seen; against one it had not, the later time wins, then the
/// higher device.
#[test]
fn an_edit_wins_or_loses_by_what_its_author_had_seen() {
    let old = version(Some(10), 5_000, 3);
    for (case, edit, seen, winner) in [
        (
            "had seen it, although its clock is behind",
            version(Some(20), 1, 2),
            10,
            "new",
        ),
        ("had seen more", version(Some(20), 1, 2), 15, "new"),
        (
            "had not seen it and is earlier",
            version(Some(20), 4_999, 2),
            9,
            "old",
        ),
        (
            "had not seen it and is later",
            version(Some(20), 5_001, 2),
            9,
            "new",
        ),
        (
            "same time, lower device",
            version(Some(20), 5_000, 2),
            9,
            "old",
        ),
        (
            "same time, higher device",
            version(Some(20), 5_000, 4),
            9,
            "new",
        ),
        (
            "its own earlier edit counts as seen",
            version(Some(20), 1, 3),
            0,
            "new",
        ),
        (
            "pending on the phone that had seen it",
            version(None, 1, 2),
            10,
            "new",
        ),
        (
            "pending on a phone that had not: until the authority has said which one wins",
            version(None, 1, 2),
            9,
            "new",
        ),
    ] {
        let mut customer = blank();
        customer.write(note("old"), old, Seq(0));
        customer.write(note("new"), edit, Seq(seen));
        assert_eq!(kept(&customer), winner, "{case}");
    }
    let mut customer = blank();
    customer.write(note("old"), version(None, 5_000, 3), Seq(0));
    customer.write(note("new"), version(None, 1, 2), Seq(0));
    assert_eq!(
        kept(&customer),
        "new",
        "pending twice, on a phone with a new number"
    );
}

#[test]
fn groups_are_settled_one_by_one_and_stand_in_order() {
    let mut customer = blank();
    assert!(customer.is_provisional());
    let name = ProfileGroup::Name {
        given: "Anna".to_owned(),
        family: String::new(),
    };
    let phone = Phone::parse("067 123-45-67", "380").unwrap();
    customer.write(note("regular"), version(Some(1), 1, 2), Seq(0));
    customer.write(
        ProfileGroup::Phones(vec![phone]),
        version(Some(2), 2, 3),
        Seq(0),
    );
    customer.write(name, version(Some(3), 3, 4), Seq(0));
    let kinds: Vec<GroupKind> = customer.profile.iter().map(|(g, _)| g.kind()).collect();
    assert_eq!(kinds, [GroupKind::Name, GroupKind::Phones, GroupKind::Note]);
    assert_eq!(customer.display_name().as_deref(), Some("Anna"));
    assert_eq!(customer.phones()[0].digits(), "380671234567");
    assert!(!customer.is_provisional());
}

/// (order or pending, device, given or withdrawn, channel, had seen up to)
type Said = (Option<i64>, u32, Will, Channel, i64);

fn consents(said: &[Said]) -> Vec<(Option<Seq>, Consent)> {
    let event = |(place, said): (usize, &Said)| {
        let (seq, by, will, channel, seen) = *said;
        let counter = i64::try_from(place).unwrap() + 1;
        let consent = Consent {
            id: EntryId(device(by).id(counter).unwrap()),
            customer: blank().id,
            purpose: Purpose::Marketing,
            channel,
            wording: 1,
            will,
            at: noon("2026-03-02".parse().unwrap()),
            operator: OperatorId(1),
            seen: Seq(seen),
        };
        (seq.map(Seq), consent)
    };
    said.iter().enumerate().map(event).collect()
}

/// The latest word counts, but a withdrawal beats a grant that had not seen it.
#[test]
fn a_withdrawal_is_never_overridden_by_an_unaware_grant() {
    use Channel::{Any, Email, Sms};
    use Will::{Given, Withdrawn};
    let cases: [(&str, &[Said], Will); 11] = [
        ("nobody said anything", &[], Withdrawn),
        ("given", &[(Some(1), 2, Given, Sms, 0)], Given),
        (
            "given and withdrawn",
            &[(Some(1), 2, Given, Sms, 0), (Some(2), 3, Withdrawn, Sms, 1)],
            Withdrawn,
        ),
        (
            "withdrawn by somebody who had not seen the grant",
            &[(Some(1), 2, Given, Sms, 0), (Some(2), 3, Withdrawn, Sms, 0)],
            Withdrawn,
        ),
        (
            "given again by somebody who knew",
            &[(Some(1), 2, Withdrawn, Sms, 0), (Some(2), 3, Given, Sms, 1)],
            Given,
        ),
        (
            "given by somebody who did not know",
            &[(Some(5), 2, Withdrawn, Sms, 0), (Some(6), 3, Given, Sms, 4)],
            Withdrawn,
        ),
        (
            "given again on the phone that withdrew",
            &[(Some(5), 2, Withdrawn, Sms, 0), (Some(6), 2, Given, Sms, 0)],
            Given,
        ),
        (
            "given by one who knew only the last of two withdrawals",
            &[
                (Some(5), 2, Withdrawn, Sms, 0),
                (Some(6), 3, Withdrawn, Sms, 0),
                (Some(7), 3, Given, Sms, 0),
            ],
            Withdrawn,
        ),
        (
            "withdrawn for every channel",
            &[(Some(1), 2, Given, Sms, 0), (Some(2), 2, Withdrawn, Any, 0)],
            Withdrawn,
        ),
        (
            "another channel is another matter",
            &[
                (Some(1), 2, Given, Sms, 0),
                (Some(2), 2, Withdrawn, Email, 0),
            ],
            Given,
        ),
        (
            "withdrawn and given on this phone, not sent yet",
            &[
                (Some(1), 3, Given, Sms, 0),
                (None, 2, Withdrawn, Sms, 1),
                (None, 2, Given, Sms, 1),
            ],
            Given,
        ),
    ];
    for (case, said, want) in cases {
        let lines = Lines::default();
        let now = consent_now(&consents(said), Purpose::Marketing, Sms, &lines);
        assert_eq!(now, want, "{case}");
    }
    let other = consents(&[(Some(1), 2, Given, Any, 0)]);
    assert_eq!(
        consent_now(&other, Purpose::Programme, Sms, &Lines::default()),
        Withdrawn,
        "another purpose"
    );
}

/// A phone that goes on under a new number still knows what it had written before it branched off, and only that.
#[test]
fn a_grant_under_a_new_number_knows_the_withdrawal_under_the_old_one() {
    use Channel::Sms;
    use Will::{Given, Withdrawn};
    let mut lines = Lines::default();
    let from = |device, fork, last| Former { device, fork, last };
    lines.note(device(5), from(device(3), 2, 4));
    lines.note(device(6), from(device(5), 3, 2));
    // The events' counters are their places from 1 on.
    for (case, by, then, want) in [
        ("written before the branch", 3, 5, Given),
        ("two numbers ago", 3, 6, Given),
        ("by whoever else has the number", 5, 3, Withdrawn),
        ("on another phone", 4, 5, Withdrawn),
    ] {
        let said = consents(&[
            (Some(6), by, Withdrawn, Sms, 5),
            (Some(7), then, Given, Sms, 5),
        ]);
        let now = consent_now(&said, Purpose::Marketing, Sms, &lines);
        assert_eq!(now, want, "{case}");
    }
    let first = (Some(5), 2, Given, Sms, 0);
    let after = consents(&[
        first,
        (Some(6), 3, Withdrawn, Sms, 5),
        (Some(7), 5, Given, Sms, 5),
    ]);
    let now = consent_now(&after, Purpose::Marketing, Sms, &lines);
    assert_eq!(
        now, Withdrawn,
        "written under the old number after the branch"
    );
    lines.note(device(3), from(device(5), 1, 9));
    assert!(!lines.came_before(device(9).id(1).unwrap(), device(3).id(1).unwrap()));
}

#[test]
fn a_typed_phone_number_becomes_one_number() {
    for (typed, prefix, want) in [
        ("067 123-45-67", "380", "380671234567"),
        ("(067) 123.45.67", "380", "380671234567"),
        ("+380 67 123 45 67", "380", "380671234567"),
        ("380671234567", "380", "380671234567"),
        ("00380671234567", "380", "380671234567"),
        ("+49 151 234567", "380", "49151234567"),
        ("0049 151 234567", "380", "49151234567"),
        (" 12345 ", "", "12345"),
    ] {
        let phone = Phone::parse(typed, prefix).unwrap();
        assert_eq!(phone.digits(), want, "{typed}");
    }
    for typed in [
        "",
        "+",
        "12",
        "06712345a7",
        "067+1234567",
        "+1234567890123456",
        "٠٦٧١٢٣٤٥٦٧",
    ] {
        assert!(Phone::parse(typed, "380").is_err(), "{typed}");
    }
}

#[test]
fn a_birthday_exists_in_some_calendar() {
    for (month, day, year, exists) in [
        (2, 29, None, true),
        (2, 29, Some(2000), true),
        (2, 29, Some(2001), false),
        (2, 30, None, false),
        (13, 1, None, false),
        (12, 31, Some(1849), false),
        (12, 31, Some(1850), true),
    ] {
        assert_eq!(
            Birthday::new(month, day, year).is_ok(),
            exists,
            "{day}.{month}.{year:?}"
        );
    }
}

proptest! {
    #![proptest_config(cases())]

    /// However edits come, a group is one of them whole, and its version is the winner's.
    #[test]
    fn an_edit_is_never_half_applied(edits in vec((0_i64..50, 1_u32..5, 0_i64..50), 1..20)) {
        let mut customer = blank();
        for (place, (at_ms, by, seen)) in edits.iter().enumerate() {
            let seq = i64::try_from(place).unwrap() + 1;
            customer.write(note(&format!("{seq}")), version(Some(seq), *at_ms, *by), Seq(*seen));
        }
        let (group, version) = &customer.profile[0];
        prop_assert_eq!(group == &note(&format!("{}", version.seq.unwrap().0)), true);
        prop_assert_eq!(customer.profile.len(), 1);
    }

    /// Any text at all is a number or an error.
    #[test]
    fn any_text_is_a_number_or_none(text in ".{0,80}", prefix in "[0-9]{0,4}") {
        if let Ok(phone) = Phone::parse(&text, &prefix) {
            prop_assert!((5..=15).contains(&phone.digits().len()));
        }
    }
}
