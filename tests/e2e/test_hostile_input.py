"""What a stranger may send, each through nginx: a documented refusal, never a 2xx, never a 5xx."""
import json

import pytest

from stack import PASSWORD

JSON = {"Content-Type": "application/json"}
FIELDS = {
    "/auth/v1/register": {"username": "someone", "email": "s@example.org", "password": PASSWORD},
    "/auth/v1/login": {"login": "someone", "password": PASSWORD},
    "/auth/v1/refresh": {"refresh_token": "prt_x"},
    "/api/accounts/token/": {"username": "someone", "password": PASSWORD},
    "/api/accounts/auth/login/": {"username": "someone", "password": PASSWORD},
    "/api/accounts/token/refresh/": {"refresh": "prt_x"},
}
SIGNED_IN = {
    "/auth/v1/keys": {"name": "robot"},
    "/auth/v1/me/password": {"current_password": PASSWORD, "new_password": "an entirely new one"},
}
CONFIG = """
[login_limit]
per_account = 1000
per_network = 1000
[dispatcharr]
logins_per_minute = 0
"""


@pytest.fixture(scope="module", name="token")
def fixture_token(stack):
    return stack.register("hostile")


def all_fields():
    for path, body in {**FIELDS, **SIGNED_IN}.items():
        for field in body:
            yield path, field


def send(stack, path, body, token):
    credential = token if path in SIGNED_IN else None
    return stack.request("POST", path, data=body, headers=JSON, token=credential)


def check_refused(answer, sent):
    assert answer.status_code in (400, 401, 413, 415, 422), (sent, answer.status_code, answer.text)
    assert answer.headers["Content-Type"].split(";")[0] in (
        "application/json", "application/problem+json")
    answer.json()


@pytest.mark.parametrize("path,field", list(all_fields()))
def test_a10_nul_and_invalid_utf8_in_every_text_field(stack, token, path, field):
    good = {**FIELDS, **SIGNED_IN}[path]
    for text in (b'"a\\u0000b"', b'"a\x00b"', b'"\xff\xfe"', b'"\xc0\xaf"', b'"\\ud800"',
                 b'"\xed\xa0\x80"'):
        body = json.dumps({**good, field: "@@"}).encode().replace(b'"@@"', text)
        check_refused(send(stack, path, body, token), (field, text))


@pytest.mark.parametrize("path,field", list(all_fields()))
def test_b741_wrong_types_and_injection_in_every_field(stack, token, path, field):
    good = {**FIELDS, **SIGNED_IN}[path]
    for value in (None, [], {}, ["x"], {"x": 1}, "'\";--\\$$", "' or '1'='1", "x" * 30000):
        if (field, value) == ("email", None):
            continue  # says that there is none
        answer = send(stack, path, json.dumps({**good, field: value}).encode(), token)
        if value in ("'\";--\\$$", "' or '1'='1") and (path, field) == ("/auth/v1/keys", "name"):
            assert answer.status_code == 201, "only text: stored as it is"
        else:
            assert answer.status_code != 201 and answer.status_code < 500, (field, value)
            assert answer.status_code >= 400
    assert stack.sql("select count(*) > 0 from postern.account") == [(True,)]


@pytest.mark.parametrize("path", {**FIELDS, **SIGNED_IN})
def test_b747_empty_oversized_and_broken_bodies(stack, token, path):
    for body in (b"", b"null", b"[]", b'"x"', b"{", b"{}}", b"{/*x*/}", b"\xef\xbb\xbf{}",
                 b"[" * 200, b'{"a":' * 100, b'{"x":1,}', b"{'x':1}", b"NaN", b"\0" * 10):
        check_refused(send(stack, path, body, token), body)
    large = json.dumps({"login": "x" * 70000}).encode()
    assert send(stack, path, large, token).status_code == 413
    huge = b'{"login":"' + b"x" * 5_000_000 + b'"}'
    assert send(stack, path, huge, token).status_code == 413


@pytest.mark.parametrize("path", {**FIELDS, **SIGNED_IN})
def test_duplicate_keys_are_refused(stack, token, path):
    good = {**FIELDS, **SIGNED_IN}[path]
    field = next(iter(good))
    body = json.dumps(good)[:-1] + f', "{field}": "other"}}'
    assert send(stack, path, body.encode(), token).status_code == 400


@pytest.mark.parametrize("length", ["-1", "99999999999999999999", "abc", "5, 6"])
def test_b747_content_length_that_is_no_length(stack, length):
    status, answer = stack.raw_get("/auth/v1/login", f"Content-Length: {length}",
                                   "Content-Type: application/json", method="POST")
    assert status in (400, 413), answer


def test_cve_2019_8400_errors_echo_nothing(stack):
    probe = "<script>alert(1)</script>"
    for path in ("/auth/v1/login", "/api/accounts/token/", "/auth/v1/nowhere"):
        for body in (json.dumps({probe: 1}), json.dumps({"login": probe, "username": probe,
                                                         "password": probe}), probe):
            answer = stack.request("POST", path, data=body, headers=JSON)
            assert "<script>" not in answer.text
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


IDENTITY = ["X-Auth-User", "X-Auth-Role", "X-Auth-Account", "X-Auth-Email", "X-Auth-Permissions",
            "X-Auth-Credential", "X_Auth_User", "x-auth-user", "Remote-User", "X-Remote-User"]
DECISION = ["X-Original-URI", "X-Original-URL", "X-Original-Method", "X-Forwarded-Uri",
            "X-Forwarded-For", "X-Forwarded-Method", "X-Rewrite-URL", "X-Auth-Status", "Forwarded"]


@pytest.mark.parametrize("header", IDENTITY)
def test_b736_forged_identity_never_reaches_the_site(stack, token, header):
    forged = {header: "forged-root"}
    assert stack.get("/members/", headers=forged).status_code == 401
    answer = stack.get("/members/", headers=forged, token=token)
    assert answer.status_code == 200
    assert "forged-root" not in answer.text
    assert "hostile" in answer.text
    assert "forged-root" not in stack.get("/open/", headers=forged).text


@pytest.mark.parametrize("header", DECISION)
def test_b736_no_header_moves_the_decision(stack, token, header):
    for value in ("/open/", "127.0.0.1", "GET", "200", "a"):
        assert stack.get("/members/", headers={header: value}).status_code == 401
        assert stack.get("/staff/", headers={header: value}, token=token).status_code == 403


@pytest.mark.parametrize("target", [
    "/open/..%2fstaff/", "/open/%2e%2e/staff/", "/open/../staff/", "//staff/", "/staff%00/",
    "/open/%00/../staff/", "/open/..%5cstaff/", "/%2e%2e/staff/", "/open/%252e%252e/staff/",
    "/staff/%", "/staff/%zz", "/staff/\xff", "/STAFF/", "/staff;x=1/", "/open/..;/staff/",
    "/staff/#", "/open/%c0%ae%c0%ae/staff/"])
def test_b733_b738_no_spelling_opens_the_staff_room(stack, token, target):
    status, answer = stack.raw_get(target, f"Authorization: Bearer {token}")
    assert status in (301, 400, 401, 403, 404), answer
    assert b"X-Auth" not in answer.split(b"\r\n\r\n", 1)[-1] or status != 200


def test_repeated_credentials_are_refused(stack, token):
    status, answer = stack.raw_get("/members/", f"Authorization: Bearer {token}",
                                   "Authorization: Bearer x")
    assert status >= 400, answer
    key = stack.request("PUT", "/auth/v1/me/key", token=token).json()["key"]
    status, answer = stack.raw_get("/members/", f"X-API-Key: {key}", "X-API-Key: x")
    assert status >= 400, answer
