//! Readable cases: a paragraph is a little story of one shop, line by line, and every `=` is a promise.
//!
//! ```text
//! L4 what ends sooner is spent first
//! programme bonus rate=5 expires=1
//! 2026-01-10 ann buys 100.00
//! 2026-02-10 ann buys 60.00
//! 2026-02-12 ann buys 20.00 using 600 = pays 14.00, Redeemed 600 600, Earned 70 1400
//! ann has = 270: 200 until 2026-03-31, 70 until 2026-03-31
//! ```
//! A line without `=` must simply be allowed.

mod authority;
mod campaigns;
mod limits;
mod office;
mod owed;
mod people;
mod points;
mod referral;
mod reserve;
mod unlinked;
mod vouchers;

use std::collections::BTreeMap;

use kartka_domain::authority::Decided;
use kartka_domain::codes::Code;
use kartka_domain::ids::{
    CustomerId, DeviceNo, InstrumentId, OutletId, ProgrammeVersion, PurchaseId,
};
use kartka_domain::ledger::EntryKind;
use kartka_domain::moment::{Date, DayOfYear, Moment};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Fact, Op};
use kartka_domain::programme::Programme;
use kartka_domain::purchase::{
    GoodsId, Quantity, Return, ReturnKind, ReturnedLine, VoidReason, returned_so_far,
};
use kartka_domain::quote::{
    Presented, Question, QuoteError, RewardTaken, Selling, Tender, attached, quote,
};
use kartka_domain::redeem::{CashStep, Connectivity};
use kartka_domain::refund::deduct::deduct;
use kartka_domain::refund::{Refund, Sold, everything_left, refund};
use kartka_domain::reservation::{Asset, Kept};
use kartka_domain::row::{InboxState, Row};

pub(crate) use campaigns::budgets;

use super::terms::instruments;
use super::words::{code, lines, money, pieces, position};
use super::{Book, Shop, noon};

/// Runs every paragraph of a file; a failure names each broken promise and prints both sides.
pub(crate) fn check_file(text: &str) {
    let (mut count, mut broken) = (0, Vec::new());
    for case in text.split("\n\n") {
        let mut lines = case
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'));
        let Some(title) = lines.next() else { continue };
        let mut story = Story::default();
        broken.extend(lines.filter_map(|line| check(title, &mut story, line)));
        count += 1;
    }
    assert!(count > 0 && broken.is_empty(), "{}", broken.join("\n"));
}

fn check(title: &str, story: &mut Story, line: &str) -> Option<String> {
    let (step, want) = match line.split_once(" = ") {
        Some((step, want)) => (step.trim(), Some(want.trim())),
        None => (line, None),
    };
    let got = story.step(step).trim().to_owned();
    let kept = match want {
        Some(want) => got == want,
        None => !got.contains("refused") && !got.contains('!'),
    };
    let want = want.unwrap_or("anything allowed");
    (!kept).then(|| format!("\n{title}\n  {step}\n    want {want}\n    got  {got}"))
}

/// One shop, its people by name and its receipts by number.
#[derive(Default)]
struct Story {
    shop: Shop,
    /// What a phone that is offline since then knows.
    remembered: Option<Shop>,
    today: Date,
    /// What the phone's clock says.
    wall: Date,
    people: BTreeMap<String, CustomerId>,
    receipts: Vec<PurchaseId>,
    /// The device of the next ops, less one.
    device: u32,
    birthdays: BTreeMap<CustomerId, DayOfYear>,
    /// Birthdays of relatives, of whoever buys.
    relatives: Vec<DayOfYear>,
    /// Minute of the day, where it is not noon.
    minute: Option<u16>,
    /// What phones without network have written.
    away: Vec<Op>,
    /// What each till was told that is kept for its receipt.
    promised: BTreeMap<u32, Vec<(Asset, Kept)>>,
}

impl Story {
    fn step(&mut self, line: &str) -> String {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if let Some(date) = words.first().and_then(|w| w.parse().ok()) {
            self.today = date;
            words.remove(0);
        }
        self.wall = self.today;
        if words.first() == Some(&"clock") {
            self.wall = words[1].parse().unwrap();
            words.drain(..2);
        }
        self.minute = None;
        if words.first() == Some(&"at") {
            let (hour, minute) = words[1].split_once(':').unwrap();
            let number = |text: &str| text.parse::<u16>().unwrap();
            self.minute = Some(number(hour) * 60 + number(minute));
            words.drain(..2);
        }
        let aware = words.first() != Some(&"unaware");
        if !aware {
            words.remove(0);
        }
        match words[..] {
            ["programme", ref terms @ ..] => self.publish(terms),
            ["remember"] => {
                self.remembered = Some(self.shop.clone());
                String::new()
            }
            ["sweep"] => self.sweep(),
            ["budget", "of", number] => campaigns::spent(&self.shop, number),
            ["points", "of", "receipt", number] => self.earned_by(number),
            ["till", number, ref what @ ..] => self.till(number, what),
            ["inbox"] => self.inbox(),
            ["away", name, "buys", ref what @ ..] => {
                let (said, op) = match self.sale(name, what, aware) {
                    Ok(sale) => sale,
                    Err(why) => return why,
                };
                self.away.push(op);
                said
            }
            ["away", name, "brings", friend] => {
                let op = self.brings(name, friend);
                self.away.push(op);
                String::new()
            }
            [name, "brings", friend] => self.bring(name, friend),
            [name, "friends"] => self.friends(name),
            [name, "has", "phone", number] => self.number(name, number),
            ["arrives"] => self.arrive(),
            ["unlinked", number, ref what @ ..] => self.judge(number, what),
            ["voucher" | "vouchers" | "give", ..] => self.voucher_step(&words, aware),
            ["adjust", ref what @ ..] => self.adjust(what),
            ["limits", ref terms @ ..] => self.limit(terms),
            ["staff", number, "is", name] => self.link(number, name),
            ["staff" | "role" | "device" | "by" | "says" | "flag", ..] => self.office(&words),
            ["receipt", number, ref what @ ..] => self.receipt(number, what, aware),
            ["card", number, "for", name] => self.bind(number, name),
            [one, "and", other, "are", "one"] => self.join(one, other),
            [one, "and", other, "are", "two"] => self.part(one, other),
            ["counter", outlet, operator] => {
                self.shop.counter = (outlet.parse().unwrap(), operator.parse().unwrap());
                String::new()
            }
            ["report"] => super::day::said(&self.shop, self.today),
            ["report", "beside", other] => {
                super::day::beside(&self.shop, self.today, other.parse().unwrap())
            }
            ["report", "of", what, number] => {
                super::day::part(&self.shop, self.today, what, number.parse().unwrap())
            }
            [name, "is", "born", day] => {
                let (month, day) = day.split_once('-').unwrap();
                let day = DayOfYear::new(month.parse().unwrap(), day.parse().unwrap());
                let person = self.person(name);
                self.birthdays.insert(person, day.unwrap());
                String::new()
            }
            ["evaluate"] => self.evaluate(),
            ["relative", "born", day] => {
                let (month, day) = day.split_once('-').unwrap();
                let day = DayOfYear::new(month.parse().unwrap(), day.parse().unwrap());
                self.relatives.push(day.unwrap());
                String::new()
            }
            [name, "is", "called", given] => self.call(name, given),
            [name, "is", "erased"] => self.erase(name),
            ["names"] => self.names(),
            [name, "buys", ref what @ ..] => self.buy(name, what, aware),
            [name, "returns", ref what @ ..] => self.return_unlinked(name, what),
            [name, "has"] => {
                let id = self.person(name);
                position(&self.shop.person(id))
            }
            [name, "keeps"] => {
                let id = self.person(name);
                let Ok(own) = Book::position(&self.shop, id);
                position(&own.unwrap_or_default())
            }
            [name, "may", "use", "on", total, ref how @ ..] => self.may_use(name, total, how),
            _ => panic!("unknown step: {line}"),
        }
    }

    /// Now, as the counter's clock shows it.
    fn moment(&self) -> Moment {
        self.minute
            .map_or(noon(self.wall), |minute| at_minute(self.wall, minute))
    }

    fn person(&mut self, name: &str) -> CustomerId {
        if let Some(id) = self.people.get(name) {
            return *id;
        }
        let id = self.shop.register(noon(self.today), Vec::new());
        self.people.insert(name.to_owned(), id);
        id
    }

    fn name(&self, id: CustomerId) -> &str {
        let found = self.people.iter().find(|(_, known)| **known == id);
        found.map_or("?", |(name, _)| name)
    }

    fn publish(&mut self, terms: &[&str]) -> String {
        let version = self.shop.programme_now().map_or(1, |p| p.version().0 + 1);
        match Programme::publish(ProgrammeVersion(version), instruments(terms)) {
            Ok(programme) => {
                self.shop
                    .own(noon(self.today), vec![Fact::Programme(programme)]);
                String::new()
            }
            Err(error) => format!("refused: {error}"),
        }
    }

    fn known(&self, aware: bool) -> Shop {
        if aware {
            self.shop.clone()
        } else {
            self.remembered.clone().unwrap()
        }
    }

    fn buy(&mut self, name: &str, what: &[&str], aware: bool) -> String {
        let (said, op) = match self.sale(name, what, aware) {
            Ok(sale) => sale,
            Err(why) => return why,
        };
        let at = at_minute(self.today, op.time.wall.minute);
        let before = self.before(&op);
        let decided = self.shop.order_at(&op, at);
        self.shop
            .reserved
            .retain(|one| one.1.receipt.request != op.request);
        let then = self.late(&op, &before, &decided) + &self.late_vouchers(&decided);
        format!("{said}{}{then}{}", verdicts(&decided), self.linked(&op))
    }

    /// What a till says of a sale, and the op that it writes; or why it does not.
    fn sale(&mut self, name: &str, what: &[&str], aware: bool) -> Result<(String, Op), String> {
        let customer = (name != "somebody").then(|| self.person(name));
        let known = self.known(aware);
        let person = customer.map(|id| (id, known.person(id)));
        let at = what
            .iter()
            .position(|w| !w.contains('.'))
            .unwrap_or(what.len());
        let (lines, how) = (lines(&what[..at]), &what[at..]);
        let after = |word: &str| {
            let at = how.iter().position(|w| *w == word)?;
            how.get(at + 1).map(|n| n.parse::<i64>().unwrap())
        };
        let programme = known.programme_now().unwrap();
        let reward = RewardTaken {
            instrument: InstrumentId(2),
            reward: u8::try_from(after("number").unwrap_or(1) - 1).unwrap(),
        };
        let all_after = |word: &str| {
            let pairs = how.windows(2).filter(|pair| pair[0] == word);
            pairs.map(|pair| pair[1]).collect::<Vec<_>>()
        };
        let till = after("till").map(|n| u32::try_from(n).unwrap());
        let used = self.used(&known, till);
        let spent = campaigns::budgets(&known, &programme);
        let codes = all_after("code");
        let number = |text: &&str| text.parse::<u32>().unwrap();
        let favourites = all_after("likes");
        let favourites: Vec<GoodsId> = favourites
            .iter()
            .map(|n| GoodsId(number(n).into()))
            .collect();
        let invited = all_after("invited");
        let invited: Vec<InstrumentId> = invited.iter().map(|n| InstrumentId(number(n))).collect();
        let paper = limits::paper(how);
        if let Some(why) = self.known_fiscal(&known, &paper) {
            return Err(why);
        }
        let limits = self.broken(&known, customer, &paper);
        let rewards = after("rewards").map_or_else(Vec::new, |n| vec![reward; n as usize]);
        let (laid, sold) = (
            self.laid(&known, how, customer),
            vouchers::sold(&what[..at]),
        );
        let presented: Vec<Presented<'_>> = laid.iter().map(vouchers::Laid::presented).collect();
        let selling: Vec<Selling<'_>> = sold.iter().map(vouchers::Sold::selling).collect();
        let ask = Question {
            customer: person.as_ref().map(|(id, position)| (*id, position)),
            birthday: customer.and_then(|id| self.birthdays.get(&id).copied()),
            outlet: OutletId(self.shop.counter.0),
            favourites: &favourites,
            relatives: &self.relatives,
            codes: &codes,
            invited: &invited,
            spend: Points(after("using").unwrap_or(0)),
            rewards: &rewards,
            cash: CashStep(Money(100)),
            presented: &presented,
            selling: &selling,
            limits: &limits,
            used: &used,
            spent: &spent,
            points_as: known.points_as(),
            reach: till.map_or(Connectivity::Authority, |till| self.reach_of(till)),
            ..Question::plain(&lines, &programme, self.moment())
        };
        let answer = match quote(&ask) {
            Ok(answer) => answer,
            Err(QuoteError::Refused(why)) => return Err(format!("refused {}", code(why))),
            Err(error) => return Err(format!("refused: {error}")),
        };
        let said = answer.said.iter().map(|c| format!(", {}", code(*c)));
        let said = format!("pays {}{}", money(answer.due), said.collect::<String>());
        let facts = answer.into_facts(Tender::Cash, paper).unwrap();
        let receipt = till.map(reserve::receipt);
        let device = receipt.map_or(self.device(), |receipt| receipt.device);
        let mut op = self.shop.op(device, self.moment(), facts);
        op.request = receipt.map_or(op.request, |receipt| receipt.request);
        self.receipts.push(PurchaseId(op.id.0));
        Ok((said, op))
    }

    fn receipt(&mut self, number: &str, what: &[&str], aware: bool) -> String {
        let id = self.receipts[number.parse::<usize>().unwrap() - 1];
        let known = self.known(aware);
        if let ["paid"] = what {
            return reserve::paid(&known, id);
        }
        if let ["is", "for", name] = what {
            return self.attach(id, name, &known);
        }
        let Ok(purchase) = known.purchase(id);
        let (purchase, Ok(returns)) = (purchase.unwrap(), known.returns(id));
        let (kind, lines) = match what {
            ["void"] => (
                ReturnKind::Void(VoidReason::Mistake),
                everything_left(&purchase, &returns).unwrap(),
            ),
            ["back", "all"] => (
                ReturnKind::Goods,
                everything_left(&purchase, &returns).unwrap(),
            ),
            ["back", parts @ ..] => (ReturnKind::Goods, returned(parts)),
            ["void", parts @ ..] => (ReturnKind::Void(VoidReason::Mistake), returned(parts)),
            _ => panic!("unknown return: {what:?}"),
        };
        let mut counted = self::refunded(&known, id, &lines);
        if let Some(customer) = purchase.earner() {
            let members = known.group_of(customer).into_iter().map(|member| {
                let Ok(position) = Book::position(&known, member);
                (member, position.unwrap_or_default())
            });
            let rules = known.programme_now().unwrap();
            let deducts = (&purchase, &rules);
            deduct(&mut counted, deducts, members.collect(), self.today).unwrap();
        }
        let back = Fact::Return {
            purchase: id,
            kind,
            lines,
        };
        let claims = counted.claims.into_iter().map(|(c, _)| Fact::Claim(c));
        let moves = counted.moves.into_iter().map(Fact::Move);
        let facts = std::iter::once(back).chain(claims).chain(moves).collect();
        let at = self.minute;
        let at = at.map_or(noon(self.today), |minute| at_minute(self.today, minute));
        let op = self.shop.op(self.device(), at, facts);
        let before = self.shop.clone();
        let people = self.before(&op);
        let decided = self.shop.order(&op);
        let owed = self.owed(&op);
        let then = self.late(&op, &people, &decided);
        format!("{}{owed}{then}", came_back(&before, &decided))
    }

    fn attach(&mut self, id: PurchaseId, name: &str, known: &Shop) -> String {
        let customer = self.person(name);
        let Ok(purchase) = known.purchase(id);
        let purchase = purchase.unwrap();
        let Ok(programme) = known.programme(purchase.programme);
        let programme = programme.unwrap();
        let position = known.person(customer);
        let spent = campaigns::budgets(known, &programme);
        let ask = Question {
            spent: &spent,
            customer: Some((customer, &position)),
            birthday: self.birthdays.get(&customer).copied(),
            outlet: purchase.outlet,
            ..Question::plain(&purchase.lines, &programme, purchase.at)
        };
        let Ok(returns) = known.returns(id);
        let back = returned_so_far(&purchase, &returns).unwrap();
        let claims = attached(&ask, &back).unwrap().claims;
        let fact = Fact::Attach {
            purchase: id,
            customer,
            read: None,
        };
        let facts = std::iter::once(fact).chain(claims.into_iter().map(Fact::Claim));
        let op = self
            .shop
            .op(DeviceNo::FOUNDER, noon(self.today), facts.collect());
        let (shop, people) = (self.shop.clone(), self.before(&op));
        let decided = self.shop.order(&op);
        let then = self.late(&op, &people, &decided);
        format!("{}{then}", came_back(&shop, &decided))
    }

    fn inbox(&self) -> String {
        let items = self.shop.all(|row| match row {
            Row::Inbox(item) => Some(code(item.code)),
            _ => None,
        });
        if items.is_empty() {
            return "nothing".to_owned();
        }
        items.join(", ")
    }
}

fn listed<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    let names: Vec<String> = names.map(|name| name.as_ref().to_owned()).collect();
    if names.is_empty() {
        return "nobody".to_owned();
    }
    names.join(", ")
}

fn returned(parts: &[&str]) -> Vec<ReturnedLine> {
    let part = |text: &&str| {
        let (line, quantity) = text.split_once('*').unwrap_or((text, "1"));
        ReturnedLine {
            line: line.parse::<u16>().unwrap() - 1,
            quantity: pieces(quantity),
        }
    };
    parts.iter().map(part).collect()
}

/// What returning `lines` comes to by what `known` knows.
pub(crate) fn refunded(known: &Shop, id: PurchaseId, lines: &[ReturnedLine]) -> Refund {
    let Ok(purchase) = known.purchase(id);
    let purchase = purchase.unwrap();
    let (Ok(returns), Ok(entries)) = (known.returns(id), known.entries(id));
    let (Ok(programme), Ok(moved)) = (known.programme(purchase.programme), known.moves(id));
    let sold = Sold {
        purchase: &purchase,
        entries: &entries,
        returns: &returns,
        programme: &programme.unwrap(),
        moved: &moved,
        vouchers: &known.vouchers_of(id),
    };
    refund(sold, lines).unwrap()
}

/// What a decided return or attaching moved: money of what counts, points and stamps.
fn came_back(before: &Shop, decided: &[Decided]) -> String {
    let mut said = Vec::new();
    for row in decided.iter().map(|d| &d.row) {
        match row {
            Row::Return(Return {
                purchase,
                verdict,
                claimed,
                kind: back_by,
                ..
            }) => {
                let counts = verdict.as_ref().map_or(claimed, |(lines, _)| lines);
                let counts: Vec<ReturnedLine> = counts
                    .iter()
                    .filter(|part| part.quantity > Quantity(0))
                    .copied()
                    .collect();
                said.push(money(match back_by {
                    ReturnKind::Settled(settled) => settled.money,
                    _ => {
                        let money = refunded(before, *purchase, &counts).money;
                        money.minus(deducted(decided)).unwrap()
                    }
                }));
            }
            Row::Entry(entry) => {
                let effect = entry.effect();
                if effect.points != Points::ZERO {
                    said.push(format!("{:+} points", effect.points.0));
                }
                if effect.stamps.0 != 0 {
                    said.push(format!("{:+} stamps", effect.stamps.0));
                }
            }
            Row::Moved(moved) => said.extend(vouchers::moved(before, moved)),
            _ => {}
        }
    }
    format!("{}{}", said.join(", "), verdicts(decided))
}

/// Money that paid for points in the place of going back.
fn deducted(decided: &[Decided]) -> Money {
    let paid = decided.iter().filter_map(|decided| match &decided.row {
        Row::Entry(entry) if entry.kind == EntryKind::Cleared => Some(entry.effect().value),
        _ => None,
    });
    Money::total(paid).unwrap()
}

/// What the authority set otherwise, and why.
fn verdicts(decided: &[Decided]) -> String {
    let why = |row: &Row| -> Option<Code> {
        match row {
            Row::Purchase(purchase) => purchase.refused,
            Row::Return(back) => back.verdict.as_ref().map(|(_, code)| *code),
            Row::Entry(entry) => entry.verdict.map(|(_, code)| code),
            Row::Moved(moved) => moved.verdict.map(|(_, code)| code),
            Row::Inbox(item) if item.state == InboxState::Open => Some(item.code),
            _ => None,
        }
    };
    let mut codes: Vec<String> = Vec::new();
    for said in decided.iter().filter_map(|d| why(&d.row)).map(code) {
        if !codes.contains(&said) {
            codes.push(said);
        }
    }
    codes.into_iter().map(|code| format!(" !{code}")).collect()
}

/// A minute of a day, its instant included.
fn at_minute(date: Date, minute: u16) -> Moment {
    let noon = noon(date);
    Moment {
        instant_ms: noon.instant_ms + (i64::from(minute) - i64::from(noon.minute)) * 60_000,
        minute,
        ..noon
    }
}
