//! Taking in the business of a founding phone: an invitation, everything in pieces, then a yes or a no for ever
//! (sync §12, decision 54).
//!
//! Until the yes the business lies in a file that nobody is served from. Every request may come twice, late, or after
//! a crash: what was said is durable before it is answered, and a hand-over that was refused or withdrawn is never
//! accepted afterwards. What ops come to is decided by the same code as ever ([`import`]).
//!
//! Whoever runs this in one thread calls [`Reception::invite`] for a code and [`Reception::serve`] with each message of
//! the phone's `Route::Handover`, together with the business's [`Authority`] once there is one; an answer that brings
//! one ([`Received::arrived`]) is to be served from then on.

mod accept;
mod import;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kartka_domain::ids::{BusinessId, DeviceNo, Seq};
use kartka_protocol::WireError;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::handover::{HandoverCode, HandoverToken};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::limits;
use kartka_protocol::message::{
    Envelope, HandoverAnswer, HandoverRequest, HandoverSaid, HandoverStep, OLDEST_PROTO,
    PairRequest, Refusal, SignedHandoverAnswer,
};
use kartka_protocol::page::{End, Fit, PageWriter};
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::PublicKey;

use super::identity::Identity;
use super::intake::Turned;
use super::push::Order;
use super::{Authority, ExchangeError, memory};
use crate::platform::{Clock, Random, draw};
use crate::store::sqlite::SqliteStore;
use crate::store::{Fact, Invitation, KeyFolder, Place, Reads, StoreError, Visit, read, write};

/// How long an invitation waits for a phone to begin, in milliseconds.
const INVITED_MS: i64 = 10 * 60 * 1_000;

mod tag {
    pub(super) const TOKEN: u16 = 1;
    pub(super) const KEY: u16 = 2;
    pub(super) const DEVICE: u16 = 3;
    pub(super) const STAGE: u16 = 4;
    pub(super) const SCOPE: u16 = 5;
}

/// How far a hand-over has come here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Pieces are coming.
    Coming,
    /// This server is the authority.
    Accepted,
    /// It came to other rows: no, for ever.
    Differs(Scope),
    /// The owner has thought better of it: no, for ever.
    Withdrawn,
}

/// What is kept of a hand-over, within the business's own file.
#[derive(Clone, Copy)]
struct Session {
    token: HandoverToken,
    /// The founding phone's key and number.
    key: [u8; 33],
    device: DeviceNo,
    stage: Stage,
}

/// A business on its way here.
struct Arrival {
    store: SqliteStore,
    session: Session,
    identity: Identity,
    keys: ShopKeys,
}

/// What a server has of a business that it does not serve.
enum Left {
    /// Nothing.
    Nothing,
    /// A file in which nothing was written yet.
    Empty(Box<SqliteStore>),
    /// A hand-over.
    Arrival(Box<Arrival>),
    /// A whole business, which is not to be touched.
    Business,
}

/// Where founding phones bring their businesses.
pub struct Reception {
    place: Place,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    arrivals: Mutex<BTreeMap<BusinessId, Arrival>>,
}

/// A message of a hand-over, served.
pub struct Received {
    /// The answer, signed.
    pub answer: Vec<u8>,
    /// The business, when it is this server's from now on.
    pub arrived: Option<Authority>,
}

impl Reception {
    /// For the businesses of a place.
    pub fn new(place: impl Into<Place>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            place: place.into(),
            clock,
            random,
            arrivals: Mutex::default(),
        }
    }

    /// A code for one founding phone, in place of an earlier one that no phone has used: it may begin within ten
    /// minutes. `address` is the URL by which phones reach this server.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn invite(&self, address: &str) -> Result<HandoverCode, StoreError> {
        let invitation = Invitation {
            token: HandoverToken(draw(self.random.as_ref())),
            identity: Identity::generate(self.random.as_ref()),
            expires_ms: self.clock.now_ms().saturating_add(INVITED_MS),
        };
        KeyFolder::of(&self.place).keep_invitation(&invitation)?;
        Ok(HandoverCode {
            address: address.to_owned(),
            identity: Identity::from_bytes(&invitation.identity)?.public(),
            token: invitation.token,
            expires_ms: invitation.expires_ms,
        })
    }

    /// Serves one message; `served` is the business it names, if it is this server's already.
    ///
    /// # Errors
    /// [`ExchangeError`]; what the message brought is then either durable or not there, never half.
    pub fn serve(
        &self,
        body: &[u8],
        served: Option<&Authority>,
    ) -> Result<Received, ExchangeError> {
        Ok(self.received(body, served)?)
    }

    fn received(&self, body: &[u8], served: Option<&Authority>) -> Result<Received, Turned> {
        let envelope = Envelope::decode(body)?;
        let request = HandoverRequest::decode(&envelope.body)?;
        if request.proto < OLDEST_PROTO {
            return Err(Turned::Away(Refusal::ProtocolTooOld { min: OLDEST_PROTO }));
        }
        let pair = PairRequest::decode(&request.pair)?;
        let key = PublicKey::new(&pair.public_key).map_err(|_| refused())?;
        envelope.verify(&key).map_err(|_| refused())?;
        let asked = Asked {
            business: envelope.business,
            device: envelope.device,
            digested: &envelope.body,
            request,
            pair,
        };
        if let Some(authority) = served {
            return accept::again(authority, &asked);
        }
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        // One at a time: whatever fails below, the file is opened anew by the next message.
        let left = match arrivals.remove(&asked.business) {
            Some(arrival) => Left::Arrival(Box::new(arrival)),
            None => self.left(asked.business)?,
        };
        let arrival = match left {
            Left::Arrival(arrival) if arrival.session.token.id() == asked.pair.token => *arrival,
            Left::Arrival(arrival) if arrival.session.stage != Stage::Accepted => {
                self.begin(&asked, Some(arrival.store))?
            }
            Left::Empty(store) => self.begin(&asked, Some(*store))?,
            Left::Nothing => self.begin(&asked, None)?,
            Left::Arrival(_) | Left::Business => return Err(refused()),
        };
        let theirs = arrival.session.key == asked.pair.public_key;
        if !theirs || !asked.request.is_proved(&arrival.session.token) {
            arrivals.insert(asked.business, arrival);
            return Err(refused());
        }
        let served = self.step(arrival, &asked)?;
        let (received, arrival) = served;
        if let Some(arrival) = arrival {
            arrivals.insert(asked.business, arrival);
        }
        Ok(received)
    }

    /// What an earlier run of this server has left of a business.
    fn left(&self, business: BusinessId) -> Result<Left, StoreError> {
        let keys = KeyFolder::of(&self.place);
        if !keys.knows(business)? {
            return Ok(Left::Nothing);
        }
        let store = SqliteStore::open(&self.place, &keys, business)?;
        let (arrival, founded) = read(&store, |db| {
            let arrival = db.fact(Fact::Arrival)?.is_some();
            Ok((arrival, db.fact(Fact::Business)?.is_some()))
        })?;
        Ok(match (arrival, founded) {
            (true, _) => Left::Arrival(Box::new(Arrival::of(store)?)),
            (false, true) => Left::Business,
            (false, false) => Left::Empty(Box::new(store)),
        })
    }

    /// Takes up a hand-over by its invitation, in place of an earlier one that came to nothing.
    fn begin(&self, asked: &Asked<'_>, earlier: Option<SqliteStore>) -> Result<Arrival, Turned> {
        let HandoverStep::Ask { keys: hidden } = &asked.request.step else {
            return Err(refused());
        };
        let folder = KeyFolder::of(&self.place);
        let invitation = folder.invitation()?.ok_or_else(refused)?;
        let token = invitation.token;
        let in_time = self.clock.now_ms() <= invitation.expires_ms;
        let meant = token.id() == asked.pair.token && asked.request.is_proved(&token);
        if !in_time || !meant {
            return Err(refused());
        }
        let keys = token.reveal(&asked.request.nonce, hidden);
        let keys = keys.ok_or_else(refused)?;
        ShopKeys::decode(&keys)?;
        let session = Session {
            token,
            key: asked.pair.public_key,
            device: asked.device,
            stage: Stage::Coming,
        };
        let store = match earlier {
            Some(earlier) => earlier,
            None => {
                SqliteStore::create(&self.place, &folder, asked.business, self.random.as_ref())?
            }
        };
        write(&store, |db| {
            db.forget_everything()?;
            db.put_fact(Fact::IdentityKey, &invitation.identity)?;
            db.put_fact(Fact::ShopKeys, &keys)?;
            memory::write_order(db, &import::birth(asked.business))?;
            db.put_fact(Fact::Arrival, &session.encode())
        })?;
        // Good once. Cut off before this, the same phone begins again.
        folder.drop_invitation()?;
        Ok(Arrival::of(store)?)
    }

    fn step(
        &self,
        mut arrival: Arrival,
        asked: &Asked<'_>,
    ) -> Result<(Received, Option<Arrival>), Turned> {
        let now_ms = self.clock.now_ms();
        match (&asked.request.step, arrival.session.stage) {
            (HandoverStep::Piece { after, batches }, Stage::Coming) => {
                import::take(&arrival, asked.business, *after, batches, now_ms)?;
            }
            (
                HandoverStep::Last {
                    after,
                    batches,
                    end,
                    lineage,
                    digests,
                },
                Stage::Coming,
            ) => {
                let order = import::take(&arrival, asked.business, *after, batches, now_ms)?;
                if order.seq == end.seq {
                    let last = accept::Last {
                        end: *end,
                        lineage,
                        digests,
                    };
                    arrival.session.stage = accept::judge(self, &arrival, asked, &last)?;
                }
            }
            (HandoverStep::Withdraw, Stage::Coming | Stage::Differs(_)) => {
                arrival.withdraw()?;
            }
            _ => {}
        }
        if arrival.session.stage == Stage::Accepted {
            let authority = self.open(arrival, asked.business)?;
            let received = accept::again(&authority, asked)?;
            let arrived = Some(authority);
            return Ok((
                Received {
                    arrived,
                    ..received
                },
                None,
            ));
        }
        let answer = arrival.answer(asked)?;
        let received = Received {
            answer,
            arrived: None,
        };
        Ok((received, Some(arrival)))
    }

    /// The business as any other of this server.
    fn open(&self, arrival: Arrival, business: BusinessId) -> Result<Authority, StoreError> {
        drop(arrival);
        let (clock, random) = (self.clock.clone(), self.random.clone());
        Authority::open(self.place.clone(), business, clock, random)
    }
}

/// Told to whoever has no code that is good here: why, to nobody.
fn refused() -> Turned {
    Turned::Away(Refusal::PairingRefused)
}

/// A message whose signature was checked against the key it names.
struct Asked<'m> {
    business: BusinessId,
    device: DeviceNo,
    digested: &'m [u8],
    request: HandoverRequest,
    pair: PairRequest,
}

impl Asked<'_> {
    /// The answer as sent.
    fn answer(&self, identity: &Identity, said: HandoverSaid) -> Vec<u8> {
        let nonce = self.request.nonce;
        let answer = HandoverAnswer { nonce, said };
        let sign = |message: &[u8]| identity.sign(message);
        SignedHandoverAnswer::seal(self.digested, &answer, sign).encode()
    }
}

impl Arrival {
    /// The hand-over that lies in a file.
    fn of(store: SqliteStore) -> Result<Self, StoreError> {
        let missing = |fact: Fact| StoreError::Malformed(fact.name());
        let (session, identity, keys) = read(&store, |db| {
            let session = Session::read(db)?;
            let (identity, keys) = (db.fact(Fact::IdentityKey)?, db.fact(Fact::ShopKeys)?);
            Ok((session, identity, keys))
        })?;
        let identity = identity.ok_or(missing(Fact::IdentityKey))?;
        let keys = keys.ok_or(missing(Fact::ShopKeys))?;
        Ok(Self {
            session: session.ok_or(missing(Fact::Arrival))?,
            identity: Identity::from_bytes(&identity)?,
            keys: ShopKeys::decode(&keys)?,
            store,
        })
    }

    /// Keeps the word and nothing else.
    fn withdraw(&mut self) -> Result<(), StoreError> {
        self.session.stage = Stage::Withdrawn;
        write(&self.store, |db| {
            let identity = db.fact(Fact::IdentityKey)?.unwrap_or_default();
            let keys = db.fact(Fact::ShopKeys)?.unwrap_or_default();
            db.forget_everything()?;
            db.put_fact(Fact::IdentityKey, &identity)?;
            db.put_fact(Fact::ShopKeys, &keys)?;
            db.put_fact(Fact::Arrival, &self.session.encode())
        })?;
        // What was deleted is overwritten; a file that can't be made smaller now keeps no names either.
        use crate::store::BusinessStore as _;
        self.store.wipe_traces().map(drop)
    }

    fn answer(&self, asked: &Asked<'_>) -> Result<Vec<u8>, Turned> {
        let said = match (self.session.stage, &asked.request.step) {
            (Stage::Withdrawn, _) => HandoverSaid::Withdrawn,
            (Stage::Differs(_), HandoverStep::Show { scope, from }) => HandoverSaid::Shown {
                page: self.page(*scope, *from)?,
            },
            (Stage::Differs(scope), _) => HandoverSaid::Differs { scope },
            (Stage::Coming | Stage::Accepted, _) => {
                let order = read(&self.store, |db| memory::read_order(db))?;
                let last = read(&self.store, |db| import::last_op(db, order.seq))?;
                HandoverSaid::Stands {
                    seq: order.seq,
                    op: last,
                }
            }
        };
        Ok(asked.answer(&self.identity, said))
    }

    /// Rows of a scope above a seq, as a pull would bring them.
    fn page(&self, scope: Scope, from: Seq) -> Result<Vec<u8>, Turned> {
        // What it holds packs to a sixth and better; a page that does not is cut again by its writer.
        let budget = limits::PAGE_PACKED * 4;
        let page = read(&self.store, |db| {
            let order: Order = memory::read_order(db)?;
            let mut page = PageWriter::new(scope, from, budget);
            let mut all = End::Complete(order.seq);
            db.feed(scope, self.session.device, from, &mut |row| {
                Ok(match page.push(row)? {
                    Fit::Taken => Visit::More,
                    Fit::Full => {
                        all = End::More;
                        Visit::Stop
                    }
                })
            })?;
            Ok(page.finish(all)?.bytes)
        })?;
        Ok(page)
    }
}

impl Session {
    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::TOKEN, self.token.0);
        r.put(tag::KEY, self.key);
        r.put(tag::DEVICE, self.device.get());
        let (stage, scope) = match self.stage {
            Stage::Coming => (1_i64, None),
            Stage::Accepted => (2, None),
            Stage::Differs(scope) => (3, Some(scope.code())),
            Stage::Withdrawn => (4, None),
        };
        r.put(tag::STAGE, stage);
        r.put_opt(tag::SCOPE, scope);
        r.encode()
    }

    fn read(db: &(impl Reads + ?Sized)) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = db.fact(Fact::Arrival)? else {
            return Ok(None);
        };
        let read = || -> Result<Self, WireError> {
            let r = Record::decode(&bytes, Shape::ENTITY)?;
            let device = DeviceNo::new(r.int(tag::DEVICE)?);
            Ok(Self {
                token: HandoverToken(r.array(tag::TOKEN)?),
                key: r.array(tag::KEY)?,
                device: device.map_err(|_| WireError::OutOfRange(tag::DEVICE))?,
                stage: match r.int::<i64>(tag::STAGE)? {
                    1 => Stage::Coming,
                    2 => Stage::Accepted,
                    3 => Stage::Differs(Scope::from_code(r.int(tag::SCOPE)?, tag::SCOPE)?),
                    4 => Stage::Withdrawn,
                    _ => return Err(WireError::OutOfRange(tag::STAGE)),
                },
            })
        };
        let session = read().map_err(|_| StoreError::Malformed(Fact::Arrival.name()))?;
        Ok(Some(session))
    }
}
