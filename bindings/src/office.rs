//! What the owner looks after: devices, what waits for a decision, erasing a person and the proof of it.

use std::sync::Arc;

use kartka_core::domain::business::{Device, DeviceState};
use kartka_core::domain::ids::{CustomerId, DeviceNo, EntryId, Id, OperatorId, OutletId};
use kartka_core::domain::op::Decision;
use kartka_core::domain::row::{Asks, Inbox};
use kartka_core::query::erasures::ErasureProof;

use crate::border::{Border, request_id};
use crate::codes::Code;
use crate::error::{CoreError, Failure};
use crate::platform::ChangeTopic;
use crate::root::EVERYTHING;

/// What the owner looks after.
#[derive(uniffi::Object)]
pub struct Office {
    border: Arc<Border>,
}

/// A device of the business.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DeviceView {
    /// Its number.
    pub device: u32,
    /// Its name.
    pub name: String,
    /// The member of staff it was handed to.
    pub holder: u32,
    /// Whether it still belongs to the business.
    pub standing: DeviceStanding,
    /// Whether it is this one.
    pub here: bool,
}

/// Whether a device belongs to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum DeviceStanding {
    /// It does.
    Active,
    /// It was revoked: what it sends waits for a decision.
    Revoked,
    /// It is to delete everything once what it holds has arrived.
    WipeWhenEmpty,
    /// It is to delete everything at once.
    WipeNow,
    /// It has deleted everything.
    Wiped,
}

/// A code that lets one device in: to be shown, and never kept.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct InvitationView {
    /// The text to draw as a QR, and to type.
    pub text: String,
    /// Until when it is good, epoch ms.
    pub expires_ms: i64,
}

/// Something to be decided.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InboxItem {
    /// Its number.
    pub item: i64,
    /// What it is about, with its arguments.
    pub code: Code,
    /// The customer concerned.
    pub customer: Option<i64>,
    /// The other customer, where there are two.
    pub other: Option<i64>,
    /// Points concerned.
    pub points: i64,
    /// Business date, ISO.
    pub date: String,
    /// What it asks of a person.
    pub asks: InboxAsk,
}

/// What an inbox item asks of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum InboxAsk {
    /// To take note: `close_item`.
    Notice,
    /// Whether what it proposes is done: `agree_item` or `close_item`.
    Proposal,
    /// Whether what a revoked device sent counts: `settle`.
    Quarantine {
        /// Its last number.
        up_to: i64,
    },
    /// What becomes of a return without its purchase: `settle_return`.
    UnlinkedReturn {
        /// The return.
        of: i64,
    },
}

/// What a lost phone can cost until it is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LostPhoneView {
    /// Hours for which a phone is trusted after an exchange.
    pub capability_hours: u16,
    /// Days of grace after that.
    pub grace_days: u16,
    /// Days within which it shows contact data that it holds.
    pub days: u32,
    /// Most points it can let redeem; none = no limit is set.
    pub points: Option<i64>,
    /// What they are worth, in minor units.
    pub worth: Option<i64>,
}

/// An erasure and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ErasureView {
    /// The id, anonymous now.
    pub customer: i64,
    /// Business date, ISO.
    pub date: String,
    /// Whether the authority has it; before that it waits to be sent.
    pub ordered: bool,
    /// Whether the server has wiped its own files; true where there is none.
    pub server_done: bool,
    /// Devices that have wiped theirs.
    pub done: u32,
    /// Numbers of the devices that have not said so yet.
    pub waiting: Vec<u32>,
    /// Whether nothing is left of the person anywhere.
    pub complete: bool,
}

impl Office {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Office {
    /// All devices the business ever had, by number.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotPaired`; the situation of the disk.
    pub async fn devices(&self) -> Result<Vec<DeviceView>, CoreError> {
        let devices = self.border.read(|shop| {
            let here = shop.sync_status()?.device;
            let view = |device: Device| DeviceView {
                device: device.no.get(),
                holder: device.holder.0,
                standing: device.state.into(),
                here: device.no == here,
                name: device.name,
            };
            Ok(shop.devices()?.into_iter().map(view).collect())
        });
        devices.await
    }

    /// Takes a device out of the business with every number it ever had; `standing` says whether it is to delete
    /// everything as well.
    ///
    /// # Errors
    /// `RuleRejected` for this device or with the missing right; `NotFound`, also for `Active` and `Wiped`.
    pub async fn revoke(
        &self,
        request: Vec<u8>,
        device: u32,
        standing: DeviceStanding,
    ) -> Result<(), CoreError> {
        let revoked = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let state = match standing {
                DeviceStanding::Revoked => DeviceState::Revoked,
                DeviceStanding::WipeWhenEmpty => DeviceState::WipeWhenEmpty,
                DeviceStanding::WipeNow => DeviceState::WipeNow,
                DeviceStanding::Active | DeviceStanding::Wiped => return Err(no_such()),
            };
            let device = DeviceNo::new(device).map_err(|_| no_such())?;
            Ok(shop.revoke(request_id(&request)?, device, state)?)
        });
        revoked.await
    }

    /// Asks the server for a code that lets one more device in, which `holder` will hold (S1) and which stands in `outlet`
    /// at first, where this one stands if none is named. The code is good once and for ten minutes; nothing is written
    /// here, and asking again gives another one.
    ///
    /// # Errors
    /// `Offline` without a network; `RuleRejected` with the missing right, for a holder who does not work here, and
    /// where the shop has no server yet.
    #[uniffi::method(default(outlet = None))]
    pub async fn invite(
        &self,
        holder: u32,
        outlet: Option<u32>,
    ) -> Result<InvitationView, CoreError> {
        let line = Arc::clone(&self.border.line);
        let invited = self.border.read(move |shop| {
            let outlet = outlet.map(OutletId);
            let code = shop.invite(OperatorId(holder), outlet, line.http()?)?;
            Ok(InvitationView {
                text: code.to_text(),
                expires_ms: code.expires_ms,
            })
        });
        invited.await
    }

    /// Takes in what a revoked device sent, up to a number as the inbox names it, or refuses it: then it is kept without
    /// effect.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotFound`.
    pub async fn settle(
        &self,
        request: Vec<u8>,
        up_to: i64,
        take_in: bool,
    ) -> Result<(), CoreError> {
        let settled = self.border.write(EVERYTHING, move |shop| {
            let decision = match take_in {
                true => Decision::Accept,
                false => Decision::Refuse,
            };
            let up_to = Id::new(up_to).map_err(|_| no_such())?;
            Ok(shop.settle(request_id(&request)?, up_to, decision)?)
        });
        settled.await
    }

    /// How long a phone is trusted without the server, and what a lost one can cost meanwhile.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn lost_phone(&self) -> Result<LostPhoneView, CoreError> {
        let lost = self.border.read(|shop| {
            let lost = shop.lost_phone()?;
            Ok(LostPhoneView {
                capability_hours: lost.lifetimes.capability_hours,
                grace_days: lost.lifetimes.grace_days,
                days: lost.days,
                points: lost.points.map(|points| points.0),
                worth: lost.worth.map(|worth| worth.0),
            })
        });
        lost.await
    }

    /// Sets how long a phone is trusted without the server: 1–168 hours and 7–365 days.
    ///
    /// # Errors
    /// `Validation` outside that range; `RuleRejected` with the missing right.
    pub async fn trust_for(
        &self,
        request: Vec<u8>,
        capability_hours: u16,
        grace_days: u16,
    ) -> Result<(), CoreError> {
        let set = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let request = request_id(&request)?;
            Ok(shop.set_lifetimes(request, capability_hours, grace_days)?)
        });
        set.await
    }

    /// What waits for a decision, oldest number first.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotPaired`; the situation of the disk.
    pub async fn inbox(&self) -> Result<Vec<InboxItem>, CoreError> {
        let items = self
            .border
            .read(|shop| Ok(shop.inbox()?.into_iter().map(InboxItem::from).collect()));
        items.await
    }

    /// Notes that an item was dealt with.
    ///
    /// # Errors
    /// `NotFound`; as `inbox`.
    pub async fn close_item(&self, request: Vec<u8>, item: i64) -> Result<(), CoreError> {
        let closed = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let item = EntryId::new(item).map_err(|_| no_such())?;
            Ok(shop.close_item(request_id(&request)?, item)?)
        });
        closed.await
    }

    /// Does what an item proposes: a level that is not kept is lost (Q2). An item that proposes nothing stays.
    ///
    /// # Errors
    /// `NotFound`; as `inbox`.
    pub async fn agree_item(&self, request: Vec<u8>, item: i64) -> Result<(), CoreError> {
        let agreed = self.border.write(EVERYTHING, move |shop| {
            let item = EntryId::new(item).map_err(|_| no_such())?;
            Ok(shop.agree_item(request_id(&request)?, item)?)
        });
        agreed.await
    }

    /// Erases a person for ever: names and numbers go wherever they lie, purchases stay on an id that is nobody's.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; `NotFound`, also for somebody who was erased before.
    pub async fn erase(&self, request: Vec<u8>, customer: i64) -> Result<(), CoreError> {
        let erased = self.border.write(EVERYTHING, move |shop| {
            let customer = CustomerId::new(customer).map_err(|_| no_such())?;
            Ok(shop.erase(request_id(&request)?, customer)?)
        });
        erased.await
    }

    /// All erasures, newest last, each with how far it has come on every device.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn erasures(&self) -> Result<Vec<ErasureView>, CoreError> {
        let proofs = self.border.read(|shop| {
            Ok(shop
                .erasures()?
                .into_iter()
                .map(ErasureView::from)
                .collect())
        });
        proofs.await
    }
}

/// A number that names nothing.
fn no_such() -> Failure {
    CoreError::NotFound.into()
}

impl From<DeviceState> for DeviceStanding {
    fn from(state: DeviceState) -> Self {
        match state {
            DeviceState::Active => Self::Active,
            DeviceState::Revoked => Self::Revoked,
            DeviceState::WipeWhenEmpty => Self::WipeWhenEmpty,
            DeviceState::WipeNow => Self::WipeNow,
            DeviceState::Wiped => Self::Wiped,
        }
    }
}

impl From<Inbox> for InboxItem {
    fn from(item: Inbox) -> Self {
        Self {
            item: item.id.get(),
            code: item.code.into(),
            customer: item.customer.map(CustomerId::get),
            other: item.other.map(CustomerId::get),
            points: item.points.0,
            date: item.date.to_string(),
            asks: match item.asks() {
                Asks::Notice => InboxAsk::Notice,
                Asks::Proposal => InboxAsk::Proposal,
                Asks::Quarantine(up_to) => InboxAsk::Quarantine { up_to: up_to.get() },
                Asks::Return(of) => InboxAsk::UnlinkedReturn { of: of.get() },
            },
        }
    }
}

impl From<ErasureProof> for ErasureView {
    fn from(proof: ErasureProof) -> Self {
        let complete = proof.is_complete();
        Self {
            customer: proof.customer.get(),
            date: proof.date.to_string(),
            ordered: proof.ordered,
            server_done: proof.server_done,
            done: proof.done,
            waiting: proof.waiting.iter().map(|no| no.get()).collect(),
            complete,
        }
    }
}
