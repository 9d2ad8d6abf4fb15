"""RFC 9700 and OAuth 2.1 as rules for an authorization server, each with its number: 1 to 13."""
import time

import pytest

from oauth_browser import Browser, Page, query_of
from oauth_site import (BACK, CONFIG as SITE, ELSEWHERE, App, Key, change_account, claims_of,
                        is_refused, members, metadata, register)

CONFIG = SITE
pytestmark = pytest.mark.usefixtures("ann")


def ends_on_a_page(place):
    return isinstance(place, Page) and place.status == 400


@pytest.mark.parametrize("presented", [
    "https://app.example/back/", "https://app.example/back?", "https://app.example/back?a=b",
    "https://app.example/Back", "https://APP.example/back", "http://app.example/back",
    "https://app.example:443/back", "https://app.example/x/../back", "https://app.example/bac%6B",
    "https://app.example.evil.example/back", "https://app.example/back#x",
    " https://app.example/back"])
def test_3a_01_redirect_addresses_are_compared_to_the_letter(ann, app, presented):
    assert app.redirect_uri == "https://app.example/back"
    assert ends_on_a_page(ann.open(app.question(redirect_uri=presented)))


@pytest.mark.parametrize("registered, presented, good", [
    ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", True),
    ("http://127.0.0.1:8000/cb", "http://127.0.0.1:51234/cb", True),
    ("http://[::1]/cb", "http://[::1]:51234/cb", True),
    ("http://localhost/cb", "http://localhost:51234/cb", True),
    ("http://127.0.0.1/cb", "http://127.0.0.1:51234/other", False),
    ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb?x=1", False),
    ("http://127.0.0.1/cb", "https://127.0.0.1:51234/cb", False),
    ("http://127.0.0.1/cb", "http://localhost:51234/cb", False),
    ("http://localhost/cb", "http://127.0.0.1:51234/cb", False),
    ("http://127.0.0.1/cb", "http://127.0.0.2:51234/cb", False),
    ("http://127.0.0.1/cb", "http://127.0.0.1:51234@evil.example/cb", False),
    ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", False)])
def test_3a_01_the_port_of_a_loopback_address_alone_is_free(stack, ann, registered, presented,
                                                           good):
    app = App.register(stack, redirect_uris=[registered])
    place = ann.go(app.question(redirect_uri=presented))
    if good:
        assert place.startswith(presented + "?code=")
    else:
        assert ends_on_a_page(place)


@pytest.mark.parametrize("uri", [
    "http://app.example/", "https://app.example/#frag", "https://app.example/#",
    "javascript:alert(1)//x.y", "data:text/html,x", "vbscript:x.y", "file:///etc/passwd",
    "blob:https://app.example/x", "about:blank", "https://user:pw@app.example/",
    "https://app.example/../x", "https://app.example/%2e%2e/x", "https://app.example/a\\b",
    "https://app.example/\n", "https://app.example/ü", "https://*.app.example/", "/relative",
    "app:/cb", "", "https:///x", "ws://app.example/", "https://app.example/" + "x" * 2048])
def test_3a_02_dangerous_redirect_addresses_are_not_registered(stack, uri):
    assert is_refused(register(stack, redirect_uris=[BACK, uri]), 400, "invalid_redirect_uri")


@pytest.mark.parametrize("uri", ["com.example.app:/cb", "cursor://anysphere.cursor-mcp/callback",
                                 "vscode://vscode.github-authentication/did-authenticate",
                                 "http://localhost:3000/cb", "https://app.example/cb?a=b&c=d"])
def test_3a_02_and_usual_ones_are(stack, ann, uri):
    app = App.register(stack, redirect_uris=[uri])
    assert app.answer(ann).url.startswith(uri)


def test_3a_03_a_bad_client_or_redirect_address_is_no_redirection(ann, app):
    for changes in ({"client_id": "x"}, {"redirect_uri": "https://evil.example/"},
                    {"redirect_uri": None, "client_id": "x"}):
        page = ann.open(app.question(**changes))
        assert ends_on_a_page(page)
        assert "evil.example" not in page.answer.headers.get("Location", "")


@pytest.mark.parametrize("changes", [{"scope": "not.ours"}, {"prompt": "none"},
                                     {"response_type": "token"}, {"code_challenge": None}])
def test_3a_03_a_self_registered_client_gets_no_redirection_before_somebody_looked(stack, app,
                                                                                   changes):
    """Whoever follows a link of an attacker's client does not land on the attacker's page at once."""
    place = Browser(stack, "ann").open(app.question(**changes))
    assert isinstance(place, Page), place


def test_3a_04_a_challenge_is_a_must_and_s256_its_only_method(ann, app):
    app.tokens(ann)
    for changes in ({"code_challenge": None, "code_challenge_method": None},
                    {"code_challenge_method": "plain"}, {"code_challenge_method": None},
                    {"code_challenge_method": "s256"}, {"code_challenge": "short"},
                    {"code_challenge": "x" * 44}, {"code_challenge": "?" * 43}):
        answer = app.answer(ann, **changes)
        assert answer.query["error"] == "invalid_request", changes
        assert "code" not in answer.query


@pytest.mark.parametrize("method", ["none", "client_secret_basic"])
def test_3a_04_the_verifier_is_a_must_and_must_fit(stack, ann, method):
    app = App.register(stack, token_endpoint_auth_method=method)
    for verifier, error in [(None, "invalid_request"), ("", "invalid_request"),
                            ("w" * 43, "invalid_grant"), ("short", None), ("v" * 129, None),
                            ("ü" * 43, None)]:
        answer = app.redeem(app.answer(ann), code_verifier=verifier)
        assert answer.status_code == 400
        assert answer.json()["error"] in ([error] if error else ["invalid_request",
                                                                 "invalid_grant"])


def test_3a_04_a_code_is_bound_to_its_client_and_redirect_address(stack, ann, app):
    other = App.register(stack)
    answer = app.answer(ann)
    assert is_refused(other.redeem(answer), 400, "invalid_grant")
    assert is_refused(app.redeem(answer, redirect_uri="https://app.example/other"), 400,
                      "invalid_grant")


def test_3a_05_the_second_use_of_a_code_ends_what_the_first_one_got(stack, ann, app):
    answer = app.answer(ann)
    tokens = app.redeem(answer).json()
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    assert is_refused(app.redeem(answer), 400, "invalid_grant")
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    assert is_refused(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_3a_05_a_code_is_dead_after_the_third_wrong_verifier_and_not_before(ann, app):
    answer = app.answer(ann)
    for _ in range(2):
        assert is_refused(app.redeem(answer, code_verifier="w" * 43), 400, "invalid_grant")
    assert app.redeem(answer).status_code == 200
    answer = app.answer(ann)
    for _ in range(3):
        assert is_refused(app.redeem(answer, code_verifier="w" * 43), 400, "invalid_grant")
    assert is_refused(app.redeem(answer), 400, "invalid_grant")


def test_3a_06_the_token_request_may_leave_the_redirect_address_out(ann, app):
    assert app.redeem(app.answer(ann), redirect_uri=None).status_code == 200
    wrong = app.redeem(app.answer(ann), redirect_uri="http://127.0.0.1/")
    assert is_refused(wrong, 400, "invalid_grant")


def test_3a_07_code_is_the_only_response_type_and_there_is_no_password_grant(stack, ann, app):
    for kind in ("token", "id_token", "code token", "code id_token", "none", "CODE"):
        answer = app.answer(ann, response_type=kind, scope="openid posts.read", nonce="n")
        assert answer.query["error"] == "unsupported_response_type"
        assert "#" not in answer.url
    missing = app.answer(ann, response_type=None)
    assert missing.query["error"] == "invalid_request"
    assert is_refused(app.token(grant_type="password", username="ann", password="x"), 400,
                      "unsupported_grant_type")
    assert "password" not in metadata(stack)["grant_types_supported"]


def test_3a_08_refresh_tokens_rotate_and_the_use_of_a_spent_one_ends_the_grant(stack, ann, app):
    first = app.tokens(ann)
    second = app.refresh(first["refresh_token"]).json()
    third = app.refresh(second["refresh_token"]).json()
    assert len({told["refresh_token"] for told in (first, second, third)}) == 3
    assert is_refused(app.refresh(first["refresh_token"]), 400, "invalid_grant")
    assert is_refused(app.refresh(third["refresh_token"]), 400, "invalid_grant")
    assert stack.get("/members/", token=third["access_token"]).status_code == 401


def test_3a_08_a_lost_answer_is_answered_with_the_same_successor(ann, app):
    first = app.tokens(ann)
    second, again = (app.refresh(first["refresh_token"]).json() for _ in range(2))
    assert again["refresh_token"] == second["refresh_token"]
    assert again["access_token"] != second["access_token"]


def test_3a_08_refresh_tokens_are_bound_to_scope_resource_and_client(stack, ann, app):
    token = app.tokens(ann, scope="posts.read", resource=members(stack))["refresh_token"]
    assert is_refused(app.refresh(token, scope="posts.compose"), 400, "invalid_scope")
    assert is_refused(app.refresh(token, resource=ELSEWHERE), 400,
                      "invalid_target")
    assert is_refused(App.register(stack).refresh(token), 400, "invalid_grant")
    assert app.refresh(token).status_code == 200


def test_3a_08_a_change_of_password_ends_what_was_granted(stack, app):
    first = stack.register_tokens("paula")
    tokens = app.tokens("paula")
    changed = stack.post("/auth/v1/me/password", {"current_password": "correct horse battery",
                                                  "new_password": "another horse battery"},
                         token=first["access_token"])
    assert changed.status_code in (200, 204), changed.text
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    assert is_refused(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_3a_09_the_issuer_is_in_every_authorization_response(stack, ann, app):
    answers = [app.answer(ann), app.answer(ann, scope="not.ours"),
               app.answer(ann, decision="deny", scope="posts.read posts.compose"),
               app.answer(ann, response_mode="form_post")]
    assert [answer.query["iss"] for answer in answers] == [metadata(stack)["issuer"]] * 4
    assert metadata(stack)["issuer"] == stack.url


def test_3a_10_a_token_is_for_its_audience_alone(stack, ann, app):
    elsewhere = app.tokens(ann, resource=ELSEWHERE)["access_token"]
    assert claims_of(elsewhere)["aud"] == ELSEWHERE
    assert stack.get("/members/read/", token=elsewhere).status_code == 401
    assert stack.get("/auth/v1/me", token=elsewhere).status_code == 401
    here = app.tokens(ann, resource=members(stack))["access_token"]
    assert stack.get("/members/read/", token=here).status_code == 200
    assert stack.get("/staff/", token=here).status_code == 401


def test_3a_10_no_token_is_read_from_the_address(stack, ann, app):
    token = app.tokens(ann)["access_token"]
    for path in ("/members/", "/oauth/userinfo"):
        assert stack.get(f"{path}?access_token={token}").status_code == 401


def test_3a_10_what_a_token_may_is_cut_down_to_what_its_person_may(stack, app):
    stack.register("mia")
    token = app.tokens("mia", scope="clients.manage posts.read",
                       resource=members(stack))["access_token"]
    assert stack.get("/members/read/", token=token).status_code == 200
    assert stack.get("/members/manage/", token=token).status_code == 403
    change_account(stack, "mia", role="manager")
    assert stack.get("/members/manage/", token=token).status_code == 200
    change_account(stack, "mia", role="streamer")
    assert stack.get("/members/read/", token=token).status_code == 403


def test_3a_11_a_client_shows_by_a_key_who_it_is(stack):
    key = Key()
    app = App.register(stack, token_endpoint_auth_method="private_key_jwt",
                       jwks={"keys": [key.public]})
    assert "client_secret" not in app.told

    def answer_to(assertion):
        return stack.request("POST", "/oauth/introspect", data={
            "token": "x", "client_assertion": assertion,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"})
    now, name = time.time(), app.client_id
    for audience in (stack.url, stack.url + "/oauth/introspect"):
        assert answer_to(key.assertion(name, audience, now)).status_code == 200
    once = key.assertion(name, stack.url, now)
    assert [answer_to(once).status_code for _ in range(2)] == [200, 401]
    for wrong in (key.assertion(name, "https://other.example", now),
                  Key().assertion(name, stack.url, now),
                  key.assertion(name, stack.url, now - 600), key.assertion("other", stack.url, now),
                  key.assertion(name, stack.url, now, exp=int(now) + 3600),
                  key.assertion(name, stack.url, now, jti=None),
                  key.assertion(name, stack.url, now, exp=None),
                  key.assertion(name, stack.url, now, sub="other"), "eyJ.eyJ.x", ""):
        assert answer_to(wrong).status_code in (400, 401)
    assert is_refused(stack.request("POST", "/oauth/token", data={
        "grant_type": "refresh_token", "refresh_token": "x", "client_id": name}), 401,
        "invalid_client")


def test_3a_12_forms_with_credentials_are_answered_by_303(stack, app):
    browser = Browser(stack, "ann")
    browser.go(app.question(prompt="consent"))
    posted = [answer for answer in browser.answers if answer.request.method == "POST"]
    assert len(posted) >= 2
    assert {answer.status_code for answer in posted} == {303}
    assert all(answer.status_code not in (307, 308) for answer in browser.answers)


def test_3a_13_pages_cannot_be_framed(stack, app):
    browser = Browser(stack, "ann")
    browser.go(app.question(scope="posts.compose"))
    device = browser.open(stack.url + "/oauth/device")
    logout = browser.open(stack.url + "/oauth/logout")
    for page in [*browser.pages, device, logout]:
        assert "frame-ancestors 'none'" in page.answer.headers["Content-Security-Policy"]
        assert page.answer.headers["X-Frame-Options"] == "DENY"
    assert browser.asked("password") and browser.consents
    assert query_of(browser.go(app.question()))["code"]
