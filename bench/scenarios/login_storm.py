"""Many people log in at once, and the gate is asked meanwhile."""
import time

from bench.harness import units, wrk
from bench.harness.against_floor import PACED, bar, spread_text
from bench.harness.result import Bars, Result
from bench.harness.rounds import Side, under_load
from bench.harness.scenario import Scenario, Unexpected
from bench.harness.stage import GATED, JSON, LOGIN, bearer, each_line

STORM = 64
LEAD = 0.5  # seconds until the storm is at its height


class LoginStorm(Scenario):
    name = "login-storm"
    title = "A login storm"
    target = "logins at saturation leave the gate's p99 ≤ 2 × its quiet p99"
    order = 500

    def run(self, bench):
        gate = bench.load(bench.postern, GATED, bearer(bench.purse.one("access")), **PACED)
        storm = each_line(
            bench.load(bench.postern, "/auth/v1/login", JSON, connections=STORM, expect="any"),
            bench.purse.logins, method="POST", body=LOGIN.format(password=bench.purse.password))
        groups, served = bench.groups(bench.postern), []

        def in_the_storm():
            with wrk.beside(storm, bench.plan.seconds + 2) as answered:
                time.sleep(LEAD)
                measured = under_load(gate, bench.plan.seconds, groups)
            served.append(answered[0])
            return measured
        measured = bench.alternate(bench.side(bench.postern, gate, name="quiet"),
                                   Side("storm", in_the_storm), warm_up=False)
        return self.told(measured, served)

    @staticmethod
    def told(measured, served):
        result = Result(raw=measured.raw())
        logins = sum(each.requests - each.refused for each in served)
        if not logins:
            raise Unexpected("nobody could log in")
        share = measured.ratio("storm", "quiet", "p99")
        result.row("the gate's p99 in the storm, of its quiet one", spread_text(share), "≤ 2",
                   share.median <= 2)
        for side in ("quiet", "storm"):
            result.row(f"the gate's p50 and p99, {side}", ", ".join(
                spread_text(measured.spread(side, figure), units.seconds)
                for figure in ("p50", "p99")))
            result.row(f"the gate's requests per second, {side}", spread_text(
                measured.spread(side, "rate"), units.significant))
        seconds = sum(each.seconds for each in served)
        refused = sum(each.refused for each in served)
        result.row("logins per second in the storm", units.significant(logins / seconds))
        result.row("logins told to come back (503), per second",
                   units.significant(refused / seconds))
        result.charts.append(Bars("The gate's p99, milliseconds", "ms", [
            bar(side, type(spread)(spread.median * 1e3, spread.low * 1e3, spread.high * 1e3),
                side == "storm")
            for side in ("quiet", "storm") for spread in (measured.spread(side, "p99"),)]))
        result.notes.append(f"{STORM} connections log in as fast as they are let. The gate is asked "
                            "about 6,000 times a second, in the storm as before it.")
        return result
