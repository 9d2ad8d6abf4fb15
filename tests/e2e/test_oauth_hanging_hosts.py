"""R9: hosts that strangers name and that never answer leave workers for everybody else."""
import concurrent.futures
import itertools
import socket
import statistics
import threading
import time

import pytest
import requests

from oauth_site import configured
from stack import Stack

PATIENCE = 2  # of a worker that waits for nobody; whoever waits for such a host does so for 3 s


@pytest.fixture(scope="module")
def stack():
    config = configured(oauth='fetch_networks = "127.0.0.0/8"\n', more="""
[server.api]
workers = 2
""")
    with Stack(config=config) as running:
        yield running


@pytest.fixture(name="silent")
def fixture_silent():
    """The address of a host that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield f"https://localhost:{listener.getsockname()[1]}"


def ask_to_authorize(stack, client, session=None):
    return stack.get("/oauth/authorize", session=session,
                     params={"client_id": client, "response_type": "code"})


def ask_for_a_token(stack, client, session=None):
    return stack.post("/oauth/token", session=session,
                      data={"client_id": client, "grant_type": "refresh_token",
                            "refresh_token": "x"})


@pytest.mark.parametrize("ask", [ask_to_authorize, ask_for_a_token])
def test_r9_hosts_that_hang_leave_a_worker_for_everybody_else(stack, silent, ask):
    """More ask than there are workers, without a pause, from one network."""
    numbers, over, statuses = itertools.count(), threading.Event(), set()

    def stranger():
        with requests.Session() as http:
            http.trust_env = False
            while not over.is_set():
                answer = ask(stack, f"{silent}/{ask.__name__}/{next(numbers)}", http)
                assert "Retry-After" in answer.headers
                statuses.add(answer.status_code)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        strangers = [pool.submit(stranger) for _ in range(4)]
        try:
            times = []
            end = time.monotonic() + 10
            while time.monotonic() < end:
                begin = time.monotonic()
                assert ask_for_a_token(stack, "nobody-known").status_code in (400, 401)
                times.append(time.monotonic() - begin)
                time.sleep(0.1)
        finally:
            over.set()
        for each in strangers:
            each.result()
    assert statuses == {503}
    assert statistics.median(times) < PATIENCE
