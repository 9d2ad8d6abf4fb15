"""What the scenarios share: one Postern with a filled database, the floors beside it, and one nginx
before all of them. Each is started when the first scenario asks for it."""
import dataclasses
import functools
import pathlib
import time
import typing

from bench import peers
from bench.harness import fixture, http, rounds, wrk
from bench.harness.front import Front
from bench.harness.peer import Peer
from bench.harness.plan import Plan
from bench.harness.scenario import Unexpected
from bench.harness.world import World

GATED, OPEN, CEILING = "/members/static", "/open/static", "/ceiling"
JSON = {"Content-Type": "application/json"}
# Bodies for bench/load/list.lua: %s is a line of its file.
LOGIN = '{{"login":"%s","password":"{password}"}}'
REFRESH = '{"refresh_token":"%s"}'


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def api_key(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


class Bench:
    def __init__(self, world: World, say: typing.Callable[[str], None]):
        self.world, self.say = world, say
        self.wanted_peers: list[str] = []         # none: all
        self.more_versions: dict[str, str] = {}   # of the peers

    @property
    def plan(self) -> Plan:
        return self.world.plan

    # --- what everything runs on -----------------------------------------------------------------

    @functools.cached_property
    def postern(self):
        """The product, over a filled database."""
        world, plan = self.world, self.plan
        instance = world.instance("postern", world.cluster.create("main"), world.settings())
        begun = time.monotonic()
        self._purse = fixture.fill(world, instance, accounts=plan.accounts,
                                   credentials=plan.credentials, sample=plan.sample)
        self.say(f"  {plan.accounts} accounts in {time.monotonic() - begun:.0f} s")
        return instance

    @property
    def purse(self) -> fixture.Purse:
        """The credentials of that database."""
        assert self.postern
        return self._purse

    @functools.cached_property
    def floor(self):
        return self.world.floor("floor", self.plan.gate_workers)

    @functools.cached_property
    def refusing_floor(self):
        """Answers 401: what a refusal is compared with."""
        return self.world.floor("refuser", self.plan.gate_workers, 401)

    @functools.cached_property
    def front(self) -> Front:
        return self.world.front("front", self.postern, self.floor, self.refusing_floor)

    def peers(self) -> list[type[Peer]]:
        """Those that are wanted, in the report's order."""
        return [kind for kind in peers.peers()
                if not self.wanted_peers or kind.name in self.wanted_peers]

    # --- measuring -------------------------------------------------------------------------------

    def groups(self, backend, front: Front | None = None) -> rounds.Groups:
        """Whose processor time a request to this backend costs."""
        return {"nginx": (front or self.front).pids, backend.name: backend.pids,
                "postgresql": self.world.cluster.pids}

    def load(self, backend, path: str, headers: dict[str, str] | None = None,
             front: Front | None = None, **options) -> wrk.Load:
        options.setdefault("connections", self.plan.concurrency)
        return wrk.Load((front or self.front).url(backend, path),
                        tuple((headers or {}).items()), **options)

    def side(self, backend, load: wrk.Load | typing.Callable[[], wrk.Load],
             front: Front | None = None, name: str = "", seconds: int = 0) -> rounds.Side:
        """`load` is called for each round where it has to differ."""
        groups = self.groups(backend, front)

        def once(so_long: int) -> rounds.Measured:
            return rounds.under_load(load() if callable(load) else load, so_long, groups)
        return rounds.Side(name or backend.name, lambda: once(seconds or self.plan.seconds),
                           lambda: once(self.plan.warm_up))

    def alternate(self, *sides: rounds.Side, count: int = 0, warm_up: bool = True) -> rounds.Rounds:
        """`warm_up` is False where each credential may be used once."""
        if warm_up and self.plan.warm_up:
            for side in sides:
                side.warm_up()
        return rounds.alternate(sides, count or self.plan.rounds)

    def expect(self, backend, path: str, headers: dict[str, str], status: int,
               front: Front | None = None) -> None:
        """Before measuring: that it is what is meant to be measured."""
        url = (front or self.front).url(backend, path)
        for _ in range(3):
            got = http.get(url, headers)
            if got != status:
                raise Unexpected(f"{url} answered {got}, expected {status}")


def each_line(load: wrk.Load, lines: pathlib.Path, **options: str) -> wrk.Load:
    """The load with each line of a file in turn, again and again. `options` are those of
    bench/load/list.lua: header="Authorization: Bearer %s"."""
    return dataclasses.replace(load, script="list", arguments=(
        f"file={lines}", *(f"{name}={value}" for name, value in options.items())))


def each_once(load: wrk.Load, lines: pathlib.Path, **options: str) -> wrk.Load:
    """The same, and no line twice: it ends when they are used up."""
    return each_line(load, lines, once="1", **options)


def cold_pair(bench: Bench, kind: str, header: str) -> tuple[rounds.Side, rounds.Side]:
    """Postern with new credentials in each round, and the floor with ever the same."""
    def fresh():
        return each_once(bench.load(bench.postern, GATED),
                         bench.purse.slice(kind, bench.plan.cold), header=header)
    again = each_line(bench.load(bench.floor, GATED), bench.purse.slice(kind, bench.plan.cold),
                      header=header)
    return bench.side(bench.postern, fresh), bench.side(bench.floor, again)
