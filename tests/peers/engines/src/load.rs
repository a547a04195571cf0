//! The mix of sync §10 as rows that any engine can hold: what a purchase, its entries, a customer and an edit say.

/// A row of the mix.
#[derive(Clone)]
pub(crate) enum Row {
    /// Customer, family name, given name, phone.
    Customer {
        id: u64,
        family: &'static str,
        given: &'static str,
        phone: String,
    },
    /// A new name of a customer.
    Edit { customer: u64, given: &'static str },
    /// Purchase, customer, minor units, business day.
    Purchase {
        id: u64,
        customer: u64,
        total: i64,
        day: i64,
        at_ms: i64,
    },
    /// Entry, purchase, customer, kind, points.
    Entry {
        id: u64,
        purchase: u64,
        customer: u64,
        kind: i64,
        points: i64,
    },
}

const GIVEN: [&str; 6] = ["Олена", "Тарас", "Ірина", "Богдан", "Софія", "Андрій"];
const FAMILY: [&str; 6] = [
    "Коваль",
    "Шевченко",
    "Бондар",
    "Мельник",
    "Кравець",
    "Лисенко",
];

/// Draws the same mix again and again.
pub(crate) struct Mix {
    drawn: u64,
    next: u64,
    customers: Vec<u64>,
}

impl Mix {
    pub(crate) fn new() -> Self {
        Self {
            drawn: 7,
            next: 1,
            customers: Vec::new(),
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.drawn = self.drawn.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.drawn ^ (self.drawn >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed >> 33) % below
    }

    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn pick(&mut self, list: [&'static str; 6]) -> &'static str {
        list[self.draw(6) as usize]
    }

    /// The rows of one op: 70 % sales with earn, 10 % with points spent too, 5 % returns, 10 % edits, 5 % registrations.
    pub(crate) fn op(&mut self) -> Vec<Row> {
        let kind = if self.customers.is_empty() {
            99
        } else {
            self.draw(100)
        };
        if kind >= 95 {
            let id = self.id();
            self.customers.push(id);
            let phone = format!("+38067{:07}", self.draw(10_000_000));
            return vec![Row::Customer {
                id,
                family: self.pick(FAMILY),
                given: self.pick(GIVEN),
                phone,
            }];
        }
        let at = self.draw(self.customers.len() as u64) as usize;
        let customer = self.customers[at];
        if kind >= 85 {
            return vec![Row::Edit {
                customer,
                given: self.pick(GIVEN),
            }];
        }
        let total = 1_000 + self.draw(50_000) as i64;
        let total = if kind >= 80 { -total } else { total };
        let purchase = self.id();
        let at_ms = 1_795_000_000_000 + purchase as i64 * 61_000;
        let mut rows = vec![Row::Purchase {
            id: purchase,
            customer,
            total,
            day: 20_775,
            at_ms,
        }];
        if (70..80).contains(&kind) {
            let id = self.id();
            rows.push(Row::Entry {
                id,
                purchase,
                customer,
                kind: 2,
                points: -total / 50,
            });
        }
        let id = self.id();
        rows.push(Row::Entry {
            id,
            purchase,
            customer,
            kind: 1,
            points: total / 20,
        });
        rows
    }
}
