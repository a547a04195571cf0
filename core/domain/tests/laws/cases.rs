//! Cases a shop owner could read; each file's paragraphs are told by `scenario`.

use crate::support::scenario::check_file;

#[test]
fn what_may_be_spent() {
    check_file(include_str!("../cases/redeem.txt"));
}

#[test]
fn what_a_receipt_earns() {
    check_file(include_str!("../cases/earn.txt"));
}

#[test]
fn what_comes_back() {
    check_file(include_str!("../cases/returns.txt"));
}

#[test]
fn what_a_customer_has() {
    check_file(include_str!("../cases/position.txt"));
}

#[test]
fn who_is_one_person() {
    check_file(include_str!("../cases/people.txt"));
}

#[test]
fn who_may_do_what() {
    check_file(include_str!("../cases/rights.txt"));
}

#[test]
fn what_a_day_came_to() {
    check_file(include_str!("../cases/today.txt"));
}

#[test]
fn how_discounts_go_together() {
    check_file(include_str!("../cases/discounts.txt"));
}

#[test]
fn what_campaigns_add() {
    check_file(include_str!("../cases/campaigns.txt"));
}

#[test]
fn all_that_a_bonus_card_gives() {
    check_file(include_str!("../cases/bonus.txt"));
}

#[test]
fn what_offers_and_coupons_give() {
    check_file(include_str!("../cases/offers.txt"));
}

#[test]
fn what_a_customer_becomes() {
    check_file(include_str!("../cases/tiers.txt"));
}

#[test]
fn all_that_a_stamp_card_gives() {
    check_file(include_str!("../cases/stamps.txt"));
}

#[test]
fn all_that_a_certificate_is_worth() {
    check_file(include_str!("../cases/certificates.txt"));
}

#[test]
fn all_that_a_coupon_with_a_number_does() {
    check_file(include_str!("../cases/vouchers.txt"));
}

#[test]
fn what_the_owner_allows_when_points_are_earned() {
    check_file(include_str!("../cases/limits.txt"));
}

#[test]
fn what_is_put_right_after_a_sale() {
    check_file(include_str!("../cases/adjust.txt"));
}

#[test]
fn what_comes_back_without_its_purchase() {
    check_file(include_str!("../cases/unlinked.txt"));
}

#[test]
fn who_brings_friends() {
    check_file(include_str!("../cases/referral.txt"));
}

#[test]
fn what_an_older_phone_says_of_newer_rules() {
    check_file(include_str!("../cases/newer.txt"));
}

#[test]
fn what_is_typed_and_published_by_mistake() {
    check_file(include_str!("../cases/bad_input.txt"));
}

#[test]
fn what_other_tills_get_wrong() {
    check_file(include_str!("../cases/known.txt"));
}
