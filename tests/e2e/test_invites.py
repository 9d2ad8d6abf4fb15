"""Invitations over HTTP, through nginx and several worker processes."""
from load import at_once
from stack import PASSWORD

CONFIG = """
[registration]
mode = "invite"
per_network_per_hour = 1000
[password]
hash_wait_ms = 5000
"""
MANY = 100


def invite(stack, **wanted):
    answer = stack.post("/auth/v1/admin/invites", wanted, token=stack.admin_token())
    assert answer.status_code == 201, answer.text
    return answer.json()


def register(stack, name, code, session=None):
    """As a client does that heeds a 503: it asks again."""
    for _ in range(50):
        answer = stack.post("/auth/v1/register", session=session, json={
            "username": name, "password": PASSWORD, "invite_code": code})
        if answer.status_code != 503:
            break
    return answer


def names_like(stack, start):
    return stack.sql("select count(*) from postern.account where username like %s", (start + "%",))


def test_b7_a_hundred_at_once_on_ten_uses_are_ten_accounts(stack):
    made = invite(stack, role="contributor", max_uses=10)
    answers = at_once(MANY, lambda i, http: register(stack, f"crowd{i}", made["code"], http))
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [201] * 10 + [403] * 90
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 403}
    assert refused == {"invite_invalid"}
    assert {answer.json()["role"] for answer in answers if answer.status_code == 201} == {
        "contributor"}
    assert names_like(stack, "crowd") == [(10,)], "whoever was refused left nothing"
    listed = stack.get("/auth/v1/admin/invites", token=stack.admin_token()).json()["items"]
    state = next(item for item in listed if item["id"] == made["id"])
    assert (state["uses"], state["status"]) == (10, "used_up")
    answered = {entry["pid"] for entry in stack.log_entries()
                if entry.get("event") == "request" and entry.get("route") == "register"}
    assert len(answered) > 1, "the crowd reached one worker only"


def test_ten_who_want_one_name_spend_one_use(stack):
    made = invite(stack, max_uses=10)
    answers = at_once(10, lambda i, http: register(stack, "wanted", made["code"], http))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert stack.sql("select uses from postern.invite where id = %s", (made["id"],)) == [(1,)]


def test_r6_what_was_taken_back_is_refused_by_every_worker(stack):
    made = invite(stack, max_uses=1000)
    assert register(stack, "early", made["code"]).status_code == 201
    gone = stack.request("DELETE", f"/auth/v1/admin/invites/{made['id']}",
                         token=stack.admin_token())
    assert gone.status_code == 204
    answers = at_once(16, lambda i, http: register(stack, f"late{i}", made["code"], http))
    assert {answer.status_code for answer in answers} == {403}


def test_the_command_line_invites_too(stack):
    made = stack.cli("invite", "create", "--role", "moderator")
    assert made.returncode == 0, made.stderr
    code = made.stdout.splitlines()[-1]
    answer = register(stack, "guest", code)
    assert answer.status_code == 201 and answer.json()["role"] == "moderator"
    token = stack.login("guest")["access_token"]
    powers = stack.get("/auth/v1/me", token=token).json()["principal"]["permissions"]
    assert powers == ["moderate", "read", "submit"]
    shaped = stack.cli("role", "set", "moderator", "--permission", "read")
    assert shaped.returncode == 0, shaped.stderr
    powers = stack.get("/auth/v1/me", token=token).json()["principal"]["permissions"]
    assert powers == ["read"], "a downgrade bites on the next request"


def test_r6_the_gate_forgets_what_a_role_permitted(stack):
    token = stack.admin_token()
    stack.request("PUT", "/auth/v1/admin/roles/warden", token=token,
                  json={"permissions": ["admin"]})
    code = invite(stack, role="warden")["code"]
    assert register(stack, "warden", code).status_code == 201
    warden = stack.login("warden")["access_token"]
    for _ in range(3):
        assert stack.get("/staff/", token=warden).status_code == 200
    changed = stack.request("PUT", "/auth/v1/admin/roles/warden", token=token,
                            json={"permissions": ["read"]})
    assert changed.status_code == 200
    for _ in range(3):
        assert stack.get("/staff/", token=warden).status_code == 403
