"""The gate with credentials that were revoked: somebody goes on trying."""
from bench.harness.against_floor import told
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, api_key, bearer


class GateRevoked(Scenario):
    name = "gate-revoked"
    title = "The gate, revoked credentials"
    order = 50

    def run(self, bench):
        token = bearer(bench.purse.one("revoked_access"))
        key = api_key(bench.purse.one("revoked_keys"))
        for headers in (token, key):
            bench.expect(bench.postern, GATED, headers, 401)
            bench.expect(bench.refusing_floor, GATED, headers, 401)
        rounds = bench.alternate(
            bench.side(bench.postern, bench.load(bench.postern, GATED, token, expect="4xx")),
            bench.side(bench.refusing_floor,
                       bench.load(bench.refusing_floor, GATED, token, expect="4xx"), name="floor"),
            bench.side(bench.postern, bench.load(bench.postern, GATED, key, expect="4xx"),
                       name="postern, key"))
        result = told(rounds, "postern", "floor")
        result.notes.append("The floor answers 401 here, so that nginx has the same work.")
        return result
