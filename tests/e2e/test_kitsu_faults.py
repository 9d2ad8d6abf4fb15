"""What Kitsu's clients are told when things are not as they should be: no database, no Postern, many
at once through one worker, too many wrong passwords."""
import os
import signal
import time

import pytest

import kitsu_client
from kitsu_client import KitsuClient
from kitsu_stack import PATIENT, email_of, host_of, signed_in
from load import at_once
from stack import PASSWORD, wait_for

BRIEF_WINDOW = 10
CONFIG = PATIENT.replace("[login_limit]\n", f"[login_limit]\nbrief_window_seconds = {BRIEF_WINDOW}\n"
                         ) + "[server.api]\nworkers = 1\n[cache]\nstale_limit_ms = 1000\n"
LOCKED_OUT = b'{"error":true,"login":false,"too_many_failed_login_attemps":true}'


def wrong_login(client, name, password="wrong"):
    """What a refused login is answered with."""
    with pytest.raises(kitsu_client.AuthFailed) as caught:
        client.log_in(email_of(name), password)
    return caught.value.answer


def test_people_who_log_in_at_once_through_one_worker_get_their_own(stack):
    names = [f"crowd{number}" for number in range(4)]
    ids = {name: signed_in(stack, name).get_current_user()["id"] for name in names}

    def lead_a_life(index, _):
        name, seen = names[index % len(names)], set()
        for _ in range(5):
            client = KitsuClient(host_of(stack))
            told = client.log_in(email_of(name), PASSWORD)["user"]
            user = client.get_current_user()
            seen |= {told["id"], told["email"], user["id"], user["email"]}
            client.log_out()
        return seen

    lives = at_once(8, lead_a_life)
    assert lives == [{ids[names[index % 4]], email_of(names[index % 4])} for index in range(8)]


def test_the_fifth_failure_locks_out_for_a_while_and_no_longer(stack):
    client = signed_in(stack, "locked")
    assert {wrong_login(client, "locked").content for _ in range(5)} == {b'{"login":false}'}
    began = time.monotonic()
    for password in ("wrong", PASSWORD):
        answer = wrong_login(client, "locked", password)
        assert (answer.status_code, answer.content) == (400, LOCKED_OUT)
    assert client.get_current_user()["email"] == email_of("locked"), "who is in stays in"
    assert signed_in(stack, "bystander").is_authenticated(), "nobody else is locked out"

    def let_in():
        try:
            return client.log_in(email_of("locked"), PASSWORD)["login"]
        except kitsu_client.AuthFailed as refused:
            assert refused.answer.content == LOCKED_OUT
            return time.sleep(1)

    assert wait_for(let_in, BRIEF_WINDOW + 5, "the end of the lockout") is True
    assert time.monotonic() - began > 1


def test_an_unknown_person_is_locked_out_just_the_same(stack):
    client = KitsuClient(host_of(stack))
    answers = [wrong_login(client, "never-was").content for _ in range(6)]
    assert answers == [b'{"login":false}'] * 5 + [LOCKED_OUT]


def faults_of(client, stack, name):
    """What every kind of request is answered with while something is broken."""
    fresh, answers = KitsuClient(host_of(stack)), []
    for ask in (client.get_current_user, client.get_context, client.refresh_access_token,
                client.log_out, lambda: fresh.log_in(email_of(name), PASSWORD)):
        with pytest.raises(kitsu_client.ServerFault) as caught:
            ask()
        answers.append(caught.value.answer)
    return answers


def test_r7_no_database_is_a_fault_that_the_sdk_sees_and_never_a_success(stack):
    client = signed_in(stack, "outage")
    stack.stop_database()
    try:
        wait_for(lambda: stack.get("/api/auth/authenticated", token=client.access
                                   ).status_code != 200, 10, "the cache's end")
        answers = faults_of(client, stack, "outage")
        status = stack.get("/api/status").json()
        index = stack.get("/api/")
    finally:
        stack.start_database()
    for answer in answers:
        assert answer.status_code == 500, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json() == {"error": True, "message": "Internal server error."} or (
            answer.json()["login"] is False)
    assert status["database-up"] is False and index.status_code == 200
    wait_for(lambda: stack.get("/api/auth/authenticated", token=client.access
                               ).status_code == 200, 20, "the database's return")
    assert client.get_current_user()["email"] == email_of("outage")
    assert stack.get("/api/status").json()["database-up"] is True


def test_r7_without_postern_too(stack):
    """Stands last: it ends Postern."""
    client = signed_in(stack, "deserted")
    os.kill(stack.pid("postern"), signal.SIGKILL)
    wait_for(lambda: stack.get("/api/auth/authenticated", token=client.access
                               ).status_code != 200, 20, "its end")
    for answer in faults_of(client, stack, "deserted"):
        assert answer.status_code in (500, 502)
        assert "json" in answer.headers["Content-Type"] and answer.json()["error"] is True
