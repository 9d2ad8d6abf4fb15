"""What users of other authorization servers suffer from (number 30): hundreds of megabytes at rest, and
more each day until the machine has none left."""
import pathlib

import pytest

from load import at_once
from oauth_site import configured

CONFIG = configured(more="""
[login_limit]
per_account = 1000
per_network = 1000
[password]
hash_wait_ms = 5000
""")
MEGABYTE = 1024  # as /proc counts


def processes(stack):
    return [stack.pid("postern"), *stack.worker_pids()]


def together(stack, kind):
    """Of all its processes; Pss counts what several share once."""
    total = 0
    for pid in processes(stack):
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(kind + ":"):
                total += int(line.split()[1])
    return total


def highest(stack):
    """What one of them ever had at the most."""
    peaks = []
    for pid in processes(stack):
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        peaks.append(int(text.partition("VmHWM:")[2].split()[0]))
    return max(peaks)


@pytest.fixture(name="_plain", autouse=True)
def fixture_plain(stack):
    maps = pathlib.Path(f"/proc/{stack.pid('postern')}/maps").read_text()
    if "libasan" in maps or "libtsan" in maps:
        pytest.skip("a sanitizer's own memory is measured by nobody")


def serve(stack, tokens, app, secret_app, rounds):
    """What comes in a day: refreshes, checks, machines' tokens, wrong ones, passwords."""
    for _ in range(rounds):
        tokens = app.refresh(tokens["refresh_token"]).json()
        assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
        assert secret_app.introspect(tokens["access_token"]).status_code == 200
        assert stack.get("/members/read/", token="x").status_code == 401
        assert app.token(grant_type="authorization_code", code="x" * 3000).status_code == 400
    answers = at_once(16, lambda _, http: stack.post(
        "/auth/v1/login", {"login": "ann", "password": "wrong"}, session=http))
    assert {answer.status_code for answer in answers} <= {401, 503}
    return tokens


def test_4_30_it_is_small_and_stays_small(stack, ann, app, secret_app):
    at_rest = together(stack, "Pss")
    assert at_rest < 100 * MEGABYTE
    tokens = serve(stack, app.tokens(ann, scope="posts.read offline_access"), app, secret_app, 80)
    before = together(stack, "Pss_Anon")
    for _ in range(3):
        tokens = serve(stack, tokens, app, secret_app, 80)
    after = together(stack, "Pss_Anon")
    print(f"at rest {at_rest} kB, of their own {before} kB, later {after} kB, "
          f"one at the most {highest(stack)} kB, all now {together(stack, 'Pss')} kB")
    assert after - before < 10 * MEGABYTE
    assert together(stack, "Pss") < 150 * MEGABYTE
    assert highest(stack) < 150 * MEGABYTE, "no spikes"


def test_4_30_a_flood_of_bodies_leaves_nothing(stack):
    """The largest that nginx lets through, from many at once."""
    body = "grant_type=authorization_code&code=" + "x" * 65000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    def flood():
        at_once(16, lambda _, http: [stack.request("POST", "/oauth/token", data=body, session=http,
                                                   headers=headers).status_code for _ in range(20)])
    flood()
    before = together(stack, "Pss_Anon")
    for _ in range(3):
        flood()
    assert together(stack, "Pss_Anon") - before < 10 * MEGABYTE
    assert highest(stack) < 150 * MEGABYTE
