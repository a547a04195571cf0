//! The laws of the loyalty rules: by readable cases, and by generated ones.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod cases;
