"""The figures of a comparison, and how they are written."""
import math

import pytest

from bench.harness import units
from bench.harness.rounds import Measured, Rounds, Side, alternate
from bench.harness.stats import Spread, percentile, ratios


def test_a_spread_is_the_middle_and_the_ends():
    assert Spread.of([5, 1, 3]) == Spread(3, 1, 5)
    assert Spread.of([4, 1, 3, 2]).median == 2.5
    assert Spread.of(iter([7])) == Spread(7, 7, 7)


def test_there_is_no_spread_of_nothing():
    with pytest.raises(ValueError):
        Spread.of([])


def test_each_round_has_a_ratio_of_its_own():
    assert ratios([10, 30], [20, 10]) == [0.5, 3]
    assert ratios([1], [0]) == [math.inf]


def test_rounds_without_a_partner_are_refused():
    with pytest.raises(ValueError):
        ratios([1, 2], [1])


@pytest.mark.parametrize("share,expected", [(0, 1), (1, 1), (50, 50), (50.1, 51), (99, 99),
                                            (99.01, 100), (100, 100)])
def test_a_percentile_is_a_value_that_did_occur(share, expected):
    assert percentile(range(100, 0, -1), share) == expected


def test_percentiles_of_few_values_are_the_largest():
    assert percentile([3.0], 99) == 3.0
    assert percentile([1.0, 2.0], 99) == 2.0


@pytest.mark.parametrize("values,share", [([], 50), ([1], 101), ([1], -1)])
def test_percentiles_that_make_no_sense_are_refused(values, share):
    with pytest.raises(ValueError):
        percentile(values, share)


def measured(count, seconds=2.0, processor=None, **latency):
    return Measured(count, seconds, processor or {"nginx": 1.0, "postern": 0.5}, latency)


def test_a_round_knows_its_rate_and_its_cost():
    one = measured(100)
    assert one.rate == 50
    assert one.cost == 0.015


def test_sides_take_turns():
    order = []

    def side(name):
        return Side(name, lambda: order.append(name) or measured(len(order)))
    rounds = alternate([side("a"), side("b")], 3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert rounds.values("a", "rate") == [0.5, 1.5, 2.5]


def test_a_ratio_is_that_of_neighbours_not_of_medians():
    rounds = Rounds({"ours": [measured(100), measured(10)], "floor": [measured(50), measured(20)]})
    assert rounds.ratio("ours", "floor", "rate") == Spread(1.25, 0.5, 2)
    assert rounds.spread("ours", "cost:postern") == Spread(0.0275, 0.005, 0.05)


def test_latencies_are_compared_too():
    rounds = Rounds({"ours": [measured(1, p99=0.002)], "floor": [measured(1, p99=0.001)]})
    assert rounds.ratio("ours", "floor", "p99").median == 2


@pytest.mark.parametrize("value,text", [
    (0, "0"), (12345.6, "12,346"), (123.4, "123"), (12.345, "12.3"), (1.2345, "1.23"),
    (0.0012345, "0.00123")])
def test_three_digits_are_enough(value, text):
    assert units.significant(value) == text


@pytest.mark.parametrize("value,text", [
    (0, "0 s"), (2.5, "2.50 s"), (0.0123, "12.3 ms"), (4.2e-5, "42.0 µs"), (3e-9, "3.00 ns")])
def test_seconds_have_the_unit_that_fits(value, text):
    assert units.seconds(value) == text


def test_mebibytes():
    assert units.mebibytes(40 * 1048576) == "40.0 MiB"
