"""What nginx/README.md promises of the Kitsu dialect's snippets, through a real nginx whose site is
full of traps (snippet_site.py): what is whose, and the words of refusals to the byte."""
import pytest

from snippet_site import SnippetSite

UNAUTHORIZED = ("The server could not verify that you are authorized to access the URL requested. You "
                "either supplied the wrong credentials (e.g. a bad password), or your browser doesn't "
                "understand how to supply the credentials required.")
FORBIDDEN = ("You don't have the permission to access the requested resource. It is either "
             "read-protected or not readable by the server.")
FAULT = {"error": True, "message": "Internal server error."}
ID = "a24a6ea4-ce75-4665-a070-57453082c250"
OURS = ["/api", "/api/", "/api/status", "/api/status.txt", "/api/config", "/api/auth/login",
        f"/api/actions/persons/{ID}/invite", "/api/data/persons", f"/api/data/persons/{ID}",
        f"/api/data/persons/{ID}/two-factor-authentication", "/api/data/organisations",
        "/api/data/user/context", "/status", "/status.txt", "/config", "/data/persons",
        "/data/projects", f"/actions/persons/{ID}/change-password", "/auth/logout"]
THEIRS = ["/api/data/projects", "/api/data/user/projects/open", "/api/data/", "/api/data/personsX",
          f"/api/data/persons/{ID}/tasks", "/api/data/user/context/x", "/api/data/xpersons"]


@pytest.fixture(scope="module", name="site")
def fixture_site():
    with SnippetSite() as site:
        yield site


@pytest.fixture(autouse=True)
def _fresh(site):
    site.begin("application/json", "{}", role="user")


@pytest.mark.parametrize("path", OURS)
def test_what_is_posterns_goes_there_and_not_through_the_gate(site, path):
    for method in ("GET", "HEAD", "POST"):
        answer = site.ask(path, method)
        assert answer.status_code == 200, answer.text
        assert site.api.params()["REQUEST_URI"] == path
        assert site.api.params()["REQUEST_METHOD"] == method
    assert site.gate.seen == []


@pytest.mark.parametrize("path", THEIRS)
def test_everything_else_goes_through_the_gate(site, path):
    answer = site.ask(path, headers={"X-Auth-User": "root", "Authorization": "Bearer x.y.z"})
    assert answer.status_code == 200
    assert site.gate.params()["REQUEST_URI"] == path
    assert site.api.seen == []
    assert "user=ann\n" in answer.text and "authorization=\n" in answer.text
    site.refuse(401, "X-Auth-Code: credential_required")
    assert site.ask(path).status_code == 401


@pytest.mark.parametrize("code,status,body", [
    ("token_expired", 401, {"error": True, "message": "Signature has expired"}),
    ("token_revoked", 401, {"msg": "Token has been revoked"}),
    ("account_inactive", 401, {"error": True, "message": UNAUTHORIZED}),
    ("invalid_token", 422, {"msg": "Signature verification failed"}),
    ("cross_origin", 403, {"error": True, "message": FORBIDDEN}),
    ("credential_required", 401,
     {"msg": 'Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; '
             'Missing Authorization Header)'}),
])
def test_401_has_the_words_that_clients_know(site, code, status, body):
    site.refuse(401, f"X-Auth-Code: {code}", "X-Auth-Sign-In: /sign-in/")
    for headers in ({}, {"Accept": "text/html"}):
        answer = site.ask("/api/data/projects", headers=headers)
        assert (answer.status_code, answer.json()) == (status, body)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers,status,body", [
    (["X-Auth-Status: 403", "X-Auth-Code: insufficient_scope"], 403,
     {"error": True, "message": FORBIDDEN}),
    (["X-Auth-Status: 403", "X-Auth-Code: two_factor_setup_required"], 403,
     {"error": True, "two_factor_authentication_required": True,
      "message": "Two-factor authentication setup is required. Please configure 2FA before "
                 "accessing the API."}),
    (["X-Auth-Status: 400", "X-Auth-Code: uri_refused"], 400,
     {"error": True, "data": None,
      "message": "The browser (or proxy) sent a request that this server could not understand."}),
    (["X-Auth-Status: 429", "X-Auth-Code: rate_limited", "Retry-After: 7"], 403,
     {"error": True, "message": FORBIDDEN}),
    (["X-Auth-Status: 503", "X-Auth-Code: cannot_decide", "Retry-After: 2"], 500, FAULT),
    ([], 403, {"error": True, "message": FORBIDDEN}),
])
def test_refusals_are_none_that_the_sdk_takes_for_success(site, headers, status, body):
    site.refuse(403, *headers)
    answer = site.ask("/api/data/projects")
    assert (answer.status_code, answer.json()) == (status, body)
    for header in headers:
        if header.startswith("Retry-After"):
            assert answer.headers["Retry-After"] == header.split()[1]


def test_r7_nobody_passes_while_postern_or_the_server_is_away(site):
    back = site.away(site.gate)
    try:
        answer = site.ask("/api/data/projects")
        assert (answer.status_code, answer.json()) == (502, FAULT)
    finally:
        back()
    back = site.away(site.api)
    try:
        for path in ("/api/auth/login", "/api/data/persons", "/status"):
            answer = site.ask(path)
            assert (answer.status_code, answer.json()) == (502, FAULT)
            assert answer.headers["Retry-After"] == "2"
    finally:
        back()
    answer = site.ask("/nobody/x")
    assert (answer.status_code, answer.json()) == (502, FAULT)


def test_r9_a_body_that_is_too_large_is_refused_in_the_dialects_shape(site):
    answer = site.ask("/api/auth/login", "POST", data=b"x" * 100_000)
    assert answer.status_code == 413 and answer.json()["error"] is True
    assert site.api.seen == []


@pytest.mark.parametrize("shown,passed", [
    ("access_token_cookie=secret", ""),
    ("access_token_cookie=secret; theme=dark", "theme=dark"),
    ("theme=dark; access_token_cookie=secret", "theme=dark"),
    ("a=1; access_token_cookie=secret; b=2", "a=1; b=2"),
    ("a=1;access_token_cookie=secret;b=2", "a=1;b=2"),
    ("access_token_cookie=one; a=1; access_token_cookie=two", ""),
    ("theme=dark; xaccess=1", "theme=dark; xaccess=1"),
    ("my_access_token_cookie=1", "my_access_token_cookie=1"),
    ("__Host-postern_session=secret", ""),
    ("postern_session=secret", ""),
    ("__Host-postern_session=secret; theme=dark", "theme=dark"),
    ("theme=dark; __Host-postern_session=secret", "theme=dark"),
    ("a=1; postern_session=secret; b=2", "a=1; b=2"),
    ("a=1;__Host-postern_session=secret;b=2", "a=1;b=2"),
    ("__Host-postern_session=one; a=1; __Host-postern_session=two", ""),
    ("postern_session=one; a=1; __Host-postern_session=two", ""),
    ("a=1; access_token_cookie=secret; b=2; __Host-postern_session=secret; c=3", "a=1; b=2; c=3"),
    ("postern_session=secret; access_token_cookie=secret", ""),
    ("my_postern_session=1; postern=2", "my_postern_session=1; postern=2"),
])
def test_what_a_browser_shows_of_who_it_is_stays_with_postern(site, shown, passed):
    for path in ("/api/data/projects", "/proxied/x"):
        answer = site.ask(path, headers={"Cookie": shown})
        assert site.gate.params()["HTTP_COOKIE"] == shown
        assert f"\ncookie={passed}\n" in answer.text
    site.ask("/fastcgi/x", headers={"Cookie": shown})
    assert site.app.params().get("HTTP_COOKIE", "") == passed
