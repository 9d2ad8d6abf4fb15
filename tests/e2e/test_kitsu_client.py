"""Kitsu's clients against a real stack: what its SDK does from the first look at the host to the log
out, with each detail of the wire that it relies on (kitsu_client.py; and the SDK itself, where
POSTERN_GAZU names a directory that has its package)."""
import importlib
import json
import os
import re
import sys
import time

import pytest

import kitsu_client
from kitsu_client import KitsuClient
from kitsu_stack import (ACCESS_SECONDS, BRIEF, HEADERS, PATIENT, PERSON, REVOKED, ask, chief_of,
                         claims, email_of, host_of, signed_in)
from stack import PASSWORD, Stack, free_port

CONFIG = PATIENT
DAY = 86400
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ORGANISATION = {"id", "type", "name", "hours_by_day", "has_avatar", "use_original_file_name",
                "timesheets_locked", "format_duration_in_hours", "hd_by_default",
                "dark_theme_by_default", "created_at", "updated_at"}
ADMINS_ORGANISATION = ORGANISATION | {"chat_token_slack", "chat_webhook_mattermost",
                                      "chat_token_discord"}
CONTEXT_LISTS = {
    "asset_types", "custom_actions", "status_automations", "departments", "studios", "persons",
    "project_status", "projects", "task_types", "task_status", "search_filters",
    "search_filter_groups", "preview_background_files", "plugins"}


@pytest.fixture(scope="module", name="brief")
def fixture_brief():
    """Access tokens end in no time there."""
    with Stack(config=BRIEF) as running:
        yield running


@pytest.fixture(scope="module", name="chief")
def fixture_chief(stack):
    return chief_of(stack)


# --- the whole way, with whichever client --------------------------------------------------------


def walk(sdk, stack, name):
    """From the first look at the host to the last log out."""
    stack.register(name)
    person = sdk.KitsuClient(host_of(stack))
    assert person.host_is_up() and person.host_is_valid()
    assert re.fullmatch(r"\d+\.\d+\.\d+", person.get_api_version())
    for email, password in ((email_of(name), "wrong"), (email_of("nobody"), PASSWORD)):
        with pytest.raises(sdk.AuthFailed):
            person.log_in(email, password)
    assert person.log_in(email_of(name), PASSWORD)["login"] is True
    assert person.log_in(email_of(name), PASSWORD)["login"] is True, "an old token rides along"
    assert person.get_current_user()["email"] == email_of(name)
    assert person.is_authenticated() and person.get_organisation()["type"] == "Organisation"
    assert person.get_context()["projects"] == [] and person.all_open_projects() == []
    walk_as_bot(sdk, stack, name)
    person.refresh_access_token()
    assert person.refresh is None
    ended = person.access
    person.log_out()
    assert ask(stack, ended) == REVOKED
    with pytest.raises(sdk.NotAuthenticated):
        person.get_current_user()
    with sdk.create_session(host_of(stack), email_of(name), PASSWORD) as session:
        assert session.get_current_user()["email"] == email_of(name)
        ended = session.access
    assert ask(stack, ended) == REVOKED


def walk_as_bot(sdk, stack, name):
    chief = chief_of(stack, sdk)
    made = chief.new_bot("Render", email_of(name + "-bot"))
    bot = sdk.KitsuClient(host_of(stack))
    bot.set_token(made["access_token"])
    assert bot.get_current_user()["is_bot"] is True
    with pytest.raises(sdk.NotAllowed):
        bot.log_out()
    with pytest.raises(sdk.NotAllowed):
        bot.get_context()
    renewed = chief.update_bot({"id": made["id"], "expiration_date": None})["access_token"]
    bot.set_token(made["access_token"])
    with pytest.raises(sdk.NotAuthenticated):
        bot.get_current_user()
    bot.set_token(renewed)
    assert bot.get_current_user()["id"] == made["id"]
    chief.remove_bot({"id": made["id"]})
    with pytest.raises(sdk.NotAuthenticated):
        bot.get_current_user()


def walk_past_the_end_of_a_token(sdk, stack, name):
    """Its one refresh goes by itself."""
    stack.register(name)
    person = sdk.KitsuClient(host_of(stack))
    person.log_in(email_of(name), PASSWORD)
    first = person.access
    time.sleep(ACCESS_SECONDS + 0.5)
    assert person.get_current_user()["email"] == email_of(name)
    assert person.access != first and person.refresh is None
    time.sleep(ACCESS_SECONDS + 0.5)
    with pytest.raises(sdk.NotAuthenticated):
        person.get_current_user()


def test_a_client_of_its_wire_walks_all_the_way(stack, brief):
    walk(kitsu_client, stack, "walker")
    walk_past_the_end_of_a_token(kitsu_client, brief, "walker")


def test_its_own_sdk_walks_all_the_way(stack, brief, monkeypatch):
    directory = os.environ.get("POSTERN_GAZU")
    if not directory:
        pytest.skip("POSTERN_GAZU does not name a directory with the package gazu")
    monkeypatch.setattr(sys, "path", [directory, *sys.path])
    sdk = importlib.import_module("gazu_client")
    walk(sdk, stack, "sdkwalker")
    walk_past_the_end_of_a_token(sdk, brief, "sdkwalker")


# --- each detail ---------------------------------------------------------------------------------


def test_the_host_string_itself_answers_a_head_without_a_redirect(stack):
    client = KitsuClient(host_of(stack))
    assert client.host_is_up()
    answer = client.answers[-1]
    assert (answer.request.method, answer.url) == ("HEAD", host_of(stack))
    assert answer.request.headers["User-Agent"].startswith("python-requests/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.host_is_valid()
    refused = client.answers[-1]
    assert json.loads(refused.request.body) == {"email": ""}
    assert refused.status_code == 400
    body = refused.json()
    assert (body["error"], body["message"]) == (True, "Validation error.")
    assert [error["field"] for error in body["data"]["errors"]] == ["email"]
    assert client.get_api_version() == client.answers[-1].json()["version"]
    assert client.answers[-1].url == host_of(stack) + "/"
    assert client.answers[-1].json() == {"api": "Zou", "version": "1.0.67"}
    assert not KitsuClient(f"http://127.0.0.1:{free_port()}/api").host_is_valid()


def test_a_bad_login_is_one_answer_to_the_byte(stack):
    stack.register("guessed")
    client = KitsuClient(host_of(stack))
    for email, password in ((email_of("guessed"), "wrong"), (email_of("nobody"), PASSWORD),
                            (email_of("guessed"), "")):
        with pytest.raises(kitsu_client.AuthFailed):
            client.log_in(email, password)
    assert {answer.content for answer in client.answers} == {b'{"login":false}'}
    assert {answer.status_code for answer in client.answers} == {400}
    headers = [sorted(name for name in answer.headers) for answer in client.answers]
    assert headers[0] == headers[1] == headers[2]


def test_a_login_sends_six_keys_and_gets_both_tokens_and_no_cookie(stack):
    client = signed_in(stack, "first")
    sent = json.loads(client.answers[-1].request.body)
    assert list(sent) == ["email", "password", "totp", "email_otp",
                          "fido_authentication_response", "recovery_code"]
    assert list(sent.values())[2:] == [None] * 4
    body = client.answers[-1].json()
    assert set(body) == {"user", "organisation", "login", "access_token", "refresh_token"}
    assert body["login"] is True
    assert client.answers[-1].request.headers["User-Agent"] == "CGWire Gazu 1.1.12"
    assert not client.http.cookies and "Set-Cookie" not in client.answers[-1].headers
    for old in ("garbage", body["access_token"][:-4] + "AAAA", body["refresh_token"]):
        client.access = old
        assert client.log_in(email_of("first"), PASSWORD)["login"] is True
        assert client.answers[-1].request.headers["Authorization"] == f"Bearer {old}"


def test_the_tokens_claims_are_those_its_clients_read(stack):
    client = signed_in(stack, "claimed")
    user = client.get_current_user()["id"]
    access, refresh = claims(client.access), claims(client.refresh)
    assert set(access) >= {"fresh", "iat", "jti", "type", "sub", "nbf", "exp", "identity_type",
                           "refresh_jti"}
    assert (access["type"], refresh["type"]) == ("access", "refresh")
    assert "refresh_jti" not in refresh and access["refresh_jti"] == refresh["jti"]
    for token, lifetime in ((access, 7 * DAY), (refresh, 15 * DAY)):
        assert token["fresh"] is False and token["identity_type"] == "person"
        assert token["sub"] == user and UUID.fullmatch(user) and UUID.fullmatch(token["jti"])
        assert token["exp"] - token["iat"] == lifetime
        assert token["iat"] - 1 <= token["nbf"] <= token["iat"] <= time.time() + 1
    old = client.access
    client.refresh_access_token()
    renewed = claims(client.access)
    assert client.answers[-1].json() == {"access_token": client.access}
    assert renewed["jti"] != claims(old)["jti"] and renewed["refresh_jti"] == refresh["jti"]


def test_a_person_is_everything_but_a_secret(stack, chief):
    client = signed_in(stack, "whole")
    told = client.answers[-1].json()
    user = client.get_current_user()
    assert set(told["user"]) >= PERSON - {"departments"}
    assert set(user) == PERSON | {"fido_devices"}
    assert (user["type"], user["role"], user["is_bot"], user["active"]) == (
        "Person", "user", False, True)
    assert user["departments"] == user["fido_devices"] == [] and user["expiration_date"] is None
    assert (user["timezone"], user["locale"]) == ("Europe/Paris", "en_US")
    for member in ("created_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", user[member])
    assert set(client.get_organisation()) == ORGANISATION
    assert set(chief.get_organisation()) == ADMINS_ORGANISATION
    assert chief.get_current_user()["role"] == "admin"


def test_the_context_has_every_list_that_a_client_reads(stack, chief):
    client = signed_in(stack, "contextual")
    context = client.get_context()
    assert set(context) == CONTEXT_LISTS | {"notification_count", "project_roles"}
    assert all(isinstance(context[name], list) for name in CONTEXT_LISTS)
    assert context["notification_count"] == 0 and context["project_roles"] == {}
    assert {person["id"] for person in context["persons"]} >= {client.get_current_user()["id"]}
    assert set(chief.get_context()) == set(context) | {"user_limit"}
    assert client.all_open_projects() == client.all_open_projects("My Project") == []
    assert client.answers[-1].url.endswith("/data/user/projects/open?name=My+Project")


@pytest.mark.parametrize("path", ["/api/auth/authenticated", "/auth/authenticated",
                                  "/api/data/user/context", "/api/data/persons"])
def test_what_is_wrong_with_a_token_is_said_in_its_own_words(stack, path):
    client = signed_in(stack, "worded" + re.sub("[^a-z]", "", path))
    other = KitsuClient(host_of(stack))
    other.log_in(email_of("worded" + re.sub("[^a-z]", "", path)), PASSWORD)
    head, body, signature = client.access.split(".")
    forged = ".".join((head, body, other.access.split(".")[2]))
    missing = ('Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; '
               "Missing {})")
    typed = ("'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'")
    expected = [
        (None, 401, missing.format("Authorization Header")),
        ("bearer " + client.access, 401, missing.format(typed)),
        ("Basic dTpw", 401, missing.format(typed)),
        ("Bearer", 422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"),
        ("Bearer a b", 422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"),
        ("Bearer garbage", 422, "Not enough segments"),
        (f"Bearer {forged}", 422, "Signature verification failed"),
        (f"Bearer {client.refresh}", 422, "Only non-refresh tokens are allowed"),
        (f"Bearer {'.' + body + '.' + signature}", 422, None),
    ]
    for header, status, message in expected:
        answer = stack.get(path, headers={"Authorization": header} if header else None)
        assert answer.status_code == status, (header, answer.text)
        assert "WWW-Authenticate" not in answer.headers
        assert list(answer.json()) == ["msg"]
        if message:
            assert answer.json() == {"msg": message}


def test_every_answer_has_four_headers_and_json(stack):
    client = signed_in(stack, "headers")
    client.get_context()
    client.refresh_access_token()
    for path in ("auth/nothing", "data/persons/00000000-0000-7000-8000-000000000000"):
        with pytest.raises(kitsu_client.RouteNotFound) as caught:
            client.get(path)
        assert caught.value.answer.json()["message"].startswith("404 Not Found: ")
    with pytest.raises(kitsu_client.MethodNotAllowed) as caught:
        client.ask("PUT", "auth/login")
    assert caught.value.answer.json()["error"] is True
    with pytest.raises(kitsu_client.BadParameter):
        client.ask("POST", "auth/login", data="{")
    client.log_out()
    for answer in client.answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()


def test_the_dialects_live_side_by_side(stack):
    token = stack.register("everywhere")
    assert ask(stack, token)[1]["user"]["email"] == email_of("everywhere")
    person = KitsuClient(host_of(stack))
    person.log_in(email_of("everywhere"), PASSWORD)
    assert stack.get("/auth/v1/me", token=person.access).status_code == 200
    assert stack.get("/members/", token=person.access).status_code == 200
    assert stack.get("/auth/v1/me").json()["status"] == 401
    assert "detail" in stack.get("/api/accounts/users/me/").json()
    assert stack.get("/api/v3/me").json()["error_code"] == "MISSING_API_KEY"
    key = stack.request("PUT", "/auth/v1/me/key", token=person.access).json()["key"]
    assert ask(stack, key)[0] == 422, "rule R10: an API key is no token of this dialect"
