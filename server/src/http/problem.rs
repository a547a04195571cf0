//! Refusals as problem JSON (RFC 9457): `code` is the protocol's word, `argument` its number.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kartka_protocol::message::Refusal;

use crate::authority::ExchangeError;
use crate::store::StoreError;
use crate::writer::NotDone;

/// A device told to come back waits so long, in milliseconds.
const RETRY_MS: u32 = 2_000;

/// A refusal on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem(pub(crate) Refusal);

impl Problem {
    /// The status it goes out with.
    pub(super) fn status(self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Refused(refusal) => Self(refusal),
            ExchangeError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = std::error::Error::source(&error).map(tracing::field::display);
        tracing::error!(%error, detail, "a request could not be served");
        match error {
            StoreError::Busy => Self(Refusal::Busy { retry_ms: RETRY_MS }),
            _ => Self(Refusal::Internal),
        }
    }
}

impl From<NotDone> for Problem {
    fn from(why: NotDone) -> Self {
        match why {
            NotDone::Busy | NotDone::Stopping => Self(Refusal::Busy { retry_ms: RETRY_MS }),
            NotDone::Full | NotDone::ReadOnly | NotDone::Failed => Self(Refusal::Internal),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let refusal = self.0;
        let status = self.status();
        let body = serde_json::json!({
            "type": format!("urn:kartka:refusal:{}", refusal.word()),
            "title": title(refusal),
            "status": status.as_u16(),
            "code": refusal.word(),
            "argument": refusal.argument(),
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Refusal::Busy { retry_ms } = refusal {
            headers.insert(header::RETRY_AFTER, retry_ms.div_ceil(1_000).into());
        }
        response
    }
}

/// For logs of tools in between; people see the words of their own language under the code.
const fn title(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed => "not a message of this protocol",
        Refusal::TooLarge => "larger than the limits allow",
        Refusal::ProtocolTooOld { .. } => "this protocol is no longer spoken",
        Refusal::Unauthorised => "not known here",
        Refusal::DeviceRevoked => "the device was revoked",
        Refusal::Fork { .. } => "the device's history has split",
        Refusal::EpochBehind => "this server is behind what the device has seen",
        Refusal::EpochUnknown => "the device belongs to another line of authorities",
        Refusal::Moved => "another server has taken over",
        Refusal::PairingRefused => "the pairing code is unknown, used or out of time",
        Refusal::Busy { .. } => "too many requests",
        Refusal::Internal => "a fault of the server",
    }
}
