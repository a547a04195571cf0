//! Requests, answers and the sealed batches in them.

use kartka_domain::card::{CardKey, CardKeys, KeyId, PermutationKey, ShopTag};
use kartka_protocol::WireError;
use kartka_protocol::batch::Batch;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::fields::{Record, Shape};
use kartka_protocol::holder::{HolderAnswer, HolderAsk, HolderEnvelope, Request, Snapshot};
use kartka_protocol::message::{
    CarryRequest, Envelope, HandoverAnswer, HandoverRequest, HandoverStep, PairAnswer, PairRequest,
    ReserveAnswer, ReserveRequest, SignedCarryAnswer, SignedHandoverAnswer, SignedReserveAnswer,
    SyncAnswer, SyncRequest,
};

/// Numbers of the fields that this module has to set by hand; `docs/formats/wire.md` lists them.
mod tag {
    pub(super) const ANSWER_CHECK: u16 = 65_535;
    pub(super) const BATCH_BUSINESS: u16 = 1;
    pub(super) const BATCH_DEVICE: u16 = 2;
    pub(super) const BATCH_FIRST: u16 = 3;
    pub(super) const BATCH_LAST: u16 = 4;
    pub(super) const BATCH_CHAIN: u16 = 5;
    pub(super) const BATCH_FACTS: u16 = 6;
    pub(super) const BATCH_SIGNATURE: u16 = 7;
    pub(super) const BATCH_PERSONAL: u16 = 8;
}

/// An answer whose sum is right, so that the fuzzer comes past it.
pub(crate) fn answer(bytes: &[u8]) {
    let _ = SyncAnswer::decode(bytes);
    let Ok(mut record) = Record::decode(bytes, Shape::ANSWER) else {
        return;
    };
    record.remove(tag::ANSWER_CHECK);
    let sum = blake3::Hasher::new_derive_key("kartka 2026 answer check")
        .update(&record.encode())
        .finalize();
    let mut check = [0; 16];
    check.copy_from_slice(&sum.as_bytes()[..16]);
    record.put(tag::ANSWER_CHECK, check);
    same(&record.encode(), SyncAnswer::decode, SyncAnswer::encode);
}

/// A batch as it lies in an outbox or a file, and everything that may be done with it before it is believed.
pub(crate) fn batch(bytes: &[u8]) {
    same(bytes, Batch::decode, Batch::encode);
    if let Ok(batch) = Batch::decode(bytes) {
        opened(&batch);
    }
}

/// The columns inside a batch, without the fuzzer having to guess the fields around them: two bytes say how long the
/// packed facts are, the rest is the packed personal sections.
pub(crate) fn batch_columns(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    let (facts, personal) = rest.split_at(length);
    let mut record = Record::new();
    record.put(tag::BATCH_BUSINESS, [7; 16]);
    record.put(tag::BATCH_DEVICE, 1_i64);
    record.put(tag::BATCH_FIRST, 1_i64);
    record.put(tag::BATCH_LAST, 3_i64);
    record.put(tag::BATCH_CHAIN, [0; 32]);
    record.put(tag::BATCH_FACTS, facts);
    record.put(tag::BATCH_SIGNATURE, [0; 64]);
    record.put_opt(
        tag::BATCH_PERSONAL,
        (!personal.is_empty()).then_some(personal),
    );
    if let Ok(batch) = Batch::from_record(&record) {
        opened(&batch);
    }
}

fn opened(batch: &Batch) {
    let _ = batch.open(&ChainValue([0; 32]));
    let _ = batch.without_personal();
}

/// A signed request as it comes to the server.
pub(crate) fn envelope(bytes: &[u8]) {
    same(bytes, Envelope::decode, Envelope::encode);
}

/// The body of an exchange.
pub(crate) fn request(bytes: &[u8]) {
    same(bytes, SyncRequest::decode, SyncRequest::encode);
    if let Ok(request) = SyncRequest::decode(bytes) {
        request.batches.iter().for_each(opened);
    }
}

/// What a phone asks when it is paired.
pub(crate) fn pair_request(bytes: &[u8]) {
    same(bytes, PairRequest::decode, PairRequest::encode);
}

/// What it is told.
pub(crate) fn pair_answer(bytes: &[u8]) {
    same(bytes, PairAnswer::decode, PairAnswer::encode);
}

/// A message by which a business is handed over.
pub(crate) fn handover_request(bytes: &[u8]) {
    same(bytes, HandoverRequest::decode, HandoverRequest::encode);
    let step = HandoverRequest::decode(bytes).map(|request| request.step);
    if let Ok(HandoverStep::Piece { batches, .. } | HandoverStep::Last { batches, .. }) = step {
        batches.iter().for_each(opened);
    }
}

/// The server's answer to it, signed by nobody yet.
pub(crate) fn handover_answer(bytes: &[u8]) {
    same(
        bytes,
        SignedHandoverAnswer::decode,
        SignedHandoverAnswer::encode,
    );
    let _ = HandoverAnswer::decode(bytes);
}

/// What a till asks the authority to keep for one receipt.
pub(crate) fn reserve_request(bytes: &[u8]) {
    same(bytes, ReserveRequest::decode, ReserveRequest::encode);
}

/// What it is told, signed by nobody yet; and the answer inside, without the fuzzer having to guess the fields around it.
pub(crate) fn reserve_answer(bytes: &[u8]) {
    same(
        bytes,
        SignedReserveAnswer::decode,
        SignedReserveAnswer::encode,
    );
    same(bytes, ReserveAnswer::decode, ReserveAnswer::encode);
}

/// What a phone brings of another one.
pub(crate) fn carry_request(bytes: &[u8]) {
    same(bytes, CarryRequest::decode, CarryRequest::encode);
    if let Ok(request) = CarryRequest::decode(bytes) {
        request.batches.iter().for_each(opened);
    }
}

/// The server's answer to it, signed by nobody yet.
pub(crate) fn carry_answer(bytes: &[u8]) {
    same(bytes, SignedCarryAnswer::decode, SignedCarryAnswer::encode);
}

/// What a holder asks about a card: the envelope, opened where it is an example's, and the question inside it without the
/// fuzzer having to find the secret.
pub(crate) fn holder_question(bytes: &[u8]) {
    same(bytes, HolderEnvelope::decode, HolderEnvelope::encode);
    let _ = question_opens(bytes);
    let Ok(ask) = HolderAsk::decode(bytes) else {
        return;
    };
    for request in ask.requests {
        let record = request.to_record();
        let again = Request::from_record(&record);
        assert!(
            again.is_ok_and(|again| again == request),
            "a wish came back as another"
        );
    }
}

/// What they are told, sealed, and the snapshot inside.
pub(crate) fn holder_answer(bytes: &[u8]) {
    same(bytes, HolderAnswer::decode, HolderAnswer::encode);
    let _ = answer_opens(bytes);
    same(bytes, Snapshot::decode, Snapshot::encode);
}

/// Whether this is a question of the examples' shop, sealed by the secret of the card it names.
pub(crate) fn question_opens(bytes: &[u8]) -> bool {
    HolderEnvelope::decode(bytes).is_ok_and(|envelope| envelope.open(&shop()).is_ok())
}

/// Whether this is an answer to the question among the examples.
pub(crate) fn answer_opens(bytes: &[u8]) -> bool {
    let question = include_bytes!("../corpus/holder_question/ask");
    let asked = HolderEnvelope::decode(question).ok();
    let Some((secret, _)) = asked.and_then(|envelope| envelope.open(&shop()).ok()) else {
        return false;
    };
    HolderAnswer::decode(bytes).is_ok_and(|answer| answer.open(&secret, question).is_ok())
}

/// The keys of the shop in the examples.
fn shop() -> CardKeys {
    let id = KeyId::new(3).expect("3 is a key id");
    let (permutation, key) = ([1; 32], [2; 32]);
    CardKeys::new(
        ShopTag::from_bits(0xA_BCDE),
        PermutationKey::from_bytes(permutation),
        id,
        CardKey::from_bytes(key),
    )
}

/// What is read is written, and read again as the same.
fn same<T: PartialEq>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, WireError>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    if let Ok(value) = decode(bytes) {
        let again = decode(&encode(&value));
        assert!(
            again.is_ok_and(|again| again == value),
            "a message came back as another"
        );
    }
}
