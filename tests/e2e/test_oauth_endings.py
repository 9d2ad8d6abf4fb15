"""Everything that ends what a client was granted, seen at the client and at the gate, each on the very
next request; and what clients are told while Postern or its database is away."""
import contextlib
import pathlib

import pytest

from oauth_browser import Browser
from oauth_site import CONFIG as SITE, App, account_id, change_account, is_refused
from stack import PASSWORD, wait_for

CONFIG = SITE


@pytest.fixture(name="app")
def fixture_app(stack):
    return App.register(stack)


def works(stack, app, tokens):
    """At the gate, which has it in its memory from now on, and at the client."""
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    fresh = app.refresh(tokens["refresh_token"])
    assert fresh.status_code == 200, fresh.text
    assert stack.get("/members/", token=fresh.json()["access_token"]).status_code == 200
    return fresh.json()


def is_over(stack, app, tokens, error="invalid_grant"):
    refused = stack.get("/members/", token=tokens["access_token"])
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    answer = app.refresh(tokens["refresh_token"])
    assert answer.json()["error"] == error, answer.text
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401


def test_deny(stack, ann, app):
    """The client is told; it has nothing to show to the gate; and the next time it is asked again."""
    no = app.answer(ann, decision="deny")
    assert no.query["error"] == "access_denied"
    assert (no.query["state"], no.query["iss"]) == ("a-state", stack.url)
    assert "code" not in no.query
    rows = stack.sql("select count(*) from postern.oauth_consent o join postern.oauth_client c"
                     " on c.id = o.client where c.client_id = %s", (app.client_id,))
    assert rows == [(0,)]
    assert app.answer(ann, decision="deny").query["error"] == "access_denied"


def test_expired_code(stack, ann, app):
    answer = app.answer(ann)
    moved = stack.sql("update postern.oauth_code o set expires_at = o.created_at"
                      " from postern.oauth_client c where c.id = o.client and c.client_id = %s",
                      (app.client_id,))
    assert moved == 1
    assert is_refused(app.redeem(answer), 400, "invalid_grant")
    grants = stack.sql("select count(*) from postern.oauth_grant g join postern.oauth_client c"
                       " on c.id = g.client where c.client_id = %s", (app.client_id,))
    assert grants == [(0,)]


def test_wrong_verifier(ann, app):
    answer = app.answer(ann)
    assert is_refused(app.redeem(answer, code_verifier="w" * 43), 400, "invalid_grant")


def test_withdrawn_consent(stack, ann, app):
    tokens = works(stack, app, app.tokens(ann))
    mine = stack.login("ann")["access_token"]
    listed = stack.get("/auth/v1/grants", token=mine).json()
    grants = [grant for grant in listed["items"] if grant["client"]["client_id"] == app.client_id]
    assert len(grants) == 1 and grants[0]["scopes"] == ["posts.read"]
    gone = stack.request("DELETE", f"/auth/v1/grants/{grants[0]['id']}", token=mine)
    assert gone.status_code == 204
    is_over(stack, app, tokens)
    before = ann.consents
    app.tokens(ann)
    assert ann.consents == before + 1  # nothing is remembered of it


def test_a_token_of_a_client_withdraws_nothing(stack, ann, app):
    """Not even the one that it rests on: that takes a session of one's own."""
    token = app.tokens(ann)["access_token"]
    assert stack.get("/auth/v1/grants", token=token).status_code in (401, 403)
    assert stack.get("/auth/v1/me", token=token).status_code in (401, 403)


def test_deleted_client_by_itself(stack, ann, app):
    tokens = works(stack, app, app.tokens(ann))
    assert app.manage("DELETE").status_code == 204
    is_over(stack, app, tokens, "invalid_client")
    assert ann.open(app.question()).status == 400


def test_deleted_client_by_an_administrator(stack, ann, app):
    tokens = works(stack, app, app.tokens(ann))
    row = stack.sql("select id from postern.oauth_client where client_id = %s", (app.client_id,))
    gone = stack.request("DELETE", f"/auth/v1/admin/clients/{row[0][0]}",
                         token=stack.admin_token())
    assert gone.status_code == 204
    is_over(stack, app, tokens, "invalid_client")


def test_disabled_person(stack, app):
    stack.register("dan")
    browser = Browser(stack, "dan")
    tokens = works(stack, app, app.tokens(browser))
    waiting = app.answer(browser)
    change_account(stack, "dan", is_active=False)
    is_over(stack, app, tokens)
    assert is_refused(app.redeem(waiting), 400, "invalid_grant")
    asked = browser.asked("password")
    browser.go(app.question())
    assert browser.asked("password") > asked  # the browser is signed out as well


def test_removed_person(stack, app):
    stack.register("rob")
    tokens = works(stack, app, app.tokens("rob"))
    gone = stack.request("DELETE", f"/auth/v1/admin/accounts/{account_id(stack, 'rob')}",
                         token=stack.admin_token())
    assert gone.status_code in (200, 204), gone.text
    is_over(stack, app, tokens)


def test_revoked_by_the_client(stack, ann, app):
    tokens = works(stack, app, app.tokens(ann))
    assert app.revoke(tokens["refresh_token"]).status_code == 200
    is_over(stack, app, tokens)


def test_stolen_refresh_token(stack, ann, app):
    first = app.tokens(ann)
    second = works(stack, app, first)
    third = works(stack, app, second)
    assert is_refused(app.refresh(first["refresh_token"]), 400, "invalid_grant")
    is_over(stack, app, third)


def test_replayed_code(stack, ann, app):
    answer = app.answer(ann)
    tokens = works(stack, app, app.redeem(answer).json())
    assert is_refused(app.redeem(answer), 400, "invalid_grant")
    is_over(stack, app, tokens)


def test_all_sessions_ended(stack, app):
    stack.register("sue")
    tokens = works(stack, app, app.tokens("sue"))
    ended = stack.post(f"/auth/v1/admin/accounts/{account_id(stack, 'sue')}/sessions/revoke",
                       token=stack.admin_token())
    assert ended.status_code in (200, 204), ended.text
    is_over(stack, app, tokens)


def test_signing_out_ends_what_hangs_on_the_browser_and_nothing_else(stack, app):
    stack.register("olga")
    browser = Browser(stack, "olga")
    bound = app.tokens(browser, scope="openid posts.read")
    lasting = app.tokens(browser, scope="openid posts.read offline_access")
    page = browser.open(stack.url + "/oauth/logout")
    form = page.forms[0]
    browser.submit(page, form, **dict(form.buttons[:1]))
    is_over(stack, app, bound)
    works(stack, app, lasting)
    asked = browser.asked("password")
    browser.go(app.question())
    assert browser.asked("password") == asked + 1


def test_what_an_applications_form_says_to_sign_out_is_in_no_address(stack):
    stack.register("vic")
    browser = Browser(stack, "vic")
    app = App.register(stack, post_logout_redirect_uris=["https://app.example/bye"])
    hint = app.tokens(browser, scope="openid email")["id_token"]
    answer = stack.post("/oauth/logout", data={
        "id_token_hint": hint, "post_logout_redirect_uri": "https://app.example/bye",
        "state": "x" * 20_000})
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    assert "/oauth/logout?request=" in address and len(address) < 6400
    assert hint not in address and "app.example" not in address
    assert browser.open(stack.url + address) == "https://app.example/bye"


def test_a_wrong_password_is_asked_for_again_and_is_in_no_address(stack, app):
    stack.register("wil")
    browser = Browser(stack, "wil", PASSWORD + "x")
    page = browser.open(app.question())
    again = browser.sign_in(page)
    assert again.form_with("password") and again.status in (200, 400, 401)
    assert "wil" not in again.url


def test_database_away(stack, ann, app):
    """Nothing that makes a client drop its tokens, which are good again afterwards."""
    tokens = app.tokens(ann)
    stack.stop_database()
    try:
        for answer in (app.refresh(tokens["refresh_token"]), app.revoke(tokens["refresh_token"]),
                       app.token(grant_type="authorization_code", code="x",
                                 code_verifier="v" * 43)):
            assert is_refused(answer, 503, "temporarily_unavailable"), answer.text
            assert int(answer.headers["Retry-After"]) > 0
        assert stack.get("/.well-known/oauth-authorization-server").status_code == 200
        page = ann.open(app.question())
        assert page.status == 503 and "html" in page.answer.headers["Content-Type"]
    finally:
        stack.start_database()
    wait_for(lambda: app.refresh(tokens["refresh_token"]).status_code == 200, 20, "a refresh")


@contextlib.contextmanager
def hidden(stack):
    """The API's socket is where nginx does not find it: as if nobody listened."""
    socket = pathlib.Path(stack.record()["run"]) / "fcgi/api.sock"
    aside = socket.with_name("aside.sock")
    socket.rename(aside)
    try:
        yield
    finally:
        aside.rename(socket)


def test_postern_away(stack, ann, app):
    """nginx answers in its place: JSON at the token endpoint, with what to do."""
    tokens = app.tokens(ann)
    with hidden(stack):
        for answer in (app.refresh(tokens["refresh_token"]), app.revoke(tokens["refresh_token"]),
                       app.introspect("x"), stack.post("/oauth/register", {})):
            assert is_refused(answer, 503, "temporarily_unavailable"), answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert app.refresh(tokens["refresh_token"]).status_code == 200
