"""Tokens of the Kitsu dialect on the wire: a bot's one token, a person's for scripts, their ends, and
refreshing."""
import collections
import time
import urllib.parse

import pytest

import kitsu_client
from kitsu_client import EXPIRED, KitsuClient, NotAllowed, NotAuthenticated
from kitsu_stack import (ACCESS_SECONDS, BRIEF, PATIENT, PERSON, REVOKED, ask, chief_of, claims,
                         email_of, host_of, part_of, signed_in)
from load import at_once
from stack import PASSWORD, Stack

CONFIG = PATIENT
END_OF_2031_05_06 = 1935878400
FORBIDDEN = ("You don't have the permission to access the requested resource. It is either "
             "read-protected or not readable by the server.")


@pytest.fixture(scope="module", name="brief")
def fixture_brief():
    """Access tokens end in no time there."""
    with Stack(config=BRIEF) as running:
        yield running


@pytest.fixture(scope="module", name="chief")
def fixture_chief(stack):
    return chief_of(stack)


def test_a_bot_is_made_acts_and_is_told_what_it_may_not(stack, chief):
    made = chief.new_bot("Farm", email_of("farm"))
    assert chief.answers[-1].status_code == 201
    assert set(made) == PERSON | {"access_token"}
    assert (made["is_bot"], made["first_name"], made["email"]) == (True, "Farm", email_of("farm"))
    token = made["access_token"]
    assert part_of(token, 0) == {"alg": "HS256", "typ": "JWT"}
    body = claims(token)
    assert set(body) == {"fresh", "iat", "jti", "type", "sub", "nbf", "identity_type"}
    assert (body["type"], body["identity_type"], body["sub"], body["fresh"]) == (
        "access", "bot", made["id"], False)
    bot = KitsuClient(host_of(stack), tokens={"access_token": token})
    user = bot.get_current_user()
    assert set(user) == PERSON | {"fido_devices"} and user["id"] == made["id"]
    for refused in (bot.log_out, bot.get_context, bot.all_open_projects,
                    lambda: bot.new_bot("Child", email_of("child"))):
        with pytest.raises(NotAllowed) as caught:
            refused()
        assert caught.value.answer.json() == {"error": True, "message": FORBIDDEN}
    assert bot.get_current_user()["id"] == made["id"], "the refused log out ended nothing"
    assert chief.remove_bot(made) == 204
    assert chief.answers[-1].content == b""
    assert ask(stack, token)[0] == 401
    assert stack.get(f"/api/data/persons/{made['id']}", token=chief.access).status_code == 404


def test_r4_a_regenerated_token_ends_the_former_at_once(stack, chief):
    made = chief.new_bot("Rotating", email_of("rotating"))
    former = made["access_token"]
    for _ in range(3):
        assert ask(stack, former)[0] == 200
        renewed = chief.update_bot({"id": made["id"], "expiration_date": None})
        assert chief.answers[-1].status_code == 200
        assert ask(stack, former) == REVOKED
        former = renewed["access_token"]
    kept = chief.update_bot({"id": made["id"], "first_name": "Renamed"})
    assert "access_token" not in kept and kept["first_name"] == "Renamed"
    assert ask(stack, former)[1]["user"]["full_name"].strip() == "Renamed"
    dated = chief.update_bot({"id": made["id"], "expiration_date": "2031-05-06"})
    assert dated["expiration_date"] == "2031-05-06"
    assert claims(dated["access_token"])["exp"] - END_OF_2031_05_06 in (-1, 0)
    with pytest.raises(kitsu_client.BadParameter) as caught:
        chief.update_bot({"id": made["id"], "expiration_date": "2001-01-01"})
    assert caught.value.answer.json()["message"] == "Expiration date can't be in the past."
    assert ask(stack, dated["access_token"])[0] == 200, "what is refused ends nothing"


def test_r4_sixteen_regenerations_at_once_leave_one_live_token(stack, chief):
    made = chief.new_bot("Stampede", email_of("stampede"))
    path, change = f"/api/data/persons/{made['id']}", {"expiration_date": None}

    def regenerate(_, session):
        while True:  # of sixteen who want one row, some may wait too long
            answer = stack.request("PUT", path, json=change, token=chief.access, session=session)
            if answer.status_code != 500:
                return answer
            assert answer.headers["Retry-After"], answer.text

    answers = at_once(16, regenerate)
    assert [answer.status_code for answer in answers] == [200] * 16
    tokens = [answer.json()["access_token"] for answer in answers]
    assert len(set(tokens)) == 16
    states = collections.Counter(ask(stack, token)[0] for token in [made["access_token"], *tokens])
    assert states == {200: 1, 401: 16}
    assert stack.sql("select count(*) from postern.api_key k join postern.account a on a.id ="
                     " k.account_id where a.email = %s and k.revoked_at is null",
                     (email_of("stampede"),))[0][0] == 1


def test_r6_disabling_a_bot_ends_its_token_for_good(stack, chief):
    made = chief.new_bot("Sleeper", email_of("sleeper"))
    chief.update_bot({"id": made["id"], "active": False})
    assert ask(stack, made["access_token"])[0] == 401
    chief.update_bot({"id": made["id"], "active": True})
    assert ask(stack, made["access_token"]) == REVOKED
    renewed = chief.update_bot({"id": made["id"], "expiration_date": None})
    assert ask(stack, renewed["access_token"])[0] == 200


def test_r6_no_token_that_is_made_while_a_bot_is_disabled_comes_back_with_it(stack, chief):
    for number in range(8):
        made = chief.new_bot("Racing", email_of(f"racing{number}"))
        path = f"/api/data/persons/{made['id']}"

        def change(index, session, path=path, number=number):
            body = {"active": False} if index == number % 6 else {"expiration_date": None}
            return stack.request("PUT", path, json=body, token=chief.access, session=session)

        answers = at_once(6, change)
        chief.update_bot({"id": made["id"], "active": True})
        tokens = [answer.json().get("access_token") for answer in answers]
        assert not [token for token in (made["access_token"], *filter(None, tokens))
                    if ask(stack, token)[0] == 200]


def test_a_person_makes_a_token_for_scripts_that_a_log_out_leaves_alone(stack):
    client = signed_in(stack, "scripter")
    me = client.get_current_user()["id"]
    token = client.update_bot({"id": me, "expiration_date": None})["access_token"]
    assert claims(token)["identity_type"] == "person_api"
    script = KitsuClient(host_of(stack), tokens={"access_token": token})
    assert script.get_context()["projects"] == [] and script.all_open_projects() == []
    script.log_out()
    assert script.answers[-1].json() == {"logout": True}
    client.log_out()
    assert ask(stack, token)[1]["user"]["id"] == me
    assert ask(stack, token, "/api/auth/refresh-token") == (
        422, {"msg": "Only refresh tokens are allowed"})


def test_logging_out_ends_both_tokens_after_a_refresh_too(stack):
    for refreshed in (False, True):
        client = signed_in(stack, f"leaver{refreshed}".lower())
        first, refresh = client.access, client.refresh
        if refreshed:
            client.refresh_access_token()
            assert client.refresh is None
            assert ask(stack, first)[0] == 200, "a refresh ends nothing"
        last = client.access
        client.log_out()
        assert client.answers[-1].json() == {"logout": True}
        assert client.answers[-1].headers["Content-Type"] == "application/json"
        assert ask(stack, last) == ask(stack, first) == REVOKED
        assert ask(stack, refresh, "/api/auth/refresh-token") == REVOKED


def test_an_expired_token_is_told_by_the_one_message_and_refreshes_once(brief):
    client = signed_in(brief, "expiring")
    first, refresh = client.access, client.refresh
    time.sleep(ACCESS_SECONDS + 0.5)
    answer = brief.get("/api/auth/authenticated", token=first)
    assert (answer.status_code, answer.content) == (
        401, b'{"error":true,"message":"Signature has expired"}')
    client.get_current_user()
    methods = [(a.request.method, urllib.parse.urlsplit(a.url).path, a.status_code)
               for a in client.answers[-3:]]
    assert methods == [("GET", "/api/auth/authenticated", 401),
                       ("GET", "/api/auth/refresh-token", 200),
                       ("GET", "/api/auth/authenticated", 200)]
    assert client.answers[-2].request.headers["Authorization"] == f"Bearer {refresh}"
    assert client.refresh is None
    plain = KitsuClient(host_of(brief), use_refresh_token=False)
    plain.log_in(email_of("expiring"), PASSWORD)
    time.sleep(ACCESS_SECONDS + 0.5)
    with pytest.raises(NotAuthenticated) as caught:
        plain.get_current_user()
    assert caught.value.answer.json()["message"] == EXPIRED


def test_an_expired_token_that_is_revoked_as_well_is_no_reason_to_refresh(brief):
    client = signed_in(brief, "endedtwice")
    access, refresh = client.access, client.refresh
    client.log_out()
    time.sleep(ACCESS_SECONDS + 0.5)
    assert ask(brief, access)[0] == 401
    assert ask(brief, refresh, "/api/auth/refresh-token") == REVOKED


def test_no_token_is_in_a_log(stack, chief):
    client = signed_in(stack, "logged")
    made = chief.new_bot("Logged", email_of("loggedbot"))
    stack.get("/api/auth/authenticated", headers={"Cookie": f"access_token_cookie={client.access}"})
    link = chief.ask("POST", f"actions/persons/{client.get_current_user()['id']}/"
                             "reset-password-link").json()["reset_password_link"]
    secrets = [client.access, client.refresh, made["access_token"], link.rsplit("=", 1)[1],
               chief.access, PASSWORD]
    for path in (stack.state / "log").glob("*.log"):
        text = path.read_text(errors="replace")
        assert not [secret for secret in secrets if secret.rsplit(".", 1)[-1] in text], path
