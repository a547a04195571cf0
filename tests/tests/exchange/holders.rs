//! A customer's phone and the shops of its cards: each wish is done once, whatever happens on the way, and whoever has no
//! secret learns nothing (sync §7, decision 65).

use std::sync::Arc;

use kartka_core::domain::card::{Bearer, CardNumber};
use kartka_core::domain::codes::Code;
use kartka_core::domain::customer::{ProfileGroup, Will};
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::row::RowKind;
use kartka_core::error::CoreError;
use kartka_core::platform::FileKeyStore;
use kartka_core::shop::Platform;
use kartka_core::store::{RequestId, StoreError, Vfs};
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::task::Watch;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::wallet::{Freshness, HeldCard, Refreshed, Waiting, Wallet};
use kartka_protocol::holder::{CardLink, Wish};
use kartka_protocol::message::Refusal;
use kartka_server::store::{Reads, read};
use kartka_tests::leftovers::{Planted, files, scan};

use super::shops::{Counter, Dice, Fault, Office, Time, agree};

const ADDRESS: &str = "https://kava.example";
const HOUR_MS: i64 = 3_600_000;

/// A customer with a phone.
struct Person {
    wallet: Wallet,
    time: Arc<Time>,
    home: tempfile::TempDir,
    seed: u64,
}

fn platform(home: &tempfile::TempDir, time: &Arc<Time>, seed: u64) -> Platform {
    Platform {
        clock: time.clone(),
        rng: Dice::seeded(seed),
        keys: Arc::new(FileKeyStore::beside(&home.path().join("data"))),
        vfs: Vfs::system(),
    }
}

impl Person {
    fn new(seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("data")).unwrap();
        let time = Time::new();
        let wallet = Wallet::open(&home.path().join("data"), platform(&home, &time, seed));
        Self {
            wallet: wallet.unwrap(),
            time,
            home,
            seed,
        }
    }

    /// The app is killed and started again.
    fn started_again(self) -> Self {
        let Self {
            wallet,
            time,
            home,
            seed,
        } = self;
        drop(wallet);
        let seed = seed + 100;
        let wallet = Wallet::open(&home.path().join("data"), platform(&home, &time, seed));
        Self {
            wallet: wallet.unwrap(),
            time,
            home,
            seed,
        }
    }

    fn refresh(&self, line: &dyn Transport) -> Refreshed {
        let cancel = Cancel::default();
        let mut tell = |_| {};
        let mut watch = Watch::new(&cancel, &mut tell);
        self.wallet.refresh(None, line, &mut watch).unwrap()
    }

    fn only(&self) -> HeldCard {
        let mut cards = self.wallet.cards().unwrap();
        assert_eq!(cards.len(), 1);
        cards.remove(0)
    }
}

fn request(n: u8) -> RequestId {
    RequestId([n; 16])
}

fn news(will: Will) -> Wish {
    Wish::Marketing { wording: 3, will }
}

/// Registers somebody with a card; says who, and the link that they are shown.
fn registered(counter: &Counter, given: &str) -> (CustomerId, CardNumber, String) {
    let form = Registration {
        profile: ProfileForm {
            given: given.into(),
            family: "Прокопівна".into(),
            ..ProfileForm::default()
        },
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customer = counter.shop.register(counter.request(), &form).unwrap();
    let number = counter.shop.customer(customer).unwrap().cards[0];
    (customer, number, link(counter, number))
}

fn link(counter: &Counter, number: CardNumber) -> String {
    let link = counter.shop.card_link(number).unwrap();
    // The phones of these tests know their office by no address.
    let address = Some(ADDRESS.to_owned());
    CardLink { address, ..link }.to_text()
}

fn count(office: &Office, kind: RowKind) -> u64 {
    office.with(|a| read(a.store(), |db: &dyn Reads| db.count(kind)).unwrap())
}

#[test]
fn a_card_is_handed_over_by_its_link_and_shows_what_the_counter_sees() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, _, link) = registered(&counter, "Оксана");
    counter.sell(customer, 10_000);
    agree(&office, &[&counter]);

    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    let before = person.only();
    assert_eq!(before.freshness, Freshness::Unheard);
    assert_eq!(before.shop, "Кав'ярня");
    assert!(before.said.is_none());

    let done = person.refresh(&office.line());
    assert_eq!(done.answered, 1);
    let card = person.wallet.card(id).unwrap();
    assert_eq!(card.freshness, Freshness::Fresh);
    let said = card.said.unwrap();
    assert_eq!(said.given.as_deref(), Some("Оксана"));
    let sheet = counter.shop.customer(customer).unwrap();
    assert_eq!(said.points[0].balance, sheet.points[0].balance);
    assert_eq!(said.points[0].worth, sheet.points[0].worth);
    assert_eq!(said.stamps[0].size, sheet.stamps[0].size);
    assert_eq!(said.purchases.len(), 1);
    assert_eq!(said.purchases[0].points, sheet.points[0].balance);
    // The counter takes the code that the phone shows.
    let carrier = kartka_core::domain::card::Carrier::Qr;
    let read = counter.shop.recognise(carrier, &card.code).unwrap();
    assert!(matches!(
        read,
        kartka_core::usecase::cards::Recognised::Customer { customer: of, .. } if of == customer
    ));

    // A week without network, and a start of the app: the same, and how old it is.
    let person = person.started_again();
    person.time.advance(7 * 24 * HOUR_MS);
    let line = office.line();
    line.next_fault(Fault::Down);
    assert_eq!(person.refresh(&line).unreached, 1);
    let old = person.only();
    assert!(matches!(old.freshness, Freshness::AsOf { .. }));
    assert!(old.said == Some(said));
    // A clock that was set shows no age.
    person.time.jump(-30 * 24 * HOUR_MS);
    assert_eq!(person.only().freshness, Freshness::ClockWrong);
}

#[test]
fn many_shops_lie_in_one_wallet_and_know_nothing_of_each_other() {
    let (one, other) = (Office::founded(), Office::founded_by(9_000));
    let (a, b) = (Counter::paired(&one, 1), Counter::paired(&other, 2));
    let (_, _, first) = registered(&a, "Оксана");
    let (_, _, second) = registered(&b, "Ксеня");
    agree(&one, &[&a]);
    agree(&other, &[&b]);
    let person = Person::new(50);
    let ids = [&first, &second].map(|link| person.wallet.add(link).unwrap());
    // The same link again is the same card.
    assert_eq!(person.wallet.add(&first).unwrap(), ids[0]);
    // The one shop's server is no server of the other's card: it learns and says nothing.
    let done = person.refresh(&one.line());
    assert_eq!((done.answered, done.refused), (1, 1));
    let names = |person: &Person| {
        let cards = person.wallet.cards().unwrap().into_iter();
        cards
            .map(|card| card.said.and_then(|said| said.given))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&person), [Some("Оксана".to_owned()), None]);
    assert_eq!(
        person.wallet.card(ids[1]).unwrap().freshness,
        Freshness::LinkRefused
    );
    // A new link opens it again.
    person.wallet.add(&second).unwrap();
    person.refresh(&other.line());
    assert_eq!(names(&person)[1].as_deref(), Some("Ксеня"));
}

#[test]
fn a_wish_is_done_once_whatever_is_lost_or_doubled() {
    for fault in [
        Fault::Down,
        Fault::LostAnswer,
        Fault::Twice,
        Fault::Truncated(40),
        Fault::Flipped(60),
        Fault::Instead(b"<html>log in</html>".to_vec()),
    ] {
        let office = Office::founded();
        let counter = Counter::paired(&office, 1);
        let (customer, _, link) = registered(&counter, "Оксана");
        agree(&office, &[&counter]);
        let person = Person::new(50);
        let id = person.wallet.add(&link).unwrap();
        let wish = || person.wallet.wish(request(1), id, news(Will::Given));
        wish().unwrap();
        wish().unwrap();
        let card = person.only();
        assert_eq!(card.waiting, [Waiting::Marketing(Will::Given)]);
        assert_eq!(card.marketing, Will::Given);
        let line = office.line();
        line.next_fault(fault.clone());
        person.refresh(&line);
        person.refresh(&line);
        let card = person.only();
        assert!(card.waiting.is_empty(), "{fault:?}");
        assert_eq!(card.marketing, Will::Given);
        assert_eq!(count(&office, RowKind::Consent), 1, "{fault:?}");
        agree(&office, &[&counter]);
        let sheet = counter.shop.customer(customer).unwrap();
        assert_eq!(sheet.marketing, Will::Given, "{fault:?}");
    }
}

#[test]
fn a_consent_that_knew_of_no_withdrawal_overrides_none() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, _, link) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    let line = office.line();
    person.refresh(&line);
    // Said at home without network; meanwhile they withdraw at the counter.
    person
        .wallet
        .wish(request(1), id, news(Will::Given))
        .unwrap();
    let shop = &counter.shop;
    shop.consent(counter.request(), customer, 3, Will::Withdrawn)
        .unwrap();
    agree(&office, &[&counter]);
    person.refresh(&line);
    assert_eq!(person.only().marketing, Will::Withdrawn);
    // Having been shown that, they may change their mind.
    person
        .wallet
        .wish(request(2), id, news(Will::Given))
        .unwrap();
    person.refresh(&line);
    agree(&office, &[&counter]);
    assert_eq!(person.only().marketing, Will::Given);
    assert_eq!(shop.customer(customer).unwrap().marketing, Will::Given);
}

#[test]
fn whoever_has_a_link_does_not_write_a_shops_log_full() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (_, _, link) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    let line = office.line();
    person.refresh(&line);
    let wish = |n| person.wallet.wish(request(n), id, news(Will::Withdrawn));
    (1..=100).for_each(|n| wish(n).unwrap());
    // The same wish again is the same wish, also where no more fit.
    wish(1).unwrap();
    assert!(matches!(
        wish(101),
        Err(CoreError::RuleRejected {
            reason: Code::TooManyWishes { most: 100 }
        })
    ));
    person.refresh(&line);
    (101..=150).for_each(|n| wish(n).unwrap());
    person.refresh(&line);
    assert_eq!(count(&office, RowKind::Consent), 100);
    assert_eq!(person.only().waiting.len(), 50);
    office.time.advance(25 * HOUR_MS);
    person.refresh(&line);
    assert_eq!(count(&office, RowKind::Consent), 150);
    assert!(person.only().waiting.is_empty());
}

#[test]
fn one_phone_does_not_agree_over_the_withdrawal_on_another() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, _, link) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let line = office.line();
    let phones = [Person::new(50), Person::new(60)];
    for phone in &phones {
        phone.wallet.add(&link).unwrap();
        phone.refresh(&line);
    }
    let [new, old] = &phones;
    let id = old.only().id;
    old.wallet.wish(request(1), id, news(Will::Given)).unwrap();
    new.wallet
        .wish(request(2), new.only().id, news(Will::Withdrawn))
        .unwrap();
    new.refresh(&line);
    old.refresh(&line);
    let card = old.only();
    assert_eq!((card.marketing, card.refused), (Will::Withdrawn, true));
    agree(&office, &[&counter]);
    let sheet = counter.shop.customer(customer).unwrap();
    assert_eq!(sheet.marketing, Will::Withdrawn);
    // Now they know of it.
    old.wallet.wish(request(3), id, news(Will::Given)).unwrap();
    old.refresh(&line);
    let card = old.only();
    assert_eq!((card.marketing, card.refused), (Will::Given, false));
}

#[test]
fn a_holder_corrects_their_name_and_every_counter_sees_it() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, _, link) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    let name = ProfileGroup::Name {
        given: "Ксеня".into(),
        family: "Прокопівна".into(),
    };
    let line = office.line();
    person.refresh(&line);
    let wish = Wish::Profile(vec![name]);
    person.wallet.wish(request(1), id, wish).unwrap();
    assert_eq!(person.only().waiting, [Waiting::Profile]);
    person.refresh(&line);
    agree(&office, &[&counter]);
    let said = person.only().said.unwrap();
    assert_eq!(said.given.as_deref(), Some("Ксеня"));
    let sheet = counter.shop.customer(customer).unwrap();
    assert_eq!(sheet.name.as_deref(), Some("Ксеня Прокопівна"));
}

#[test]
fn who_is_erased_by_their_own_wish_is_gone_everywhere() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, number, link) = registered(&counter, "Żużanna");
    counter.sell(customer, 10_000);
    agree(&office, &[&counter]);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    let line = office.line();
    person.refresh(&line);
    let shop = |keys: &Planted, home| scan(home, &secrets(home), keys).len();
    let planted = Planted::new(&["Żużanna"]);
    assert!(shop(&planted, person.home.path()) > 0);
    // A name that was never sent goes too.
    let name = ProfileGroup::Name {
        given: "Żużanna".into(),
        family: String::new(),
    };
    let wallet = &person.wallet;
    wallet.wish(request(1), id, Wish::Erase).unwrap();
    wallet
        .wish(request(2), id, Wish::Profile(vec![name]))
        .unwrap();
    person.refresh(&line);
    let card = person.only();
    assert_eq!(card.freshness, Freshness::Erased);
    assert!(card.said.is_none() && card.waiting.is_empty());
    let again = wallet.wish(request(3), id, news(Will::Given));
    assert!(matches!(
        again,
        Err(CoreError::RuleRejected {
            reason: Code::HolderErased
        })
    ));
    agree(&office, &[&counter]);
    assert!(counter.shop.customer(customer).is_err());
    assert!(counter.shop.card_link(number).is_err());
    counter.shop.idle().unwrap();
    for home in [person.home.path(), office.home()] {
        assert_eq!(shop(&planted, home), 0, "{}", home.display());
    }
}

/// The keys that lie beside the data: whoever scans has them all.
fn secrets(home: &std::path::Path) -> Vec<[u8; 32]> {
    let all = files(home)
        .into_iter()
        .filter_map(|file| std::fs::read(file).ok());
    all.filter_map(|bytes| bytes.try_into().ok()).collect()
}

#[test]
fn a_card_that_is_taken_off_leaves_nothing_on_the_phone() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (_, _, link) = registered(&counter, "Żużanna");
    agree(&office, &[&counter]);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    person.refresh(&office.line());
    assert!(person.wallet.export().unwrap().contains("Żużanna"));
    let secret = CardLink::parse(&link).unwrap().secret.to_text();
    assert!(!person.wallet.export().unwrap().contains(&secret));
    person.wallet.remove(id).unwrap();
    assert!(matches!(person.wallet.card(id), Err(CoreError::NotFound)));
    let planted = Planted::new(&["Żużanna", &secret]);
    let home = person.home.path();
    assert!(scan(home, &secrets(home), &planted).is_empty());
}

#[test]
fn a_restored_server_is_told_again_what_it_lost_and_never_twice() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (customer, _, link) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let backup = counter.home().join("server");
    office.back_up(&backup);
    let person = Person::new(50);
    let id = person.wallet.add(&link).unwrap();
    person
        .wallet
        .wish(request(1), id, news(Will::Given))
        .unwrap();
    let line = office.line();
    person.refresh(&line);
    assert_eq!(count(&office, RowKind::Consent), 1);
    office.put_back(&backup);
    assert_eq!(count(&office, RowKind::Consent), 0);
    let line = office.line();
    for _ in 0..3 {
        person.refresh(&line);
    }
    assert_eq!(count(&office, RowKind::Consent), 1);
    let card = person.only();
    assert_eq!((card.marketing, card.waiting.len()), (Will::Given, 0));
    agree(&office, &[&counter]);
    let sheet = counter.shop.customer(customer).unwrap();
    assert_eq!(sheet.marketing, Will::Given);
}

#[test]
fn who_has_another_secret_is_told_nothing_and_changes_nothing() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (_, _, text) = registered(&counter, "Оксана");
    agree(&office, &[&counter]);
    let link = CardLink::parse(&text).unwrap();
    let forged = CardLink {
        secret: Bearer::from_bytes([7; 16]),
        ..link
    };
    let person = Person::new(50);
    let id = person.wallet.add(&forged.to_text()).unwrap();
    person.wallet.wish(request(1), id, Wish::Erase).unwrap();
    let done = person.refresh(&office.line());
    assert_eq!((done.answered, done.refused), (0, 1));
    assert_eq!(person.only().freshness, Freshness::LinkRefused);
    assert_eq!(count(&office, RowKind::Erasure), 0);
    // What a forger hears is what anybody hears who asks for a card of nobody.
    let heard = |text: &[u8]| office.line().post(ADDRESS, Route::Card, text);
    let unauthorised = Err(Failure::Refused(Refusal::Unauthorised));
    for number in [1, 77] {
        let number = CardNumber::from_value(number).unwrap();
        let about = (forged.tag, forged.code.key_id(), number);
        let ask = kartka_protocol::holder::HolderAsk::default();
        let sealed =
            kartka_protocol::holder::HolderEnvelope::seal(about, &forged.secret, [1; 16], &ask);
        assert_eq!(heard(&sealed.encode()), unauthorised);
    }
    assert_eq!(heard(b"nothing"), Err(Failure::Refused(Refusal::Malformed)));
}

#[test]
fn a_shop_without_a_server_hands_over_a_code_that_works_at_its_counter() {
    let counter = Counter::new(1);
    let founded = kartka_core::usecase::found::FoundRequest {
        name: "Взуття".into(),
        country: "UA".into(),
        kind: kartka_core::domain::founding::ShopKind::Shop,
        owner: "Марта".into(),
    };
    counter.shop.found(counter.request(), &founded).unwrap();
    let customer = counter.register("Оксана", "", NewCard::Issue);
    let number = counter.shop.customer(customer).unwrap().cards[0];
    let text = counter.shop.card_link(number).unwrap().to_text();
    assert!(text.starts_with("kartka:/"), "{text}");
    let person = Person::new(50);
    let id = person.wallet.add(&text).unwrap();
    let card = person.only();
    assert_eq!(card.shop, "Взуття");
    assert_eq!(card.freshness, Freshness::Counter);
    let wish = person.wallet.wish(request(1), id, news(Will::Given));
    assert!(matches!(
        wish,
        Err(CoreError::RuleRejected {
            reason: Code::ShopWithoutServer
        })
    ));
    // Nobody is asked, and nothing is said to have failed.
    let nobody = Office::founded();
    assert_eq!(person.refresh(&nobody.line()), Refreshed::default());
}

#[test]
fn a_wallet_without_its_key_opens_nothing_and_can_begin_anew() {
    let person = Person::new(50);
    let (home, time) = (person.home, person.time);
    drop(person.wallet);
    std::fs::remove_dir_all(home.path().join("data.keys")).unwrap();
    let folder = home.path().join("data");
    let open = || Wallet::open(&folder, platform(&home, &time, 51));
    assert!(matches!(
        open().err(),
        Some(CoreError::Store(StoreError::WrongKey))
    ));
    Wallet::forget(&folder, &platform(&home, &time, 52)).unwrap();
    assert!(open().unwrap().cards().unwrap().is_empty());
}

#[test]
fn what_is_no_link_is_refused_by_what_it_is() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let (_, number, _) = registered(&counter, "Оксана");
    let person = Person::new(50);
    let code = counter.shop.card_code(number).unwrap();
    assert!(matches!(
        person.wallet.add(&code),
        Err(CoreError::RuleRejected {
            reason: Code::LinkWithoutSecret
        })
    ));
    for text in ["", "https://example.org", &office.pairing_text()] {
        let refused = person.wallet.add(text);
        assert!(
            matches!(refused, Err(CoreError::Validation { .. })),
            "{text}"
        );
    }
}
