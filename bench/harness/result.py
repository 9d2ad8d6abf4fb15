"""What a scenario answers. Everything in it can be written as JSON and read again, so that a report
can be made without measuring."""
import dataclasses
import typing


@dataclasses.dataclass
class Row:
    """One line of a scenario's table. `met` is None where nothing was promised."""
    what: str
    measured: str
    target: str = ""
    met: bool | None = None


@dataclasses.dataclass
class Bar:
    label: str
    value: float
    low: float
    high: float
    ours: bool = False


@dataclasses.dataclass
class Bars:
    title: str
    unit: str
    bars: list[Bar]
    target: float | None = None
    kind: str = "bars"


@dataclasses.dataclass
class Line:
    label: str
    points: list[list[float]]  # x, median, low, high


@dataclasses.dataclass
class Lines:
    title: str
    x_title: str
    unit: str
    lines: list[Line]
    kind: str = "lines"


@dataclasses.dataclass
class Result:
    rows: list[Row] = dataclasses.field(default_factory=list)
    charts: list = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    raw: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    # Filled in by whoever runs the scenario:
    name: str = ""
    title: str = ""
    target: str = ""
    seconds: float = 0
    failed: str = ""

    def row(self, what: str, measured: str, target: str = "", met: bool | None = None) -> None:
        self.rows.append(Row(what, measured, target, met))

    def to_json(self) -> dict:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> "Result":
        result = cls(**values)
        result.rows = [Row(**row) for row in values["rows"]]
        result.charts = [_chart(chart) for chart in values["charts"]]
        return result


def _chart(values: dict):
    if values["kind"] == "bars":
        return Bars(**{**values, "bars": [Bar(**bar) for bar in values["bars"]]})
    return Lines(**{**values, "lines": [Line(**line) for line in values["lines"]]})
