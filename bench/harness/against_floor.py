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


# 64 connections that pause 10 ms on average ask some 6,000 times a second: about half of what the
# floor can do on two cores.
PACED = {"script": "paced", "arguments": ("mean=10",), "connections": 64}
PACED_NOTE = (
    "Paced: both sides are asked equally much, about 6,000 times a second, well below what either can "
    "do. Its p99 is the one that is judged. At saturation a p99 tells how the kernel shares two cores "
    "among the load generator, nginx and the backend: there nginx alone (the ceiling) is no better.")


def paced_sides(bench, path: str, headers: dict[str, str] | None = None) -> list:
    return [bench.side(side, bench.load(side, path, headers, **PACED), name=f"{side.name}, paced")
            for side in (bench.postern, bench.floor)]


def told(rounds: Rounds, ours: str, floor: str, *, rate: float | None = None,
         p99: float | None = None) -> Result:
    """`rate` and `p99` are what was promised of the ratios, where something was; p99 of the paced
    sides (paced_sides)."""
    result = Result(raw=rounds.raw())
    share = rounds.ratio(ours, floor, "rate")
    result.row("throughput, of the floor's", spread_text(share),
               f"≥ {rate}" if rate else "", share.median >= rate if rate else None)
    slow = rounds.ratio(ours, floor, "p99")
    if p99:
        paced = rounds.ratio(f"{ours}, paced", f"{floor}, paced", "p99")
        result.row("p99 latency, of the floor's, paced", spread_text(paced), f"≤ {p99}",
                   paced.median <= p99)
        result.notes.append(PACED_NOTE)
    result.row("p99 latency, of the floor's, at saturation", spread_text(slow))
    for side in rounds.measured:
        result.row(f"{side}: requests per second",
                   spread_text(rounds.spread(side, "rate"), units.significant))
    for side in rounds.measured:
        result.row(f"{side}: p50, p99, processor time of one request", ", ".join(
            units.seconds(rounds.spread(side, figure).median) for figure in ("p50", "p99", "cost")))
    result.charts.append(Bars("Requests per second", "", [
        bar(side, rounds.spread(side, "rate"), side == ours) for side in rounds.measured
        if not side.endswith("paced")]))
    return result
