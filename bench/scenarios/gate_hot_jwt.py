"""The gate with an access token that it has seen before: what nearly every request of a site is."""
from bench.harness.against_floor import paced_sides, told
from bench.harness.scenario import Scenario
from bench.harness.stage import CEILING, GATED, bearer


class GateHotJwt(Scenario):
    name = "gate-hot-jwt"
    title = "The gate, hot access token"
    target = "≥ 0.95 of the floor's throughput, p99 ≤ 1.15 of the floor's"
    order = 10

    def run(self, bench):
        headers = bearer(bench.purse.one("access"))
        bench.expect(bench.postern, GATED, headers, 200)
        bench.expect(bench.postern, GATED, {}, 401)
        rounds = bench.alternate(
            bench.side(bench.postern, bench.load(bench.postern, GATED, headers)),
            bench.side(bench.floor, bench.load(bench.floor, GATED, headers)),
            bench.side(bench.floor, bench.load(bench.floor, CEILING, headers), name="ceiling"),
            *paced_sides(bench, GATED, headers))
        result = told(rounds, "postern", "floor", rate=0.95, p99=1.15)
        result.notes.append("The ceiling is nginx's `return 200` without any check.")
        return result
