"""RFC 9700 and OAuth 2.1 as rules for an authorization server, each with its number: 14 to 25 (26 has a
file of its own). How documents and keys (25) are fetched from servers that mean ill is told by
unit.handlers."""
import pathlib
import re
import secrets
import time

import pytest

from oauth_browser import Browser, Page
from oauth_site import (BACK, CONFIG as SITE, DEVICE, ELSEWHERE, App, Key, account_id, claims_of,
                        header_of, is_refused, made_by_admin, members, metadata)

CONFIG = SITE
pytestmark = pytest.mark.usefixtures("ann")
FREE_FOR_ALL = ["/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/introspect",
                "/oauth/userinfo", "/oauth/par", "/oauth/device_authorization",
                "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"]


def consent_page(stack, app, name="ann", **changes):
    """A browser of its own in front of the question."""
    browser = Browser(stack, name)
    page = browser.sign_in(browser.open(app.question(prompt="consent", **changes)))
    assert page.deciding() is not None, page.text
    return browser, page


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"}])
def test_3a_14_a_form_of_another_site_decides_nothing(stack, app, headers):
    browser, page = consent_page(stack, app)
    form = page.deciding()
    sent = browser.http.post(stack.url + "/oauth/consent", headers=headers, allow_redirects=False,
                             data=form.filled({"decision": "allow"}))
    assert sent.status_code in (400, 403)
    assert "code=" not in sent.headers.get("Location", "")


def test_3a_14_a_form_is_of_one_browser_and_one_request(stack, app):
    stack.register("eve")
    _, page = consent_page(stack, app)
    other, own = consent_page(stack, app, "eve")
    stolen = page.deciding().filled({})
    sent = other.ask("POST", own.url, own, data=[*stolen, ("decision", "allow")])
    place = other.follow(sent)
    assert isinstance(place, Page) and "code=" not in str(place.answer.headers)
    bare = other.ask("POST", own.url, own, data={"decision": "allow"})
    assert "code=" not in bare.headers.get("Location", "")


def test_3a_14_the_cookie_is_lax_and_out_of_scripts_reach(stack, app):
    browser = Browser(stack, "ann")
    browser.go(app.question())
    cookies = [answer.headers["Set-Cookie"] for answer in browser.answers
               if "Set-Cookie" in answer.headers]
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Domain" not in cookie


def test_3a_14_many_requests_of_one_browser_end_each_at_its_own(stack):
    """Four tabs of one browser: all of them ask for the password, then all of them for consent."""
    apps = [App.register(stack, redirect_uris=[f"https://app{n}.example/back"]) for n in range(4)]
    browser = Browser(stack, "ann")
    pages = [browser.open(app.question(state=f"state-{n}")) for n, app in enumerate(apps)]
    for n in (3, 1, 0, 2):
        pages[n] = browser.sign_in(pages[n])
    for n in (2, 0, 3, 1):
        place = browser.submit(pages[n], pages[n].deciding(), decision="allow")
        assert place.startswith(f"https://app{n}.example/back?code=")
        assert f"&state=state-{n}&" in place


@pytest.mark.parametrize("path", FREE_FOR_ALL)
def test_3a_15_code_in_browsers_may_call_what_is_meant_for_it(stack, path):
    answer = stack.request("OPTIONS", path, headers={
        "Origin": "https://app.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,dpop"})
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "dpop"))
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/sign-in", "/oauth/consent",
                                  "/oauth/device", "/oauth/logout"])
def test_3a_15_and_nothing_of_the_pages(stack, path):
    for method in ("GET", "OPTIONS"):
        answer = stack.request(method, path, headers={"Origin": "https://app.example"})
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_3a_16_what_a_visitor_says_of_himself_in_headers_is_not_believed(stack, ann, app):
    told = {"X-Auth-User": "admin", "X-Auth-Account": "1", "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https", "Host": "evil.example", "Forwarded": "host=evil.example"}
    assert stack.get("/members/", headers=told).status_code == 401
    document = stack.get("/.well-known/oauth-authorization-server", headers=told)
    assert "evil.example" not in document.text
    token = app.tokens(ann)["access_token"]
    assert "user: ann" in stack.get("/members/", token=token, headers=told).text


def test_3a_17_nobody_chooses_a_client_id_or_a_subject_of_somebody_else(stack, ann):
    wanted = account_id(stack, "ann")
    app = App.register(stack, client_id=wanted)
    assert app.client_id != wanted
    made = made_by_admin(stack, name="A machine", grant_types=["client_credentials"],
                         scopes=["posts.read"], account_id=wanted)
    token = stack.request("POST", "/oauth/token", data={"grant_type": "client_credentials"},
                          auth=(made["client_id"], made["client_secret"])).json()["access_token"]
    assert claims_of(token)["sub"] == "client:" + made["client_id"]
    assert ann.username


def test_3a_18_pages_load_nothing_of_others_and_tell_nobody_where_they_were(stack, app):
    browser, page = consent_page(stack, app, scope="posts.compose")
    for shown in [page, *browser.pages]:
        assert shown.answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in shown.answer.headers["Content-Security-Policy"]
        loaded = re.findall(r"""(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)""",
                            shown.answer.text)
        outside = [place for place in loaded if "//" in place and not place.startswith(stack.url)]
        assert outside == []


def test_3a_18_no_log_has_a_code_a_state_or_a_token(stack, ann, app):
    state = secrets.token_urlsafe(24)
    answer = app.answer(ann, state=state)
    tokens = app.redeem(answer).json()
    app.refresh(tokens["refresh_token"])
    secret_parts = [state, answer.code, answer.verifier, tokens["refresh_token"],
                    tokens["access_token"].split(".")[2],
                    app.told["registration_access_token"]]
    for path in pathlib.Path(stack.state / "log").glob("*.log"):
        text = path.read_text(errors="replace")
        assert [part for part in secret_parts if part in text] == [], path.name


def test_3a_19_no_answer_goes_by_a_message_between_windows(stack, ann, app):
    answer = app.answer(ann, response_mode="web_message")
    assert answer.query["error"] == "invalid_request"
    assert "web_message" not in metadata(stack)["response_modes_supported"]


def test_3a_20_what_the_document_says_is_so(stack, ann):
    """Each grant type and each way of authenticating that it lists can be registered and used."""
    about, key = metadata(stack), Key()
    for method in about["token_endpoint_auth_methods_supported"]:
        more = {"jwks": {"keys": [key.public]}} if method == "private_key_jwt" else {}
        app = App.register(stack, token_endpoint_auth_method=method, **more)
        answer, proof = app.answer(ann), {}
        if method == "private_key_jwt":
            proof = {"client_assertion": key.assertion(app.client_id, stack.url, time.time()),
                     "client_assertion_type":
                         "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        assert app.redeem(answer, **proof).status_code == 200, method
    for grant in about["grant_types_supported"]:
        assert not is_refused(App.register(stack).token(grant_type=grant), 400,
                              "unsupported_grant_type")
    for mode in about["response_modes_supported"]:
        assert App.register(stack).answer(ann, response_mode=mode).code
    for scope in about["scopes_supported"]:
        resource = stack.url + "/staff" if scope == "admin" else None
        resource = ELSEWHERE if scope == "submit" else resource
        told = App.register(stack).tokens(ann, scope=scope, resource=resource)
        assert scope in told["scope"].split()


def test_3a_21_each_parameter_once_unknown_ones_ignored_empty_ones_absent(stack, ann, app):
    assert app.answer(ann, unknown="x", resource="", nonce="").code
    answer = app.answer(ann)
    assert app.redeem(answer, unknown="x", redirect_uri="", scope="").status_code == 200
    form = f"grant_type=refresh_token&grant_type=refresh_token&client_id={app.client_id}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert is_refused(stack.request("POST", "/oauth/token", data=form, headers=kind), 400,
                      "invalid_request")
    twice = stack.request("POST", "/oauth/token", auth=(app.client_id, ""), data={
        "grant_type": "refresh_token", "refresh_token": "x", "client_id": app.client_id,
        "client_secret": "x"})
    assert twice.status_code in (400, 401)


def test_3a_21_two_ways_of_authenticating_at_once_are_refused(stack, secret_app):
    answer = stack.request("POST", "/oauth/token", auth=(secret_app.client_id, secret_app.secret),
                           data={"grant_type": "refresh_token", "refresh_token": "x",
                                 "client_secret": secret_app.secret})
    assert is_refused(answer, 400, "invalid_request")


def test_3a_22_openid_nonce_auth_time_and_max_age(stack, app):
    browser = Browser(stack, "ann")
    tokens = app.tokens(browser, scope="openid email profile", nonce="n-0S6_WzA2Mj")
    claims = claims_of(tokens["id_token"])
    assert (claims["nonce"], claims["aud"]) == ("n-0S6_WzA2Mj", app.client_id)
    assert claims["sub"] == account_id(stack, "ann")
    assert header_of(tokens["id_token"])["alg"] == "RS256"
    chosen = App.register(stack, id_token_signed_response_alg="ES256")
    chosen = chosen.tokens(browser, scope="openid")
    assert header_of(chosen["id_token"])["alg"] == "ES256"
    first = claims["auth_time"]
    assert "nonce" not in claims_of(app.tokens(browser, scope="openid")["id_token"])
    time.sleep(1.1)
    shown = browser.asked("password")
    again = claims_of(app.tokens(browser, scope="openid", max_age="0")["id_token"])
    assert browser.asked("password") == shown + 1
    assert again["auth_time"] > first
    app.tokens(browser, scope="openid", prompt="login")
    assert browser.asked("password") == shown + 2
    app.tokens(browser, scope="openid", max_age="3600")
    assert browser.asked("password") == shown + 2


def test_3a_22_prompt_none_says_why_it_would_have_to_ask(stack, app):
    stack.register("una")
    browser = Browser(stack, "una")
    # Made by an administrator: a stranger's client gets no redirection before somebody looked.
    made = made_by_admin(stack, name="Ours", redirect_uris=[BACK],
                         grant_types=["authorization_code"], token_endpoint_auth_method="none")
    ours = App(stack, made)
    asked = {"scope": "openid posts.read", "prompt": "none"}
    assert ours.answer(browser, **asked).query["error"] == "login_required"
    app.tokens(browser)
    assert ours.answer(browser, **asked).query["error"] == "consent_required"
    ours.tokens(browser, scope="openid posts.read")
    assert ours.answer(browser, **asked).code
    both = ours.answer(browser, scope="openid", prompt="none login")
    assert both.query["error"] == "invalid_request"


def test_3a_22_userinfo_tells_what_the_scopes_say(stack, ann, app):
    tokens = app.tokens(ann, scope="openid email profile posts.read")
    for method in ("GET", "POST"):
        told = stack.request(method, "/oauth/userinfo", token=tokens["access_token"])
        assert told.status_code == 200
        assert told.json()["sub"] == account_id(stack, "ann")
        assert told.json()["email"] == "ann@example.org"
        assert told.json()["preferred_username"] == "ann"
    few = app.tokens(ann, scope="openid posts.read")["access_token"]
    assert set(stack.get("/oauth/userinfo", token=few).json()) == {"sub"}
    bare = app.tokens(ann, scope="posts.read")["access_token"]
    refused = stack.get("/oauth/userinfo", token=bare)
    assert refused.status_code == 403
    assert 'scope="openid"' in refused.headers["WWW-Authenticate"]
    assert stack.get("/oauth/userinfo").headers["WWW-Authenticate"].startswith("Bearer")


def test_3a_23_several_resources_and_never_more_than_was_granted(stack, ann, app):
    both = [members(stack), ELSEWHERE]
    tokens = app.tokens(ann, resource=both)
    assert sorted(claims_of(tokens["access_token"])["aud"]) == sorted(both)
    one = app.refresh(tokens["refresh_token"], resource=ELSEWHERE).json()
    assert claims_of(one["access_token"])["aud"] == ELSEWHERE
    again = app.refresh(one["refresh_token"]).json()
    assert sorted(claims_of(again["access_token"])["aud"]) == sorted(both)
    assert is_refused(app.refresh(again["refresh_token"], resource=stack.url + "/staff"), 400,
                      "invalid_target")
    unknown = app.answer(ann, resource="https://unknown.example/")
    assert unknown.query["error"] == "invalid_target"
    assert app.answer(ann, resource="not an address").query["error"] == "invalid_target"
    narrowed = app.redeem(app.answer(ann, resource=both), resource=members(stack)).json()
    assert claims_of(narrowed["access_token"])["aud"] == members(stack)
    assert is_refused(app.redeem(app.answer(ann, resource=members(stack)), resource=ELSEWHERE),
                      400, "invalid_target")


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_3a_24_revoking_one_token_of_a_grant_ends_all_of_it(stack, ann, app, which):
    tokens, other = app.tokens(ann), app.tokens(ann)
    assert app.revoke(tokens[which]).status_code == 200
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    assert is_refused(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")
    assert stack.get("/members/", token=other["access_token"]).status_code == 200


@pytest.fixture(scope="module", name="device_app")
def fixture_device_app(stack):
    return App.register(stack, grant_types=[DEVICE], redirect_uris=None)


def begun(app, **more):
    answer = app.post("/oauth/device_authorization", {"scope": "posts.read", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_3a_24b_asking_too_soon_makes_the_interval_five_seconds_longer(stack, device_app):
    told = begun(device_app)
    assert told["interval"] == 1 and told["expires_in"] > 0
    ask = {"grant_type": DEVICE, "device_code": told["device_code"]}
    answers = [device_app.token(**ask).json()["error"] for _ in range(3)]
    assert answers == ["authorization_pending", "slow_down", "slow_down"]
    rows = stack.sql("select max(interval_seconds) from postern.oauth_device")
    assert rows == [(11,)]
    assert is_refused(device_app.token(grant_type=DEVICE, device_code="x" * 43), 400,
                      "invalid_grant")


def test_3a_24b_user_codes_are_short_readable_and_hard_to_guess(stack, device_app):
    told = begun(device_app)
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", told["user_code"])
    assert told["verification_uri"] == stack.url + "/oauth/device"
    assert told["verification_uri_complete"].startswith(told["verification_uri"] + "?")
    stack.register("gus")
    guesser = Browser(stack, "gus")
    page = guesser.open(told["verification_uri"])
    if page.form_with("password"):
        page = guesser.sign_in(page)
    seen = []
    for n in range(30):
        wrong = guesser.submit(page, page.form_with("user_code"), user_code=f"BBBB-{n:04}")
        seen.append(wrong.status)
        if wrong.status == 429:
            break
        page = wrong if wrong.form_with("user_code") else guesser.open(told["verification_uri"])
    assert seen[-1] == 429, seen


def test_3a_24b_the_page_shows_what_is_asked(stack, device_app):
    told = begun(device_app, scope="posts.compose")
    stack.register("dora")
    browser = Browser(stack, "dora")
    page = browser.open(told["verification_uri_complete"])
    page = browser.sign_in(page) if page.form_with("password") else page
    assert page.deciding() is None  # a link alone does not get as far as that
    typed = told["user_code"].lower().replace("-", " ")
    page = browser.submit(page, page.form_with("user_code"), user_code=typed)
    assert page.deciding() and "A client of the tests" in page.text
    assert told["user_code"] in page.text and "127.0.0.1" in page.text
    assert "Write posts" in page.text


@pytest.mark.parametrize("client_id", [
    "http://app.example/client.json", "https://app.example", "https://app.example/",
    "https://app.example/x#y", "https://u:p@app.example/client", "https://app.example/a/../b",
    "https://127.0.0.1/client", "https://10.0.0.1/client.json", "https://[::1]/client",
    "https://169.254.169.254/latest/meta-data", "https://localhost/client"])
def test_3a_25_what_is_no_address_of_a_document_is_no_client(stack, ann, app, client_id):
    """None of these is fetched, whatever is there."""
    page = ann.open(app.question(client_id=client_id))
    assert isinstance(page, Page) and page.status in (400, 503)
    assert stack.url
