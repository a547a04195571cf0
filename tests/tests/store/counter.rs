//! The real counter on the disk that counts: what a sale costs, and what a power cut leaves of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
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
pub(crate) const SHOP: &str = "kartka.db";

/// A platform's key store, which may stop keeping anything.
#[derive(Default)]
pub(crate) struct Keys {
    secrets: Mutex<BTreeMap<SecretName, Vec<u8>>>,
    /// How many more secrets it keeps; none = no end.
    left: Mutex<Option<u64>>,
}

impl Keys {
    pub(crate) fn image(&self) -> BTreeMap<SecretName, Vec<u8>> {
        self.secrets.lock().unwrap().clone()
    }

    pub(crate) fn of(secrets: BTreeMap<SecretName, Vec<u8>>) -> Arc<Self> {
        Arc::new(Self {
            secrets: Mutex::new(secrets),
            left: Mutex::default(),
        })
    }

    pub(crate) fn fail_after(&self, secrets: Option<u64>) {
        *self.left.lock().unwrap() = secrets;
    }
}

impl KeyStore for Keys {
    fn load(&self, name: SecretName) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeyStoreError> {
        let secrets = self.secrets.lock().unwrap();
        Ok(secrets.get(&name).cloned().map(Into::into))
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        if let Some(left) = &mut *self.left.lock().unwrap() {
            let gone = KeyStoreError::Unavailable("stopped".into());
            *left = left.checked_sub(1).ok_or(gone)?;
        }
        self.secrets.lock().unwrap().insert(name, secret.to_vec());
        Ok(())
    }
}

pub(crate) struct Phone {
    pub(crate) machine: Machine,
    pub(crate) still: Arc<Still>,
    pub(crate) keys: Arc<Keys>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self::of(Machine::new(1), Arc::default())
    }

    pub(crate) fn of(machine: Machine, keys: Arc<Keys>) -> Self {
        Self {
            machine,
            still: Arc::new(Still::default()),
            keys,
        }
    }

    pub(crate) fn platform(&self) -> Platform {
        Platform {
            clock: self.still.clone(),
            rng: self.still.clone(),
            keys: self.keys.clone(),
            vfs: self.machine.vfs(),
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.machine.path(SHOP).parent().unwrap().to_owned()
    }

    pub(crate) fn open(&self) -> Shop {
        Shop::open(&self.folder(), self.platform()).unwrap()
    }

    fn syncs_of<T>(&self, work: impl FnOnce() -> T) -> (u64, T) {
        let before = self.machine.sync_count();
        let value = work();
        (self.machine.sync_count() - before, value)
    }
}

pub(crate) fn request(n: u8) -> RequestId {
    RequestId([n; 16])
}

/// A coffee bar, founded.
pub(crate) fn found(shop: &Shop) {
    let form = FoundRequest {
        name: "Shop".into(),
        country: "UA".into(),
        kind: ShopKind::Coffee,
        owner: "Owner".into(),
    };
    shop.found(request(1), &form).unwrap();
}

#[test]
fn every_act_at_the_counter_costs_one_sync_and_a_look_none() {
    let phone = Phone::new();
    let shop = phone.open();
    found(&shop);
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
        found(&shop);
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
