"""The plots: well-formed, inside their frame, and true to their figures."""
import re
import xml.etree.ElementTree as xml

import pytest

from bench.harness.result import Bar, Bars, Line, Lines
from bench.harness.svg import WIDTH, draw, nice_ticks

NAMESPACE = "{http://www.w3.org/2000/svg}"


def bars(**changed):
    values = {"title": "Requests <per> second & more", "unit": "", "bars": [
        Bar("postern", 900, 850, 950, True), Bar("floor", 1000, 1000, 1000)], "target": None}
    return Bars(**(values | changed))


def lines():
    return Lines("Growth", "accounts", "ms", [
        Line("gate", [[1e3, 1, 0.9, 1.1], [1e5, 1.1, 1, 1.2], [1e7, 1.2, 1.2, 1.2]]),
        Line("login", [[1e3, 20, 19, 21], [1e5, 21, 20, 22], [1e7, 22, 22, 22]])])


def elements(chart, name, class_=None):
    root = xml.fromstring(draw(chart))
    return [each for each in root.iter(NAMESPACE + name)
            if class_ is None or class_ in each.get("class", "").split()]


@pytest.mark.parametrize("chart", [bars(), bars(target=1200), lines()])
def test_everything_lies_in_the_frame(chart):
    root = xml.fromstring(draw(chart))
    height = float(root.get("height"))
    for each in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(each.get(name, 0)) <= WIDTH
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(each.get(name, 0)) <= height


def test_long_labels_are_cut():
    drawn = draw(bars(bars=[Bar("x" * 100, 1, 1, 1)]))
    assert "x" * 39 + "…" in drawn and "x" * 40 not in drawn


def test_texts_are_escaped():
    titles = elements(bars(), "title")
    assert [title.text for title in titles] == ["Requests <per> second & more"]


def test_lengths_of_bars_are_in_proportion():
    ours, floor = (elements(bars(), "rect", name)[0] for name in ("b1", "b0"))
    assert float(ours.get("width")) / float(floor.get("width")) == pytest.approx(0.9, abs=0.005)


def test_whiskers_stand_where_rounds_differed():
    assert len(elements(bars(), "line", "whisker")) == 3


def test_a_target_is_a_line_beyond_the_bars():
    assert elements(bars(), "line", "target") == []
    target, = elements(bars(target=2000), "line", "target")
    ours = elements(bars(target=2000), "rect", "b1")[0]
    end = float(ours.get("x")) + float(ours.get("width"))
    begin = float(ours.get("x"))
    assert (float(target.get("x1")) - begin) / (end - begin) == pytest.approx(2000 / 900, abs=0.02)


def test_equal_factors_are_equally_far_apart():
    first, second, third = (float(each.get("cx")) for each in elements(lines(), "circle", "s0")
                            if each.get("r") == "3.5")
    assert second - first == pytest.approx(third - second, abs=0.2)


def test_every_line_is_named_and_has_a_colour_of_its_own():
    drawn = draw(lines())
    assert ">gate<" in drawn and ">login<" in drawn
    assert len({each.get("class") for each in elements(lines(), "polyline")}) == 2


def test_one_point_is_no_division_by_zero():
    xml.fromstring(draw(Lines("t", "x", "", [Line("a", [[8, 0, 0, 0]])])))


def test_both_grounds_are_thought_of():
    drawn = draw(bars())
    light, dark = drawn.split("@media (prefers-color-scheme: dark)")
    for name in (".ground", "text", ".b0", ".b1", ".s0", ".s5", ".grid"):
        assert re.search(re.escape(name) + r"\s*{", light) and re.search(
            re.escape(name) + r"\s*{", dark)


@pytest.mark.parametrize("top", [0.003, 1, 7, 9.99, 10, 137, 99999, 1e7])
def test_ticks_reach_the_top_in_round_steps(top):
    ticks = nice_ticks(top)
    assert ticks[0] == 0 and ticks[-1] >= top * 0.999 and 2 <= len(ticks) <= 7
    assert f"{ticks[1]:e}"[0] in "125"


def test_no_ticks_of_nothing():
    assert nice_ticks(0) == [0, 1]
