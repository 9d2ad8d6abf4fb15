"""The few figures that a comparison needs."""
import dataclasses
import math
import statistics
import typing


@dataclasses.dataclass(frozen=True)
class Spread:
    """The middle of several rounds, and how far they lie apart."""
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: typing.Iterable[float]) -> "Spread":
        values = list(values)
        if not values:
            raise ValueError("a spread of nothing")
        return cls(statistics.median(values), min(values), max(values))


def ratios(ours: typing.Sequence[float], theirs: typing.Sequence[float]) -> list[float]:
    """Each round's own ratio: both were measured next to each other, so that what disturbs the
    machine for a while disturbs both."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds against {len(theirs)}")
    return [a / b if b else math.inf for a, b in zip(ours, theirs)]


def percentile(values: typing.Iterable[float], share: float) -> float:
    """The nearest-rank percentile: a value that did occur. `share` is 0 to 100."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a percentile of nothing")
    if not 0 <= share <= 100:
        raise ValueError(f"{share} is no percentage")
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]
