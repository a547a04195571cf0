//! What a phone's day weighs: bytes on the wire and on its disk, for the mix of sync §10 made by the real use cases.

use kartka_core::domain::ids::{CustomerId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::shop::Shop;
use kartka_core::store::LogFile;
use kartka_core::sync::transport::Http;
use kartka_core::sync::{Cancel, SyncReport};
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;

use crate::house::{House, request};
use crate::line;

const OPS: u32 = 5_000;
/// Ops of a push.
const PUSH: u32 = 50;

/// Bytes that the mix takes.
pub(crate) struct Weighed {
    /// On the wire per entry: up, and down in the same exchanges.
    pub(crate) up: f64,
    pub(crate) down: f64,
    /// On the disk per row: of the phone that made the ops, and of one that received them.
    pub(crate) maker: f64,
    pub(crate) receiver: f64,
}

pub(crate) fn run() {
    let of = weigh();
    let say = |name: &str, bytes: f64| line(name, &format!("{bytes:.1} B"), None);
    say(&format!("wire up, pushes of {PUSH} ops, per entry"), of.up);
    say("wire down in the same exchanges, per entry", of.down);
    say("disk of the phone that made the ops, per row", of.maker);
    say(
        "disk of a fresh phone with the same rows, per row",
        of.receiver,
    );
}

pub(crate) fn weigh() -> Weighed {
    let house = House::open();
    let http = Http::new(None).unwrap();
    let shop = house.phone("counter", &http);
    let mut day = Day {
        shop: &shop,
        customers: Vec::new(),
        purchases: Vec::new(),
    };
    let mut sent = SyncReport::default();
    for n in 0..OPS {
        day.tap(n);
        if n % PUSH == PUSH - 1 {
            let report = shop.sync(&http, &Cancel::default()).unwrap();
            sent.bytes_up += report.bytes_up;
            sent.bytes_down += report.bytes_down;
            sent.exchanges += report.exchanges;
        }
    }
    let made = shop.store().read(|r| r.sums()).unwrap().made as f64;
    let fresh = house.phone("fresh", &http);
    Weighed {
        up: sent.bytes_up as f64 / made,
        down: sent.bytes_down as f64 / made,
        maker: per_row(&shop),
        receiver: per_row(&fresh),
    }
}

/// Bytes of a phone's database per row, all indexes included.
pub(crate) fn per_row(shop: &Shop) -> f64 {
    let _ = shop.store().checkpoint(LogFile::Truncate).unwrap();
    let sums = shop.store().read(|r| r.sums()).unwrap();
    sums.bytes as f64 / sums.rows as f64
}

struct Day<'s> {
    shop: &'s Shop,
    customers: Vec<CustomerId>,
    purchases: Vec<PurchaseId>,
}

impl Day<'_> {
    /// 70 % amount-only sales with earn, 10 % redeem, 5 % return, 10 % edits, 5 % registrations with phone and name.
    fn tap(&mut self, n: u32) {
        let id = request(3, n);
        let pick = u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let kind = if self.customers.is_empty() {
            99
        } else {
            pick % 100
        };
        if kind >= 95 {
            let form = Registration {
                profile: ProfileForm {
                    given: format!("Олена {}", n % 50),
                    family: "Коваль".into(),
                    phones: vec![format!("067{n:07}")],
                    ..ProfileForm::default()
                },
                card: NewCard::Issue,
                ..Registration::default()
            };
            self.customers.push(self.shop.register(id, &form).unwrap());
            return;
        }
        let customer = self.customers[usize::try_from(pick / 100).unwrap() % self.customers.len()];
        if kind >= 85 {
            let form = ProfileForm {
                given: format!("Ірина {}", n % 70),
                ..ProfileForm::default()
            };
            return self.shop.edit(id, customer, &form).unwrap();
        }
        if kind >= 80
            && let Some(purchase) = self.purchases.pop()
        {
            self.shop.give_back(id, purchase, &[]).unwrap();
            return;
        }
        let amount = Money(500 + i64::try_from(pick % 40_000).unwrap());
        let mut ask = TillRequest::amount(Some(customer), amount);
        if kind >= 70
            && let Ok((_, quote)) = self.shop.quote(&ask)
            && let Ok(allowed) = quote.redeemable
        {
            ask.spend = Points(allowed.most.0.min(allowed.least.0 + 200));
        }
        self.purchases.push(self.shop.sell(id, &ask).unwrap());
        if self.purchases.len() > 20 {
            self.purchases.remove(0);
        }
    }
}
