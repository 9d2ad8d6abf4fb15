"""The gate with an API key that it has seen before."""
from bench.harness.against_floor import paced_sides, told
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, api_key


class GateHotKey(Scenario):
    name = "gate-hot-key"
    title = "The gate, hot API key"
    target = "≥ 0.95 of the floor's throughput, p99 ≤ 1.15 of the floor's"
    order = 30

    def run(self, bench):
        headers = api_key(bench.purse.one("keys"))
        bench.expect(bench.postern, GATED, headers, 200)
        rounds = bench.alternate(
            bench.side(bench.postern, bench.load(bench.postern, GATED, headers)),
            bench.side(bench.floor, bench.load(bench.floor, GATED, headers)),
            *paced_sides(bench, GATED, headers))
        return told(rounds, "postern", "floor", rate=0.95, p99=1.15)
