"""The comparison that most scenarios of the gate are: Postern and the floor, the same requests."""
from bench.harness import units
from bench.harness.result import Bar, Bars, Result
from bench.harness.rounds import Rounds
from bench.harness.stats import Spread


def spread_text(spread: Spread, text=units.times) -> str:
    if spread.low == spread.high:
        return text(spread.median)
    return f"{text(spread.median)} ({text(spread.low)} to {text(spread.high)})"


def bar(label: str, spread: Spread, ours: bool = False) -> Bar:
    return Bar(label, spread.median, spread.low, spread.high, ours)


def told(rounds: Rounds, ours: str, floor: str, *, rate: float | None = None,
         p99: float | None = None) -> Result:
    """`rate` and `p99` are what was promised of the ratios, where something was."""
    result = Result(raw=rounds.raw())
    share = rounds.ratio(ours, floor, "rate")
    result.row("throughput, of the floor's", spread_text(share),
               f"≥ {rate}" if rate else "", share.median >= rate if rate else None)
    slow = rounds.ratio(ours, floor, "p99")
    result.row("p99 latency, of the floor's", spread_text(slow),
               f"≤ {p99}" if p99 else "", slow.median <= p99 if p99 else None)
    for side in rounds.measured:
        result.row(f"{side}: requests per second",
                   spread_text(rounds.spread(side, "rate"), units.significant))
    for side in rounds.measured:
        result.row(f"{side}: p50, p99, processor time of one request", ", ".join(
            units.seconds(rounds.spread(side, figure).median) for figure in ("p50", "p99", "cost")))
    result.charts.append(Bars("Requests per second", "", [
        bar(side, rounds.spread(side, "rate"), side == ours) for side in rounds.measured]))
    return result
