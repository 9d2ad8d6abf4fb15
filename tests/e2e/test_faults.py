"""Things break under load: nothing acknowledged is lost, and nobody gets in by it."""
import itertools
import os
import signal
import threading
import time

import requests

from load import Load
from stack import PASSWORD, wait_for


def page(stack, token):
    return lambda session: stack.get("/members/", token=token, session=session).status_code


def api(stack, token):
    return lambda session: stack.get("/auth/v1/me", token=token, session=session).status_code


def test_r7_workers_killed_under_load_never_let_anybody_in(stack):
    token = stack.register("killer")
    with Load(page(stack, token)) as good, Load(page(stack, "no-such-token"), threads=2) as bad:
        for _ in range(6):
            wait_for(lambda: len(stack.worker_pids()) == 9, 5, "the replacement of a worker")
            os.kill(stack.worker_pids()[0], signal.SIGKILL)
            time.sleep(0.3)
        wait_for(lambda: good.counts[200] > 100)
    assert set(bad.counts) <= {401, 500, 502, 503}
    failed = good.total() - good.counts[200]
    print("killed 6 workers:", dict(good.counts))
    assert failed <= 12, dict(good.counts)  # what they had in hand; nginx asks once more
    wait_for(lambda: stack.get("/auth/v1/readyz").status_code == 200)


def test_reload_under_load_loses_no_request(stack):
    token = stack.register("reloader")
    before = set(stack.worker_pids())
    with Load(page(stack, token)) as pages, Load(api(stack, token), threads=4) as calls:
        for _ in range(5):
            workers = set(stack.worker_pids())
            stack.reload()
            wait_for(lambda w=workers: not w & set(stack.worker_pids()), 15, "the new workers")
            time.sleep(0.2)
        wait_for(lambda: pages.total() > 200)
    assert set(pages.counts) == {200}, dict(pages.counts)
    assert set(calls.counts) == {200}, dict(calls.counts)
    assert not before & set(stack.worker_pids())
    print("reloads:", dict(pages.counts), dict(calls.counts))


class Registrar:
    """Registers one account after the other and remembers which were acknowledged."""

    def __init__(self, stack):
        self.stack, self.names, self.numbers = stack, [], itertools.count()
        self.lock = threading.Lock()

    def __call__(self, session):
        name = f"durable{next(self.numbers)}"
        answer = self.stack.post("/auth/v1/register", {"username": name, "password": PASSWORD},
                                 session=session)
        if answer.status_code == 201:
            with self.lock:
                self.names.append(name)
        elif answer.status_code == 503:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) >= 1
        return answer.status_code


CONFIG = "[registration]\nper_network_per_hour = 1000\n[cache]\nstale_limit_ms = 1000\n"


def test_r7_database_stopped_and_started_under_load(stack):
    token = stack.register("outage")
    registrar = Registrar(stack)
    with Load(page(stack, token), threads=4) as pages, Load(registrar, threads=2) as registrations:
        wait_for(lambda: len(registrar.names) > 3 and pages.counts[200])
        stack.stop_database()
        time.sleep(1.5)  # longer than the cache is believed without news
        gate = stack.get("/members/", token=token)
        assert gate.status_code == 503
        assert int(gate.headers["Retry-After"]) >= 1
        assert stack.get("/open/").status_code == 200, "asks nobody anything"
        dispatcharr = stack.post("/api/accounts/token/", {"username": "a", "password": "b"})
        assert dispatcharr.status_code == 503
        assert set(dispatcharr.json()) == {"detail"}
        assert stack.get("/auth/v1/healthz").status_code == 200
        assert stack.get("/auth/v1/readyz").status_code == 503
        stack.start_database()
        started = time.monotonic()
        wait_for(lambda: stack.get("/members/", token=token).status_code == 200, 10)
        print(f"answers again {time.monotonic() - started:.2f} s after the database")
        before = len(registrar.names)
        wait_for(lambda: len(registrar.names) > before + 3)
    print("pages:", dict(pages.counts), "registrations:", dict(registrations.counts))
    assert set(pages.counts) <= {200, 503}
    assert set(registrations.counts) <= {201, 503}
    assert pages.counts[503] and pages.counts[200]
    known = {row[0] for row in stack.sql("select username from postern.account")}
    assert set(registrar.names) <= known, "an acknowledged account was lost"


def test_stop_under_load_answers_what_it_accepted(stack):
    """The last of this module: it stops Postern and starts it again."""
    token = stack.register("stopper")
    with Load(api(stack, token), threads=4) as calls:
        wait_for(lambda: calls.counts[200] > 50)
        stack.stop()
        time.sleep(0.2)
    refused = {"ConnectionError"}  # nginx is gone as well
    assert set(calls.counts) - refused <= {200, 502, 503}, dict(calls.counts)
    stack.start()
    session = requests.Session()
    session.trust_env = False
    assert api(stack, token)(session) == 200, "state survives"
