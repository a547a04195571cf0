//! Every decoder of bytes from outside as a function that a fuzzer calls: any bytes give a value or an error.
//!
//! A target panics when a decoder does, or when what it accepted does not come back the same from its own encoder.
//! `cargo fuzz` grows the corpora; the tests replay them, so that what was found once stays fixed. Nothing here is
//! linked into the app or the server.

mod frames;
mod messages;
mod records;
mod texts;

/// What one target does with its bytes.
pub type Target = fn(&[u8]);

/// All targets by the name of their binary and of their folder of examples.
pub const TARGETS: &[(&str, Target)] = &[
    ("answer", messages::answer),
    ("batch", messages::batch),
    ("batch_columns", messages::batch_columns),
    ("card_link", texts::card_link),
    ("card_text", texts::card_text),
    ("carry_answer", messages::carry_answer),
    ("carry_request", messages::carry_request),
    ("envelope", messages::envelope),
    ("fields", records::fields),
    ("frame", frames::frame),
    ("handover_answer", messages::handover_answer),
    ("handover_request", messages::handover_request),
    ("handover_text", texts::handover_text),
    ("holder_answer", messages::holder_answer),
    ("holder_question", messages::holder_question),
    ("keys", records::keys),
    ("op", records::op),
    ("outbox_part", texts::outbox_part),
    ("page", records::page),
    ("pair_answer", messages::pair_answer),
    ("pair_request", messages::pair_request),
    ("pairing_text", texts::pairing_text),
    ("request", messages::request),
    ("reserve_answer", messages::reserve_answer),
    ("reserve_request", messages::reserve_request),
    ("row", records::row),
];

/// Whether an example of a holder's messages still opens by the secret it was sealed with: a change of the cipher would
/// leave examples that no target gets into.
#[must_use]
pub fn holder_opens(name: &str, bytes: &[u8]) -> bool {
    match name {
        "holder_question" => messages::question_opens(bytes),
        "holder_answer" => messages::answer_opens(bytes),
        _ => false,
    }
}

/// The target of this name.
///
/// # Panics
/// For a name that is not in [`TARGETS`]: the binary and the list have come apart.
#[must_use]
pub fn target(name: &str) -> Target {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.expect("every binary has its line in TARGETS").1
}
