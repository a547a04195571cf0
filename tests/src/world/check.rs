//! Promises, held against what phones show and the server keeps.

use std::collections::BTreeMap;

use kartka_core::domain::customer::Will;
use kartka_core::domain::ids::{CustomerId, PurchaseId};
use kartka_core::domain::row::RowKind;
use kartka_core::error::CoreError;
use kartka_core::query::history::Order;
use kartka_core::shop::Shop;

use super::model::{Claim, Expected, What};
use super::server::Server;

/// What is wrong.
pub(crate) type Wrong = String;

fn broken(what: &str, error: &CoreError) -> Wrong {
    format!("{what}: {error} ({error:?})")
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, want: T) -> Result<(), Wrong> {
    if got == want {
        Ok(())
    } else {
        Err(format!("{what}: {got:?}, the model says {want:?}"))
    }
}

/// A confirmed receipt is on its phone with its lines.
pub(crate) fn is_kept(shop: &Shop, claim: &Claim) -> Result<(), Wrong> {
    match &claim.what {
        What::Sale { id, lines, .. } => {
            let view = receipt(shop, *id)?;
            let total: i64 = lines.iter().map(|l| l.gross).sum();
            same("a confirmed sale's total", view.total().0, total)
        }
        What::Return { id, purchase, .. } => {
            let view = receipt(shop, *purchase)?;
            let there = view.returns.iter().any(|back| back.id.get() == *id);
            same("a confirmed return is there", there, true)
        }
        What::Register { customer, .. } => {
            let id = CustomerId::new(*customer).map_err(|e| e.to_string())?;
            let sheet = shop.customer(id);
            sheet
                .map(|_| ())
                .map_err(|e| broken("a registered customer", &e))
        }
        _ => Ok(()),
    }
}

/// A claim that the authority does not hold yet is what its phone shows.
pub(crate) fn is_shown(
    shop: &Shop,
    claim: &Claim,
    last_names: &BTreeMap<i64, String>,
) -> Result<(), Wrong> {
    is_kept(shop, claim)?;
    match &claim.what {
        What::Sale { id, .. } => same("a pending sale", receipt(shop, *id)?.order, Order::Queued),
        What::Edit { customer, .. } => {
            let id = CustomerId::new(*customer).map_err(|e| e.to_string())?;
            let sheet = shop
                .customer(id)
                .map_err(|e| broken("an edited customer", &e))?;
            let want = last_names.get(customer).cloned();
            if sheet.id == id {
                same("a pending name", sheet.name, want)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn receipt(shop: &Shop, id: i64) -> Result<kartka_core::query::history::PurchaseView, Wrong> {
    let id = PurchaseId::new(id).map_err(|e| e.to_string())?;
    shop.purchase(id)
        .map_err(|e| broken("a confirmed receipt", &e))
}

/// Everything a phone shows is what the model says.
pub(crate) fn shows_all(shop: &Shop, expected: &Expected) -> Result<(), Wrong> {
    for (id, want) in &expected.receipts {
        let view = receipt(shop, *id)?;
        let at = |what: &str| format!("{what} of receipt {id}");
        same(&at("the total"), view.total().0, want.gross)?;
        same(&at("the points"), view.points().0, want.points)?;
        let returned: Vec<i64> = view.returned.iter().map(|q| q.0).collect();
        same(&at("what came back"), &returned, &want.returned)?;
        let sold = view.purchase.lines.iter().zip(&returned);
        same(
            &at("returned ≤ sold"),
            sold.clone().all(|(l, back)| *back <= l.quantity.0),
            true,
        )?;
        same(&at("the order"), view.order, Order::Confirmed)?;
    }
    for (id, first) in &expected.first_of {
        let customer = CustomerId::new(*id).map_err(|e| e.to_string())?;
        let sheet = shop
            .customer(customer)
            .map_err(|e| broken("a customer", &e))?;
        let want = expected.people.get(first).cloned().unwrap_or_default();
        let at = |what: &str| format!("{what} of customer {id}");
        same(&at("the person"), sheet.id.get(), *first)?;
        let balance = sheet.points.first().map_or(0, |view| view.balance.0);
        same(&at("the balance"), balance, want.points)?;
        same(&at("the visits"), sheet.visits, want.visits)?;
        same(&at("the money spent"), sheet.spent.0, want.spent)?;
        same(
            &at("the consent"),
            sheet.marketing == Will::Given,
            want.consents,
        )?;
        let names = expected.names.get(id);
        if let (Some(names), Some(name)) = (names, &sheet.name)
            && sheet.id == customer
            && !names.contains(name)
        {
            return Err(format!(
                "customer {id} is called {name}, which nobody wrote last"
            ));
        }
    }
    Ok(())
}

/// The server's ledger is what the model says.
pub(crate) fn keeps_all(server: &Server, expected: &Expected) -> Result<(), Wrong> {
    let points: i64 = expected.receipts.values().map(|r| r.points).sum();
    let (ledger, sales, customers, returns) = server.read(|db| {
        let totals = db.totals()?;
        let bonus = totals.iter().find(|t| t.instrument.0 == 1);
        Ok((
            bonus.map_or(0, |t| t.points.0),
            db.count(RowKind::Purchase)?,
            db.count(RowKind::Customer)?,
            db.count(RowKind::Return)?,
        ))
    })?;
    same("points outstanding at the server", ledger, points)?;
    same(
        "receipts at the server",
        sales,
        expected.receipts.len() as u64,
    )?;
    same(
        "customers at the server",
        customers,
        expected.first_of.len() as u64,
    )?;
    same("returns at the server", returns, expected.returns)
}

/// The phone has the server's rows, byte for byte.
pub(crate) fn agrees(shop: &Shop, server: &Server) -> Result<(), Wrong> {
    let head = server.seq()?;
    let theirs: BTreeMap<_, _> = server
        .read(|db| db.digests())?
        .into_iter()
        .map(|sum| (sum.scope.code(), sum.digest.to_bytes()))
        .collect();
    let ours = shop.digests().map_err(|e| broken("the digests", &e))?;
    for (scope, cursor, digest) in &ours {
        same(&format!("the cursor of {scope:?}"), cursor.0, head)?;
        let want = theirs.get(&scope.code()).copied().unwrap_or_default();
        if scope.code() != 2 {
            same(&format!("the digest of {scope:?}"), *digest, want)?;
        }
    }
    let held: Vec<i64> = ours.iter().map(|(scope, ..)| scope.code()).collect();
    let missing: Vec<&i64> = theirs.keys().filter(|code| !held.contains(code)).collect();
    same("months missing on the phone", missing, Vec::new())
}
