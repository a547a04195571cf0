//! Who works here, what they may do, and who is at this device (sync §7).

use std::sync::Arc;

use kartka_core::domain::business::Employment;
use kartka_core::domain::ids::{OperatorId, OutletId, RoleId};
use kartka_core::domain::money::{Points, Stamps};
use kartka_core::domain::rights::{Limits, Permission, Permissions, Role};
use kartka_core::usecase::staff::{Colleague, RoleForm};

use crate::border::{Border, request_id};
use crate::error::CoreError;
use crate::platform::ChangeTopic;

/// The staff of the business and the operator at this device.
#[derive(uniffi::Object)]
pub struct Team {
    border: Arc<Border>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleagueView {
    /// Number, from 1 (the founder).
    pub operator: u32,
    /// As colleagues call them.
    pub name: String,
    /// The number of their role.
    pub role: u32,
    /// Their role as it is in force; none when a newer version of Kartka made it.
    pub rights: Option<RoleView>,
    /// Whether they still work here.
    pub employed: bool,
    /// Whether they are at this device.
    pub here: bool,
    /// Whether they have a PIN at this device.
    pub pin: bool,
    /// Outlets where their role counts; none named = everywhere.
    #[uniffi(default = [])]
    pub outlets: Vec<u32>,
}

/// An outlet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OutletView {
    /// Its number.
    pub outlet: u32,
    /// As staff know it.
    pub name: String,
    /// Whether this device stands there.
    pub here: bool,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoleView {
    /// Its number: 1 owner, 2 cashier, 3 manager, from 16 the owner's own.
    pub role: u32,
    /// As the owner calls it; empty for a ready one, whose name the shells have.
    pub name: String,
    /// Numbers of the permissions it gives, ascending.
    pub permissions: Vec<u16>,
    /// Most points one receipt may redeem; none = the programme's own limits only.
    pub redeem_receipt: Option<i64>,
    /// Most points the operator may redeem on a business day.
    pub redeem_day: Option<i64>,
    /// Points of one receipt above which the PIN is typed again.
    pub pin_above: Option<i64>,
    /// Minutes within which a receipt may be undone.
    pub void_minutes: u16,
    /// Most points that one correction by hand gives or takes; none = any.
    #[uniffi(default = None)]
    pub adjust_points: Option<i64>,
    /// Most stamps, likewise.
    #[uniffi(default = None)]
    pub adjust_stamps: Option<i64>,
}

impl Team {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

/// What a change of staff or of who is here changes on screens.
const STAFF: &[ChangeTopic] = &[ChangeTopic::Sync];

#[uniffi::export(async_runtime = "tokio")]
impl Team {
    /// Everybody who works or worked here, by number.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk or the key store.
    pub async fn staff(&self) -> Result<Vec<ColleagueView>, CoreError> {
        let staff = self.border.read(|shop| {
            let mut all = Vec::new();
            for colleague in shop.staff()? {
                let pin = shop.has_pin(colleague.operator.id)?;
                all.push(colleague_view(colleague, pin));
            }
            Ok(all)
        });
        staff.await
    }

    /// The roles in force, by number.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn roles(&self) -> Result<Vec<RoleView>, CoreError> {
        let roles = self
            .border
            .read(|shop| Ok(shop.roles()?.into_iter().map(RoleView::from).collect()));
        roles.await
    }

    /// Adds a member of staff; answers with their number.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `Validation` for a name; `NotFound` for a role.
    pub async fn employ(
        &self,
        request: Vec<u8>,
        name: String,
        role: u32,
    ) -> Result<u32, CoreError> {
        let employed = self.border.write(STAFF, move |shop| {
            let request = request_id(&request)?;
            Ok(shop.employ(request, &name, RoleId(role))?.0)
        });
        employed.await
    }

    /// Dismisses a member of staff; what they did stays theirs.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right, or for oneself; `NotFound`.
    pub async fn dismiss(&self, request: Vec<u8>, operator: u32) -> Result<(), CoreError> {
        let dismissed = self.border.write(STAFF, move |shop| {
            Ok(shop.dismiss(request_id(&request)?, OperatorId(operator))?)
        });
        dismissed.await
    }

    /// Gives a member of staff another role; somebody who was dismissed works here again.
    ///
    /// # Errors
    /// As `employ`.
    pub async fn assign(
        &self,
        request: Vec<u8>,
        operator: u32,
        role: u32,
    ) -> Result<(), CoreError> {
        let assigned = self.border.write(STAFF, move |shop| {
            let request = request_id(&request)?;
            Ok(shop.assign(request, OperatorId(operator), RoleId(role))?)
        });
        assigned.await
    }

    /// All outlets, by number.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn outlets(&self) -> Result<Vec<OutletView>, CoreError> {
        let outlets = self.border.read(|shop| {
            let all = shop.outlets()?.into_iter().map(|place| OutletView {
                outlet: place.outlet.id.0,
                name: place.outlet.name,
                here: place.here,
            });
            Ok(all.collect())
        });
        outlets.await
    }

    /// Opens an outlet beside the one where this device stands; answers with its number.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `Validation` for a name.
    pub async fn open_outlet(&self, request: Vec<u8>, name: String) -> Result<u32, CoreError> {
        let opened = self.border.write(STAFF, move |shop| {
            Ok(shop.open_outlet(request_id(&request)?, &name)?.0)
        });
        opened.await
    }

    /// Gives an outlet another name.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `Validation` for a name; `NotFound`.
    pub async fn rename_outlet(
        &self,
        request: Vec<u8>,
        outlet: u32,
        name: String,
    ) -> Result<(), CoreError> {
        let renamed = self.border.write(STAFF, move |shop| {
            let request = request_id(&request)?;
            Ok(shop.rename_outlet(request, OutletId(outlet), &name)?)
        });
        renamed.await
    }

    /// This device stands in another outlet from now on.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotFound`.
    pub async fn stand_in(&self, outlet: u32) -> Result<(), CoreError> {
        let moved = self
            .border
            .write(STAFF, move |shop| Ok(shop.stand_in(OutletId(outlet))?));
        moved.await
    }

    /// The role of a member of staff counts in these outlets only; none named = everywhere.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotFound`.
    pub async fn limit_to_outlets(
        &self,
        request: Vec<u8>,
        operator: u32,
        outlets: Vec<u32>,
    ) -> Result<(), CoreError> {
        let limited = self.border.write(STAFF, move |shop| {
            let outlets: Vec<OutletId> = outlets.into_iter().map(OutletId).collect();
            let request = request_id(&request)?;
            Ok(shop.limit_to_outlets(request, OperatorId(operator), &outlets)?)
        });
        limited.await
    }

    /// Publishes a version of a role, or a new one where its number is 0; answers with its number.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `Validation`.
    pub async fn publish_role(&self, request: Vec<u8>, role: RoleView) -> Result<u32, CoreError> {
        let published = self.border.write(STAFF, move |shop| {
            let request = request_id(&request)?;
            Ok(shop.publish_role(request, &form(role))?.0)
        });
        published.await
    }

    /// Gives an operator a PIN at this device: oneself, with the old one if there is one, or a colleague who forgot
    /// theirs.
    ///
    /// # Errors
    /// `RuleRejected`: the PIN is too simple, the old one is needed, wrong or locked, or the right is missing;
    /// `NotFound`.
    pub async fn set_pin(
        &self,
        operator: u32,
        old: Option<String>,
        new: String,
    ) -> Result<(), CoreError> {
        let set = self.border.write(STAFF, move |shop| {
            Ok(shop.set_pin(OperatorId(operator), old.as_deref(), &new)?)
        });
        set.await
    }

    /// Hands this device to another operator; nothing that waits to be sent changes.
    ///
    /// # Errors
    /// `RuleRejected`: dismissed, or the PIN is needed, wrong or locked; `NotFound`.
    pub async fn switch_to(&self, operator: u32, pin: Option<String>) -> Result<(), CoreError> {
        let switched = self.border.write(STAFF, move |shop| {
            Ok(shop.switch_operator(OperatorId(operator), pin.as_deref())?)
        });
        switched.await
    }

    /// Confirms that the operator at this device is who they say, for what asks for it within two minutes.
    ///
    /// # Errors
    /// `RuleRejected`: the PIN is wrong or locked.
    pub async fn confirm_pin(&self, pin: String) -> Result<(), CoreError> {
        self.border
            .read(move |shop| Ok(shop.confirm_pin(&pin)?))
            .await
    }
}

fn colleague_view(colleague: Colleague, pin: bool) -> ColleagueView {
    let Colleague {
        operator,
        role,
        here,
    } = colleague;
    ColleagueView {
        operator: operator.id.0,
        name: operator.name,
        role: operator.role.0,
        rights: role.map(RoleView::from),
        employed: operator.state == Employment::Active,
        here,
        pin,
        outlets: operator.outlets.iter().map(|outlet| outlet.0).collect(),
    }
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let has = |permission: &Permission| role.permissions.has(*permission);
        let permissions = Permission::ALL.into_iter().filter(has);
        Self {
            role: role.id.0,
            name: role.name,
            permissions: permissions.map(|permission| permission as u16).collect(),
            redeem_receipt: role.limits.redeem_receipt.map(|points| points.0),
            redeem_day: role.limits.redeem_day.map(|points| points.0),
            pin_above: role.limits.pin_above.map(|points| points.0),
            void_minutes: role.limits.void_minutes,
            adjust_points: role.limits.adjust_points.map(|points| points.0),
            adjust_stamps: role.limits.adjust_stamps.map(|stamps| stamps.0),
        }
    }
}

/// What a person wants; numbers that name no permission give none.
fn form(role: RoleView) -> RoleForm {
    let wanted = |permission: &Permission| role.permissions.contains(&(*permission as u16));
    let permissions: Permissions = Permission::ALL.into_iter().filter(wanted).collect();
    RoleForm {
        id: (role.role > 0).then_some(RoleId(role.role)),
        name: role.name,
        permissions,
        limits: Limits {
            redeem_receipt: role.redeem_receipt.map(Points),
            redeem_day: role.redeem_day.map(Points),
            pin_above: role.pin_above.map(Points),
            void_minutes: role.void_minutes,
            adjust_points: role.adjust_points.map(Points),
            adjust_stamps: role.adjust_stamps.map(Stamps),
        },
    }
}
