"""Making API keys."""
from bench.harness.against_floor import told
from bench.harness.scenario import Scenario
from bench.harness.stage import JSON, each_line


class KeyCreation(Scenario):
    name = "key-creation"
    title = "Making an API key"
    order = 220

    def run(self, bench):
        def load(backend):
            # Accounts may hold fifty keys each, so there are many accounts.
            tokens = bench.purse.slice("access", bench.plan.key_makers)
            body = f'{{"name":"{tokens.stem} %n"}}'
            return each_line(bench.load(backend, "/auth/v1/keys", JSON, connections=4), tokens,
                             method="POST", header="Authorization: Bearer %s", body=body)
        measured = bench.alternate(bench.side(bench.postern, lambda: load(bench.postern)),
                                   bench.side(bench.floor, load(bench.floor)), warm_up=False)
        result = told(measured, "postern", "floor")
        result.notes.append("One commit each: the key's row and its line in the audit.")
        return result
