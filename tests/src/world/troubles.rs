//! Troubles of the script: what befalls a phone, the shop or the server at one moment.

use kartka_core::error::CoreError;
use kartka_core::store::{RequestId, StoreError};
use kartka_core::sync::Event;
use kartka_server::Rights;

use super::claim::Claim;
use super::counter::Tapped;
use super::dice::Dice;
use super::laws::{Law, Wrong};
use super::phone::Phone;
use super::plan::Class;
use super::street::{Happening, Street};
use super::time::{DAY, HOUR, MINUTE, SECOND};
use crate::vfs::Fault;

/// Phones with a copy, at most.
const COPIES: usize = 2;
/// Phones in a shop, at most.
const MOST: usize = 10;

impl Street {
    pub(super) fn trouble(
        &mut self,
        class: Class,
        no: usize,
        dice: &mut Dice,
    ) -> Result<(), Wrong> {
        match class {
            Class::Offline => self.goes_offline(no, dice.between(MINUTE, 3 * HOUR)),
            Class::Drawer => {
                self.world.tell(&format!("phone {no} is put into a drawer"));
                self.goes_offline(no, dice.between(DAY, 12 * DAY));
            }
            Class::OneWay => {
                self.world
                    .tell(&format!("phone {no} is heard and hears nothing"));
                self.phones[no].deaf_until =
                    self.world.time.now() + dice.between(10 * SECOND, 20 * MINUTE);
            }
            Class::SecondProgram => return self.second_program(no),
            Class::SickDisk => self.falls_sick(no, dice),
            Class::PutBack => return self.put_back(no),
            Class::Clone => return self.clone_phone(no),
            Class::LostLog => return self.lose_log(no),
            Class::Clock => self.set_clock(no, dice, 40 * DAY),
            Class::FarClock => self.set_clock(no, dice, 3_650 * DAY),
            Class::Drift => {
                let by = dice.between(-200, 200);
                self.world.tell(&format!(
                    "the clock of phone {no} goes wrong by {by} ‰ from now on"
                ));
                match dice.below(4) {
                    0 => self.phones[no].clock.freeze(),
                    _ => self.phones[no].clock.drift(by),
                }
            }
            Class::Reboot => {
                self.world
                    .tell(&format!("phone {no} is switched off and on"));
                self.phones[no].clock.reboot();
                return self.start_again(no);
            }
            Class::Spoil => {
                self.world.tell(&format!("sums of phone {no} are spoiled"));
                self.phones[no].cure();
                self.phones[no].spoil_sums()?;
                return self.step(no, Event::Tick);
            }
            Class::ServerRestart => {
                self.world.tell("the server starts again");
                self.server.restart()?;
            }
            Class::Erase => return self.erase_somebody(no, dice),
            Class::NewPhone => return self.pair_another(),
            Class::Restore => return self.restore(),
            Class::OldBox => return self.old_box(dice),
            Class::Hostile => return self.thief(no, dice),
            Class::Weeks => self.world.tell("the shop is closed for weeks"),
            _ => {}
        }
        Ok(())
    }

    /// Somebody new at the counter pairs a phone.
    fn pair_another(&mut self) -> Result<(), Wrong> {
        let no = self.phones.len();
        if no >= MOST {
            return Ok(());
        }
        let new = Phone::new(self.plan.seed, no, &self.world.time);
        let mut new = new.map_err(|e| format!("{e:?}"))?;
        let authority = self.server.authority();
        let code = authority.pairing("http://shop", Rights::Recent);
        let code = code.map_err(|e| e.to_string())?.to_text();
        let paired = new.shop().pair(
            RequestId([u8::try_from(no).unwrap_or(0); 16]),
            &code,
            &format!("Phone {no}"),
            &self.server,
        );
        paired.map_err(|e| format!("phone {no} does not pair: {e:?}"))?;
        let status = new.shop().sync_status().map_err(|e| e.to_string())?;
        new.number = i64::from(status.device.get());
        new.paired_in = self.server.epoch()?;
        self.world
            .tell(&format!("phone {no} is paired as {}", new.number));
        self.phones.push(new);
        self.step(no, Event::Tick)
    }

    fn erase_somebody(&mut self, no: usize, dice: &mut Dice) -> Result<(), Wrong> {
        let erased = self.world.erase(no, &mut self.phones[no], dice)?;
        self.world.summary.erased += u64::from(erased == Tapped::Confirmed);
        self.step(no, Event::LocalCommit)
    }

    fn goes_offline(&mut self, no: usize, ms: i64) {
        if std::mem::take(&mut self.phones[no].online) {
            self.world
                .tell(&format!("phone {no} is offline for {} min", ms / MINUTE));
            self.later(ms, Happening::Online { phone: no });
        }
    }

    fn second_program(&mut self, no: usize) -> Result<(), Wrong> {
        if self.phones[no].sick {
            return Ok(());
        }
        self.world
            .tell(&format!("a second program wants the data of phone {no}"));
        match self.phones[no].second_program() {
            Err(CoreError::Store(StoreError::Busy)) => Ok(()),
            Err(error) => Err(Wrong::of(Law::Sound, format!("phone {no}: {error:?}"))),
            Ok(()) => {
                let what = format!("two programs have the data of phone {no}");
                Err(Wrong::of(Law::S2, what))
            }
        }
    }

    fn falls_sick(&mut self, no: usize, dice: &mut Dice) {
        let faults = [Fault::Full, Fault::ReadOnly, Fault::Io];
        let fault = dice.pick(&faults).copied().unwrap_or(Fault::Full);
        self.world
            .tell(&format!("the disk of phone {no} is failing: {fault:?}"));
        self.phones[no].fall_sick(fault, dice.below(25));
        let wait = dice.between(SECOND, 5 * MINUTE);
        self.later(wait, Happening::Cured { phone: no });
    }

    fn set_clock(&mut self, no: usize, dice: &mut Dice, most: i64) {
        let skew = match dice.below(4) {
            0 => 0,
            1 => dice.between(-3 * HOUR, 3 * HOUR),
            _ => dice.between(-most, most),
        };
        let minutes = skew / MINUTE;
        self.world
            .tell(&format!("the clock of phone {no} is set {minutes} min off"));
        self.phones[no].clock.set_skew(skew);
    }

    fn start_again(&mut self, no: usize) -> Result<(), Wrong> {
        self.phones[no].cure();
        let started = self.phones[no].start();
        started.map_err(|e| Wrong::of(Law::Sound, format!("phone {no} does not start: {e:?}")))?;
        self.step(no, Event::Tick)
    }

    /// A copy of a phone's files is kept, or a kept one takes their place.
    fn put_back(&mut self, no: usize) -> Result<(), Wrong> {
        if self.phones[no].copy.is_none() {
            let confirmed = self.world.model.line(no).len();
            self.world.tell(&format!(
                "a copy is made of phone {no} after {confirmed} confirmed taps"
            ));
            self.phones[no].keep_copy();
            self.world.model.keep_copy(no);
            return Ok(());
        }
        self.phones[no].cure();
        self.phones[no].roll_back().map_err(|e| format!("{e:?}"))?;
        let gone = self.world.model.put_back(no);
        self.world.tell(&format!(
            "phone {no} is put back to its copy: {gone} taps are gone from it"
        ));
        self.turned_back(no)
    }

    /// A phone's files and secrets come to life on a second phone as well.
    fn clone_phone(&mut self, no: usize) -> Result<(), Wrong> {
        let copies = self.phones.iter().filter(|p| p.copy_of.is_some()).count();
        if copies >= COPIES {
            return Ok(());
        }
        let twin = self.phones.len();
        let cloned = self.phones[no].clone_to(self.plan.seed, twin, &self.world.time);
        let mut phone: Phone = cloned.map_err(|e| format!("{e:?}"))?;
        phone.copy_of = Some(no);
        self.phones[no].turned_back = true;
        self.phones.push(phone);
        self.world.model.copy(no, twin);
        self.world
            .tell(&format!("phone {twin} is made as a copy of phone {no}"));
        self.turned_back(twin)
    }

    /// The write-ahead log vanishes with the power: everything since the last start is gone.
    fn lose_log(&mut self, no: usize) -> Result<(), Wrong> {
        self.phones[no].cure();
        self.phones[no].lose_log().map_err(|e| format!("{e:?}"))?;
        let phone = &self.phones[no];
        let (requests, there) = (phone.requests()?, phone.entities()?);
        // Requests are kept for a week.
        let lately = self.world.time.now() - 6 * DAY;
        let knows = |claim: &Claim, id: i64| {
            let asked = requests.iter().any(|request| request[..8] == claim.mark);
            asked || (claim.at_ms < lately && there.contains(&id))
        };
        let gone = self.world.model.fall_back(no, phone.moves()?, knows);
        self.follow_aliases(no)?;
        self.world.tell(&format!(
            "phone {no} loses its log with the power: {gone} taps are gone from it"
        ));
        self.turned_back(no)
    }

    /// A phone goes on with other files than its own last ones.
    fn turned_back(&mut self, no: usize) -> Result<(), Wrong> {
        self.world.summary.put_back += 1;
        let restored = self.world.summary.restores > 0;
        let phone = &mut self.phones[no];
        let status = phone.shop().sync_status().map_err(|e| e.to_string())?;
        phone.number = i64::from(status.device.get());
        // Files from before a restore know nothing of it.
        (phone.followed, _) = phone.seen()?;
        phone.healing |= restored;
        self.step(no, Event::Tick)
    }
}
