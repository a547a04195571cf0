"""The real binaries on a real file system: a server and desks, started, killed and asked as a person would."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from line import SERVER, Net

PORT = 8787
CODE = "pairing code: "
# Exit codes of `kartka desk` that mean: nothing was done, and later it may be.
LATER = 4
# How long one command may take at all: a whole exchange over the worst line.
PATIENCE_S = 180


def kartka() -> str:
    command = os.environ.get("KARTKA_COMMAND")
    if not command:
        raise SystemExit("KARTKA_COMMAND names no kartka; run this by `cargo xtask test --only process`")
    return command


class Killed(Exception):
    """The process was killed before it answered."""


class Refused(Exception):
    """The desk answered with an error."""

    def __init__(self, word: str, code: int, said: str):
        super().__init__(f"{word} ({code}): {said}")
        self.word, self.code = word, code


class Server:
    """`kartka serve` in its namespace; killed and started again on the same folder."""

    def __init__(self, net: Net, folder: Path):
        self.net, self.data, self.log = net, folder / "server", folder / "server.log"
        self.starts = 0
        self._process: subprocess.Popen | None = None
        self.codes: list[str] = []
        form = ["--name", "Кав'ярня", "--country", "UA", "--kind", "coffee", "--owner", "Марта"]
        made = subprocess.run(
            self._command("admin", "create-business", *self._place(), *form),
            check=True, capture_output=True, text=True,
        )
        self._take_codes(made.stdout.splitlines())

    def _place(self) -> list[str]:
        return ["--data", str(self.data), "--bind", f"{SERVER}:{PORT}"]

    def _command(self, *words: str) -> list[str]:
        return self.net.inside(self.net.server, kartka(), *words)

    def _take_codes(self, lines) -> None:
        self.codes += [line.removeprefix(CODE).strip() for line in lines if line.startswith(CODE)]

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command("serve", *self._place(), "--pair"),
                stdout=subprocess.PIPE, stderr=log, text=True,
            )
        self.starts += 1
        for line in self._process.stdout:
            self._take_codes([line])
            if line.startswith(CODE):
                return
        raise AssertionError(f"the server ended before it served: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@dataclass
class Phone:
    """`kartka desk` in its namespace, one command at a time; any of them may be killed."""

    net: Net
    number: int
    data: Path
    dice: random.Random
    commands: int = 0
    kills: int = 0
    offline: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, *words: str, request: str | None = None, killed_after_s: float | None = None):
        """The answer of one command; `Killed` if the process dies first, `Refused` if it says no."""
        place = ["--json", "--data", str(self.data)]
        if request is not None:
            place += ["--request", request]
        command = self.net.inside(self.net.phones[self.number], kartka(), "desk", *place, *words)
        with self.lock:
            self.commands += 1
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                out, err = process.communicate(timeout=killed_after_s or PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                if killed_after_s is None:
                    raise AssertionError(f"{words} did not end") from None
                self.kills += 1
                raise Killed from None
        if process.returncode == 0:
            return json.loads(out)
        if not out:
            raise AssertionError(f"{words} ended with {process.returncode} and no answer: {err}")
        raise Refused(json.loads(out)["error"], process.returncode, err)

    def do(self, *words: str):
        """Does a thing once, however often the process is killed: the same request id each time, as a shell keeps it."""
        request = secrets.token_hex(16)
        while True:
            soon = self.dice.random() * 0.08 if self.dice.random() < 0.3 else None
            try:
                return self.ask(*words, request=request, killed_after_s=soon)
            except Killed:
                continue

    def sync(self, kill: bool = True):
        """One exchange, which may fail or be killed; its answer, or none."""
        soon = self.dice.random() * 2 if kill and self.dice.random() < 0.3 else None
        try:
            return self.ask("sync", killed_after_s=soon)
        except Killed:
            return None
        except Refused as why:
            if why.code != LATER:
                raise
            self.offline += 1
            return None
