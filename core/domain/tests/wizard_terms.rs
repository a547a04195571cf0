//! The wizard's newer terms (C2): certificates, coupons with a number each, what is late on a bonus card.
#![allow(clippy::unwrap_used)]

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::moment::{PeriodEnd, date_of};
use kartka_domain::money::Money;
use kartka_domain::programme::{
    Benefit, BonusCard, Instrument, Late, Life, Nominals, Owing, Programme, Spending, Terms,
    VoucherOffline, When,
};
use kartka_domain::wizard::{Draft, Ground, Kind, Problem, Trade, Wrong};

fn programme() -> Programme {
    Programme::publish(ProgrammeVersion(3), Vec::new()).unwrap()
}

fn ground(programme: &Programme) -> Ground<'_> {
    Ground {
        exponent: 2,
        programme,
        edits: None,
    }
}

fn draft(kind: Kind, trade: Trade) -> Draft {
    Draft::new(kind, trade, "Картка")
}

fn answered(kind: Kind, answers: &[(&str, i64)]) -> Draft {
    let mut draft = draft(kind, Trade::Coffee);
    for (key, value) in answers {
        draft.answers.insert((*key).to_owned(), *value);
    }
    draft
}

#[test]
fn a_certificate_is_asked_for_its_amounts_its_use_and_its_term() {
    let (programme, made) = (programme(), |answers: &[(&str, i64)]| {
        answered(Kind::Certificate, answers)
    });
    let ground = ground(&programme);
    let terms = |answers: &[(&str, i64)]| {
        let made = made(answers).build(&ground).unwrap();
        made.certificate().unwrap().clone()
    };
    let plain = terms(&[]);
    let fixed = Nominals::Fixed([30_000, 50_000, 100_000].map(Money).to_vec());
    assert_eq!((plain.nominals, plain.spending), (fixed, Spending::Many));
    assert_eq!(plain.offline, VoucherOffline::UpTo(Money(30_000)));
    let two = terms(&[
        ("second", 0),
        ("months", 0),
        ("spending", 2),
        ("offline", 2),
    ]);
    let fixed = Nominals::Fixed([30_000, 100_000].map(Money).to_vec());
    assert_eq!((two.nominals, two.life), (fixed, Life::default()));
    assert_eq!(
        (two.spending, two.offline),
        (Spending::OnceKept, VoucherOffline::Ask)
    );
    let any = terms(&[("sold", 1), ("least", 100)]);
    assert_eq!(any.nominals, Nominals::Between(Money(100), Money(500_000)));
    for (answers, field, why) in [
        (vec![("third", 50_000)], "third", Wrong::Together),
        (vec![("second", 30_000)], "second", Wrong::Together),
        (
            vec![("sold", 1), ("least", 600_000)],
            "most",
            Wrong::Together,
        ),
        (vec![("least", 0)], "least", Wrong::Below(100)),
        (vec![("months", 61)], "months", Wrong::Above(60)),
    ] {
        let problems = made(&answers).check(&ground);
        assert_eq!(
            problems,
            [Problem {
                field: field.to_owned(),
                why
            }],
            "{answers:?}"
        );
    }
}

#[test]
fn a_coupon_with_a_number_is_asked_for_its_term() {
    let programme = programme();
    let ground = ground(&programme);
    let made = answered(
        Kind::Numbered,
        &[("months", 0), ("ends", 2), ("minimum", 20_000)],
    );
    let made = made.build(&ground).unwrap();
    let Terms::Numbered(coupon) = &made.terms else {
        panic!("a coupon")
    };
    let for_ever = Life {
        months: None,
        ends: PeriodEnd::Year,
    };
    assert_eq!(
        (coupon.life, &coupon.gives),
        (for_ever, &Benefit::Percent(1_500))
    );
    assert_eq!(made.rules.stacking.minimum, Money(20_000));
}

#[test]
fn a_bonus_card_says_what_becomes_of_points_when_something_is_late() {
    let programme = programme();
    let ground = ground(&programme);
    let late = |draft: Draft| draft.build(&ground).unwrap().bonus().unwrap().late;
    assert_eq!(late(draft(Kind::Bonus, Trade::Coffee)), Late::default());
    let clothes = Late {
        returned_days: 14,
        ..Late::default()
    };
    assert_eq!(late(draft(Kind::Bonus, Trade::Clothes)), clothes);
    let answers = [("grace_days", 0), ("returned_days", 366), ("owing", 1)];
    let chosen = Late {
        grace_days: 0,
        returned_days: 366,
        owing: Owing::Cleared,
    };
    assert_eq!(late(answered(Kind::Bonus, &answers)), chosen);
    let deducted = late(answered(Kind::Bonus, &[("owing", 2)])).owing;
    assert_eq!(deducted, Owing::Deducted);
    let problems = answered(Kind::Bonus, &[("grace_days", 367)]).check(&ground);
    assert_eq!(problems[0].why, Wrong::Above(366));
}

#[test]
fn a_campaign_is_asked_for_its_card_what_it_adds_its_budget_and_its_days() {
    let bonus = Terms::Bonus(BonusCard::plain(500, Money(1)));
    let bonus = Instrument::plain(InstrumentId(4), "Points", bonus);
    let programme = Programme::publish(ProgrammeVersion(3), vec![bonus]).unwrap();
    let ground = ground(&programme);
    let made = answered(
        Kind::Campaign,
        &[("more", 5_000), ("days", 1), ("first_day", 20_600)],
    );
    let made = made.build(&ground).unwrap();
    let Terms::Campaign(campaign) = &made.terms else {
        panic!("a campaign")
    };
    assert_eq!(
        (campaign.card, campaign.factor, &campaign.when[..]),
        (InstrumentId(4), 15_000, &[When::Weekdays(0b110_0000)][..])
    );
    assert_eq!(made.rules.scope.first_day, date_of(20_600));
    for (answers, field, why) in [
        (vec![("card", 7)], "card", Wrong::NotThere),
        (vec![("budget", 0)], "budget", Wrong::Below(1)),
        (vec![("more", 0)], "more", Wrong::Together),
        (
            vec![("first_day", 20_700), ("last_day", 20_600)],
            "last_day",
            Wrong::Together,
        ),
    ] {
        let field = field.to_owned();
        let problems = answered(Kind::Campaign, &answers).check(&ground);
        assert_eq!(problems, [Problem { field, why }], "{answers:?}");
    }
}
