//! The preview of a draft is what a till of the shop says (C2, D5).

use kartka_domain::money::{Money, Points};
use kartka_domain::purchase::{PointsAs, ShareKind};
use kartka_domain::wizard::{Kind, Trade, preview};

use super::{draft, ground, programme, sampled};

#[test]
fn the_preview_is_what_a_till_says() {
    // 110.00 earn 550 points; a week later all of them pay 5.50 of 110.00.
    let programme = programme();
    let ground = ground(&programme);
    let shown = preview(
        &draft(Kind::Bonus, Trade::Coffee),
        &ground,
        sampled(PointsAs::Payment),
    )
    .unwrap();
    assert_eq!(
        (shown.first.total, shown.first.due),
        (Money(11_000), Money(11_000))
    );
    assert_eq!(shown.first.claims[0].effect.points, Points(550));
    let (visit, second) = shown.gives.unwrap();
    assert_eq!((visit, second.due), (2, Money(11_000 - 550)));
    // Six pieces fill a coffee card: two a visit, so the fourth visit takes the reward.
    let shown = preview(
        &draft(Kind::Stamps, Trade::Coffee),
        &ground,
        sampled(PointsAs::Payment),
    )
    .unwrap();
    assert_eq!(shown.gives.unwrap().0, 4);
    for (kind, trade, visit, due) in [
        // 1,650.00 less 5 %.
        (Kind::Discount, Trade::Clothes, 1, 156_750),
        // Two of each: the second 45.00 and the second 65.00 at half price.
        (Kind::Offer, Trade::Coffee, 1, 22_000 - 2_250 - 3_250),
        // 10 % of 110.00, but not below 0 of the least receipt.
        (Kind::Coupon, Trade::Coffee, 1, 9_900),
        // The birthday's 20 %.
        (Kind::Greeting, Trade::Coffee, 1, 8_800),
        // 500.00 spent after the fifth visit of 110.00, so the sixth is 5 % cheaper.
        (Kind::Club, Trade::Coffee, 6, 10_450),
        // 110.00 is above 100.00: the receipt earns the club's card and costs what it costs.
        (Kind::Issue, Trade::Coffee, 1, 11_000),
        // Given on the first visit, 300.00 of it pay the second one whole.
        (Kind::Certificate, Trade::Coffee, 2, 0),
        // One of 500.00 on 1,650.00.
        (Kind::Certificate, Trade::Clothes, 2, 115_000),
        // 15 % of 110.00 by the copy that was handed out.
        (Kind::Numbered, Trade::Coffee, 2, 9_350),
        // Twice 5 % of 110.00, and all of the price.
        (Kind::Campaign, Trade::Coffee, 1, 11_000),
        // The first receipt of a friend: 110.00 is above 60.00, so somebody is thanked, and nothing is cheaper.
        (Kind::Referral, Trade::Coffee, 1, 11_000),
        // 1,000.00 in three months: ten weekly visits, then 3 %.
        (Kind::Tiers, Trade::Coffee, 11, 10_670),
    ] {
        let shown = preview(&draft(kind, trade), &ground, sampled(PointsAs::Payment)).unwrap();
        let (at, receipt) = shown.gives.unwrap();
        assert_eq!((at, receipt.due), (visit, Money(due)), "{kind:?}");
    }
}

/// D5: in a shop where points are a discount the receipt of the preview says so too.
#[test]
fn the_preview_spends_points_as_the_shop_counts_them() {
    let (programme, draft) = (programme(), draft(Kind::Bonus, Trade::Coffee));
    for (points_as, kind) in [
        (PointsAs::Payment, ShareKind::Points),
        (PointsAs::Discount, ShareKind::PointsOff),
    ] {
        let shown = preview(&draft, &ground(&programme), sampled(points_as)).unwrap();
        let (_, second) = shown.gives.unwrap();
        let shares = second.lines.iter().flat_map(|line| &line.shares);
        let kinds: Vec<ShareKind> = shares.map(|share| share.kind).collect();
        assert_eq!(kinds, [kind; 2], "{points_as:?}");
    }
}
