//! Steps about friends who were brought: `ann brings bob`, `ann friends`, `ann has phone 501112233`.

use kartka_domain::brought::Brought;
use kartka_domain::customer::{Phone, ProfileGroup};
use kartka_domain::ids::{DeviceNo, EntryId};
use kartka_domain::op::{Fact, Op};

use super::super::noon;
use super::super::words::code;
use super::{Book as _, Story};

impl Story {
    /// What a counter writes when somebody says who brought them.
    pub(super) fn brings(&mut self, name: &str, friend: &str) -> Op {
        let (referrer, friend) = (self.person(name), self.person(friend));
        let fact = Fact::Refer { friend, referrer };
        self.shop.op(self.device(), noon(self.today), vec![fact])
    }

    /// Says what has become of it at once.
    pub(super) fn bring(&mut self, name: &str, friend: &str) -> String {
        let op = self.brings(name, friend);
        self.shop.order(&op);
        let Ok(row) = self.shop.brought(EntryId(op.id.0));
        row.map_or("nothing".to_owned(), |row| said(&row))
    }

    /// Whom somebody brought, and what came of it.
    pub(super) fn friends(&mut self, name: &str) -> String {
        let referrer = self.person(name);
        let Ok(all) = self.shop.brought_by(referrer);
        let each = all
            .iter()
            .map(|row| format!("{} {}", self.name(row.friend), said(row)));
        let each: Vec<String> = each.collect();
        match each.is_empty() {
            true => "nobody".to_owned(),
            false => each.join("; "),
        }
    }

    pub(super) fn number(&mut self, name: &str, number: &str) -> String {
        let customer = self.person(name);
        let at = noon(self.today);
        let mut op = self
            .shop
            .op(DeviceNo::FOUNDER, at, vec![Fact::Edit(customer)]);
        let phone = Phone::parse(number, "380").unwrap();
        op.personal
            .push((0, vec![ProfileGroup::Phones(vec![phone])]));
        self.shop.order(&op);
        String::new()
    }
}

fn said(row: &Brought) -> String {
    let mut parts = Vec::new();
    if let Some(counted) = &row.counted {
        parts.push("counts".to_owned());
        let given = |word: &str, thanks: kartka_domain::brought::Thanks| {
            let (points, from) = (thanks.effect.points.0, thanks.lot.available_on);
            format!("{word} {points} from {from}")
        };
        parts.extend(counted.reward.map(|thanks| given("gives", thanks)));
        parts.extend(counted.welcome.map(|thanks| given("welcome", thanks)));
        parts.extend(counted.unpaid.map(|why| format!("unpaid {}", code(why))));
    }
    parts.extend(row.refused.map(|why| format!("refused {}", code(why))));
    match parts.is_empty() {
        true => "waits".to_owned(),
        false => parts.join(" "),
    }
}
