//! A founding phone alone: it is its own authority, and only its machine can fail.

use kartka_core::usecase::found::FoundRequest;

use super::Summary;
use super::check::{self, Wrong};
use super::counter::World;
use super::model::replay;
use super::phone::Phone;
use super::story::Failure;
use super::time::{HOUR, MINUTE, SECOND};

/// Taps of a seed.
const TAPS: u32 = 60;

pub(crate) fn run(seed: u64) -> Result<Summary, Failure> {
    let mut world = World::new(seed);
    match live(seed, &mut world) {
        Ok(()) => {
            world.summary.trace = world.story.trace();
            Ok(world.summary)
        }
        Err(reason) => Err(Failure::new(seed, reason, &world.story)),
    }
}

fn live(seed: u64, world: &mut World) -> Result<(), Wrong> {
    let mut phone = Phone::new(seed, 0, &world.time).map_err(|e| e.to_string())?;
    let form = FoundRequest {
        name: "Shop".to_owned(),
        country: "UA".to_owned(),
        kind: world.kind(),
        owner: "Owner".to_owned(),
    };
    let request = world.request();
    let founded = phone.shop().found(request, &form);
    founded.map_err(|e| e.to_string())?;
    world.pile_of(&phone, 8)?;
    world.kill = 12;
    for n in 0..TAPS {
        let pause = match world.dice.below(10) {
            0 => world.dice.between(HOUR, 20 * HOUR),
            _ => world.dice.between(SECOND, 10 * MINUTE),
        };
        world.time.move_to(world.time.now() + pause);
        let skew = world.dice.between(-20 * MINUTE, 20 * MINUTE);
        if world.dice.percent(5) {
            phone.clock.set_skew(skew);
        }
        world.tap(0, &mut phone)?;
        if n % 8 == 7 {
            world.look_back(0, &phone)?;
            phone.shop().idle().map_err(|e| e.to_string())?;
        }
    }
    prove(world, &phone)
}

fn prove(world: &mut World, phone: &Phone) -> Result<(), Wrong> {
    let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
    if status.outbox != 0 {
        return Err(format!("an authority has {} ops to send", status.outbox));
    }
    let order = (1_i64..).zip(&world.model.claims);
    let expected = replay(order);
    world.look_back_at_all(0, phone)?;
    check::shows_all(phone.shop(), &expected)?;
    world.summary.merged += expected.merged();
    let digests = phone.shop().digests().map_err(|e| e.to_string())?;
    world.tell(&format!("the end: {} scopes", digests.len()));
    for (_, seq, digest) in digests {
        world.story.bytes(&seq.0.to_be_bytes());
        world.story.bytes(&digest);
    }
    Ok(())
}
