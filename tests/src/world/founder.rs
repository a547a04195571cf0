//! A founding phone alone: it is its own authority, and only its machine can fail.

use kartka_core::usecase::found::FoundRequest;

use super::Summary;
use super::check;
use super::counter::{World, request};
use super::dice::Dice;
use super::laws::{Law, Wrong};

use super::phone::Phone;
use super::replay::{Place, replay};
use super::story::Failure;
use super::time::{HOUR, MINUTE, SECOND};

/// Taps of a seed.
const TAPS: u32 = 60;

/// Lives through a seed of one phone.
///
/// # Errors
/// [`Failure`] with the broken promise and the last steps.
pub fn run_alone(seed: u64) -> Result<Summary, Failure> {
    kartka_protocol::simulation::paper(!seed.is_multiple_of(4));
    let mut world = World::new(seed, super::story::KEPT);
    let lived = live(seed, &mut world);
    kartka_protocol::simulation::paper(false);
    match lived {
        Ok(()) => {
            world.summary.trace = world.story.trace();
            Ok(world.summary)
        }
        Err(wrong) => Err(Failure::new(seed, &wrong, &world.story)),
    }
}

fn live(seed: u64, world: &mut World) -> Result<(), Wrong> {
    let mut dice = Dice::new(seed, 2);
    let mut phone = Phone::new(seed, 0, &world.time).map_err(|e| e.to_string())?;
    let form = FoundRequest {
        name: "Shop".to_owned(),
        country: "UA".to_owned(),
        kind: world.kind,
        owner: "Owner".to_owned(),
    };
    let founded = phone.shop().found(request(&mut dice), &form);
    founded.map_err(|e| e.to_string())?;
    world.pile_of(&phone, 8, &mut dice)?;
    world.kill = 12;
    for n in 0..TAPS {
        let pause = match dice.below(10) {
            0 => dice.between(HOUR, 20 * HOUR),
            _ => dice.between(SECOND, 10 * MINUTE),
        };
        world.time.move_to(world.time.now() + pause);
        let skew = dice.between(-20 * MINUTE, 20 * MINUTE);
        if dice.percent(5) {
            phone.clock.set_skew(skew);
        }
        world.tap(0, &mut phone, &mut dice)?;
        if n % 8 == 7 {
            world.look_back(&phone, 0, &mut dice)?;
            phone.shop().idle().map_err(|e| e.to_string())?;
        }
    }
    prove(world, &phone)
}

fn prove(world: &mut World, phone: &Phone) -> Result<(), Wrong> {
    let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
    if status.outbox != 0 {
        let what = format!("an authority has {} ops to send", status.outbox);
        return Err(Wrong::of(Law::Live, what));
    }
    // An authority orders at once: the times of its own edits are never compared.
    let order = (1_i64..).zip(0..world.model.claims.len());
    let order = order.map(|(seq, claim)| Place {
        claim,
        seq,
        at_ms: seq,
        device: 1,
        seen: world.model.claims[claim].seen,
    });
    let expected = replay(&world.model, order, &[]);
    world.look_back_at_all(0, phone)?;
    for id in expected.receipts.keys() {
        check::shows_receipt(phone.shop(), *id, &expected)?;
    }
    for id in expected.first_of.keys() {
        check::shows_customer(phone.shop(), *id, &expected)?;
    }
    world.summary.merged += expected.merged();
    let digests = phone.shop().digests().map_err(|e| e.to_string())?;
    world.tell(&format!("the end: {} scopes", digests.len()));
    for (_, seq, digest) in digests {
        world.story.bytes(&seq.0.to_be_bytes());
        world.story.bytes(&digest);
    }
    Ok(())
}
