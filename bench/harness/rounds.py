"""Rounds that alternate the sides, and what is told of them."""
import dataclasses
import typing

from bench.harness import proc, stats, wrk

# Whose processes, and which they are now.
Groups = dict[str, typing.Callable[[], list[int]]]


@dataclasses.dataclass(frozen=True)
class Measured:
    """One round of one side."""
    count: int                  # requests, or whatever else was repeated
    seconds: float              # wall clock
    processor: dict[str, float]  # seconds by group
    latency: dict[str, float]   # seconds: p50, p99, ...

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """Processor seconds of all processes involved, for one."""
        return sum(self.processor.values()) / self.count


@dataclasses.dataclass(frozen=True)
class Side:
    """`warm_up` is called once before the first round, where a side needs that."""
    name: str
    measure: typing.Callable[[], Measured]
    warm_up: typing.Callable[[], object] = lambda: None


class Rounds:
    """All rounds of all sides, in order."""

    def __init__(self, measured: dict[str, list[Measured]]):
        self.measured = measured

    def values(self, side: str, figure: str) -> list[float]:
        """`figure`: rate, cost, p50, p99, ..., or cost:GROUP."""
        return [_figure(each, figure) for each in self.measured[side]]

    def spread(self, side: str, figure: str) -> stats.Spread:
        return stats.Spread.of(self.values(side, figure))

    def ratio(self, ours: str, theirs: str, figure: str) -> stats.Spread:
        return stats.Spread.of(stats.ratios(self.values(ours, figure),
                                            self.values(theirs, figure)))

    def raw(self) -> dict:
        return {side: [dataclasses.asdict(each) for each in all_of_it]
                for side, all_of_it in self.measured.items()}


def _figure(measured: Measured, figure: str) -> float:
    if figure == "rate":
        return measured.rate
    if figure == "cost":
        return measured.cost
    if figure.startswith("cost:"):
        return measured.processor.get(figure[5:], 0.0) / measured.count
    return measured.latency[figure]


def alternate(sides: typing.Sequence[Side], rounds: int) -> Rounds:
    """A B A B: what disturbs the machine for a while disturbs both."""
    measured: dict[str, list[Measured]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            measured[side.name].append(side.measure())
    return Rounds(measured)


def spent(groups: Groups) -> dict[str, float]:
    return {name: proc.processor_seconds(pids()) for name, pids in groups.items()}


def under_load(load: wrk.Load, seconds: int, groups: Groups) -> Measured:
    before = spent(groups)
    answered = wrk.run(load, seconds)
    after = spent(groups)
    return Measured(
        answered.requests, answered.seconds,
        {name: after[name] - before[name] for name in groups},
        {name: getattr(answered, name) / 1e6 for name in ("p50", "p90", "p99", "p999", "max")})
