"""Figures over something that grows."""
from bench.harness import rounds
from bench.harness.result import Line


def line(label: str, measured: dict[int, rounds.Rounds], side: str, figure: str,
         factor: float = 1) -> Line:
    """One line of a plot; `measured` holds the rounds at each x."""
    points = []
    for x, at_x in measured.items():
        spread = at_x.spread(side, figure)
        points.append([float(x), spread.median * factor, spread.low * factor, spread.high * factor])
    return Line(label, points)
