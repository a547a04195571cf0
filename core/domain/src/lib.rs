//! Pure rules of Kartka: customers, cards, instruments, ledger, quote.
//!
//! No clock, no zone, no I/O, no randomness, no serialisation: a till quote, an import, a report and the
//! server compute the same thing from the same values. The heart is [`authority`] (op + state →
//! decisions) and [`position`] (the fold). The laws named in the comments (`L4`, `D3`, sync §3) are those
//! of the product's loyalty and sync rules, see `docs/laws.md`.

pub use chrono;

pub mod adjust;
pub mod allocate;
pub mod authority;
pub mod brought;
pub mod business;
pub mod card;
pub mod codes;
pub mod customer;
pub mod earn;
pub mod explain;
pub mod fiscal;
pub mod founding;
pub mod held;
pub mod ids;
pub mod incarnation;
pub mod ledger;
pub mod liability;
pub mod limits;
pub mod lines;
pub mod moment;
pub mod money;
pub mod op;
pub mod outstanding;
pub mod plant;
pub mod position;
pub mod programme;
pub mod purchase;
pub mod quote;
pub mod redeem;
pub mod refund;
pub mod report;
pub mod reservation;
pub mod rights;
pub mod row;
pub mod voucher;
pub mod whatif;
pub mod wizard;
