//! Bringing friends on generated shops (G3): paid once, taken back whole, within the month's limit, in any order of the
//! facts.

use kartka_domain::brought::Brought;
use kartka_domain::card::CardNumber;
use kartka_domain::ids::{CustomerId, DeviceNo, InstrumentId, ProgrammeVersion, PurchaseId};
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::{Date, Month};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Fact, Op};
use kartka_domain::programme::{BonusCard, Instrument, Programme, Referral, Terms};
use kartka_domain::purchase::{Line, Quantity, ReturnKind, ReturnedLine};
use kartka_domain::quote::{Paper, Question, Tender, quote};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::cases;
use crate::support::scenario::refunded;
use crate::support::{Shop, noon};

const CARDS: [&str; 2] = ["3252170040", "5573872832"];

/// One thing that happens; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Bring(usize, usize),
    Buy(usize, i64),
    /// So many thousandths of a receipt come back.
    Back(usize, i64),
    /// A card is shown by somebody: by another one too, and they are one person.
    Show(usize, usize),
    NextDay,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..3, 0_usize..6).prop_map(|(a, b)| Step::Bring(a, b)),
        5 => (0_usize..6, 1_i64..4_000).prop_map(|(who, amount)| Step::Buy(who, amount)),
        3 => (any::<usize>(), 1_i64..=1_000).prop_map(|(at, part)| Step::Back(at, part)),
        1 => (0_usize..2, 0_usize..6).prop_map(|(card, who)| Step::Show(card, who)),
        1 => Just(Step::NextDay),
    ]
}

/// What is promised: the least receipt beside the terms.
fn promise() -> impl Strategy<Value = (Referral, i64)> {
    let month = proptest::option::of(1_u16..3);
    (0_i64..60, 1_u16..4, 0_u16..10, month, 0_i64..2_000).prop_map(
        |(welcome, every, window_days, per_month, least)| {
            let promised = Referral {
                welcome: Points(welcome),
                every,
                window_days,
                per_month,
                ..Referral::plain(InstrumentId(1), Points(100))
            };
            (promised, least)
        },
    )
}

/// A receipt as a simple till would remember it.
struct Receipt {
    id: PurchaseId,
    who: CustomerId,
    date: Date,
    amount: i64,
    /// Thousandths that came back.
    back: i64,
}

impl Receipt {
    fn kept(&self) -> i64 {
        match self.back {
            1_000 => 0,
            back => self.amount - self.amount * back / 1_000,
        }
    }
}

struct World {
    shop: Shop,
    people: Vec<CustomerId>,
    receipts: Vec<Receipt>,
    today: Date,
    least: i64,
}

impl World {
    fn open(promised: Referral, least: i64) -> Self {
        let today: Date = "2026-03-20".parse().unwrap();
        let mut shop = Shop::default();
        let card = Terms::Bonus(BonusCard::plain(0, Money(1)));
        let mut friends = Instrument::plain(InstrumentId(3), "f", Terms::Referral(promised));
        friends.rules.stacking.minimum = Money(least);
        let all = vec![Instrument::plain(InstrumentId(1), "b", card), friends];
        let programme = Programme::publish(ProgrammeVersion(1), all).unwrap();
        shop.own(noon(today), vec![Fact::Programme(programme)]);
        let people = (0..6).map(|_| shop.register(noon(today), Vec::new()));
        let people = people.collect();
        Self {
            shop,
            people,
            receipts: Vec::new(),
            today,
            least,
        }
    }

    fn op(&mut self, facts: Vec<Fact>) -> Op {
        let device = DeviceNo::new(2).unwrap();
        self.shop.op(device, noon(self.today), facts)
    }

    fn sale(&mut self, who: usize, amount: i64) -> Op {
        let who = self.people[who];
        let (position, programme) = (self.shop.person(who), self.shop.programme_now().unwrap());
        let lines = [Line::amount(Money(amount))];
        let ask = Question {
            customer: Some((who, &position)),
            ..Question::plain(&lines, &programme, noon(self.today))
        };
        let facts = quote(&ask)
            .unwrap()
            .into_facts(Tender::Cash, Paper::default());
        let op = self.op(facts.unwrap());
        self.receipts.push(Receipt {
            id: PurchaseId(op.id.0),
            who,
            date: self.today,
            amount,
            back: 0,
        });
        op
    }

    fn bring(&mut self, referrer: usize, friend: usize) -> Op {
        let (referrer, friend) = (self.people[referrer], self.people[friend]);
        self.op(vec![Fact::Refer { friend, referrer }])
    }

    fn back(&mut self, at: usize, part: i64) -> Option<Op> {
        let at = at % self.receipts.len().max(1);
        let receipt = self.receipts.get_mut(at)?;
        let part = part.min(1_000 - receipt.back);
        if part == 0 {
            return None;
        }
        receipt.back += part;
        let (purchase, kind) = (receipt.id, ReturnKind::Goods);
        let lines = vec![ReturnedLine {
            line: 0,
            quantity: Quantity(part),
        }];
        let claims = refunded(&self.shop, purchase, &lines).claims.into_iter();
        let back = Fact::Return {
            purchase,
            kind,
            lines,
        };
        let facts = std::iter::once(back).chain(claims.map(|(claim, _)| Fact::Claim(claim)));
        Some(self.op(facts.collect()))
    }

    fn play(&mut self, step: &Step) {
        let op = match *step {
            Step::Bring(referrer, friend) => Some(self.bring(referrer, friend)),
            Step::Buy(who, amount) => Some(self.sale(who, amount)),
            Step::Back(at, part) => self.back(at, part),
            Step::Show(card, who) => {
                let card = CardNumber::parse_typed(CARDS[card % CARDS.len()]).unwrap();
                let customer = self.people[who];
                Some(self.op(vec![Fact::Bind { card, customer }]))
            }
            Step::NextDay => {
                self.today = self.today.succ_opt().unwrap();
                None
            }
        };
        if let Some(op) = op {
            self.shop.order(&op);
        }
    }

    /// Points that were given for friends and are not taken back, by the ledger.
    fn given(&self, customer: Option<CustomerId>) -> (i64, i64) {
        let (mut given, mut taken) = (0, 0);
        for entry in self.shop.ledger() {
            if customer.is_none_or(|id| id == entry.customer) {
                match entry.kind {
                    EntryKind::Thank => given += entry.effect().points.0,
                    EntryKind::Unthank => taken -= entry.effect().points.0,
                    _ => {}
                }
            }
        }
        (given, taken)
    }

    /// Whether a friend has kept enough of one receipt since they were brought.
    fn has_bought(&self, row: &Brought) -> bool {
        let friend = self.shop.group_of(row.friend);
        self.receipts.iter().any(|receipt| {
            friend.contains(&receipt.who)
                && receipt.date >= row.date
                && receipt.kept() >= self.least.max(1)
        })
    }

    fn check(&self, promised: &Referral) {
        let rows = self.shop.referrals();
        let outstanding = |row: &Brought| {
            let counted = row.counted.into_iter();
            let all = counted.flat_map(|c| [c.reward, c.welcome]);
            all.flatten()
                .map(|thanks| thanks.effect.points.0)
                .sum::<i64>()
        };
        let (given, taken) = self.given(None);
        let sum: i64 = rows.iter().map(outstanding).sum();
        assert_eq!(given - taken, sum, "the ledger holds what stands, once");
        for customer in &self.people {
            let (given, taken) = self.given(Some(*customer));
            assert!(taken <= given, "never more is taken back than was given");
        }
        for row in &rows {
            match row.refused {
                Some(_) => assert_eq!(row.counted, None, "what is refused gives nothing"),
                None => assert_eq!(row.counted.is_some(), self.has_bought(row), "{row:?}"),
            }
            let same = self.shop.group_of(row.friend);
            let twice = |other: &&Brought| other.refused.is_none() && same.contains(&other.friend);
            let own = same.contains(&row.referrer);
            assert!(row.refused.is_some() || !own, "nobody brings themselves");
            assert!(rows.iter().filter(twice).count() <= 1, "brought once");
        }
        for referrer in &self.people {
            let person = self.shop.group_of(*referrer);
            let own = rows.iter().filter(|row| person.contains(&row.referrer));
            let counted: Vec<_> = own.filter_map(|row| row.counted).collect();
            let completed = counted.iter().filter(|c| c.completes()).count();
            let every = usize::from(promised.every);
            assert!(completed <= counted.len() / every);
            for month in counted.iter().map(|c| Month::of(c.on)) {
                let of_month = |c: &&kartka_domain::brought::Counted| {
                    c.reward.is_some() && Month::of(c.on) == month
                };
                let rewards = counted.iter().filter(of_month).count();
                // Two who turn out to be one keep what each was given.
                let most = promised.per_month.map_or(usize::MAX, usize::from);
                assert!(rewards <= most.saturating_mul(person.len()));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Never paid twice, reversed ≤ granted, the month's limit, nobody brings themselves: after every op.
    #[test]
    fn friends_are_paid_for_once_and_only_while_they_keep_what_they_bought(
        (promised, least) in promise(), steps in vec(step(), 1..40),
    ) {
        let mut world = World::open(promised, least);
        for step in &steps {
            world.play(step);
            world.check(&promised);
        }
    }

    /// Wherever the word comes among a day's purchases and returns, the sums are the same.
    #[test]
    fn the_word_may_come_at_any_place_of_the_day(
        (promised, least) in promise(),
        steps in vec(prop_oneof![
            (Just(1_usize), 1_i64..4_000).prop_map(|(who, amount)| Step::Buy(who, amount)),
            (any::<usize>(), 1_i64..=1_000).prop_map(|(at, part)| Step::Back(at, part)),
        ], 1..8),
        place in 0_usize..8,
    ) {
        let play = |place: usize| {
            let mut world = World::open(promised, least);
            for (at, step) in steps.iter().enumerate() {
                if at == place {
                    world.play(&Step::Bring(0, 1));
                }
                world.play(step);
            }
            if place >= steps.len() {
                world.play(&Step::Bring(0, 1));
            }
            let (given, taken) = world.given(None);
            given - taken
        };
        prop_assert_eq!(play(place), play(0));
    }
}
