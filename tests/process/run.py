"""A shop of real processes over bad lines: desks and server are killed at any moment, lines lose, delay, double and
cut packets, and at the end every purchase, balance and digest is as the desks' own confirmations say.

    cargo xtask test --only process          two minutes
    cargo xtask nightly --only process       thirty

The plan of what is done comes from a seed; when a process dies within its work does not, so a failure is told by its
story and by the data, which are kept.
"""

from __future__ import annotations

import argparse
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from line import BAD, CUT, FAIR, Net
from model import Model
from shop import Phone, Refused, Server

# How long a line stays as it is, and how long a server lives, in seconds.
WEATHER_S = (0.5, 5.0)
SERVER_LIVES_S = (1.0, 8.0)
# A try at the end goes on until the line has had time for all of it.
LAST_SYNCS = 8


class Run:
    """One shop, its trouble, and what was confirmed in it."""

    def __init__(self, folder: Path, phones: int, seed: int):
        self.folder, self.seed, self.model = folder, seed, Model()
        self.net = Net(phones, seed)
        self.server = Server(self.net, folder)
        self.phones = [
            Phone(self.net, n, folder / f"phone{n}", random.Random(f"{seed}:{n}")) for n in range(phones)
        ]
        self.over = threading.Event()
        self.failures: list[str] = []

    def pair(self) -> None:
        for phone in self.phones:
            # Each start prints one code more.
            self.server.start()
            phone.ask("pair", self.server.codes[-1], "--name", f"Каса {phone.number + 1}")
            self.server.kill()
        self.server.start()

    def for_seconds(self, seconds: float) -> None:
        """Everybody works, and everything goes wrong, until the time is over."""
        work = [(self._sell_until_over, phone) for phone in self.phones]
        trouble = [(self._change_weather,), (self._kill_server,)]
        threads = [threading.Thread(target=self._guarded, args=task) for task in work + trouble]
        for thread in threads:
            thread.start()
        self.over.wait(seconds)
        self.over.set()
        for thread in threads:
            thread.join()

    def _guarded(self, task, *arguments) -> None:
        try:
            task(*arguments)
        except BaseException:
            self.failures.append(traceback.format_exc())
            self.over.set()

    def _change_weather(self) -> None:
        dice = random.Random(f"{self.seed}:weather")
        while not self.over.wait(dice.uniform(*WEATHER_S)):
            line = dice.randrange(len(self.phones))
            self.net.weather[line] = dice.choice([FAIR, *BAD])

    def _kill_server(self) -> None:
        dice = random.Random(f"{self.seed}:server")
        while not self.over.wait(dice.uniform(*SERVER_LIVES_S)):
            self.server.kill()
            self.over.wait(dice.uniform(0, 1))
            self.server.start()

    def _sell_until_over(self, phone: Phone) -> None:
        while not self.over.is_set():
            act = phone.dice.choices(
                [self._register, self._sell, self._return, phone.sync], weights=[2, 8, 1, 4]
            )[0]
            act() if act == phone.sync else act(phone)

    def _register(self, phone: Phone) -> None:
        digits = f"0{phone.dice.randrange(630_000_000, 690_000_000)}"
        try:
            self.model.registered(phone.do("register", "--given", "Ім'я", "--phone", digits, "--issue"))
        except Refused as why:
            if why.word != "duplicate":
                raise

    def _sell(self, phone: Phone) -> None:
        amount = phone.dice.randrange(100, 50_000)
        with self.model.lock:
            known = list(self.model.customers.items())
        customer, who = phone.dice.choice(known) if known and phone.dice.random() < 0.9 else (None, None)
        words = ["sell", f"{amount // 100}.{amount % 100:02}"]
        try:
            answer = phone.do(*words, *(["--card", who.card] if who else []))
        except Refused as why:
            # Registered on another phone, and not heard of here yet.
            if why.word != "not_found" and why.word != "validation":
                raise
            return
        self.model.sold(answer, customer if answer["customer"] else None, amount, phone.number)

    def _return(self, phone: Phone) -> None:
        own = self.model.own_sales(phone.number)
        if own:
            sale = phone.dice.choice(own)
            phone.do("return", sale.purchase)
            self.model.took_back(sale.purchase)

    def settle(self) -> list[dict]:
        """Fair weather, a server that lives, and everybody exchanges until nothing moves; the last answers."""
        self.net.weather = [FAIR] * len(self.phones)
        self.server.kill()
        self.server.start()
        for _ in range(2):
            for phone in self.phones:
                self._reach(phone)
        return [self._reach(phone) for phone in self.phones]

    def _reach(self, phone: Phone) -> dict:
        for _ in range(LAST_SYNCS):
            if (answer := phone.sync(kill=False)) and answer["status"]["outbox"] == 0:
                return answer
            # What was under way before is still arriving.
            time.sleep(1)
        raise AssertionError(f"phone {phone.number} does not get through to a living server in fair weather")


def check(run: Run, answers: list[dict]) -> list[str]:
    """What does not agree, a line each."""
    wrong = []

    def same(what: str, found, expected) -> None:
        if found != expected:
            wrong.append(f"{what}: {found} and not {expected}")

    for phone, answer in zip(run.phones, answers):
        name = f"phone {phone.number}"
        same(f"{name}: scopes that differ from the server's", answer["mismatches"], 0)
        same(f"{name}: digests", answer["digests"], answers[0]["digests"])
        same(f"{name}: stopped", answer["status"]["stopped"], None)
        revenue = 0
        for date, receipts in run.model.receipts.items():
            day = phone.ask("report", "--date", date)["day"]
            same(f"{name}: receipts of {date}", day["receipts"], receipts)
            revenue += round(float(day["revenue"]) * 100)
        same(f"{name}: revenue", revenue, run.model.revenue())
        for customer, who in run.model.customers.items():
            found = phone.ask("find", who.card)
            same(f"{name}: customers with card {who.card}", [one["customer"] for one in found], [customer])
            one = found[0]
            balance, spent = one["points"][0]["balance"], round(float(one["spent"]) * 100)
            same(f"{name}: customer {customer}", (balance, spent), (who.balance, who.spent))
    return wrong


def tell(run: Run) -> None:
    net, model, phones = run.net, run.model, run.phones
    total = lambda what: sum(getattr(phone, what) for phone in phones)
    print(f"  customers {len(model.customers)}, purchases {len(model.sales)}, "
          f"returned {sum(sale.returned for sale in model.sales.values())}")
    print(f"  desk commands {total('commands')}, killed {total('kills')}, exchanges that failed {total('offline')}")
    print(f"  server killed {run.server.starts - 1} times")
    print(f"  packets carried {net.carried:,}, lost {net.lost:,}, doubled {net.doubled:,}", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=2)
    options.add_argument("--phones", type=int, default=3)
    options.add_argument("--seed", type=int, default=secrets.randbits(32))
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kartka-process-"))
    print(f"{chosen.phones} phones and a server for {chosen.minutes:g} minutes, seed {chosen.seed}", flush=True)
    run = Run(folder, chosen.phones, chosen.seed)
    try:
        run.pair()
        run.for_seconds(chosen.minutes * 60)
        wrong = run.failures or check(run, run.settle())
        tell(run)
    finally:
        run.over.set()
        run.server.kill()
        run.net.close()
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        print(f"the data and the server's log are kept in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print("every purchase, balance and digest agrees")
    return 0


if __name__ == "__main__":
    sys.exit(main())
