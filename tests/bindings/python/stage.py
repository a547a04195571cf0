"""What the border tests stand on: a real server process, phones in folders of their own, scenario values."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from generated import kartka

TESTS = Path(__file__).parent.parent.parent
SCENARIO = json.loads((TESTS / "bindings/scenario.json").read_text(encoding="utf-8"))
KINDS = {"coffee": kartka.ShopKind.COFFEE, "shop": kartka.ShopKind.SHOP}


def new_request() -> bytes:
    """A request id as a shell draws it when the keypad opens."""
    return secrets.token_bytes(16)


def founding() -> kartka.Founding:
    shop = SCENARIO["shop"]
    return kartka.Founding(
        name=shop["name"], country=shop["country"], kind=KINDS[shop["kind"]], owner=shop["owner"]
    )


def customer_form(card: kartka.CardChoice) -> kartka.Registration:
    customer = SCENARIO["customer"]
    profile = kartka.Profile(
        given=customer["given"], family=customer["family"], phones=[customer["phone"]]
    )
    return kartka.Registration(profile=profile, marketing_consent=1, card=card)


def amount(gross: int, customer: int | None = None, spend: int = 0) -> kartka.TillRequest:
    """One typed amount, paid in cash."""
    return kartka.TillRequest(
        customer=customer, lines=[kartka.Line(gross=gross)], spend=spend, tender=kartka.Tender.CASH
    )


def newer_data(folder: Path) -> Path:
    """Data that a Kartka of the future wrote, in `folder`."""
    return Path(shutil.copytree(TESTS / "fixtures/store/newer", folder))


class SmallDisk:
    """A disk of a few megabytes, and the same disk as one that can't be written."""

    def __init__(self, writable: Path, read_only: Path):
        self.writable, self.read_only = writable, read_only

    @classmethod
    def of_this_run(cls) -> "SmallDisk | None":
        """The one that `cargo xtask test` mounted for these tests, if it may mount here."""
        writable, read_only = (os.environ.get(name) for name in ("KARTKA_SMALL_DISK", "KARTKA_READ_ONLY_DISK"))
        return cls(Path(writable), Path(read_only)) if writable and read_only else None

    @contextlib.contextmanager
    def full(self):
        """Not a byte is free inside."""
        filler = self.writable / "filler"
        with filler.open("wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(65_536))
        try:
            yield
        finally:
            filler.unlink()


class Keys(kartka.KeyStore):
    """Secrets in memory; may be told to fail, or to wait at one of them."""

    def __init__(self):
        self.secrets: dict[str, bytes] = {}
        self.fault: Exception | None = None
        self._wait_at: str | None = None
        self.reached = threading.Event()
        self._released = threading.Event()

    def wait_at(self, name: str):
        self._wait_at = name

    def release(self):
        self._released.set()

    def load(self, name):
        if self.fault is not None:
            raise self.fault
        if name == self._wait_at:
            self.reached.set()
            self._released.wait()
        return self.secrets.get(name)

    def store(self, name, secret):
        if self.fault is not None:
            raise self.fault
        self.secrets[name] = secret


class Log(kartka.LogSink):
    """Keeps every line; may be told to throw."""

    def __init__(self, throws: bool = False):
        self.lines: list[kartka.LogEntry] = []
        self.throws = throws

    def write(self, entry):
        self.lines.append(entry)
        if self.throws:
            raise RuntimeError("a log that throws")


class Changes(kartka.ChangeListener):
    """Counts the topics; may be told to throw."""

    def __init__(self, throws: bool = False):
        self.throws = throws
        self._heard: list[kartka.ChangeTopic] = []
        self._moved = threading.Condition()

    def changed(self, topic):
        with self._moved:
            self._heard.append(topic)
            self._moved.notify_all()
        if self.throws:
            raise RuntimeError("a listener that throws")

    def wait_for(self, topic: kartka.ChangeTopic, times: int = 1):
        with self._moved:
            self._moved.wait_for(lambda: self._heard.count(topic) >= times)


class Phone:
    """A device: a folder, its keys, its ears, and the core over them."""

    def __init__(self, folder: Path, core: kartka.KartkaCore, keys: Keys, log: Log, changes: Changes):
        self.folder, self.core, self.keys, self.log, self.changes = folder, core, keys, log, changes

    @classmethod
    async def open(cls, folder: Path, keys=None, log=None, changes=None) -> "Phone":
        keys, log, changes = keys or Keys(), log or Log(), changes or Changes()
        folder.mkdir(parents=True, exist_ok=True)
        core = await kartka.KartkaCore.open(str(folder), keys, log, changes)
        return cls(folder, core, keys, log, changes)

    async def sync(self) -> kartka.SyncReport:
        return await self.core.sync().start(None).outcome()

    async def balance(self, customer: int) -> int:
        return (await self.core.customers().sheet(customer)).points[0].balance

    def copied_to(self, folder: Path) -> Path:
        """The data as it lies on the disk now, elsewhere."""
        shutil.copytree(self.folder, folder)
        return folder


class Server:
    """`kartka serve` on a free port, over a business made by `kartka admin create-business`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen | None = None
        shop = SCENARIO["shop"]
        founding = ["--name", shop["name"], "--country", shop["country"], "--kind", shop["kind"]]
        said = subprocess.run(
            self._command("admin", "create-business", *founding, "--owner", shop["owner"]),
            check=True,
            capture_output=True,
            text=True,
        )
        self.pairing_codes = [pairing_code(line) for line in said.stdout.splitlines() if pairing_code(line)]

    def start(self):
        """Serves; adds one more pairing code."""
        self._process = subprocess.Popen(
            self._command("serve", "--pair"), stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        for line in self._process.stdout:
            if code := pairing_code(line):
                self.pairing_codes.append(code)
                return
        raise AssertionError("the server ended before it served")

    def invite(self) -> str:
        """A code by which a founding phone brings its business here."""
        said = subprocess.run(
            self._command("admin", "invite"), check=True, capture_output=True, text=True, encoding="utf-8"
        )
        codes = [line.removeprefix("hand-over code: ") for line in said.stdout.splitlines()]
        return [code for code in codes if code.startswith("KARTKAMOVE1:")][0]

    def stop(self):
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate()
            self._process = None

    def keep_copy(self) -> Path:
        """The data of a stopped server, elsewhere."""
        copy = self.folder.with_name("server-copy")
        shutil.copytree(self.folder, copy)
        return copy

    def go_back_to(self, copy: Path):
        """Puts an older state of a stopped server's data in the place of the present one."""
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        # As on a machine that never served a later epoch.
        keys = self.folder.with_name(self.folder.name + ".keys")
        for epoch in keys.glob("*.epoch"):
            epoch.unlink()

    def _command(self, *words: str) -> list[str]:
        command = os.environ.get("KARTKA_COMMAND")
        if not command:
            raise AssertionError("KARTKA_COMMAND names no kartka; run the tests by `cargo xtask test`")
        place = ["--data", str(self.folder), "--bind", f"127.0.0.1:{self.port}"]
        at = 2 if words[0] == "admin" else 1
        return [command, *words[:at], *place, *words[at:]]


def pairing_code(line: str) -> str | None:
    return line.removeprefix("pairing code: ").strip() if line.startswith("pairing code: ") else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stage:
    """A folder for one test, its own or the one given, with the servers that were started in it."""

    def __init__(self, case, folder: Path | None = None):
        if folder is None:
            own = tempfile.TemporaryDirectory(prefix="kartka-border-")
            case.addCleanup(own.cleanup)
            folder = Path(own.name)
        self.folder = folder
        self._case = case

    async def phone(self, name: str = "phone", **ears) -> Phone:
        return await Phone.open(self.folder / name, **ears)

    async def founded(self, name: str = "phone", **ears) -> Phone:
        phone = await self.phone(name, **ears)
        await phone.core.found(new_request(), founding())
        return phone

    def server(self) -> Server:
        server = Server(self.folder / "server")
        server.start()
        self._case.addCleanup(server.stop)
        return server

    async def paired(self, server: Server, code: int = 0, **ears) -> Phone:
        phone = await self.phone(f"phone-{code}", **ears)
        device = SCENARIO["devices"][code]
        await phone.core.sync().pair(new_request(), server.pairing_codes[code], device)
        return phone
