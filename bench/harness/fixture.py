"""Filling a database, and handing out what can be used of it."""
import json
import math
import pathlib

from bench.harness.instance import ISSUER
from bench.harness.scenario import Unexpected
from bench.harness.support import run_step

EXPENDABLE = 0.05
# Which part of which file each kind is: sessions that a scenario will end are nobody else's.
KINDS = {
    "access": ("access", 0, 1 - EXPENDABLE),
    "expendable": ("access", 1 - EXPENDABLE, 1),
    "refresh": ("refresh", 0, 1 - EXPENDABLE),
    "keys": ("keys", 0, 1),
    "revoked_access": ("revoked_access", 0, 1),
    "revoked_keys": ("revoked_keys", 0, 1),
}


def scattered(lines: list[str]) -> list[str]:
    """In an order that jumps all over the range, as visitors come; always the same."""
    size = len(lines)
    step = next(step for step in range(int(size * 0.618) | 1, 3 * size + 3)
                if math.gcd(step, size) == 1)
    return [lines[number * step % size] for number in range(size)]


class Purse:
    """The sample's usable credentials. None is handed out twice: a cold one must never have been
    seen before."""

    def __init__(self, folder: pathlib.Path, about: dict):
        self.folder, self.about = folder, about
        self.password: str = about["password"]
        self.logins = folder / "logins.txt"
        self._left: dict[str, list[str]] = {}
        self._slices = 0

    def left(self, kind: str) -> list[str]:
        if kind not in self._left:
            name, begin, end = KINDS[kind]
            lines = scattered((self.folder / f"{name}.txt").read_text().split())
            self._left[kind] = lines[round(len(lines) * begin):round(len(lines) * end)]
        return self._left[kind]

    def take(self, kind: str, count: int) -> list[str]:
        left = self.left(kind)
        if len(left) < count:
            raise Unexpected(f"{count} more of {kind} are wanted, {len(left)} are left")
        self._left[kind] = left[count:]
        return left[:count]

    def one(self, kind: str) -> str:
        return self.take(kind, 1)[0]

    def slice(self, kind: str, count: int) -> pathlib.Path:
        """A file of so many, one a line."""
        self._slices += 1
        path = self.folder / f"slice-{self._slices}.txt"
        path.write_text("\n".join(self.take(kind, count)) + "\n")
        return path


def fill(world, instance, *, accounts: int, credentials: int, sample: int,
         revoked: int = 100) -> Purse:
    """Calls bench/fixture on the database of an instance."""
    folder = world.folder(f"sample-{instance.name}")
    with world.cluster.bulk_loading():
        printed = run_step([
            world.tool("fixture"), "--url", instance.database.url("postgres"),
            "--master-key", str(instance.master_key), "--issuer", ISSUER,
            "--accounts", str(accounts), "--credentials", str(credentials), "--sample", str(sample),
            "--revoked", str(revoked), "--out", str(folder)], "Filling the database")
    return Purse(folder, json.loads(printed))
