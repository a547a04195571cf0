//! Steps about what the authority keeps for a receipt (mode `online`).
//!
//! `till 2 asks for 300 of ann` or `till 2 asks for GIFT-1:30.00` keeps it; `ann buys … till 2` is the sale for which
//! it was kept; `till 2 lets go` and `till 2 is late` end it without one.

use kartka_domain::authority::{Book, reserve};
use kartka_domain::ids::{DeviceNo, InstrumentId, PurchaseId, RequestMark};
use kartka_domain::money::Points;
use kartka_domain::programme::{Instrument, Terms};
use kartka_domain::purchase::tax_of;
use kartka_domain::quote::{Asked, Used};
use kartka_domain::redeem::Connectivity;
use kartka_domain::reservation::{Asset, Item, Kept, Receipt};

use super::super::words::{amount, code, money};
use super::super::{Shop, noon};
use super::Story;

/// The receipt that a till works on; its request is the till's number.
pub(super) fn receipt(till: u32) -> Receipt {
    Receipt {
        device: DeviceNo::new(till).unwrap(),
        request: RequestMark((u64::from(till) << 32).to_be_bytes()),
    }
}

/// `price 16.00, tax 2.67, money 16.00, points 0.00`: what a receipt says of a purchase (D5).
pub(super) fn paid(known: &Shop, id: PurchaseId) -> String {
    let Ok(purchase) = known.purchase(id);
    let purchase = purchase.unwrap();
    let tax = tax_of(&purchase.lines).unwrap();
    let money_part = purchase.parts.money().unwrap();
    format!(
        "price {}, tax {}, money {}, points {}",
        money(purchase.price().unwrap()),
        money(tax),
        money(money_part),
        money(purchase.parts.points)
    )
}

impl Story {
    pub(super) fn till(&mut self, number: &str, what: &[&str]) -> String {
        let till: u32 = number.parse().unwrap();
        let own = receipt(till);
        let of = |one: &(Asset, Kept)| one.1.receipt == own;
        match *what {
            ["lets", "go"] | ["is", "late"] => {
                self.shop.reserved.retain(|one| !of(one));
                String::new()
            }
            ["asks", "for", ref wanted @ ..] => {
                let items = self.wanted(wanted);
                let mut op = self.shop.op(own.device, noon(self.today), Vec::new());
                op.request = own.request;
                let Ok(said) = reserve(&self.shop, &op, &items, self.today);
                if let Err(why) = said {
                    return format!("refused {}", code(why));
                }
                self.shop.reserved.retain(|one| !of(one));
                let kept = |item: Item| {
                    let (receipt, amount) = (own, item.amount);
                    (item.asset, Kept { receipt, amount })
                };
                let kept: Vec<(Asset, Kept)> = items.into_iter().map(kept).collect();
                self.promised.insert(till, kept.clone());
                self.shop.reserved.extend(kept);
                "kept".to_owned()
            }
            _ => panic!("unknown step of a till: {what:?}"),
        }
    }

    /// `300 of ann`, `GIFT-1:30.00`, `COUPON-1`.
    fn wanted(&mut self, words: &[&str]) -> Vec<Item> {
        if let [points, "of", name] = words {
            let customer = self.person(name);
            let asset = Asset::Points {
                customer,
                instrument: InstrumentId(1),
            };
            let amount = points.parse().unwrap();
            return vec![Item { asset, amount }];
        }
        if let ["code", id] = words {
            let asset = Asset::Coupon(InstrumentId(id.parse().unwrap()));
            return vec![Item { asset, amount: 1 }];
        }
        let one = |word: &&str| {
            let (text, value) = word.split_once(':').unwrap_or((word, "0.00"));
            Item {
                asset: Asset::Voucher(self.numbered(text)),
                amount: amount(value).0,
            }
        };
        words.iter().map(one).collect()
    }

    /// How the codes of the programme stand for a till, or where the authority is.
    pub(super) fn used(&self, known: &Shop, till: Option<u32>) -> Vec<Used> {
        let programme = known.programme_now().unwrap();
        let used = |of: &Instrument| {
            let kept = till.is_some_and(|till| {
                let kept = self.promised.get(&till).into_iter().flatten();
                kept.into_iter()
                    .any(|(asset, _)| *asset == Asset::Coupon(of.id))
            });
            let Ok(count) = known.coupon_uses(of.id);
            let limited = matches!(&of.terms, Terms::Coupon(coupon) if coupon.total.is_some());
            limited.then_some(Used {
                instrument: of.id,
                count: if kept { 0 } else { count },
                asked: if kept || till.is_none() {
                    Asked::Yes
                } else {
                    Asked::No
                },
            })
        };
        programme.instruments().iter().filter_map(used).collect()
    }

    /// How far the authority is for a till that asked it, or did not.
    pub(super) fn reach_of(&self, till: u32) -> Connectivity {
        let kept = self.promised.get(&till).into_iter().flatten();
        let points = |(asset, kept): &(Asset, Kept)| match asset {
            Asset::Points { .. } => Some(Points(kept.amount)),
            Asset::Voucher(_) | Asset::Coupon(_) => None,
        };
        Connectivity::Phone {
            confirmed: Points::ZERO,
            pending: Points::ZERO,
            recent: Points::ZERO,
            snapshot_age_ms: 0,
            spent_of_budget: Points::ZERO,
            held: false,
            kept: kept.filter_map(points).next(),
        }
    }
}
