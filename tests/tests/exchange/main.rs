//! Phones and an authority exchange: what was confirmed arrives once, whatever happens on the way.
#![allow(clippy::unwrap_used)]

mod engine;
mod faults;
mod healing;
mod histories;
mod meetings;
mod over_http;
mod shops;
