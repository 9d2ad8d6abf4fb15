"""What nginx/README.md promises of the snippets, through a real nginx whose site is full of traps:
an error_page that makes 200 of errors, satisfy any, fastcgi_intercept_errors on."""
import json
import subprocess

import pytest

from snippet_site import SnippetSite
from stack import SOURCE

FORGED = {
    "X-Auth-Account": "root", "X-Auth-User": "root", "X-Auth-Email": "root@example.org",
    "X-Auth-Role": "admin", "X-Auth-Permissions": "admin", "X-Auth-Credential": "session:1",
    "X-Auth-Client": "root",
    "X-Auth-Status": "200", "X-Auth-Code": "root", "X-Auth-Sign-In": "https://evil.example", "X-Original-URI": "/open/",
    "X-Original-URL": "/open/", "X-Original-Method": "GET", "X-Rewrite-URL": "/open/",
    "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Uri": "/open/", "X-Forwarded-Method": "GET", "X-Forwarded-Proto": "https",
    "X-Forwarded-User": "root", "Forwarded": "for=127.0.0.1", "Remote-User": "root",
    "Proxy": "http://evil.example", "X-aUtH-uSeR": "root",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module", name="site")
def fixture_site():
    with SnippetSite() as site:
        yield site


@pytest.fixture(autouse=True)
def _fresh(site):
    site.begin(role="member")


# --- what reaches Postern ------------------------------------------------------------------------

def test_gate_is_told_address_and_method_of_the_visitor(site):
    for method in ("GET", "POST", "DELETE", "OPTIONS", "PROPFIND"):
        site.ask("/files/page.txt?q=1&r=%2F", method)
        params = site.gate.params()
        assert params["REQUEST_METHOD"] == method
        assert params["REQUEST_URI"] == "/files/page.txt?q=1&r=%2F"
        assert params["REMOTE_ADDR"] == "127.0.0.1"
        assert params["REQUEST_SCHEME"] == "http"


def test_gate_sees_no_body_and_no_length(site):
    answer = site.ask("/proxied/x", "POST", data=b"x" * 3_000_000,
                      headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200, answer.text
    assert site.gate.seen[-1][1] == b""
    params = site.gate.params()
    assert params["CONTENT_LENGTH"] == params["CONTENT_TYPE"] == ""
    assert "HTTP_CONTENT_LENGTH" not in params and "HTTP_CONTENT_TYPE" not in params


@pytest.mark.parametrize("path,server", [("/files/page.txt", "gate"), ("/auth/v1/me", "api"),
                                         ("/api/accounts/token/", "api")])
def test_B7_36_forged_headers_never_reach_postern(site, path, server):
    site.ask(path, headers=FORGED)
    params = getattr(site, server).params()
    for name in FORGED:
        assert "HTTP_" + name.upper().replace("-", "_") not in params, name
    assert "evil" not in str(params) and "root" not in str(params)


@pytest.mark.parametrize("path,server", [("/files/page.txt", "gate"), ("/auth/v1/me", "api")])
def test_B7_37_underscores_never_pass_for_hyphens(site, path, server):
    site.raw(path, "X_Auth_User: root", "X_API_Key: stolen", "X_Original_URI: /open/",
             "X.Auth.User: root")
    params = getattr(site, server).params()
    assert "root" not in params.values() and "stolen" not in params.values()
    assert "HTTP_X_AUTH_USER" not in params
    assert "HTTP_X_API_KEY" not in params


def test_underscores_are_refused_by_word_not_by_chance():
    assert "underscores_in_headers off;" in (SOURCE / "nginx/postern-upstreams.conf").read_text()


def test_parameters_are_an_explicit_list():
    for path in (SOURCE / "nginx").glob("*"):
        active = [line.split("#")[0] for line in path.read_text().splitlines()]
        assert not any("include fastcgi_params" in line or "include /etc" in line
                       for line in active if path.suffix == ".conf"), path
        assert not any("fastcgi_keep_conn on" in line for line in active), path


def test_credentials_reach_the_gate_as_they_were_sent(site):
    site.ask("/files/page.txt", headers={"Authorization": "Bearer abc", "X-API-Key": "k",
                                         "Cookie": "a=1"})
    params = site.gate.params()
    assert params["HTTP_AUTHORIZATION"] == "Bearer abc"
    assert (params["HTTP_X_API_KEY"], params["HTTP_COOKIE"]) == ("k", "a=1")


def test_repeated_credentials_reach_the_gate_repeated_so_that_it_can_refuse(site):
    site.raw("/files/page.txt", "X-API-Key: one", "X-API-Key: two")
    values = [value for name, value in site.gate.seen[-1][0] if name == "HTTP_X_API_KEY"]
    assert values == ["one", "two"]


def test_bodies_reach_the_api_whole_with_their_length_also_when_chunked(site):
    site.ask("/auth/v1/login", "POST", data=b"12345", headers={"Content-Type": "text/plain"})
    assert site.api.seen[-1][1] == b"12345"
    params = site.api.params()
    assert (params["CONTENT_LENGTH"], params["CONTENT_TYPE"]) == ("5", "text/plain")
    site.ask("/auth/v1/login", "POST", data=iter([b"123", b"4567"]))
    assert site.api.seen[-1][1] == b"1234567"
    assert site.api.params()["CONTENT_LENGTH"] == "7"


def test_too_large_a_body_is_refused_by_nginx_in_json(site):
    answer = site.ask("/auth/v1/login", "POST", data=b"x" * 65537)
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"
    assert site.api.seen == []
    assert site.ask("/auth/v1/login", "POST", data=b"x" * 65536).status_code == 200


# --- who is let in -------------------------------------------------------------------------------

def test_application_is_told_who_is_there_and_forged_copies_are_gone(site):
    site.allow(account="a-1", user="ann", email="ann@example.org", role="member",
               permissions="read write", credential="api_key:9")
    headers = {**FORGED, "Authorization": "Bearer abc", "X-API-Key": "k"}
    told = dict(line.split("=", 1) for line in
                site.ask("/proxied/x", headers=headers).text.splitlines())
    assert told == {"uri": "/application/x", "account": "a-1", "user": "ann",
                    "email": "ann@example.org", "role": "member", "permissions": "read write",
                    "credential": "api_key:9", "status": "", "remote_user": "",
                    "authorization": "", "key": "",
                    "client": "", "proof": "", "forwarded": "127.0.0.1", "cookie": ""}


def test_anonymous_visitor_of_a_public_page_has_no_identity_whatever_he_sends(site):
    site.gate.answer = "Status: 200 OK\r\nX-Auth-User: \r\n\r\n"
    told = site.ask("/proxied/x", headers=FORGED).text
    assert "root" not in told and "user=\n" in told and "permissions=\n" in told


def test_fastcgi_application_is_told_who_is_there(site):
    site.allow(account="a-1", user="ann", email="e", role="member", permissions="read",
               credential="api_key:9")
    answer = site.ask("/fastcgi/index.php?x=1", auth=("root", "password"), headers={
        **{name: value for name, value in FORGED.items() if name != "X-aUtH-uSeR"},
        "X-API-Key": "k"})
    assert answer.text == "ok"
    params = site.app.params()
    assert params["REMOTE_USER"] == params["HTTP_X_AUTH_USER"] == "ann"
    assert params["HTTP_X_AUTH_PERMISSIONS"] == "read"
    assert "HTTP_AUTHORIZATION" not in params and "HTTP_X_API_KEY" not in params
    assert params["SCRIPT_FILENAME"].endswith("/site/fastcgi/index.php")
    assert params["QUERY_STRING"] == "x=1"
    assert "root" not in params.values()


def test_static_file_is_answered_only_after_the_gate_agreed(site):
    assert site.ask("/files/page.txt").text == "a protected file\n"
    assert len(site.gate.seen) == 1
    site.refuse(401, "WWW-Authenticate: Bearer")
    assert site.ask("/files/page.txt").status_code == 401


@pytest.mark.parametrize("path", ["/_postern_gate", "/%5fpostern_gate", "/x/../_postern_gate"])
def test_nobody_reaches_the_gate_itself(site, path):
    assert site.raw(path)[0] == 404
    assert site.gate.seen == []


# --- who is not ----------------------------------------------------------------------------------

def test_401_keeps_its_challenge_for_programs(site):
    site.refuse(401, 'WWW-Authenticate: Bearer realm="x", error="invalid_token"',
                "X-Auth-Sign-In: /sign-in/?return_to=/files/page.txt")
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        answer = site.ask("/files/page.txt", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="x", error="invalid_token"'
        assert answer.json()["code"] == "credential_required"
        assert "Location" not in answer.headers


def test_browsers_are_sent_to_sign_in_with_the_address_as_the_gate_encoded_it(site):
    wanted = "/sign-in/?return_to=/files/page.txt%3Fa%3D1%26b%3D2"
    site.refuse(401, "WWW-Authenticate: Bearer", f"X-Auth-Sign-In: {wanted}")
    for method in ("GET", "HEAD"):
        answer = site.ask("/files/page.txt?a=1&b=2", method, headers=BROWSER)
        assert answer.status_code == 302
        assert answer.headers["Location"] == wanted
        assert answer.headers["Cache-Control"] == "no-store"
    assert site.ask("/files/page.txt", "POST", headers=BROWSER).status_code == 401


def test_browsers_get_401_where_there_is_no_sign_in_page(site):
    site.refuse(401, "WWW-Authenticate: Bearer")
    assert site.ask("/files/page.txt", headers=BROWSER).status_code == 401


def test_403_says_what_is_missing(site):
    site.refuse(403, "X-Auth-Status: 403",
                'WWW-Authenticate: Bearer error="insufficient_scope", scope="admin"')
    answer = site.ask("/files/page.txt", headers=BROWSER)
    assert answer.status_code == 403
    assert 'scope="admin"' in answer.headers["WWW-Authenticate"]
    assert answer.json()["code"] == "insufficient_scope"
    assert "Retry-After" not in answer.headers


def test_a_restricted_key_is_told_from_a_missing_permission(site):
    site.refuse(403, "X-Auth-Status: 403", "X-Auth-Code: key_restricted",
                'WWW-Authenticate: Bearer error="insufficient_scope", error_description="no"')
    answer = site.ask("/proxied/x")
    assert (answer.status_code, answer.json()["code"]) == (403, "key_restricted")
    assert 'error_description="no"' in answer.headers["WWW-Authenticate"]
    site.refuse(403, "X-Auth-Status: 403", "X-Auth-Code: no_rule")
    assert site.ask("/proxied/x").json()["code"] == "insufficient_scope"


@pytest.mark.parametrize("status,code,retry", [
    (429, "rate_limited", "17"), (503, "unavailable", "2"), (400, "uri_refused", None)])
def test_what_auth_request_cannot_say_is_turned_back(site, status, code, retry):
    headers = [f"X-Auth-Status: {status}"] + ([f"Retry-After: {retry}"] if retry else [])
    site.refuse(403, *headers)
    answer = site.ask("/proxied/x")
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["status"] == status
    assert answer.headers.get("Retry-After") == retry
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("status", [100, 204, 301, 302, 304, 400, 404, 405, 429, 500, 502, 503])
def test_R7_no_odd_answer_of_the_gate_opens_a_door_but_2xx(site, status):
    site.refuse(status, "Location: /everything-is-fine.txt")
    answer = site.ask("/files/page.txt")
    if status == 204:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert "protected" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/files/page.txt", "/proxied/x", "/fastcgi/x"])
def test_R7_closed_while_the_gate_is_away(site, path, method):
    give_back = site.away(site.gate)
    try:
        answer = site.ask(path, method)
    finally:
        give_back()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    if method != "HEAD":
        assert answer.json()["code"] == "unavailable"


@pytest.mark.parametrize("path", ["/auth/v1/login", "/api/accounts/token/"])
def test_api_says_503_in_json_while_postern_is_away(site, path):
    give_back = site.away(site.api)
    try:
        answers = [site.ask(path, method, data=b"{}") for method in ("POST", "PUT")]
    finally:
        give_back()
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert {"code", "detail", "status", "title", "type"} <= set(answer.json())


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_answers_of_the_api_are_its_own(site, status):
    site.api.answer = (f"Status: {status} X\r\nContent-Type: application/json\r\n"
                       'Retry-After: 9\r\n\r\n{"mine":true}')
    answer = site.ask("/auth/v1/me")
    assert (answer.status_code, answer.json()) == (status, {"mine": True})
    assert answer.headers["Retry-After"] == "9"


def test_large_but_lawful_answers_of_the_gate_fit(site):
    permissions = " ".join(f"permission.number.{i}" for i in range(300))
    site.allow(account="a", user="ann", permissions=permissions)
    assert f"permissions={permissions}\n" in site.ask("/proxied/x").text


def test_a_check_whose_worker_died_is_asked_once_more(site):
    answer, calls = site.gate.answer, []

    def die_once(_):
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionAbortedError
        return answer
    site.gate.answer = die_once
    assert site.ask("/proxied/x", "POST", data=b"x").status_code == 200
    assert len(calls) == 2


def test_a_post_to_the_api_is_never_sent_twice(site):
    calls = []

    def die(_):
        calls.append(1)
        raise ConnectionAbortedError
    site.api.answer = die
    answer = site.ask("/auth/v1/register", "POST", data=b"{}")
    assert answer.status_code == 503
    assert len(calls) == 1


def test_full_example_is_accepted_by_nginx(tmp_path_factory, site):
    directory = tmp_path_factory.mktemp("example")
    key, certificate = directory / "key.pem", directory / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "1", "-subj", "/CN=example.org"], check=True, capture_output=True)
    text = (SOURCE / "nginx/postern.conf.example").read_text()
    text = text.replace("/etc/ssl/private/example.org.key", str(key))
    text = text.replace("/etc/ssl/certs/example.org.pem", str(certificate))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{site.port + 1};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{site.port + 2} ssl")
    text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
    (site.state / "example.conf").write_text(text)
    (site.state / "nginx-example.conf").write_text(
        "pid example.pid;\nevents {}\nhttp {\n"
        "client_body_temp_path e1; proxy_temp_path e2; fastcgi_temp_path e3; uwsgi_temp_path e4;\n"
        "scgi_temp_path e5; access_log off;\ninclude example.conf;\n}\n")
    checked = subprocess.run(["/usr/sbin/nginx", "-t", "-p", f"{site.state}/", "-c",
                              "nginx-example.conf", "-e", str(directory / "error.log")],
                             capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_bodies_that_nginx_writes_are_json(site):
    text = "".join(path.read_text() for path in (SOURCE / "nginx").glob("*.conf")
                   # these have shapes of their own: test_nginx_kitsu, test_nginx_oauth
                   if "kitsu" not in path.name and "oauth" not in path.name)
    bodies = [part.split("\\n'")[0] for part in text.split("return ")[1:] if "'{" in part[:10]]
    parsed = [json.loads(body.split("'", 1)[1]) for body in bodies]
    assert len(parsed) >= 6
    for body, answer in zip(bodies, parsed):
        assert answer["status"] == int(body[:3])
