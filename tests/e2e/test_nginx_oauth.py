"""What nginx's snippets promise of the authorization server and of its tokens at the gate: whoever
refuses, programs meet JSON as RFC 6749 has it, and people a page."""
import pytest

from snippet_site import SnippetSite

PROGRAMS = ["/oauth/token", "/oauth/register", "/oauth/register/x", "/oauth/par", "/oauth/revoke",
            "/oauth/introspect", "/oauth/userinfo", "/oauth/device_authorization"]
DOCUMENTS = ["/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/id",
             "/.well-known/openid-configuration", "/.well-known/openid-configuration/id",
             "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/api",
             "/.well-known/jwks.json"]
PAGES = ["/oauth/authorize", "/oauth/sign-in", "/oauth/sign-in/company", "/oauth/consent",
         "/oauth/device", "/oauth/logout"]
CHALLENGE = ('Bearer realm="postern", resource_metadata="https://a.example/.well-known/'
             'oauth-protected-resource", scope="read", DPoP error="invalid_dpop_proof", '
             'algs="ES256 RS256 PS256"')


@pytest.fixture(scope="module", name="site")
def fixture_site():
    with SnippetSite() as site:
        yield site


@pytest.fixture(autouse=True)
def _fresh(site):
    site.begin(client="c-1")


@pytest.mark.parametrize("path", PROGRAMS + DOCUMENTS + PAGES)
def test_every_address_reaches_postern(site, path):
    assert site.ask(path + "?a=1").text == "ok"
    assert site.api.params()["REQUEST_URI"] == path + "?a=1"


@pytest.mark.parametrize("path", PROGRAMS + DOCUMENTS)
def test_programs_meet_json_while_postern_is_away(site, path):
    give_back = site.away(site.api)
    try:
        answer = site.ask(path, "POST" if path in PROGRAMS else "GET")
    finally:
        give_back()
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["error"] == "temporarily_unavailable"


@pytest.mark.parametrize("path", PAGES)
def test_people_meet_a_page_while_postern_is_away(site, path):
    give_back = site.away(site.api)
    try:
        answer = site.ask(path)
    finally:
        give_back()
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Retry-After"] == "2"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "<h1>Service unavailable</h1>" in answer.text


def test_too_large_a_body_is_refused_in_json(site):
    answer = site.ask("/oauth/token", "POST", data=b"x" * 65537)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["error"] == "invalid_request"
    assert site.api.seen == []


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_posterns_own_refusals_pass_as_they_are(site, status):
    body = '{"error":"one of its own"}'
    site.api.answer = (f"Status: {status} X\r\nContent-Type: application/json\r\nRetry-After: 7\r\n"
                       f"\r\n{body}")
    answer = site.ask("/oauth/token", "POST")
    assert (answer.status_code, answer.text) == (status, body)
    assert answer.headers["Retry-After"] == "7"


def test_what_the_sites_own_limit_refuses_is_json_for_programs_and_a_page_for_people(site):
    site.ask("/oauth/token", "POST", port=site.busy_port)  # all that is let through
    reached = len(site.api.seen)
    for path in PROGRAMS:
        answer = site.ask(path, "POST", port=site.busy_port)
        assert answer.status_code == 429
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Retry-After"] == "2"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json()["error"] == "temporarily_unavailable"
    page = site.ask("/oauth/authorize", port=site.busy_port)
    assert page.status_code == 503
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Retry-After"] == "2"
    assert len(site.api.seen) == reached


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("path", ["/proxied/x", "/fastcgi/x", "/files/page.txt"])
def test_the_gates_challenge_arrives_whole_and_once(site, path, status):
    site.refuse(status, "X-Auth-Status: " + str(status), "WWW-Authenticate: " + CHALLENGE)
    answer = site.ask(path, headers={"Authorization": "DPoP abc"})
    assert answer.status_code == status
    assert answer.headers["WWW-Authenticate"] == CHALLENGE


def test_a_proof_reaches_the_gate_and_nobody_behind_it(site):
    headers = {"Authorization": "DPoP abc", "DPoP": "the.proof.itself", "X-Auth-Client": "root"}
    page = site.ask("/proxied/x", headers=headers).text
    params = site.gate.params()
    assert (params["HTTP_AUTHORIZATION"], params["HTTP_DPOP"]) == ("DPoP abc", "the.proof.itself")
    assert "HTTP_X_AUTH_CLIENT" not in params
    assert "proof=\n" in page and "authorization=\n" in page and "client=c-1\n" in page
    site.ask("/fastcgi/x", headers=headers)
    behind = site.app.params()
    assert behind["HTTP_X_AUTH_CLIENT"] == "c-1"
    assert "HTTP_DPOP" not in behind and "HTTP_AUTHORIZATION" not in behind


def test_a_proof_that_comes_twice_reaches_the_gate_twice_so_that_it_can_refuse(site):
    site.raw("/files/page.txt", "DPoP: one", "DPoP: two")
    assert [value for name, value in site.gate.seen[-1][0] if name == "HTTP_DPOP"] == ["one", "two"]
