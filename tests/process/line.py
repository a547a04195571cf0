"""Network namespaces joined by lines that lose, delay, double and cut packets.

Both ends are the kernel's own TCP; what is between them is this process, which holds one end of a tunnel in each
namespace and carries packets from one to the other as the weather has it. That needs no module of the kernel but
`tun`, which containers have where `netem` is missing.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import threading
import time
from dataclasses import dataclass

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LONGEST_PACKET = 65_536

# The server's address in every phone's world.
SERVER = "10.77.0.1"


@dataclass(frozen=True)
class Weather:
    """What happens to a packet on its way, either way."""

    name: str
    loss: float = 0.0
    doubled: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0

    def passages(self, dice: random.Random) -> list[float]:
        """After how many seconds each copy of a packet arrives; none if it is lost."""
        if dice.random() < self.loss:
            return []
        copies = 2 if dice.random() < self.doubled else 1
        return [self.delay_s + dice.random() * self.jitter_s for _ in range(copies)]


FAIR = Weather("fair")
CUT = Weather("cut", loss=1.0)
# Jitter alone also changes the order of packets.
BAD = [
    Weather("lossy", loss=0.15),
    Weather("slow", delay_s=0.15, jitter_s=0.25),
    Weather("doubled", doubled=0.4, jitter_s=0.01),
    Weather("storm", loss=0.08, doubled=0.2, delay_s=0.03, jitter_s=0.12),
    CUT,
]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def tunnel(name: str) -> int:
    """A tunnel's device; this process reads what the kernel sends into it and writes what it shall receive."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


class Net:
    """One namespace for the server and one for each phone; gone when it is closed."""

    def __init__(self, phones: int, seed: int):
        self.name = f"kartka{os.getpid()}"
        self.server = f"{self.name}s"
        self.phones = [f"{self.name}p{n}" for n in range(phones)]
        self.weather = [FAIR] * phones
        self.carried = self.lost = self.doubled = 0
        self._dice = random.Random(seed)
        self._ends: dict[int, tuple[int, int]] = {}
        self._made: list[str] = []
        self._closing = threading.Event()
        try:
            self._build()
        except BaseException:
            self._tear_down()
            raise
        self._carrier = threading.Thread(target=self._carry, name="carrier")
        self._carrier.start()

    def _build(self) -> None:
        self._namespace(self.server)
        ip("-n", self.server, "address", "add", f"{SERVER}/32", "dev", "lo")
        for n, phone in enumerate(self.phones):
            self._namespace(phone)
            here = f"10.77.{n + 1}.2"
            near = self._end(f"k{os.getpid()}s{n}", self.server)
            far = self._end(f"k{os.getpid()}p{n}", phone)
            self._ends[near], self._ends[far] = (far, n), (near, n)
            ip("-n", self.server, "route", "add", here, "dev", f"k{os.getpid()}s{n}", "src", SERVER)
            ip("-n", phone, "address", "add", f"{here}/32", "dev", f"k{os.getpid()}p{n}")
            ip("-n", phone, "route", "add", SERVER, "dev", f"k{os.getpid()}p{n}", "src", here)

    def _namespace(self, name: str) -> None:
        ip("netns", "add", name)
        self._made.append(name)
        ip("-n", name, "link", "set", "lo", "up")

    def _end(self, device: str, namespace: str) -> int:
        end = tunnel(device)
        ip("link", "set", device, "netns", namespace)
        ip("-n", namespace, "link", "set", device, "mtu", "1400", "up")
        return end

    def inside(self, namespace: str, *command: str) -> list[str]:
        """The command as it runs in a namespace; the process that is started becomes the command itself."""
        return ["ip", "netns", "exec", namespace, *command]

    def _carry(self) -> None:
        """Takes packets from every end and lets each arrive at the other one when its time has come."""
        selector = selectors.DefaultSelector()
        for end in self._ends:
            selector.register(end, selectors.EVENT_READ)
        under_way: list[tuple[float, int, int, bytes]] = []
        count = 0
        while not self._closing.is_set():
            now = time.monotonic()
            while under_way and under_way[0][0] <= now:
                _, _, end, packet = heapq.heappop(under_way)
                self._deliver(end, packet)
            wait = under_way[0][0] - now if under_way else 0.1
            for key, _ in selector.select(min(wait, 0.1)):
                other, line = self._ends[key.fd]
                for packet in self._arrived(key.fd):
                    passages = self.weather[line].passages(self._dice)
                    self.lost += not passages
                    self.doubled += len(passages) > 1
                    for passage in passages:
                        count += 1
                        heapq.heappush(under_way, (time.monotonic() + passage, count, other, packet))

    def _arrived(self, end: int):
        try:
            while packet := os.read(end, LONGEST_PACKET):
                yield packet
        except BlockingIOError:
            return

    def _deliver(self, end: int, packet: bytes) -> None:
        try:
            os.write(end, packet)
            self.carried += 1
        except OSError:
            # A full queue, or a packet the kernel does not like: lost, as on any line.
            self.lost += 1

    def close(self) -> None:
        self._closing.set()
        self._carrier.join()
        self._tear_down()

    def _tear_down(self) -> None:
        for end in self._ends:
            os.close(end)
        for name in self._made:
            subprocess.run(["ip", "netns", "delete", name], check=False)
