//! What a customer has, with every field that a wire can bear.

use kartka_domain::ids::InstrumentId;
use kartka_domain::ledger::LotTerms;
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Bucket, Pending, Position, Wallet};

use super::samples::{date, lot};

pub(super) fn full_position() -> Position {
    let wallet = Wallet {
        buckets: vec![
            Bucket {
                expires_on: Some(date("2026-06-30")),
                points: Points(120),
            },
            Bucket {
                expires_on: Some(date("2026-12-31")),
                points: Points(35),
            },
            Bucket {
                expires_on: None,
                points: Points(5),
            },
        ],
        pending: vec![
            Pending {
                lot: lot(),
                points: Points(12),
            },
            Pending {
                lot: LotTerms {
                    available_on: date("2026-01-02"),
                    expires_on: None,
                },
                points: Points(1),
            },
        ],
        debt: Points(3),
        ..Wallet::default()
    };
    Position {
        wallets: [
            (InstrumentId(1), wallet),
            (InstrumentId(2), Wallet::default()),
        ]
        .into(),
        stamps: [(InstrumentId(3), Stamps(-1)), (InstrumentId(4), Stamps(5))].into(),
        visits: 14,
        spent: Money(345_600),
        last_visit: Some(date("2025-12-16")),
        held: true,
        ..Position::default()
    }
}
