//! Every size the protocol accepts, in one place (sync §4).
//!
//! A decoder checks a declared size here before it allocates anything for it. Each limit has a test
//! at the limit and one above.

/// Bytes of one text, in normal form C.
pub const TEXT: usize = 1_024;
/// Bytes of one byte string inside an entity or an op.
pub const BYTES: usize = 16 * 1_024;
/// Fields of one record.
pub const FIELDS: usize = 256;
/// Items of one list.
pub const ITEMS: usize = 1_024;
/// How deep records and lists may lie in each other; the outermost record is 1. An op that publishes a programme comes to
/// 11: op, facts, fact, programme, instruments, instrument, terms, parts, part, goods, list.
pub const DEPTH: usize = 12;
/// Bytes of one row's record.
pub const ROW_RECORD: usize = 64 * 1_024;
/// Bytes of what a newer version wrote beside the known fields of a shop, an outlet, an operator or a role, kept to be
/// written again; a later version keeps to it.
pub const NEWER: usize = 2 * 1_024;
/// Bytes of one op: facts and personal section together.
pub const OP: usize = 64 * 1_024;
/// Entries of one op.
pub const OP_ENTRIES: usize = 255;
/// Bytes of an op's personal nonce.
pub const NONCE: usize = 16;

/// Bytes of a page as sent.
pub const PAGE_PACKED: usize = 256 * 1_024;
/// Bytes of a page's rows: each record and [`ROW_OVERHEAD`].
pub const PAGE_UNPACKED: usize = 2 * 1_024 * 1_024;
/// Counted for a row beside its record.
pub const ROW_OVERHEAD: usize = 24;

/// Ops of one sealed batch.
pub const BATCH_OPS: usize = 1_000;
/// Bytes of a batch as sent.
pub const BATCH_PACKED: usize = 256 * 1_024;
/// Bytes of a batch's ops, facts and personal sections together.
pub const BATCH_UNPACKED: usize = 1_024 * 1_024;
/// Batches of one request: with [`BATCH_UNPACKED`] the 8 MiB of a request (sync §4).
pub const REQUEST_BATCHES: usize = 8;
/// Bytes of a request as sent.
pub const REQUEST: usize = 1_024 * 1_024;
/// Bytes of a request in its signed envelope.
pub const ENVELOPE: usize = REQUEST + 256;
/// Bytes of an answer as sent.
pub const ANSWER: usize = 4 * 1_024 * 1_024;
/// Pages of one answer.
pub const ANSWER_PAGES: usize = 15;
/// Cursors, digests or scopes named in one message: 50 years of months.
pub const SCOPES: usize = 600;
/// Clock anchors of one request.
pub const ANCHORS: usize = 64;
/// Pairs of a branch: 160 KiB.
pub const BRANCH_PAIRS: usize = 4_096;
/// Steps of a line of numbers shown with a certificate; a phone that had more shows none.
pub const LINE: usize = 64;
/// Runs of ops in a carrier's answer that stand for others: a line's numbers move as a whole, so few come.
pub const ALIAS_RUNS: usize = 128;
/// Runs of acked ops in one answer.
pub const RUNS: usize = 1_024;
/// Ops named in `want_personal`.
pub const WANTED: usize = 1_024;
/// Epochs of a lineage.
pub const LINEAGE: usize = 1_024;

/// Bytes of a holder's question or its answer, and of what is sealed in them (sync §7).
pub const HOLDER: usize = 64 * 1_024;
/// Wishes of one question of a holder.
pub const HOLDER_REQUESTS: usize = 100;
/// Lines of one kind in a snapshot.
pub const HOLDER_LINES: usize = 64;
/// Bytes of a link to a card.
pub const CARD_LINK: usize = 600;

/// Bytes of a server's address.
pub const ADDRESS: usize = 200;
/// Characters of a pairing QR.
pub const PAIRING_TEXT: usize = 400;
