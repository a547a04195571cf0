//! The real counter on the disk that counts: what a sale costs, and what a power cut leaves of it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::money::{Money, Points};
use kartka_core::platform::{KeyStore, KeyStoreError, SecretName};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::RequestId;
use kartka_core::usecase::customers::{NewCard, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;

use super::*;

/// Where the database lies within the folder that a shop is opened with.
const SHOP: &str = "kartka.db";

#[derive(Default)]
struct Keys(Mutex<BTreeMap<SecretName, Vec<u8>>>);

impl KeyStore for Keys {
    fn load(&self, name: SecretName) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeyStoreError> {
        Ok(self.0.lock().unwrap().get(&name).cloned().map(Into::into))
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap().insert(name, secret.to_vec());
        Ok(())
    }
}

struct Phone {
    machine: Machine,
    still: Arc<Still>,
    keys: Arc<Keys>,
}

impl Phone {
    fn new() -> Self {
        Self {
            machine: Machine::new(1),
            still: Arc::new(Still::default()),
            keys: Arc::new(Keys::default()),
        }
    }

    fn open(&self) -> Shop {
        let platform = Platform {
            clock: self.still.clone(),
            rng: self.still.clone(),
            keys: self.keys.clone(),
            vfs: self.machine.vfs(),
        };
        let file = self.machine.path(SHOP);
        Shop::open(file.parent().unwrap(), platform).unwrap()
    }

    fn syncs_of<T>(&self, work: impl FnOnce() -> T) -> (u64, T) {
        let before = self.machine.sync_count();
        let value = work();
        (self.machine.sync_count() - before, value)
    }
}

fn request(n: u8) -> RequestId {
    RequestId([n; 16])
}

#[test]
fn every_act_at_the_counter_costs_one_sync_and_a_look_none() {
    let phone = Phone::new();
    let shop = phone.open();
    let form = FoundRequest {
        name: "Shop".into(),
        country: "UA".into(),
        kind: ShopKind::Coffee,
        owner: "Owner".into(),
    };
    shop.found(request(1), &form).unwrap();
    let blank = Registration {
        card: NewCard::Issue,
        ..Registration::default()
    };
    let (cost, customer) = phone.syncs_of(|| shop.register(request(2), &blank).unwrap());
    assert_eq!(cost, 1, "a registration");
    let ask = TillRequest::amount(Some(customer), Money(10_000));
    let (cost, (quote, _)) = phone.syncs_of(|| shop.quote(&ask).unwrap());
    assert_eq!(cost, 0, "a quote");
    let (cost, purchase) = phone.syncs_of(|| shop.commit(request(3), quote).unwrap());
    assert_eq!(cost, 1, "a sale");
    let (cost, again) = phone.syncs_of(|| shop.commit(request(3), quote).unwrap());
    assert_eq!((cost, again), (0, purchase), "a repeated request");
    let spend = TillRequest {
        spend: Points(100),
        ..ask
    };
    let (quote, _) = shop.quote(&spend).unwrap();
    let (cost, second) = phone.syncs_of(|| shop.commit(request(4), quote).unwrap());
    assert_eq!(cost, 1, "a sale with points");
    let (cost, _) = phone.syncs_of(|| shop.give_back(request(5), second, &[]).unwrap());
    assert_eq!(cost, 1, "a return");
    let (cost, _) =
        phone.syncs_of(|| (shop.customer(customer).unwrap(), shop.today(None).unwrap()));
    assert_eq!(cost, 0, "looking");
}

#[test]
fn a_sale_on_the_screen_is_there_after_a_power_cut() {
    for loss in LOSSES {
        let phone = Phone::new();
        let shop = phone.open();
        let form = FoundRequest {
            name: "Shop".into(),
            country: "UA".into(),
            kind: ShopKind::Shop,
            owner: "Owner".into(),
        };
        shop.found(request(1), &form).unwrap();
        let ask = TillRequest::amount(None, Money(777));
        let purchase = shop.sell(request(2), &ask).unwrap();
        phone.machine.stop(loss);
        drop(shop);
        let shop = phone.open();
        assert_eq!(
            shop.purchase(purchase).unwrap().total(),
            Money(777),
            "{loss:?}"
        );
        assert_eq!(shop.sell(request(2), &ask).unwrap(), purchase, "{loss:?}");
    }
}
