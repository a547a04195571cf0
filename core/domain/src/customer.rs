//! Customers: the profile in field groups, consents, and how two edits of one group are settled.
//!
//! A customer is an internal id (I1). Names, numbers and addresses travel only in the personal section
//! of an op; nothing here goes into a log.

use crate::ids::{CustomerId, DeviceNo, EntryId, OperatorId, OutletId, Seq};
use crate::lines::Lines;
use crate::moment::{Date, Moment};

/// The minimum to register was not given (B1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A phone number is 5 to 15 digits.
    #[error("a phone number has 5 to 15 digits")]
    Phone,
    /// An email has one `@` with something on both sides.
    #[error("that is no email address")]
    Email,
    /// Month and day must exist, the year may be left out.
    #[error("that day is in no calendar")]
    Birthday,
    /// A text is empty or longer than its limit.
    #[error("a text is empty or too long")]
    Text,
}

/// A phone number in E.164: `+` and 5 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a typed number: spaces, hyphens and brackets are dropped; a number without `+` or `00` is
    /// taken as national and gets the business's country prefix (`380`), its leading zero dropped.
    ///
    /// # Errors
    /// [`ProfileError::Phone`] when what is left is not 5 to 15 digits.
    pub fn parse(text: &str, country_prefix: &str) -> Result<Self, ProfileError> {
        let text = text.trim();
        if text.len() > 64
            || text
                .strip_prefix('+')
                .unwrap_or(text)
                .chars()
                .any(|c| !(c.is_ascii_digit() || " -().".contains(c)))
        {
            return Err(ProfileError::Phone);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() < 5 {
            return Err(ProfileError::Phone);
        }
        let international =
            text.starts_with('+') || (digits.starts_with(country_prefix) && digits.len() > 10);
        let digits = if let Some(dialled) = digits.strip_prefix("00") {
            dialled.to_owned()
        } else if international {
            digits
        } else {
            format!("{country_prefix}{}", digits.trim_start_matches('0'))
        };
        Self::from_digits(&digits)
    }

    /// A number from its digits alone, as stored and sent.
    ///
    /// # Errors
    /// [`ProfileError::Phone`] when they are not 5 to 15 digits.
    pub fn from_digits(digits: &str) -> Result<Self, ProfileError> {
        if !(5..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ProfileError::Phone);
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits without the plus.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// A birthday; the year may be unknown (B1), 29 February is a day like any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birthday {
    month: u8,
    day: u8,
    year: Option<i32>,
}

impl Birthday {
    /// Checks that the day exists (without a year: in a leap year).
    ///
    /// # Errors
    /// [`ProfileError::Birthday`] otherwise.
    pub fn new(month: u8, day: u8, year: Option<i32>) -> Result<Self, ProfileError> {
        let in_range = year.is_none_or(|y| (1850..=2200).contains(&y));
        let exists =
            Date::from_ymd_opt(year.unwrap_or(2000), u32::from(month), u32::from(day)).is_some();
        if in_range && exists {
            Ok(Self { month, day, year })
        } else {
            Err(ProfileError::Birthday)
        }
    }

    /// (month, day, year).
    #[must_use]
    pub const fn parts(&self) -> (u8, u8, Option<i32>) {
        (self.month, self.day, self.year)
    }
}

/// One group of profile fields: the unit in which edits win or lose (sync §3).
#[derive(Clone, PartialEq, Eq)]
pub enum ProfileGroup {
    /// How the person is called.
    Name {
        /// Given name; may be empty when the family name is known.
        given: String,
        /// Family name; may be empty when the given name is known.
        family: String,
    },
    /// Phone numbers, the first one is the main one.
    Phones(Vec<Phone>),
    /// Email addresses, the first one is the main one.
    Emails(Vec<String>),
    /// Birthday.
    Birthday(Birthday),
    /// A note of the staff.
    Note(String),
}

/// Longest name part, email or note in characters.
const TEXT_MAX: usize = 255;
/// Most phones or emails of one person.
const WAYS_MAX: usize = 8;

/// Which group of fields (stable numbers on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKind {
    /// [`ProfileGroup::Name`].
    Name = 1,
    /// [`ProfileGroup::Phones`].
    Phones = 2,
    /// [`ProfileGroup::Emails`].
    Emails = 3,
    /// [`ProfileGroup::Birthday`].
    Birthday = 4,
    /// [`ProfileGroup::Note`].
    Note = 5,
}

impl ProfileGroup {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> GroupKind {
        match self {
            Self::Name { .. } => GroupKind::Name,
            Self::Phones(_) => GroupKind::Phones,
            Self::Emails(_) => GroupKind::Emails,
            Self::Birthday(_) => GroupKind::Birthday,
            Self::Note(_) => GroupKind::Note,
        }
    }

    /// Checks texts and counts.
    ///
    /// # Errors
    /// [`ProfileError`] naming what is wrong.
    pub fn check(&self) -> Result<(), ProfileError> {
        let fits = |text: &String| text.chars().count() <= TEXT_MAX;
        match self {
            Self::Name { given, family } => {
                let named = !given.trim().is_empty() || !family.trim().is_empty();
                if named && fits(given) && fits(family) {
                    Ok(())
                } else {
                    Err(ProfileError::Text)
                }
            }
            Self::Phones(phones) if phones.len() > WAYS_MAX => Err(ProfileError::Phone),
            Self::Emails(emails) => {
                let good = |e: &String| {
                    fits(e)
                        && e.split_once('@').is_some_and(|(a, b)| {
                            !a.is_empty() && !b.is_empty() && !b.contains('@')
                        })
                };
                if emails.len() <= WAYS_MAX && emails.iter().all(good) {
                    Ok(())
                } else {
                    Err(ProfileError::Email)
                }
            }
            Self::Note(note) if !fits(note) => Err(ProfileError::Text),
            Self::Phones(_) | Self::Birthday(_) | Self::Note(_) => Ok(()),
        }
    }
}

/// Who wrote a group last, and when: what later edits are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The authority's order; [`None`] while the edit is only this phone's claim.
    pub seq: Option<Seq>,
    /// Effective time, epoch ms (sync §5).
    pub at_ms: i64,
    /// The device that wrote it.
    pub device: DeviceNo,
}

/// A customer as the authority, or a phone with its own pending edits, sees them.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// Internal id.
    pub id: CustomerId,
    /// Business date of the registration.
    pub registered: Date,
    /// Where they were registered.
    pub outlet: OutletId,
    /// The profile with its versions, in the order of [`GroupKind`].
    pub profile: Vec<(ProfileGroup, Version)>,
}

impl Customer {
    /// Never had personal data: merges silently into a named person (sync §3).
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.profile.is_empty()
    }

    /// One group of the profile.
    #[must_use]
    pub fn group(&self, kind: GroupKind) -> Option<&ProfileGroup> {
        self.profile
            .iter()
            .map(|(group, _)| group)
            .find(|g| g.kind() == kind)
    }

    /// Writes a group if `edit` wins (sync §3, profile field group): it beats every version up to what
    /// its author had `seen`; against one it had not seen, the later time wins, then the higher device. What has no order
    /// yet is this phone's own, whatever number it had then: it follows what it wrote before, and is shown until the
    /// authority has said which one wins (safety 5), since only that knows what its clock was worth.
    pub fn write(&mut self, group: ProfileGroup, edit: Version, seen: Seq) {
        let at = self
            .profile
            .binary_search_by_key(&group.kind(), |(g, _)| g.kind());
        match at {
            Err(place) => self.profile.insert(place, (group, edit)),
            Ok(place) => {
                let old = self.profile[place].1;
                let had_seen = old.device == edit.device || old.seq.is_none_or(|seq| seq <= seen);
                let pending = edit.seq.is_none();
                if pending || had_seen || (edit.at_ms, edit.device) > (old.at_ms, old.device) {
                    self.profile[place] = (group, edit);
                }
            }
        }
    }

    /// How staff call this person: given and family name, or nothing for an anonymous card.
    #[must_use]
    pub fn display_name(&self) -> Option<String> {
        match self.group(GroupKind::Name) {
            Some(ProfileGroup::Name { given, family }) => {
                Some(format!("{given} {family}").trim().to_owned())
            }
            _ => None,
        }
    }

    /// The birthday, if it was told.
    #[must_use]
    pub fn birthday(&self) -> Option<&Birthday> {
        self.profile.iter().find_map(|(group, _)| match group {
            ProfileGroup::Birthday(day) => Some(day),
            _ => None,
        })
    }

    /// Phone numbers, main one first.
    #[must_use]
    pub fn phones(&self) -> &[Phone] {
        match self.group(GroupKind::Phones) {
            Some(ProfileGroup::Phones(phones)) => phones,
            _ => &[],
        }
    }
}

/// What a person agrees to be contacted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Keeping the loyalty account itself.
    Programme = 1,
    /// News and offers.
    Marketing = 2,
}

/// The way of contact a consent is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Any way.
    Any = 0,
    /// Text message.
    Sms = 1,
    /// Email.
    Email = 2,
    /// Messenger or push.
    Messenger = 3,
    /// A call.
    Call = 4,
}

/// Given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Will {
    /// The person agreed.
    Given,
    /// The person withdrew.
    Withdrawn,
}

/// One consent event: append-only (sync §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// Its entry.
    pub id: EntryId,
    /// Whose.
    pub customer: CustomerId,
    /// For what.
    pub purpose: Purpose,
    /// By which way.
    pub channel: Channel,
    /// Version of the wording that was shown.
    pub wording: u32,
    /// Given or withdrawn.
    pub will: Will,
    /// When it was said.
    pub at: Moment,
    /// The member of staff who took it.
    pub operator: OperatorId,
    /// What its author had seen of the authority's order.
    pub seen: Seq,
}

/// Whether contact is allowed now: the latest event wins, but a withdrawal beats a grant whose author
/// had not seen it (sync §3). An event for [`Channel::Any`] is about every channel. `events` are (order,
/// event) in the authority's order; pending ones have no order and come last. `lines` says what a phone wrote under
/// earlier numbers.
#[must_use]
pub fn consent_now(
    events: &[(Option<Seq>, Consent)],
    purpose: Purpose,
    channel: Channel,
    lines: &Lines,
) -> Will {
    let about = |consent: &Consent| {
        consent.purpose == purpose
            && (consent.channel == channel || consent.channel == Channel::Any)
    };
    let mut state = Will::Withdrawn;
    let mut withdrawals: Vec<(Option<Seq>, &Consent)> = Vec::new();
    for (seq, event) in events.iter().filter(|(_, event)| about(event)) {
        match event.will {
            Will::Withdrawn => {
                state = Will::Withdrawn;
                withdrawals.push((*seq, event));
            }
            Will::Given if withdrawals.iter().all(|w| event.had_seen(*w, lines)) => {
                state = Will::Given;
            }
            Will::Given => {}
        }
    }
    state
}

impl Consent {
    /// Whether its author knew of an event ordered at `seq`: pulled it, or wrote it on the same phone.
    fn had_seen(&self, (seq, event): (Option<Seq>, &Self), lines: &Lines) -> bool {
        let own = lines.came_before(event.id.0, self.id.0);
        own || seq.is_some_and(|seq| seq <= self.seen)
    }
}
