"""`stack`: one running Postern for a whole module; a module's CONFIG is layered over its
configuration. A failed test shows the end of the logs."""
import os
import shutil
import subprocess

import pytest

from leftovers import processes_of
from stack import SOURCE, Stack, temporary_state


@pytest.fixture(scope="module")
def stack(request):
    with Stack(config=getattr(request.module, "CONFIG", "")) as running:
        yield running


@pytest.fixture(name="state")
def fixture_state():
    """A place for a stack of the test's own. Fails the test that leaves a process behind."""
    path = temporary_state()
    yield path
    left = processes_of(path)
    for record in path.glob("processes.json"):
        subprocess.run([SOURCE / "script/server", "--stop"], check=False,
                       env={**os.environ, "POSTERN_STATE": str(record.parent)})
    shutil.rmtree(path, ignore_errors=True)
    assert left == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    running = getattr(item, "funcargs", {}).get("stack")
    if report.when == "call" and report.failed and isinstance(running, Stack):
        report.sections.append(("logs of the stack", running.logs()))
