//! The catalogue of codes: refusals, effects, flags and inbox kinds.
//!
//! Made from `codes.txt` by `build.rs`. Codes carry numbers, never texts: the words for people stand in
//! the shells under the code's name (D6).

/// What sort of word a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// Why something may not be done.
    Refusal,
    /// What applied.
    Effect,
    /// What the owner should see.
    Flag,
    /// What a person must decide.
    Inbox,
}

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_come_back_from_the_wire() {
        let mut seen = std::collections::BTreeSet::new();
        let mut names = std::collections::BTreeSet::new();
        for &(number, name, kind, args, law) in Code::CATALOGUE {
            assert!(seen.insert(number), "{number} twice");
            assert!(names.insert(name), "{name} twice");
            let values: Vec<i64> = (1..).take(args.len()).collect();
            let code = Code::from_parts(number, &values).expect("in the catalogue");
            assert_eq!(
                (code.number(), code.name(), code.kind(), code.law()),
                (number, name, kind, law)
            );
            assert_eq!(
                code.args().into_iter().map(|(_, v)| v).collect::<Vec<_>>(),
                values
            );
        }
        assert_eq!(Code::from_parts(0, &[]), None);
        assert_eq!(Code::from_parts(1, &[]), None);
    }
}
