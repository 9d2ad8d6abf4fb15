"""The report: what is not met is said, and it can be made again from its raw figures."""
import pytest

from bench.__main__ import merged
from bench.harness import report
from bench.harness.result import Bar, Bars, Line, Lines, Result
from bench.harness.scenario import scenarios
from bench.harness.toml import toml_text

ABOUT = {"machine": {"cores": "2"}, "versions": {"postern": "1.0"}, "run": "a quick one"}


def result():
    made = Result(name="gate", title="The gate", target="much", seconds=1.5, raw={"a": [1, 2]})
    made.row("rate", "0.99", "≥ 0.95", True)
    made.row("p99", "1.50", "≤ 1.15", False)
    made.row("said | only", "5 ms")
    made.charts += [Bars("Bars", "", [Bar("a", 1, 1, 2, True)]),
                    Lines("Lines", "x", "", [Line("a", [[1.0, 1.0, 1.0, 1.0]])])]
    return made


def test_what_is_not_met_is_said():
    page = report.page(ABOUT, [result()], "report")
    assert "1 of 2 are met" in page
    assert page.count("**NOT met**") == 2 + 1  # in both tables, and where the words are explained
    assert "said \\| only" in page


def test_a_scenario_that_failed_is_a_promise_not_met():
    failed = Result(name="x", title="X", target="quick", failed="Unexpected: it was closed")
    page = report.page(ABOUT, [result(), failed], "report")
    assert "1 of 3 are met" in page and "it was closed" in page


def test_the_report_can_be_made_again(tmp_path):
    file = tmp_path / "REPORT.md"
    report.write(file, ABOUT, [result()])
    first = {path.name: path.read_text() for path in (*tmp_path.glob("*.md"),
                                                      *tmp_path.glob("report/*"))}
    assert set(first) == {"REPORT.md", "gate.svg", "gate-2.svg", "results.json"}
    about, results = report.read(tmp_path / "report")
    assert results == [result()]
    report.write(file, about, results)
    assert first == {path.name: path.read_text() for path in (*tmp_path.glob("*.md"),
                                                              *tmp_path.glob("report/*"))}


def test_what_is_merged_takes_its_place_and_what_is_new_stands_at_the_end(tmp_path):
    other = Result(name="other", title="Another", target="quick")
    report.write(tmp_path / "REPORT.md", dict(ABOUT), [result(), other])
    again = Result(name="gate", title="The gate anew", target="much")
    new = Result(name="new", title="New", target="")
    for _ in range(2):
        about, results = merged(tmp_path / "REPORT.md", [new, again])
        assert results == [again, other, new]
        report.write(tmp_path / "REPORT.md", about, results)
    assert about["run"].count("measured again afterwards: new, gate") == 1


def test_plots_of_scenarios_that_are_gone_go_too(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report/old.svg").write_text("<svg/>")
    report.write(tmp_path / "REPORT.md", ABOUT, [result()])
    assert not (tmp_path / "report/old.svg").exists()


def test_scenarios_are_found_by_their_files():
    found = scenarios()
    names = [scenario.name for scenario in found]
    assert len(set(names)) == len(names) > 10
    assert all(scenario.title for scenario in found)
    assert [scenario.order for scenario in found] == sorted(each.order for each in found)


@pytest.mark.parametrize("settings,text", [
    ({"server.gate.workers": 2}, "[server.gate]\nworkers = 2\n"),
    ({"server.issuer": "http://a", "server.pid_file": "", "gate.realm": 'a"b'},
     '[server]\nissuer = "http://a"\npid_file = ""\n\n[gate]\nrealm = "a\\"b"\n'),
    ({"dispatcharr.enabled": True}, "[dispatcharr]\nenabled = true\n")])
def test_settings_become_toml(settings, text):
    assert toml_text(settings) == text
