"""A studio's own server behind the gate, in the Kitsu dialect: persons and the context stay
Postern's, the productions are the server's, which is told who asks; refusals have the words that
Kitsu's clients know."""
import time

import pytest

import kitsu_client
from kitsu_client import EXPIRED
from kitsu_stack import ACCESS_SECONDS, BRIEF, HEADERS, REVOKED, ask, chief_of, email_of, signed_in
from stack import Stack

PRODUCTIONS = "/api/data/projects"
STRANGER = "https://elsewhere.example"


@pytest.fixture(scope="module", name="stack")
def fixture_stack():
    with Stack(config=BRIEF, env={"POSTERN_SAMPLE_STUDIO": "1"}) as running:
        yield running


def test_the_server_is_told_who_asks(stack):
    client = signed_in(stack, "artist")
    user = client.get_current_user()
    told = client.get("data/projects")[0]
    assert (told["uri"], told["method"]) == (PRODUCTIONS, "GET")
    assert (told["account"], told["user"]) == (user["id"], "artist")
    assert told["authorization"] == "", "the token is not the server's affair"
    shots = client.get("data/user/sequences/a24a6ea4-ce75-4665-a070-57453082c25/shots")[0]
    assert shots["account"] == user["id"]
    made = client.ask("POST", "data/shots", json={"name": "SH010"}).json()[0]
    assert (made["method"], made["account"]) == ("POST", user["id"])
    forged = stack.get(PRODUCTIONS, token=client.access, headers={"X-Auth-User": "admin"})
    assert forged.json()[0]["user"] == "artist"
    chief = chief_of(stack)
    bot = chief.new_bot("Farm", email_of("farm"))
    told = stack.get(PRODUCTIONS, token=bot["access_token"]).json()[0]
    assert (told["account"], told["role"]) == (bot["id"], "user")


def test_persons_and_the_context_stay_posterns(stack):
    client = signed_in(stack, "keeper")
    me = client.get_current_user()["id"]
    assert client.get("data/persons", params={"email": email_of("keeper")})[0]["id"] == me
    assert client.get(f"data/persons/{me}")["email"] == email_of("keeper")
    assert "task_types" in client.get_context()
    assert client.get("data/organisations")[0]["type"] == "Organisation"


def test_refusals_have_the_words_that_clients_know(stack):
    client = signed_in(stack, "refused")
    access = client.access
    assert ask(stack, None, PRODUCTIONS)[0] == 401
    assert ask(stack, None, PRODUCTIONS)[1]["msg"].startswith("Missing JWT in cookies or headers")
    assert ask(stack, "garbage", PRODUCTIONS)[0] == 422
    time.sleep(ACCESS_SECONDS + 0.5)
    answer = stack.get(PRODUCTIONS, token=access)
    assert (answer.status_code, answer.json()) == (401, {"error": True, "message": EXPIRED})
    assert client.get("data/projects")[0]["user"] == "refused", "the SDK refreshed and went on"
    ended = client.access
    client.log_out()
    assert ask(stack, ended, PRODUCTIONS) == REVOKED


def test_what_nginx_answers_itself_has_the_headers_of_all_answers(stack):
    large = {"data": b"x" * 70000, "headers": {"Content-Type": "application/json"}}
    for answer, status in ((stack.get(PRODUCTIONS), 401), (stack.get(PRODUCTIONS, token="x"), 422),
                           (stack.request("POST", "/api/auth/login", **large), 413)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/json"
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.json()["error"] is True


def test_r4_and_r6_a_bots_former_token_is_dead_at_the_gate_too(stack):
    chief = chief_of(stack)
    bot = chief.new_bot("Rotating", email_of("rotating"))
    assert ask(stack, bot["access_token"], PRODUCTIONS)[0] == 200
    renewed = chief.update_bot({"id": bot["id"], "expiration_date": None})["access_token"]
    assert ask(stack, bot["access_token"], PRODUCTIONS) == REVOKED
    assert ask(stack, renewed, PRODUCTIONS)[0] == 200
    chief.log_in(stack.admin()["email"], stack.admin()["password"])
    chief.remove_bot(bot)
    assert ask(stack, renewed, PRODUCTIONS)[0] == 401


def test_a_browsers_cookie_opens_it_for_its_own_pages(stack):
    token = signed_in(stack, "tab").access
    cookie = {"Cookie": f"access_token_cookie={token}"}
    told = stack.get(PRODUCTIONS, headers={"Cookie": cookie["Cookie"] + "; theme=dark"}).json()[0]
    assert (told["user"], told["cookie"]) == ("tab", "theme=dark")
    for method, headers, status in (("POST", {"Origin": stack.url}, 200),
                                    ("POST", {"Origin": STRANGER}, 403),
                                    ("PUT", {"Sec-Fetch-Site": "cross-site"}, 403),
                                    ("DELETE", {"Origin": "null"}, 403),
                                    ("POST", {}, 200)):
        answer = stack.request(method, PRODUCTIONS, headers={**cookie, **headers}, json={})
        assert answer.status_code == status, (method, headers, answer.text)


def test_r7_a_gate_that_cannot_tell_is_a_fault_that_the_sdk_sees(stack):
    client = signed_in(stack, "outage")
    stack.stop_database()
    try:
        time.sleep(ACCESS_SECONDS)
        with pytest.raises((kitsu_client.ServerFault, kitsu_client.NotAuthenticated)):
            client.get("data/projects")
        bot = stack.get(PRODUCTIONS, token="garbage.garbage.garbage")
        assert bot.status_code in (422, 500)
    finally:
        stack.start_database()
