//! The certificate of an erasure: which devices hold nothing of the person any more (sync §8).

use kartka_domain::ids::{CustomerId, DeviceNo};
use kartka_domain::moment::Date;
use kartka_domain::row::{Row, RowKind};

use crate::error::CoreError;
use crate::shop::{Shop, setting};
use crate::store::{Reader, Standing};

/// One erasure and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureProof {
    /// The id, anonymous now.
    pub customer: CustomerId,
    /// Business date of the erasure.
    pub date: Date,
    /// Whether the authority has it; before that it waits in this phone's outbox.
    pub ordered: bool,
    /// Whether the server has wiped its own files; true where there is no server.
    pub server_done: bool,
    /// Devices that have wiped theirs.
    pub done: u32,
    /// Devices that have not said so yet.
    pub waiting: Vec<DeviceNo>,
}

impl ErasureProof {
    /// Whether nothing is left of the person anywhere.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.ordered && self.server_done && self.waiting.is_empty()
    }
}

impl Shop {
    /// All erasures, newest last, each with its certificate.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn erasures(&self) -> Result<Vec<ErasureProof>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let devices = devices(r)?;
            let done = r.erasures_done()?;
            let mut proofs = Vec::new();
            for (seq, erasure) in r.erasures()? {
                let has = |no: DeviceNo| {
                    let mine = done.iter().find(|done| done.device == no);
                    mine.is_some_and(|mine| seq.is_some_and(|seq| mine.up_to >= seq))
                };
                // Who said "done" and is no device of staff is the server.
                let mut others = done.iter().filter(|done| !devices.contains(&done.device));
                let server = others.any(|server| has(server.device));
                let (wiped, waiting): (Vec<DeviceNo>, Vec<DeviceNo>) =
                    devices.iter().partition(|no| has(**no));
                proofs.push(ErasureProof {
                    customer: erasure.customer,
                    date: erasure.date,
                    ordered: seq.is_some(),
                    server_done: server || setting.device.standing == Standing::Authority,
                    done: u32::try_from(wiped.len()).unwrap_or(u32::MAX),
                    waiting,
                });
            }
            Ok(proofs)
        })
    }
}

fn devices(reader: &Reader<'_>) -> Result<Vec<DeviceNo>, CoreError> {
    let rows = reader.rules_of(RowKind::Device)?;
    let numbers = rows.into_iter().filter_map(|(_, row)| match row {
        Row::Device(device) => Some(device.no),
        _ => None,
    });
    Ok(numbers.collect())
}
