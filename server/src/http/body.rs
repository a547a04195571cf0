//! Taking a request's body within bounds of size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use kartka_protocol::message::Refusal;

use super::problem::Problem;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The length a request says its body has.
pub(super) fn declared(headers: &HeaderMap) -> Option<usize> {
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

/// The whole body, at most `limit` bytes.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let declared = declared(headers);
    if declared.is_some_and(|declared| declared > limit) {
        return Err(Problem(Refusal::TooLarge));
    }
    match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // Without a declared length the limit is met on the way; a broken connection reads nobody's answer.
        Ok(Err(_)) if declared.is_none() => Err(Problem(Refusal::TooLarge)),
        Ok(Err(_)) | Err(_) => Err(Problem(Refusal::Malformed)),
    }
}
