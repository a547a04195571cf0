//! Who may do what, and why not: roles, their permissions and limits (S1, T7, sync §7).
//!
//! One pure answer for both sides: a phone's use cases refuse with it before anything is written, the authority asks
//! it again for what a phone pushed. It never rejects a fact: what happened at a counter counts and is shown to the
//! owner; only what changes the rules themselves has no effect without the right.

use crate::adjust::Amount;
use crate::business::{Employment, Operator};
use crate::codes::Code;
use crate::ids::{OperatorId, OutletId, RoleId};
use crate::money::{Points, Stamps};
use crate::newer::Newer;

/// One thing a role may allow; the number is the bit in the wire's set and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Record sales; points and stamps are earned by them.
    Sell = 1,
    /// Register customers.
    Register = 2,
    /// Edit profiles and consents.
    Edit = 3,
    /// Give cards to customers and make card numbers.
    Cards = 4,
    /// Let customers spend points and rewards, up to the limits.
    Redeem = 5,
    /// Take goods back.
    Return = 6,
    /// Undo own receipts within the minutes.
    Void = 7,
    /// Undo a colleague's receipts too.
    VoidOthers = 8,
    /// Correct balances by hand.
    Adjust = 9,
    /// See phone numbers and addresses.
    Contacts = 10,
    /// See reports.
    Reports = 11,
    /// Decide what lies in the inbox.
    Inbox = 12,
    /// Add and dismiss staff.
    Staff = 13,
    /// Pair, revoke and wipe devices.
    Devices = 14,
    /// Change instruments, outlets and settings.
    Programme = 15,
    /// Erase a person.
    Erase = 16,
    /// Export customers.
    Export = 17,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Sell,
        Self::Register,
        Self::Edit,
        Self::Cards,
        Self::Redeem,
        Self::Return,
        Self::Void,
        Self::VoidOthers,
        Self::Adjust,
        Self::Contacts,
        Self::Reports,
        Self::Inbox,
        Self::Staff,
        Self::Devices,
        Self::Programme,
        Self::Erase,
        Self::Export,
    ];

    /// The permission with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| *one as i64 == number)
    }

    /// Its word for scripts and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sell => "sell",
            Self::Register => "register",
            Self::Edit => "edit",
            Self::Cards => "cards",
            Self::Redeem => "redeem",
            Self::Return => "return",
            Self::Void => "void",
            Self::VoidOthers => "void-others",
            Self::Adjust => "adjust",
            Self::Contacts => "contacts",
            Self::Reports => "reports",
            Self::Inbox => "inbox",
            Self::Staff => "staff",
            Self::Devices => "devices",
            Self::Programme => "programme",
            Self::Erase => "erase",
            Self::Export => "export",
        }
    }

    /// Decisions of the office count only from a device whose holder may take them: whoever has stolen a counter's
    /// phone can make it name any operator.
    const fn is_office(self) -> bool {
        self as u8 >= Self::Inbox as u8
    }
}

/// A set of permissions. Bits this version does not know are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// Everything this version knows.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    /// The set as a number, as sent.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether one is in it.
    #[must_use]
    pub const fn has(self, one: Permission) -> bool {
        self.0 >> one as u32 & 1 == 1
    }

    /// Whether everything in it is also in `other`.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// These, with what `before` had of a newer version: who can't see a bit can't take it away (L12).
    #[must_use]
    pub fn keeping_newer_of(self, before: Self) -> Self {
        Self(self.0 | before.0 & !Self::all().0)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Self {
        Self(all.into_iter().fold(0, |bits, one| bits | 1 << one as u32))
    }
}

/// How far the permissions of a role go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Most points one receipt may redeem; none = the programme's own limits only.
    pub redeem_receipt: Option<Points>,
    /// Most points one operator may redeem on a business day.
    pub redeem_day: Option<Points>,
    /// Points of one receipt above which the operator types their PIN again; none = never.
    pub pin_above: Option<Points>,
    /// Minutes within which a receipt may be undone (X6).
    pub void_minutes: u16,
    /// Most points that one correction by hand gives or takes (T4); none = any.
    pub adjust_points: Option<Points>,
    /// Most stamps, likewise.
    pub adjust_stamps: Option<Stamps>,
}

impl Limits {
    /// No limit but the quarter of an hour of a void (X6).
    pub const READY: Self = Self {
        redeem_receipt: None,
        redeem_day: None,
        pin_above: None,
        void_minutes: 15,
        adjust_points: None,
        adjust_stamps: None,
    };
}

/// A version of a role: immutable once published; the newest one of an id is in force (sync §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Which role.
    pub id: RoleId,
    /// From 1; 0 = as it comes ready.
    pub version: u32,
    /// As the owner calls it; empty for a ready one, whose name every language has.
    pub name: String,
    /// What it allows.
    pub permissions: Permissions,
    /// How far.
    pub limits: Limits,
    /// What a newer version wrote beside it; an edit by this one keeps it (L12).
    pub newer: Option<Newer>,
}

impl RoleId {
    /// Everything, and alone may make owners and change roles.
    pub const OWNER: Self = Self(1);
    /// The counter.
    pub const CASHIER: Self = Self(2);
    /// The counter, the inbox, reports and staff below themselves.
    pub const MANAGER: Self = Self(3);
    /// The first that an owner may make.
    pub const OWN_FIRST: Self = Self(16);
    /// The last.
    pub const LAST: Self = Self(65_535);
}

impl Role {
    /// The role as it comes ready, if it is one of those.
    #[must_use]
    pub fn ready(id: RoleId) -> Option<Self> {
        use Permission as P;
        let counter = [
            P::Sell,
            P::Register,
            P::Edit,
            P::Cards,
            P::Redeem,
            P::Return,
            P::Void,
            P::Contacts,
        ];
        let permissions = match id {
            RoleId::OWNER => Permissions::all(),
            RoleId::CASHIER => counter.into_iter().collect(),
            RoleId::MANAGER => counter
                .into_iter()
                .chain([P::VoidOthers, P::Adjust, P::Reports, P::Inbox, P::Staff])
                .collect(),
            _ => return None,
        };
        Some(Self {
            id,
            version: 0,
            name: String::new(),
            permissions,
            limits: Limits::READY,
            newer: None,
        })
    }

    /// Whether it can be published: a known range of ids, a name of 1–64 characters where it is the owner's own, and
    /// never the owner's role itself.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let own = (RoleId::OWN_FIRST..=RoleId::LAST).contains(&self.id);
        let ready = matches!(self.id, RoleId::CASHIER | RoleId::MANAGER);
        let length = self.name.trim().chars().count();
        let positive = |points: Option<Points>| points.is_none_or(|p| p.0 >= 0);
        let limits = [
            self.limits.redeem_receipt,
            self.limits.redeem_day,
            self.limits.pin_above,
            self.limits.adjust_points,
            self.limits.adjust_stamps.map(|stamps| Points(stamps.0)),
        ];
        (own && (1..=64).contains(&length) || ready && length <= 64)
            && self.version > 0
            && limits.into_iter().all(positive)
    }
}

/// Who acts: a member of staff at a device.
#[derive(Clone, PartialEq, Eq)]
pub struct Who {
    /// The operator; none when nobody knows them.
    pub operator: Option<Operator>,
    /// Their role.
    pub role: Option<Role>,
    /// What the device's holder may do.
    pub holder: Permissions,
    /// Where; none where no outlet is asked about.
    pub outlet: Option<OutletId>,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Something that needs a permission and nothing more.
    Plain(Permission),
    /// Points leave a customer's balance on a receipt.
    Redeem {
        /// How many, above zero; 0 for a reward.
        points: Points,
        /// What this operator has let redeem on the same business day before.
        today: Points,
    },
    /// A balance is corrected by hand.
    Adjust(Amount),
    /// A receipt is undone.
    Void {
        /// Whether it is their own.
        own: bool,
        /// Its age in milliseconds.
        age_ms: i64,
    },
}

impl Who {
    /// The founder before anything else is known.
    #[must_use]
    pub fn founder() -> Self {
        Self {
            operator: None,
            role: Role::ready(RoleId::OWNER),
            holder: Permissions::all(),
            outlet: None,
        }
    }

    /// An operator as the book has them at a device: `role` is the newest version of their role. Operator 1 without
    /// a row is the founder, whose row comes with the first pull.
    #[must_use]
    pub fn new(id: OperatorId, operator: Option<Operator>, role: Option<Role>) -> Self {
        match operator {
            None if id == OperatorId(1) => Self::founder(),
            operator => Self {
                role: operator.as_ref().and(role),
                operator,
                holder: Permissions::all(),
                outlet: None,
            },
        }
    }

    /// The same at a device that was handed to somebody with these permissions.
    #[must_use]
    pub const fn at(mut self, holder: Permissions) -> Self {
        self.holder = holder;
        self
    }

    /// The same in an outlet: a role counts where its operator works (S4).
    #[must_use]
    pub const fn in_outlet(mut self, outlet: OutletId) -> Self {
        self.outlet = Some(outlet);
        self
    }

    /// Whether they may, or why not.
    ///
    /// # Errors
    /// [`Code::OperatorUnknown`], [`Code::OperatorDismissed`], [`Code::NotInThisOutlet`] with the outlet,
    /// [`Code::NotEntitled`] with the missing permission,
    /// [`Code::DeviceNotEntitled`], or the limit that is reached.
    pub fn allowed(&self, action: Action) -> Result<(), Code> {
        match action {
            Action::Plain(permission) => self.has(permission),
            Action::Redeem { points, today } => {
                self.has(Permission::Redeem)?;
                let Some(role) = &self.role else {
                    return Ok(());
                };
                within(points, today, &role.limits)
            }
            Action::Adjust(amount) => {
                self.has(Permission::Adjust)?;
                let limits = self.limits();
                let limit = match amount {
                    Amount::Points(_) => limits.adjust_points.map(|points| points.0),
                    Amount::Stamps(_) => limits.adjust_stamps.map(|stamps| stamps.0),
                };
                match limit {
                    Some(limit) if amount.size() > limit.unsigned_abs() => {
                        Err(Code::AdjustLimit { limit })
                    }
                    _ => Ok(()),
                }
            }
            Action::Void { own, age_ms } => {
                self.has(Permission::Void)?;
                if !own && self.has(Permission::VoidOthers).is_err() {
                    return Err(Code::NotYourSale);
                }
                let minutes = self.limits().void_minutes.into();
                if age_ms > minutes * 60_000 {
                    return Err(Code::VoidTooLate { minutes });
                }
                Ok(())
            }
        }
    }

    /// The limits of their role.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.role.as_ref().map_or(Limits::READY, |role| role.limits)
    }

    /// What their role allows, whatever the device.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        let role = self.role.as_ref();
        role.map_or(Permissions::default(), |role| role.permissions)
    }

    /// Whether they are an owner.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.role.as_ref().is_some_and(|r| r.id == RoleId::OWNER)
    }

    fn has(&self, permission: Permission) -> Result<(), Code> {
        let missing = permission as i64;
        match (&self.operator, &self.role) {
            (Some(operator), _) if operator.state == Employment::Dismissed => {
                Err(Code::OperatorDismissed)
            }
            (Some(operator), _) if self.outlet.is_some_and(|here| !operator.works_in(here)) => {
                let outlet = self.outlet.map_or(0, |here| here.0.into());
                Err(Code::NotInThisOutlet { outlet })
            }
            (_, Some(role)) if role.permissions.has(permission) => {
                if permission.is_office() && !self.holder.has(permission) {
                    return Err(Code::DeviceNotEntitled {
                        permission: missing,
                    });
                }
                Ok(())
            }
            (Some(_), _) => Err(Code::NotEntitled {
                permission: missing,
            }),
            (None, _) => Err(Code::OperatorUnknown),
        }
    }

    /// Whether they may write `after` over `before` in the list of staff.
    ///
    /// An owner may everything but change themself, so that one is always left; others only what lies below them.
    ///
    /// # Errors
    /// The missing right, [`Code::NotYourself`], or [`Code::OnlyTheOwner`].
    pub fn may_employ(
        &self,
        before: Option<(&Operator, Permissions)>,
        after: (&Operator, Permissions),
    ) -> Result<(), Code> {
        self.has(Permission::Staff)?;
        let own = self.operator.as_ref().map_or(OperatorId(1), |me| me.id);
        if own == after.0.id {
            return Err(Code::NotYourself);
        }
        let below = |(operator, permissions): (&Operator, Permissions)| {
            let within = self.operator.as_ref().is_none_or(|me| me.covers(operator));
            operator.role != RoleId::OWNER && permissions.is_within(self.permissions()) && within
        };
        // The founder is an owner before their row is known.
        let new = before.is_none() && after.0.id != OperatorId(1);
        if self.is_owner() || (new || before.is_some_and(below)) && below(after) {
            Ok(())
        } else {
            Err(Code::OnlyTheOwner)
        }
    }

    /// Whether they may publish a role: only an owner may say what the others may.
    ///
    /// # Errors
    /// The missing right, or [`Code::OnlyTheOwner`].
    pub fn may_publish(&self) -> Result<(), Code> {
        self.has(Permission::Staff)?;
        if self.is_owner() {
            Ok(())
        } else {
            Err(Code::OnlyTheOwner)
        }
    }
}

fn within(points: Points, today: Points, limits: &Limits) -> Result<(), Code> {
    if let Some(limit) = limits.redeem_receipt
        && points > limit
    {
        return Err(Code::RedeemPerReceipt { limit: limit.0 });
    }
    if let Some(limit) = limits.redeem_day
        && today.0.saturating_add(points.0) > limit.0
    {
        let left = limit.0.saturating_sub(today.0).max(0);
        return Err(Code::RedeemPerDay { left });
    }
    Ok(())
}
