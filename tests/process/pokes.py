"""What ten thousand idle lines of pokes cost the server: memory, and how long until all have heard of one sale.

    cargo build --release -p kartka
    KARTKA_COMMAND=target/release/kartka python3 tests/process/pokes.py

Fails when the server takes more than 400 MB (issue 4, part 5); figures go into docs/performance.md. Needs as many descriptors as lines (root raises the
limit itself), and loopback addresses beside 127.0.0.1 (Linux), because one peer may not open so many lines.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CODE, OWNER = "pairing code: ", "the owner's page: "
# Fewer than one peer may open at once.
LINES_OF_A_PEER = 100
POKE = b"event: poke"
# What ten thousand idle phones may cost, with all of them told of a sale.
MOST_MB = 400


def kartka(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([os.environ["KARTKA_COMMAND"], *words], check=True, capture_output=True, text=True)


def memory(process: int) -> dict[str, float]:
    """Resident memory now and at its peak, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: int(fields[name].split()[0]) / 1000 for name in ("VmRSS", "VmHWM")}


def open_line(port: int, business: str, n: int) -> socket.socket:
    peer = n // LINES_OF_A_PEER
    line = socket.socket()
    line.bind((f"127.1.{peer // 250}.{peer % 250 + 1}", 0))
    line.connect(("127.0.0.1", port))
    line.sendall(f"GET /v1/live?business={business} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
    head = line.recv(4_096)
    assert head.startswith(b"HTTP/1.1 200"), head
    return line


def wait_for_all(lines: list[socket.socket]) -> None:
    selector = selectors.DefaultSelector()
    for line in lines:
        line.setblocking(False)
        selector.register(line, selectors.EVENT_READ)
    waiting = len(lines)
    while waiting:
        for key, _ in selector.select():
            heard = key.fileobj.recv(4_096)
            assert heard, "the server ended a line"
            if POKE in heard:
                selector.unregister(key.fileobj)
                waiting -= 1


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=10_000)
    count = options.parse_args().lines
    most = count + 1_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="kartka-pokes-") as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        place = ["--data", f"{home}/server", "--bind", f"127.0.0.1:{port}"]
        kartka("admin", "create-business", *place, "--name", "Bar", "--country", "UA", "--owner", "Mia")
        command = [os.environ["KARTKA_COMMAND"], "serve", *place, "--pair"]
        with open(f"{home}/log", "wb") as log:
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            said = []
            while not said or not said[-1].startswith(CODE):
                said.append(server.stdout.readline())
            owner = next(line for line in said if line.startswith(OWNER))
            business = owner.split("/owner/")[1].split("?")[0]
            desk = ["desk", "--data", f"{home}/desk"]
            kartka(*desk, "pair", said[-1].removeprefix(CODE).strip())
            before = memory(server.pid)
            lines = [open_line(port, business, n) for n in range(count)]
            idle = memory(server.pid)
            kartka(*desk, "sell", "5")
            started = time.monotonic()
            kartka(*desk, "sync")
            wait_for_all(lines)
            took = time.monotonic() - started
            after = memory(server.pid)
        finally:
            server.kill()
            server.communicate()
    print(json.dumps({
        "lines": count,
        "MB before": round(before["VmRSS"], 1),
        "MB with idle lines": round(idle["VmRSS"], 1),
        "KB a line": round((idle["VmRSS"] - before["VmRSS"]) * 1000 / count, 2),
        "MB at the peak": round(after["VmHWM"], 1),
        "s from the exchange to the last poke": round(took, 2),
    }))
    if after["VmHWM"] > MOST_MB * max(count, 10_000) / 10_000:
        print(f"the server took more than {MOST_MB} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
