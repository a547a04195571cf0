//! The core's errors for a person at a terminal: one sentence each, with the next step; and one word for scripts.
//!
//! English only: a shell on a phone has the table's other languages. What is not said here for a terminal, with its next
//! step, is said in the table's words.

use kartka_core::domain::codes::Code;
use kartka_core::domain::rights::Permission;
use kartka_core::error::{CoreError, Field};
use kartka_core::platform::KeyStoreError;
use kartka_core::store::StoreError;

/// The protocol's number of an authority that is served elsewhere.
const MOVED: u16 = 9;

/// What happened and what to do next.
pub(crate) fn sentence(error: &CoreError) -> String {
    match error {
        CoreError::Validation { field } => validation(*field).to_owned(),
        CoreError::NotFound => {
            "this device has no such customer, purchase or voucher: check what was typed, or sync first".to_owned()
        }
        CoreError::Duplicate { existing } => format!(
            "customer {} has this already: open that customer instead",
            existing.get()
        ),
        CoreError::InsufficientPoints { balance, required } => {
            format!("{balance} points can be spent and {required} are needed: spend fewer")
        }
        CoreError::Programme(error) => format!("this programme can't be published: {error}; correct it and publish again"),
        CoreError::RuleRejected { reason } => refusal(*reason),
        CoreError::Stale => {
            "something changed since the quote: look at it again and repeat".to_owned()
        }
        CoreError::AlreadyPaired => {
            "this data folder has a business already: take another folder".to_owned()
        }
        CoreError::NotPaired => {
            "this data folder has no business yet: `found` one or `pair` with a server".to_owned()
        }
        CoreError::Store(error) => store(error),
        CoreError::Keys(error) => keys(error),
        CoreError::Offline => {
            "the server can't be reached: check its address and the network; sales go on without it"
                .to_owned()
        }
        CoreError::ServerUnavailable { retry_after_ms } => format!(
            "the server can't answer now: try again in {} s",
            retry_after_ms.div_euclid(1_000).max(1)
        ),
        CoreError::Unauthorised => {
            "the server does not know this device: check the address, else pair it again".to_owned()
        }
        CoreError::DeviceRevoked => {
            "the owner has revoked this device: ask them for a new pairing code".to_owned()
        }
        CoreError::PairingRefused => {
            "this pairing code was used already or is too old: ask the owner for a new one"
                .to_owned()
        }
        CoreError::ServerRejected { code: MOVED } => {
            "the shop's server is moving and is not at its new place yet: sales go on, sync again later"
                .to_owned()
        }
        CoreError::ServerRejected { code } => {
            format!("the server refused with code {code}: update Kartka, then sync again")
        }
        CoreError::ProtocolTooOld { min } => {
            format!("the server speaks protocol {min} or newer: update Kartka")
        }
        CoreError::Forked => {
            "this data is an older copy of what the server knows, and this server gives it no number of its own; \
             nothing is lost and nothing is sent: update the server"
                .to_owned()
        }
        CoreError::ServerWentBack => {
            "the server's data is older than this device's; nothing is lost and nothing is sent: \
             call whoever keeps the server"
                .to_owned()
        }
        CoreError::Cancelled => "stopped as asked; what was confirmed is kept".to_owned(),
        CoreError::Unexpected { what } => {
            format!("a fault of Kartka ({what}): please report it with what you did")
        }
    }
}

/// Which situation it is, in a word that never changes.
pub(crate) fn word(error: &CoreError) -> &'static str {
    match error {
        CoreError::Validation { .. } => "validation",
        CoreError::NotFound => "not_found",
        CoreError::Programme(_) => "programme",
        CoreError::Duplicate { .. } => "duplicate",
        CoreError::InsufficientPoints { .. } => "insufficient_points",
        CoreError::RuleRejected { reason } => reason.name(),
        CoreError::Stale => "stale",
        CoreError::AlreadyPaired => "already_paired",
        CoreError::NotPaired => "not_paired",
        CoreError::Store(error) => match error {
            StoreError::Full => "storage_full",
            StoreError::ReadOnly => "read_only",
            StoreError::TooNew { .. } => "too_new",
            StoreError::WrongKey => "wrong_key",
            StoreError::Corrupt { .. } => "corrupt",
            StoreError::Busy => "busy",
            StoreError::Io(_) => "disk",
            StoreError::Malformed(_) | StoreError::Unexpected(_) => "unexpected",
        },
        CoreError::Keys(_) => "key_store",
        CoreError::Offline => "offline",
        CoreError::ServerUnavailable { .. } => "server_unavailable",
        CoreError::Unauthorised => "unauthorised",
        CoreError::DeviceRevoked => "device_revoked",
        CoreError::PairingRefused => "pairing_refused",
        CoreError::ServerRejected { .. } => "server_rejected",
        CoreError::ProtocolTooOld { .. } => "protocol_too_old",
        CoreError::Forked => "forked",
        CoreError::ServerWentBack => "server_went_back",
        CoreError::Cancelled => "cancelled",
        CoreError::Unexpected { .. } => "unexpected",
    }
}

fn validation(field: Field) -> &'static str {
    match field {
        Field::Name => "a name has 1 to 64 characters",
        Field::Phone => {
            "this is no phone number: type it with its area code, or with + and the country's"
        }
        Field::Email => "this is no email address",
        Field::Birthday => "a birthday is MM-DD or YYYY-MM-DD, and a day of the calendar",
        Field::Text => "a text is empty or too long",
        Field::Lines => {
            "a receipt has 1 to 500 lines, each with an amount and a quantity above zero"
        }
        Field::ReceiptNumber => "a receipt number has 1 to 32 of the letters A-Z 0-9 - / .",
        Field::Country => "this country is not known yet: UA, PL, DE, MD, GE, KZ, GB and US are",
        Field::WayToReach => "a customer needs a name or a phone number, or a card",
        Field::PairingCode => {
            "this is no pairing code, or not all of it: copy the whole text that begins with KARTKA1:"
        }
        Field::Card => "this card number can't be used here",
        Field::Amount => "this amount is negative or too large",
        Field::Frame => "the size and the bytes of the picture do not fit together",
    }
}

fn refusal(reason: Code) -> String {
    match reason {
        Code::BelowMinimum { minimum } => format!("at least {minimum} points are spent at once"),
        Code::NotAStep { step } => format!("points are spent in steps of {step}"),
        Code::MaxShare { most } => {
            format!("this receipt may be paid with at most {most} points: spend fewer")
        }
        Code::OfflineNotAllowed => {
            "points are not spent without the server here: sync, then repeat".to_owned()
        }
        Code::CustomerCap { left } => {
            format!(
                "without the server this customer may spend {left} more points today: sync first"
            )
        }
        Code::DeviceBudget { left } => {
            format!("without the server {left} more points may be spent here: sync first")
        }
        Code::SnapshotTooOld { .. } => {
            "this device has not synced for too long to spend points: sync, then repeat".to_owned()
        }
        Code::CustomerHeld => {
            "this customer's points are held until the owner decides: take money".to_owned()
        }
        Code::NoCustomer => "points and rewards need a customer: scan the card first".to_owned(),
        Code::NotInThisOutlet { outlet } => format!(
            "your role does not count in outlet {outlet}: ask the owner, or work where it does"
        ),
        Code::NewerRule { instrument } => format!(
            "instrument {instrument} is newer than this program and does nothing here: update it"
        ),
        Code::AskServerFirst { .. } => {
            "this is more than may be taken without the server's word: repeat with --ask".to_owned()
        }
        Code::NothingToPay => "there is nothing to pay on this receipt".to_owned(),
        Code::AlreadyReturned { line, left } => format!(
            "of line {} only {} can still come back",
            line.saturating_add(1),
            crate::money::show(kartka_core::domain::money::Money(left), 3)
        ),
        Code::AlreadyVoided => "this receipt is void already".to_owned(),
        Code::VoidAfterReturn => {
            "goods of this receipt came back already: return the rest instead".to_owned()
        }
        Code::VoidTooLate { minutes } => {
            format!("a receipt is void within {minutes} minutes only: return it instead")
        }
        Code::NotYourSale => "only who sold it may void it: return it instead".to_owned(),
        Code::CardBlocked => "this card is blocked: give the customer another one".to_owned(),
        Code::CardBoundToOther => "this card is another customer's".to_owned(),
        Code::StampCardNotFull { stamps, size } => {
            format!("{stamps} of {size} stamps: the card is not full yet")
        }
        Code::GoodsNotPayable { most } => format!(
            "some of these goods can't be paid with points: at most {most} points this time"
        ),
        Code::GiftMissing { .. } => {
            "the goods that this reward makes free are not on the receipt: add them first"
                .to_owned()
        }
        other => people(other),
    }
}

/// What staff, PINs and a device that is no longer trusted may not.
fn people(reason: Code) -> String {
    match reason {
        Code::NotEntitled { permission } => format!(
            "the operator's role does not allow this ({}): ask somebody whose role does",
            word_of(permission)
        ),
        Code::DeviceNotEntitled { permission } => format!(
            "this device was handed to somebody who may not do this ({}): use the owner's",
            word_of(permission)
        ),
        Code::OperatorDismissed => {
            "this operator no longer works here: `staff switch` to a colleague".to_owned()
        }
        Code::OperatorUnknown => {
            "this device does not know the operator yet: sync, then repeat".to_owned()
        }
        Code::RedeemPerReceipt { limit } => {
            format!("the operator's role allows {limit} points on one receipt: spend fewer")
        }
        Code::RedeemPerDay { left } => {
            format!("the operator's role allows {left} more points today: spend fewer")
        }
        Code::OnlyTheOwner => "only an owner may do this".to_owned(),
        Code::NotYourself => {
            "nobody changes this about themselves: let another owner do it".to_owned()
        }
        Code::OutOfDate => "no number is left for this on this device: use another one".to_owned(),
        Code::WrongPin { left } => {
            format!("this is not the PIN; {left} more tries before a wait")
        }
        Code::PinLocked { wait_ms } => {
            let seconds = wait_ms.saturating_add(999) / 1_000;
            format!("too many wrong PINs: try again in {seconds} s")
        }
        Code::PinNeeded => "this needs a PIN: give one with --pin, or set it first".to_owned(),
        Code::PinTooSimple => {
            "a PIN has 4 to 12 digits, not all the same and not counted up or down".to_owned()
        }
        Code::GraceOver { days } => {
            format!("this device has not heard the server for {days} days: sync first; sales go on")
        }
        Code::Revoked => {
            "the owner revoked this device; what it records waits for the owner".to_owned()
        }
        other => crate::words::english(other),
    }
}

fn word_of(permission: i64) -> &'static str {
    Permission::from_number(permission).map_or("unknown", Permission::word)
}

fn store(error: &StoreError) -> String {
    match error {
        StoreError::Full => "the disk is full; nothing was lost: make room and repeat".to_owned(),
        StoreError::ReadOnly => {
            "the data folder can't be written: check its rights, or take another with --data"
                .to_owned()
        }
        StoreError::TooNew { found, known } => format!(
            "the data is of version {found}, this Kartka knows versions up to {known}: update Kartka; \
             nothing was changed"
        ),
        StoreError::WrongKey => {
            "the key in the folder beside the data (NAME.keys) does not open it: bring back the \
             right one; nothing was changed"
                .to_owned()
        }
        StoreError::Corrupt {
            moved_to: Some(place),
        } => format!(
            "the data is damaged and lies now at {}: keep it, and start again from the server or a copy",
            place.display()
        ),
        StoreError::Corrupt { moved_to: None } => {
            "the data is damaged: start the command again, it will be checked".to_owned()
        }
        StoreError::Busy => {
            "another process has this data folder open: end it, or take another folder".to_owned()
        }
        StoreError::Io(source) => format!("the disk reports an error: {source}"),
        StoreError::Malformed(what) => {
            format!("a stored value is malformed ({what}): please report it")
        }
        StoreError::Unexpected(source) => format!("a fault of Kartka: {source}; please report it"),
    }
}

fn keys(error: &KeyStoreError) -> String {
    match error {
        KeyStoreError::Locked => "the key store is locked: unlock this device once".to_owned(),
        KeyStoreError::Lost => {
            "the key of this data is lost: only the recovery sheet opens it".to_owned()
        }
        KeyStoreError::Unavailable(why) => {
            format!(
                "the keys beside the data folder can't be reached ({why}): check the folder's rights"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every refusal of the catalogue that a counter can meet has words of its own.
    #[test]
    fn refusals_have_their_own_words() {
        let by_the_authority = [
            "DuplicateRequest",
            "UnknownTarget",
            "AlreadyAttached",
            "MalformedFact",
            "LevelNotReached",
            "RefusedByOwner",
        ];
        for &(number, name, kind, args, _) in Code::CATALOGUE {
            let values: Vec<i64> = (1..).take(args.len()).collect();
            let code = Code::from_parts(number, &values).expect("in the catalogue");
            let refused = kind == kartka_core::domain::codes::CodeKind::Refusal;
            if !refused || by_the_authority.contains(&name) {
                continue;
            }
            let error = CoreError::from(code);
            let words = sentence(&error);
            assert!(!words.contains(name) && words.len() > 20, "{name}: {words}");
        }
    }
}
