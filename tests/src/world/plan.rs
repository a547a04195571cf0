//! What a seed's world is made of, drawn before anything happens: how many phones, who taps what when, which faults
//! it knows and how often each comes.
//!
//! A world with every fault at once hides what one fault alone would show, so each seed draws its own mixture (swarm
//! testing). Everything is decided from the seed and the place of an event in the script, never from what happened
//! before: so a shrinker can leave an event out and the others stay what they were.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::story::KEPT;
use super::time::{DAY, HOUR, MINUTE, SECOND};

/// Taps of a seed (sync §10).
const TAPS: u64 = 300;
/// Fault classes of a seed, at least (sync §10).
const CLASSES: usize = 6;

/// One class of faults (sync §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Messages vanish.
    Loss,
    /// Messages come twice.
    Twice,
    /// Messages come late, after younger ones.
    Late,
    /// The server answers and the answer vanishes.
    AnswerLost,
    /// Messages end in the middle.
    Cut,
    /// One bit of a message is wrong.
    Flipped,
    /// A café's log-in page answers.
    Portal,
    /// An earlier answer comes again.
    OldAnswer,
    /// For a while only one direction works.
    OneWay,
    /// For a while nothing works.
    Offline,
    /// A phone's program or battery ends in the middle of a step.
    Kill,
    /// A phone lies in a drawer for days.
    Drawer,
    /// A second program opens the same data.
    SecondProgram,
    /// A phone's disk is full, read-only or failing for a while.
    SickDisk,
    /// A phone's files are replaced by older ones.
    PutBack,
    /// A phone's files are copied to a second phone.
    Clone,
    /// The write-ahead log is lost.
    LostLog,
    /// A phone's clock is wrong by hours or days.
    Clock,
    /// A phone's clock is wrong by up to ten years, or jumps.
    FarClock,
    /// A phone's clock drifts or stands still.
    Drift,
    /// A phone is switched off and on.
    Reboot,
    /// A phone's sums are spoiled.
    Spoil,
    /// The server's machine stops in the middle of a request.
    ServerKill,
    /// The server's process is started again.
    ServerRestart,
    /// The server is lost and its backup is put back.
    Restore,
    /// A server that was lost is started again beside the new one.
    OldBox,
    /// Somebody is erased.
    Erase,
    /// One phone more is paired.
    NewPhone,
    /// The shop is closed for weeks.
    Weeks,
    /// An enrolled phone lies.
    Hostile,
    /// The server was founded by a newer version, whose rows this one can't read.
    Newer,
}

/// Every class, in the order of their numbers.
pub const CLASSES_ALL: [Class; 31] = [
    Class::Loss,
    Class::Twice,
    Class::Late,
    Class::AnswerLost,
    Class::Cut,
    Class::Flipped,
    Class::Portal,
    Class::OldAnswer,
    Class::OneWay,
    Class::Offline,
    Class::Kill,
    Class::Drawer,
    Class::SecondProgram,
    Class::SickDisk,
    Class::PutBack,
    Class::Clone,
    Class::LostLog,
    Class::Clock,
    Class::FarClock,
    Class::Drift,
    Class::Reboot,
    Class::Spoil,
    Class::ServerKill,
    Class::ServerRestart,
    Class::Restore,
    Class::OldBox,
    Class::Erase,
    Class::NewPhone,
    Class::Weeks,
    Class::Hostile,
    Class::Newer,
];

impl Class {
    /// Most percent of the messages, steps or taps that it comes upon; 0 = it is there or not.
    const fn most(self) -> u64 {
        match self {
            Self::Loss | Self::AnswerLost => 25,
            Self::Twice | Self::Late => 25,
            Self::Cut | Self::Flipped | Self::OldAnswer => 10,
            Self::Portal => 15,
            Self::Kill | Self::ServerKill => 8,
            Self::Newer => 0,
            _ => 3,
        }
    }

    /// Whether it comes as an event of its own in the script.
    const fn is_event(self) -> bool {
        matches!(
            self,
            Self::OneWay
                | Self::Offline
                | Self::Drawer
                | Self::SecondProgram
                | Self::SickDisk
                | Self::PutBack
                | Self::Clone
                | Self::LostLog
                | Self::Clock
                | Self::FarClock
                | Self::Drift
                | Self::Reboot
                | Self::Spoil
                | Self::ServerRestart
                | Self::Restore
                | Self::OldBox
                | Self::Erase
                | Self::NewPhone
                | Self::Weeks
                | Self::Hostile
        )
    }
}

/// How the world comes to rest after its rough time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Healing {
    /// The phones are told that the network is back, and have 60 s.
    Told,
    /// Timers alone lead there: the longest wait after failures, then 60 s.
    Timers,
}

/// One thing that somebody does, or that happens to somebody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// Milliseconds after the shop opened first.
    pub(super) at_ms: i64,
    pub(super) what: What,
    pub(super) phone: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Tap,
    Trouble(Class),
    /// The owner revokes the phone.
    Theft,
    /// The owner changes a rule.
    Rules,
    /// Somebody comes to the phone, or the owner changes the staff.
    Staff,
    /// Points are spent that the server is asked to keep first.
    Online,
    /// An outbox leaves as a file, one is brought, or somebody leaves the shop.
    File,
    /// A customer has brought somebody.
    Friend,
}

/// A world before it begins.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) seed: u64,
    /// Lines of its story that a failure tells.
    pub(super) told: usize,
    pub(super) phones: usize,
    /// Real ciphers; else plain files and paper signatures.
    pub(super) encrypted: bool,
    pub(super) healing: Healing,
    /// The business was founded on the first phone, and came to the server after a while.
    pub(super) founded_alone: bool,
    /// Points live a month or two here, so that they end while phones lie in drawers.
    pub(super) short_lived: bool,
    /// Operators come and go.
    pub(super) staffed: bool,
    /// Points are spent only after the server was asked to keep them.
    pub(super) online: bool,
    /// Outboxes leave as files.
    pub(super) filed: bool,
    /// Customers are thanked for bringing others.
    pub(super) friends: bool,
    /// Percent of the pushes after which others are poked.
    pub(super) pokes: u64,
    /// How often each class comes; 0 = not in this world.
    rates: [u64; CLASSES_ALL.len()],
    script: Vec<Planned>,
    /// Places in the script that a shrinker has left out.
    left_out: BTreeSet<usize>,
}

impl Plan {
    /// The world of a seed, with at most `most` phones (4 to 8).
    #[must_use]
    pub fn of(seed: u64, most: usize) -> Self {
        let mut dice = Dice::new(seed, 11);
        let most = i64::try_from(most.clamp(4, 8)).unwrap_or(4);
        let mut rates = [0; CLASSES_ALL.len()];
        while rates.iter().filter(|rate| **rate > 0).count() < CLASSES {
            for (rate, class) in rates.iter_mut().zip(CLASSES_ALL) {
                let drawn = 1 + dice.below(class.most().max(1));
                *rate = if dice.percent(40) { drawn } else { 0 };
            }
        }
        // What is lost with a phone's file and its server both is gone, and hides what either loss alone would show: one of
        // three such worlds has both.
        if rates[Class::Restore as usize] > 0 && !Dice::new(seed, 30).percent(33) {
            for class in [Class::PutBack, Class::Clone, Class::LostLog] {
                rates[class as usize] = 0;
            }
        }
        // What the copies and the former files of a stolen phone send is another story, and what nobody decided about in
        // ninety days is refused.
        let mut theft = Dice::new(seed, 16);
        let stolen = theft.percent(10);
        if stolen {
            let other = [
                Class::PutBack,
                Class::Clone,
                Class::LostLog,
                Class::Restore,
                Class::Weeks,
            ];
            for class in other {
                rates[class as usize] = 0;
            }
        }
        // What ends wants months to pass.
        let short_lived = !stolen && Dice::new(seed, 17).percent(15);
        if short_lived {
            rates[Class::Weeks as usize] = rates[Class::Weeks as usize].max(2);
        }
        // A business that comes to a server was founded by this version.
        let founded_alone = Dice::new(seed, 13).percent(15) && rates[Class::Newer as usize] == 0;
        let mut plan = Self {
            seed,
            founded_alone,
            short_lived,
            staffed: false,
            online: false,
            filed: false,
            friends: false,
            told: KEPT,
            phones: usize::try_from(dice.between(4, most)).unwrap_or(4),
            encrypted: seed % 4 == 3,
            healing: match dice.below(3) {
                0 => Healing::Timers,
                _ => Healing::Told,
            },
            pokes: [0, 10, 25][usize::try_from(dice.below(3)).unwrap_or(0)],
            rates,
            script: Vec::new(),
            left_out: BTreeSet::new(),
        };
        plan.write_script(TAPS + dice.below(31));
        if stolen {
            plan.write_theft(&mut theft);
        }
        plan.write_rules();
        plan.write_staff();
        plan.write_online();
        plan.write_files();
        plan.write_friends();
        plan
    }

    /// The same world, of whose story a failure tells so many lines.
    #[must_use]
    pub fn telling(self, told: usize) -> Self {
        Self { told, ..self }
    }

    /// Whether the world knows a class of faults.
    #[must_use]
    pub fn knows(&self, class: Class) -> bool {
        self.rate(class) > 0
    }

    /// Whether phones are put back, copied or lose their log.
    pub(super) fn turns_back(&self) -> bool {
        let ways = [Class::PutBack, Class::Clone, Class::LostLog];
        ways.into_iter().any(|class| self.knows(class))
    }

    /// Whether real ciphers are used.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// How often a class comes, in percent; 0 = never.
    pub(super) fn rate(&self, class: Class) -> u64 {
        self.rates[class as usize]
    }

    /// The classes this world knows.
    pub(super) fn classes(&self) -> impl Iterator<Item = Class> {
        let known = |class: &Class| self.rate(*class) > 0;
        CLASSES_ALL.into_iter().filter(known)
    }

    /// The script without what was left out, with each event's place.
    pub(super) fn script(&self) -> impl Iterator<Item = (usize, Planned)> {
        let kept = |(place, _): &(usize, Planned)| !self.left_out.contains(place);
        self.script.iter().copied().enumerate().filter(kept)
    }

    /// The dice of one event: whatever happened before, it throws the same.
    pub(super) fn dice_at(&self, place: usize) -> Dice {
        Dice::new(self.seed, 10_000 + place as u64)
    }

    /// The same world without a class of faults.
    pub(super) fn without_class(&self, class: Class) -> Self {
        let mut plan = self.clone();
        plan.rates[class as usize] = 0;
        let gone = self
            .script()
            .filter(|(_, p)| p.what == What::Trouble(class));
        plan.left_out.extend(gone.map(|(place, _)| place));
        plan
    }

    /// The same world without some events.
    pub(super) fn without(&self, places: &[usize]) -> Self {
        let mut plan = self.clone();
        plan.left_out.extend(places);
        plan
    }

    /// The same world with its last phones gone, and what happened on them.
    pub(super) fn with_phones(&self, phones: usize) -> Self {
        let mut plan = self.clone();
        plan.phones = phones;
        let gone = self.script().filter(|(_, p)| p.phone >= phones);
        plan.left_out.extend(gone.map(|(place, _)| place));
        plan
    }

    /// Somebody steals a phone that is not the owner's.
    fn write_theft(&mut self, dice: &mut Dice) {
        let victim = usize::try_from(dice.below(self.phones as u64 - 1)).unwrap_or(0) + 1;
        let place = dice.place(self.script.len()).unwrap_or(0);
        let theft = Planned {
            what: What::Theft,
            phone: victim,
            ..self.script[place]
        };
        self.script.insert(place, theft);
    }

    /// In one world of five the owner changes rules, behind everything else: no other event has another place for it.
    fn write_rules(&mut self) {
        let mut dice = Dice::new(self.seed, 18);
        if !dice.percent(20) {
            return;
        }
        for _ in 0..=dice.below(5) {
            self.behind(&mut dice, What::Rules, |_| Some(0));
        }
    }

    /// Puts an event behind everything else, at the time of another one and on its phone if `phone` says none: so no other
    /// event has another place for it.
    fn behind(
        &mut self,
        dice: &mut Dice,
        what: What,
        phone: impl FnOnce(&mut Dice) -> Option<usize>,
    ) {
        let place = dice.place(self.script.len()).unwrap_or(0);
        let at = self.script[place];
        let phone = phone(dice).unwrap_or(at.phone);
        self.script.push(Planned { what, phone, ..at });
    }

    /// In one world of six operators come and go, behind everything else as well.
    fn write_staff(&mut self) {
        let mut dice = Dice::new(self.seed, 19);
        self.staffed = dice.percent(16);
        if !self.staffed {
            return;
        }
        let phones = self.phones;
        for _ in 0..dice.between(20, 40) {
            self.behind(&mut dice, What::Staff, |dice| dice.place(phones));
        }
    }

    /// In about one world of nine points are spent online only; what a restored server keeps is another story.
    fn write_online(&mut self) {
        let mut dice = Dice::new(self.seed, 21);
        self.online = dice.percent(18) && self.rate(Class::Restore) == 0;
        if !self.online {
            return;
        }
        let phones = self.phones;
        for _ in 0..dice.between(40, 80) {
            self.behind(&mut dice, What::Online, |dice| dice.place(phones));
        }
    }

    /// In one world of nine outboxes leave as files, of whoever is at work just then.
    fn write_files(&mut self) {
        let mut dice = Dice::new(self.seed, 23);
        self.filed = dice.percent(11);
        if !self.filed {
            return;
        }
        for _ in 0..dice.between(20, 50) {
            self.behind(&mut dice, What::File, |_| None);
        }
    }

    /// In about one world of ten customers bring others; not where lots end, operators come and go, or a backup is put back.
    fn write_friends(&mut self) {
        let mut dice = Dice::new(self.seed, 25);
        let other = self.short_lived || self.staffed || self.rate(Class::Restore) > 0;
        self.friends = dice.percent(24) && !other;
        if !self.friends {
            return;
        }
        let phones = self.phones;
        for _ in 0..dice.between(30, 60) {
            self.behind(&mut dice, What::Friend, |dice| dice.place(phones));
        }
    }

    /// Taps in bursts at one phone, pauses between them, and troubles among them.
    fn write_script(&mut self, taps: u64) {
        let mut dice = Dice::new(self.seed, 12);
        let mut at_ms = SECOND;
        let mut phone = 0;
        for _ in 0..taps {
            at_ms += if dice.percent(78) {
                dice.between(20, 280)
            } else {
                phone = dice.place(self.phones).unwrap_or(0);
                match dice.below(20) {
                    0 => dice.between(HOUR, 60 * HOUR),
                    1..=3 => dice.between(4 * MINUTE, HOUR),
                    4..=8 => dice.between(30 * SECOND, 4 * MINUTE),
                    _ => dice.between(SECOND, 20 * SECOND),
                }
            };
            let what = What::Tap;
            self.script.push(Planned { at_ms, what, phone });
            for class in CLASSES_ALL.into_iter().filter(|class| class.is_event()) {
                let phone = dice.place(self.phones).unwrap_or(0);
                if dice.percent(self.rates[class as usize]) {
                    let what = What::Trouble(class);
                    self.script.push(Planned { at_ms, what, phone });
                    // Points live twelve months as the shop was founded: they end in the worlds that say so.
                    if class == Class::Weeks && at_ms < 300 * DAY {
                        at_ms += dice.between(7 * DAY, 40 * DAY);
                    }
                }
            }
        }
    }
}
