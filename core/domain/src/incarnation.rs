//! A new incarnation: how the numbers of a copy that was rolled back or cloned move to a new device number.
//!
//! Arithmetic and nothing else (sync §12): `old << 40 | n → new << 40 | (n − fork + 1)` for n in fork…last. What an
//! op or a row names moves with it in one pass; every field is looked at here, so a new one can't be forgotten.

use crate::brought::{Brought, Counted};
use crate::business::{Device, Operator};
use crate::customer::{Consent, Customer};
use crate::ids::{
    BirthMark, CustomerId, DeviceNo, EntryId, Id, IdError, OpId, PurchaseId, ReturnId, VoucherId,
};
use crate::ledger::{About, Entry, Use};
use crate::op::{Claim, Fact, Notice, Op, Quarantine, ReturnUnlinked, Sale, Settlement};
use crate::purchase::{Purchase, Return, ReturnKind, Settled};
use crate::row::{Card, Emission, Erasure, Inbox, Merge, Row, Unlinked, UnlinkedState};
use crate::voucher::{Issued, Move, Moved, Origin, Voucher};

/// Where a device number comes from, when it is not a device's first (sync §12: kept for ever).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Former {
    /// The number before.
    pub device: DeviceNo,
    /// The first counter that moved; one above `last` when nothing did.
    pub fork: i64,
    /// The last counter that the copy had used when it asked.
    pub last: i64,
}

/// The numbers of one branch on their way to a new device number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renumbering {
    old: DeviceNo,
    fork: i64,
    last: i64,
    new: DeviceNo,
}

impl Renumbering {
    /// The counters `fork` to `last` of `old` become those from 1 of `new`; with `last` below `fork` nothing moves.
    ///
    /// # Errors
    /// [`IdError::Exhausted`] for counters that no device has.
    pub fn new(old: DeviceNo, fork: i64, last: i64, new: DeviceNo) -> Result<Self, IdError> {
        old.id(fork)?;
        if last >= fork {
            old.id(last)?;
        }
        Ok(Self {
            old,
            fork,
            last,
            new,
        })
    }

    /// The device number from now on.
    #[must_use]
    pub const fn device(&self) -> DeviceNo {
        self.new
    }

    /// Whether this number moves.
    #[must_use]
    pub fn moves(&self, id: Id) -> bool {
        let (_, id) = id.beside_of();
        id.device() == self.old && (self.fork..=self.last).contains(&id.counter())
    }

    /// The number in the new incarnation; any other id stays.
    #[must_use]
    pub fn id(&self, id: Id) -> Id {
        if !self.moves(id) {
            return id;
        }
        let (is_beside, of) = id.beside_of();
        // Not larger than a counter that `new` has checked.
        match self.new.id(of.counter() - self.fork + 1) {
            Ok(moved) if is_beside => moved.beside(),
            Ok(moved) => moved,
            Err(_) => id,
        }
    }

    fn customer(&self, id: CustomerId) -> CustomerId {
        CustomerId(self.id(id.0))
    }

    fn purchase(&self, id: PurchaseId) -> PurchaseId {
        PurchaseId(self.id(id.0))
    }

    fn entry(&self, id: EntryId) -> EntryId {
        EntryId(self.id(id.0))
    }

    /// The op under its new number, with everything it names moved; `mark` is its birth mark, which it keeps
    /// with the number it was born under through every re-issue (sync §2).
    #[must_use]
    pub fn op(&self, op: &Op, mark: BirthMark) -> Op {
        Op {
            id: OpId(self.id(op.id.0)),
            request: op.request,
            operator: op.operator,
            outlet: op.outlet,
            programme: op.programme,
            time: op.time,
            seen: op.seen,
            marks: op.marks.iter().map(|(id, m)| (self.id(*id), *m)).collect(),
            born: op.born.or(Some((op.id.0, mark))),
            facts: op.facts.iter().map(|fact| self.fact(fact)).collect(),
            personal: op.personal.clone(),
        }
    }

    /// A fact with the ids it names moved.
    #[must_use]
    pub fn fact(&self, fact: &Fact) -> Fact {
        map_ids(fact, &mut |id| self.id(id))
    }

    /// A row under its new key, with everything it names moved.
    #[must_use]
    pub fn row(&self, row: Row) -> Row {
        match row {
            Row::Customer(Customer {
                id,
                registered,
                outlet,
                profile,
            }) => Row::Customer(Customer {
                id: self.customer(id),
                registered,
                outlet,
                profile,
            }),
            Row::Position(customer, mut position) => {
                for asked in position.asked.values_mut() {
                    asked.item = EntryId(self.id(asked.item.0));
                }
                Row::Position(self.customer(customer), position)
            }
            Row::Card(Card {
                number,
                customer,
                state,
                bound_by,
            }) => Row::Card(Card {
                number,
                customer: self.customer(customer),
                state,
                bound_by: self.entry(bound_by),
            }),
            Row::Merge(Merge {
                id,
                a,
                b,
                reason,
                state,
                undone_by,
            }) => Row::Merge(Merge {
                id: self.entry(id),
                a: self.customer(a),
                b: self.customer(b),
                reason,
                state,
                undone_by: undone_by.map(|entry| self.entry(entry)),
            }),
            Row::Consent(consent) => Row::Consent(Consent {
                id: self.entry(consent.id),
                customer: self.customer(consent.customer),
                ..consent
            }),
            Row::Emission(Emission {
                id,
                slot,
                first,
                count,
            }) => Row::Emission(Emission {
                id: self.entry(id),
                slot,
                first,
                count,
            }),
            Row::Inbox(Inbox {
                id,
                code,
                customer,
                other,
                points,
                date,
                state,
            }) => Row::Inbox(Inbox {
                id: self.entry(id),
                code,
                customer: customer.map(|id| self.customer(id)),
                other: other.map(|id| self.customer(id)),
                points,
                date,
                state,
            }),
            Row::Purchase(purchase) => Row::Purchase(Purchase {
                id: self.purchase(purchase.id),
                customer: purchase.customer.map(|id| self.customer(id)),
                attached: purchase.attached.map(|id| self.customer(id)),
                ..purchase
            }),
            Row::Return(back) => Row::Return(Return {
                id: ReturnId(self.id(back.id.0)),
                purchase: self.purchase(back.purchase),
                kind: match back.kind {
                    ReturnKind::Settled(settled) => ReturnKind::Settled(Settled {
                        of: ReturnId(self.id(settled.of.0)),
                        ..settled
                    }),
                    kind => kind,
                },
                ..back
            }),
            Row::Unlinked(unlinked) => Row::Unlinked(self.unlinked_row(unlinked)),
            Row::Entry(entry) => Row::Entry(self.entry_row(entry)),
            Row::Voucher(voucher) => Row::Voucher(self.voucher_row(voucher)),
            Row::Moved(moved) => Row::Moved(Moved {
                id: self.entry(moved.id),
                voucher: VoucherId(self.id(moved.voucher.0)),
                purchase: moved.purchase.map(|id| self.purchase(id)),
                ..moved
            }),
            Row::Erasure(Erasure { customer, by, date }) => Row::Erasure(Erasure {
                customer: self.customer(customer),
                by: self.entry(by),
                date,
            }),
            Row::Brought(brought) => Row::Brought(self.brought_row(brought)),
            Row::Operator(operator) => Row::Operator(Operator {
                customer: operator.customer.map(|id| self.customer(id)),
                ..operator
            }),
            other @ (Row::Business(_)
            | Row::Outlet(_)
            | Row::Device(Device { .. })
            | Row::Programme(_)
            | Row::Role(_)
            | Row::NotedVisits(_)
            | Row::CouponUses(_)
            | Row::CampaignSpent(_)
            | Row::ErasureDone(_)) => other,
        }
    }

    fn voucher_row(&self, voucher: Voucher) -> Voucher {
        Voucher {
            id: VoucherId(self.id(voucher.id.0)),
            holder: voucher.holder.map(|id| self.customer(id)),
            purchase: voucher.purchase.map(|id| self.purchase(id)),
            origin: origin_through(voucher.origin, &mut |id| self.id(id)),
            ..voucher
        }
    }

    fn unlinked_row(&self, unlinked: Unlinked) -> Unlinked {
        let customer = unlinked.back.customer.map(|id| self.customer(id));
        Unlinked {
            id: ReturnId(self.id(unlinked.id.0)),
            back: ReturnUnlinked {
                customer,
                ..unlinked.back
            },
            state: match unlinked.state {
                UnlinkedState::Linked(id) => UnlinkedState::Linked(self.purchase(id)),
                state => state,
            },
            ..unlinked
        }
    }

    fn brought_row(&self, brought: Brought) -> Brought {
        Brought {
            id: self.entry(brought.id),
            friend: self.customer(brought.friend),
            referrer: self.customer(brought.referrer),
            counted: brought.counted.map(|counted| Counted {
                purchase: counted.purchase.map(|id| self.purchase(id)),
                ..counted
            }),
            ..brought
        }
    }

    fn entry_row(&self, entry: Entry) -> Entry {
        let uses = entry.uses.into_iter().map(|one| Use {
            member: self.customer(one.member),
            ..one
        });
        Entry {
            id: self.entry(entry.id),
            customer: self.customer(entry.customer),
            purchase: entry.purchase.map(|id| self.purchase(id)),
            about: about_through(entry.about, &mut |id| self.id(id)),
            uses: uses.collect(),
            ..entry
        }
    }
}

fn origin_through(origin: Origin, map: &mut dyn FnMut(Id) -> Id) -> Origin {
    match origin {
        Origin::Change(before) => Origin::Change(VoucherId(map(before.0))),
        origin @ (Origin::Sold { .. } | Origin::Given) => origin,
    }
}

fn about_through(about: About, map: &mut dyn FnMut(Id) -> Id) -> About {
    match about {
        About::Brought(id) => About::Brought(EntryId(map(id.0))),
        about @ (About::Nothing
        | About::Earned(_)
        | About::Reward(_)
        | About::Used(_)
        | About::Member { .. }
        | About::Level(_)
        | About::Adjusted(_)) => about,
    }
}

/// A fact with every id it names passed through `map`.
pub fn map_ids(fact: &Fact, map: &mut dyn FnMut(Id) -> Id) -> Fact {
    match fact {
        Fact::Edit(customer) => Fact::Edit(CustomerId(map(customer.0))),
        Fact::Erase(customer) => Fact::Erase(CustomerId(map(customer.0))),
        Fact::Merge { a, b } => Fact::Merge {
            a: CustomerId(map(a.0)),
            b: CustomerId(map(b.0)),
        },
        Fact::Unmerge { edge, of } => Fact::Unmerge {
            edge: EntryId(map(edge.0)),
            of: CustomerId(map(of.0)),
        },
        Fact::Consent {
            customer,
            purpose,
            channel,
            wording,
            will,
        } => Fact::Consent {
            customer: CustomerId(map(customer.0)),
            purpose: *purpose,
            channel: *channel,
            wording: *wording,
            will: *will,
        },
        Fact::Bind { card, customer } => Fact::Bind {
            card: *card,
            customer: CustomerId(map(customer.0)),
        },
        Fact::Sale(Sale {
            customer,
            receipt,
            lines,
            parts,
            read,
            fiscal,
            confirmed,
        }) => Fact::Sale(Sale {
            customer: customer.map(|id| CustomerId(map(id.0))),
            receipt: receipt.clone(),
            lines: lines.clone(),
            parts: *parts,
            read: *read,
            fiscal: fiscal.clone(),
            confirmed: *confirmed,
        }),
        Fact::Return {
            purchase,
            kind,
            lines,
        } => Fact::Return {
            purchase: PurchaseId(map(purchase.0)),
            kind: *kind,
            lines: lines.clone(),
        },
        Fact::Attach {
            purchase,
            customer,
            read,
        } => Fact::Attach {
            purchase: PurchaseId(map(purchase.0)),
            customer: CustomerId(map(customer.0)),
            read: *read,
        },
        Fact::Claim(Claim {
            customer,
            instrument,
            kind,
            effect,
            lot,
            about,
        }) => Fact::Claim(Claim {
            customer: CustomerId(map(customer.0)),
            instrument: *instrument,
            kind: *kind,
            effect: *effect,
            lot: *lot,
            about: about_through(*about, map),
        }),
        Fact::Issue(issued) => Fact::Issue(Issued {
            holder: issued.holder.map(|id| CustomerId(map(id.0))),
            origin: origin_through(issued.origin, map),
            ..issued.clone()
        }),
        Fact::Move(Move { voucher, act }) => Fact::Move(Move {
            voucher: VoucherId(map(voucher.0)),
            act: *act,
        }),
        Fact::Notice(Notice { about, code }) => Fact::Notice(Notice {
            about: about.map(|id| EntryId(map(id.0))),
            code: *code,
        }),
        Fact::Settle {
            device,
            up_to,
            decision,
        } => Fact::Settle {
            device: *device,
            up_to: map(*up_to),
            decision: *decision,
        },
        Fact::Operator(operator) => Fact::Operator(Operator {
            customer: operator.customer.map(|id| CustomerId(map(id.0))),
            ..operator.clone()
        }),
        Fact::ReturnUnlinked(back) => Fact::ReturnUnlinked(ReturnUnlinked {
            customer: back.customer.map(|id| CustomerId(map(id.0))),
            ..back.clone()
        }),
        Fact::SettleReturn { of, how } => Fact::SettleReturn {
            of: ReturnId(map(of.0)),
            how: match how {
                Settlement::Link(id) => Settlement::Link(PurchaseId(map(id.0))),
                how => *how,
            },
        },
        Fact::Owed(purchase) => Fact::Owed(PurchaseId(map(purchase.0))),
        Fact::Refer { friend, referrer } => Fact::Refer {
            friend: CustomerId(map(friend.0)),
            referrer: CustomerId(map(referrer.0)),
        },
        Fact::SettleReferral { of, refused } => Fact::SettleReferral {
            of: EntryId(map(of.0)),
            refused: *refused,
        },
        Fact::Close(item) => Fact::Close(EntryId(map(item.0))),
        Fact::Agree(item) => Fact::Agree(EntryId(map(item.0))),
        Fact::LevelNotKept {
            customer,
            instrument,
            level,
        } => Fact::LevelNotKept {
            customer: CustomerId(map(customer.0)),
            instrument: *instrument,
            level: *level,
        },
        Fact::Quarantine(waiting) => Fact::Quarantine(Quarantine {
            first: EntryId(map(waiting.first.0)),
            upto: map(waiting.upto),
            ..*waiting
        }),
        Fact::Register
        | Fact::Emission { .. }
        | Fact::Business(_)
        | Fact::Outlet(_)
        | Fact::Programme(_)
        | Fact::Device(_)
        | Fact::Role(_)
        | Fact::Revoke { .. }
        | Fact::Visits(_)
        | Fact::ErasureDone { .. } => fact.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn no(n: u32) -> DeviceNo {
        DeviceNo::new(n).unwrap()
    }

    #[test]
    fn only_the_numbers_of_the_branch_move_and_they_begin_at_one() {
        let moved = Renumbering::new(no(3), 8, 12, no(9)).unwrap();
        for (device, n, to, at) in [
            (3, 7, 3, 7),
            (3, 8, 9, 1),
            (3, 12, 9, 5),
            (3, 13, 3, 13),
            (4, 8, 4, 8),
            (9, 8, 9, 8),
        ] {
            let (id, want) = (no(device).id(n).unwrap(), no(to).id(at).unwrap());
            assert_eq!(moved.id(id), want, "{device}:{n}");
            let (asked, want) = (EntryId(id).beside(), EntryId(want).beside());
            assert_eq!(
                moved.entry(asked),
                want,
                "what is asked beside {device}:{n}"
            );
        }
    }

    #[test]
    fn a_copy_without_sales_of_its_own_moves_nothing() {
        let nothing = Renumbering::new(no(3), 8, 7, no(9)).unwrap();
        for n in 1..20 {
            let id = no(3).id(n).unwrap();
            assert_eq!(nothing.id(id), id);
        }
        assert_eq!(
            Renumbering::new(no(3), 0, 7, no(9)),
            Err(IdError::Exhausted)
        );
    }
}
