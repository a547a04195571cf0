//! What a receipt misses because this version is older than a rule: said, never a silent zero (L12, D6).

use super::Evaluation;
use crate::codes::Code;
use crate::programme::Instrument;

/// Says which instruments that may work here and today this version can't read, or not whole.
pub(super) fn apply(on: &mut Evaluation<'_>) {
    for of in on.ask.programme.instruments() {
        if let Some(code) = said(of).filter(|_| on.closed(of).is_none()) {
            on.say(code);
        }
    }
}

/// What is said of an instrument that this version can't read, or not whole.
pub(crate) fn said(of: &Instrument) -> Option<Code> {
    let instrument = of.id.0.into();
    if !of.is_read() {
        Some(Code::NewerRule { instrument })
    } else if !of.is_read_whole() {
        Some(Code::NewerTerms { instrument })
    } else {
        None
    }
}
