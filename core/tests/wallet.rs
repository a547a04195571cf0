//! A wallet whose key the platform has dropped is begun anew, and what a link says is read without taking a card in.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use kartka_core::domain::codes::Code;
use kartka_core::error::CoreError;
use kartka_core::platform::{KeyStore, KeyStoreError, SecretName};
use kartka_core::shop::Platform;
use kartka_core::store::Vfs;
use kartka_core::wallet::{Linked, Wallet, linked};
use support::{Counter, NOW, TestClock, TestRng, request};
use zeroize::Zeroizing;

/// A platform that dropped what opens its secrets, until it is given a new one.
#[derive(Default)]
struct Dropped(Mutex<Option<Vec<u8>>>);

impl KeyStore for Dropped {
    fn load(&self, _: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let kept = self.0.lock().unwrap().clone();
        kept.map(|key| Some(key.into())).ok_or(KeyStoreError::Lost)
    }

    fn store(&self, _: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        *self.0.lock().unwrap() = Some(secret.to_vec());
        Ok(())
    }
}

#[test]
fn a_wallet_whose_key_the_platform_dropped_begins_anew_under_another() {
    let home = tempfile::tempdir().unwrap();
    let keys = Arc::new(Dropped::default());
    let platform = || Platform {
        clock: TestClock::at(NOW),
        rng: TestRng::seeded(1),
        keys: keys.clone(),
        vfs: Vfs::system(),
    };
    let lost = Wallet::open(home.path(), platform()).err();
    assert!(matches!(lost, Some(CoreError::Keys(KeyStoreError::Lost))));
    Wallet::forget(home.path(), &platform()).unwrap();
    let anew = Wallet::open(home.path(), platform()).unwrap();
    assert!(anew.cards().unwrap().is_empty());
}

#[test]
fn whose_card_a_link_hands_over_is_read_before_it_is_taken_in() {
    let counter = Counter::founded();
    let customer = counter.customer(1);
    counter.shop.issue(request(2), customer).unwrap();
    let number = counter.shop.customer(customer).unwrap().cards[0];
    let link = counter.shop.card_link(number).unwrap().to_text();
    let shop = "Кав'ярня".to_owned();
    assert_eq!(
        linked(&link).unwrap(),
        Linked {
            shop,
            address: None
        }
    );
    let code = counter.shop.card_code(number).unwrap();
    assert!(matches!(
        linked(&code),
        Err(CoreError::RuleRejected {
            reason: Code::LinkWithoutSecret
        })
    ));
    assert!(matches!(
        linked("https://example.org"),
        Err(CoreError::Validation { .. })
    ));
}
