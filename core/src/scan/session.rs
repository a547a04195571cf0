//! A session of scanning: frames and typed texts in, cards and hints out.
//!
//! Has no clock of its own: every call carries the instant, in milliseconds of a clock that does not go back (one
//! that does only delays a hint). Decides what a text is by the shop's keys, never whether the card exists. A phone
//! without a shop has no keys and can tell only the code that lets it into one. Source: cards §2, sync §7.

use kartka_domain::card::{Alias, CardCode, CardKeys, Carrier};
use kartka_protocol::pairing::{PairingError, PairingQr};

use super::cycle::{Sight, look};
use super::engine::{Found, FrameDecoder};
use super::frame::LumaFrame;
use crate::recovery::Sheet;

/// After so long without a code the torch is worth a try.
const TORCH_AFTER_MS: i64 = 3_000;
/// After so long without a code a person types faster.
const TYPE_AFTER_MS: i64 = 5_000;
/// The camera sees a card many times a second; for so long it is the same scan.
const SAME_FOR_MS: i64 = 2_000;
/// Two reads of bars within this time may confirm each other.
const BARS_AGREE_MS: i64 = 1_000;

/// What a frame led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanEvent {
    /// A code was read.
    Found(Scanned),
    /// Nothing for three seconds: offer the torch. Once per search.
    TryTorch,
    /// Nothing for five seconds: offer typing the number. Once per search.
    TypeNumber,
}

/// A code that was read, and what it is to this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// What carried it.
    pub kind: Carrier,
    /// Its text, to be looked up as an alias.
    pub text: String,
    /// What it is.
    pub reading: Reading,
}

/// What a code is to this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// What the shop's keys say about it; without keys never more than [`CardCode::Foreign`].
    Card(CardCode),
    /// A pairing code: it lets a phone into a shop. Whether it is whole and in time is for pairing to say.
    Pairing,
    /// A recovery sheet: it opens the shop's data, so its text is neither looked up nor kept.
    Sheet,
}

/// Which hints a search has given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hinted {
    Nothing,
    Torch,
    Typing,
}

/// One search after another for as long as the camera is open.
pub struct ScanSession {
    decoder: Box<dyn FrameDecoder>,
    /// None on a phone without a shop.
    keys: Option<CardKeys>,
    turn: u64,
    searching_since: Option<i64>,
    hinted: Hinted,
    reported: Option<(Found, i64)>,
    bars: Vec<(Found, i64)>,
}

impl ScanSession {
    /// A session that reads by `decoder` and recognises by the shop's `keys`.
    #[must_use]
    pub fn new(decoder: Box<dyn FrameDecoder>, keys: CardKeys) -> Self {
        Self::with(decoder, Some(keys))
    }

    /// A session of a phone that belongs to no shop yet: it recognises pairing codes, and no card.
    #[must_use]
    pub fn without_shop(decoder: Box<dyn FrameDecoder>) -> Self {
        Self::with(decoder, None)
    }

    fn with(decoder: Box<dyn FrameDecoder>, keys: Option<CardKeys>) -> Self {
        Self {
            decoder,
            keys,
            turn: 0,
            searching_since: None,
            hinted: Hinted::Nothing,
            reported: None,
            bars: Vec::new(),
        }
    }

    /// Searches one camera frame at the instant `at_ms`; the first frame starts the search. At most one event a
    /// frame; of several codes one of ours goes first.
    ///
    /// Runs on the caller's thread within about 66 ms for 1280 × 720; frames arriving meanwhile are the caller's to
    /// drop.
    pub fn frame(&mut self, frame: &LumaFrame<'_>, at_ms: i64) -> Option<ScanEvent> {
        let sight = look(self.decoder.as_mut(), frame, self.turn);
        self.turn = self.turn.wrapping_add(1);
        self.saw(sight, at_ms)
    }

    /// What follows from one frame's sight; everything here is about time, nothing about pixels.
    fn saw(&mut self, sight: Sight, at_ms: i64) -> Option<ScanEvent> {
        let since = *self.searching_since.get_or_insert(at_ms);
        let bars = sight.bars.and_then(|read| self.confirmed(read, at_ms));
        let codes = sight.qr.into_iter().chain(bars);
        match self.first_new(codes, at_ms) {
            Some(scanned) => Some(ScanEvent::Found(scanned)),
            None => self.hint(at_ms.saturating_sub(since)),
        }
    }

    /// A decoded text that enters where frames do: from a keyboard, a laser reader, a paste. It was sent once and on
    /// purpose, so it needs no second read and is never taken for a repetition.
    pub fn text(&mut self, text: &str, at_ms: i64) -> Scanned {
        let found = Found {
            kind: Carrier::Text,
            text: text.to_owned(),
        };
        let scanned = self.scanned(&found);
        self.report(found, at_ms);
        scanned
    }

    /// The read, if an equal one of another frame confirms it and no other value was read as often.
    fn confirmed(&mut self, read: Found, at_ms: i64) -> Option<Found> {
        let recent = |at: i64| (0..=BARS_AGREE_MS).contains(&at_ms.saturating_sub(at));
        self.bars.retain(|(_, at)| recent(*at));
        self.bars.push((read, at_ms));
        let (read, _) = self.bars.last()?;
        let times = |value: &Found| self.bars.iter().filter(|(found, _)| found == value).count();
        let own = times(read);
        let unrivalled = self
            .bars
            .iter()
            .all(|(other, _)| other == read || times(other) < own);
        (own >= 2 && unrivalled).then(|| read.clone())
    }

    fn first_new(&mut self, codes: impl Iterator<Item = Found>, at_ms: i64) -> Option<Scanned> {
        let mut best: Option<(Found, Scanned)> = None;
        for found in codes {
            let scanned = self.scanned(&found);
            let better = best
                .as_ref()
                .is_none_or(|(_, best)| self.is_meant(&scanned) && !self.is_meant(best));
            if better {
                best = Some((found, scanned));
            }
        }
        let (found, scanned) = best?;
        let repeated = self.reported.as_ref().is_some_and(|(last, at)| {
            *last == found && (0..SAME_FOR_MS).contains(&at_ms.saturating_sub(*at))
        });
        if repeated {
            self.start_search(at_ms);
            return None;
        }
        self.report(found, at_ms);
        Some(scanned)
    }

    fn scanned(&self, found: &Found) -> Scanned {
        Scanned {
            kind: found.kind,
            text: found.text.clone(),
            reading: self.reading(found),
        }
    }

    fn reading(&self, found: &Found) -> Reading {
        if is_pairing(&found.text) {
            return Reading::Pairing;
        }
        if Sheet::is_qr(&found.text) {
            return Reading::Sheet;
        }
        Reading::Card(match &self.keys {
            Some(keys) => keys.read(found.kind, &found.text),
            None => Alias::new(&found.text).map_or(CardCode::Nothing, CardCode::Foreign),
        })
    }

    /// What this phone looks for: a card of its shop, or the way into one.
    fn is_meant(&self, scanned: &Scanned) -> bool {
        match scanned.reading {
            Reading::Card(CardCode::Ours { .. }) => true,
            Reading::Card(_) | Reading::Sheet => false,
            Reading::Pairing => self.keys.is_none(),
        }
    }

    fn report(&mut self, found: Found, at_ms: i64) {
        self.reported = Some((found, at_ms));
        self.bars.clear();
        self.start_search(at_ms);
    }

    fn start_search(&mut self, at_ms: i64) {
        self.searching_since = Some(at_ms);
        self.hinted = Hinted::Nothing;
    }

    fn hint(&mut self, searched_ms: i64) -> Option<ScanEvent> {
        match self.hinted {
            Hinted::Nothing if searched_ms >= TORCH_AFTER_MS => {
                self.hinted = Hinted::Torch;
                Some(ScanEvent::TryTorch)
            }
            Hinted::Torch if searched_ms >= TYPE_AFTER_MS => {
                self.hinted = Hinted::Typing;
                Some(ScanEvent::TypeNumber)
            }
            _ => None,
        }
    }
}

/// Also one that is damaged or newer than this phone: pairing says so in words.
fn is_pairing(text: &str) -> bool {
    match PairingQr::parse(text) {
        Ok(_) | Err(PairingError::Newer | PairingError::Damaged) => true,
        Err(PairingError::NotPairing | PairingError::TooLong) => false,
    }
}

#[cfg(test)]
mod tests {
    use kartka_domain::card::{CardKey, CardNumber, K1, KeyId, PermutationKey, ShopTag};

    use super::super::engine::Rxing;
    use super::*;

    fn keys() -> CardKeys {
        CardKeys::new(
            ShopTag::from_bits(1),
            PermutationKey::from_bytes([1; 32]),
            KeyId::new(0).unwrap(),
            CardKey::from_bytes([1; 32]),
        )
    }

    fn session() -> ScanSession {
        ScanSession::new(Box::new(Rxing), keys())
    }

    /// Plays `instant what …, …`: `q…` a QR, `b…` bars, `t…` a typed text, `ours` standing for a K1 of the shop; says
    /// what came out and when.
    fn play(script: &str) -> String {
        play_on(session(), script)
    }

    fn play_on(mut session: ScanSession, script: &str) -> String {
        let mut told = Vec::new();
        for step in script.split(',') {
            let (at, seen) = step.trim().split_once(' ').unwrap();
            let at_ms = at.parse().unwrap();
            let mut sight = Sight::default();
            let mut event = None;
            for word in seen.split_whitespace() {
                let (what, value) = word.split_at(1);
                let text = value.replace("ours", &ours(&keys()));
                match what {
                    "q" => sight.qr.push(found(Carrier::Qr, text)),
                    "b" => sight.bars = Some(found(Carrier::Ean13, text)),
                    "t" => event = Some(ScanEvent::Found(session.text(&text, at_ms))),
                    _ => {}
                }
            }
            let event = event.or_else(|| session.saw(sight, at_ms));
            told.extend(event.map(|event| format!("{at} {}", shown(&event))));
        }
        told.join(", ")
    }

    fn ours(keys: &CardKeys) -> String {
        K1::make(CardNumber::from_value(7).unwrap(), keys).to_string()
    }

    fn found(kind: Carrier, text: String) -> Found {
        Found { kind, text }
    }

    fn shown(event: &ScanEvent) -> &str {
        match event {
            ScanEvent::TryTorch => "torch",
            ScanEvent::TypeNumber => "type",
            ScanEvent::Found(scanned) => match &scanned.reading {
                Reading::Card(CardCode::Ours { .. }) => "ours",
                Reading::Card(CardCode::Nothing) => "nothing",
                Reading::Pairing => "pairing",
                Reading::Sheet => "sheet",
                Reading::Card(_) => &scanned.text,
            }
            .to_owned()
            .leak(),
        }
    }

    #[test]
    fn a_session_tells_what_a_person_needs() {
        let check = |script: &str, expected: &str| assert_eq!(play(script), expected, "{script}");
        check("0 qours", "0 ours");
        check("0 qmenu", "0 menu");
        // Of several codes one of ours goes first.
        check("0 qmenu qours qposter", "0 ours");

        // Hints: once each, counted from the first frame or the last code.
        check(
            "500 -, 3499 -, 3500 -, 4000 -, 5499 -, 5500 -, 9000 -",
            "3500 torch, 5500 type",
        );
        check("0 -, 60000 -, 60001 -, 60002 -", "60000 torch, 60001 type");
        check("0 -, 2900 qmenu, 5800 -, 5900 -", "2900 menu, 5900 torch");
        check(
            "0 -, 3000 -, 3100 tmenu, 6099 -, 6100 -",
            "3000 torch, 3100 menu, 6100 torch",
        );

        // The same value is one scan for two seconds, another value is another scan.
        check("0 qa, 66 qa, 1999 qa, 2000 qa", "0 a, 2000 a");
        check("0 qa, 66 qb, 132 qa", "0 a, 66 b, 132 a");
        // A card in view is no reason for a hint.
        check("0 qa, 1900 qa, 3100 -, 4899 -, 4900 -", "0 a, 4900 torch");

        // Bars need two equal reads within a second, more than of any other value.
        check("0 b1, 66 -, 132 b1", "132 1");
        check("0 b1, 1001 b1, 2001 b1", "2001 1");
        check("0 b1, 66 b2, 132 b3", "");
        check("0 b1, 66 b2, 132 b1, 198 b2, 264 b2", "132 1, 264 2");
        check("0 b1, 66 b2, 132 b2, 198 b1, 264 b1", "132 2, 264 1");
        // Bars beside a QR: the QR is the card.
        check("0 b1 qours, 66 b1 qours", "0 ours");

        // Typed and laser-read texts are believed at once, and twice if sent twice.
        check("0 t123, 1 t123", "0 123, 1 123");
        check("0 tours", "0 ours");
        check("0 t", "0 nothing");
        // A clock that jumps back is no reason to fall silent.
        check("9000 qa, 10 qa, 20 qb", "9000 a, 10 a, 20 b");
    }

    #[test]
    fn a_phone_without_a_shop_looks_for_the_way_into_one() {
        let check = |script: &str, expected: &str| {
            let session = ScanSession::without_shop(Box::new(Rxing));
            assert_eq!(play_on(session, script), expected, "{script}");
        };
        let card = ours(&keys());
        check("0 qours", &format!("0 {card}"));
        check("0 qKARTKA1:AAAA", "0 pairing");
        check("0 tkartka1:aaaa", "0 pairing");
        check("0 qKARTKASHEET1:7K2M0QXD5R9TB3FW8HNC4JPE0A", "0 sheet");
        // Of several codes the way in goes first.
        check("0 qours qKARTKA1:AAAA qmenu", "0 pairing");
        check("0 b1234567890128, 66 b1234567890128", "66 1234567890128");
        check("0 -, 3000 -, 5000 -", "3000 torch, 5000 type");
        // In a shop a card goes first.
        assert_eq!(play("0 qKARTKA1:AAAA qours"), "0 ours");
        assert_eq!(play("0 qKARTKA1:AAAA"), "0 pairing");
        assert_eq!(play("0 qkartkasheet1:aaaa qours"), "0 ours");
        assert_eq!(play("0 qkartkasheet1:aaaa"), "0 sheet");
    }

    #[test]
    fn bars_of_a_rival_are_not_confirmed_until_it_is_outnumbered() {
        let mut session = session();
        let read = |text: &str| found(Carrier::Ean13, text.to_owned());
        let mut ask = |text: &str, at| session.confirmed(read(text), at).is_some();
        assert!(!ask("right", 0));
        assert!(!ask("wrong", 100));
        // Two against one.
        assert!(ask("right", 200));
        // Two against two.
        assert!(!ask("wrong", 300));
        assert!(ask("right", 400));
        // All older reads are out of date.
        assert!(!ask("wrong", 2_000));
    }
}
