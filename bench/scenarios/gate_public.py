"""A path that is open to everybody, asked for by somebody without a credential."""
from bench.harness.against_floor import paced_sides, told
from bench.harness.scenario import Scenario
from bench.harness.stage import OPEN


class GatePublic(Scenario):
    name = "gate-public"
    title = "The gate, anonymous visitor of a public path"
    target = "≥ 0.95 of the floor's throughput, p99 ≤ 1.15 of the floor's"
    order = 60

    def run(self, bench):
        bench.expect(bench.postern, OPEN, {}, 200)
        rounds = bench.alternate(
            bench.side(bench.postern, bench.load(bench.postern, OPEN)),
            bench.side(bench.floor, bench.load(bench.floor, OPEN)),
            *paced_sides(bench, OPEN))
        return told(rounds, "postern", "floor", rate=0.95, p99=1.15)
