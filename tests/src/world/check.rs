//! Promises, held against what phones show and the server keeps.

use std::collections::BTreeMap;

use kartka_core::domain::customer::Will;
use kartka_core::domain::ids::{CustomerId, PurchaseId};
use kartka_core::error::CoreError;
use kartka_core::query::history::Order;
use kartka_core::shop::Shop;

use super::claim::What;
use super::laws::{Law, Wrong, same};
use super::replay::Expected;
use super::server::Server;

fn broken(law: Law, what: &str, error: &CoreError) -> Wrong {
    Wrong::of(law, format!("{what}: {error} ({error:?})"))
}

/// What a world knows that may hide something from a screen for a while; the end says whether it came back.
#[derive(Clone, Copy)]
pub(crate) struct Leave {
    /// People are erased: a registered one may be gone.
    pub(crate) erases: bool,
    /// The server was lost: what only another phone can tell it is shown again when that one has called (decision 13).
    pub(crate) restored: bool,
    /// And phones have turned back: what a return says it is of may have another number by now.
    pub(crate) renumbered: bool,
    /// This phone has not told it everything yet: what a lost server had ordered stays on the screen as that one left it.
    pub(crate) healing: bool,
}

/// A confirmed receipt is on its phone with its lines.
pub(crate) fn is_kept(shop: &Shop, claim: &What, leave: Leave) -> Result<(), Wrong> {
    match claim {
        What::Sale { id, lines, .. } => {
            let view = receipt(shop, *id)?;
            let total: i64 = lines.iter().map(|l| l.price).sum();
            same(
                Law::S1,
                || format!("the total of sale {id}"),
                &view.total().0,
                &total,
            )
        }
        What::Return { .. } if leave.renumbered => Ok(()),
        What::Return { id, purchase, .. } => {
            let of = PurchaseId::new(*purchase).map_err(|e| e.to_string())?;
            if leave.restored && matches!(shop.purchase(of), Err(CoreError::NotFound)) {
                return Ok(());
            }
            let view = receipt(shop, *purchase)?;
            let there = view.returns.iter().any(|back| back.id.get() == *id);
            same(
                Law::S1,
                || format!("the return {id} is there"),
                &there,
                &true,
            )
        }
        What::Register { customer, .. } => {
            let id = CustomerId::new(*customer).map_err(|e| e.to_string())?;
            let sheet = shop.customer(id);
            if leave.erases && matches!(sheet, Err(CoreError::NotFound)) {
                return Ok(());
            }
            sheet
                .map(|_| ())
                .map_err(|e| broken(Law::S1, "a registered customer", &e))
        }
        _ => Ok(()),
    }
}

/// A claim that the authority does not hold yet is what its phone shows.
pub(crate) fn is_shown(
    shop: &Shop,
    claim: &What,
    last_names: &BTreeMap<i64, String>,
    leave: Leave,
) -> Result<(), Wrong> {
    is_kept(shop, claim, leave)?;
    match claim {
        _ if leave.healing => Ok(()),
        What::Sale { id, .. } => {
            let order = receipt(shop, *id)?.order;
            same(
                Law::S5,
                || format!("the pending sale {id}"),
                &order,
                &Order::Queued,
            )
        }
        What::Edit { customer, .. } => {
            let id = CustomerId::new(*customer).map_err(|e| e.to_string())?;
            let sheet = shop.customer(id);
            let hidden = leave.erases || leave.restored;
            if hidden && matches!(sheet, Err(CoreError::NotFound)) {
                return Ok(());
            }
            let sheet = sheet.map_err(|e| broken(Law::S5, "an edited customer", &e))?;
            let want = last_names.get(customer).cloned();
            if sheet.id == id {
                same(
                    Law::S5,
                    || format!("the pending name of {id:?}"),
                    &sheet.name,
                    &want,
                )?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn receipt(shop: &Shop, id: i64) -> Result<kartka_core::query::history::PurchaseView, Wrong> {
    let purchase = PurchaseId::new(id).map_err(|e| e.to_string())?;
    shop.purchase(purchase)
        .map_err(|e| broken(Law::S1, &format!("the confirmed receipt {id}"), &e))
}

/// One receipt is shown as the model has it.
pub(crate) fn shows_receipt(shop: &Shop, id: i64, expected: &Expected) -> Result<(), Wrong> {
    let view = receipt(shop, id)?;
    let want = expected.receipts.get(&id).cloned().unwrap_or_default();
    let at = |what: &'static str| move || format!("{what} of receipt {id}");
    same(Law::S1, at("the total"), &view.total().0, &want.price)?;
    if !expected.in_doubt.contains(&id) {
        same(Law::S4, at("the points"), &view.points().0, &want.points)?;
    }
    let returned: Vec<i64> = view.returned.iter().map(|q| q.0).collect();
    same(Law::S3, at("what came back"), &returned, &want.returned)?;
    same(Law::S5, at("the order"), &view.order, &Order::Confirmed)
}

/// One customer is shown as the model has them.
pub(crate) fn shows_customer(shop: &Shop, id: i64, expected: &Expected) -> Result<(), Wrong> {
    let first = expected.first_of.get(&id).copied().unwrap_or(id);
    let customer = CustomerId::new(id).map_err(|e| e.to_string())?;
    let sheet = shop.customer(customer);
    if expected.erased.contains(&id) {
        let gone = matches!(sheet, Err(CoreError::NotFound));
        return same(Law::S11, || format!("{id} is erased"), &gone, &true);
    }
    let sheet = sheet.map_err(|e| broken(Law::S1, &format!("customer {id}"), &e))?;
    let want = expected.people.get(&first).cloned().unwrap_or_default();
    let at = |what: &'static str| move || format!("{what} of customer {id}");
    same(Law::S7, at("the person"), &sheet.id.get(), &first)?;
    if let Some(purse) = expected.shown(id) {
        // A card that the owner took out stands on no screen.
        let newest = expected.newest();
        let points = sheet.points.first().map(|view| view.balance.0);
        let want = newest.and_then(|rules| rules.rate).map(|_| purse.points);
        same(Law::S4, at("the balance"), &points, &want)?;
        let stamps = sheet.stamps.first().map(|view| view.stamps.0);
        let want = newest.filter(|rules| rules.stamps).map(|_| purse.stamps);
        same(Law::S4, at("the stamps"), &stamps, &want)?;
    }
    same(Law::S7, at("the visits"), &sheet.visits, &want.visits)?;
    same(Law::S7, at("the money spent"), &sheet.spent.0, &want.spent)?;
    let given = sheet.marketing == Will::Given;
    same(Law::S9, at("the consent"), &given, &want.consents)
}

/// The phone has come to where the server is.
pub(crate) fn agrees(shop: &Shop, server: &Server) -> Result<(), Wrong> {
    let head = server.seq()?;
    let theirs: BTreeMap<_, _> = server
        .read(|db| db.digests())?
        .into_iter()
        .map(|sum| (sum.scope.code(), sum.digest.to_bytes()))
        .collect();
    let ours = shop.digests();
    let ours = ours.map_err(|e| broken(Law::Sound, "the digests", &e))?;
    for (scope, cursor, digest) in &ours {
        same(
            Law::S6,
            || format!("the cursor of {scope:?}"),
            &cursor.0,
            &head,
        )?;
        let want = theirs.get(&scope.code()).copied().unwrap_or_default();
        if scope.code() != 2 {
            same(
                Law::S7,
                || format!("the digest of {scope:?}"),
                digest,
                &want,
            )?;
        }
    }
    Ok(())
}
