"""The OpenSkip document's requests and curl lines, unchanged but for the host and for what it leaves
to be filled in, and a script as its contributors write them, under the policy that is shipped:
registration by invitation, approval by an administrator."""
import json
import re
import subprocess

import pytest
import requests

from load import at_once
from stack import SOURCE

CONFIG = (SOURCE / "docs/examples/openskip.toml").read_text() + """
[openskip]
sign_ins_per_minute = 0
"""

REGISTER = """{
  "username": "myusername",
  "email": "user@example.com",
  "password": "securepassword123",
  "invite_code": "INVITE_CODE_HERE"
}"""
TOKEN = """{
  "username": "myusername",
  "password": "securepassword123"
}"""
API_KEY = """{
  "name": "My Plex Plugin",
  "permissions": "submit"
}"""
ME = """curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs..." \\
  https://api.openskip.io/api/v1/auth/me"""
SUBMISSIONS = """curl -H "X-API-Key: osk_abc123def456..." \\
  https://api.openskip.io/api/v1/submissions"""

USER = {"username": "myusername", "email": "user@example.com", "role": "contributor",
        "is_active": True}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class OpenSkip:
    """What a contributor's script does."""

    def __init__(self, base_url):
        self.api = f"{base_url}/api/v1"
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, path, body, **headers):
        return self.http.post(self.api + path, data=body,
                              headers={"Content-Type": "application/json", **headers}, timeout=30)

    def token(self, body=TOKEN):
        answer = self.post("/auth/token", body)
        answer.raise_for_status()
        return answer.json()["access_token"]

    def key(self, token, permissions):
        body = json.dumps({"name": "script", "permissions": permissions})
        answer = self.post("/auth/api-keys", body, Authorization=f"Bearer {token}")
        answer.raise_for_status()
        return answer.json()["api_key"]


def run_curl(line, stack, credential):
    """The document's line, with this stack for its host and this credential for its example."""
    line = line.replace("https://api.openskip.io", stack.url)
    line = line.replace("eyJhbGciOiJIUzI1NiIs...", credential)
    line = line.replace("osk_abc123def456...", credential)
    done = subprocess.run(["bash", "-c", line.replace("curl ", "curl -sS --noproxy '*' ", 1)],
                          capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def invite(stack, **wish):
    answer = stack.post("/api/v1/admin/invites", wish, token=stack.admin_token())
    assert answer.status_code == 201, answer.text
    return answer.json()["invite_code"]


def approve(stack, name):
    waiting = stack.get("/api/v1/admin/users?status=pending", token=stack.admin_token()).json()
    user, = [item for item in waiting["items"] if item["username"] == name]
    answer = stack.post(f"/api/v1/admin/users/{user['id']}/approve", token=stack.admin_token())
    assert answer.status_code == 200 and answer.json() == {**user, "is_approved": True}


def register(stack, name, **wish):
    body = {"username": name, "email": f"{name}@example.org", "password": "securepassword123",
            "invite_code": invite(stack, **wish)}
    assert stack.post("/api/v1/auth/register", body).status_code == 201
    approve(stack, name)
    return OpenSkip(stack.url).token(json.dumps({"username": name,
                                                 "password": "securepassword123"}))


def expect_members(answer, expected, *others):
    body = answer.json()
    assert set(body) == {*expected, *others}
    assert {name: body[name] for name in expected} == expected
    assert TIME.fullmatch(body["created_at"])
    return body


def test_the_document_from_its_first_line_to_its_last(stack):
    client = OpenSkip(stack.url)
    refused = client.post("/auth/register", REGISTER)
    assert (refused.status_code, refused.json()) == (400, {"detail": "Invalid invite code"})
    made = client.post("/auth/register", REGISTER.replace("INVITE_CODE_HERE", invite(stack)))
    assert made.status_code == 201
    user = expect_members(made, {**USER, "is_approved": False}, "id", "created_at")
    assert isinstance(user["id"], int)

    waiting = client.post("/auth/token", TOKEN)
    assert waiting.status_code == 403 and "pending approval" in waiting.json()["detail"]
    approve(stack, "myusername")
    signed_in = client.post("/auth/token", TOKEN)
    assert signed_in.status_code == 200
    assert set(signed_in.json()) == {"access_token", "token_type"}
    assert signed_in.json()["token_type"] == "bearer"
    token = signed_in.json()["access_token"]
    assert run_curl(ME, stack, token) == {**user, "is_approved": True}

    made = client.post("/auth/api-keys", API_KEY, Authorization=f"Bearer {token}")
    assert made.status_code == 201
    key = expect_members(made, {"name": "My Plex Plugin", "permissions": "submit",
                                "is_active": True}, "id", "key_prefix", "created_at", "api_key")
    assert re.fullmatch(r"osk_\w{40,}", key["api_key"])
    assert key["key_prefix"] == key["api_key"][:8]
    assert run_curl(SUBMISSIONS, stack, key["api_key"]) == {
        "path": "/api/v1/submissions", "method": "GET", "user": "myusername",
        "permissions": "read submit"}

    listed = stack.get("/api/v1/auth/api-keys", token=token).json()
    secret = key.pop("api_key")
    assert listed == {"items": [key], "total": 1}
    assert stack.request("DELETE", f"/api/v1/auth/api-keys/{key['id']}",
                         token=token).status_code == 204
    assert stack.get("/api/v1/submissions", key=secret).status_code == 401
    assert stack.get("/api/v1/auth/me", key=secret).json() == {"detail": "Invalid API key"}


def test_the_overviews_form_login(stack):
    register(stack, "former")
    answer = stack.request("POST", "/api/v1/auth/login", data={
        "grant_type": "password", "username": "former", "password": "securepassword123"})
    assert answer.status_code == 200
    assert stack.get("/api/v1/auth/me", token=answer.json()["access_token"]).status_code == 200


def test_a_script_submits_with_its_key_and_works_on_after_signing_in_again(stack):
    token = register(stack, "scripted")
    client = OpenSkip(stack.url)
    key = client.key(token, "submit")
    for _ in range(3):
        assert client.post("/submissions", "{}", **{"X-API-Key": key}).status_code == 200
    again = client.token(json.dumps({"username": "scripted", "password": "securepassword123"}))
    assert again != token
    for each in (token, again):
        assert stack.get("/api/v1/auth/me", token=each).status_code == 200


def test_a_final_slash_is_redirected_and_the_request_arrives(stack):
    token = register(stack, "slashed")
    answer = requests.Session()
    answer.trust_env = False
    body = answer.get(stack.url + "/api/v1/auth/me/?x=1", timeout=30,
                      headers={"Authorization": f"Bearer {token}"})
    assert body.status_code == 200 and body.json()["username"] == "slashed"
    assert [step.status_code for step in body.history] == [307]


def test_r9_an_invitation_is_never_over_used_by_registrations_at_once(stack):
    code = invite(stack, max_uses=3)
    answers = at_once(12, lambda i, http: stack.post("/api/v1/auth/register", {
        "username": f"crowd{i}", "email": f"crowd{i}@example.org",
        "password": "securepassword123", "invite_code": code}, session=http))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) <= 3
    assert stack.sql("select count(*) from postern.account where username like 'crowd%%'"
                     )[0][0] == statuses.count(201)
    for i, status in enumerate(statuses):
        if status == 503:  # no hashing slot was free
            statuses[i] = stack.post("/api/v1/auth/register", {
                "username": f"crowd{i}", "email": f"crowd{i}@example.org",
                "password": "securepassword123", "invite_code": code}).status_code
    assert sorted(statuses) == [201] * 3 + [400] * 9


@pytest.mark.parametrize("path", ["/api/v1/auth/nothing", "/api/v1/auth/me/nothing"])
def test_unknown_paths_of_its_own_are_told_in_its_words(stack, path):
    answer = stack.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
