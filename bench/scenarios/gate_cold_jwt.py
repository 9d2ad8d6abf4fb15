"""The gate with access tokens that it has never seen: each is used once."""
from bench.harness.against_floor import told
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, bearer, cold_pair


class GateColdJwt(Scenario):
    name = "gate-cold-jwt"
    title = "The gate, cold access tokens"
    order = 20

    def run(self, bench):
        bench.expect(bench.postern, GATED, bearer(bench.purse.one("access")), 200)
        rounds = bench.alternate(*cold_pair(bench, "access", "Authorization: Bearer %s"),
                                 warm_up=False)
        result = told(rounds, "postern", "floor")
        result.notes.append("Each token costs one signature check and one read of its session, its "
                            "account and its role.")
        return result
