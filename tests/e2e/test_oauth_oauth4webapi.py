"""oauth4webapi 3 through nginx: every answer goes through the function that the library checks it
with."""
from types import SimpleNamespace

import pytest

from oauth_node import Library, Refused
from oauth_site import (BACK, CONFIG as SITE, DEVICE, account_id, header_of, made_by_admin,
                        members)

CONFIG = SITE
METHODS = {"none": "none", "basic": "client_secret_basic", "post": "client_secret_post"}


@pytest.fixture(scope="module", name="node")
def fixture_node(stack):
    library = Library("oauth4webapi")
    library("discover", server=stack.url)
    yield library
    library.close()


def registered(node, how="none", **more):
    """What all steps of this client are called with."""
    metadata = {"client_name": "oauth4webapi", "redirect_uris": [BACK],
                "grant_types": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_method": METHODS.get(how, "private_key_jwt"), **more}
    return {"client": node("register", metadata=metadata), "authenticate": how}


def tokens_of(node, stack, browser, app, scope="openid posts.read offline_access", **more):
    parameters = {"scope": scope, "resource": members(stack), **more.pop("parameters", {})}
    return node("authorize", browser.go, redirectUri=BACK, parameters=parameters, **app, **more)


def refused(node, step, browse=None, **options):
    with pytest.raises(Refused) as refusal:
        node(step, browse, **options)
    return refusal.value


@pytest.mark.parametrize("algorithm", ["oauth2", "oidc"])
def test_discovers(node, stack, algorithm):
    assert node("discover", server=stack.url, algorithm=algorithm)["issuer"] == stack.url


def test_finds_the_issuer_by_the_resource(node, stack):
    told = node("resource", url=members(stack))
    assert told["authorization_servers"] == [stack.url]


@pytest.mark.parametrize("how", METHODS)
def test_goes_all_the_way(node, stack, ann, how):
    app = registered(node, how)
    tokens = tokens_of(node, stack, ann, app)
    assert tokens["claims"]["sub"] == account_id(stack, "ann")
    url = stack.url + "/members/read/page"
    seen = node("fetch", token=tokens["access_token"], url=url, **app)
    assert (seen["status"], "user: ann" in seen["text"]) == (200, True)
    assert node("userinfo", token=tokens["access_token"], **app)["sub"] == tokens["claims"]["sub"]
    fresh = node("refresh", token=tokens["refresh_token"], **app)
    assert node("fetch", token=fresh["access_token"], url=url, **app)["status"] == 200
    if how != "none":
        assert node("introspect", token=fresh["access_token"], **app)["active"] is True
    node("revoke", token=fresh["access_token"], **app)
    over = refused(node, "fetch", token=fresh["access_token"], url=url, **app)
    assert (over.name, over.code) == ("WWWAuthenticateChallengeError",
                                      "OAUTH_WWW_AUTHENTICATE_CHALLENGE")
    dead = refused(node, "refresh", token=fresh["refresh_token"], **app)
    assert (dead.name, dead.error) == ("ResponseBodyError", "invalid_grant")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_checks_the_signature_of_id_tokens_of_either_algorithm(node, stack, ann, algorithm):
    app = registered(node, id_token_signed_response_alg=algorithm)
    assert app["client"]["id_token_signed_response_alg"] == algorithm
    tokens = tokens_of(node, stack, ann, app)
    assert header_of(tokens["id_token"])["alg"] == algorithm
    assert header_of(tokens["access_token"])["alg"] == "ES256"
    app["client"]["id_token_signed_response_alg"] = {"RS256": "ES256", "ES256": "RS256"}[algorithm]
    with pytest.raises(Refused) as refusal:
        tokens_of(node, stack, ann, app)
    assert refusal.value.name == "OperationProcessingError"


def test_who_registers_no_algorithm_is_told_rs256(node, stack, ann):
    app = registered(node)
    assert app["client"]["id_token_signed_response_alg"] == "RS256"
    assert header_of(tokens_of(node, stack, ann, app)["id_token"])["alg"] == "RS256"


def test_validates_our_access_tokens_as_a_resource_elsewhere_would(node, stack, ann):
    """RFC 9068 section 4, with nothing but the issuer's document and keys."""
    app = registered(node)
    tokens = tokens_of(node, stack, ann, app)
    asked = {"token": tokens["access_token"], "url": stack.url + "/members/read/"}
    claims = node("validate", audience=members(stack), **asked)
    assert claims["client_id"] == app["client"]["client_id"]
    foreign = refused(node, "validate", audience="https://elsewhere.example/api", **asked)
    assert foreign.code == "OAUTH_JWT_CLAIM_COMPARISON_FAILED"
    id_token = refused(node, "validate", audience=members(stack),
                       **{**asked, "token": tokens["id_token"]})
    assert id_token.name == "OperationProcessingError"


def test_pushed_request_with_each_authentication(node, stack, ann):
    for how in METHODS:
        assert tokens_of(node, stack, ann, registered(node, how), pushed=True)["access_token"]


def test_private_key_jwt_and_pushed_request_with_dpop(node, stack, ann):
    public = node("makeKeys")
    app = registered(node, "key", jwks={"keys": [public]})
    tokens = tokens_of(node, stack, ann, app, pushed=True, dpop=True)
    assert tokens["token_type"] == "dpop"
    url = stack.url + "/members/read/page"
    seen = node("fetch", token=tokens["access_token"], url=url, dpop=True, **app)
    assert seen["status"] == 200
    assert node("userinfo", token=tokens["access_token"], dpop=True, **app)["sub"]
    told = node("introspect", token=tokens["access_token"], **app)
    assert (told["token_type"].lower(), set(told["cnf"])) == ("dpop", {"jkt"})
    node("revoke", token=tokens["refresh_token"], **app)
    assert refused(node, "fetch", token=tokens["access_token"], url=url, dpop=True,
                   **app).status == 401


def test_device(node, stack, ann):
    app = registered(node, grant_types=[DEVICE], redirect_uris=[])

    def let_in(url):
        ann.go(url)
        return BACK
    done = node("device", let_in, parameters={"scope": "posts.read", "resource": members(stack)},
                **app)
    assert done["early"] == "authorization_pending"
    assert stack.get("/members/read/", token=done["access_token"]).status_code == 200


def test_client_credentials(node, stack, ann):
    made = made_by_admin(stack, name="A machine", grant_types=["client_credentials"],
                         scopes=["posts.read"], account_id=account_id(stack, ann.username))
    app = SimpleNamespace(client={name: made[name] for name in ("client_id", "client_secret")})
    for how in ("basic", "post"):
        tokens = node("clientCredentials", client=app.client, authenticate=how,
                      parameters={"resource": members(stack)})
        assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
    wrong = {**app.client, "client_secret": "guessed"}
    no = refused(node, "clientCredentials", client=wrong, authenticate="post", parameters={})
    assert (no.name, no.status, no.error) == ("ResponseBodyError", 401, "invalid_client")
    no = refused(node, "clientCredentials", client=wrong, authenticate="basic", parameters={})
    assert (no.name, no.status) == ("WWWAuthenticateChallengeError", 401)


@pytest.mark.parametrize("metadata, error", [
    ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
    ({"redirect_uris": "https://app.example/"}, "invalid_redirect_uri"),
    ({"token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
    ({"software_statement": "eyJ"}, "invalid_software_statement")])
def test_what_cannot_be_registered(node, metadata, error):
    no = refused(node, "register", metadata={"redirect_uris": [BACK],
                                             "token_endpoint_auth_method": "none", **metadata})
    assert (no.name, no.status, no.error) == ("ResponseBodyError", 400, error)


@pytest.mark.parametrize("parameters, error", [
    ({"scope": "unknown.scope"}, "invalid_scope"),
    ({"resource": "https://unknown.example"}, "invalid_target"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"request": "eyJ"}, "request_not_supported")])
def test_authorization_refusals_come_back_with_state_and_issuer(node, stack, ann, parameters,
                                                                error):
    no = refused(node, "authorize", ann.go, redirectUri=BACK, **registered(node),
                 parameters={"scope": "posts.read", **parameters})
    assert (no.name, no.error) == ("AuthorizationResponseError", error)
    assert no.code == "OAUTH_AUTHORIZATION_RESPONSE_ERROR"
    assert stack.url


def test_pushed_refusals(node, stack, ann):
    app = registered(node, "basic")
    no = refused(node, "authorize", ann.go, redirectUri=BACK, pushed=True, **app,
                 parameters={"scope": "posts.read", "resource": "https://unknown.example"})
    assert (no.name, no.status, no.error) == ("ResponseBodyError", 400, "invalid_target")
    app["client"]["client_secret"] = "guessed"
    no = refused(node, "authorize", ann.go, redirectUri=BACK, pushed=True, **app,
                 parameters={"scope": "posts.read", "resource": members(stack)})
    assert (no.name, no.status) == ("WWWAuthenticateChallengeError", 401)


def test_public_clients_may_not_introspect(node, stack, ann):
    app = registered(node)
    tokens = tokens_of(node, stack, ann, app)
    no = refused(node, "introspect", token=tokens["access_token"], **app)
    assert (no.name, no.status, no.error) == ("ResponseBodyError", 401, "invalid_client")
