"""A real Chromium without a window, spoken to over its debugging pipe.

Opens an address as a person with some language, theme and screen would, and tells what they got. Only Python's
standard library; it knows nothing of Kartka.
"""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
]
# What the browser reads its commands from, and where it answers.
READS, WRITES = 3, 4
# Longer than any page takes on a slow machine.
PATIENCE_S = 60


@dataclass(frozen=True)
class Visitor:
    """Who opens a page: language, theme, and the width of the screen in CSS pixels."""

    language: str = "en"
    theme: str = "light"
    width: int = 360
    height: int = 740


@dataclass
class Seen:
    """What came of opening an address."""

    status: int
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Browser:
    """One browser with one tab and an empty profile."""

    def __init__(self, program: str = "chromium"):
        self._profile = tempfile.mkdtemp(prefix="kartka-web-")
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()

        def wire():
            high = [fcntl.fcntl(end, fcntl.F_DUPFD, 100) for end in (commands, answers)]
            os.dup2(high[0], READS)
            os.dup2(high[1], WRITES)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=wire,
            pass_fds=(READS, WRITES),
        )
        os.close(commands)
        os.close(answers)
        self._numbers = itertools.count(1)
        self._rest = b""
        self._events: list[dict] = []
        self._tab = None
        made = self._call("Target.createTarget", url="about:blank")
        tab = self._call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._tab = tab["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def close(self):
        """Ends the browser and forgets its profile."""
        os.close(self._commands)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._answers)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, address: str, visitor: Visitor) -> Seen:
        """Loads the address and waits until it and everything it asks for are there."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=visitor.width,
            height=visitor.height,
            deviceScaleFactor=2,
            mobile=visitor.width < 600,
        )
        theme = {"name": "prefers-color-scheme", "value": visitor.theme}
        self._call("Emulation.setEmulatedMedia", features=[theme])
        self._call("Network.setExtraHTTPHeaders", headers={"Accept-Language": visitor.language})
        self._events.clear()
        self._call("Page.navigate", url=address)
        return self._loaded(address)

    def press(self, selector: str, address: str) -> Seen:
        """Presses what the selector finds and waits for the page at `address` that it leads to."""
        self._events.clear()
        self.ask(f"document.querySelector({json.dumps(selector)}).click()")
        return self._loaded(address)

    def ask(self, expression: str):
        """What a JavaScript expression is worth in the page."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def picture(self, file: Path, whole: bool = True) -> Path:
        """A PNG of the page, or of what the screen shows of it."""
        shot = self._call("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))
        return file

    def _loaded(self, address: str) -> Seen:
        self._until("Page.loadEventFired")
        seen = Seen(status=0)
        for event in self._events:
            told = event["params"]
            match event["method"]:
                case "Network.requestWillBeSent":
                    seen.asked.append(told["request"]["url"])
                case "Network.responseReceived" if told["response"]["url"] == address:
                    seen.status = told["response"]["status"]
                case "Log.entryAdded":
                    seen.complaints.append(told["entry"]["text"])
                case "Runtime.exceptionThrown":
                    seen.complaints.append(str(told["exceptionDetails"]))
        return seen

    def _until(self, method: str):
        while not any(event["method"] == method for event in self._events):
            self._hear()

    def _call(self, method: str, **params) -> dict:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._tab is not None:
            message["sessionId"] = self._tab
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == number:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                return heard["result"]

    def _hear(self) -> dict:
        while b"\0" not in self._rest:
            if not select.select([self._answers], [], [], PATIENCE_S)[0]:
                raise RuntimeError("the browser does not answer")
            piece = os.read(self._answers, 1 << 16)
            if not piece:
                raise RuntimeError("the browser ended")
            self._rest += piece
        line, self._rest = self._rest.split(b"\0", 1)
        heard = json.loads(line)
        if "method" in heard:
            self._events.append(heard)
        return heard
