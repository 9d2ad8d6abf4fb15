"""`stack`: one running Postern for a whole module; a module's CONFIG is layered over its
configuration. A failed test shows the end of the logs."""
import pytest

from stack import Stack


@pytest.fixture(scope="module")
def stack(request):
    with Stack(config=getattr(request.module, "CONFIG", "")) as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    running = getattr(item, "funcargs", {}).get("stack")
    if report.when == "call" and report.failed and isinstance(running, Stack):
        report.sections.append(("logs of the stack", running.logs()))
