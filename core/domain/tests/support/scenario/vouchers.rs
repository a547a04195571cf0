//! Steps about gift certificates and coupons with numbers.
//!
//! `ann buys 30.00 with GIFT-1:20.00 change GIFT-2 offline` lays a voucher on the counter, of which at most 20.00 may
//! pay; `give 3 GIFT-1 50.00 to ann` issues one; `voucher GIFT-1` says how it stands.

use kartka_domain::authority::{Book, lapse};
use kartka_domain::ids::{CustomerId, InstrumentId, VoucherId};
use kartka_domain::money::Money;
use kartka_domain::op::Fact;
use kartka_domain::programme::Instrument;
use kartka_domain::quote::{Asked, Presented, Selling, Whose};
use kartka_domain::voucher::{
    Act, Issued, Move, MoveKind, Moved, Origin, Voucher, VoucherCode, VoucherNumber, VoucherReason,
    VoucherState,
};

use super::super::words::{amount, money};
use super::super::{Shop, noon};
use super::Story;

/// A voucher on the counter.
pub(super) struct Laid {
    voucher: Voucher,
    of: Instrument,
    most: Option<Money>,
    change: Option<VoucherNumber>,
    whose: Whose,
    asked: Asked,
}

impl Laid {
    pub(super) fn presented(&self) -> Presented<'_> {
        Presented {
            voucher: &self.voucher,
            of: &self.of,
            most: self.most,
            change: self.change.as_ref(),
            whose: self.whose,
            asked: self.asked,
        }
    }
}

/// A certificate that is sold.
pub(super) struct Sold {
    line: u16,
    number: VoucherNumber,
}

impl Sold {
    pub(super) fn selling(&self) -> Selling<'_> {
        Selling {
            line: self.line,
            number: Some(&self.number),
            holder: None,
        }
    }
}

fn number(text: &str) -> VoucherNumber {
    VoucherNumber::Code(VoucherCode::new(text).unwrap())
}

/// The lines that sell certificates with a number.
pub(super) fn sold(words: &[&str]) -> Vec<Sold> {
    let sold = |(word, line): (&&str, u16)| {
        let (_, code) = word.split_once('!')?.1.split_once(':')?;
        Some(Sold {
            line,
            number: number(code),
        })
    };
    words.iter().zip(0_u16..).filter_map(sold).collect()
}

/// `+20.00 voucher`: what a return moved.
pub(super) fn moved(before: &Shop, moved: &Moved) -> Option<String> {
    let Ok(known) = before.voucher(moved.voucher);
    let coupon = known.is_some_and(|one| one.nominal == Money::ZERO);
    let sign = if moved.effect().0 < 0 { "" } else { "+" };
    match moved.kind {
        MoveKind::Restore if coupon && moved.counts() => Some("voucher back".to_owned()),
        _ if moved.effect() == Money::ZERO => None,
        _ => Some(format!("{sign}{} voucher", money(moved.effect()))),
    }
}

fn standing(voucher: &Voucher) -> String {
    let last = voucher.last_day;
    let last = last.map_or(String::new(), |last| format!(" until {last}"));
    let state = match voucher.state {
        VoucherState::Issued => "issued",
        VoucherState::Used => "used",
        VoucherState::Expired => "expired",
        VoucherState::Cancelled => "cancelled",
    };
    let (left, nominal) = (money(voucher.balance), money(voucher.nominal));
    format!("{left} of {nominal}{last}, {state}")
}

impl Story {
    /// The vouchers that a receipt is paid with.
    pub(super) fn laid(&self, known: &Shop, how: &[&str], who: Option<CustomerId>) -> Vec<Laid> {
        let all_after = |word: &str| {
            let pairs = how.windows(2).filter(|pair| pair[0] == word);
            pairs.map(|pair| pair[1]).collect::<Vec<_>>()
        };
        let change = all_after("change");
        let offline = how.contains(&"offline");
        let lay = |text: &&str| {
            let (code, most) = text
                .split_once(':')
                .map_or((*text, None), |(c, m)| (c, Some(m)));
            let Ok(found) = known.voucher_with(&number(code));
            let Ok(voucher) = known.voucher(found.unwrap());
            let voucher = voucher.unwrap();
            let Ok(programme) = known.programme(voucher.programme);
            let of = programme.unwrap().instrument(voucher.instrument).cloned();
            let theirs = voucher.holder.is_none() || voucher.holder == who;
            Laid {
                of: of.unwrap(),
                most: most.map(amount),
                change: change.first().map(|code| number(code)),
                whose: if theirs {
                    Whose::Theirs
                } else {
                    Whose::Anothers
                },
                asked: if offline { Asked::No } else { Asked::Yes },
                voucher,
            }
        };
        all_after("with").iter().map(lay).collect()
    }

    pub(super) fn numbered(&self, text: &str) -> VoucherId {
        let Ok(found) = self.shop.voucher_with(&number(text));
        found.unwrap()
    }

    pub(super) fn voucher_step(&mut self, words: &[&str], aware: bool) -> String {
        let code = |code: &str| number(code);
        match *words {
            ["vouchers", "sweep"] => {
                let vouchers = self.shop.vouchers();
                let facts = lapse::sweep_vouchers(vouchers.iter(), self.today);
                if facts.is_empty() {
                    return "nothing".to_owned();
                }
                let decided = self.shop.own(noon(self.today), facts);
                super::came_back(&self.shop.clone(), &decided)
            }
            ["give", of, text, ref rest @ ..] => {
                let holder = match rest {
                    [.., "to", name] => Some(self.person(name)),
                    _ => None,
                };
                let nominal = rest.first().filter(|word| word.contains('.'));
                let issued = Issued {
                    instrument: InstrumentId(of.parse().unwrap()),
                    number: Some(code(text)),
                    holder,
                    nominal: nominal.map_or(Money::ZERO, |text| amount(text)),
                    origin: Origin::Given,
                };
                self.voucher_op(Fact::Issue(issued))
            }
            ["voucher", text] => {
                let Ok(found) = self.shop.voucher_with(&code(text));
                let Ok(voucher) = self.shop.voucher(found.unwrap());
                standing(&voucher.unwrap())
            }
            ["voucher", text, ref what @ ..] => {
                let known = self.known(aware);
                let Ok(found) = known.voucher_with(&code(text));
                let Ok(voucher) = known.voucher(found.unwrap());
                let voucher = voucher.unwrap();
                let act = match what {
                    ["extended", "until", day] => Act::Extend {
                        until: Some(day.parse().unwrap()),
                        revived: voucher.lapsed,
                        why: VoucherReason::Goodwill,
                    },
                    ["cancelled"] => Act::Cancel(voucher.balance, VoucherReason::Mistake),
                    _ => panic!("unknown step of a voucher: {what:?}"),
                };
                self.voucher_op(Fact::Move(Move {
                    voucher: voucher.id,
                    act,
                }))
            }
            _ => panic!("unknown step: {words:?}"),
        }
    }

    fn voucher_op(&mut self, fact: Fact) -> String {
        let op = self.shop.op(self.device(), noon(self.today), vec![fact]);
        let before = self.shop.clone();
        let decided = self.shop.order(&op);
        super::came_back(&before, &decided)
    }

    /// What the authority gives back of expired vouchers after late uses.
    pub(super) fn late_vouchers(
        &mut self,
        decided: &[kartka_domain::authority::Decided],
    ) -> String {
        let facts = lapse::revive_vouchers(decided).unwrap();
        if facts.is_empty() {
            return String::new();
        }
        let day = self.posted();
        let decided = self.shop.own(noon(day), facts);
        format!(", {}", super::came_back(&self.shop.clone(), &decided))
    }
}
