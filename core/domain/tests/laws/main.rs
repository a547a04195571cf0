//! The laws of the loyalty rules: by readable cases, and by generated ones.
#![allow(clippy::unwrap_used)]

#[path = "../../../../cli/src/demo/reference.rs"]
mod reference;
#[path = "../support/mod.rs"]
mod support;

mod acts;
mod bad_input;
mod campaigns;
mod cases;
mod explain;
mod forged;
mod forged_campaigns;
mod forged_vouchers;
mod garbage;
mod index;
mod invariants;
mod joined;
mod liar;
mod merges;
mod newer;
mod people;
mod properties;
mod referral;
mod rights;
mod vouchers;
mod world;
