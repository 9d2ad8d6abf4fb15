"""What one request costs, beside the sum of what it cannot do without."""
from bench.harness import pgbench, raw, rounds, stats, units
from bench.harness.against_floor import bar, spread_text
from bench.harness.result import Bars, Result

# The one-row UPDATE that a refresh needs, on a table with the same rows, columns and indexes.
REFRESH_SQL = r"""
\set n random(1, :sessions)
update bench_session set counter = counter + 1, rotated_at = '2026-01-01 00:00:00Z',
  idle_expires_at = '2026-01-15 00:00:00Z'
where n = :n and counter >= 0;
"""
# The row that a login reads and the write that it makes.
LOGIN_SQL = r"""
\set n random(1, :accounts)
select id, number, username, email, role, is_active, is_approved, is_bot, created_at,
  last_login_at, password_hash from postern.account
where username_key = 'user' || lpad((:n)::text, 8, '0');
update postern.account set last_login_at = '2026-01-01 00:00:00Z'
where username_key = 'user' || lpad((:n)::text, 8, '0');
"""


def statement(bench, name: str, text: str, clients: int, **variables: int) -> rounds.Side:
    script = bench.world.folder("pgbench") / f"{name}.sql"
    script.write_text(text.strip() + "\n")
    return rounds.Side(name, lambda: pgbench.measure(
        bench.world.cluster, bench.postern.database, script, clients=clients,
        seconds=bench.plan.seconds, variables=variables))


def operation(bench, name: str, processes: int = 1) -> rounds.Side:
    return rounds.Side(name, lambda: raw.measure(bench.world, name, seconds=bench.plan.seconds,
                                                 processes=processes))


def told(measured: rounds.Rounds, ours: str, parts: list[str], most: float) -> Result:
    """The cost of `ours` against the sum of the parts', round by round."""
    result = Result(raw=measured.raw())
    sums = [sum(costs) for costs in zip(*(measured.values(part, "cost") for part in parts))]
    share = stats.Spread.of(stats.ratios(measured.values(ours, "cost"), sums))
    result.row("processor time of one, of the sum of its parts", spread_text(share), f"≤ {most}",
               share.median <= most)
    result.row(f"{ours}: per second", spread_text(measured.spread(ours, "rate"),
                                                  units.significant))
    for side in (ours, *parts):
        spread = measured.spread(side, "cost")
        result.row(f"{side}: processor time of one", spread_text(spread, units.seconds)
                   + _by_group(measured, side))
    result.charts.append(Bars("Processor time of one, microseconds", "µs", [
        _micros(ours, measured.spread(ours, "cost"), True),
        _micros("the sum of its parts", stats.Spread.of(sums)),
        *(_micros(part, measured.spread(part, "cost")) for part in parts)]))
    return result


def _by_group(measured: rounds.Rounds, side: str) -> str:
    groups = measured.measured[side][0].processor
    if len(groups) < 2:
        return ""
    return ": " + ", ".join(
        f"{group} {units.seconds(measured.spread(side, f'cost:{group}').median)}"
        for group in groups)


def _micros(label: str, spread: stats.Spread, ours: bool = False):
    return bar(label, stats.Spread(spread.median * 1e6, spread.low * 1e6, spread.high * 1e6), ours)
