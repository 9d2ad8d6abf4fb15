"""Few processes and many."""
from bench.harness.against_floor import spread_text
from bench.harness.growing import line
from bench.harness.result import Lines, Result
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, bearer


class Workers(Scenario):
    name = "workers"
    title = "Workers of the gate"
    order = 300

    def run(self, bench):
        headers = bearer(bench.purse.one("access"))
        result, measured = Result(), {}
        for count in bench.plan.workers:
            measured[count] = self.measure(bench, count, headers)
            result.raw[str(count)] = measured[count].raw()
            result.row(f"{count}: throughput, of the floor's with as many", spread_text(
                measured[count].ratio("postern", "floor", "rate")))
        result.charts.append(Lines("Requests per second, hot access token", "processes", "", [
            line(side, measured, side, "rate") for side in ("postern", "floor")]))
        return result

    @staticmethod
    def measure(bench, count, headers):
        world = bench.world
        ours = world.instance(f"workers{count}", bench.postern.database, world.settings(
            server__gate__workers=count, server__api__workers=1), keys=bench.postern)
        floor = world.floor(f"floor{count}", count)
        front = world.front(f"front{count}", ours, floor)
        try:
            return bench.alternate(
                *(bench.side(backend, bench.load(backend, GATED, headers, front), front, name=name,
                             seconds=bench.plan.short)
                  for backend, name in ((ours, "postern"), (floor, "floor"))),
                count=min(3, bench.plan.rounds))
        finally:
            for part in (front, floor, ours):
                part.stop()
