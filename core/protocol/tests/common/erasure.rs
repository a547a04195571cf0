//! Samples of an erasure and of its proof.

use kartka_domain::ids::{DeviceNo, EntryId, Seq};
use kartka_domain::op::Fact;
use kartka_domain::row::{Erasure, ErasureDone, Row};

use super::samples::{customer, date, id};

pub(crate) fn row() -> (&'static str, Row) {
    let erasure = Erasure {
        customer: customer(17),
        by: EntryId(id(2, 84)),
        date: date("2025-12-16"),
    };
    ("erasure", Row::Erasure(erasure))
}

fn done() -> ErasureDone {
    ErasureDone {
        device: DeviceNo::new(3).unwrap(),
        up_to: Seq(4_711),
    }
}

pub(crate) fn done_row() -> (&'static str, Row) {
    ("erasure-done", Row::ErasureDone(done()))
}

pub(crate) fn done_fact() -> Fact {
    let ErasureDone { device, up_to } = done();
    Fact::ErasureDone { device, up_to }
}
