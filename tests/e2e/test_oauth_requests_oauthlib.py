"""requests-oauthlib 1.3 and oauthlib 3.2, as Debian has them, through nginx, with their habits: an
empty password for a public client, no client_id with a refresh, an error where scopes differ."""
import pytest
from oauthlib.oauth2 import (AccessDeniedError, BackendApplicationClient, InvalidClientError,
                             InvalidGrantError, InvalidScopeError, TokenExpiredError)
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from oauth_browser import Browser
from oauth_site import (BACK, CONFIG as SITE, App, account_id, challenge_of, made_by_admin, members)

CONFIG = SITE
METHODS = ["none", "client_secret_basic", "client_secret_post"]
VERIFIER = "a-verifier-of-more-than-forty-three-characters"


@pytest.fixture(autouse=True)
def fixture_http_is_for_loopback(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


class Client:
    """The library's session, and how it is told to authenticate."""

    def __init__(self, stack, method="none", scope=("posts.read",)):
        self.app = App.register(stack, token_endpoint_auth_method=method)
        self.session = OAuth2Session(self.app.client_id, redirect_uri=BACK, scope=list(scope))
        self.session.trust_env = False
        self.endpoint = stack.url + "/oauth/token"
        self.how = {"none": {},
                    "client_secret_basic": {"client_secret": self.app.secret},
                    "client_secret_post": {"client_secret": self.app.secret,
                                           "include_client_id": True}}[method]

    def question(self, stack, **more):
        return self.session.authorization_url(
            stack.url + "/oauth/authorize", code_challenge=challenge_of(VERIFIER),
            code_challenge_method="S256", resource=members(stack), **more)[0]

    def sign_in(self, stack, browser, verifier=VERIFIER, decision="allow", **more):
        return self.session.fetch_token(
            self.endpoint, code_verifier=verifier, **{**self.how, **more},
            authorization_response=browser.go(self.question(stack), decision))


@pytest.mark.parametrize("method", METHODS)
def test_goes_all_the_way(stack, ann, method):
    client = Client(stack, method, scope=("openid", "offline_access", "posts.read"))
    token = client.sign_in(stack, ann)
    assert set(token["scope"]) == {"openid", "offline_access", "posts.read"}
    assert "user: ann" in client.session.get(stack.url + "/members/read/page").text
    more = {} if method == "none" else {"auth": HTTPBasicAuth(client.app.client_id,
                                                              client.app.secret)}
    fresh = client.session.refresh_token(client.endpoint, refresh_token=token["refresh_token"],
                                         **more)
    assert fresh["access_token"] != token["access_token"]
    assert client.session.get(stack.url + "/members/read/page").status_code == 200
    assert client.app.revoke(fresh["refresh_token"]).status_code == 200
    assert client.session.get(stack.url + "/members/read/page").status_code == 401
    with pytest.raises(InvalidGrantError):
        client.session.refresh_token(client.endpoint, refresh_token=fresh["refresh_token"], **more)


def test_public_client_sends_basic_with_an_empty_password(stack, ann):
    """No client_id stands in the body then."""
    client = Client(stack)
    sent = []
    client.session.hooks["response"].append(lambda answer, **_: sent.append(answer.request))
    client.sign_in(stack, ann)
    asked = sent[-1]
    assert asked.headers["Authorization"].startswith("Basic ")
    assert "client_id" not in asked.body


def test_public_client_by_client_id_in_the_body(stack, ann):
    client = Client(stack)
    assert client.sign_in(stack, ann, include_client_id=True)["access_token"]


def test_refresh_without_a_client_id_and_with_a_wrong_one(stack, ann):
    client, other = Client(stack), Client(stack)
    token = client.sign_in(stack, ann)
    fresh = client.session.refresh_token(client.endpoint, refresh_token=token["refresh_token"])
    with pytest.raises((InvalidGrantError, InvalidClientError)):
        client.session.refresh_token(client.endpoint, refresh_token=fresh["refresh_token"],
                                     client_id=other.app.client_id)
    assert client.session.refresh_token(client.endpoint, refresh_token=fresh["refresh_token"],
                                        client_id=client.app.client_id)["access_token"]


def test_refreshes_by_itself_when_a_token_is_over(stack, ann):
    client = Client(stack)
    token = client.sign_in(stack, ann)
    kept = []
    over = {**token, "expires_in": -1, "expires_at": 1}
    session = OAuth2Session(client.app.client_id, token=over, token_updater=kept.append,
                            auto_refresh_url=client.endpoint,
                            auto_refresh_kwargs={"client_id": client.app.client_id})
    session.trust_env = False
    assert session.get(stack.url + "/members/read/").status_code == 200
    assert kept[0]["access_token"] != token["access_token"]
    session = OAuth2Session(client.app.client_id, token={**token, "expires_at": 1})
    with pytest.raises(TokenExpiredError):
        session.get(stack.url + "/members/read/")


def test_client_credentials(stack, ann):
    made = made_by_admin(stack, name="A machine", grant_types=["client_credentials"],
                         scopes=["posts.read"], account_id=account_id(stack, ann.username))
    session = OAuth2Session(client=BackendApplicationClient(made["client_id"],
                                                            scope=["posts.read"]))
    session.trust_env = False
    session.fetch_token(stack.url + "/oauth/token", client_secret=made["client_secret"],
                        resource=members(stack))
    assert session.get(stack.url + "/members/read/").status_code == 200
    with pytest.raises(InvalidClientError):
        session.fetch_token(stack.url + "/oauth/token", client_secret="guessed")
    with pytest.raises(InvalidScopeError):
        session.fetch_token(stack.url + "/oauth/token", client_secret=made["client_secret"],
                            scope="admin")


@pytest.mark.parametrize("method", METHODS)
def test_wrong_verifier(stack, ann, method):
    with pytest.raises(InvalidGrantError):
        Client(stack, method).sign_in(stack, ann, verifier=VERIFIER + "x")


def test_a_person_who_says_no(stack):
    stack.register("noah")
    with pytest.raises(AccessDeniedError):
        Client(stack).sign_in(stack, Browser(stack, "noah"), decision="deny")


def test_wrong_secret(stack, ann):
    for method in METHODS[1:]:
        with pytest.raises(InvalidClientError):
            Client(stack, method).sign_in(stack, ann, client_secret="guessed")
