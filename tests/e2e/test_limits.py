"""Limits are one over all workers of a machine, whatever becomes of a worker (CVE-2024-4629)."""
import os
import signal
import time

from load import at_once
from stack import Stack, wait_for

LIMIT = 10
CONFIG = f"""
[server.api]
workers = 6
[password]
concurrent_hashes = 8
hash_wait_ms = 5000
[login_limit]
per_account = {LIMIT}
per_network = 1000
window_seconds = 86400
[native]
requests_per_minute = 100000
"""


def failed(stack):
    """How many passwords were looked at and found wrong."""
    return stack.sql("select count(*) from postern.audit where event = 'login_failed'")[0][0]


def guess(stack, name, attempts):
    answers = at_once(attempts, lambda i, http: stack.post(
        "/auth/v1/login", {"login": name, "password": f"wrong horse battery {i}"}, session=http))
    return [answer.status_code for answer in answers]


def test_cve_2024_4629_no_more_wrong_passwords_are_looked_at_than_the_limit(stack):
    for name in ("guessed", "nobody-of-this-name"):
        if name == "guessed":
            stack.register(name)
        before = failed(stack)
        statuses = guess(stack, name, 100)
        assert statuses.count(401) == LIMIT, statuses
        assert statuses.count(429) == 100 - LIMIT, statuses
        assert failed(stack) - before == LIMIT


def test_workers_that_are_killed_meanwhile_give_nothing_away(stack):
    stack.register("besieged")
    before = failed(stack)
    statuses = guess(stack, "besieged", 40)
    workers = set(stack.worker_pids())
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not workers & set(stack.worker_pids()), 30, "other workers")
    wait_for(lambda: stack.get("/auth/v1/readyz").status_code == 200, 30, "the service")
    statuses += guess(stack, "besieged", 40)
    assert statuses.count(401) == LIMIT, statuses
    assert failed(stack) - before == LIMIT


def test_a_reload_keeps_them_and_a_restart_forgets_them(stack):
    stack.register("patient")
    assert guess(stack, "patient", 30).count(401) == LIMIT
    workers = set(stack.worker_pids())
    stack.reload()
    wait_for(lambda: not workers & set(stack.worker_pids()), 30, "the reload")
    assert set(guess(stack, "patient", 10)) == {429}
    stack.stop()
    stack.start()
    assert guess(stack, "patient", 30).count(401) == LIMIT


def test_requests_to_the_native_api_are_one_count_over_all_workers():
    with Stack(config="[native]\nrequests_per_minute = 50\n[server.api]\nworkers = 4\n") as few:
        token = few.admin_token()
        began = time.monotonic()
        answers = at_once(80, lambda i, http: few.get("/auth/v1/me", token=token, session=http))
        given_back = int((time.monotonic() - began) / (60 / 50)) + 1
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 429}
        assert 45 <= statuses.count(200) <= 50 + given_back
        for answer in answers:
            assert answer.headers["RateLimit-Policy"] == '"native";q=50;w=60'
        limited = next(answer for answer in answers if answer.status_code == 429)
        assert limited.json()["code"] == "too_many_attempts"
        assert 1 <= int(limited.headers["Retry-After"]) <= 2
        assert few.get("/auth/v1/healthz").status_code == 200
