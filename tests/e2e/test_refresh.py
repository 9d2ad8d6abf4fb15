"""Rules R1-R3 over HTTP, through nginx and several worker processes."""
import pytest

from load import at_once
from stack import Stack


def refresh(stack, token, session=None):
    return stack.post("/auth/v1/refresh", {"refresh_token": token}, session=session)


def counter_of(stack, session_id):
    rows = stack.sql("select counter from postern.session where id = %s", (session_id,))
    return rows[0][0] if rows else None


def test_r1_r2_sixteen_at_once_get_one_successor_two_hundred_times(stack):
    tokens = stack.register_tokens("storm")
    current, session_id = tokens["refresh_token"], tokens["session_id"]
    for round_number in range(200):
        answers = at_once(16, lambda _, http: refresh(stack, current, http))
        assert {answer.status_code for answer in answers} == {200}, round_number
        successors = {answer.json()["refresh_token"] for answer in answers}
        assert len(successors) == 1, round_number
        assert successors != {current}
        current = successors.pop()
        assert counter_of(stack, session_id) == round_number + 1
    answered = {entry["pid"] for entry in stack.log_entries()
                if entry.get("event") == "request" and entry.get("route") == "refresh"}
    assert len(answered) > 1, "the storm reached one worker only"
    rows = stack.sql("select count(*) from postern.session s join postern.account a"
                     " on a.id = s.account_id where a.username = 'storm'")
    assert rows == [(1,)]


def test_r2_access_tokens_of_a_retry_work_too(stack):
    first = stack.register_tokens("retry")
    second = refresh(stack, first["refresh_token"]).json()
    again = refresh(stack, first["refresh_token"]).json()
    assert again["refresh_token"] == second["refresh_token"]
    for access in (second["access_token"], again["access_token"]):
        assert stack.get("/members/", token=access).status_code == 200


def test_r3_a_grandparent_kills_the_session_with_all_its_tokens(stack):
    first = stack.register_tokens("grandparent")
    second = refresh(stack, first["refresh_token"]).json()
    third = refresh(stack, second["refresh_token"]).json()
    reused = refresh(stack, first["refresh_token"])
    assert reused.status_code == 401
    assert reused.json()["code"] == "invalid_refresh_token"
    assert refresh(stack, third["refresh_token"]).status_code == 401
    for tokens in (first, second, third):
        assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    events = stack.get("/auth/v1/admin/audit?event=refresh_reused", token=stack.admin_token())
    assert [item["subject"] for item in events.json()["items"]].count(first["session_id"]) == 1


@pytest.mark.parametrize("change", ["shorten", "extend", "flip", "upper", "pad", "empty", "jwt"])
def test_r10_only_the_exact_token_refreshes(stack, change):
    tokens = stack.register_tokens(f"exact-{change}")
    good = tokens["refresh_token"]
    bad = {"shorten": good[:-1], "extend": good + "A", "upper": good.swapcase(), "pad": good + "=",
           "flip": good[:20] + ("A" if good[20] != "A" else "B") + good[21:], "empty": "",
           "jwt": tokens["access_token"]}[change]
    assert refresh(stack, bad).status_code in (401, 422)
    assert refresh(stack, good).status_code == 200, "a bad copy did no harm"


def test_r1_without_leeway_exactly_one_wins():
    with Stack(config="[session.native]\nrefresh_leeway_seconds = 0\n") as strict:
        for round_number in range(20):
            tokens = strict.register_tokens(f"strict{round_number}") if round_number < 18 else \
                strict.login("strict0")
            answers = at_once(
                16, lambda _, http, t=tokens: refresh(strict, t["refresh_token"], http))
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [200] + [401] * 15, round_number
