//! Asking the server to keep points or vouchers for a receipt, at the border (mode `online`; U2, U3).

use std::sync::Arc;

use kartka_core::usecase::reserve::Reservation;

use super::{Till, TillRequest, till_request};
use crate::border::request_id;
use crate::error::CoreError;

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ReservationView {
    /// The sale must be committed within so many milliseconds; none = nothing had to be asked for, and nobody was.
    pub kept_for_ms: Option<i64>,
}

#[uniffi::export(async_runtime = "tokio")]
impl Till {
    /// Asks the server to keep what this receipt uses and what may not be used unasked. Then `ask.reserved` is
    /// `request`, quoted again and committed under the same id.
    ///
    /// # Errors
    /// `Offline` without a network or an answer in time: ask again with the same id. `InsufficientPoints` and
    /// `RuleRejected` with the server's word when it can't be kept; else as [`quote`](Till::quote).
    pub async fn reserve(
        &self,
        request: Vec<u8>,
        ask: TillRequest,
    ) -> Result<ReservationView, CoreError> {
        let line = Arc::clone(&self.border.line);
        let reserve = self.border.read(move |shop| {
            let (request, ask) = (request_id(&request)?, till_request(ask)?);
            let kept = shop.reserve(request, &ask, line.http()?)?;
            Ok(ReservationView {
                kept_for_ms: match kept {
                    Reservation::NotNeeded => None,
                    Reservation::Kept { for_ms } => Some(for_ms),
                },
            })
        });
        reserve.await
    }

    /// Lets go of what is kept for a receipt that will not be sold; without a network its time does.
    ///
    /// # Errors
    /// `Offline`; `ServerUnavailable`.
    pub async fn release(&self, request: Vec<u8>) -> Result<(), CoreError> {
        let line = Arc::clone(&self.border.line);
        let release = self.border.read(move |shop| {
            let request = request_id(&request)?;
            Ok(shop.release(request, line.http()?)?)
        });
        release.await
    }
}
