"""Asking the gate over and over from several connections, and writing down when: to see how long a
credential goes on being accepted after it was revoked."""
import dataclasses
import threading
import time
import urllib.parse

from bench.harness.http import Connection, message
from bench.harness.scenario import Unexpected

ENOUGH_REFUSALS = 3


@dataclasses.dataclass(frozen=True)
class Asked:
    begun: float  # on the monotonic clock, just before it was sent
    status: int


class Hammer:
    """Some connections, kept from round to round, each in a thread of its own."""

    def __init__(self, url: str, connections: int = 4):
        parts = urllib.parse.urlsplit(url)
        self.host, self.path = parts.hostname or "", parts.path
        self.connections = [Connection.to(url) for _ in range(connections)]

    def __enter__(self) -> "Hammer":
        return self

    def __exit__(self, *_) -> None:
        for connection in self.connections:
            connection.close()

    def start(self, headers: dict[str, str]) -> "Blows":
        return Blows(self.connections, message(self.host, "GET", self.path, headers))


class Blows:
    """One round of it, from start to end()."""

    def __init__(self, connections: list[Connection], data: bytes):
        self.asked: list[list[Asked]] = [[] for _ in connections]
        self.failed: list[BaseException] = []
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(connection, data, asked),
                                          daemon=True)
                         for connection, asked in zip(connections, self.asked)]
        for thread in self._threads:
            thread.start()

    def _run(self, connection: Connection, data: bytes, asked: list[Asked]) -> None:
        try:
            while not self._ending.is_set():
                begun = time.monotonic()
                asked.append(Asked(begun, connection.send(data)[0]))
        except BaseException as error:  # seen by wait_until, in the thread that asks
            self.failed.append(error)

    def wait_until(self, condition, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if self.failed:
                raise Unexpected(f"while waiting for {what}: {self.failed[0]!r}")
            if time.monotonic() > deadline:
                seen = [asked[-1].status if asked else None for asked in self.asked]
                raise Unexpected(f"waited {seconds:.0f} s in vain for {what}; last answers: {seen}")
            time.sleep(0.001)

    def wait_until_accepted(self, times: int = 2, seconds: float = 10) -> None:
        self.wait_until(lambda: all(sum(each.status == 200 for each in asked[-50:]) >= times
                                    for asked in self.asked), seconds, "acceptance")

    def wait_until_refused(self, since: float, seconds: float) -> None:
        """Every connection has been refused several times in a row."""
        def refused(asked: list[Asked]) -> bool:
            last = asked[-ENOUGH_REFUSALS:]
            return len(last) == ENOUGH_REFUSALS and all(
                each.begun >= since and each.status != 200 for each in last)
        self.wait_until(lambda: all(map(refused, self.asked)), seconds, "refusal")

    def end(self) -> list[Asked]:
        """All of them, in the order in which they were sent."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        if self.failed:
            raise Unexpected(repr(self.failed[0]))
        return sorted((each for asked in self.asked for each in asked),
                      key=lambda each: each.begun)


def late(asked: list[Asked], since: float) -> list[float]:
    """How long after `since` those began that were accepted although they began after it."""
    return [each.begun - since for each in asked if each.begun >= since and each.status == 200]


def statuses(asked: list[Asked], since: float) -> dict[int, int]:
    counts: dict[int, int] = {}
    for each in asked:
        if each.begun >= since:
            counts[each.status] = counts.get(each.status, 0) + 1
    return counts
