"""The samples of the Scriptix document as they stand there, against a real stack: its HTTP texts,
its curl lines, its Python, JavaScript and TypeScript. Only the host and what the document leaves to
its reader (YOUR_…, the shortened token, the account's name and password) are filled in. The
TypeScript sample holds no types: node runs it as it is."""
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

import pyotp
import pytest

from stack import PASSWORD

HOST = "https://api.scriptix.io"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
ERROR_MEMBERS = {"error", "message", "error_code"}

CONFIG = """
[scriptix]
organization = "Acme Corp"
plan = "Gold"
requests_per_minute = 1000
"""

LOGIN = """POST https://api.scriptix.io/api/v3/auth/login?login_type=token
Content-Type: application/x-www-form-urlencoded

username=user@example.com&password=yourpassword&remember_me=true
"""

LOGIN_WITH_CODE = """POST https://api.scriptix.io/api/v3/auth/login/mfa?login_type=token
Content-Type: application/x-www-form-urlencoded

username=user@example.com&password=yourpassword&totp_code=123456
"""

LOGIN_WITH_BACKUP_CODE = LOGIN_WITH_CODE.replace("totp_code=123456",
                                                 "backup_code=ABCD-EFGH-IJKL")

CREATE_TOKEN = """POST https://api.scriptix.io/api/v3/tokens
Authorization: Bearer YOUR_JWT_TOKEN
Content-Type: application/json

{
"name": "Batch Processing Token",
"type": "batch"
}
"""

LIST_TOKENS = """GET https://api.scriptix.io/api/v3/tokens?offset=0&limit=25
Authorization: Bearer YOUR_JWT_TOKEN
"""

DELETE_TOKEN = """DELETE https://api.scriptix.io/api/v3/tokens/{tokenId}
Authorization: Bearer YOUR_JWT_TOKEN
"""

CURL_ACCOUNT = r"""curl https://api.scriptix.io/api/v3/account/me \
-H "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
"""

PYTHON_ACCOUNT = """import requests

headers = {
"Authorization": "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
}

response = requests.get(
"https://api.scriptix.io/api/v3/account/me",
headers=headers
)
"""

JAVASCRIPT_ACCOUNT = """const headers = {
'Authorization': 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...'
};

fetch('https://api.scriptix.io/api/v3/account/me', { headers })
.then(response => response.json())
.then(data => console.log(data));
"""

TYPESCRIPT_ACCOUNT = """const token = process.env.SCRIPTIX_TOKEN;

const headers = new Headers({
'Authorization': `Bearer ${token}`
});

const response = await fetch('https://api.scriptix.io/api/v3/account/me', {
headers
});
"""

CURL_LIST_KEYS = r"""curl https://api.scriptix.io/api/v3/api-keys \
-H "Authorization: Bearer YOUR_API_KEY"
"""

CURL_CREATE_KEY = r"""curl -X POST https://api.scriptix.io/api/v3/api-keys \
-H "Authorization: Bearer YOUR_API_KEY" \
-H "Content-Type: application/json" \
-d '{"name": "new-service-key", "type": "live"}'
"""

CURL_REVOKE_KEY = r"""curl -X DELETE https://api.scriptix.io/api/v3/api-keys/123 \
-H "Authorization: Bearer YOUR_API_KEY"
"""

CURL_ME = r"""curl https://api.scriptix.io/api/v3/me \
-H "Authorization: Bearer YOUR_API_KEY"
"""

# The document's text form has lost the indentation, which Python needs.
PYTHON_VALIDATE = '''import requests

def validate_api_key(api_key):
    """Validate API key by testing authentication."""
    try:
        response = requests.get(
            'https://api.scriptix.io/api/v3/me',
            headers={'Authorization': f'Bearer {api_key}'}
        )

        if response.status_code == 200:
            print("✓ API key is valid")
            return True
        elif response.status_code == 401:
            print("✗ API key is invalid")
            return False
        else:
            print(f"✗ Unexpected response: {response.status_code}")
            return False

    except Exception as e:
        print(f"✗ Error validating key: {e}")
        return False

# Usage
validate_api_key("sk_live_abc123...")
'''


def filled(stack, sample, **values):
    text = sample.replace(HOST, stack.url)
    for name, value in values.items():
        placeholder = {"jwt": JWT, "jwt_word": "YOUR_JWT_TOKEN", "key": "YOUR_API_KEY"}[name]
        assert placeholder in text
        text = text.replace(placeholder, value)
    return text


def send(stack, sample, **values):
    """The request that an HTTP text of the document describes."""
    head, _, body = filled(stack, sample, **values).partition("\n\n")
    first, *lines = head.strip().split("\n")
    method, url = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    return stack.request(method, url.removeprefix(stack.url), headers=headers, data=body.strip())


def log_in(stack, sample, name, code=None):
    """One of the document's logins of that account."""
    text = sample.replace("user@example.com", urllib.parse.quote(f"{name}@example.org"))
    text = text.replace("yourpassword", urllib.parse.quote_plus(PASSWORD))
    if code:
        text = re.sub("123456|ABCD-EFGH-IJKL", code, text)
    return send(stack, text)


def run(stack, words, text, **env):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "NO_PROXY": "127.0.0.1", **env}, cwd=stack.state)
    assert done.returncode == 0, done.stderr
    return done.stdout


def curl(stack, sample, **values):
    """A curl line as a shell runs it: the body, and the status behind it."""
    text = filled(stack, sample, **values).replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)
    body, status = run(stack, ["bash", "-e"], text).rsplit("\n", 1)
    return int(status), body


def node(stack, sample, **env):
    return run(stack, ["node", "--input-type=module", "-"], sample, **env)


@pytest.fixture(scope="module", name="person")
def fixture_person(stack):
    """A login by the document's form: its session's token."""
    stack.register("scribe")
    answer = log_in(stack, LOGIN, "scribe")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == ["access_token", "login", "mfa_required", "session_id", "signature"]
    assert body["login"] is True and body["mfa_required"] is False
    return body["access_token"]


@pytest.fixture(name="key")
def fixture_key(stack, person):
    """A first API key, which a session makes."""
    answer = stack.post("/api/v3/api-keys", {"name": "first", "type": "live"}, token=person)
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


def is_scribe(account):
    assert account.pop("id") > 0
    assert account == {"email": "scribe@example.org", "organization": "Acme Corp", "plan": "Gold"}


def test_tokens_are_made_listed_and_deleted(stack, person):
    made = send(stack, CREATE_TOKEN, jwt_word=person)
    assert made.status_code == 201
    token = made.json()
    assert list(token) == ["id", "name", "key", "type", "created_at"]
    assert (token["name"], token["type"]) == ("Batch Processing Token", "batch")
    assert token["key"].startswith("token_")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", token["created_at"])
    assert stack.get("/api/v3/me", token=token["key"]).status_code == 200
    listed = send(stack, LIST_TOKENS, jwt_word=person).json()
    assert [each["id"] for each in listed["result"]] == [token["id"]]
    assert token["key"] not in str(listed)
    deleting = DELETE_TOKEN.replace("{tokenId}", str(token["id"]))
    gone = send(stack, deleting, jwt_word=person)
    assert gone.status_code == 204
    refused = stack.get("/api/v3/me", token=token["key"])
    assert refused.json() == {"error": "Unauthorized", "message": "API key has been revoked",
                              "error_code": "KEY_REVOKED"}


def test_each_languages_sample_reads_the_account(stack, person):
    status, body = curl(stack, CURL_ACCOUNT, jwt=person)
    assert status == 200
    is_scribe(json.loads(body))

    told = run(stack, [sys.executable, "-"],
               filled(stack, PYTHON_ACCOUNT, jwt=person) + "print(response.text)\n")
    is_scribe(json.loads(told))

    told = node(stack, filled(stack, JAVASCRIPT_ACCOUNT, jwt=person))
    assert "email: 'scribe@example.org'" in told and "plan: 'Gold'" in told

    told = node(stack, filled(stack, TYPESCRIPT_ACCOUNT)
                + "console.log(JSON.stringify(await response.json()));\n", SCRIPTIX_TOKEN=person)
    is_scribe(json.loads(told))


def test_a_key_manages_keys_by_the_documents_curl_lines(stack, key):
    status, body = curl(stack, CURL_CREATE_KEY, key=key)
    assert status == 201
    made = json.loads(body)
    assert list(made) == ["id", "name", "key", "key_prefix", "created_at"]
    assert made["name"] == "new-service-key"
    assert made["key"].startswith("sk_live_") and made["key_prefix"] == made["key"][:12]

    status, body = curl(stack, CURL_ME, key=made["key"])
    assert status == 200
    is_scribe(json.loads(body))

    status, body = curl(stack, CURL_LIST_KEYS, key=key)
    assert status == 200
    entry = next(each for each in json.loads(body)["result"] if each["id"] == made["id"])
    assert list(entry) == ["id", "name", "key_prefix", "created_at", "last_used_at", "status"]
    assert entry["status"] == "active"

    status, body = curl(stack, CURL_REVOKE_KEY.replace("123", str(made["id"])), key=key)
    assert (status, body) == (204, "")
    status, body = curl(stack, CURL_ME, key=made["key"])
    assert (status, json.loads(body)["error_code"]) == (401, "KEY_REVOKED")


def test_the_documents_key_check_tells_good_from_bad(stack, key):
    def checked(text):
        return run(stack, [sys.executable, "-"],
                   filled(stack, PYTHON_VALIDATE).replace("sk_live_abc123...", text),
                   PYTHONIOENCODING="utf-8")
    assert checked(key) == "✓ API key is valid\n"
    assert checked("sk_live_abc123...") == "✗ API key is invalid\n"
    assert checked(key[:-1]) == "✗ API key is invalid\n"


def test_mfa_is_the_documents_second_step(stack):
    token = stack.register("careful")
    started = stack.post("/auth/v1/mfa/totp", {"current_password": PASSWORD}, token=token)
    assert started.status_code in (200, 201), started.text
    secret = re.search(r"secret=([A-Z2-7]+)", started.text).group(1)
    totp = pyotp.TOTP(secret)
    confirmed = stack.post("/auth/v1/mfa/totp/confirm", {"code": totp.now()}, token=token)
    assert confirmed.status_code == 200, confirmed.text
    backup_codes = re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", confirmed.text)

    first = log_in(stack, LOGIN, "careful")
    assert (first.status_code, first.json()) == (200, {"login": False, "mfa_required": True})
    wrong = log_in(stack, LOGIN_WITH_BACKUP_CODE, "careful", "AAAA-AAAA-AAAA")
    assert (wrong.status_code, wrong.json()["error_code"]) == (401, "INVALID_MFA_CODE")
    second = log_in(stack, LOGIN_WITH_BACKUP_CODE, "careful", backup_codes[0])
    assert second.status_code == 200 and second.json()["login"] is True
    assert stack.get("/api/v3/me", token=second.json()["access_token"]).status_code == 200
    # The code that enrolled is spent; that of the next step is within the drift.
    following = totp.at(int(time.time()) + 30)
    third = log_in(stack, LOGIN_WITH_CODE, "careful", following)
    assert third.status_code == 200, third.text


def test_every_answer_has_the_limit_and_every_refusal_three_members(stack, person, key):
    answers = [stack.get("/api/v3/me", token=person), stack.get("/api/v3/me"),
               stack.get("/api/v3/me", token="sk_live_nothing"),
               stack.get("/api/v3/tokens", token=key), stack.get("/api/v3/auth/nothing"),
               stack.request("PUT", "/api/v3/me", token=person),
               stack.post("/api/v3/tokens", {}, token=person),
               log_in(stack, LOGIN, "nobody-of-that-name")]
    assert [each.status_code for each in answers] == [200, 401, 401, 403, 404, 405, 422, 401]
    for answer in answers:
        assert answer.headers["X-RateLimit-Limit"] == "1000"
        assert 0 <= int(answer.headers["X-RateLimit-Remaining"]) < 1000
        assert int(answer.headers["X-RateLimit-Reset"]) > 1_600_000_000
        if answer.status_code >= 400:
            assert set(answer.json()) == ERROR_MEMBERS
            assert all(isinstance(value, str) for value in answer.json().values())


def test_the_rest_of_the_path_space_is_the_sites_own(stack, key):
    assert stack.get("/api/v3/batch", token=key).headers.get("X-RateLimit-Limit") is None
