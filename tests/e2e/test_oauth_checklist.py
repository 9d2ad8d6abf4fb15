"""What real clients read of our answers: the list of responses that the authorization server is held
to, line by line (test_2d_LINE…), seen through nginx: documents, registration, authorization."""
import time

import pytest

from oauth_browser import Browser, Page
from oauth_site import (CONFIG as SITE, App, claims_of, header_of, is_refused, metadata, not_stored,
                        register)

CONFIG = SITE
DOCUMENTS = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


# --- line 1: the documents ---


@pytest.mark.parametrize("path", DOCUMENTS)
def test_2d_01_documents_are_plain_answers_that_anybody_may_read(stack, path):
    for method in ("GET", "HEAD"):
        answer = stack.request(method, path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].split(";")[0] == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        kept = answer.headers["Cache-Control"]
        assert kept.startswith("public, max-age=")
        assert int(kept.partition("max-age=")[2]) <= 300
    asked = stack.request("OPTIONS", path, headers={
        "Origin": "https://app.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "mcp-protocol-version"})
    assert asked.status_code in (200, 204)
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "mcp-protocol-version" in asked.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_2d_01_documents_name_everything_that_is_built(stack, path):
    told, at = stack.get(path).json(), lambda place: stack.url + place
    assert told["issuer"] == stack.url
    addresses = {
        "authorization_endpoint": "/oauth/authorize", "token_endpoint": "/oauth/token",
        "registration_endpoint": "/oauth/register", "jwks_uri": "/.well-known/jwks.json",
        "revocation_endpoint": "/oauth/revoke", "introspection_endpoint": "/oauth/introspect",
        "userinfo_endpoint": "/oauth/userinfo", "end_session_endpoint": "/oauth/logout",
        "pushed_authorization_request_endpoint": "/oauth/par",
        "device_authorization_endpoint": "/oauth/device_authorization"}
    assert {name: told[name] for name in addresses} == {
        name: at(place) for name, place in addresses.items()}
    assert told["response_types_supported"] == ["code"]
    assert set(told["response_modes_supported"]) == {"query", "form_post"}
    assert set(told["grant_types_supported"]) == {
        "authorization_code", "refresh_token", "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code"}
    ways = {"none", "client_secret_basic", "client_secret_post", "private_key_jwt"}
    assert set(told["token_endpoint_auth_methods_supported"]) == ways
    for endpoint in ("revocation", "introspection"):
        assert set(told[f"{endpoint}_endpoint_auth_methods_supported"]) <= ways
    assert "ES256" in told["token_endpoint_auth_signing_alg_values_supported"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["client_id_metadata_document_supported"] is True
    assert "ES256" in told["dpop_signing_alg_values_supported"]
    assert told["subject_types_supported"] == ["public"]
    assert set(told["id_token_signing_alg_values_supported"]) == {"RS256", "ES256"}
    assert {"openid", "profile", "email", "offline_access", "posts.read", "posts.compose",
            "admin"} <= set(told["scopes_supported"])


@pytest.mark.parametrize("path", DOCUMENTS)
def test_2d_01_documents_hold_no_nulls_no_empty_texts_and_absolute_addresses(stack, path):
    told = stack.get(path).json()
    for name, value in told.items():
        assert value not in (None, "", []), name
        if name.endswith(("_endpoint", "_uri")):
            assert value.startswith(stack.url + "/"), name
        if isinstance(value, list):
            assert all(isinstance(item, str) and item for item in value), name


def test_2d_01_every_address_in_the_documents_answers(stack):
    told = metadata(stack)
    for name in [name for name in told if name.endswith("_endpoint")] + ["jwks_uri"]:
        path = told[name].removeprefix(stack.url)
        assert stack.get(path).status_code not in (301, 302, 404, 500, 502, 503), name


def test_2d_01_the_issuer_is_the_same_text_everywhere(stack, ann, app):
    answer = app.answer(ann, scope="openid posts.read")
    tokens = app.redeem(answer).json()
    told = stack.get("/.well-known/oauth-protected-resource/members").json()
    issuers = {metadata(stack)["issuer"], answer.query["iss"],
               claims_of(tokens["access_token"])["iss"], claims_of(tokens["id_token"])["iss"],
               *told["authorization_servers"]}
    assert issuers == {stack.url}


# --- line 2: the keys ---


def test_2d_02_keys_are_public_and_named(stack, ann, app):
    answer = stack.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] in ("application/json",
                                                            "application/jwk-set+json")
    assert "max-age=" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    keys = answer.json()["keys"]
    for key in keys:
        assert {"kty", "kid", "use", "alg"} <= set(key)
        assert (key["use"], key["kty"]) == ("sig", {"ES256": "EC", "RS256": "RSA"}[key["alg"]])
        assert not PRIVATE_MEMBERS & set(key)
    kids = [key["kid"] for key in keys]
    assert len(set(kids)) == len(kids)
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}
    assert header_of(app.tokens(ann)["access_token"])["kid"] in kids


# --- line 3: registration ---


def test_2d_03_registration_tells_everything_that_is_registered(stack):
    before = int(time.time())
    uris = ["https://app.example/back?a=b", "http://127.0.0.1:7/x", "com.example.app:/cb"]
    answer = register(stack, redirect_uris=uris, grant_types=None, client_uri="https://app.example",
                      token_endpoint_auth_method=None, contacts=["who@app.example"], logo_uri=None,
                      application_type="native", something_unknown={"a": 1})
    assert answer.status_code == 201
    assert not_stored(answer)
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert told["redirect_uris"] == uris
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["response_types"] == ["code"]
    assert told["application_type"] == "native"
    assert told["client_uri"] == "https://app.example"
    assert told["contacts"] == ["who@app.example"]
    assert isinstance(told["client_id"], str) and told["client_id"]
    assert before - 1 <= told["client_id_issued_at"] <= time.time() + 1
    assert isinstance(told["client_id_issued_at"], int)
    assert told["client_secret"].isalnum() and told["client_secret"].isascii()
    assert told["client_secret_expires_at"] == 0
    assert told["registration_access_token"]
    assert told["registration_client_uri"] == f"{stack.url}/oauth/register/{told['client_id']}"
    assert "something_unknown" not in told
    assert None not in told.values()


def test_2d_03_no_secret_for_a_client_that_has_none(stack):
    told = register(stack, token_endpoint_auth_method="none").json()
    assert not {"client_secret", "client_secret_expires_at"} & set(told)


def test_2d_03_unknown_scopes_are_left_out_and_not_refused(stack):
    told = register(stack, scope="openid posts.read mcp:tools not.ours").json()
    assert set(told["scope"].split()) == {"openid", "posts.read"}


@pytest.mark.parametrize("wanted, error", [
    ({"redirect_uris": ["http://app.example/"]}, "invalid_redirect_uri"),
    ({"redirect_uris": ["https://app.example/#x"]}, "invalid_redirect_uri"),
    ({"redirect_uris": []}, "invalid_redirect_uri"),
    ({"grant_types": ["password"]}, "invalid_client_metadata"),
    ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
    ({"response_types": ["token"]}, "invalid_client_metadata"),
    ({"token_endpoint_auth_method": "secret"}, "invalid_client_metadata"),
    ({"client_name": 7}, "invalid_client_metadata"),
    ({"software_statement": "eyJ"}, "invalid_software_statement")])
def test_2d_03_what_cannot_be_registered_is_told_why(stack, wanted, error):
    answer = register(stack, **wanted)
    assert is_refused(answer, 400, error), answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("body, kind", [("{", "application/json"), ("[]", "application/json"),
                                        ("a=b", "application/x-www-form-urlencoded")])
def test_2d_03_a_registration_that_is_no_json_object(stack, body, kind):
    answer = stack.request("POST", "/oauth/register", data=body, headers={"Content-Type": kind})
    assert is_refused(answer, 400, "invalid_client_metadata") or is_refused(
        answer, 400, "invalid_request"), answer.text


# --- line 4: what is registered, later ---


def test_2d_04_a_registration_is_read_changed_and_deleted(stack):
    app = App.register(stack, client_name="Before")
    shown = app.manage("GET")
    assert shown.status_code == 200 and not_stored(shown)
    told = shown.json()
    assert (told["client_id"], told["client_name"]) == (app.client_id, "Before")
    kept = {name: value for name, value in told.items() if name not in (
        "registration_access_token", "registration_client_uri", "client_id_issued_at",
        "client_secret_expires_at")}
    changed = app.manage("PUT", json={**kept, "client_name": "After"})
    assert changed.status_code == 200 and not_stored(changed)
    assert changed.json()["client_name"] == "After"
    token = changed.json()["registration_access_token"]
    gone = app.manage("DELETE", token)
    assert (gone.status_code, gone.text) == (204, "")
    assert app.manage("GET", token).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_2d_04_a_bad_registration_token_is_a_challenge(stack, app, method):
    for token in ("reg_" + "x" * 43, App.register(stack).told["registration_access_token"]):
        answer = app.manage(method, token, json={} if method == "PUT" else None)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert app.manage("GET").status_code == 200


# --- line 5: the authorization endpoint and its pages ---


@pytest.mark.parametrize("changes", [
    {"client_id": "unknown"}, {"client_id": None}, {"redirect_uri": "https://evil.example/"},
    {"client_id": ["x", "y"]}, {"redirect_uri": "https://app.example/back/"}])
def test_2d_05_nobody_is_sent_on_to_what_is_not_registered(stack, ann, app, changes):
    page = ann.open(app.question(**changes))
    assert isinstance(page, Page), page
    assert page.status == 400
    assert page.answer.headers["Content-Type"].split(";")[0] == "text/html"
    assert "Location" not in page.answer.headers
    assert "evil.example" not in str(page.links)


def test_2d_05_other_errors_go_back_with_state_and_issuer(stack, ann, app):
    state = "a state/with ? & = % ü and 'quotes'"
    app.tokens(ann)
    answer = app.answer(ann, state=state, scope="not.ours")
    assert answer.url.startswith(app.redirect_uri + "?")
    assert answer.query["error"] == "invalid_scope"
    assert answer.query["error_description"].isascii()
    assert (answer.query["state"], answer.query["iss"]) == (state, stack.url)


def test_2d_05_success_is_code_state_and_issuer(stack, ann, app):
    answer = app.answer(ann)
    assert set(answer.query) == {"code", "state", "iss"}
    assert {response.status_code for response in ann.answers if "Location" in response.headers} <= {
        302, 303}
    bare = app.answer(ann, state=None)
    assert set(bare.query) == {"code", "iss"}
    assert bare.query["iss"] == stack.url


def test_2d_05_it_is_asked_by_post_as_well(stack, ann, app):
    path, _, query = app.question().removeprefix(stack.url).partition("?")
    answer = ann.ask("POST", stack.url + path, data=query.encode())
    if "Content-Type" not in answer.request.headers:
        answer = ann.http.post(stack.url + path, data=query, allow_redirects=False, headers={
            "Content-Type": "application/x-www-form-urlencoded"})
    assert ann.follow(answer).startswith(app.redirect_uri)


@pytest.mark.parametrize("name", ["scope", "state", "response_type", "code_challenge", "nonce"])
def test_2d_05_a_parameter_that_is_there_twice_is_refused(ann, app, name):
    place = ann.open(app.question(**{name: ["posts.read", "posts.compose"]}))
    if isinstance(place, str):
        assert "error=invalid_request" in place
    else:
        assert place.status == 400


def test_2d_05_pages_are_not_framed_stored_or_told_of(stack, app):
    browser = Browser(stack, "ann")
    page = browser.open(app.question(scope="posts.compose"))
    seen = [page, browser.sign_in(page), browser.open(app.question(client_id="unknown"))]
    assert seen[1].deciding() is not None
    for shown in seen:
        headers = shown.answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
    for answer in browser.answers:
        assert "Access-Control-Allow-Origin" not in answer.headers
