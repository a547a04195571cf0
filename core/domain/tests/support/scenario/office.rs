//! Steps about staff, roles and devices.
//!
//! `staff`, `role` and `device` are set by the business itself; after `says` they are an op of the device and of the
//! operator at it, and its answer is what the authority asks the owner, or what is so now.

use kartka_domain::authority::Decided;
use kartka_domain::business::{Device, DeviceState, Employment, Operator};
use kartka_domain::codes::Code;
use kartka_domain::ids::{DeviceNo, OperatorId, OutletId, RoleId};
use kartka_domain::ledger::About;
use kartka_domain::money::Points;
use kartka_domain::op::Fact;
use kartka_domain::rights::{Limits, Permission, Role};
use kartka_domain::row::{InboxState, Row};

use super::super::words::code;
use super::super::{Book, noon};
use super::{Story, verdicts};

impl Story {
    pub(super) fn device(&self) -> DeviceNo {
        DeviceNo::new(self.device + 1).unwrap()
    }

    pub(super) fn office(&mut self, words: &[&str]) -> String {
        match *words {
            ["by", "device", number] => {
                self.device = number.parse::<u32>().unwrap() - 1;
                String::new()
            }
            ["flag", "of", "receipt", number] => self.flag(number),
            ["says", "yes" | "leave", "about", name] => self.answer(words[1], name),
            ["says", ref what @ ..] => {
                let facts = vec![self.fact(what)];
                let op = self.shop.op(self.device(), noon(self.today), facts);
                let decided = self.shop.order(&op);
                changed(&decided)
            }
            ref what => {
                let facts = vec![self.fact(what)];
                self.shop.own(noon(self.today), facts);
                String::new()
            }
        }
    }

    /// Answers the open question about somebody's level.
    fn answer(&mut self, how: &str, name: &str) -> String {
        let customer = self.person(name);
        let items = self.shop.all(|row| match row {
            Row::Inbox(item) if item.customer == Some(customer) => Some(item.id),
            _ => None,
        });
        let item = *items.last().unwrap();
        let fact = match how {
            "yes" => Fact::Agree(item),
            _ => Fact::Close(item),
        };
        let op = self.shop.op(self.device(), noon(self.today), vec![fact]);
        let decided = self.shop.order(&op);
        let level = decided.iter().find_map(|decided| match &decided.row {
            Row::Entry(entry) if entry.verdict.is_none() => Some(entry.about),
            _ => None,
        });
        let waits = decided.iter().any(|decided| match &decided.row {
            Row::Inbox(item) => item.state == InboxState::Open,
            _ => false,
        });
        let said = match (level, waits) {
            (Some(About::Level(level)), _) => format!("level {level}"),
            (_, true) => "asked".to_owned(),
            _ => "stays".to_owned(),
        };
        let why = decided.iter().filter_map(|decided| match &decided.row {
            Row::Entry(entry) => entry.verdict.map(|(_, why)| format!(" !{}", code(why))),
            _ => None,
        });
        said + &why.collect::<String>()
    }

    fn fact(&self, words: &[&str]) -> Fact {
        match *words {
            ["staff", number, how, ref places @ ..] => {
                let id = OperatorId(number.parse().unwrap());
                let Ok(known) = Book::operator(&self.shop, id);
                let dismissed = how == "dismissed";
                Fact::Operator(Operator {
                    id,
                    name: format!("Operator {number}"),
                    role: match known {
                        Some(known) if dismissed => known.role,
                        _ => role_of(how),
                    },
                    customer: None,
                    outlets: outlets(places),
                    state: if dismissed {
                        Employment::Dismissed
                    } else {
                        Employment::Active
                    },
                    newer: None,
                })
            }
            ["role", name, ref terms @ ..] => Fact::Role(self.role(name, terms)),
            ["device", number, "revoked"] => Fact::Revoke {
                device: DeviceNo::new(number.parse().unwrap()).unwrap(),
                state: DeviceState::Revoked,
            },
            ["device", number, "held", "by", holder] => {
                let no: u32 = number.parse().unwrap();
                // Devices of the same tens share a key: incarnations.
                let key = u8::try_from(no / 10 * 10 + u32::from(no < 10) * no).unwrap();
                Fact::Device(Device {
                    no: DeviceNo::new(no).unwrap(),
                    name: format!("Till {number}"),
                    public_key: [key; 33],
                    slot: None,
                    former: None,
                    holder: OperatorId(holder.parse().unwrap()),
                    state: DeviceState::Active,
                })
            }
            _ => panic!("unknown office: {words:?}"),
        }
    }

    /// A new version of a role: `may=sell,redeem receipt=100 day=300 pin=50 void=5`.
    fn role(&self, name: &str, terms: &[&str]) -> Role {
        let id = role_of(name);
        let Ok(known) = Book::role(&self.shop, id);
        let mut role = known.or_else(|| Role::ready(id)).unwrap();
        role.version += 1;
        let points = |text: &str| Some(Points(text.parse().unwrap()));
        for term in terms {
            match term.split_once('=').unwrap() {
                ("may", all) => {
                    let word = |word: &str| {
                        let found = Permission::ALL.into_iter().find(|one| one.word() == word);
                        found.unwrap()
                    };
                    role.permissions = all.split(',').map(word).collect();
                }
                ("receipt", most) => role.limits.redeem_receipt = points(most),
                ("day", most) => role.limits.redeem_day = points(most),
                ("pin", above) => role.limits.pin_above = points(above),
                ("adjust", most) => role.limits.adjust_points = points(most),
                ("void", minutes) => {
                    role.limits = Limits {
                        void_minutes: minutes.parse().unwrap(),
                        ..role.limits
                    }
                }
                _ => panic!("unknown term: {term}"),
            }
        }
        role
    }

    fn flag(&self, number: &str) -> String {
        let id = self.receipts[number.parse::<usize>().unwrap() - 1];
        let Ok(purchase) = self.shop.purchase(id);
        let flags: Vec<String> = purchase.unwrap().flags.into_iter().map(code).collect();
        if flags.is_empty() {
            return "none".to_owned();
        }
        flags.join(", ")
    }
}

fn role_of(word: &str) -> RoleId {
    match word {
        "owner" => RoleId::OWNER,
        "manager" => RoleId::MANAGER,
        "cashier" => RoleId::CASHIER,
        _ => panic!("unknown role: {word}"),
    }
}

/// What an op of the office came to: what the owner is asked, or what is so now.
fn changed(decided: &[Decided]) -> String {
    let so = |row: &Row| match row {
        Row::Operator(operator) => Some(format!("{:?} {:?}", operator.role.0, operator.state)),
        Row::Role(role) => Some(format!("version {}", role.version)),
        Row::Device(device) => Some(format!("device {} {:?}", device.no, device.state)),
        _ => None,
    };
    let rows: Vec<String> = decided.iter().filter_map(|d| so(&d.row)).collect();
    let asked = decided.iter().any(|d| match &d.row {
        Row::Inbox(item) => matches!(item.code, Code::ActedWithoutRight { .. }),
        _ => false,
    });
    match (rows.is_empty(), asked) {
        (true, false) => "nothing".to_owned(),
        _ => format!("{}{}", rows.join(", "), verdicts(decided)),
    }
}

/// `in 1+2` are the outlets where a role counts; nothing = everywhere.
fn outlets(words: &[&str]) -> Vec<OutletId> {
    let ["in", all] = *words else {
        return Vec::new();
    };
    all.split('+')
        .map(|id| OutletId(id.parse().unwrap()))
        .collect()
}
