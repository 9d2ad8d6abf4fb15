"""A key that is limited to a network, a path and 5 requests a minute, through nginx with the shipped
configuration: it refuses in each of the three ways, and counts exactly whoever answers."""
import http.client
import json
import time

import pytest

from load import at_once

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
RESTRICTIONS = {"cidrs": [f"{HERE}/32", "2001:db8::/32"], "paths": ["/members/**"],
                "requests_per_minute": 5}
SECONDS_EACH = 12  # 5 a minute: one more is allowed after so long


@pytest.fixture(name="owner", scope="module")
def fixture_owner(stack):
    return stack.register("restricted")


def issue(stack, token, name, restrictions, **more):
    answer = stack.post("/auth/v1/keys", {"name": name, "restrictions": restrictions, **more},
                        token=token)
    assert answer.status_code == 201, answer.text
    return answer.json()


def visit(stack, path, key, address=HERE):
    """As a visitor from that address: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30,
                                            source_address=(address, 0))
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def refused(answer, status, code):
    assert answer[0] == status, answer[2]
    assert answer[1]["Content-Type"].startswith("application/problem+json")
    body = json.loads(answer[2])
    assert (body["status"], body["code"]) == (status, code)
    return answer[1]


def test_one_key_refuses_by_network_by_path_and_by_rate(stack, owner):
    issued = issue(stack, owner, "all three", RESTRICTIONS)
    assert issued["restrictions"] == RESTRICTIONS
    key = issued["key"]
    for _ in range(6):  # more often than it may be used: a refused use counts not
        headers = refused(visit(stack, "/members/", key, ELSEWHERE), 403, "key_restricted")
        assert "not for this network" in headers["WWW-Authenticate"]
        headers = refused(visit(stack, "/api/channels/channels/", key), 403, "key_restricted")
        assert "not for this path" in headers["WWW-Authenticate"]
        refused(visit(stack, "/members/../api/channels/", key), 403, "key_restricted")

    began = time.monotonic()
    for _ in range(5):
        status, _, text = visit(stack, "/members/", key)
        assert status == 200
        assert "user: restricted\n" in text
        assert "restrictions" not in text and "/members/**" not in text
    answer = visit(stack, "/members/", key)
    assert time.monotonic() - began < SECONDS_EACH, "too slow to show anything"
    headers = refused(answer, 429, "rate_limited")
    assert 1 <= int(headers["Retry-After"]) <= SECONDS_EACH
    assert visit(stack, "/members/static", key)[0] == 429, "the limit is the key's, not the page's"
    refused(visit(stack, "/members/", key, ELSEWHERE), 403, "key_restricted")


def test_a_public_page_is_open_to_a_key_that_is_not_for_it(stack, owner):
    key = issue(stack, owner, "public", RESTRICTIONS)["key"]
    for address in (HERE, ELSEWHERE):
        status, _, text = visit(stack, "/open/", key, address)
        assert status == 200
        assert "user: \n" in text and "credential: \n" in text


def test_any_number_at_once_are_counted_exactly(stack, owner):
    key = issue(stack, owner, "at once", {"requests_per_minute": 5})["key"]
    began = time.monotonic()
    answers = at_once(40, lambda _, session: stack.get("/members/", key=key, session=session))
    more = int((time.monotonic() - began) // SECONDS_EACH)
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert 5 <= statuses.count(200) <= 5 + more
    workers = {entry["pid"] for entry in stack.log_entries()
               if entry.get("door") == "gate" and entry.get("status") in (403, 429)}
    assert len(workers) > 1, "one worker alone shows nothing"


def test_the_api_holds_a_key_to_its_restrictions(stack, owner):
    key = issue(stack, owner, "api", RESTRICTIONS)["key"]
    refused(visit(stack, "/auth/v1/me", key), 403, "key_restricted")
    key = issue(stack, owner, "own account", {"cidrs": [f"{HERE}/32"], "paths": ["/auth/v1/me"]})
    assert visit(stack, "/auth/v1/me", key["key"])[0] == 200
    refused(visit(stack, "/auth/v1/me", key["key"], ELSEWHERE), 403, "key_restricted")
    refused(visit(stack, "/auth/v1/keys", key["key"]), 403, "key_restricted")


def test_rotation_keeps_the_restrictions(stack, owner):
    issued = issue(stack, owner, "rotated", RESTRICTIONS)
    fresh = stack.request("POST", f"/auth/v1/keys/{issued['id']}/rotate", token=owner)
    assert fresh.status_code == 201, fresh.text
    assert fresh.json()["restrictions"] == RESTRICTIONS
    refused(visit(stack, "/members/", fresh.json()["key"], ELSEWHERE), 403, "key_restricted")
    assert visit(stack, "/members/", fresh.json()["key"])[0] == 200
    assert visit(stack, "/members/", issued["key"])[0] == 401


def test_skedcasts_resource_for_its_keys_alone(stack, owner):
    admin = stack.admin_token()
    key = issue(stack, admin, "agency", None, dialect="skedcast", expires_in_days=365)["key"]
    assert key.startswith("sked_live_")
    answer = stack.get("/v1/agency", token=key, headers={"X-Correlation-Id": "c-e2e"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["object"] == "agency"
    assert answer.json()["meta"] == {"correlationId": "c-e2e"}
    assert answer.headers["X-Correlation-Id"] == "c-e2e"
    assert int(answer.headers["RateLimit-Remaining"]) < int(answer.headers["RateLimit-Limit"])
    assert int(answer.headers["RateLimit-Reset"]) >= 1

    other = issue(stack, owner, "osk", None, dialect="openskip")["key"]
    answer = stack.get("/v1/agency", token=other)
    assert answer.status_code == 401
    assert answer.json()["type"] == "https://docs.skedcast.com/errors/invalid_token"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    answer = stack.post("/auth/v1/keys", {"name": "no", "dialect": "skedcast",
                                          "expires_in_days": 1}, token=owner)
    assert answer.status_code == 403, "a member has not keys.create"
