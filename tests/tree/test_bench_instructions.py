"""The reference that instruction counts are compared with, and the comparison."""
import json
import re
import sys

from tree import SOURCE

sys.path.insert(0, str(SOURCE))
from bench.harness import instructions  # noqa: E402  pylint: disable=wrong-import-position


def test_every_operation_has_a_reference_and_nothing_else_has():
    source = "".join(path.read_text() for path in (SOURCE / "bench/micro").glob("*_benchmark.cpp"))
    names = re.findall(r'Registered k\w+\(\s*\{"(\w+)"', source)
    assert len(names) == len(set(names)) > 10
    known = json.loads(instructions.REFERENCE.read_text())
    assert known
    assert {machine: set(known[machine]["instructions"]) for machine in known} == {
        machine: set(names) for machine in known}


def test_growth_is_what_exceeds_the_tolerance():
    reference = instructions.Reference(instructions={"a": 1000, "b": 1000, "c": 1000, "d": 1000})
    changes = instructions.compare({"a": 1030, "b": 1031, "c": 970, "d": 969, "e": 5}, reference)
    assert [each.name for each in changes if each.grew] == ["b"]
    assert [each.name for each in changes if each.shrank] == ["d"]
    assert changes[-1].before is None


def test_other_packages_are_named():
    reference = instructions.Reference(packages={"libc6": "1", "libssl3": "1"})
    assert reference.other_packages({"libc6": "1", "libssl3": "1"}) == []
    assert reference.other_packages({"libc6": "2", "g++-12": "3"}) == [
        "g++-12 3 (was missing)", "libc6 2 (was 1)", "libssl3 missing (was 1)"]


def test_a_reference_of_one_architecture_leaves_those_of_others(tmp_path, monkeypatch):
    file = tmp_path / "instructions.json"
    for machine, count in (("x86_64", 1), ("aarch64", 2), ("x86_64", 3)):
        monkeypatch.setattr(instructions.platform, "machine", lambda machine=machine: machine)
        instructions.Reference({"libc6": "1"}, {"a": count}).write(file)
    assert instructions.Reference.read(file).instructions == {"a": 3}
    monkeypatch.setattr(instructions.platform, "machine", lambda: "aarch64")
    assert instructions.Reference.read(file).instructions == {"a": 2}
    monkeypatch.setattr(instructions.platform, "machine", lambda: "riscv64")
    assert instructions.Reference.read(file) == instructions.Reference()
