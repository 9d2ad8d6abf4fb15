"""RS256 for clients that know nothing else, from the first start after an update on."""
import pytest

from oauth_browser import Browser
from oauth_site import CONFIG as SITE, App, claims_of, header_of, metadata
from stack import wait_for

CONFIG = SITE


def algorithms(stack):
    return metadata(stack)["id_token_signing_alg_values_supported"]


def published(stack, path="/.well-known/jwks.json"):
    return sorted(key["alg"] for key in stack.get(path).json()["keys"])


@pytest.fixture(scope="module", name="app")
def fixture_app(stack):
    stack.register("ann")
    return App.register(stack)


def test_an_installation_without_rs256_gets_a_key_by_itself(stack, app):
    """As after an update: no RS256 is promised before there is a key of it."""
    browser = Browser(stack, "ann")
    before = app.tokens(browser)
    stack.sql("delete from postern.signing_key where alg = 'RS256'")
    stack.reload()
    wait_for(lambda: any(entry.get("event") == "signing_key_made" for entry in stack.log_entries()),
             20, "the housekeeper's key")
    wait_for(lambda: all(algorithms(stack) == ["RS256", "ES256"] for _ in range(20)), 20,
             "every worker to know it")
    for path in ("/.well-known/jwks.json", "/auth/v1/jwks.json"):
        assert published(stack, path) == ["ES256", "RS256"]
    assert header_of(app.tokens(browser, scope="openid")["id_token"])["alg"] == "RS256"
    assert stack.get("/members/", token=before["access_token"]).status_code == 200


def test_an_id_token_opens_no_gate_whatever_signed_it(stack):
    browser = Browser(stack, "ann")
    for algorithm in ("RS256", "ES256"):
        app = App.register(stack, id_token_signed_response_alg=algorithm)
        tokens = app.tokens(browser, scope="openid posts.read")
        assert header_of(tokens["id_token"])["alg"] == algorithm
        assert stack.get("/members/read/", token=tokens["id_token"]).status_code == 401
        assert stack.get("/auth/v1/me", token=tokens["id_token"]).status_code == 401
        assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
        fresh = app.refresh(tokens["refresh_token"]).json()
        assert header_of(fresh["id_token"])["alg"] == algorithm
        assert claims_of(fresh["id_token"])["sub"] == claims_of(tokens["id_token"])["sub"]


def test_an_algorithm_that_we_have_not_is_refused_at_registration(stack):
    for algorithm in ("none", "HS256", "PS256", "rs256"):
        answer = stack.post("/oauth/register", {
            "redirect_uris": ["https://app.example/back"],
            "id_token_signed_response_alg": algorithm})
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_client_metadata"
