//! Pairing this device with a server's business by the text of a pairing QR (sync §7).

use kartka_domain::ids::{OutletId, Seq};
use kartka_domain::row::Row;
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::message::{
    Certificate, Nonce, PROTO, PairAnswer, PairRequest, SignedPairAnswer,
};
use kartka_protocol::pairing::PairingQr;
use kartka_protocol::signature::PublicKey;

use crate::error::{CoreError, Field};
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, RequestId, Standing, meta};
use crate::sync::signer::DeviceSigner;
use crate::sync::{Cancel, Route, SyncReport, Transport, first_state, lineage_bytes, note_epoch};

/// Where the request id of the pairing is noted.
const PAIRED_BY: &str = "paired_by";
/// Where the proof of the pairing is kept.
pub(crate) const CERTIFICATE: &str = "certificate";
/// Where the token of a pairing under way is noted.
const TOKEN: &str = "pairing_token";
/// Characters of a device's name.
const NAME: usize = 64;

impl Shop {
    /// Pairs this device with the business of a pairing QR and pulls its data for the first time.
    ///
    /// Once the server has taken the device in, that is durable: if only the first pull fails, a repeat with the same
    /// request id, or [`Shop::sync`], goes on with it.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a text that is no pairing code or a name of no use;
    /// [`CoreError::AlreadyPaired`]; [`CoreError::PairingRefused`] for a token that was used or is too old, and for
    /// a server that can't prove it is the one of the QR; [`CoreError::Offline`] for a wrong address;
    /// [`CoreError::ServerUnavailable`], [`CoreError::Store`], [`CoreError::Keys`].
    pub fn pair(
        &self,
        request: RequestId,
        qr_text: &str,
        device_name: &str,
        transport: &dyn Transport,
    ) -> Result<SyncReport, CoreError> {
        let qr = PairingQr::parse(qr_text).map_err(|_| CoreError::Validation {
            field: Field::PairingCode,
        })?;
        let name = device_name.trim();
        if name.is_empty() || name.chars().count() > NAME {
            return Err(CoreError::Validation { field: Field::Name });
        }
        if !self.was_paired_by(request)? {
            self.enrol(request, &qr, name, transport)?;
        }
        self.sync(transport, &Cancel::default())
    }

    /// Whether this very request has enrolled the device; an error if something else has.
    fn was_paired_by(&self, request: RequestId) -> Result<bool, CoreError> {
        self.store.read(|r| {
            if r.device()?.is_none() {
                return Ok(false);
            }
            match meta::get(r, PAIRED_BY)? {
                Some(id) if id == request.0 => Ok(true),
                _ => Err(CoreError::AlreadyPaired),
            }
        })
    }

    fn enrol(
        &self,
        request: RequestId,
        qr: &PairingQr,
        name: &str,
        transport: &dyn Transport,
    ) -> Result<(), CoreError> {
        let identity = PublicKey::new(&qr.identity).map_err(|_| CoreError::Validation {
            field: Field::PairingCode,
        })?;
        let signer = self.signer_for(&qr.token)?;
        let mut nonce = Nonce::default();
        self.platform.rng.fill(&mut nonce);
        let message = PairRequest {
            proto: PROTO,
            token: qr.token,
            public_key: signer.public_key(),
            nonce,
            name: name.to_owned(),
        }
        .encode();
        let bytes = transport.post(&qr.address, Route::Pair, &message)?;
        let signed = SignedPairAnswer::decode(&bytes).map_err(|_| CoreError::Offline)?;
        let answer = signed
            .open(&message, &identity)
            .map_err(|_| CoreError::PairingRefused)?;
        let meant = answer.nonce == nonce && answer.business.id == qr.business;
        if !meant || answer.head.verify(qr.business, &identity).is_err() {
            return Err(CoreError::PairingRefused);
        }
        let certificate = Certificate {
            request: message,
            answer: bytes,
        };
        self.keep(request, qr, answer, &certificate)
    }

    /// What proves to an authority that was put back that the lost one let this device in; none for a device that was
    /// paired by an older version.
    ///
    /// # Errors
    /// [`CoreError::Store`].
    pub(crate) fn certificate(&self) -> Result<Option<Vec<u8>>, CoreError> {
        Ok(self.store.read(|r| meta::get(r, CERTIFICATE))?)
    }

    /// The key for a pairing: the same one when a lost answer is asked for again, else a new one, since the one
    /// there may be another device's in the server's eyes (this app was removed and installed anew).
    fn signer_for(&self, token: &[u8; 16]) -> Result<DeviceSigner, CoreError> {
        let begun = self.store.read(|r| meta::get(r, TOKEN))?;
        if begun.is_some_and(|begun| begun == token) {
            return DeviceSigner::load_or_make(&self.platform);
        }
        let signer = DeviceSigner::make(&self.platform)?;
        self.store.write(|tx| meta::put(tx, TOKEN, token))?;
        Ok(signer)
    }

    /// Writes who this device is now.
    fn keep(
        &self,
        request: RequestId,
        qr: &PairingQr,
        answer: PairAnswer,
        certificate: &Certificate,
    ) -> Result<(), CoreError> {
        let now_ms = self.platform.clock.now_ms();
        self.store.write(|tx| {
            if tx.device()?.is_some() {
                return Err(CoreError::AlreadyPaired);
            }
            tx.set_device(&device_row(qr, &answer))?;
            tx.set_head(&head_row(qr, &answer, now_ms))?;
            // Shown until the first pull brings them with their place in the order.
            tx.put(&Row::Business(answer.business.clone()), None)?;
            tx.put(&Row::Outlet(answer.outlet.clone()), None)?;
            tx.set_at_device(answer.holder)?;
            first_state(tx, self.platform.clock.as_ref(), &answer)?;
            meta::put(tx, CERTIFICATE, &certificate.encode())?;
            Ok::<_, CoreError>(meta::put(tx, PAIRED_BY, &request.0)?)
        })?;
        let keys = self.platform.keys.as_ref();
        note_epoch(keys, qr.business, answer.head.head.epoch)
    }
}

fn device_row(qr: &PairingQr, answer: &PairAnswer) -> DeviceRow {
    DeviceRow {
        business: qr.business,
        no: answer.device,
        standing: Standing::Phone,
        outlet: OutletId(answer.outlet.id.0),
        next_n: 1,
        chain: ChainValue::birth(qr.business, answer.device),
        slot: answer.slot,
        slot_used: 0,
        server: Some(qr.address.clone()),
        identity: Some(qr.identity),
        keys: answer.keys.encode(),
    }
}

/// Nothing is pulled yet.
fn head_row(qr: &PairingQr, answer: &PairAnswer, now_ms: i64) -> HeadRow {
    HeadRow {
        epoch: answer.head.head.epoch,
        seq: Seq(0),
        log: LogHash::birth(qr.business),
        acked_op: 0,
        settled_op: 0,
        synced_ms: now_ms,
        lineage: lineage_bytes(&answer.lineage),
        stopped: None,
    }
}
