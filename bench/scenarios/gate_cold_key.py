"""The gate with API keys that it has never seen: each is used once."""
from bench.harness.against_floor import told
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, api_key, cold_pair


class GateColdKey(Scenario):
    name = "gate-cold-key"
    title = "The gate, cold API keys"
    target = "≥ 0.6 of the floor's throughput"
    order = 40

    def run(self, bench):
        bench.expect(bench.postern, GATED, api_key(bench.purse.one("keys")), 200)
        rounds = bench.alternate(*cold_pair(bench, "keys", "X-API-Key: %s"), warm_up=False)
        result = told(rounds, "postern", "floor", rate=0.6)
        result.notes.append("Each key costs a read of its row, its account's and its role's, and "
                            "its first use is written down.")
        return result
