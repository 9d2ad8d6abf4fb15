"""The scripts: that they can be run, that a checker finds nothing, and what script/test says."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tree import SOURCE, name, tracked_files


def first_line(path):
    with open(path, "rb") as file:
        return file.readline(100)


def shell_scripts():
    return [path for path in tracked_files() if first_line(path).startswith((b"#!/usr/bin/env bash",
                                                                             b"#!/bin/bash",
                                                                             b"#!/bin/sh"))]


def test_the_scripts_a_person_types_are_there():
    for script in ("bootstrap", "server", "test", "bench", "coverage", "format", "fuzz", "tidy"):
        assert os.access(SOURCE / "script" / script, os.X_OK), script
    assert os.access(SOURCE / ".ci/run", os.X_OK)


def test_what_has_a_first_line_can_be_executed():
    wrong = [name(path) for path in tracked_files()
             if first_line(path).startswith(b"#!") and not os.access(path, os.X_OK)]
    assert wrong == []


@pytest.mark.parametrize("path", shell_scripts(), ids=name)
def test_bash_can_read_it(path):
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "set -e" in path.read_text(), "a script ends at its first error"


@pytest.mark.parametrize("path", shell_scripts(), ids=name)
def test_shellcheck_finds_nothing(path):
    assert shutil.which("shellcheck"), "script/bootstrap installs shellcheck"
    done = subprocess.run(["shellcheck", "-S", "warning", path], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_python_files_can_be_compiled():
    for path in tracked_files():
        if path.suffix == ".py":
            compile(path.read_text(), str(path), "exec", dont_inherit=True)
    assert sys.version_info >= (3, 11)


@pytest.mark.parametrize("script", ["bootstrap", "server", "test", "bench", "fuzz"])
def test_help_is_there(script):
    done = subprocess.run([SOURCE / "script" / script, "--help"], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert f"script/{script}" in done.stdout


def run_script_test(tmp_path, ctest, *words):
    """script/test in a copy of the tree's skeleton, with what it calls replaced."""
    (tmp_path / "script").mkdir()
    shutil.copy(SOURCE / "script/test", tmp_path / "script/test")
    tools = tmp_path / "tools"
    tools.mkdir()
    for path, text in ((tmp_path / "script/bootstrap", "exit 0"), (tools / "cmake", "echo noise"),
                       (tools / "ctest", ctest)):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    return subprocess.run(["bash", tmp_path / "script/test", *words], capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": f"{tools}:/usr/bin:/bin"})


PASSED = "echo '  1/2 Test #1: a ...... Passed 0.01 sec'; "


@pytest.fixture(name="place")
def fixture_place(tmp_path_factory):
    return pathlib.Path(tmp_path_factory.mktemp("script"))


def test_script_test_ends_with_the_count_and_is_quiet_about_what_passed(place):
    done = run_script_test(place, PASSED + "echo '100% tests passed, 0 tests failed out of 17'")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "17 passed, 0 failed"
    assert "Test #1" not in done.stdout and "noise" not in done.stdout


def test_script_test_shows_failures_and_fails(place):
    done = run_script_test(place, "echo '2/2 Test #2: b ...***Failed 0.1 sec'; echo 'expected 1';"
                           "echo '94% tests passed, 1 tests failed out of 17'; exit 8")
    assert done.returncode == 8
    assert "Test #2: b" in done.stdout and "expected 1" in done.stdout
    assert done.stdout.splitlines()[-1] == "16 passed, 1 failed"


def test_script_test_fails_when_the_filter_matches_nothing(place):
    done = run_script_test(place, "echo 'No tests were found!!!'; exit 8", "no such test")
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1] == "0 passed, 0 failed"


def test_script_test_hands_filter_and_preset_on(place):
    done = run_script_test(place, 'echo "ARGUMENTS $*"; '
                           "echo '100% tests passed, 0 tests failed out of 1'",
                           "--preset", "asan", "one|two")
    assert "--test-dir build/asan" in done.stdout
    assert "-R one|two" in done.stdout


def test_ci_runs_script_test():
    assert "script/test" in (SOURCE / ".ci/run").read_text()
