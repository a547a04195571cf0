"""Anki with its own sync server, as its documents start it: what a note and its card cost on the way.

A row here is a note with its card (two of Anki's objects); both are counted, as the design's references did.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time

from anki.collection import Collection

NOTES = 20_000
ONE_BY_ONE = 20


def say(figure, value, unit):
    print(json.dumps({"figure": figure, "engine": "Anki", "value": value, "unit": unit}), flush=True)


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Shop:
    """One copy of the collection that syncs."""

    def __init__(self, folder, name, address):
        self.col = Collection(os.path.join(folder, f"{name}.anki2"))
        self.auth = self.col.sync_login("shop", "secret", address)

    def whole(self, upload):
        """The first exchange of a copy moves the whole file."""
        self.col.sync_collection(self.auth, sync_media=False)
        self.col.close_for_full_sync()
        self.col.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
        self.col.reopen(after_full_sync=True)

    def sync(self):
        out = self.col.sync_collection(self.auth, sync_media=False)
        assert out.required == out.NO_CHANGES, out

    def add(self, first, count):
        kind = self.col.models.by_name("Basic")
        requests = []
        for n in range(first, first + count):
            note = self.col.new_note(kind)
            note["Front"] = f"purchase {n} of customer {n % 5000}"
            note["Back"] = f"total {1000 + n % 50000} points {n % 900}"
            requests.append(note)
        from anki.collection import AddNoteRequest

        self.col.add_notes([AddNoteRequest(note=note, deck_id=1) for note in requests])


def main():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        env = {"SYNC_USER1": "shop:secret", "SYNC_BASE": os.path.join(folder, "server"), "SYNC_HOST": "127.0.0.1",
               "SYNC_PORT": str(port), "PATH": os.environ["PATH"], "HOME": folder}
        server = subprocess.Popen([sys.executable, "-m", "anki.syncserver"], env=env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            measure(folder, f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()
            server.wait()


def measure(folder, address):
    for _ in range(100):
        try:
            left = Shop(folder, "left", address)
            break
        except Exception:  # noqa: BLE001 — the server is still starting
            time.sleep(0.1)
    left.whole(upload=True)
    right = Shop(folder, "right", address)
    right.whole(upload=False)

    left.add(0, NOTES)
    start = time.perf_counter()
    left.sync()
    say("durable push ingest", 2 * NOTES / (time.perf_counter() - start), "objects/s")
    before = resident()
    start = time.perf_counter()
    right.sync()
    say("first sync of 100,000 rows", 2 * NOTES / (time.perf_counter() - start), "rows/s")
    say("memory for 100,000 rows", (resident() - before) / 1e6 * 100_000 / (2 * NOTES), "MB")

    times = []
    for n in range(ONE_BY_ONE):
        left.add(NOTES + n, 1)
        start = time.perf_counter()
        left.sync()
        right.sync()
        times.append(time.perf_counter() - start)
    say("one op, device to device", 1000 * sorted(times)[len(times) // 2], "ms")
    right.col.close()
    size = os.path.getsize(os.path.join(folder, "right.anki2"))
    say("phone disk, received entries", size / (2 * NOTES), "B/row")


main()
