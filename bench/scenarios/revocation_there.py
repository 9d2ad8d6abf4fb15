"""How long another machine goes on accepting what was revoked on this one."""
import time

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
POLL_MS = 200    # the default
BELIEVED = 1.5  # seconds until the second Postern believes its cache


class RevocationThere(Scenario):
    name = "revocation-there"
    title = "Revocation across two machines"
    target = "p99 of the lag ≤ 50 ms"
    order = 610

    def run(self, bench):
        result = Result()
        lags = self.measure(bench, bench.plan.revocations)
        p99 = stats.percentile(lags, 99)
        result.row("listening: lag, p99", units.seconds(p99), "≤ 50 ms", p99 <= MOST_P99)
        self.tell(result, "listening", lags)
        settings = {"cache__coherence": "poll", "cache__poll_interval_ms": POLL_MS}
        polled = self.measure(bench, bench.plan.revocations // 3, **settings)
        self.tell(result, f"polling every {POLL_MS} ms", polled)
        result.raw = {"listening": lags, "polling": polled}
        result.charts.append(Lines("Lag that this share of the revocations stays below",
                                   "share of the revocations, per cent", "ms", [
                                       Line("listening", distribution(lags)),
                                       Line(f"polling every {POLL_MS} ms", distribution(polled))]))
        result.notes.append(
            "Two Posterns over one PostgreSQL, each with an nginx of its own, on one machine. The "
            "lag runs from the moment the answer of the one arrived to the moment the last request was "
            "sent that the other accepted: 0 when none was accepted that began after the answer. "
            "Four connections ask it all the time, before, while and after.")
        return result

    @staticmethod
    def measure(bench, count, **settings):
        tokens = bench.purse.take("expendable", count)
        with second_machine(bench, proxied=False, **settings) as (other, front, _), \
                Connection.to(bench.front.url(bench.postern, "/")) as api, \
                Hammer(front.url(other, GATED)) as gate:
            time.sleep(BELIEVED)
            return [one_round(victim, api, gate, PATIENCE).lag for victim in victims(api, tokens)]

    @staticmethod
    def tell(result, how, lags):
        result.row(f"{how}: lag, p50, p99, largest", ", ".join(map(units.seconds, (
            stats.percentile(lags, 50), stats.percentile(lags, 99), max(lags)))))
        result.row(f"{how}: revocations", f"{len(lags)}, of which {sum(lag == 0 for lag in lags)} "
                   "without any request accepted late")


def distribution(lags):
    """Points of a plot: the share of the revocations, and the lag below which they stay."""
    points = []
    for share in (1, 5, 10, 25, 50, 75, 90, 95, 99, 100):
        value = stats.percentile(lags, share) * 1e3
        points.append([float(share), value, value, value])
    return points
