//! A holder's question: what they want done, and implicitly how their card stands.

use kartka_domain::card::{Bearer, CardKeys, CardNumber, KeyId, ShopTag};
use kartka_domain::customer::{GroupKind, ProfileGroup, Will};
use kartka_domain::ids::{Epoch, Seq};
use kartka_domain::op::Seen;

use super::seal::{Unsealed, Way, open, seal};
use crate::error::{Measure, within};
use crate::fields::{Record, Shape, Value};
use crate::message::Nonce;
use crate::parts::{put_group, read_group};
use crate::{WireError, limits};

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const SHOP: u16 = 2;
    pub(super) const KEY: u16 = 3;
    pub(super) const NUMBER: u16 = 4;
    pub(super) const NONCE: u16 = 5;
    pub(super) const SEALED: u16 = 6;
}

mod body {
    pub(super) const REQUESTS: u16 = 1;
}

mod request {
    pub(super) const KEY: u16 = 1;
    pub(super) const SEEN_EPOCH: u16 = 2;
    pub(super) const SEEN_RANDOM: u16 = 3;
    pub(super) const SEEN: u16 = 4;
    pub(super) const WISH: u16 = 5;
    /// Of a consent.
    pub(super) const WORDING: u16 = 6;
    pub(super) const WITHDRAWN: u16 = 7;
    /// Of a profile.
    pub(super) const GROUPS: u16 = 8;
}

/// Numbers of wishes.
mod wish {
    pub(super) const MARKETING: i64 = 1;
    pub(super) const ERASE: i64 = 2;
    pub(super) const PROFILE: i64 = 3;
}

/// Names a request, drawn at random on the holder's phone: it is done once however often it comes.
pub type RequestKey = [u8; 16];

/// What a holder wants.
#[derive(Clone, PartialEq, Eq)]
pub enum Wish {
    /// To hear of news and offers, or no more.
    Marketing {
        /// Version of the wording that was shown.
        wording: u32,
        /// Given or withdrawn.
        will: Will,
    },
    /// To be erased for ever (B12).
    Erase,
    /// To be known by other data: name, email addresses, birthday. What a counter finds people by is not theirs to change.
    Profile(Vec<ProfileGroup>),
    /// Something that only a newer version understands: it stays undone.
    Newer,
}

/// One wish under its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Its key.
    pub key: RequestKey,
    /// What the holder had been shown when they said it.
    pub seen: Seen,
    /// What they want.
    pub wish: Wish,
}

/// What a holder asks; the answer is always a snapshot.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct HolderAsk {
    /// At most [`limits::HOLDER_REQUESTS`].
    pub requests: Vec<Request>,
}

impl HolderAsk {
    /// As it is sealed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put_records(body::REQUESTS, self.requests.iter().map(Request::to_record));
        r.encode_open()
    }

    /// Reads opened bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::SEALED)?;
        let requests = r.records(body::REQUESTS)?;
        within(Measure::Items, requests.len(), limits::HOLDER_REQUESTS)?;
        let requests = requests.into_iter().map(Request::from_record);
        Ok(Self {
            requests: requests.collect::<Result<_, _>>()?,
        })
    }
}

impl Request {
    /// As kept and sent.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(request::KEY, self.key);
        r.put(request::SEEN_EPOCH, self.seen.epoch.number.cast_signed());
        r.put(request::SEEN_RANDOM, self.seen.epoch.random.cast_signed());
        r.put_unless(request::SEEN, self.seen.seq.0, 0);
        match &self.wish {
            Wish::Marketing { wording, will } => {
                r.put(request::WISH, wish::MARKETING);
                r.put(request::WORDING, *wording);
                let withdrawn = i64::from(*will == Will::Withdrawn);
                r.put_unless(request::WITHDRAWN, withdrawn, 0);
            }
            Wish::Erase => r.put(request::WISH, wish::ERASE),
            Wish::Profile(groups) => {
                r.put(request::WISH, wish::PROFILE);
                let groups = groups.iter().map(|group| {
                    let mut record = Record::new();
                    put_group(&mut record, group);
                    Value::Record(record)
                });
                r.put(request::GROUPS, groups.collect::<Vec<_>>());
            }
            Wish::Newer => r.put(request::WISH, 0_i64),
        }
        r
    }

    /// From a record that was kept or received.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn from_record(r: &Record) -> Result<Self, WireError> {
        let wish = match r.int::<i64>(request::WISH)? {
            wish::MARKETING => Wish::Marketing {
                wording: r.int(request::WORDING)?,
                will: match r.int_or::<i64>(request::WITHDRAWN, 0)? {
                    0 => Will::Given,
                    1 => Will::Withdrawn,
                    _ => return Err(WireError::OutOfRange(request::WITHDRAWN)),
                },
            },
            wish::ERASE => Wish::Erase,
            wish::PROFILE => Wish::Profile(read_groups(r)?),
            _ => Wish::Newer,
        };
        let number: i64 = r.int(request::SEEN_EPOCH)?;
        let random: i64 = r.int(request::SEEN_RANDOM)?;
        Ok(Self {
            key: r.array(request::KEY)?,
            seen: Seen {
                epoch: Epoch {
                    number: number.cast_unsigned(),
                    random: random.cast_unsigned(),
                },
                seq: Seq(r.int_or(request::SEEN, 0)?),
            },
            wish,
        })
    }
}

/// The groups that a holder may write; another one makes the whole request wrong.
fn read_groups(r: &Record) -> Result<Vec<ProfileGroup>, WireError> {
    let wrong = WireError::OutOfRange(request::GROUPS);
    let records = r.records(request::GROUPS)?;
    let mut groups: Vec<ProfileGroup> = Vec::new();
    for record in records {
        let group = read_group(record)?.ok_or(wrong)?;
        let theirs = matches!(
            group.kind(),
            GroupKind::Name | GroupKind::Emails | GroupKind::Birthday
        );
        let once = groups.iter().all(|other| other.kind() != group.kind());
        if !theirs || !once || group.check().is_err() {
            return Err(wrong);
        }
        groups.push(group);
    }
    if groups.is_empty() {
        return Err(wrong);
    }
    Ok(groups)
}

/// A sealed question, with what the authority needs to find the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderEnvelope {
    /// The protocol the phone speaks.
    pub proto: u16,
    /// The shop's letters; where two shops share them, the seal decides.
    pub shop: ShopTag,
    /// Which key made the secret.
    pub key: KeyId,
    /// The card.
    pub number: CardNumber,
    nonce: Nonce,
    sealed: Vec<u8>,
}

impl HolderEnvelope {
    /// Seals a question about a card; `nonce` is drawn anew for each.
    #[must_use]
    pub fn seal(
        (shop, key, number): (ShopTag, KeyId, CardNumber),
        secret: &Bearer,
        nonce: Nonce,
        ask: &HolderAsk,
    ) -> Self {
        let mut envelope = Self {
            proto: crate::message::PROTO,
            shop,
            key,
            number,
            nonce,
            sealed: Vec::new(),
        };
        let bound = envelope.head().encode();
        let way = (Way::Question, &nonce);
        envelope.sealed = seal(secret, way, &bound, &ask.encode());
        envelope
    }

    /// The question and the secret that sealed it, if these keys made that.
    ///
    /// # Errors
    /// [`Unsealed::NotOurs`] also for a key that is not among them; it takes as long as a wrong secret.
    pub fn open(&self, keys: &CardKeys) -> Result<(Bearer, HolderAsk), Unsealed> {
        let known = keys.key(self.key).filter(|_| keys.tag() == self.shop);
        let key = known.or_else(|| keys.key(keys.current()));
        let secret = key.map(|key| Bearer::of(self.number, key));
        let secret = secret.ok_or(Unsealed::NotOurs)?;
        let bound = self.head().encode();
        let way = (Way::Question, &self.nonce);
        let opened = open(&secret, way, &bound, &self.sealed);
        if known.is_none() {
            return Err(Unsealed::NotOurs);
        }
        Ok((secret, HolderAsk::decode(&opened?)?))
    }

    fn head(&self) -> Record {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::SHOP, self.shop.bits());
        r.put(tag::KEY, self.key.value());
        r.put(tag::NUMBER, self.number.value().cast_signed());
        r.put(tag::NONCE, self.nonce);
        r
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = self.head();
        r.put(tag::SEALED, self.sealed.as_slice());
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::SEALED)?;
        let bits: u32 = r.int(tag::SHOP)?;
        let shop = ShopTag::from_bits(bits);
        if shop.bits() != bits {
            return Err(WireError::OutOfRange(tag::SHOP));
        }
        let number = CardNumber::from_value(r.int(tag::NUMBER)?);
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            shop,
            key: KeyId::new(r.int(tag::KEY)?).ok_or(WireError::OutOfRange(tag::KEY))?,
            number: number.map_err(|_| WireError::OutOfRange(tag::NUMBER))?,
            nonce: r.array(tag::NONCE)?,
            sealed: r.bytes(tag::SEALED)?.to_vec(),
        })
    }
}
