"""How long another machine goes on accepting what was revoked on this one."""
import math

from bench.harness import stats, units
from bench.harness.hammer import Hammer
from bench.harness.http import Connection
from bench.harness.pair import second_machine
from bench.harness.result import Line, Lines, Result
from bench.harness.revoking import one_round, victims
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED

PATIENCE = 30
MOST_P99 = 0.05


class RevocationThere(Scenario):
    name = "revocation-there"
    title = "Revocation across two machines"
    target = "p99 of the lag ≤ 50 ms"
    order = 610

    def run(self, bench):
        tokens = bench.purse.take("expendable", bench.plan.revocations)
        with second_machine(bench, proxied=False) as (other, front, _), \
                Connection.to(bench.front.url(bench.postern, "/")) as api, \
                Hammer(front.url(other, GATED)) as gate:
            rounds = [one_round(victim, api, gate, PATIENCE) for victim in victims(api, tokens)]
        lags = [each.lag for each in rounds]
        p99 = stats.percentile(lags, 99)
        result = Result(raw={"lag": lags})
        result.row("lag, p99", units.seconds(p99), "≤ 50 ms", p99 <= MOST_P99)
        result.row("lag, p50, largest", ", ".join((units.seconds(stats.percentile(lags, 50)),
                                                   units.seconds(max(lags)))))
        result.row("revocations", f"{len(rounds)}, of which {sum(lag == 0 for lag in lags)} "
                   "without any request accepted late")
        result.charts.append(Lines("Lag that this share of the revocations stays below",
                                   "share of the revocations, per cent", "ms", [
                                       Line("lag", self.distribution(lags))]))
        result.notes.append(
            "Two Posterns over one PostgreSQL, each with an nginx of its own, on one machine. The lag "
            "runs from the moment the answer of the one arrived to the moment the last request was "
            "sent that the other accepted; four connections ask it all the time.")
        return result

    @staticmethod
    def distribution(lags):
        points = []
        for share in (1, 5, 10, 25, 50, 75, 90, 95, 99, 100):
            value = stats.percentile(lags, share) * 1e3
            points.append([float(share), value, value, value])
        assert all(math.isfinite(point[1]) for point in points)
        return points
