//! Asking for a pairing code: every field comes back, an answer is bound to its request and its signer.
#![allow(clippy::unwrap_used)]

mod common;

use common::golden;
use common::signing::Key;
use kartka_domain::codes::Code;
use kartka_domain::ids::{BusinessId, OperatorId, OutletId};
use kartka_protocol::message::{InviteAnswer, InviteRequest, Invited, PROTO, SignedInviteAnswer};
use kartka_protocol::pairing::PairingQr;
use proptest::prelude::*;

fn request() -> InviteRequest {
    InviteRequest {
        proto: PROTO,
        nonce: [9; 16],
        operator: OperatorId(1),
        outlet: OutletId(2),
        holder: OperatorId(3),
    }
}

fn answers() -> [InviteAnswer; 2] {
    let code = PairingQr {
        address: "https://kartka.example".into(),
        identity: [2; 33],
        business: BusinessId([4; 16]),
        token: [5; 16],
        expires_ms: 1_795_340_400_000,
    };
    [Invited::With(code), Invited::Refused(Code::OperatorUnknown)].map(|said| InviteAnswer {
        nonce: [9; 16],
        said,
    })
}

#[test]
fn a_request_is_the_bytes_it_was() {
    let asked = request();
    let bytes = golden::stored("invite-ask", &asked.encode());
    assert_eq!(InviteRequest::decode(&bytes).unwrap(), asked);
}

#[test]
fn an_answer_is_taken_for_its_request_from_its_signer_only() {
    let (key, other) = (Key::new(1), Key::new(2));
    let asked = request().encode();
    for answer in answers() {
        let signed = SignedInviteAnswer::seal(&asked, &answer, |message| key.sign(message));
        let read = SignedInviteAnswer::decode(&signed.encode()).unwrap();
        assert!(read.open(&asked, &key.public()).unwrap() == answer);
        assert!(read.open(&asked, &other.public()).is_err());
        assert!(read.open(b"another question", &key.public()).is_err());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = InviteRequest::decode(&bytes);
        let _ = SignedInviteAnswer::decode(&bytes);
    }
}
