//! Registering and editing customers (B1), with consent (B12).

use kartka_domain::card::CardNumber;
use kartka_domain::codes::Code;
use kartka_domain::customer::{Birthday, Channel, Customer, Phone, ProfileGroup, Purpose, Will};
use kartka_domain::ids::CustomerId;
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop};
use crate::store::{Reader, RequestId, Tx};
use crate::usecase::{Facts, referral};

/// A profile as typed; empty texts mean "not given".
#[derive(Clone, Default)]
pub struct ProfileForm {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Phone numbers as typed.
    pub phones: Vec<String>,
    /// Email addresses.
    pub emails: Vec<String>,
    /// Birthday: month, day, year if known.
    pub birthday: Option<(u8, u8, Option<i32>)>,
    /// A note.
    pub note: String,
}

/// A new customer.
#[derive(Clone, Default)]
pub struct Registration {
    /// Who; may be empty when a card is given (B1: anonymous, completed later).
    pub profile: ProfileForm,
    /// The version of the wording under which the person agreed to be contacted, if they did.
    pub marketing_consent: Option<u32>,
    /// A card for them.
    pub card: NewCard,
    /// Who brought them, if somebody did (G3).
    pub referrer: Option<CustomerId>,
}

/// Which card a new customer gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewCard {
    /// None yet.
    #[default]
    None,
    /// The next number of this device's emission.
    Issue,
    /// A card that was scanned or typed.
    Bind(CardNumber),
}

impl Shop {
    /// Registers a customer, with consent and card, in one op.
    ///
    /// # Errors
    /// [`CoreError::Validation`] with the field; [`CoreError::Duplicate`] when somebody has the phone number or the
    /// card already; [`CoreError::Store`].
    pub fn register(
        &self,
        request: RequestId,
        form: &Registration,
    ) -> Result<CustomerId, CoreError> {
        let op = self.once(request, |tx, setting, at| {
            setting.needs(Permission::Register)?;
            let groups = groups(&form.profile, setting)?;
            if groups.is_empty() && form.card == NewCard::None {
                return Err(CoreError::Validation {
                    field: Field::WayToReach,
                });
            }
            refuse_known_phone(tx, &groups)?;
            if let Some(referrer) = form.referrer {
                let brought = (None, phones(&groups));
                referral::check(tx, setting, brought, (referrer, at.date))?;
            }
            registration(tx, setting, form, groups)
        })?;
        Ok(CustomerId(op.0))
    }

    /// Writes the given field groups of a customer; groups that are not given stay.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; [`CoreError::Validation`] with the field; [`CoreError::Store`].
    pub fn edit(
        &self,
        request: RequestId,
        customer: CustomerId,
        form: &ProfileForm,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Edit)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let groups = groups(form, setting)?;
            if groups.is_empty() {
                return Err(CoreError::Validation { field: Field::Text });
            }
            Ok(Facts {
                facts: vec![Fact::Edit(customer)],
                personal: vec![(0, groups)],
            })
        })?;
        Ok(())
    }

    /// Gives or withdraws consent to be contacted with news and offers.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Store`].
    pub fn consent(
        &self,
        request: RequestId,
        customer: CustomerId,
        wording: u32,
        will: Will,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Edit)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            // A withdrawal stays with every member when a merge is undone; nobody agrees for another (sync §3).
            let group = match will {
                Will::Given => vec![customer],
                Will::Withdrawn => tx.group_of(customer)?,
            };
            let group = group.into_iter();
            let facts = group.map(|member| marketing(member, wording, will));
            Ok(facts.collect::<Vec<_>>().into())
        })?;
        Ok(())
    }
}

fn marketing(customer: CustomerId, wording: u32, will: Will) -> Fact {
    Fact::Consent {
        customer,
        purpose: Purpose::Marketing,
        channel: Channel::Any,
        wording,
        will,
    }
}

fn registration(
    tx: &Tx<'_>,
    setting: &Setting,
    form: &Registration,
    groups: Vec<ProfileGroup>,
) -> Result<Facts, CoreError> {
    let customer = CustomerId(setting.device.no.id(setting.device.next_n)?);
    let mut facts = vec![Fact::Register];
    if let Some(wording) = form.marketing_consent {
        facts.push(marketing(customer, wording, Will::Given));
    }
    match form.card {
        NewCard::None => {}
        NewCard::Issue => facts.push(Fact::Bind {
            card: tx.next_card(setting)?,
            customer,
        }),
        NewCard::Bind(card) => {
            if let Some(held) = tx.card(card)? {
                if tx.is_erased(held.customer)? {
                    return Err(Code::CardBlocked.into());
                }
                return Err(CoreError::Duplicate {
                    existing: held.customer,
                });
            }
            facts.push(Fact::Bind { card, customer });
        }
    }
    facts.extend(form.referrer.map(|referrer| Fact::Refer {
        friend: customer,
        referrer,
    }));
    let personal = if groups.is_empty() {
        Vec::new()
    } else {
        vec![(0, groups)]
    };
    Ok(Facts { facts, personal })
}

/// The phone numbers among field groups.
fn phones(groups: &[ProfileGroup]) -> &[Phone] {
    let found = groups.iter().find_map(|group| match group {
        ProfileGroup::Phones(phones) => Some(phones.as_slice()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn refuse_known_phone(reader: &Reader<'_>, groups: &[ProfileGroup]) -> Result<(), CoreError> {
    for group in groups {
        let ProfileGroup::Phones(phones) = group else {
            continue;
        };
        for phone in phones {
            for existing in reader.by_phone_end(phone.digits(), 8)? {
                let same = |customer: &Customer| customer.phones().contains(phone);
                if reader.customer(existing)?.as_ref().is_some_and(same) {
                    return Err(CoreError::Duplicate { existing });
                }
            }
        }
    }
    Ok(())
}

/// The groups that were given, checked.
fn groups(form: &ProfileForm, setting: &Setting) -> Result<Vec<ProfileGroup>, CoreError> {
    let mut groups = Vec::new();
    if !form.given.trim().is_empty() || !form.family.trim().is_empty() {
        let text = |part: &str| part.trim().to_owned();
        groups.push(ProfileGroup::Name {
            given: text(&form.given),
            family: text(&form.family),
        });
    }
    if !form.phones.is_empty() {
        let parse = |typed: &String| Phone::parse(typed, &setting.business.phone_prefix);
        groups.push(ProfileGroup::Phones(
            form.phones.iter().map(parse).collect::<Result<_, _>>()?,
        ));
    }
    if !form.emails.is_empty() {
        let emails = form.emails.iter().map(|email| email.trim().to_owned());
        groups.push(ProfileGroup::Emails(emails.collect()));
    }
    if let Some((month, day, year)) = form.birthday {
        groups.push(ProfileGroup::Birthday(Birthday::new(month, day, year)?));
    }
    if !form.note.trim().is_empty() {
        groups.push(ProfileGroup::Note(form.note.trim().to_owned()));
    }
    groups.iter().try_for_each(ProfileGroup::check)?;
    Ok(groups)
}
