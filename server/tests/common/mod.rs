//! A small phone for the server's tests: it seals ops with the protocol's own code and keeps what it is sent.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

pub mod http;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kartka_domain::founding::{BONUS, ShopKind};
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, EntryKind};
use kartka_domain::moment::{Moment, Month};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op, OpTime, Sale, Seen};
use kartka_domain::programme::{BonusCard, Expiry};
use kartka_domain::purchase::{Line, Parts};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::civil;
use kartka_protocol::digest::{Digest, DigestKey};
use kartka_protocol::keys::ShopKeys;
use kartka_protocol::limits;
use kartka_protocol::message::{
    Envelope, Flag, PROTO, PairAnswer, PairRequest, Refusal, SignedPairAnswer, SyncAnswer,
    SyncRequest,
};
use kartka_protocol::page::Page;
use kartka_protocol::pairing::PairingQr;
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;
use kartka_protocol::signature::{PublicKey, Signature};
use kartka_server::platform::{Clock, Random};
use kartka_server::{Authority, ExchangeError, FoundingInput, Rights};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;

/// A morning in Kyiv, 2026-03-10 10:00.
pub const MORNING: i64 = 1_773_129_600_000;
pub const ZONE: &str = "Europe/Kyiv";

/// A clock that the test moves.
pub struct Hands(AtomicI64);

impl Hands {
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Random bytes that repeat from run to run.
#[derive(Default)]
pub struct Dice(AtomicU64);

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        let mut reader = blake3::Hasher::new()
            .update(&n.to_be_bytes())
            .finalize_xof();
        reader.fill(bytes);
    }
}

/// A shop on a server, in a folder that goes away.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub clock: Arc<Hands>,
    pub random: Arc<Dice>,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(Hands(AtomicI64::new(MORNING))),
            random: Arc::new(Dice::default()),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn found(&self) -> Authority {
        let input = founding();
        Authority::found(
            &self.data(),
            &input,
            self.clock.clone(),
            self.random.clone(),
        )
        .unwrap()
    }

    pub fn open(&self, business: BusinessId) -> Result<Authority, kartka_server::StoreError> {
        Authority::open(
            &self.data(),
            business,
            self.clock.clone(),
            self.random.clone(),
        )
    }
}

pub fn founding() -> FoundingInput {
    FoundingInput {
        name: "Кав'ярня <Рута>".to_owned(),
        country: "UA".to_owned(),
        kind: ShopKind::Coffee,
        owner: "Olena".to_owned(),
    }
}

/// Ops of one batch that no answer has acked yet.
pub struct Unsent {
    pub first: OpId,
    pub before: ChainValue,
    pub ops: Vec<BatchOp>,
    pub entries: i64,
}

/// A phone.
pub struct Phone {
    pub key: SigningKey,
    pub paired: PairAnswer,
    pub identity: PublicKey,
    pub digest_key: DigestKey,
    pub keys: ShopKeys,
    pub chain: ChainValue,
    /// The next number.
    pub next: i64,
    pub outbox: Vec<Unsent>,
    pub ops: BTreeMap<OpId, Op>,
    pub rows: BTreeMap<(u8, i64), (Scope, WireRow)>,
    pub cursors: BTreeMap<Scope, Seq>,
    pub budget: u32,
    nonce: u128,
    drawn: u64,
}

pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub fn public_key(key: &SigningKey) -> [u8; 33] {
    let point = key.verifying_key().to_sec1_point(true);
    point.as_bytes().try_into().unwrap()
}

pub fn pair_request(qr: &PairingQr, key: &SigningKey, name: &str) -> PairRequest {
    PairRequest {
        proto: PROTO,
        token: qr.token,
        public_key: public_key(key),
        nonce: [9; 16],
        name: name.to_owned(),
    }
}

impl Phone {
    /// Pairs a phone whose key is made of `seed`.
    pub fn pair(authority: &Authority, seed: u8) -> Self {
        Self::pair_with(authority, seed, Rights::History)
    }

    pub fn pair_with(authority: &Authority, seed: u8, rights: Rights) -> Self {
        let qr = authority.pairing("http://shop", rights).unwrap();
        let key = signing_key(seed);
        let request = pair_request(&qr, &key, "Phone").encode();
        let answer = authority.pair(&request).unwrap();
        Self::from_answer(key, &qr, &request, &answer)
    }

    pub fn from_answer(key: SigningKey, qr: &PairingQr, request: &[u8], answer: &[u8]) -> Self {
        let identity = PublicKey::new(&qr.identity).unwrap();
        let signed = SignedPairAnswer::decode(answer).unwrap();
        let paired = signed.open(request, &identity).unwrap();
        assert_eq!(paired.nonce, [9; 16]);
        paired.head.verify(paired.business.id, &identity).unwrap();
        let keys = ShopKeys::decode(&paired.keys.encode()).unwrap();
        let mut cursors = BTreeMap::from([(Scope::Base, Seq(0)), (Scope::Own, Seq(0))]);
        cursors.insert(Scope::Month(Month(2026 * 12 + 2)), Seq(0));
        Self {
            chain: ChainValue::birth(paired.business.id, paired.device),
            key,
            identity,
            digest_key: keys.digest,
            keys,
            next: 1,
            outbox: Vec::new(),
            ops: BTreeMap::new(),
            rows: BTreeMap::new(),
            cursors,
            budget: 4 << 20,
            nonce: 0,
            drawn: 0,
            paired,
        }
    }

    pub fn business(&self) -> BusinessId {
        self.paired.business.id
    }

    pub fn device(&self) -> DeviceNo {
        self.paired.device
    }

    /// Commits an op on the phone.
    pub fn commit(&mut self, facts: Vec<Fact>, at: Moment) -> OpId {
        let op = self.draft(facts, at);
        self.commit_op(op)
    }

    /// The next op, not committed yet.
    pub fn draft(&mut self, facts: Vec<Fact>, at: Moment) -> Op {
        let id = OpId(self.device().id(self.next).unwrap());
        self.drawn += 1;
        let mark = u64::from(self.device().get()) << 40 | self.drawn;
        Op {
            id,
            request: RequestMark(mark.to_be_bytes()),
            operator: OperatorId(1),
            outlet: OutletId(1),
            programme: ProgrammeVersion(1),
            time: OpTime {
                boot: 7,
                monotonic_ms: at.instant_ms - MORNING + 1_000_000,
                wall: at,
            },
            seen: Seen {
                epoch: self.paired.head.head.epoch,
                seq: self.cursors[&Scope::Base],
            },
            marks: Vec::new(),
            born: None,
            facts,
            personal: Vec::new(),
        }
    }

    pub fn commit_op(&mut self, op: Op) -> OpId {
        let id = op.id;
        let bytes = kartka_protocol::op::encode(&op).unwrap();
        let personal = match bytes.personal {
            None => Personal::None,
            Some(bytes) => Personal::Here {
                nonce: [5; 16],
                bytes,
            },
        };
        let before = self.chain;
        self.chain = before.next(&bytes.facts, &personal.hash());
        self.next = op.last_id().unwrap().counter() + 1;
        let entries = i64::try_from(op.facts.len()).unwrap();
        let sealed = BatchOp {
            facts: bytes.facts,
            personal,
        };
        match self.outbox.last_mut() {
            Some(unsent) if unsent.ops.len() < 50 => {
                unsent.ops.push(sealed);
                unsent.entries += entries;
            }
            _ => self.outbox.push(Unsent {
                first: id,
                before,
                ops: vec![sealed],
                entries,
            }),
        }
        self.ops.insert(id, op);
        id
    }

    pub fn register(&mut self, at: Moment) -> CustomerId {
        CustomerId(self.commit(vec![Fact::Register], at).0)
    }

    pub fn sell(&mut self, customer: Option<CustomerId>, amount: i64, at: Moment) -> PurchaseId {
        PurchaseId(self.commit(sale_of(customer, amount, at), at).0)
    }

    pub fn batches(&self) -> Vec<Batch> {
        let seal = |unsent: &Unsent| {
            let Unsent {
                first, before, ops, ..
            } = unsent;
            Batch::seal(self.business(), *first, before, ops, |m| {
                Ok::<_, kartka_protocol::WireError>(self.sign(m))
            })
            .unwrap()
        };
        self.outbox
            .iter()
            .map(seal)
            .take(limits::REQUEST_BATCHES)
            .collect()
    }

    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.key.sign(message);
        Signature(signature.to_bytes().into())
    }

    pub fn request(&mut self, now_ms: i64) -> SyncRequest {
        self.nonce += 1;
        SyncRequest {
            erased: None,
            proto: PROTO,
            nonce: self.nonce.to_be_bytes(),
            epoch: self.paired.head.head.epoch,
            head: Some(self.paired.head),
            device: self.device(),
            boot: 7,
            monotonic_ms: now_ms - MORNING + 1_000_000,
            anchors: Vec::new(),
            batches: self.batches(),
            cursors: self.cursors.iter().map(|(s, c)| (*s, *c)).collect(),
            digests: self.cursors.keys().copied().collect(),
            budget: self.budget,
            branch: None,
            wiped: false,
        }
    }

    pub fn seal(&self, request: &SyncRequest) -> Vec<u8> {
        let envelope = Envelope::seal(self.business(), self.device(), request.encode(), |m| {
            Ok::<_, ()>(self.sign(m))
        });
        envelope.unwrap().encode()
    }

    /// One exchange without a network; `Err` holds the refusal, from within an answer or instead of one.
    pub fn sync(&mut self, authority: &Authority, now_ms: i64) -> Result<SyncAnswer, Refusal> {
        let request = self.request(now_ms);
        let answer = authority.sync(&self.seal(&request)).map_err(refusal)?;
        self.take(&request, &answer)
    }

    /// Exchanges until nothing is left over.
    pub fn sync_all(&mut self, authority: &Authority, now_ms: i64) {
        for _ in 0..1_000 {
            let answer = self.sync(authority, now_ms).unwrap();
            if !answer.flags.has(Flag::More) && self.outbox.is_empty() {
                return;
            }
        }
        panic!("the exchange does not come to an end");
    }

    /// Believes an answer and keeps what it brings.
    pub fn take(&mut self, request: &SyncRequest, bytes: &[u8]) -> Result<SyncAnswer, Refusal> {
        let answer = SyncAnswer::decode(bytes).unwrap();
        assert_eq!(
            (answer.nonce, answer.device),
            (request.nonce, request.device)
        );
        answer.head.verify(self.business(), &self.identity).unwrap();
        if let Some(refusal) = answer.refusal {
            assert!(answer.pages.is_empty() && answer.cursors.is_empty());
            return Err(refusal);
        }
        self.paired.head = answer.head;
        let acked = answer.acked.last;
        self.outbox
            .retain(|unsent| unsent.first.0.counter() + unsent.entries - 1 > acked);
        for page in &answer.pages {
            let page = Page::decode(page).unwrap();
            for row in page.rows {
                let scope = row_scope(&row);
                self.rows.insert((row.kind, row.id), (scope, row));
            }
        }
        self.own_facts(&answer);
        for (scope, seq) in &answer.cursors {
            self.cursors.insert(*scope, *seq);
        }
        for sum in &answer.digests {
            if self.cursors.get(&sum.scope) == Some(&sum.seq) {
                assert_eq!(sum.digest, self.digest(sum.scope), "{:?}", sum.scope);
            }
        }
        Ok(answer)
    }

    /// Facts of settled own ops that came with no row are as claimed.
    fn own_facts(&mut self, answer: &SyncAnswer) {
        for run in &answer.runs {
            let own = self.ops.range(run.first_op..=run.last_op);
            for (k, (_, op)) in own.enumerate() {
                let seq = Seq(run.first_seq.0 + i64::try_from(k).unwrap());
                for row in kartka_domain::authority::as_claimed(op) {
                    let wire = WireRow::of(&row, seq);
                    let scope = row.month().map_or(Scope::Base, Scope::Month);
                    self.rows
                        .entry((wire.kind, wire.id))
                        .or_insert((scope, wire));
                }
            }
        }
    }

    pub fn digest(&self, scope: Scope) -> Digest {
        let rows = self.rows.values().filter(|(of, _)| *of == scope);
        Digest::of(&self.digest_key, rows.map(|(_, row)| row))
    }

    pub fn row(&self, kind: RowKind, id: i64) -> Option<Row> {
        let found = self.rows.get(&(kind as u8, id));
        found.map(|(_, wire)| wire.read().unwrap())
    }

    pub fn balance(&self, customer: CustomerId) -> i64 {
        match self.row(RowKind::Position, customer.get()) {
            Some(Row::Position(_, position)) => position.balance(BONUS).unwrap().0,
            _ => 0,
        }
    }
}

fn row_scope(row: &WireRow) -> Scope {
    let month = row.read().unwrap().month();
    month.map_or(Scope::Base, Scope::Month)
}

pub fn refusal(error: ExchangeError) -> Refusal {
    match error {
        ExchangeError::Refused(refusal) => refusal,
        ExchangeError::Store(error) => panic!("{error}"),
    }
}

pub fn at(ms_after_morning: i64) -> Moment {
    civil::moment(MORNING + ms_after_morning, ZONE, 0).unwrap()
}

/// A typed amount paid in cash; whoever is named earns 5 %.
pub fn sale_of(customer: Option<CustomerId>, amount: i64, at: Moment) -> Vec<Fact> {
    let gross = Money(amount);
    let sale = Sale {
        customer,
        receipt: None,
        lines: vec![Line::amount(gross)],
        parts: Parts {
            cash: gross,
            ..Parts::default()
        },
        read: None,
        fiscal: None,
        confirmed: None,
    };
    let mut facts = vec![Fact::Sale(sale)];
    facts.extend(customer.map(|customer| Fact::Claim(earn(customer, amount / 20, at))));
    facts
}

/// The bonus card that a shop is founded with, as far as an earn needs it.
pub fn card() -> BonusCard {
    BonusCard {
        expiry: Expiry::Months(12),
        ..BonusCard::plain(500, Money(1))
    }
}

pub fn earn(customer: CustomerId, points: i64, at: Moment) -> Claim {
    Claim {
        customer,
        instrument: BONUS,
        kind: EntryKind::Earn,
        effect: Effect::points(Points(points), Money(points)),
        lot: Some(card().lot(at.date)),
        about: About::Nothing,
    }
}

pub fn redeem(customer: CustomerId, points: i64) -> Claim {
    Claim {
        customer,
        instrument: BONUS,
        kind: EntryKind::Redeem,
        effect: Effect::points(Points(-points), Money(-points)),
        lot: None,
        about: About::Nothing,
    }
}
