//! Steps about what the authority keeps for a receipt (mode `online`).
//!
//! `till 2 asks for 300 of ann` or `till 2 asks for GIFT-1:30.00` keeps it; `ann buys … till 2` is the sale for which
//! it was kept; `till 2 lets go` and `till 2 is late` end it without one.

use kartka_domain::authority::reserve;
use kartka_domain::ids::{DeviceNo, InstrumentId, RequestMark};
use kartka_domain::money::Points;
use kartka_domain::redeem::Connectivity;
use kartka_domain::reservation::{Asset, Item, Kept, Receipt};

use super::super::noon;
use super::super::words::{amount, code};
use super::Story;

/// The receipt that a till works on; its request is the till's number.
pub(super) fn receipt(till: u32) -> Receipt {
    Receipt {
        device: DeviceNo::new(till).unwrap(),
        request: RequestMark((u64::from(till) << 32).to_be_bytes()),
    }
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
        let one = |word: &&str| {
            let (text, value) = word.split_once(':').unwrap_or((word, "0.00"));
            Item {
                asset: Asset::Voucher(self.numbered(text)),
                amount: amount(value).0,
            }
        };
        words.iter().map(one).collect()
    }

    /// How far the authority is for a till that asked it, or did not.
    pub(super) fn reach_of(&self, till: u32) -> Connectivity {
        let kept = self.promised.get(&till).into_iter().flatten();
        let points = |(asset, kept): &(Asset, Kept)| match asset {
            Asset::Points { .. } => Some(Points(kept.amount)),
            Asset::Voucher(_) => None,
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
