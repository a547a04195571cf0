//! Emissions and cards: making numbers, giving cards to customers, saying whose a scanned code is.

use kartka_domain::card::{Bearer, CardCode, CardNumber, Carrier, Emission, K1, Place};
use kartka_domain::codes::Code;
use kartka_domain::ids::CustomerId;
use kartka_domain::op::Fact;
use kartka_domain::rights::Permission;
use kartka_domain::row::CardState;
use kartka_protocol::holder::CardLink;

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId, Tx};

/// Whose a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// A card of this customer.
    Customer {
        /// Whose.
        customer: CustomerId,
        /// Its number.
        card: CardNumber,
    },
    /// A genuine card that nobody here has: blank, or given out on a phone that has not synced yet.
    NewCard {
        /// Its number.
        card: CardNumber,
    },
    /// A card that was blocked.
    Blocked {
        /// Its number.
        card: CardNumber,
    },
    /// A card of another shop that uses Kartka.
    OtherShop,
    /// Made by a key this phone does not know yet: sync, then scan again.
    UnknownKey,
    /// Looks like ours but is mistyped or forged.
    BadCode,
    /// No code of Kartka.
    NotOurs,
}

impl Shop {
    /// Makes a run of card numbers in this device's slot; says their numbers in order.
    ///
    /// # Errors
    /// [`CoreError::Validation`] when the slot is used up or the device has none; [`CoreError::Store`].
    pub fn emit(&self, request: RequestId, count: u32) -> Result<Vec<CardNumber>, CoreError> {
        let op = self.once(request, |tx, setting, _| {
            setting.needs(Permission::Cards)?;
            let (slot, first) = tx.take_places(setting, count)?;
            Ok(vec![Fact::Emission { slot, first, count }].into())
        })?;
        self.store.read(|r| {
            let setting = setting(r)?;
            let Some(kartka_domain::row::Row::Emission(made)) =
                r.row(kartka_domain::row::RowKind::Emission, op.get())?
            else {
                return Err(CoreError::NotFound);
            };
            let number = |counter| {
                Place::new(made.slot, counter).map(|p| p.number(setting.keys.cards.permutation()))
            };
            Ok((made.first..made.first + made.count)
                .map(number)
                .collect::<Result<_, _>>()?)
        })
    }

    /// Gives a card to a customer.
    ///
    /// # Errors
    /// [`CoreError::Duplicate`] when somebody else has it; [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn bind(
        &self,
        request: RequestId,
        card: CardNumber,
        customer: CustomerId,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Cards)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            match tx.card(card)? {
                Some(held) if tx.is_erased(held.customer)? => Err(Code::CardBlocked.into()),
                Some(held) if held.customer != customer => Err(CoreError::Duplicate {
                    existing: held.customer,
                }),
                _ => Ok(vec![Fact::Bind { card, customer }].into()),
            }
        })?;
        Ok(())
    }

    /// Gives the customer the next card of this device's emission.
    ///
    /// # Errors
    /// [`CoreError::NotFound`], [`CoreError::Validation`], [`CoreError::Store`].
    pub fn issue(&self, request: RequestId, customer: CustomerId) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Cards)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            Ok(vec![Fact::Bind {
                card: tx.next_card(setting)?,
                customer,
            }]
            .into())
        })?;
        Ok(())
    }

    /// Whose a scanned or typed code is.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn recognise(&self, carrier: Carrier, text: &str) -> Result<Recognised, CoreError> {
        self.store.read(|r| {
            let code = setting(r)?.keys.cards.read(carrier, text);
            r.recognise(&code)
        })
    }

    /// The K1 code of a card, as text.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn card_code(&self, card: CardNumber) -> Result<String, CoreError> {
        self.store
            .read(|r| Ok(K1::make(card, &setting(r)?.keys.cards).to_string()))
    }

    /// The link that hands a customer's card over to their own phone: shown to them as a QR, read by Kartka and, where the
    /// shop has a server, by any camera. Whoever has it sees the card, so it is for its holder's eyes.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for a card that nobody has; [`Code::CardBlocked`] also after an erasure; the refusal of
    /// the operator's role; [`CoreError::NotPaired`], [`CoreError::Store`].
    pub fn card_link(&self, number: CardNumber) -> Result<CardLink, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Register)?;
            let card = r.card(number)?.ok_or(CoreError::NotFound)?;
            if card.state == CardState::Blocked || r.is_erased(card.customer)? {
                return Err(Code::CardBlocked.into());
            }
            let cards = &setting.keys.cards;
            let missing = CoreError::Unexpected {
                what: "the card key",
            };
            let key = cards.key(cards.current()).ok_or(missing)?;
            Ok(CardLink {
                address: setting.device.server,
                tag: cards.tag(),
                code: K1::make(number, cards),
                secret: Bearer::of(number, key),
                shop: setting.business.name,
            })
        })
    }
}

impl Reader<'_> {
    /// Whose the code is that a scan session recognised.
    pub(crate) fn recognise(&self, code: &CardCode) -> Result<Recognised, CoreError> {
        let number = match code {
            CardCode::Ours { number, .. } => *number,
            CardCode::Linear { number } if self.card(*number)?.is_some() => *number,
            CardCode::OtherShop => return Ok(Recognised::OtherShop),
            CardCode::UnknownKey { .. } => return Ok(Recognised::UnknownKey),
            CardCode::BadMac => return Ok(Recognised::BadCode),
            CardCode::Linear { .. } | CardCode::Foreign(_) | CardCode::Nothing => {
                return Ok(Recognised::NotOurs);
            }
        };
        Ok(match self.card(number)? {
            None => Recognised::NewCard { card: number },
            // The number of an erased person is never bound again and shows nobody (sync §3).
            Some(card) if card.state == CardState::Blocked || self.is_erased(card.customer)? => {
                Recognised::Blocked { card: number }
            }
            Some(card) => Recognised::Customer {
                customer: card.customer,
                card: number,
            },
        })
    }
}

impl Tx<'_> {
    /// The next number of this device's slot that nobody has.
    pub(crate) fn next_card(&self, setting: &Setting) -> Result<CardNumber, CoreError> {
        let (slot, counter) = self.take_places(setting, 1)?;
        Ok(Place::new(slot, counter)?.number(setting.keys.cards.permutation()))
    }

    fn take_places(
        &self,
        setting: &Setting,
        count: u32,
    ) -> Result<(kartka_domain::card::EmitterSlot, u32), CoreError> {
        let no_slot = CoreError::Validation { field: Field::Card };
        let Some(slot) = setting.device.slot else {
            return Err(no_slot);
        };
        let mut emission = Emission::resume(slot, setting.device.slot_used);
        let first = emission.used();
        if emission.take(count).is_err() {
            return Err(no_slot);
        }
        self.use_slot(emission.used())?;
        Ok((slot, first))
    }
}
