"""Ten thousand times as many accounts."""
import dataclasses
import functools
import shutil

from bench.harness import fixture, units
from bench.harness.against_floor import spread_text
from bench.harness.result import Line, Lines, Result
from bench.harness.scenario import Scenario
from bench.harness.stage import (GATED, JSON, LOGIN, REFRESH, bearer, each_line, each_once)

# Each key or session is used once, so that a few accounts need many of them.
PER_ACCOUNT = 40
MOST_SAMPLE = 40_000
BYTES_PER_ACCOUNT = 1500
TARGETS = {"gate, hot token": 1.1, "gate, cold key": 1.1, "login": 1.3, "refresh": 1.3}


@dataclasses.dataclass
class Size:
    accounts: int
    instance: object
    purse: fixture.Purse

    @property
    def name(self):
        return f"{self.accounts:,}"


class Growth(Scenario):
    name = "growth"
    title = "Growth"
    target = "10⁷ accounts cost ≤ 1.1 × what 10³ cost on the gate, ≤ 1.3 × on login and refresh"
    order = 320

    def run(self, bench):
        world, result, sizes = bench.world, Result(), []
        try:
            for accounts in bench.plan.growth:
                if self.fits(world, accounts):
                    sizes.append(self.prepare(bench, accounts))
                else:
                    result.notes.append(f"{accounts:,} accounts do not fit on this disk.")
                    result.row(f"{accounts:,} accounts", "not measured", "measured", False)
            front = world.front("growing", *(size.instance for size in sizes))
            try:
                self.measure(bench, front, sizes, result)
            finally:
                front.stop()
        finally:
            for size in sizes:
                size.instance.stop()
                world.cluster.drop(size.instance.database)
        return result

    @staticmethod
    def fits(world, accounts):
        return shutil.disk_usage(world.root).free > 2 * accounts * BYTES_PER_ACCOUNT

    @staticmethod
    def prepare(bench, accounts):
        world = bench.world
        name = f"accounts{accounts}"
        instance = world.instance(name, world.cluster.create(name), world.settings())
        credentials = max(accounts, min(MOST_SAMPLE, PER_ACCOUNT * accounts))
        purse = fixture.fill(world, instance, accounts=accounts, credentials=credentials,
                             sample=min(credentials, MOST_SAMPLE))
        size = world.cluster.admin(f"select pg_database_size('{name}')")[0][0]
        bench.say(f"  {accounts:,} accounts: {purse.about['seconds']:.0f} s, "
                  f"{units.mebibytes(size)}")
        return Size(accounts, instance, purse)

    def measure(self, bench, front, sizes, result):
        lines = []
        for what, load in self.loads(bench, front).items():
            once = what in ("gate, cold key", "refresh")
            measured = bench.alternate(*(
                bench.side(size.instance, functools.partial(load, size), front, name=size.name,
                           seconds=bench.plan.short)
                for size in sizes), warm_up=not once)
            smallest, largest = sizes[0].name, sizes[-1].name
            share = measured.ratio(largest, smallest, "cost")
            result.row(f"{what}: cost with {largest}, of that with {smallest}", spread_text(share),
                       f"≤ {TARGETS[what]}", share.median <= TARGETS[what])
            result.row(f"{what}: throughput with {largest}, of that with {smallest}",
                       spread_text(measured.ratio(largest, smallest, "rate")))
            base = measured.spread(smallest, "cost").median
            lines.append(Line(what, [
                [size.accounts, *(value / base for value in dataclasses.astuple(
                    measured.spread(size.name, "cost")))] for size in sizes]))
            result.raw[what] = measured.raw()
        result.charts.append(Lines(f"Processor time of one, of that with {smallest} accounts",
                                   "accounts, sessions and keys", "×", lines))
        result.notes.append(
            f"Up to {MOST_SAMPLE:,} of each size's credentials are used, spread over all of them. "
            f"The smallest has {PER_ACCOUNT} sessions and keys for each account, since each is "
            "used once.")

    @staticmethod
    def loads(bench, front):
        plan = bench.plan
        hot = {}

        def hot_token(size):
            headers = hot.setdefault(size.name, bearer(size.purse.one("access")))
            return bench.load(size.instance, GATED, headers, front)

        def cold_key(size):
            return each_once(bench.load(size.instance, GATED, {}, front),
                             size.purse.slice("keys", plan.growth_cold), header="X-API-Key: %s")

        def login(size):
            return each_line(bench.load(size.instance, "/auth/v1/login", JSON, front,
                                        connections=plan.hashes), size.purse.logins, method="POST",
                             body=LOGIN.format(password=size.purse.password))

        def refresh(size):
            return each_once(bench.load(size.instance, "/auth/v1/refresh", JSON, front,
                                        connections=4), size.purse.slice(
                                            "refresh", plan.growth_cold), method="POST",
                             body=REFRESH)
        return dict(zip(TARGETS, (hot_token, cold_key, login, refresh)))
