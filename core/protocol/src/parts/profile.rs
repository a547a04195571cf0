//! Groups of profile fields: personal data, only in an op's personal section and in a customer's row.

use kartka_domain::customer::{Birthday, Channel, GroupKind, Phone, ProfileGroup, Purpose};

use crate::WireError;
use crate::fields::{Record, Value};

const KIND: u16 = 1;
const GIVEN: u16 = 2;
const FAMILY: u16 = 3;
const PHONES: u16 = 4;
const EMAILS: u16 = 5;
/// Year · 10,000 + month · 100 + day; year 0 = not told.
const BIRTHDAY: u16 = 6;
const NOTE: u16 = 7;

/// What a consent is for, by number.
pub(crate) const PURPOSES: [(i64, Purpose); 2] = [
    (Purpose::Programme as i64, Purpose::Programme),
    (Purpose::Marketing as i64, Purpose::Marketing),
];

/// The ways of contact, by number.
pub(crate) const CHANNELS: [(i64, Channel); 5] = [
    (Channel::Any as i64, Channel::Any),
    (Channel::Sms as i64, Channel::Sms),
    (Channel::Email as i64, Channel::Email),
    (Channel::Messenger as i64, Channel::Messenger),
    (Channel::Call as i64, Channel::Call),
];

/// Puts the group's kind and fields, numbers 1–7.
pub(crate) fn put_group(record: &mut Record, group: &ProfileGroup) {
    record.put(KIND, group.kind() as i64);
    match group {
        ProfileGroup::Name { given, family } => {
            record.put_opt(GIVEN, some_text(given));
            record.put_opt(FAMILY, some_text(family));
        }
        ProfileGroup::Phones(phones) => {
            let digits = phones.iter().map(|phone| Value::from(phone.digits()));
            record.put(PHONES, digits.collect::<Vec<_>>());
        }
        ProfileGroup::Emails(emails) => {
            let texts = emails.iter().map(|email| Value::from(email.as_str()));
            record.put(EMAILS, texts.collect::<Vec<_>>());
        }
        ProfileGroup::Birthday(birthday) => {
            let (month, day, year) = birthday.parts();
            let year = i64::from(year.unwrap_or(0));
            record.put(
                BIRTHDAY,
                year * 10_000 + i64::from(month) * 100 + i64::from(day),
            );
        }
        ProfileGroup::Note(note) => record.put_opt(NOTE, some_text(note)),
    }
}

fn some_text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The group, or nothing when its kind is newer than this version: its bytes stay where they are.
pub(crate) fn read_group(record: &Record) -> Result<Option<ProfileGroup>, WireError> {
    let kind: i64 = record.int(KIND)?;
    let text = |tag| Ok(record.opt_text(tag)?.unwrap_or_default().to_owned());
    let group = match kind {
        k if k == GroupKind::Name as i64 => ProfileGroup::Name {
            given: text(GIVEN)?,
            family: text(FAMILY)?,
        },
        k if k == GroupKind::Phones as i64 => {
            ProfileGroup::Phones(texts(record, PHONES, |digits| {
                Phone::from_digits(digits).map_err(|_| WireError::OutOfRange(PHONES))
            })?)
        }
        k if k == GroupKind::Emails as i64 => {
            ProfileGroup::Emails(texts(record, EMAILS, |email| Ok(email.to_owned()))?)
        }
        k if k == GroupKind::Birthday as i64 => ProfileGroup::Birthday(read_birthday(record)?),
        k if k == GroupKind::Note as i64 => ProfileGroup::Note(text(NOTE)?),
        _ => return Ok(None),
    };
    Ok(Some(group))
}

fn texts<T>(
    record: &Record,
    tag: u16,
    read: impl Fn(&str) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    let text = |value: &Value| match value {
        Value::Text(text) => read(text),
        _ => Err(WireError::WrongType(tag)),
    };
    record.list(tag)?.iter().map(text).collect()
}

fn read_birthday(record: &Record) -> Result<Birthday, WireError> {
    let number: u32 = record.int(BIRTHDAY)?;
    let wrong = || WireError::OutOfRange(BIRTHDAY);
    let small = |n: u32| u8::try_from(n % 100).map_err(|_| wrong());
    let year = i32::try_from(number / 10_000).map_err(|_| wrong())?;
    let year = (year != 0).then_some(year);
    Birthday::new(small(number / 100)?, small(number)?, year).map_err(|_| wrong())
}
