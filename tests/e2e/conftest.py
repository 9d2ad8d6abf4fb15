"""`stack`: one running Postern for a whole module; a module's CONFIG is layered over its
configuration. A failed test shows the end of the logs. Then what most modules about OAuth begin
with: `ann`, who has signed up, and clients; and a real browser for the pages."""
import contextlib
import os
import shutil
import subprocess

import pytest

from leftovers import processes_of
from oauth_application import Application
from oauth_browser import Browser
from oauth_site import App
from stack import SOURCE, Stack, temporary_state
from webdriver import Browser as Chromium


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


@pytest.fixture(scope="module", name="ann")
def fixture_ann(stack):
    """Her browser, which stays signed in."""
    stack.register("ann")
    return Browser(stack, "ann")


@pytest.fixture(scope="module", name="app")
def fixture_app(stack):
    return App.register(stack)


@pytest.fixture(scope="module", name="secret_app")
def fixture_secret_app(stack):
    return App.register(stack, token_endpoint_auth_method="client_secret_basic")


@pytest.fixture(scope="module", name="application")
def fixture_application():
    with contextlib.closing(Application()) as running:
        yield running


@pytest.fixture(scope="module", name="driver")
def fixture_driver():
    with Chromium() as running:
        yield running


@pytest.fixture(name="browser")
def fixture_browser(driver, stack):
    """Chromium, signed out, its console empty. A breach of the policy of content fails the test."""
    driver.open(stack.url + "/oauth/sign-in")
    driver.forget_cookies()
    driver.open(stack.url + "/oauth/sign-in")
    driver.console()
    yield driver
    assert [line for line in driver.console() if "Security Policy" in line] == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    running = getattr(item, "funcargs", {}).get("stack")
    if report.when == "call" and report.failed and isinstance(running, Stack):
        report.sections.append(("logs of the stack", running.logs()))
