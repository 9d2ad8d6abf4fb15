"""Plots as plain SVG: bars with whiskers, and lines over a logarithmic axis. Legible on light and
on dark ground, since each drawing brings its own ground and follows the reader's preference."""
import math
import typing
from xml.sax.saxutils import escape

from bench.harness.result import Bars, Lines
from bench.harness.units import significant

WIDTH = 760
FONT = 13
STYLE = """
svg { font: 13px system-ui, sans-serif }
.ground { fill: #ffffff } text { fill: #1f2328 } .faint { fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 } .whisker { stroke: #1f2328; stroke-width: 1.5 }
.target { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 5 4 }
.b0 { fill: #8c959f } .b1 { fill: #0969da }
.s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #59636e; fill: #59636e }
.s2 { stroke: #1a7f37; fill: #1a7f37 } .s3 { stroke: #bc4c00; fill: #bc4c00 }
.s4 { stroke: #8250df; fill: #8250df } .s5 { stroke: #bf3989; fill: #bf3989 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 }
  .grid { stroke: #3d444d } .whisker { stroke: #f0f6fc } .target { stroke: #f0883e }
  .b0 { fill: #656c76 } .b1 { fill: #4493f8 }
  .s0 { stroke: #4493f8; fill: #4493f8 } .s1 { stroke: #9198a1; fill: #9198a1 }
  .s2 { stroke: #3fb950; fill: #3fb950 } .s3 { stroke: #f0883e; fill: #f0883e }
  .s4 { stroke: #ab7df8; fill: #ab7df8 } .s5 { stroke: #db61a2; fill: #db61a2 }
  .line { fill: none }
}
"""
COLOURS = 6
MOST_LABEL = 40


def draw(chart: Bars | Lines) -> str:
    return draw_bars(chart) if chart.kind == "bars" else draw_lines(chart)


def nice_ticks(top: float, count: int = 5) -> list[float]:
    """From 0 to at least `top`, in steps of 1, 2, 2.5 or 5 times a power of ten."""
    if not top > 0 or math.isinf(top):
        return [0, 1]
    rough = top / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    return [index * step for index in range(math.ceil(top / step - 1e-9) + 1)]


def tick_texts(ticks: list[float]) -> list[str]:
    """All with as many decimals as the step between them needs."""
    decimals = next(count for count in range(12)
                    if abs(round(ticks[1], count) - ticks[1]) <= 1e-9 * ticks[1])
    return [f"{tick:,.{decimals}f}" for tick in ticks]


def number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _short(label: str) -> str:
    return label if len(label) <= MOST_LABEL else label[:MOST_LABEL - 1] + "…"


def _tag(name: str, text: str = "", **attributes) -> str:
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
                      for key, value in attributes.items())
    return f"<{name}{written}>{escape(text)}</{name}>" if text else f"<{name}{written}/>"


def _text(x: float, y: float, text: str, anchor: str = "start", class_: str = "") -> str:
    extra = {"class_": class_} if class_ else {}
    return _tag("text", text, x=number(x), y=number(y), text_anchor=anchor, **extra)


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return _tag("line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), class_=class_)


def _document(height: float, title: str, parts: typing.Iterable[str]) -> str:
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{number(height)}" '
            f'viewBox="0 0 {WIDTH} {number(height)}" role="img">')
    return "\n".join([head, _tag("title", title), f"<style>{STYLE}</style>",
                      _tag("rect", width=WIDTH, height=number(height), class_="ground"),
                      _tag("text", title, x=12, y=22, font_weight="600"), *parts,
                      "</svg>"]) + "\n"


def draw_bars(chart: Bars) -> str:
    left = 22 + max(len(_short(bar.label)) for bar in chart.bars) * FONT * 0.58
    right, top, row = WIDTH - 84, 44, 30
    bottom = top + row * len(chart.bars)
    highest = max(max(bar.high for bar in chart.bars), chart.target or 0)
    ticks = nice_ticks(highest)

    def x(value: float) -> float:
        return left + (right - left) * value / ticks[-1]

    parts = []
    for tick, text in zip(ticks, tick_texts(ticks)):
        parts += [_line(x(tick), top, x(tick), bottom, "grid"),
                  _text(x(tick), bottom + 18, text, "middle", "faint")]
    for index, bar in enumerate(chart.bars):
        middle = top + row * (index + 0.5)
        parts += [_text(left - 8, middle + 4, _short(bar.label), "end"),
                  _tag("rect", x=number(left), y=number(middle - 9), height=18, rx=2,
                       width=number(max(1, x(bar.value) - left)),
                       class_="b1" if bar.ours else "b0")]
        if bar.high > bar.low:
            parts += [_line(x(bar.low), middle, x(bar.high), middle, "whisker"),
                      _line(x(bar.low), middle - 4, x(bar.low), middle + 4, "whisker"),
                      _line(x(bar.high), middle - 4, x(bar.high), middle + 4, "whisker")]
        shown = significant(bar.value) + (f" {chart.unit}" if chart.unit else "")
        parts.append(_text(x(max(bar.value, bar.high)) + 8, middle + 4, shown))
    if chart.target is not None:
        parts.append(_line(x(chart.target), top - 4, x(chart.target), bottom + 4, "target"))
    return _document(bottom + 32, chart.title, parts)


def draw_lines(chart: Lines) -> str:
    left, right, top, bottom = 70, WIDTH - 24, 64, 320
    points = [point for line in chart.lines for point in line.points]
    ticks = nice_ticks(max(point[3] for point in points))
    positions = sorted({point[0] for point in points})
    lowest, highest = math.log10(positions[0]), math.log10(positions[-1])

    def x(value: float) -> float:
        share = (math.log10(value) - lowest) / (highest - lowest) if highest > lowest else 0.5
        return left + 16 + (right - left - 32) * share

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ticks[-1]

    parts = []
    for tick, text in zip(ticks, tick_texts(ticks)):
        parts += [_line(left, y(tick), right, y(tick), "grid"),
                  _text(left - 8, y(tick) + 4, text, "end", "faint")]
    for position in positions:
        parts.append(_text(x(position), bottom + 20, f"{position:,.0f}", "middle", "faint"))
    parts.append(_text((left + right) / 2, bottom + 42, chart.x_title, "middle", "faint"))
    if chart.unit:
        parts.append(_text(left - 8, top - 14, chart.unit, "end", "faint"))
    across = float(left)
    for index, line in enumerate(chart.lines):
        colour = f"s{index % COLOURS}"
        path = " ".join(f"{number(x(p[0]))},{number(y(p[1]))}" for p in line.points)
        parts.append(_tag("polyline", points=path, class_=f"{colour} line"))
        for at, median, low, high in line.points:
            if high > low:
                parts.append(_line(x(at), y(low), x(at), y(high), colour))
            parts.append(_tag("circle", cx=number(x(at)), cy=number(y(median)), r=3.5,
                              class_=colour))
        parts += [_tag("circle", cx=number(across + 5), cy=42, r=5, class_=colour),
                  _text(across + 15, 46, line.label)]
        across += 15 + len(line.label) * FONT * 0.58 + 24
    return _document(bottom + 56, chart.title, parts)
