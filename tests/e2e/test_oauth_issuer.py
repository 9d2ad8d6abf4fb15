"""An issuer with a path, and one whose address is not the one that is listened at."""
import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata

import oauth_agent
from oauth_browser import Browser
from oauth_node import Library
from oauth_site import BACK, App, claims_of, configured, members
from stack import Stack

CONFIG = configured(oauth='issuer = "@URL@/id"')
PUBLIC = configured(oauth='issuer = "https://site.example/id"').replace(
    "@URL@", "https://site.example") + '\n[server]\nissuer = "https://site.example"\n'


@pytest.fixture(scope="module", name="node")
def fixture_node():
    library = Library("openid_client")
    yield library
    library.close()


@pytest.fixture(scope="module", name="issuer")
def fixture_issuer(stack):
    return stack.url + "/id"


def test_agents_find_it_in_the_order_in_which_they_ask(stack, issuer):
    told = stack.get("/.well-known/oauth-protected-resource/members").json()
    assert told["authorization_servers"] == [issuer]
    about = oauth_agent.find_issuer(stack.http, issuer)
    assert about["token_endpoint"] == issuer + "/oauth/token"
    for url in oauth_agent.places_of(issuer):
        oauth_agent.check(oauth_agent.document(stack.http, url), issuer)


@pytest.mark.parametrize("algorithm", ["oidc", "oauth2"])
def test_openid_client_goes_all_the_way(stack, node, issuer, algorithm):
    stack.register("a" + algorithm)
    app = node("register", server=issuer, algorithm=algorithm, authenticate="none", metadata={
        "redirect_uris": [BACK], "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"]})
    browser = Browser(stack, "a" + algorithm)
    tokens = node("authorize", browser.go, id=app["id"], redirectUri=BACK,
                  parameters={"scope": "openid posts.read", "resource": members(stack)})
    assert claims_of(tokens["access_token"])["iss"] == issuer
    assert all(answer.url.startswith(issuer + "/oauth/") for answer in browser.answers)
    fresh = node("refresh", id=app["id"], token=tokens["refresh_token"])
    assert stack.get("/members/read/", token=fresh["access_token"]).status_code == 200
    node("revoke", id=app["id"], token=fresh["access_token"])
    assert stack.get("/members/read/", token=fresh["access_token"]).status_code == 401


def test_a_cookie_of_the_pages_is_for_the_site_alone(stack, issuer):
    stack.register("cora")
    browser = Browser(stack, "cora")
    registered = stack.http.post(issuer + "/oauth/register", json={
        "redirect_uris": [BACK], "token_endpoint_auth_method": "none"}).json()
    app = App(stack, registered)
    url = app.question().replace(stack.url + "/oauth/", issuer + "/oauth/")
    assert browser.go(url).startswith(BACK)
    assert browser.asked("password") == 1
    assert browser.go(url).startswith(BACK)
    assert browser.asked("password") == 1


def test_the_documents_of_a_public_site_are_sound_to_authlib():
    """It listens at http and a port of its own; everything says https://site.example/id."""
    with Stack(config=PUBLIC) as stack:
        for path, judge in [("/.well-known/oauth-authorization-server/id",
                             AuthorizationServerMetadata),
                            ("/id/.well-known/openid-configuration", OpenIDProviderMetadata)]:
            told = stack.get(path).json()
            assert told["issuer"] == "https://site.example/id"
            judge(told).validate()
        challenge = stack.get("/members/").headers["WWW-Authenticate"]
        assert ('resource_metadata="https://site.example/.well-known/oauth-protected-resource'
                '/members"') in challenge
        registered = stack.post("/id/oauth/register", {"redirect_uris": [BACK]}).json()
        assert registered["registration_client_uri"].startswith("https://site.example/id/oauth/")
        page = stack.get("/id/oauth/authorize?response_type=code&client_id="
                         + registered["client_id"], headers={"Accept": "text/html"})
        cookies = page.headers.get("Set-Cookie", "")
        assert not cookies or (cookies.startswith("__Host-") and "Secure" in cookies)
