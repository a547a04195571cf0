//! What an enrolled phone that lies gets out of campaigns: what they add to the receipt it recorded, once, and counted
//! (E3, L15).

use kartka_domain::authority::Book;
use kartka_domain::codes::Code;
use kartka_domain::ids::{
    CustomerId, DeviceNo, InstrumentId, OutletId, ProgrammeVersion, PurchaseId,
};
use kartka_domain::ledger::{About, Bound, Effect, Entry, EntryKind, LotTerms, Raise, Resolved};
use kartka_domain::moment::Date;
use kartka_domain::money::{AMOUNT_MAX, Money, Points};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::programme::{
    Audience, BonusCard, Campaign, Club, Instrument, Joining, Programme, Scope, Terms, When,
};
use kartka_domain::purchase::Line;
use kartka_domain::row::Row;

use crate::forged::sale;
use crate::support::{Shop, noon};

const BONUS: InstrumentId = InstrumentId(1);
const OTHER_CARD: InstrumentId = InstrumentId(2);
/// Doubles the points of this Thursday and Friday, 1,200 of them at most.
const DOUBLE: InstrumentId = InstrumentId(3);
const TRIPLE: InstrumentId = InstrumentId(4);
const MEMBERS: InstrumentId = InstrumentId(5);
const CLUB: InstrumentId = InstrumentId(6);
/// From here on one that does not work for this receipt each.
const ELSEWHERE: u32 = 7;
const BUDGET: i64 = 1_200;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2028-01-20")
}

fn campaign(id: InstrumentId, of: Campaign, scope: Scope) -> Instrument {
    let mut made = Instrument::plain(id, "More", Terms::Campaign(of));
    made.rules.scope = scope;
    made
}

fn twice(card: InstrumentId) -> Campaign {
    Campaign::plain(card, 20_000, Points(BUDGET))
}

/// Campaigns that can't work for a receipt of this Thursday in the first outlet, with why.
fn closed() -> Vec<(&'static str, Campaign, Scope)> {
    let open = Scope::default;
    let mut fridays = twice(BONUS);
    fridays.when = vec![When::Weekdays(0b001_0000)];
    let mut mornings = twice(BONUS);
    mornings.when = vec![When::Hours { from: 480, to: 600 }];
    let days = |first: Option<&str>, last: Option<&str>| Scope {
        first_day: first.map(day),
        last_day: last.map(day),
        ..Scope::default()
    };
    let mut there = open();
    there.outlets = vec![OutletId(9)];
    vec![
        ("in another outlet", twice(BONUS), there),
        (
            "over since yesterday",
            twice(BONUS),
            days(None, Some("2028-01-19")),
        ),
        (
            "from tomorrow on",
            twice(BONUS),
            days(Some("2028-01-21"), None),
        ),
        ("on Fridays", fridays, open()),
        ("in the morning", mornings, open()),
        ("of another card", twice(OTHER_CARD), open()),
    ]
}

struct Till {
    shop: Shop,
    ann: CustomerId,
    bob: CustomerId,
}

fn till() -> Till {
    let bonus = |id| Instrument::plain(id, "Bonus", Terms::Bonus(BonusCard::plain(500, Money(1))));
    let weekend = Scope {
        first_day: Some(today()),
        last_day: Some(day("2028-01-21")),
        ..Scope::default()
    };
    let club = Club {
        joining: Joining::Invitation,
        months: None,
        rate: 0,
    };
    let members = Scope {
        audience: Audience::Members(CLUB),
        ..Scope::default()
    };
    let mut all = vec![
        bonus(BONUS),
        bonus(OTHER_CARD),
        campaign(DOUBLE, twice(BONUS), weekend),
        campaign(
            TRIPLE,
            Campaign::plain(BONUS, 30_000, Points(BUDGET)),
            Scope::default(),
        ),
        campaign(MEMBERS, twice(BONUS), members),
        Instrument::plain(CLUB, "Club", Terms::Club(club)),
    ];
    let rest = (ELSEWHERE..).zip(closed());
    all.extend(rest.map(|(id, (_, of, scope))| campaign(InstrumentId(id), of, scope)));
    let programme = Programme::publish(ProgrammeVersion(1), all).unwrap();
    let mut shop = Shop::default();
    shop.own(noon(today()), vec![Fact::Programme(programme)]);
    let ann = shop.register(noon(today()), Vec::new());
    let bob = shop.register(noon(today()), Vec::new());
    Till { shop, ann, bob }
}

/// An earn of so many points for 100.00, raised by a campaign as far as the phone says.
fn raised(customer: CustomerId, points: i64, raise: (InstrumentId, i64, Bound)) -> Claim {
    let (campaign, added, bound) = raise;
    let raise = Raise {
        campaign,
        points: Points(added),
        bound,
    };
    Claim {
        customer,
        instrument: BONUS,
        kind: EntryKind::Earn,
        effect: Effect {
            status: Points(points),
            ..Effect::points(Points(points), Money(points))
        },
        lot: Some(LotTerms {
            available_on: today(),
            expires_on: None,
        }),
        about: About::Earned(Resolved {
            raise: Some(raise),
            ..Resolved::PLAIN
        }),
    }
}

impl Till {
    /// The op of a phone on which Ann bought for 100.00, with these claims.
    fn op(&mut self, claims: &[Claim]) -> Op {
        let receipt = sale(Some(self.ann), vec![Line::amount(Money(10_000))], 10_000);
        let facts = std::iter::once(receipt).chain(claims.iter().copied().map(Fact::Claim));
        let phone = DeviceNo::new(2).unwrap();
        self.shop.op(phone, noon(today()), facts.collect())
    }

    /// What comes of it: the points of each earn, and what the owner sees.
    fn order(&mut self, op: &Op) -> (Vec<i64>, Vec<Code>) {
        self.shop.order(op);
        self.entries_and_flags(op)
    }

    fn entries_and_flags(&self, op: &Op) -> (Vec<i64>, Vec<Code>) {
        let id = PurchaseId(op.id.0);
        let Ok(entries) = self.shop.entries(id);
        let Ok(purchase) = self.shop.purchase(id);
        let points = entries.iter().map(|entry: &Entry| entry.effect().points.0);
        (points.collect(), purchase.unwrap().flags)
    }

    fn sold(&mut self, claims: &[Claim]) -> (Vec<i64>, Vec<Code>) {
        let op = self.op(claims);
        self.order(&op)
    }

    fn spent(&self, campaign: InstrumentId) -> i64 {
        let Ok(spent) = self.shop.campaign_spent(campaign);
        spent.0
    }

    fn has(&self, customer: CustomerId) -> i64 {
        self.shop.person(customer).balance(BONUS).unwrap().0
    }
}

fn above(claimed: i64, counted: i64) -> Code {
    Code::EarnAboveRules { claimed, counted }
}

#[test]
fn what_is_honest_counts_and_moves_the_budget() {
    let mut till = till();
    let honest = raised(till.ann, 1_000, (DOUBLE, 500, Bound::Terms));
    assert_eq!(till.sold(&[honest]), (vec![1_000], Vec::new()));
    assert_eq!(till.spent(DOUBLE), 500);
}

#[test]
fn a_campaign_that_could_not_work_there_and_then_adds_nothing() {
    for (id, (why, ..)) in (ELSEWHERE..).zip(closed()) {
        let (mut till, campaign) = (till(), InstrumentId(id));
        let forged = raised(till.ann, 1_000, (campaign, 500, Bound::Terms));
        assert_eq!(
            till.sold(&[forged]),
            (vec![500], vec![above(1_000, 500)]),
            "{why}"
        );
        assert_eq!(
            (till.has(till.ann), till.spent(campaign)),
            (500, 0),
            "{why}"
        );
    }
    // What is no campaign, or not there at all.
    for campaign in [BONUS, CLUB, InstrumentId(77)] {
        let mut till = till();
        let forged = raised(till.ann, 1_000, (campaign, 500, Bound::Terms));
        assert_eq!(till.sold(&[forged]).0, [500], "{campaign:?}");
    }
}

#[test]
fn a_campaign_adds_what_its_terms_give_and_not_a_point_more() {
    let most = AMOUNT_MAX.cast_signed();
    for (points, added, bound) in [
        (1_001, 501, Bound::Terms),
        (most, most, Bound::Terms),
        (1_500, 1_000, Bound::Budget),
        (most, most, Bound::Budget),
        (most, i64::MAX, Bound::Budget),
    ] {
        let mut till = till();
        let forged = raised(till.ann, points, (DOUBLE, added, bound));
        let (counted, flags) = till.sold(&[forged]);
        assert_eq!(counted, [1_000], "{points} {added} {bound:?}");
        assert_eq!(flags, [above(points, 1_000)]);
        assert_eq!(
            till.spent(DOUBLE),
            500,
            "only what counts is taken from the budget"
        );
    }
    // A rest of a budget below nothing adds nothing.
    let mut till = till();
    let forged = raised(till.ann, 1_000, (DOUBLE, i64::MIN, Bound::Budget));
    assert_eq!(till.sold(&[forged]).0, [500]);
    assert_eq!(till.spent(DOUBLE), 0);
}

#[test]
fn points_of_a_campaign_are_claimed_once() {
    let mut till = till();
    let honest = raised(till.ann, 1_000, (DOUBLE, 500, Bound::Terms));
    let other = raised(till.ann, 1_500, (TRIPLE, 1_000, Bound::Terms));
    let op = till.op(&[honest, honest, other]);
    assert_eq!(
        till.order(&op).0,
        [1_000, 0, 0],
        "one earn of a card and receipt"
    );
    assert_eq!((till.spent(DOUBLE), till.spent(TRIPLE)), (500, 0));
    // The same tap once more, as another op.
    let mut again = till.op(&[honest]);
    again.request = op.request;
    till.shop.order(&again);
    assert_eq!((till.has(till.ann), till.spent(DOUBLE)), (1_000, 500));
    // Attaching somebody to it gives them nothing.
    let attach = Fact::Attach {
        purchase: PurchaseId(op.id.0),
        customer: till.bob,
        read: None,
    };
    let earn = Fact::Claim(raised(till.bob, 1_000, (DOUBLE, 500, Bound::Terms)));
    let phone = DeviceNo::new(2).unwrap();
    let attached = till.shop.op(phone, noon(today()), vec![attach, earn]);
    till.shop.order(&attached);
    assert_eq!((till.has(till.bob), till.spent(DOUBLE)), (0, 500));
}

/// What passes the budget can't be told from what a phone without network promised: it counts, each receipt of it is seen by
/// the owner, and nobody else gets anything more (decision 50).
#[test]
fn what_is_claimed_beyond_a_budget_is_seen_on_every_receipt() {
    let mut till = till();
    let honest = raised(till.ann, 1_000, (DOUBLE, 500, Bound::Terms));
    let seen = Code::CampaignAboveBudget {
        instrument: DOUBLE.0.into(),
        budget: BUDGET,
    };
    let flags = [0, 1, 2, 3].map(|_| till.sold(&[honest]).1);
    assert_eq!(flags, [vec![], vec![], vec![seen], vec![seen]]);
    assert_eq!((till.spent(DOUBLE), till.has(till.ann)), (2_000, 4_000));
}

#[test]
fn a_campaign_of_another_adds_nothing_to_anybody() {
    let mut till = till();
    let for_bob = raised(till.bob, 1_000, (DOUBLE, 500, Bound::Terms));
    assert_eq!(till.sold(&[for_bob]).0, [0]);
    let phone = DeviceNo::new(2).unwrap();
    let alone = till
        .shop
        .op(phone, noon(today()), vec![Fact::Claim(for_bob)]);
    till.shop.order(&alone);
    assert_eq!((till.has(till.ann), till.has(till.bob)), (0, 0));
    assert_eq!(till.spent(DOUBLE), 0);
}

/// Whether somebody was a member when they paid only the counter could know: a liar gets what a member would have got for the
/// receipt it recorded, and the budget counts it (decision 43).
#[test]
fn who_is_no_member_gets_at_most_what_a_member_gets() {
    let mut till = till();
    let forged = raised(till.ann, 9_000, (MEMBERS, 8_500, Bound::Terms));
    assert_eq!(
        till.sold(&[forged]),
        (vec![1_000], vec![above(9_000, 1_000)])
    );
    assert_eq!(till.spent(MEMBERS), 500);
}

/// A clock that is turned back takes a phone into a campaign that is over (sync §5: a wrong clock takes nothing from anybody),
/// within its terms and its budget; a clock that was right does not.
#[test]
fn after_its_end_a_campaign_gives_only_what_a_wrong_clock_had_promised() {
    let later = noon(day("2028-02-20"));
    let mut till = till();
    let claim = raised(till.ann, 1_000, (DOUBLE, 500, Bound::Terms));
    let op = till.op(&[claim]);
    till.shop.order_at(&op, later);
    assert_eq!(till.entries_and_flags(&op).0, [1_000]);
    assert_eq!(till.spent(DOUBLE), 500);
    let mut right = till.op(&[claim]);
    right.time.wall = later;
    assert_eq!(till.order(&right).0, [500]);
    assert_eq!(till.spent(DOUBLE), 500);
    let rows = till.shop.all(|row| match row {
        Row::CampaignSpent(spent) => Some(spent.instrument),
        _ => None,
    });
    assert_eq!(rows, [DOUBLE]);
}
