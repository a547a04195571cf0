"""The `kartka` command as people start it: a demo that goes on serving, and a shop's own server with a desk."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

COMMAND = os.environ["KARTKA_COMMAND"]


def kartka(*arguments: str) -> str:
    """Runs the command to its end and returns what it printed."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True, timeout=120
    ).stdout


def after(text: str, words: str) -> str:
    """The last word of the line that has these words."""
    line = next(line for line in text.splitlines() if words in line)
    return line.split()[-1]


class Serving:
    """A command that prints addresses and keeps serving them until it is told to end."""

    def __init__(self, last_words: str, *arguments: str):
        self._process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.said = ""
        while last_words not in self.said:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError(f"kartka {arguments[0]} ended: {self.said}")
            self.said += line

    def close(self):
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)
        self._process.stdout.close()


class Folder:
    """A place for data that goes with the test."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="kartka-web-"))

    def close(self):
        shutil.rmtree(self.path)


class Demo:
    """A small history, replayed; the shop's last day is the second Wednesday."""

    PURCHASES = """\
1 19970101 2 24.50
2 19970101 1 12.00
1 19970103 1 1500.00
3 19970108 1 30.00
1 19970108 2 20.00
"""

    def __init__(self):
        self._folder = Folder()
        file = self._folder.path / "purchases.txt"
        file.write_text(self.PURCHASES)
        self._serving = Serving("card page", "demo", "--phones", "1", "--purchases", file)
        self.owner = after(self._serving.said, "the owner's page")
        self.card = after(self._serving.said, "card page")

    def close(self):
        self._serving.close()
        self._folder.close()


class Shop:
    """A coffee bar in Ukraine with its own server and one desk that is paired with it."""

    NAME = "Кав'ярня «Ранок»"

    def __init__(self):
        self._folder = Folder()
        data = self._folder.path / "server"
        kartka(
            *["admin", "create-business", "--data", data, "--bind", "127.0.0.1:0"],
            *["--name", self.NAME, "--country", "UA", "--kind", "coffee", "--owner", "Марта"],
        )
        self._serving = Serving("the owner's page", "serve", "--data", data, "--bind", "127.0.0.1:0")
        self.owner = after(self._serving.said, "the owner's page")
        self._desk = self._folder.path / "desk"

    def desk(self, *arguments: str) -> str:
        """What the desk says to a command."""
        return kartka("desk", "--data", self._desk, *arguments)

    def sell_to(self, name: str, amount: str):
        """Registers a customer with the next card, and sells them something."""
        customer = json.loads(self.desk("--json", "register", "--given", name, "--issue"))
        self.desk("sell", amount, "--customer", customer["customer"])

    def close(self):
        self._serving.close()
        self._folder.close()
