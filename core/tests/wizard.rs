//! The wizard on a founding phone (C2): drafts survive a restart, a published one is a new version, old lots keep theirs.
#![allow(clippy::unwrap_used)]

mod support;

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::Terms;
use kartka_core::domain::purchase::{GoodsId, Line, PointsAs, ShareKind};
use kartka_core::domain::wizard::{Draft, Kind, Trade, Wrong};
use kartka_core::error::CoreError;
use kartka_core::usecase::till::TillRequest;
use support::{Counter, request};

const BONUS: InstrumentId = InstrumentId(1);

fn with(mut draft: Draft, answers: &[(&str, i64)]) -> Draft {
    for (key, value) in answers {
        draft.answers.insert((*key).to_owned(), *value);
    }
    draft
}

#[test]
fn a_draft_is_resumed_where_it_was_left() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let draft = with(
        Draft::new(Kind::Stamps, Trade::Coffee, ""),
        &[("size", 8), ("per", 1)],
    );
    let id = shop.save_draft(0, &draft, None, 1).unwrap();
    let better = Draft {
        name: "Шоста кава".to_owned(),
        texts: [("code".to_owned(), "kept".to_owned())].into(),
        ..with(draft, &[("size", 6)])
    };
    assert_eq!(shop.save_draft(id, &better, None, 2).unwrap(), id);
    let other = shop
        .save_draft(0, &Draft::new(Kind::Bonus, Trade::Coffee, "x"), None, 0)
        .unwrap();
    let counter = counter.reopened();
    let drafts = counter.shop.drafts().unwrap();
    assert_eq!(drafts.len(), 2);
    let saved = drafts.iter().find(|saved| saved.id == id).unwrap();
    assert_eq!((&saved.draft, saved.step), (&better, 2));
    counter.shop.drop_draft(other).unwrap();
    assert_eq!(counter.shop.drafts().unwrap().len(), 1);
    assert!(matches!(
        counter.shop.save_draft(other, &better, None, 0),
        Err(CoreError::NotFound)
    ));
}

#[test]
fn a_published_draft_is_a_new_version_and_its_draft_is_gone() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let before = shop.programme().unwrap();
    let draft = with(
        Draft::new(Kind::Discount, Trade::Coffee, "Постійні"),
        &[("rate", 300)],
    );
    let id = shop.save_draft(0, &draft, None, 0).unwrap();
    let version = shop.publish_draft(request(1), id).unwrap();
    assert_eq!(version, ProgrammeVersion(before.version().0 + 1));
    let again = shop.publish_draft(request(1), id).unwrap();
    assert_eq!(again, version, "a repeat publishes nothing");
    let programme = shop.programme().unwrap();
    assert_eq!(
        programme.instruments().len(),
        before.instruments().len() + 1
    );
    assert!(shop.drafts().unwrap().is_empty());
    assert!(matches!(
        shop.publish_draft(request(2), id),
        Err(CoreError::NotFound)
    ));
}

#[test]
fn editing_changes_what_comes_and_not_what_was_issued() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let customer = counter.customer(1);
    shop.sell(
        request(2),
        &TillRequest::amount(Some(customer), Money(10_000)),
    )
    .unwrap();
    let draft = with(
        shop.edit_instrument(BONUS, Trade::Coffee).unwrap(),
        &[("rate", 1_000)],
    );
    assert_eq!(shop.check_draft(&draft, Some(BONUS)).unwrap(), []);
    let id = shop.save_draft(0, &draft, Some(BONUS), 0).unwrap();
    assert_eq!(
        shop.programme_with(id).unwrap().version(),
        ProgrammeVersion(2)
    );
    shop.publish_draft(request(3), id).unwrap();
    let sold = shop
        .sell(
            request(4),
            &TillRequest::amount(Some(customer), Money(10_000)),
        )
        .unwrap();
    assert_eq!(shop.purchase(sold).unwrap().points(), Points(1_000));
    let lots: Vec<i64> = shop.account(customer).unwrap().accounts[0]
        .lots
        .iter()
        .map(|l| l.amount.0)
        .collect();
    assert_eq!(lots, [500, 1_000]);
    let Terms::Bonus(card) = &shop
        .programme()
        .unwrap()
        .instrument(BONUS)
        .unwrap()
        .terms
        .clone()
    else {
        panic!("still a bonus card");
    };
    assert_eq!(card.rate, 1_000);
}

#[test]
fn every_kind_is_published_beside_the_others_and_opened_again() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    for (at, kind) in (0..).zip(Kind::ALL) {
        let draft = Draft::new(kind, Trade::Coffee, kind.key());
        let problems = shop.check_draft(&draft, None).unwrap();
        assert_eq!(problems, [], "{kind:?}");
        let id = shop.save_draft(0, &draft, None, 0).unwrap();
        shop.publish_draft(request(100 + at), id).unwrap();
        let programme = shop.programme().unwrap();
        let made = programme.instruments().last().unwrap();
        let model = shop.wizard(kind, Trade::Coffee, Some(made.id)).unwrap();
        let again = shop.edit_instrument(made.id, Trade::Coffee).unwrap();
        for field in model.fields().filter(|field| draft.asks(&model, field)) {
            let said = |draft: &Draft| (draft.value(field), draft.text(field));
            assert_eq!(said(&again), said(&draft), "{kind:?}.{}", field.key);
        }
    }
    let second = Draft::new(Kind::Coupon, Trade::Coffee, "again");
    let problems = shop.check_draft(&second, None).unwrap();
    assert_eq!(problems[0].why, Wrong::Taken);
}

#[test]
fn a_draft_with_problems_is_kept_and_not_published() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let draft = with(
        Draft::new(Kind::Bonus, Trade::Coffee, "x"),
        &[("rate", 9_999)],
    );
    let problems = shop.preview_draft(&draft).unwrap().unwrap_err();
    assert_eq!(problems[0].why, Wrong::Above(5_000));
    let id = shop.save_draft(0, &draft, None, 0).unwrap();
    assert!(matches!(
        shop.publish_draft(request(1), id),
        Err(CoreError::Validation { .. })
    ));
    assert_eq!(shop.drafts().unwrap().len(), 1);
    assert_eq!(shop.programme().unwrap().version(), ProgrammeVersion(1));
    let long = Draft {
        name: "x".repeat(300),
        ..draft
    };
    assert!(matches!(
        shop.save_draft(0, &long, None, 0),
        Err(CoreError::Validation { .. })
    ));
}

#[test]
fn rules_that_name_goods_nobody_sells_are_told_before_publishing() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let offer = with(
        Draft::new(Kind::Offer, Trade::Coffee, "x"),
        &[("what", 0), ("goods", 7), ("gift_goods", 8)],
    );
    let never = |goods| Code::GoodsNeverSold {
        instrument: 3,
        goods,
    };
    assert_eq!(shop.never_sold(&offer, None).unwrap(), [never(7), never(8)]);
    let line = Line {
        goods: Some(GoodsId(7)),
        ..Line::amount(Money(5_000))
    };
    let sale = TillRequest {
        lines: vec![line],
        ..TillRequest::amount(None, Money(1))
    };
    shop.sell(request(1), &sale).unwrap();
    assert_eq!(shop.never_sold(&offer, None).unwrap(), [never(8)]);
    // It is published all the same: the goods may come tomorrow.
    let id = shop.save_draft(0, &offer, None, 0).unwrap();
    shop.publish_draft(request(2), id).unwrap();
    // Rules without goods ask nothing, and a draft with problems has other worries.
    let bonus = Draft::new(Kind::Bonus, Trade::Coffee, "x");
    assert_eq!(
        shop.never_sold(&bonus, None).unwrap().len(),
        1,
        "the offer's own is still there"
    );
    let wrong = with(offer, &[("pieces", 0)]);
    assert_eq!(shop.never_sold(&wrong, None).unwrap(), []);
}

#[test]
fn the_model_speaks_the_shops_currency() {
    let counter = Counter::founded();
    let model = counter
        .shop
        .wizard(Kind::Stamps, Trade::Coffee, None)
        .unwrap();
    let amount = model.fields().find(|field| field.key == "amount").unwrap();
    assert_eq!((amount.least, amount.default), (100, 10_000));
    let draft = Draft::new(Kind::Stamps, Trade::Coffee, "x");
    let shown = counter.shop.preview_draft(&draft).unwrap().unwrap();
    assert_eq!(shown.first.total, Money(11_000));
}

#[test]
fn the_preview_obeys_what_points_are_to_the_shop() {
    let counter = Counter::founded();
    let shop = &counter.shop;
    let draft = Draft::new(Kind::Bonus, Trade::Coffee, "x");
    let spent = || {
        let shown = shop.preview_draft(&draft).unwrap().unwrap();
        let (_, second) = shown.gives.unwrap();
        second.lines[0].shares[0].kind
    };
    assert_eq!(spent(), ShareKind::Points);
    shop.set_points_as(request(1), PointsAs::Discount).unwrap();
    assert_eq!(spent(), ShareKind::PointsOff);
}
