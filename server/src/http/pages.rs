//! The pages people see: the owner's, the pairing code, and a customer's card. Plain HTML, no script.
//!
//! Everything that came from outside goes through [`html::text`]; figures come from the store and
//! `domain::report`, never from here.

pub(super) mod card;
mod figures;
mod html;
pub(super) mod owner;
mod words;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

pub(super) use html::STYLE;

/// What a person reads instead of a page, in their language.
pub(super) fn refusal(headers: &HeaderMap, status: StatusCode) -> Response {
    owner::apology(words::Language::of(headers), status).into_response()
}
