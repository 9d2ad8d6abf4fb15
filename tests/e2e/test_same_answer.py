"""Rule R8: who does not know the password cannot tell what is behind a name."""
import pytest

from stack import PASSWORD
from timing import take_the_same_time

CONFIG = """
[login_limit]
per_account = 1000
per_network = 1000
brief_per_account = 1000
[dispatcharr]
logins_per_minute = 0
[registration]
approval = false
"""

DOORS = {
    "native": ("/auth/v1/login", lambda name, password: {"login": name, "password": password}),
    "dispatcharr": ("/api/accounts/token/",
                    lambda name, password: {"username": name, "password": password}),
}


@pytest.fixture(scope="module", name="people")
def fixture_people(stack):
    stack.register("present")
    token = stack.register("locked-out")
    ident = stack.get("/auth/v1/me", token=token).json()["id"]
    stack.request("PATCH", f"/auth/v1/admin/accounts/{ident}", json={"is_active": False},
                  token=stack.admin_token())
    waiting = stack.post("/auth/v1/admin/accounts", token=stack.admin_token(), json={
        "username": "waiting", "password": PASSWORD, "role": "member"})
    assert waiting.status_code == 201, waiting.text
    return {"unknown": ("nobody-here", PASSWORD), "wrong": ("present", "wrong horse battery"),
            "disabled": ("locked-out", PASSWORD), "disabled-wrong": ("locked-out", "wrong one here")}


@pytest.mark.parametrize("door", DOORS)
def test_r8_same_bytes(stack, people, door):
    path, body = DOORS[door]
    seen = set()
    for name, password in people.values():
        answer = stack.post(path, body(name, password))
        assert answer.status_code == 401
        request_id = answer.headers["X-Request-Id"]
        headers = {key: value for key, value in answer.headers.items()
                   if key not in ("Date", "X-Request-Id")}
        seen.add((answer.text.replace(request_id, "ID"), tuple(sorted(headers.items()))))
    assert len(seen) == 1, seen


def test_r8_kitsus_door_tells_the_disabled_alone_and_after_their_password(stack, people):
    seen = set()

    def ask(kind):
        name, password = people[kind]
        answer = stack.post("/api/auth/login", {"email": name, "password": password})
        seen.add((answer.status_code, answer.text))
    assert take_the_same_time([kind for kind in people if kind != "disabled"], ask, 30)
    assert seen == {(400, '{"login":false}')}
    name, password = people["disabled"]
    answer = stack.post("/api/auth/login", {"email": name, "password": password})
    assert answer.status_code == 401 and answer.json()["unactive"] is True


def test_r8_same_time(stack, people):
    """The early return that it would catch is ten times the noise allowed for."""
    path, body = DOORS["native"]

    def ask(kind):
        assert stack.post(path, body(*people[kind])).status_code == 401
    assert take_the_same_time(people, ask, 40)
