//! Vouchers in generated shops (V, U3, G1, G2).

use chrono::Days;
use kartka_domain::authority::{Book, Decided, Echo, as_claimed, lapse};
use kartka_domain::ids::{DeviceNo, InstrumentId, PurchaseId, VoucherId};
use kartka_domain::moment::Date;
use kartka_domain::money::Money;
use kartka_domain::op::{Fact, Op};
use kartka_domain::programme::{
    Benefit, Certificate, Instrument, Life, Nominals, NumberedCoupon, Programme, Spending, Terms,
    VoucherOffline,
};
use kartka_domain::purchase::{Line, ONE, Quantity, ReturnKind, ReturnedLine, VoidReason};
use kartka_domain::quote::{Asked, Paper, Presented, Question, Selling, Tender, Whose, quote};
use kartka_domain::refund::everything_left;
use kartka_domain::row::Row;
use kartka_domain::voucher::{
    Act, Issued, Move, MoveKind, Moved, Origin, Voucher, VoucherCode, VoucherNumber, VoucherReason,
    VoucherState,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::cases;
use crate::support::scenario::refunded;
use crate::support::{Shop, noon};

/// Many uses, once with the rest lost, once with the rest kept; a coupon.
pub(crate) const GIFTS: [InstrumentId; 3] = [InstrumentId(3), InstrumentId(4), InstrumentId(5)];
pub(crate) const COUPON: InstrumentId = InstrumentId(6);

fn programme() -> Programme {
    let spendings = [Spending::Many, Spending::OnceLost, Spending::OnceKept];
    let life = Life {
        months: Some(2),
        ..Life::default()
    };
    let gift = |(id, spending)| {
        let terms = Certificate {
            nominals: Nominals::Between(Money(1), Money(100_000)),
            spending,
            life,
            offline: VoucherOffline::Accept,
        };
        Instrument::plain(id, "x", Terms::Certificate(terms))
    };
    let coupon = NumberedCoupon {
        gives: Benefit::Percent(1_000),
        life,
        offline: VoucherOffline::Accept,
    };
    let mut coupon = Instrument::plain(COUPON, "x", Terms::Numbered(coupon));
    coupon.rules.scope.audience = kartka_domain::programme::Audience::Anybody;
    let mut all: Vec<Instrument> = GIFTS.into_iter().zip(spendings).map(gift).collect();
    all.push(coupon);
    Programme::publish(kartka_domain::ids::ProgrammeVersion(1), all).unwrap()
}

/// What can happen; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Sell {
        gift: usize,
        nominal: i64,
    },
    GiveCoupon,
    Buy {
        price: i64,
        pieces: i64,
        lays: Vec<usize>,
        aware: bool,
    },
    Back {
        receipt: usize,
        part: i64,
        aware: bool,
    },
    Void {
        receipt: usize,
    },
    Extend {
        voucher: usize,
    },
    Cancel {
        voucher: usize,
    },
    Wait(u64),
    Sweep,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (0_usize..3, 1_i64..20_000).prop_map(|(gift, nominal)| Deed::Sell { gift, nominal }),
        1 => Just(Deed::GiveCoupon),
        8 => (1_i64..15_000, 1_i64..5, vec(0_usize..20, 1..3), any::<bool>())
            .prop_map(|(price, pieces, lays, aware)| Deed::Buy { price, pieces, lays, aware }),
        5 => (0_usize..20, 1_i64..=100, any::<bool>())
            .prop_map(|(receipt, part, aware)| Deed::Back { receipt, part, aware }),
        1 => (0_usize..20).prop_map(|receipt| Deed::Void { receipt }),
        1 => (0_usize..20).prop_map(|voucher| Deed::Extend { voucher }),
        1 => (0_usize..20).prop_map(|voucher| Deed::Cancel { voucher }),
        2 => (1_u64..50).prop_map(Deed::Wait),
        1 => Just(Deed::Sweep),
    ]
}

/// A shop that sells and takes certificates.
pub(crate) struct Market {
    pub(crate) shop: Shop,
    /// What a phone knows that was offline for a while.
    old: Shop,
    pub(crate) today: Date,
    receipts: Vec<PurchaseId>,
    codes: u32,
}

impl Market {
    pub(crate) fn new() -> Self {
        let today = "2028-01-20".parse().unwrap();
        let mut shop = Shop::default();
        shop.own(noon(today), vec![Fact::Programme(programme())]);
        Self {
            old: shop.clone(),
            shop,
            today,
            receipts: Vec::new(),
            codes: 0,
        }
    }

    fn number(&mut self) -> VoucherNumber {
        self.codes += 1;
        VoucherNumber::Code(VoucherCode::new(&format!("GIFT-{}", self.codes)).unwrap())
    }

    fn op(&mut self, facts: Vec<Fact>) -> Op {
        let device = DeviceNo::new(2).unwrap();
        self.shop.op(device, noon(self.today), facts)
    }

    pub(crate) fn order(&mut self, facts: Vec<Fact>) -> (Op, Vec<Decided>) {
        let op = self.op(facts);
        let decided = self.shop.order(&op);
        let plain = as_claimed(&op);
        for Decided { row, echo } in decided.iter().filter(|d| d.row.kind().is_fact()) {
            assert!(
                *echo == Echo::Changed || plain.contains(row),
                "the author can't make {:?} {}",
                row.kind(),
                row.key()
            );
        }
        let late = lapse::revive_vouchers(&decided).unwrap();
        if !late.is_empty() {
            self.shop.own(noon(self.today), late);
        }
        (op, decided)
    }

    pub(crate) fn play(&mut self, deed: &Deed) {
        match deed {
            Deed::Sell { gift, nominal } => {
                let lines = [Line::certificate(GIFTS[*gift], Money(*nominal))];
                let number = self.number();
                let selling = [Selling {
                    line: 0,
                    number: Some(&number),
                    holder: None,
                }];
                let programme = self.shop.programme_now().unwrap();
                let ask = Question {
                    selling: &selling,
                    ..Question::plain(&lines, &programme, noon(self.today))
                };
                let facts = quote(&ask)
                    .unwrap()
                    .into_facts(Tender::Cash, Paper::default())
                    .unwrap();
                let (op, _) = self.order(facts);
                self.receipts.push(PurchaseId(op.id.0));
            }
            Deed::GiveCoupon => {
                let number = Some(self.number());
                self.order(vec![Fact::Issue(Issued {
                    instrument: COUPON,
                    number,
                    holder: None,
                    nominal: Money::ZERO,
                    origin: Origin::Given,
                })]);
            }
            Deed::Buy {
                price,
                pieces,
                lays,
                aware,
            } => self.buy((*price, *pieces), lays, *aware),
            Deed::Back {
                receipt,
                part,
                aware,
            } => self.back(*receipt, *part, *aware),
            Deed::Void { receipt } => {
                let Some(&id) = self.receipts.get(*receipt) else {
                    return;
                };
                self.take_back(id, ReturnKind::Void(VoidReason::Undo), 100, true);
            }
            Deed::Extend { voucher } => self.by_hand(*voucher, |one| Act::Extend {
                until: one.last_day.map(|last| last + Days::new(60)),
                revived: one.lapsed,
                why: VoucherReason::Goodwill,
            }),
            Deed::Cancel { voucher } => {
                self.by_hand(*voucher, |one| {
                    Act::Cancel(one.balance, VoucherReason::Lost)
                });
            }
            Deed::Wait(days) => self.today = self.today + Days::new(*days),
            Deed::Sweep => self.sweep(),
        }
    }

    fn by_hand(&mut self, place: usize, act: impl Fn(&Voucher) -> Act) {
        let vouchers = self.old.vouchers();
        if let Some(one) = vouchers.get(place) {
            let (voucher, act) = (one.id, act(one));
            self.order(vec![Fact::Move(Move { voucher, act })]);
        }
    }

    fn sweep(&mut self) {
        let vouchers = self.shop.vouchers();
        let facts = lapse::sweep_vouchers(&vouchers, self.today);
        if !facts.is_empty() {
            self.shop.own(noon(self.today), facts);
        }
        let vouchers = self.shop.vouchers();
        assert!(lapse::sweep_vouchers(&vouchers, self.today).is_empty());
    }

    fn known(&self, aware: bool) -> Shop {
        if aware { &self.shop } else { &self.old }.clone()
    }

    fn buy(&mut self, (price, pieces): (i64, i64), lays: &[usize], aware: bool) {
        let known = self.known(aware);
        let vouchers = known.vouchers();
        let programme = self.shop.programme_now().unwrap();
        let change = self.number();
        let lay = |place: &usize| {
            let voucher = vouchers.get(*place)?;
            Some(Presented {
                voucher,
                of: programme.instrument(voucher.instrument)?,
                most: None,
                change: Some(&change),
                whose: Whose::Theirs,
                asked: Asked::Yes,
            })
        };
        let presented: Vec<Presented<'_>> = lays.iter().filter_map(lay).collect();
        let lines = [Line {
            quantity: Quantity(pieces * ONE.0),
            ..Line::amount(Money(price))
        }];
        let ask = Question {
            presented: &presented,
            ..Question::plain(&lines, &programme, noon(self.today))
        };
        let answer = quote(&ask).unwrap();
        let facts = answer.into_facts(Tender::Cash, Paper::default()).unwrap();
        let (op, _) = self.order(facts);
        self.receipts.push(PurchaseId(op.id.0));
        self.repeat(&op);
    }

    /// A second op with the same request changes no voucher (sync §2).
    fn repeat(&mut self, op: &Op) {
        let before = self.shop.vouchers();
        let mut again = self.op(op.facts.clone());
        again.request = op.request;
        self.shop.order(&again);
        let after: Vec<Voucher> = self.shop.vouchers();
        let old = |one: &&Voucher| before.iter().any(|b| b.id == one.id);
        let (kept, new): (Vec<&Voucher>, Vec<&Voucher>) = after.iter().partition(old);
        assert!(
            kept.into_iter().eq(before.iter()),
            "a repeat changes nothing"
        );
        assert!(new.iter().all(|one| one.state == VoucherState::Cancelled));
    }

    fn back(&mut self, receipt: usize, part: i64, aware: bool) {
        if let Some(&id) = self.receipts.get(receipt) {
            self.take_back(id, ReturnKind::Goods, part, aware);
        }
    }

    fn take_back(&mut self, id: PurchaseId, kind: ReturnKind, part: i64, aware: bool) {
        let known = self.known(aware);
        let Ok(Some(purchase)) = known.purchase(id) else {
            return;
        };
        let Ok(returns) = known.returns(id);
        let left = everything_left(&purchase, &returns).unwrap();
        let part = |one: &ReturnedLine| ReturnedLine {
            quantity: Quantity((one.quantity.0 * part / 100).max(1)),
            ..*one
        };
        let lines: Vec<ReturnedLine> = left.iter().map(part).collect();
        let refund = refunded(&known, id, &lines);
        let back = Fact::Return {
            purchase: id,
            kind,
            lines,
        };
        let moves = refund.moves.into_iter().map(Fact::Move);
        self.order(std::iter::once(back).chain(moves).collect());
    }

    fn moves_of(&self, voucher: VoucherId) -> Vec<Moved> {
        self.shop.all(|row| match row {
            Row::Moved(moved) if moved.voucher == voucher => Some(*moved),
            _ => None,
        })
    }

    /// Σ value = sold or given − used + returned − expired; never below zero, never above what it was issued for;
    /// a coupon is used at most once more than it came back.
    pub(crate) fn check(&self) {
        for voucher in self.shop.vouchers() {
            let moves = self.moves_of(voucher.id);
            let sum = |kind: Option<MoveKind>| -> i64 {
                let of_kind = moves
                    .iter()
                    .filter(|m| kind.is_none_or(|kind| m.kind == kind));
                of_kind.map(|m| m.effect().0).sum()
            };
            assert_eq!(voucher.balance.0, sum(None), "{voucher:?} {moves:?}");
            assert!(
                (0..=voucher.nominal.0).contains(&voucher.balance.0),
                "{voucher:?}"
            );
            assert!(
                (0..=voucher.nominal.0).contains(&voucher.lapsed.0),
                "{voucher:?}"
            );
            assert!(
                sum(Some(MoveKind::Restore)) <= -sum(Some(MoveKind::Use)),
                "{moves:?}"
            );
            if voucher.balance.0 > 0 {
                assert_eq!(voucher.state, VoucherState::Issued, "{voucher:?}");
            }
            if voucher.instrument == COUPON {
                let count = |kind| {
                    moves
                        .iter()
                        .filter(|m| m.kind == kind && m.counts())
                        .count()
                };
                let used =
                    count(MoveKind::Use) - count(MoveKind::Restore).min(count(MoveKind::Use));
                assert!(used <= 1, "{moves:?}");
            }
        }
        for id in &self.receipts {
            let Ok(moved) = self.shop.moves(*id);
            for used in moved.iter().filter(|m| m.kind == MoveKind::Use) {
                let back = moved
                    .iter()
                    .filter(|m| (m.voucher, m.kind) == (used.voucher, MoveKind::Restore));
                let back: i64 = back.map(|m| m.effect().0).sum();
                let taken: i64 = moved
                    .iter()
                    .filter(|m| (m.voucher, m.kind) == (used.voucher, MoveKind::Use))
                    .map(|m| -m.effect().0)
                    .sum();
                assert!((0..=taken).contains(&back), "{moved:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn vouchers_are_worth_what_was_sold_less_what_was_used(deeds in vec(deed(), 1..40)) {
        let mut market = Market::new();
        for (n, deed) in deeds.iter().enumerate() {
            market.play(deed);
            market.check();
            if n % 4 == 3 {
                market.old = market.shop.clone();
            }
        }
    }
}
