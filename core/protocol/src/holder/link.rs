//! The text that hands a card over to its holder's phone: the K1 address of the card, its bearer secret and the name of
//! the shop (cards §1, §4).
//!
//! `https://HOST/BBBB/CODE?s=SECRET#NAME` where the shop has a server: any camera opens the card's page with it. Without
//! one `kartka:/BBBB/CODE?s=SECRET#NAME`: the code works and the balance is shown at the counter. `kartka:` may stand
//! before a whole address too, for a page that hands over to the app. The name comes after `#`, so no server is told it.

use kartka_domain::card::{Bearer, K1, K1Text, ShopTag};

use crate::limits;

const SCHEME: &str = "kartka:";
/// Stands for the host of a card without a server while its path is read.
const NO_HOST: &str = "https://kartka";
/// Characters of the name: enough to tell two cards apart, few enough for a QR that a phone reads at once.
const NAME: usize = 24;

/// Why a text hands no card over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Something else altogether.
    #[error("this is not a link to a card")]
    NotALink,
    /// A card's code or address without the secret: it may be shown at a counter, and tells nothing.
    #[error("this is a card's code, not the link to it")]
    NoSecret,
    /// Longer than any link.
    #[error("this text is too long for a link to a card")]
    TooLong,
}

/// A card that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLink {
    /// Where the authority is reached: `http(s)://HOST`, without a slash at the end; none for a shop without a server.
    pub address: Option<String>,
    /// The shop's letters.
    pub tag: ShopTag,
    /// What the counter scans.
    pub code: K1,
    /// What opens the snapshot.
    pub secret: Bearer,
    /// The shop as its customers know it; may be empty.
    pub shop: String,
}

impl CardLink {
    /// The link's text. An address that is more than scheme and host is left out: a card's address has no room for it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let head = match self.address.as_deref().and_then(origin) {
            Some(address) => address,
            None => SCHEME.to_owned(),
        };
        let (tag, code) = (self.tag, self.code.characters());
        let secret = self.secret.to_text();
        let mut text = format!("{head}/{tag}/{code}?s={secret}");
        let name = escape(&self.shop);
        if !name.is_empty() {
            text.push('#');
            text.push_str(&name);
        }
        text
    }

    /// Reads a scanned, opened or pasted text.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > limits::CARD_LINK {
            return Err(LinkError::TooLong);
        }
        let text = text.trim();
        let ours = text
            .get(..SCHEME.len())
            .filter(|head| head.eq_ignore_ascii_case(SCHEME))
            .map(|_| &text[SCHEME.len()..]);
        let (rest, name) = split(ours.unwrap_or(text), '#');
        let (place, query) = split(rest, '?');
        let bare = ours.is_some() && place.starts_with('/');
        let whole = if bare {
            format!("{NO_HOST}{place}")
        } else {
            place.to_owned()
        };
        let K1Text::Code { code, tag } = K1::parse(&whole) else {
            return Err(LinkError::NotALink);
        };
        let secret = query.split('&').find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.eq_ignore_ascii_case("s").then(|| Bearer::parse(value))
        });
        let secret = secret.flatten().ok_or(LinkError::NoSecret)?;
        let address = if bare { None } else { host_of(place) };
        if !bare && address.is_none() {
            return Err(LinkError::NotALink);
        }
        Ok(Self {
            address,
            tag: tag.ok_or(LinkError::NotALink)?,
            code,
            secret,
            shop: unescape(name),
        })
    }
}

/// What stands before and after the first `mark`.
fn split(text: &str, mark: char) -> (&str, &str) {
    text.split_once(mark).unwrap_or((text, ""))
}

/// Scheme and host of a server's address, if there is nothing else in it.
fn origin(address: &str) -> Option<String> {
    let address = address.trim_end_matches('/');
    let found = host_of(address)?;
    (found.len() == address.len()).then_some(found)
}

/// Scheme and host at the beginning of a web address, in small letters.
fn host_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split('/').next()?.to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let good = !host.is_empty() && host.chars().all(plain);
    let address = format!("{scheme}://{host}");
    let web = matches!(scheme.as_str(), "http" | "https");
    (web && good && address.len() <= limits::ADDRESS).then_some(address)
}

/// A name as it may stand in a link: its first characters, everything but letters, digits and `-._~` by its bytes.
fn escape(name: &str) -> String {
    let mut text = String::new();
    let shown = name.trim().chars().filter(|c| !c.is_control());
    for c in shown.take(NAME) {
        if c.is_ascii_alphanumeric() || "-._~".contains(c) {
            text.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// The name that was escaped; a damaged one is no name, and no reason to lose a card.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let byte = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match byte {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    let name = String::from_utf8(bytes).unwrap_or_default();
    let shown = name.chars().filter(|c| !c.is_control());
    shown.take(NAME).collect::<String>().trim().to_owned()
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
