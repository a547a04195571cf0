//! Phones and an authority exchange: what was confirmed arrives once, whatever happens on the way.
#![allow(clippy::unwrap_used)]

mod accounts;
mod campaigns;
mod carried;
mod crashes;
mod drafts;
mod engine;
mod faults;
mod forks;
mod handover;
mod handover_crashes;
mod healing;
mod histories;
mod holders;
mod invite;
mod lost_order;
mod meetings;
mod merges;
mod months;
mod neighbours;
mod newer;
mod old_box;
mod over_http;
mod people;
mod referral;
mod released;
mod renumbered;
mod reserve;
mod revoked;
mod shops;
mod standing;
mod unlinked;
mod vouchers;
