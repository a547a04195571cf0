//! Devices that make signed pushes by the protocol's own code: a load for the server, made beforehand.

use std::sync::Arc;

use kartka_core::domain::customer::{Phone, ProfileGroup};
use kartka_core::domain::founding::BONUS;
use kartka_core::domain::ids::{
    BusinessId, CustomerId, DeviceNo, OpId, OperatorId, OutletId, ProgrammeVersion, RequestMark,
};
use kartka_core::domain::ledger::{About, Effect, EntryKind};
use kartka_core::domain::moment::Moment;
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::op::{Claim, Fact, Op, OpTime, Sale, Seen};
use kartka_core::domain::programme::{BonusCard, Expiry};
use kartka_core::domain::purchase::{Line, Parts};
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::civil;
use kartka_protocol::message::{
    Envelope, PROTO, PairAnswer, PairRequest, SignedPairAnswer, SyncRequest,
};
use kartka_protocol::signature::{PublicKey, Signature};
use kartka_server::platform::Clock as _;
use kartka_server::platform::SystemClock;
use kartka_server::{Authority, Rights};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;

/// Half of the sales of a device go to its first customers.
const REGULARS: usize = 40;

const DAY_MS: i64 = 86_400_000;

fn moment(at_ms: i64) -> Moment {
    civil::moment(at_ms, "Europe/Kyiv", 0).unwrap()
}

pub(crate) struct Device {
    key: SigningKey,
    paired: PairAnswer,
    chain: ChainValue,
    next: i64,
    pushes: u64,
    drawn: u64,
    customers: Vec<CustomerId>,
    at: Moment,
    /// The run of the device that its ops name; in another than that of its exchanges the wall time stands (sync §5).
    boot: u64,
    /// Entries made so far.
    pub(crate) entries: u64,
}

impl Device {
    pub(crate) fn pair(authority: &Arc<Authority>, seed: u8) -> Self {
        let qr = authority.pairing("http://shop", Rights::History).unwrap();
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let point = key.verifying_key().to_sec1_point(true);
        let request = PairRequest {
            proto: PROTO,
            token: qr.token,
            public_key: point.as_bytes().try_into().unwrap(),
            nonce: [seed; 16],
            name: format!("Device {seed}"),
        }
        .encode();
        let answer = authority.pair(&request).unwrap();
        let signed = SignedPairAnswer::decode(&answer).unwrap();
        let identity = PublicKey::new(&qr.identity).unwrap();
        let paired = signed.open(&request, &identity).unwrap();
        Self {
            chain: ChainValue::birth(paired.business.id, paired.device),
            key,
            paired,
            next: 1,
            pushes: 0,
            drawn: u64::from(seed) << 32,
            customers: Vec::new(),
            at: moment(SystemClock.now_ms()),
            boot: 1,
            entries: 0,
        }
    }

    /// Its ops begin `days` ago.
    pub(crate) fn start(&mut self, days: i64) {
        self.boot = 2;
        self.at = moment(SystemClock.now_ms() - days * DAY_MS);
    }

    /// Time goes on by `days`, never beyond today.
    pub(crate) fn pass(&mut self, days: i64) {
        let now = SystemClock.now_ms();
        self.at = moment((self.at.instant_ms + days * DAY_MS).min(now));
    }

    /// A signed request with one batch of `ops` ops of the mix: 70 % sales with earn, 10 % with points spent as well,
    /// 10 % edits, 5 % registrations with phone and name; for the 5 % of returns, more sales.
    pub(crate) fn push(&mut self, ops: usize) -> Vec<u8> {
        let first = OpId(self.no().id(self.next).unwrap());
        let before = self.chain;
        let sealed: Vec<BatchOp> = (0..ops).map(|_| self.op()).collect();
        let batch = Batch::seal(self.business(), first, &before, &sealed, |message| {
            Ok::<_, kartka_protocol::WireError>(self.sign(message))
        })
        .unwrap();
        self.pushes += 1;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.pushes.to_be_bytes());
        let request = SyncRequest {
            erased: None,
            proto: PROTO,
            nonce,
            epoch: self.paired.head.head.epoch,
            head: None,
            device: self.no(),
            boot: 1,
            monotonic_ms: 1_000_000,
            anchors: Vec::new(),
            batches: vec![batch],
            cursors: Vec::new(),
            digests: Vec::new(),
            budget: 0,
            branch: None,
            wiped: false,
        };
        let sign = |message: &[u8]| Ok::<_, ()>(self.sign(message));
        let envelope = Envelope::seal(self.business(), self.no(), request.encode(), sign);
        envelope.unwrap().encode()
    }

    fn no(&self) -> DeviceNo {
        self.paired.device
    }

    fn business(&self) -> BusinessId {
        self.paired.business.id
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.key.sign(message);
        Signature(signature.to_bytes().into())
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.drawn = self.drawn.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.drawn ^ (self.drawn >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed >> 33) % below
    }

    fn op(&mut self) -> BatchOp {
        let id = OpId(self.no().id(self.next).unwrap());
        let (facts, personal) = self.mix(id);
        let mark = u64::from(self.no().get()) << 40 | self.next.unsigned_abs();
        let op = Op {
            id,
            request: RequestMark(mark.to_be_bytes()),
            operator: OperatorId(1),
            outlet: OutletId(1),
            programme: ProgrammeVersion(1),
            time: OpTime {
                boot: self.boot,
                monotonic_ms: 1_000_000,
                wall: self.at,
            },
            seen: Seen {
                epoch: self.paired.head.head.epoch,
                seq: self.paired.head.head.seq,
            },
            marks: Vec::new(),
            born: None,
            facts,
            personal,
        };
        self.entries += op.facts.len() as u64;
        self.next = op.last_id().unwrap().counter() + 1;
        let bytes = kartka_protocol::op::encode(&op).unwrap();
        let personal = bytes
            .personal
            .map_or(Personal::None, |bytes| Personal::Here {
                nonce: id.get().to_be_bytes().repeat(2).try_into().unwrap(),
                bytes,
            });
        self.chain = self.chain.next(&bytes.facts, &personal.hash());
        BatchOp {
            facts: bytes.facts,
            personal,
        }
    }

    fn mix(&mut self, id: OpId) -> (Vec<Fact>, Vec<(u8, Vec<ProfileGroup>)>) {
        let kind = if self.customers.is_empty() {
            99
        } else {
            self.draw(100)
        };
        if kind >= 95 {
            self.customers.push(CustomerId(id.0));
            let digits = format!("067{:07}", self.draw(10_000_000));
            let phone = Phone::parse(&digits, "380").unwrap();
            return (
                vec![Fact::Register],
                vec![(0, vec![self.name(), ProfileGroup::Phones(vec![phone])])],
            );
        }
        let customer = self.somebody();
        if kind >= 85 {
            return (vec![Fact::Edit(customer)], vec![(0, vec![self.name()])]);
        }
        let gross = 1_000 + i64::try_from(self.draw(50_000)).unwrap();
        let spent = if kind >= 75 { gross / 50 } else { 0 };
        (self.sale(customer, gross, spent), Vec::new())
    }

    fn somebody(&mut self) -> CustomerId {
        let all = self.customers.len();
        let among = if self.draw(2) == 0 {
            all.min(REGULARS)
        } else {
            all
        };
        let at = usize::try_from(self.draw(among as u64)).unwrap();
        self.customers[at]
    }

    fn name(&mut self) -> ProfileGroup {
        const GIVEN: [&str; 6] = ["Олена", "Тарас", "Ірина", "Богдан", "Софія", "Андрій"];
        const FAMILY: [&str; 6] = [
            "Коваль",
            "Шевченко",
            "Бондар",
            "Мельник",
            "Кравець",
            "Лисенко",
        ];
        let mut pick = |list: [&str; 6]| list[usize::try_from(self.draw(6)).unwrap()].to_owned();
        ProfileGroup::Name {
            given: pick(GIVEN),
            family: pick(FAMILY),
        }
    }

    fn sale(&self, customer: CustomerId, gross: i64, spent: i64) -> Vec<Fact> {
        let mut line = Line::amount(Money(gross));
        let mut claims = Vec::new();
        let claim = |kind, points: i64, lot| {
            let earned = (kind == EntryKind::Earn).then_some(Points(points));
            let effect = Effect {
                status: earned.unwrap_or_default(),
                ..Effect::points(Points(points), Money(points))
            };
            Fact::Claim(Claim {
                customer,
                instrument: BONUS,
                kind,
                effect,
                lot,
                about: About::Nothing,
            })
        };
        if spent > 0 {
            line.shares.push(kartka_core::domain::purchase::Share {
                instrument: BONUS,
                kind: kartka_core::domain::purchase::ShareKind::Points,
                value: Money(spent),
                points: Points(spent),
            });
            claims.push(claim(EntryKind::Redeem, -spent, None));
        }
        let card = BonusCard {
            expiry: Expiry::Months(12),
            ..BonusCard::plain(500, Money(1))
        };
        let lot = Some(card.lot(self.at.date));
        claims.push(claim(EntryKind::Earn, (gross - spent) / 20, lot));
        let cash = Money(gross - spent);
        let parts = Parts {
            cash,
            points: Money(spent),
            ..Parts::default()
        };
        let sale = Sale {
            customer: Some(customer),
            receipt: None,
            lines: vec![line],
            parts,
            read: None,
            fiscal: None,
            confirmed: None,
        };
        std::iter::once(Fact::Sale(sale)).chain(claims).collect()
    }
}
