"""The OpenSkip document's table of what is public and what is protected, as the policy that is
shipped (docs/examples/openskip.toml, exactly that file) says it to the gate."""
import pytest

from stack import PASSWORD, SOURCE

CONFIG = (SOURCE / "docs/examples/openskip.toml").read_text()

HOLDERS = ("anonymous", "contributor", "moderator", "admin", "contributor's read key",
           "contributor's submit key", "moderator's moderate key", "admin's moderate key")
EVERYBODY = dict.fromkeys(HOLDERS, 200)
NOBODY = dict.fromkeys(HOLDERS, 403)


def only(*holders):
    return {name: 200 if name in holders else 401 if name == "anonymous" else 403
            for name in HOLDERS}


SIGNED_IN = only(*HOLDERS[1:])
SUBMITTERS = only(*(name for name in HOLDERS[1:] if "read" not in name))
MODERATORS = only("moderator", "admin", "moderator's moderate key", "admin's moderate key")
ADMINS = only("admin")

TABLE = [
    # Reading shows, episodes, timestamps: no authentication
    ("GET", "/api/v1/shows", EVERYBODY), ("HEAD", "/api/v1/shows", EVERYBODY),
    ("GET", "/api/v1/shows/1/seasons/1/episodes/1", EVERYBODY),
    ("GET", "/api/v1/episodes/1", EVERYBODY),
    ("GET", "/api/v1/timestamps?tvdb_id=81189&season=1&episode=1", EVERYBODY),
    ("GET", "/api/v1/timestamps/1", EVERYBODY),
    ("POST", "/api/v1/shows", NOBODY), ("DELETE", "/api/v1/timestamps/1", NOBODY),
    # Submitting timestamps: yes
    ("GET", "/api/v1/submissions", SIGNED_IN), ("GET", "/api/v1/submissions/1", SIGNED_IN),
    ("POST", "/api/v1/submissions", SUBMITTERS), ("DELETE", "/api/v1/submissions/1", SUBMITTERS),
    # Reviewing: moderators only
    ("POST", "/api/v1/submissions/1/review", MODERATORS),
    ("POST", "/api/v1/submissions/1/approve", MODERATORS),
    ("POST", "/api/v1/submissions/1/reject", MODERATORS),
    ("GET", "/api/v1/moderation/queue", MODERATORS),
    # Admin operations: yes (admin role)
    ("GET", "/api/v1/admin/statistics", ADMINS), ("POST", "/api/v1/admin/shows", ADMINS),
    # Nothing else
    ("GET", "/api/v1/else", NOBODY), ("GET", "/api/v1/", NOBODY),
]


def make_account(stack, name):
    answer = stack.post("/auth/v1/admin/accounts", {"username": name, "password": PASSWORD,
                                                    "role": name}, token=stack.admin_token())
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], stack.login(name)["access_token"]


def make_key(stack, token, level):
    answer = stack.post("/api/v1/auth/api-keys", {"name": level, "permissions": level},
                        token=token)
    assert answer.status_code == 201, answer.text
    return answer.json()["api_key"]


@pytest.fixture(name="held", scope="module")
def fixture_held(stack):
    """What each holder sends; and the moderator's id."""
    _, contributor = make_account(stack, "contributor")
    moderator_id, moderator = make_account(stack, "moderator")
    admin = stack.admin_token()
    return {
        "anonymous": {}, "contributor": {"token": contributor}, "moderator": {"token": moderator},
        "admin": {"token": admin},
        "contributor's read key": {"key": make_key(stack, contributor, "read")},
        "contributor's submit key": {"key": make_key(stack, contributor, "submit")},
        "moderator's moderate key": {"key": make_key(stack, moderator, "moderate")},
        "admin's moderate key": {"key": make_key(stack, admin, "moderate")},
        "moderator's id": moderator_id,
    }


@pytest.mark.parametrize("method,path,expected", TABLE, ids=lambda value: str(value)[:60])
def test_each_row_of_the_table_for_each_holder(stack, held, method, path, expected):
    got = {name: stack.request(method, path, **held[name]).status_code for name in HOLDERS}
    assert got == expected


def test_the_application_is_told_who_submits(stack, held):
    told = stack.post("/api/v1/submissions", {}, **held["contributor's submit key"]).json()
    assert told == {"path": "/api/v1/submissions", "method": "POST", "user": "contributor",
                    "permissions": "read submit"}
    assert stack.get("/api/v1/shows").json()["user"] == ""


def test_managing_ones_account_is_posterns_own_part(stack, held):
    assert stack.get("/api/v1/auth/me").json() == {"detail": "Not authenticated"}
    assert stack.get("/api/v1/auth/me", **held["contributor"]).json()["role"] == "contributor"
    assert stack.get("/api/v1/admin/users", **held["contributor"]).status_code == 403
    assert stack.get("/api/v1/admin/users", **held["admin"]).json()["total"] == 3


def test_r6_a_downgrade_bites_every_key_on_the_next_request(stack, held):
    review = "/api/v1/submissions/1/approve"
    key = held["moderator's moderate key"]
    assert stack.post(review, {}, **key).status_code == 200
    account = "/auth/v1/admin/accounts/" + held["moderator's id"]
    for role, status in (("contributor", 403), ("moderator", 200)):
        changed = stack.request("PATCH", account, json={"role": role}, token=stack.admin_token())
        assert changed.status_code == 200
        assert [stack.post(review, {}, **key).status_code for _ in range(6)] == [status] * 6
        assert stack.post("/api/v1/submissions", {}, **key).status_code == 200
