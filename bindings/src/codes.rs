//! Words of the catalogue as they cross: a number, a name that keys the text in the shells, and arguments.

use kartka_core::domain::codes::Code as DomainCode;

/// One word of the catalogue of refusals, effects and flags (D6).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Code {
    /// Its number in the catalogue.
    pub number: u16,
    /// Its name there: the key of its text in the shells.
    pub name: String,
    /// What the text needs, in the catalogue's order.
    pub arguments: Vec<CodeArgument>,
}

/// One argument of a word: points, minor units, milliseconds or a count, as its name says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodeArgument {
    /// Its name in the catalogue.
    pub name: String,
    /// Its value.
    pub value: i64,
}

impl From<DomainCode> for Code {
    fn from(code: DomainCode) -> Self {
        let argument = |(name, value): (&str, i64)| CodeArgument {
            name: name.to_owned(),
            value,
        };
        Self {
            number: code.number(),
            name: code.name().to_owned(),
            arguments: code.args().into_iter().map(argument).collect(),
        }
    }
}

/// All words of a list.
pub(crate) fn codes(said: Vec<DomainCode>) -> Vec<Code> {
    said.into_iter().map(Code::from).collect()
}
