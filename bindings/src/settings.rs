//! What the business is, and the care of its data on this device.

use std::sync::Arc;

use kartka_core::domain::purchase::PointsAs as DomainPointsAs;

use crate::border::{Border, request_id};
use crate::error::CoreError;
use crate::platform::ChangeTopic;

/// What the business is.
#[derive(uniffi::Object)]
pub struct Settings {
    pub(crate) border: Arc<Border>,
}

/// The care of the data itself.
#[derive(uniffi::Object)]
pub struct DataCare {
    border: Arc<Border>,
}

/// The business as this device knows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BusinessView {
    /// As customers know it.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Decimal digits of the currency: 2 where 100 minor units are one.
    pub currency_digits: u8,
    /// Decimal digits of points.
    pub point_digits: u8,
    /// The country's calling prefix.
    pub phone_prefix: String,
    /// Four letters in the address of its cards.
    pub letters: String,
    /// What points are to it: tax, receipts and reports differ.
    pub points_as: PointsAs,
}

/// What points are to the business (D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PointsAs {
    /// A means of payment: the price stays, part of it is paid with points.
    Payment,
    /// A discount: the price is lower, and so is the tax in it.
    Discount,
}

impl Settings {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

impl DataCare {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Settings {
    /// The business.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn business(&self) -> Result<BusinessView, CoreError> {
        let read = self.border.read(|shop| {
            let business = shop.business()?;
            Ok(BusinessView {
                name: business.name,
                country: business.country,
                currency: business.currency.code().to_owned(),
                currency_digits: business.currency.exponent(),
                point_digits: business.point_scale,
                phone_prefix: business.phone_prefix,
                letters: business.letters,
                points_as: match business.points_as {
                    DomainPointsAs::Payment => PointsAs::Payment,
                    DomainPointsAs::Discount => PointsAs::Discount,
                },
            })
        });
        read.await
    }

    /// Sets what points are to the business; receipts before it stay as they are.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; the situation of the disk.
    pub async fn set_points_as(
        &self,
        request: Vec<u8>,
        points_as: PointsAs,
    ) -> Result<(), CoreError> {
        let write = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let points_as = match points_as {
                PointsAs::Payment => DomainPointsAs::Payment,
                PointsAs::Discount => DomainPointsAs::Discount,
            };
            Ok(shop.set_points_as(request_id(&request)?, points_as)?)
        });
        write.await
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl DataCare {
    /// Does what is due and quick: call it when the app has been quiet for a while and when it leaves the screen.
    ///
    /// # Errors
    /// The situation of the disk; nothing is lost and the next call tries again.
    pub async fn idle(&self) -> Result<(), CoreError> {
        self.border
            .write(&[ChangeTopic::Customers], |shop| Ok(shop.idle()?))
            .await
    }
}
