//! What must hold in a shop after each of its ops (V).

use std::collections::BTreeMap;

use kartka_domain::authority::{Book, Decided};
use kartka_domain::ids::{CustomerId, PurchaseId};
use kartka_domain::ledger::{Effect, Entry, EntryKind};
use kartka_domain::moment::Date;
use kartka_domain::position::{BUCKETS_MAX, Wallet};
use kartka_domain::purchase::{Line, Quantity, ReturnKind, ShareKind, returned_so_far};
use kartka_domain::row::{EdgeState, Merge, Row};

use crate::acts::{BONUS, STAMPS};
use crate::reference::{Balances, Record, balances};
use crate::world::World;

/// Whether two were ever one person by an edge.
pub(crate) fn was_on(edge: &Merge) -> bool {
    edge.state == EdgeState::On || edge.undone_by.is_some()
}

impl World {
    /// L10: on an op's own day nobody it touched owes something and could still spend.
    pub(crate) fn no_debt_beside_points(&self, decided: &[Decided]) {
        for decided in decided {
            let Row::Entry(entry) = &decided.row else {
                continue;
            };
            let person = self.shop.person(entry.customer);
            for wallet in person.wallets.values().filter(|w| w.debt.is_positive()) {
                let live = wallet
                    .buckets
                    .iter()
                    .filter(|b| b.expires_on.is_none_or(|last| last >= entry.date));
                assert_eq!(live.count(), 0, "a debt beside points to spend: {person:?}");
            }
        }
    }

    pub(crate) fn reference(&self) -> Balances {
        let record = |entry: Entry| Record {
            customer: entry.customer.get(),
            instrument: i64::from(entry.instrument.0),
            kind: entry.kind.number().into(),
            points: entry.effect().points.0,
            stamps: entry.effect().stamps.0,
        };
        let edges: Vec<(i64, i64)> = self
            .shop
            .merges()
            .into_iter()
            .filter(was_on)
            .map(|edge| (edge.a.get(), edge.b.get()))
            .collect();
        balances(self.shop.ledger().into_iter().map(record), &edges)
    }

    /// Everything that must hold at any time (V).
    pub(crate) fn check(&self) {
        self.check_balances();
        for id in &self.receipts {
            self.check_receipt(*id);
        }
        for (_, position) in self.shop.positions() {
            position.wallets.values().for_each(check_wallet);
        }
        self.check_counters();
        self.shop.ledger().iter().for_each(check_signs);
    }

    /// Σ buckets + Σ pending − debt = balance = Σ effects, for every person (the reference's sums).
    fn check_balances(&self) {
        let mut have = BTreeMap::new();
        let customers: Vec<CustomerId> = self.shop.positions().into_iter().map(|p| p.0).collect();
        for customer in customers {
            // Shares stay taken after an undone merge: only together do effects come to balances (I2).
            let members = self.shop.connected(customer, was_on);
            let named_by = members[0].get();
            let person = self.shop.combined(members);
            for &instrument in person.wallets.keys().chain(person.stamps.keys()) {
                let points = person.balance(instrument).unwrap().0;
                let stamps = person.stamps.get(&instrument).map_or(0, |s| s.0);
                let sums = (i128::from(points), i128::from(stamps));
                have.insert((named_by, i64::from(instrument.0)), sums);
            }
        }
        let mut want = self.reference().of_person;
        have.retain(|_, sums| *sums != (0, 0));
        want.retain(|_, sums| *sums != (0, 0));
        assert_eq!(have, want, "balances");
    }

    /// X1, X4, X6: returned ≤ sold, reversed ≤ granted, restored ≤ spent, one void and none after a return.
    fn check_receipt(&self, id: PurchaseId) {
        let Ok(Some(purchase)) = self.shop.purchase(id) else {
            return;
        };
        let (Ok(returns), Ok(entries)) = (self.shop.returns(id), self.shop.entries(id));
        if purchase.refused.is_some() {
            assert!(returns.iter().all(|r| r.effective().is_empty()));
            assert!(entries.iter().all(|e| e.effect() == Effect::NONE));
            return;
        }
        let back = returned_so_far(&purchase, &returns).unwrap();
        let within = |(line, back): (&Line, &Quantity)| (0..=line.quantity.0).contains(&back.0);
        assert!(purchase.lines.iter().zip(&back).all(within), "{returns:?}");
        for instrument in [BONUS, STAMPS] {
            let sum = |kind: EntryKind| -> (i64, i64) {
                let of_kind = entries
                    .iter()
                    .filter(|e| (e.kind, e.instrument) == (kind, instrument));
                of_kind.fold((0, 0), |(points, stamps), e| {
                    let effect = e.effect();
                    (points + effect.points.0, stamps + effect.stamps.0)
                })
            };
            let bounded = |given: (i64, i64), back: (i64, i64)| {
                let one = |given: i64, back: i64| (0..=given.abs()).contains(&back.abs());
                one(given.0, back.0) && one(given.1, back.1)
            };
            let spent = [EntryKind::Redeem, EntryKind::Reward]
                .map(sum)
                .into_iter()
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            assert!(
                bounded(sum(EntryKind::Earn), sum(EntryKind::Reverse)),
                "{entries:?}"
            );
            assert!(bounded(spent, sum(EntryKind::Restore)), "{entries:?}");
        }
        let counts = returns.iter().filter(|r| !r.effective().is_empty());
        let voids = counts.clone().filter(|r| r.kind != ReturnKind::Goods);
        if voids.count() > 0 {
            assert_eq!(counts.count(), 1, "a void is alone: {returns:?}");
        }
    }

    /// Visits and spending are those of the purchases of which something was kept (Q3).
    fn check_counters(&self) {
        let mut want: BTreeMap<CustomerId, (i64, i64)> = BTreeMap::new();
        let purchases = self.shop.all(|row| match row {
            Row::Purchase(purchase) => Some(purchase.clone()),
            _ => None,
        });
        for purchase in purchases.iter().filter(|p| p.refused.is_none()) {
            let Some(earner) = purchase.earner() else {
                continue;
            };
            let Ok(returns) = self.shop.returns(purchase.id);
            let back = returned_so_far(purchase, &returns).unwrap();
            let (visits, spent) = want.entry(earner).or_default();
            let mut kept_something = false;
            for (line, back) in purchase.lines.iter().zip(back) {
                let lowered = line.shares.iter().filter(|s| s.kind == ShareKind::Discount);
                let price = line.gross.0 - lowered.map(|s| s.value.0).sum::<i64>();
                let gone = i128::from(price) * i128::from(back.0);
                *spent += price - i64::try_from(gone / i128::from(line.quantity.0)).unwrap();
                kept_something |= back < line.quantity;
            }
            *visits += i64::from(kept_something);
        }
        for (customer, position) in self.shop.positions() {
            let want = want.remove(&customer).unwrap_or_default();
            assert_eq!((position.visits, position.spent.0), want, "{position:?}");
        }
        assert!(want.values().all(|w| *w == (0, 0)), "{want:?}");
    }
}

/// 0 < remaining, spend order without doubles, debt never below zero, at most 64 buckets.
fn check_wallet(wallet: &Wallet) {
    let order = |last: Option<Date>| (last.is_none(), last);
    let sorted = wallet
        .buckets
        .windows(2)
        .all(|pair| order(pair[0].expires_on) < order(pair[1].expires_on));
    let positive = wallet.buckets.iter().all(|b| b.points.is_positive())
        && wallet.pending.iter().all(|p| p.points.is_positive())
        && wallet.debt.0 >= 0;
    let few = wallet.buckets.len() <= BUCKETS_MAX;
    assert!(sorted && positive && few, "{wallet:?}");
}

/// L12: what an entry is worth has the sign of what it moves.
fn check_signs(entry: &Entry) {
    let Effect {
        points,
        stamps,
        value,
        ..
    } = entry.effect();
    let direction = points.0.signum() + stamps.0.signum();
    assert!(value.0.signum() * direction >= 0, "{entry:?}");
}
