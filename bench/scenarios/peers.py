"""Other products doing the gate's work: verify the credential, load the account's state, pass
identity on; each configured as its own documents advise."""
from bench.harness import units
from bench.harness.against_floor import bar, spread_text
from bench.harness.peers import running, short_title, side_of
from bench.harness.result import Bars, Result
from bench.harness.scenario import Scenario, Unexpected
from bench.harness.stage import GATED, bearer
from bench.harness.stats import Spread


class Peers(Scenario):
    name = "peers"
    title = "The gate beside other products"
    target = ("≥ 6 × LemonLDAP::NG, ≥ 1.5 × mod_auth_openidc, ≥ 15 × Django simplejwt, "
              "≥ 6 × FastAPI, ≥ 5 × Fastify, for the same work")
    order = 100

    def run(self, bench):
        result = Result()
        ours = bench.side(bench.postern, bench.load(
            bench.postern, GATED, bearer(bench.purse.one("access"))))
        rates: list[float] = []
        bars = []
        for kind in bench.peers():
            try:
                with running(bench, kind, bench.plan.peer_workers) as peer:
                    measured = bench.alternate(ours, side_of(bench, peer))
            except Exception as error:  # a peer that does not run must not end the others
                first = (str(error) or type(error).__name__).splitlines()[0]
                result.row(short_title(kind), f"it failed: {first}", f"≥ {kind.wants_ratio}", False)
                continue
            self.tell(result, kind, measured)
            rates += measured.values("postern", "rate")
            bars.append(bar(short_title(kind), measured.spread(kind.name, "rate")))
            result.raw[kind.name] = measured.raw()
        if not rates:
            raise Unexpected("no peer could be measured")
        result.charts.append(Bars("Requests per second", "", [
            bar("Postern", Spread.of(rates), True), *bars]))
        result.notes.append("The peers: " + "; ".join(kind.title for kind in bench.peers()) + ".")
        result.notes.append(
            f"Postern with an access token, {bench.plan.gate_workers} gate workers and "
            f"{bench.plan.resolvers} resolvers; each peer with {bench.plan.peer_workers} "
            "processes. All answer the same constant file. Before it is measured, each peer has refused a "
            "missing, a bad and a revoked credential.")
        return result

    @staticmethod
    def tell(result, kind, measured):
        share = measured.ratio("postern", kind.name, "rate")
        result.row(f"Postern, times {short_title(kind)}", spread_text(share),
                   f"≥ {kind.wants_ratio}" if kind.wants_ratio else "",
                   share.median >= kind.wants_ratio if kind.wants_ratio else None)
        result.row(f"{short_title(kind)}: requests per second, p99, processor time of one", ", ".join((
            units.significant(measured.spread(kind.name, "rate").median),
            units.seconds(measured.spread(kind.name, "p99").median),
            units.seconds(measured.spread(kind.name, "cost").median))))
