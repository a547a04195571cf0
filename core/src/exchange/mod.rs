//! Readable files, and what a person may ask of them without any store: `kartka quote` evaluates receipts against a
//! programme, both written as TOML (`docs/formats/programme.md`).
//!
//! Formats are versioned by their first line. Reading is total: any text gives a value or a sentence that says where
//! it is wrong. No float comes near an amount: amounts and percentages are text.

mod campaigns;
mod certificates;
pub(crate) mod holder;
mod late;
mod plain;
mod programme;
mod receipts;
mod referral;
mod terms;
mod when;

pub use programme::{ProgrammeFile, read_programme};
pub use receipts::{Receipt, read_receipts};

use kartka_domain::programme::ProgrammeError;
use kartka_domain::quote::{Quote, QuoteError};

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is larger than any such file should be.
    #[error("the file is larger than {0} bytes")]
    TooLarge(usize),
    /// It is no TOML of this shape; the message names line and field.
    #[error("{0}")]
    Shape(#[from] toml::de::Error),
    /// It is of another format or a newer version.
    #[error("the first line must be: format = \"{0}\"")]
    Format(&'static str),
    /// A value does not do.
    #[error("{place}: {text:?} is no {wanted}")]
    Value {
        /// Where: the instrument or receipt.
        place: String,
        /// What stands there.
        text: String,
        /// What should.
        wanted: &'static str,
    },
    /// An instrument has no terms, or those of two kinds.
    #[error("instrument {0} must have the terms of one kind")]
    Kinds(u32),
    /// The programme can't be published.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
}

/// What a receipt comes to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The receipt.
    pub receipt: Receipt,
    /// Its quote, or the rule that refuses it.
    pub quote: Result<Quote, QuoteError>,
}

/// Largest file that is read, in bytes.
const FILE_MAX: usize = 4 << 20;

/// What each receipt comes to, in the order of the file.
///
/// # Errors
/// [`FileError`] when one of the files can't be used; a receipt that a rule refuses is an answer.
pub fn quote_files(
    programme: &str,
    receipts: &str,
) -> Result<(ProgrammeFile, Vec<Answer>), FileError> {
    let file = read_programme(programme)?;
    let receipts = read_receipts(receipts, &file)?;
    let answer = |receipt: Receipt| {
        let quote = receipt.quote(&file.programme);
        Answer { receipt, quote }
    };
    let answers = receipts.into_iter().map(answer).collect();
    Ok((file, answers))
}
