"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): a client that wants it is told by
the housekeeper, over TLS, that somebody signed out; and clients whose client_id is the address of a
document (oauth.md 3a.25), fetched from the same site."""
import json
import socket
import time

import pytest
from authlib.jose import JsonWebKey, jwt

from oauth_browser import Browser, Page
from oauth_site import App, account_id, change_account, claims_of, configured, header_of
from stack import Stack, wait_for
from tls_site import TlsSite

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module", name="site")
def fixture_site(tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    place.chmod(0o755)
    for parent in place.parents[:2]:
        parent.chmod(0o755)
    with TlsSite(place) as site:
        yield site


@pytest.fixture(scope="module")
def stack(site):
    config = configured(oauth=f'fetch_networks = "127.0.0.0/8"\n'
                              f'fetch_ca_file = "{site.authority}"\n')
    with Stack(config=config) as running:
        yield running


def sign_out(stack, browser):
    page = browser.open(stack.url + "/oauth/logout")
    form = page.forms[0]
    browser.submit(page, form, **dict(form.buttons[:1]))


def is_told(stack):
    return stack.sql("select count(*) from postern.oauth_logout")[0][0] == 0


def app_with(stack, uri, **more):
    return App.register(stack, backchannel_logout_uri=uri, **more)


def test_a_client_is_told_which_session_ended(stack, site):
    stack.register("ann")
    browser = Browser(stack, "ann")
    app = app_with(stack, site.url + "/told")
    tokens = app.tokens(browser, scope="openid posts.read")
    told_before = time.time()
    sign_out(stack, browser)
    form = site.post_to("/told")
    assert list(form) == ["logout_token"]
    token = form["logout_token"][0]
    keys = JsonWebKey.import_key_set(stack.get("/.well-known/jwks.json").json())
    claims = jwt.decode(token, keys)
    assert (header_of(token)["typ"], header_of(token)["alg"]) == ("logout+jwt", "RS256")
    assert claims["iss"] == stack.url
    assert claims["aud"] == app.client_id
    assert claims["sub"] == account_id(stack, "ann") == claims_of(tokens["id_token"])["sub"]
    assert claims["sid"] == claims_of(tokens["id_token"])["sid"]
    assert claims["events"] == {EVENT: {}}
    assert told_before - 1 <= claims["iat"] <= claims["exp"] <= claims["iat"] + 120
    assert claims["jti"] and "nonce" not in claims
    wait_for(lambda: is_told(stack), what="the notice to be done with")
    assert len(site.posts_to("/told")) == 1
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 401


def test_each_client_of_the_browser_is_told_of_its_own_session(stack, site):
    stack.register("ben")
    browser = Browser(stack, "ben")
    apps = [app_with(stack, f"{site.url}/each/{i}") for i in range(3)]
    sids = [claims_of(app.tokens(browser, scope="openid")["id_token"])["sid"] for app in apps]
    sign_out(stack, browser)
    for i, app in enumerate(apps):
        claims = claims_of(site.post_to(f"/each/{i}")["logout_token"][0])
        assert (claims["aud"], claims["sid"]) == (app.client_id, sids[i])


def test_a_client_is_told_when_an_administrator_disables_the_account(stack, site):
    stack.register("dora")
    app = app_with(stack, site.url + "/disabled")
    sids = {claims_of(app.tokens("dora", scope="openid offline_access")["id_token"])["sid"]
            for _ in range(2)}
    change_account(stack, "dora", is_active=False)
    wait_for(lambda: len(site.posts_to("/disabled")) == 2, what="both notices")
    assert {claims_of(form["logout_token"][0])["sid"] for form in site.posts_to("/disabled")} == sids


def test_a_client_that_fails_is_told_again(stack, site):
    stack.register("cleo")
    browser = Browser(stack, "cleo")
    app = app_with(stack, site.url + "/again")
    app.tokens(browser, scope="openid")
    site.status = 503
    try:
        sign_out(stack, browser)
        first = site.post_to("/again")["logout_token"][0]
    finally:
        site.status = 200
    wait_for(lambda: len(site.posts_to("/again")) == 2, 15, "the second attempt")
    second = site.post_to("/again")["logout_token"][0]
    assert claims_of(first)["sid"] == claims_of(second)["sid"]
    assert claims_of(first)["jti"] != claims_of(second)["jti"]
    wait_for(lambda: is_told(stack), what="the notice to be done with")


def test_ssrf_nobody_is_told_at_addresses_that_are_not_public(stack, tmp_path):
    """B7 (SSRF): the same site would be reached, but the configuration names no network."""
    tmp_path.chmod(0o755)
    with TlsSite(tmp_path, "inner") as inner, Stack(config=configured(
            oauth=f'fetch_ca_file = "{inner.authority}"\n')) as other:
        other.register("dan")
        browser = Browser(other, "dan")
        app = app_with(other, inner.url + "/told")
        app.tokens(browser, scope="openid")
        sign_out(other, browser)
        wait_for(lambda: other.sql("select max(attempts) from postern.oauth_logout")[0][0],
                 what="an attempt")
        time.sleep(0.5)
        assert inner.posts == []


def test_a_receiver_that_hangs_holds_up_nobody_for_long(stack, site):
    """Five seconds at most, however much is to be told there; the housekeeper's sign of life goes
    on meanwhile."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        stack.register("eve")
        browser, another = Browser(stack, "eve"), Browser(stack, "eve")
        hung = app_with(stack, f"https://localhost:{silent.getsockname()[1]}/told")
        app = app_with(stack, site.url + "/behind")
        for _ in range(12):
            hung.tokens(browser, scope="openid")
        app.tokens(another, scope="openid")
        sign_out(stack, browser)
        sign_out(stack, another)
        site.post_to("/behind")
        attempts = "select sum(attempts) from postern.oauth_logout"
        assert stack.sql(attempts)[0][0] < 5, "it waited for others"
        assert stack.get("/auth/v1/readyz").status_code == 200
    stack.sql("delete from postern.oauth_logout")


# --- clients known by a document ---

def document_at(stack, site, path, **more):
    address = site.url + path
    site.pages[path] = ("application/json", json.dumps({
        "client_id": address, "client_name": "An agent", "redirect_uris": [
            "http://127.0.0.1/callback", "https://app.example/back"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", **more}))
    return App(stack, {"client_id": address, "token_endpoint_auth_method": "none",
                      "redirect_uris": ["http://127.0.0.1:7777/callback"]})


def test_3a_25_a_client_known_by_its_document_goes_all_the_way(stack, site):
    stack.register("fay")
    app = document_at(stack, site, "/agent.json")
    browser = Browser(stack, "fay")
    tokens = app.tokens(browser)
    assert browser.consents == 1
    consent = next(page for page in browser.pages if page.deciding() is not None)
    assert "localhost" in consent.text, "whose host it is"
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
    again = app.refresh(tokens["refresh_token"])
    assert again.status_code == 200, again.text
    assert site.asked.count("/agent.json") == 1, "the document is kept"
    assert claims_of(tokens["access_token"])["client_id"] == app.client_id


def test_3a_25_an_address_that_the_document_does_not_name_is_no_redirection(stack, site):
    app = document_at(stack, site, "/strict.json")
    app.redirect_uri = "https://evil.example/back"
    page = Browser(stack, "fay").open(app.question())
    assert isinstance(page, Page) and page.status == 400


def test_3a_25_a_document_of_another_client_is_none(stack, site):
    app = document_at(stack, site, "/other.json", client_id=site.url + "/agent.json")
    page = Browser(stack, "fay").open(app.question())
    assert isinstance(page, Page) and page.status == 400
