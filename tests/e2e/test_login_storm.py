"""Rule R9: password hashes have a few places of their own over all workers. Beyond them the answer is
503 at once, it is counted, and the gate does not notice."""
import re

from load import Load, at_once
from stack import PASSWORD, Stack

CONFIG = """
[password]
concurrent_hashes = 1
hash_wait_ms = 0
memory_kib = 65536
[login_limit]
per_account = 1000
per_network = 1000
"""


def refused_hashes(stack):
    text = stack.get("/auth/v1/metrics").text
    return int(re.search(r"^postern_hashes_refused_total (\d+)$", text, re.M)[1])


def test_r9_logins_beyond_the_places_are_told_to_come_back(stack):
    token = stack.register("stormy")
    assert refused_hashes(stack) == 0

    def log_in(_, session):
        return stack.post("/auth/v1/login", {"login": "stormy", "password": PASSWORD},
                          session=session)

    with Load(lambda session: stack.get("/members/", token=token, session=session).status_code,
              threads=2) as pages:
        answers = [answer for _ in range(6) for answer in at_once(16, log_in)]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}, statuses
    for answer in answers:
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert refused_hashes(stack) == statuses.count(503)
    assert set(pages.counts) == {200}
    assert log_in(0, None).status_code == 200, "a refusal is no failed login"


def test_b78_a_hundred_wrong_passwords_at_once_are_no_more_than_the_limit():
    """CVE-2024-4629."""
    with Stack(config="[login_limit]\nper_account = 10\n"
                      "[password]\nconcurrent_hashes = 8\nhash_wait_ms = 5000\n") as strict:
        strict.register("guessed")
        answers = at_once(100, lambda i, http: strict.post(
            "/auth/v1/login", {"login": "guessed", "password": f"wrong horse battery {i}"},
            session=http))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {401, 429}, statuses
        assert statuses.count(401) <= 10
        limited = next(answer for answer in answers if answer.status_code == 429)
        assert 1 <= int(limited.headers["Retry-After"]) <= 900
