"""What the shop must come to: sets and sums of what the desks confirmed, with no code of the product in it."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field

# The ready bonus card: 5 % back in points of one minor unit, rounded down.
EARNED_PER_MINOR = (5, 100)


@dataclass
class Customer:
    card: str
    balance: int = 0
    visits: int = 0
    spent: int = 0


@dataclass
class Sale:
    purchase: str
    customer: str | None
    amount: int
    earned: int
    phone: int
    returned: bool = False


@dataclass
class Model:
    """All confirmed facts; safe to be told from several threads."""

    customers: dict[str, Customer] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def registered(self, answer: dict) -> None:
        with self.lock:
            assert answer["customer"] not in self.customers, f"registered twice: {answer}"
            self.customers[answer["customer"]] = Customer(answer["cards"][0])

    def sold(self, answer: dict, customer: str | None, amount: int, phone: int) -> None:
        earned = amount * EARNED_PER_MINOR[0] // EARNED_PER_MINOR[1] if customer else 0
        with self.lock:
            assert answer["purchase"] not in self.sales, f"one purchase for two sales: {answer}"
            self.sales[answer["purchase"]] = Sale(answer["purchase"], customer, amount, earned, phone)
            self.receipts[answer["date"]] += 1
            if customer:
                who = self.customers[customer]
                who.balance += earned
                who.visits += 1
                who.spent += amount

    def took_back(self, purchase: str) -> None:
        with self.lock:
            sale = self.sales[purchase]
            assert not sale.returned, f"returned twice: {sale}"
            sale.returned = True
            if sale.customer:
                who = self.customers[sale.customer]
                who.balance -= sale.earned
                who.spent -= sale.amount
                who.visits -= 1

    def own_sales(self, phone: int) -> list[Sale]:
        with self.lock:
            return [sale for sale in self.sales.values() if sale.phone == phone and not sale.returned]

    def revenue(self) -> int:
        return sum(sale.amount for sale in self.sales.values() if not sale.returned)
