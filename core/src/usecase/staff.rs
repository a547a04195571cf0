//! Staff and roles: who works here and what each may do (S1, T7).
//!
//! The list changes like everything else: by an op that the authority orders. On a phone it is shown at once and taken
//! back if the authority knows better; what it means for the others takes effect when they have pulled it.

use kartka_domain::business::{Employment, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::{OperatorId, RoleId};
use kartka_domain::op::Fact;
use kartka_domain::rights::{Limits, Permissions, Role};

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop};
use crate::store::{Reader, RequestId};

/// Characters of a colleague's name and of a role's.
const NAME: usize = 64;
/// Numbers of operators that one device gives: two owners who add somebody at once never give the same one.
const GIVEN_BITS: u32 = 9;
/// Numbers of roles that one device gives.
const ROLES: u32 = 15;

/// A member of staff with what they may do.
#[derive(Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub operator: Operator,
    /// Their role as it is in force; none when a newer version of Kartka made it.
    pub role: Option<Role>,
    /// Whether they are at this device.
    pub here: bool,
}

/// What a role is to allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleForm {
    /// Which; none makes a new one.
    pub id: Option<RoleId>,
    /// As the owner calls it; may be empty for a ready one.
    pub name: String,
    /// What it allows.
    pub permissions: Permissions,
    /// How far.
    pub limits: Limits,
}

impl Shop {
    /// Everybody who works or worked here, by number.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn staff(&self) -> Result<Vec<Colleague>, CoreError> {
        self.store.read(|r| {
            let here = r.at_device()?;
            let all = r.operators()?.into_iter();
            let colleague = |operator: Operator| {
                Ok(Colleague {
                    role: role_in_force(r, operator.role)?,
                    here: operator.id == here,
                    operator,
                })
            };
            all.map(colleague).collect()
        })
    }

    /// The roles in force: the ready ones and the owner's own, by number.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub fn roles(&self) -> Result<Vec<Role>, CoreError> {
        self.store.read(|r| {
            let ready = [RoleId::OWNER, RoleId::CASHIER, RoleId::MANAGER];
            let published = r.roles()?;
            let mut ids: Vec<RoleId> = published.iter().map(|role| role.id).chain(ready).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut roles = Vec::new();
            for id in ids {
                roles.extend(role_in_force(r, id)?);
            }
            Ok(roles)
        })
    }

    /// Adds a member of staff.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::Validation`] for a name;
    /// [`CoreError::NotFound`] for a role; [`CoreError::Store`].
    pub fn employ(
        &self,
        request: RequestId,
        name: &str,
        role: RoleId,
    ) -> Result<OperatorId, CoreError> {
        let name = named(name)?;
        let op = self.once(request, |tx, setting, _| {
            let id = next_operator(tx, setting)?;
            let operator = Operator {
                id,
                name,
                role,
                state: Employment::Active,
                customer: None,
                outlets: Vec::new(),
                newer: None,
            };
            write(tx, setting, operator)
        })?;
        self.store.read(|r| match r.own_op(op)? {
            Some(Fact::Operator(operator)) => Ok(operator.id),
            _ => Err(CoreError::NotFound),
        })
    }

    /// Dismisses a member of staff; what they did stays theirs (sync §7).
    ///
    /// # Errors
    /// As [`employ`](Self::employ); [`Code::NotYourself`] for oneself.
    pub fn dismiss(&self, request: RequestId, operator: OperatorId) -> Result<(), CoreError> {
        self.change(request, operator, |before| Operator {
            state: Employment::Dismissed,
            ..before
        })
    }

    /// Gives a member of staff another role; somebody who was dismissed works here again.
    ///
    /// # Errors
    /// As [`employ`](Self::employ).
    pub fn assign(
        &self,
        request: RequestId,
        operator: OperatorId,
        role: RoleId,
    ) -> Result<(), CoreError> {
        self.change(request, operator, |before| Operator {
            role,
            state: Employment::Active,
            ..before
        })
    }

    /// Publishes a version of a role, or a new role; what was allowed before stays judged by who had it then only
    /// until the others have pulled this.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::Validation`]; [`CoreError::Store`].
    pub fn publish_role(&self, request: RequestId, form: &RoleForm) -> Result<RoleId, CoreError> {
        let op = self.once(request, |tx, setting, _| {
            setting.who.may_publish()?;
            let id = match form.id {
                Some(id) => id,
                None => next_role(tx, setting)?,
            };
            let before = tx.newest_role(id)?;
            let version = before.as_ref().map_or(0, |role| role.version);
            let newer = before
                .as_ref()
                .map_or_else(Permissions::default, |role| role.permissions);
            let role = Role {
                id,
                version: version + 1,
                name: form.name.trim().to_owned(),
                permissions: form.permissions.keeping_newer_of(newer),
                limits: form.limits,
                newer: before.and_then(|role| role.newer),
            };
            if !role.is_sound() {
                return Err(CoreError::Validation { field: Field::Name });
            }
            Ok(vec![Fact::Role(role)].into())
        })?;
        self.store.read(|r| match r.own_op(op)? {
            Some(Fact::Role(role)) => Ok(role.id),
            _ => Err(CoreError::NotFound),
        })
    }

    pub(super) fn change(
        &self,
        request: RequestId,
        id: OperatorId,
        make: impl FnOnce(Operator) -> Operator,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            let before = tx.operator(id)?.ok_or(CoreError::NotFound)?;
            write(tx, setting, make(before))
        })?;
        Ok(())
    }
}

fn write(
    reader: &Reader<'_>,
    setting: &Setting,
    after: Operator,
) -> Result<crate::usecase::Facts, CoreError> {
    let may = |id| {
        let role = role_in_force(reader, id)?.ok_or(CoreError::NotFound)?;
        Ok::<_, CoreError>(role.permissions)
    };
    let before = reader.operator(after.id)?;
    let before_may = before.as_ref().map(|b| may(b.role)).transpose()?;
    let before = before.as_ref().zip(before_may);
    setting.who.may_employ(before, (&after, may(after.role)?))?;
    Ok(vec![Fact::Operator(after)].into())
}

fn named(name: &str) -> Result<String, CoreError> {
    let name = name.trim();
    if (1..=NAME).contains(&name.chars().count()) {
        Ok(name.to_owned())
    } else {
        Err(CoreError::Validation { field: Field::Name })
    }
}

/// The role as it is in force: its newest version, or as it comes ready.
pub(crate) fn role_in_force(reader: &Reader<'_>, id: RoleId) -> Result<Option<Role>, CoreError> {
    Ok(reader.newest_role(id)?.or_else(|| Role::ready(id)))
}

/// The next number that this device gives.
fn next_operator(reader: &Reader<'_>, setting: &Setting) -> Result<OperatorId, CoreError> {
    let first = setting.device.no.get() << GIVEN_BITS;
    let last = first | ((1 << GIVEN_BITS) - 1);
    let given = reader.operators()?.into_iter().map(|o| o.id.0);
    let newest = given.filter(|id| (first..=last).contains(id)).max();
    let next = newest.unwrap_or(first) + 1;
    if next > last {
        return Err(Code::OutOfDate.into());
    }
    Ok(OperatorId(next))
}

fn next_role(reader: &Reader<'_>, setting: &Setting) -> Result<RoleId, CoreError> {
    let first = RoleId::OWN_FIRST.0 + (setting.device.no.get() & 0xFFF) * ROLES;
    let given = reader.roles()?.into_iter().map(|role| role.id.0);
    let newest = given.filter(|id| (first..first + ROLES).contains(id)).max();
    let next = newest.map_or(first, |id| id + 1);
    if next >= first + ROLES {
        return Err(Code::OutOfDate.into());
    }
    Ok(RoleId(next))
}
