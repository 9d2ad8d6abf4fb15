"""Few connections and many."""
from bench.harness import units
from bench.harness.against_floor import spread_text
from bench.harness.growing import line
from bench.harness.result import Lines, Result
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, bearer


class Connections(Scenario):
    name = "connections"
    title = "Connections at a time"
    order = 310

    def run(self, bench):
        headers = bearer(bench.purse.one("access"))
        result, measured = Result(), {}
        for count in bench.plan.connections:
            rounds = measured[count] = bench.alternate(
                *(bench.side(backend, bench.load(backend, GATED, headers, connections=count),
                             seconds=bench.plan.short)
                  for backend in (bench.postern, bench.floor)),
                count=min(3, bench.plan.rounds), warm_up=False)
            result.raw[str(count)] = rounds.raw()
            result.row(f"{count:,}: throughput, of the floor's; p99 of both",
                       spread_text(rounds.ratio("postern", "floor", "rate")) + "; " + ", ".join(
                           units.seconds(rounds.spread(side, "p99").median)
                           for side in ("postern", "floor")))
        for figure, title, unit, factor in (("rate", "Requests per second", "", 1),
                                            ("p99", "p99 latency", "ms", 1000)):
            result.charts.append(Lines(f"{title}, hot access token", "connections", unit, [
                line(side, measured, side, figure, factor) for side in ("postern", "floor")]))
        return result
