//! Founding a business on this phone: it is the authority and needs no server (S7, sync §7).

use kartka_domain::business::{Device, DeviceState};
use kartka_domain::card::{
    CardKey, CardKeys, EmitterSlot, KeyId, NumberLength, PermutationKey, ShopTag,
};
use kartka_domain::founding::{Founding, ShopKind};
use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, OutletId, ProgrammeVersion, Seq};
use kartka_domain::op::Fact;
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::digest::DigestKey;
use kartka_protocol::keys::ShopKeys;

use crate::commit::{Draft, Ground, commit};
use crate::error::CoreError;
use crate::platform::Rng;
use crate::shop::{OWNER, Shop, moment};
use crate::store::{DeviceRow, HeadRow, RequestId, Standing};
use crate::sync::signer::DeviceSigner;

/// What the founder is asked.
#[derive(Debug, Clone)]
pub struct FoundRequest {
    /// The shop's name.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// What it sells.
    pub kind: ShopKind,
    /// The founder's name.
    pub owner: String,
}

impl Shop {
    /// Founds a business here: after this the first sale is possible.
    ///
    /// # Errors
    /// [`CoreError::AlreadyPaired`]; [`CoreError::Validation`] for a name or an unknown country;
    /// [`CoreError::Store`].
    pub fn found(&self, request: RequestId, form: &FoundRequest) -> Result<(), CoreError> {
        let rng = self.platform.rng.as_ref();
        let keys = draw_keys(rng);
        let mut facts = Founding {
            id: BusinessId(random(rng)),
            letters: keys.cards.tag().to_string(),
            name: &form.name,
            country: &form.country,
            kind: form.kind,
            owner: &form.owner,
        }
        .facts()?;
        let signer = DeviceSigner::load_or_make(&self.platform)?;
        facts.push(Fact::Device(Device {
            no: DeviceNo::FOUNDER,
            name: form.owner.trim().to_owned(),
            public_key: signer.public_key(),
            slot: Some(EmitterSlot::founder(NumberLength::Ten)),
            former: None,
            holder: OWNER,
            state: DeviceState::Active,
        }));
        self.store.write(|tx| {
            if tx.device()?.is_some() {
                return if tx.request(request)?.is_some() {
                    Ok(())
                } else {
                    Err(CoreError::AlreadyPaired)
                };
            }
            let (business, zone) = match (facts.first(), facts.get(1)) {
                (Some(Fact::Business(business)), Some(Fact::Outlet(outlet))) => {
                    (business.id, outlet.clone())
                }
                _ => {
                    return Err(CoreError::Unexpected {
                        what: "the founding facts",
                    });
                }
            };
            let at = moment(self.platform.clock.now_ms(), &zone)?;
            let device = DeviceRow {
                business,
                no: DeviceNo::FOUNDER,
                standing: Standing::Authority,
                outlet: OutletId(1),
                next_n: 1,
                chain: ChainValue::birth(business, DeviceNo::FOUNDER),
                slot: Some(EmitterSlot::founder(NumberLength::Ten)),
                slot_used: 0,
                server: None,
                identity: None,
                keys: keys.encode(),
            };
            tx.set_device(&device)?;
            tx.set_head(&first_head(rng, business, at.instant_ms))?;
            let ground = Ground {
                clock: self.platform.clock.as_ref(),
                rng,
                device: &device,
                keys: &keys,
            };
            let draft = Draft {
                request,
                operator: OWNER,
                outlet: OutletId(1),
                programme: ProgrammeVersion(1),
                at,
                facts,
                personal: Vec::new(),
            };
            commit(tx, &ground, draft)?;
            Ok(())
        })
    }
}

fn first_head(rng: &dyn Rng, business: BusinessId, now_ms: i64) -> HeadRow {
    HeadRow {
        epoch: Epoch {
            number: 1,
            random: u64::from_le_bytes(random(rng)),
        },
        seq: Seq(0),
        log: LogHash::birth(business),
        acked_op: 0,
        settled_op: 0,
        synced_ms: now_ms,
        lineage: Vec::new(),
        stopped: None,
    }
}

fn random<const N: usize>(rng: &dyn Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill(&mut bytes);
    bytes
}

fn draw_keys(rng: &dyn Rng) -> ShopKeys {
    let tag = ShopTag::from_bits(u32::from_le_bytes(random(rng)));
    let permutation = PermutationKey::from_bytes(random(rng));
    let first = KeyId::new(0).unwrap_or_else(|| unreachable!("key id 0 is below 8"));
    let cards = CardKeys::new(tag, permutation, first, CardKey::from_bytes(random(rng)));
    ShopKeys {
        cards,
        digest: DigestKey(random(rng)),
    }
}
