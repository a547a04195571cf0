//! The report of a day out of a shop's rows, in words.

use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::ids::{CustomerId, DeviceNo, InstrumentId, OperatorId, OutletId};
use kartka_domain::moment::Date;
use kartka_domain::money::Points;
use kartka_domain::outstanding::outstanding as outstanding_certificates;
use kartka_domain::purchase::Purchase;
use kartka_domain::refund::certificates_back;
use kartka_domain::report::{Day, Figures, Returned, Today, liability, today};
use kartka_domain::row::Row;

use super::words::money;
use super::{Book, Shop};

fn report(shop: &Shop, date: Date) -> Today {
    let all: Vec<Purchase> = shop.all(|row| match row {
        Row::Purchase(purchase) => Some(purchase.clone()),
        _ => None,
    });
    let returned = all.iter().filter_map(|purchase| {
        let Ok(returns) = shop.returns(purchase.id);
        let purchase = purchase.clone();
        let today = returns.iter().any(|back| back.at.date == date);
        let Ok(moved) = Book::moves(shop, purchase.id);
        let certificates = certificates_back(purchase.id, &moved, &shop.vouchers());
        today.then_some(Returned {
            purchase,
            returns,
            certificates: certificates.unwrap(),
        })
    });
    let returned: Vec<Returned> = returned.collect();
    let earlier = |p: &&Purchase| p.at.date < date && p.refused.is_none();
    let known: BTreeSet<CustomerId> = all
        .iter()
        .filter(earlier)
        .filter_map(Purchase::earner)
        .collect();
    let purchases: Vec<Purchase> = all.iter().filter(|p| p.at.date == date).cloned().collect();
    let mut entries = shop.ledger();
    entries.retain(|entry| entry.date == date);
    let registered = shop.all(|row| match row {
        Row::Customer(customer) if customer.registered == date => Some(()),
        _ => None,
    });
    let noted = shop.all(|row| match row {
        Row::NotedVisits(noted) => Some(*noted),
        _ => None,
    });
    let unlinked = shop.all(|row| match row {
        Row::Unlinked(unlinked) => Some(unlinked.clone()),
        _ => None,
    });
    today(&Day {
        date,
        purchases: &purchases,
        returned: &returned,
        entries: &entries,
        registered: i64::try_from(registered.len()).unwrap(),
        known: &known,
        noted: &noted,
        unlinked: &unlinked,
    })
    .unwrap()
}

fn figures(sums: &Figures) -> String {
    let mut said = format!("{} receipts {}", sums.receipts, money(sums.sales));
    if sums.returns.0 != 0 {
        said += &format!(", back {}", money(sums.returns));
    }
    let average = sums.average().unwrap().map_or("none".to_owned(), money);
    format!(
        "{said}, money {}, average {average}",
        money(sums.money().unwrap())
    )
}

fn share(value: Option<i64>) -> String {
    value.map_or("none".to_owned(), |v| {
        format!(
            "{}{}.{:02} %",
            if v < 0 { "-" } else { "" },
            v.abs() / 100,
            v.abs() % 100
        )
    })
}

/// `3 receipts 60.00, back 10.00, …; 2 visits, 1 new, returning 50.00 %, 1 registered; points …; owed 3.00`
pub(crate) fn said(shop: &Shop, date: Date) -> String {
    let day = report(shop, date);
    let mut said = format!(
        "{}; {} visits, {} new, returning {}, {} registered",
        figures(&day.total),
        day.visits,
        day.new_buyers(),
        share(day.repeat_share().unwrap()),
        day.registered
    );
    let moved = day.points.values().map(|m| {
        let numbers = [
            (m.earned, "earned"),
            (m.taken_back, "taken back"),
            (m.spent, "spent"),
            (m.given_back, "given back"),
            (m.expired, "expired"),
            (m.adjusted, "adjusted"),
        ];
        let parts = numbers.into_iter().filter(|(points, _)| points.0 != 0);
        let parts: Vec<String> = parts.map(|(p, what)| format!("{} {what}", p.0)).collect();
        parts.join(", ")
    });
    let moved: Vec<String> = moved.filter(|m| !m.is_empty()).collect();
    if !moved.is_empty() {
        said += &format!("; {}", moved.join("; "));
    }
    let mut outstanding: BTreeMap<InstrumentId, Points> = BTreeMap::new();
    for entry in shop.ledger() {
        let sum = outstanding.entry(entry.instrument).or_default();
        *sum = sum.plus(entry.effect().points).unwrap();
    }
    if day.total.certificates.0 != 0 {
        said += &format!("; certificates {}", money(day.total.certificates));
    }
    let vouchers = shop.vouchers();
    let certificates = outstanding_certificates(&vouchers).unwrap();
    let owed = liability(&outstanding, &shop.programme_now().unwrap()).unwrap();
    match certificates.0 {
        0 => format!("{said}; owed {}", money(owed)),
        _ => format!(
            "{said}; owed {} and {} in certificates",
            money(owed),
            money(certificates)
        ),
    }
}

pub(crate) fn beside(shop: &Shop, date: Date, other: Date) -> String {
    let change = report(shop, date).beside(&report(shop, other)).unwrap();
    format!(
        "revenue {}, receipts {}, visits {}, average {}",
        share(change.revenue),
        share(change.receipts),
        share(change.visits),
        share(change.average)
    )
}

pub(crate) fn part(shop: &Shop, date: Date, what: &str, number: u32) -> String {
    let day = report(shop, date);
    let sums = match what {
        "outlet" => day.outlets.get(&OutletId(number)),
        "operator" => day.operators.get(&OperatorId(number)),
        "device" => return shift(&day, number),
        _ => panic!("a report of what? {what}"),
    };
    sums.map_or("nothing".to_owned(), figures)
}

/// What a device took, part by part: `2 receipts 40.00, money 32.00, average 20.00; cash 32.00, points 8.00`
fn shift(day: &Today, number: u32) -> String {
    let Some(sums) = day.devices.get(&DeviceNo::new(number).unwrap()) else {
        return "nothing".to_owned();
    };
    let parts = [
        ("cash", sums.paid.cash),
        ("card", sums.paid.card),
        ("other", sums.paid.other),
        ("certificates", sums.paid.certificate),
        ("points", sums.paid.points),
    ];
    let paid = parts.into_iter().filter(|(_, part)| part.0 != 0);
    let paid: Vec<String> = paid
        .map(|(what, part)| format!("{what} {}", money(part)))
        .collect();
    format!("{}; {}", figures(sums), paid.join(", "))
}
