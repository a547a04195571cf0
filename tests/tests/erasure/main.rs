//! A person who is erased is gone: from every row and answer, and from every file that phone and server leave behind.
#![allow(clippy::unwrap_used, dead_code)]

mod leftovers;
mod meetings;
#[path = "../exchange/shops.rs"]
mod shops;
