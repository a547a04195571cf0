//! The programme that a demo sells by: read from a readable file and published by the first phone before the first sale.
//!
//! The history knows amounts and no goods: rules that ask for goods, coupons and invitations are met by nobody.

use std::fs;
use std::path::Path;

use kartka_core::domain::ids::ProgrammeVersion;
use kartka_core::domain::programme::Instrument;
use kartka_core::exchange::read_programme;
use kartka_core::store::RequestId;

use super::dice::mix;
use super::world::World;
use crate::failure::Failure;

/// The history is in cents.
const EXPONENT: u8 = 2;

/// What a programme file says.
pub(crate) struct Terms {
    instruments: Vec<Instrument>,
    /// Another file has another one.
    pub(crate) digest: u64,
}

impl Terms {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Failure::Outside`] for a file that can't be read, [`Failure::Input`] for one that is no programme of a currency
    /// with two minor digits.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let named = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        let text = fs::read_to_string(path).map_err(|error| Failure::Outside(named(&error)))?;
        let file = read_programme(&text).map_err(|error| Failure::Input(named(&error)))?;
        if file.currency.exponent() != EXPONENT {
            let why = "the purchases are in cents, so the currency must have two minor digits";
            return Err(Failure::Input(named(&why)));
        }
        let digest = text
            .bytes()
            .fold(1, |digest, byte| mix(digest ^ u64::from(byte)));
        Ok(Self {
            instruments: file.programme.instruments().to_vec(),
            digest,
        })
    }
}

impl World {
    /// The first phone publishes, and everybody hears of it; in a second run that is done already.
    ///
    /// # Errors
    /// What the core refuses, and as [`all_online`](Self::all_online).
    pub(crate) fn publish(&mut self, terms: &Terms, salt: u64) -> Result<(), Failure> {
        let Some(first) = self.counters.first() else {
            return Ok(());
        };
        if first.shop.programme()?.version() != ProgrammeVersion(1) {
            return Ok(());
        }
        // The founder's ready instruments go first: nobody has points yet, and what follows may end its points otherwise (L6).
        for (step, instruments) in [(0, &[][..]), (1, &terms.instruments)] {
            let mut request = [0xff; 16];
            request[..8].copy_from_slice(&salt.to_be_bytes());
            request[8] = step;
            first
                .shop
                .publish_programme(RequestId(request), instruments)?;
        }
        self.all_online()
    }
}
